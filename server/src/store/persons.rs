//! People in the database, and the key that each one's secrets lie under.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use attache_domain::{
    authority::{Keeper, Organizer, Viewer},
    name::{PassportName, PersonName},
    person::{self, Person, Profile},
    resource::{Owner, PersonId, PersonName as PersonResource},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QuerySelect as _, Set,
};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, instant, verbatim},
    listing::{Listing, Parent},
    rows::{
        person::{Column, Entity, Model},
        person_key,
    },
    times::history,
};
use crate::vault::{DataKey, MasterKey};

mod merging;
mod undoing;

pub(super) use undoing::Scope;

const TABLE: &str = "persons";

/// How many ids one statement asks for; every database takes as many.
const MOST_IDS: usize = 500;
/// How many rows are filled at a time.
const LONGEST_PART: u64 = 500;

/// What a query over people is looked for in.
pub(super) const SEARCHED: [Column; 6] =
    [Column::DisplayName, Column::NativeName, Column::Surname, Column::GivenNames, Column::Email, Column::Affiliation];

impl Store {
    /// Finds a person that a keeper keeps.
    pub async fn person(&self, keeper: &Keeper, person: PersonId) -> Result<Option<Person>, StoreError> {
        let name = PersonResource { organization: keeper.organization().clone(), person };
        find(&self.read, &name).await
    }

    /// Lists the people a keeper keeps, in the order they were created.
    pub async fn persons(&self, keeper: &Keeper, list: &List) -> Result<Page<Person>, StoreError> {
        let fields = Fields {
            known: [
                verbatim("display_name", Column::DisplayName),
                verbatim("native_name", Column::NativeName),
                verbatim("surname", Column::Surname),
                verbatim("email", Column::Email),
                verbatim("affiliation", Column::Affiliation),
                verbatim("region_code", Column::RegionCode),
                verbatim("language_code", Column::LanguageCode),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "create_time",
            search: Search::OwnNames,
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Organization.eq(keeper.organization().to_string()));
        let parent = Parent::Owner(Owner::Organization(keeper.organization().clone()));
        self.page(select, &fields, Listing::below(TABLE, parent), list).await?.try_map(Person::try_from)
    }

    /// Reads all the people whom a keeper keeps, to compare them.
    pub async fn everybody(&self, keeper: &Keeper) -> Result<Vec<Person>, StoreError> {
        let organization = keeper.organization();
        let kept = Entity::find().filter(Column::Organization.eq(organization.to_string()));
        let rows = kept.all(&self.read).await?;
        if rows.is_empty() {
            let parent = Parent::Owner(Owner::Organization(organization.clone()));
            self.require_parent(&Listing::below(TABLE, parent)).await?;
        }
        rows.into_iter().map(Person::try_from).collect()
    }

    /// Finds those of some people whom something of an event is about, which a viewer of it may see; in one statement.
    pub async fn people_of(&self, _: &Viewer, names: Vec<&PersonResource>) -> Result<Vec<Person>, StoreError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let rows = Entity::find().filter(these(names)).all(&self.read).await?;
        rows.into_iter().map(Person::try_from).collect()
    }

    /// Finds those of some people who are there, for the organiser of an event that they come into.
    pub async fn persons_among(
        &self,
        _: &Organizer,
        names: &BTreeSet<PersonResource>,
    ) -> Result<Vec<Person>, StoreError> {
        among(&self.read, names).await
    }

    /// Tells whom of some people mail reaches, and what they are called, in one statement; for whoever may see an event that they are in.
    pub async fn reached(
        &self,
        _: &Viewer,
        people: BTreeSet<PersonResource>,
    ) -> Result<BTreeMap<PersonResource, String>, StoreError> {
        if people.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = Entity::find().filter(these(&people)).filter(Column::Email.is_not_null());
        let rows = rows.all(&self.read).await?;
        let found = rows.into_iter().map(Person::try_from).collect::<Result<Vec<_>, _>>()?;
        let called = found.into_iter().filter(|person| people.contains(&person.name()));
        Ok(called.map(|person| (person.name(), person.profile.name.display_name.as_str().to_owned())).collect())
    }

