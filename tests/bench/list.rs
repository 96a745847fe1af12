//! `list`: a page of the registrations, of many and of very many, filtered and not.

use std::sync::Arc;

use anyhow::{Result, ensure};
use attache_client::{Client, v1};
use attache_tests::{database, fixtures::FORUM};
use tonic::Status;

use crate::{
    process::Process,
    scenario::{Ground, Measured, Ratio, Scenario},
    served::{Answer, CONNECTIONS, Served},
    site::{Manner, Site, connections},
    turns::{Comparison, Side, compare},
};

/// How many registrations there are in the one database and in the other.
const SIZES: [(u64, &str); 2] = [(10_000, "10,000"), (1_000_000, "1,000,000")];
/// How long a page is.
const PAGE: i32 = 50;
/// How many sides there are to each filter.
const SIDES: usize = 4;

/// Each filter is tried on both databases.
pub const LIST: Scenario = Scenario {
    name: "list",
    reaches: "a page of 50 registrations of 10,000 and of 1,000,000, for every filter that ListRegistrations \
              documents; at least 0.5 of the same rows by a prepared statement behind the same RPC, and of a million \
              at least 0.85 of ten thousand",
    run: |ground| Box::pin(run(ground)),
};

/// A database that is served.
struct House {
    size: &'static str,
    site: Arc<Site>,
    server: Arc<Process>,
}

/// A filter, and what it is in SQL.
struct Filter {
    name: &'static str,
    asked: String,
    condition: String,
}

/// Every field that the RPC documents, and none.
fn filters(one: &v1::Registration) -> Vec<Filter> {
    let person = one.person.rsplit('/').next().unwrap_or_default();
    let filter =
        |name, asked: &str, condition: &str| Filter { name, asked: asked.to_owned(), condition: condition.to_owned() };
    vec![
        filter("no filter", "", "1 = 1"),
        filter("state", "state = REJECTED", "state = 'REJECTED'"),
        filter("category", &format!("category = \"{FORUM}/categories/press\""), "category = 'press'"),
        filter("person", &format!("person = \"{}\"", one.person), &format!("person = '{person}'")),
        filter("create_time", "create_time > \"2026-01-01T00:00:00Z\"", "create_time > '2026-01-01T00:00:00+00:00'"),
        filter("update_time", "update_time > \"2026-01-01T00:00:00Z\"", "update_time > '2026-01-01T00:00:00+00:00'"),
    ]
}

async fn run(ground: &Ground) -> Result<Measured> {
    let in_flight = ground.in_flight.unwrap_or(16);
    let mut houses = Vec::new();
    for (count, size) in SIZES {
        let site = ground.filled.with(ground, count).await?;
        let server = Arc::new(site.serve(&Manner::default()).await?);
        houses.push(House { size, site, server });
    }
    let mut sides = Vec::new();
    for filter in filters(&first(&houses[0]).await?) {
        for house in &houses {
            sides.push(listed(house, &filter, in_flight).await?);
        }
        for house in &houses {
            sides.push(bare(house, &filter, in_flight).await?);
        }
    }
    // Many sides share the time, and each call is short.
    let lasting = ground.lasting / 4;
    let compared =
        compare(&mut sides.iter_mut().map(|side| side as &mut dyn Side).collect::<Vec<_>>(), ground.turns, lasting)
            .await?;
    for side in sides {
        Box::new(side).clear().await?;
    }
    drop(houses);
    let title = format!("list{}, {in_flight} in flight", ground.on());
    Ok(Measured::of(title, compared, ratios))
}

fn ratios(compared: &Comparison) -> Vec<Ratio> {
    let firsts = (0..compared.sides.len()).step_by(SIDES);
    firsts
        .flat_map(|first| {
            let [many, very_many, bare_many, bare_very_many] = [first, first + 1, first + 2, first + 3];
            [
                compared.ratio_of(many, bare_many, 0.5),
                compared.ratio_of(very_many, bare_very_many, 0.5),
                compared.ratio_of(very_many, many, 0.85),
            ]
        })
        .collect()
}

/// The first registration of the list; the copies are the same in both databases, as far as they go.
async fn first(house: &House) -> Result<v1::Registration> {
    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), page_size: 1, ..Default::default() };
    let owner = house.site.client(&house.server).await?;
    let mut page = owner.registrations().list_registrations(request).await?.into_inner();
    ensure!(page.registrations.len() == 1, "there is no registration");
    Ok(page.registrations.remove(0))
}

async fn listed(house: &House, filter: &Filter, in_flight: usize) -> Result<Served> {
    let clients = house.site.clients(&house.server, CONNECTIONS).await?;
    let name = format!("{}, of {}", filter.name, house.size);
    Ok(Served::shared(&name, Arc::clone(&house.server), clients, in_flight, asking(&filter.asked)))
}

async fn bare(house: &House, filter: &Filter, in_flight: usize) -> Result<Served> {
    let database = database::address(&house.site.location());
    let arguments = ["serve-bare", "--database", &database, "--condition", &filter.condition].map(str::to_owned);
    let process = Process::start(&arguments, &house.site.log()).await?;
    let clients = connections(&process, None, CONNECTIONS).await?;
    let name = format!("{}, of {}, statement alone", filter.name, house.size);
    Ok(Served::new(&name, process, clients, in_flight, asking(&filter.asked)))
}

fn asking(filter: &str) -> impl Fn(Client) -> Answer + Send + Sync + 'static {
    let request = v1::ListRegistrationsRequest {
        parent: FORUM.to_owned(),
        page_size: PAGE,
        filter: filter.to_owned(),
        ..Default::default()
    };
    let expected = if filter.starts_with("person") { 1 } else { usize::try_from(PAGE).unwrap_or_default() };
    move |client| {
        let request = request.clone();
        let answer: Answer = Box::pin(async move {
            let page = client.registrations().list_registrations(request).await?.into_inner();
            let whole = page.registrations.len() == expected;
            if whole { Ok(()) } else { Err(Status::data_loss(format!("a page of {}", page.registrations.len()))) }
        });
        answer
    }
}
