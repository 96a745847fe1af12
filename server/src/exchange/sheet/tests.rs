//! Tables as they are written, read again as other programs read them.

use super::{Format, Sheet};
use crate::exchange::table;

/// Texts that break what is written carelessly.
const HARD: [&str; 9] = [
    "plain",
    "a,b",
    "say \"yes\"",
    "two\nlines",
    "=HYPERLINK(\"http://x\")",
    "+92 51 9000000",
    "张伟明 & <b>",
    "محمد اسلم",
    "",
];

fn written(format: Format, rows: usize) -> Vec<u8> {
    let headers: Vec<String> = (1..=HARD.len()).map(|number| format!("Column {number}")).collect();
    let names = (1..=HARD.len()).map(|number| format!("c{number}")).collect();
    let mut sheet = Sheet::begin(format, names, headers).unwrap();
    let mut bytes = Vec::new();
    for _ in 0..rows {
        sheet.row(HARD.iter().map(|text| vec![(*text).to_owned()])).unwrap();
        bytes.append(&mut sheet.take());
    }
    bytes.extend(sheet.end().unwrap());
    bytes
}

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let table = table::read(bytes, None).unwrap();
    assert_eq!(table.flaws, []);
    table.rows().map(|row| row.cells().map(str::to_owned).collect()).collect()
}

#[test]
fn no_cell_of_a_csv_is_a_formula_and_each_says_what_it_said() {
    let bytes = written(Format::Csv, 2);

    assert!(bytes.starts_with("\u{feff}Column 1,".as_bytes()));
    let rows = rows(&bytes);
    let harmless = HARD.map(|text| if text.starts_with(['=', '+']) { format!("'{text}") } else { text.to_owned() });
    assert_eq!((rows.len(), &rows[1], &rows[2]), (3, &harmless[..8].to_vec(), &harmless[..8].to_vec()));
    let plain: Vec<&str> = rows[1].iter().map(|cell| attache_domain::cell::plain(cell)).collect();
    assert_eq!(plain, HARD[..8]);
}

#[test]
fn workbook_says_what_was_said_and_is_the_same_each_time() {
    let bytes = written(Format::Xlsx, 2);

    assert_eq!(rows(&bytes)[1], HARD[..8]);
    assert_eq!(rows(&bytes).len(), 3);
    assert_eq!(bytes, written(Format::Xlsx, 2));
}

#[test]
fn lines_of_json_have_what_is_there() {
    let mut sheet = Sheet::begin(Format::JsonLines, ["a", "b", "c"].map(str::to_owned).to_vec(), Vec::new()).unwrap();
    let cell = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    sheet.row([cell(&["=1"]), cell(&[]), cell(&["x", "y"])].into_iter()).unwrap();

    assert_eq!(String::from_utf8(sheet.end().unwrap()).unwrap(), "{\"a\":\"=1\",\"c\":[\"x\",\"y\"]}\n");
}

#[test]
fn table_that_goes_out_while_it_is_written_is_never_kept_whole() {
    for format in [Format::Csv, Format::Xlsx, Format::JsonLines] {
        let mut sheet = Sheet::begin(format, vec!["a".to_owned()], vec!["A".to_owned()]).unwrap();
        let mut most = 0;
        for row in 0..20_000_u64 {
            let text = format!("{:x}", row.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            sheet.row(std::iter::once(vec![text])).unwrap();
            most = most.max(sheet.take().len());
        }

        // What the packing keeps back is at most a block of it.
        assert!(most < 1 << 17, "{format:?}: {most}");
    }
}
