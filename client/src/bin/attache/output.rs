//! Prints answers: JSON for programs, tables for people, comma-separated values for spreadsheets.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};

use anyhow::Context as _;
use clap::ValueEnum;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, SerializeOptions,
};

use crate::sheet::{self, Sheet};
use crate::table;
use crate::trouble::{Trouble, plain};

/// How answers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    // A table of what fits the terminal.
    Table,
    // JSON with every field, under the names of the .proto files; of a stream, one message a line.
    Json,
    // Comma-separated values: a row an item, a column a field, under the same names for whatever is in it.
    Csv,
    // The same after a byte order mark, by which spreadsheet programs know that it is UTF-8.
    CsvBom,
}

impl Format {
    /// What suits whoever reads standard output.
    pub fn of_stdout() -> Self {
        if io::stdout().is_terminal() { Self::Table } else { Self::Json }
    }
}

/// Prints to standard output in one format.
pub struct Printer {
    pub format: Format,
    /// What the rows so far were laid out by: the header is printed once, whatever number of messages follow.
    sheet: RefCell<Option<Sheet>>,
}

impl Printer {
    pub fn new(format: Format) -> Self {
        Self { format, sheet: RefCell::new(None) }
    }

    /// Prints the answer to a call.
    pub fn answer(&self, answer: &DynamicMessage) -> Result<(), Trouble> {
        match self.format {
            Format::Table => {
                let shown = table::show(answer, table::width());
                write(shown.table.as_bytes())?;
                tell(&shown.note);
                Ok(())
            }
            Format::Json => write(&json(answer, true)?),
            Format::Csv | Format::CsvBom => {
                write(&shown(self.comma_separated(answer)?))?;
                tell(&table::note(answer));
                Ok(())
            }
        }
    }

    /// Lays an answer out in rows, under a header if it is the first.
    fn comma_separated(&self, answer: &DynamicMessage) -> anyhow::Result<Vec<u8>> {
        let mut sheet = self.sheet.borrow_mut();
        let is_first = sheet.is_none();
        let sheet = sheet.get_or_insert_with(|| Sheet::of(&answer.descriptor()));
        let mut bytes = if is_first { self.mark().to_vec() } else { Vec::new() };
        let header = is_first.then(|| sheet.header());
        sheet::write(header.into_iter().chain(sheet.rows(answer)?), &mut bytes)?;
        Ok(bytes)
    }

    /// What stands before everything else.
    fn mark(&self) -> &'static [u8] {
        if self.format == Format::CsvBom { "\u{feff}".as_bytes() } else { b"" }
    }

    /// Prints rows of the program's own making under a header.
    pub fn rows(&self, header: &[&str], rows: &[Vec<String>]) -> Result<(), Trouble> {
        match self.format {
            Format::Table => write(table::show_rows(header, rows).as_bytes()),
            Format::Json => {
                let objects = rows.iter().map(|row| header.iter().copied().zip(row));
                let list: Vec<BTreeMap<&str, &String>> = objects.map(Iterator::collect).collect();
                let mut bytes = serde_json::to_vec_pretty(&list).context("the rows cannot be written")?;
                bytes.push(b'\n');
                write(&bytes)
            }
            Format::Csv | Format::CsvBom => {
                let header = header.iter().map(|name| (*name).to_owned()).collect();
                let rows = rows.iter().map(|row| row.iter().map(|cell| sheet::harmless(cell)).collect());
                let mut bytes = self.mark().to_vec();
                sheet::write([header].into_iter().chain(rows), &mut bytes)?;
                write(&shown(bytes))
            }
        }
    }

    /// Prints a message of the program's own making, whose full name is `name`.
    pub fn typed(&self, name: &str, message: &impl prost::Message) -> Result<(), Trouble> {
        let pool = DescriptorPool::decode(attache_client::DESCRIPTOR_SET).context("the descriptors cannot be read")?;
        let descriptor = pool.get_message_by_name(name).with_context(|| format!("{name} is not in the API"))?;
        let mut answer = DynamicMessage::new(descriptor);
        answer.transcode_from(message).with_context(|| format!("{name} cannot be shown"))?;
        self.answer(&answer)
    }

    /// Prints the next message of a stream.
    pub fn next(&self, message: &DynamicMessage) -> Result<(), Trouble> {
        match self.format {
            Format::Table | Format::Csv | Format::CsvBom => self.answer(message),
            Format::Json => write(&json(message, false)?),
        }
    }
}

/// Takes from rows what would move the cursor, where a terminal shows them; who reads them elsewhere gets them as they are.
fn shown(rows: Vec<u8>) -> Vec<u8> {
    if io::stdout().is_terminal() { plain(&String::from_utf8_lossy(&rows)).into_bytes() } else { rows }
}

fn tell(note: &str) {
    if !note.is_empty() {
        eprintln!("{note}");
    }
}

/// Writes to standard output. A reader who has seen enough, as `head`, is no trouble: there is nobody left to write to.
pub fn write(bytes: &[u8]) -> Result<(), Trouble> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written.context("standard output")?),
    }
}

/// A message as JSON has it: the names of the .proto files, and every field.
pub const AS_JSON: SerializeOptions = SerializeOptions::new().use_proto_field_name(true).skip_default_fields(false);

fn json(message: &DynamicMessage, over_lines: bool) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if over_lines {
        message.serialize_with_options(&mut serde_json::Serializer::pretty(&mut bytes), &AS_JSON)?;
    } else {
        message.serialize_with_options(&mut serde_json::Serializer::new(&mut bytes), &AS_JSON)?;
    }
    bytes.push(b'\n');
    Ok(bytes)
}

/// The field of an answer that holds what it is a list of.
pub fn items(answer: &MessageDescriptor) -> Option<FieldDescriptor> {
    answer.fields().find(|field| field.is_list() && matches!(field.kind(), Kind::Message(_)))
}

/// The same, of an answer that is one page of a list.
pub fn page_items(answer: &MessageDescriptor) -> Option<FieldDescriptor> {
    items(answer).filter(|_| answer.get_field_by_name("next_page_token").is_some())
}

#[cfg(test)]
mod tests {
    use attache_client::{DESCRIPTOR_SET, v1};

    use super::*;

    fn told(reason: &str) -> DynamicMessage {
        let pool = DescriptorPool::decode(DESCRIPTOR_SET).unwrap();
        let mut message = DynamicMessage::new(pool.get_message_by_name("attache.v1.JobFailure").unwrap());
        let (resource, description) = ("line 12".to_owned(), "王 伟".to_owned());
        message.transcode_from(&v1::JobFailure { resource, reason: reason.to_owned(), description }).unwrap();
        message
    }

    #[test]
    fn a_stream_has_one_header_and_a_row_a_message() {
        let printed = |format| {
            let printer = Printer::new(format);
            let rows = ["a", "b"].map(|reason| printer.comma_separated(&told(reason)).unwrap());
            String::from_utf8(rows.concat()).unwrap()
        };

        let rows = "resource,reason,description\nline 12,a,王 伟\nline 12,b,王 伟\n";
        assert_eq!(printed(Format::Csv), rows);
        assert_eq!(printed(Format::CsvBom), format!("\u{feff}{rows}"));
    }
}
