//! What a list can be asked: the fields that it is filtered (AIP-160) and ordered (AIP-132) by, and no others.

use aip_160::{Comparator, Expression, Restriction, parse_filter};
use attache_domain::{
    person::sought,
    resource::{CategoryName, PersonName},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait as _, Order, QueryFilter as _, QuerySelect as _, QueryTrait as _, Value,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

use super::{StoreError, connection::Dialect, page::Sort, persons::SEARCHED, rows::person};

/// One field of a list.
pub(super) struct Field<C> {
    name: &'static str,
    column: C,
    kind: Kind,
}

/// What a field holds, and how a caller's value is read into it; a value that cannot be read is refused.
enum Kind {
    /// A word, compared for equality.
    Word(fn(&str) -> Option<String>),
    /// Words with a space around each, of which one is asked for.
    Words(fn(&str) -> Option<String>),
    /// An instant, as `"2026-09-04T09:00:00Z"`.
    Instant,
    /// A count.
    Count,
}

/// The fields of a list, and its order when its caller asks for none.
pub(super) struct Fields<C: 'static, const N: usize> {
    /// All of them.
    pub known: [Field<C>; N],
    /// The usual order, as a caller would ask for it; by id, when empty.
    pub usual: &'static str,
    /// What a query is looked for in.
    pub search: Search<C>,
    /// What no two rows of the list share; it ends every order.
    pub id: C,
}

/// What a query is looked for in: whatever contains it is found, in capitals or not.
pub(super) enum Search<C: 'static> {
    /// In these columns.
    Columns(&'static [C]),
    /// In what is known of the people whom the list is of.
    OwnNames,
    /// In what is known of the person whom each row is about.
    People {
        /// Who keeps them.
        organization: C,
        /// Who they are.
        person: C,
    },
    /// In nothing: the list takes no query.
    Nothing,
}

/// Reads the id of a person out of their resource name.
pub(super) fn person_id(name: &str) -> Option<String> {
    name.parse().ok().map(|PersonName { person, .. }| person.to_string())
}

/// Reads the id of a category out of its resource name.
pub(super) fn category_id(name: &str) -> Option<String> {
    name.parse().ok().map(|CategoryName { category, .. }| category.to_string())
}

/// A field of words, with how a caller's value is written in the column.
pub(super) fn coded<C>(name: &'static str, column: C, value: fn(&str) -> Option<String>) -> Field<C> {
    Field { name, column, kind: Kind::Word(value) }
}

/// A field that lists words, with how a caller's value is written among them; a list is not ordered by it.
pub(super) fn words<C>(name: &'static str, column: C, value: fn(&str) -> Option<String>) -> Field<C> {
    Field { name, column, kind: Kind::Words(value) }
}

/// A field of words that are kept as they are.
pub(super) fn verbatim<C>(name: &'static str, column: C) -> Field<C> {
    coded(name, column, |value| Some(value.to_owned()))
}

/// A field of instants.
pub(super) fn instant<C>(name: &'static str, column: C) -> Field<C> {
    Field { name, column, kind: Kind::Instant }
}

/// A field of counts.
pub(super) fn number<C>(name: &'static str, column: C) -> Field<C> {
    Field { name, column, kind: Kind::Count }
}

impl<C: ColumnTrait + Copy, const N: usize> Fields<C, N> {
    /// Turns a filter into a condition.
    pub(super) fn condition(&self, filter: &str) -> Result<Condition, StoreError> {
        let filter = parse_filter(filter).map_err(|error| StoreError::Filter(error.to_string()))?;
        match filter.expression {
            None => Ok(Condition::all()),
            Some(expression) => self.translate(&expression),
        }
    }

    /// Reads an order such as `state, create_time desc`, or the usual one when it is empty.
    pub(super) fn sort(&self, order_by: &str) -> Result<Sort<C>, StoreError> {
        let asked = if order_by.trim().is_empty() { self.usual } else { order_by };
        let mut keys: Vec<(C, Order)> = Vec::new();
        for part in asked.split(',').filter(|_| !asked.is_empty()) {
            let mut words = part.split_whitespace();
            let field = words.next().and_then(|name| self.ordering().find(|field| field.name == name));
            let field = field.ok_or_else(|| StoreError::OrderBy(format!("it is of {}", names(self.ordering()))))?;
            let order = match (words.next(), words.next()) {
                (None | Some("asc"), None) => Order::Asc,
                (Some("desc"), None) => Order::Desc,
                _ => return Err(StoreError::OrderBy(format!("{} is followed by desc, or by nothing", field.name))),
            };
            if keys.iter().any(|(column, _)| column.as_str() == field.column.as_str()) {
                return Err(StoreError::OrderBy(format!("{} is in it twice", field.name)));
            }
            keys.push((field.column, order));
        }
        let last = keys.last().map_or(Order::Asc, |(_, order)| order.clone());
        if keys.iter().all(|(column, _)| column.as_str() != self.id.as_str()) {
            keys.push((self.id, last));
        }
        Ok(Sort { keys, id: self.id })
    }

