//! What tables say, however they were written, and what is told of damaged ones.

use std::{io::Write as _, path::PathBuf};

use attache_domain::cell::Damage;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{MAX_CELLS, MAX_COLUMNS, Table, Unreadable, read};

fn folder(test: &str) -> Option<PathBuf> {
    let data = std::env::var_os("ATTACHE_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(data).join("real/csv");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped {test}: no ATTACHE_DATA");
    None
}

/// The rows that are not blank: numbers and cells.
fn rows(table: &Table) -> Vec<(u32, Vec<String>)> {
    table.rows().map(|row| (row.number, row.cells().map(str::to_owned).collect())).collect()
}

fn of(text: &str) -> Vec<(u32, Vec<String>)> {
    rows(&read(text.as_bytes(), None).unwrap())
}

fn flaws(table: &Table) -> Vec<(u32, u32, Damage)> {
    table.flaws.iter().map(|flaw| (flaw.row, flaw.column, flaw.damage)).collect()
}

fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
    (number, cells.iter().map(ToString::to_string).collect())
}

/// What the list of delegates says in each of its byte forms.
fn expected(folder: &std::path::Path) -> Vec<Vec<String>> {
    let json = std::fs::read(folder.join("synthetic/EXPECTED.json")).unwrap();
    let rows: Vec<Vec<String>> = serde_json::from_slice(&json).unwrap();
    let trimmed = |mut row: Vec<String>| {
        while row.last().is_some_and(|cell| cell.trim().is_empty()) {
            row.pop();
        }
        row
    };
    rows.into_iter().map(trimmed).filter(|row| !row.is_empty()).collect()
}

/// The same where lines end in a way that a cell cannot hold: there a blank stands for the end.
fn without_breaks(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| cell.replace('\n', " ")).collect()).collect()
}

#[test]
fn one_list_says_the_same_in_every_byte_form() {
    let Some(folder) = folder("one_list_says_the_same_in_every_byte_form") else { return };
    let expected = expected(&folder);
    let forms = [
        ("utf8-nobom-lf.csv", "UTF-8", ',', 0),
        ("utf8-bom-crlf.csv", "UTF-8", ',', 0),
        ("cr-only.csv", "UTF-8", ',', 0),
        ("utf8-semicolon.csv", "UTF-8", ';', 0),
        ("sep-line.csv", "UTF-8", ';', 0),
        ("utf16le-bom-tab.txt", "UTF-16LE", '\t', 0),
        ("gb18030-nobom-crlf.csv", "gb18030", ',', 0),
        ("title-rows-above-header.csv", "UTF-8", ',', 2),
    ];

    for (form, encoding, delimiter, titles) in forms {
        let table = read(&std::fs::read(folder.join("synthetic").join(form)).unwrap(), None).unwrap();

        assert_eq!((table.origin.encoding, table.origin.delimiter), (Some(encoding), Some(delimiter)), "{form}");
        let said: Vec<Vec<String>> = rows(&table).into_iter().skip(titles).map(|(_, cells)| cells).collect();
        assert_eq!(said, if form == "cr-only.csv" { without_breaks(&expected) } else { expected.clone() }, "{form}");
        assert_eq!(flaws(&table), [], "{form}");
    }
}

#[test]
fn what_is_damaged_is_told_by_row_and_column() {
    let Some(folder) = folder("what_is_damaged_is_told_by_row_and_column") else { return };
    let read = |form: &str| read(&std::fs::read(folder.join("synthetic").join(form)).unwrap(), None).unwrap();

    let lost = read("gbk-nobom-crlf-questionmarks.csv");
    let nul = read("nul-bytes.csv");
    let cut = read("truncated-quote.csv");
    let twice = read("mojibake-double-utf8.csv");

    assert_eq!(lost.origin.encoding, Some("gb18030"));
    assert_eq!(flaws(&lost), [(7, 2, Damage::Lost)]);
    assert_eq!(flaws(&nul), [(2, 6, Damage::Control)]);
    assert_eq!(flaws(&cut), [(9, 9, Damage::Quote)]);
    assert!(flaws(&twice).iter().all(|(.., damage)| *damage == Damage::EncodedTwice));
    let cells = |row: usize| flaws(&twice).iter().filter(|(found, ..)| *found as usize == row).count();
    // All of the header; then the cells with Chinese characters in them.
    assert_eq!([1, 2, 3, 4, 5, 6, 7].map(cells), [11, 5, 5, 4, 0, 0, 3]);
}

