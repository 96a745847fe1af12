//! `upgrade`: a server is started on what the first landed version left behind when it was killed.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;
use attache_client::{Client, v1};
use attache_tests::{
    fixtures::person,
    site::{Manner, Site},
};
use serde::Deserialize;

use crate::{
    backup::{check_rows, copy, rows},
    crowd::{AFTER_THE_LEASES, check_files, until_sent},
    evidence::Evidence,
    finding::{Findings, Ground, Scenario},
    first_landed::{Left, Record, answered_otherwise, unpack},
};

/// The event.
const FORUM: &str = "events/forum-2036";
/// The organisation that keeps its people.
const HOST: &str = "organizations/specimen-host";
/// The category that has no place left, and for which people wait.
const DELEGATES: &str = "events/forum-2036/categories/delegate";
/// What the old version called the state of those who wait for a place.
const WAITING: &str = "REGISTRATION_STATE_WAITING";
/// What it called the states of those who have one.
const PLACED: [&str; 2] = ["REGISTRATION_STATE_SUBMITTED", "REGISTRATION_STATE_CONFIRMED"];
/// The parts of an installation that an upgrade has to leave well; the others are of the machine.
const PARTS: [&str; 6] = ["database", "schema", "change_log", "vault", "outbox", "jobs"];

/// An upgrade.
pub const UPGRADE: Scenario = Scenario {
    name: "upgrade",
    holds: "the server is started on the database of the first landed version, which was killed: whatever that one answered is answered again, \
            what it left undone is done once and in its order, and a second start and a restored backup change nothing",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Findings> {
    let record = Record::read()?;
    let site = Site::taken_over(ground.sqlite(), record.owner()?, unpack).await?;
    let left = Left::in_database_of(&site).await?;
    let mut findings = Findings::of("an upgrade from the first landed version");

    let mut process = site.serve(&Manner::default()).await?;
    let owner = site.client(&process).await?;
    findings.check("tokens that an owner had to be given", u64::from(process.token.is_some()), 0);
    findings.tell("migrations of the old version", left.migrations);
    findings.tell("answers of the old version", record.len());
    findings.check("answered otherwise", answered_otherwise(&process, &record).await?, 0);
    check_lists(&mut findings, &owner, &record).await?;
    check_bytes(&mut findings, &owner, &record).await?;

    let evidence = Evidence::of(&site).await?;
    let begins_otherwise =
        "SELECT count(*) FROM registrations WHERE ticket_part <> substr(replace(id, '-', ''), 1, 10)";
    findings.check("tickets that begin otherwise", evidence.count(begins_otherwise).await?, 0);
    // The machine's clock may be behind that of the one on which the old version was killed.
    let until_due = "SELECT CAST(max(0, unixepoch(max(next_attempt_time)) - unixepoch()) AS INTEGER) FROM notices";
    process.move_clock(i64::try_from(evidence.count(until_due).await?)? + AFTER_THE_LEASES).await?;
    until_sent(&evidence).await?;
    findings.tell("mails that waited", left.mails);
    check_files(&mut findings, &site.folder.join("outbox"), left.mails)?;

    check_waiting_list(&mut findings, &owner, &record).await?;
    until_sent(&evidence).await?;
    check_log(&mut findings, &evidence, &left).await?;
    findings.check("parts that are not well", unwell(&owner).await?, 0);
    evidence.close().await?;
    process.stop().await?;

    check_schema(&mut findings, &site, ground).await?;
    check_second_start(&mut findings, &site).await?;
    check_rows(&mut findings, &site, &copy(&site, "upgraded").await?).await?;
    site.clear().await?;
    Ok(findings)
}

/// A registration, as the old version told it.
#[derive(Deserialize)]
struct Registered {
    name: String,
    category: String,
    state: String,
}

/// Somebody, as the old version told of them.
#[derive(Deserialize)]
struct Known {
    name: String,
    display_name: String,
    native_name: String,
}

/// The registrations, in the order they came.
fn registrations(record: &Record) -> Result<Vec<Registered>> {
    let lists: Vec<Vec<Registered>> = record.told("RegistrationService/ListRegistrations", "registrations")?;
    Ok(lists.into_iter().flatten().collect())
}

/// Looks for what the old version kept by ways that it did not have: people by how their names read, registrations by their state.
async fn check_lists(findings: &mut Findings, owner: &Client, record: &Record) -> Result<()> {
    let known: Vec<Vec<Known>> = record.told("PersonService/ListPersons", "persons")?;
    let mut not_found = 0;
    for Known { name, display_name, native_name } in known.into_iter().flatten() {
        for query in [display_name, native_name] {
            let request = v1::ListPersonsRequest { parent: HOST.to_owned(), query, ..Default::default() };
            let found = owner.persons().list_persons(request).await?.into_inner().persons;
            not_found += u64::from(found.iter().all(|person| person.name != name));
        }
    }
    findings.check("people not found by a name of theirs", not_found, 0);

    let mut by_state: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Registered { name, category: _, state } in registrations(record)? {
        by_state.entry(state).or_default().push(name);
    }
    let mut otherwise = 0;
    for (state, names) in by_state {
        let filter = format!("state = {}", state.trim_start_matches("REGISTRATION_STATE_"));
        let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), filter, ..Default::default() };
        let found = owner.registrations().list_registrations(request).await?.into_inner().registrations;
        otherwise += u64::from(found.into_iter().map(|one| one.name).collect::<Vec<_>>() != names);
    }
    findings.check("states whose registrations are listed otherwise", otherwise, 0);
    Ok(())
}

