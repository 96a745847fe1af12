//! People: how they are named and reached. One person is the speaker, registrant, delegation member and traveller.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{
    email::EmailAddress,
    language::LanguageTag,
    name::PersonName,
    region::RegionCode,
    resource::{OrganizationId, PersonId, PersonName as PersonResource},
    revision::History,
};

mod likeness;
mod merging;
mod reading;
mod renaming;
mod undoing;

pub use likeness::{Likeness, Pair, Trait, pairs};
pub use merging::{Clash, Field, Merge, Place, Standing};
pub use reading::{search_key, sought};
pub use renaming::{Lists, Mention, Renamed, Renaming};
pub use undoing::{KeptMerge, require_kept, require_last, require_merged};

/// A person, kept by an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who keeps them.
    pub organization: OrganizationId,
    /// What they are known by.
    pub id: PersonId,
    /// What is known of them.
    pub profile: Profile,
    /// When they were created and changed.
    pub history: History,
}

/// How a person is named and reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Their names, kept apart and never made from each other.
    pub name: PersonName,
    /// Where mail reaches them.
    pub email: Option<EmailAddress>,
    /// Their telephone number.
    pub phone_number: Option<String>,
    /// The language they are written to in.
    pub language: LanguageTag,
    /// Where they live or work.
    pub region_code: Option<RegionCode>,
    /// The zone by whose clocks deadlines are written to them; an event's, when left out.
    pub time_zone: Option<Tz>,
    /// The body they belong to.
    pub affiliation: Option<String>,
    /// Their position in it.
    pub position: Option<String>,
}

/// Creates a person.
pub fn create(name: PersonResource, profile: Profile, now: DateTime<Utc>) -> Person {
    Person { organization: name.organization, id: name.person, profile, history: History::begin(now) }
}

impl Person {
    /// The person's resource name.
    pub fn name(&self) -> PersonResource {
        PersonResource { organization: self.organization.clone(), person: self.id }
    }

    /// Whether whoever reads their mail is whoever reads that of another record of them; nobody else does, where they have no address.
    pub fn is_reached_as(&self, other: &Self) -> bool {
        let key = |person: &Self| person.profile.email.as_ref().map(EmailAddress::key);
        self.profile.email.is_none() || key(self) == key(other)
    }

    /// Changes what is known of them.
    #[must_use]
    pub fn revise(self, profile: Profile, now: DateTime<Utc>) -> Self {
        Self { profile, history: self.history.next(now), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::PersonName;

    pub(super) fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Somebody of whom nothing is known but a name; the number makes their id.
    pub(super) fn named(number: u8, display_name: &str) -> Person {
        let id = format!("organizations/zbra/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c{number:02x}");
        let profile = Profile {
            name: PersonName {
                display_name: display_name.parse().unwrap(),
                native_name: None,
                passport_name: None,
                form_of_address: None,
                family_first: false,
            },
            email: None,
            phone_number: None,
            language: LanguageTag::English,
            time_zone: None,
            region_code: None,
            affiliation: None,
            position: None,
        };
        create(id.parse().unwrap(), profile, at("2023-08-01T00:00:00Z"))
    }
}
