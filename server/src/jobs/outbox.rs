//! The worker that sends: it claims what is due, hands it to the transport and takes note of what became of it.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use attache_domain::{
    email::EmailAddress,
    file::{File, Label},
    notice::{Notice, Outcome},
    resource::{EventId, NoticeId, NoticeName},
};
use chrono::{DateTime, Utc};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::sending::{self, Queue};
use crate::{
    app::{self, App, AppError, chain},
    mail::{
        message::{Attachment, Mailbox, Outgoing},
        transport::{SendError, Transport},
    },
    store::StoreError,
};

/// How many mails are taken note of at once.
const NOTED: usize = 128;

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

/// The notices that wait.
struct Notices {
    outbox: Arc<Outbox>,
    outcomes: mpsc::Sender<Tried>,
    under_way: UnderWay,
}

/// The notices that this server has in hand, and since when. When its clock jumps, their leases end before it is done with them: it claims them
/// anew, and does not begin them again.
#[derive(Clone, Default)]
struct UnderWay(Arc<Mutex<HashMap<NoticeName, DateTime<Utc>>>>);

/// A notice in hand, until this is dropped.
struct InHand {
    name: NoticeName,
    among: UnderWay,
}

/// What became of a try.
type Tried = (InHand, Outcome);

impl UnderWay {
    /// Takes a notice in hand that was claimed, unless it is.
    fn take(&self, name: NoticeName, claimed: DateTime<Utc>) -> Option<InHand> {
        match self.all().entry(name.clone()) {
            Entry::Occupied(mut since) => {
                since.insert(claimed);
                None
            }
            Entry::Vacant(place) => {
                place.insert(claimed);
                Some(InHand { name, among: self.clone() })
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<NoticeName, DateTime<Utc>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InHand {
    /// When it was last claimed.
    fn since(&self) -> Option<DateTime<Utc>> {
        self.among.all().get(&self.name).copied()
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.among.all().remove(&self.name);
    }
}

/// Sends what is due until the stop signal comes; what was begun then is finished.
pub async fn run(outbox: Arc<Outbox>, stop: watch::Receiver<bool>) {
    let (outcomes, tried) = mpsc::channel(NOTED);
    let notices = Notices { outbox: Arc::clone(&outbox), outcomes, under_way: UnderWay::default() };
    tokio::join!(sending::run(notices, stop), note(&outbox.app, tried));
}

impl Queue for Notices {
    type Due = (InHand, Notice);

    fn app(&self) -> &App {
        &self.outbox.app
    }

    async fn claim(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Self::Due>, AppError> {
        let claimed = self.app().store.claim_notices(now, limit).await?;
        let taken = |notice: Notice| Some((self.under_way.take(notice.name(), now)?, notice));
        Ok(claimed.into_iter().filter_map(taken).collect())
    }

    fn held_since(&self, (in_hand, _): &Self::Due, claimed: DateTime<Utc>) -> DateTime<Utc> {
        in_hand.since().unwrap_or(claimed)
    }

    async fn send(&self, (in_hand, notice): Self::Due) {
        let outcome = attempt(&self.outbox, notice).await;
        // Whoever takes note lives longer than whoever sends.
        let _ = self.outcomes.send((in_hand, outcome)).await;
    }
}

/// Takes note of what became of mails, of many at once: of each that was tried while it took note of those before.
async fn note(app: &Arc<App>, mut tried: mpsc::Receiver<Tried>) {
    let mut together = Vec::new();
    while tried.recv_many(&mut together, NOTED).await > 0 {
        let mut events: HashMap<EventId, Vec<(NoticeId, Outcome)>> = HashMap::new();
        for (InHand { name, .. }, outcome) in &together {
            events.entry(name.event.clone()).or_default().push((name.notice, outcome.clone()));
        }
        let mut noting = JoinSet::new();
        for (event, outcomes) in events {
            let app = Arc::clone(app);
            noting.spawn(async move { note_of(&app, &event, &outcomes).await });
        }
        while noting.join_next().await.is_some() {}
        together.clear();
    }
}

async fn note_of(app: &App, event: &EventId, outcomes: &[(NoticeId, Outcome)]) {
    let mut noted = app::notices::record(app, event, outcomes).await;
    if let Err(AppError::Store(StoreError::Unsure)) = noted {
        // What was recorded once is not recorded otherwise by being recorded twice.
        noted = app::notices::record(app, event, outcomes).await;
    }
    if let Err(error) = noted {
        // The leases end by themselves, and the notices are sent again: twice rather than never.
        let error = chain(&error);
        tracing::error!(%event, notices = outcomes.len(), error.chain = error, "what became of mails could not be noted");
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Else its new lease would run out before anybody sends it.
    #[test]
    fn notice_in_hand_that_is_claimed_anew_when_the_clock_jumped_is_held_since_then() {
        let name = || -> NoticeName { "events/forum/notices/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap() };
        let days = ["2023-09-05T00:00:00Z", "2023-09-06T00:00:00Z"].map(|time| time.parse::<DateTime<Utc>>().unwrap());
        let under_way = UnderWay::default();

        let in_hand = under_way.take(name(), days[0]).unwrap();
        let anew = under_way.take(name(), days[1]);

        assert_eq!((anew.is_none(), in_hand.since()), (true, Some(days[1])));
        drop(in_hand);
        assert!(under_way.take(name(), days[1]).is_some());
    }
}
