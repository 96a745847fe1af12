//! The states of a letter, what it may lack, and what its pages say, without a database.

use super::{
    wording::{Wording, says_the_same, write},
    *,
};
use crate::{
    event::{self, Host, HostRole, Plan},
    identity_document::Passport,
    language::LanguageTag,
    letter_template::Fact,
    name::{NameText, PassportName, PersonName as Names},
    organization::{LetterPolicy, Organization, Profile as IssuerProfile, Signatory},
    passport::{Sex, StateCode},
    person::{Person, Profile},
    resource::IdentityDocumentId,
    zoned::Zoned,
};

mod approving;
mod lacks;
mod pages;
mod sealing;
mod verbs;

const UUID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

fn now() -> DateTime<Utc> {
    "2023-08-01T00:00:00Z".parse().unwrap()
}

/// A member, by a digit.
fn member(digit: u8) -> Actor {
    Actor::Member(format!("7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5{digit}").parse().unwrap())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn both(en: &str, zh: &str) -> Localized {
    Localized::new(en, zh).unwrap()
}

fn name(text: &str) -> NameText {
    NameText::parse(text).unwrap()
}

fn passport_name(surname: &str, given_names: &str) -> PassportName {
    PassportName::new(Some(name(surname)), Some(name(given_names))).unwrap()
}

fn event() -> Event {
    let plan = Plan {
        title: both("Technology and Innovation Forum", "科技创新论坛"),
        start: Zoned::parse("2023-09-05T09:00", "Asia/Shanghai").unwrap(),
        end: Zoned::parse("2023-09-05T17:30", "Asia/Shanghai").unwrap(),
        controller: "zbra".parse().unwrap(),
        hosts: vec![Host { organization: "zbra".parse().unwrap(), role: HostRole::Host }],
        venue: None,
        registration_open_time: None,
        registration_close_time: None,
        accreditation_end_time: None,
        contact_email: None,
        specimen: false,
        parent: None,
        other_venues: Vec::new(),
        shared_pools: Vec::new(),
        online: None,
    };
    event::create("ciftis-2023".parse().unwrap(), plan, now()).unwrap()
}

fn issuer() -> Organization {
    let profile = IssuerProfile {
        title: both("Belt and Road Industrial Promotion Association", "一带一路产业促进会"),
        kind: None,
        region_code: None,
        address_lines: vec!["1 Specimen Road".to_owned()],
        address_lines_zh: Vec::new(),
        phone_number: Some("+86 10 5550 0100".to_owned()),
        email: None,
        registration_number: None,
        signatory: Some(Signatory { display_name: both("Zhang San", "张三"), position: None }),
        stamp_file: Some(format!("organizations/zbra/files/{UUID}").parse().unwrap()),
        signature_file: Some(format!("organizations/zbra/files/{UUID}").parse().unwrap()),
        letter_prefix: None,
        letter_policy: LetterPolicy::default(),
        sectors: Vec::new(),
        offers: Vec::new(),
        needs: Vec::new(),
        website: None,
        contact: None,
    };
    crate::organization::create("zbra".parse().unwrap(), profile, now())
}

fn person() -> Person {
    let profile = Profile {
        name: Names {
            display_name: name("Ayesha Khan"),
            native_name: Some(name("عائشہ خان")),
            passport_name: Some(passport_name("KHAN", "AYESHA")),
            form_of_address: None,
            family_first: false,
        },
        email: None,
        phone_number: None,
        language: LanguageTag::English,
        region_code: None,
        time_zone: None,
        affiliation: Some("Indus Valley Cold Storage".to_owned()),
        position: Some("Director".to_owned()),
    };
    crate::person::create(format!("organizations/zbra/persons/{UUID}").parse().unwrap(), profile, now())
}

fn passport() -> Passport {
    Passport {
        number: "ZZ0000000".to_owned(),
        issuing_state: StateCode::parse("PAK").unwrap(),
        nationality: StateCode::parse("PAK").unwrap(),
        name: passport_name("KHAN", "AYESHA"),
        birth_date: day("1988-03-03"),
        sex: Sex::Female,
        issue_date: None,
        expire_date: day("2031-06-30"),
        machine_readable_zone: None,
    }
}

fn wanted(template: LetterTemplate) -> Request {
    let cities = vec![both("Beijing", "北京"), both("Jinan", "济南")];
    Request {
        person: person().name(),
        issuer: "zbra".parse().unwrap(),
        template,
        region_code: RegionCode::parse("CN").unwrap(),
        visit_window: VisitWindow::new(day("2023-09-03"), day("2023-09-08"), cities).unwrap(),
        purpose: None,
        relationship: Some(both("Partners since 2021", "自2021年起的合作伙伴")),
        expense_bearer: Some(ExpenseBearer::Sender),
    }
}

fn requested(template: LetterTemplate) -> Letter {
    let opening = Opening { event: &event(), requester: member(0), existing: None };
    request(&opening, UUID.parse().unwrap(), wanted(template), now()).unwrap()
}

/// What is known, kept so that a rule can borrow it.
struct Known {
    event: Event,
    issuer: Organization,
    person: Person,
    passport: Option<Passport>,
    document: Option<IdentityDocumentId>,
}

impl Known {
    fn all() -> Self {
        Self {
            event: event(),
            issuer: issuer(),
            person: person(),
            passport: Some(passport()),
            document: Some(UUID.parse().unwrap()),
        }
    }

    fn facts(&self) -> Facts<'_> {
        let Self { event, issuer, person, passport, document } = self;
        Facts { event, issuer, person, passport: passport.as_ref(), document: *document }
    }

    /// Somebody approves, and no other letter is in the way.
    fn approving(&self, by: Actor) -> Approving<'_> {
        Approving { facts: self.facts(), by, live: None }
    }
}
