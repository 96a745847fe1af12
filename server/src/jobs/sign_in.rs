//! The worker that mails codes to sign in: the code is drawn and worded when its mail is due, and lies nowhere before or after.

use std::{sync::Arc, time::Duration};

use attache_domain::{notice::Outcome, sign_in::SignIn};
use tokio::{sync::watch, task::JoinSet};

use super::outbox::{Outbox, Sender, handed_over};
use crate::{
    app::{self, App, AppError, chain, sign_in::Letter},
    mail::message::{Mailbox, Outgoing},
};

/// How many codes are claimed and mailed at once.
const BATCH: u64 = 32;
/// How long to rest when nothing was committed; what could not be handed over comes due by time alone.
const REST: Duration = Duration::from_secs(5);

/// Mails what is due until the stop signal comes; what is being mailed then is finished.
pub async fn run(outbox: Arc<Outbox>, mut stop: watch::Receiver<bool>) {
    let mut committed = outbox.app.store.watch();
    while !*stop.borrow() {
        committed.borrow_and_update();
        match mail_due(&outbox).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(error.chain = chain(&error), "codes to sign in could not be found");
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

/// Mails one batch of what is due; tells how many there were.
pub async fn mail_due(outbox: &Arc<Outbox>) -> Result<usize, AppError> {
    let due = outbox.app.store.claim_sign_ins(outbox.app.clock.now(), BATCH).await?;
    let count = due.len();
    let mut mailing = JoinSet::new();
    for sign_in in due {
        let outbox = Arc::clone(outbox);
        mailing.spawn(async move {
            if let Err(error) = mail(&outbox, &sign_in).await {
                // The lease ends by itself, and the code is mailed again while it is good.
                tracing::error!(error.chain = chain(&error), "a code to sign in is to be mailed again");
            }
        });
    }
    while mailing.join_next().await.is_some() {}
    Ok(count)
}

async fn mail(outbox: &Outbox, sign_in: &SignIn) -> Result<(), AppError> {
    let app: &App = &outbox.app;
    let Some(letter) = app::sign_in::word(app, sign_in).await? else { return app::sign_in::settle(app, sign_in).await };
    let outcome: Outcome = handed_over(outbox.transport.send(&outgoing(&outbox.sender, sign_in, letter)).await);
    app::sign_in::record(app, sign_in, &outcome).await
}

fn outgoing(sender: &Sender, sign_in: &SignIn, letter: Letter) -> Outgoing {
    let Letter { display_name, email, language, composed } = letter;
    Outgoing {
        message_id: format!("{}@{}", sign_in.id, sender.address.domain()),
        from: sender.mailbox(),
        reply_to: None,
        to: Mailbox { name: Some(display_name), address: email.as_str().to_owned() },
        date: sign_in.create_time,
        subject: composed.subject,
        text: composed.text,
        html: composed.html,
        language,
        attachments: Vec::new(),
        calendar: None,
    }
}
