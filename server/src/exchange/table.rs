//! Tables that people keep in spreadsheets: CSV and its kin in whatever encoding, and workbooks (XLSX).
//!
//! A cell is its value as text: a day as ISO 8601 has it, a number without its format, of merged cells the first. What was damaged on the way here (characters that were lost or encoded twice, quotation marks
//! that do not pair, numbers that were rounded) is told by row and column and stays as it is: nobody can say what stood there.
//!
//! **Invariant:** what is read is bounded ([`MAX_BYTES`], [`MAX_ROWS`], [`MAX_COLUMNS`], [`MAX_CELLS`]) before room is made for it, and a flaw
//! never repeats what stands in a cell.

use attache_domain::cell::Damage;

mod damage;
mod delimited;
mod text;
mod workbook;

/// The largest file that is read.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;
/// How much its cells say at most: a file of [`MAX_BYTES`] has at most three times as many bytes in UTF-8.
const MAX_TEXT: usize = 3 * MAX_BYTES;
/// How many rows a table has at most, blank ones not counted.
pub const MAX_ROWS: usize = 200_000;
/// How many columns a table has at most.
pub const MAX_COLUMNS: usize = 500;
/// How many cells a table has at most.
pub const MAX_CELLS: usize = 4_000_000;

/// A table, read whole. Its cells lie in one text, since a hundred thousand rows of small strings would take several times the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// How it was written.
    pub origin: Origin,
    /// What is damaged, in the order of the table.
    pub flaws: Vec<Flaw>,
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<u32>,
    rows: Vec<Bounds>,
}

/// How a table was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The encoding of its text, a label of the WHATWG's standard; none for a workbook.
    pub encoding: Option<&'static str>,
    /// What stands between its cells; none in a workbook.
    pub delimiter: Option<char>,
    /// The sheet of the workbook.
    pub sheet: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    number: u32,
    /// Behind its last cell.
    end: u32,
}

/// A row that is not blank.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its number as a spreadsheet counts, 1 first, blank rows too.
    pub number: u32,
    table: &'a Table,
    cells: (usize, usize),
}

/// Something damaged in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The row, as a spreadsheet counts.
    pub row: u32,
    /// The column, 1 first.
    pub column: u32,
    /// What it is.
    pub damage: Damage,
}

/// Why a file is no table that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is larger than what is read.
    #[error("is larger than {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    /// It would be larger than what is read once it is unpacked.
    #[error("unpacks to more than {} MiB", workbook::MAX_UNPACKED >> 20)]
    Unpacks,
    /// It has too many rows.
    #[error("has more than {MAX_ROWS} rows")]
    TooLong,
    /// A row has too many columns.
    #[error("has more than {MAX_COLUMNS} columns in row {row}")]
    TooWide {
        /// Which row.
        row: u32,
    },
    /// It has too many cells.
    #[error("has more than {MAX_CELLS} cells")]
    TooManyCells,
    /// A quotation mark is opened and never closed, so that nobody can tell where the cell ends.
    #[error("opens a quotation mark in row {row}, column {column} that is never closed")]
    QuoteOpen {
        /// The row.
        row: u32,
        /// The column.
        column: u32,
    },
    /// It begins like a workbook, and is none.
    #[error("is no workbook (XLSX), or a damaged or protected one")]
    Workbook,
    /// It is a workbook of an older kind.
    #[error("is a workbook of an older kind (XLS) or protected by a password; save it as XLSX without one")]
    OldWorkbook,
    /// The workbook has no such sheet, or none that is shown.
    #[error("has no such sheet")]
    Sheet,
}

/// Reads a table. What it is, the bytes tell, since few programs name files as they ought to; `sheet` names the sheet of a workbook, the first
/// that is shown otherwise.
pub fn read(bytes: &[u8], sheet: Option<&str>) -> Result<Table, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => workbook::read(bytes, sheet),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(Unreadable::OldWorkbook),
        _ if sheet.is_some() => Err(Unreadable::Sheet),
        _ => delimited::read(bytes),
    }
}

impl Table {
    /// The rows that are not blank, in their order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).filter_map(|index| self.row(index))
    }

    /// How many rows there are that are not blank.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One of the rows that are not blank, 0 first.
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        let Bounds { number, end } = *self.rows.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.rows.get(before)).map_or(0, |before| before.end);
        Some(Row { number, table: self, cells: (start as usize, end as usize) })
    }

    fn cell(&self, index: usize) -> &str {
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        let end = self.ends.get(index).map_or(start, |end| *end as usize);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Ends a cell of the row that is being read.
    fn end_cell(&mut self, row: u32) -> Result<(), Unreadable> {
        let begun = self.rows.last().map_or(0, |last| last.end as usize);
        if self.ends.len() >= MAX_CELLS {
            return Err(Unreadable::TooManyCells);
        }
        if self.ends.len() - begun >= MAX_COLUMNS {
            return Err(Unreadable::TooWide { row });
        }
        self.ends.push(u32::try_from(self.text.len()).map_err(|_| Unreadable::TooLarge)?);
        Ok(())
    }

    /// Ends the row that is being read. Cells at its end that are blank are no cells, and one without any other is no row.
    fn end_row(&mut self, number: u32) -> Result<(), Unreadable> {
        let begun = self.rows.last().map_or(0, |last| last.end as usize);
        while self.ends.len() > begun && self.cell(self.ends.len() - 1).trim().is_empty() {
            self.ends.pop();
        }
        let text = self.ends.last().map_or(0, |end| *end as usize);
        self.text.truncate(text);
        if self.ends.len() == begun {
            return Ok(());
        }
        if self.rows.len() >= MAX_ROWS {
            return Err(Unreadable::TooLong);
        }
        let end = u32::try_from(self.ends.len()).map_err(|_| Unreadable::TooManyCells)?;
        self.rows.push(Bounds { number, end });
        Ok(())
    }

    fn flaw(&mut self, row: u32, column: usize, damage: Damage) {
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        let flaw = Flaw { row, column, damage };
        if self.flaws.last() != Some(&flaw) {
            self.flaws.push(flaw);
        }
    }
}

impl<'a> Row<'a> {
    /// What stands in a column, 0 first; nothing beyond the last.
    pub fn cell(&self, column: usize) -> &'a str {
        let (start, end) = self.cells;
        if column < end - start { self.table.cell(start + column) } else { "" }
    }

    /// How many columns it has.
    pub fn width(&self) -> usize {
        self.cells.1 - self.cells.0
    }

    /// What stands in its columns.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> {
        let table = self.table;
        (self.cells.0..self.cells.1).map(move |index| table.cell(index))
    }
}

#[cfg(test)]
mod tests;
