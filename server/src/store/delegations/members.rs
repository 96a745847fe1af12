//! The members of delegations in the database.

use attache_domain::{
    authority::DelegationViewer,
    delegation::{Member, MemberState},
    person::Person,
    registration::import::Finding,
    resource::{DelegationMemberName, DelegationName, EventId, Owner, PersonName},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Select,
};

use crate::store::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, category_id, coded, instant, person_id},
    listing::{Listing, Parent},
    persons,
    rows::{
        delegation_member::{Column, Entity, Model},
        person,
    },
    times::history,
};

const TABLE: &str = "delegation_members";

impl Store {
    /// Lists the members, past ones too, of the delegation that a viewer may see, in the order they were nominated. Filters by `state`, `person`
    /// and `category`.
    pub async fn delegation_members(&self, viewer: &DelegationViewer, list: &List) -> Result<Page<Member>, StoreError> {
        let fields = Fields {
            known: [
                coded("state", Column::State, |text| state(text).map(|_| text.to_owned())),
                coded("person", Column::Person, person_id),
                coded("category", Column::Category, category_id),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "create_time",
            search: Search::People { organization: Column::Organization, person: Column::Person },
            id: Column::Id,
        };
        let listing = Listing::below(TABLE, Parent::Delegation(viewer.delegation().clone()));
        self.page(of_delegation(viewer.delegation()), &fields, listing, list).await?.try_map(Member::try_from)
    }

    /// Finds the people behind members of the delegation that a viewer may see, in one statement.
    pub async fn people_of_members(
        &self,
        viewer: &DelegationViewer,
        members: &[Member],
    ) -> Result<Vec<Person>, StoreError> {
        let seen = members.iter().filter(|member| member.delegation == *viewer.delegation());
        let rows = person::Entity::find().filter(persons::these(seen.map(|member| &member.person)));
        let rows = rows.all(&self.read).await?;
        rows.into_iter().map(Person::try_from).collect()
    }
}

impl WriteTx {
    /// Finds a member of a delegation.
    pub async fn delegation_member(&self, name: &DelegationMemberName) -> Result<Option<Member>, StoreError> {
        member(self.db().await?, name).await
    }

    /// Finds the members who have a seat in a delegation, in the order they were nominated.
    pub async fn seated_members(&self, delegation: &DelegationName) -> Result<Vec<Member>, StoreError> {
        let seated = with_seat(of_delegation(delegation)).order_by_asc(Column::CreateTime).order_by_asc(Column::Id);
        seated.all(self.db().await?).await?.into_iter().map(Member::try_from).collect()
    }

    /// Finds the members who lost their seat with a delegation, whenever that was, in the order they were nominated.
    pub async fn members_withdrawn(&self, delegation: &DelegationName) -> Result<Vec<Member>, StoreError> {
        let withdrawn = of_delegation(delegation)
            .filter(Column::State.eq(MemberState::Withdrawn.to_string()))
            .order_by_asc(Column::CreateTime)
            .order_by_asc(Column::Id);
        withdrawn.all(self.db().await?).await?.into_iter().map(Member::try_from).collect()
    }

    /// Tells which of some people have a seat in any delegation of an event.
    pub async fn seated_people(&self, event: &EventId, people: &[PersonName]) -> Result<Vec<PersonName>, StoreError> {
        seated_among(self.db().await?, event, people).await
    }

    /// Whether somebody has or had a seat in a delegation.
    pub async fn delegation_knows(&self, delegation: &DelegationName, who: &PersonName) -> Result<bool, StoreError> {
        let seats = of_delegation(delegation)
            .filter(Column::Organization.eq(who.organization.to_string()))
            .filter(Column::Person.eq(who.person.to_string()));
        Ok(seats.count(self.db().await?).await? > 0)
    }

