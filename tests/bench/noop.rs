//! `noop`: what a call costs that asks for nothing.

use anyhow::Result;
use attache_client::{Client, v1};
use tonic::Status;

use crate::{
    limit::limit,
    process::Process,
    scenario::{Ground, Measured, Scenario},
    served::{CONNECTIONS, Served},
    site::{Manner, Site},
    turns::{Side as _, compare},
};

/// `GetInfo` reads nothing from the database, and the caller comes with a token, which is looked up for every call.
pub const NOOP: Scenario = Scenario {
    name: "noop",
    reaches: "GetInfo with a token, through every layer; at least 0.7 of tonic with nothing but the gRPC-Web layer",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let in_flight = ground.in_flight.unwrap_or(64);
    let site = Site::found(ground, async |_| Ok(())).await?;
    let process = site.serve(&Manner::default()).await?;
    let info = site.client(&process).await?.system().get_info(v1::GetInfoRequest {}).await?.into_inner();
    let mut server = served(&site, "server", process, in_flight).await?;
    let path = "/attache.v1.SystemService/GetInfo";
    let mut bare = limit(&site, &info, path, in_flight, ask).await?;
    let compared = compare(&mut [&mut server, &mut bare], ground.turns, ground.lasting).await?;
    Box::new(server).clear().await?;
    Box::new(bare).clear().await?;
    site.clear().await?;
    Ok(Measured::of(format!("noop, {in_flight} in flight"), compared, |compared| vec![compared.ratio(0, 1, 0.7)]))
}

/// A server that is asked for nothing.
pub async fn served(site: &Site, name: &str, process: Process, in_flight: usize) -> Result<Served> {
    let clients = site.clients(&process, CONNECTIONS).await?;
    Ok(Served::new(name, process, clients, in_flight, ask))
}

async fn ask(client: Client) -> Result<(), Status> {
    client.system().get_info(v1::GetInfoRequest {}).await.map(drop)
}
