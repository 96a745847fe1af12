//! Calls by the name of the RPC, with requests written in JSON, for tables that go over every RPC of the descriptor set.

use std::sync::LazyLock;

use attache_client::{Client, Failure};
use attache_proto::DESCRIPTOR_SET;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use serde_json::Value;
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

/// What the server speaks, with the comments of the .proto files.
pub fn descriptors() -> &'static DescriptorPool {
    static POOL: LazyLock<DescriptorPool> =
        LazyLock::new(|| DescriptorPool::decode(DESCRIPTOR_SET).expect("a descriptor set"));
    &POOL
}

/// The RPC of a name such as `EventService/GetEvent`.
pub fn method(rpc: &str) -> MethodDescriptor {
    let (service, method) = rpc.split_once('/').expect("a service and a method");
    let service = descriptors().get_service_by_name(&format!("attache.v1.{service}")).expect("a service");
    service.methods().find(|known| known.name() == method).expect("a method")
}

/// All the RPCs there are.
pub fn methods() -> Vec<MethodDescriptor> {
    descriptors().services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
}

/// The name of an RPC, such as `EventService/GetEvent`.
pub fn name(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().name(), method.name())
}

/// Calls an RPC by its name, and gives its answer, of a stream the first, or why it was refused.
pub async fn call(client: &Client, rpc: &str, request: &str) -> Result<Value, Failure> {
    let method = method(rpc);
    let mut read = serde_json::Deserializer::from_str(request);
    let message = DynamicMessage::deserialize(method.input(), &mut read);
    let message = message.unwrap_or_else(|error| panic!("{rpc} is not asked {request}: {error}"));
    let path = format!("/attache.v1.{rpc}").parse().expect("a path");

    let mut grpc = Grpc::new(client.channel());
    grpc.ready().await.expect("a connection");
    let streamed = tokio_stream::iter([message.encode_to_vec()]);
    let mut answers = grpc.streaming(Request::new(streamed), path, Bytes).await?.into_inner();
    let answer = answers.message().await?.unwrap_or_default();
    let answer = DynamicMessage::decode(method.output(), answer.as_slice()).expect("an answer");
    Ok(serde_json::to_value(answer).expect("JSON"))
}

/// Passes messages through as they are.
#[derive(Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, message: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        prost::bytes::BufMut::put_slice(to, &message);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut message = vec![0; prost::bytes::Buf::remaining(from)];
        prost::bytes::Buf::copy_to_slice(from, &mut message);
        Ok(Some(message))
    }
}
