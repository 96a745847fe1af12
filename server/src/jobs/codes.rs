//! The worker that mails codes, to members who sign in and to people who registered on a public page, and personal links; and that forgets who
//! never confirmed.
//!
//! A code, and that of a link too, is drawn and worded when its mail is due, and lies nowhere before or after.

use std::{sync::Arc, time::Duration};

use attache_domain::{link::Link, notice::Outcome, sign_in::SignIn, submission::Submission};
use chrono::{DateTime, Utc};
use tokio::{sync::watch, task::JoinSet};
use uuid::Uuid;

use super::outbox::{Outbox, Sender, handed_over};
use crate::{
    app::{self, App, AppError, chain, sign_in::Letter},
    mail::message::{Mailbox, Outgoing},
};

/// How many codes of each kind are claimed and mailed at once.
const BATCH: u64 = 32;
/// How long to rest when nothing was committed; what could not be handed over, and what is forgotten, comes due by time alone.
const REST: Duration = Duration::from_secs(5);

/// What a code is for.
enum Due {
    SignIn(SignIn),
    Submission(Box<Submission>),
    Link(Box<Link>),
}

/// Mails what is due until the stop signal comes; what is being mailed then is finished.
pub async fn run(outbox: Arc<Outbox>, mut stop: watch::Receiver<bool>) {
    let mut committed = outbox.app.store.watch();
    while !*stop.borrow() {
        committed.borrow_and_update();
        match work(&outbox).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(error.chain = chain(&error), "codes that are due could not be found");
                // What failed is not mended by the next commit.
                committed.borrow_and_update();
            }
        }
        tokio::select! {
            _ = committed.changed() => {}
            () = tokio::time::sleep(REST) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Forgets who did not confirm in time and mails one batch of what is due; tells how many mails there were.
async fn work(outbox: &Arc<Outbox>) -> Result<usize, AppError> {
    let app = &outbox.app;
    app::public::forget_unconfirmed(app).await?;
    let now = app.clock.now();
    let sign_ins = app.store.claim_sign_ins(now, BATCH).await?.into_iter().map(Due::SignIn);
    let submissions = app.store.claim_submissions(now, BATCH).await?.into_iter().map(Box::new).map(Due::Submission);
    let links = app.store.claim_links(now, BATCH).await?.into_iter().map(Box::new).map(Due::Link);
    let due: Vec<Due> = sign_ins.chain(submissions).chain(links).collect();
    let count = due.len();
    let mut mailing = JoinSet::new();
    for due in due {
        let outbox = Arc::clone(outbox);
        mailing.spawn(async move {
            if let Err(error) = mail(&outbox, &due).await {
                // The lease ends by itself, and the code is mailed again while it is good.
                tracing::error!(error.chain = chain(&error), "a code is to be mailed again");
            }
        });
    }
    while mailing.join_next().await.is_some() {}
    Ok(count)
}

async fn mail(outbox: &Outbox, due: &Due) -> Result<(), AppError> {
    let Some(letter) = due.word(&outbox.app).await? else {
        let nothing = "there is nobody to write to, or nothing to write any more";
        return due.record(&outbox.app, &Outcome::Permanent(nothing.to_owned())).await;
    };
    let outgoing = outgoing(&outbox.sender, due.identity(), letter);
    due.record(&outbox.app, &handed_over(outbox.transport.send(&outgoing).await)).await
}

impl Due {
    async fn word(&self, app: &App) -> Result<Option<Letter>, AppError> {
        match self {
            Self::SignIn(sign_in) => app::sign_in::word(app, sign_in).await,
            Self::Submission(submission) => app::public::word(app, submission).await,
            Self::Link(link) => app::links::word(app, link).await,
        }
    }

    async fn record(&self, app: &App, outcome: &Outcome) -> Result<(), AppError> {
        match self {
            Self::SignIn(sign_in) => app::sign_in::record(app, sign_in, outcome).await,
            Self::Submission(submission) => app::public::record(app, &submission.name(), outcome).await,
            Self::Link(link) => app::links::record(app, &link.name(), outcome).await,
        }
    }

    /// What the mail is known by, the same on every attempt, and since when.
    fn identity(&self) -> (Uuid, DateTime<Utc>) {
        match self {
            Self::SignIn(sign_in) => (sign_in.id.0, sign_in.create_time),
            Self::Submission(submission) => (submission.id.0, submission.create_time),
            Self::Link(link) => (link.id.0, link.create_time),
        }
    }
}

fn outgoing(sender: &Sender, (id, date): (Uuid, DateTime<Utc>), letter: Letter) -> Outgoing {
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