#[test]
fn real_files_are_read_or_refused() {
    let Some(folder) = folder("real_files_are_read_or_refused") else { return };
    let read = |name: &str| read(&std::fs::read(folder.join(name)).unwrap(), None).unwrap();
    let shape = |name: &str| {
        let table = read(name);
        let widest = table.rows().map(|row| row.width()).max().unwrap_or_default();
        let origin = (table.origin.encoding.unwrap_or_default(), table.origin.delimiter.unwrap_or_default());
        (origin, table.len(), widest, table.flaws.len())
    };

    assert_eq!(shape("UNSD-cn.utf8.csv"), (("UTF-8", ','), 250, 15, 0));
    // A blank before a quotation mark makes it one that opens nothing, and the commas behind it divide.
    assert_eq!(shape("complex.csv"), (("UTF-8", ','), 4, 6, 2));
    assert_eq!(shape("excel_pasting.csv").1, 19);
    assert_eq!(shape("null.csv"), (("UTF-8", ','), 10, 4, 0));
    assert_eq!(shape("simple.ssv"), (("UTF-8", ';'), 7, 3, 0));
    assert_eq!(shape("skip_initials.csv"), (("UTF-8", ','), 3, 2, 0));
    assert_eq!(shape("tabulator_bom.csv"), (("UTF-8", ','), 3, 2, 0));
    assert_eq!(shape("tabulator_escaping.csv").3, 3);
    assert_eq!(shape("tabulator_latin1.csv").1, 3);
    assert_eq!(shape("utf8bom.csv"), (("UTF-8", ','), 1, 2, 0));
    assert_eq!(shape("utf-16le_encoded.csv").0, ("UTF-16LE", ','));
    assert_eq!(shape("tabulator_doublequote.csv").0, ("UTF-8", ','));
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    assert_eq!(
        of("a,b\n\n1,\"two\nlines\"\n,\n3,"),
        [row(1, &["a", "b"]), row(3, &["1", "two\nlines"]), row(5, &["3"])]
    );
    assert_eq!(of("sep=;\r\na;b\r\n1;2"), [row(1, &["a", "b"]), row(2, &["1", "2"])]);
    assert_eq!(of("\"a\"\"b\",\"\"\n\"\",c"), [row(1, &["a\"b"]), row(2, &["", "c"])]);
    assert_eq!(of(""), []);
}

#[test]
fn quotation_marks_that_do_not_pair_are_told() {
    let told = |text: &str| flaws(&read(text.as_bytes(), None).unwrap());

    assert_eq!(told("a,b\nc,d\"e\n"), [(2, 2, Damage::Quote)]);
    assert_eq!(told("a,b\n\"c\"x,d\n"), [(2, 1, Damage::Quote)]);
    assert_eq!(told("a,b\n1, \"c\"\n"), [(2, 2, Damage::Quote)]);
    assert_eq!(told("a,b\n\"c\",\"d \"\"e\"\"\"\n"), []);
    assert_eq!(read(b"a,b\n1,\"c\nd,e\n", None), Err(Unreadable::QuoteOpen { row: 2, column: 2 }));
}

#[test]
fn question_marks_are_lost_characters_where_no_question_ends() {
    let told = |cell: &str| !read(format!("a,b\n1,{cell}\n").as_bytes(), None).unwrap().flaws.is_empty();

    assert_eq!(["?田?", "张?明", "??", "\u{fffd}a"].map(told), [true; 4]);
    assert_eq!(["几点？", "素食?", "Coming?", "café", "Ãhlin", "naïve Ü"].map(told), [false; 6]);
    assert!(told("cafÃ©"));
}

/// A workbook of which the second sheet is hidden.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("名单").unwrap();
    let (date, time) = (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("yyyy-mm-dd hh:mm"));
    sheet.write_row(0, 0, ["姓名", "Birthday", "Phone", "Arrival"]).unwrap();
    sheet.write_string(2, 0, "张伟明").unwrap();
    sheet.write_datetime_with_format(2, 1, ExcelDateTime::from_ymd(1980, 2, 29).unwrap(), &date).unwrap();
    sheet.write_number(2, 2, 8_613_800_138_000.0).unwrap();
    let arrival = ExcelDateTime::from_ymd(2026, 9, 1).unwrap().and_hms(8, 30, 0).unwrap();
    sheet.write_datetime_with_format(2, 3, arrival, &time).unwrap();
    sheet.write_string(3, 0, "Sukarno").unwrap();
    sheet.write_number(3, 2, 6_222_021_234_567_890_123.0).unwrap();
    sheet.write_boolean(3, 3, true).unwrap();
    workbook.add_worksheet().set_name("Hidden").unwrap().set_hidden(true).write_string(0, 0, "secret").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn workbooks_say_what_their_author_sees() {
    let table = read(&workbook(), None).unwrap();
    let hidden = read(&workbook(), Some("Hidden")).unwrap();

    assert_eq!(
        rows(&table),
        [
            row(1, &["姓名", "Birthday", "Phone", "Arrival"]),
            row(3, &["张伟明", "1980-02-29", "8613800138000", "2026-09-01T08:30:00"]),
            row(4, &["Sukarno", "", "6222021234567890000", "TRUE"]),
        ]
    );
    assert_eq!(flaws(&table), [(4, 3, Damage::Rounded)]);
    assert_eq!(table.origin.sheet.as_deref(), Some("名单"));
    assert_eq!(rows(&hidden), [row(1, &["secret"])]);
    assert_eq!(read(&workbook(), Some("Other")), Err(Unreadable::Sheet));
}

