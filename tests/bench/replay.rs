//! A side of a comparison without the house: the statements of a command, through sqlx alone, in this process.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use sea_orm::{
    Value, Values,
    sqlx::{
        self, AssertSqlSafe, Connection as _, SqliteConnection,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use sea_query_sqlx::SqlxValues;

use crate::{
    forums::{FIRST, event_id},
    load::Sample,
    process::own_cpu,
    recording::{Recorded, growth, rows},
    site::Site,
    turns::{Cleared, Side, Turn},
};

/// How many commands a transaction holds.
const TOGETHER: i64 = 100;

/// The statements, and where they are made.
pub struct Replay {
    site: Site,
    recorded: Recorded,
    texts: Vec<String>,
    forums: usize,
    done: i64,
}

impl Replay {
    /// Takes an installation that nobody serves, with so many forums.
    pub fn new(site: Site, recorded: Recorded, forums: usize) -> Self {
        let texts = recorded.pattern.texts();
        Self { site, recorded, texts, forums, done: 0 }
    }

    /// Makes commands until the time is up. Only what the database does is counted, not what it takes to think of them.
    async fn commands(&mut self, lasting: Duration) -> Result<Sample> {
        let before = rows(&self.site).await?;
        let mut database = open(&self.site.folder.join("attache.db")).await?;
        let mut sample = Sample::nothing()?;
        let first = self.done;
        while sample.lasted < lasting {
            let commands: Vec<_> = (1..=TOGETHER).map(|number| self.command(self.done + number)).collect();
            let (begun, before) = (Instant::now(), own_cpu()?);
            self.transaction(&mut database, commands).await?;
            let took = begun.elapsed();
            sample.cpu += own_cpu()?.saturating_sub(before);
            (0..TOGETHER).for_each(|_| sample.count(took));
            sample.lasted += took;
            self.done += TOGETHER;
        }
        database.close().await?;
        let expected = self.recorded.growth.iter().map(|(table, count)| (table.clone(), count * (self.done - first)));
        let left = growth(&before, &rows(&self.site).await?);
        ensure!(left == expected.collect(), "the statements alone leave other rows than the server: {left:?}");
        Ok(sample)
    }

    /// The values of a command, for one of the forums.
    fn command(&self, number: i64) -> Vec<Vec<Value>> {
        let forum = event_id(usize::try_from(number).unwrap_or_default() % self.forums);
        let moved = |text: String| text.replace(FIRST, &forum);
        let moved = |value: Value| {
            if let Value::String(Some(text)) = value {
                return moved(text).into();
            }
            let Value::Bytes(Some(bytes)) = value else { return value };
            match String::from_utf8(bytes) {
                Ok(text) => moved(text).into_bytes().into(),
                Err(sealed) => sealed.into_bytes().into(),
            }
        };
        let values = self.recorded.pattern.values(number).into_iter();
        values.map(|values| values.into_iter().map(moved).collect()).collect()
    }

    async fn transaction(&self, database: &mut SqliteConnection, commands: Vec<Vec<Vec<Value>>>) -> Result<()> {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *database).await?;
        for command in commands {
            for (text, values) in self.texts.iter().zip(command) {
                // Every statement is asked for its rows, as the server asks, and is prepared once for all commands.
                let query = sqlx::query_with(AssertSqlSafe(text.as_str()), SqlxValues(Values(values)));
                query.fetch_all(&mut *database).await?;
            }
        }
        sqlx::query("COMMIT").execute(&mut *database).await?;
        Ok(())
    }
}

/// Opens the file as the server does.
async fn open(file: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(Duration::from_secs(10))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("secure_delete", "ON");
    Ok(SqliteConnection::connect_with(&options).await?)
}

impl Side for Replay {
    fn name(&self) -> String {
        format!("its {} statements by sqlx alone, {TOGETHER} a transaction", self.texts.len())
    }

    fn turn(&mut self, lasting: Duration) -> Turn<'_> {
        Box::pin(self.commands(lasting))
    }

    fn peak_memory(&self) -> Result<u64> {
        Ok(0)
    }

    fn clear(self: Box<Self>) -> Cleared {
        Box::pin(self.site.clear())
    }
}
