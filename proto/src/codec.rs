//! How messages become bytes: as tonic does it, with less room held for each call.

use std::marker::PhantomData;

use prost::Message;
use tonic::codec::{BufferSettings, Codec};
use tonic_prost::{ProstDecoder, ProstEncoder};

/// Bytes held at first for a message. Most answers and whatever a watch tells fit in it, a larger one grows it as it is written; what it holds
/// stays held as long as a stream does, and tonic's own 8 KiB are most of what a stream that waits would cost.
const ROOM: usize = 1024;
/// Bytes of messages that are ready at once from which on they are sent, as tonic has it.
const YIELD: usize = 32 * 1024;

/// The codec of every call, named by `build.rs`.
pub struct FrugalCodec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for FrugalCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: Message + Send + 'static, U: Message + Default + Send + 'static> Codec for FrugalCodec<T, U> {
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = ProstDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::new(BufferSettings::new(ROOM, YIELD))
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstDecoder::new(BufferSettings::new(ROOM, YIELD))
    }
}
