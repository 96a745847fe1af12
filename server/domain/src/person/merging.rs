//! Two people who are one: what refers to the one refers to the other afterwards, unless that would make two of something that takes one once.

use std::fmt;

use chrono::{DateTime, Utc};

use super::{Person, Profile};
use crate::{
    delegation::Member,
    identity_document::IdentityDocument,
    letter::Letter,
    refusal::{Kind, Violation},
    registration::Registration,
    resource::PersonName,
    speaker::Speaker,
};

/// Who goes, and who they are found as from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    from: PersonName,
    into: PersonName,
}

/// A field of a person that can be taken from the one who goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The name on the badge.
    DisplayName,
    /// The name in their own script.
    NativeName,
    /// The name as in the passport.
    PassportName,
    /// How to address them.
    FormOfAddress,
    /// Whether the family name comes first.
    FamilyFirst,
    /// Where mail reaches them.
    Email,
    /// Their telephone number.
    PhoneNumber,
    /// The language they are written to in.
    Language,
    /// Where they live or work.
    RegionCode,
    /// The clock they live by.
    TimeZone,
    /// The body they belong to.
    Affiliation,
    /// Their position in it.
    Position,
}

/// What of a person takes somebody once.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Their registrations.
    pub registrations: Vec<Registration>,
    /// Their letters.
    pub letters: Vec<Letter>,
    /// Their seats in delegations.
    pub members: Vec<Member>,
    /// Their parts in sessions.
    pub speakers: Vec<Speaker>,
    /// Their documents.
    pub documents: Vec<IdentityDocument>,
}

/// Something in which both of them are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// In what kind of thing.
    pub place: Place,
    /// What the one who goes has, a resource name.
    pub theirs: String,
    /// What the one who stays has.
    pub ours: String,
}

/// What takes somebody once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An event, by registration.
    Event,
    /// An event and a destination, by a live letter.
    Destination,
    /// The delegations of an event.
    Delegations,
    /// A session, in one role.
    Session,
    /// The vault, by a document of a kind: whose is the right one only an organiser can tell.
    Vault,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event => "registered_twice",
            Self::Destination => "letter_twice",
            Self::Delegations => "seated_twice",
            Self::Session => "speaking_twice",
            Self::Vault => "document_twice",
        })
    }
}

/// Why two people cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They are the same person already.
    #[error("a person is not merged into themselves")]
    Same,
    /// Another organisation keeps the one who would go.
    #[error("the person is kept by another organisation")]
    Foreign,
    /// Both of them are in something that takes one once.
    #[error("both people are in {} things that take one once", clashes.len())]
    Clash {
        /// Who was to go, and where.
        merge: Merge,
        /// All of it.
        clashes: Vec<Clash>,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Same | Self::Foreign => Kind::Invalid,
            Self::Clash { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Same | Self::Foreign => "ERROR_REASON_INVALID_FIELDS",
            Self::Clash { .. } => "ERROR_REASON_PERSONS_CLASH",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Same | Self::Foreign => Vec::new(),
            Self::Clash { merge: Merge { from, into }, clashes: _ } => {
                vec![("person", into.to_string()), ("duplicate", from.to_string())]
            }
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = |code: &str| Violation {
            code: code.to_owned(),
            subject: "duplicate".to_owned(),
            description: self.to_string(),
        };
        match self {
            Self::Same => vec![field("same_person")],
            Self::Foreign => vec![field("foreign_person")],
            Self::Clash { merge: _, clashes } => clashes
                .iter()
                .map(|Clash { place, theirs, ours }| Violation {
                    code: place.to_string(),
                    subject: theirs.clone(),
                    description: format!("the person who stays has {ours}"),
                })
                .collect(),
        }
    }
}

impl Merge {
    /// Merges one person into another of the same organisation.
    pub fn new(from: PersonName, into: PersonName) -> Result<Self, Refusal> {
        if from == into {
            Err(Refusal::Same)
        } else if from.organization != into.organization {
            Err(Refusal::Foreign)
        } else {
            Ok(Self { from, into })
        }
    }

    /// Who goes.
    pub fn gone(&self) -> &PersonName {
        &self.from
    }

    /// Who stays.
    pub fn stays(&self) -> &PersonName {
        &self.into
    }

    /// Refuses people who are two in something; all of it is told.
    pub fn require_no_clash(&self, ours: &Standing, theirs: &Standing) -> Result<(), Refusal> {
        let clashes = clashes(ours, theirs);
        if clashes.is_empty() { Ok(()) } else { Err(Refusal::Clash { merge: self.clone(), clashes }) }
    }
}

fn clashes(ours: &Standing, theirs: &Standing) -> Vec<Clash> {
    let registered = |one: &Registration, other: &Registration| {
        one.event == other.event && one.state.is_live() && other.state.is_live()
    };
    let invited = |one: &Letter, other: &Letter| {
        let (is_live, wanted) = (one.state.stage().is_live() && other.state.stage().is_live(), &one.request);
        is_live && one.event == other.event && wanted.region_code == other.request.region_code
    };
    let seated = |one: &Member, other: &Member| {
        one.delegation.event == other.delegation.event && one.state.holds_seat() && other.state.holds_seat()
    };
    let speaking = |one: &Speaker, other: &Speaker| {
        (&one.event, one.session, one.part.role) == (&other.event, other.session, other.part.role)
    };
    let kept = |one: &IdentityDocument, other: &IdentityDocument| {
        one.kind == other.kind && one.require_kept().is_ok() && other.require_kept().is_ok()
    };
    let mut found = Vec::new();
    found.extend(pairs(Place::Event, &ours.registrations, &theirs.registrations, registered, |one| {
        one.name().to_string()
    }));
    found.extend(pairs(Place::Destination, &ours.letters, &theirs.letters, invited, |one| one.name().to_string()));
    found.extend(pairs(Place::Delegations, &ours.members, &theirs.members, seated, |one| one.name().to_string()));
    found.extend(pairs(Place::Session, &ours.speakers, &theirs.speakers, speaking, |one| one.name().to_string()));
    found.extend(pairs(Place::Vault, &ours.documents, &theirs.documents, kept, |one| one.name().to_string()));
    found
}

