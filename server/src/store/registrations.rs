//! Registrations in the database.

use std::collections::BTreeMap;

use attache_domain::{
    authority::Viewer,
    badge::Issue,
    person::Person,
    registration::{ExternalId, Registration, State},
    resource::{EventId, Owner, PersonName, RegistrationId, RegistrationName},
    ticket,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{
    List, Page, Standing, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, category_id, coded, instant, person_id, verbatim},
    listing::Listing,
    prepared::padded,
    rows::{
        person,
        registration::{Column, Entity, Model},
    },
    times::history,
};

mod candidates;

const TABLE: &str = "registrations";

impl Store {
    /// Finds a registration of the event a viewer may see.
    pub async fn registration(&self, viewer: &Viewer, id: RegistrationId) -> Result<Option<Registration>, StoreError> {
        find(&self.read, viewer.event(), id).await
    }

    /// Lists the registrations of the event a viewer may see, in the order they came.
    pub async fn registrations(&self, viewer: &Viewer, list: &List) -> Result<Page<Registration>, StoreError> {
        let fields = Fields {
            known: [
                coded("state", Column::State, |text| state(text).map(|_| text.to_owned())),
                coded("category", Column::Category, category_id),
                coded("person", Column::Person, person_id),
                verbatim("external_id", Column::ExternalId),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "create_time",
            search: Search::People { organization: Column::Organization, person: Column::Person },
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list)
            .await?
            .try_map(Registration::try_from)
    }
}

impl Store {
    /// Lists the registrations of the event a viewer may see whose badges, or some of them, a gate does not let in, in the order they came.
    pub async fn registrations_with_revoked_badges(
        &self,
        viewer: &Viewer,
        list: &List,
    ) -> Result<Page<Registration>, StoreError> {
        let fields = Fields {
            known: [instant("create_time", Column::CreateTime), instant("update_time", Column::UpdateTime)],
            usual: "create_time",
            search: Search::Nothing,
            id: Column::Id,
        };
        let revoked = Condition::any()
            .add(Column::State.ne(State::Confirmed.to_string()))
            .add(Column::BadgeIssue.gt(i64::from(Issue::default().0)));
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string())).filter(revoked);
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list)
            .await?
            .try_map(Registration::try_from)
    }
}

impl Store {
    /// Tells where those registrations stand that wait.
    pub async fn standings(
        &self,
        registrations: &[Registration],
    ) -> Result<BTreeMap<RegistrationId, Standing>, StoreError> {
        let mut standings = BTreeMap::new();
        let waiting: Vec<&Registration> =
            registrations.iter().filter(|registration| registration.state == State::Waiting).collect();
        let Some(first) = waiting.first() else { return Ok(standings) };
        let holders: Vec<String> = waiting.iter().map(|registration| registration.id.to_string()).collect();
        for (holder, standing) in self.standings_in(&first.event, &holders).await? {
            standings.insert(column("waits", "holder", &holder)?, standing);
        }
        Ok(standings)
    }
}

impl WriteTx {
    /// Finds a registration.
    pub async fn registration(&self, name: &RegistrationName) -> Result<Option<Registration>, StoreError> {
        find(self.db().await?, &name.event, name.registration).await
    }

    /// Finds a live registration of a person, or of anybody with the same address, for an event.
    pub async fn live_registration(
        &self,
        event: &EventId,
        person: &Person,
    ) -> Result<Option<RegistrationName>, StoreError> {
        live(self.db().await?, event, person).await
    }

    /// Finds the live registration of a person for an event; that of somebody else with the same address is not theirs.
    pub async fn own_live_registration(
        &self,
        event: &EventId,
        who: &PersonName,
    ) -> Result<Option<Registration>, StoreError> {
        let own = of_person(self.db().await?, event, who).await?;
        Ok(own.into_iter().find(|registration| registration.state.is_live()))
    }

    /// Finds what another system knows by an id in an event.
    pub async fn registration_known_by(
        &self,
        event: &EventId,
        external_id: &ExternalId,
    ) -> Result<Option<RegistrationName>, StoreError> {
        let known = Entity::find()
            .filter(Column::Event.eq(event.to_string()))
            .filter(Column::ExternalId.eq(external_id.as_str()));
        let row = known.one(self.db().await?).await?;
        row.map(|row| Ok(Registration::try_from(row)?.name())).transpose()
    }