/// Downloads the files that the old version told of, and compares their bytes with their digests.
async fn check_bytes(findings: &mut Findings, owner: &Client, record: &Record) -> Result<()> {
    let names: Vec<String> = record.told("FileService/GetFile", "name")?;
    let digests: Vec<String> = record.told("FileService/GetFile", "digest")?;
    findings.tell("files of the old version", names.len());
    let mut others = 0;
    for (name, digest) in names.into_iter().zip(digests) {
        let mut pieces = owner.files().download_file(v1::DownloadFileRequest { name }).await?.into_inner();
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.message().await? {
            bytes.extend(piece.data);
        }
        others += u64::from(blake3::hash(&bytes).to_hex().as_str() != digest);
    }
    findings.check("files with other bytes", others, 0);
    Ok(())
}

/// Lets somebody new come and those who had places leave, and looks who gets their places.
async fn check_waiting_list(findings: &mut Findings, owner: &Client, record: &Record) -> Result<()> {
    let delegates = registrations(record)?.into_iter().filter(|one| one.category == DELEGATES);
    let (waiting, placed): (Vec<_>, Vec<_>) = delegates.partition(|one| one.state == WAITING);
    let mut queue: Vec<String> = waiting.into_iter().map(|one| one.name).collect();
    let placed = placed.into_iter().filter(|one| PLACED.contains(&one.state.as_str()));
    let holding: Vec<String> = placed.map(|one| one.name).collect();
    let request = v1::CreateRegistrationRequest {
        parent: FORUM.to_owned(),
        registration: Some(v1::Registration { category: DELEGATES.to_owned(), ..Default::default() }),
        new_person: Some(person("Somebody New", "new@example.org")),
        ..Default::default()
    };
    let newcomer = owner.registrations().create_registration(request).await?.into_inner();
    findings.tell("waiting when the old version was killed", queue.len());
    findings.check(
        "place of somebody new among them",
        u64::try_from(newcomer.waiting_position)?,
        queue.len() as u64 + 1,
    );
    queue.push(newcomer.name);

    let mut out_of_turn = 0;
    for (left, leaving) in (1..).zip(holding.iter().take(queue.len())) {
        let request = v1::WithdrawRegistrationRequest { name: leaving.clone(), ..Default::default() };
        owner.registrations().withdraw_registration(request).await?;
        let mut waiting = Vec::new();
        for name in &queue {
            let request = v1::GetRegistrationRequest { name: name.clone(), ..Default::default() };
            let now = owner.registrations().get_registration(request).await?.into_inner();
            if now.state() == v1::RegistrationState::Waiting {
                waiting.push(now.name);
            }
        }
        out_of_turn += u64::from(waiting != queue[left..]);
    }
    findings.tell("places given back", holding.len());
    findings.check("given to anybody but the first who waited", out_of_turn, 0);
    Ok(())
}

