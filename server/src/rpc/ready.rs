//! Answers that were encoded before: framed once, compressed once, and handed to everybody who asks.
//!
//! The library encodes a message for each call, and compresses it each time. A handler that has an answer ready gives an empty message with the
//! bytes beside it, and the gate lays them in its place. What goes out is what the library would have made of the message, for callers over gRPC
//! and gRPC-Web alike.

use std::{
    convert::Infallible,
    io::{self, Write as _},
    sync::{Arc, OnceLock},
};

use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use prost::{Message, bytes::Bytes};
use tonic::body::Body;

/// How long a message is at least that is worth compressing, in bytes.
const WORTH_COMPRESSING: usize = 1024;

/// An answer that was encoded before; clones share it.
#[derive(Clone)]
pub(super) struct Ready(Arc<Frames>);

/// A message as it is sent: a flag of one byte that is 1 when it is compressed, its length in four, itself.
struct Frames {
    plain: Bytes,
    /// Made when the first asks for it who takes it.
    compressed: OnceLock<Bytes>,
}

impl Ready {
    /// Encodes an answer.
    pub(super) fn new(message: &impl Message) -> Self {
        let plain = frame(false, &message.encode_to_vec());
        Self(Arc::new(Frames { plain, compressed: OnceLock::new() }))
    }

    /// How much room it takes, in bytes, without what it takes compressed, which is less.
    pub(super) fn size(&self) -> usize {
        self.0.plain.len()
    }

    /// An answer with an empty message, in whose place this is laid.
    pub(super) fn answer<M: Default>(&self) -> tonic::Response<M> {
        let mut response = tonic::Response::new(M::default());
        response.extensions_mut().insert(self.clone());
        response
    }

    /// The frame for a caller who takes it compressed, or does not.
    fn frame(&self, compressed: bool) -> Bytes {
        let Frames { plain, compressed: once } = self.0.as_ref();
        if !compressed || plain.len() < WORTH_COMPRESSING {
            return plain.clone();
        }
        let made = || compress(&plain[HEAD..]).map_or_else(|_| plain.clone(), |message| frame(true, &message));
        once.get_or_init(made).clone()
    }
}

/// Lays an answer that is ready in the place of the message that carries it.
pub(super) fn lay(response: &mut Response<Body>) {
    let Some(ready) = response.extensions_mut().remove::<Ready>() else { return };
    // What was agreed with the caller says that a message may be compressed; the frame says whether it is.
    let compressed = response.headers().get("grpc-encoding").is_some_and(|encoding| encoding == "gzip");
    let done = HeaderMap::from_iter([(HeaderName::from_static("grpc-status"), HeaderValue::from_static("0"))]);
    // Of a size that nobody is told: over gRPC-Web the trailers are part of the body, which a length of the message alone would cut off.
    let frames = [Frame::data(ready.frame(compressed)), Frame::trailers(done)].map(Ok::<_, Infallible>);
    *response.body_mut() = Body::new(StreamBody::new(tokio_stream::iter(frames)));
}

/// How long the head of a frame is.
const HEAD: usize = 5;

fn frame(compressed: bool, message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let mut frame = Vec::with_capacity(HEAD + message.len());
    frame.push(u8::from(compressed));
    frame.extend(length.to_be_bytes());
    frame.extend_from_slice(message);
    frame.into()
}

fn compress(message: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(message)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use attache_proto::v1::LocalizedText;
    use flate2::read::GzDecoder;

    use super::*;

    fn ready(length: usize) -> (LocalizedText, Ready) {
        let message = LocalizedText { en: "x".repeat(length), zh: String::new() };
        let ready = Ready::new(&message);
        (message, ready)
    }

    #[test]
    fn long_answer_is_compressed_for_those_who_take_it() {
        let (message, ready) = ready(10_000);

        let (plain, compressed) = (ready.frame(false), ready.frame(true));

        assert_eq!(plain, [&[0, 0, 0, 0x27, 0x13], message.encode_to_vec().as_slice()].concat());
        let mut read = Vec::new();
        GzDecoder::new(&compressed[HEAD..]).read_to_end(&mut read).unwrap();
        assert_eq!((compressed[0], usize::from(compressed[4])), (1, compressed.len() - HEAD));
        assert_eq!(read, message.encode_to_vec());
    }

    #[test]
    fn short_answer_is_sent_as_it_is() {
        let (_, ready) = ready(10);

        assert_eq!(ready.frame(true), ready.frame(false));
    }
}
