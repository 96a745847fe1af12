//! Prints answers: JSON for programs, tables for people.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::Context as _;
use clap::ValueEnum;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, SerializeOptions};

use crate::table;
use crate::trouble::Trouble;

/// How answers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    // A table of what fits the terminal.
    Table,
    // JSON with every field, under the names of the .proto files; of a stream, one message a line.
    Json,
}

impl Format {
    /// What suits whoever reads standard output.
    pub fn of_stdout() -> Self {
        if io::stdout().is_terminal() { Self::Table } else { Self::Json }
    }
}

/// Prints to standard output in one format.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
    pub format: Format,
}

impl Printer {
    /// Prints the answer to a call.
    pub fn answer(self, answer: &DynamicMessage) -> Result<(), Trouble> {
        match self.format {
            Format::Table => {
                let shown = table::show(answer, table::width());
                write(shown.table.as_bytes())?;
                if !shown.note.is_empty() {
                    eprintln!("{}", shown.note);
                }
                Ok(())
            }
            Format::Json => write(&json(answer, true)?),
        }
    }

    /// Prints a message of the program's own making, whose full name is `name`.
    pub fn typed(self, name: &str, message: &impl prost::Message) -> Result<(), Trouble> {
        let pool = DescriptorPool::decode(attache_client::DESCRIPTOR_SET).context("the descriptors cannot be read")?;
        let descriptor = pool.get_message_by_name(name).with_context(|| format!("{name} is not in the API"))?;
        let mut answer = DynamicMessage::new(descriptor);
        answer.transcode_from(message).with_context(|| format!("{name} cannot be shown"))?;
        self.answer(&answer)
    }

    /// Prints the next message of a stream.
    pub fn next(self, message: &DynamicMessage) -> Result<(), Trouble> {
        match self.format {
            Format::Table => self.answer(message),
            Format::Json => write(&json(message, false)?),
        }
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

fn json(message: &DynamicMessage, over_lines: bool) -> anyhow::Result<Vec<u8>> {
    let options = SerializeOptions::new().use_proto_field_name(true).skip_default_fields(false);
    let mut bytes = Vec::new();
    if over_lines {
        message.serialize_with_options(&mut serde_json::Serializer::pretty(&mut bytes), &options)?;
    } else {
        message.serialize_with_options(&mut serde_json::Serializer::new(&mut bytes), &options)?;
    }
    bytes.push(b'\n');
    Ok(bytes)
}

/// The field of an answer that holds what it is a list of.
pub fn items(answer: &MessageDescriptor) -> Option<FieldDescriptor> {
    answer.fields().find(|field| field.is_list() && matches!(field.kind(), Kind::Message(_)))
}
