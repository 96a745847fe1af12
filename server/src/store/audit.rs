//! The change log as it is read: a page of entries, and in them what the reader may open.

use std::collections::BTreeMap;

use attache_domain::{
    authority::Auditor,
    change::{Change, ChangeName, Trail},
    resource::{MemberName, PersonName},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, Order, QueryFilter as _};

use super::{
    List, Page, Store, StoreError,
    changes::place,
    error::column,
    filter::{Field, condition, verbatim},
    listing::{Listing, Parent},
    page::Sort,
    rows::change::{Column, Entity, Model},
};
use crate::vault::DataKey;

const TABLE: &str = "changes";

/// The keys of the people whom a page speaks of; an erased person has none.
type Keys = BTreeMap<PersonName, DataKey>;

impl Store {
    /// Lists what was done under the name that an auditor may read, in the order it was done. Filters by `resource`, `verb`
    /// and `actor`.
    ///
    /// What an entry says of a person is opened for whoever may keep that person, and left out for others.
    pub async fn changes(&self, auditor: &Auditor, list: &List) -> Result<Page<Change>, StoreError> {
        let fields = [
            Field { name: "resource", column: Column::Resource, value: verbatim },
            Field { name: "verb", column: Column::Verb, value: verbatim },
            Field { name: "actor", column: Column::Actor, value: verbatim },
        ];
        let trail = auditor.trail();
        let select =
            Entity::find().filter(Column::Owner.eq(trail.to_string())).filter(condition(&list.filter, &fields)?);
        let listing = match trail {
            Trail::Installation => Listing::house(TABLE),
            Trail::Owner(owner) => Listing::below(TABLE, Parent::Owner(owner.clone())),
        };
        let sort = Sort::Time { time: Column::CreateTime, id: Column::Id, order: Order::Asc };
        let page = self.page(select, sort, listing, list).await?;
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

fn change(row: Model, keys: &Keys) -> Result<Change, StoreError> {
    let Model { owner, id, actor, resource, verb, person, before, after, create_time } = row;
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
    let actor = actor.map(|name| column::<MemberName>(TABLE, "actor", &name)).transpose()?;
    Ok(Change {
        name: ChangeName { trail: column(TABLE, "owner", &owner)?, change: column(TABLE, "id", &id)? },
        actor: actor.map(|name| name.member),
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
