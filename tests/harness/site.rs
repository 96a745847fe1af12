//! An installation that programs start servers of: a folder and a database of its own, made afresh and removed afterwards.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use attache_client::{Client, Options, Retries, Token, connect, v1};
use attache_server::store::Location;
use sea_orm::ConnectionTrait as _;

use crate::{
    database::opened,
    fixtures::{beijing, forum},
    process::Process,
};

/// Where installations are made.
#[derive(Clone)]
pub struct Place {
    /// In which folder.
    pub folder: PathBuf,
    /// In which PostgreSQL database; in a SQLite file, when in none.
    pub database: Option<String>,
    /// What their servers log.
    pub log: String,
}

/// An installation.
pub struct Site {
    /// Its folder: the vault's key, and the database if that is a file.
    pub folder: PathBuf,
    /// Where its database is, when it is PostgreSQL.
    pub database: Option<String>,
    /// Its owner's token.
    pub token: String,
    filter: String,
}

/// How a server of it is started.
#[derive(Clone, Default)]
pub struct Manner {
    /// How many writes one commit holds at most.
    pub together: Option<usize>,
    /// How much longer a commit is made to take.
    pub slowed_by: Duration,
    /// Where mail leaves; to files in the folder, when nowhere else.
    pub smtp_url: Option<String>,
    /// The files of a TLS certificate and of its key; plain text without.
    pub tls: Option<(PathBuf, PathBuf)>,
}

impl Site {
    /// Makes an installation, and what `furnish` puts into it.
    pub async fn found(place: impl Into<Place>, furnish: impl AsyncFnOnce(Client) -> Result<()>) -> Result<Self> {
        let Place { folder, database, log } = place.into();
        let id = attache_client::fresh_request_id();
        let folder = folder.join(format!("attache-site-{id}"));
        std::fs::create_dir_all(&folder)?;
        let database = match &database {
            Some(url) => Some(schema_in(url, &format!("attache_site_{}", id.replace('-', ""))).await?),
            None => None,
        };
        let mut site = Self { folder, database, token: String::new(), filter: log };
        let process = site.serve(&Manner::default()).await?;
        site.token = process.token.clone().context("a new installation has no owner")?;
        furnish(site.client(&process).await?).await?;
        process.stop().await?;
        Ok(site)
    }

    /// Takes an installation over that another server made, in a SQLite file: `unpack` puts what that one left into the folder.
    pub async fn taken_over(
        place: impl Into<Place>,
        token: &str,
        unpack: impl AsyncFnOnce(&Path) -> Result<()>,
    ) -> Result<Self> {
        let Place { folder, database: _, log } = place.into();
        let folder = folder.join(format!("attache-site-{}", attache_client::fresh_request_id()));
        std::fs::create_dir_all(&folder)?;
        let site = Self { folder, database: None, token: token.to_owned(), filter: log };
        unpack(&site.folder).await?;
        Ok(site)
    }

    /// Serves it on a free port.
    pub async fn serve(&self, manner: &Manner) -> Result<Process> {
        self.serve_at(SocketAddr::from(([127, 0, 0, 1], 0)), manner).await
    }

    /// Serves it where callers look for it.
    pub async fn serve_at(&self, address: SocketAddr, manner: &Manner) -> Result<Process> {
        let Manner { together, slowed_by, smtp_url, tls } = manner;
        let (folder, listen) = (self.folder.display().to_string(), address.to_string());
        let mut arguments: Vec<String> =
            ["serve", "--listen", &listen, "--public-rate", "0", "--log", &self.filter, "--data-folder", &folder]
                .map(str::to_owned)
                .into();
        let mut set = |flag: &str, value: Option<String>| {
            arguments.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
        };
        set("--database-url", self.database.clone());
        set("--smtp-url", smtp_url.clone());
        set("--together", together.map(|together| together.to_string()));
        set("--slowed-by", Some(slowed_by.as_micros().to_string()));
        if let Some((chain, key)) = tls {
            set("--tls-certificate", Some(chain.display().to_string()));
            set("--tls-key", Some(key.display().to_string()));
        }
        Process::start(&arguments, &self.log()).await
    }

    /// Where its database is, as the house says it.
    pub fn location(&self) -> Location {
        match &self.database {
            Some(url) => Location::Postgres(url.clone()),
            None => Location::File(self.folder.join("attache.db")),
        }
    }

    /// Where its servers log.
    pub fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// The schema of its own that it has in PostgreSQL.
    pub fn schema(&self) -> Option<&str> {
        self.database.as_ref().and_then(|url| url.rsplit_once('=')).map(|(_, schema)| schema)
    }

    /// Connects as its owner.
    pub async fn client(&self, process: &Process) -> Result<Client> {
        connect_to(process.address, Some(&self.token)).await
    }

    /// Makes so many connections as its owner.
    pub async fn clients(&self, process: &Process, count: usize) -> Result<Vec<Client>> {
        connections(process, Some(&self.token), count).await
    }

    /// The installation that is in another folder, with a SQLite file, and has the same owner.
    #[must_use]
    pub fn elsewhere(&self, folder: PathBuf) -> Self {
        Self { folder, database: None, token: self.token.clone(), filter: self.filter.clone() }
    }

    /// Removes it.
    pub async fn clear(self) -> Result<()> {
        if let (Some(url), Some(schema)) = (&self.database, self.schema()) {
            let database = opened(url).await?;
            database.execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE")).await?;
            database.close().await?;
        }
        Ok(())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Makes a schema in a PostgreSQL database, and gives the address of the database with it as its own.
async fn schema_in(url: &str, schema: &str) -> Result<String> {
    let database = opened(url).await?;
    database.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await?;
    database.close().await?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(format!("{url}{separator}options[search_path]={schema}"))
}

/// Makes so many connections, with a token or without.
pub async fn connections(process: &Process, token: Option<&str>, count: usize) -> Result<Vec<Client>> {
    let mut clients = Vec::new();
    for _ in 0..count {
        clients.push(connect_to(process.address, token).await?);
    }
    Ok(clients)
}

/// Connects to a server, or to what stands before several, with a token or without.
pub async fn connect_to(address: SocketAddr, token: Option<&str>) -> Result<Client> {
    let options = Options {
        address: format!("http://{address}"),
        token: token.map(Token::new),
        retries: Retries::NONE,
        ..Options::default()
    };
    Ok(connect(options).await?)
}

/// A forum that is yet to come, and so takes registrations.
pub fn forum_to_come() -> v1::Event {
    v1::Event { start_time: Some(beijing("2036-09-05T09:00")), end_time: Some(beijing("2036-09-05T17:30")), ..forum() }
}
