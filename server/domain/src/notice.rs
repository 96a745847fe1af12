//! Notices: the e-mail that goes to delegates, kept until it is sent or given up.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    email::EmailAddress,
    language::LanguageTag,
    refusal::Kind,
    resource::{EventId, FileName, NoticeId, NoticeName, PersonName},
};

/// How often a notice is tried before it is given up; with the waits between, over four days (RFC 5321 §4.5.4.1).
pub const MAX_ATTEMPTS: u32 = 20;

/// One e-mail to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// In which event.
    pub event: EventId,
    /// What it is known by; its Message-ID is made of it.
    pub id: NoticeId,
    /// What it says, and to whom; never changed after it was written.
    pub mail: Mail,
    /// Where it stands.
    pub delivery: Delivery,
    /// When it was written.
    pub create_time: DateTime<Utc>,
}

/// What a notice says, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// What it is about: `letter_issued`.
    pub occasion: String,
    /// The person it goes to.
    pub person: PersonName,
    /// What they are called.
    pub display_name: String,
    /// Where it goes.
    pub email: EmailAddress,
    /// Where an answer goes.
    pub reply_to: Option<EmailAddress>,
    /// What it is written in.
    pub language: LanguageTag,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The files it carries.
    pub attachments: Vec<FileName>,
}

/// Where the mail of a notice, or of a personal link, stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Whether it waits, was sent or was given up.
    pub state: State,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub next_attempt_time: DateTime<Utc>,
    /// When it was sent.
    pub send_time: Option<DateTime<Utc>>,
    /// What the last try met, without addresses.
    pub last_error: Option<String>,
}

/// Whether a notice waits, was sent or was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits to be sent, for the first time or again.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was given up.
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Queued => "QUEUED",
            Self::Sent => "SENT",
            Self::Failed => "FAILED",
        })
    }
}

/// What became of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server took it.
    Sent,
    /// It may be taken later.
    Transient(String),
    /// It will never be taken.
    Permanent(String),
}

/// Why a notice cannot become so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It did not fail, and so is not sent again.
    #[error("the notice is {state}, and has to be FAILED")]
    WrongState {
        /// Which notice.
        notice: NoticeName,
        /// Where it stands.
        state: State,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::WrongState { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::WrongState { .. } => "ERROR_REASON_WRONG_STATE",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::WrongState { notice, state } => {
                vec![("resource", notice.to_string()), ("state", state.to_string()), ("wanted", "FAILED".to_owned())]
            }
        }
    }
}

impl Notice {
    /// Puts a mail into the queue.
    pub fn enqueue(event: EventId, id: NoticeId, mail: Mail, now: DateTime<Utc>) -> Self {
        Self { event, id, mail, delivery: Delivery::begin(now), create_time: now }
    }

    /// The notice's resource name.
    pub fn name(&self) -> NoticeName {
        NoticeName { event: self.event.clone(), notice: self.id }
    }

    /// Takes note of what became of a try.
    #[must_use]
    pub fn tried(self, outcome: Outcome, now: DateTime<Utc>) -> Self {
        Self { delivery: self.delivery.tried(outcome, now), ..self }
    }

    /// Puts a failed notice back into the queue; it says what it said the first time.
    pub fn retry(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.delivery.state {
            State::Failed => {
                let delivery = Delivery { state: State::Queued, attempts: 0, next_attempt_time: now, ..self.delivery };
                Ok(Self { delivery, ..self })
            }
            State::Queued | State::Sent => Err(Refusal::WrongState { notice: self.name(), state: self.delivery.state }),
        }
    }
}

impl Delivery {
    /// Has a mail tried at once.
    pub fn begin(now: DateTime<Utc>) -> Self {
        Self { state: State::Queued, attempts: 0, next_attempt_time: now, send_time: None, last_error: None }
    }

    /// Has it tried no more: sent, if it ever was, and given up else.
    #[must_use]
    pub fn settled(self) -> Self {
        let state = match self.state {
            State::Queued if self.send_time.is_some() => State::Sent,
            State::Queued => State::Failed,
            settled @ (State::Sent | State::Failed) => settled,
        };
        Self { state, ..self }
    }

    /// Takes note of what became of a try. What was sent stays so, whatever another server met that tried it too.
    #[must_use]
    pub fn tried(self, outcome: Outcome, now: DateTime<Utc>) -> Self {
        if self.state == State::Sent {
            return self;
        }
        let attempts = self.attempts + 1;
        let (state, send_time, last_error) = match outcome {
            Outcome::Sent => (State::Sent, Some(now), None),
            Outcome::Transient(error) if attempts < MAX_ATTEMPTS => (State::Queued, None, Some(error)),
            Outcome::Transient(error) | Outcome::Permanent(error) => (State::Failed, None, Some(error)),
        };
        Self { state, attempts, next_attempt_time: now + wait_after(attempts), send_time, last_error }
    }
}

/// How long to wait after so many tries: a minute, then ever longer, at most half a day.
fn wait_after(attempts: u32) -> TimeDelta {
    TimeDelta::minutes(1 << attempts.saturating_sub(1).min(10)).min(TimeDelta::hours(12))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2023-08-01T00:00:00Z".parse().unwrap()
    }

    fn notice() -> Notice {
        let id = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";
        let mail = Mail {
            occasion: "registration_received".to_owned(),
            person: format!("organizations/zbra/persons/{id}").parse().unwrap(),
            display_name: "Zarmina".to_owned(),
            email: EmailAddress::parse("zarmina@example.org").unwrap(),
            reply_to: None,
            language: LanguageTag::English,
            subject: "Received".to_owned(),
            text: "Text".to_owned(),
            html: "<p>Text</p>".to_owned(),
            attachments: Vec::new(),
        };
        Notice::enqueue("ciftis-2023".parse().unwrap(), id.parse().unwrap(), mail, now())
    }

    #[test]
    fn notice_is_tried_for_more_than_four_days_and_then_given_up() {
        let mut notice = notice();
        let mut clock = now();
        while notice.delivery.state == State::Queued {
            clock = notice.delivery.next_attempt_time;
            notice = notice.tried(Outcome::Transient("451".to_owned()), clock);
        }

        assert_eq!((notice.delivery.state, notice.delivery.attempts), (State::Failed, MAX_ATTEMPTS));
        assert!(clock - now() >= TimeDelta::days(4), "gave up after {}", clock - now());
    }

    #[test]
    fn notice_that_was_sent_stays_sent() {
        let sent = notice().tried(Outcome::Sent, now());

        for outcome in [Outcome::Sent, Outcome::Transient("451".to_owned()), Outcome::Permanent("550".to_owned())] {
            assert_eq!(sent.clone().tried(outcome, now() + TimeDelta::hours(1)), sent);
        }
    }

    #[test]
    fn notice_refused_for_good_is_not_tried_again_until_asked() {
        let failed = notice().tried(Outcome::Permanent("550".to_owned()), now());
        let again = failed.clone().retry(now()).unwrap();

        assert_eq!(failed.delivery.state, State::Failed);
        assert_eq!((again.delivery.state, again.delivery.attempts), (State::Queued, 0));
        assert_eq!(again.clone().retry(now()), Err(Refusal::WrongState { notice: again.name(), state: State::Queued }));
    }
}