/// Looks whether the change log goes on where the old version left it.
async fn check_log(findings: &mut Findings, evidence: &Evidence, left: &Left) -> Result<()> {
    let now = evidence.texts("SELECT owner || ' ' || id FROM changes ORDER BY owner, position").await?;
    let trail = |entry: &str| entry.split(' ').next().unwrap_or_default().to_owned();
    let (mut kept, mut late, mut with_new) = (0, 0, HashSet::new());
    for entry in &now {
        if left.entries.contains(entry) {
            kept += 1;
            late += u64::from(with_new.contains(&trail(entry)));
        } else {
            with_new.insert(trail(entry));
        }
    }
    findings.tell("entries of the change log since", now.len() as u64 - kept);
    findings.tell("entries that the old version left without a number", left.unnumbered);
    findings.check("entries of the old version", kept, left.entries.len() as u64);
    findings.check("entries of the old version after one made since", late, 0);
    let unnumbered = "SELECT count(*) FROM changes WHERE position IS NULL";
    findings.check("entries without a number", evidence.count(unnumbered).await?, 0);
    let gaps = "SELECT count(*) FROM (SELECT max(position) - count(*) AS gap FROM changes GROUP BY owner) AS trails WHERE gap <> 0";
    findings.check("change logs with a gap", evidence.count(gaps).await?, 0);
    Ok(())
}

/// Counts the parts that the installation itself finds unwell, and tells on standard error what ails them.
async fn unwell(owner: &Client) -> Result<u64> {
    let mut unwell = 0;
    for check in owner.system().run_doctor(v1::RunDoctorRequest {}).await?.into_inner().checks {
        if PARTS.contains(&check.kind.as_str()) && check.status() != v1::DoctorCheckStatus::Ok {
            eprintln!("{}: {}", check.kind, check.description);
            unwell += 1;
        }
    }
    Ok(unwell)
}

/// Compares the schema, and the migrations that led to it, with those of a new installation.
async fn check_schema(findings: &mut Findings, site: &Site, ground: &Ground) -> Result<()> {
    let fresh = Site::found(ground.sqlite(), async |_| Ok(())).await?;
    let (upgraded, new) = (schema(site).await?, schema(&fresh).await?);
    findings.tell("tables, indexes and migrations of a new installation", new.len());
    findings.check("otherwise than in a new installation", upgraded.symmetric_difference(&new).count() as u64, 0);
    fresh.clear().await
}

async fn schema(site: &Site) -> Result<HashSet<String>> {
    let evidence = Evidence::of(site).await?;
    let parts = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master UNION ALL SELECT version FROM seaql_migrations";
    let parts = evidence.texts(parts).await?.into_iter().collect();
    evidence.close().await?;
    Ok(parts)
}

/// Starts the server once more, lets it be asked, and compares what it leaves with what was there.
async fn check_second_start(findings: &mut Findings, site: &Site) -> Result<()> {
    let before = rows(site).await?;
    let process = site.serve(&Manner::default()).await?;
    unwell(&site.client(&process).await?).await?;
    process.stop().await?;
    let after = rows(site).await?;
    let changed = after.iter().filter(|(table, rows)| before.get(*table) != Some(rows)).count();
    findings.check("tables that a second start changed", changed as u64, 0);
    Ok(())
}
