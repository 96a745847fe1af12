//! How a letter comes to be approved: by as many members as its issuer asks for, each of them once.

use chrono::{DateTime, Utc};

use super::{Facts, Letter, Refusal, State};
use crate::{
    authority::Actor,
    resource::{IdentityDocumentId, LetterName},
};

/// That somebody approved a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub by: Actor,
    /// When.
    pub time: DateTime<Utc>,
    /// By which passport; not known of those that were given before it was kept, and none where nobody had one.
    pub document: Option<IdentityDocumentId>,
}

impl Approval {
    /// Whether it was given by another passport than the one that there is now.
    pub(super) fn is_outdated(&self, document: Option<IdentityDocumentId>) -> bool {
        self.document.is_some() && self.document != document
    }
}

/// What is known when somebody approves a letter.
#[derive(Clone, Debug)]
pub struct Approving<'a> {
    /// What the letter would say, and who issues it.
    pub facts: Facts<'a>,
    /// Who approves it.
    pub by: Actor,
    /// The live letter of the same person for the same destination, which may be this one.
    pub live: Option<LetterName>,
}

impl Letter {
    /// One more approves it; with as many as its issuer asks for it may be issued. A rejected letter is taken up again by it.
    ///
    /// The event takes place, no fact is lacking, and no other letter of the person for the destination is live.
    pub fn approve(self, approving: &Approving<'_>, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Requested | State::Rejected(_) => {}
            State::Approved | State::Issuing(_) | State::Issued(..) | State::Revoked(..) => {
                return Err(self.must_be("REQUESTED or REJECTED"));
            }
        }
        let Approving { facts, by, live } = approving;
        facts.event.require_active()?;
        if let Some(existing) = live.as_ref().filter(|live| **live != self.name()) {
            return Err(Refusal::Exists { existing: existing.clone() });
        }
        let letter = self.less_outdated(facts);
        facts.require_complete(&letter)?;
        letter.endorse(by.clone(), facts, now)
    }

    /// Forgets who approved it by another passport than there is now.
    fn less_outdated(self, facts: &Facts<'_>) -> Self {
        let approvals =
            self.approvals.iter().filter(|approval| !approval.is_outdated(facts.document)).cloned().collect();
        Self { approvals, ..self }
    }

    fn endorse(self, by: Actor, facts: &Facts<'_>, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let policy = facts.issuer.profile.letter_policy;
        let given = u32::try_from(self.approvals.len()).unwrap_or(u32::MAX);
        let has_approved = self.approvals.iter().any(|approval| approval.by == by);
        // Who approved under a stricter policy than today's may say so again, and is not counted again.
        if has_approved && given < policy.approvals() {
            return Err(Refusal::AlreadyApproved { letter: self.name(), given, required: policy.approvals() });
        }
        if policy.forbids_self_approval && by == self.requester {
            return Err(Refusal::SelfApproval { letter: self.name() });
        }
        let mut approvals = self.approvals.clone();
        if !has_approved {
            approvals.push(Approval { by, time: now, document: facts.document });
        }
        let is_enough = u32::try_from(approvals.len()).is_ok_and(|given| given >= policy.approvals());
        let state = if is_enough { State::Approved } else { State::Requested };
        Ok(Self { approvals, ..self }.turn(state, now))
    }
}
