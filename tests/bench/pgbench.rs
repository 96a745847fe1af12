//! A side of a comparison without the house, on PostgreSQL: the statements of a command as a script of pgbench, by sixteen clients.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Output,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::process::Command;

use crate::{
    load::Sample,
    recording::{Recorded, growth, rows},
    script::script,
    site::Site,
    turns::{Side, Turn},
};

/// How many clients there are.
const CLIENTS: &str = "16";

/// The script, and where it is run.
pub struct Pgbench {
    url: String,
    site: Site,
    recorded: Recorded,
    script: String,
}

impl Pgbench {
    /// Writes the script.
    pub fn new(url: &str, site: Site, recorded: Recorded, forums: usize, slowed_by: Duration) -> Result<Self> {
        let script = script(&recorded.pattern, forums, slowed_by)?;
        Ok(Self { url: url.to_owned(), site, recorded, script })
    }

    async fn run(&self, lasting: Duration) -> Result<Sample> {
        let file = self.site.folder.join("script.sql");
        fs::write(&file, &self.script)?;
        let before = rows(&self.site).await?;
        let seconds = lasting.as_secs().max(1);
        let output = self.pgbench(&file, seconds).await?;
        let mut sample = Sample::nothing()?;
        sample.lasted = Duration::from_secs(seconds);
        let log = fs::read_dir(&self.site.folder)?.filter_map(|entry| Some(entry.ok()?.path()));
        for part in log.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("log."))) {
            count(&part, &mut sample)?;
            fs::remove_file(part)?;
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success() && !sample.latencies.is_empty(), "pgbench failed: {complaint}");
        let done = i64::try_from(sample.latencies.len())?;
        let expected = self.recorded.growth.iter().map(|(table, count)| (table.clone(), count * done));
        let left = growth(&before, &rows(&self.site).await?);
        ensure!(left == expected.collect(), "the statements alone leave other rows than the server: {left:?}");
        Ok(sample)
    }

    async fn pgbench(&self, script: &Path, seconds: u64) -> Result<Output> {
        let schema = self.site.schema().context("a database has a schema")?;
        let mut command = Command::new(program()?);
        command.args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--client", CLIENTS, "--log"]);
        command
            .arg(format!("--time={seconds}"))
            .arg(format!("--log-prefix={}", self.site.folder.join("log").display()));
        // Planned as the server's are.
        let settings = format!("-c search_path={schema} -c plan_cache_mode=force_custom_plan");
        command.arg("--file").arg(script).arg(&self.url).env("PGOPTIONS", settings);
        Ok(command.kill_on_drop(true).output().await?)
    }
}

/// Counts the transactions in a log, whose third field is how long one took, in microseconds.
fn count(log: &Path, sample: &mut Sample) -> Result<()> {
    for line in fs::read_to_string(log)?.lines() {
        let micros = line.split(' ').nth(2).context("a line of the log has a time")?;
        sample.count(Duration::from_micros(micros.parse()?));
    }
    Ok(())
}

/// Finds pgbench, where the path leads or where Debian keeps it.
fn program() -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut debian: Vec<PathBuf> = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    debian.sort();
    let mut candidates = env::split_paths(&path).chain(debian.into_iter().rev()).map(|folder| folder.join("pgbench"));
    match candidates.find(|candidate| candidate.is_file()) {
        Some(program) => Ok(program),
        None => bail!("there is no pgbench: Debian has it in postgresql-15"),
    }
}

impl Side for Pgbench {
    fn name(&self) -> String {
        format!("its {} statements by pgbench, {CLIENTS} clients", self.recorded.pattern.texts().len())
    }

    fn turn(&mut self, lasting: Duration) -> Turn<'_> {
        Box::pin(self.run(lasting))
    }

    fn peak_memory(&self) -> Result<u64> {
        Ok(0)
    }

    fn clear(self: Box<Self>) -> crate::turns::Cleared {
        Box::pin(self.site.clear())
    }
}
