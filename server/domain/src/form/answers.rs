//! Answers to a form: read by its fields, all that is wrong at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Bounds, Choice, Decimal, Field, Files, Form, Key, Kind, Pick, file, party};
use crate::{
    email::EmailAddress,
    name,
    refusal::{self, Refusal, Violation},
    region::RegionCode,
    resource::FileName,
};

/// How many digits a telephone number has, after ITU-T E.164: the country's code and at least a few more.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What somebody answered: by field, one value or several, never none, each as it is written in one way only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<Key, Vec<String>>);

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Respondent {
    /// Whoever registers, by themselves: all that is required has to be there, and what they are not asked is neither theirs to change nor theirs to
    /// learn.
    Registrant,
    /// Whoever registers and has no personal link yet, so that they cannot upload files; these are brought later.
    Newcomer,
    /// An organiser, who may leave for later what is not known yet.
    Organizer,
}

/// One answer as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// To which field.
    pub field: Key,
    /// What was typed or chosen.
    pub values: Vec<String>,
}

/// What is wrong with the answer to a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which field.
    pub field: Key,
    /// Why.
    pub flaw: Flaw,
}

/// Everything that is wrong with answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answers do not fit the form")]
pub struct BadAnswers(pub Vec<Fault>);

impl Refusal for BadAnswers {
    fn kind(&self) -> refusal::Kind {
        refusal::Kind::Invalid
    }

    fn reason(&self) -> &'static str {
        "ERROR_REASON_INVALID_FIELDS"
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn violations(&self) -> Vec<Violation> {
        let told = |Fault { field, flaw }: &Fault| Violation {
            code: self.reason().to_owned(),
            subject: format!("answers.{field}"),
            description: flaw.to_string(),
        };
        self.0.iter().map(told).collect()
    }
}

