//! Filters (AIP-160) over the few columns that a list names; no other column can be asked about.

use aip_160::{Comparator, Expression, Restriction, parse_filter};
use sea_orm::{ColumnTrait, Condition};

use super::StoreError;

/// One field that a list filters by.
pub(super) struct Field<C> {
    /// What callers call it.
    pub name: &'static str,
    /// Where it lies.
    pub column: C,
    /// How a caller's value is written in the column; `None` refuses it.
    pub value: fn(&str) -> Option<String>,
}

/// A field that lists the words of a column, a space around each, rather than the whole of it.
pub(super) struct Words<C>(pub Field<C>);

/// Keeps a value as it is.
#[expect(clippy::unnecessary_wraps, reason = "it stands where a field's own reading of values stands")]
pub(super) fn verbatim(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// Turns a filter into a condition.
pub(super) fn condition<C: ColumnTrait + Copy>(filter: &str, fields: &[Field<C>]) -> Result<Condition, StoreError> {
    condition_with(filter, fields, &[])
}

/// Turns a filter, which may ask for words too, into a condition.
pub(super) fn condition_with<C: ColumnTrait + Copy>(
    filter: &str,
    fields: &[Field<C>],
    words: &[Words<C>],
) -> Result<Condition, StoreError> {
    let filter = parse_filter(filter).map_err(|error| StoreError::Filter(error.to_string()))?;
    match filter.expression {
        None => Ok(Condition::all()),
        Some(expression) => translate(&expression, &Known { fields, words }),
    }
}

/// What a filter may ask for.
struct Known<'a, C> {
    fields: &'a [Field<C>],
    words: &'a [Words<C>],
}

fn translate<C: ColumnTrait + Copy>(expression: &Expression, known: &Known<'_, C>) -> Result<Condition, StoreError> {
    match expression {
        Expression::And(parts) | Expression::Sequence(parts) => {
            parts.iter().try_fold(Condition::all(), |all, part| Ok(all.add(translate(part, known)?)))
        }
        Expression::Or(parts) => {
            parts.iter().try_fold(Condition::any(), |any, part| Ok(any.add(translate(part, known)?)))
        }
        Expression::Not(part) => Ok(translate(part, known)?.not()),
        Expression::Restriction(restriction) => compare(restriction, known),
        Expression::Global(_) => Err(StoreError::Filter("compare a field with a value".to_owned())),
    }
}

fn compare<C: ColumnTrait + Copy>(restriction: &Restriction, known: &Known<'_, C>) -> Result<Condition, StoreError> {
    let Known { fields, words } = known;
    let all = || fields.iter().chain(words.iter().map(|Words(field)| field));
    let names = || all().map(|field| field.name).collect::<Vec<_>>().join(", ");
    let path = restriction.comparable.field_path();
    let field = all()
        .find(|field| path.as_deref() == Some(field.name))
        .ok_or_else(|| StoreError::Filter(format!("it is one of the fields {}", names())))?;
    let value = restriction.arg.as_value().and_then(|value| (field.value)(value.as_str()));
    let value = value.ok_or_else(|| StoreError::Filter(format!("{} cannot have that value", field.name)))?;
    let is_word = words.iter().any(|Words(word)| word.name == field.name);
    let found = if is_word { field.column.contains(format!(" {value} ")) } else { field.column.eq(value) };
    match restriction.comparator {
        Comparator::Equal => Ok(Condition::all().add(found)),
        Comparator::NotEqual => Ok(Condition::all().add(found).not()),
        Comparator::GreaterThan
        | Comparator::GreaterThanOrEqual
        | Comparator::LessThan
        | Comparator::LessThanOrEqual
        | Comparator::Has => Err(StoreError::Filter("only = and != are known".to_owned())),
    }
}
