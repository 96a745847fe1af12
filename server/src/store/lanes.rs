//! The way into the database for writes: those that come at the same time share a commit.
//!
//! A disk takes as long to make one write durable as a hundred. A write therefore does not commit its own transaction: it joins the one that is
//! open, behind a savepoint of its own, and is answered when that one is durable. Whoever is the last to come, or finds the transaction full,
//! has it committed; nobody waits for company, and who writes alone writes as fast as before. A refusal goes back to its savepoint and so undoes
//! nothing but itself. When a commit fails, all that were in it are run again.
//!
//! Turns are given round by round to those under whose names things are written, so that an event at which thousands register at once does not
//! keep others waiting.
//!
//! **Invariant:** no write is answered before the transaction that it was in has ended.

use std::{
    collections::{HashMap, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use attache_domain::{
    change::Trail,
    resource::{EventId, OrganizationId, Owner},
};
use sea_orm::DatabaseConnection;
use tokio::sync::{oneshot, watch};

use self::batch::{Batch, Ended};
use super::{
    Pace, StoreError, WriteTx, audit::TrailBells, changes::Traces, connection::Dialect, retry::pause, schedules::Shown,
};
use crate::{ids, vault::MasterKey};

mod batch;
#[cfg(test)]
mod tests;

pub(super) use batch::{Gathered, Left, Member};

/// How many transactions of one server write beside each other in PostgreSQL.
const LANES: usize = 8;

/// After how many transactions in vain a lane rests no longer than before: about as long as another server's transaction lasts.
const LONGEST_REST: u32 = 4;

/// What one turn counts among those before it, of which about a hundred share a commit.
const SHARE_OF_A_TURN: f64 = 1.0 / 128.0;

/// The least that is asked of who is sent away.
const SOONEST_RETURN: Duration = Duration::from_millis(100);
/// The most that is asked of who is sent away, at first.
const LATEST_RETURN: Duration = Duration::from_secs(30);

/// All lanes of a database: one where one transaction writes at a time, more where several do.
pub(super) struct Lanes {
    lanes: Vec<Arc<Lane>>,
    /// The organisation of each event that was written to.
    homes: Mutex<HashMap<EventId, OrganizationId>>,
}

/// A line of writes, of which one has its turn.
struct Lane {
    database: DatabaseConnection,
    dialect: Dialect,
    master: Arc<MasterKey>,
    pace: Pace,
    bells: Bells,
    line: Mutex<Line>,
    /// How many transactions in a row came to nothing.
    in_vain: AtomicU32,
}

/// What tells of commits.
#[derive(Clone)]
pub(super) struct Bells {
    /// Rings after each.
    pub(super) commits: watch::Sender<u64>,
    /// Grows with each that changed who may do what, before that is answered.
    pub(super) rights: Arc<AtomicU64>,
    /// Counts those that changed what a released schedule may show, before they are answered.
    pub(super) shown: Arc<Shown>,
    /// Ring for the trails in which something was numbered.
    pub(super) trails: Arc<TrailBells>,
}

/// Who stands in line, by the name under which they write.
#[derive(Default)]
struct Line {
    busy: bool,
    waiting: usize,
    turns: Turns,
    /// The names under which somebody waits, whoever is next first.
    order: VecDeque<Trail>,
    queues: HashMap<Trail, VecDeque<oneshot::Sender<Turn>>>,
}

/// How long turns last of late, commits among them.
#[derive(Default)]
struct Turns {
    passed: Option<Instant>,
    each: Duration,
}

/// The right to write, with the transaction that is open; dropped, it passes to the next in line.
pub(super) struct Turn {
    /// Nothing, when the turn was taken back from whoever is gone.
    lane: Option<Arc<Lane>>,
    batch: Option<Batch>,
}

impl Lanes {
    /// Opens the lanes of a database: as many as transactions of a server may write beside each other in it.
    pub(super) fn new(
        (database, dialect): (&DatabaseConnection, Dialect),
        master: &Arc<MasterKey>,
        pace: Pace,
        bells: &Bells,
    ) -> Self {
        let lanes = match dialect {
            Dialect::Sqlite => 1,
            Dialect::Postgres => LANES,
        };
        Self::beside_each_other(lanes, (database, dialect), master, pace, bells)
    }

    fn beside_each_other(
        lanes: usize,
        (database, dialect): (&DatabaseConnection, Dialect),
        master: &Arc<MasterKey>,
        pace: Pace,
        bells: &Bells,
    ) -> Self {
        let lane = || Lane {
            database: database.clone(),
            dialect,
            master: Arc::clone(master),
            pace,
            bells: bells.clone(),
            line: Mutex::default(),
            in_vain: AtomicU32::new(0),
        };
        Self { lanes: (0..lanes).map(|_| Arc::new(lane())).collect(), homes: Mutex::default() }
    }

    /// Takes note of whose an event is, whose people it registers: what is written to all events of an organisation goes through one lane, since
    /// transactions beside each other that look for the same people undo each other. Whoever waits in another lane goes over to that one.
    pub(super) fn learn(&self, event: &EventId, organization: &OrganizationId) {
        if self.homes().get(event) == Some(organization) {
            return;
        }
        let trail = Trail::Owner(Owner::Event(event.clone()));
        let before = self.lane_of(&self.home(&trail));
        self.homes().insert(event.clone(), organization.clone());
        let after = self.lane_of(&self.home(&trail));
        if !Arc::ptr_eq(before, after) {
            let moving = before.line().take(&trail);
            Arc::clone(after).take_over(&trail, moving);
        }
    }

    fn home(&self, trail: &Trail) -> Trail {
        let organization = match trail {
            Trail::Owner(Owner::Event(event)) => self.homes().get(event).cloned(),
            Trail::Owner(Owner::Organization(_)) | Trail::Installation => None,
        };
        organization.map_or_else(|| trail.clone(), |organization| Trail::Owner(Owner::Organization(organization)))
    }

    fn homes(&self) -> MutexGuard<'_, HashMap<EventId, OrganizationId>> {
        self.homes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn to write under a name; refused, when too many wait already.
    pub(super) async fn turn(&self, trail: &Trail) -> Result<Turn, StoreError> {
        match self.lane_of(&self.home(trail)).stand(trail)? {
            Place::First(turn) => Ok(turn),
            Place::Behind(others) => others.await.map_err(|_| StoreError::Leaked),
        }
    }

    fn lane_of(&self, home: &Trail) -> &Arc<Lane> {
        let mut hasher = DefaultHasher::new();
        home.hash(&mut hasher);
        let lane = hasher.finish() % self.lanes.len() as u64;
        &self.lanes[usize::try_from(lane).unwrap_or_default()]
    }
}

/// Where somebody stands who came to the line.
enum Place {
    First(Turn),
    Behind(oneshot::Receiver<Turn>),
}

impl Lane {
    fn stand(self: &Arc<Self>, trail: &Trail) -> Result<Place, StoreError> {
        let mut line = self.line();
        if !line.busy {
            line.busy = true;
            line.turns.begin(Instant::now());
            return Ok(Place::First(Turn { lane: Some(Arc::clone(self)), batch: None }));
        }
        if line.waiting >= self.pace.waiting {
            return Err(StoreError::Crowded(come_back_after(line.turns.time_of(line.waiting))));
        }
        Ok(Place::Behind(line.push(trail)))
    }

    /// Lets those stand in this line who stood in another.
    fn take_over(self: Arc<Self>, trail: &Trail, moving: VecDeque<oneshot::Sender<Turn>>) {
        let mut line = self.line();
        for next in moving {
            line.append(trail, next);
        }
        if !line.busy && line.waiting > 0 {
            line.busy = true;
            line.turns.begin(Instant::now());
            drop(line);
            self.pass_on(None);
        }
    }

    /// Gives the turn to the next in line, with the open transaction, unless that is to be committed first.
    fn pass_on(self: Arc<Self>, mut batch: Option<Batch>) {
        if !batch.as_ref().is_some_and(|batch| batch.is_full(self.pace.together)) {
            let mut line = self.line();
            line.turns.pass(Instant::now());
            while let Some(next) = line.pop() {
                match next.send(Turn { lane: Some(Arc::clone(&self)), batch: batch.take() }) {
                    Ok(()) => return,
                    // Who has gone meanwhile is passed over.
                    Err(refused) => batch = refused.take_back(),
                }
            }
            line.busy = batch.is_some();
        }
        let Some(batch) = batch else { return };
        tokio::spawn(async move {
            self.end(batch).await;
            // Servers that want the same rows would undo each other's work all the time: whoever came to nothing lets the other go on for a while.
            let in_vain = self.in_vain.load(Ordering::Relaxed);
            if in_vain > 0 {
                tokio::time::sleep(pause(in_vain.min(LONGEST_REST))).await;
            }
            self.pass_on(None);
        });
    }

    async fn end(&self, batch: Batch) {
        let Bells { commits, rights, shown, trails } = &self.bells;
        let durable = |traces: &Traces| {
            if traces.rights {
                rights.fetch_add(1, Ordering::AcqRel);
            }
            if traces.shown {
                shown.count();
            }
            trails.ring(traces.numbered.iter().cloned());
            commits.send_modify(|commits| *commits += 1);
        };
        let ended = batch.end(&self.master, self.pace.slowed_by, durable).await;
        let in_vain = if ended == Ended::Durable { 0 } else { self.in_vain.load(Ordering::Relaxed).saturating_add(1) };
        self.in_vain.store(in_vain, Ordering::Relaxed);
        match ended {
            Ended::Durable | Ended::Undone => {}
            Ended::Lost => self.dialect.renew(&self.database).await,
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn push(&mut self, trail: &Trail) -> oneshot::Receiver<Turn> {
        let (next, turn) = oneshot::channel();
        self.append(trail, next);
        turn
    }

    fn append(&mut self, trail: &Trail, next: oneshot::Sender<Turn>) {
        self.waiting += 1;
        if let Some(queue) = self.queues.get_mut(trail) {
            queue.push_back(next);
        } else {
            self.order.push_back(trail.clone());
            self.queues.insert(trail.clone(), VecDeque::from([next]));
        }
    }

    /// Takes all out who wait under a name.
    fn take(&mut self, trail: &Trail) -> VecDeque<oneshot::Sender<Turn>> {
        let taken = self.queues.remove(trail).unwrap_or_default();
        self.order.retain(|waiting| waiting != trail);
        self.waiting -= taken.len();
        taken
    }

    /// Takes the first of those whose round it is; the others under that name wait for the next round.
    fn pop(&mut self) -> Option<oneshot::Sender<Turn>> {
        let trail = self.order.pop_front()?;
        let queue = self.queues.get_mut(&trail)?;
        let next = queue.pop_front();
        if queue.is_empty() {
            self.queues.remove(&trail);
        } else {
            self.order.push_back(trail);
        }
        self.waiting -= 1;
        next
    }
}

impl Turns {
    /// Begins to count, after nobody had a turn.
    fn begin(&mut self, now: Instant) {
        self.passed = Some(now);
    }

    fn pass(&mut self, now: Instant) {
        if let Some(passed) = self.passed.replace(now) {
            let took = now.saturating_duration_since(passed);
            self.each = self.each.mul_f64(1.0 - SHARE_OF_A_TURN) + took.mul_f64(SHARE_OF_A_TURN);
        }
    }

    /// How long so many turns take.
    fn time_of(&self, turns: usize) -> Duration {
        self.each.saturating_mul(u32::try_from(turns).unwrap_or(u32::MAX))
    }
}

/// When to come back who came too many, if it takes so long until those before are through: not all at once.
fn come_back_after(through: Duration) -> Duration {
    let [share, ..] = ids::random_bytes();
    through.clamp(SOONEST_RETURN, LATEST_RETURN).mul_f64(1.0 + f64::from(share) / 256.0)
}

impl Turn {
    /// Joins the open transaction, or opens one.
    pub(super) async fn join(&mut self) -> Result<Member, StoreError> {
        let lane = self.lane.as_ref().ok_or(StoreError::Leaked)?;
        // Those who were in a broken one run again, and whoever has the turn opens the next.
        if let Some(broken) = self.batch.take_if(|batch| batch.is_broken()) {
            lane.end(broken).await;
        }
        let batch = match &mut self.batch {
            Some(batch) => batch,
            none => none.insert(Batch::open(lane.dialect.begin_write(&lane.database).await?, lane.dialect)),
        };
        batch.join().await
    }

    /// Leaves the transaction to the next: with what was written in it, or without.
    ///
    /// It comes to its end though the caller does not wait for it: nobody could tell otherwise what the transaction holds.
    pub(super) async fn leave(mut self, tx: WriteTx, left: Left) -> Result<(), StoreError> {
        let leaving = tokio::spawn(async move {
            let left = match &mut self.batch {
                Some(batch) => batch.leave(&tx, left).await,
                None => Ok(()),
            };
            // Whoever is next may end the transaction, which nobody else has in hand then.
            drop(tx);
            left
        });
        leaving.await.map_err(|_| StoreError::Leaked)?.map_err(StoreError::from)
    }

    fn take_back(mut self) -> Option<Batch> {
        self.lane = None;
        self.batch.take()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(lane) = self.lane.take() {
            lane.pass_on(self.batch.take());
        }
    }
}
