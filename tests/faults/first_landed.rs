//! What the first landed version left behind when it was killed, and what it had answered.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result};
use attache_client::Client;
use attache_tests::{
    by_name,
    database::opened,
    process::Process,
    site::{Site, connect_to},
};
use prost_reflect::{DynamicMessage, SerializeOptions};
use sea_orm::ConnectionTrait as _;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, value::Serializer};

use crate::evidence::Evidence;

/// The database, as `first-landed/README.md` says.
const DATABASE: &str = include_str!("first-landed/database.sql");
/// The key of its vault.
const KEY: &str = include_str!("first-landed/vault.key");
/// What was answered.
const RECORD: &str = include_str!("first-landed/answers.json");
/// Where the old server was reached.
const ADDRESS: &str = "https://attache.example.org";
/// How the old command line printed answers, and the present one does.
const AS_PRINTED: SerializeOptions = SerializeOptions::new().use_proto_field_name(true).skip_default_fields(false);

/// What the old version answered, and to whom.
#[derive(Deserialize)]
pub struct Record {
    /// The tokens of those who asked.
    tokens: BTreeMap<String, String>,
    answers: Vec<Answered>,
}

impl Record {
    /// Reads it.
    pub fn read() -> Result<Self> {
        Ok(serde_json::from_str(RECORD)?)
    }

    /// The owner's token.
    pub fn owner(&self) -> Result<&str> {
        self.tokens.get("owner").map(String::as_str).context("nobody is the owner")
    }

    /// How many answers there are.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// What is in one field of each answer of an RPC.
    pub fn told<T: DeserializeOwned>(&self, rpc: &str, field: &str) -> Result<Vec<T>> {
        let answers = self.answers.iter().filter(|answered| answered.rpc == rpc);
        let told = answers.map(|answered| answered.answer.get(field).cloned().unwrap_or_default());
        told.map(|told| Ok(serde_json::from_value(told)?)).collect()
    }
}

/// A call to the old version, and what came of it.
#[derive(Deserialize)]
struct Answered {
    who: String,
    rpc: String,
    request: Value,
    answer: Value,
}

/// What the old version left in its database.
pub struct Left {
    /// The entries of the change log, each after its trail.
    pub entries: HashSet<String>,
    /// How many of them had no number.
    pub unnumbered: u64,
    /// How many migrations it had.
    pub migrations: u64,
    /// How many mails waited.
    pub mails: u64,
}

/// Puts what the old version left into a folder.
pub async fn unpack(folder: &Path) -> Result<()> {
    fs::write(folder.join("vault.key"), KEY)?;
    let database = opened(format!("sqlite://{}?mode=rwc", folder.join("attache.db").display())).await?;
    // A table may come before one that it refers to.
    database.execute_unprepared(&format!("PRAGMA foreign_keys = OFF;\n{DATABASE}")).await?;
    Ok(database.close().await?)
}

impl Left {
    /// Looks into the database, before another server does.
    pub async fn in_database_of(site: &Site) -> Result<Self> {
        let evidence = Evidence::of(site).await?;
        let entries = evidence.texts("SELECT owner || ' ' || id FROM changes").await?.into_iter().collect();
        let unnumbered = evidence.count("SELECT count(*) FROM changes WHERE position IS NULL").await?;
        let mails = evidence.count("SELECT count(*) FROM notices WHERE state = 'QUEUED'").await?;
        let migrations = evidence.count("SELECT count(*) FROM seaql_migrations").await?;
        evidence.close().await?;
        Ok(Self { entries, unnumbered, migrations, mails })
    }
}

/// Asks all that the old version was asked; tells how many answers are others, and on standard error which.
pub async fn answered_otherwise(process: &Process, record: &Record) -> Result<u64> {
    let mut clients: BTreeMap<&str, Client> = BTreeMap::new();
    for (who, token) in &record.tokens {
        clients.insert(who, connect_to(process.address, Some(token)).await?);
    }
    let mut otherwise = 0;
    for Answered { who, rpc, request, answer } in &record.answers {
        let client = clients.get(who.as_str()).context("nobody has this name")?;
        let differences = match by_name::call(client, rpc, &request.to_string()).await {
            Ok(now) => differences(answer, &as_printed(rpc, &now, process)?),
            Err(failure) => vec![format!("refused: {failure}")],
        };
        for difference in &differences {
            eprintln!("{rpc} {request} for {who}: {difference}");
        }
        otherwise += u64::from(!differences.is_empty());
    }
    Ok(otherwise)
}

/// An answer as the old command line would have printed it, had the server been reached where the old one was.
fn as_printed(rpc: &str, answer: &Value, process: &Process) -> Result<Value> {
    let message = DynamicMessage::deserialize(by_name::method(rpc).output(), answer)?;
    let printed = message.serialize_with_options(Serializer, &AS_PRINTED)?;
    Ok(serde_json::from_str(&printed.to_string().replace(&format!("http://{}", process.address), ADDRESS))?)
}

/// Where an answer does not say what another one said; what it says beside that is no difference.
fn differences(told: &Value, now: &Value) -> Vec<String> {
    let inside = |place: &str, told: &Value, now: &Value| -> Vec<String> {
        differences(told, now).into_iter().map(|difference| format!("{place}.{difference}")).collect()
    };
    match (told, now) {
        (Value::Object(told), Value::Object(now)) => {
            told.iter().flat_map(|(field, told)| inside(field, told, now.get(field).unwrap_or(&Value::Null))).collect()
        }
        (Value::Array(told), Value::Array(now)) if told.len() == now.len() => {
            let pairs = told.iter().zip(now).enumerate();
            pairs.flat_map(|(index, (told, now))| inside(&index.to_string(), told, now)).collect()
        }
        (told, now) if told == now => Vec::new(),
        (told, now) => vec![format!(" was {told}, is {now}")],
    }
}
