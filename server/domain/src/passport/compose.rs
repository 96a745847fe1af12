//! Writing the two lines, for samples and tests; nobody but a state issues passports.

use super::{
    DocumentCode, Field, Finding, Mrz, NAME_LENGTH, check_digit, date::write_expiry, transliteration::transliterate,
};

/// Writes the upper and the lower line of a passport, or says all that its zone cannot show.
///
/// Names may be as printed, in Latin letters of any kind; one that is too long is truncated as ICAO 9303-4 §4.2.3 has
/// it, whatever `name_may_be_truncated` says.
pub fn compose(mrz: &Mrz) -> Result<[String; 2], Vec<Finding>> {
    let mut findings = Vec::new();
    let mut require =
        |field: Result<String, Finding>| field.map_err(|finding| findings.push(finding)).unwrap_or_default();
    let code = require(write_code(mrz.document_code));
    let name = require(write_name(&mrz.surname, mrz.given_names.as_deref()));
    let number = require(write_number(&mrz.number));
    let expiry = require(write_expiry(mrz.expiry_date).ok_or(Finding::NotADate { field: Field::ExpiryDate }));
    let personal = require(fill(mrz.personal_number.as_deref().unwrap_or_default(), 14, Field::PersonalNumber));
    if !findings.is_empty() {
        return Err(findings);
    }

    let number = with_digit(&number);
    let birth = with_digit(&mrz.birth_date.write());
    let expiry = with_digit(&expiry);
    let personal = with_digit(&personal);
    let composite = check_digit::of(&[&*number, &*birth, &*expiry, &*personal].concat());
    let (nationality, sex) = (mrz.nationality.as_str(), mrz.sex.letter());
    Ok([
        format!("{code}{:<<3}{name}", mrz.issuing_state.as_str()),
        format!("{number}{nationality:<<3}{birth}{sex}{expiry}{personal}{composite}"),
    ])
}

fn with_digit(field: &str) -> String {
    format!("{field}{}", check_digit::of(field))
}

fn write_code(code: DocumentCode) -> Result<String, Finding> {
    let code = format!("P{}", code.second());
    if DocumentCode::read(&code).is_some() { Ok(code) } else { Err(Finding::NotAPassport) }
}

fn write_number(number: &str) -> Result<String, Finding> {
    let field = Field::Number;
    if number.is_empty() || number.starts_with(' ') { Err(Finding::Layout { field }) } else { fill(number, 9, field) }
}

/// Fills a field up, refusing what is too long for it or of another alphabet.
fn fill(text: &str, length: usize, field: Field) -> Result<String, Finding> {
    let fits = text.len() <= length && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' '));
    if fits { Ok(format!("{:<<length$}", text.replace(' ', "<"))) } else { Err(Finding::Layout { field }) }
}

fn write_name(surname: &str, given_names: Option<&str>) -> Result<String, Finding> {
    let mut primary = components(surname)?;
    let mut secondary = given_names.map(components).transpose()?.unwrap_or_default();
    let mut name = join(&primary, &secondary);
    if name.len() > NAME_LENGTH {
        // Of the given names at least one letter must show, after the two fillers.
        let room = if secondary.is_empty() { NAME_LENGTH } else { NAME_LENGTH - 3 };
        shorten(&mut primary, room);
        let room = NAME_LENGTH.saturating_sub(joined_length(&primary) + 2);
        shorten(&mut secondary, room);
        name = join(&primary, &secondary);
    }
    Ok(format!("{name:<<NAME_LENGTH$}"))
}

fn components(name: &str) -> Result<Vec<String>, Finding> {
    let is_blank = !name.chars().any(char::is_alphanumeric);
    let written = transliterate(name).ok_or(if is_blank { Finding::NameMissing } else { Finding::NameCharacter })?;
    Ok(written.split(' ').map(str::to_owned).collect())
}

fn join(primary: &[String], secondary: &[String]) -> String {
    let gap = if secondary.is_empty() { "" } else { "<<" };
    format!("{}{gap}{}", primary.join("<"), secondary.join("<"))
}

fn joined_length(components: &[String]) -> usize {
    components.iter().map(String::len).sum::<usize>() + components.len().saturating_sub(1)
}

/// Takes letters off the longest component, the last of them, until all fit together; initials that still do not fit
/// are left out.
///
/// Ending on a letter is how the zone says that a name is truncated.
fn shorten(components: &mut Vec<String>, room: usize) {
    while joined_length(components) > room {
        let longest = components.iter_mut().max_by_key(|component| component.len());
        match longest {
            Some(longest) if longest.len() > 1 => {
                longest.pop();
            }
            Some(_) | None => {
                components.truncate(room.div_ceil(2));
            }
        }
    }
}
