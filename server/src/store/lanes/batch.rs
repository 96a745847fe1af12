//! One transaction that several writes are in, one after the other.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr};
use tokio::sync::watch;

use super::super::{
    StoreError, WriteTx,
    changes::{Log, Traces},
    connection::{Dialect, is_conflict},
    memo::Memo,
    outage::is_lost,
};
use crate::vault::MasterKey;

/// How long a transaction is open to others at most, so that those in it do not wait for many slow ones.
const LONGEST: Duration = Duration::from_millis(50);

/// The transaction, and who has been in it.
pub(super) struct Batch {
    tx: Arc<DatabaseTransaction>,
    dialect: Dialect,
    gathered: Arc<Gathered>,
    /// How many entries the log has that are to be kept.
    kept: usize,
    opened: Instant,
    members: usize,
    standing: Standing,
    /// Whether somebody was in another transaction's way: nobody else joins, since what it sees is old.
    stale: bool,
    ending: watch::Sender<Ending>,
}

/// What the writes of a transaction gather.
#[derive(Default)]
pub(in crate::store) struct Gathered {
    /// Their entries in the change log.
    pub(in crate::store) log: Log,
    /// What they have read.
    pub(in crate::store) memo: Memo,
}

/// A place in a transaction.
pub(in crate::store) struct Member {
    /// The transaction.
    pub(in crate::store) tx: Arc<DatabaseTransaction>,
    /// What was gathered in it.
    pub(in crate::store) gathered: Arc<Gathered>,
    /// What becomes of it.
    pub(in crate::store) end: End,
}

/// What becomes of a transaction.
pub(in crate::store) struct End(watch::Receiver<Ending>);

/// What a member leaves in the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Left {
    /// All that it wrote.
    Work,
    /// Nothing, though the database is to have its say about all that it wrote.
    Trial,
    /// Nothing.
    Nothing,
    /// Nothing, since it was in another transaction's way.
    Conflict,
}

/// What stands behind the last savepoint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// There was no member yet, and so there is no savepoint.
    Empty,
    /// It is not known whether the savepoint was set.
    Unsure,
    /// What is to be undone.
    Undone,
    /// Nothing: it was set for the next member.
    Ready,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// What was in it is durable.
    Durable,
    /// It was undone.
    Undone,
    /// The database ended it by itself, or nobody knows how it ended: its connection may believe that it is still open.
    Lost,
}

#[derive(Clone)]
enum Ending {
    Open,
    Durable,
    /// It was undone, by an error of the database or because nobody could tell what it held.
    Undone(Option<DbErr>),
    /// The connection was lost before it was told how the commit ended.
    Unsure,
}

impl Batch {
    pub(super) fn open(tx: DatabaseTransaction, dialect: Dialect) -> Self {
        Self {
            tx: Arc::new(tx),
            dialect,
            gathered: Arc::default(),
            kept: 0,
            opened: Instant::now(),
            members: 0,
            standing: Standing::Empty,
            stale: false,
            ending: watch::Sender::new(Ending::Open),
        }
    }

    /// Whether it is to be committed before others write.
    pub(super) fn is_full(&self, together: usize) -> bool {
        self.stale || self.members >= together || self.opened.elapsed() >= LONGEST
    }

    /// Whether nobody can tell any more what it holds.
    pub(super) fn is_broken(&self) -> bool {
        self.standing == Standing::Unsure
    }

    /// Sets the savepoint of the next member.
    ///
    /// Whoever is gone in the midst of their write has left it to be undone here; whoever is gone in the midst of this has left what nobody can
    /// tell, and the whole is undone.
    pub(super) async fn join(&mut self) -> Result<Member, StoreError> {
        let statement = match self.standing {
            Standing::Empty => Some("SAVEPOINT write"),
            Standing::Undone => Some("ROLLBACK TO SAVEPOINT write"),
            Standing::Ready => None,
            Standing::Unsure => return Err(StoreError::Undone),
        };
        let before = std::mem::replace(&mut self.standing, Standing::Unsure);
        if let Some(statement) = statement
            && let Err(error) = self.tx.execute_unprepared(statement).await
        {
            // That a transaction broke is no fault of whoever finds it so.
            return Err(if before == Standing::Empty { error.into() } else { StoreError::Undone });
        }
        self.standing = Standing::Undone;
        if before == Standing::Undone {
            self.gathered.log.truncate(self.kept);
            self.gathered.memo.clear();
        }
        self.members += 1;
        let end = End(self.ending.subscribe());
        Ok(Member { tx: Arc::clone(&self.tx), gathered: Arc::clone(&self.gathered), end })
    }

