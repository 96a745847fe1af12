//! Calls an RPC whose messages are known at run time only, and prints what it answers.

use std::time::Duration;

use anyhow::Context as _;
use attache_client::{Client, Failure, LARGEST_ANSWER, v1};
use clap::ArgMatches;
use http::uri::PathAndQuery;
use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, MethodDescriptor, Value};
use tonic::client::Grpc;
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Request, Status};

use crate::output::Printer;
use crate::progress::Progress;
use crate::tree::Rpc;
use crate::trouble::Trouble;
use crate::{arguments, output};

#[cfg(test)]
mod tests;

/// How often in a row a watch may break before it is given up, and how long to wait the first time; each time longer by
/// as much.
const BROKEN_WATCHES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// The field with which a watch goes on from where it was.
const CURSOR: &str = "cursor";

/// How many items a page has when all pages are wanted: as many as the API gives.
const LARGEST_PAGE: i32 = 1000;

/// Does what a command says.
pub async fn run(client: &Client, rpc: &Rpc, matches: &ArgMatches, printer: &Printer) -> Result<(), Trouble> {
    let request = arguments::request(&rpc.method, &rpc.place, &rpc.inputs, matches).map_err(Trouble::Usage)?;
    // What is only tried starts no job that could be waited for.
    let is_tried =
        request.get_field_by_name(arguments::VALIDATE_ONLY).is_some_and(|tried| tried.as_bool() == Some(true));
    let wanted = |flag: &str| matches.try_get_one::<bool>(flag).ok().flatten().copied().unwrap_or(false);

    if rpc.method.is_server_streaming() && rpc.method.input().get_field_by_name(CURSOR).is_some() {
        return follow(client, &rpc.method, request, printer).await;
    }
    if rpc.method.is_server_streaming() {
        return stream(client, &rpc.method, request, printer).await;
    }
    let answer = if wanted("all") {
        all(client, &rpc.method, request).await?
    } else {
        unary(client, &rpc.method, request).await?
    };
    if wanted("wait") && !is_tried {
        return wait(client, &answer, printer).await;
    }
    printer.answer(&answer)
}

async fn unary(client: &Client, method: &MethodDescriptor, request: DynamicMessage) -> Result<DynamicMessage, Failure> {
    let (mut grpc, path) = prepare(client, method)?;
    Ok(grpc.unary(Request::new(request), path, Messages(method.output())).await?.into_inner())
}

async fn stream(
    client: &Client,
    method: &MethodDescriptor,
    request: DynamicMessage,
    printer: &Printer,
) -> Result<(), Trouble> {
    let (mut grpc, path) = prepare(client, method)?;
    let answers = grpc.server_streaming(Request::new(request), path, Messages(method.output())).await?;
    let mut answers = answers.into_inner();
    while let Some(answer) = answers.message().await? {
        printer.next(&answer)?;
    }
    Ok(())
}

/// Prints what a watch tells as it comes, until the server refuses to go on: a stream that is closed as planned or breaks is opened again with
/// the last cursor.
async fn follow(
    client: &Client,
    method: &MethodDescriptor,
    mut request: DynamicMessage,
    printer: &Printer,
) -> Result<(), Trouble> {
    let mut broken = 0;
    loop {
        match follow_stream(client, method, &mut request, printer).await {
            Ok(()) => broken = 0,
            Err(Trouble::Call(failure)) if failure.breaks_a_stream() && broken < BROKEN_WATCHES => broken += 1,
            Err(trouble) => return Err(trouble),
        }
        tokio::time::sleep(PAUSE * (broken + 1)).await;
    }
}

async fn follow_stream(
    client: &Client,
    method: &MethodDescriptor,
    request: &mut DynamicMessage,
    printer: &Printer,
) -> Result<(), Trouble> {
    let (mut grpc, path) = prepare(client, method)?;
    let answers = grpc.server_streaming(Request::new(request.clone()), path, Messages(method.output())).await?;
    let mut answers = answers.into_inner();
    while let Some(answer) = answers.message().await? {
        if let Some(cursor) = answer.get_field_by_name(CURSOR) {
            request.set_field_by_name(CURSOR, cursor.into_owned());
        }
        // A message with nothing but a cursor says that the watch goes on, which nobody asked to see.
        if answer.fields().any(|(field, _)| field.name() != CURSOR) {
            printer.next(&answer)?;
        }
    }
    Ok(())
}