    /// Finds the keys that people's secrets lie under, in one statement; of who was erased there is none.
    pub(super) async fn person_keys(
        &self,
        people: BTreeSet<PersonResource>,
    ) -> Result<BTreeMap<PersonResource, DataKey>, StoreError> {
        person_keys(&self.read, &self.master, people).await
    }
}

impl WriteTx {
    /// Finds a person.
    pub async fn person(&self, name: &PersonResource) -> Result<Option<Person>, StoreError> {
        find(self.db().await?, name).await
    }

    /// Finds those of some people who are there.
    pub async fn persons_among(&self, names: &BTreeSet<PersonResource>) -> Result<Vec<Person>, StoreError> {
        among(self.db().await?, names).await
    }

    /// Inserts a person and makes their key.
    pub async fn insert_person(&self, person: &Person) -> Result<(), StoreError> {
        let (place, key) = (key_place(&person.name()), Arc::new(DataKey::generate()?));
        let row = person_key::Model {
            organization: person.organization.to_string(),
            person: person.id.to_string(),
            wrapped_key: self.master().wrap(&place, &key)?,
        };
        self.memo().put(place, key);
        self.insert(row);
        let row = Model::from(person);
        self.record(entry(person, "created", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a person.
    pub async fn save_person(&self, before: &Person, after: &Person, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::from(before), Model::from(after));
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Finds the key that a person's secrets lie under.
    pub(super) async fn person_key(&self, name: &PersonResource) -> Result<Arc<DataKey>, StoreError> {
        if let Some(key) = self.memo().get(&key_place(name)) {
            return Ok(key);
        }
        person_key(self.db().await?, self.master(), name).await.map(Arc::new)
    }
}

/// Finds the key that a person's secrets lie under.
pub(super) async fn person_key<C: ConnectionTrait>(
    db: &C,
    master: &MasterKey,
    name: &PersonResource,
) -> Result<DataKey, StoreError> {
    let row = person_key::Entity::find_by_id((name.organization.to_string(), name.person.to_string())).one(db).await?;
    let row = row.ok_or(StoreError::Corrupt { table: "person_keys", column: "wrapped_key" })?;
    Ok(master.unwrap(&key_place(name), &row.wrapped_key)?)
}

/// Finds the keys that people's secrets lie under, in one statement; of who was erased there is none.
pub(super) async fn person_keys<C: ConnectionTrait>(
    db: &C,
    master: &MasterKey,
    people: BTreeSet<PersonResource>,
) -> Result<BTreeMap<PersonResource, DataKey>, StoreError> {
    if people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let keys = within(person_key::Column::Organization, person_key::Column::Person, &people);
    let rows = person_key::Entity::find().filter(keys).all(db).await?;
    let mut keys = BTreeMap::new();
    for row in rows {
        let name = PersonResource {
            organization: column("person_keys", "organization", &row.organization)?,
            person: column("person_keys", "person", &row.person)?,
        };
        if people.contains(&name) {
            let key = master.unwrap(&key_place(&name), &row.wrapped_key)?;
            keys.insert(name, key);
        }
    }
    Ok(keys)
}

pub(super) fn key_place(name: &PersonResource) -> String {
    format!("person_keys/{name}")
}

fn entry<'a>(person: &Person, verb: &'static str, before: Option<&'a Model>, after: &'a Model) -> Entry<'a, Model> {
    let owner = Owner::Organization(person.organization.clone());
    let name = person.name();
    Entry { owner, resource: name.to_string(), verb, person: Some(name), before, after: Some(after) }
}

/// The rows of some people, as the key of the table begins; of as many as one statement may name.
pub(super) fn these<'a>(names: impl IntoIterator<Item = &'a PersonResource>) -> Condition {
    within(Column::Organization, Column::Id, names)
}