    /// Narrows a list to what contains a query; an empty one narrows nothing.
    pub(super) fn search(&self, dialect: Dialect, query: &str) -> Condition {
        if query.is_empty() {
            return Condition::all();
        }
        match &self.search {
            Search::Columns(columns) => anywhere(dialect, columns, query),
            Search::OwnNames => people_like(dialect, query),
            Search::People { organization, person } => {
                // Each row finds its person by their key.
                let same =
                    |own: &C, column: person::Column| Expr::col(own.as_column_ref()).equals(column.as_column_ref());
                let people = person::Entity::find()
                    .select_only()
                    .column(person::Column::Id)
                    .filter(same(organization, person::Column::Organization))
                    .filter(same(person, person::Column::Id))
                    .filter(people_like(dialect, query));
                Condition::all().add(Expr::exists(people.into_query()))
            }
            Search::Nothing => Condition::all(),
        }
    }

    /// The fields that the list can be ordered by.
    fn ordering(&self) -> impl Iterator<Item = &Field<C>> {
        self.known.iter().filter(|field| !matches!(field.kind, Kind::Words(_)))
    }

    fn translate(&self, expression: &Expression) -> Result<Condition, StoreError> {
        match expression {
            Expression::And(parts) | Expression::Sequence(parts) => {
                parts.iter().try_fold(Condition::all(), |all, part| Ok(all.add(self.translate(part)?)))
            }
            Expression::Or(parts) => {
                parts.iter().try_fold(Condition::any(), |any, part| Ok(any.add(self.translate(part)?)))
            }
            Expression::Not(part) => Ok(self.translate(part)?.not()),
            Expression::Restriction(restriction) => self.compare(restriction),
            Expression::Global(_) => Err(StoreError::Filter("compare a field with a value".to_owned())),
        }
    }

    fn compare(&self, restriction: &Restriction) -> Result<Condition, StoreError> {
        let path = restriction.comparable.field_path();
        let field = self.known.iter().find(|field| path.as_deref() == Some(field.name));
        let field = field.ok_or_else(|| StoreError::Filter(format!("it is one of {}", names(&self.known))))?;
        let value = restriction.arg.as_value().map(aip_160::Value::as_str).unwrap_or_default();
        Ok(Condition::all().add(field.compare(restriction.comparator, value)?))
    }
}

fn names<'a, C: 'a>(fields: impl IntoIterator<Item = &'a Field<C>>) -> String {
    fields.into_iter().map(|field| field.name).collect::<Vec<_>>().join(", ")
}

impl<C: ColumnTrait + Copy> Field<C> {
    /// The rows whose field compares so with a value.
    fn compare(&self, comparator: Comparator, value: &str) -> Result<SimpleExpr, StoreError> {
        let column = self.column;
        let unreadable = || StoreError::Filter(format!("{} cannot have that value", self.name));
        match &self.kind {
            Kind::Word(read) => {
                let word = read(value).ok_or_else(unreadable)?;
                same(comparator, column.eq(word.as_str()), column.ne(word.as_str()))
            }
            Kind::Words(read) => {
                let found = column.contains(format!(" {} ", read(value).ok_or_else(unreadable)?));
                same(comparator, found.clone(), found.not())
            }
            Kind::Instant => {
                let time: DateTime<Utc> = value.parse().map_err(|_| unreadable())?;
                ordered(comparator, column, time.into())
            }
            Kind::Count => {
                let count: i64 = value.parse().map_err(|_| unreadable())?;
                ordered(comparator, column, count.into())
            }
        }
    }
}

/// Compares what is the same or another, and neither more nor less.
fn same(comparator: Comparator, equal: SimpleExpr, other: SimpleExpr) -> Result<SimpleExpr, StoreError> {
    match comparator {
        Comparator::Equal => Ok(equal),
        Comparator::NotEqual => Ok(other),
        Comparator::GreaterThan
        | Comparator::GreaterThanOrEqual
        | Comparator::LessThan
        | Comparator::LessThanOrEqual
        | Comparator::Has => Err(StoreError::Filter("only = and != are known".to_owned())),
    }
}

/// Compares what can be more and less.
fn ordered(comparator: Comparator, column: impl ColumnTrait, value: Value) -> Result<SimpleExpr, StoreError> {
    match comparator {
        Comparator::Equal => Ok(column.eq(value)),
        Comparator::NotEqual => Ok(column.ne(value)),
        Comparator::GreaterThan => Ok(column.gt(value)),
        Comparator::GreaterThanOrEqual => Ok(column.gte(value)),
        Comparator::LessThan => Ok(column.lt(value)),
        Comparator::LessThanOrEqual => Ok(column.lte(value)),
        Comparator::Has => Err(StoreError::Filter("only =, !=, <, <=, > and >= are known".to_owned())),
    }
}

/// What contains a query in one of some columns.
fn anywhere<C: ColumnTrait + Copy>(dialect: Dialect, columns: &[C], query: &str) -> Condition {
    let pattern = containing(query);
    columns.iter().fold(Condition::any(), |found, column| found.add(dialect.like(*column, &pattern)))
}

/// The people who have a query in what they gave, or whose names read like it in another script or spelling.
fn people_like(dialect: Dialect, query: &str) -> Condition {
    let given = anywhere(dialect, &SEARCHED, query);
    sought(query).iter().fold(given, |found, read| found.add(person::Column::SearchKey.contains(read)))
}

/// The pattern of a text that contains another, whose own percent signs and underscores stand for themselves.
fn containing(query: &str) -> String {
    let mut pattern = "%".to_owned();
    for character in query.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
