//! Identity documents in the database: an outline in clear, the contents sealed under the person's key.

use attache_domain::{
    authority::Keeper,
    identity_document::{IdentityDocument, Passport, State},
    name::{NameText, PassportName},
    passport::{Sex, StateCode},
    person::Merge,
    resource::{IdentityDocumentName, Owner, PersonId, PersonName},
};
use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::column,
    fields::{Fields, Search, instant, verbatim},
    listing::{Listing, Parent},
    persons::person_key,
    rows::identity_document::{Column, Entity, Model},
};
use crate::vault::DataKey;

const TABLE: &str = "identity_documents";

/// What a passport says, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Contents {
    number: String,
    issuing_state: String,
    nationality: String,
    surname: Option<String>,
    given_names: Option<String>,
    birth_date: NaiveDate,
    sex: String,
    issue_date: Option<NaiveDate>,
    expire_date: NaiveDate,
    machine_readable_zone: Option<String>,
}

/// What the change log keeps of a reading, sealed under the person's key.
#[derive(Serialize)]
struct Reading<'a> {
    purpose: &'a str,
}

/// A passport that was taken out of the vault for once; it is not told again to a request that comes again.
pub struct Opened {
    /// Of which document.
    pub name: IdentityDocumentName,
    /// What it says.
    pub passport: Passport,
}

impl Store {
    /// Lists the documents of a person whom a keeper keeps, in the order they were put there.
    pub async fn identity_documents(
        &self,
        keeper: &Keeper,
        person: PersonId,
        list: &List,
    ) -> Result<Page<IdentityDocument>, StoreError> {
        let name = PersonName { organization: keeper.organization().clone(), person };
        let fields = Fields {
            known: [verbatim("state", Column::State), instant("create_time", Column::CreateTime)],
            usual: "create_time",
            search: Search::Nothing,
            id: Column::Id,
        };
        let listing = Listing::below(TABLE, Parent::Person(name.clone()));
        self.page(of_person(&name), &fields, listing, list).await?.try_map(IdentityDocument::try_from)
    }

    /// Takes a person's newest passport out of the vault, for a document that is made outside a transaction.
    ///
    /// It leaves no entry in the change log: whoever calls it has recorded the reading in the transaction before, by
    /// [`WriteTx::passport`], which is how the issuing of a letter begins.
    pub async fn passport_of(&self, person: &PersonName) -> Result<Option<Passport>, StoreError> {
        let Some(row) = newest_kept(&self.read, person).await? else { return Ok(None) };
        let key = person_key(&self.read, &self.master, person).await?;
        open(&key, &row).map(Some)
    }

    /// Finds documents whose contents are to be destroyed by a day, the most overdue first.
    pub async fn due_identity_documents(
        &self,
        today: NaiveDate,
        limit: u64,
    ) -> Result<Vec<IdentityDocumentName>, StoreError> {
        let due = Entity::find()
            .filter(Column::State.eq(word(State::Kept)))
            .filter(Column::DestroyDate.lte(today))
            .order_by_asc(Column::DestroyDate)
            .order_by_asc(Column::Id)
            .limit(limit);
        let rows = due.all(&self.read).await?;
        rows.into_iter().map(|row| Ok(IdentityDocument::try_from(row)?.name())).collect()
    }
}

impl WriteTx {
    /// Finds a document's outline.
    pub async fn identity_document(&self, name: &IdentityDocumentName) -> Result<Option<IdentityDocument>, StoreError> {
        self.identity_document_row(name).await?.map(IdentityDocument::try_from).transpose()
    }

    /// Finds the documents of a person whose contents are there.
    pub async fn kept_identity_documents(&self, person: &PersonName) -> Result<Vec<IdentityDocument>, StoreError> {
        let kept = of_person(person).filter(Column::State.eq(word(State::Kept)));
        kept.all(self.db().await?).await?.into_iter().map(IdentityDocument::try_from).collect()
    }

    /// Takes a person's newest passport out of the vault; the change log keeps who did it, and for what.
    pub async fn passport(&self, person: &PersonName, purpose: &str) -> Result<Option<Passport>, StoreError> {
        let Some(row) = newest_kept(self.db().await?, person).await? else { return Ok(None) };
        self.open_document(row, purpose).await.map(Some)
    }

