//! Who comes under one registration: companions, by name, or viewers, by their number. Each takes a place.

use super::{Answers, Decimal, Form, Kind, answers::Flaw};
use crate::name::NameText;

/// How many companions somebody brings at most.
pub const MOST_COMPANIONS: u32 = 20;
/// How many viewers watch under one registration at most.
pub const MOST_VIEWERS: u32 = 1000;
/// How many viewers watch under one registration at most, where nothing else is said.
pub const USUAL_VIEWERS: u32 = 10;

impl Form {
    /// Whether it asks who comes along, or how many watch.
    pub fn asks_for_party(&self) -> bool {
        self.fields.iter().any(|field| field.kind.makes_party())
    }

    /// How many places of its category whoever gave some answers takes: their own and one for each companion, or one for each viewer, of whom they are
    /// one.
    pub fn party(&self, answers: &Answers) -> u32 {
        let Some(field) = self.fields.iter().find(|field| field.kind.makes_party()) else { return 1 };
        let values = answers.to(&field.id).unwrap_or_default();
        if let Kind::Viewers(_) = field.kind {
            // An answer that came along from another category may be something else.
            return values.first().and_then(|value| viewers(value)).unwrap_or(1);
        }
        u32::try_from(values.len()).unwrap_or(u32::MAX).saturating_add(1)
    }
}

impl Kind {
    pub(super) fn makes_party(&self) -> bool {
        matches!(self, Self::Companions(_) | Self::Viewers(_))
    }
}

/// Reads names of companions, in the order they were given.
pub(super) fn read_companions(values: &[String], most: u32) -> Result<Vec<String>, Flaw> {
    if values.len() > most as usize {
        return Err(Flaw::TooManyCompanions(most));
    }
    values.iter().map(|value| Ok(NameText::parse(value)?.as_str().to_owned())).collect()
}

/// Reads how many viewers there are, written like any number.
pub(super) fn read_viewers(value: &str, most: u32) -> Result<String, Flaw> {
    let viewers = viewers(value).filter(|viewers| *viewers <= most).ok_or(Flaw::Viewers(most))?;
    Ok(viewers.to_string())
}

fn viewers(value: &str) -> Option<u32> {
    let count = value.parse::<Decimal>().ok()?.count()?;
    (1..=MOST_VIEWERS).contains(&count).then_some(count)
}
