//! Reading a request: every field is tried, and every violation is told at once.

use std::{fmt::Display, str::FromStr};

use attache_domain::authority::{Actor, Identity};
use prost::Message;
use tonic::Request;
use uuid::Uuid;

use crate::store;

/// The reason of fields that are wrong for no reason of their own, and of several that are wrong for different ones.
const INVALID: &str = "ERROR_REASON_INVALID_FIELDS";

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which, as a path: `event.title.en`.
    pub field: String,
    /// Why, without repeating what it says.
    pub description: String,
    /// The reason that `error_reason.proto` has for it.
    pub reason: &'static str,
}

impl Violation {
    /// A field that is wrong for no reason of its own.
    pub fn new(field: String, description: String) -> Self {
        Self { field, description, reason: INVALID }
    }
}

/// All fields of a request that are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFields(pub Vec<Violation>);

impl BadFields {
    /// The reason that all of them have in common.
    pub fn reason(&self) -> &'static str {
        let Self(violations) = self;
        let first = violations.first().map_or(INVALID, |violation| violation.reason);
        if violations.iter().all(|violation| violation.reason == first) { first } else { INVALID }
    }
}

/// Collects what is wrong while a request is read.
#[derive(Default)]
pub(super) struct Fields {
    caller: Option<Actor>,
    prefix: String,
    violations: Vec<Violation>,
}

impl Fields {
    /// Who makes the request, where that is read with it.
    pub(super) fn caller(&self) -> Option<&Actor> {
        self.caller.as_ref()
    }

    /// Takes note of a wrong field.
    pub(super) fn refuse(&mut self, field: &str, description: impl Display) {
        self.refuse_as(field, INVALID, description);
    }

    /// Takes note of a field that is wrong for a reason of its own.
    pub(super) fn refuse_as(&mut self, field: &str, reason: &'static str, description: impl Display) {
        let field = format!("{}{field}", self.prefix);
        self.violations.push(Violation { field, description: description.to_string(), reason });
    }

    /// Reads a text that must be there.
    pub(super) fn parse<T: FromStr<Err: Display>>(&mut self, field: &str, text: &str) -> Option<T> {
        if text.is_empty() {
            self.refuse(field, "is required");
            return None;
        }
        text.parse().map_err(|error| self.refuse(field, error)).ok()
    }

    /// Reads a text that may be left out: outside `None` when it is wrong, inside `None` when it is left out.
    pub(super) fn parse_optional<T: FromStr<Err: Display>>(&mut self, field: &str, text: &str) -> Option<Option<T>> {
        if text.is_empty() { Some(None) } else { self.parse(field, text).map(Some) }
    }

    /// Reads a free text that may be left out, of one line and so many characters.
    pub(super) fn line(&mut self, field: &str, text: &str, longest: usize) -> Option<Option<String>> {
        let text = text.trim();
        if text.chars().count() > longest {
            self.refuse(field, format_args!("is longer than {longest} characters"));
            return None;
        }
        if text.chars().any(char::is_control) {
            self.refuse(field, "holds control characters");
            return None;
        }
        Some((!text.is_empty()).then(|| text.to_owned()))
    }

    /// Reads a message inside the message, which must be there.
    pub(super) fn nested<M, T>(
        &mut self,
        field: &str,
        message: Option<M>,
        read: impl FnOnce(&mut Self, M) -> Option<T>,
    ) -> Option<T> {
        match message {
            Some(message) => self.within(field, |fields| read(fields, message)),
            None => {
                self.refuse(field, "is required");
                None
            }
        }
    }

    /// Reads a message inside the message, which may be left out.
    pub(super) fn nested_optional<M, T>(
        &mut self,
        field: &str,
        message: Option<M>,
        read: impl FnOnce(&mut Self, M) -> Option<T>,
    ) -> Option<Option<T>> {
        match message {
            Some(message) => self.within(field, |fields| read(fields, message)).map(Some),
            None => Some(None),
        }
    }

    /// Reads each element of a list.
    pub(super) fn each<M, T>(
        &mut self,
        field: &str,
        messages: Vec<M>,
        mut read: impl FnMut(&mut Self, M) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut all = Some(Vec::new());
        for (index, message) in messages.into_iter().enumerate() {
            let one = self.within(&format!("{field}[{index}]"), |fields| read(fields, message));
            all = all.zip(one).map(|(mut all, one)| {
                all.push(one);
                all
            });
        }
        all
    }

    /// Reads fields of a message inside the message.
    pub(super) fn within<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.prefix.clone();
        self.prefix = format!("{outside}{field}.");
        let read = read(self);
        self.prefix = outside;
        read
    }

    /// Ends the reading: the value, or everything that is wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, BadFields> {
        match value {
            Some(value) if self.violations.is_empty() => Ok(value),
            Some(_) | None => Err(BadFields(self.violations)),
        }
    }
}

/// Reads a request into a command.
pub(super) fn decode<M, T>(message: M, read: impl FnOnce(&mut Fields, M) -> Option<T>) -> Result<T, BadFields> {
    let mut fields = Fields::default();
    let value = read(&mut fields, message);
    fields.finish(value)
}

/// Reads a request together with who makes it: the pages of a list are its caller's own.
pub(super) fn decode_for_caller<M, T>(
    request: Request<M>,
    read: impl FnOnce(&mut Fields, M) -> Option<T>,
) -> Result<T, BadFields> {
    let caller = request.extensions().get::<Identity>().map(Identity::actor);
    let mut fields = Fields { caller, ..Fields::default() };
    let value = read(&mut fields, request.into_inner());
    fields.finish(value)
}

/// A request to write, which can be sent again, and can be only tried.
pub(super) trait Write: Message {
    /// The id under which it can be sent again; may be empty.
    fn request_id(&self) -> &str;

    /// Whether it is only tried.
    fn validate_only(&self) -> bool;
}

/// Reads a write's request into a command, and how it was asked for.
pub(super) fn decode_write<M: Write, T>(
    request: Request<M>,
    read: impl FnOnce(&mut Fields, M) -> Option<T>,
) -> Result<(T, store::Request), BadFields> {
    let message = request.into_inner();
    let mut fields = Fields::default();
    let id: Option<Option<Uuid>> = fields.parse_optional("request_id", message.request_id());
    let (digest, validate_only) = (digest::<M>(&message), message.validate_only());
    let value = read(&mut fields, message);
    let asked = id.map(|id| store::Request { key: id.map(|id| store::RequestKey { id, digest }), validate_only });
    fields.finish(value.zip(asked))
}

/// What a request asks for: the same message of another type is another request.
fn digest<M: Message>(message: &M) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(std::any::type_name::<M>().as_bytes());
    hasher.update(&message.encode_to_vec());
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_told_with_its_path() {
        let read = decode(("", "x", vec!["1", "y"]), |fields, (first, second, third)| {
            let first: Option<u8> = fields.parse("first", first);
            let second = fields.within("inner", |fields| fields.parse::<u8>("second", second));
            let third = fields.each("third", third, |fields, text| fields.parse::<u8>("number", text));
            Some((first?, second?, third?))
        });

        let violation = |field: &str, description: &str| Violation::new(field.to_owned(), description.to_owned());
        assert_eq!(
            read,
            Err(BadFields(vec![
                violation("first", "is required"),
                violation("inner.second", "invalid digit found in string"),
                violation("third[1].number", "invalid digit found in string"),
            ]))
        );
    }
}