    /// Inserts a registration.
    pub async fn insert_registration(&self, registration: &Registration) -> Result<(), StoreError> {
        let row = Model::from(registration);
        self.record(entry(registration, "created", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a registration.
    pub async fn save_registration(
        &self,
        before: &Registration,
        after: &Registration,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let (old, new) = (Model::from(before), Model::from(after));
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

/// Finds a live registration of a person, or of anybody with the same address, for an event.
pub(super) async fn live<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    person: &Person,
) -> Result<Option<RegistrationName>, StoreError> {
    let whose: Vec<String> = match &person.profile.email {
        None => vec![person.id.to_string()],
        // The person is among those who have it, once they are inserted. A statement of their own, since PostgreSQL, which knows little of
        // tables that fill, would go over all registrations of the event to find the few of theirs.
        Some(email) => {
            let at_address = person::Entity::find()
                .select_only()
                .column(person::Column::Id)
                .filter(person::Column::Organization.eq(person.organization.to_string()))
                .filter(person::Column::EmailKey.eq(email.key()));
            at_address.into_tuple().all(db).await?
        }
    };
    if whose.is_empty() {
        return Ok(None);
    }
    let live = State::ALL.into_iter().filter(|state| state.is_live()).map(|state| state.to_string());
    let found = Entity::find()
        .filter(Column::Event.eq(event.to_string()))
        .filter(Column::Person.is_in(padded(whose)))
        .filter(Column::State.is_in(live));
    let row = found.one(db).await?;
    row.map(|row| Ok(Registration::try_from(row)?.name())).transpose()
}

fn entry<'a>(
    registration: &Registration,
    verb: &'static str,
    before: Option<&'a Model>,
    after: &'a Model,
) -> Entry<'a, Model> {
    let owner = Owner::Event(registration.event.clone());
    Entry { owner, resource: registration.name().to_string(), verb, person: None, before, after: Some(after) }
}

async fn find<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    id: RegistrationId,
) -> Result<Option<Registration>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?;
    row.map(Registration::try_from).transpose()
}

/// Finds the registrations of a person for an event, in the order they came.
pub(super) async fn of_person<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    who: &PersonName,
) -> Result<Vec<Registration>, StoreError> {
    let own = Entity::find()
        .filter(Column::Event.eq(event.to_string()))
        .filter(Column::Organization.eq(who.organization.to_string()))
        .filter(Column::Person.eq(who.person.to_string()));
    let rows = own.order_by_asc(Column::CreateTime).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(Registration::try_from).collect()
}

impl Subject for Registration {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let registration: RegistrationName = column("requests", "resource", name)?;
        tx.registration(&registration).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&Registration> for Model {
    fn from(registration: &Registration) -> Self {
        let Registration { event, id, category, person, state, precedence, external_id, badge_issue, history } =
            registration;
        Self {
            event: event.to_string(),
            id: id.to_string(),
            category: category.to_string(),
            organization: person.organization.to_string(),
            person: person.person.to_string(),
            state: state.to_string(),
            precedence_reason: precedence.clone(),
            external_id: external_id.as_ref().map(ToString::to_string),
            badge_issue: i64::from(badge_issue.0),
            ticket_part: ticket::Part::of(*id).to_string(),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        }
    }
}

impl TryFrom<Model> for Registration {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let person = PersonName {
            organization: column(TABLE, "organization", &row.organization)?,
            person: column(TABLE, "person", &row.person)?,
        };
        Ok(Self {
            event: column(TABLE, "event", &row.event)?,
            id: column(TABLE, "id", &row.id)?,
            category: column(TABLE, "category", &row.category)?,
            person,
            state: state(&row.state).ok_or(StoreError::Corrupt { table: TABLE, column: "state" })?,
            precedence: row.precedence_reason,
            external_id: row.external_id.as_deref().map(|id| column(TABLE, "external_id", id)).transpose()?,
            badge_issue: u16::try_from(row.badge_issue)
                .map(Issue)
                .map_err(|_| StoreError::Corrupt { table: TABLE, column: "badge_issue" })?,
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

fn state(word: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.to_string() == word)
}
