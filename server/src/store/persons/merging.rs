//! A person merged into another: every row that names the one names the other, and the one's name is kept. The same rows are renamed back when the
//! merge is taken back.
//!
//! **Invariant:** whatever row names a person is renamed here, or is listed in the test below with why it is not.

use attache_domain::{
    authority::Keeper,
    delegation::{Delegation, Member},
    file::File,
    invitation::Invitation,
    letter::Letter,
    link::Link,
    notice::Notice,
    person::{Lists, Merge, Person, Renamed as _, Standing},
    registration::Registration,
    resource::{Owner, PersonId, PersonName},
    schedule::Release,
    session::Session,
    speaker::Speaker,
    stop::Stop,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, ModelTrait, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::undoing::Scope;
use crate::store::{
    Store, StoreError, WriteTx,
    changes::Entry,
    error::column,
    rows::{
        delegation, delegation_member, file, identity_document, invitation, letter, link, merged_person, notice,
        person, registration, release, session, speaker, stop,
    },
};

const TABLE: &str = "merged_persons";

/// Renames the rows that a condition finds, by the rules' type and the saving that it has anyway.
macro_rules! rename {
    ($tx:ident, $scope:ident; $($row:ident: $type:ty, $found:expr, $save:ident;)*) => {
        $(for before in $tx.rows::<$row::Entity, $type>($found).await? {
            let lists = before.lists($scope.merge().gone());
            if let Some(renaming) = $scope.renaming($tx, before.name().to_string(), &lists)? {
                let after = before.clone().renamed(&renaming, $tx.now());
                $tx.$save(&before, &after, $scope.verb()).await?;
            }
        })*
    };
}

impl Store {
    /// Tells whom a person was merged into, whom a keeper keeps.
    pub async fn successor(&self, keeper: &Keeper, person: PersonId) -> Result<Option<PersonName>, StoreError> {
        let key = (keeper.organization().to_string(), person.to_string());
        merged_person::Entity::find_by_id(key).one(&self.read).await?.map(successor).transpose()
    }
}

impl WriteTx {
    /// Tells whom a person was merged into.
    pub async fn successor(&self, person: &PersonName) -> Result<Option<PersonName>, StoreError> {
        let key = (person.organization.to_string(), person.person.to_string());
        merged_person::Entity::find_by_id(key).one(self.db().await?).await?.map(successor).transpose()
    }

    /// Gathers what of a person takes somebody once.
    pub async fn standing(&self, person: &PersonName) -> Result<Standing, StoreError> {
        Ok(Standing {
            registrations: self
                .rows::<registration::Entity, _>(named(
                    registration::Column::Organization,
                    registration::Column::Person,
                    person,
                ))
                .await?,
            letters: self
                .rows::<letter::Entity, _>(named(letter::Column::Organization, letter::Column::Person, person))
                .await?,
            members: self
                .rows::<delegation_member::Entity, _>(named(
                    delegation_member::Column::Organization,
                    delegation_member::Column::Person,
                    person,
                ))
                .await?,
            speakers: self
                .rows::<speaker::Entity, _>(named(speaker::Column::Organization, speaker::Column::Person, person))
                .await?,
            documents: self
                .rows::<identity_document::Entity, _>(named(
                    identity_document::Column::Organization,
                    identity_document::Column::Person,
                    person,
                ))
                .await?,
        })
    }

    /// Has everything that names the one who goes name the one who stays, and keeps a trace of it.
    pub async fn rename_person(&self, merge: &Merge) -> Result<(), StoreError> {
        self.rename(&Scope::everything(merge)).await
    }

    /// Renames what a merge renames, or what it is taken back in.
    pub(super) async fn rename(&self, scope: &Scope) -> Result<(), StoreError> {
        let (tx, from) = (self, scope.from());
        rename! { tx, scope;
            registration: Registration,
                named(registration::Column::Organization, registration::Column::Person, from), save_registration;
            delegation_member: Member,
                named(delegation_member::Column::Organization, delegation_member::Column::Person, from),
                save_delegation_member;
            delegation: Delegation,
                named(delegation::Column::HeadOrganization, delegation::Column::HeadPerson, from), save_delegation;
            speaker: Speaker, named(speaker::Column::Organization, speaker::Column::Person, from), save_speaker;
            invitation: Invitation,
                named(invitation::Column::Organization, invitation::Column::Person, from), save_invitation;
            letter: Letter, named(letter::Column::Organization, letter::Column::Person, from), save_letter;
            link: Link, named(link::Column::Organization, link::Column::Person, from), save_link;
            notice: Notice, named(notice::Column::Organization, notice::Column::Person, from), save_notice;
            file: File, Condition::all().add(file::Column::Uploader.eq(from.to_string())), save_file;
            stop: Stop, mentioned(stop::Column::Travellers, from), save_stop;
            session: Session, mentioned(session::Column::Signing, from), save_session;
            release: Release, mentioned(release::Column::Programme, from), save_release;
        }
        self.rename_answers(scope).await?;
        self.rename_identity_documents(scope).await
    }

    /// Takes a person away who was merged into another. Their key stays, under which the change log keeps what was said of them.
    pub async fn delete_merged_person(&self, gone: &Person, merge: &Merge) -> Result<(), StoreError> {
        let Merged { organization, from, into } = Merged::of(merge);
        let row = person::Model::from(gone);
        let entry = Entry {
            owner: Owner::Organization(gone.organization.clone()),
            resource: gone.name().to_string(),
            verb: "merged",
            person: Some(gone.name()),
            before: Some(&row),
            after: None,
        };
        self.record(entry).await?;
        row.delete(self.db().await?).await?;
        // Whoever was merged into the one who goes is found as the one who stays, too.
        let theirs = Condition::all()
            .add(merged_person::Column::Organization.eq(organization.as_str()))
            .add(merged_person::Column::Successor.eq(from.as_str()));
        for row in merged_person::Entity::find().filter(theirs.clone()).all(self.db().await?).await? {
            self.trace(merge, gone_of(&row)?.to_string(), &Lists::default())?;
        }
        merged_person::Entity::update_many()
            .col_expr(merged_person::Column::Successor, Expr::value(into.as_str()))
            .filter(theirs)
            .exec(self.db().await?)
            .await?;
        let row = merged_person::Model { organization, person: from, successor: into, create_time: self.now() };
        self.insert(row);
        Ok(())
    }

    pub(super) async fn rows<E, T>(&self, found: Condition) -> Result<Vec<T>, StoreError>
    where
        E: EntityTrait,
        E::Model: FromQueryResult + Send + Sync,
        T: TryFrom<E::Model, Error = StoreError>,
    {
        E::find().filter(found).all(self.db().await?).await?.into_iter().map(T::try_from).collect()
    }
}

/// The ids of a merge, as rows have them.
pub(super) struct Merged {
    pub(super) organization: String,
    pub(super) from: String,
    pub(super) into: String,
}

impl Merged {
    pub(super) fn of(merge: &Merge) -> Self {
        let (from, into) = (merge.gone(), merge.stays());
        Self {
            organization: from.organization.to_string(),
            from: from.person.to_string(),
            into: into.person.to_string(),
        }
    }
}

fn successor(row: merged_person::Model) -> Result<PersonName, StoreError> {
    let merged_person::Model { organization, person: _, successor, create_time: _ } = row;
    Ok(PersonName {
        organization: column(TABLE, "organization", &organization)?,
        person: column(TABLE, "successor", &successor)?,
    })
}

fn gone_of(row: &merged_person::Model) -> Result<PersonName, StoreError> {
    Ok(PersonName {
        organization: column(TABLE, "organization", &row.organization)?,
        person: column(TABLE, "person", &row.person)?,
    })
}

/// Finds the rows that have a person in two columns.
pub(super) fn named<C: ColumnTrait>(organization: C, person: C, name: &PersonName) -> Condition {
    let PersonName { organization: keeper, person: id } = name;
    Condition::all().add(organization.eq(keeper.to_string())).add(person.eq(id.to_string()))
}

/// Finds the rows that have a person's name as a text by itself in a column of JSON; no name is part of another.
fn mentioned<C: ColumnTrait>(column: C, name: &PersonName) -> Condition {
    let quoted = format!("%\"{name}\"%");
    Condition::all().add(Expr::col(column).cast_as("text").like(quoted.as_str()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    /// The rows that name a person in columns of their own; those in JSON are of stops, sessions and releases.
    const RENAMED: [&str; 11] = [
        "answer",
        "delegation",
        "delegation_member",
        "identity_document",
        "identity_document_content",
        "invitation",
        "letter",
        "link",
        "notice",
        "registration",
        "speaker",
    ];

    /// The rows that go on naming the one who went: what was done to them, under which key it lies, where they are found now, and by what the merge
    /// is taken back; and a form that is no person yet.
    const LEFT: [&str; 6] = ["change", "merge", "merge_trace", "merged_person", "person_key", "submission"];

    #[test]
    fn every_row_that_names_a_person_is_renamed_or_left_for_a_reason() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/rows");
        let mut naming: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                let path = entry.unwrap().path();
                let text = fs::read_to_string(&path).unwrap();
                let names = text.contains("pub person:") || text.contains("_person:");
                names.then(|| path.file_stem().unwrap().to_str().unwrap().to_owned())
            })
            .collect();
        naming.sort();

        let mut known: Vec<&str> = RENAMED.into_iter().chain(LEFT).collect();
        known.sort_unstable();
        assert_eq!(naming, known);
    }
}