/// Why an answer is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The form does not ask it.
    #[error("is not asked")]
    NotAsked,
    /// It is answered twice.
    #[error("is answered twice")]
    Twice,
    /// It has to be answered, and is not.
    #[error("is required")]
    Missing,
    /// It takes one value.
    #[error("takes one value")]
    Several,
    /// Too many choices are taken.
    #[error("takes at most {0} choices")]
    TooMany(u32),
    /// Too many companions are brought.
    #[error("takes at most {0} companions")]
    TooManyCompanions(u32),
    /// It is no number of viewers, or there are too many.
    #[error("is not a whole number of 1 to {0} viewers")]
    Viewers(u32),
    /// It is no name.
    #[error(transparent)]
    Name(#[from] name::Refusal),
    /// It is too long.
    #[error("is longer than {0} characters")]
    TooLong(u32),
    /// It holds control characters.
    #[error("holds control characters")]
    Control,
    /// It is no number.
    #[error(transparent)]
    Number(#[from] super::NoDecimal),
    /// It is no day.
    #[error("is not a day written as YYYY-MM-DD")]
    Date,
    /// It lies outside what is asked for.
    #[error("is below {least} or above {most}")]
    Outside {
        /// The least that is taken, or a dash.
        least: String,
        /// The most that is taken, or a dash.
        most: String,
    },
    /// There is no such choice, or no more.
    #[error("is not one of the choices")]
    Choice,
    /// The text was agreed to in another version than the one that stands.
    #[error("agrees to another version of the text than {0}")]
    Version(Key),
    /// It is no region.
    #[error(transparent)]
    Region(#[from] crate::region::UnknownRegion),
    /// It is no language.
    #[error("is not a BCP 47 language tag")]
    Language,
    /// It is no telephone number.
    #[error("is not a telephone number in international form, like +92 51 9208581")]
    Phone,
    /// It is no e-mail address.
    #[error("is not an e-mail address")]
    Email,
    /// It is a file, and whoever registers cannot upload any yet.
    #[error("is brought by the personal link, once the registration is made")]
    FileLater,
    /// It is no file that can be taken.
    #[error(transparent)]
    File(#[from] file::Flaw),
}

impl Answers {
    /// What was answered before, as it was kept.
    pub fn kept(answers: BTreeMap<Key, Vec<String>>) -> Self {
        Self(answers)
    }

    /// Whether nothing was answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was answered to a field.
    pub fn to(&self, field: &Key) -> Option<&[String]> {
        self.0.get(field).map(Vec::as_slice)
    }

    /// Whether a choice was made.
    pub fn has(&self, Pick { field, choice }: &Pick) -> bool {
        self.to(field).is_some_and(|values| values.iter().any(|value| value == choice.as_str()))
    }

    /// The files that are among them, each once.
    pub fn files(&self) -> BTreeSet<FileName> {
        self.0.values().flatten().filter_map(|value| value.parse().ok()).collect()
    }

    /// All of them, by field.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &[String])> {
        self.0.iter().map(|(field, values)| (field, values.as_slice()))
    }
}

impl Form {
    /// Reads answers, or tells everything that is wrong with them.
    ///
    /// What was answered before in the same way is taken as it was, even where the form asks otherwise by now, or not at all; of whoever registered
    /// only what they are asked is replaced. Answers to fields that are asked and not shown, given the others, are dropped: a page leaves them behind
    /// when somebody thinks again. Files that are brought now are looked up in `files`.
    pub fn read(
        &self,
        given: Vec<Given>,
        before: &Answers,
        respondent: Respondent,
        files: &Files,
    ) -> Result<Answers, BadAnswers> {
        let (mut faults, mut sent) = (Vec::new(), BTreeMap::new());
        for Given { field, values } in given {
            let values: Vec<String> =
                values.iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect();
            if sent.insert(field.clone(), values).is_some() {
                faults.push(Fault { field, flaw: Flaw::Twice });
            }
        }
        let mut answers = Answers::default();
        for field in &self.fields {
            let values = sent.remove(&field.id).unwrap_or_default();
            // What whoever registers is not asked stays as it was, whatever else they answer.
            let theirs = respondent == Respondent::Organizer || field.is_asked_by(respondent);
            if theirs && !field.is_shown(&answers) {
                continue;
            }
            match field.read(&values, before.to(&field.id), respondent, files) {
                Ok(None) => {}
                Ok(Some(values)) => {
                    answers.0.insert(field.id.clone(), values);
                }
                Err(flaw) => faults.push(Fault { field: field.id.clone(), flaw }),
            }
        }
        if respondent != Respondent::Organizer {
            let elsewhere = before.0.iter().filter(|(field, _)| self.field(field).is_none());
            answers.0.extend(elsewhere.map(|(field, values)| (field.clone(), values.clone())));
        }
        for (field, values) in sent {
            if respondent == Respondent::Organizer && before.to(&field) == Some(values.as_slice()) {
                answers.0.insert(field, values);
            } else {
                faults.push(Fault { field, flaw: Flaw::NotAsked });
            }
        }
        if faults.is_empty() { Ok(answers) } else { Err(BadAnswers(faults)) }
    }

    /// Reads the answers of whoever registers and has no personal link yet.
    pub fn read_newcomers(&self, given: Vec<Given>) -> Result<Answers, BadAnswers> {
        self.read(given, &Answers::default(), Respondent::Newcomer, &Files::new())
    }

    /// The files that are named in answers to fields that ask for one.
    pub fn brought<'a>(&'a self, given: &'a [Given]) -> impl Iterator<Item = FileName> {
        let asks = |key: &Key| self.field(key).is_some_and(Field::is_file);
        let named = given.iter().filter(move |given| asks(&given.field)).flat_map(|given| &given.values);
        named.filter_map(|value| value.trim().parse().ok())
    }

    /// Whether answers say all that was said before, and beyond that only what is required and was missing, and files.
    pub fn completes(&self, before: &Answers, after: &Answers) -> bool {
        let was_missing = |key: &Key| self.field(key).is_some_and(|field| field.required || field.is_file());
        before.iter().all(|(field, values)| after.to(field) == Some(values))
            && after.iter().all(|(field, _)| before.to(field).is_some() || was_missing(field))
    }

    /// What was answered to the fields that whoever registers is asked now, in their order.
    pub fn own<'a>(&'a self, answers: &'a Answers) -> impl Iterator<Item = (&'a Key, &'a [String])> {
        self.asked().filter_map(|field| Some((&field.id, answers.to(&field.id)?)))
    }

    /// The fields that are required, shown, and not answered yet, among those that whoever registers is asked.
    pub fn missing<'a>(&'a self, answers: &'a Answers) -> impl Iterator<Item = &'a Field> {
        self.asked().filter(|field| field.required && field.is_shown(answers) && answers.to(&field.id).is_none())
    }
}

impl Field {
    fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File(_))
    }

    fn is_shown(&self, answers: &Answers) -> bool {
        let Some(condition) = &self.condition else { return true };
        let answered = answers.to(&condition.field).unwrap_or_default();
        let fits = |value: &String| condition.any_of.is_empty() || condition.any_of.contains(value);
        answered.iter().any(fits)
    }

    fn read(
        &self,
        values: &[String],
        before: Option<&[String]>,
        respondent: Respondent,
        files: &Files,
    ) -> Result<Option<Vec<String>>, Flaw> {
        let is_asked = self.is_asked_by(respondent);
        if respondent != Respondent::Organizer && !is_asked {
            return if values.is_empty() { Ok(before.map(<[String]>::to_vec)) } else { Err(Flaw::NotAsked) };
        }
        if values.is_empty() {
            return match respondent {
                Respondent::Registrant if self.required => Err(Flaw::Missing),
                Respondent::Newcomer if self.required && !self.is_file() => Err(Flaw::Missing),
                Respondent::Registrant | Respondent::Newcomer | Respondent::Organizer => Ok(None),
            };
        }
        if before == Some(values) {
            return Ok(Some(values.to_vec()));
        }
        if !is_asked {
            return Err(Flaw::NotAsked);
        }
        if self.is_file() && respondent == Respondent::Newcomer {
            return Err(Flaw::FileLater);
        }
        self.kind.read(values, files).map(Some)
    }
}

