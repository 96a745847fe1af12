//! The form of a category: what it asks beside who somebody is.
//!
//! **Invariant:** the ids of the fields differ, and a field that is shown on a condition names one that stands before it.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;

use crate::localized::Localized;

mod answers;
mod decimal;
mod file;
mod party;
pub mod person;
mod refusal;

pub use answers::{Answers, BadAnswers, Fault, Flaw as AnswerFlaw, Given, Respondent};
pub use decimal::{Decimal, NoDecimal};
pub use file::{Accepted, Brought, Files};
pub use party::{MOST_COMPANIONS, MOST_VIEWERS, USUAL_VIEWERS};
pub use refusal::{Flaw, Misfit, Part, Refusal};

/// How many fields a form has at most.
pub const MOST_FIELDS: usize = 100;
/// How many choices a field has at most.
pub const MOST_CHOICES: usize = 200;
/// How many characters a line of text takes, where nothing else is said, and at most.
pub const LONGEST_LINE: u32 = 400;
/// How many characters a longer text takes, where nothing else is said, and at most.
pub const LONGEST_TEXT: u32 = 4000;

/// What a field or a choice is known by, whatever it is called; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// Says that a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to 40 of a-z, 0-9, hyphens and underscores, a letter or digit first")]
pub struct NoKey;

impl Key {
    /// The key as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let good = (1..=40).contains(&text.len())
            && text.starts_with(plain)
            && text.chars().all(|c| plain(c) || c == '-' || c == '_');
        if good { Ok(Self(text.to_owned())) } else { Err(NoKey) }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a category asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    fields: Vec<Field>,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The section that begins with it.
    pub section: Option<Section>,
    /// What it is known by.
    pub id: Key,
    /// What it is called on the page.
    pub label: Localized,
    /// What helps to answer it.
    pub help: Option<Localized>,
    /// What is typed or chosen.
    pub kind: Kind,
    /// Whether it has to be answered where it is shown.
    pub required: bool,
    /// When it is shown; always, when left out.
    pub condition: Option<Condition>,
    /// Who sees and answers it.
    pub audience: Audience,
    /// Whether another answer sends a confirmed registration back to be approved.
    pub reapproval: bool,
    /// Whether it is asked no more; what was answered is kept.
    pub retired: bool,
}

/// Fields that are shown together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is called on the page.
    pub title: Localized,
    /// What helps to answer its fields.
    pub help: Option<Localized>,
    /// Who sees it and answers its fields.
    pub audience: Audience,
}

/// What is typed or chosen in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line of text, of so many characters at most.
    Text(u32),
    /// A text of several lines, of so many characters at most.
    LongText(u32),
    /// A number.
    Number(Bounds<Decimal>),
    /// A day.
    Date(Bounds<NaiveDate>),
    /// One of some choices.
    Choice(Vec<Choice>),
    /// Several of some choices, so many at most where that is said.
    Choices(Vec<Choice>, Option<u32>),
    /// Whether one agrees, to the text of which this is the version.
    Consent(Key),
    /// A country or territory.
    Region,
    /// A language, any there is.
    Language,
    /// A telephone number with the country's code.
    Phone,
    /// An e-mail address.
    Email,
    /// Who comes along, by name, so many at most; each takes a place as whoever registers does.
    Companions(u32),
    /// How many watch under one registration, whoever registers among them, so many at most; each takes a place.
    Viewers(u32),
    /// A file that was uploaded, such as are accepted.
    File(Accepted),
}

/// Between which values an answer lies, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds<T> {
    /// The least.
    pub least: Option<T>,
    /// The most.
    pub most: Option<T>,
}

impl<T: PartialOrd> Bounds<T> {
    fn are_reversed(&self) -> bool {
        matches!((&self.least, &self.most), (Some(least), Some(most)) if least > most)
    }

    fn hold(&self, value: &T) -> bool {
        self.least.as_ref().is_none_or(|least| least <= value) && self.most.as_ref().is_none_or(|most| value <= most)
    }
}

/// One choice of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it is known by.
    pub id: Key,
    /// What it is called.
    pub label: Localized,
    /// Whether it can be chosen no more.
    pub retired: bool,
    /// How many may choose it; any number, when left out.
    pub places: Option<u32>,
    /// Whether companions take one of its places each, and viewers too.
    pub counts_companions: bool,
}

