//! The chain that runs through a trail: each entry's digest covers the one before and the entry as it is stored, sealed states as ciphertext.
//!
//! The digests are keyed from outside the database: who can write to it, but has no master key, can mend no link. Erasing a person's key
//! leaves the chain whole. That the end was cut off, its row in `trails` included, shows only against a copy.

use attache_domain::change::Trail;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::{
    super::{
        Store, StoreError,
        rows::{
            change::{Column, Model},
            trail,
        },
    },
    numbered,
};
use crate::vault::MasterKey;

/// How many entries are read at once.
const BATCH: u64 = 500;

/// Where a trail is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The first position whose entry was changed, put there or taken away.
    pub position: i64,
}

impl Store {
    /// Goes over the chain of a trail from its first entry to its end, as they are at one moment; tells where it breaks first.
    pub async fn verify_trail(&self, trail: &Trail) -> Result<Option<Fault>, StoreError> {
        let moment = self.dialect.begin_read(&self.read).await?;
        let owner = trail.to_string();
        let mut end = trail::Model { owner: owner.clone(), position: 0, digest: Vec::new() };
        let found = loop {
            let rows = numbered(trail).filter(Column::Position.gt(end.position));
            let rows = rows.order_by_asc(Column::Position).limit(BATCH).all(&moment).await?;
            let last = (rows.len() as u64) < BATCH;
            if let Some(fault) = follow(&self.master, &mut end, &rows) {
                break Some(fault);
            }
            if last {
                let told = trail::Entity::find_by_id(owner.as_str()).one(&moment).await?;
                let whole = told.map_or(end.position == 0, |told| told == end);
                break (!whole).then_some(Fault { position: end.position + 1 });
            }
        };
        moment.rollback().await?;
        Ok(found)
    }
}

/// Follows the chain over more entries; `end` moves to the last link that holds.
fn follow(master: &MasterKey, end: &mut trail::Model, rows: &[Model]) -> Option<Fault> {
    for row in rows {
        end.position += 1;
        let digest = linked(master, end, row);
        if row.position != Some(end.position) || row.digest.as_ref() != Some(&digest) {
            return Some(Fault { position: end.position });
        }
        end.digest = digest;
    }
    None
}

/// The digest of an entry: of the one before, which `head` has, of the position that `head` has by now, and of the entry.
pub(super) fn linked(master: &MasterKey, head: &trail::Model, row: &Model) -> Vec<u8> {
    let Model {
        owner,
        id,
        actor,
        resource,
        verb,
        person,
        before,
        after,
        create_time,
        write_number,
        ordinal,
        position: _,
        digest: _,
    } = row;
    let numbers = [head.position, create_time.timestamp_micros(), *write_number, *ordinal].map(i64::to_le_bytes);
    let mut whole = numbers.concat();
    let texts = [Some(owner), Some(id), actor.as_ref(), Some(resource), Some(verb), person.as_ref()];
    let texts = texts.map(|text| text.map(String::as_bytes));
    for part in [Some(head.digest.as_slice())].into_iter().chain(texts).chain([before.as_deref(), after.as_deref()]) {
        // With its length before it, no part can be taken for the end of another.
        whole.extend(part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        whole.extend(part.unwrap_or_default());
    }
    master.digest("change log", &whole).as_bytes().to_vec()
}
