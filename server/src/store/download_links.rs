//! Links to files: proven under the vault's key, and kept nowhere but in the change log.

use attache_domain::{download_link::DownloadLink, resource::Owner};
use chrono::{DateTime, Utc};
use serde::Serialize;
use subtle::ConstantTimeEq as _;

use super::{OpenFile, Store, StoreError, Subject, WriteTx, changes::Entry, error::column, files};

/// What somebody who opens a link finds.
pub enum Linked {
    /// The file.
    File(Box<OpenFile>),
    /// Nothing any more: the link was good once.
    Expired,
    /// Nothing: this server made no such link, or its file is gone.
    Nothing,
}

/// What the change log keeps of a link.
#[derive(Serialize)]
struct Outline {
    expire_time: DateTime<Utc>,
}

impl Store {
    /// Writes a link as it is opened: what proves it, a slash, and what it says.
    pub fn proven_link(&self, link: &DownloadLink) -> String {
        let link = link.to_string();
        format!("{}/{link}", self.proof_of_link(&link))
    }

    /// Opens the file of a link; only a link that this server made opens any.
    pub async fn linked_file(&self, presented: &str, now: DateTime<Utc>) -> Result<Linked, StoreError> {
        let Some(link) = self.link(presented) else { return Ok(Linked::Nothing) };
        if !link.is_open(now) {
            return Ok(Linked::Expired);
        }
        let open = files::open(&self.read, &self.master, &link.file).await?;
        Ok(open.map_or(Linked::Nothing, |open| Linked::File(Box::new(open))))
    }

    fn link(&self, presented: &str) -> Option<DownloadLink> {
        let (proof, link) = presented.split_once('/')?;
        let proven: bool = self.proof_of_link(link).as_bytes().ct_eq(proof.as_bytes()).into();
        if proven { link.parse().ok() } else { None }
    }

    fn proof_of_link(&self, link: &str) -> String {
        self.master.digest("download links", link.as_bytes()).to_hex().to_string()
    }
}

impl WriteTx {
    /// Takes note in the change log that a link was made.
    pub async fn record_download_link(&self, link: &DownloadLink) -> Result<(), StoreError> {
        let DownloadLink { file, expire_time } = link;
        let owner: Owner = file.owner.clone();
        let after = Outline { expire_time: *expire_time };
        let (resource, verb) = (file.to_string(), "linked");
        self.record(Entry { owner, resource, verb, person: None, before: None, after: Some(&after) }).await
    }
}

/// A link says all there is to know of it, and so is remembered by what it says.
impl Subject for DownloadLink {
    fn resource_name(&self) -> String {
        self.to_string()
    }

    async fn load(_: &WriteTx, link: &str) -> Result<Self, StoreError> {
        column("requests", "resource", link)
    }
}
