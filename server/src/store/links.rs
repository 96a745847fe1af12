//! Personal links in the database: of the code a keyed digest, by which it is found, and of the token too.

use attache_domain::{
    authority::{Delegate, Identity, Viewer},
    event::Event,
    link::{CODE_LENGTH, Code, Link},
    notice::{Delivery, State as MailState},
    organization::Organization,
    person::Person,
    registration::State as RegistrationState,
    resource::{EventId, LinkName, Owner, PersonName},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _,
};
use subtle::ConstantTimeEq as _;

use super::{
    Bearer, List, Page, Presented, Store, StoreError, Subject, WriteTx, access,
    changes::Entry,
    error::{column, count},
    events,
    fields::{Fields, Search, coded, instant, person_id},
    listing::Listing,
    notices, organizations, persons,
    queue::{MAIL_LEASE, Queue},
    rows::{
        link::{Column, Entity, Model},
        registration,
    },
    stops,
};
use crate::vault::MasterKey;

const TABLE: &str = "links";

/// A link just exchanged, with what its person calls with; that is told this once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// The link.
    pub link: Link,
    /// What proves the token.
    pub secret: String,
}

impl Exchanged {
    /// The token as its person calls with it, written as members' tokens are: `att_{link}_{secret}`.
    pub fn text(&self) -> String {
        access::token_text(self.link.id.0, &self.secret)
    }
}

impl Store {
    /// Lists the links of the event a viewer may see, in the order they were made. Filters by `person`.
    pub async fn links(&self, viewer: &Viewer, list: &List) -> Result<Page<Link>, StoreError> {
        let fields = Fields {
            known: [
                coded("person", Column::Person, person_id),
                instant("expire_time", Column::ExpireTime),
                instant("create_time", Column::CreateTime),
            ],
            usual: "create_time",
            search: Search::People { organization: Column::Organization, person: Column::Person },
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Link::try_from)
    }

    /// Draws the code of a link; it is the same each time.
    pub fn link_code(&self, link: &LinkName) -> Code {
        code_of(&self.master, link)
    }

    /// Finds the link that has a code. The code is the only right that is asked for.
    pub async fn link_with(&self, code: &Code) -> Result<Option<Link>, StoreError> {
        let found = Entity::find().filter(Column::CodeDigest.eq(code_digest(&self.master, code)));
        found.one(&self.read).await?.map(Link::try_from).transpose()
    }

    /// Claims up to `limit` links whose mail is due; until its lease ends, nobody else gets them.
    pub async fn claim_links(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Link>, StoreError> {
        let waiting = Condition::all().add(Column::MailState.eq(MailState::Queued.to_string()));
        let queue = Queue::<Entity> { waiting, since: Column::NextAttemptTime, lease: Column::LeaseTime };
        let claimed = self.claim(queue, (now, now + MAIL_LEASE), limit).await?;
        claimed.into_iter().map(Link::try_from).collect()
    }

    /// Finds what the mail with a link tells of: the event, who runs it, and whom it is for.
    pub async fn parties_of_link(&self, link: &Link) -> Result<Option<(Event, Organization, Person)>, StoreError> {
        let Some(event) = events::find(&self.read, &link.event).await? else { return Ok(None) };
        let controller = organizations::find(&self.read, &event.plan.controller).await?;
        let person = persons::find(&self.read, &link.person).await?;
        Ok(controller.zip(person).map(|(controller, person)| (event, controller, person)))
    }

    /// Finds the person who calls with the token that a link was exchanged for.
    pub(super) async fn delegate(&self, presented: &Presented, now: DateTime<Utc>) -> Result<Bearer, StoreError> {
        let row = Entity::find().filter(Column::Id.eq(presented.token.to_string())).one(&self.read).await?;
        let Some(row) = row else { return Ok(Bearer::Nobody) };
        let Some(expected) = &row.token_digest else { return Ok(Bearer::Nobody) };
        let digest = access::token_digest(&self.master, &presented.secret);
        let proven: bool = digest.as_bytes().ct_eq(expected.as_bytes()).into();
        if !proven {
            return Ok(Bearer::Impostor);
        }
        let link = Link::try_from(row)?;
        if !link.admits(now) {
            return Ok(Bearer::Nobody);
        }
        Ok(Bearer::Known(Identity::Delegate(Delegate::new(link.name(), link.person))))
    }
}

impl WriteTx {
    /// Finds a link.
    pub async fn link(&self, name: &LinkName) -> Result<Option<Link>, StoreError> {
        let found = Entity::find_by_id((name.event.to_string(), name.link.to_string()));
        found.one(self.db().await?).await?.map(Link::try_from).transpose()
    }

    /// Whether a person is registered for an event, has a seat in one of its delegations, or travels on a stop of one of its itineraries.
    pub async fn takes_part(&self, event: &EventId, who: &PersonName) -> Result<bool, StoreError> {
        let live = RegistrationState::ALL.into_iter().filter(|state| state.is_live());
        let registered = registration::Entity::find()
            .filter(registration::Column::Event.eq(event.to_string()))
            .filter(registration::Column::Organization.eq(who.organization.to_string()))
            .filter(registration::Column::Person.eq(who.person.to_string()))
            .filter(registration::Column::State.is_in(live.map(|state| state.to_string())));
        if registered.count(self.db().await?).await? > 0 {
            return Ok(true);
        }
        if self.seated_people(event, std::slice::from_ref(who)).await?.contains(who) {
            return Ok(true);
        }
        let stops = stops::of_event(self.db().await?, event).await?;
        Ok(stops.iter().any(|stop| stop.plan.travellers.contains(who)))
    }

