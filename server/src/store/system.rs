//! The installation as its database shows it: what a look at its health needs.

use std::time::Duration;

use attache_domain::{
    authority::Administrator,
    change::Trail,
    notice,
    resource::PersonName,
    system::{Jobs, Log, Outbox, Vault},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use tokio::time::Instant;

use super::{
    Store, StoreError,
    error::column,
    persons::key_place,
    rows::{change, job, member, notice as outbox, person_key, trail},
};

/// How long the chains of the change log are followed; what a big installation has beyond that is left.
const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Reads one row; tells how long that took.
    pub async fn latency(&self, _: &Administrator) -> Result<TimeDelta, StoreError> {
        let began = Instant::now();
        member::Entity::find().limit(1).all(&self.read).await?;
        Ok(TimeDelta::from_std(began.elapsed()).unwrap_or(TimeDelta::MAX))
    }

    /// Follows the chains of the change log, trail by trail, and finds what still waits for its number.
    pub async fn log_health(&self, _: &Administrator) -> Result<Log, StoreError> {
        let began = Instant::now();
        let names = trail::Entity::find().order_by_asc(trail::Column::Owner).all(&self.read).await?;
        let (mut followed, mut broken) = (0, Vec::new());
        for name in &names {
            if began.elapsed() > PATIENCE {
                break;
            }
            let trail: Trail = column("trails", "owner", &name.owner)?;
            followed += 1;
            if let Some(fault) = self.verify_trail(&trail).await? {
                broken.push((name.owner.clone(), fault.position));
            }
        }
        let waiting = change::Entity::find().filter(change::Column::Position.is_null());
        let oldest = waiting.order_by_asc(change::Column::CreateTime).one(&self.read).await?;
        let unnumbered_since = oldest.map(|entry| entry.create_time);
        Ok(Log { trails: names.len(), followed, broken, unnumbered_since })
    }

    /// Opens a person's key, if there is one.
    pub async fn vault_health(&self, _: &Administrator) -> Result<Vault, StoreError> {
        let Some(row) = person_key::Entity::find().one(&self.read).await? else { return Ok(Vault::Empty) };
        let person = PersonName {
            organization: column("person_keys", "organization", &row.organization)?,
            person: column("person_keys", "person", &row.person)?,
        };
        let opens = self.master.unwrap(&key_place(&person), &row.wrapped_key).is_ok();
        Ok(if opens { Vault::Opens } else { Vault::Closed })
    }

    /// Counts what waits to be sent, and what was given up.
    pub async fn outbox_health(&self, _: &Administrator) -> Result<Outbox, StoreError> {
        let of = |state: notice::State| outbox::Entity::find().filter(outbox::Column::State.eq(state.to_string()));
        let first = of(notice::State::Queued).order_by_asc(outbox::Column::NextAttemptTime).one(&self.read).await?;
        Ok(Outbox {
            queued: of(notice::State::Queued).count(&self.read).await?,
            due_since: first.map(|notice| notice.next_attempt_time),
            failed: of(notice::State::Failed).count(&self.read).await?,
        })
    }

    /// Counts the jobs that go on, and tells since when they wait, if nobody works on any.
    pub async fn jobs_health(&self, _: &Administrator, now: DateTime<Utc>) -> Result<Jobs, StoreError> {
        let running = job::Entity::find().filter(job::Column::EndTime.is_null());
        let running = running.order_by_asc(job::Column::CreateTime).all(&self.read).await?;
        let is_worked_on = running.iter().any(|job| job.lease_time.is_some_and(|lease| lease > now));
        let oldest = running.first().map(|job| job.create_time);
        Ok(Jobs { running: running.len(), idle_since: oldest.filter(|_| !is_worked_on) })
    }

    /// Tells when the change that was written last says it was made.
    pub async fn last_change_time(&self, _: &Administrator) -> Result<Option<DateTime<Utc>>, StoreError> {
        let last = change::Entity::find().order_by_desc(change::Column::CreateTime).one(&self.read).await?;
        Ok(last.map(|entry| entry.create_time))
    }
}
