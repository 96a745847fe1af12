//! Sessions in the database.

use attache_domain::{
    authority::Viewer,
    resource::{EventId, Owner, RoomName, SessionId, SessionName},
    session::{Kind, Part, Plan, Session, Signing, Slot},
};
use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    QueryFilter as _,
};
use serde::{Deserialize, Serialize};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, coded, instant, verbatim},
    listing::Listing,
    rows::session::{Column, Entity, Model},
    times::{Text, from_json, history, localized, to_json, zoned},
};

const TABLE: &str = "sessions";

/// What is signed, as rows keep it.
#[derive(Serialize, Deserialize)]
pub(super) struct SigningJson {
    parties: Vec<String>,
    signatories: Vec<String>,
    witnesses: Vec<String>,
    language_codes: Vec<String>,
    document_title: Text,
    #[serde(default)]
    document_file: Option<String>,
    #[serde(default)]
    document_date: Option<NaiveDate>,
    #[serde(default)]
    parts: Vec<PartJson>,
}

#[derive(Serialize, Deserialize)]
struct PartJson {
    person: String,
    party: String,
}

impl Store {
    /// Finds a session of the event a viewer may see.
    pub async fn session(&self, viewer: &Viewer, session: SessionId) -> Result<Option<Session>, StoreError> {
        find(&self.read, viewer.event(), session).await
    }

    /// Lists the sessions of the event a viewer may see, in the order they were created. Filters by `kind` and `room`.
    pub async fn sessions(&self, viewer: &Viewer, list: &List) -> Result<Page<Session>, StoreError> {
        let fields = Fields {
            known: [
                coded("kind", Column::Kind, |text| KINDS.contains(&text).then(|| text.to_owned())),
                coded("room", Column::Room, |text| text.parse().ok().map(|RoomName { room, .. }| room.to_string())),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
                instant("start_time", Column::StartTime),
                instant("end_time", Column::EndTime),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "create_time",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Session::try_from)
    }
}

impl WriteTx {
    /// Finds a session.
    pub async fn session(&self, event: &EventId, session: SessionId) -> Result<Option<Session>, StoreError> {
        find(self.db().await?, event, session).await
    }

    /// Inserts a session.
    pub async fn insert_session(&self, session: &Session) -> Result<(), StoreError> {
        let row = Model::try_from(session)?;
        self.record(entry(session, "created", None, Some(&row))).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a session.
    pub async fn save_session(&self, before: &Session, after: &Session, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), Some(&new))).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Deletes a session.
    pub async fn delete_session(&self, session: &Session) -> Result<(), StoreError> {
        let row = Model::try_from(session)?;
        self.record(entry(session, "deleted", Some(&row), None)).await?;
        row.delete(self.db().await?).await?;
        Ok(())
    }
}

/// Finds all sessions of an event, by id.
pub(super) async fn all<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Vec<Session>, StoreError> {
    let rows = Entity::find().filter(Column::Event.eq(event.to_string())).all(db).await?;
    let mut sessions = rows.into_iter().map(Session::try_from).collect::<Result<Vec<_>, _>>()?;
    sessions.sort_by_key(|session| session.id);
    Ok(sessions)
}

fn entry<'a>(
    session: &Session,
    verb: &'static str,
    before: Option<&'a Model>,
    after: Option<&'a Model>,
) -> Entry<'a, Model> {
    let owner = Owner::Event(session.event.clone());
    Entry { owner, resource: session.name().to_string(), verb, person: None, before, after }
}

pub(super) async fn find<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    id: SessionId,
) -> Result<Option<Session>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?;
    row.map(Session::try_from).transpose()
}

