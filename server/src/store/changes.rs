//! The change log: what was done, by whom, to what; written in the transaction that did it.

use attache_domain::{
    change::Trail,
    resource::{ChangeId, Owner, PersonName},
};
use sea_orm::{ActiveModelTrait as _, IntoActiveModel as _};
use serde::Serialize;

use super::{StoreError, WriteTx, rows, tx::Turn};
use crate::ids;

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
        let Turn { write_number, ordinal } = self.turn().await?;
        let row = rows::change::Model {
            owner: trail.to_string(),
            id: ChangeId(ids::random()).to_string(),
            actor: self.actor().name(),
            resource: resource.clone(),
            verb: verb.to_owned(),
            before: self.written(person.as_ref(), &resource, before).await?,
            after: self.written(person.as_ref(), &resource, after).await?,
            person: person.map(|person| person.to_string()),
            create_time: self.now(),
            write_number,
            ordinal,
            // Numbered afterwards, one trail at a time, so that no write waits for another of its trail.
            position: None,
            digest: None,
        };
        row.into_active_model().insert(self.db()).await?;
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