    /// Ends the member's part: what it wrote is kept, or is to be undone.
    pub(super) async fn leave(&mut self, tx: &WriteTx, left: Left) -> Result<(), DbErr> {
        let settled = match left {
            Left::Work => {
                self.standing = Standing::Unsure;
                tx.settle("RELEASE SAVEPOINT write; SAVEPOINT write").await
            }
            Left::Trial => tx.settle("").await,
            Left::Nothing | Left::Conflict => Ok(()),
        };
        if left == Left::Work {
            // What was refused stands behind the savepoint, or there is none: whoever goes back to it finds that out.
            self.standing = if settled.is_ok() { Standing::Ready } else { Standing::Undone };
        }
        if self.standing == Standing::Ready {
            self.kept = self.gathered.log.len();
        }
        self.stale |= left == Left::Conflict || settled.as_ref().is_err_and(is_conflict);
        settled
    }

    /// Commits it, or undoes it when nobody can tell what it holds; `durable` is called when it was committed, or may have been, before
    /// anybody in it goes on.
    pub(super) async fn end(self, master: &MasterKey, slowed_by: Duration, durable: impl FnOnce(&Traces)) -> Ended {
        let Self { tx, dialect, gathered, kept, standing, ending, .. } = self;
        gathered.log.truncate(kept);
        let mut traces = gathered.log.traces();
        let Some(tx) = Arc::into_inner(tx) else {
            ending.send_replace(Ending::Undone(None));
            return Ended::Lost;
        };
        let written = match standing {
            Standing::Unsure => Err(None),
            Standing::Empty | Standing::Undone | Standing::Ready => {
                write((&tx, dialect), &gathered.log, master, standing, slowed_by).await.map_err(Some)
            }
        };
        let written = written.map(|numbered| traces.numbered = numbered);
        let (ended, told) = match written {
            Ok(()) => match tx.commit().await {
                Ok(()) => (Ended::Durable, Ending::Durable),
                Err(error) if is_lost(&error) => (Ended::Lost, Ending::Unsure),
                Err(error) => (Ended::Lost, Ending::Undone(Some(error))),
            },
            Err(error) => {
                (if tx.rollback().await.is_ok() { Ended::Undone } else { Ended::Lost }, Ending::Undone(error))
            }
        };
        if matches!(told, Ending::Durable | Ending::Unsure) {
            durable(&traces);
        }
        ending.send_replace(told);
        ended
    }
}

/// Writes what is left to write before the commit; tells how far trails are numbered by it.
async fn write(
    (tx, dialect): (&DatabaseTransaction, Dialect),
    log: &Log,
    master: &MasterKey,
    standing: Standing,
    slowed_by: Duration,
) -> Result<Vec<(String, i64)>, DbErr> {
    if standing == Standing::Undone {
        tx.execute_unprepared("ROLLBACK TO SAVEPOINT write").await?;
    }
    let numbered = log.write((tx, dialect), master).await?;
    if !slowed_by.is_zero() {
        tokio::time::sleep(slowed_by).await;
    }
    Ok(numbered)
}

impl End {
    /// Waits until the transaction is durable; fails when it was undone, or when nobody can tell.
    ///
    /// To a repeatable write the one is as good as the other: it is run again, and finds what it made if it made it.
    pub(in crate::store) async fn wait(mut self, repeatable: bool) -> Result<(), StoreError> {
        let ended = self.0.wait_for(|ending| !matches!(ending, Ending::Open)).await;
        match ended.map(|ending| ending.clone()) {
            Ok(Ending::Durable) => Ok(()),
            Ok(Ending::Undone(Some(error))) => Err(error.into()),
            Ok(Ending::Unsure) if !repeatable => Err(StoreError::Unsure),
            Ok(Ending::Undone(None) | Ending::Unsure | Ending::Open) | Err(_) => Err(StoreError::Undone),
        }
    }
}
