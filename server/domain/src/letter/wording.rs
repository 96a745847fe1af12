//! What a letter says, in English and in Chinese: pure text, which paper sets.

use chrono::{Datelike, NaiveDate};

use super::{ExpenseBearer, Facts, Letter};
use crate::{
    identity_document::Passport,
    language::LanguageTag,
    letter_template::LetterTemplate,
    passport::{Sex, StateCode},
    person::Profile,
    visit_window::VisitWindow,
};

/// One page of a letter: everything but letterhead, number and signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// To whom, line by line.
    pub addressee: Vec<String>,
    /// The subject line.
    pub title: String,
    /// The opening.
    pub salutation: String,
    /// What stands before the table.
    pub paragraphs: Vec<String>,
    /// The applicant's data, label and value.
    pub table: Vec<(String, String)>,
    /// What stands after the table.
    pub closing: Vec<String>,
}

/// Writes a letter in one of its template's languages. Facts that are not known are left out; approval asked for those that must stand.
pub fn write(letter: &Letter, facts: &Facts<'_>, language: LanguageTag) -> Wording {
    match language {
        LanguageTag::English => english(letter, facts),
        LanguageTag::Chinese => chinese(letter, facts),
    }
}

fn english(letter: &Letter, facts: &Facts<'_>) -> Wording {
    let request = &letter.request;
    let event = facts.event.plan.title.in_language(LanguageTag::English);
    let issuer = facts.issuer.profile.title.in_language(LanguageTag::English);
    let purpose = match &request.purpose {
        Some(purpose) => format!("The purpose of the visit is: {}.", purpose.in_language(LanguageTag::English)),
        None => format!("The purpose of the visit is to take part in “{event}”."),
    };
    let mut paragraphs = vec![
        format!("{issuer} has the honour to invite the person named below to “{event}”."),
        purpose,
        visit_in_english(&request.visit_window),
    ];
    paragraphs.extend(
        request
            .relationship
            .as_ref()
            .map(|bond| format!("Relationship to the inviting body: {}.", bond.in_language(LanguageTag::English))),
    );
    paragraphs.extend(request.expense_bearer.map(|bearer| match bearer {
        ExpenseBearer::Sender => {
            "The costs of travel and stay are borne by the invited person or the body that sends them.".to_owned()
        }
        ExpenseBearer::Inviter => "The costs of the stay are borne by the inviting body.".to_owned(),
    }));
    Wording {
        addressee: vec!["To the visa section of the embassy or consulate".to_owned()],
        title: match request.template {
            LetterTemplate::Generic => "Letter of invitation".to_owned(),
            LetterTemplate::ChinaM => "Letter of invitation (M visa)".to_owned(),
        },
        salutation: "Dear Sir or Madam,".to_owned(),
        paragraphs,
        table: table(facts, LanguageTag::English),
        closing: vec![
            "We should be grateful if you granted the visa in time for the journey. The inviting body can be asked at the \
             telephone number above."
                .to_owned(),
            "Yours faithfully,".to_owned(),
        ],
    }
}

fn chinese(letter: &Letter, facts: &Facts<'_>) -> Wording {
    let request = &letter.request;
    let event = facts.event.plan.title.in_language(LanguageTag::Chinese);
    let issuer = facts.issuer.profile.title.in_language(LanguageTag::Chinese);
    let purpose = match &request.purpose {
        Some(purpose) => format!("来访事由：{}。", purpose.in_language(LanguageTag::Chinese)),
        None => format!("来访事由：出席“{event}”及相关商务活动。"),
    };
    let mut paragraphs =
        vec![format!("{issuer}谨邀请下列人士出席“{event}”。"), purpose, visit_in_chinese(&request.visit_window)];
    paragraphs.extend(
        request
            .relationship
            .as_ref()
            .map(|bond| format!("与邀请单位的关系：{}。", bond.in_language(LanguageTag::Chinese))),
    );
    paragraphs.extend(request.expense_bearer.map(|bearer| match bearer {
        ExpenseBearer::Sender => "来访期间的交通及食宿费用由被邀请人或其派出单位承担。".to_owned(),
        ExpenseBearer::Inviter => "来访期间在当地的费用由邀请单位承担。".to_owned(),
    }));
    Wording {
        addressee: vec!["有关使领馆签证处：".to_owned()],
        title: match request.template {
            LetterTemplate::Generic => "邀请函".to_owned(),
            LetterTemplate::ChinaM => "邀请函（M字签证）".to_owned(),
        },
        salutation: String::new(),
        paragraphs,
        table: table(facts, LanguageTag::Chinese),
        closing: vec![
            "请贵处予以办理签证手续为盼。如需核实，请按上列电话与本单位联系。".to_owned(),
            "特此函达。".to_owned(),
        ],
    }
}