/// A choice that was made of a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pick {
    /// Which field.
    pub field: Key,
    /// Which of its choices.
    pub choice: Key,
}

/// When a field is shown: when another was answered so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Which other field, one before it.
    pub field: Key,
    /// The answers of which one has to be given; any, when there are none.
    pub any_of: Vec<String>,
}

/// Who sees and answers a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever registers, and organisers.
    Everybody,
    /// Organisers.
    Organizers,
}

impl Audience {
    /// Whether it is organisers alone.
    pub const fn is_organizers(self) -> bool {
        match self {
            Self::Everybody => false,
            Self::Organizers => true,
        }
    }
}

impl Form {
    /// Makes a form of fields, or tells everything that is wrong with them. All fields of a section for organisers are for them.
    pub fn new(mut fields: Vec<Field>) -> Result<Self, Vec<Misfit>> {
        let mut within = Audience::Everybody;
        for field in &mut fields {
            within = field.section.as_ref().map_or(within, |section| section.audience);
            if within == Audience::Organizers {
                field.audience = within;
            }
        }
        let misfits: Vec<Misfit> = (0..fields.len())
            .flat_map(|index| {
                let (before, field) = (&fields[..index], &fields[index]);
                field.flaws(before, index).into_iter().map(move |(part, flaw)| Misfit { index, part, flaw })
            })
            .collect();
        if misfits.is_empty() { Ok(Self { fields }) } else { Err(misfits) }
    }

    /// The fields, in the order they are asked.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Finds a field.
    pub fn field(&self, id: &Key) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == *id)
    }

    /// The fields that whoever registers is asked now, each first of a section with that.
    pub fn asked_by_section(&self) -> impl Iterator<Item = (Option<&Section>, &Field)> {
        let mut begun = None;
        self.fields.iter().filter_map(move |field| {
            begun = field.section.as_ref().or(begun);
            field.is_asked_by(Respondent::Registrant).then(|| (begun.take(), field))
        })
    }

    /// The fields that whoever registers is asked now.
    pub fn asked(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.is_asked_by(Respondent::Registrant))
    }

    /// Finds a field or a choice of this form that another form has no more, or has with another kind; what was answered to it would mean
    /// something else, or nothing.
    pub fn lost_in(&self, next: &Self) -> Option<&Key> {
        let lost = self.fields.iter().find(|field| {
            let kept = next.fields.iter().find(|other| other.id == field.id);
            kept.is_none_or(|kept| !field.kind.goes_on_in(&kept.kind))
        });
        lost.map(|field| &field.id)
    }

    /// The choices that so many may make and no more, in their order.
    pub fn limited(&self) -> impl Iterator<Item = (Pick, u32)> {
        self.limited_choices().map(|(pick, places, _)| (pick, places))
    }

    fn limited_choices(&self) -> impl Iterator<Item = (Pick, u32, bool)> {
        let of_field = |field: &Field| {
            let limited = |choice: &Choice| {
                let pick = Pick { field: field.id.clone(), choice: choice.id.clone() };
                choice.places.map(|places| (pick, places, choice.counts_companions))
            };
            field.kind.choices().unwrap_or_default().iter().filter_map(limited).collect::<Vec<_>>()
        };
        self.fields.iter().flat_map(of_field)
    }

    /// Those of the limited choices of which another form counted no places, or not those of companions.
    pub fn counted_anew(&self, before: &Self) -> impl Iterator<Item = Pick> {
        let old: Vec<(Pick, bool)> = before.limited_choices().map(|(pick, _, companions)| (pick, companions)).collect();
        let anew = move |(pick, _, companions): (Pick, u32, bool)| {
            (!old.contains(&(pick.clone(), companions))).then_some(pick)
        };
        self.limited_choices().filter_map(anew)
    }

    /// Those of the limited choices that were made in some answers, and how many places each takes.
    pub fn picked(&self, answers: &Answers) -> Vec<(Pick, u32)> {
        let party = self.party(answers);
        let made = |(pick, _, counts_companions): (Pick, u32, bool)| {
            let places = if counts_companions { party } else { 1 };
            answers.has(&pick).then_some((pick, places))
        };
        self.limited_choices().filter_map(made).collect()
    }

    /// Whether answers changed in a way that sends a confirmed registration back to be approved.
    pub fn needs_approval(&self, before: &Answers, after: &Answers) -> bool {
        self.fields.iter().any(|field| field.reapproval && before.to(&field.id) != after.to(&field.id))
    }
}

