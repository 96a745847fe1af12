//! The stops of itineraries in the database.

use attache_domain::{
    authority::Viewer,
    resource::{
        EventId, ItineraryId, ItineraryName, OrganizationId, Owner, PersonName, ResourceName, StopId, StopName,
    },
    stop::{Allocation, Kind, Place, Plan, Stop},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, prelude::Json,
};
use serde::{Deserialize, Serialize};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, coded, instant, verbatim},
    listing::{Listing, Parent},
    rows::stop::{Column, Entity, Model},
    times::{Text, from_json, history, localized, to_json, zoned},
};

const TABLE: &str = "stops";

#[derive(Serialize, Deserialize)]
struct PlaceJson {
    title: Text,
    address: Option<String>,
    city: String,
    region_code: String,
}

#[derive(Serialize, Deserialize)]
struct AllocationJson {
    resource: String,
    quantity: u32,
}

impl Store {
    /// Finds a stop of the event a viewer may see.
    pub async fn stop(
        &self,
        viewer: &Viewer,
        itinerary: ItineraryId,
        stop: StopId,
    ) -> Result<Option<Stop>, StoreError> {
        find(&self.read, &StopName { event: viewer.event().clone(), itinerary, stop }).await
    }

    /// Lists the stops of an itinerary of the event a viewer may see, the earliest start first. Filters by `kind`.
    pub async fn stops(&self, viewer: &Viewer, itinerary: ItineraryId, list: &List) -> Result<Page<Stop>, StoreError> {
        let fields = Fields {
            known: [
                coded("kind", Column::Kind, |text| kind(text).map(|_| text.to_owned())),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
                instant("start_time", Column::StartTime),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "start_time",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        let select = Entity::find()
            .filter(Column::Event.eq(viewer.event().to_string()))
            .filter(Column::Itinerary.eq(itinerary.to_string()));
        let parent = ItineraryName { event: viewer.event().clone(), itinerary };
        let listing = Listing::below(TABLE, Parent::Itinerary(parent));
        self.page(select, &fields, listing, list).await?.try_map(Stop::try_from)
    }
}

impl WriteTx {
    /// Finds a stop.
    pub async fn stop(&self, name: &StopName) -> Result<Option<Stop>, StoreError> {
        find(self.db().await?, name).await
    }

    /// Inserts a stop.
    pub async fn insert_stop(&self, stop: &Stop) -> Result<(), StoreError> {
        let row = Model::try_from(stop)?;
        self.record(entry(stop, "created", None, Some(&row))).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a stop.
    pub async fn save_stop(&self, before: &Stop, after: &Stop, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), Some(&new))).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Deletes a stop.
    pub async fn delete_stop(&self, stop: &Stop) -> Result<(), StoreError> {
        let row = Model::try_from(stop)?;
        self.record(entry(stop, "deleted", Some(&row), None)).await?;
        row.delete(self.db().await?).await?;
        Ok(())
    }

    /// Whether a stop of any itinerary of the event uses a resource.
    pub async fn resource_is_used(&self, resource: &ResourceName) -> Result<bool, StoreError> {
        let of_event = Entity::find()
            .select_only()
            .column(Column::Allocations)
            .filter(Column::Event.eq(resource.event.to_string()));
        let all: Vec<Json> = of_event.into_tuple().all(self.db().await?).await?;
        let name = resource.to_string();
        for allocations in &all {
            let allocations: Vec<AllocationJson> = from_json(TABLE, "allocations", allocations)?;
            if allocations.iter().any(|allocation| allocation.resource == name) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn entry<'a>(stop: &Stop, verb: &'static str, before: Option<&'a Model>, after: Option<&'a Model>) -> Entry<'a, Model> {
    let owner = Owner::Event(stop.name.event.clone());
    Entry { owner, resource: stop.name.to_string(), verb, person: None, before, after }
}

async fn find<C: ConnectionTrait>(db: &C, name: &StopName) -> Result<Option<Stop>, StoreError> {
    let StopName { event, itinerary, stop } = name;
    let row = Entity::find_by_id((event.to_string(), itinerary.to_string(), stop.to_string())).one(db).await?;
    row.map(Stop::try_from).transpose()
}

/// Finds all stops of an itinerary, the earliest start first.
pub(super) async fn find_all<C: ConnectionTrait>(db: &C, itinerary: &ItineraryName) -> Result<Vec<Stop>, StoreError> {
    let rows = Entity::find()
        .filter(Column::Event.eq(itinerary.event.to_string()))
        .filter(Column::Itinerary.eq(itinerary.itinerary.to_string()))
        .order_by_asc(Column::StartTime)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Stop::try_from).collect()
}

/// Finds all stops of all itineraries of an event, the earliest start first.
pub(super) async fn of_event<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Vec<Stop>, StoreError> {
    let of_event = Entity::find().filter(Column::Event.eq(event.to_string()));
    let rows = of_event.order_by_asc(Column::StartTime).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(Stop::try_from).collect()
}

/// Finds the stops of some itineraries of an event, the earliest start first.
pub(super) async fn of_itineraries<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    itineraries: &[ItineraryName],
) -> Result<Vec<Stop>, StoreError> {
    let ids = itineraries.iter().map(|name| name.itinerary.to_string());
    let theirs = Entity::find().filter(Column::Event.eq(event.to_string())).filter(Column::Itinerary.is_in(ids));
    let rows = theirs.order_by_asc(Column::StartTime).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(Stop::try_from).collect()
}

