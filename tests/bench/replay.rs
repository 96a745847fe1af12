//! A side of a comparison without the house: the statements of a command, through sqlx alone, in this process.

use std::{
    path::{Path, PathBuf},
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
    load::Sample,
    process::own_cpu,
    recording::{Recorded, growth, rows},
    turns::{Side, Turn},
};

/// How many commands a transaction holds.
const TOGETHER: i64 = 100;

/// The statements, and where they are made.
pub struct Replay {
    file: PathBuf,
    recorded: Recorded,
    texts: Vec<String>,
    done: i64,
    slowed_by: Duration,
}

impl Replay {
    /// Opens the database of an installation that nobody serves.
    pub fn new(folder: &Path, recorded: Recorded, slowed_by: Duration) -> Self {
        let texts = recorded.pattern.texts();
        Self { file: folder.join("attache.db"), recorded, texts, done: 0, slowed_by }
    }

    /// Makes commands until the time is up. Only what the database does is counted, not what it takes to think of them.
    async fn commands(&mut self, lasting: Duration) -> Result<Sample> {
        let before = rows(&self.file).await?;
        let mut database = open(&self.file).await?;
        let mut sample = Sample::nothing()?;
        let first = self.done;
        while sample.lasted < lasting {
            let commands: Vec<_> =
                (1..=TOGETHER).map(|number| self.recorded.pattern.values(self.done + number)).collect();
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
        let left = growth(&before, &rows(&self.file).await?);
        ensure!(left == expected.collect(), "the statements alone leave other rows than the server: {left:?}");
        Ok(sample)
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
        tokio::time::sleep(self.slowed_by).await;
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
}
