//! Tables as they are written, row by row: CSV, a workbook (XLSX) or JSON lines.
//!
//! Nothing is kept of a row but what the packing has not given out yet, so that a table of a million rows takes no more room than one of ten.
//! What somebody typed is never a formula: in CSV it gets an apostrophe where a spreadsheet would calculate, in a workbook its cell says that it
//! is a text.
//!
//! **Invariant:** the same rows give the same bytes, however they are taken out.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use attache_domain::cell::harmless;
use serde_json::{Map, Value};

mod workbook;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values (RFC 4180) with the mark by which spreadsheets see that they are UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
    /// A JSON object a line.
    JsonLines,
}

/// A table that is being written.
pub struct Sheet {
    written: Written,
    kind: Kind,
}

enum Kind {
    Csv,
    Xlsx(Box<workbook::Workbook<Written>>),
    JsonLines(Vec<String>),
}

/// What was written and not taken out yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sheet {
    /// Begins a table. A program knows the columns by their names, people by their headers.
    pub fn begin(format: Format, names: Vec<String>, headers: Vec<String>) -> io::Result<Self> {
        let mut written = Written::default();
        let kind = match format {
            Format::Csv => {
                written.write_all("\u{feff}".as_bytes())?;
                Kind::Csv
            }
            Format::Xlsx => Kind::Xlsx(Box::new(workbook::Workbook::begin(written.clone(), headers.clone())?)),
            Format::JsonLines => Kind::JsonLines(names),
        };
        let mut sheet = Self { written, kind };
        if matches!(sheet.kind, Kind::Csv) {
            sheet.row(headers.into_iter().map(|header| vec![header]))?;
        }
        Ok(sheet)
    }

    /// Writes a row: the texts of each of its cells. Of several a cell of a spreadsheet has each on a line of its own.
    pub fn row(&mut self, cells: impl Iterator<Item = Vec<String>>) -> io::Result<()> {
        match &mut self.kind {
            Kind::Csv => {
                let cells: Vec<String> = cells.map(|cell| delimited(&cell.join("\n"))).collect();
                self.written.write_all((cells.join(",") + "\r\n").as_bytes())
            }
            Kind::Xlsx(workbook) => workbook.row(cells.map(|cell| cell.join("\n"))),
            Kind::JsonLines(names) => {
                let mut object = Map::new();
                for (name, mut cell) in names.iter().zip(cells) {
                    match cell.len() {
                        0 => {}
                        1 => drop(object.insert(name.clone(), Value::String(cell.remove(0)))),
                        _ => drop(object.insert(name.clone(), cell.into())),
                    }
                }
                self.written.write_all((Value::Object(object).to_string() + "\n").as_bytes())
            }
        }
    }

    /// Takes out what was written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.written.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends the table, and takes out the rest of it.
    pub fn end(mut self) -> io::Result<Vec<u8>> {
        if let Kind::Xlsx(workbook) = std::mem::replace(&mut self.kind, Kind::Csv) {
            workbook.end()?;
        }
        Ok(self.take())
    }
}

/// A cell as RFC 4180 has it, and no formula.
fn delimited(text: &str) -> String {
    let text = harmless(text);
    // Spreadsheets whose lists have semicolons part cells there too, unless they are in quotation marks.
    if text.contains([',', ';', '\t', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests;