/// A workbook of one sheet whose XML is this.
fn packed(sheet: impl FnOnce(&mut ZipWriter<std::io::Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut write = |name: &str, text: &str| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let types = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    write("[Content_Types].xml", types);
    let document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    write(
        "_rels/.rels",
        &format!(
            r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{document}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        ),
    );
    write(
        "xl/_rels/workbook.xml.rels",
        &format!(
            r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{document}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
        ),
    );
    write(
        "xl/workbook.xml",
        &format!(
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{document}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#
        ),
    );
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    sheet(&mut zip);
    zip.finish().unwrap().into_inner()
}

#[test]
fn workbooks_that_would_fill_the_memory_are_refused() {
    let bomb = packed(|zip| {
        zip.write_all(b"<worksheet>").unwrap();
        let nothing = vec![b' '; 1 << 20];
        for _ in 0..257 {
            zip.write_all(&nothing).unwrap();
        }
    });
    let sheet = |rows: &str| {
        let xml = format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
        );
        packed(|zip| zip.write_all(xml.as_bytes()).unwrap())
    };
    let wide = sheet(r#"<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>"#);
    // The last column that there may be, in as many rows as make too many cells with the blank ones before it.
    let last = |row: usize| format!(r#"<row r="{row}"><c r="SF{row}"><v>1</v></c></row>"#);
    let many = sheet(&(1..=MAX_CELLS / MAX_COLUMNS + 1).map(last).collect::<String>());
    let back = sheet(r#"<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>"#);

    assert!(bomb.len() < 1 << 20);
    assert_eq!(read(&bomb, None), Err(Unreadable::Unpacks));
    assert_eq!(read(&wide, None), Err(Unreadable::TooWide { row: 1 }));
    assert_eq!(read(&many, None), Err(Unreadable::TooManyCells));
    assert_eq!(read(&back, None), Err(Unreadable::Workbook));
    assert_eq!(rows(&read(&sheet("<row><c><v>1</v></c></row>"), None).unwrap()), [row(1, &["1"])]);
}

/// A workbook whose cells share texts.
fn sharing(head: &str, text: &str, cells: usize) -> Vec<u8> {
    let sheet = format!(
        "<worksheet><sheetData>{}</sheetData></worksheet>",
        r#"<row><c t="s"><v>0</v></c></row>"#.repeat(cells)
    );
    packed(|zip| {
        zip.write_all(sheet.as_bytes()).unwrap();
        zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
        zip.write_all(format!("<sst {head}><si><t>{text}</t></si></sst>").as_bytes()).unwrap();
    })
}

#[test]
fn workbook_that_says_much_in_few_bytes_is_refused() {
    let shared = sharing(r#"count="2" uniqueCount="1""#, "same", 2);
    let promised = sharing(r#"uniqueCount="4000000000000""#, "same", 1);
    let repeated = sharing(r#"uniqueCount="1""#, &"a".repeat(1 << 20), 97);

    assert_eq!(rows(&read(&shared, None).unwrap()), [row(1, &["same"]), row(2, &["same"])]);
    assert_eq!(read(&promised, None), Err(Unreadable::TooManyCells));
    assert!(repeated.len() < 1 << 16);
    assert_eq!(read(&repeated, None), Err(Unreadable::TooLarge));
}

#[test]
fn what_is_no_table_is_refused() {
    let cut = workbook()[..600].to_vec();
    let old = [[0xd0, 0xcf, 0x11, 0xe0].as_slice(), &[0; 600]].concat();

    assert_eq!(read(&cut, None), Err(Unreadable::Workbook));
    assert_eq!(read(&old, None), Err(Unreadable::OldWorkbook));
    assert_eq!(read(b"a,b", Some("Sheet1")), Err(Unreadable::Sheet));
    assert_eq!(read(&vec![b'\n'; 200_001], None).map(|table| table.len()), Ok(0));
    assert_eq!(read("a\n".repeat(200_001).as_bytes(), None), Err(Unreadable::TooLong));
    assert_eq!(read(",".repeat(501).as_bytes(), None), Err(Unreadable::TooWide { row: 1 }));
}
