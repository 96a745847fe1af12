//! Values in statements that stay prepared.
//!
//! Of lists there are few lengths. And SQLite takes the plan of a statement for whatever values it gets: what an index is limited to has to stand
//! in the text.

use std::fmt::Display;

use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

/// Compares a column with the word to which an index is limited.
pub(super) fn limited(column: impl ColumnTrait, word: impl Display) -> SimpleExpr {
    Expr::col(column).eq(Expr::Constant(word.to_string().into()))
}

/// Values as a statement's list takes them, the last named several times to make up a length that others have too.
pub(super) fn padded<T: Clone>(mut values: Vec<T>) -> Vec<T> {
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::padded;

    #[test]
    fn lists_have_few_lengths_and_nothing_else_in_them() {
        let padded: Vec<String> =
            (0..=5).map(|count| padded((1..=count).collect::<Vec<u8>>())).map(|list| format!("{list:?}")).collect();

        assert_eq!(padded, ["[]", "[1]", "[1, 2]", "[1, 2, 3, 3]", "[1, 2, 3, 4]", "[1, 2, 3, 4, 5, 5, 5, 5]"]);
    }
}
