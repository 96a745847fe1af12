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
    for (pick, _) in made(category, (after, before)) {
        tx.give_back(&places_of(category, &pick), holder).await?;
    }
    let mut full = Vec::new();
    for (pick, places) in made(category, (before, after)) {
        if !tx.hold(&places_of(category, &pick), holder, places).await? {
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
    let old = category.plan.form.picked(before);
    let full = |(pick, level): (Pick, Level)| {
        let places_in =
            |picks: &[(Pick, u32)]| picks.iter().find(|(one, _)| *one == pick).map_or(0, |(_, places)| *places);
        let more = places_in(&new).saturating_sub(places_in(&old));
        (!level.has_room_for(more)).then_some(pick)
    };
    Ok(refuse_full(category, tx.choice_levels(category).await?.into_iter().filter_map(full).collect()))
}

/// The limited choices that are made in some answers, with how many places each takes, and not so in those before.
fn made(category: &Category, (before, after): (&Answers, &Answers)) -> Vec<(Pick, u32)> {
    let old = category.plan.form.picked(before);
    category.plan.form.picked(after).into_iter().filter(|made| !old.contains(made)).collect()
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

/// Takes places of choices that were not limited before, or did not count companions, for those who made them; refused, where they are more than there
/// are places.
pub(in crate::app) async fn limit(tx: &WriteTx, before: &Category, after: &Category) -> Result<(), AppError> {
    let (old, new) = (&before.plan.form, &after.plan.form);
    let counted: Vec<Pick> = new.counted_anew(old).collect();
    if counted.is_empty() {
        return Ok(());
    }
    let choosers = tx.choosers(after, &counted).await?;
    for (pick, capacity) in new.limited().filter(|(pick, _)| counted.contains(pick)) {
        let held = choosers.iter().filter(|(_, made, _)| *made == pick).map(|(_, _, places)| places).sum();
        if held > capacity {
            let pool = places_of(after, &pick).to_string();
            return Err(pool::Refusal::CapacityBelowHeld { pool, capacity, held }.into());
        }
    }
    for (holder, pick, _) in &choosers {
        tx.give_back(&places_of(after, pick), holder).await?;
    }
    for (holder, pick, places) in choosers {
        // Nobody else has a place of a choice that is counted anew.
        tx.hold(&places_of(after, &pick), &holder, places).await?;
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
