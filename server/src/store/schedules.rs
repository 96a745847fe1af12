//! Drafts and releases of schedules in the database.

use std::collections::{BTreeMap, BTreeSet};

use attache_domain::{
    authority::Viewer,
    resource::{EventId, Owner, PersonName},
    schedule::{Appearance, Draft, Edition, Item, Place, Release, Released, ScheduleName},
    session::{Kind, Slot},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, Order,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::{
    List, Page, Since, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    events,
    fields::{Fields, Search, instant, number},
    listing::Listing,
    rooms,
    rows::release::{Column, Entity, Model},
    sessions::{self, SigningJson},
    speakers,
    times::{Text, from_json, to_json, zoned},
    visits,
};

mod shown;

pub(super) use shown::Shown;

const TABLE: &str = "releases";

#[derive(Serialize, Deserialize)]
struct ItemJson {
    session: String,
    kind: String,
    signing: Option<SigningJson>,
    title: Text,
    description: Option<Text>,
    start: TimeJson,
    end: TimeJson,
    place: Option<PlaceJson>,
    appearances: Vec<AppearanceJson>,
    sequence: u32,
}

#[derive(Serialize, Deserialize)]
struct TimeJson {
    local: String,
    zone: String,
}

#[derive(Serialize, Deserialize)]
struct PlaceJson {
    room: String,
    title: Text,
}

#[derive(Serialize, Deserialize)]
struct AppearanceJson {
    person: String,
    role: String,
}

impl Store {
    /// Reads the schedule of the event a viewer may see, as it is being planned at one moment.
    pub async fn draft(&self, viewer: &Viewer) -> Result<Option<Draft>, StoreError> {
        let moment = self.dialect.begin_read(&self.read).await?;
        let draft = draft(&moment, viewer.event()).await;
        moment.rollback().await?;
        draft
    }

    /// Finds the release that an edition means: what was released is public. A draft is none.
    pub async fn release(&self, event: &EventId, edition: Edition) -> Result<Option<Release>, StoreError> {
        match edition {
            Edition::Draft => Ok(None),
            Edition::Latest => latest(&self.read, event).await,
            Edition::Version(version) => find(&self.read, event, version).await,
        }
    }

    /// Lists the releases of the event a viewer may see, the latest first.
    pub async fn releases(&self, viewer: &Viewer, list: &List) -> Result<Page<Release>, StoreError> {
        let fields = Fields {
            known: [number("version", Column::Version), instant("create_time", Column::CreateTime)],
            usual: "version desc",
            search: Search::Nothing,
            id: Column::Version,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Release::try_from)
    }

    /// Tells after which version a watch of an event's releases begins; nothing, when nothing was released.
    pub async fn releases_since(&self, event: &EventId, since: &Since) -> Result<Option<u32>, StoreError> {
        let Some(last) = self.last_version(event).await? else { return Ok(None) };
        let version = match since {
            Since::Now => last,
            Since::Start => 0,
            Since::Cursor(cursor) => {
                let version = self.read_token(&watched(event), cursor)?.and_then(|version| version.parse().ok());
                version.filter(|version| *version <= last).ok_or(StoreError::PageToken)?
            }
        };
        Ok(Some(version))
    }

    /// Tells which version of an event's schedule was released last, if any was.
    pub async fn last_version(&self, event: &EventId) -> Result<Option<u32>, StoreError> {
        let of_event = Entity::find().filter(Column::Event.eq(event.to_string()));
        let versions = of_event.order_by_desc(Column::Version).select_only().column(Column::Version);
        let last: Option<i64> = versions.into_tuple().one(&self.read).await?;
        last.map(|version| count(TABLE, "version", version)).transpose()
    }

    /// Finds the releases of an event after a version, the earliest first.
    pub async fn releases_after(&self, event: &EventId, version: u32) -> Result<Vec<Release>, StoreError> {
        let later = Entity::find().filter(Column::Event.eq(event.to_string()));
        let later = later.filter(Column::Version.gt(i64::from(version))).order_by_asc(Column::Version);
        later.all(&self.read).await?.into_iter().map(Release::try_from).collect()
    }

    /// The cursor with which a watch of an event's releases goes on after a version.
    pub fn release_cursor(&self, event: &EventId, version: u32) -> String {
        self.write_token(&watched(event), &version.to_string())
    }

    /// Tells what those who appear in a programme are called now, in one statement.
    pub async fn appearing(&self, programme: &[Item]) -> Result<BTreeMap<PersonName, String>, StoreError> {
        let people: BTreeSet<&PersonName> =
            programme.iter().flat_map(|item| &item.appearances).map(|appearance| &appearance.person).collect();
        speakers::called(&self.read, people).await
    }
}

impl WriteTx {
    /// Reads the schedule of an event as it is being planned.
    pub async fn draft(&self, event: &EventId) -> Result<Option<Draft>, StoreError> {
        draft(self.db().await?, event).await
    }

    /// Finds the latest release of an event.
    pub async fn latest_release(&self, event: &EventId) -> Result<Option<Release>, StoreError> {
        latest(self.db().await?, event).await
    }

    /// Inserts a release.
    pub async fn insert_release(&self, release: &Release) -> Result<(), StoreError> {
        let row = Model::try_from(release)?;
        let (owner, resource) = (Owner::Event(release.event.clone()), release.name().to_string());
        let entry = Entry { owner, resource, verb: "released", person: None, before: None, after: Some(&row) };
        self.record(entry).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves a release under which somebody is named otherwise; nothing else of it ever changes.
    pub async fn save_release(&self, before: &Release, after: &Release, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        let (owner, resource) = (Owner::Event(after.event.clone()), after.name().to_string());
        self.record(Entry { owner, resource, verb, person: None, before: Some(&old), after: Some(&new) }).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

/// What the cursors of an event's releases are bound to.
fn watched(event: &EventId) -> String {
    Listing::of_event("watch of releases", event).text("")
}

/// Reads the schedule of an event as it is being planned, and the visits that take speakers elsewhere.
pub(super) async fn draft<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Option<Draft>, StoreError> {
    let Some(found) = events::find(db, event).await? else { return Ok(None) };
    Ok(Some(Draft {
        event: found,
        rooms: rooms::all(db, event).await?,
        sessions: sessions::all(db, event).await?,
        speakers: speakers::all(db, event).await?,
        visits: visits::live(db, event).await?,
    }))
}

async fn latest<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Option<Release>, StoreError> {
    let releases = Entity::find().filter(Column::Event.eq(event.to_string())).order_by(Column::Version, Order::Desc);
    releases.one(db).await?.map(Release::try_from).transpose()
}

async fn find<C: ConnectionTrait>(db: &C, event: &EventId, version: u32) -> Result<Option<Release>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), i64::from(version))).one(db).await?;
    row.map(Release::try_from).transpose()
}

