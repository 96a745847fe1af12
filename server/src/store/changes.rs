//! The change log: what was done, by whom, to what; written in the transaction that did it, at its end.
//!
//! Nobody reads an entry before it has its position. The entries of all writes that share a transaction are therefore gathered, and written in
//! few statements.

use std::sync::{Mutex, MutexGuard, PoisonError};

use attache_domain::{
    change::Trail,
    resource::{ChangeId, Owner, PersonName},
};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait as _, IntoActiveModel as _};
use serde::Serialize;

use super::{StoreError, WriteTx, audit::number_at_once, connection::Dialect, rows::change};
use crate::{ids, vault::MasterKey};

/// What a row said before and says after a change, as the log keeps it.
pub(super) struct Entry<'a, R, T = Owner> {
    /// Under whose name the change is kept; nearly everything has an owner, and members and tokens have the installation.
    pub owner: T,
    /// What was changed, a resource name.
    pub resource: String,
    /// What was done, a verb in the past.
    pub verb: &'static str,
    /// The person whom the rows speak of: they are sealed under that person's key.
    pub person: Option<PersonName>,
    /// The row before; `None` when it was created.
    pub before: Option<&'a R>,
    /// The row after; `None` when it was deleted.
    pub after: Option<&'a R>,
}

/// How many entries one statement writes: the most that there are so many of. Few texts, so that each stays prepared.
const TOGETHER: [usize; 4] = [64, 16, 4, 1];

/// The entries of one transaction, in the order they were made.
#[derive(Default)]
pub(super) struct Log(Mutex<Vec<change::Model>>);

impl Log {
    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.entries().len()
    }

    /// Forgets the entries after so many.
    pub(super) fn truncate(&self, len: usize) {
        self.entries().truncate(len);
    }

    /// What the entries tell.
    pub(super) fn traces(&self) -> Traces {
        let entries = self.entries();
        let changes_rights =
            |entry: &change::Model| entry.owner == Trail::Installation.to_string() || entry.resource == entry.owner;
        let shows = |entry: &change::Model| match entry.resource.rsplit('/').nth(1) {
            Some("releases") => true,
            Some("persons") => entry.before.is_some(),
            Some(_) | None => false,
        };
        let (rights, shown) = (entries.iter().any(changes_rights), entries.iter().any(shows));
        Traces { rights, shown, numbered: Vec::new() }
    }

    /// Writes the entries, under the number of their transaction; tells how far trails are numbered by it.
    pub(super) async fn write(
        &self,
        (tx, dialect): (&DatabaseTransaction, Dialect),
        master: &MasterKey,
    ) -> Result<Vec<(String, i64)>, DbErr> {
        let mut entries = std::mem::take(&mut *self.entries());
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let write_number = dialect.draw_write_number(tx).await?;
        for (ordinal, entry) in (0..).zip(&mut entries) {
            (entry.write_number, entry.ordinal) = (write_number, ordinal);
        }
        let numbered = match dialect {
            Dialect::Sqlite => number_at_once(tx, master, &mut entries).await?,
            Dialect::Postgres => Vec::new(),
        };
        let mut rest = entries.into_iter().map(change::Model::into_active_model);
        for together in TOGETHER {
            while rest.len() >= together {
                change::Entity::insert_many(rest.by_ref().take(together)).exec_without_returning(tx).await?;
            }
        }
        Ok(numbered)
    }

    fn entries(&self) -> MutexGuard<'_, Vec<change::Model>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the entries of a transaction tell.
pub(super) struct Traces {
    /// Whether they changed who may do what: members and their tokens, or an event or organisation itself.
    pub(super) rights: bool,
    /// Whether they changed what a released schedule may show: a release, or somebody who was there before.
    pub(super) shown: bool,
    /// How far trails are numbered by it, where entries are numbered as they are written.
    pub(super) numbered: Vec<(String, i64)>,
}

/// Where the states of a resource are sealed for.
pub(super) fn place(resource: &str) -> String {
    format!("changes/{resource}")
}

impl WriteTx {
    pub(super) async fn record<R, T>(&self, entry: Entry<'_, R, T>) -> Result<(), StoreError>
    where
        R: Serialize + Sync,
        T: Into<Trail>,
    {
        let Entry { owner, resource, verb, person, before, after } = entry;
        let trail: Trail = owner.into();
        let row = change::Model {
            owner: trail.to_string(),
            id: ChangeId(ids::ordered()).to_string(),
            actor: self.actor().name(),
            resource: resource.clone(),
            verb: verb.to_owned(),
            before: self.written(person.as_ref(), &resource, before).await?,
            after: self.written(person.as_ref(), &resource, after).await?,
            person: person.map(|person| person.to_string()),
            create_time: self.now(),
            // Drawn when the transaction ends.
            write_number: 0,
            ordinal: 0,
            // Given when the transaction ends, or afterwards.
            position: None,
            digest: None,
        };
        self.memo().forget(&row.resource);
        self.log().entries().push(row);
        Ok(())
    }

    async fn written<R: Serialize + Sync>(
        &self,
        person: Option<&PersonName>,
        resource: &str,
        row: Option<&R>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(row) = row else { return Ok(None) };
        let json = serde_json::to_vec(row).map_err(|_| StoreError::Corrupt { table: "changes", column: "after" })?;
        match person {
            None => Ok(Some(json)),
            Some(person) => Ok(Some(self.person_key(person).await?.seal(&place(resource), &json)?)),
        }
    }
}
