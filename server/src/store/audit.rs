//! The change log as it is read: a page of entries, or those that a watch has not told yet, and in them what the reader may open.
//!
//! An entry is read once it has its position in its trail, which `numbering` gives it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use attache_domain::{
    authority::Auditor,
    change::{Change, ChangeName, Kind, Trail},
    resource::PersonName,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};

use super::{
    List, Page, Since, Store, StoreError,
    changes::place,
    error::column,
    fields::{Fields, Search, instant, number, verbatim},
    listing::{Listing, Parent},
    requests,
    rows::change::{Column, Entity, Model},
};
use crate::vault::DataKey;

mod chain;
mod numbering;

pub use chain::Fault;
pub(super) use numbering::Heads;
pub use numbering::News;

/// How many hexadecimal digits of a digest mark a place.
const MARK_DIGITS: usize = 16;
/// How many entries a watch reads at once.
const BATCH: u64 = 100;

const TABLE: &str = "changes";

/// The keys of the people whom a page speaks of; an erased person has none.
type Keys = BTreeMap<PersonName, DataKey>;

/// A watch of the changes under one name: whose it is, of what kinds, and how far it came.
pub struct ChangeWatch {
    auditor: Auditor,
    kinds: BTreeSet<Kind>,
    scope: String,
    reached: Reached,
}

/// What a watch tells.
#[derive(Debug)]
pub struct Told {
    /// What was done.
    pub change: Change,
    /// With which a watch goes on after it.
    pub cursor: String,
}

/// A place in a trail: before its first entry, or after one, which its digest marks, so that a cursor does not fit a trail that was set back
/// and grew again.
#[derive(Default)]
struct Reached {
    position: i64,
    mark: String,
}

impl ChangeWatch {
    /// What is watched.
    pub fn trail(&self) -> &Trail {
        self.auditor.trail()
    }
}

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

    /// Begins to watch what is done under the name that an auditor may read; without kinds, everything is told.
    pub async fn watch_changes(
        &self,
        auditor: Auditor,
        kinds: BTreeSet<Kind>,
        since: &Since,
    ) -> Result<ChangeWatch, StoreError> {
        let kinds_told: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        let listing = listing(&auditor, "watch of changes");
        self.require_parent(&listing).await?;
        let scope = listing.text(&kinds_told.join(" "));
        self.number(auditor.trail()).await?;
        let reached = match since {
            Since::Now => self.last_link(auditor.trail()).await?,
            Since::Start => Reached::default(),
            Since::Cursor(cursor) => self.cursor_reached(auditor.trail(), &scope, cursor).await?,
        };
        Ok(ChangeWatch { auditor, kinds, scope, reached })
    }

    /// Reads on: what was done since and is of the kinds that are watched, in order. Nothing, when all was told.
    pub async fn next_changes(&self, watch: &mut ChangeWatch) -> Result<Vec<Told>, StoreError> {
        loop {
            let rows = numbered(watch.auditor.trail()).filter(Column::Position.gt(watch.reached.position));
            let mut rows = rows.order_by_asc(Column::Position).limit(BATCH).all(&self.read).await?;
            let Some(last) = rows.last() else { return Ok(Vec::new()) };
            let reached = Reached::try_from(last)?;
            rows.retain(|row| watch.kinds.is_empty() || watch.kinds.iter().any(|kind| kind.covers(&row.resource)));
            let keys = self.keys_for(&watch.auditor, &rows).await?;
            let told = rows.into_iter().map(|row| {
                let cursor = self.write_token(&watch.scope, &Reached::try_from(&row)?.to_string());
                Ok::<_, StoreError>(Told { change: change(row, &keys)?, cursor })
            });
            let told: Vec<Told> = told.collect::<Result<_, _>>()?;
            watch.reached = reached;
            if !told.is_empty() {
                return Ok(told);
            }
        }
    }

    /// The cursor with which a watch goes on from where this one is.
    pub fn cursor(&self, watch: &ChangeWatch) -> String {
        self.write_token(&watch.scope, &watch.reached.to_string())
    }

    /// Finds where a cursor points, in a trail that still is the one it was told of: the link of the chain has to be the same.
    async fn cursor_reached(&self, trail: &Trail, scope: &str, cursor: &str) -> Result<Reached, StoreError> {
        let key = self.read_token(scope, cursor)?.ok_or(StoreError::PageToken)?;
        let (position, _) = key.split_once('.').ok_or(StoreError::PageToken)?;
        let position: i64 = position.parse().map_err(|_| StoreError::PageToken)?;
        if position == 0 {
            return Ok(Reached::default());
        }
        let row = numbered(trail).filter(Column::Position.eq(position)).one(&self.read).await?;
        let reached = Reached::try_from(&row.ok_or(StoreError::PageToken)?)?;
        if reached.to_string() == key { Ok(reached) } else { Err(StoreError::PageToken) }
    }

    async fn last_link(&self, trail: &Trail) -> Result<Reached, StoreError> {
        let last = numbered(trail).order_by_desc(Column::Position).one(&self.read).await?;
        last.as_ref().map(Reached::try_from).transpose().map(Option::unwrap_or_default)
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

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.position, self.mark)
    }
}

impl TryFrom<&Model> for Reached {
    type Error = StoreError;

    fn try_from(row: &Model) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt { table: TABLE, column: "digest" };
        let digest: [u8; 32] = row.digest.as_deref().and_then(|digest| digest.try_into().ok()).ok_or_else(corrupt)?;
        let mark = blake3::Hash::from_bytes(digest).to_hex()[..MARK_DIGITS].to_owned();
        Ok(Self { position: row.position.ok_or_else(corrupt)?, mark })
    }
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
