//! Whether a letter says all that its destination asks for, and nothing that contradicts the passport.

use chrono::NaiveDate;

use super::{Letter, Refusal};
use crate::{
    event::Event,
    identity_document::Passport,
    letter_template::Fact,
    organization::Organization,
    passport::valid_for,
    person::Person,
    refusal::Violation,
    resource::{IdentityDocumentId, LetterName},
};

/// What is known when a letter is decided on or made.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The event it is for.
    pub event: &'a Event,
    /// Who invites.
    pub issuer: &'a Organization,
    /// Who is invited.
    pub person: &'a Person,
    /// Their passport, if one is in the vault.
    pub passport: Option<&'a Passport>,
    /// What that is known by in the vault.
    pub document: Option<IdentityDocumentId>,
}

/// What stands in the way of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A fact that the template asks for is missing.
    Missing(Fact),
    /// The person's passport name is not the one in the passport.
    NameDiffers,
    /// The passport is not valid long enough beyond the departure.
    PassportExpires {
        /// How many months it has to be.
        months: u32,
    },
    /// The passport is another one than whoever approved the letter looked at.
    PassportReplaced,
    /// The visit shares no day with the event.
    VisitOutsideEvent,
    /// The issuer is not a host of the event.
    IssuerNotHost,
    /// The issuer's stamp is not a picture that can be printed.
    StampUnreadable,
    /// The issuer's signature is not a picture that can be printed.
    SignatureUnreadable,
}

impl Lack {
    pub(super) fn violation(self, letter: &LetterName) -> Violation {
        let (code, description) = match self {
            Self::Missing(fact) => (code(fact), missing(fact).to_owned()),
            Self::NameDiffers => {
                ("passport_name_differs", "the person's passport name is not the one in the passport".to_owned())
            }
            Self::PassportExpires { months } => {
                ("passport_expires", format!("the passport is not valid for {months} months beyond the departure"))
            }
            Self::PassportReplaced => (
                "passport_replaced",
                "the passport is another one than the letter was approved by: reject it, and approve it anew"
                    .to_owned(),
            ),
            Self::VisitOutsideEvent => ("visit_outside_event", "the visit shares no day with the event".to_owned()),
            Self::IssuerNotHost => ("issuer_not_host", "the issuer is not a host of the event".to_owned()),
            Self::StampUnreadable => {
                ("stamp_unreadable", "the issuer's stamp is not a PNG of at most 4000 pixels a side".to_owned())
            }
            Self::SignatureUnreadable => {
                ("signature_unreadable", "the issuer's signature is not a PNG of at most 4000 pixels a side".to_owned())
            }
        };
        Violation { code: code.to_owned(), subject: letter.to_string(), description }
    }
}

const fn code(fact: Fact) -> &'static str {
    match fact {
        Fact::PassportName => "passport_name_missing",
        Fact::Sex => "sex_missing",
        Fact::BirthDate => "birth_date_missing",
        Fact::PassportNumber => "passport_number_missing",
        Fact::Nationality => "nationality_missing",
        Fact::Affiliation => "affiliation_missing",
        Fact::Purpose => "purpose_missing",
        Fact::VisitDates => "visit_dates_missing",
        Fact::Cities => "cities_missing",
        Fact::Relationship => "relationship_missing",
        Fact::Expenses => "expenses_missing",
        Fact::IssuerAddress => "issuer_address_missing",
        Fact::IssuerPhone => "issuer_phone_missing",
        Fact::Stamp => "stamp_missing",
        Fact::Signature => "signature_missing",
        Fact::IssuerRegistration => "issuer_registration_missing",
    }
}

