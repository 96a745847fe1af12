//! A side of a comparison that is the bare server, asked over as many connections for the very bytes that the server gave.

use std::fs;

use anyhow::Result;
use attache_client::Client;
use prost::Message;
use tonic::Status;

use crate::{
    process::Process,
    served::{CONNECTIONS, Served},
    site::{Site, connections},
};

/// Lets the bare server hand out an answer under a method's path.
pub async fn limit<M, F>(
    site: &Site,
    answer: &M,
    path: &str,
    in_flight: usize,
    call: impl Fn(Client) -> F + Send + Sync + 'static,
) -> Result<Served>
where
    M: Message,
    F: Future<Output = Result<(), Status>> + Send + 'static,
{
    let file = site.folder.join("answer");
    fs::write(&file, answer.encode_to_vec())?;
    let arguments = ["serve-bare".to_owned(), "--answer".to_owned(), format!("{path}={}", file.display())];
    let process = Process::start(&arguments, &site.log()).await?;
    let clients = connections(&process, None, CONNECTIONS).await?;
    Ok(Served::new("bare tonic", process, clients, in_flight, call))
}
