//! Invitations: who is asked to register, as what and on what terms, and what became of it.
//!
//! The code of an invitation is kept nowhere: it is drawn from the invitation's name under the vault's key, when it is told or mailed.
//!
//! **Invariant:** an invitation is answered once, and a place that it keeps is kept in the ledger under the id of the registration to come.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use crate::{
    category::{Category, Confirmation},
    crockford,
    email::EmailAddress,
    event::Event,
    notice::{Delivery, Outcome, State as MailState},
    person::Person,
    refusal::{self, Kind, Violation},
    registration::ExternalId,
    resource::{CategoryId, EventId, InvitationId, InvitationName, Malformed, PersonName, RegistrationId},
};

/// How many letters a code has: 130 bits, which nobody guesses.
pub const CODE_LENGTH: usize = 26;
/// How many reminders are planned at most.
pub const MOST_REMINDERS: usize = 5;

/// What stands behind `#invitation=` in the address of an invitation, 26 letters of Crockford's base 32. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// For which event.
    pub event: EventId,
    /// What it is known by.
    pub id: InvitationId,
    /// Who is invited.
    pub person: PersonName,
    /// As what.
    pub category: CategoryId,
    /// On what terms.
    pub terms: Terms,
    /// What another system will know the registration by.
    pub external_id: Option<ExternalId>,
    /// Whether a place is kept for it now.
    pub keeps_place: bool,
    /// How it was answered or ended, and when.
    pub answer: Option<(Answer, DateTime<Utc>)>,
    /// When its page was opened for the first time.
    pub open_time: Option<DateTime<Utc>>,
    /// What becomes of its mail, if it is mailed.
    pub delivery: Option<Delivery>,
    /// How many reminders were mailed.
    pub reminders: u32,
    /// When it was made.
    pub create_time: DateTime<Utc>,
}

/// The terms of an invitation, settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Until when it can be answered, that instant excluded.
    pub expire_time: DateTime<Utc>,
    /// Until when a place is kept.
    pub reserve_time: Option<DateTime<Utc>>,
    /// Whether whoever has a place by it is confirmed at once.
    pub skips_approval: bool,
    /// When whoever has not answered is reminded, in order.
    pub remind_times: Vec<DateTime<Utc>>,
    /// Whether somebody else may accept it instead of its guest.
    pub transferable: bool,
}

/// The terms of an invitation as an organiser says them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Until when it can be answered; until registration closes, when left out.
    pub expire_time: Option<DateTime<Utc>>,
    /// Until when a place is kept.
    pub reserve_time: Option<DateTime<Utc>>,
    /// Whether whoever has a place by it is confirmed at once.
    pub skips_approval: bool,
    /// When whoever has not answered is reminded.
    pub remind_times: Vec<DateTime<Utc>>,
    /// Whether somebody else may accept it instead of its guest.
    pub transferable: bool,
}

/// How an invitation was answered or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Somebody registered by it.
    Accepted,
    /// Its guest does not come.
    Declined,
    /// It was revoked, or its guest was registered otherwise.
    Revoked,
}

impl Answer {
    /// All of them, in the order of the wire.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Declined, Self::Revoked];
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Revoked => "REVOKED",
        })
    }
}

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for an answer.
    Open,
    /// It was answered or ended.
    Over(Answer),
    /// Nobody answered in time.
    Expired,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("OPEN"),
            Self::Over(answer) => answer.fmt(f),
            Self::Expired => f.write_str("EXPIRED"),
        }
    }
}

/// Why somebody is not invited, or an invitation leads to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its times contradict each other.
    #[error("the terms of the invitation contradict themselves")]
    Contradictory {
        /// Where the request has the terms.
        within: &'static str,
        /// How.
        found: Vec<Contradiction>,
    },
    /// The person has an open one.
    #[error("the person is invited already")]
    AlreadyInvited {
        /// Which.
        existing: InvitationName,
    },
    /// There is nowhere to mail it to.
    #[error("the person has no e-mail address that the invitation could be mailed to")]
    NoAddress(PersonName),
    /// No invitation has this code.
    #[error("no invitation has this code; ask the organisers for a new one")]
    Unknown,
    /// It is not open any more.
    #[error("the invitation is {state}, and has to be OPEN")]
    Over {
        /// Which.
        invitation: InvitationName,
        /// Where it stands.
        state: State,
    },
    /// It is for another address.
    #[error("the invitation is for its own e-mail address alone")]
    Locked,
}

