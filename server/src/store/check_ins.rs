//! Check-ins in the database, and the tickets and badges that are shown for them, whose codes lie nowhere.

use attache_domain::{
    authority::{Organizer, Viewer},
    badge::{BadgeCode, Payload},
    check_in::{CheckIn, Mode, State},
    registration::Registration,
    resource::{CheckInListId, CheckInListName, CheckInName, EventId, Owner, RegistrationId, RegistrationName},
    ticket::{PROOF_LENGTH, Part, TicketCode},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use subtle::ConstantTimeEq as _;

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, coded, instant, verbatim},
    listing::Listing,
    prepared::limited,
    rows::{
        check_in::{Column, Entity, Model},
        registration,
    },
    times::history,
};
use crate::vault::{MasterKey, SigningKey};

mod meeting_lists;

pub use meeting_lists::Noted;

const TABLE: &str = "check_ins";

/// What follows the name of a check-in that was there before, where its answer is remembered.
const ALREADY: &str = "\nalready";

/// A check-in, and whether it was there before it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The check-in that stands.
    pub check_in: CheckIn,
    /// Whether it was there before.
    pub already: bool,
}

impl Store {
    /// Lists the check-ins of the event a viewer may see, in the order the server heard of them.
    pub async fn check_ins(&self, viewer: &Viewer, list: &List) -> Result<Page<CheckIn>, StoreError> {
        let fields = Fields {
            known: [
                coded("state", Column::State, |text| state(text).map(|_| text.to_owned())),
                coded("registration", Column::Registration, |text| {
                    text.parse().ok().map(|RegistrationName { registration, .. }| registration.to_string())
                }),
                coded("list", Column::List, |text| {
                    text.parse().ok().map(|CheckInListName { check_in_list, .. }| check_in_list.to_string())
                }),
                coded("mode", Column::Mode, |text| mode(text).map(|_| text.to_owned())),
                verbatim("gate", Column::Gate),
                instant("check_in_time", Column::CheckInTime),
                instant("create_time", Column::CreateTime),
            ],
            usual: "create_time",
            search: Search::Nothing,
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(CheckIn::try_from)
    }
}

impl Store {
    /// Writes the code of a registration's badge, for an organiser of its event who prints it; it is the same until the badge is revoked.
    pub fn badge_code(&self, _: &Organizer, registration: &Registration) -> Result<BadgeCode, StoreError> {
        let payload = Payload { registration: registration.id, issue: registration.badge_issue };
        let signature = signing_key(&self.master, &registration.event)?.sign(&payload.bytes());
        Ok(BadgeCode::write(payload, signature))
    }

    /// The key by which the codes of an event's badges are verified.
    pub fn badge_verifying_key(&self, organizer: &Organizer) -> Result<[u8; 32], StoreError> {
        Ok(signing_key(&self.master, organizer.event())?.public())
    }

    /// Finds whose ticket has a code, in whichever event.
    pub async fn registration_with_ticket(&self, code: &TicketCode) -> Result<Option<Registration>, StoreError> {
        with_ticket(&self.read, &self.master, code).await
    }

    /// Finds whose badge has a code whose signature holds, in whichever event.
    pub async fn registration_with_badge(&self, code: &BadgeCode) -> Result<Option<Registration>, StoreError> {
        with_badge(&self.read, &self.master, code).await
    }
}

/// Derives the key by which the badges of an event are signed; it is the same each time.
fn signing_key(master: &MasterKey, event: &EventId) -> Result<SigningKey, StoreError> {
    Ok(master.signing_key(&format!("badges of {event}"))?)
}

async fn with_ticket<C: ConnectionTrait>(
    db: &C,
    master: &MasterKey,
    code: &TicketCode,
) -> Result<Option<Registration>, StoreError> {
    let begin_so = registration::Entity::find().filter(registration::Column::TicketPart.eq(code.part().to_string()));
    for row in begin_so.all(db).await? {
        let registration = Registration::try_from(row)?;
        let ticket = ticket(master, registration.id);
        if ticket.as_str().as_bytes().ct_eq(code.as_str().as_bytes()).into() {
            return Ok(Some(registration));
        }
    }
    Ok(None)
}

async fn with_badge<C: ConnectionTrait>(
    db: &C,
    master: &MasterKey,
    code: &BadgeCode,
) -> Result<Option<Registration>, StoreError> {
    let payload = code.payload();
    let known_so = registration::Entity::find()
        .filter(registration::Column::TicketPart.eq(Part::of(payload.registration).to_string()))
        .filter(registration::Column::Id.eq(payload.registration.to_string()));
    let Some(row) = known_so.one(db).await? else { return Ok(None) };
    let registration = Registration::try_from(row)?;
    let is_good = signing_key(master, &registration.event)?.verifies(&payload.bytes(), code.signature());
    Ok(is_good.then_some(registration))
}

/// Draws the ticket of a registration; it is the same each time.
fn ticket(master: &MasterKey, registration: RegistrationId) -> TicketCode {
    let digest = master.digest("tickets", registration.0.as_bytes());
    let bytes = digest.as_bytes();
    TicketCode::write(registration, std::array::from_fn::<u8, PROOF_LENGTH, _>(|index| bytes[index]))
}

impl WriteTx {
    /// Finds a check-in.
    pub async fn check_in(&self, name: &CheckInName) -> Result<Option<CheckIn>, StoreError> {
        let row = Entity::find_by_id((name.event.to_string(), name.check_in.to_string())).one(self.db().await?).await?;
        row.map(CheckIn::try_from).transpose()
    }

