//! Identity documents in the database: an outline in clear, the contents sealed under the person's key.

mod contents;

use std::collections::{BTreeMap, BTreeSet};

use attache_domain::{
    authority::{Depositor, DepositorStanding},
    event::Event,
    identity_document::{Contents, IdentityDocument, Kind, Passport, State},
    person::Lists,
    resource::{IdentityDocumentId, IdentityDocumentName, Owner, PersonName},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use serde::Serialize;

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    delegations,
    error::column,
    events,
    fields::{Fields, Search, instant, verbatim},
    listing::{Listing, Parent},
    persons::{self, Scope, within},
    rows::{
        identity_document::{Column, Entity, Model},
        identity_document_content as sealed,
    },
};

const TABLE: &str = "identity_documents";

/// What the change log keeps of a reading, sealed under the person's key.
#[derive(Serialize)]
struct Reading<'a> {
    purpose: &'a str,
}

/// For what somebody keeps a person's documents: for an event, unless they keep the organisation's people.
pub struct Occasion(pub Option<Event>);

/// What was taken out of the vault of several people for once.
pub struct Documents(pub BTreeMap<PersonName, Contents>);

/// What was taken out of the vault for once; it is not told again to a request that comes again.
pub struct Opened {
    /// Of which document.
    pub name: IdentityDocumentName,
    /// What it says.
    pub contents: Contents,
}

impl Store {
    /// Finds out for what somebody keeps a person's documents now; `None`, when there is nobody, or for a focal point nobody who has a seat in
    /// their delegation to an event that is still to come or on.
    pub async fn occasion(&self, depositor: &Depositor, now: DateTime<Utc>) -> Result<Option<Occasion>, StoreError> {
        occasion(&self.read, depositor, now).await
    }

    /// Lists the documents of somebody, in the order they were put there.
    pub async fn identity_documents(
        &self,
        (depositor, now): (&Depositor, DateTime<Utc>),
        list: &List,
    ) -> Result<Page<IdentityDocument>, StoreError> {
        let person = depositor.person();
        if let DepositorStanding::FocalPoint(_) = depositor.standing()
            && self.occasion(depositor, now).await?.is_none()
        {
            return Err(StoreError::NoParent(person.to_string()));
        }
        let fields = Fields {
            known: [
                verbatim("kind", Column::Kind),
                verbatim("state", Column::State),
                instant("create_time", Column::CreateTime),
            ],
            usual: "create_time",
            search: Search::Nothing,
            id: Column::Id,
        };
        let listing = Listing::below(TABLE, Parent::Person(person.clone()));
        self.page(of_person(person), &fields, listing, list).await?.try_map(IdentityDocument::try_from)
    }

    /// Finds documents whose contents are to be destroyed by a day, the most overdue first.
    pub async fn due_identity_documents(
        &self,
        today: NaiveDate,
        limit: u64,
    ) -> Result<Vec<IdentityDocumentName>, StoreError> {
        let due = all_kept()
            .filter(Column::DestroyDate.lte(today))
            .order_by_asc(Column::DestroyDate)
            .order_by_asc(Column::Id)
            .limit(limit);
        let rows = due.all(&self.read).await?;
        rows.into_iter().map(|row| Ok(IdentityDocument::try_from(row)?.name())).collect()
    }
}

impl WriteTx {
    /// Finds out for what somebody keeps a person's documents, as [`Store::occasion`] does.
    pub async fn occasion(&self, depositor: &Depositor) -> Result<Option<Occasion>, StoreError> {
        occasion(self.db().await?, depositor, self.now()).await
    }

    /// Finds a document's outline.
    pub async fn identity_document(&self, name: &IdentityDocumentName) -> Result<Option<IdentityDocument>, StoreError> {
        let row = Entity::find_by_id(key_of(name)).one(self.db().await?).await?;
        row.map(IdentityDocument::try_from).transpose()
    }

    /// Finds the documents of a kind of a person whose contents are there.
    pub async fn kept_identity_documents(
        &self,
        person: &PersonName,
        kind: Kind,
    ) -> Result<Vec<IdentityDocument>, StoreError> {
        kept(person, kind).all(self.db().await?).await?.into_iter().map(IdentityDocument::try_from).collect()
    }

    /// Takes a person's newest passport out of the vault; the change log keeps who did it, and for what.
    pub async fn passport(
        &self,
        person: &PersonName,
        purpose: &str,
    ) -> Result<Option<(IdentityDocumentId, Passport)>, StoreError> {
        let newest = kept(person, Kind::Passport).order_by_desc(Column::CreateTime).order_by_desc(Column::Id);
        let Some(row) = newest.one(self.db().await?).await? else { return Ok(None) };
        let document = IdentityDocument::try_from(row)?;
        let id = document.id;
        match self.open_document(document, purpose).await? {
            Contents::Passport(passport) => Ok(Some((id, passport))),
            Contents::Card(_) | Contents::Photo(_) => Err(corrupt("kind")),
        }
    }