    /// Takes the contents of a kept document out of the vault; the change log keeps who did it, and for what.
    pub async fn read_identity_document(
        &self,
        name: &IdentityDocumentName,
        purpose: &str,
    ) -> Result<Option<Passport>, StoreError> {
        match self.identity_document_row(name).await? {
            Some(row) => self.open_document(row, purpose).await.map(Some),
            None => Ok(None),
        }
    }

    /// Inserts a document and seals its contents.
    pub async fn insert_identity_document(
        &self,
        document: &IdentityDocument,
        passport: &Passport,
    ) -> Result<(), StoreError> {
        let key = self.person_key(&document.person).await?;
        let row = Model { contents: Some(seal(&key, &document.name(), passport)?), ..Model::from(document) };
        self.record(entry(document, "created", None, Some(&row))).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves that a document was destroyed; its contents go.
    pub async fn save_destroyed_identity_document(
        &self,
        before: &IdentityDocument,
        after: &IdentityDocument,
    ) -> Result<(), StoreError> {
        let (old, new) = (Model::from(before), Model::from(after));
        self.record(entry(after, "destroyed", Some(&old), Some(&new))).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Gives the documents of a person who is merged into another to that one: their contents are sealed anew, under that one's key.
    pub(super) async fn rename_identity_documents(&self, merge: &Merge) -> Result<(), StoreError> {
        let (from, into) = (self.person_key(merge.gone()).await?, self.person_key(merge.stays()).await?);
        for row in of_person(merge.gone()).all(self.db().await?).await? {
            let before = IdentityDocument::try_from(row.clone())?;
            let after = IdentityDocument { person: merge.stays().clone(), ..before.clone() };
            let contents = match &row.contents {
                Some(sealed) => Some(into.seal(&place(&after.name()), &from.open(&place(&before.name()), sealed)?)?),
                None => None,
            };
            let new = Model { contents, ..Model::from(&after) };
            self.record(entry(&after, "merged", None, Some(&new))).await?;
            self.record(entry(&before, "merged", Some(&row), None)).await?;
            row.delete(self.db().await?).await?;
            self.insert(new);
        }
        Ok(())
    }

    async fn identity_document_row(&self, name: &IdentityDocumentName) -> Result<Option<Model>, StoreError> {
        let IdentityDocumentName { organization, person, identity_document } = name;
        let id = (organization.to_string(), person.to_string(), identity_document.to_string());
        Ok(Entity::find_by_id(id).one(self.db().await?).await?)
    }

    async fn open_document(&self, row: Model, purpose: &str) -> Result<Passport, StoreError> {
        let document = IdentityDocument::try_from(row.clone())?;
        let passport = open(self.person_key(&document.person).await?.as_ref(), &row)?;
        self.record(entry(&document, "read", None, Some(&Reading { purpose }))).await?;
        Ok(passport)
    }
}

fn of_person(person: &PersonName) -> Select<Entity> {
    Entity::find()
        .filter(Column::Organization.eq(person.organization.to_string()))
        .filter(Column::Person.eq(person.person.to_string()))
}

async fn newest_kept<C: ConnectionTrait>(db: &C, person: &PersonName) -> Result<Option<Model>, StoreError> {
    let kept = of_person(person).filter(Column::State.eq(word(State::Kept)));
    Ok(kept.order_by_desc(Column::CreateTime).order_by_desc(Column::Id).one(db).await?)
}

fn entry<'a, R>(
    document: &IdentityDocument,
    verb: &'static str,
    before: Option<&'a R>,
    after: Option<&'a R>,
) -> Entry<'a, R> {
    let owner = Owner::Organization(document.person.organization.clone());
    let person = Some(document.person.clone());
    Entry { owner, resource: document.name().to_string(), verb, person, before, after }
}

fn place(name: &IdentityDocumentName) -> String {
    format!("identity_documents/{name}")
}

fn seal(key: &DataKey, name: &IdentityDocumentName, passport: &Passport) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(&Contents::from(passport)).map_err(|_| corrupt("contents"))?;
    Ok(key.seal(&place(name), &Zeroizing::new(json))?)
}

