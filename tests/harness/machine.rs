//! What the figures were taken on.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde::Serialize;

use crate::database::opened;

/// How often the disk is tried.
const TRIALS: usize = 200;

/// The machine, and the database on it.
#[derive(Serialize)]
pub struct Machine {
    processor: String,
    cores: usize,
    memory_mib: f64,
    kernel: String,
    database: String,
    /// How long the disk takes to keep a page for good: the median, in milliseconds.
    fsync_ms: f64,
}

impl Machine {
    /// Looks at the machine, at a disk of it, and at a PostgreSQL database, or SQLite where none is given.
    pub async fn look(folder: &Path, url: Option<&str>) -> Result<Self> {
        let kibibytes: u32 = field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or_default();
        Ok(Self {
            processor: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism()?.get(),
            memory_mib: f64::from(kibibytes) / 1024.0,
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
            database: database(url).await?,
            fsync_ms: fsync(folder)?.as_secs_f64() * 1e3,
        })
    }

    /// Describes it in a line.
    pub fn line(&self) -> String {
        let Self { processor, cores, memory_mib, kernel, database, fsync_ms } = self;
        let gibibytes = memory_mib / 1024.0;
        format!(
            "{cores} cores of {processor}, {gibibytes:.0} GiB, Linux {kernel}, {database}, fdatasync {fsync_ms:.2} ms"
        )
    }
}

fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.trim() == name).map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

async fn database(url: Option<&str>) -> Result<String> {
    let (url, backend, query, kind) = match url {
        Some(url) => (url, DbBackend::Postgres, "SHOW server_version", "PostgreSQL"),
        None => ("sqlite::memory:", DbBackend::Sqlite, "SELECT sqlite_version()", "SQLite"),
    };
    let database = opened(url).await?;
    let row = database.query_one_raw(Statement::from_string(backend, query)).await?;
    let version: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    database.close().await?;
    Ok(format!("{kind} {version}"))
}

fn fsync(folder: &Path) -> Result<Duration> {
    let path = folder.join(format!("attache-bench-{}", attache_client::fresh_request_id()));
    let mut file = File::create(&path)?;
    let mut took = Vec::new();
    for _ in 0..TRIALS {
        file.write_all(&[0x5a; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        took.push(begun.elapsed());
    }
    fs::remove_file(path)?;
    took.sort();
    Ok(took[TRIALS / 2])
}
