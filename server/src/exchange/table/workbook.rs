//! Workbooks (XLSX): a sheet, cell by cell.

use std::io::{self, Cursor, Read as _};

use attache_domain::cell::Damage;
use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx};
use quick_xml::events::{Event, attributes::Attribute};
use zip::ZipArchive;

use super::{MAX_CELLS, MAX_COLUMNS, MAX_TEXT, Origin, Table, Unreadable, damage};

/// How much a workbook may be once it is unpacked.
pub(super) const MAX_UNPACKED: u64 = 256 * 1024 * 1024;
/// How much of a workbook may be texts that its cells share: all of them are in memory at once.
const MAX_SHARED: u64 = 64 * 1024 * 1024;
/// How much each part may be that is neither a sheet nor those texts.
const MAX_PART: u64 = 16 * 1024 * 1024;
/// How much of a part is looked at to find how it begins.
const HEAD: usize = 64 * 1024;
/// How many files a workbook may be packed of.
const MAX_ENTRIES: usize = 2000;
/// What the part with the texts that cells share is called, and where it says how many they are.
const SHARED: &str = "sst";
const COUNTS: [&str; 2] = ["uniqueCount", "count"];
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
        // Cells share their texts, so that a short file may say much.
        if table.text.len() > MAX_TEXT {
            return Err(Unreadable::TooLarge);
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
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_part = matches!(ending, "xml" | "rels");
        let mut entry = entry.take(left + 1);
        let mut head = Vec::new();
        entry.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|_| Unreadable::Workbook)?;
        let most = match is_part {
            true if shares_texts(&head)? => MAX_SHARED.min(left),
            true if !name.starts_with("xl/worksheets/") => MAX_PART.min(left),
            true | false => left,
        };
        let rest = io::copy(&mut entry, &mut io::sink()).map_err(|_| Unreadable::Workbook)?;
        let size = rest + head.len() as u64;
        left = left.checked_sub(size).filter(|_| size <= most).ok_or(Unreadable::Unpacks)?;
    }
    Ok(())
}

/// Whether a part holds the texts that cells share. How many they are it says first, and room is made for so many before there are any.
fn shares_texts(head: &[u8]) -> Result<bool, Unreadable> {
    let mut reader = quick_xml::Reader::from_reader(head);
    loop {
        match reader.read_event() {
            Ok(Event::Start(root) | Event::Empty(root)) if root.local_name().as_ref() == SHARED => {
                let said = root.attributes().flatten().filter(|one| COUNTS.contains(&one.key.local_name().as_ref()));
                let count = |one: Attribute<'_>| one.value.trim().parse::<usize>().ok();
                let is_bounded = said.map(count).all(|count| count.is_some_and(|count| count <= MAX_CELLS));
                return if is_bounded { Ok(true) } else { Err(Unreadable::TooManyCells) };
            }
            Ok(Event::Start(_) | Event::Empty(_)) => return Ok(false),
            Ok(Event::Eof) | Err(_) => return Err(Unreadable::Workbook),
            Ok(_) => {}
        }
    }
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
