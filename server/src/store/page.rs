//! Lists in pages (AIP-158): one statement for any length, and tokens that only fit the list and the caller they came from.
//!
//! A page begins where the one before ended, by the values of its last row: whichever page it is, an index that ends in the order of the list
//! leads straight there. How many rows there are in all is counted with the first page, and no further than it is told; the tokens carry it on.

use attache_domain::authority::Actor;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, ModelTrait, Order, QueryFilter as _, QueryOrder as _,
    QueryResult, QuerySelect as _, QueryTrait as _, Select, Value,
    sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr},
};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, fields::Fields, listing::Listing};

/// The length of a page when its caller leaves it open.
const DEFAULT_PAGE: u64 = 50;
/// The longest page.
const LONGEST_PAGE: u64 = 1000;
/// How far a list is counted.
const COUNTED: u64 = 1000;
/// The column that tells with each row how many there are in all.
const TOTAL: &str = "total_size";
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
    /// AIP-132; empty for the usual order.
    pub order_by: String,
    /// What is looked for; empty for all.
    pub query: String,
}

impl List {
    /// What a page token is bound to beside its listing: who asks, and for what of it.
    fn narrowing(&self) -> String {
        let Self { caller, page_size: _, page_token: _, filter, order_by, query } = self;
        format!("{}\n{filter}\n{order_by}\n{query}", caller.name().unwrap_or_default())
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The token of the next page; empty on the last.
    pub next_page_token: String,
    /// How many there are in all; one more than 1000, when there are more than 1000.
    pub total_size: u32,
}

/// A row of a page, and how many there are in all.
struct Counted<M> {
    row: M,
    total: i64,
}

impl<M: FromQueryResult> FromQueryResult for Counted<M> {
    fn from_query_result(result: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self { row: M::from_query_result(result, prefix)?, total: result.try_get(prefix, TOTAL)? })
    }
}

/// Where a page ended, as the token of the next one tells it.
struct Place {
    /// How many rows there are in all.
    total: i64,
    /// The values of the last row, as [`Sort::key`] writes them.
    key: String,
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        let (total, key) = text.split_once(' ')?;
        Some(Self { total: total.parse().ok()?, key: key.to_owned() })
    }

    fn text(&self) -> String {
        let Self { total, key } = self;
        format!("{total} {key}")
    }
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
    /// What no two rows share, and every row of the list has.
    pub(super) id: C,
}

/// How many items the page that is asked for has at most.
fn size(list: &List) -> u64 {
    match u64::from(list.page_size) {
        0 => DEFAULT_PAGE,
        size => std::cmp::min(size, LONGEST_PAGE),
    }
}

impl Store {
    /// Reads one page; a token of another listing, or of another caller, is refused. An empty list below what does not exist is refused too,
    /// and costs the one statement more that finds that out.
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
        let asked = Condition::all().add(fields.condition(&list.filter)?);
        let asked = asked.add(fields.search(self.dialect, &list.query));
        let scope = listing.text(&list.narrowing());
        let before = self.read_token(&scope, &list.page_token)?;
        let before = before.map(|text| Place::read(&text).ok_or(StoreError::PageToken)).transpose()?;
        let (select, total) = match &before {
            // Before what is asked: of two bounds, SQLite goes by the first.
            Some(Place { total, key }) => {
                (select.filter(sort.after(key).ok_or(StoreError::PageToken)?), Expr::value(*total))
            }
            None => (select.clone(), counted(select.filter(asked.clone()))),
        };
        let select = select.filter(asked).expr_as(total, TOTAL);
        let size = size(list);
        let mut rows = sort.apply(select).limit(size + 1).into_model::<Counted<E::Model>>().all(&self.read).await?;
        let total = rows.first().map(|first| first.total).or(before.map(|before| before.total)).unwrap_or_default();
        if total == 0 {
            self.require_parent(&listing).await?;
        }
        let more = rows.len() as u64 > size;
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let next_page_token = match rows.last() {
            Some(last) if more => self.write_token(&scope, &Place { total, key: sort.key(&last.row) }.text()),
            Some(_) | None => String::new(),
        };
        let total_size = u32::try_from(total).unwrap_or(u32::MAX);
        Ok(Page { items: rows.into_iter().map(|counted| counted.row).collect(), next_page_token, total_size })
    }

    /// Cuts one page out of what is all at hand: each item comes with a key, and the keys ascend. `scope` as for `Store::page`.
    pub fn page_of<T>(&self, items: Vec<(String, T)>, scope: &str, list: &List) -> Result<Page<T>, StoreError> {
        let total_size = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let scope = format!("{scope}\n{}", list.narrowing());
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
            let select = if self.may_be_null(*column) {
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

    /// What comes after a row.
    fn after(&self, key: &str) -> Option<Condition> {
        let marks: Vec<Mark> = serde_json::from_str(key).ok()?;
        match self.keys.first() {
            Some((_, order))
                if self.keys.iter().all(|(column, other)| other == order && !self.may_be_null(*column)) =>
            {
                self.after_all(order, &marks)
            }
            Some(_) | None => self.after_each(&marks),
        }
    }

    /// What comes after a row where all columns go the same way: they are compared as one, for which an index leads straight to the row.
    fn after_all(&self, order: &Order, marks: &[Mark]) -> Option<Condition> {
        let columns = Expr::tuple(self.keys.iter().map(|(column, _)| Expr::col(*column)));
        let values: Option<Vec<SimpleExpr>> = marks.iter().map(|mark| Some(Expr::value(mark.value()??))).collect();
        let values = Expr::tuple(values?);
        let after = if matches!(order, Order::Desc) { columns.lt(values) } else { columns.gt(values) };
        Some(Condition::all().add(after))
    }

    /// What comes after a row, column by column: the rows that go beyond it there and are equal to it in all columns before.
    fn after_each(&self, marks: &[Mark]) -> Option<Condition> {
        let (mut after, mut equal) = (Condition::any(), Condition::all());
        for ((column, order), mark) in self.keys.iter().zip(marks) {
            after = after.add(equal.clone().add(self.beyond(*column, order, mark)?));
            equal = equal.add(match mark.value()? {
                Some(value) => column.eq(value),
                None => column.is_null(),
            });
        }
        Some(after)
    }

    fn may_be_null(&self, column: C) -> bool {
        column.def().is_null() && column.as_str() != self.id.as_str()
    }

    /// The rows that go beyond a value in one column.
    fn beyond(&self, column: C, order: &Order, mark: &Mark) -> Option<Condition> {
        let descending = matches!(order, Order::Desc);
        let beyond = match mark.value()? {
            Some(value) if descending && self.may_be_null(column) => {
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
}

/// Counts what a list would give in all, no further than it is told.
fn counted<E: EntityTrait>(select: Select<E>) -> SimpleExpr {
    let rows = select.select_only().expr(Expr::cust("1")).limit(COUNTED + 1).into_query();
    let count: SelectStatement = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(rows, "counted").take();
    SimpleExpr::SubQuery(None, Box::new(count.into()))
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
