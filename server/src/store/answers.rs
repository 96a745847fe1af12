//! What was answered to forms, sealed under each person's key.

use std::collections::{BTreeMap, BTreeSet};

use attache_domain::{
    authority::Viewer,
    form::Answers,
    registration::Registration,
    resource::{EventId, FileId, FileName, Owner, PersonName, RegistrationId, RegistrationName},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    PaginatorTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Store, StoreError, WriteTx,
    changes::Entry,
    error::column,
    persons::{Scope, person_keys},
    prepared::padded,
    rows::{
        answer::{Column, Entity, Model},
        answer_file,
    },
};
use crate::vault::{DataKey, MasterKey};

const TABLE: &str = "answers";

/// Answers by field, as they are sealed and as the change log keeps them.
#[derive(Serialize, Deserialize)]
pub(super) struct Contents(BTreeMap<String, Vec<String>>);

impl Store {
    /// Finds what was answered with some registrations of the event a viewer may see; what is not there, was not answered or is sealed for good.
    pub async fn answers_of(
        &self,
        _: &Viewer,
        registrations: &[Registration],
    ) -> Result<BTreeMap<RegistrationId, Answers>, StoreError> {
        of_registrations(&self.read, &self.master, &registrations.iter().collect::<Vec<_>>()).await
    }
}

/// Finds what was answered with some registrations of an event.
pub(super) async fn of_registrations<C: ConnectionTrait>(
    db: &C,
    master: &MasterKey,
    registrations: &[&Registration],
) -> Result<BTreeMap<RegistrationId, Answers>, StoreError> {
    let mut found = BTreeMap::new();
    let Some(event) = registrations.first().map(|first| first.event.to_string()) else { return Ok(found) };
    let ids: Vec<String> = registrations.iter().map(|registration| registration.id.to_string()).collect();
    let rows = Entity::find().filter(Column::Event.eq(event)).filter(Column::Registration.is_in(padded(ids)));
    let rows = rows.all(db).await?;
    let people = rows.iter().map(person_of).collect::<Result<BTreeSet<_>, _>>()?;
    let keys = person_keys(db, master, people).await?;
    for row in rows {
        if let Some(key) = keys.get(&person_of(&row)?) {
            let name = name_of(&row)?;
            found.insert(name.registration, open(key, &place(&name), &row.contents)?);
        }
    }
    Ok(found)
}

impl WriteTx {
    /// Finds what was answered with a registration.
    pub async fn answers(&self, registration: &Registration) -> Result<Answers, StoreError> {
        let key = (registration.event.to_string(), registration.id.to_string());
        let Some(row) = Entity::find_by_id(key).one(self.db().await?).await? else { return Ok(Answers::default()) };
        let key = self.person_key(&registration.person).await?;
        open(&key, &place(&registration.name()), &row.contents)
    }

    /// Saves what was answered with a registration.
    pub async fn save_answers(
        &self,
        registration: &Registration,
        answers_before: &Answers,
        answers_after: &Answers,
    ) -> Result<(), StoreError> {
        if answers_before == answers_after {
            return Ok(());
        }
        let name = registration.name();
        let written = |answers: &Answers| (!answers.is_empty()).then(|| Contents::from(answers));
        let (old, new) = (written(answers_before), written(answers_after));
        let owner = Owner::Event(registration.event.clone());
        let person = Some(registration.person.clone());
        let (before, after) = (old.as_ref(), new.as_ref());
        self.record(Entry { owner, resource: name.to_string(), verb: "answered", person, before, after }).await?;
        self.save_answer_files(&name, answers_before, answers_after).await?;
        let Some(after) = after else {
            Entity::delete_by_id((name.event.to_string(), name.registration.to_string()))
                .exec(self.db().await?)
                .await?;
            return Ok(());
        };
        let key = self.person_key(&registration.person).await?;
        let row = row(&name, &registration.person, seal(&key, &place(&name), after)?);
        if before.is_some() {
            row.into_active_model().reset_all().update(self.db().await?).await?;
        } else {
            self.insert(row);
        }
        Ok(())
    }

