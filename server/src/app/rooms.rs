//! Writes about rooms.

use attache_domain::{
    authority::Organizer,
    resource::{RoomId, RoomName},
    room::{self, Plan, Room},
};

use super::{App, AppError, Edit, events, missing, unchanged};
use crate::store::{Request, WriteTx};

/// Creates a room.
pub async fn create(
    app: &App,
    organizer: &Organizer,
    (id, plan): &(RoomId, Plan),
    request: Request,
) -> Result<Room, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let name = RoomName { event: event.id, room: id.clone() };
            let room = room::create(name, plan.clone(), tx.now());
            tx.insert_room(&room).await?;
            Ok(room)
        })
        .await
}

/// Changes what organisers say of a room.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RoomId, Plan>,
    request: Request,
) -> Result<Room, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, organizer, &edit.name).await?;
            unchanged(edit.expected, &before.history, before.name())?;
            let after = before.clone().revise(edit.content.clone(), tx.now());
            tx.save_room(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Deletes a room that no session is in.
pub async fn delete(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RoomId, ()>,
    request: Request,
) -> Result<(), AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let room = find(&tx, organizer, &edit.name).await?;
            unchanged(edit.expected, &room.history, room.name())?;
            if tx.room_has_sessions(&room).await? {
                return Err(AppError::InUse { resource: room.name().to_string(), referrer: "sessions" });
            }
            tx.delete_room(&room).await?;
            Ok(())
        })
        .await
}

async fn find(tx: &WriteTx, organizer: &Organizer, id: &RoomId) -> Result<Room, AppError> {
    let name = || RoomName { event: organizer.event().clone(), room: id.clone() };
    tx.room(organizer.event(), id).await?.ok_or_else(|| missing(name()))
}
