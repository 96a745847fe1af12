use chrono::Months;

use super::*;
use crate::name::{NameText, PassportName};

mod composing;
mod names;
mod vectors;

const UPPER: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
const LOWER: &str = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-11-22")
}

fn state(code: &str) -> StateCode {
    StateCode::parse(code).unwrap()
}

fn specimen() -> Mrz {
    Mrz {
        document_code: DocumentCode::Unspecified,
        issuing_state: state("UTO"),
        surname: "ERIKSSON".to_owned(),
        given_names: Some("ANNA MARIA".to_owned()),
        name_may_be_truncated: false,
        number: "L898902C3".to_owned(),
        nationality: state("UTO"),
        birth_date: BirthDate::known(day("1974-08-12")),
        sex: Sex::Female,
        expiry_date: day("2012-04-15"),
        personal_number: Some("ZE184226B".to_owned()),
    }
}

/// The upper line with another name field, filled up.
fn named(name: &str) -> String {
    format!("PPUTO{name:<<39}")
}

/// A lower line made of these fields, all its check digits right.
fn lower(number: &str, nationality: &str, birth: &str, sex: &str, expiry: &str, personal: &str) -> String {
    let digit = |field: &str| format!("{field}{}", check_digit::of(field));
    let (number, birth, expiry) = (digit(&format!("{number:<<9}")), digit(birth), digit(expiry));
    let personal = digit(&format!("{personal:<<14}"));
    let composite = check_digit::of(&format!("{number}{birth}{expiry}{personal}"));
    format!("{number}{nationality:<<3}{birth}{sex}{expiry}{personal}{composite}")
}

fn form(surname: Option<&str>, given_names: Option<&str>) -> PassportName {
    let name = |text: &str| NameText::parse(text).unwrap();
    PassportName::new(surname.map(name), given_names.map(name)).unwrap()
}

fn holder(name_field: &str) -> Mrz {
    parse(&named(name_field), LOWER, today()).unwrap()
}

fn born(birth: &str) -> Result<BirthDate, Vec<Finding>> {
    let line = lower("L898902C3", "UTO", birth, "F", "280415", "");
    parse(UPPER, &line, today()).map(|mrz| mrz.birth_date)
}

#[test]
fn the_specimen_of_the_standard_is_read_whole() {
    let mrz = parse(UPPER, LOWER, today()).unwrap();

    assert!(mrz == specimen());
    assert!(mrz.issuing_state.is_specimen());
}

#[test]
fn every_kind_of_passport_is_told() {
    let kind = |second: &str| parse(&UPPER.replacen("P<", second, 1), LOWER, today()).map(|mrz| mrz.document_code);

    for (code, expected) in [
        ("P<", DocumentCode::Unspecified),
        ("PP", DocumentCode::Ordinary),
        ("PE", DocumentCode::Emergency),
        ("PD", DocumentCode::Diplomatic),
        ("PO", DocumentCode::Official),
        ("PR", DocumentCode::Refugee),
        ("PT", DocumentCode::Alien),
        ("PS", DocumentCode::Stateless),
        ("PL", DocumentCode::LaissezPasser),
        ("PM", DocumentCode::Military),
        ("PN", DocumentCode::National('N')),
    ] {
        assert_eq!(kind(code), Ok(expected), "{code}");
    }
    for code in ["V<", "I<", "P1", "<P"] {
        assert_eq!(kind(code), Err(vec![Finding::NotAPassport]), "{code}");
    }
}

#[test]
fn each_check_digit_is_told_apart() {
    let findings = |position: usize| {
        let digit = LOWER.as_bytes()[position - 1];
        let mut line = LOWER.to_owned();
        line.replace_range(position - 1..position, if digit == b'0' { "1" } else { "0" });
        parse(UPPER, &line, today()).unwrap_err()
    };
    let wrong = |field: Field| Finding::CheckDigit { field };

    for (position, field) in
        [(10, Field::Number), (20, Field::BirthDate), (28, Field::ExpiryDate), (43, Field::PersonalNumber)]
    {
        // The composite covers the other digits too, so a misread one shows twice.
        assert_eq!(findings(position), [wrong(field), wrong(Field::Composite)]);
    }
    assert_eq!(findings(44), [wrong(Field::Composite)]);
}