    /// Takes documents of some people out of the vault, of each the newest of the first kind that they have; the change log keeps of each who did
    /// it, and for what.
    pub async fn documents(
        &self,
        people: &BTreeSet<PersonName>,
        kinds: &[Kind],
        purpose: &str,
    ) -> Result<Documents, StoreError> {
        let of_people = all_kept()
            .filter(within(Column::Organization, Column::Person, people))
            .filter(Column::Kind.is_in(kinds.iter().map(|kind| kind.word())))
            .order_by_asc(Column::CreateTime)
            .order_by_asc(Column::Id);
        let rank = |document: &IdentityDocument| kinds.iter().position(|kind| *kind == document.kind);
        let mut chosen: BTreeMap<PersonName, IdentityDocument> = BTreeMap::new();
        for row in of_people.all(self.db().await?).await? {
            let document = IdentityDocument::try_from(row)?;
            if !people.contains(&document.person) {
                continue;
            }
            if chosen.get(&document.person).is_none_or(|other| rank(&document) <= rank(other)) {
                chosen.insert(document.person.clone(), document);
            }
        }
        let db = self.db().await?;
        let keys = persons::person_keys(db, self.master(), chosen.keys().cloned().collect()).await?;
        let ids = chosen.values().map(|document| document.id.to_string());
        let rows = sealed::Entity::find()
            .filter(within(sealed::Column::Organization, sealed::Column::Person, chosen.keys()))
            .filter(sealed::Column::Id.is_in(ids));
        let rows = rows.all(db).await?;
        let mut rows: BTreeMap<_, _> = rows.into_iter().map(|row| ((row.person, row.id), row.contents)).collect();
        let mut documents = BTreeMap::new();
        for (person, document) in chosen {
            let sealed = rows.remove(&(person.person.to_string(), document.id.to_string()));
            let (sealed, key) = sealed.zip(keys.get(&person)).ok_or(corrupt("contents"))?;
            let contents = contents::open(key, (&document.name(), document.kind), &sealed)?;
            self.record(entry(&document, "read", None, Some(&Reading { purpose }))).await?;
            documents.insert(person, contents);
        }
        Ok(Documents(documents))
    }

    /// Takes the contents of a kept document out of the vault; the change log keeps who did it, and for what.
    pub async fn read_identity_document(
        &self,
        name: &IdentityDocumentName,
        purpose: &str,
    ) -> Result<Option<Contents>, StoreError> {
        match self.identity_document(name).await? {
            Some(document) => self.open_document(document, purpose).await.map(Some),
            None => Ok(None),
        }
    }

    /// Inserts a document and seals its contents.
    pub async fn insert_identity_document(
        &self,
        document: &IdentityDocument,
        contents: &Contents,
    ) -> Result<(), StoreError> {
        let key = self.person_key(&document.person).await?;
        let row = Model::from(document);
        self.record(entry(document, "created", None, Some(&row))).await?;
        let sealed = contents::seal(&key, &document.name(), contents)?;
        self.insert(row);
        self.insert(beside(document, sealed));
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
        sealed::Entity::delete_by_id(key_of(&after.name())).exec(self.db().await?).await?;
        Ok(())
    }

    /// Gives the documents of a person who is merged into another to that one, or back: their contents are sealed anew, under the key of whose they
    /// are.
    pub(super) async fn rename_identity_documents(&self, scope: &Scope) -> Result<(), StoreError> {
        let (from, into) = (self.person_key(scope.from()).await?, self.person_key(scope.into()).await?);
        for row in of_person(scope.from()).all(self.db().await?).await? {
            let before = IdentityDocument::try_from(row.clone())?;
            // A trace has the name that it has while they are merged.
            let merged = IdentityDocument { person: scope.merge().stays().clone(), ..before.clone() };
            if scope.renaming(self, merged.name().to_string(), &Lists::default())?.is_none() {
                continue;
            }
            let after = IdentityDocument { person: scope.into().clone(), ..before.clone() };
            let new = Model::from(&after);
            self.record(entry(&after, scope.verb(), None, Some(&new))).await?;
            self.record(entry(&before, scope.verb(), Some(&row), None)).await?;
            if let Some(old) = self.sealed_contents(&before.name()).await? {
                let anew = contents::reseal((&from, &before.name()), (&into, &after.name()), &old.contents)?;
                self.insert(beside(&after, anew));
                old.delete(self.db().await?).await?;
            }
            row.delete(self.db().await?).await?;
            self.insert(new);
        }
        Ok(())
    }

