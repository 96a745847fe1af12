//! Workbooks (XLSX): a sheet, cell by cell, as its author sees it.

use std::io::{self, Cursor, Read as _};

use attache_domain::cell::Damage;
use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx};
use zip::ZipArchive;

use super::{MAX_COLUMNS, Origin, Table, Unreadable, damage};

/// How much a workbook may be once it is unpacked.
pub(super) const MAX_UNPACKED: u64 = 256 * 1024 * 1024;
/// How much of a workbook may be texts that its cells share: all of them are in memory at once.
const MAX_SHARED: u64 = 64 * 1024 * 1024;
/// How many files a workbook may be packed of.
const MAX_ENTRIES: usize = 2000;
/// The largest whole number of which a spreadsheet keeps every digit.
const MOST_EXACT: f64 = 999_999_999_999_999.0;

/// Reads a sheet of a workbook.
pub(super) fn read(bytes: &[u8], sheet: Option<&str>) -> Result<Table, Unreadable> {
    require_bounded(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::Workbook)?;
    let is_meant = |found: &&calamine::Sheet| match sheet {
        Some(name) => found.name == name,
        None => found.typ == SheetType::WorkSheet && found.visible == SheetVisible::Visible,
    };
    let meant = workbook.sheets_metadata().iter().find(is_meant).ok_or(Unreadable::Sheet)?.name.clone();
    let mut table = Table { origin: Origin { encoding: None, delimiter: None, sheet: None }, ..Table::default() };
    let mut cells = workbook.worksheet_cells_reader(&meant).map_err(|_| Unreadable::Workbook)?;
    let (mut row, mut next) = (0, 0);
    while let Some(cell) = cells.next_cell().map_err(|_| Unreadable::Workbook)? {
        let (found, column) = (cell.get_position().0, cell.get_position().1 as usize);
        if matches!(cell.get_value(), DataRef::Empty) {
            continue;
        }
        if found != row {
            table.end_row(row + 1)?;
            (row, next) = (found.max(row), 0);
        }
        // Cells stand in their order, or it is no sheet that a spreadsheet wrote.
        if found != row || column < next {
            return Err(Unreadable::Workbook);
        }
        if column >= MAX_COLUMNS {
            return Err(Unreadable::TooWide { row: row + 1 });
        }
        for _ in next..column {
            table.end_cell(row + 1)?;
        }
        if let Some(damage) = write(&mut table.text, cell.get_value()) {
            table.flaw(row + 1, column + 1, damage);
        }
        table.end_cell(row + 1)?;
        next = column + 1;
    }
    table.end_row(row + 1)?;
    table.origin.sheet = Some(meant);
    damage::find(&mut table);
    Ok(table)
}

/// Refuses what would fill the memory: it is unpacked once for that, into nothing, since what a file says of its own size may be a lie.
fn require_bounded(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Workbook)?;
    if archive.len() > MAX_ENTRIES {
        return Err(Unreadable::Unpacks);
    }
    let mut left = MAX_UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_| Unreadable::Workbook)?;
        let name = entry.name().map_err(|_| Unreadable::Workbook)?.to_ascii_lowercase();
        let most = if name.ends_with("sharedstrings.xml") { MAX_SHARED.min(left) } else { left };
        let size = io::copy(&mut entry.take(most + 1), &mut io::sink()).map_err(|_| Unreadable::Workbook)?;
        left = left.checked_sub(size).filter(|_| size <= most).ok_or(Unreadable::Unpacks)?;
    }
    Ok(())
}

/// Writes what a cell shows, and tells what is damaged in it.
fn write(text: &mut String, value: &DataRef<'_>) -> Option<Damage> {
    match value {
        DataRef::Empty => {}
        DataRef::String(value) | DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => text.push_str(value),
        DataRef::SharedString(value) => text.push_str(value),
        DataRef::Int(value) => text.push_str(&value.to_string()),
        DataRef::Float(value) => {
            text.push_str(&value.to_string());
            if value.abs() > MOST_EXACT {
                return Some(Damage::Rounded);
            }
        }
        DataRef::Bool(value) => text.push_str(if *value { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(value) => text.push_str(&moment(value)),
        DataRef::Error(_) => return Some(Damage::Failed),
    }
    None
}

/// A day as ISO 8601 has it, with the time of day where it has one.
fn moment(value: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    let (date, time) = (format!("{year:04}-{month:02}-{day:02}"), format!("{hour:02}:{minute:02}:{second:02}"));
    match (value.is_duration() || value.as_f64() < 1.0, time.as_str()) {
        (true, _) => time,
        (false, "00:00:00") => date,
        (false, _) => format!("{date}T{time}"),
    }
}