impl Subject for Stop {
    fn resource_name(&self) -> String {
        self.name.to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let stop: StopName = column("requests", "resource", name)?;
        tx.stop(&stop).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl TryFrom<&Stop> for Model {
    type Error = StoreError;

    fn try_from(stop: &Stop) -> Result<Self, StoreError> {
        let Stop { name, plan, history } = stop;
        let Plan { route, title, start, end, carrier, number, details, organizations, travellers, allocations } = plan;
        let texts = |names: Vec<String>, column| to_json(TABLE, column, &names);
        let place = |place: &Place, column| to_json(TABLE, column, &PlaceJson::from(place));
        let allocations: Vec<AllocationJson> = allocations.iter().map(AllocationJson::from).collect();
        Ok(Self {
            event: name.event.to_string(),
            itinerary: name.itinerary.to_string(),
            id: name.stop.to_string(),
            kind: route.kind().word().to_owned(),
            title_en: title.en().map(str::to_owned),
            title_zh: title.zh().map(str::to_owned),
            start_time: start.instant(),
            start_local: start.local_text(),
            start_zone: start.zone().to_string(),
            start_place: place(route.start(), "start_place")?,
            end_local: end.local_text(),
            end_zone: end.zone().to_string(),
            end_place: route.end().map(|end| place(end, "end_place")).transpose()?,
            carrier: carrier.clone(),
            number: number.clone(),
            details: to_json(TABLE, "details", details)?,
            organizations: texts(organizations.iter().map(ToString::to_string).collect(), "organizations")?,
            travellers: texts(travellers.iter().map(ToString::to_string).collect(), "travellers")?,
            allocations: to_json(TABLE, "allocations", &allocations)?,
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for Stop {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::Corrupt { table: TABLE, column };
        let kind = kind(&row.kind).ok_or(corrupt("kind"))?;
        let start = place(&row.start_place, "start_place")?;
        let end = row.end_place.as_ref().map(|end| place(end, "end_place")).transpose()?;
        let organizations: Vec<String> = from_json(TABLE, "organizations", &row.organizations)?;
        let organizations = organizations.iter().map(|id| column::<OrganizationId>(TABLE, "organizations", id));
        let travellers: Vec<String> = from_json(TABLE, "travellers", &row.travellers)?;
        let travellers = travellers.iter().map(|name| column::<PersonName>(TABLE, "travellers", name));
        let allocations: Vec<AllocationJson> = from_json(TABLE, "allocations", &row.allocations)?;
        let plan = Plan {
            route: kind.at(start, end).ok_or(corrupt("end_place"))?,
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            start: zoned(TABLE, "start_local", &row.start_local, &row.start_zone)?,
            end: zoned(TABLE, "end_local", &row.end_local, &row.end_zone)?,
            carrier: row.carrier,
            number: row.number,
            details: from_json(TABLE, "details", &row.details)?,
            organizations: organizations.collect::<Result<_, _>>()?,
            travellers: travellers.collect::<Result<_, _>>()?,
            allocations: allocations.into_iter().map(Allocation::try_from).collect::<Result<_, _>>()?,
        };
        let name = StopName {
            event: column(TABLE, "event", &row.event)?,
            itinerary: column(TABLE, "itinerary", &row.itinerary)?,
            stop: column(TABLE, "id", &row.id)?,
        };
        Ok(Self { name, plan, history: history(row.create_time, row.update_time, row.revision) })
    }
}

impl From<&Place> for PlaceJson {
    fn from(place: &Place) -> Self {
        let Place { title, address, city, region_code } = place;
        Self {
            title: Text::from(title),
            address: address.clone(),
            city: city.clone(),
            region_code: region_code.as_str().to_owned(),
        }
    }
}

fn place(json: &Json, field: &'static str) -> Result<Place, StoreError> {
    let PlaceJson { title, address, city, region_code } = from_json(TABLE, field, json)?;
    Ok(Place { title: title.localized(TABLE)?, address, city, region_code: column(TABLE, field, &region_code)? })
}

impl From<&Allocation> for AllocationJson {
    fn from(Allocation { resource, quantity }: &Allocation) -> Self {
        Self { resource: resource.to_string(), quantity: *quantity }
    }
}

impl TryFrom<AllocationJson> for Allocation {
    type Error = StoreError;

    fn try_from(AllocationJson { resource, quantity }: AllocationJson) -> Result<Self, StoreError> {
        Ok(Self { resource: column(TABLE, "allocations", &resource)?, quantity })
    }
}

fn kind(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.word() == word)
}