    async fn sealed_contents(&self, name: &IdentityDocumentName) -> Result<Option<sealed::Model>, StoreError> {
        Ok(sealed::Entity::find_by_id(key_of(name)).one(self.db().await?).await?)
    }

    async fn open_document(&self, document: IdentityDocument, purpose: &str) -> Result<Contents, StoreError> {
        let name = document.name();
        let sealed = self.sealed_contents(&name).await?.ok_or(corrupt("contents"))?;
        let key = self.person_key(&document.person).await?;
        let contents = contents::open(&key, (&name, document.kind), &sealed.contents)?;
        self.record(entry(&document, "read", None, Some(&Reading { purpose }))).await?;
        Ok(contents)
    }
}

async fn occasion<C: ConnectionTrait>(
    db: &C,
    depositor: &Depositor,
    now: DateTime<Utc>,
) -> Result<Option<Occasion>, StoreError> {
    let person = depositor.person();
    let event = match depositor.standing() {
        DepositorStanding::Keeper => None,
        DepositorStanding::Holder(event) => {
            let event = events::find(db, event).await?;
            if event.is_none() {
                return Ok(None);
            }
            event
        }
        DepositorStanding::FocalPoint(own) => {
            let mut lasting: Option<Event> = None;
            for seat in delegations::seats_in(db, own, person).await? {
                let event = events::find(db, &seat.event).await?;
                let open = event.filter(|event| event.require_active().is_ok() && !event.is_over(now));
                lasting = lasting.into_iter().chain(open).max_by_key(|event| event.plan.end.instant());
            }
            if lasting.is_none() {
                return Ok(None);
            }
            lasting
        }
    };
    Ok(persons::find(db, person).await?.map(|_| Occasion(event)))
}

fn of_person(person: &PersonName) -> Select<Entity> {
    Entity::find()
        .filter(Column::Organization.eq(person.organization.to_string()))
        .filter(Column::Person.eq(person.person.to_string()))
}

/// The documents whose contents are there.
pub(super) fn all_kept() -> Select<Entity> {
    Entity::find().filter(Column::State.eq(word(State::Kept)))
}

fn kept(person: &PersonName, kind: Kind) -> Select<Entity> {
    of_person(person).filter(Column::State.eq(word(State::Kept))).filter(Column::Kind.eq(kind.word()))
}

fn key_of(name: &IdentityDocumentName) -> (String, String, String) {
    let IdentityDocumentName { organization, person, identity_document } = name;
    (organization.to_string(), person.to_string(), identity_document.to_string())
}

/// The row of what a document says, which lies beside its outline.
fn beside(document: &IdentityDocument, contents: Vec<u8>) -> sealed::Model {
    let (organization, person, id) = key_of(&document.name());
    sealed::Model { organization, person, id, contents }
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

impl Subject for Documents {
    fn resource_name(&self) -> String {
        String::new()
    }

    async fn load(_: &WriteTx, name: &str) -> Result<Self, StoreError> {
        Err(StoreError::Unrepeatable(name.to_owned()))
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

impl From<&IdentityDocument> for Model {
    fn from(document: &IdentityDocument) -> Self {
        let IdentityDocument { person, id, kind, number_suffix, expire_date, state, destroy_date, create_time } =
            document;
        Self {
            organization: person.organization.to_string(),
            person: person.person.to_string(),
            id: id.to_string(),
            kind: kind.word().to_owned(),
            number_suffix: number_suffix.clone(),
            expire_date: *expire_date,
            state: word(*state).to_owned(),
            destroy_date: *destroy_date,
            create_time: *create_time,
        }
    }
}

impl TryFrom<Model> for IdentityDocument {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { organization, person, id, kind, number_suffix, expire_date, state, destroy_date, create_time } =
            row;
        let person = PersonName {
            organization: column(TABLE, "organization", &organization)?,
            person: column(TABLE, "person", &person)?,
        };
        let known = [State::Kept, State::Destroyed];
        let state = known.into_iter().find(|known| word(*known) == state).ok_or(corrupt("state"))?;
        let kind = Kind::ALL.into_iter().find(|known| known.word() == kind).ok_or(corrupt("kind"))?;
        let id = column(TABLE, "id", &id)?;
        Ok(Self { person, id, kind, number_suffix, expire_date, state, destroy_date, create_time })
    }
}

const fn word(state: State) -> &'static str {
    match state {
        State::Kept => "KEPT",
        State::Destroyed => "DESTROYED",
    }
}
