//! `disk` and `read-only`: the database takes no writes for a while.

use std::{
    fs::{self, File},
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result};
use attache_tests::site::{Manner, Place, Site};
use tonic::transport::Endpoint;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

use crate::{
    cluster::Cluster,
    crowd::{AFTER_THE_LEASES, Crowd, PLACES, check_kept, until_sent},
    evidence::Evidence,
    finding::{Findings, Ground, Scenario},
    guests::open_doors,
};

/// How many guests come at once.
const AT_ONCE: usize = 8;
/// How long the server may take until its health says what is the matter.
const PATIENCE: Duration = Duration::from_secs(30);
/// What guests are told while nothing can be written.
const NOT_WRITABLE: &str = "NOT_WRITABLE";

/// A SQLite file on a disk that fills.
pub const DISK: Scenario = Scenario {
    name: "disk",
    holds: "the disk of the SQLite file fills while guests register, and is emptied again: they are told so, health says NOT_SERVING meanwhile, \
            each that was answered is kept once, and the server serves again without a restart; needs to mount a file system",
    run: |ground| Box::pin(disk(ground)),
};

/// A PostgreSQL database that takes no writes.
pub const READ_ONLY: Scenario = Scenario {
    name: "read-only",
    holds: "the same while PostgreSQL lets nobody write",
    run: |ground| Box::pin(read_only(ground)),
};

async fn disk(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::of("a full disk, SQLite");
    let Ok(mount) = Mount::make(&ground.folder) else {
        findings.tell("left out", "no file system can be mounted here");
        return Ok(findings);
    };
    let place = Place { folder: mount.0.clone(), ..ground.sqlite() };
    let site = Site::found(place, async |owner| open_doors(&owner, PLACES).await).await?;
    let ballast = mount.0.join("ballast");
    let (fill, empty) = (|| fill(&ballast), || Ok(fs::remove_file(&ballast)?));
    suffer(ground, site, &mut findings, fill, empty).await?;
    Ok(findings)
}

async fn read_only(ground: &Ground) -> Result<Findings> {
    let mut findings = Findings::of("a database to be read only, PostgreSQL");
    let cluster = Cluster::found(&ground.folder)?;
    let place = Place { database: Some(cluster.url()), ..ground.sqlite() };
    let site = Site::found(place, async |owner| open_doors(&owner, PLACES).await).await?;
    let set = |setting: &str| cluster.set(&format!("default_transaction_read_only = {setting}"));
    suffer(ground, site, &mut findings, || set("on"), || set("off")).await?;
    Ok(findings)
}

/// Lets guests come while an outage begins and ends.
async fn suffer(
    ground: &Ground,
    site: Site,
    findings: &mut Findings,
    begin: impl Fn() -> Result<()>,
    end: impl Fn() -> Result<()>,
) -> Result<()> {
    let mut process = site.serve(&Manner::default()).await?;
    let mut crowd = Crowd::gather(site.clients(&process, AT_ONCE).await?);
    crowd.wait_for_answers(ground.of(300, 30)).await?;

    begin()?;
    until_health(process.address, ServingStatus::NotServing).await?;
    let told = async {
        while crowd.delays.of(NOT_WRITABLE) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let told_so = tokio::time::timeout(PATIENCE, told).await.is_ok();
    end()?;
    until_health(process.address, ServingStatus::Serving).await?;
    crowd.wait_for_answers(ground.of(300, 30)).await?;

    findings.check("times health said NOT_SERVING, and SERVING again", 1, 1);
    findings.check("told that nothing can be written", u64::from(told_so), 1);
    let told = crowd.disperse(findings).await;
    // Mail that could not be written is tried again after minutes, and later ever more rarely.
    process.move_clock(2 * AFTER_THE_LEASES).await?;
    let evidence = Evidence::of(&site).await?;
    until_sent(&evidence).await?;
    process.stop().await?;
    check_kept(findings, &evidence, &told).await?;
    evidence.close().await?;
    site.clear().await
}

/// Asks for the server's health until it is so.
async fn until_health(address: SocketAddr, wanted: ServingStatus) -> Result<()> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let mut health = HealthClient::new(channel);
    let asking = async {
        while health.check(HealthCheckRequest::default()).await?.into_inner().status() != wanted {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, asking).await.with_context(|| format!("health never says {wanted:?}"))?
}

/// Writes until nothing more fits.
fn fill(ballast: &Path) -> Result<()> {
    let mut file = File::create(ballast)?;
    let mut piece = vec![0x5a; 1 << 16];
    while !piece.is_empty() {
        while file.write_all(&piece).is_ok() {}
        piece.truncate(piece.len() / 2);
    }
    Ok(())
}

/// A small file system in memory; dropped, it is gone.
struct Mount(PathBuf);

impl Mount {
    fn make(parent: &Path) -> Result<Self> {
        let folder = parent.join(format!("attache-disk-{}", attache_client::fresh_request_id()));
        fs::create_dir_all(&folder)?;
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"]).arg(&folder).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Ok(Self(folder));
        }
        fs::remove_dir(&folder)?;
        anyhow::bail!("no file system can be mounted here")
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["--lazy"]).arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}