    /// Inserts a link; of its code only a digest is kept.
    pub async fn insert_link(&self, link: &Link) -> Result<(), StoreError> {
        let digest = code_digest(self.master(), &code_of(self.master(), &link.name()));
        let row = model(link, digest, None);
        self.record(entry(link, "created", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Finds the links of a person, to whatever event.
    pub async fn links_of(&self, person: &PersonName) -> Result<Vec<Link>, StoreError> {
        let theirs = Entity::find()
            .filter(Column::Organization.eq(person.organization.to_string()))
            .filter(Column::Person.eq(person.person.to_string()));
        theirs.all(self.db().await?).await?.into_iter().map(Link::try_from).collect()
    }

    /// Saves what became of a link; the lease of its mail ends.
    pub async fn save_link(&self, before: &Link, after: &Link, verb: &'static str) -> Result<(), StoreError> {
        let row = self.link_row(before).await?;
        let token_digest = row.token_digest.clone();
        self.replace_link(row, after, token_digest, verb).await
    }

    /// Saves a link that was exchanged; of the token only a digest is kept.
    pub async fn save_exchanged_link(&self, before: &Link, after: &Exchanged) -> Result<(), StoreError> {
        let Exchanged { link, secret } = after;
        let token_digest = Some(access::token_digest(self.master(), secret));
        self.replace_link(self.link_row(before).await?, link, token_digest, "exchanged").await
    }

    /// Ends the token that a link was exchanged for.
    pub async fn end_token_of_link(&self, link: &Link) -> Result<(), StoreError> {
        self.replace_link(self.link_row(link).await?, link, None, "signed out").await
    }

    async fn link_row(&self, link: &Link) -> Result<Model, StoreError> {
        let row = Entity::find_by_id((link.event.to_string(), link.id.to_string())).one(self.db().await?).await?;
        row.ok_or(StoreError::Corrupt { table: TABLE, column: "id" })
    }

    async fn replace_link(
        &self,
        old: Model,
        link: &Link,
        token_digest: Option<String>,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let new = model(link, old.code_digest.clone(), token_digest);
        self.record(entry(link, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

/// Draws a code of the link's name: whoever has the database, and not the key, does not know it.
fn code_of(master: &MasterKey, link: &LinkName) -> Code {
    let digest = master.digest("personal links", link.to_string().as_bytes());
    let bytes = digest.as_bytes();
    Code::draw(std::array::from_fn::<u8, CODE_LENGTH, _>(|index| bytes[index]))
}

/// What a link is found by when somebody presents its code.
fn code_digest(master: &MasterKey, code: &Code) -> String {
    master.digest("codes of personal links", code.as_str().as_bytes()).to_hex().to_string()
}

fn entry<'a>(link: &Link, verb: &'static str, before: Option<&'a Model>, after: &'a Model) -> Entry<'a, Model> {
    let owner = Owner::Event(link.event.clone());
    Entry { owner, resource: link.name().to_string(), verb, person: None, before, after: Some(after) }
}

fn model(link: &Link, code_digest: String, token_digest: Option<String>) -> Model {
    let Link { event, id, person, expire_time, exchange_time, revoke_time, delivery, create_time } = link;
    let delivery = delivery.as_ref();
    Model {
        event: event.to_string(),
        id: id.to_string(),
        organization: person.organization.to_string(),
        person: person.person.to_string(),
        code_digest,
        token_digest,
        expire_time: *expire_time,
        exchange_time: *exchange_time,
        revoke_time: *revoke_time,
        mail_state: delivery.map(|delivery| delivery.state.to_string()),
        attempts: delivery.map_or(0, |delivery| i64::from(delivery.attempts)),
        next_attempt_time: delivery.map(|delivery| delivery.next_attempt_time),
        lease_time: None,
        send_time: delivery.and_then(|delivery| delivery.send_time),
        last_error: delivery.and_then(|delivery| delivery.last_error.clone()),
        create_time: *create_time,
    }
}

impl TryFrom<Model> for Link {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let delivery = delivery(&row)?;
        let person = PersonName {
            organization: column(TABLE, "organization", &row.organization)?,
            person: column(TABLE, "person", &row.person)?,
        };
        Ok(Self {
            event: column(TABLE, "event", &row.event)?,
            id: column(TABLE, "id", &row.id)?,
            person,
            expire_time: row.expire_time,
            exchange_time: row.exchange_time,
            revoke_time: row.revoke_time,
            delivery,
            create_time: row.create_time,
        })
    }
}

fn delivery(row: &Model) -> Result<Option<Delivery>, StoreError> {
    let corrupt = |column| StoreError::Corrupt { table: TABLE, column };
    let Some(word) = &row.mail_state else { return Ok(None) };
    Ok(Some(Delivery {
        state: notices::state(word).ok_or(corrupt("mail_state"))?,
        attempts: count(TABLE, "attempts", row.attempts)?,
        next_attempt_time: row.next_attempt_time.ok_or(corrupt("next_attempt_time"))?,
        send_time: row.send_time,
        last_error: row.last_error.clone(),
    }))
}

impl Subject for Link {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let link: LinkName = column("requests", "resource", name)?;
        tx.link(&link).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

/// A secret is told once: what made it cannot be repeated.
impl Subject for Exchanged {
    fn resource_name(&self) -> String {
        self.link.name().to_string()
    }

    async fn load(_: &WriteTx, name: &str) -> Result<Self, StoreError> {
        Err(StoreError::Unrepeatable(name.to_owned()))
    }
}
