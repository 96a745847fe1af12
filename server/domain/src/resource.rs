//! Identifiers and resource names (AIP-122): what is written down in other people's systems, and so never changes.
//!
//! Events, categories, rooms and organisations may take an id that the caller chooses; people and all that belongs to them get UUIDs,
//! which tell nothing about them but, many of them, when they were written down.

use std::{fmt, str::FromStr};

use uuid::Uuid;

/// Says that a text is not the resource name or id it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {pattern}")]
pub struct Malformed {
    /// What it should look like, `events/{event}`.
    pub pattern: &'static str,
}

fn is_slug(text: &str) -> bool {
    (3..=63).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

macro_rules! chosen_id {
    ($(#[$doc:meta])* $id:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(String);

        impl $id {
            /// Makes a random id, for a caller who chose none; a letter comes first.
            pub fn random(uuid: Uuid) -> Self {
                Self(format!("x{}", uuid.simple()))
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $id {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let pattern = "3 to 63 of a-z, 0-9 and hyphens, a letter first";
                if is_slug(text) { Ok(Self(text.to_owned())) } else { Err(Malformed { pattern }) }
            }
        }
    };
}

macro_rules! random_id {
    ($(#[$doc:meta])* $id:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(pub Uuid);

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $id {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let malformed = Malformed { pattern: "a UUID in lower case with hyphens" };
                let uuid = Uuid::parse_str(text).map_err(|_| malformed.clone())?;
                if uuid.hyphenated().to_string() == text { Ok(Self(uuid)) } else { Err(malformed) }
            }
        }
    };
}

/// Takes a name apart by its pattern; `None` when the fixed parts differ or there are more or fewer.
fn parts<'a, const N: usize>(text: &'a str, collections: [&str; N]) -> Option<[&'a str; N]> {
    let mut segments = text.split('/');
    let mut ids = [""; N];
    for (id, collection) in ids.iter_mut().zip(collections) {
        if segments.next()? != collection {
            return None;
        }
        *id = segments.next()?;
    }
    segments.next().is_none().then_some(ids)
}

macro_rules! resource_name {
    ($(#[$doc:meta])* $name:ident = $pattern:literal { $($collection:literal / $field:ident: $id:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            $(
                #[doc = concat!("The part behind `", $collection, "/`.")]
                pub $field: $id,
            )+
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut slash = "";
                $(
                    write!(f, "{slash}{}/{}", $collection, self.$field)?;
                    slash = "/";
                )+
                let _ = slash;
                Ok(())
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let malformed = Malformed { pattern: $pattern };
                let [$($field),+] = parts(text, [$($collection),+]).ok_or_else(|| malformed.clone())?;
                Ok(Self { $($field: $field.parse().map_err(|_| malformed.clone())?),+ })
            }
        }
    };
}

chosen_id!(
    /// An event's id; a random one or one the caller chose.
    EventId
);
chosen_id!(
    /// An organisation's id; a random one or one the caller chose.
    OrganizationId
);
chosen_id!(
    /// A registration category's id within its event.
    CategoryId
);
chosen_id!(
    /// The id of a pool that categories share, within its event.
    SharedPoolId
);
chosen_id!(
    /// The id of a check-in list within its event.
    CheckInListId
);
chosen_id!(
    /// A room's id within its event.
    RoomId
);
chosen_id!(
    /// A letter template's id: `generic`, `china-m`.
    LetterTemplateId
);
random_id!(
    /// A session's id; calendars know the session by it.
    SessionId
);
random_id!(
    /// A speaker's id within its session.
    SpeakerId
);
random_id!(
    /// A person's id.
    PersonId
);
random_id!(
    /// A registration's id.
    RegistrationId
);
random_id!(
    /// A check-in's id; the one that a gate gave its scan, when it made it without a network.
    CheckInId
);
random_id!(
    /// An invitation's id; the registration that comes of it has the same.
    InvitationId
);
random_id!(
    /// The id of an offer of a place.
    OfferId
);
random_id!(
    /// A delegation's id within its event.
    DelegationId
);
random_id!(
    /// The id of a member of a delegation.
    DelegationMemberId
);
random_id!(
    /// An identity document's id.
    IdentityDocumentId
);
random_id!(
    /// A letter's id.
    LetterId
);
random_id!(
    /// A file's id.
    FileId
);
random_id!(
    /// A notice's id; its Message-ID is made of it.
    NoticeId
);
random_id!(
    /// A job's id.
    JobId
);
random_id!(
    /// A member's id.
    MemberId
);
random_id!(
    /// A token's id; it stands in the token's text, which tells nothing else.
    TokenId
);
random_id!(
    /// The id of a code that somebody asked for to sign in.
    SignInId
);
random_id!(
    /// The id of a submission of a public form; the registration that comes of it has the same.
    SubmissionId
);
random_id!(
    /// A personal link's id; it stands in the text of the token that the link is exchanged for, which tells nothing else.
    LinkId
);
random_id!(
    /// An itinerary's id.
    ItineraryId
);
random_id!(
    /// The id of a stop of an itinerary.
    StopId
);
random_id!(
    /// The id of a resource that stops use.
    ResourceId
);
random_id!(
    /// The id of an entry of the change log.
    ChangeId
);

