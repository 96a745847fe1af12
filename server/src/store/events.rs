//! Events in the database.

use attache_domain::{
    authority::{Viewer, Visible},
    event::{Event, Host, Plan, SharedPool, State, Venue},
    resource::{EventId, EventName, Owner},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};

use self::parts::{HostJson, SharedPoolJson, VenueJson};
use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, coded, instant, verbatim},
    listing::Listing,
    rows::event::{Column, Entity, Model},
    times::{from_json, history, localized, to_json, zoned},
};

mod parts;

const TABLE: &str = "events";

impl Store {
    /// Finds the event that a viewer may see.
    pub async fn event(&self, viewer: &Viewer) -> Result<Option<Event>, StoreError> {
        find(&self.read, viewer.event()).await
    }

    /// Lists the events that a caller may see, the latest start first. Filters by `state` and `parent_event`.
    pub async fn events(&self, visible: &Visible, list: &List) -> Result<Page<Event>, StoreError> {
        let fields = Fields {
            known: [
                coded("state", Column::State, |text| state(text).map(|_| text.to_owned())),
                coded("parent_event", Column::Parent, |text| {
                    text.parse().ok().map(|EventName { event }| event.to_string())
                }),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
                instant("start_time", Column::StartTime),
                instant("end_time", Column::EndTime),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "start_time desc",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        let mut select = Entity::find();
        let mut listing = Listing::house("events");
        if let Visible::Only(events) = visible {
            let ids: Vec<String> = events.iter().map(ToString::to_string).collect();
            listing = listing.narrowed(ids.join(" "));
            select = select.filter(Column::Id.is_in(ids));
        }
        self.page(select, &fields, listing, list).await?.try_map(Event::try_from)
    }
}

impl WriteTx {
    /// Finds an event.
    pub async fn event(&self, event: &EventId) -> Result<Option<Event>, StoreError> {
        let name = EventName { event: event.clone() }.to_string();
        self.read_once(name, async { find(self.db().await?, event).await }).await
    }

    /// Inserts an event; an id that is taken is refused.
    pub async fn insert_event(&self, event: &Event) -> Result<(), StoreError> {
        if self.event(&event.id).await?.is_some() {
            return Err(StoreError::Taken(event.name().to_string()));
        }
        let row = Model::try_from(event)?;
        self.record(entry(event, "created", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of an event.
    pub async fn save_event(&self, before: &Event, after: &Event, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

fn entry<'a>(event: &Event, verb: &'static str, before: Option<&'a Model>, after: &'a Model) -> Entry<'a, Model> {
    let owner = Owner::Event(event.id.clone());
    Entry { owner, resource: event.name().to_string(), verb, person: None, before, after: Some(after) }
}

/// Finds an event, whoever asks.
pub(super) async fn find<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Option<Event>, StoreError> {
    Entity::find_by_id(event.to_string()).one(db).await?.map(Event::try_from).transpose()
}

impl Subject for Event {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let EventName { event } = column("requests", "resource", name)?;
        tx.event(&event).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl TryFrom<&Event> for Model {
    type Error = StoreError;

    fn try_from(event: &Event) -> Result<Self, StoreError> {
        let Event { id, plan, state, history } = event;
        let Plan { title, start, end, controller, hosts, venue, other_venues, parent, .. } = plan;
        let hosts: Vec<HostJson> = hosts.iter().map(HostJson::from).collect();
        let other_venues: Vec<VenueJson> = other_venues.iter().map(VenueJson::from).collect();
        let shared_pools: Vec<SharedPoolJson> = plan.shared_pools.iter().map(SharedPoolJson::from).collect();
        let venue = venue.as_ref().map(|venue| to_json(TABLE, "venue", &VenueJson::from(venue))).transpose()?;
        Ok(Self {
            id: id.to_string(),
            title_en: title.en().map(str::to_owned),
            title_zh: title.zh().map(str::to_owned),
            start_time: start.instant(),
            start_local: start.local_text(),
            start_zone: start.zone().to_string(),
            end_time: end.instant(),
            end_local: end.local_text(),
            end_zone: end.zone().to_string(),
            controller: controller.to_string(),
            hosts: to_json(TABLE, "hosts", &hosts)?,
            venue,
            registration_open_time: plan.registration_open_time,
            registration_close_time: plan.registration_close_time,
            accreditation_end_time: plan.accreditation_end_time,
            contact_email: plan.contact_email.as_ref().map(|email| email.as_str().to_owned()),
            specimen: plan.specimen,
            parent: parent.as_ref().map(ToString::to_string),
            other_venues: to_json(TABLE, "other_venues", &other_venues)?,
            online_uri: plan.online.as_ref().map(ToString::to_string),
            shared_pools: to_json(TABLE, "shared_pools", &shared_pools)?,
            state: word(*state).to_owned(),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for Event {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let hosts: Vec<HostJson> = from_json(TABLE, "hosts", &row.hosts)?;
        let venue: Option<VenueJson> = row.venue.as_ref().map(|venue| from_json(TABLE, "venue", venue)).transpose()?;
        let other_venues: Vec<VenueJson> = from_json(TABLE, "other_venues", &row.other_venues)?;
        let shared_pools: Vec<SharedPoolJson> = from_json(TABLE, "shared_pools", &row.shared_pools)?;
        let plan = Plan {
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            start: zoned(TABLE, "start_local", &row.start_local, &row.start_zone)?,
            end: zoned(TABLE, "end_local", &row.end_local, &row.end_zone)?,
            controller: column(TABLE, "controller", &row.controller)?,
            hosts: hosts.iter().map(Host::try_from).collect::<Result<_, _>>()?,
            venue: venue.map(Venue::try_from).transpose()?,
            registration_open_time: row.registration_open_time,
            registration_close_time: row.registration_close_time,
            accreditation_end_time: row.accreditation_end_time,
            contact_email: row.contact_email.map(|email| column(TABLE, "contact_email", &email)).transpose()?,
            specimen: row.specimen,
            parent: row.parent.map(|parent| column(TABLE, "parent", &parent)).transpose()?,
            other_venues: other_venues.into_iter().map(Venue::try_from).collect::<Result<_, _>>()?,
            online: row.online_uri.map(|uri| column(TABLE, "online_uri", &uri)).transpose()?,
            shared_pools: shared_pools.iter().map(SharedPool::try_from).collect::<Result<_, _>>()?,
        };
        let state = state(&row.state).ok_or(StoreError::Corrupt { table: TABLE, column: "state" })?;
        let history = history(row.create_time, row.update_time, row.revision);
        Ok(Self { id: column(TABLE, "id", &row.id)?, plan, state, history })
    }
}

const fn word(state: State) -> &'static str {
    match state {
        State::Active => "ACTIVE",
        State::Cancelled => "CANCELLED",
    }
}

fn state(word: &str) -> Option<State> {
    match word {
        "ACTIVE" => Some(State::Active),
        "CANCELLED" => Some(State::Cancelled),
        _ => None,
    }
}
