//! Every table, row by row, through the entities that the rest of the store reads it by.

use std::io::{BufRead, Write};

use sea_orm::{
    ActiveModelTrait, ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait, Iden as _, Iterable as _,
    ModelTrait, PaginatorTrait as _, PrimaryKeyToColumn, QueryFilter as _, QueryOrder as _, QuerySelect as _, Value,
};
use serde::{Deserialize, Serialize};

use super::{
    BackupError, cells,
    lines::{Proven, Prover},
};
use crate::store::{StoreError, rows};

/// How many rows are read or written at once.
const PAGE: u64 = 200;
/// How many bytes of rows are gathered before they are written: a piece of a file is a large row.
const LARGEST_BATCH: usize = 8 * 1024 * 1024;

/// A row has a value of a type that [`cells`] does not know.
const UNKNOWN_TYPE: StoreError = StoreError::Corrupt { table: "backup", column: "type" };

/// What there is of one table: how many rows, and the sum of their digests, which is the same in whatever order they
/// come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The table.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    sum: [u64; 4],
}

impl Tally {
    fn of(table: &str) -> Self {
        Self { table: table.to_owned(), rows: 0, sum: [0; 4] }
    }

    fn count(&mut self, line: &[u8]) {
        self.rows += 1;
        let digest = blake3::hash(line);
        for (sum, bytes) in self.sum.iter_mut().zip(digest.as_bytes().chunks_exact(8)) {
            *sum = sum.wrapping_add(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
        }
    }
}

/// The line above the rows of a table.
#[derive(Serialize, Deserialize)]
struct Beginning {
    table: String,
    columns: Vec<String>,
}

impl Beginning {
    fn of<E: EntityTrait>() -> Self {
        let columns = E::Column::iter().map(|column| column.unquoted().to_owned()).collect();
        Self { table: E::default().table_name().to_owned(), columns }
    }
}

/// Writes what is done with one table for all of them, in one order.
macro_rules! tables {
    ($($row:ident)*) => {
        /// Writes the rows of every table.
        pub(super) async fn dump_all<W: Write + Send>(
            moment: &DatabaseTransaction,
            to: &mut Prover<W>,
        ) -> Result<Vec<Tally>, BackupError> {
            Ok(vec![$(dump::<rows::$row::Entity, W>(moment, to).await?),*])
        }

        /// Puts the rows of every table in.
        pub(super) async fn fill_all<R: BufRead>(
            tx: &DatabaseTransaction,
            from: &mut Proven<R>,
        ) -> Result<Vec<Tally>, BackupError> {
            let mut next = from.next_line()?;
            let tallies = vec![$(fill::<rows::$row::Entity, R>(tx, from, &mut next).await?),*];
            if next.is_some() { Err(BackupError::NotOne) } else { Ok(tallies) }
        }

        /// Refuses a database that has a row in any table.
        pub(super) async fn require_empty(tx: &DatabaseTransaction) -> Result<(), BackupError> {
            $(if rows::$row::Entity::find().count(tx).await? > 0 {
                return Err(BackupError::NotEmpty(stringify!($row)));
            })*
            Ok(())
        }

        /// The names of all tables.
        #[cfg(test)]
        fn all() -> Vec<String> {
            vec![$(Beginning::of::<rows::$row::Entity>().table),*]
        }
    };
}

tables! {
    answer
    answer_file
    category
    change
    check_in
    check_in_list
    delegation
    delegation_member
    event
    file
    file_piece
    grant
    hold
    identity_document
    identity_document_content
    invitation
    itinerary
    job
    joining_link
    letter
    letter_number
    link
    member
    merge
    merge_trace
    merged_person
    notice
    offer
    organization
    person
    person_key
    pool
    registration
    release
    request
    resource
    room
    session
    sign_in
    speaker
    stop
    submission
    token
    trail
    wait
}

async fn dump<E, W>(moment: &DatabaseTransaction, to: &mut Prover<W>) -> Result<Tally, BackupError>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Sync,
    W: Write,
{
    let beginning = Beginning::of::<E>();
    to.line(&beginning)?;
    let mut tally = Tally::of(&beginning.table);
    let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let mut last: Option<Vec<Value>> = None;
    loop {
        let ordered = key.iter().fold(E::find(), |select, column| select.order_by_asc(*column));
        let page = match &last {
            Some(last) => ordered.filter(after::<E>(&key, last)),
            None => ordered,
        };
        let rows = page.limit(PAGE).all(moment).await?;
        for row in &rows {
            let cells: Option<Vec<String>> = E::Column::iter().map(|column| cells::write(row.get(column))).collect();
            tally.count(&to.line(&cells.ok_or(UNKNOWN_TYPE)?)?);
        }
        let Some(end) = rows.last().filter(|_| rows.len() as u64 == PAGE) else { return Ok(tally) };
        last = Some(key.iter().map(|column| end.get(*column)).collect());
    }
}

/// What comes behind a row, in the order of its primary key.
fn after<E: EntityTrait>(key: &[E::Column], last: &[Value]) -> Condition {
    (0..key.len()).fold(Condition::any(), |any, depth| {
        let equal = key.iter().zip(last).take(depth);
        let equal = equal.fold(Condition::all(), |all, (column, value)| all.add(column.eq(value.clone())));
        any.add(equal.add(key[depth].gt(last[depth].clone())))
    })
}

/// Puts the rows of one table in; `next` is the line that it begins with, and then that of the next table.
async fn fill<E, R>(
    tx: &DatabaseTransaction,
    from: &mut Proven<R>,
    next: &mut Option<String>,
) -> Result<Tally, BackupError>
where
    E: EntityTrait,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    R: BufRead,
{
    let line = next.take().ok_or(BackupError::NotOne)?;
    let Beginning { table, columns } = serde_json::from_str(&line).map_err(|_| BackupError::NotOne)?;
    let ours = Beginning::of::<E>();
    if (&table, &columns) != (&ours.table, &ours.columns) {
        return Err(BackupError::NotOne);
    }
    let mut tally = Tally::of(&table);
    let (mut batch, mut size) = (Vec::new(), 0);
    while let Some(line) = from.next_line()? {
        let Ok(cells) = serde_json::from_str::<Vec<String>>(&line) else {
            *next = Some(line);
            break;
        };
        tally.count(line.as_bytes());
        size += line.len();
        batch.push(row::<E>(&cells)?);
        if batch.len() as u64 == PAGE || size > LARGEST_BATCH {
            E::insert_many(std::mem::take(&mut batch)).exec_without_returning(tx).await?;
            size = 0;
        }
    }
    if !batch.is_empty() {
        E::insert_many(batch).exec_without_returning(tx).await?;
    }
    Ok(tally)
}

fn row<E: EntityTrait>(cells: &[String]) -> Result<E::ActiveModel, BackupError>
where
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    let mut row = <E::ActiveModel as ActiveModelTrait>::default();
    for (column, cell) in E::Column::iter().zip(cells) {
        row.try_set(column, cells::read(cell).ok_or(BackupError::NotOne)?)?;
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_table_is_copied() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/rows");
        let mut declared: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                let text = fs::read_to_string(entry.unwrap().path()).unwrap();
                let (_, name) = text.split_once("table_name = \"")?;
                Some(name.split_once('"')?.0.to_owned())
            })
            .collect();
        declared.sort();

        let mut copied = all();
        copied.sort();
        assert_eq!(copied, declared);
    }
}
