//! The worker that mails codes, to members who sign in and to people who registered on a public page, personal links and invitations; and that
//! forgets who never confirmed.
//!
//! A code, and that of a link or an invitation too, is drawn and worded when its mail is due, and lies nowhere before or after.

use std::sync::Arc;

use attache_domain::{invitation::Invitation, link::Link, notice::Outcome, sign_in::SignIn, submission::Submission};
use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::{
    outbox::{Outbox, Sender, handed_over},
    sending::{self, Queue},
};
use crate::{
    app::{self, App, AppError, chain, sign_in::Letter},
    mail::message::{Mailbox, Outgoing},
};

/// What a code is for.
enum Due {
    SignIn(SignIn),
    Submission(Box<Submission>),
    Link(Box<Link>),
    Invitation(Box<Invitation>),
}

/// The codes that wait to be mailed.
struct Codes(Arc<Outbox>);

/// Mails what is due until the stop signal comes; what was begun then is finished.
pub async fn run(outbox: Arc<Outbox>, stop: watch::Receiver<bool>) {
    sending::run(Codes(outbox), stop).await;
}

impl Queue for Codes {
    type Due = Due;

    fn app(&self) -> &App {
        &self.0.app
    }

    /// Forgets who did not confirm in time, too.
    async fn claim(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Due>, AppError> {
        app::public::forget_unconfirmed(self.app()).await?;
        let store = &self.app().store;
        let mut due: Vec<Due> = store.claim_sign_ins(now, limit).await?.into_iter().map(Due::SignIn).collect();
        let submissions = store.claim_submissions(now, limit - due.len()).await?;
        due.extend(submissions.into_iter().map(Box::new).map(Due::Submission));
        let links = store.claim_links(now, limit - due.len()).await?;
        due.extend(links.into_iter().map(Box::new).map(Due::Link));
        let invitations = store.claim_invitations(now, limit - due.len()).await?;
        due.extend(invitations.into_iter().map(Box::new).map(Due::Invitation));
        Ok(due)
    }

    async fn send(&self, due: Due) {
        if let Err(error) = mail(&self.0, &due).await {
            // The lease ends by itself, and the code is mailed again while it is good.
            tracing::error!(error.chain = chain(&error), "a code is to be mailed again");
        }
    }
}

async fn mail(outbox: &Outbox, due: &Due) -> Result<(), AppError> {
    let Some(letter) = due.word(&outbox.app).await? else {
        return due.give_up(&outbox.app).await;
    };
    let outgoing = outgoing(&outbox.sender, due.identity(outbox.app.clock.now()), letter);
    due.record(&outbox.app, &handed_over(outbox.transport.send(&outgoing).await)).await
}

impl Due {
    async fn word(&self, app: &App) -> Result<Option<Letter>, AppError> {
        match self {
            Self::SignIn(sign_in) => app::sign_in::word(app, sign_in).await,
            Self::Submission(submission) => app::public::word(app, submission).await,
            Self::Link(link) => app::links::word(app, link).await,
            Self::Invitation(invitation) => app::invitations::word(app, invitation).await,
        }
    }

    async fn record(&self, app: &App, outcome: &Outcome) -> Result<(), AppError> {
        match self {
            Self::SignIn(sign_in) => app::sign_in::record(app, sign_in, outcome).await,
            Self::Submission(submission) => app::public::record(app, &submission.name(), outcome).await,
            Self::Link(link) => app::links::record(app, &link.name(), outcome).await,
            Self::Invitation(invitation) => app::invitations::record(app, &invitation.name(), Some(outcome)).await,
        }
    }

    /// Takes note that there is nobody to write to, or nothing to write any more.
    async fn give_up(&self, app: &App) -> Result<(), AppError> {
        match self {
            // What was sent before stays so.
            Self::Invitation(invitation) => app::invitations::record(app, &invitation.name(), None).await,
            Self::SignIn(_) | Self::Submission(_) | Self::Link(_) => {
                let nothing = "there is nobody to write to, or nothing to write any more";
                self.record(app, &Outcome::Permanent(nothing.to_owned())).await
            }
        }
    }

    /// What the mail is known by, the same on every attempt, and since when.
    fn identity(&self, now: DateTime<Utc>) -> (String, DateTime<Utc>) {
        match self {
            Self::SignIn(sign_in) => (sign_in.id.to_string(), sign_in.create_time),
            Self::Submission(submission) => (submission.id.to_string(), submission.create_time),
            Self::Link(link) => (link.id.to_string(), link.create_time),
            // A reminder is another mail than the one before it.
            Self::Invitation(invitation) if invitation.is_reminder() => {
                (format!("{}.{}", invitation.id, invitation.reminders + 1), now)
            }
            Self::Invitation(invitation) => (invitation.id.to_string(), invitation.create_time),
        }
    }
}

fn outgoing(sender: &Sender, (id, date): (String, DateTime<Utc>), letter: Letter) -> Outgoing {
    let Letter { display_name, email, reply_to, language, composed } = letter;
    Outgoing {
        message_id: format!("{id}@{}", sender.address.domain()),
        from: sender.mailbox(),
        reply_to: reply_to.map(|email| Mailbox { name: None, address: email.as_str().to_owned() }),
        to: Mailbox { name: Some(display_name), address: email.as_str().to_owned() },
        date,
        subject: composed.subject,
        text: composed.text,
        html: composed.html,
        language,
        attachments: Vec::new(),
        calendar: None,
    }
}
