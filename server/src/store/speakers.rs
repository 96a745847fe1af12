//! Speakers in the database.

use std::collections::{BTreeMap, BTreeSet};

use attache_domain::{
    authority::Viewer,
    resource::{EventId, Owner, PersonName, SessionId, SessionName, SpeakerId, SpeakerName},
    speaker::{Part, Role, Speaker},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    QueryFilter as _,
};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    fields::{Fields, Search, coded, instant, number, person_id, verbatim},
    listing::{Listing, Parent},
    persons,
    rows::{
        person,
        speaker::{Column, Entity, Model},
    },
    times::history,
};

const TABLE: &str = "speakers";

impl Store {
    /// Finds a speaker of the event a viewer may see.
    pub async fn speaker(
        &self,
        viewer: &Viewer,
        session: SessionId,
        speaker: SpeakerId,
    ) -> Result<Option<Speaker>, StoreError> {
        find(&self.read, viewer.event(), session, speaker).await
    }

    /// Lists the speakers of a session of the event a viewer may see, in the order they were added.
    pub async fn speakers(
        &self,
        viewer: &Viewer,
        session: SessionId,
        list: &List,
    ) -> Result<Page<Speaker>, StoreError> {
        let fields = Fields {
            known: [
                coded("person", Column::Person, person_id),
                verbatim("role", Column::Role),
                number("position", Column::Position),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "create_time",
            search: Search::People { organization: Column::Organization, person: Column::Person },
            id: Column::Id,
        };
        let select = Entity::find()
            .filter(Column::Event.eq(viewer.event().to_string()))
            .filter(Column::Session.eq(session.to_string()));
        let parent = SessionName { event: viewer.event().clone(), session };
        let listing = Listing::below(TABLE, Parent::Session(parent));
        self.page(select, &fields, listing, list).await?.try_map(Speaker::try_from)
    }

    /// Tells what the speakers of the event a viewer may see are called, in one statement.
    pub async fn speakers_called(
        &self,
        _: &Viewer,
        speakers: &[Speaker],
    ) -> Result<BTreeMap<PersonName, String>, StoreError> {
        called(&self.read, speakers.iter().map(|speaker| &speaker.part.person).collect()).await
    }
}

impl WriteTx {
    /// Finds a speaker.
    pub async fn speaker(
        &self,
        event: &EventId,
        session: SessionId,
        speaker: SpeakerId,
    ) -> Result<Option<Speaker>, StoreError> {
        find(self.db().await?, event, session, speaker).await
    }

    /// Finds all speakers of a session, by id.
    pub async fn session_speakers(&self, event: &EventId, session: SessionId) -> Result<Vec<Speaker>, StoreError> {
        let of_session =
            Entity::find().filter(Column::Event.eq(event.to_string())).filter(Column::Session.eq(session.to_string()));
        read_all(of_session.all(self.db().await?).await?)
    }

    /// Inserts a speaker.
    pub async fn insert_speaker(&self, speaker: &Speaker) -> Result<(), StoreError> {
        let row = Model::from(speaker);
        self.record(entry(speaker, "created", None, Some(&row))).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a speaker.
    pub async fn save_speaker(&self, before: &Speaker, after: &Speaker, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::from(before), Model::from(after));
        self.record(entry(after, verb, Some(&old), Some(&new))).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Deletes a speaker; the person stays.
    pub async fn delete_speaker(&self, speaker: &Speaker) -> Result<(), StoreError> {
        let row = Model::from(speaker);
        self.record(entry(speaker, "deleted", Some(&row), None)).await?;
        row.delete(self.db().await?).await?;
        Ok(())
    }
}

/// Finds all speakers of an event, by id.
pub(super) async fn all<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Vec<Speaker>, StoreError> {
    read_all(Entity::find().filter(Column::Event.eq(event.to_string())).all(db).await?)
}

fn read_all(rows: Vec<Model>) -> Result<Vec<Speaker>, StoreError> {
    let mut speakers = rows.into_iter().map(Speaker::try_from).collect::<Result<Vec<_>, _>>()?;
    speakers.sort_by_key(|speaker| speaker.id);
    Ok(speakers)
}

/// Tells what people are called now.
pub(super) async fn called<C: ConnectionTrait>(
    db: &C,
    people: BTreeSet<&PersonName>,
) -> Result<BTreeMap<PersonName, String>, StoreError> {
    if people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = person::Entity::find().filter(persons::these(people)).all(db).await?;
    let name = |row: person::Model| {
        let organization = column("persons", "organization", &row.organization)?;
        Ok((PersonName { organization, person: column("persons", "id", &row.id)? }, row.display_name))
    };
    rows.into_iter().map(name).collect()
}

fn entry<'a>(
    speaker: &Speaker,
    verb: &'static str,
    before: Option<&'a Model>,
    after: Option<&'a Model>,
) -> Entry<'a, Model> {
    let owner = Owner::Event(speaker.event.clone());
    Entry { owner, resource: speaker.name().to_string(), verb, person: None, before, after }
}

async fn find<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    session: SessionId,
    id: SpeakerId,
) -> Result<Option<Speaker>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), session.to_string(), id.to_string())).one(db).await?;
    row.map(Speaker::try_from).transpose()
}

impl Subject for Speaker {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let SpeakerName { event, session, speaker } = column("requests", "resource", name)?;
        tx.speaker(&event, session, speaker).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&Speaker> for Model {
    fn from(speaker: &Speaker) -> Self {
        let Speaker { event, session, id, part: Part { person, role, position }, history } = speaker;
        Self {
            event: event.to_string(),
            session: session.to_string(),
            id: id.to_string(),
            organization: person.organization.to_string(),
            person: person.person.to_string(),
            role: word(*role).to_owned(),
            position: i64::from(*position),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        }
    }
}

impl TryFrom<Model> for Speaker {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let organization = column(TABLE, "organization", &row.organization)?;
        let part = Part {
            person: PersonName { organization, person: column(TABLE, "person", &row.person)? },
            role: role(&row.role).ok_or(StoreError::Corrupt { table: TABLE, column: "role" })?,
            position: count(TABLE, "position", row.position)?,
        };
        Ok(Self {
            event: column(TABLE, "event", &row.event)?,
            session: column(TABLE, "session", &row.session)?,
            id: column(TABLE, "id", &row.id)?,
            part,
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

/// The word that a role is kept as.
pub(super) const fn word(role: Role) -> &'static str {
    match role {
        Role::Speaker => "SPEAKER",
        Role::Chair => "CHAIR",
        Role::Moderator => "MODERATOR",
        Role::Signatory => "SIGNATORY",
    }
}

/// Reads the word that a role is kept as.
pub(super) fn role(word: &str) -> Option<Role> {
    match word {
        "SPEAKER" => Some(Role::Speaker),
        "CHAIR" => Some(Role::Chair),
        "MODERATOR" => Some(Role::Moderator),
        "SIGNATORY" => Some(Role::Signatory),
        _ => None,
    }
}
