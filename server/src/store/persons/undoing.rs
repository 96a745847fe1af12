//! What is kept of a merge, and the merge taken back by it.
//!
//! **Invariant:** what is taken back is what the merge renamed and has a trace of, and what hangs on a seat that goes back; what came to the one who
//! stays since is theirs.

use std::collections::BTreeMap;

use attache_domain::{
    delegation::Member,
    person::{KeptMerge, Lists, Mention, Merge, Person, Renaming},
    resource::{Owner, PersonName, RegistrationName},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, prelude::Json, sea_query::Expr};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::merging::{Merged, named};
use crate::{
    store::{
        StoreError, WriteTx,
        changes::Entry,
        error::column,
        rows::{delegation_member, merge, merge_trace, merged_person, person},
        times::{from_json, to_json},
    },
    vault::DataKey,
};

const TABLE: &str = "merges";
const TRACES: &str = "merge_traces";

/// A merge as it is done, or as it is taken back: in which rows names change, and how.
pub(in crate::store) struct Scope {
    merge: Merge,
    /// What it left a trace of, when it is taken back.
    traces: Option<BTreeMap<String, Lists>>,
}

/// One list as it lies in a trace: its place, and each one's name and party.
type ListJson = (usize, Vec<(String, Option<String>)>);

/// Who stays, before a merge and after it, as that is sealed.
#[derive(Serialize, Deserialize)]
struct Stays {
    before: person::Model,
    made: person::Model,
}

impl Scope {
    /// Everything that names the one who goes.
    pub(super) fn everything(merge: &Merge) -> Self {
        Self { merge: merge.clone(), traces: None }
    }

    pub(in crate::store) fn merge(&self) -> &Merge {
        &self.merge
    }

    /// Whose name is replaced.
    pub(in crate::store) fn from(&self) -> &PersonName {
        if self.traces.is_some() { self.merge.stays() } else { self.merge.gone() }
    }

    /// By whose.
    pub(in crate::store) fn into(&self) -> &PersonName {
        if self.traces.is_some() { self.merge.gone() } else { self.merge.stays() }
    }

    /// What the change log says was done.
    pub(in crate::store) fn verb(&self) -> &'static str {
        if self.traces.is_some() { "unmerged" } else { "merged" }
    }

    /// Whether names change in something that is not traced by itself.
    pub(in crate::store) fn covers(&self, resource: impl ToString) -> bool {
        self.traces.as_ref().is_none_or(|traces| traces.contains_key(&resource.to_string()))
    }

    /// Tells how names change in something, and leaves a trace of a merge; `None`, when they do not.
    pub(in crate::store) fn renaming(
        &self,
        tx: &WriteTx,
        resource: String,
        lists: &Lists,
    ) -> Result<Option<Renaming>, StoreError> {
        if let Some(traces) = &self.traces {
            return Ok(traces.get(&resource).map(|lists| self.merge.undoing(lists.clone())));
        }
        tx.trace(&self.merge, resource, lists)?;
        Ok(Some(self.merge.renaming()))
    }
}

impl WriteTx {
    /// Keeps who both were before a merge, and what it made of the one who stays.
    pub async fn keep_merge(
        &self,
        merge: &Merge,
        gone: &Person,
        (before, made): (&Person, &Person),
    ) -> Result<(), StoreError> {
        let Merged { organization, from, into } = Merged::of(merge);
        let stays = Stays { before: before.into(), made: made.into() };
        let row = merge::Model {
            organization,
            person: from,
            stays: into,
            revision: made.history.revision.0,
            gone_row: seal(&*self.person_key(merge.gone()).await?, merge, &person::Model::from(gone))?,
            stays_rows: seal(&*self.person_key(merge.stays()).await?, merge, &stays)?,
        };
        self.insert(row);
        Ok(())
    }

    /// Leaves a trace of a merge in something that it renames.
    pub(super) fn trace(&self, merge: &Merge, resource: String, Lists(lists): &Lists) -> Result<(), StoreError> {
        let Merged { organization, from, into: _ } = Merged::of(merge);
        let text = |Mention { person, party }: &Mention| (person.to_string(), party.as_ref().map(ToString::to_string));
        let lists: Vec<ListJson> =
            lists.iter().map(|(place, list)| (*place, list.iter().map(text).collect())).collect();
        let lists = to_json(TRACES, "lists", &lists)?;
        self.insert(merge_trace::Model { organization, person: from, resource, lists });
        Ok(())
    }

    /// Finds what was kept of the merge of a person; nothing, when there was nothing, or somebody's key is gone.
    pub async fn kept_merge(&self, person: &PersonName) -> Result<Option<KeptMerge>, StoreError> {
        let key = (person.organization.to_string(), person.person.to_string());
        let Some(row) = merge::Entity::find_by_id(key).one(self.db().await?).await? else { return Ok(None) };
        let stays = PersonName { person: column(TABLE, "stays", &row.stays)?, ..person.clone() };
        let corrupt = |_| StoreError::Corrupt { table: TABLE, column: "stays" };
        let merge = Merge::new(person.clone(), stays.clone()).map_err(corrupt)?;
        let people = [person.clone(), stays.clone()].into();
        let keys = super::person_keys(self.db().await?, self.master(), people).await?;
        let (Some(theirs), Some(ours)) = (keys.get(person), keys.get(&stays)) else { return Ok(None) };
        let gone: person::Model = open(theirs, &merge, &row.gone_row)?;
        let Stays { before, made } = open(ours, &merge, &row.stays_rows)?;
        Ok(Some(KeptMerge {
            merge,
            gone: gone.try_into()?,
            before: Person::try_from(before)?.profile,
            made: Person::try_from(made)?.profile,
        }))
    }

