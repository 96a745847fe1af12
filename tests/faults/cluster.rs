//! PostgreSQL clusters of this program's own, in folders that go with them.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};

/// Where Debian keeps the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// How long a standby may take until commits wait for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a standby calls itself when it connects to its primary.
const STANDBY: &str = "standby";

/// A cluster that runs; dropped, it stops and is removed.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes a cluster and starts it, durable as any installation's.
    pub fn found(parent: &Path) -> Result<Self> {
        let cluster = Self::reserve(parent)?;
        let data = cluster.data();
        cluster.call(
            "initdb",
            ["--pgdata", &data, "--username=attache", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"],
        )?;
        cluster.start()?;
        Ok(cluster)
    }

    /// Makes a synchronous standby of it: what it acknowledges from now on, both have.
    pub async fn add_standby(&self, parent: &Path) -> Result<Self> {
        let standby = Self::reserve(parent)?;
        let source = format!("host=127.0.0.1 port={} user=attache application_name={STANDBY}", self.port);
        standby.call(
            "pg_basebackup",
            ["--dbname", &source, "--pgdata", &standby.data(), "--write-recovery-conf", "--checkpoint=fast"],
        )?;
        standby.start()?;
        self.set(&format!("synchronous_standby_names = '{STANDBY}'"))?;
        self.until_synchronous().await?;
        Ok(standby)
    }

    /// Gives a setting another value, in all that is connected.
    pub fn set(&self, setting: &str) -> Result<()> {
        for statement in [format!("ALTER SYSTEM SET {setting}"), "SELECT pg_reload_conf()".to_owned()] {
            self.call("psql", ["--dbname", &self.url(), "--quiet", "--output=/dev/null", "--command", &statement])?;
        }
        Ok(())
    }

    /// Waits until commits wait for the standby.
    async fn until_synchronous(&self) -> Result<()> {
        let database = Database::connect(self.url()).await?;
        let query = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        let synchronous = async {
            loop {
                let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
                if row.context("a count")?.try_get_by_index::<i64>(0)? == 1 {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, synchronous).await.context("the standby does not come to be synchronous")?
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("postgres://attache@{}/postgres", self.address())
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// Ends it in the midst of whatever it does.
    pub fn kill(&self) -> Result<()> {
        let file = fs::read_to_string(Path::new(&self.data()).join("postmaster.pid"))?;
        let id = file.lines().next().context("the cluster does not run")?;
        // Its processes end when they find that the first of them is gone.
        self.call("pg_ctl", ["kill", "KILL", id])
    }

    /// Makes a standby a primary.
    pub fn promote(&self) -> Result<()> {
        self.call("pg_ctl", ["promote", "--wait", "--silent", "--pgdata", &self.data()])
    }

    fn reserve(parent: &Path) -> Result<Self> {
        let folder = parent.join(format!("attache-cluster-{}", attache_client::fresh_request_id()));
        fs::create_dir_all(&folder)?;
        if is_root()? {
            ensure!(
                Command::new("chown").arg("postgres").arg(&folder).status()?.success(),
                "there is no user postgres"
            );
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Self { folder, port })
    }

    fn start(&self) -> Result<()> {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=200",
            self.port,
            self.folder.display()
        );
        let log = self.folder.join("log").display().to_string();
        self.call(
            "pg_ctl",
            ["start", "--wait", "--silent", "--pgdata", &self.data(), "--log", &log, "--options", &options],
        )
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    /// Runs a program of PostgreSQL, which refuses to run as root.
    fn call<const N: usize>(&self, program: &str, arguments: [&str; N]) -> Result<()> {
        let program = programs()?.join(program);
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        let said = self.folder.join("said");
        let (out, err) = (File::create(&said)?, File::create(&said)?);
        let status =
            command.args(arguments).current_dir(&self.folder).stdin(Stdio::null()).stdout(out).stderr(err).status()?;
        ensure!(
            status.success(),
            "{} failed: {}",
            program.display(),
            fs::read_to_string(said).unwrap_or_default().trim()
        );
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // One that was killed has stopped already.
        let _ = self.call("pg_ctl", ["stop", "--mode=immediate", "--wait", "--silent", "--pgdata", &self.data()]);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The programs of the newest version that is installed.
fn programs() -> Result<PathBuf> {
    let versions = fs::read_dir(VERSIONS).with_context(|| format!("PostgreSQL is not installed in {VERSIONS}"))?;
    let newest = versions.filter_map(|version| version.ok()?.file_name().to_str()?.parse::<u32>().ok()).max();
    let newest = newest.with_context(|| format!("{VERSIONS} is empty"))?;
    Ok(Path::new(VERSIONS).join(newest.to_string()).join("bin"))
}

fn is_root() -> Result<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}
