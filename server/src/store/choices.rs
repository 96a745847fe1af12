//! The places of choices in the database: a pool for each choice of a category's form that so many may make and no more.

use attache_domain::{
    category::Category,
    form::{Answers, Form, Pick},
    pool::Level,
    registration::{Registration, State},
};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{
    PoolKey, Store, StoreError, WriteTx, answers, pool_of,
    pools::level_of,
    rows::{hold, pool, registration},
};

/// How many registrations are looked at together for what was answered with them.
const TOGETHER: usize = 500;

/// The pool of a choice.
pub fn places_of(category: &Category, Pick { field, choice }: &Pick) -> PoolKey {
    let PoolKey { event, pool } = pool_of(&category.event, &category.id);
    PoolKey { event, pool: format!("{pool}/choices/{field}/{choice}") }
}

impl Store {
    /// Tells how full the limited choices of a category are that its caller was given, in the order of its form.
    pub async fn choice_levels(&self, category: &Category) -> Result<Vec<(Pick, Level)>, StoreError> {
        levels(&self.read, category).await
    }
}

impl WriteTx {
    /// Tells how full the limited choices of a category are, in the order of its form.
    pub async fn choice_levels(&self, category: &Category) -> Result<Vec<(Pick, Level)>, StoreError> {
        levels(self.db().await?, category).await
    }

    /// Gives back all places of choices of a category that a holder has.
    pub async fn leave_choices(&self, category: &Category, holder: &str) -> Result<(), StoreError> {
        let pools: Vec<PoolKey> = category.plan.form.limited().map(|(pick, _)| places_of(category, &pick)).collect();
        if pools.is_empty() {
            return Ok(());
        }
        let held = hold::Entity::find()
            .filter(hold::Column::Event.eq(category.event.to_string()))
            .filter(hold::Column::Holder.eq(holder))
            .filter(hold::Column::Pool.is_in(pools.iter().map(|key| key.pool.as_str())));
        for row in held.all(self.db().await?).await? {
            self.give_back(&PoolKey { event: category.event.clone(), pool: row.pool }, holder).await?;
        }
        Ok(())
    }

    /// Finds the holders who made which of some choices of a category, and how many places they take: registrations that are not out, and forms
    /// whose address is not proven yet.
    pub async fn choosers(&self, category: &Category, picks: &[Pick]) -> Result<Vec<(String, Pick, u32)>, StoreError> {
        let live = State::ALL.into_iter().filter(|state| state.is_live()).map(|state| state.to_string());
        let rows = registration::Entity::find()
            .filter(registration::Column::Event.eq(category.event.to_string()))
            .filter(registration::Column::Category.eq(category.id.to_string()))
            .filter(registration::Column::State.is_in(live))
            .all(self.db().await?)
            .await?;
        let all = rows.into_iter().map(Registration::try_from).collect::<Result<Vec<_>, _>>()?;
        let mut choosers = Vec::new();
        let mut note = |holder: String, answers: &Answers| {
            let made = category.plan.form.picked(answers).into_iter().filter(|(pick, _)| picks.contains(pick));
            choosers.extend(made.map(|(pick, places)| (holder.clone(), pick, places)));
        };
        for submission in self.submissions_in(category).await? {
            note(submission.registration().to_string(), &submission.answers);
        }
        for some in all.chunks(TOGETHER) {
            let some: Vec<&Registration> = some.iter().collect();
            for (id, answers) in answers::of_registrations(self.db().await?, self.master(), &some).await? {
                note(id.to_string(), &answers);
            }
        }
        Ok(choosers)
    }

    /// Makes the pools of a category's limited choices as its next form has them, and removes those of choices that are limited no more.
    pub(super) async fn limit_choices(
        &self,
        category: &Category,
        before: &Form,
        after: &Form,
    ) -> Result<(), StoreError> {
        let (old, new): (Vec<_>, Vec<_>) = (before.limited().collect(), after.limited().collect());
        for (pick, places) in new.iter().filter(|limit| !old.contains(limit)) {
            self.set_pool(&places_of(category, pick), Some(*places)).await?;
        }
        for (pick, _) in old.iter().filter(|(pick, _)| new.iter().all(|(other, _)| other != pick)) {
            self.drop_pool(&places_of(category, pick)).await?;
        }
        Ok(())
    }
}

/// Tells how full the limited choices of a category are, in the order of its form.
pub(super) async fn levels<C: ConnectionTrait>(db: &C, category: &Category) -> Result<Vec<(Pick, Level)>, StoreError> {
    let picks: Vec<Pick> = category.plan.form.limited().map(|(pick, _)| pick).collect();
    if picks.is_empty() {
        return Ok(Vec::new());
    }
    let rows = pool::Entity::find()
        .filter(pool::Column::Event.eq(category.event.to_string()))
        .filter(pool::Column::Id.is_in(picks.iter().map(|pick| places_of(category, pick).pool)))
        .all(db)
        .await?;
    // Of a choice that was limited when its category was read, and is not any more, there is no pool.
    let level = |pick: Pick| {
        let key = places_of(category, &pick);
        let row = rows.iter().find(|row| row.id == key.pool)?;
        Some(level_of(row).map(|level| (pick, level)))
    };
    picks.into_iter().filter_map(level).collect()
}
