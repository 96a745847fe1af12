//! Check-in lists: what people are checked in for beside the event itself.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    localized::Localized,
    organization::WebAddress,
    resource::{CategoryId, CheckInListId, CheckInListName, EventId, ResourceId, SessionId},
    revision::History,
};

/// A list on which people of an event are checked in, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckInList {
    /// In which event.
    pub event: EventId,
    /// What it is known by in the event.
    pub id: CheckInListId,
    /// What organisers say of it.
    pub plan: Plan,
    /// When it was created and changed.
    pub history: History,
}

/// What organisers say of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the gate calls it.
    pub title: Localized,
    /// What it is for.
    pub kind: Kind,
    /// The categories it is for; all, when there are none.
    pub categories: Vec<CategoryId>,
    /// Where those who attend online are led.
    pub online: Option<WebAddress>,
}

/// What a list is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A day of the event.
    Day(NaiveDate),
    /// A session.
    Session(SessionId),
    /// A meal, and on which day it is.
    Meal(Option<NaiveDate>),
    /// A vehicle, and which.
    Vehicle(Option<ResourceId>),
    /// A part of the venue.
    Area,
}

/// Creates a list.
pub fn create(name: CheckInListName, plan: Plan, now: DateTime<Utc>) -> CheckInList {
    CheckInList { event: name.event, id: name.check_in_list, plan, history: History::begin(now) }
}

impl CheckInList {
    /// The list's resource name.
    pub fn name(&self) -> CheckInListName {
        CheckInListName { event: self.event.clone(), check_in_list: self.id.clone() }
    }

    /// Changes what organisers say of it.
    #[must_use]
    pub fn revise(self, plan: Plan, now: DateTime<Utc>) -> Self {
        Self { plan, history: self.history.next(now), ..self }
    }

    /// Whether it is for the registrations of a category.
    pub fn is_for(&self, category: &CategoryId) -> bool {
        self.plan.categories.is_empty() || self.plan.categories.contains(category)
    }
}