impl Kind {
    /// Reads an answer, and writes it as it is kept.
    fn read(&self, values: &[String], files: &Files) -> Result<Vec<String>, Flaw> {
        let one = || match values {
            [value] => Ok(value.as_str()),
            _ => Err(Flaw::Several),
        };
        let read = match self {
            Self::Choices(choices, most) => return read_choices(values, choices, *most),
            Self::Companions(most) => return party::read_companions(values, *most),
            Self::Text(longest) => text(one()?, *longest, char::is_control)?,
            Self::LongText(longest) => text(one()?, *longest, |c| c.is_control() && c != '\n')?,
            Self::Number(bounds) => within(one()?.parse::<Decimal>()?, bounds)?,
            Self::Date(bounds) => {
                let day = NaiveDate::parse_from_str(one()?, "%Y-%m-%d").map_err(|_| Flaw::Date)?;
                within(day, bounds)?
            }
            Self::Choice(choices) => choice(one()?, choices)?,
            Self::Consent(version) if version.as_str() == one()? => version.to_string(),
            Self::Consent(version) => return Err(Flaw::Version(version.clone())),
            Self::Region => one()?.parse::<RegionCode>()?.to_string(),
            Self::Language => language(one()?)?,
            Self::Phone => phone(one()?)?,
            Self::Email => one()?.parse::<EmailAddress>().map_err(|_| Flaw::Email)?.as_str().to_owned(),
            Self::Viewers(most) => party::read_viewers(one()?, *most)?,
            Self::File(accepted) => accepted.read(one()?, files)?,
        };
        Ok(vec![read])
    }
}

fn text(value: &str, longest: u32, is_wrong: impl Fn(char) -> bool) -> Result<String, Flaw> {
    let value = value.replace("\r\n", "\n");
    if value.chars().count() > longest as usize {
        return Err(Flaw::TooLong(longest));
    }
    if value.chars().any(is_wrong) { Err(Flaw::Control) } else { Ok(value) }
}

fn within<T: PartialOrd + ToString>(value: T, bounds: &Bounds<T>) -> Result<String, Flaw> {
    if bounds.hold(&value) {
        return Ok(value.to_string());
    }
    let written = |bound: &Option<T>| bound.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
    Err(Flaw::Outside { least: written(&bounds.least), most: written(&bounds.most) })
}

fn choice(value: &str, choices: &[Choice]) -> Result<String, Flaw> {
    let chosen = choices.iter().find(|choice| choice.id.as_str() == value && !choice.retired);
    chosen.map(|choice| choice.id.to_string()).ok_or(Flaw::Choice)
}

/// Reads several choices; they are kept in the order of the form.
fn read_choices(values: &[String], choices: &[Choice], most: Option<u32>) -> Result<Vec<String>, Flaw> {
    for value in values {
        choice(value, choices)?;
    }
    let chosen = choices.iter().map(|choice| choice.id.as_str()).filter(|id| values.iter().any(|value| value == id));
    let chosen: Vec<String> = chosen.map(str::to_owned).collect();
    match most {
        Some(most) if chosen.len() > most as usize => Err(Flaw::TooMany(most)),
        Some(_) | None => Ok(chosen),
    }
}

/// Reads a language tag as BCP 47 shapes it, the language in small letters first.
fn language(value: &str) -> Result<String, Flaw> {
    let mut parts = value.split('-');
    let first = parts.next().unwrap_or_default();
    let good = (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if good { Ok(format!("{}{}", first.to_ascii_lowercase(), &value[first.len()..])) } else { Err(Flaw::Language) }
}

/// Reads a telephone number as ITU-T E.164 has it: a plus and digits, whatever stands between them.
fn phone(value: &str) -> Result<String, Flaw> {
    let number = value.strip_prefix('+').ok_or(Flaw::Phone)?;
    if !number.chars().all(|c| c.is_ascii_digit() || " -().".contains(c)) {
        return Err(Flaw::Phone);
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let good = PHONE_DIGITS.contains(&digits.len()) && !digits.starts_with('0');
    if good { Ok(format!("+{digits}")) } else { Err(Flaw::Phone) }
}
