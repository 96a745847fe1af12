//! Reading and verifying the two lines.

use chrono::NaiveDate;

use super::{
    BirthDate, DocumentCode, Field, Finding, LINE_LENGTH, Line, Mrz, Sex, StateCode, check_digit, date::read_expiry,
};

/// Reads the two lines of a passport, or says everything that is wrong with them.
///
/// Nothing is mended: the lines come without blanks around them and in capitals.
/// The standard has no rule for the century of a birth: it is the latest in which the holder is not born after
/// `reference`, which is today for whoever asks.
/// An expiry is in this century, and an expired passport is still a well-formed one.
/// The standard's fictional states are taken too; [`StateCode::is_specimen`] tells them.
pub fn parse(upper: &str, lower: &str, reference: NaiveDate) -> Result<Mrz, Vec<Finding>> {
    let mut findings = Findings(Vec::new());
    let upper = findings.line(Line::Upper, upper).then(|| read_upper(upper, &mut findings)).flatten();
    let lower = findings.line(Line::Lower, lower).then(|| read_lower(lower, reference, &mut findings)).flatten();
    match (upper, lower) {
        (Some(upper), Some(lower)) if findings.0.is_empty() => Ok(Mrz {
            document_code: upper.document_code,
            issuing_state: upper.issuing_state,
            surname: upper.name.primary,
            given_names: upper.name.secondary,
            name_may_be_truncated: upper.name.may_be_truncated,
            number: lower.number,
            nationality: lower.nationality,
            birth_date: lower.birth_date,
            sex: lower.sex,
            expiry_date: lower.expiry_date,
            personal_number: lower.personal_number,
        }),
        (_, _) => Err(findings.0),
    }
}

struct Upper {
    document_code: DocumentCode,
    issuing_state: StateCode,
    name: Name,
}

struct Name {
    primary: String,
    secondary: Option<String>,
    may_be_truncated: bool,
}

struct Lower {
    number: String,
    nationality: StateCode,
    birth_date: BirthDate,
    sex: Sex,
    expiry_date: NaiveDate,
    personal_number: Option<String>,
}

/// What has been found wrong so far.
struct Findings(Vec<Finding>);

impl Findings {
    /// Gives what was read, or notes why there is nothing.
    fn require<T>(&mut self, read: Option<T>, otherwise: Finding) -> Option<T> {
        if read.is_none() {
            self.0.push(otherwise);
        }
        read
    }

    /// Tells whether a line is long enough, and of the right alphabet, to look at its fields.
    fn line(&mut self, line: Line, text: &str) -> bool {
        let before = self.0.len();
        let length = text.chars().count();
        if length != LINE_LENGTH {
            self.0.push(Finding::Length { line, length });
        }
        let in_alphabet = |letter: char| matches!(letter, 'A'..='Z' | '0'..='9' | '<');
        let strangers = (1..).zip(text.chars()).filter(|(_, letter)| !in_alphabet(*letter));
        // What is longer than any line is no misread zone, and its every character need not be listed.
        self.0.extend(strangers.take(LINE_LENGTH).map(|(position, _)| Finding::Character { line, position }));
        self.0.len() == before
    }

    /// Verifies that a check digit follows from what it covers.
    fn check(&mut self, field: Field, covered: &str, digit: &str) {
        if !digit.starts_with(check_digit::of(covered)) {
            self.0.push(Finding::CheckDigit { field });
        }
    }
}

fn read_upper(line: &str, findings: &mut Findings) -> Option<Upper> {
    let document_code = findings.require(DocumentCode::read(&line[..2]), Finding::NotAPassport);
    let issuing_state =
        findings.require(StateCode::read(&line[2..5]), Finding::UnknownState { field: Field::IssuingState });
    let name = read_name(&line[5..]).map_err(|finding| findings.0.push(finding)).ok();
    Some(Upper { document_code: document_code?, issuing_state: issuing_state?, name: name? })
}

fn read_name(field: &str) -> Result<Name, Finding> {
    let name = field.trim_end_matches('<');
    if name.is_empty() || name.starts_with('<') {
        return Err(Finding::NameMissing);
    }
    if name.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(Finding::NameCharacter);
    }
    // Some states leave more than two fillers between the identifiers, which divides the name no less clearly.
    let (primary, secondary) = match name.split_once("<<") {
        Some((primary, rest)) => (primary, Some(rest.trim_start_matches('<'))),
        None => (name, None),
    };
    if secondary.is_some_and(|secondary| secondary.contains("<<")) {
        return Err(Finding::NameLayout);
    }
    Ok(Name {
        primary: without_fillers(primary),
        secondary: secondary.map(without_fillers),
        may_be_truncated: name.len() == field.len(),
    })
}

fn read_lower(line: &str, reference: NaiveDate, findings: &mut Findings) -> Option<Lower> {
    let number = findings.require(read_number(&line[..9]), Finding::Layout { field: Field::Number });
    findings.check(Field::Number, &line[..9], &line[9..10]);
    let nationality =
        findings.require(StateCode::read(&line[10..13]), Finding::UnknownState { field: Field::Nationality });
    let birth_date =
        findings.require(BirthDate::read(&line[13..19], reference), Finding::NotADate { field: Field::BirthDate });
    findings.check(Field::BirthDate, &line[13..19], &line[19..20]);
    let sex = findings.require(Sex::read(&line[20..21]), Finding::NotASex);
    let expiry_date = findings.require(read_expiry(&line[21..27]), Finding::NotADate { field: Field::ExpiryDate });
    findings.check(Field::ExpiryDate, &line[21..27], &line[27..28]);
    let personal_number = Some(without_fillers(&line[28..42])).filter(|number| !number.is_empty());
    // An unused field may have a filler for its digit (9303-4 §4.2.2.2); the composite counts both as nothing.
    if personal_number.is_some() || &line[42..43] != "<" {
        findings.check(Field::PersonalNumber, &line[28..42], &line[42..43]);
    }
    let covered = [&line[..10], &line[13..20], &line[21..43]].concat();
    findings.check(Field::Composite, &covered, &line[43..]);
    Some(Lower {
        number: number?,
        nationality: nationality?,
        birth_date: birth_date?,
        sex: sex?,
        expiry_date: expiry_date?,
        personal_number,
    })
}

fn read_number(field: &str) -> Option<String> {
    (!field.starts_with('<')).then(|| without_fillers(field))
}

/// Gives a field's text with blanks for the fillers inside it and none for those that fill it up.
fn without_fillers(field: &str) -> String {
    field.trim_end_matches('<').replace('<', " ")
}
