//! Places of choices: of a form's choice that so many may make, whoever registers with it has one until their registration is out.
//!
//! **Invariant:** of each limited choice those registrations have a place that are not out and were answered with it, and the forms whose address is
//! not proven yet.

use attache_domain::{
    category::Category,
    form::{self, Answers, Pick},
    pool::{self, Level},
    registration::Registration,
};

use super::super::AppError;
use crate::store::{WriteTx, places_of};

/// Takes places of the choices that are made now, and gives back those of choices that were made before and are not any more.
pub(in crate::app) async fn choose(
    tx: &WriteTx,
    category: &Category,
    holder: &str,
    (before, after): (&Answers, &Answers),
) -> Result<(), AppError> {
    for pick in made(category, (after, before)) {
        tx.give_back(&places_of(category, &pick), holder).await?;
    }
    let mut full = Vec::new();
    for pick in made(category, (before, after)) {
        if !tx.hold(&places_of(category, &pick), holder).await? {
            full.push(pick);
        }
    }
    Ok(refuse_full(category, full)?)
}

/// Refuses choices without a free place, before anything is done for whoever makes them.
pub(super) async fn require_free(
    tx: &WriteTx,
    category: &Category,
    (before, after): (&Answers, &Answers),
) -> Result<Result<(), form::Refusal>, AppError> {
    let new = made(category, (before, after));
    if new.is_empty() {
        return Ok(Ok(()));
    }
    let full = |(pick, level): (Pick, Level)| (new.contains(&pick) && !level.has_free_place()).then_some(pick);
    Ok(refuse_full(category, tx.choice_levels(category).await?.into_iter().filter_map(full).collect()))
}

/// The limited choices that are made in some answers, and not in those before.
fn made(category: &Category, (before, after): (&Answers, &Answers)) -> Vec<Pick> {
    let old = category.plan.form.picked(before);
    category.plan.form.picked(after).into_iter().filter(|pick| !old.contains(pick)).collect()
}

fn refuse_full(category: &Category, full: Vec<Pick>) -> Result<(), form::Refusal> {
    if full.is_empty() { Ok(()) } else { Err(form::Refusal::ChoiceFull { category: category.name(), picks: full }) }
}

/// Takes places of the choices that are made with a registration in the category it is in from now on, and gives back those that it had in the one it
/// leaves. What was answered is read, where it is not at hand.
pub(super) async fn carry(
    tx: &WriteTx,
    (left, category): (&Category, &Category),
    registration: &Registration,
    answers: Option<&Answers>,
) -> Result<(), AppError> {
    let holder = registration.id.to_string();
    tx.leave_choices(left, &holder).await?;
    if category.plan.form.limited().next().is_none() {
        return Ok(());
    }
    let kept = match answers {
        Some(answers) => answers,
        None => &tx.answers(registration).await?,
    };
    choose(tx, category, &holder, (&Answers::default(), kept)).await
}

/// Takes places of choices that were not limited before for those who made them; refused, where they are more than there are places.
pub(in crate::app) async fn limit(tx: &WriteTx, before: &Category, after: &Category) -> Result<(), AppError> {
    let old: Vec<Pick> = before.plan.form.limited().map(|(pick, _)| pick).collect();
    let new: Vec<(Pick, u32)> = after.plan.form.limited().filter(|(pick, _)| !old.contains(pick)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let picks: Vec<Pick> = new.iter().map(|(pick, _)| pick.clone()).collect();
    let choosers = tx.choosers(after, &picks).await?;
    for (pick, capacity) in new {
        let held = u32::try_from(choosers.iter().filter(|(_, made)| *made == pick).count()).unwrap_or(u32::MAX);
        if held > capacity {
            let pool = places_of(after, &pick).to_string();
            return Err(pool::Refusal::CapacityBelowHeld { pool, capacity, held }.into());
        }
    }
    for (holder, pick) in choosers {
        // Nobody else has a place of a choice that was not limited until now.
        tx.hold(&places_of(after, &pick), &holder).await?;
    }
    Ok(())
}

/// Refuses fewer places for a choice than are taken.
pub(in crate::app) async fn require_places(tx: &WriteTx, before: &Category, after: &Category) -> Result<(), AppError> {
    let levels = tx.choice_levels(before).await?;
    for (pick, places) in after.plan.form.limited() {
        if let Some((_, level)) = levels.iter().find(|(made, _)| *made == pick) {
            level.resize(&places_of(before, &pick), Some(places))?;
        }
    }
    Ok(())
}
