//! What of a text was damaged before it came here.

use attache_domain::cell::Damage;
use encoding_rs::WINDOWS_1252;

use super::{Row, Table};

/// Looks through a table for cells whose text was damaged.
pub(super) fn find(table: &mut Table) {
    let found = |row: Row<'_>| {
        let damaged = move |(column, cell)| damage(cell).map(|damage| (row.number, column + 1, damage));
        row.cells().enumerate().filter_map(damaged).collect::<Vec<_>>()
    };
    let flaws: Vec<(u32, usize, Damage)> = table.rows().flat_map(found).collect();
    for (row, column, damage) in flaws {
        table.flaw(row, column, damage);
    }
    table.flaws.sort_by_key(|flaw| (flaw.row, flaw.column, flaw.damage));
    table.flaws.dedup();
}

fn damage(cell: &str) -> Option<Damage> {
    if cell.bytes().all(|byte| (b' '..0x7f).contains(&byte) && byte != b'?') {
        return None;
    }
    // Before control characters, which are half of what twice encoded text is made of.
    if is_encoded_twice(cell) {
        return Some(Damage::EncodedTwice);
    }
    if cell.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Some(Damage::Control);
    }
    (cell.contains('\u{fffd}') || has_lost_characters(cell)).then_some(Damage::Lost)
}

/// Whether question marks stand where characters were: before a Chinese one, where no question ends, or in a cell that has nothing else.
fn has_lost_characters(cell: &str) -> bool {
    let mut last = None;
    let before_ideograph = cell.chars().any(|c| last.replace(c) == Some('?') && is_ideograph(c));
    before_ideograph || (cell.contains('?') && cell.chars().all(|c| c == '?' || c.is_whitespace()))
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a text is UTF-8 that somebody read as Latin letters and wrote as UTF-8 again.
fn is_encoded_twice(cell: &str) -> bool {
    if cell.is_ascii() {
        return false;
    }
    let bytes: Option<Vec<u8>> = cell.chars().map(once).collect();
    bytes.is_some_and(|bytes| std::str::from_utf8(&bytes).is_ok())
}

/// The byte that a Latin letter was read from.
fn once(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(c)) {
        return Some(byte);
    }
    let mut text = [0; 4];
    let (bytes, _, is_lossy) = WINDOWS_1252.encode(c.encode_utf8(&mut text));
    match (&bytes[..], is_lossy) {
        ([byte], false) => Some(*byte),
        _ => None,
    }
}
