//! Check-ins in the database, and the tickets that are shown for them, which lie nowhere.

use attache_domain::{
    authority::{Organizer, Viewer},
    check_in::{CheckIn, State},
    registration::Registration,
    resource::{CheckInName, Owner, RegistrationId, RegistrationName},
    ticket::{PROOF_LENGTH, TicketCode},
};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
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
use crate::vault::MasterKey;

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
    /// Draws the ticket of a registration, for an organiser of its event who prints it.
    pub fn ticket_of(&self, _: &Organizer, registration: RegistrationId) -> TicketCode {
        ticket(&self.master, registration)
    }
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

    /// Finds the check-in of a registration that stands.
    pub async fn standing_check_in(&self, of: &RegistrationName) -> Result<Option<CheckIn>, StoreError> {
        let standing = Entity::find()
            .filter(Column::Event.eq(of.event.to_string()))
            .filter(Column::Registration.eq(of.registration.to_string()))
            .filter(limited(Column::State, State::Standing));
        standing.one(self.db().await?).await?.map(CheckIn::try_from).transpose()
    }

    /// Draws the ticket of a registration; it is the same each time.
    pub fn ticket_of(&self, registration: RegistrationId) -> TicketCode {
        ticket(self.master(), registration)
    }

    /// Finds whose ticket has a code, in whichever event.
    pub async fn registration_with_ticket(&self, code: &TicketCode) -> Result<Option<Registration>, StoreError> {
        let begin_so =
            registration::Entity::find().filter(registration::Column::TicketPart.eq(code.part().to_string()));
        for row in begin_so.all(self.db().await?).await? {
            let registration = Registration::try_from(row)?;
            let ticket = self.ticket_of(registration.id);
            if ticket.as_str().as_bytes().ct_eq(code.as_str().as_bytes()).into() {
                return Ok(Some(registration));
            }
        }
        Ok(None)
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
        let CheckIn { event, id, registration, state, time, gate, history } = check_in;
        Self {
            event: event.to_string(),
            id: id.to_string(),
            registration: registration.to_string(),
            state: state.to_string(),
            check_in_time: *time,
            gate: gate.clone(),
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
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

fn state(word: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.to_string() == word)
}
