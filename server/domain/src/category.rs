//! Registration categories: who may come as what, in which languages, and how many.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use crate::{
    form::{self, Form},
    language::LanguageTag,
    localized::Localized,
    offer::{Period, WorkingHours},
    resource::{CategoryId, CategoryName, EventId},
    revision::History,
};

/// How many offers somebody lets lapse before they wait no more: whoever does not read their mail is not written to without end.
pub const MOST_LAPSES: u64 = 3;

/// A kind of registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// In which event.
    pub event: EventId,
    /// What it is known by in the event.
    pub id: CategoryId,
    /// What organisers say of it.
    pub plan: Plan,
    /// When it was created and changed.
    pub history: History,
}

/// What organisers say of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it is called.
    pub title: Localized,
    /// How many places there are; no limit, when left out.
    pub capacity: Option<u32>,
    /// The languages its delegates are written to in; both, when there are none.
    pub languages: Vec<LanguageTag>,
    /// How a registration comes to be confirmed.
    pub confirmation: Confirmation,
    /// Whether people register in it by themselves, on a public page.
    pub public: bool,
    /// For how long a place that comes free is offered to whoever waits first; it is theirs at once, when left out.
    pub offer_period: Option<Period>,
    /// In which hours the time of offers runs; at all hours, when left out.
    pub offer_working_hours: Option<WorkingHours>,
    /// Whether who lets an offer lapse waits again, behind all others, until they let [`MOST_LAPSES`] lapse.
    pub lapsed_wait_again: bool,
    /// What it asks beside who somebody is.
    pub form: Form,
    /// The colour of its badges; dark grey, when left out.
    pub color: Option<Color>,
    /// Whether everybody in it is asked for a photo.
    pub photo_required: bool,
}

/// A colour on paper: red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub [u8; 3]);

/// Says that a text is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a colour written like #1a6fb5")]
pub struct NoColor;

impl Color {
    /// What is printed where nothing else is said.
    pub const DARK_GREY: Self = Self([0x40, 0x40, 0x40]);
}

impl FromStr for Color {
    type Err = NoColor;

    fn from_str(text: &str) -> Result<Self, NoColor> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(NoColor)?;
        let is_digit = |byte: u8| byte.is_ascii_hexdigit();
        let bits = u32::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(is_digit)).ok_or(NoColor)?;
        let [_, red, green, blue] = bits.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// How a registration comes to be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// An organiser confirms each.
    ByHand,
    /// It is confirmed as soon as it has a place.
    AtOnce,
}

/// Creates a category.
pub fn create(name: CategoryName, plan: Plan, now: DateTime<Utc>) -> Category {
    Category { event: name.event, id: name.category, plan, history: History::begin(now) }
}

impl Category {
    /// The category's resource name.
    pub fn name(&self) -> CategoryName {
        CategoryName { event: self.event.clone(), category: self.id.clone() }
    }

    /// Changes what organisers say of it.
    #[must_use]
    pub fn revise(self, plan: Plan, now: DateTime<Utc>) -> Self {
        Self { plan, history: self.history.next(now), ..self }
    }

    /// Refuses a form that would lose what people answered to this one; asked where somebody registered.
    pub fn require_answers_kept(&self, next: &Form) -> Result<(), form::Refusal> {
        match self.plan.form.lost_in(next) {
            Some(field) => Err(form::Refusal::FieldLost { category: self.name(), field: field.clone() }),
            None => Ok(()),
        }
    }

    /// Whether who let so many offers lapse waits again.
    pub fn waits_again_after(&self, lapsed: u64) -> bool {
        self.plan.lapsed_wait_again && lapsed < MOST_LAPSES
    }

    /// The language a person is written to in: their own where the category speaks it, its first otherwise.
    pub fn language_for(&self, own: LanguageTag) -> LanguageTag {
        let languages = &self.plan.languages;
        if languages.is_empty() || languages.contains(&own) { own } else { languages[0] }
    }
}
