//! Rooms in the database.

use attache_domain::{
    authority::Viewer,
    resource::{EventId, Owner, RoomId, RoomName},
    room::{Plan, Room},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    PaginatorTrait as _, QueryFilter as _,
};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    fields::{Fields, Search, instant, number, verbatim},
    listing::Listing,
    rows::{
        room::{Column, Entity, Model},
        session,
    },
    times::{Text, from_json, history, localized, to_json},
};

const TABLE: &str = "rooms";

impl Store {
    /// Finds a room of the event a viewer may see.
    pub async fn room(&self, viewer: &Viewer, room: &RoomId) -> Result<Option<Room>, StoreError> {
        find(&self.read, viewer.event(), room).await
    }

    /// Lists the rooms of the event a viewer may see, by id.
    pub async fn rooms(&self, viewer: &Viewer, list: &List) -> Result<Page<Room>, StoreError> {
        let fields = Fields {
            known: [
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
                number("capacity", Column::Capacity),
                verbatim("floor", Column::Floor),
            ],
            usual: "",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Room::try_from)
    }
}

impl WriteTx {
    /// Finds a room.
    pub async fn room(&self, event: &EventId, room: &RoomId) -> Result<Option<Room>, StoreError> {
        find(self.db().await?, event, room).await
    }

    /// Inserts a room; an id that is taken is refused.
    pub async fn insert_room(&self, room: &Room) -> Result<(), StoreError> {
        if self.room(&room.event, &room.id).await?.is_some() {
            return Err(StoreError::Taken(room.name().to_string()));
        }
        let row = Model::try_from(room)?;
        self.record(entry(room, "created", None, Some(&row))).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a room.
    pub async fn save_room(&self, before: &Room, after: &Room, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), Some(&new))).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Deletes a room.
    pub async fn delete_room(&self, room: &Room) -> Result<(), StoreError> {
        let row = Model::try_from(room)?;
        self.record(entry(room, "deleted", Some(&row), None)).await?;
        row.delete(self.db().await?).await?;
        Ok(())
    }

    /// Whether any session is planned in a room.
    pub async fn room_has_sessions(&self, room: &Room) -> Result<bool, StoreError> {
        let in_room = session::Entity::find()
            .filter(session::Column::Event.eq(room.event.to_string()))
            .filter(session::Column::Room.eq(room.id.to_string()));
        Ok(in_room.count(self.db().await?).await? > 0)
    }
}

/// Finds all rooms of an event, by id.
pub(super) async fn all<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Vec<Room>, StoreError> {
    let rows = Entity::find().filter(Column::Event.eq(event.to_string())).all(db).await?;
    let mut rooms = rows.into_iter().map(Room::try_from).collect::<Result<Vec<_>, _>>()?;
    rooms.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(rooms)
}

fn entry<'a>(room: &Room, verb: &'static str, before: Option<&'a Model>, after: Option<&'a Model>) -> Entry<'a, Model> {
    let owner = Owner::Event(room.event.clone());
    Entry { owner, resource: room.name().to_string(), verb, person: None, before, after }
}

async fn find<C: ConnectionTrait>(db: &C, event: &EventId, id: &RoomId) -> Result<Option<Room>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?;
    row.map(Room::try_from).transpose()
}

impl Subject for Room {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let RoomName { event, room } = column("requests", "resource", name)?;
        tx.room(&event, &room).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl TryFrom<&Room> for Model {
    type Error = StoreError;

    fn try_from(room: &Room) -> Result<Self, StoreError> {
        let Room { event, id, plan: Plan { title, capacity, floor, description }, history } = room;
        let description = description.as_ref().map(|text| to_json(TABLE, "description", &Text::from(text)));
        Ok(Self {
            event: event.to_string(),
            id: id.to_string(),
            title_en: title.en().map(str::to_owned),
            title_zh: title.zh().map(str::to_owned),
            capacity: capacity.map(i64::from),
            floor: floor.clone(),
            description: description.transpose()?,
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for Room {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let description: Option<Text> =
            row.description.as_ref().map(|text| from_json(TABLE, "description", text)).transpose()?;
        let plan = Plan {
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            capacity: row.capacity.map(|capacity| count(TABLE, "capacity", capacity)).transpose()?,
            floor: row.floor,
            description: description.map(|text| text.localized(TABLE)).transpose()?,
        };
        let history = history(row.create_time, row.update_time, row.revision);
        Ok(Self { event: column(TABLE, "event", &row.event)?, id: column(TABLE, "id", &row.id)?, plan, history })
    }
}