    /// Finds who went after somebody by a merge that has to be taken back first: the one who stayed, or the last who was merged into that one.
    pub async fn merged_since(&self, merge: &Merge) -> Result<Option<PersonName>, StoreError> {
        if self.successor(merge.stays()).await?.is_some() {
            return Ok(Some(merge.stays().clone()));
        }
        let Merged { organization, from, into } = Merged::of(merge);
        let last = merge::Entity::find()
            .filter(merge::Column::Organization.eq(organization))
            .filter(merge::Column::Stays.eq(into))
            .order_by_desc(merge::Column::Revision)
            .one(self.db().await?)
            .await?;
        let Some(row) = last.filter(|row| row.person != from) else { return Ok(None) };
        Ok(Some(PersonName { person: column(TABLE, "person", &row.person)?, ..merge.gone().clone() }))
    }

    /// Inserts a person who comes back; their key has been there all the time.
    pub async fn insert_unmerged_person(&self, person: &Person) -> Result<(), StoreError> {
        let row = person::Model::from(person);
        let entry = Entry {
            owner: Owner::Organization(person.organization.clone()),
            resource: person.name().to_string(),
            verb: "unmerged",
            person: Some(person.name()),
            before: None,
            after: Some(&row),
        };
        self.record(entry).await?;
        self.insert(row);
        Ok(())
    }

    /// Has everything that a merge renamed, and that names the one who stays, name the one who went again; and forgets the merge.
    pub async fn unmerge(&self, merge: &Merge) -> Result<(), StoreError> {
        let traces = self.traces(merge).await?;
        self.rename(&Scope { merge: merge.clone(), traces: Some(self.with_seats(merge, traces.clone()).await?) })
            .await?;

        let Merged { organization, from, into } = Merged::of(merge);
        let db = self.db().await?;
        let found_as = traces.keys().filter_map(|resource| resource.parse::<PersonName>().ok());
        for PersonName { organization: _, person } in found_as {
            merged_person::Entity::update_many()
                .col_expr(merged_person::Column::Successor, Expr::value(from.as_str()))
                .filter(merged_person::Column::Organization.eq(organization.as_str()))
                .filter(merged_person::Column::Person.eq(person.to_string()))
                .filter(merged_person::Column::Successor.eq(into.as_str()))
                .exec(db)
                .await?;
        }
        let key = (organization.clone(), from.clone());
        merged_person::Entity::delete_by_id(key.clone()).exec(db).await?;
        merge::Entity::delete_by_id(key).exec(db).await?;
        merge_trace::Entity::delete_many()
            .filter(merge_trace::Column::Organization.eq(organization))
            .filter(merge_trace::Column::Person.eq(from))
            .exec(db)
            .await?;
        Ok(())
    }

    async fn traces(&self, merge: &Merge) -> Result<BTreeMap<String, Lists>, StoreError> {
        let Merged { organization, from, into: _ } = Merged::of(merge);
        let rows = merge_trace::Entity::find()
            .filter(merge_trace::Column::Organization.eq(organization))
            .filter(merge_trace::Column::Person.eq(from))
            .all(self.db().await?)
            .await?;
        rows.into_iter().map(|row| Ok((row.resource, lists(&row.lists)?))).collect()
    }

    /// What hangs on a seat goes with it: who heads the delegation, who has to sit in it, and the registration that came with its approval.
    async fn with_seats(
        &self,
        merge: &Merge,
        mut traces: BTreeMap<String, Lists>,
    ) -> Result<BTreeMap<String, Lists>, StoreError> {
        let (organization, person) = (delegation_member::Column::Organization, delegation_member::Column::Person);
        let theirs = named(organization, person, merge.stays());
        for member in self.rows::<delegation_member::Entity, Member>(theirs).await? {
            if !traces.contains_key(&member.name().to_string()) {
                continue;
            }
            if member.state.holds_seat() {
                traces.entry(member.delegation.to_string()).or_default();
            }
            if let Some(registration) = member.registration {
                let name = RegistrationName { event: member.delegation.event, registration };
                traces.entry(name.to_string()).or_default();
            }
        }
        Ok(traces)
    }
}

fn lists(json: &Json) -> Result<Lists, StoreError> {
    let lists: Vec<ListJson> = from_json(TRACES, "lists", json)?;
    let read = lists.iter().map(|(place, list)| Ok((*place, list.iter().map(mention).collect::<Result<_, _>>()?)));
    Ok(Lists(read.collect::<Result<_, StoreError>>()?))
}

fn mention((person, party): &(String, Option<String>)) -> Result<Mention, StoreError> {
    let party = party.as_ref().map(|party| column(TRACES, "lists", party)).transpose()?;
    Ok(Mention { person: column(TRACES, "lists", person)?, party })
}

fn seal<T: Serialize>(key: &DataKey, merge: &Merge, contents: &T) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(contents).map_err(|_| StoreError::Corrupt { table: TABLE, column: "gone_row" })?;
    Ok(key.seal(&place(merge), &Zeroizing::new(json))?)
}

fn open<T: for<'a> Deserialize<'a>>(key: &DataKey, merge: &Merge, sealed: &[u8]) -> Result<T, StoreError> {
    let json = key.open(&place(merge), sealed)?;
    serde_json::from_slice(&json).map_err(|_| StoreError::Corrupt { table: TABLE, column: "gone_row" })
}

fn place(merge: &Merge) -> String {
    format!("merges/{}", merge.gone())
}
