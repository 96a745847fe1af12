//! What goes into the vault, what is said of it, and when it goes.

use super::*;
use crate::{
    name::{NameText, PassportName},
    passport::{Sex, StateCode},
};

const UPPER: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
const LOWER: &str = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    "2010-08-01T12:00:00Z".parse().unwrap()
}

fn name() -> IdentityDocumentName {
    let uuid = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";
    format!("organizations/zbra/persons/{uuid}/identityDocuments/{uuid}").parse().unwrap()
}

/// The specimen of ICAO 9303-4.
fn specimen() -> Passport {
    let part = |text: &str| Some(NameText::parse(text).unwrap());
    Passport {
        number: "L898902C3".to_owned(),
        issuing_state: StateCode::parse("UTO").unwrap(),
        nationality: StateCode::parse("UTO").unwrap(),
        name: PassportName::new(part("Eriksson"), part("Anna Maria")).unwrap(),
        birth_date: day("1974-08-12"),
        sex: Sex::Female,
        issue_date: Some(day("2002-04-15")),
        expire_date: day("2012-04-15"),
        machine_readable_zone: Some(format!("{UPPER}\n{LOWER}")),
    }
}

#[test]
fn passport_is_kept_for_ninety_days_when_nobody_says_otherwise() {
    let document = keep(name(), &Contents::Passport(specimen()), (None, None), now());

    assert_eq!(
        document,
        Ok(IdentityDocument {
            person: "organizations/zbra/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap(),
            id: name().identity_document,
            kind: Kind::Passport,
            number_suffix: "C3".to_owned(),
            expire_date: Some(day("2012-04-15")),
            state: State::Kept,
            destroy_date: day("2010-10-30"),
            create_time: now(),
        })
    );
}

#[test]
fn every_day_that_cannot_be_is_told() {
    let passport = Passport { birth_date: day("2010-08-02"), issue_date: Some(day("2012-04-16")), ..specimen() };

    let refused = keep(name(), &Contents::Passport(passport), (Some(day("2010-08-01")), None), now());

    assert_eq!(
        refused,
        Err(Refusal::Misdated(Kind::Passport, vec![Misdating::Birth, Misdating::Issue, Misdating::Destruction]))
    );
}

#[test]
fn zone_that_says_otherwise_is_refused_field_by_field() {
    let passport = Passport { number: "L898902C4".to_owned(), sex: Sex::Male, ..specimen() };

    let refused = keep(name(), &Contents::Passport(passport), (None, None), now());

    assert_eq!(refused, Err(Refusal::Contradictory(vec![Contradiction::Field("number"), Contradiction::Field("sex")])));
}

#[test]
fn examination_tells_what_is_wrong_or_expires() {
    let zone = format!("{UPPER}\r\n{LOWER}\r\n");
    let codes = |zone: &str, departure: Option<&str>, today: &str| {
        let warnings = examine(zone, departure.map(day), day(today));
        warnings.into_iter().map(Warning::code).collect::<Vec<_>>()
    };

    assert_eq!(codes(&zone, Some("2011-10-15"), "2010-08-01"), [] as [&str; 0]);
    assert_eq!(codes(&zone, Some("2011-10-16"), "2010-08-01"), ["expires_soon"]);
    assert_eq!(codes(&zone, None, "2012-04-16"), ["expired"]);
    assert_eq!(codes(UPPER, None, "2010-08-01"), ["line_length"]);
    assert_eq!(codes(&zone.replace("C36", "C37"), None, "2010-08-01"), ["check_digit", "check_digit"]);
}

#[test]
fn number_is_of_nine_letters_and_digits_at_most() {
    let fits = ["", "A", "L898902C3", "L898902C31", "l898902C3", "L898902<3", "\u{661}123"].map(is_number);

    assert_eq!(fits, [false, true, true, false, false, false, false]);
}

#[test]
fn document_is_destroyed_once_and_then_not_due() {
    let document = keep(name(), &Contents::Passport(specimen()), (Some(day("2010-09-01")), None), now()).unwrap();
    assert_eq!([document.is_due(day("2010-08-31")), document.is_due(day("2010-09-01"))], [false, true]);

    let destroyed = document.clone().destroy(day("2010-09-02"));

    let expected = IdentityDocument { state: State::Destroyed, destroy_date: day("2010-09-02"), ..document };
    assert_eq!(destroyed, expected);
    assert_eq!(destroyed.clone().destroy(day("2010-09-03")), expected);
    assert!(!destroyed.is_due(day("2010-09-03")));
    assert_eq!(destroyed.require_kept(), Err(Refusal::Destroyed(name())));
}
