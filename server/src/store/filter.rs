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

/// Keeps a value as it is.
#[expect(clippy::unnecessary_wraps, reason = "it stands where a field's own reading of values stands")]
pub(super) fn verbatim(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// Turns a filter into a condition.
pub(super) fn condition<C: ColumnTrait + Copy>(filter: &str, fields: &[Field<C>]) -> Result<Condition, StoreError> {
    let filter = parse_filter(filter).map_err(|error| StoreError::Filter(error.to_string()))?;
    match filter.expression {
        None => Ok(Condition::all()),
        Some(expression) => translate(&expression, fields),
    }
}

fn translate<C: ColumnTrait + Copy>(expression: &Expression, fields: &[Field<C>]) -> Result<Condition, StoreError> {
    match expression {
        Expression::And(parts) | Expression::Sequence(parts) => {
            parts.iter().try_fold(Condition::all(), |all, part| Ok(all.add(translate(part, fields)?)))
        }
        Expression::Or(parts) => {
            parts.iter().try_fold(Condition::any(), |any, part| Ok(any.add(translate(part, fields)?)))
        }
        Expression::Not(part) => Ok(translate(part, fields)?.not()),
        Expression::Restriction(restriction) => compare(restriction, fields),
        Expression::Global(_) => Err(StoreError::Filter("compare a field with a value".to_owned())),
    }
}

fn compare<C: ColumnTrait + Copy>(restriction: &Restriction, fields: &[Field<C>]) -> Result<Condition, StoreError> {
    let names = || fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
    let path = restriction.comparable.field_path();
    let field = fields
        .iter()
        .find(|field| path.as_deref() == Some(field.name))
        .ok_or_else(|| StoreError::Filter(format!("it is one of the fields {}", names())))?;
    let value = restriction.arg.as_value().and_then(|value| (field.value)(value.as_str()));
    let value = value.ok_or_else(|| StoreError::Filter(format!("{} cannot have that value", field.name)))?;
    match restriction.comparator {
        Comparator::Equal => Ok(Condition::all().add(field.column.eq(value))),
        Comparator::NotEqual => Ok(Condition::all().add(field.column.ne(value))),
        Comparator::GreaterThan
        | Comparator::GreaterThanOrEqual
        | Comparator::LessThan
        | Comparator::LessThanOrEqual
        | Comparator::Has => Err(StoreError::Filter("only = and != are known".to_owned())),
    }
}