const fn missing(fact: Fact) -> &'static str {
    match fact {
        Fact::PassportName => "the name as in the passport is missing",
        Fact::Sex => "the sex as in the passport is missing",
        Fact::BirthDate => "the day of birth is missing: no passport is in the vault",
        Fact::PassportNumber => "the passport's number is missing: no passport is in the vault",
        Fact::Nationality => "the nationality is missing: no passport is in the vault",
        Fact::Affiliation => "the body the person belongs to, or their position, is missing",
        Fact::Purpose => "the purpose is missing",
        Fact::VisitDates => "the days of the visit are missing",
        Fact::Cities => "the cities are missing",
        Fact::Relationship => "what binds the person and the inviter is missing",
        Fact::Expenses => "who pays is missing",
        Fact::IssuerAddress => "the issuer has no address",
        Fact::IssuerPhone => "the issuer has no telephone number",
        Fact::Stamp => "the issuer has no stamp",
        Fact::Signature => "the issuer has no signatory, or no signature",
        Fact::IssuerRegistration => "the issuer has no number in a register",
    }
}

impl Facts<'_> {
    /// Refuses a letter that lacks something, and tells all that it lacks.
    pub fn require_complete(&self, letter: &Letter) -> Result<(), Refusal> {
        let lacks = self.lacks(letter);
        if lacks.is_empty() { Ok(()) } else { Err(Refusal::Incomplete { letter: letter.name(), lacks }) }
    }

    /// The initials of whoever is invited, which anybody who verifies the letter may know.
    pub fn initials(&self) -> String {
        self.passport.map(Passport::initials).unwrap_or_default()
    }

    fn lacks(&self, letter: &Letter) -> Vec<Lack> {
        let template = letter.request.template;
        let mut lacks: Vec<Lack> = template
            .required_facts()
            .iter()
            .filter(|fact| !self.knows(letter, **fact))
            .map(|fact| Lack::Missing(*fact))
            .collect();
        if let Some(passport) = self.passport {
            lacks.extend(self.passport_lacks(letter, passport));
        }
        let days = (self.event.plan.start.date(), self.event.plan.end.date());
        if !letter.request.visit_window.touches(days.0, days.1) {
            lacks.push(Lack::VisitOutsideEvent);
        }
        if !self.event.is_hosted_by(&self.issuer.id) {
            lacks.push(Lack::IssuerNotHost);
        }
        lacks
    }

    fn passport_lacks(&self, letter: &Letter, passport: &Passport) -> Vec<Lack> {
        let mut lacks = Vec::new();
        if self.person.profile.name.passport_name.as_ref().is_some_and(|name| *name != passport.name) {
            lacks.push(Lack::NameDiffers);
        }
        if letter.approvals.iter().any(|approval| approval.is_outdated(self.document)) {
            lacks.push(Lack::PassportReplaced);
        }
        let months = letter.request.template.passport_months();
        let departure: NaiveDate = letter.request.visit_window.end();
        if !valid_for(passport.expire_date, months, departure) {
            lacks.push(Lack::PassportExpires { months });
        }
        lacks
    }

    fn knows(&self, letter: &Letter, fact: Fact) -> bool {
        let issuer = &self.issuer.profile;
        match fact {
            Fact::PassportName => self.person.profile.name.passport_name.is_some(),
            Fact::Sex | Fact::BirthDate | Fact::PassportNumber | Fact::Nationality => self.passport.is_some(),
            Fact::Affiliation => self.person.profile.affiliation.is_some() && self.person.profile.position.is_some(),
            // The purpose is to take part in the event unless another is given; a request has dates and cities by its type.
            Fact::Purpose | Fact::VisitDates | Fact::Cities => true,
            Fact::Relationship => letter.request.relationship.is_some(),
            Fact::Expenses => letter.request.expense_bearer.is_some(),
            Fact::IssuerAddress => !issuer.address_lines.is_empty(),
            Fact::IssuerPhone => issuer.phone_number.is_some(),
            Fact::Stamp => issuer.stamp_file.is_some(),
            Fact::Signature => issuer.signatory.is_some() && issuer.signature_file.is_some(),
            Fact::IssuerRegistration => issuer.registration_number.is_some(),
        }
    }
}
