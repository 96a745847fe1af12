//! A workbook (ECMA-376, Office Open XML) that goes out while it is written.
//!
//! The libraries that there are keep all rows until the end, or put them in files on the disk, in clear; a table of texts needs five short parts.

use std::io::{self, Write};

use quick_xml::escape::escape;
use zip::{
    CompressionMethod, DateTime, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

/// How many rows a sheet has, the headers beside; spreadsheets take 1,048,576.
const ROWS: u32 = 1_000_000;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

pub(super) struct Workbook<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    headers: Vec<String>,
    sheets: u32,
    /// How many rows the sheet has that is being written.
    rows: u32,
}

impl<W: Write> Workbook<W> {
    pub(super) fn begin(to: W, headers: Vec<String>) -> io::Result<Self> {
        let mut workbook = Self { zip: ZipWriter::new_stream(to), headers, sheets: 0, rows: 0 };
        workbook.begin_sheet()?;
        Ok(workbook)
    }

    pub(super) fn row(&mut self, cells: impl Iterator<Item = String>) -> io::Result<()> {
        if self.rows == ROWS {
            self.zip.write_all(b"</sheetData></worksheet>")?;
            self.begin_sheet()?;
        }
        self.rows += 1;
        self.zip.write_all(row(cells).as_bytes())
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.zip.write_all(b"</sheetData></worksheet>")?;
        let each = |write: fn(u32) -> String| (1..=self.sheets).map(write).collect::<String>();
        let overrides = each(|number| {
            format!(r#"<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{KIND}.worksheet+xml"/>"#)
        });
        let sheets =
            each(|number| format!(r#"<sheet name="Registrations {number}" sheetId="{number}" r:id="r{number}"/>"#));
        let relations = each(|number| {
            format!(
                r#"<Relationship Id="r{number}" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            )
        });
        let parts = [
            (
                "xl/workbook.xml",
                format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{sheets}</sheets></workbook>"#),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>"#),
            ),
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "[Content_Types].xml",
                format!(
                    r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>{overrides}</Types>"#
                ),
            ),
        ];
        for (name, text) in parts {
            self.begin_part(name)?;
            self.zip.write_all(text.as_bytes())?;
        }
        self.zip.finish()?;
        Ok(())
    }

    fn begin_sheet(&mut self) -> io::Result<()> {
        self.sheets += 1;
        self.rows = 0;
        self.begin_part(&format!("xl/worksheets/sheet{}.xml", self.sheets))?;
        // The headers stay where they are while one scrolls.
        let view = r#"<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>"#;
        self.zip.write_all(format!(r#"<worksheet xmlns="{MAIN}">{view}<sheetData>"#).as_bytes())?;
        let headers = row(self.headers.clone().into_iter());
        self.zip.write_all(headers.as_bytes())
    }

    /// Begins a part; the time of none is told, so that the same rows give the same bytes.
    fn begin_part(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        self.zip.start_file(name, options)?;
        self.zip.write_all(br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#)
    }
}

/// A row of texts; a cell without one is left out, so that each says which it is by its place.
fn row(cells: impl Iterator<Item = String>) -> String {
    let cell = |text: String| {
        if text.is_empty() {
            return "<c/>".to_owned();
        }
        let text: String = text.chars().map(|c| if is_written(c) { c } else { '\u{fffd}' }).collect();
        format!(r#"<c t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#, escape(text.as_str()))
    };
    format!("<row>{}</row>", cells.map(cell).collect::<String>())
}

/// Whether XML 1.0 has a character.
fn is_written(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\t' | '\n')
}
