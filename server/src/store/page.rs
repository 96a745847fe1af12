//! Lists in pages (AIP-158): two statements for any length, and tokens that only fit the list they came from.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ModelTrait, Order, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, Value, sea_query::Expr,
};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, fields::Fields, listing::Listing};

/// The length of a page when its caller leaves it open.
const DEFAULT_PAGE: u64 = 50;
/// The longest page.
const LONGEST_PAGE: u64 = 1000;
/// How many hexadecimal digits of a token prove that it is ours.
const PROOF_DIGITS: usize = 32;

/// What a caller asks of a list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// How many at most; 0 leaves it open.
    pub page_size: u32,
    /// The token of the page before; empty on the first.
    pub page_token: String,
    /// AIP-160; empty for all.
    pub filter: String,
    /// AIP-132; empty for the usual order.
    pub order_by: String,
    /// What is looked for; empty for all.
    pub query: String,
}

impl List {
    /// What a page token is bound to beside its listing.
    fn narrowing(&self) -> String {
        let Self { page_size: _, page_token: _, filter, order_by, query } = self;
        format!("{filter}\n{order_by}\n{query}")
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

/// The order of a list: by these columns in turn, the last of which no two rows share. What is not there comes first, or last when descending.
pub(super) struct Sort<C> {
    pub(super) keys: Vec<(C, Order)>,
}

/// How many items the page that is asked for has at most.
fn size(list: &List) -> u64 {
    match u64::from(list.page_size) {
        0 => DEFAULT_PAGE,
        size => size.min(LONGEST_PAGE),
    }
}

impl Store {
    /// Reads one page; a token of another listing is refused. An empty list below what does not exist is refused too, and costs the one
    /// statement more that finds that out.
    pub(super) async fn page<E, const N: usize>(
        &self,
        select: Select<E>,
        fields: &Fields<E::Column, N>,
        listing: Listing,
        list: &List,
    ) -> Result<Page<E::Model>, StoreError>
    where
        E: EntityTrait<Column: Copy>,
        E::Model: ModelTrait<Entity = E> + Sync,
    {
        let sort = fields.sort(&list.order_by)?;
        let select = select.filter(fields.condition(&list.filter)?).filter(fields.search(self.dialect, &list.query));
        let total = select.clone().count(&self.read).await?;
        if total == 0 {
            self.require_parent(&listing).await?;
        }
        let scope = listing.text(&list.narrowing());
        let size = size(list);
        let select = match self.read_token(&scope, &list.page_token)? {
            Some(last) => select.filter(sort.after(&last).ok_or(StoreError::PageToken)?),
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
        let last = self.read_token(scope, &list.page_token)?;
        let mut rest = items.into_iter().filter(|(key, _)| last.as_ref().is_none_or(|last| key > last)).peekable();
        let size = usize::try_from(size(list)).unwrap_or(usize::MAX);
        let (mut items, mut next_page_token) = (Vec::new(), String::new());
        while let Some((key, item)) = rest.next() {
            items.push(item);
            if items.len() == size {
                next_page_token = rest.peek().map(|_| self.write_token(scope, &key)).unwrap_or_default();
                break;
            }
        }
        Ok(Page { items, next_page_token, total_size })
    }

    pub(super) fn write_token(&self, scope: &str, key: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}{key}", self.proof(scope, key)))
    }

    pub(super) fn read_token(&self, scope: &str, token: &str) -> Result<Option<String>, StoreError> {
        if token.is_empty() {
            return Ok(None);
        }
        let token = URL_SAFE_NO_PAD.decode(token).ok().and_then(|token| String::from_utf8(token).ok());
        match token.as_deref().and_then(|token| token.split_at_checked(PROOF_DIGITS)) {
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
        self.keys.iter().fold(select, |select, (column, order)| {
            // The databases do not agree on where NULL stands.
            let select = if may_be_null(*column) {
                select.order_by(Expr::expr(column.is_not_null()), order.clone())
            } else {
                select
            };
            select.order_by(*column, order.clone())
        })
    }

    /// What a token remembers of the last row: its values, in the order of the columns.
    fn key<M: ModelTrait>(&self, row: &M) -> String
    where
        M::Entity: EntityTrait<Column = C>,
    {
        let values: Vec<_> = self.keys.iter().map(|(column, _)| Mark::of(row.get(*column))).collect();
        serde_json::to_string(&values).unwrap_or_default()
    }

    /// What comes after a row: for each column, the rows that go beyond it there and are equal to it in all columns before.
    fn after(&self, key: &str) -> Option<Condition> {
        let marks: Vec<Mark> = serde_json::from_str(key).ok()?;
        let (mut after, mut equal) = (Condition::any(), Condition::all());
        for ((column, order), mark) in self.keys.iter().zip(marks) {
            after = after.add(equal.clone().add(beyond(*column, order, &mark)?));
            equal = equal.add(match mark.value()? {
                Some(value) => column.eq(value),
                None => column.is_null(),
            });
        }
        Some(after)
    }
}

fn may_be_null<C: ColumnTrait>(column: C) -> bool {
    column.def().is_null()
}

/// The rows that go beyond a value in one column.
fn beyond<C: ColumnTrait>(column: C, order: &Order, mark: &Mark) -> Option<Condition> {
    let descending = matches!(order, Order::Desc);
    let beyond = match mark.value()? {
        Some(value) if descending && may_be_null(column) => {
            Condition::any().add(column.lt(value)).add(column.is_null())
        }
        Some(value) if descending => Condition::all().add(column.lt(value)),
        Some(value) => Condition::all().add(column.gt(value)),
        // Nothing comes after it where it is last, and everything else where it is first.
        None if descending => Condition::all().add(column.is_null()).add(column.is_not_null()),
        None => Condition::all().add(column.is_not_null()),
    };
    Some(beyond)
}

/// One value of a row, as a token has it.
#[derive(Serialize, Deserialize)]
enum Mark {
    #[serde(rename = "s")]
    Text(String),
    #[serde(rename = "n")]
    Number(i64),
    /// In microseconds since 1970.
    #[serde(rename = "t")]
    Instant(i64),
    #[serde(rename = "0")]
    Nothing,
}

impl Mark {
    fn of(value: Value) -> Self {
        if let Value::String(Some(text)) = value {
            Self::Text(text)
        } else if let Value::BigInt(Some(number)) = value {
            Self::Number(number)
        } else if let Value::ChronoDateTimeUtc(Some(time)) = value {
            Self::Instant(time.timestamp_micros())
        } else {
            Self::Nothing
        }
    }

    /// The value as a column is compared with; `None` within for nothing, and without for what is no value.
    #[expect(clippy::option_option, reason = "a value, no value, or no mark of ours")]
    fn value(&self) -> Option<Option<Value>> {
        match self {
            Self::Text(text) => Some(Some(text.clone().into())),
            Self::Number(number) => Some(Some((*number).into())),
            Self::Instant(micros) => DateTime::<Utc>::from_timestamp_micros(*micros).map(|time| Some(time.into())),
            Self::Nothing => Some(None),
        }
    }
}
