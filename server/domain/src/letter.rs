//! Visa letters: from request to issue, and what holds after.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::{
    authority::Actor,
    event::Event,
    letter_template::LetterTemplate,
    localized::Localized,
    organization::LetterPrefix,
    region::RegionCode,
    resource::{EventId, FileName, LetterId, LetterName, OrganizationId, PersonName},
    revision::History,
    visit_window::VisitWindow,
};

mod approval;
mod facts;
mod refusal;
mod sealing;
mod verification;
pub mod wording;

pub use approval::{Approval, Approving};
pub use facts::{Facts, Lack};
pub use refusal::Refusal;
pub use sealing::{Flaw, LARGEST_SCAN, Scan, SealedCopy};
pub use verification::{CODE_LENGTH, Code, Standing, Verification};

/// A visa letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// For which event.
    pub event: EventId,
    /// What it is known by.
    pub id: LetterId,
    /// Who asked for it; the server, where that was not kept.
    pub requester: Actor,
    /// What was asked for.
    pub request: Request,
    /// Who approved it, in the order they did; a rejection takes all of them back.
    pub approvals: Vec<Approval>,
    /// Where it stands.
    pub state: State,
    /// When it was created and changed.
    pub history: History,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// For whom.
    pub person: PersonName,
    /// Who invites; a host of the event.
    pub issuer: OrganizationId,
    /// In which words.
    pub template: LetterTemplate,
    /// Where to.
    pub region_code: RegionCode,
    /// When, and to which cities.
    pub visit_window: VisitWindow,
    /// Why they come; to take part in the event, when left out.
    pub purpose: Option<Localized>,
    /// What binds the person and the inviter.
    pub relationship: Option<Localized>,
    /// Who pays.
    pub expense_bearer: Option<ExpenseBearer>,
}

/// Who pays for a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpenseBearer {
    /// The traveller or the body that sends them.
    Sender,
    /// The inviter.
    Inviter,
}

/// Where a letter stands, with what is known there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Somebody asked for it; not enough members approved it yet.
    Requested,
    /// It may be issued.
    Approved,
    /// It has its number and is being made; a crash goes on from here with the same number.
    Issuing(Imprint),
    /// It holds.
    Issued(Imprint, Proof),
    /// It was refused, for this reason.
    Rejected(String),
    /// It holds no more, for this reason.
    Revoked(Imprint, Proof, String),
}

/// What is fixed when a letter takes its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imprint {
    /// The number it bears, `ZBRA-2023-000042`.
    pub number: String,
    /// The day it bears.
    pub issue_date: NaiveDate,
    /// The code behind its QR code's address, unguessable.
    pub code: Code,
}

/// What was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The PDF.
    pub file: FileName,
    /// BLAKE3 of the PDF, lower-case hex.
    pub digest: String,
    /// The initials of the person invited, as whoever verifies it may know them.
    pub initials: String,
    /// The scan of it as it was signed and sealed, once there is one.
    pub sealed_copy: Option<SealedCopy>,
}

/// The word for a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Requested.
    Requested,
    /// Approved.
    Approved,
    /// Issuing.
    Issuing,
    /// Issued.
    Issued,
    /// Rejected.
    Rejected,
    /// Revoked.
    Revoked,
}

impl Stage {
    /// Every word, in the order of a letter's life.
    pub const ALL: [Self; 6] =
        [Self::Requested, Self::Approved, Self::Issuing, Self::Issued, Self::Rejected, Self::Revoked];

    /// Whether a letter that stands here is in the way of another one for the same person and destination.
    pub const fn is_live(self) -> bool {
        match self {
            Self::Requested | Self::Approved | Self::Issuing | Self::Issued => true,
            Self::Rejected | Self::Revoked => false,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Requested => "REQUESTED",
            Self::Approved => "APPROVED",
            Self::Issuing => "ISSUING",
            Self::Issued => "ISSUED",
            Self::Rejected => "REJECTED",
            Self::Revoked => "REVOKED",
        })
    }
}

impl State {
    /// The word for it.
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Requested => Stage::Requested,
            Self::Approved => Stage::Approved,
            Self::Issuing(_) => Stage::Issuing,
            Self::Issued(..) => Stage::Issued,
            Self::Rejected(_) => Stage::Rejected,
            Self::Revoked(..) => Stage::Revoked,
        }
    }
}

/// What is known when a letter is asked for.
#[derive(Clone, Debug)]
pub struct Opening<'a> {
    /// The event it is for.
    pub event: &'a Event,
    /// Who asks.
    pub requester: Actor,
    /// A live letter of the same person for the same destination.
    pub existing: Option<LetterName>,
}