    /// Finds the check-in of a registration that stands on a list, or for the event itself.
    pub async fn standing_check_in(
        &self,
        of: &RegistrationName,
        list: Option<&CheckInListId>,
    ) -> Result<Option<CheckIn>, StoreError> {
        let standing = standing(of).filter(Column::List.eq(list.map(ToString::to_string).unwrap_or_default()));
        standing.one(self.db().await?).await?.map(CheckIn::try_from).transpose()
    }

    /// Finds a check-in of a registration that stands, on whichever list; the first.
    pub async fn first_standing_check_in(&self, of: &RegistrationName) -> Result<Option<CheckIn>, StoreError> {
        let first = standing(of).order_by_asc(Column::CheckInTime).limit(1);
        first.one(self.db().await?).await?.map(CheckIn::try_from).transpose()
    }

    /// Draws the ticket of a registration; it is the same each time.
    pub fn ticket_of(&self, registration: RegistrationId) -> TicketCode {
        ticket(self.master(), registration)
    }

    /// Finds whose ticket has a code, in whichever event.
    pub async fn registration_with_ticket(&self, code: &TicketCode) -> Result<Option<Registration>, StoreError> {
        with_ticket(self.db().await?, self.master(), code).await
    }

    /// Finds whose badge has a code whose signature holds, in whichever event.
    pub async fn registration_with_badge(&self, code: &BadgeCode) -> Result<Option<Registration>, StoreError> {
        with_badge(self.db().await?, self.master(), code).await
    }

    /// Inserts a check-in.
    pub async fn insert_check_in(&self, check_in: &CheckIn) -> Result<(), StoreError> {
        let row = Model::from(check_in);
        self.record(entry(check_in, "created", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a check-in.
    pub async fn save_check_in(&self, before: &CheckIn, after: &CheckIn, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::from(before), Model::from(after));
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

fn standing(of: &RegistrationName) -> Select<Entity> {
    Entity::find()
        .filter(Column::Event.eq(of.event.to_string()))
        .filter(Column::Registration.eq(of.registration.to_string()))
        .filter(limited(Column::State, State::Standing))
}

fn entry<'a>(check_in: &CheckIn, verb: &'static str, before: Option<&'a Model>, after: &'a Model) -> Entry<'a, Model> {
    let owner = Owner::Event(check_in.event.clone());
    Entry { owner, resource: check_in.name().to_string(), verb, person: None, before, after: Some(after) }
}

impl Subject for CheckIn {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let check_in: CheckInName = column("requests", "resource", name)?;
        tx.check_in(&check_in).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

/// Who was told that they are in already is told so again, and who was let in is not.
impl Subject for Admission {
    fn resource_name(&self) -> String {
        let name = self.check_in.resource_name();
        if self.already { format!("{name}{ALREADY}") } else { name }
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let (name, already) = name.strip_suffix(ALREADY).map_or((name, false), |name| (name, true));
        Ok(Self { check_in: CheckIn::load(tx, name).await?, already })
    }
}

impl From<&CheckIn> for Model {
    fn from(check_in: &CheckIn) -> Self {
        let CheckIn { event, id, registration, state, time, gate, list, mode, history } = check_in;
        Self {
            event: event.to_string(),
            id: id.to_string(),
            registration: registration.to_string(),
            state: state.to_string(),
            check_in_time: *time,
            gate: gate.clone(),
            list: list.as_ref().map(ToString::to_string).unwrap_or_default(),
            mode: mode.to_string(),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        }
    }
}

impl TryFrom<Model> for CheckIn {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            event: column(TABLE, "event", &row.event)?,
            id: column(TABLE, "id", &row.id)?,
            registration: column(TABLE, "registration", &row.registration)?,
            state: state(&row.state).ok_or(StoreError::Corrupt { table: TABLE, column: "state" })?,
            time: row.check_in_time,
            gate: row.gate,
            list: Some(row.list).filter(|list| !list.is_empty()).map(|id| column(TABLE, "list", &id)).transpose()?,
            mode: mode(&row.mode).ok_or(StoreError::Corrupt { table: TABLE, column: "mode" })?,
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

fn state(word: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.to_string() == word)
}

fn mode(word: &str) -> Option<Mode> {
    Mode::ALL.into_iter().find(|mode| mode.to_string() == word)
}
