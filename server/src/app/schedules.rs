//! Releases of schedules.

use attache_domain::{
    authority::{Organizer, Viewer},
    event::Event,
    localized::Localized,
    resource::{EventName, SessionId},
    schedule::{self, Change, Edition, Item, Release, Released, SessionKey},
    zoned::Zoned,
};

use super::{App, AppError, missing, notices};
use crate::{
    mail::compose::{Occasion, Slot},
    store::{Request, WriteTx},
};

/// Releases the schedule as the next version, and tells those whose sessions were moved or taken out.
pub async fn release(app: &App, organizer: &Organizer, request: Option<Request>) -> Result<Released, AppError> {
    let deed = app.deed(organizer.actor(), request);
    app.store
        .write(&deed, |tx| async move {
            let event = organizer.event();
            let draft = tx.draft(event).await?.ok_or_else(|| missing(EventName { event: event.clone() }))?;
            let last = tx.latest_release(event).await?;
            let released = schedule::release(&draft, last.as_ref(), tx.now())?;
            tx.insert_release(&released.release).await?;
            if let Some(last) = &last {
                announce(&tx, &draft.event, last, &released).await?;
            }
            Ok(released)
        })
        .await
}

/// Tells what a release would be and change; keeps nothing and tells nobody.
pub async fn preview(app: &App, viewer: &Viewer) -> Result<Released, AppError> {
    let event = viewer.event();
    let draft = app.store.draft(viewer).await?.ok_or_else(|| missing(EventName { event: event.clone() }))?;
    let last = app.store.release(event, Edition::Latest).await?;
    Ok(schedule::release(&draft, last.as_ref(), app.clock.now())?)
}

async fn announce(tx: &WriteTx, event: &Event, last: &Release, released: &Released) -> Result<(), AppError> {
    for change in &released.changes {
        match change {
            Change::Removed { entry } => {
                let Some(before) = item(last, &entry.session) else { continue };
                let occasion = Occasion::SessionCancelled { session: before.title.clone(), slot: slot(before) };
                tell(tx, event, before, &occasion).await?;
            }
            Change::Moved { session, .. } => {
                let (Some(before), Some(after)) = (item(last, session), item(&released.release, session)) else {
                    continue;
                };
                let (title, before) = (after.title.clone(), slot(before));
                let occasion = Occasion::SessionMoved { session: title, before, after: slot(after) };
                tell(tx, event, after, &occasion).await?;
            }
            Change::Added { .. } | Change::Retitled { .. } => {}
        }
    }
    Ok(())
}

async fn tell(tx: &WriteTx, event: &Event, item: &Item, occasion: &Occasion) -> Result<(), AppError> {
    for name in item.people() {
        if let Some(person) = tx.person(&name).await? {
            let language = person.profile.language;
            notices::enqueue(tx, event, &person, language, occasion.clone(), Vec::new()).await?;
        }
    }
    Ok(())
}

fn item<'a>(release: &'a Release, session: &SessionKey) -> Option<&'a Item> {
    session.0.parse::<SessionId>().ok().and_then(|session| release.item(session))
}

/// When and where a session is, as a mail says it.
fn slot(item: &Item) -> Slot {
    let room: Option<Localized> = item.place.as_ref().map(|place| place.title.clone());
    let clock = |time: Zoned| time.instant().with_timezone(&time.zone());
    Slot { start_time: clock(item.slot.start()), end_time: clock(item.slot.end()), room }
}