resource_name!(
    /// `events/{event}`.
    EventName = "events/{event}" { "events" / event: EventId }
);
resource_name!(
    /// `organizations/{organization}`.
    OrganizationName = "organizations/{organization}" { "organizations" / organization: OrganizationId }
);
resource_name!(
    /// `events/{event}/categories/{category}`.
    CategoryName = "events/{event}/categories/{category}" { "events" / event: EventId, "categories" / category: CategoryId }
);
resource_name!(
    /// `events/{event}/rooms/{room}`.
    RoomName = "events/{event}/rooms/{room}" { "events" / event: EventId, "rooms" / room: RoomId }
);
resource_name!(
    /// `events/{event}/sessions/{session}`.
    SessionName = "events/{event}/sessions/{session}" { "events" / event: EventId, "sessions" / session: SessionId }
);
resource_name!(
    /// `events/{event}/sessions/{session}/speakers/{speaker}`.
    SpeakerName = "events/{event}/sessions/{session}/speakers/{speaker}" {
        "events" / event: EventId,
        "sessions" / session: SessionId,
        "speakers" / speaker: SpeakerId,
    }
);
resource_name!(
    /// `organizations/{organization}/persons/{person}`.
    PersonName = "organizations/{organization}/persons/{person}" {
        "organizations" / organization: OrganizationId,
        "persons" / person: PersonId,
    }
);
resource_name!(
    /// `organizations/{organization}/persons/{person}/identityDocuments/{identity_document}`.
    IdentityDocumentName = "organizations/{organization}/persons/{person}/identityDocuments/{identity_document}" {
        "organizations" / organization: OrganizationId,
        "persons" / person: PersonId,
        "identityDocuments" / identity_document: IdentityDocumentId,
    }
);
resource_name!(
    /// `events/{event}/registrations/{registration}`.
    RegistrationName = "events/{event}/registrations/{registration}" {
        "events" / event: EventId,
        "registrations" / registration: RegistrationId,
    }
);
resource_name!(
    /// `events/{event}/checkIns/{check_in}`.
    CheckInName = "events/{event}/checkIns/{check_in}" { "events" / event: EventId, "checkIns" / check_in: CheckInId }
);
resource_name!(
    /// `events/{event}/checkInLists/{check_in_list}`.
    CheckInListName = "events/{event}/checkInLists/{check_in_list}" {
        "events" / event: EventId,
        "checkInLists" / check_in_list: CheckInListId,
    }
);
resource_name!(
    /// `events/{event}/invitations/{invitation}`.
    InvitationName = "events/{event}/invitations/{invitation}" {
        "events" / event: EventId,
        "invitations" / invitation: InvitationId,
    }
);
resource_name!(
    /// `events/{event}/offers/{offer}`.
    OfferName = "events/{event}/offers/{offer}" { "events" / event: EventId, "offers" / offer: OfferId }
);
resource_name!(
    /// `events/{event}/submissions/{submission}`.
    SubmissionName = "events/{event}/submissions/{submission}" {
        "events" / event: EventId,
        "submissions" / submission: SubmissionId,
    }
);
resource_name!(
    /// `events/{event}/links/{link}`.
    LinkName = "events/{event}/links/{link}" { "events" / event: EventId, "links" / link: LinkId }
);
resource_name!(
    /// `events/{event}/delegations/{delegation}`.
    DelegationName = "events/{event}/delegations/{delegation}" {
        "events" / event: EventId,
        "delegations" / delegation: DelegationId,
    }
);
resource_name!(
    /// `events/{event}/delegations/{delegation}/members/{member}`.
    DelegationMemberName = "events/{event}/delegations/{delegation}/members/{member}" {
        "events" / event: EventId,
        "delegations" / delegation: DelegationId,
        "members" / member: DelegationMemberId,
    }
);
resource_name!(
    /// `letterTemplates/{letter_template}`.
    LetterTemplateName = "letterTemplates/{letter_template}" { "letterTemplates" / letter_template: LetterTemplateId }
);
resource_name!(
    /// `events/{event}/letters/{letter}`.
    LetterName = "events/{event}/letters/{letter}" { "events" / event: EventId, "letters" / letter: LetterId }
);
resource_name!(
    /// `events/{event}/notices/{notice}`.
    NoticeName = "events/{event}/notices/{notice}" { "events" / event: EventId, "notices" / notice: NoticeId }
);
resource_name!(
    /// `events/{event}/jobs/{job}`.
    JobName = "events/{event}/jobs/{job}" { "events" / event: EventId, "jobs" / job: JobId }
);
resource_name!(
    /// `members/{member}`.
    MemberName = "members/{member}" { "members" / member: MemberId }
);
resource_name!(
    /// `members/{member}/tokens/{token}`.
    TokenName = "members/{member}/tokens/{token}" { "members" / member: MemberId, "tokens" / token: TokenId }
);
resource_name!(
    /// `events/{event}/itineraries/{itinerary}`.
    ItineraryName = "events/{event}/itineraries/{itinerary}" {
        "events" / event: EventId,
        "itineraries" / itinerary: ItineraryId,
    }
);
resource_name!(
    /// `events/{event}/itineraries/{itinerary}/stops/{stop}`.
    StopName = "events/{event}/itineraries/{itinerary}/stops/{stop}" {
        "events" / event: EventId,
        "itineraries" / itinerary: ItineraryId,
        "stops" / stop: StopId,
    }
);
resource_name!(
    /// `events/{event}/resources/{resource}`.
    ResourceName = "events/{event}/resources/{resource}" {
        "events" / event: EventId,
        "resources" / resource: ResourceId,
    }
);