fn prepare(
    client: &Client,
    method: &MethodDescriptor,
) -> Result<(Grpc<attache_client::Channel>, PathAndQuery), Status> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path = path.parse().map_err(|_| Status::internal("the method's name is no path"))?;
    let grpc = Grpc::new(client.channel()).accept_compressed(CompressionEncoding::Gzip);
    Ok((grpc.max_decoding_message_size(LARGEST_ANSWER), path))
}

/// Asks for page after page and answers with one that holds them all.
async fn all(
    client: &Client,
    method: &MethodDescriptor,
    mut request: DynamicMessage,
) -> Result<DynamicMessage, Failure> {
    if let Some(size) = method.input().get_field_by_name("page_size").filter(|size| !request.has_field(size)) {
        request.set_field(&size, Value::I32(LARGEST_PAGE));
    }
    let items = output::items(&method.output());
    let mut whole = unary(client, method, request.clone()).await?;
    while let Some(token) = next_page_token(&mut whole) {
        request.set_field_by_name("page_token", token);
        let mut page = unary(client, method, request.clone()).await?;
        if let Some(items) = &items {
            append(&mut whole, &mut page, items);
        }
        if let Some(token) = page.take_field_by_name("next_page_token") {
            whole.set_field_by_name("next_page_token", token);
        }
    }
    Ok(whole)
}

fn next_page_token(page: &mut DynamicMessage) -> Option<Value> {
    page.take_field_by_name("next_page_token").filter(|token| token.as_str().is_some_and(|token| !token.is_empty()))
}

fn append(whole: &mut DynamicMessage, page: &mut DynamicMessage, items: &FieldDescriptor) {
    if let (Some(list), Some(Value::List(more))) = (whole.get_field_mut(items).as_list_mut(), page.take_field(items)) {
        list.extend(more);
    }
}

/// Waits until the job that was answered has ended, and prints it then.
async fn wait(client: &Client, answer: &DynamicMessage, printer: &Printer) -> Result<(), Trouble> {
    let job: v1::Job = answer.transcode_to().context("the answer is no job")?;
    let job = ended(client, job).await?;
    printer.typed("attache.v1.Job", &job)?;
    outcome(&job)
}

/// What a job that ended means for who waited for it.
pub fn outcome(job: &v1::Job) -> Result<(), Trouble> {
    match job.state() {
        v1::JobState::Failed => Err(Trouble::Job),
        v1::JobState::Cancelled => Err(Trouble::Cancelled),
        v1::JobState::Unspecified | v1::JobState::Running | v1::JobState::Succeeded => Ok(()),
    }
}

/// Watches a job until it has ended.
///
/// A watch begins by telling where the job stands, so that one that breaks or is closed is simply begun again.
pub async fn ended(client: &Client, mut job: v1::Job) -> Result<v1::Job, Failure> {
    let progress = Progress::of_pieces(job.total);
    let mut broken = 0;
    while job.state() == v1::JobState::Running {
        match watch(client, &mut job, &progress).await {
            Ok(()) => broken = 0,
            Err(failure) if failure.code == Code::Unavailable && broken < BROKEN_WATCHES => broken += 1,
            Err(failure) => return Err(failure),
        }
        if job.state() == v1::JobState::Running {
            tokio::time::sleep(PAUSE * (broken + 1)).await;
        }
    }
    Ok(job)
}

async fn watch(client: &Client, job: &mut v1::Job, progress: &Progress) -> Result<(), Failure> {
    let mut seen = client.jobs().watch_job(v1::WatchJobRequest { name: job.name.clone() }).await?.into_inner();
    while let Some(now) = seen.message().await? {
        progress.reach(now.done);
        *job = now;
    }
    Ok(())
}

/// Turns messages into bytes and, by the descriptor of the answer, back.
struct Messages(MessageDescriptor);

impl Codec for Messages {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Encode;
    type Decoder = Decode;

    fn encoder(&mut self) -> Encode {
        Encode
    }

    fn decoder(&mut self) -> Decode {
        Decode(self.0.clone())
    }
}

struct Encode;

impl Encoder for Encode {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, item: DynamicMessage, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(buffer).map_err(|error| Status::internal(error.to_string()))
    }
}

struct Decode(MessageDescriptor);

impl Decoder for Decode {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let message = DynamicMessage::decode(self.0.clone(), buffer);
        message.map(Some).map_err(|error| Status::internal(format!("the answer cannot be read: {error}")))
    }
}