fn visit_in_english(visit: &VisitWindow) -> String {
    let cities: Vec<&str> = visit.cities().iter().map(|city| city.in_language(LanguageTag::English)).collect();
    let cities = match cities.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    };
    let (arrival, departure) = (date(visit.start(), LanguageTag::English), date(visit.end(), LanguageTag::English));
    format!(
        "The visit begins with the arrival on {arrival} and ends with the departure on {departure}; it leads to {cities}."
    )
}

fn visit_in_chinese(visit: &VisitWindow) -> String {
    let cities: Vec<&str> = visit.cities().iter().map(|city| city.in_language(LanguageTag::Chinese)).collect();
    let (arrival, departure) = (date(visit.start(), LanguageTag::Chinese), date(visit.end(), LanguageTag::Chinese));
    format!("来访时间：{arrival}抵达，{departure}离境。访问城市：{}。", cities.join("、"))
}

/// The applicant's data; the labels in both languages are the ones of the application form.
fn table(facts: &Facts<'_>, language: LanguageTag) -> Vec<(String, String)> {
    let profile = &facts.person.profile;
    let passport = facts.passport;
    let passport_name = passport.map(Passport::full_name).or_else(|| {
        let name = profile.name.passport_name.as_ref()?;
        Some(
            [name.surname(), name.given_names()]
                .into_iter()
                .flatten()
                .map(crate::name::NameText::as_str)
                .collect::<Vec<_>>()
                .join(" "),
        )
    });
    let rows = [
        (("Name as in the passport", "护照姓名"), passport_name),
        (
            ("Name in own script", "本国文字姓名"),
            profile.name.native_name.as_ref().map(|name| name.as_str().to_owned()),
        ),
        (("Sex", "性别"), passport.map(|passport| sex(passport.sex, language).to_owned())),
        (("Date of birth", "出生日期"), passport.map(|passport| date(passport.birth_date, language))),
        (("Nationality", "国籍"), passport.map(|passport| nationality(passport.nationality, language))),
        (("Passport number", "护照号码"), passport.map(|passport| passport.number.clone())),
        (("Passport valid until", "护照有效期至"), passport.map(|passport| date(passport.expire_date, language))),
        (("Employer", "工作单位"), profile.affiliation.clone()),
        (("Position", "职务"), profile.position.clone()),
    ];
    let label = |(en, zh): (&str, &str)| match language {
        LanguageTag::English => en.to_owned(),
        LanguageTag::Chinese => zh.to_owned(),
    };
    rows.into_iter().filter_map(|(labels, value)| Some((label(labels), value?))).collect()
}

/// Whether a letter says the same of a person, beside what their passport says, whichever of two it is made of.
pub fn says_the_same(one: &Profile, other: &Profile) -> bool {
    let said = |profile: &Profile| {
        let Profile {
            name,
            email: _,
            phone_number: _,
            language: _,
            region_code: _,
            time_zone: _,
            affiliation,
            position,
        } = profile;
        (name.native_name.clone(), affiliation.clone(), position.clone())
    };
    said(one) == said(other)
}

fn sex(sex: Sex, language: LanguageTag) -> &'static str {
    match (sex, language) {
        (Sex::Female, LanguageTag::English) => "Female",
        (Sex::Female, LanguageTag::Chinese) => "女",
        (Sex::Male, LanguageTag::English) => "Male",
        (Sex::Male, LanguageTag::Chinese) => "男",
        (Sex::Unspecified, LanguageTag::English) => "Not specified",
        (Sex::Unspecified, LanguageTag::Chinese) => "未注明",
    }
}

/// Names the states whose names the letters of the two languages need most; every other stands as the passport has it, by its code.
fn nationality(state: StateCode, language: LanguageTag) -> String {
    let name = match (state.as_str(), language) {
        ("CHN", LanguageTag::English) => Some("China"),
        ("CHN", LanguageTag::Chinese) => Some("中国"),
        ("PAK", LanguageTag::English) => Some("Pakistan"),
        ("PAK", LanguageTag::Chinese) => Some("巴基斯坦"),
        ("UTO", LanguageTag::English) => Some("Utopia"),
        ("UTO", LanguageTag::Chinese) => Some("乌托邦"),
        _ => None,
    };
    name.map_or_else(|| state.as_str().to_owned(), |name| format!("{name} ({})", state.as_str()))
}

fn date(day: NaiveDate, language: LanguageTag) -> String {
    match language {
        LanguageTag::English => day.format("%-d %B %Y").to_string(),
        LanguageTag::Chinese => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
    }
}