/// The rows whose columns name some people. They may name one more, where two organisations have given the same id.
pub(super) fn within<'a, C: ColumnTrait>(
    organization: C,
    person: C,
    names: impl IntoIterator<Item = &'a PersonResource>,
) -> Condition {
    let (mut organizations, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for name in names {
        organizations.insert(name.organization.to_string());
        ids.insert(name.person.to_string());
    }
    Condition::all().add(organization.is_in(organizations)).add(person.is_in(ids))
}

/// Finds those of some people who are there, in as few statements as their number allows.
pub(super) async fn among<C: ConnectionTrait>(
    db: &C,
    names: &BTreeSet<PersonResource>,
) -> Result<Vec<Person>, StoreError> {
    let names: Vec<&PersonResource> = names.iter().collect();
    let mut found = Vec::new();
    for some in names.chunks(MOST_IDS) {
        for row in Entity::find().filter(these(some.iter().copied())).all(db).await? {
            let person = Person::try_from(row)?;
            found.extend(some.contains(&&person.name()).then_some(person));
        }
    }
    Ok(found)
}

/// Finds a person.
pub(super) async fn find<C: ConnectionTrait>(db: &C, name: &PersonResource) -> Result<Option<Person>, StoreError> {
    let key = (name.organization.to_string(), name.person.to_string());
    Entity::find_by_id(key).one(db).await?.map(Person::try_from).transpose()
}

impl Subject for Person {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let person: PersonResource = column("requests", "resource", name)?;
        tx.person(&person).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&Person> for Model {
    fn from(person: &Person) -> Self {
        let Person { organization, id, profile, history } = person;
        let Profile { name, email, phone_number, language, region_code, time_zone, affiliation, position } = profile;
        let PersonName { display_name, native_name, passport_name, form_of_address, family_first } = name;
        let part = |part: fn(&PassportName) -> Option<&attache_domain::name::NameText>| {
            passport_name.as_ref().and_then(part).map(|text| text.as_str().to_owned())
        };
        Self {
            organization: organization.to_string(),
            id: id.to_string(),
            display_name: display_name.as_str().to_owned(),
            native_name: native_name.as_ref().map(|name| name.as_str().to_owned()),
            surname: part(PassportName::surname),
            given_names: part(PassportName::given_names),
            form_of_address: form_of_address.as_ref().map(|form| form.as_str().to_owned()),
            family_first: *family_first,
            email: email.as_ref().map(|email| email.as_str().to_owned()),
            email_key: email.as_ref().map(attache_domain::email::EmailAddress::key),
            phone_number: phone_number.clone(),
            language_code: language.as_str().to_owned(),
            region_code: region_code.map(|code| code.as_str().to_owned()),
            time_zone: time_zone.map(|zone| zone.name().to_owned()),
            affiliation: affiliation.clone(),
            position: position.clone(),
            search_key: Some(person::search_key(name)),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        }
    }
}

impl TryFrom<Model> for Person {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let text = |name: &'static str, text: Option<&String>| text.map(|text| column(TABLE, name, text)).transpose();
        let passport_name =
            match (text("surname", row.surname.as_ref())?, text("given_names", row.given_names.as_ref())?) {
                (None, None) => None,
                (surname, given_names) => {
                    let corrupt = |_| StoreError::Corrupt { table: TABLE, column: "surname" };
                    Some(PassportName::new(surname, given_names).map_err(corrupt)?)
                }
            };
        let name = PersonName {
            display_name: column(TABLE, "display_name", &row.display_name)?,
            native_name: text("native_name", row.native_name.as_ref())?,
            passport_name,
            form_of_address: text("form_of_address", row.form_of_address.as_ref())?,
            family_first: row.family_first,
        };
        let profile = Profile {
            name,
            email: row.email.map(|email| column(TABLE, "email", &email)).transpose()?,
            phone_number: row.phone_number,
            language: column(TABLE, "language_code", &row.language_code)?,
            region_code: row.region_code.map(|code| column(TABLE, "region_code", &code)).transpose()?,
            time_zone: row.time_zone.map(|zone| column(TABLE, "time_zone", &zone)).transpose()?,
            affiliation: row.affiliation,
            position: row.position,
        };
        Ok(Self {
            organization: column(TABLE, "organization", &row.organization)?,
            id: column(TABLE, "id", &row.id)?,
            profile,
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

/// Keeps how the names of people read who were there before it was kept.
pub(super) async fn fill_search_keys(db: &DatabaseConnection) -> Result<(), DbErr> {
    let lacking = || Entity::find().filter(Column::SearchKey.is_null()).limit(LONGEST_PART);
    loop {
        let rows = lacking().all(db).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let key = Person::try_from(row.clone()).map(|person| person::search_key(&person.profile.name));
            let mut row = row.into_active_model();
            row.search_key = Set(Some(key.unwrap_or_default()));
            row.update(db).await?;
        }
    }
}
