//! CSV and its kin (RFC 4180, and what is about): cells with something between them, in quotation marks or not.
//!
//! Taken apart here and not by a library, since those that there are mend without a word what has to be told: a quotation mark that opens
//! nothing, one that is never closed, text behind a closed one; and leave blank lines out, so that the rows are no more those of the
//! spreadsheet.

use attache_domain::cell::Damage;

use super::{Origin, Table, Unreadable, damage, text};

/// What may stand between cells, the likeliest first.
const DELIMITERS: [u8; 4] = *b",;\t|";
/// How many rows are looked at to tell what stands between cells.
const SAMPLE: u32 = 50;

/// Reads a text of delimited cells.
pub(super) fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
    let (encoding, text) = text::decode(bytes);
    let (said, text) = said(&text);
    let delimiter = said.unwrap_or_else(|| likeliest(text));
    let mut table = take_apart(text, delimiter, u32::MAX)?;
    table.origin = Origin { encoding: Some(encoding.name()), delimiter: Some(char::from(delimiter)), sheet: None };
    damage::find(&mut table);
    Ok(table)
}

/// What a first line `sep=;` says stands between cells, and what follows it. Spreadsheets do not show it, and do not count it.
fn said(text: &str) -> (Option<u8>, &str) {
    let Some(rest) = text.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &text[4..]) else {
        return (None, text);
    };
    let mut characters = rest.chars();
    match characters.next() {
        Some(delimiter) if delimiter.is_ascii() && !delimiter.is_alphanumeric() && delimiter != '"' => {
            let rest = characters.as_str();
            let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n']));
            u8::try_from(delimiter).ok().zip(rest).map_or((None, text), |(delimiter, rest)| (Some(delimiter), rest))
        }
        Some(_) | None => (None, text),
    }
}

/// What stands between cells by all signs: what divides the most rows into equally many.
fn likeliest(text: &str) -> u8 {
    let evidence = |delimiter: u8| {
        let Ok(table) = take_apart(text, delimiter, SAMPLE) else { return 0 };
        let widths: Vec<usize> = table.rows().map(|row| row.width()).collect();
        let alike = |width: &usize| widths.iter().filter(|other| *other == width).count() * (width - 1);
        widths.iter().map(alike).max().unwrap_or_default()
    };
    // Of equals the first: `max_by_key` would take the last.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| evidence(*delimiter)).unwrap_or(b',')
}

/// Where in a text it is.
struct Reader<'a> {
    rest: &'a str,
    delimiter: u8,
    /// The row and column that is being read, 1 first.
    row: u32,
    column: usize,
    table: Table,
}

fn take_apart(text: &str, delimiter: u8, rows: u32) -> Result<Table, Unreadable> {
    let mut reader = Reader { rest: text, delimiter, row: 1, column: 1, table: Table::default() };
    while !reader.rest.is_empty() && reader.row <= rows {
        reader.cell()?;
    }
    // The last line may have no end.
    reader.table.end_row(reader.row)?;
    Ok(reader.table)
}

impl Reader<'_> {
    /// Reads a cell, and what ends it.
    fn cell(&mut self) -> Result<(), Unreadable> {
        if let Some(rest) = self.rest.strip_prefix('"') {
            self.rest = rest;
            self.quoted()?;
        }
        let delimiter = self.delimiter;
        let ends = |byte: u8| byte == delimiter || matches!(byte, b'\r' | b'\n');
        let end = self.rest.bytes().position(ends).unwrap_or(self.rest.len());
        let (plain, rest) = self.rest.split_at(end);
        if plain.contains('"') {
            self.table.flaw(self.row, self.column, Damage::Quote);
        }
        self.table.text.push_str(plain);
        self.table.end_cell(self.row)?;
        match rest.as_bytes() {
            [byte, ..] if *byte == delimiter => {
                self.rest = &rest[1..];
                self.column += 1;
            }
            line_end => {
                self.rest = &rest[usize::from(!line_end.is_empty()) + usize::from(line_end.starts_with(b"\r\n"))..];
                self.table.end_row(self.row)?;
                (self.row, self.column) = (self.row.saturating_add(1), 1);
            }
        }
        Ok(())
    }

    /// Reads what stands between quotation marks, two of which are one.
    fn quoted(&mut self) -> Result<(), Unreadable> {
        let (row, column) = (self.row, u32::try_from(self.column).unwrap_or(u32::MAX));
        loop {
            let (text, rest) = self.rest.split_once('"').ok_or(Unreadable::QuoteOpen { row, column })?;
            self.table.text.push_str(text);
            let Some(rest_of_cell) = rest.strip_prefix('"') else {
                self.rest = rest;
                break;
            };
            self.table.text.push('"');
            self.rest = rest_of_cell;
        }
        let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\r' | b'\n');
        if !self.rest.as_bytes().first().is_none_or(ends) {
            self.table.flaw(self.row, self.column, Damage::Quote);
        }
        Ok(())
    }
}
