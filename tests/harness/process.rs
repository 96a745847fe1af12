//! A server as a process of its own: started, looked at from outside, and ended whatever happens.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
};

use crate::serve::{AHEAD, SERVING};

/// How many of the kernel's ticks are a second, wherever Linux runs.
const TICKS: u32 = 100;
/// How long a server may take to end in order.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server process. It ends when this is dropped, and when this program ends without dropping it.
pub struct Process {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// The owner's token, where it made one.
    pub token: Option<String>,
}

impl Process {
    /// Starts this program again with other arguments, and waits until it serves; what it logs goes into a file.
    pub async fn start(arguments: &[String], log: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        command.stderr(File::options().create(true).append(true).open(log)?);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ATTACHE_") {
                command.env_remove(name);
            }
        }
        let mut child = command.spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("it has no output")?).lines();
        while let Some(line) = lines.next_line().await? {
            let Some((address, token)) = line.strip_prefix(SERVING).and_then(|told| told.split_once(' ')) else {
                continue;
            };
            let token = Some(token).filter(|token| *token != "-").map(str::to_owned);
            return Ok(Self { address: address.parse()?, token, child });
        }
        bail!("the server ended before it served: {}\n{}", child.wait().await?, fs::read_to_string(log)?)
    }

    /// The most memory it had at once so far, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        self.memory("VmHWM:")
    }

    /// The memory it has now, in bytes.
    pub fn memory_now(&self) -> Result<u64> {
        self.memory("VmRSS:")
    }

    fn memory(&self, field: &str) -> Result<u64> {
        let status = fs::read_to_string(self.proc().join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)).context("the kernel tells no memory")?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024)
    }

    /// How much processor time it took so far.
    pub fn cpu(&self) -> Result<Duration> {
        cpu(&self.proc())
    }

    fn proc(&self) -> PathBuf {
        Path::new("/proc").join(self.child.id().unwrap_or_default().to_string())
    }

    /// Moves its clock, so many seconds forward or, when negative, backward.
    pub async fn move_clock(&mut self, seconds: i64) -> Result<()> {
        let orders = self.child.stdin.as_mut().context("it takes no orders")?;
        Ok(orders.write_all(format!("{AHEAD}{seconds}\n").as_bytes()).await?)
    }

    /// Ends it in the midst of whatever it does.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Lets it end in order, and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        match tokio::time::timeout(PATIENCE, self.child.wait()).await {
            Ok(ended) => ended.map(drop).context("the server cannot be waited for"),
            Err(_) => Ok(self.child.kill().await?),
        }
    }
}

/// How much processor time this program itself took so far.
pub fn own_cpu() -> Result<Duration> {
    cpu(Path::new("/proc/self"))
}

fn cpu(proc: &Path) -> Result<Duration> {
    let stat = fs::read_to_string(proc.join("stat"))?;
    // The name in brackets may hold spaces; what follows it does not.
    let after = stat.rsplit_once(") ").context("the kernel tells no times")?.1;
    let ticks: u32 = after.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    Ok(Duration::from_secs(1) * ticks / TICKS)
}
