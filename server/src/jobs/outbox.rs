//! The worker that sends: it claims what is due, hands it to the transport and takes note of what became of it.

use std::{sync::Arc, time::Duration};

use attache_domain::{
    email::EmailAddress,
    file::{File, Label},
    notice::{Notice, Outcome},
};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    app::{self, App, AppError},
    mail::{
        message::{Attachment, Mailbox, Outgoing},
        transport::{SendError, Transport},
    },
    store::StoreError,
};

/// How many notices are claimed and sent at once.
const BATCH: u64 = 32;
/// How long to rest when nothing was committed; retries come due by time alone.
const REST: Duration = Duration::from_secs(5);

/// Who mail is from.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The name beside the address.
    pub display_name: String,
    /// The address; its domain also ends every Message-ID.
    pub address: EmailAddress,
}

impl Sender {
    /// The sender as a mail names them.
    pub(super) fn mailbox(&self) -> Mailbox {
        Mailbox { name: Some(self.display_name.clone()), address: self.address.as_str().to_owned() }
    }
}

/// What the workers that send need.
pub struct Outbox {
    /// The house.
    pub app: Arc<App>,
    /// The way out.
    pub transport: Arc<Transport>,
    /// Who mail is from.
    pub sender: Sender,
}

/// Sends what is due until the stop signal comes; what is being sent then is finished.
pub async fn run(outbox: Arc<Outbox>, mut stop: watch::Receiver<bool>) {
    let mut committed = outbox.app.store.watch();
    while !*stop.borrow() {
        committed.borrow_and_update();
        match send_due(&outbox).await {
            Ok(0) => {
                tokio::select! {
                    _ = committed.changed() => {}
                    () = tokio::time::sleep(REST) => {}
                    _ = stop.changed() => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(error = %error, "the outbox could not be worked on");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

/// Sends one batch of what is due; tells how many there were.
pub async fn send_due(outbox: &Arc<Outbox>) -> Result<usize, AppError> {
    let due = outbox.app.store.claim_notices(outbox.app.clock.now(), BATCH).await?;
    let count = due.len();
    let mut sending = JoinSet::new();
    for notice in due {
        sending.spawn(send(Arc::clone(outbox), notice));
    }
    while sending.join_next().await.is_some() {}
    Ok(count)
}

async fn send(outbox: Arc<Outbox>, notice: Notice) {
    let name = notice.name();
    let outcome = attempt(&outbox, notice).await;
    let mut recorded = app::notices::record(&outbox.app, &name, &outcome).await;
    if let Err(AppError::Store(StoreError::Unsure)) = recorded {
        // What was recorded once is not recorded otherwise by being recorded twice.
        recorded = app::notices::record(&outbox.app, &name, &outcome).await;
    }
    if let Err(error) = recorded {
        // The lease ends by itself, and the notice is sent again: twice rather than never.
        tracing::error!(notice = %name, error = %error, "what became of a notice could not be recorded");
    }
}

async fn attempt(outbox: &Outbox, notice: Notice) -> Outcome {
    let attachments = match attachments(outbox, &notice).await {
        Ok(attachments) => attachments,
        Err(outcome) => return outcome,
    };
    let outgoing = outgoing(outbox, notice, attachments);
    handed_over(outbox.transport.send(&outgoing).await)
}

/// What a try to hand a mail over came to.
pub(super) fn handed_over(sent: Result<(), SendError>) -> Outcome {
    match sent {
        Ok(()) => Outcome::Sent,
        Err(SendError::Transient(cause)) => Outcome::Transient(cause.to_string()),
        Err(SendError::Permanent(cause)) => Outcome::Permanent(cause.to_string()),
        Err(SendError::Unbuildable(fault)) => Outcome::Permanent(fault.to_string()),
    }
}

/// Reads the files that a notice carries. What a failure says to an organiser names no file, since a file may be called after a person.
async fn attachments(outbox: &Outbox, notice: &Notice) -> Result<Vec<Attachment>, Outcome> {
    let mut attachments = Vec::new();
    for name in &notice.mail.attachments {
        let (File { label, .. }, bytes) = match outbox.app.store.read_file(name).await {
            Ok(Some(found)) => found,
            Ok(None) => return Err(Outcome::Transient("an attached file does not exist".to_owned())),
            Err(error) => return Err(Outcome::Transient(error.to_string())),
        };
        let Label { file_name, media_type, size: _ } = label;
        attachments.push(Attachment { file_name, media_type, bytes: bytes.to_vec() });
    }
    Ok(attachments)
}

fn outgoing(outbox: &Outbox, notice: Notice, attachments: Vec<Attachment>) -> Outgoing {
    let mail = notice.mail;
    Outgoing {
        message_id: format!("{}@{}", notice.id, outbox.sender.address.domain()),
        from: outbox.sender.mailbox(),
        reply_to: mail.reply_to.map(|email| Mailbox { name: None, address: email.as_str().to_owned() }),
        to: Mailbox { name: Some(mail.display_name), address: mail.email.as_str().to_owned() },
        date: notice.create_time,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        language: mail.language,
        attachments,
        calendar: None,
    }
}
