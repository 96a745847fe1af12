//! What was acknowledged outlives the server, however it ends.

use std::{process::Stdio, sync::Arc};

use attache_client::v1::{self, RegistrationState};
use attache_server::{
    mail::transport::{Files, Transport},
    store::Location,
};
use attache_tests::{
    House,
    answers::Answer as _,
    boot, client, database,
    fixtures::{DELEGATES, FORUM, person, registration_of},
    fresh_folder, open,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    sync::mpsc,
};

/// Where the server that is to be killed finds its folder; without it that test has nothing to do.
const FOLDER: &str = "ATTACHE_TEST_KILLED_FOLDER";
/// Where that server finds its database.
const DATABASE: &str = "ATTACHE_TEST_KILLED_DATABASE";
/// How the line begins on which that server tells its address and its owner's token.
const SERVING: &str = "serving ";

#[tokio::test]
async fn house_reopened_knows_what_it_knew() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let first = house.register("First", "first@example.org").await;
    let second = house.register("Second", "second@example.org").await;

    let house = house.reopen().await;

    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), ..Default::default() };
    let list = house.owner.registrations().list_registrations(request).await.done();
    assert_eq!(list.registrations, [first, second]);
    assert_eq!(house.mail().await.len(), 2);
}

/// Not a test of its own: the process that the next test kills runs it and nothing else.
#[tokio::test]
async fn server_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let database = database::at(&std::env::var(DATABASE).unwrap());
    let house = house_in(folder.into(), database, None).await;
    house.forum_with_seats(5).await;
    println!("\n{SERVING}{} {}", house.address, house.owner_token());
    std::future::pending::<()>().await;
}

async fn house_in(folder: std::path::PathBuf, database: Location, token: Option<String>) -> House {
    let outbox = folder.join("outbox");
    open(folder, database, token, Arc::new(Transport::Files(Files::new(outbox)))).await
}

/// Starts this very program as a server, and tells its address and its owner's token.
async fn start_server(folder: &std::path::Path, database: &Location) -> (Child, std::net::SocketAddr, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::server_to_be_killed", "--nocapture"])
        .env(FOLDER, folder)
        .env(DATABASE, database::address(database))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    loop {
        let line = lines.next_line().await.unwrap().expect("the server tells its address");
        if let Some((address, token)) = line.strip_prefix(SERVING).and_then(|told| told.split_once(' ')) {
            return (child, address.parse().unwrap(), token.to_owned());
        }
    }
}

#[tokio::test]
async fn server_that_is_killed_loses_nothing_it_acknowledged_and_no_mail() {
    let folder = fresh_folder();
    let database = database::fresh(&folder).await;
    let (mut server, address, token) = start_server(&folder, &database).await;
    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    for writer in 0..4 {
        let (client, acknowledge) = (client(address, Some(&token)).await, acknowledge.clone());
        tokio::spawn(async move {
            for number in 0.. {
                let request = registration_of(person("Guest", &format!("guest{writer}-{number}@example.org")));
                let Ok(done) = client.registrations().create_registration(request).await else { break };
                acknowledge.send(done.into_inner().name).unwrap();
            }
        });
    }
    drop(acknowledge);

    let mut promised = Vec::new();
    while let Some(name) = acknowledged.recv().await {
        promised.push(name);
        if promised.len() == 20 {
            server.kill().await.unwrap();
        }
    }
    let house = house_in(folder.clone(), database, Some(token)).await;
    // What the killed server had in hand is another's when its leases have ended.
    house.pass(chrono::TimeDelta::minutes(10)).await;
    house.until(async || (house.app.store.queued_notices().await.unwrap() == 0).then_some(())).await;

    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), page_size: 1000, ..Default::default() };
    let kept = house.owner.registrations().list_registrations(request).await.done().registrations;
    let names: Vec<_> = kept.iter().map(|registration| registration.name.clone()).collect();
    let lost: Vec<_> = promised.iter().filter(|name| !names.contains(name)).collect();
    assert_eq!(lost, [] as [&String; 0]);
    let held = kept.iter().filter(|registration| registration.state() == RegistrationState::Submitted).count();
    let level =
        house.owner.categories().get_capacity(v1::GetCapacityRequest { name: DELEGATES.to_owned() }).await.done();
    let waiting = i32::try_from(kept.len() - held).unwrap();
    assert_eq!((held, level), (5, v1::Capacity { capacity: Some(5), held: 5, waiting, ..Default::default() }));
    // A file is named by its message, and so each registration has one.
    let mails = std::fs::read_dir(folder.join("outbox"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "eml"));
    assert_eq!(mails.count(), kept.len());
}

#[tokio::test]
async fn watch_that_a_killed_server_ended_goes_on_where_it_was() {
    let folder = fresh_folder();
    let database = database::fresh(&folder).await;
    let (mut server, address, token) = start_server(&folder, &database).await;
    let (writer, watcher) = (client(address, Some(&token)).await, client(address, Some(&token)).await);
    tokio::spawn(async move {
        for number in 0.. {
            let request = registration_of(person("Guest", &format!("guest{number}@example.org")));
            if writer.registrations().create_registration(request).await.is_err() {
                break;
            }
        }
    });

    let mut cursor = "start".to_owned();
    let mut told = Vec::new();
    let request =
        |cursor: &str| v1::WatchChangesRequest { parent: FORUM.to_owned(), cursor: cursor.to_owned(), kinds: vec![] };
    let mut stream = watcher.audit().watch_changes(request(&cursor)).await.done();
    while let Ok(Some(message)) = stream.message().await {
        cursor = message.cursor;
        told.extend(message.change);
        if told.len() == 40 {
            server.start_kill().unwrap();
        }
    }
    server.wait().await.unwrap();
    let house = house_in(folder.clone(), database, Some(token)).await;
    house.pass(chrono::TimeDelta::minutes(10)).await;
    house.until(async || (house.app.store.queued_notices().await.unwrap() == 0).then_some(())).await;
    // Nothing may have been left to tell when the server died.
    house.register("Latecomer", "latecomer@example.org").await;
    let list = v1::ListChangesRequest { parent: FORUM.to_owned(), page_size: 1000, ..Default::default() };
    let whole = house.owner.audit().list_changes(list).await.done().changes;
    let before = told.len();
    let mut stream = house.owner.audit().watch_changes(request(&cursor)).await.done();
    while told.len() < whole.len() {
        told.extend(stream.message().await.unwrap().unwrap().change);
    }

    assert!(before >= 40 && before < whole.len(), "{before} of {}", whole.len());
    assert_eq!(told, whole);
    assert_eq!(house.broken_at(FORUM).await, None);
}
