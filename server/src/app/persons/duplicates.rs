//! People who may be one: found, and merged.

use attache_domain::{
    authority::Keeper,
    person::{self, Field, Likeness, Merge, Person},
    resource::{PersonId, PersonName},
    revision::Revision,
};

use super::{
    super::{App, AppError, Edit, links, missing, unchanged},
    find,
};
use crate::store::{List, Page, Request};

/// Whose duplicates are asked for, and how likely ones.
#[derive(Clone, Copy, Debug)]
pub struct Duplicates {
    /// Of one person, or of all.
    pub of: Option<PersonId>,
    /// Of which score at least.
    pub least: u32,
}

/// Who goes, and what is taken from them.
#[derive(Clone, Debug)]
pub struct Merging {
    /// Who goes.
    pub duplicate: PersonName,
    /// What their editor saw of them.
    pub expected: Option<Revision>,
    /// What is taken from them.
    pub taken: Vec<Field>,
}

/// Finds pairs of people who may be one, the likeliest first.
pub async fn find_duplicates(
    app: &App,
    keeper: &Keeper,
    wanted: Duplicates,
    list: &List,
) -> Result<Page<(Person, Person, Likeness)>, AppError> {
    let people = app.store.everybody(keeper).await?;
    let Duplicates { of, least } = wanted;
    if let Some(person) = of.filter(|person| !people.iter().any(|known| known.id == *person)) {
        return Err(missing(PersonName { organization: keeper.organization().clone(), person }));
    }
    // Reading thousands of names takes longer than a thread that answers calls may be kept.
    let compare = move || {
        let pairs = person::pairs(&people, of, least).into_iter();
        let owned = pairs.map(|pair| {
            let key = pair.key();
            (key, (pair.person.clone(), pair.duplicate.clone(), pair.likeness))
        });
        owned.collect::<Vec<_>>()
    };
    let pairs = tokio::task::spawn_blocking(compare).await.map_err(AppError::BrokenOff)?;
    let whose = of.map(|person| person.to_string()).unwrap_or_default();
    let scope = format!("duplicates {} {whose} {least}", keeper.organization());
    Ok(app.store.page_of(pairs, &scope, list)?)
}

/// Merges a person into another: everything that names the one names the other.
pub async fn merge(
    app: &App,
    keeper: &Keeper,
    edit: &Edit<PersonName, Merging>,
    request: Request,
) -> Result<Person, AppError> {
    let deed = app.deed(keeper, request);
    let Merging { duplicate, expected, taken } = &edit.content;
    app.store
        .write(&deed, |tx| async move {
            let merge = Merge::new(duplicate.clone(), edit.name.clone())?;
            let (into, from) = (find(&tx, merge.stays()).await?, find(&tx, merge.gone()).await?);
            unchanged(edit.expected, &into.history, merge.stays())?;
            unchanged(*expected, &from.history, merge.gone())?;
            merge.require_no_clash(&tx.standing(merge.stays()).await?, &tx.standing(merge.gone()).await?)?;

            let after = into.clone().absorb(from.clone(), taken, tx.now());
            for owner in [&into, &from].into_iter().filter(|owner| !owner.is_reached_as(&after)) {
                for link in tx.links_of(&owner.name()).await? {
                    links::end(&tx, link).await?;
                }
            }
            tx.rename_person(&merge).await?;
            tx.delete_merged_person(&from, &merge).await?;
            tx.save_person(&into, &after, "merged").await?;
            tx.keep_merge(&merge, &from, (&into, &after)).await?;
            Ok(after)
        })
        .await
}