#[test]
fn every_single_misread_character_of_what_is_checked_is_noticed() {
    let covered = (0..10).chain(13..20).chain(21..44);

    for position in covered {
        for letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<".chars() {
            let mut line = LOWER.to_owned();
            line.replace_range(position..=position, letter.encode_utf8(&mut [0; 4]));
            // Weights modulo ten cannot tell letters that are ten apart; that is the standard's own limit.
            let same_value =
                check_digit::of(&line[position..=position]) == check_digit::of(&LOWER[position..=position]);
            if same_value && position != 9 && position < 42 {
                continue;
            }
            let is_original = line == LOWER;
            assert_eq!(parse(UPPER, &line, today()).is_ok(), is_original, "{} as {letter}", position + 1);
        }
    }
}

#[test]
fn an_unused_personal_number_may_have_a_zero_or_a_filler_for_its_digit() {
    let zero = lower("L898902C3", "UTO", "740812", "F", "280415", "");
    let filler = format!("{}<{}", &zero[..42], &zero[43..]);
    let one = format!("{}1{}", &zero[..42], &zero[43..]);

    assert_eq!(parse(UPPER, &zero, today()).map(|mrz| mrz.personal_number), Ok(None));
    assert_eq!(parse(UPPER, &filler, today()).map(|mrz| mrz.personal_number), Ok(None));
    assert!(parse(UPPER, &one, today()).unwrap_err().contains(&Finding::CheckDigit { field: Field::PersonalNumber }));
}

#[test]
fn lines_of_another_length_or_alphabet_are_told_by_line_and_place() {
    let length = |line: Line, length: usize| Finding::Length { line, length };
    let character = |line: Line, position: usize| Finding::Character { line, position };

    assert_eq!(parse(&format!("{UPPER}<"), "", today()), Err(vec![length(Line::Upper, 45), length(Line::Lower, 0)]));
    assert_eq!(
        parse(&UPPER.replacen("P<", "P ", 1), &LOWER.to_lowercase()[..12], today()),
        Err(vec![
            character(Line::Upper, 2),
            length(Line::Lower, 12),
            character(Line::Lower, 1),
            character(Line::Lower, 8),
            character(Line::Lower, 11),
            character(Line::Lower, 12),
        ])
    );
    assert_eq!(parse(&UPPER.replace("ANNA", "ÄNNA"), LOWER, today()), Err(vec![character(Line::Upper, 16)]));
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let upper = "V<ZZZERIKSSON<<ANNA<<MARIA<<<<<<<<<<<<<<<<<<";
    let lower = lower("<12", "QQQ", "741312", "Q", "2804<<", "");

    assert_eq!(
        parse(upper, &lower, today()),
        Err(vec![
            Finding::NotAPassport,
            Finding::UnknownState { field: Field::IssuingState },
            Finding::NameLayout,
            Finding::Layout { field: Field::Number },
            Finding::UnknownState { field: Field::Nationality },
            Finding::NotADate { field: Field::BirthDate },
            Finding::NotASex,
            Finding::NotADate { field: Field::ExpiryDate },
        ])
    );
}

