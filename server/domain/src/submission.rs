//! Submissions: registrations that somebody made on a public page, and whose address is not proven yet.
//!
//! The place is held while the address is proven, and free again after that, so that nobody waits behind people who never come.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    category::Category,
    email::EmailAddress,
    form::Answers,
    mailed_code::{MOST_TRIES, Mailing, Refusal},
    notice::Outcome,
    person::Person,
    pool::Place,
    resource::{CategoryId, EventId, RegistrationId, SubmissionId, SubmissionName},
};

/// How long the place is held and the code is good; what was not confirmed is forgotten then.
pub const LIFE: TimeDelta = TimeDelta::minutes(30);
/// How many submissions for one event may wait for one address to be proven.
pub const MOST_SUBMISSIONS: usize = 3;

/// A registration in waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// For which event.
    pub event: EventId,
    /// What it is known by; the registration gets the same id.
    pub id: SubmissionId,
    /// As what.
    pub category: CategoryId,
    /// Who, as they will be once they are known.
    pub person: Person,
    /// The address to be proven.
    pub email: EmailAddress,
    /// What they answered.
    pub answers: Answers,
    /// Whether a place is held; there was none otherwise.
    pub holds_place: bool,
    /// How many wrong codes were tried.
    pub tries: u32,
    /// What becomes of its mail.
    pub mailing: Mailing,
    /// When it came.
    pub create_time: DateTime<Utc>,
}

/// Refuses an address for which too much waits already; `waiting` are the times of what does.
pub fn admit(waiting: &[DateTime<Utc>], now: DateTime<Utc>) -> Result<(), Refusal> {
    match waiting.iter().min() {
        Some(oldest) if waiting.len() >= MOST_SUBMISSIONS => Err(Refusal::TooManyCodes { wait: *oldest + LIFE - now }),
        Some(_) | None => Ok(()),
    }
}

/// Takes a submission in, given the place the ledger had for it.
pub fn submit(
    id: SubmissionId,
    category: &Category,
    (person, email, answers): (Person, EmailAddress, Answers),
    place: Place,
    now: DateTime<Utc>,
) -> Submission {
    let holds_place = match place {
        Place::Held => true,
        Place::Queued(_) => false,
    };
    let (event, category) = (category.event.clone(), category.id.clone());
    Submission {
        event,
        id,
        category,
        person,
        email,
        answers,
        holds_place,
        tries: 0,
        mailing: Mailing::Due(now),
        create_time: now,
    }
}

impl Submission {
    /// The submission's resource name.
    pub fn name(&self) -> SubmissionName {
        SubmissionName { event: self.event.clone(), submission: self.id }
    }

    /// The id of the registration it becomes.
    pub fn registration(&self) -> RegistrationId {
        RegistrationId(self.id.0)
    }

    /// Until when it can be confirmed, that instant excluded.
    pub fn expire_time(&self) -> DateTime<Utc> {
        self.create_time + LIFE
    }

    /// Whether a code confirms it at `now`.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        now < self.expire_time() && self.tries < MOST_TRIES
    }

    /// Takes note of a wrong code.
    #[must_use]
    pub fn missed(self) -> Self {
        Self { tries: self.tries + 1, ..self }
    }

    /// Takes note of what became of a try to mail the code.
    #[must_use]
    pub fn mailed(self, outcome: &Outcome, now: DateTime<Utc>) -> Self {
        let mailing = Mailing::after(outcome, self.expire_time(), now);
        Self { mailing, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_has_so_many_submissions_waiting_and_no_more() {
        let now: DateTime<Utc> = "2023-08-01T00:30:00Z".parse().unwrap();
        let waiting = [20, 10, 5].map(|minutes| now - TimeDelta::minutes(minutes));

        assert_eq!(admit(&waiting[..2], now), Ok(()));
        assert_eq!(admit(&waiting, now), Err(Refusal::TooManyCodes { wait: TimeDelta::minutes(10) }));
    }
}
