//! Watches of the change log: how far each came, what of the log it may be told, and the cursors to go on with.
//!
//! What is new in a trail is read once for all who watch it, as [`LogEntry`]; each watch takes from it what is its own. A watch that is further
//! behind reads for itself.

use std::{collections::BTreeSet, fmt};

use attache_domain::{
    authority::Auditor,
    change::{Change, Kind, Trail},
    resource::{OrganizationId, PersonName},
};
use sea_orm::{ColumnTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::{
    super::{
        Since, Store, StoreError,
        error::column,
        rows::change::{Column, Model},
    },
    TABLE, change, listing, numbered,
};

/// How many hexadecimal digits of a digest mark a place.
const MARK_DIGITS: usize = 16;
/// How many entries are read at once.
const BATCH: u64 = 100;

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

/// An entry of the log as it is read for everybody who watches: opened, and not to be told to whoever may not open it.
pub struct LogEntry {
    reached: Reached,
    change: Change,
    /// Who keeps the person whom its states speak of.
    keeper: Option<OrganizationId>,
}

/// A place in a trail: before its first entry, or after one, which its digest marks, so that a cursor does not fit a trail that was set back
/// and grew again.
#[derive(Clone, Default)]
struct Reached {
    position: i64,
    mark: String,
}

impl ChangeWatch {
    /// What is watched.
    pub fn trail(&self) -> &Trail {
        self.auditor.trail()
    }

    /// The position of the last entry that it was told of, or passed over.
    pub fn position(&self) -> i64 {
        self.reached.position
    }

    fn is_of(&self, resource: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|kind| kind.covers(resource))
    }
}

impl LogEntry {
    /// Its position in its trail, from 1 without gaps.
    pub fn position(&self) -> i64 {
        self.reached.position
    }

    /// How much room it takes, in bytes and roughly.
    pub fn size(&self) -> usize {
        let state = |state: &Option<String>| state.as_ref().map_or(0, String::len);
        size_of::<Self>() + self.change.resource.len() + state(&self.change.before) + state(&self.change.after)
    }
}

impl Store {
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

    /// Reads on for one watch: what was done since and is of the kinds that are watched, in order. Nothing, when all was told.
    pub async fn next_changes(&self, watch: &mut ChangeWatch) -> Result<Vec<Told>, StoreError> {
        loop {
            let mut rows = self.rows_after(watch.trail(), watch.reached.position).await?;
            let Some(last) = rows.last() else { return Ok(Vec::new()) };
            let reached = Reached::try_from(last)?;
            rows.retain(|row| watch.is_of(&row.resource));
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

    /// Tells how far a trail is numbered.
    pub async fn head(&self, trail: &Trail) -> Result<i64, StoreError> {
        Ok(self.last_link(trail).await?.position)
    }

    /// Reads the entries of a trail after a position, for everybody who watches it: some of them, from the first. Two statements.
    pub async fn entries_after(&self, trail: &Trail, position: i64) -> Result<Vec<LogEntry>, StoreError> {
        let rows = self.rows_after(trail, position).await?;
        let person = |row: &Model| row.person.as_deref().map(|name| column::<PersonName>(TABLE, "person", name));
        let people = rows.iter().filter_map(person).collect::<Result<_, _>>()?;
        let keys = self.person_keys(people).await?;
        let entries = rows.into_iter().map(|row| {
            let keeper = person(&row).transpose()?.map(|person| person.organization);
            Ok(LogEntry { reached: Reached::try_from(&row)?, change: change(row, &keys)?, keeper })
        });
        entries.collect()
    }

    /// Takes a watch on by one entry; nothing is told of what it is not of, and no state of a person whom its reader does not keep.
    pub fn pass(&self, watch: &mut ChangeWatch, entry: &LogEntry) -> Option<Told> {
        let LogEntry { reached, change, keeper } = entry;
        watch.reached = reached.clone();
        if !watch.is_of(&change.resource) {
            return None;
        }
        let open = keeper.as_ref().is_none_or(|keeper| watch.auditor.keeps(keeper));
        let change = if open { change.clone() } else { Change { before: None, after: None, ..change.clone() } };
        Some(Told { change, cursor: self.cursor(watch) })
    }

    /// The cursor with which a watch goes on from where this one is.
    pub fn cursor(&self, watch: &ChangeWatch) -> String {
        self.write_token(&watch.scope, &watch.reached.to_string())
    }

    async fn rows_after(&self, trail: &Trail, position: i64) -> Result<Vec<Model>, StoreError> {
        let rows = numbered(trail).filter(Column::Position.gt(position)).order_by_asc(Column::Position);
        Ok(rows.limit(BATCH).all(&self.read).await?)
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