impl Subject for Session {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let SessionName { event, session } = column("requests", "resource", name)?;
        tx.session(&event, session).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl TryFrom<&Session> for Model {
    type Error = StoreError;

    fn try_from(session: &Session) -> Result<Self, StoreError> {
        let Session { event, id, plan, history } = session;
        let Plan { kind, title, description, room, slot } = plan;
        let description = description.as_ref().map(|text| to_json(TABLE, "description", &Text::from(text)));
        let signing = plan.signing().map(|signing| to_json(TABLE, "signing", &SigningJson::from(signing)));
        let (start, end) = (slot.as_ref().map(Slot::start), slot.as_ref().map(Slot::end));
        Ok(Self {
            event: event.to_string(),
            id: id.to_string(),
            kind: word(kind).to_owned(),
            title_en: title.en().map(str::to_owned),
            title_zh: title.zh().map(str::to_owned),
            description: description.transpose()?,
            room: room.as_ref().map(ToString::to_string),
            start_time: start.map(|time| time.instant()),
            start_local: start.map(|time| time.local_text()),
            start_zone: start.map(|time| time.zone().to_string()),
            end_time: end.map(|time| time.instant()),
            end_local: end.map(|time| time.local_text()),
            end_zone: end.map(|time| time.zone().to_string()),
            signing: signing.transpose()?,
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for Session {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let description: Option<Text> =
            row.description.as_ref().map(|text| from_json(TABLE, "description", text)).transpose()?;
        let signing: Option<SigningJson> =
            row.signing.as_ref().map(|signing| from_json(TABLE, "signing", signing)).transpose()?;
        let start = row.start_local.as_deref().zip(row.start_zone.as_deref());
        let end = row.end_local.as_deref().zip(row.end_zone.as_deref());
        let slot = match start.zip(end) {
            None => None,
            Some((start, end)) => Some(slot(start, end)?),
        };
        let plan = Plan {
            kind: kind(&row.kind, signing.map(Signing::try_from).transpose()?)?,
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            description: description.map(|text| text.localized(TABLE)).transpose()?,
            room: row.room.map(|room| column(TABLE, "room", &room)).transpose()?,
            slot,
        };
        let history = history(row.create_time, row.update_time, row.revision);
        Ok(Self { event: column(TABLE, "event", &row.event)?, id: column(TABLE, "id", &row.id)?, plan, history })
    }
}

fn slot((start, start_zone): (&str, &str), (end, end_zone): (&str, &str)) -> Result<Slot, StoreError> {
    let start = zoned(TABLE, "start_local", start, start_zone)?;
    let end = zoned(TABLE, "end_local", end, end_zone)?;
    Slot::new(start, end).map_err(|_| StoreError::Corrupt { table: TABLE, column: "end_local" })
}

impl From<&Signing> for SigningJson {
    fn from(signing: &Signing) -> Self {
        let Signing { parties, signatories, witnesses, languages, document_title, document_file, document_date, parts } =
            signing;
        let part = |Part { person, party }: &Part| PartJson { person: person.to_string(), party: party.to_string() };
        Self {
            parties: parties.iter().map(ToString::to_string).collect(),
            signatories: signatories.iter().map(ToString::to_string).collect(),
            witnesses: witnesses.iter().map(ToString::to_string).collect(),
            language_codes: languages.iter().map(ToString::to_string).collect(),
            document_title: Text::from(document_title),
            document_file: document_file.as_ref().map(ToString::to_string),
            document_date: *document_date,
            parts: parts.iter().map(part).collect(),
        }
    }
}

impl TryFrom<SigningJson> for Signing {
    type Error = StoreError;

    fn try_from(signing: SigningJson) -> Result<Self, StoreError> {
        let SigningJson {
            parties,
            signatories,
            witnesses,
            language_codes,
            document_title,
            document_file,
            document_date,
            parts,
        } = signing;
        let part = |PartJson { person, party }: PartJson| {
            let (person, party) = (column(TABLE, "signing", &person)?, column(TABLE, "signing", &party)?);
            Ok::<_, StoreError>(Part { person, party })
        };
        Ok(Self {
            parties: read(&parties)?,
            signatories: read(&signatories)?,
            witnesses: read(&witnesses)?,
            languages: read(&language_codes)?,
            document_title: document_title.localized(TABLE)?,
            document_file: document_file.map(|file| column(TABLE, "signing", &file)).transpose()?,
            document_date,
            parts: parts.into_iter().map(part).collect::<Result<_, _>>()?,
        })
    }
}

fn read<T: std::str::FromStr>(texts: &[String]) -> Result<Vec<T>, StoreError> {
    texts.iter().map(|text| column(TABLE, "signing", text)).collect()
}

/// Every word that a kind is kept as.
const KINDS: [&str; 6] = ["OPENING", "TALK", "PANEL", "SIGNING", "BREAK", "OTHER"];

/// The word that a kind is kept as.
pub(super) const fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Opening => "OPENING",
        Kind::Talk => "TALK",
        Kind::Panel => "PANEL",
        Kind::Signing(_) => "SIGNING",
        Kind::Break => "BREAK",
        Kind::Other => "OTHER",
    }
}

/// Reads the word that a kind is kept as.
pub(super) fn kind(word: &str, signing: Option<Signing>) -> Result<Kind, StoreError> {
    match (word, signing) {
        ("SIGNING", Some(signing)) => Ok(Kind::Signing(Box::new(signing))),
        ("OPENING", None) => Ok(Kind::Opening),
        ("TALK", None) => Ok(Kind::Talk),
        ("PANEL", None) => Ok(Kind::Panel),
        ("BREAK", None) => Ok(Kind::Break),
        ("OTHER", None) => Ok(Kind::Other),
        _ => Err(StoreError::Corrupt { table: TABLE, column: "kind" }),
    }
}