    /// Keeps which files some answers name, since what was answered lies sealed. Whatever asked for it, an answer that is written as the name of a
    /// file names that file.
    async fn save_answer_files(
        &self,
        name: &RegistrationName,
        before: &Answers,
        after: &Answers,
    ) -> Result<(), StoreError> {
        let (before, after) = (files_of(name, before), files_of(name, after));
        let (event, registration) = (name.event.to_string(), name.registration.to_string());
        for file in before.difference(&after) {
            let key = (event.clone(), registration.clone(), file.to_string());
            answer_file::Entity::delete_by_id(key).exec(self.db().await?).await?;
        }
        for file in after.difference(&before) {
            let (event, registration, file) = (event.clone(), registration.clone(), file.to_string());
            self.insert(answer_file::Model { event, registration, file });
        }
        Ok(())
    }

    /// Whether an answer names a file of an event.
    pub(super) async fn is_answer(&self, event: &EventId, file: FileId) -> Result<bool, StoreError> {
        let named = answer_file::Entity::find()
            .filter(answer_file::Column::Event.eq(event.to_string()))
            .filter(answer_file::Column::File.eq(file.to_string()));
        Ok(named.count(self.db().await?).await? > 0)
    }

    /// Gives the answers of a person who is merged into another to that one, or back: they are sealed anew, under the key of whose they are.
    pub(super) async fn rename_answers(&self, scope: &Scope) -> Result<(), StoreError> {
        let PersonName { organization, person } = scope.from();
        let theirs = Entity::find()
            .filter(Column::Organization.eq(organization.to_string()))
            .filter(Column::Person.eq(person.to_string()));
        let rows = theirs.all(self.db().await?).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let (from, into) = (self.person_key(scope.from()).await?, self.person_key(scope.into()).await?);
        for before in rows {
            let name = name_of(&before)?;
            // They go with their registration.
            if scope.covers(&name) {
                let contents = into.seal(&place(&name), &from.open(&place(&name), &before.contents)?)?;
                before.delete(self.db().await?).await?;
                self.insert(row(&name, scope.into(), contents));
            }
        }
        Ok(())
    }
}

fn files_of(name: &RegistrationName, answers: &Answers) -> BTreeSet<FileId> {
    let of_event = |file: &FileName| file.owner == Owner::Event(name.event.clone());
    answers.files().into_iter().filter(of_event).map(|file| file.file).collect()
}

/// Seals answers for a place.
pub(super) fn seal(key: &DataKey, place: &str, answers: &Contents) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(answers).map_err(|_| corrupt("contents"))?;
    Ok(key.seal(place, &Zeroizing::new(json))?)
}

/// Opens answers that were sealed for a place.
pub(super) fn open(key: &DataKey, place: &str, sealed: &[u8]) -> Result<Answers, StoreError> {
    let json = key.open(place, sealed)?;
    let Contents(answers) = serde_json::from_slice(&json).map_err(|_| corrupt("contents"))?;
    let read = answers.into_iter().map(|(field, values)| Ok((column(TABLE, "contents", &field)?, values)));
    Ok(Answers::kept(read.collect::<Result<_, StoreError>>()?))
}

fn place(name: &RegistrationName) -> String {
    format!("answers/{name}")
}

fn row(name: &RegistrationName, person: &PersonName, contents: Vec<u8>) -> Model {
    Model {
        event: name.event.to_string(),
        registration: name.registration.to_string(),
        organization: person.organization.to_string(),
        person: person.person.to_string(),
        contents,
    }
}

fn name_of(row: &Model) -> Result<RegistrationName, StoreError> {
    let registration = column(TABLE, "registration", &row.registration)?;
    Ok(RegistrationName { event: column(TABLE, "event", &row.event)?, registration })
}

fn person_of(row: &Model) -> Result<PersonName, StoreError> {
    let organization = column(TABLE, "organization", &row.organization)?;
    Ok(PersonName { organization, person: column(TABLE, "person", &row.person)? })
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt { table: TABLE, column }
}

impl From<&Answers> for Contents {
    fn from(answers: &Answers) -> Self {
        Self(answers.iter().map(|(field, values)| (field.to_string(), values.to_vec())).collect())
    }
}
