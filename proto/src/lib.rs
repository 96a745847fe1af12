//! The wire of Attaché: messages, clients and servers generated from `proto/attache/v1/*.proto`.
//!
//! The commented .proto files are the reference of the API; this crate adds nothing to them.
//!
//! **Invariant:** nothing is written by hand here but the module tree and how much room a message is given; a rule about a message stands in the
//! domain.

mod codec;

/// The version of the API that callers write against.
#[expect(
    clippy::large_enum_variant,
    reason = "a message is as large as its fields, and none is boxed in the generated code"
)]
pub mod v1 {
    tonic::include_proto!("attache.v1");
}

/// The descriptors of every service, with the comments of the .proto files: reflection serves them, the command line is built from them.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