fn pairs<T>(
    place: Place,
    ours: &[T],
    theirs: &[T],
    clash: impl Fn(&T, &T) -> bool,
    name: impl Fn(&T) -> String,
) -> Vec<Clash> {
    let mut found = Vec::new();
    for their in theirs {
        for our in ours.iter().filter(|our| clash(our, their)) {
            found.push(Clash { place, theirs: name(their), ours: name(our) });
        }
    }
    found
}

impl Profile {
    /// Completes it by what another one has, and takes the fields that are named from that one.
    #[must_use]
    pub fn absorb(self, other: Self, taken: &[Field]) -> Self {
        let takes = |field: Field| taken.contains(&field);
        let (mut profile, mut name, other_name) = (self.clone(), self.name, other.name);
        if takes(Field::DisplayName) {
            name.display_name = other_name.display_name;
        }
        if takes(Field::FamilyFirst) {
            name.family_first = other_name.family_first;
        }
        if takes(Field::Language) {
            profile.language = other.language;
        }
        fill(&mut name.native_name, other_name.native_name, takes(Field::NativeName));
        fill(&mut name.passport_name, other_name.passport_name, takes(Field::PassportName));
        fill(&mut name.form_of_address, other_name.form_of_address, takes(Field::FormOfAddress));
        fill(&mut profile.email, other.email, takes(Field::Email));
        fill(&mut profile.phone_number, other.phone_number, takes(Field::PhoneNumber));
        fill(&mut profile.region_code, other.region_code, takes(Field::RegionCode));
        // Where somebody lives says by which clocks.
        fill(&mut profile.time_zone, other.time_zone, takes(Field::RegionCode));
        fill(&mut profile.time_zone, other.time_zone, takes(Field::TimeZone));
        fill(&mut profile.affiliation, other.affiliation, takes(Field::Affiliation));
        fill(&mut profile.position, other.position, takes(Field::Position));
        Self { name, ..profile }
    }
}

/// Takes what the other one has where that is asked, or where there is nothing.
fn fill<T>(ours: &mut Option<T>, theirs: Option<T>, takes: bool) {
    if takes || ours.is_none() {
        *ours = theirs;
    }
}

impl Person {
    /// Takes in what is known of a person who turned out to be them.
    #[must_use]
    pub fn absorb(self, other: Self, taken: &[Field], now: DateTime<Utc>) -> Self {
        let profile = self.profile.clone().absorb(other.profile, taken);
        self.revise(profile, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::tests::{at, named};

    #[test]
    fn a_person_is_merged_into_another_of_the_same_organisation() {
        let (one, other) = (named(1, "A").name(), named(2, "B").name());
        let foreign = PersonName { organization: "stza".parse().unwrap(), ..one.clone() };

        let merge = Merge::new(one.clone(), other.clone()).unwrap();

        assert_eq!((merge.gone(), merge.stays()), (&one, &other));
        assert_eq!(Merge::new(one.clone(), one.clone()), Err(Refusal::Same));
        assert_eq!(Merge::new(foreign, one), Err(Refusal::Foreign));
    }

    #[test]
    fn who_stays_keeps_what_they_have_and_gets_what_they_lack_and_what_is_asked_for() {
        let (mut stays, mut goes) = (named(1, "Ayesha Khan"), named(2, "A. Khan"));
        stays.profile.affiliation = Some("STZA".to_owned());
        goes.profile.affiliation = Some("Indus Valley".to_owned());
        goes.profile.position = Some("Director".to_owned());
        goes.profile.name.family_first = true;
        let told = |taken: &[Field]| {
            let profile = stays.clone().absorb(goes.clone(), taken, at("2023-08-02T00:00:00Z")).profile;
            let name = (profile.name.display_name.as_str().to_owned(), profile.name.family_first);
            (name, profile.affiliation.unwrap(), profile.position.unwrap())
        };

        let kept = (("Ayesha Khan".to_owned(), false), "STZA".to_owned(), "Director".to_owned());
        let taken = (("A. Khan".to_owned(), true), "Indus Valley".to_owned(), "Director".to_owned());
        assert_eq!(told(&[]), kept);
        assert_eq!(told(&[Field::DisplayName, Field::FamilyFirst, Field::Affiliation]), taken);
    }

    #[test]
    fn field_that_is_asked_for_and_not_there_is_taken_as_nothing() {
        let (mut stays, goes) = (named(1, "Ayesha Khan"), named(2, "A. Khan"));
        stays.profile.position = Some("Director".to_owned());

        let after = stays.absorb(goes, &[Field::Position], at("2023-08-02T00:00:00Z"));

        assert_eq!(after.profile.position, None);
    }
}