/// How the times of an invitation contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// It would be over already.
    #[error("is not in the future; left out, it is when registration closes")]
    Over,
    /// A place would be kept after it is over, or is not kept any more.
    #[error("is not in the future, or after expire_time")]
    ReservedBeyond,
    /// A reminder would come too late, too early or before the one before it.
    #[error("are not in order, in the future and before expire_time, or more than {MOST_REMINDERS}")]
    Reminders,
}

impl Contradiction {
    /// The field that is wrong.
    const fn field(self) -> &'static str {
        match self {
            Self::Over => "expire_time",
            Self::ReservedBeyond => "reserve_time",
            Self::Reminders => "remind_times",
        }
    }
}

impl Wanted {
    /// Settles the terms for an event at `now`, or tells everything that contradicts itself in them, by its place within the request.
    pub fn settle(self, event: &Event, within: &'static str, now: DateTime<Utc>) -> Result<Terms, Refusal> {
        let Self { expire_time, reserve_time, skips_approval, remind_times, transferable } = self;
        let expire_time = expire_time.unwrap_or_else(|| event.registration_close_time());
        let in_time = |time: DateTime<Utc>| now < time && time < expire_time;
        let in_order = remind_times.is_sorted_by(|one, next| one < next) && remind_times.len() <= MOST_REMINDERS;
        let flaws = [
            (expire_time <= now, Contradiction::Over),
            (reserve_time.is_some_and(|time| time <= now || time > expire_time), Contradiction::ReservedBeyond),
            (!in_order || !remind_times.iter().all(|time| in_time(*time)), Contradiction::Reminders),
        ];
        let found: Vec<_> = flaws.into_iter().filter_map(|(is_so, flaw)| is_so.then_some(flaw)).collect();
        if !found.is_empty() {
            return Err(Refusal::Contradictory { within, found });
        }
        Ok(Terms { expire_time, reserve_time, skips_approval, remind_times, transferable })
    }
}

/// Who is invited, and as what.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Who.
    pub person: PersonName,
    /// As what.
    pub category: CategoryId,
    /// What another system will know the registration by.
    pub external_id: Option<ExternalId>,
    /// Whether it is mailed.
    pub mailed: bool,
}

/// Invites somebody; the place that is to be kept is taken.
pub fn invite(name: InvitationName, guest: Guest, terms: Terms, now: DateTime<Utc>) -> Invitation {
    let Guest { person, category, external_id, mailed } = guest;
    Invitation {
        event: name.event,
        id: name.invitation,
        person,
        category,
        keeps_place: terms.reserve_time.is_some(),
        terms,
        external_id,
        answer: None,
        open_time: None,
        delivery: mailed.then(|| Delivery::begin(now)),
        reminders: 0,
        create_time: now,
    }
}

/// Refuses corrections of a guest under an address that is not theirs, so that whoever an invitation was passed on to does not take their name.
pub fn require_own(guest: &Person, given: &str) -> Result<(), Refusal> {
    let key = |email: &EmailAddress| email.key();
    let given = given.parse().ok().as_ref().map(key).or_else(|| (!given.is_empty()).then(|| given.to_owned()));
    if given == guest.profile.email.as_ref().map(key) { Ok(()) } else { Err(Refusal::Locked) }
}

impl Invitation {
    /// Refuses that somebody else accepts what is for its guest alone.
    pub fn require_transferable(&self) -> Result<(), Refusal> {
        if self.terms.transferable { Ok(()) } else { Err(Refusal::Locked) }
    }

    /// The invitation's resource name.
    pub fn name(&self) -> InvitationName {
        InvitationName { event: self.event.clone(), invitation: self.id }
    }

    /// The id of the registration that comes of it.
    pub fn registration(&self) -> RegistrationId {
        RegistrationId(self.id.0)
    }

    /// Where it stands at `now`.
    pub fn state(&self, now: DateTime<Utc>) -> State {
        match self.answer {
            Some((answer, _)) => State::Over(answer),
            None if now >= self.terms.expire_time => State::Expired,
            None => State::Open,
        }
    }

    /// Refuses what is not open at `now`.
    pub fn require_open(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.state(now) {
            State::Open => Ok(()),
            state @ (State::Over(_) | State::Expired) => Err(Refusal::Over { invitation: self.name(), state }),
        }
    }

    /// The category as its guests enter it.
    pub fn admits_to(&self, category: Category) -> Category {
        let confirmation = if self.terms.skips_approval { Confirmation::AtOnce } else { category.plan.confirmation };
        Category { plan: crate::category::Plan { confirmation, ..category.plan }, ..category }
    }

    /// Its page is opened; the first time counts.
    #[must_use]
    pub fn opened(self, now: DateTime<Utc>) -> Self {
        Self { open_time: self.open_time.or(Some(now)), ..self }
    }