impl Subject for Released {
    fn resource_name(&self) -> String {
        self.release.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let ScheduleName { event, edition } = column("requests", "resource", name)?;
        let unrepeatable = || StoreError::Unrepeatable(name.to_owned());
        let Edition::Version(version) = edition else { return Err(unrepeatable()) };
        let release = find(tx.db().await?, &event, version).await?.ok_or_else(unrepeatable)?;
        let before = find(tx.db().await?, &event, version - 1).await?;
        Ok(release.after(before.as_ref()))
    }
}

impl TryFrom<&Release> for Model {
    type Error = StoreError;

    fn try_from(release: &Release) -> Result<Self, StoreError> {
        let Release { event, version, programme, create_time } = release;
        let programme: Vec<ItemJson> = programme.iter().map(ItemJson::from).collect();
        Ok(Self {
            event: event.to_string(),
            version: i64::from(*version),
            programme: to_json(TABLE, "programme", &programme)?,
            create_time: *create_time,
        })
    }
}

impl TryFrom<Model> for Release {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { event, version, programme, create_time } = row;
        let programme: Vec<ItemJson> = from_json(TABLE, "programme", &programme)?;
        Ok(Self {
            event: column(TABLE, "event", &event)?,
            version: count(TABLE, "version", version)?,
            programme: programme.into_iter().map(Item::try_from).collect::<Result<_, _>>()?,
            create_time,
        })
    }
}

impl From<&Item> for ItemJson {
    fn from(item: &Item) -> Self {
        let Item { session, kind, title, description, slot, place, appearances, sequence } = item;
        let signing = match kind {
            Kind::Signing(signing) => Some(SigningJson::from(signing.as_ref())),
            Kind::Opening | Kind::Talk | Kind::Panel | Kind::Break | Kind::Other => None,
        };
        let time =
            |time: attache_domain::zoned::Zoned| TimeJson { local: time.local_text(), zone: time.zone().to_string() };
        let written_place =
            |Place { room, title }: &Place| PlaceJson { room: room.to_string(), title: Text::from(title) };
        let appearance = |Appearance { person, role }: &Appearance| AppearanceJson {
            person: person.to_string(),
            role: speakers::word(*role).to_owned(),
        };
        Self {
            session: session.to_string(),
            kind: sessions::word(kind).to_owned(),
            signing,
            title: Text::from(title),
            description: description.as_ref().map(Text::from),
            start: time(slot.start()),
            end: time(slot.end()),
            place: place.as_ref().map(written_place),
            appearances: appearances.iter().map(appearance).collect(),
            sequence: *sequence,
        }
    }
}

impl TryFrom<ItemJson> for Item {
    type Error = StoreError;

    fn try_from(item: ItemJson) -> Result<Self, StoreError> {
        let ItemJson { session, kind, signing, title, description, start, end, place, appearances, sequence } = item;
        let corrupt = || StoreError::Corrupt { table: TABLE, column: "programme" };
        let time = |time: &TimeJson| zoned(TABLE, "programme", &time.local, &time.zone);
        let read_place = |place: PlaceJson| {
            let room = column(TABLE, "programme", &place.room)?;
            Ok::<_, StoreError>(Place { room, title: place.title.localized(TABLE)? })
        };
        let appearance = |AppearanceJson { person, role }| {
            let role = speakers::role(&role).ok_or_else(corrupt)?;
            Ok::<_, StoreError>(Appearance { person: column(TABLE, "programme", &person)?, role })
        };
        Ok(Self {
            session: column(TABLE, "programme", &session)?,
            kind: sessions::kind(&kind, signing.map(TryInto::try_into).transpose()?)?,
            title: title.localized(TABLE)?,
            description: description.map(|text| text.localized(TABLE)).transpose()?,
            slot: Slot::new(time(&start)?, time(&end)?).map_err(|_| corrupt())?,
            place: place.map(read_place).transpose()?,
            appearances: appearances.into_iter().map(appearance).collect::<Result<_, _>>()?,
            sequence,
        })
    }
}
