//! `noop`: what a call costs that asks for nothing.

use anyhow::Result;

use crate::{
    process::Process,
    scenario::{Ground, Measured, Scenario},
    served::{CONNECTIONS, Served},
    site::{Manner, Site, connections},
    turns::compare,
};

/// GetInfo reads nothing from the database, and the caller comes with a token, which is looked up for every call.
pub const NOOP: Scenario = Scenario {
    name: "noop",
    reaches: "GetInfo with a token, through every layer; at least 0.7 of tonic with nothing but the gRPC-Web layer",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let in_flight = ground.in_flight.unwrap_or(64);
    let site = Site::found(ground, async |_| Ok(())).await?;
    let mut whole = whole(&site, in_flight).await?;
    let mut bare = bare(in_flight).await?;
    let compared = compare(&mut [&mut whole, &mut bare], ground.turns, ground.lasting).await?;
    whole.process.stop().await?;
    bare.process.stop().await?;
    site.clear().await?;
    Ok(Measured::of(format!("noop, {in_flight} in flight"), compared, |compared| vec![compared.ratio(0, 1, 0.7)]))
}

/// The server, asked for nothing.
pub async fn whole(site: &Site, in_flight: usize) -> Result<Served> {
    let process = site.serve(&Manner::default()).await?;
    let clients = site.clients(&process, CONNECTIONS).await?;
    Ok(Served::new("server", process, clients, in_flight, ask))
}

async fn bare(in_flight: usize) -> Result<Served> {
    let process = Process::start(&["serve-bare".to_owned()]).await?;
    let clients = connections(&process, None, CONNECTIONS).await?;
    Ok(Served::new("bare tonic", process, clients, in_flight, ask))
}

async fn ask(client: attache_client::Client) -> Result<(), tonic::Status> {
    client.system().get_info(attache_client::v1::GetInfoRequest {}).await.map(drop)
}
