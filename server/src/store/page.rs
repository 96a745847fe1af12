//! Lists in pages (AIP-158): two statements for any length, and tokens that only fit the list and the caller they came from.

use attache_domain::authority::Actor;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ModelTrait, Order, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, Value,
};

use super::{Store, StoreError, listing::Listing};

/// The length of a page when its caller leaves it open.
const DEFAULT_PAGE: u64 = 50;
/// The longest page.
const LONGEST_PAGE: u64 = 1000;
/// How many hexadecimal digits of a token prove that it is ours.
const PROOF_DIGITS: usize = 32;

/// What a caller asks of a list.
#[derive(Clone, Debug)]
pub struct List {
    /// Who asks; a page token holds for them alone.
    pub caller: Actor,
    /// How many at most; 0 leaves it open.
    pub page_size: u32,
    /// The token of the page before; empty on the first.
    pub page_token: String,
    /// AIP-160; empty for all.
    pub filter: String,
}

impl List {
    /// What its page tokens are bound to: who asks, and what they list.
    fn scope(&self, listed: &str) -> String {
        format!("{} {listed}", self.caller.name().unwrap_or_default())
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The token of the next page; empty on the last.
    pub next_page_token: String,
    /// How many there are in all.
    pub total_size: u32,
}

impl<T> Page<T> {
    pub(super) fn try_map<U>(self, convert: impl FnMut(T) -> Result<U, StoreError>) -> Result<Page<U>, StoreError> {
        let Self { items, next_page_token, total_size } = self;
        let items = items.into_iter().map(convert).collect::<Result<_, _>>()?;
        Ok(Page { items, next_page_token, total_size })
    }
}

/// Where a watch begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// Now: nothing is told that was done before.
    Now,
    /// With the first thing that is kept.
    Start,
    /// After what an earlier watch of the same told with this cursor.
    Cursor(String),
}

/// The order of a list, total by ending in an id or by being one of numbers that none share.
pub(super) enum Sort<C> {
    /// By id alone.
    Id(C),
    /// By a number.
    Number(C),
    /// By time, then id.
    Time { time: C, id: C, order: Order },
}

/// How many items the page that is asked for has at most.
fn size(list: &List) -> u64 {
    match u64::from(list.page_size) {
        0 => DEFAULT_PAGE,
        size => size.min(LONGEST_PAGE),
    }
}

impl Store {
    /// Reads one page; a token of another listing, or of another caller, is refused. An empty list below what does not exist is refused too, and costs the one
    /// statement more that finds that out.
    pub(super) async fn page<E>(
        &self,
        select: Select<E>,
        sort: Sort<E::Column>,
        listing: Listing,
        list: &List,
    ) -> Result<Page<E::Model>, StoreError>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + Sync,
    {
        let total = select.clone().count(&self.read).await?;
        if total == 0 {
            self.require_parent(&listing).await?;
        }
        let scope = list.scope(&listing.text(&list.filter));
        let size = size(list);
        let select = match self.read_token(&scope, &list.page_token)? {
            Some(last) => select.filter(sort.after(&last)),
            None => select,
        };
        let mut items = sort.apply(select).limit(size + 1).all(&self.read).await?;
        let more = items.len() as u64 > size;
        items.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let next_page_token = match items.last() {
            Some(last) if more => self.write_token(&scope, &sort.key(last)),
            Some(_) | None => String::new(),
        };
        Ok(Page { items, next_page_token, total_size: u32::try_from(total).unwrap_or(u32::MAX) })
    }

    /// Cuts one page out of what is all at hand: each item comes with a key, and the keys ascend. `scope` as for `Store::page`.
    pub fn page_of<T>(&self, items: Vec<(String, T)>, scope: &str, list: &List) -> Result<Page<T>, StoreError> {
        let total_size = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let scope = list.scope(scope);
        let last = self.read_token(&scope, &list.page_token)?;
        let mut rest = items.into_iter().filter(|(key, _)| last.as_ref().is_none_or(|last| key > last)).peekable();
        let size = usize::try_from(size(list)).unwrap_or(usize::MAX);
        let (mut items, mut next_page_token) = (Vec::new(), String::new());
        while let Some((key, item)) = rest.next() {
            items.push(item);
            if items.len() == size {
                next_page_token = rest.peek().map(|_| self.write_token(&scope, &key)).unwrap_or_default();
                break;
            }
        }
        Ok(Page { items, next_page_token, total_size })
    }

    pub(super) fn write_token(&self, scope: &str, key: &str) -> String {
        format!("{}{key}", self.proof(scope, key))
    }

    pub(super) fn read_token(&self, scope: &str, token: &str) -> Result<Option<String>, StoreError> {
        if token.is_empty() {
            return Ok(None);
        }
        match token.split_at_checked(PROOF_DIGITS) {
            Some((proof, key)) if proof == self.proof(scope, key) => Ok(Some(key.to_owned())),
            Some(_) | None => Err(StoreError::PageToken),
        }
    }

    fn proof(&self, scope: &str, key: &str) -> String {
        let digest = self.master.digest("page tokens", format!("{scope}\n{key}").as_bytes());
        digest.to_hex()[..PROOF_DIGITS].to_owned()
    }
}

impl<C: ColumnTrait + Copy> Sort<C> {
    fn apply<E: EntityTrait>(&self, select: Select<E>) -> Select<E> {
        match self {
            Self::Id(column) | Self::Number(column) => select.order_by(*column, Order::Asc),
            Self::Time { time, id, order } => select.order_by(*time, order.clone()).order_by(*id, order.clone()),
        }
    }

    /// What a token remembers of the last row: its number or its time in microseconds, a dot, its id.
    fn key<M: ModelTrait>(&self, row: &M) -> String
    where
        M::Entity: EntityTrait<Column = C>,
    {
        let text = |value| if let Value::String(Some(text)) = value { text.clone() } else { String::new() };
        match self {
            Self::Id(id) => format!("0.{}", text(row.get(*id))),
            Self::Number(number) => {
                let number = if let Value::BigInt(Some(number)) = row.get(*number) { number } else { 0 };
                format!("{number}.")
            }
            Self::Time { time, id, .. } => {
                let value = row.get(*time);
                let micros = if let Value::ChronoDateTimeUtc(Some(time)) = value { time.timestamp_micros() } else { 0 };
                format!("{micros}.{}", text(row.get(*id)))
            }
        }
    }

    fn after(&self, key: &str) -> Condition {
        let (number, last) = key.split_once('.').unwrap_or(("0", key));
        match self {
            Self::Id(id) => Condition::all().add(id.gt(last)),
            Self::Number(column) => Condition::all().add(column.gt(number.parse::<i64>().unwrap_or_default())),
            Self::Time { time, id, order } => {
                let at = DateTime::<Utc>::from_timestamp_micros(number.parse().unwrap_or_default()).unwrap_or_default();
                let descending = matches!(order, Order::Desc);
                let (beyond, next) = if descending { (time.lt(at), id.lt(last)) } else { (time.gt(at), id.gt(last)) };
                Condition::any().add(beyond).add(Condition::all().add(time.eq(at)).add(next))
            }
        }
    }
}
