//! Speakers: the parts that people have in sessions. Who they are is kept with the person, once.

use chrono::{DateTime, Utc};

use crate::{
    refusal::{Kind, Violation},
    resource::{EventId, OrganizationId, PersonName, SessionId, SpeakerId, SpeakerName},
    revision::History,
};

/// A person's part in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// In which event.
    pub event: EventId,
    /// In which session.
    pub session: SessionId,
    /// What the part is known by in the session.
    pub id: SpeakerId,
    /// Who has it, and what it is.
    pub part: Part,
    /// When it was created and changed.
    pub history: History,
}

/// Who has a part in a session, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Who.
    pub person: PersonName,
    /// As what.
    pub role: Role,
    /// Where they stand in the session's list, the lowest first.
    pub position: u32,
}

/// What a person does in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Speaks.
    Speaker,
    /// Presides.
    Chair,
    /// Leads the discussion.
    Moderator,
    /// Signs.
    Signatory,
}

/// What a rule has to know before somebody gets a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Who keeps the people of the event.
    pub controller: OrganizationId,
    /// Whether the person is known.
    pub is_known: bool,
    /// Another part in the session, of the same person in the same role.
    pub existing: Option<SpeakerName>,
}

/// Why somebody cannot have a part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The event's controller does not keep such a person, whether another organisation does or not.
    #[error("is not a person whom the event's controller keeps")]
    ForeignPerson,
    /// The part was another person's.
    #[error("cannot be changed: a part is one person's")]
    PersonChanged,
    /// They have it already.
    #[error("the person has this role in the session already")]
    AlreadySpeaking {
        /// As which speaker.
        existing: SpeakerName,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::ForeignPerson | Self::PersonChanged => Kind::Invalid,
            Self::AlreadySpeaking { .. } => Kind::Exists,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::ForeignPerson | Self::PersonChanged => "ERROR_REASON_INVALID_FIELDS",
            Self::AlreadySpeaking { .. } => "ERROR_REASON_ALREADY_SPEAKING",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::ForeignPerson | Self::PersonChanged => Vec::new(),
            Self::AlreadySpeaking { existing } => vec![("existing", existing.to_string())],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::ForeignPerson | Self::PersonChanged => {
                let field = "speaker.person".to_owned();
                vec![Violation { code: field.clone(), subject: field, description: self.to_string() }]
            }
            Self::AlreadySpeaking { .. } => Vec::new(),
        }
    }
}

/// Gives a person a part in a session.
pub fn create(name: SpeakerName, part: Part, facts: Facts, now: DateTime<Utc>) -> Result<Speaker, Refusal> {
    facts.admit(&part)?;
    let SpeakerName { event, session, speaker } = name;
    Ok(Speaker { event, session, id: speaker, part, history: History::begin(now) })
}

impl Speaker {
    /// The speaker's resource name.
    pub fn name(&self) -> SpeakerName {
        SpeakerName { event: self.event.clone(), session: self.session, speaker: self.id }
    }

    /// Changes the part; it stays the same person's.
    pub fn revise(self, part: Part, facts: Facts, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if part.person != self.part.person {
            return Err(Refusal::PersonChanged);
        }
        facts.admit(&part)?;
        Ok(Self { part, history: self.history.next(now), ..self })
    }
}

impl Facts {
    fn admit(self, part: &Part) -> Result<(), Refusal> {
        if !self.is_known || part.person.organization != self.controller {
            return Err(Refusal::ForeignPerson);
        }
        match self.existing {
            Some(existing) => Err(Refusal::AlreadySpeaking { existing }),
            None => Ok(()),
        }
    }
}
