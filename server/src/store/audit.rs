//! The change log as it is read: a page of entries, and in them what the reader may open. `watching` reads on where a watch is.
//!
//! An entry is read once it has its position in its trail, which `numbering` gives it.

use std::collections::BTreeMap;

use attache_domain::{
    authority::Auditor,
    change::{Change, ChangeName, Trail},
    resource::PersonName,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Select};

use super::{
    List, Page, Store, StoreError,
    changes::place,
    error::column,
    fields::{Fields, Search, instant, number, verbatim},
    listing::{Listing, Parent},
    requests,
    rows::change::{Column, Entity, Model},
};
use crate::vault::DataKey;

mod bells;
mod chain;
mod numbering;
mod watching;

pub use bells::News;
pub(super) use bells::TrailBells;
pub use chain::Fault;
pub(super) use numbering::number_at_once;
pub use watching::{ChangeWatch, LogEntry, Told};

const TABLE: &str = "changes";

/// The keys of the people whom a page speaks of; an erased person has none.
type Keys = BTreeMap<PersonName, DataKey>;

impl Store {
    /// Lists what was done under the name that an auditor may read, in the order it was done. Filters by `resource`, `verb`
    /// and `actor`.
    ///
    /// What an entry says of a person is opened for whoever may keep that person, and left out for others.
    pub async fn changes(&self, auditor: &Auditor, list: &List) -> Result<Page<Change>, StoreError> {
        let fields = Fields {
            known: [
                verbatim("resource", Column::Resource),
                verbatim("verb", Column::Verb),
                verbatim("actor", Column::Actor),
                instant("create_time", Column::CreateTime),
                number("position", Column::Position),
            ],
            usual: "position",
            search: Search::Nothing,
            id: Column::Position,
        };
        // Whoever has just written something finds it: what waits for its number gets it first.
        self.number(auditor.trail()).await?;
        let select = numbered(auditor.trail());
        let page = self.page(select, &fields, listing(auditor, TABLE), list).await?;
        let keys = self.keys_for(auditor, &page.items).await?;
        page.try_map(|row| change(row, &keys))
    }

    async fn keys_for(&self, auditor: &Auditor, rows: &[Model]) -> Result<Keys, StoreError> {
        let people = rows.iter().filter_map(|row| row.person.as_deref());
        let people: Vec<PersonName> = people.map(|name| column(TABLE, "person", name)).collect::<Result<_, _>>()?;
        let may_open = people.into_iter().filter(|person| auditor.keeps(&person.organization));
        self.person_keys(may_open.collect()).await
    }
}

/// The entries of a trail that have their position.
fn numbered(trail: &Trail) -> Select<Entity> {
    Entity::find().filter(Column::Owner.eq(trail.to_string())).filter(Column::Position.is_not_null())
}

/// What is read, and by whom: a token of one reader is none of another's.
fn listing(auditor: &Auditor, list: &'static str) -> Listing {
    let listing = match auditor.trail() {
        Trail::Installation => Listing::house(list),
        Trail::Owner(owner) => Listing::below(list, Parent::Owner(owner.clone())),
    };
    listing.narrowed(auditor.reader().to_string())
}

fn change(row: Model, keys: &Keys) -> Result<Change, StoreError> {
    let Model { owner, id, actor, resource, verb, person, before, after, create_time, .. } = row;
    let person = person.map(|person| column::<PersonName>(TABLE, "person", &person)).transpose()?;
    let read = |state: Option<Vec<u8>>| match (state, &person) {
        (None, _) => Ok(None),
        (Some(clear), None) => text(clear).map(Some),
        (Some(sealed), Some(person)) => {
            let Some(key) = keys.get(person) else { return Ok(None) };
            text(key.open(&place(&resource), &sealed)?.to_vec()).map(Some)
        }
    };
    let (before, after) = (read(before)?, read(after)?);
    Ok(Change {
        name: ChangeName { trail: column(TABLE, "owner", &owner)?, change: column(TABLE, "id", &id)? },
        actor: requests::actor(TABLE, "actor", actor.as_deref())?,
        resource,
        verb,
        before,
        after,
        create_time,
    })
}

fn text(json: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(json).map_err(|_| StoreError::Corrupt { table: TABLE, column: "after" })
}
