//! Releases of schedules.

use attache_domain::{
    authority::{Organizer, Viewer},
    event::Event,
    localized::Localized,
    resource::EventName,
    schedule::{self, Edition, Item, Release, Released},
    zoned::Zoned,
};

mod import;

pub use import::{Survey, Wanted, go_on, start as import, survey as preview_import};

use super::{App, AppError, missing, notices};
use crate::{
    mail::compose::{Occasion, Slot},
    store::{Request, WriteTx},
};

/// Releases the schedule as the next version, and tells those whose sessions were moved or taken out.
pub async fn release(app: &App, organizer: &Organizer, request: Request) -> Result<Released, AppError> {
    let deed = app.deed(organizer, request);
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
        let Some(item) = released.told(Some(last), change) else { continue };
        let Some(before) = last.item(item.session) else { continue };
        let (session, before) = (item.title.clone(), slot(before));
        let occasion = match released.release.item(item.session) {
            Some(after) => Occasion::SessionMoved { session, before, after: slot(after) },
            None => Occasion::SessionCancelled { session, slot: before },
        };
        for name in item.people() {
            if let Some(person) = tx.person(&name).await? {
                let language = person.profile.language;
                notices::enqueue(tx, event, &person, language, occasion.clone(), Vec::new()).await?;
            }
        }
    }
    Ok(())
}

/// When and where a session is, as a mail says it.
fn slot(item: &Item) -> Slot {
    let room: Option<Localized> = item.place.as_ref().map(|place| place.title.clone());
    let clock = |time: Zoned| time.instant().with_timezone(&time.zone());
    Slot { start_time: clock(item.slot.start()), end_time: clock(item.slot.end()), room }
}
