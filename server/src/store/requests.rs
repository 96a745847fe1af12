//! Deeds, the requests that were answered before (AIP-155), and those that are only tried (AIP-163).

use std::sync::Arc;

use attache_domain::{authority::Actor, change::Trail, resource::MemberName};
use chrono::{DateTime, Utc};
use sea_orm::EntityTrait as _;
use uuid::Uuid;

use super::{Store, StoreError, WriteTx, error::column, rows};
use crate::ids;

/// Who does something, to what, when, and by which request.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Who.
    pub actor: Actor,
    /// Under whose name: those of one name come one after the other, and take turns with those of others.
    pub trail: Trail,
    /// When, truncated to microseconds.
    pub now: DateTime<Utc>,
    /// How it was asked for.
    pub request: Request,
}

/// How a write was asked for; the server's own are asked for by nobody, and are the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// What it is known by, when it may be sent again.
    pub key: Option<RequestKey>,
    /// Whether it is only tried: answered as if it were done, with nothing kept (AIP-163).
    pub validate_only: bool,
}

/// What a request that may be sent again is known by (AIP-155).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// The id its sender chose.
    pub id: Uuid,
    /// What it asks for: a digest of its method and message.
    pub digest: [u8; 32],
}

impl Deed {
    /// Whether it may be run again when nobody knows whether it was done: it would find what it made.
    pub(super) fn is_repeatable(&self) -> bool {
        self.request.key.is_some() && self.actor.name().is_some()
    }
}

impl Request {
    /// A part of the request that is a write of its own, and may be sent again with it.
    #[must_use]
    pub fn part(&self, part: &str) -> Self {
        let key = self.key.as_ref().map(|key| RequestKey { id: ids::derived(key.id, part), digest: key.digest });
        Self { key, validate_only: self.validate_only }
    }
}

/// What a write is about: it is remembered under its request by name, and loaded by it when the request comes again.
pub trait Subject: Sized + Send {
    /// What it is remembered by.
    fn resource_name(&self) -> String;

    /// Loads it, as it is now.
    fn load(tx: &WriteTx, name: &str) -> impl Future<Output = Result<Self, StoreError>> + Send;
}

/// Nothing is left of what a deletion was about.
impl Subject for () {
    fn resource_name(&self) -> String {
        String::new()
    }

    async fn load(_: &WriteTx, _: &str) -> Result<Self, StoreError> {
        Ok(())
    }
}

/// Reads who an actor is from the name they go by in the database.
pub(super) fn actor(table: &'static str, name: &'static str, text: Option<&str>) -> Result<Actor, StoreError> {
    let Some(text) = text else { return Ok(Actor::Server) };
    let member = text.parse().map(|MemberName { member }| Actor::Member(member));
    member.or_else(|_| column(table, name, text).map(Actor::Person))
}

impl Store {
    /// Finds what a request made when it came before, for a write that has much to do before it begins.
    pub async fn repeated<T: Subject>(&self, deed: &Deed) -> Result<Option<T>, StoreError> {
        let moment = Arc::new(self.dialect.begin_read(&self.read).await?);
        let tx = WriteTx::new(moment, Arc::default(), Arc::clone(&self.master), deed);
        match tx.answered(deed).await? {
            Some(name) => Ok(Some(T::load(&tx, &name).await?)),
            None => Ok(None),
        }
    }
}

impl WriteTx {
    /// Finds what a request made when it came before.
    pub(super) async fn answered(&self, deed: &Deed) -> Result<Option<String>, StoreError> {
        let (Some(request), Some(actor)) = (&deed.request.key, deed.actor.name()) else { return Ok(None) };
        match rows::request::Entity::find_by_id((actor, request.id.to_string())).one(self.db().await?).await? {
            None => Ok(None),
            Some(earlier) if earlier.digest == self.keyed(request) => Ok(Some(earlier.resource)),
            Some(_) => Err(StoreError::RequestIdReused(request.id)),
        }
    }

    pub(super) fn remember(&self, deed: &Deed, resource: &str) {
        let (Some(request), Some(actor)) = (&deed.request.key, deed.actor.name()) else { return };
        let row = rows::request::Model {
            actor,
            id: request.id.to_string(),
            digest: self.keyed(request),
            resource: resource.to_owned(),
            create_time: deed.now,
        };
        self.insert(row);
    }

    /// The digest as it is kept: keyed, since whoever has the database could otherwise try passports until one fits.
    fn keyed(&self, request: &RequestKey) -> Vec<u8> {
        self.master().digest("requests", &request.digest).as_bytes().to_vec()
    }
}
