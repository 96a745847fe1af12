//! The order of the change log: entries are written without a number, and get their position afterwards, trail by trail and without gaps.
//!
//! A write only adds rows that nobody else reads, and so waits for no other write of its trail. Whoever numbers locks the trail's own row
//! first: one at a time, each sees what the one before did and all that was committed since. That lock is all the lease there is; it ends
//! with its transaction, however that ends. A watcher reads by position and so misses nothing, whichever write was committed first.

use attache_domain::change::Trail;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Alias, Expr, IntoIden as _, IntoValueTuple, OnConflict, Query, TableRef},
};

use super::{
    super::{
        Store, StoreError,
        connection::Dialect,
        error::column,
        retry,
        rows::{
            change::{Column, Entity},
            trail,
        },
    },
    TABLE,
    chain::linked,
};

/// How many entries are numbered in one transaction.
const BATCH: u64 = 500;

impl Store {
    /// Finds the trails that have entries without a number.
    pub async fn unnumbered(&self) -> Result<Vec<Trail>, StoreError> {
        let waiting = Entity::find().select_only().column(Column::Owner).distinct();
        let owners: Vec<String> = waiting.filter(Column::Position.is_null()).into_tuple().all(&self.read).await?;
        owners.iter().map(|owner| column(TABLE, "owner", owner)).collect()
    }

    /// Numbers the entries of a trail that were committed before, and rings for those who watch it.
    pub async fn number(&self, trail: &Trail) -> Result<(), StoreError> {
        let owner = trail.to_string();
        let waiting = Entity::find().filter(Column::Owner.eq(owner.as_str())).filter(Column::Position.is_null());
        if waiting.count(&self.read).await? == 0 {
            return Ok(());
        }
        loop {
            let numbering = || self.number_batch(&owner);
            let (count, head) = retry::until_free_of_conflict(retry::pause, numbering).await?;
            self.trail_bells.ring([(owner.clone(), head)]);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    /// Rings for what other servers numbered under the names that anybody watches. SQLite has one server.
    pub async fn hear_others(&self) -> Result<(), StoreError> {
        let watched = self.trail_bells.watched();
        if self.dialect == Dialect::Sqlite || watched.is_empty() {
            return Ok(());
        }
        let heads = trail::Entity::find().select_only().columns([trail::Column::Owner, trail::Column::Position]);
        let heads: Vec<(String, i64)> =
            heads.filter(trail::Column::Owner.is_in(watched)).into_tuple().all(&self.read).await?;
        self.trail_bells.ring(heads);
        Ok(())
    }

    /// Numbers a batch; tells how many entries it had, and how far the trail is now.
    async fn number_batch(&self, owner: &str) -> Result<(u64, i64), StoreError> {
        let tx = self.dialect.begin_in_turn(&self.write).await?;
        let mut head = lock(&tx, owner).await?;
        let waiting = Entity::find().filter(Column::Owner.eq(owner)).filter(Column::Position.is_null());
        let in_order = waiting
            .order_by_asc(Column::WriteNumber)
            .order_by_asc(Column::Ordinal)
            .order_by_asc(Column::CreateTime)
            .order_by_asc(Column::Id);
        let rows = in_order.limit(BATCH).all(&tx).await?;
        let mut links = Vec::new();
        for row in &rows {
            head.position += 1;
            head.digest = linked(&self.master, &head, row);
            links.push((row.id.clone(), head.position, head.digest.clone()));
        }
        set(&tx, owner, links).await?;
        let (count, position) = (rows.len() as u64, head.position);
        head.into_active_model().reset_all().update(&tx).await?;
        tx.commit().await?;
        Ok((count, position))
    }
}

/// Gives entries of a trail their positions and links, in one statement.
async fn set(tx: &DatabaseTransaction, owner: &str, links: Vec<(String, i64, Vec<u8>)>) -> Result<(), DbErr> {
    use sea_orm::sea_query::ExprTrait as _;

    if links.is_empty() {
        return Ok(());
    }
    let (given, id) = (Alias::new("given"), Alias::new("column1"));
    let (position, digest) = (Alias::new("column2"), Alias::new("column3"));
    let update = Query::update()
        .table(Entity)
        .value(Column::Position, Expr::col((given.clone(), position)))
        .value(Column::Digest, Expr::col((given.clone(), digest)))
        .from(TableRef::ValuesList(
            links.into_iter().map(IntoValueTuple::into_value_tuple).collect(),
            given.clone().into_iden(),
        ))
        .and_where(Expr::col((Entity, Column::Owner)).eq(owner))
        .and_where(Expr::col((Entity, Column::Id)).eq(Expr::col((given, id))))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

/// Locks a trail until the end of the transaction, and reads where it ends.
async fn lock(tx: &DatabaseTransaction, owner: &str) -> Result<trail::Model, StoreError> {
    let new = trail::Model { owner: owner.to_owned(), position: 0, digest: Vec::new() };
    let unless_there = OnConflict::column(trail::Column::Owner).do_nothing().to_owned();
    trail::Entity::insert(new.into_active_model()).on_conflict(unless_there).exec_without_returning(tx).await?;
    let head = trail::Entity::find_by_id(owner).lock_exclusive().one(tx).await?;
    head.ok_or(StoreError::Corrupt { table: "trails", column: "owner" })
}
