//! What the stops of visits use, in the database.

use attache_domain::{
    authority::Viewer,
    pool::Claim,
    resource::{EventId, Owner, ResourceId, ResourceName, StopName},
    supply::{Kind, Plan, Resource},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    QueryFilter as _, QueryOrder as _,
};

use super::{
    List, Page, PoolKey, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    fields::{Fields, Search, coded, instant, number, verbatim},
    listing::Listing,
    rows::resource::{Column, Entity, Model},
    times::{history, localized},
};

const TABLE: &str = "resources";

/// What the pools of resources are called, before their ids.
pub(super) const POOLS: &str = "resources/";

/// The pool of a resource.
pub(super) fn pool_of(resource: &ResourceName) -> PoolKey {
    PoolKey { event: resource.event.clone(), pool: format!("{POOLS}{}", resource.resource) }
}

/// The resource of a pool.
pub(super) fn resource_of(PoolKey { event, pool }: &PoolKey) -> Result<ResourceName, StoreError> {
    let resource = column("pools", "id", pool.strip_prefix(POOLS).unwrap_or_default())?;
    Ok(ResourceName { event: event.clone(), resource })
}

impl Store {
    /// Finds a resource of the event a viewer may see.
    pub async fn resource(&self, viewer: &Viewer, id: ResourceId) -> Result<Option<Resource>, StoreError> {
        find(&self.read, viewer.event(), id).await
    }

    /// Lists the resources of the event a viewer may see, by id. Filters by `kind` and `city`.
    pub async fn resources(&self, viewer: &Viewer, list: &List) -> Result<Page<Resource>, StoreError> {
        let fields = Fields {
            known: [
                coded("kind", Column::Kind, |text| kind(text).map(|_| text.to_owned())),
                verbatim("city", Column::City),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
                number("capacity", Column::Capacity),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Resource::try_from)
    }
}

impl WriteTx {
    /// Finds a resource.
    pub async fn resource(&self, name: &ResourceName) -> Result<Option<Resource>, StoreError> {
        find(self.db().await?, &name.event, name.resource).await
    }

    /// Inserts a resource and its pool.
    pub async fn insert_resource(&self, resource: &Resource) -> Result<(), StoreError> {
        let row = Model::from(resource);
        self.record(entry(resource, "created", None, Some(&row))).await?;
        self.insert(row);
        self.set_supply(&pool_of(&resource.name), resource.supply()).await
    }

    /// Saves what became of a resource, and of its pool.
    pub async fn save_resource(
        &self,
        before: &Resource,
        after: &Resource,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let (old, new) = (Model::from(before), Model::from(after));
        self.record(entry(after, verb, Some(&old), Some(&new))).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        self.set_supply(&pool_of(&after.name), after.supply()).await
    }

    /// Tells what stops of released itineraries hold of a resource; nobody takes more of it before this transaction ends.
    pub async fn resource_holds(&self, resource: &ResourceName) -> Result<Vec<Claim<StopName>>, StoreError> {
        self.holds(&pool_of(resource)).await
    }

    /// Deletes a resource and its pool.
    pub async fn delete_resource(&self, resource: &Resource) -> Result<(), StoreError> {
        let row = Model::from(resource);
        self.record(entry(resource, "deleted", Some(&row), None)).await?;
        row.delete(self.db().await?).await?;
        self.remove_pool(&pool_of(&resource.name)).await
    }
}

fn entry<'a>(
    resource: &Resource,
    verb: &'static str,
    before: Option<&'a Model>,
    after: Option<&'a Model>,
) -> Entry<'a, Model> {
    let owner = Owner::Event(resource.name.event.clone());
    Entry { owner, resource: resource.name.to_string(), verb, person: None, before, after }
}

async fn find<C: ConnectionTrait>(db: &C, event: &EventId, id: ResourceId) -> Result<Option<Resource>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?;
    row.map(Resource::try_from).transpose()
}

/// Finds all resources of an event, by id.
pub(super) async fn find_all<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Vec<Resource>, StoreError> {
    let rows = Entity::find().filter(Column::Event.eq(event.to_string())).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(Resource::try_from).collect()
}

impl Subject for Resource {
    fn resource_name(&self) -> String {
        self.name.to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let resource: ResourceName = column("requests", "resource", name)?;
        tx.resource(&resource).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&Resource> for Model {
    fn from(resource: &Resource) -> Self {
        let Resource { name, plan, history } = resource;
        let Plan { kind, title, capacity, city, contact_name, contact_phone_number } = plan;
        Self {
            event: name.event.to_string(),
            id: name.resource.to_string(),
            kind: kind.word().to_owned(),
            title_en: title.en().map(str::to_owned),
            title_zh: title.zh().map(str::to_owned),
            capacity: i64::from(*capacity),
            city: city.clone(),
            contact_name: contact_name.clone(),
            contact_phone_number: contact_phone_number.clone(),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        }
    }
}

impl TryFrom<Model> for Resource {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let name = ResourceName { event: column(TABLE, "event", &row.event)?, resource: column(TABLE, "id", &row.id)? };
        let plan = Plan {
            kind: kind(&row.kind).ok_or(StoreError::Corrupt { table: TABLE, column: "kind" })?,
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            capacity: count(TABLE, "capacity", row.capacity)?,
            city: row.city,
            contact_name: row.contact_name,
            contact_phone_number: row.contact_phone_number,
        };
        Ok(Self { name, plan, history: history(row.create_time, row.update_time, row.revision) })
    }
}

fn kind(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.word() == word)
}
