//! `backup`: a backup is made while guests register, and put back elsewhere.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Result, ensure};
use attache_server::{backup, clock::Clock, settings::Settings};
use attache_tests::{
    fixtures::ZBRA,
    paperwork::upload,
    site::{Manner, Site},
};
use clap::Args;
use tokio::process::Command;

use crate::{
    crowd::{Crowd, PLACES},
    evidence::Evidence,
    finding::{Findings, Ground, Scenario},
    guests::{Told, open_doors},
};

/// How many guests come at once.
const AT_ONCE: usize = 8;
/// How large the files are that lie in the installation, in bytes: within one piece, and over several.
const FILES: [usize; 2] = [1_000, 3_000_000];

/// Backups, under load and at rest.
pub const BACKUP: Scenario = Scenario {
    name: "backup",
    holds: "backups are made while guests register: each, restored elsewhere and verified, holds everybody who was answered before it began, \
            and nobody by halves; one that is made at rest gives back every row and every file",
    run: |ground| Box::pin(run(ground)),
};

/// The installation to copy, or to copy into, and the file.
#[derive(Args, Clone)]
pub struct Copy {
    #[command(flatten)]
    settings: Settings,
    /// The backup
    file: PathBuf,
}

/// Makes a backup, as the server's own program does.
pub async fn back_up(Copy { settings, file }: Copy) -> Result<()> {
    Box::pin(backup::back_up(&settings.complete()?, &file, &Clock::default())).await?;
    Ok(())
}

/// Restores a backup and verifies it, as the server's own program does.
pub async fn restore(Copy { settings, file }: Copy) -> Result<()> {
    Box::pin(backup::restore(&settings.complete()?, &file, true, &Clock::default())).await?;
    Ok(())
}

async fn run(ground: &Ground) -> Result<Findings> {
    let backups = ground.of(5, 2);
    let site = Site::found(ground.sqlite(), async |owner| {
        open_doors(&owner, PLACES).await?;
        for size in FILES {
            let bytes: Vec<u8> = b"%PDF-1.7\n".iter().copied().chain((0..=u8::MAX).cycle()).take(size).collect();
            upload(&owner, ZBRA, "paper.pdf", "application/pdf", &bytes).await;
        }
        Ok(())
    })
    .await?;
    let process = site.serve(&Manner::default()).await?;
    let mut crowd = Crowd::gather(site.clients(&process, AT_ONCE).await?);
    let mut findings = Findings::of(format!("backups under load: {backups}, and one at rest"));
    for number in 0..backups {
        crowd.wait_for_answers(ground.of(200, 30)).await?;
        let before = crowd.told();
        let copy = copy(&site, &format!("under-load-{number}")).await?;
        check_whole(&mut findings, &copy, &before).await?;
    }
    let told = crowd.disperse(&mut findings).await;
    process.stop().await?;

    let copy = copy(&site, "at-rest").await?;
    check_whole(&mut findings, &copy, &told).await?;
    check_rows(&mut findings, &site, &copy).await?;
    site.clear().await?;
    Ok(findings)
}

/// Compares a copy with the installation at rest that it is of, row by row.
pub async fn check_rows(findings: &mut Findings, site: &Site, copy: &Site) -> Result<()> {
    let (rows, restored) = (rows(site).await?, rows(copy).await?);
    let differing = rows.iter().filter(|(table, rows)| restored.get(*table) != Some(rows)).count();
    findings.tell("rows compared", rows.values().map(Vec::len).sum::<usize>());
    findings.check("tables at rest that were not given back as they were", differing as u64, 0);
    Ok(())
}

/// Backs an installation up, and restores that beside it.
pub async fn copy(site: &Site, name: &str) -> Result<Site> {
    let (file, folder) = (site.folder.join(format!("{name}.backup")), site.folder.join(name));
    start_as("make-backup", &site.folder, &file).await?;
    fs::create_dir_all(&folder)?;
    fs::copy(site.folder.join("vault.key"), folder.join("vault.key"))?;
    start_as("restore-backup", &folder, &file).await?;
    Ok(site.elsewhere(folder))
}

/// Starts this program again to copy, as somebody at a command line would start the server's.
async fn start_as(role: &str, folder: &Path, file: &Path) -> Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.arg(role).arg("--data-folder").arg(folder).arg(file).stdin(Stdio::null()).output().await?;
    ensure!(output.status.success(), "{role} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Looks whether a copy holds those who were answered before, and everybody whole.
async fn check_whole(findings: &mut Findings, copy: &Site, before: &[Told]) -> Result<()> {
    let evidence = Evidence::of(copy).await?;
    let kept: HashSet<_> = evidence.texts("SELECT id FROM registrations").await?.into_iter().collect();
    let lost = before.iter().filter(|told| !kept.contains(told.id())).count();
    findings.check("answered before the backup and not in it", lost as u64, 0);
    let whole = "SELECT count(*) FROM registrations r \
                 JOIN persons p ON p.id = r.person \
                 JOIN notices n ON n.person = r.person \
                 WHERE EXISTS (SELECT 1 FROM holds h WHERE h.holder = r.id) OR EXISTS (SELECT 1 FROM waits w WHERE w.holder = r.id)";
    findings.check("in the backup, with their person, place and mail", evidence.count(whole).await?, kept.len() as u64);
    evidence.close().await
}

/// Every row of an installation in a SQLite file, by table.
pub async fn rows(site: &Site) -> Result<BTreeMap<String, Vec<String>>> {
    let evidence = Evidence::of(site).await?;
    let mut rows = BTreeMap::new();
    // When the schema was made differs, and nobody's lock is anybody's.
    let tables =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('seaql_migrations', 'schema_lock')";
    for table in evidence.texts(tables).await? {
        let columns =
            evidence.texts(&format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')")).await?;
        let row = columns.join(" || ',' || ");
        rows.insert(table.clone(), evidence.texts(&format!("SELECT {row} FROM \"{table}\" ORDER BY 1")).await?);
    }
    evidence.close().await?;
    Ok(rows)
}