fn open(key: &DataKey, row: &Model) -> Result<Passport, StoreError> {
    let name = IdentityDocument::try_from(row.clone())?.name();
    let sealed = row.contents.as_ref().ok_or(corrupt("contents"))?;
    let json = key.open(&place(&name), sealed)?;
    let contents: Contents = serde_json::from_slice(&json).map_err(|_| corrupt("contents"))?;
    contents.try_into()
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt { table: TABLE, column }
}

impl Subject for IdentityDocument {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let document: IdentityDocumentName = column("requests", "resource", name)?;
        tx.identity_document(&document).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl Subject for Opened {
    fn resource_name(&self) -> String {
        self.name.to_string()
    }

    async fn load(_: &WriteTx, name: &str) -> Result<Self, StoreError> {
        Err(StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&Passport> for Contents {
    fn from(passport: &Passport) -> Self {
        let Passport {
            number,
            issuing_state,
            nationality,
            name,
            birth_date,
            sex,
            issue_date,
            expire_date,
            machine_readable_zone,
        } = passport;
        let part = |part: Option<&NameText>| part.map(|part| part.as_str().to_owned());
        Self {
            number: number.clone(),
            issuing_state: issuing_state.as_str().to_owned(),
            nationality: nationality.as_str().to_owned(),
            surname: part(name.surname()),
            given_names: part(name.given_names()),
            birth_date: *birth_date,
            sex: sex_word(*sex).to_owned(),
            issue_date: *issue_date,
            expire_date: *expire_date,
            machine_readable_zone: machine_readable_zone.clone(),
        }
    }
}

impl TryFrom<Contents> for Passport {
    type Error = StoreError;

    fn try_from(contents: Contents) -> Result<Self, StoreError> {
        let Contents {
            number,
            issuing_state,
            nationality,
            surname,
            given_names,
            birth_date,
            sex,
            issue_date,
            expire_date,
            machine_readable_zone,
        } = contents;
        let part = |part: Option<String>| part.map(|text| column(TABLE, "contents", &text)).transpose();
        let name = PassportName::new(part(surname)?, part(given_names)?).map_err(|_| corrupt("contents"))?;
        let state = |code: &str| StateCode::parse(code).ok_or(corrupt("contents"));
        let sexes = [Sex::Female, Sex::Male, Sex::Unspecified];
        Ok(Self {
            number,
            issuing_state: state(&issuing_state)?,
            nationality: state(&nationality)?,
            name,
            birth_date,
            sex: sexes.into_iter().find(|known| sex_word(*known) == sex).ok_or(corrupt("contents"))?,
            issue_date,
            expire_date,
            machine_readable_zone,
        })
    }
}

impl From<&IdentityDocument> for Model {
    fn from(document: &IdentityDocument) -> Self {
        let IdentityDocument { person, id, number_suffix, expire_date, state, destroy_date, create_time } = document;
        Self {
            organization: person.organization.to_string(),
            person: person.person.to_string(),
            id: id.to_string(),
            number_suffix: number_suffix.clone(),
            expire_date: *expire_date,
            state: word(*state).to_owned(),
            destroy_date: *destroy_date,
            contents: None,
            create_time: *create_time,
        }
    }
}

impl TryFrom<Model> for IdentityDocument {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            organization,
            person,
            id,
            number_suffix,
            expire_date,
            state,
            destroy_date,
            contents: _,
            create_time,
        } = row;
        let person = PersonName {
            organization: column(TABLE, "organization", &organization)?,
            person: column(TABLE, "person", &person)?,
        };
        let known = [State::Kept, State::Destroyed];
        let state = known.into_iter().find(|known| word(*known) == state).ok_or(corrupt("state"))?;
        let id = column(TABLE, "id", &id)?;
        Ok(Self { person, id, number_suffix, expire_date, state, destroy_date, create_time })
    }
}

const fn word(state: State) -> &'static str {
    match state {
        State::Kept => "KEPT",
        State::Destroyed => "DESTROYED",
    }
}

const fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "F",
        Sex::Male => "M",
        Sex::Unspecified => "X",
    }
}