    /// Inserts a member of a delegation.
    pub async fn insert_delegation_member(&self, member: &Member) -> Result<(), StoreError> {
        let row = Model::from(member);
        self.record(entry(member, "nominated", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a member of a delegation.
    pub async fn save_delegation_member(
        &self,
        before: &Member,
        after: &Member,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let (old, new) = (Model::from(before), Model::from(after));
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

/// Finds a member of a delegation.
pub(in crate::store) async fn member<C: ConnectionTrait>(
    db: &C,
    name: &DelegationMemberName,
) -> Result<Option<Member>, StoreError> {
    let key = (name.event.to_string(), name.delegation.to_string(), name.member.to_string());
    Entity::find_by_id(key).one(db).await?.map(Member::try_from).transpose()
}

fn of_delegation(delegation: &DelegationName) -> Select<Entity> {
    Entity::find()
        .filter(Column::Event.eq(delegation.event.to_string()))
        .filter(Column::Delegation.eq(delegation.delegation.to_string()))
}

/// Tells which of some people have a seat in any delegation of an event.
pub(in crate::store) async fn seated_among<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    people: &[PersonName],
) -> Result<Vec<PersonName>, StoreError> {
    let ids = people.iter().map(|person| person.person.to_string());
    let of_event = Entity::find().filter(Column::Event.eq(event.to_string())).filter(Column::Person.is_in(ids));
    let rows = with_seat(of_event).all(db).await?;
    rows.into_iter().map(|row| Ok(Member::try_from(row)?.person)).collect()
}

/// Finds those of some delegations in which somebody has a seat.
pub(in crate::store) async fn seats_in<C: ConnectionTrait>(
    db: &C,
    delegations: &[DelegationName],
    who: &PersonName,
) -> Result<Vec<DelegationName>, StoreError> {
    let theirs = Entity::find()
        .filter(Column::Organization.eq(who.organization.to_string()))
        .filter(Column::Person.eq(who.person.to_string()));
    let mut seats = Vec::new();
    for row in with_seat(theirs).all(db).await? {
        let Member { delegation, .. } = row.try_into()?;
        if delegations.contains(&delegation) {
            seats.push(delegation);
        }
    }
    Ok(seats)
}

/// Finds everybody who has a seat in any delegation of an event, in the order they were nominated.
pub(in crate::store) async fn seated<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Vec<Member>, StoreError> {
    let of_event = with_seat(Entity::find().filter(Column::Event.eq(event.to_string())));
    let rows = of_event.order_by_asc(Column::CreateTime).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(Member::try_from).collect()
}

fn with_seat(members: Select<Entity>) -> Select<Entity> {
    let states = STATES.into_iter().filter(|state| state.holds_seat()).map(|state| state.to_string());
    members.filter(Column::State.is_in(states))
}

/// What somebody is in a delegation was said of them: the log seals it under their key.
fn entry<'a>(member: &Member, verb: &'static str, before: Option<&'a Model>, after: &'a Model) -> Entry<'a, Model> {
    let owner = Owner::Event(member.delegation.event.clone());
    let person = Some(member.person.clone());
    Entry { owner, resource: member.name().to_string(), verb, person, before, after: Some(after) }
}

impl Subject for Member {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let member: DelegationMemberName = column("requests", "resource", name)?;
        tx.delegation_member(&member).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

/// Members who were nominated together are remembered together, a name to a line.
impl Subject for Vec<Member> {
    fn resource_name(&self) -> String {
        self.iter().map(|member| member.name().to_string()).collect::<Vec<_>>().join("\n")
    }

    async fn load(tx: &WriteTx, names: &str) -> Result<Self, StoreError> {
        let mut members = Self::new();
        for name in names.lines() {
            members.push(Member::load(tx, name).await?);
        }
        Ok(members)
    }
}

/// The members whom a list names, with the people they are, in the order of its rows; and what is told of it once.
#[derive(Clone, Debug)]
pub struct Roster {
    /// The members.
    pub people: Vec<(Member, Person)>,
    /// What of the list ought to be known.
    pub findings: Vec<Finding>,
}

impl Subject for Roster {
    fn resource_name(&self) -> String {
        self.people.iter().map(|(member, _)| member.name().to_string()).collect::<Vec<_>>().join("\n")
    }

    async fn load(tx: &WriteTx, names: &str) -> Result<Self, StoreError> {
        let mut people = Vec::new();
        for member in Vec::<Member>::load(tx, names).await? {
            let person =
                tx.person(&member.person).await?.ok_or_else(|| StoreError::Unrepeatable(member.person.to_string()))?;
            people.push((member, person));
        }
        Ok(Self { people, findings: Vec::new() })
    }
}

impl From<&Member> for Model {
    fn from(member: &Member) -> Self {
        let Member { delegation, id, person, role, state, category, registration, successor, history } = member;
        Self {
            event: delegation.event.to_string(),
            delegation: delegation.delegation.to_string(),
            id: id.to_string(),
            organization: person.organization.to_string(),
            person: person.person.to_string(),
            role: role.clone(),
            category: category.as_ref().map(ToString::to_string),
            registration: registration.map(|registration| registration.to_string()),
            state: state.to_string(),
            successor: successor.map(|successor| successor.to_string()),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        }
    }
}

impl TryFrom<Model> for Member {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { event, delegation, id, organization, person, role, .. } = row;
        Ok(Self {
            delegation: DelegationName {
                event: column(TABLE, "event", &event)?,
                delegation: column(TABLE, "delegation", &delegation)?,
            },
            id: column(TABLE, "id", &id)?,
            person: PersonName {
                organization: column(TABLE, "organization", &organization)?,
                person: column(TABLE, "person", &person)?,
            },
            role,
            state: state(&row.state).ok_or(StoreError::Corrupt { table: TABLE, column: "state" })?,
            category: row.category.map(|category| column(TABLE, "category", &category)).transpose()?,
            registration: row.registration.map(|id| column(TABLE, "registration", &id)).transpose()?,
            successor: row.successor.map(|successor| column(TABLE, "successor", &successor)).transpose()?,
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

const STATES: [MemberState; 4] =
    [MemberState::Nominated, MemberState::Approved, MemberState::Replaced, MemberState::Withdrawn];

fn state(word: &str) -> Option<MemberState> {
    STATES.into_iter().find(|state| state.to_string() == word)
}