impl Field {
    fn flaws(&self, before: &[Self], index: usize) -> Vec<(Part, Flaw)> {
        let mut flaws = Vec::new();
        if index == MOST_FIELDS {
            flaws.push((Part::Id, Flaw::TooManyFields));
        }
        if before.iter().any(|field| field.id == self.id) {
            flaws.push((Part::Id, Flaw::SameId));
        }
        flaws.extend(self.kind.flaw());
        if self.kind.makes_party() && before.iter().any(|field| field.kind.makes_party()) {
            flaws.push((Part::Kind, Flaw::SecondParty));
        }
        if let Some(condition) = &self.condition {
            let flaw = match before.iter().find(|field| field.id == condition.field) {
                None => Some(Flaw::UnknownField),
                Some(field) => {
                    condition.any_of.iter().any(|one| !field.kind.may_be(one)).then_some(Flaw::UnknownChoice)
                }
            };
            flaws.extend(flaw.map(|flaw| (Part::Condition, flaw)));
        }
        flaws
    }

    /// Whether somebody is asked it.
    fn is_asked_by(&self, respondent: Respondent) -> bool {
        !self.retired
            && match (self.audience, respondent) {
                (Audience::Everybody, _) | (Audience::Organizers, Respondent::Organizer) => true,
                (Audience::Organizers, Respondent::Registrant | Respondent::Newcomer) => false,
            }
    }
}

impl Kind {
    /// The choices there are.
    pub(crate) fn choices(&self) -> Option<&[Choice]> {
        match self {
            Self::Choice(choices) | Self::Choices(choices, _) => Some(choices),
            Self::Text(_)
            | Self::LongText(_)
            | Self::Number(_)
            | Self::Date(_)
            | Self::Consent(_)
            | Self::Region
            | Self::Language
            | Self::Phone
            | Self::Email
            | Self::Companions(_)
            | Self::Viewers(_)
            | Self::File(_) => None,
        }
    }

    fn flaw(&self) -> Option<(Part, Flaw)> {
        let beyond = |count: u32, most: u32| !(1..=most).contains(&count);
        match self {
            Self::Text(longest) => beyond(*longest, LONGEST_LINE).then_some((Part::Kind, Flaw::Length)),
            Self::LongText(longest) => beyond(*longest, LONGEST_TEXT).then_some((Part::Kind, Flaw::Length)),
            Self::Number(bounds) => bounds.are_reversed().then_some((Part::Kind, Flaw::Bounds)),
            Self::Date(bounds) => bounds.are_reversed().then_some((Part::Kind, Flaw::Bounds)),
            Self::Choice(choices) | Self::Choices(choices, _) => {
                let same = |(index, choice): (usize, &Choice)| choices[..index].iter().any(|one| one.id == choice.id);
                match choices.len() {
                    1..=MOST_CHOICES if choices.iter().enumerate().any(same) => Some((Part::Choices, Flaw::SameChoice)),
                    1..=MOST_CHOICES => None,
                    _ => Some((Part::Choices, Flaw::Choices)),
                }
            }
            Self::Companions(most) => beyond(*most, MOST_COMPANIONS).then_some((Part::Kind, Flaw::Companions)),
            Self::Viewers(most) => beyond(*most, MOST_VIEWERS).then_some((Part::Kind, Flaw::Viewers)),
            Self::File(accepted) => accepted.flaw(),
            Self::Consent(_) | Self::Region | Self::Language | Self::Phone | Self::Email => None,
        }
    }

    /// Whether an answer may say so; of what is typed that is not known beforehand.
    fn may_be(&self, answer: &str) -> bool {
        self.choices().is_none_or(|choices| choices.iter().any(|choice| choice.id.as_str() == answer))
    }

    /// Whether what was answered to this is an answer to another: it is of the same kind, and has the same choices at least.
    fn goes_on_in(&self, next: &Self) -> bool {
        let choices = self.choices().unwrap_or_default();
        std::mem::discriminant(self) == std::mem::discriminant(next)
            && choices.iter().all(|choice| next.may_be(choice.id.as_str()))
    }
}

#[cfg(test)]
mod tests;