#[test]
fn names_are_divided_where_the_passport_divides_them() {
    let name = |field: &str| {
        parse(&named(field), LOWER, today()).map(|mrz| (mrz.surname, mrz.given_names, mrz.name_may_be_truncated))
    };
    let whole = |surname: &str, given_names: Option<&str>, cut: bool| {
        Ok((surname.to_owned(), given_names.map(str::to_owned), cut))
    };

    assert_eq!(name("VAN<DER<MUELLEN<<MARTIN"), whole("VAN DER MUELLEN", Some("MARTIN"), false));
    assert_eq!(name("MUHAMMAD<ASLAM"), whole("MUHAMMAD ASLAM", None, false));
    assert_eq!(name("PERERA<<<NIMAL"), whole("PERERA", Some("NIMAL"), false));
    assert_eq!(
        name("PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR"),
        whole("PAPANDROPOULOUS", Some("JONATHON WARREN TREVOR"), true)
    );
    assert_eq!(name(""), Err(vec![Finding::NameMissing]));
    assert_eq!(name("<<ANNA"), Err(vec![Finding::NameMissing]));
    assert_eq!(name("ERIKSS0N<<ANNA"), Err(vec![Finding::NameCharacter]));
    assert_eq!(name("ERIKSSON<<ANNA<<MARIA"), Err(vec![Finding::NameLayout]));
}

#[test]
fn births_are_in_the_latest_century_that_is_not_after_the_reference() {
    let date = |birth: &str| born(birth).map(|birth| birth.date());

    assert_eq!(date("261122"), Ok(Some(day("2026-11-22"))));
    assert_eq!(date("261123"), Ok(Some(day("1926-11-23"))));
    assert_eq!(date("000229"), Ok(Some(day("2000-02-29"))));
    assert_eq!(date("800229"), Ok(Some(day("1980-02-29"))));
    for birth in ["740231", "741301", "740001", "740100", "790229", "74081<", "<40812", "74O812"] {
        assert_eq!(date(birth), Err(vec![Finding::NotADate { field: Field::BirthDate }]), "{birth}");
    }
}

#[test]
fn a_birth_date_unknown_in_part_agrees_with_every_date_it_could_be() {
    let agrees = |birth: &str, date: &str| born(birth).map(|birth| (birth.date(), birth.agrees_with(day(date))));

    assert_eq!(agrees("<<<<<<", "1974-08-12"), Ok((None, true)));
    assert_eq!(agrees("74<<<<", "1974-08-12"), Ok((None, true)));
    assert_eq!(agrees("74<<<<", "1975-08-12"), Ok((None, false)));
    assert_eq!(agrees("7408<<", "1974-08-31"), Ok((None, true)));
    assert_eq!(agrees("7408<<", "1974-09-01"), Ok((None, false)));
    assert_eq!(agrees("<<0229", "1976-02-29"), Ok((None, true)));
    assert_eq!(agrees("7413<<", "1974-01-01"), Err(vec![Finding::NotADate { field: Field::BirthDate }]));
    // The form's century decides: the holder is a hundred and one.
    assert_eq!(agrees("250812", "1925-08-12"), Ok((Some(day("2025-08-12")), true)));
}

#[test]
fn validity_counts_calendar_months_to_the_day() {
    assert!(valid_for(day("2027-02-28"), 6, day("2026-08-31")));
    assert!(!valid_for(day("2027-02-27"), 6, day("2026-08-31")));
    assert!(!valid_for(day("2028-02-28"), 6, day("2027-08-31")));
    assert!(valid_for(day("2028-02-29"), 6, day("2027-08-31")));
    assert!(valid_for(day("2026-11-22"), 0, day("2026-11-22")));
    assert!(!valid_for(day("2026-11-21"), 0, day("2026-11-22")));
    assert!(!valid_for(NaiveDate::MAX, u32::MAX, day("2026-11-22")));
    assert_eq!(day("2026-08-31") + Months::new(6), day("2027-02-28"));
}

#[test]
fn neither_debug_nor_findings_show_what_a_passport_says() {
    assert_eq!(format!("{:?}", specimen()), "Mrz { .. }");
    assert_eq!(format!("{:?}", specimen().birth_date), "BirthDate { .. }");

    let findings = parse(UPPER, &LOWER.replace("C3", "C4"), today()).unwrap_err();
    let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        ["the check digit of the passport number does not fit", "the check digit of the whole lower line does not fit"]
    );
}
