//! The store: the only room that knows the database.
//!
//! A write is a closure over a [`WriteTx`], a whole transaction that is replayed by its request id, logged by every row it saves, and committed
//! or undone as one. Reads go through [`Store`] and are scoped by the capability they take.
//!
//! **Invariant:** whatever is made, changed or removed (under an event, under an organisation, or in the installation: its members and their
//! tokens) leaves an entry in the change log of the same transaction; what strangers ask for leaves none until they prove their address.

use std::sync::Arc;

use attache_domain::event::Event;
use sea_orm::DatabaseConnection;
use tokio::sync::watch;

use self::{
    callers::Callers,
    connection::{Connections, Dialect},
    lanes::{Bells, Lanes, Left, Member},
};
use crate::vault::MasterKey;

mod access;
mod answers;
mod audit;
mod backup;
mod callers;
mod categories;
mod changes;
mod check_in_lists;
mod check_ins;
mod choices;
mod connection;
mod delegations;
mod download_links;
mod error;
mod events;
mod fields;
mod files;
mod forms;

mod identity_documents;
mod invitations;
mod itineraries;
mod jobs;
mod lanes;
mod letters;
mod links;
mod listing;
mod memo;
mod mine;
mod nominations;
mod notices;
mod offers;
mod organizations;
mod outage;
mod pace;
mod page;
mod persons;
mod pools;
mod prepared;
mod public;
mod queue;
mod readiness;
mod registrations;
mod requests;
mod resources;
mod retry;
mod rooms;
mod rows;
mod schedules;
mod schema;
mod sessions;
mod sign_in;
mod speakers;
mod stops;
mod system;
mod times;
mod tx;
mod visits;
mod witness;

pub use access::{Bearer, NewToken, Presented};
pub use audit::{ChangeWatch, Fault, LogEntry, News, Told};
pub use backup::{BackupError, Tally};
pub use categories::{Fullness, pool_of, shared_pool_of};
pub use check_ins::{Admission, Noted};
pub use choices::places_of;
pub use connection::Location;
pub use delegations::{Roster, seats_of, seats_of_category};
pub use download_links::Linked;
pub use error::StoreError;
pub use files::OpenFile;
pub use identity_documents::{Documents, Occasion, Opened};
pub use invitations::Invited;
pub use letters::Dossier;
pub use links::Exchanged;
pub use mine::{Mine, OwnStop};
pub use outage::Outage;
pub use pace::Pace;
pub use page::{List, Page, Since};
pub use pools::{PoolKey, Standing, Waiting};
pub use public::PublicEvent;
pub use queue::MAIL_LEASE;
pub use requests::{Deed, Request, RequestKey, Subject};
pub use retry::Conflict;
pub use schema::SchemaError;
pub use tx::WriteTx;

/// The database, the vault's key, and the bells: one rings after each commit, one when entries of a change log were numbered.
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
    dialect: Dialect,
    lanes: Lanes,
    callers: Callers,
    master: Arc<MasterKey>,
    bells: Bells,
    outage: watch::Sender<Option<Outage>>,
}

impl Store {
    /// Opens a database. The schema is not looked at; [`Store::migrate`] does that.
    pub async fn open(location: &Location, master: MasterKey) -> Result<Self, StoreError> {
        let Connections { write, read, dialect } = Connections::open(location).await?;
        let callers = Callers::new(dialect == Dialect::Postgres);
        let bells = Bells {
            commits: watch::Sender::new(0),
            rights: callers.generation(),
            shown: Arc::default(),
            trails: Arc::default(),
        };
        let master = Arc::new(master);
        let lanes = Lanes::new((&write, dialect), &master, Pace::default(), &bells);
        Ok(Self { write, read, dialect, lanes, callers, master, bells, outage: watch::Sender::default() })
    }

    /// Lets writes share commits in another way than usual.
    #[must_use]
    pub fn paced(self, pace: Pace) -> Self {
        let lanes = Lanes::new((&self.write, self.dialect), &self.master, pace, &self.bells);
        Self { lanes, ..self }
    }

    /// Which database it is: `sqlite` or `postgres`.
    pub fn database(&self) -> &'static str {
        self.dialect.word()
    }

    /// Runs a closure as a write of its own: all of it is kept, or nothing, whatever others do that share its transaction.
    ///
    /// When the deed's request was done before, its outcome is loaded instead, and what the closure did is undone.
    /// When it is only tried, the closure runs, every rule and the database having their say, and nothing is kept.
    /// The closure may run more than once, and so changes nothing but through its transaction.
    pub async fn write<T, E, F, Fut>(&self, deed: &Deed, work: F) -> Result<T, E>
    where
        T: Subject,
        E: From<StoreError> + Conflict,
        F: Fn(WriteTx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        // That a request came before is rare, and never missed: at the latest it cannot be remembered twice.
        let first = self.attempt(deed, Asked::ForTheFirstTime, &work).await;
        let may_be_known = |error: &E| deed.is_repeatable() && error.outage().is_none();
        let outcome = match first {
            Err(error) if error.is_conflict() || may_be_known(&error) => {
                retry::until_free_of_conflict(retry::pause, || self.attempt(deed, Asked::PerhapsBefore, &work)).await
            }
            ended => ended,
        };
        if let Some(outage) = outcome.as_ref().err().and_then(Conflict::outage) {
            self.note(outage);
        }
        outcome
    }

    async fn attempt<T, E, F, Fut>(&self, deed: &Deed, asked: Asked, work: &F) -> Result<T, E>
    where
        T: Subject,
        E: From<StoreError> + Conflict,
        F: Fn(WriteTx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let mut turn = self.lanes.turn(&deed.trail).await?;
        let Member { tx, gathered, end } = turn.join().await?;
        let tx = WriteTx::new(tx, gathered, Arc::clone(&self.master), deed);
        let outcome = run(deed, asked, work, tx.clone()).await;
        if let Some(event) = tx.memo().get::<Event>(&deed.trail.to_string()) {
            self.lanes.learn(&event.id, &event.plan.controller);
        }
        let left = match &outcome {
            Ok(_) if deed.request.validate_only => Left::Trial,
            Ok(_) => Left::Work,
            Err(error) if error.is_conflict() => Left::Conflict,
            Err(_) => Left::Nothing,
        };
        let settled = turn.leave(tx, left).await;
        // What it was answered may rest on what others wrote before it.
        let ended = end.wait(left != Left::Work || deed.is_repeatable()).await;
        settled?;
        if outcome.as_ref().err().and_then(Conflict::outage).is_none() {
            ended?;
        }
        outcome
    }

    /// Lets go of the database: its files are nobody's when this ends, and whoever still asks is refused.
    pub async fn close(&self) {
        // The driver closes a pool without an error.
        let _ = self.read.close_by_ref().await;
        let _ = self.write.close_by_ref().await;
    }

    /// Waits for commits: the receiver is woken after each one.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.bells.commits.subscribe()
    }
}

/// Whether a write may have been asked for and done before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// It is taken to be new.
    ForTheFirstTime,
    /// It is looked for what it made.
    PerhapsBefore,
}

async fn run<T, E, F, Fut>(deed: &Deed, asked: Asked, work: &F, tx: WriteTx) -> Result<T, E>
where
    T: Subject,
    E: From<StoreError>,
    F: Fn(WriteTx) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    if asked == Asked::PerhapsBefore
        && let Some(name) = tx.answered(deed).await?
    {
        return Ok(T::load(&tx, &name).await?);
    }
    let subject = work(tx.clone()).await?;
    tx.remember(deed, &subject.resource_name());
    Ok(subject)
}
