//! Offers in the database.

use attache_domain::{
    authority::Viewer,
    offer::{Offer, State},
    registration::Registration,
    resource::{EventId, OfferId, OfferName, Owner, RegistrationName},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, category_id, coded, instant},
    listing::Listing,
    prepared::limited,
    rows::offer::{Column, Entity, Model},
    times::history,
};

const TABLE: &str = "offers";

impl Store {
    /// Finds an offer of the event a viewer may see.
    pub async fn offer(&self, viewer: &Viewer, id: OfferId) -> Result<Option<Offer>, StoreError> {
        find(&self.read, viewer.event(), id).await
    }

    /// Lists the offers of the event a viewer may see, in the order they were made. Filters by `state`, `category` and `registration`.
    pub async fn offers(&self, viewer: &Viewer, list: &List) -> Result<Page<Offer>, StoreError> {
        let fields = Fields {
            known: [
                coded("state", Column::State, |text| state(text).map(|_| text.to_owned())),
                coded("category", Column::Category, category_id),
                coded("registration", Column::Registration, |text| {
                    text.parse().ok().map(|RegistrationName { registration, .. }| registration.to_string())
                }),
                instant("expire_time", Column::ExpireTime),
                instant("create_time", Column::CreateTime),
            ],
            usual: "create_time",
            search: Search::Nothing,
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Offer::try_from)
    }

    /// Finds up to `limit` offers that expired by now and still wait for an answer, the most overdue first.
    pub async fn due_offers(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<OfferName>, StoreError> {
        let due = Entity::find()
            .filter(limited(Column::State, State::Pending))
            .filter(Column::ExpireTime.lte(now))
            .order_by_asc(Column::ExpireTime)
            .limit(limit);
        let rows = due.all(&self.read).await?;
        rows.into_iter().map(|row| Ok(Offer::try_from(row)?.name())).collect()
    }
}

impl WriteTx {
    /// Finds an offer.
    pub async fn offer(&self, name: &OfferName) -> Result<Option<Offer>, StoreError> {
        find(self.db().await?, &name.event, name.offer).await
    }

    /// Finds the offer to a registration that waits for an answer.
    pub async fn pending_offer(&self, to: &RegistrationName) -> Result<Option<Offer>, StoreError> {
        let pending = Entity::find()
            .filter(Column::Event.eq(to.event.to_string()))
            .filter(Column::Registration.eq(to.registration.to_string()))
            .filter(limited(Column::State, State::Pending));
        pending.one(self.db().await?).await?.map(Offer::try_from).transpose()
    }

    /// Counts the offers to a registration that lapsed.
    pub async fn lapsed_offers(&self, to: &RegistrationName) -> Result<u64, StoreError> {
        let lapsed = Entity::find()
            .filter(Column::Event.eq(to.event.to_string()))
            .filter(Column::Registration.eq(to.registration.to_string()))
            .filter(limited(Column::State, State::Lapsed));
        Ok(lapsed.count(self.db().await?).await?)
    }

    /// Inserts an offer.
    pub async fn insert_offer(&self, offer: &Offer) -> Result<(), StoreError> {
        let row = Model::from(offer);
        self.record(entry(offer, "created", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves how an offer ended.
    pub async fn save_offer(&self, before: &Offer, after: &Offer, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::from(before), Model::from(after));
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

fn entry<'a>(offer: &Offer, verb: &'static str, before: Option<&'a Model>, after: &'a Model) -> Entry<'a, Model> {
    let owner = Owner::Event(offer.event.clone());
    Entry { owner, resource: offer.name().to_string(), verb, person: None, before, after: Some(after) }
}

/// Finds the offers to some registrations of an event that wait for an answer, in one statement; of none, in none.
pub(super) async fn pending<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    registrations: &[&Registration],
) -> Result<Vec<Offer>, StoreError> {
    if registrations.is_empty() {
        return Ok(Vec::new());
    }
    let ids = registrations.iter().map(|registration| registration.id.to_string());
    let pending = Entity::find()
        .filter(Column::Event.eq(event.to_string()))
        .filter(Column::Registration.is_in(ids))
        .filter(limited(Column::State, State::Pending));
    pending.all(db).await?.into_iter().map(Offer::try_from).collect()
}

async fn find<C: ConnectionTrait>(db: &C, event: &EventId, id: OfferId) -> Result<Option<Offer>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?;
    row.map(Offer::try_from).transpose()
}

impl Subject for Offer {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let offer: OfferName = column("requests", "resource", name)?;
        tx.offer(&offer).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&Offer> for Model {
    fn from(offer: &Offer) -> Self {
        let Offer { event, id, registration, category, state, expire_time, history } = offer;
        Self {
            event: event.to_string(),
            id: id.to_string(),
            registration: registration.to_string(),
            category: category.to_string(),
            state: state.to_string(),
            expire_time: *expire_time,
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        }
    }
}

impl TryFrom<Model> for Offer {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            event: column(TABLE, "event", &row.event)?,
            id: column(TABLE, "id", &row.id)?,
            registration: column(TABLE, "registration", &row.registration)?,
            category: column(TABLE, "category", &row.category)?,
            state: state(&row.state).ok_or(StoreError::Corrupt { table: TABLE, column: "state" })?,
            expire_time: row.expire_time,
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

fn state(word: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.to_string() == word)
}