impl DelegationName {
    /// Names one of the delegation's members.
    pub fn member(&self, member: DelegationMemberId) -> DelegationMemberName {
        DelegationMemberName { event: self.event.clone(), delegation: self.delegation, member }
    }
}

impl DelegationMemberName {
    /// Names the member's delegation.
    pub fn delegation(&self) -> DelegationName {
        DelegationName { event: self.event.clone(), delegation: self.delegation }
    }
}

/// Under whose name something is kept: an event's or an organisation's. The first part of every key in the database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// `events/{event}`.
    Event(EventId),
    /// `organizations/{organization}`.
    Organization(OrganizationId),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(event) => write!(f, "events/{event}"),
            Self::Organization(organization) => write!(f, "organizations/{organization}"),
        }
    }
}

impl FromStr for Owner {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let event = text.parse().map(|EventName { event }| Self::Event(event));
        event
            .or_else(|_| text.parse().map(|OrganizationName { organization }| Self::Organization(organization)))
            .map_err(|_| Malformed { pattern: "events/{event} or organizations/{organization}" })
    }
}

/// `events/{event}/files/{file}` or `organizations/{organization}/files/{file}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName {
    /// Whose file it is.
    pub owner: Owner,
    /// The part behind `files/`.
    pub file: FileId,
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/files/{}", self.owner, self.file)
    }
}

impl FromStr for FileName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let pattern = "events/{event}/files/{file} or organizations/{organization}/files/{file}";
        let named = || {
            let (owner, file) = text.split_once("/files/")?;
            Some(Self { owner: owner.parse().ok()?, file: file.parse().ok()? })
        };
        named().ok_or(Malformed { pattern })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

    #[test]
    fn name_reads_back_as_it_was_written() {
        for text in [format!("events/ciftis-2023/registrations/{UUID}"), format!("events/abc/registrations/{UUID}")] {
            let name: RegistrationName = text.parse().unwrap();

            assert_eq!(name.to_string(), text);
        }
    }

    #[test]
    fn name_of_another_shape_is_refused() {
        let upper = UUID.to_uppercase();
        for text in [
            String::new(),
            "events".to_owned(),
            "events/ciftis-2023".to_owned(),
            format!("events/ciftis-2023/letters/{UUID}"),
            format!("events/ciftis-2023/registrations/{UUID}/"),
            format!("events/ciftis-2023/registrations/{upper}"),
            format!("events/Ciftis/registrations/{UUID}"),
            format!("events/../registrations/{UUID}"),
        ] {
            assert_eq!(
                text.parse::<RegistrationName>(),
                Err(Malformed { pattern: "events/{event}/registrations/{registration}" }),
                "{text}"
            );
        }
    }

    #[test]
    fn file_name_tells_its_owner() {
        let name: FileName = format!("organizations/zbra/files/{UUID}").parse().unwrap();

        assert_eq!(name, FileName { owner: Owner::Organization("zbra".parse().unwrap()), file: UUID.parse().unwrap() });
    }
}