/// Opens a request for a letter.
pub fn request(opening: &Opening<'_>, id: LetterId, request: Request, now: DateTime<Utc>) -> Result<Letter, Refusal> {
    opening.event.require_active()?;
    if !opening.event.is_hosted_by(&request.issuer) {
        return Err(Refusal::IssuerNotHost { issuer: request.issuer });
    }
    if let Some(existing) = &opening.existing {
        return Err(Refusal::Exists { existing: existing.clone() });
    }
    Ok(Letter {
        event: opening.event.id.clone(),
        id,
        requester: opening.requester.clone(),
        request,
        approvals: Vec::new(),
        state: State::Requested,
        history: History::begin(now),
    })
}

/// The day that a letter issued at `now` bears: by the calendar of the place where the event begins.
pub fn issue_date(event: &Event, now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&event.plan.start.zone()).date_naive()
}

/// Writes the number a letter bears: prefix, year, and the count of that prefix in that year.
pub fn number(prefix: &LetterPrefix, issue_date: NaiveDate, count: u32) -> String {
    format!("{}-{}-{count:06}", prefix.as_str(), issue_date.year())
}

impl Imprint {
    /// What a letter is tried on paper with before it takes its number: as long as the real one, and nobody's.
    pub fn rehearsal(prefix: &LetterPrefix, issue_date: NaiveDate) -> Self {
        Self { number: number(prefix, issue_date, 0), issue_date, code: Code::rehearsal() }
    }
}

impl Letter {
    /// Whether somebody approved it by what a passport says that is still to be printed on it.
    pub fn stands_on_passport(&self) -> bool {
        match self.state.stage() {
            Stage::Requested => !self.approvals.is_empty(),
            Stage::Approved | Stage::Issuing => true,
            Stage::Issued | Stage::Rejected | Stage::Revoked => false,
        }
    }

    /// The letter's resource name.
    pub fn name(&self) -> LetterName {
        LetterName { event: self.event.clone(), letter: self.id }
    }

    /// It is refused; whoever approved it has not any more.
    pub fn reject(self, reason: String, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Requested | State::Approved => {
                Ok(Self { approvals: Vec::new(), ..self }.turn(State::Rejected(reason), now))
            }
            State::Issuing(_) | State::Issued(..) | State::Rejected(_) | State::Revoked(..) => {
                Err(self.must_be("REQUESTED or APPROVED"))
            }
        }
    }

    /// Refuses to issue what is not approved; a letter whose issue was broken off goes on.
    pub fn require_issuable(&self) -> Result<(), Refusal> {
        match self.state {
            State::Approved | State::Issuing(_) => Ok(()),
            State::Requested | State::Issued(..) | State::Rejected(_) | State::Revoked(..) => {
                Err(self.must_be("APPROVED"))
            }
        }
    }

    /// It takes its number.
    pub fn take_number(self, imprint: Imprint, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Approved => Ok(self.turn(State::Issuing(imprint), now)),
            State::Requested | State::Issuing(_) | State::Issued(..) | State::Rejected(_) | State::Revoked(..) => {
                Err(self.must_be("APPROVED"))
            }
        }
    }

    /// It was made, and holds from now on.
    pub fn issue(self, proof: Proof, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match &self.state {
            State::Issuing(imprint) => {
                let issued = State::Issued(imprint.clone(), proof);
                Ok(self.turn(issued, now))
            }
            State::Requested | State::Approved | State::Issued(..) | State::Rejected(_) | State::Revoked(..) => {
                Err(self.must_be("ISSUING"))
            }
        }
    }

    /// It holds no more.
    pub fn revoke(self, reason: String, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match &self.state {
            State::Issued(imprint, proof) => {
                let revoked = State::Revoked(imprint.clone(), proof.clone(), reason);
                Ok(self.turn(revoked, now))
            }
            State::Requested | State::Approved | State::Issuing(_) | State::Rejected(_) | State::Revoked(..) => {
                Err(self.must_be("ISSUED"))
            }
        }
    }

    /// The number, day and code it bears, once it has them.
    pub fn imprint(&self) -> Option<&Imprint> {
        match &self.state {
            State::Issuing(imprint) | State::Issued(imprint, _) | State::Revoked(imprint, ..) => Some(imprint),
            State::Requested | State::Approved | State::Rejected(_) => None,
        }
    }

    /// What was issued, once it was.
    pub fn proof(&self) -> Option<&Proof> {
        match &self.state {
            State::Issued(_, proof) | State::Revoked(_, proof, _) => Some(proof),
            State::Requested | State::Approved | State::Issuing(_) | State::Rejected(_) => None,
        }
    }

    fn turn(self, state: State, now: DateTime<Utc>) -> Self {
        Self { state, history: self.history.next(now), ..self }
    }

    fn must_be(&self, wanted: &'static str) -> Refusal {
        Refusal::WrongState { letter: self.name(), stage: self.state.stage(), wanted }
    }
}

#[cfg(test)]
mod tests;
