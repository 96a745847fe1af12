//! Check-in lists in the database.

use attache_domain::{
    authority::Viewer,
    check_in_list::{CheckInList, Kind, Plan},
    event::Event,
    resource::{CheckInListId, CheckInListName, EventId, Owner},
    session::Session,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    PaginatorTrait as _, QueryFilter as _,
};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    events,
    fields::{Fields, Search, coded, instant, verbatim},
    listing::Listing,
    rows::{
        check_in,
        check_in_list::{Column, Entity, Model},
    },
    sessions,
    times::{from_json, history, localized, to_json},
};

const TABLE: &str = "check_in_lists";

/// What lists are for, as rows and filters say it.
const KINDS: [&str; 5] = ["DAY", "SESSION", "MEAL", "VEHICLE", "AREA"];

impl Store {
    /// Finds a check-in list of the event a viewer may see.
    pub async fn check_in_list(&self, viewer: &Viewer, id: &CheckInListId) -> Result<Option<CheckInList>, StoreError> {
        find(&self.read, viewer.event(), id).await
    }

    /// Lists the check-in lists of the event a viewer may see, by id.
    pub async fn check_in_lists(&self, viewer: &Viewer, list: &List) -> Result<Page<CheckInList>, StoreError> {
        let fields = Fields {
            known: [
                coded("kind", Column::Kind, |text| KINDS.contains(&text).then(|| text.to_owned())),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
            ],
            usual: "",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(CheckInList::try_from)
    }
}

impl Store {
    /// Finds an event for whoever has shown that they attend it.
    pub async fn attended_event(&self, event: &EventId) -> Result<Option<Event>, StoreError> {
        events::find(&self.read, event).await
    }

    /// Finds a check-in list, and its session, for whoever has shown that they attend its event.
    pub async fn attended_list(
        &self,
        name: &CheckInListName,
    ) -> Result<Option<(CheckInList, Option<Session>)>, StoreError> {
        let Some(list) = find(&self.read, &name.event, &name.check_in_list).await? else { return Ok(None) };
        let session = match &list.plan.kind {
            Kind::Session(session) => sessions::find(&self.read, &name.event, *session).await?,
            Kind::Day(_) | Kind::Meal(_) | Kind::Vehicle(_) | Kind::Area => None,
        };
        Ok(Some((list, session)))
    }
}

impl WriteTx {
    /// Finds a check-in list.
    pub async fn check_in_list(&self, name: &CheckInListName) -> Result<Option<CheckInList>, StoreError> {
        self.read_once(name.to_string(), async { find(self.db().await?, &name.event, &name.check_in_list).await }).await
    }

    /// Inserts a check-in list; an id that is taken is refused.
    pub async fn insert_check_in_list(&self, list: &CheckInList) -> Result<(), StoreError> {
        if self.check_in_list(&list.name()).await?.is_some() {
            return Err(StoreError::Taken(list.name().to_string()));
        }
        let row = Model::try_from(list)?;
        self.record(entry(list, "created", None, Some(&row))).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a check-in list.
    pub async fn save_check_in_list(
        &self,
        before: &CheckInList,
        after: &CheckInList,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), Some(&new))).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Deletes a check-in list.
    pub async fn delete_check_in_list(&self, list: &CheckInList) -> Result<(), StoreError> {
        let row = Model::try_from(list)?;
        self.record(entry(list, "deleted", Some(&row), None)).await?;
        row.delete(self.db().await?).await?;
        Ok(())
    }

    /// Whether anybody was ever checked in on a list.
    pub async fn check_in_list_is_used(&self, list: &CheckInList) -> Result<bool, StoreError> {
        let on_it = check_in::Entity::find()
            .filter(check_in::Column::Event.eq(list.event.to_string()))
            .filter(check_in::Column::List.eq(list.id.to_string()));
        Ok(on_it.count(self.db().await?).await? > 0)
    }
}

fn entry<'a>(
    list: &CheckInList,
    verb: &'static str,
    before: Option<&'a Model>,
    after: Option<&'a Model>,
) -> Entry<'a, Model> {
    let owner = Owner::Event(list.event.clone());
    Entry { owner, resource: list.name().to_string(), verb, person: None, before, after }
}

async fn find<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    id: &CheckInListId,
) -> Result<Option<CheckInList>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?;
    row.map(CheckInList::try_from).transpose()
}

impl Subject for CheckInList {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let list: CheckInListName = column("requests", "resource", name)?;
        tx.check_in_list(&list).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl TryFrom<&CheckInList> for Model {
    type Error = StoreError;

    fn try_from(list: &CheckInList) -> Result<Self, StoreError> {
        let CheckInList { event, id, plan: Plan { title, kind, categories, online }, history } = list;
        let [day, session, meal, vehicle, area] = KINDS;
        let (kind, date, session, resource) = match kind {
            Kind::Day(date) => (day, Some(date.to_string()), None, None),
            Kind::Session(id) => (session, None, Some(id.to_string()), None),
            Kind::Meal(date) => (meal, date.map(|date| date.to_string()), None, None),
            Kind::Vehicle(id) => (vehicle, None, None, id.map(|id| id.to_string())),
            Kind::Area => (area, None, None, None),
        };
        let categories: Vec<String> = categories.iter().map(ToString::to_string).collect();
        Ok(Self {
            event: event.to_string(),
            id: id.to_string(),
            title_en: title.en().map(str::to_owned),
            title_zh: title.zh().map(str::to_owned),
            kind: kind.to_owned(),
            date,
            session,
            resource,
            categories: to_json(TABLE, "categories", &categories)?,
            online_uri: online.as_ref().map(ToString::to_string),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for CheckInList {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let categories: Vec<String> = from_json(TABLE, "categories", &row.categories)?;
        let plan = Plan {
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            kind: kind(&row)?,
            categories: categories.iter().map(|id| column(TABLE, "categories", id)).collect::<Result<_, _>>()?,
            online: row.online_uri.map(|uri| column(TABLE, "online_uri", &uri)).transpose()?,
        };
        let history = history(row.create_time, row.update_time, row.revision);
        Ok(Self { event: column(TABLE, "event", &row.event)?, id: column(TABLE, "id", &row.id)?, plan, history })
    }
}

fn kind(row: &Model) -> Result<Kind, StoreError> {
    let date = row.date.as_deref().map(|date| column(TABLE, "date", date)).transpose()?;
    let session = row.session.as_deref().map(|id| column(TABLE, "session", id)).transpose()?;
    let resource = row.resource.as_deref().map(|id| column(TABLE, "resource", id)).transpose()?;
    let kind = match row.kind.as_str() {
        "DAY" => date.map(Kind::Day),
        "SESSION" => session.map(Kind::Session),
        "MEAL" => Some(Kind::Meal(date)),
        "VEHICLE" => Some(Kind::Vehicle(resource)),
        "AREA" => Some(Kind::Area),
        _ => None,
    };
    kind.ok_or(StoreError::Corrupt { table: TABLE, column: "kind" })
}