    /// It is answered or ended; what it kept is not kept any more, and nothing is mailed any more.
    #[must_use]
    pub fn end(self, answer: Answer, now: DateTime<Utc>) -> Self {
        let delivery = self.delivery.map(Delivery::settled);
        Self { answer: Some((answer, now)), keeps_place: false, delivery, ..self }
    }

    /// Whether the time is over for which it keeps a place.
    pub fn keeps_too_long(&self, now: DateTime<Utc>) -> bool {
        self.keeps_place && self.terms.reserve_time.is_none_or(|until| now >= until)
    }

    /// It keeps no place any more, and stays as it is otherwise.
    #[must_use]
    pub fn let_go(self) -> Self {
        Self { keeps_place: false, ..self }
    }

    /// It is mailed again now.
    pub fn remind(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_open(now)?;
        let send_time = self.delivery.as_ref().and_then(|delivery| delivery.send_time);
        Ok(Self { delivery: Some(Delivery { send_time, ..Delivery::begin(now) }), ..self })
    }

    /// Whether what is mailed next is a reminder.
    pub fn is_reminder(&self) -> bool {
        self.delivery.as_ref().is_some_and(|delivery| delivery.send_time.is_some())
    }

    /// There is nobody to write to any more, or nothing to write.
    #[must_use]
    pub fn silenced(self) -> Self {
        Self { delivery: self.delivery.map(Delivery::settled), ..self }
    }

    /// Takes note of what became of a try to mail it, and plans the next reminder.
    #[must_use]
    pub fn mailed(self, outcome: Outcome, now: DateTime<Utc>) -> Self {
        let Some(before) = self.delivery.clone() else { return self };
        let (reminds, sent_before) = (self.is_reminder(), before.send_time);
        let tried = before.tried(outcome, now);
        let delivery = Delivery { send_time: tried.send_time.or(sent_before), ..tried };
        let is_sent = delivery.state == MailState::Sent;
        let next = self.terms.remind_times.iter().find(|time| **time > now).filter(|_| is_sent);
        let delivery = match (self.answer, next) {
            (Some(_), _) => delivery.settled(),
            (None, Some(time)) => {
                Delivery { state: MailState::Queued, attempts: 0, next_attempt_time: *time, ..delivery }
            }
            (None, None) => delivery,
        };
        let reminders = self.reminders + u32::from(is_sent && reminds);
        Self { delivery: Some(delivery), reminders, ..self }
    }
}

impl Code {
    /// Writes a code of secret bytes, five bits of each.
    pub fn draw(secret: [u8; CODE_LENGTH]) -> Self {
        Self(crockford::write(&secret))
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

impl FromStr for Code {
    type Err = Malformed;

    /// Reads a code by itself or the whole address with it, as somebody may have typed it off a paper.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let code = text.rsplit_once("#invitation=").map_or(text, |(_, code)| code).trim();
        let code = crockford::read(code.chars(), CODE_LENGTH);
        code.map(Self).ok_or(Malformed { pattern: "the 26 letters and digits behind #invitation= in an invitation" })
    }
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Contradictory { .. } => Kind::Invalid,
            Self::AlreadyInvited { .. } => Kind::Exists,
            Self::NoAddress(_) | Self::Unknown | Self::Over { .. } | Self::Locked => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Contradictory { .. } => "ERROR_REASON_INVALID_FIELDS",
            Self::AlreadyInvited { .. } => "ERROR_REASON_ALREADY_INVITED",
            Self::NoAddress(_) => "ERROR_REASON_NO_EMAIL_ADDRESS",
            Self::Unknown => "ERROR_REASON_INVITATION_UNKNOWN",
            Self::Over { .. } => "ERROR_REASON_INVITATION_OVER",
            Self::Locked => "ERROR_REASON_INVITATION_LOCKED",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::AlreadyInvited { existing } => vec![("existing", existing.to_string())],
            Self::NoAddress(person) => vec![("person", person.to_string())],
            Self::Over { invitation, state } => {
                vec![("resource", invitation.to_string()), ("state", state.to_string())]
            }
            Self::Contradictory { .. } | Self::Unknown | Self::Locked => Vec::new(),
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let Self::Contradictory { within, found } = self else { return Vec::new() };
        let violation = |flaw: &Contradiction| Violation {
            code: "terms_contradict".to_owned(),
            subject: format!("{within}.{}", flaw.field()),
            description: flaw.to_string(),
        };
        found.iter().map(violation).collect()
    }
}

#[cfg(test)]
mod tests;
