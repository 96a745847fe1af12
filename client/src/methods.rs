//! What the descriptors say of each RPC: whether it streams, and whether it may be sent twice.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost::Message as _;
use prost_types::method_options::IdempotencyLevel;
use prost_types::{FileDescriptorSet, MethodDescriptorProto};

use crate::DESCRIPTOR_SET;

/// First words of methods that only read, if their request has no `request_id`: `CheckSchedule` reads, `CheckIn` does
/// not. A method with another name can say `idempotency_level` in its .proto file.
const READS: [&str; 8] = ["Check", "Explain", "Find", "Get", "List", "Preview", "Search", "Verify"];

/// How one RPC is to be carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Either side sends more than one message.
    Streaming,
    /// One request, one answer.
    Unary(Repeatable),
}

/// Whether an RPC that failed on its way may be sent once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeatable {
    /// It changes nothing, or changes it once however often it is sent.
    Always,
    /// If this field of its request, the `request_id`, is not empty: the server then answers as it did the first time.
    ByRequestId(u32),
    /// Nothing would tell the second from the first.
    Never,
}

/// Tells how the RPC at `path` (`/attache.v1.EventService/GetEvent`) is to be carried; `None` for those that are not
/// ours.
pub(crate) fn shape(path: &str) -> Option<Shape> {
    SHAPES.get(path).copied()
}

// Without descriptors nothing would be repeated and no deadline set; a test holds that every RPC is known.
static SHAPES: LazyLock<HashMap<String, Shape>> =
    LazyLock::new(|| FileDescriptorSet::decode(DESCRIPTOR_SET).map(|set| shapes(&set)).unwrap_or_default());

fn shapes(set: &FileDescriptorSet) -> HashMap<String, Shape> {
    let request_ids = request_ids(set);
    let services = set.file.iter().flat_map(|file| file.service.iter().map(move |service| (file.package(), service)));

    services
        .flat_map(|(package, service)| {
            let prefix = format!("/{package}.{}", service.name());
            service.method.iter().map(move |method| (format!("{prefix}/{}", method.name()), method))
        })
        .map(|(path, method)| (path, shape_of(method, &request_ids)))
        .collect()
}

/// The number of the field `request_id` in each message that has one, by the message's full name.
fn request_ids(set: &FileDescriptorSet) -> HashMap<String, u32> {
    let messages =
        set.file.iter().flat_map(|file| file.message_type.iter().map(move |message| (file.package(), message)));

    messages
        .filter_map(|(package, message)| {
            let field = message.field.iter().find(|field| field.name() == "request_id")?;
            Some((format!(".{package}.{}", message.name()), u32::try_from(field.number()).ok()?))
        })
        .collect()
}

fn shape_of(method: &MethodDescriptorProto, request_ids: &HashMap<String, u32>) -> Shape {
    if method.client_streaming() || method.server_streaming() {
        return Shape::Streaming;
    }
    Shape::Unary(match request_ids.get(method.input_type()) {
        Some(field) => Repeatable::ByRequestId(*field),
        None if reads(method.name()) || declared_repeatable(method) => Repeatable::Always,
        None => Repeatable::Never,
    })
}

fn reads(name: &str) -> bool {
    let next_word = |rest: &str| rest.chars().next().is_some_and(|letter| letter.is_ascii_uppercase());
    name == "WhoAmI" || READS.iter().any(|verb| name.strip_prefix(verb).is_some_and(next_word))
}

fn declared_repeatable(method: &MethodDescriptorProto) -> bool {
    match method.options.as_ref().map(prost_types::MethodOptions::idempotency_level) {
        Some(IdempotencyLevel::NoSideEffects | IdempotencyLevel::Idempotent) => true,
        Some(IdempotencyLevel::IdempotencyUnknown) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rpc_of_the_api_has_a_shape() {
        let set = FileDescriptorSet::decode(DESCRIPTOR_SET).unwrap();
        let methods: usize = set.file.iter().flat_map(|file| &file.service).map(|service| service.method.len()).sum();

        assert!(methods > 0);
        assert_eq!(SHAPES.len(), methods);
    }

    #[test]
    fn shapes_tell_reads_writes_and_streams_apart() {
        let of = |rpc: &str| shape(&format!("/attache.v1.{rpc}"));

        assert_eq!(of("EventService/GetEvent"), Some(Shape::Unary(Repeatable::Always)));
        assert_eq!(of("AccessService/WhoAmI"), Some(Shape::Unary(Repeatable::Always)));
        assert_eq!(of("EventService/CreateEvent"), Some(Shape::Unary(Repeatable::ByRequestId(3))));
        assert_eq!(of("IdentityDocumentService/ReadIdentityDocument"), Some(Shape::Unary(Repeatable::Never)));
        assert_eq!(of("FileService/DownloadFile"), Some(Shape::Streaming));
        assert_eq!(of("EventService/Unheard"), None);
    }

    #[test]
    fn a_verb_is_a_whole_word() {
        assert!(reads("CheckSchedule"));
        assert!(reads("WhoAmI"));
        assert!(!reads("Getaway"));
        assert!(!reads("Get"));
    }
}
