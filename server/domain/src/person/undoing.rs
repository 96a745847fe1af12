//! A merge that is taken back: who went is there again, and who stayed has what they had, where nobody changed it since.

use chrono::{DateTime, Utc};

use super::{Merge, Person, Profile};
use crate::{
    name::PersonName as Names,
    refusal::{self, Kind},
    resource::PersonName,
};

/// What is kept of a merge, so that it can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMerge {
    /// Who went, and who stayed.
    pub merge: Merge,
    /// Who went, as they were.
    pub gone: Person,
    /// What was known of the one who stayed.
    pub before: Profile,
    /// What the merge made of that.
    pub made: Profile,
}

/// Why a merge is not taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The person is there: nothing was merged, or it was taken back before.
    #[error("the person is not merged into another")]
    NotMerged(PersonName),
    /// Nothing tells what named the one who went.
    #[error("nothing was kept of the merge by which it could be taken back")]
    Untraced(Merge),
    /// The one who stayed was merged further, or somebody else into them.
    #[error("a later merge has to be taken back first, that of {first}")]
    MergedSince {
        /// Who was to come back.
        merge: Merge,
        /// Who has to come back before them.
        first: PersonName,
    },
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotMerged(_) | Self::Untraced(_) | Self::MergedSince { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NotMerged(_) => "ERROR_REASON_PERSON_NOT_MERGED",
            Self::Untraced(_) => "ERROR_REASON_MERGE_UNTRACED",
            Self::MergedSince { .. } => "ERROR_REASON_MERGED_SINCE",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotMerged(person) => vec![("person", person.to_string())],
            Self::Untraced(merge) => {
                vec![("person", merge.gone().to_string()), ("successor", merge.stays().to_string())]
            }
            Self::MergedSince { merge, first } => {
                vec![("person", merge.gone().to_string()), ("first", first.to_string())]
            }
        }
    }
}

/// Refuses to take back the merge of a person who is there.
pub fn require_merged(person: &PersonName, is_there: bool) -> Result<(), Refusal> {
    if is_there { Err(Refusal::NotMerged(person.clone())) } else { Ok(()) }
}

/// Gives what was kept of a merge, or refuses to take it back.
pub fn require_kept(merge: Merge, kept: Option<KeptMerge>) -> Result<KeptMerge, Refusal> {
    kept.ok_or(Refusal::Untraced(merge))
}

/// Refuses to take back a merge before a later one by which the one who stayed went, or somebody else went into them.
pub fn require_last(merge: &Merge, later: Option<PersonName>) -> Result<(), Refusal> {
    match later {
        Some(first) => Err(Refusal::MergedSince { merge: merge.clone(), first }),
        None => Ok(()),
    }
}

impl KeptMerge {
    /// Takes it back: who went, and who stayed, as they are from then on.
    #[must_use]
    pub fn undo(self, stays: Person, now: DateTime<Utc>) -> (Person, Person) {
        let Self { merge: _, gone, before, made } = self;
        let profile = stays.profile.clone().give_back(before, &made);
        let history = gone.history.clone().next(now);
        (Person { history, ..gone }, stays.revise(profile, now))
    }
}

impl Profile {
    /// Has in every field that is still as a merge made it what it had there before the merge.
    #[must_use]
    pub fn give_back(self, before: Self, made: &Self) -> Self {
        let Self { name, email, phone_number, language, region_code, time_zone, affiliation, position } = self;
        let Names { display_name, native_name, passport_name, form_of_address, family_first } = name;
        let (was, made_name) = (before.name, &made.name);
        Self {
            name: Names {
                display_name: returned(display_name, was.display_name, &made_name.display_name),
                native_name: returned(native_name, was.native_name, &made_name.native_name),
                passport_name: returned(passport_name, was.passport_name, &made_name.passport_name),
                form_of_address: returned(form_of_address, was.form_of_address, &made_name.form_of_address),
                family_first: returned(family_first, was.family_first, &made_name.family_first),
            },
            email: returned(email, before.email, &made.email),
            phone_number: returned(phone_number, before.phone_number, &made.phone_number),
            language: returned(language, before.language, &made.language),
            region_code: returned(region_code, before.region_code, &made.region_code),
            time_zone: returned(time_zone, before.time_zone, &made.time_zone),
            affiliation: returned(affiliation, before.affiliation, &made.affiliation),
            position: returned(position, before.position, &made.position),
        }
    }
}

/// What was there before, unless something else was said since.
fn returned<T: PartialEq>(present: T, before: T, made: &T) -> T {
    if present == *made { before } else { present }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        person::{
            Field,
            tests::{at, named},
        },
        revision::Revision,
    };

    fn kept(taken: &[Field]) -> KeptMerge {
        let (mut stays, mut gone) = (named(1, "Ayesha Khan"), named(2, "A. Khan"));
        stays.profile.affiliation = Some("STZA".to_owned());
        gone.profile.affiliation = Some("Indus Valley".to_owned());
        gone.profile.position = Some("Director".to_owned());
        gone.profile.email = Some("ayesha@example.org".parse().unwrap());
        let merge = Merge::new(gone.name(), stays.name()).unwrap();
        let made = stays.profile.clone().absorb(gone.profile.clone(), taken);
        KeptMerge { merge, gone, before: stays.profile, made }
    }

    #[test]
    fn who_stays_has_again_what_they_had_in_every_field_that_the_merge_filled_or_took() {
        let kept = kept(&[Field::DisplayName, Field::Affiliation]);

        assert_eq!(kept.made.clone().give_back(kept.before.clone(), &kept.made), kept.before);
        assert_ne!(kept.made, kept.before);
    }

    #[test]
    fn field_that_was_changed_since_stays_as_it_is() {
        let kept = kept(&[Field::Affiliation]);
        let since = Profile { position: Some("Minister".to_owned()), affiliation: None, ..kept.made.clone() };

        let after = since.give_back(kept.before.clone(), &kept.made);

        let expected = Profile { position: Some("Minister".to_owned()), affiliation: None, ..kept.before };
        assert_eq!(after, expected);
    }

    #[test]
    fn who_went_comes_back_as_they_were_and_both_were_changed_once_more() {
        let (kept, now) = (kept(&[]), at("2023-08-02T00:00:00Z"));
        let stays = Person { profile: kept.made.clone(), ..named(1, "Ayesha Khan") };

        let (back, after) = kept.clone().undo(stays, now);

        assert_eq!((&back.profile, back.name()), (&kept.gone.profile, kept.gone.name()));
        assert_eq!((back.history.create_time, back.history.update_time), (kept.gone.history.create_time, now));
        assert_eq!((back.history.revision, after.history.revision), (Revision(2), Revision(2)));
        assert_eq!(after.profile, kept.before);
    }

    #[test]
    fn merge_is_taken_back_when_it_is_the_last_and_something_was_kept_of_it() {
        let merge = kept(&[]).merge;
        let first = named(3, "Third").name();

        assert_eq!(require_last(&merge, None), Ok(()));
        assert_eq!(require_merged(merge.gone(), false), Ok(()));
        assert_eq!(require_merged(merge.gone(), true), Err(Refusal::NotMerged(merge.gone().clone())));
        assert_eq!(require_kept(merge.clone(), None), Err(Refusal::Untraced(merge.clone())));
        assert_eq!(require_kept(merge.clone(), Some(kept(&[]))), Ok(kept(&[])));
        assert_eq!(
            require_last(&merge, Some(first.clone())),
            Err(Refusal::MergedSince { merge: merge.clone(), first })
        );
    }
}
