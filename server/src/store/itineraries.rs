//! Itineraries in the database.

use attache_domain::{
    authority::Viewer,
    itinerary::{Itinerary, Outline, Release, State},
    resource::{DelegationName, EventId, ItineraryId, ItineraryName, Owner},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, Select,
};
use serde::{Deserialize, Serialize};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, coded, instant, verbatim},
    listing::Listing,
    rows::itinerary::{Column, Entity, Model},
    times::{from_json, history, localized, to_json},
};

const TABLE: &str = "itineraries";

#[derive(Serialize, Deserialize)]
struct ReleaseJson {
    number: u32,
    booklet: String,
    calendar: String,
    time: DateTime<Utc>,
}

impl Store {
    /// Finds an itinerary of the event a viewer may see.
    pub async fn itinerary(&self, viewer: &Viewer, id: ItineraryId) -> Result<Option<Itinerary>, StoreError> {
        find(&self.read, &ItineraryName { event: viewer.event().clone(), itinerary: id }).await
    }

    /// Lists the itineraries of the event a viewer may see, in the order they were created. Filters by `state` and `delegation`.
    pub async fn itineraries(&self, viewer: &Viewer, list: &List) -> Result<Page<Itinerary>, StoreError> {
        let fields = Fields {
            known: [
                coded("state", Column::State, |text| state(text).map(|_| text.to_owned())),
                coded("delegation", Column::Delegation, |text| {
                    text.parse().ok().map(|DelegationName { delegation, .. }| delegation.to_string())
                }),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "create_time",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Itinerary::try_from)
    }
}

impl WriteTx {
    /// Finds an itinerary.
    pub async fn itinerary(&self, name: &ItineraryName) -> Result<Option<Itinerary>, StoreError> {
        find(self.db().await?, name).await
    }

    /// Inserts an itinerary.
    pub async fn insert_itinerary(&self, itinerary: &Itinerary) -> Result<(), StoreError> {
        let row = Model::try_from(itinerary)?;
        self.record(entry(itinerary, "created", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of an itinerary.
    pub async fn save_itinerary(
        &self,
        before: &Itinerary,
        after: &Itinerary,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

fn entry<'a>(
    itinerary: &Itinerary,
    verb: &'static str,
    before: Option<&'a Model>,
    after: &'a Model,
) -> Entry<'a, Model> {
    let owner = Owner::Event(itinerary.name.event.clone());
    Entry { owner, resource: itinerary.name.to_string(), verb, person: None, before, after: Some(after) }
}

/// Finds an itinerary.
pub(super) async fn find<C: ConnectionTrait>(db: &C, name: &ItineraryName) -> Result<Option<Itinerary>, StoreError> {
    let row = Entity::find_by_id((name.event.to_string(), name.itinerary.to_string())).one(db).await?;
    row.map(Itinerary::try_from).transpose()
}

/// Finds all itineraries of an event that were not cancelled, by id.
pub(super) async fn live<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Vec<Itinerary>, StoreError> {
    let rows = live_in(event).all(db).await?;
    rows.into_iter().map(Itinerary::try_from).collect()
}

/// Finds the itineraries of a delegation that were not cancelled.
pub(super) async fn of_delegation<C: ConnectionTrait>(
    db: &C,
    delegation: &DelegationName,
) -> Result<Vec<Itinerary>, StoreError> {
    let theirs = live_in(&delegation.event).filter(Column::Delegation.eq(delegation.delegation.to_string()));
    theirs.all(db).await?.into_iter().map(Itinerary::try_from).collect()
}

fn live_in(event: &EventId) -> Select<Entity> {
    let of_event = Entity::find().filter(Column::Event.eq(event.to_string()));
    of_event.filter(Column::State.ne(State::Cancelled.to_string())).order_by_asc(Column::Id)
}

impl Subject for Itinerary {
    fn resource_name(&self) -> String {
        self.name.to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let itinerary: ItineraryName = column("requests", "resource", name)?;
        tx.itinerary(&itinerary).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl TryFrom<&Itinerary> for Model {
    type Error = StoreError;

    fn try_from(itinerary: &Itinerary) -> Result<Self, StoreError> {
        let Itinerary { name, delegation, outline, state, release, history } = itinerary;
        let Outline { title, region_code, language } = outline;
        let release = release.as_ref().map(ReleaseJson::from);
        Ok(Self {
            event: name.event.to_string(),
            id: name.itinerary.to_string(),
            delegation: delegation.delegation.to_string(),
            title_en: title.en().map(str::to_owned),
            title_zh: title.zh().map(str::to_owned),
            region_code: region_code.as_str().to_owned(),
            language: language.as_str().to_owned(),
            state: state.to_string(),
            release: release.map(|release| to_json(TABLE, "release", &release)).transpose()?,
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for Itinerary {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let name =
            ItineraryName { event: column(TABLE, "event", &row.event)?, itinerary: column(TABLE, "id", &row.id)? };
        let delegation =
            DelegationName { event: name.event.clone(), delegation: column(TABLE, "delegation", &row.delegation)? };
        let outline = Outline {
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            region_code: column(TABLE, "region_code", &row.region_code)?,
            language: column(TABLE, "language", &row.language)?,
        };
        let release: Option<ReleaseJson> =
            row.release.as_ref().map(|release| from_json(TABLE, "release", release)).transpose()?;
        Ok(Self {
            name,
            delegation,
            outline,
            state: state(&row.state).ok_or(StoreError::Corrupt { table: TABLE, column: "state" })?,
            release: release.map(Release::try_from).transpose()?,
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

impl From<&Release> for ReleaseJson {
    fn from(Release { number, booklet, calendar, time }: &Release) -> Self {
        Self { number: *number, booklet: booklet.to_string(), calendar: calendar.to_string(), time: *time }
    }
}

impl TryFrom<ReleaseJson> for Release {
    type Error = StoreError;

    fn try_from(ReleaseJson { number, booklet, calendar, time }: ReleaseJson) -> Result<Self, StoreError> {
        let (booklet, calendar) = (column(TABLE, "release", &booklet)?, column(TABLE, "release", &calendar)?);
        Ok(Self { number, booklet, calendar, time })
    }
}

fn state(word: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.to_string() == word)
}
