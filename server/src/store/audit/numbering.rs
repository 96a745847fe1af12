//! The order of the change log: each entry has a position in its trail, without gaps.
//!
//! Where one transaction writes at a time, as in SQLite, entries get it as they are written. Elsewhere they are written without, and get it
//! afterwards, trail by trail. A write only adds rows that nobody else reads, and so waits for no other write of its trail. Whoever numbers
//! locks the trail's own row first: one at a time, each sees what the one before did and all that was committed since. That lock is all the
//! lease there is; it ends with its transaction, however that ends. A watcher reads by position and so misses nothing, whichever write was
//! committed first.

use std::collections::{BTreeMap, BTreeSet};

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
        prepared::padded,
        retry,
        rows::{
            change::{Column, Entity, Model},
            trail,
        },
    },
    TABLE,
    chain::linked,
};
use crate::vault::MasterKey;

/// How many entries are numbered in one transaction.
const BATCH: u64 = 500;

impl Store {
    /// Finds the trails that have entries without a number.
    pub async fn unnumbered(&self) -> Result<Vec<Trail>, StoreError> {
        // Asked for with their write numbers, so that the index of those that wait is used, and not that of all there are.
        let waiting = Entity::find()
            .select_only()
            .column(Column::Owner)
            .column_as(Column::WriteNumber.min(), "first")
            .filter(Column::Position.is_null())
            .group_by(Column::Owner);
        let owners: Vec<(String, i64)> = waiting.into_tuple().all(&self.read).await?;
        owners.iter().map(|(owner, _)| column(TABLE, "owner", owner)).collect()
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
            self.bells.trails.ring([(owner.clone(), head)]);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    /// Rings for what other servers numbered under the names that anybody watches. SQLite has one server.
    pub async fn hear_others(&self) -> Result<(), StoreError> {
        let watched = self.bells.trails.watched();
        if self.dialect == Dialect::Sqlite || watched.is_empty() {
            return Ok(());
        }
        let heads = trail::Entity::find().select_only().columns([trail::Column::Owner, trail::Column::Position]);
        let heads: Vec<(String, i64)> =
            heads.filter(trail::Column::Owner.is_in(watched)).into_tuple().all(&self.read).await?;
        self.bells.trails.ring(heads);
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

/// Numbers entries as they are written, where one transaction writes at a time; tells how far their trails are with them.
pub(in crate::store) async fn number_at_once(
    tx: &DatabaseTransaction,
    master: &MasterKey,
    entries: &mut [Model],
) -> Result<Vec<(String, i64)>, DbErr> {
    let owners: BTreeSet<String> = entries.iter().map(|entry| entry.owner.clone()).collect();
    let known = trail::Entity::find().filter(trail::Column::Owner.is_in(padded(owners.iter().cloned().collect())));
    let known = known.all(tx).await?.into_iter().map(|head| (head.owner.clone(), head));
    let mut heads: BTreeMap<String, trail::Model> =
        owners.into_iter().map(|owner| (owner.clone(), beginning(owner))).chain(known).collect();
    for entry in entries {
        if let Some(head) = heads.get_mut(&entry.owner) {
            head.position += 1;
            head.digest = linked(master, head, entry);
            (entry.position, entry.digest) = (Some(head.position), Some(head.digest.clone()));
        }
    }
    let told = heads.values().map(|head| (head.owner.clone(), head.position)).collect();
    let or_later = OnConflict::column(trail::Column::Owner)
        .update_columns([trail::Column::Position, trail::Column::Digest])
        .to_owned();
    trail::Entity::insert_many(heads.into_values().map(trail::Model::into_active_model))
        .on_conflict(or_later)
        .exec_without_returning(tx)
        .await?;
    Ok(told)
}

/// Where a trail ends that has no entries.
fn beginning(owner: String) -> trail::Model {
    trail::Model { owner, position: 0, digest: Vec::new() }
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
            padded(links).into_iter().map(IntoValueTuple::into_value_tuple).collect(),
            given.clone().into_iden(),
        ))
        .and_where(Expr::col((Entity, Column::Owner)).eq(owner))
        .and_where(Expr::col((Entity, Column::Id)).eq(Expr::col((given, id))))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

/// Locks a trail until the end of the transaction, and reads where it ends.
async fn lock(tx: &DatabaseTransaction, owner: &str) -> Result<trail::Model, StoreError> {
    let new = beginning(owner.to_owned());
    let unless_there = OnConflict::column(trail::Column::Owner).do_nothing().to_owned();
    trail::Entity::insert(new.into_active_model()).on_conflict(unless_there).exec_without_returning(tx).await?;
    let head = trail::Entity::find_by_id(owner).lock_exclusive().one(tx).await?;
    head.ok_or(StoreError::Corrupt { table: "trails", column: "owner" })
}
