//! How an itinerary is released: read and checked, put on paper beside the calls, and kept if nothing changed meanwhile.

use std::sync::Arc;

use attache_domain::{
    authority::Organizer,
    file::Label,
    itinerary::{Itinerary, Refusal, Visit, require_free_of_clashes, require_held},
    resource::{FileId, FileName, ItineraryName, Owner},
};
use attache_paper::PaperError;
use chrono::{DateTime, Utc};

use super::{
    super::{App, AppError, Edit, missing, notices, unchanged},
    booklet, calendar,
};
use crate::{
    ids,
    mail::compose::Occasion,
    store::{Request, WriteTx},
};

/// What travellers get.
struct Papers {
    booklet: Vec<u8>,
    calendar: Vec<u8>,
}

/// Releases an itinerary in the way of which nothing stands: each traveller gets its booklet and its calendar.
pub async fn release(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<ItineraryName, ()>,
    request: Request,
) -> Result<Itinerary, AppError> {
    let deed = app.deed(organizer, request);
    // What was released by this very request is told as it is, whatever stands in the way of another release by now.
    if let Some(released) = app.store.repeated(&deed).await? {
        return Ok(released);
    }
    let found = app.store.visit(&organizer.viewer(), edit.name.itinerary).await?;
    let (visit, surroundings) = found.ok_or_else(|| missing(&edit.name))?;
    unchanged(edit.expected, &visit.itinerary.history, &edit.name)?;
    visit.event.require_active()?;
    visit.itinerary.require_live()?;
    require_free_of_clashes(visit.findings(&surroundings))?;

    let visit = Arc::new(visit);
    let papers = &print(app, Arc::clone(&visit), deed.now).await?;
    let visit = visit.as_ref();
    app.store.write(&deed, |tx| async move { keep(&tx, visit, papers).await }).await
}

/// Makes both papers, beside the threads that answer calls.
async fn print(app: &App, visit: Arc<Visit>, now: DateTime<Utc>) -> Result<Papers, AppError> {
    let public_url = app.public_url.clone();
    let made = tokio::task::spawn_blocking(move || {
        let booklet = attache_paper::itinerary::render(&booklet::lay(&visit, now))?;
        Ok(Papers { booklet, calendar: calendar::fill(&visit, &public_url, now) })
    });
    made.await.map_err(AppError::BrokenOff)?.map_err(|error| match error {
        PaperError::MissingGlyph { character } => Refusal::GlyphMissing { character }.into(),
        PaperError::UnreadableImage { .. }
        | PaperError::AddressTooLong { .. }
        | PaperError::Template { .. }
        | PaperError::Export { .. } => AppError::Paper(error),
    })
}

/// Keeps the papers, has the itinerary hold what it uses and be released, and tells everybody, in one transaction; papers of what changed
/// meanwhile are thrown away.
async fn keep(tx: &WriteTx, printed: &Visit, papers: &Papers) -> Result<Itinerary, AppError> {
    let before = &printed.itinerary;
    let visit = tx.visit(&before.name).await?;
    if visit.as_ref() != Some(printed) {
        return Err(AppError::Stale(before.name.to_string()));
    }
    // What goes on beside it may have changed too, which makes the papers no worse, but may stand in the way by now.
    require_free_of_clashes(printed.findings(&tx.surroundings(&before.name.event).await?))?;
    let number = before.next_release_number();
    let booklet = insert(tx, before, (&format!("itinerary-{number}.pdf"), "application/pdf"), &papers.booklet).await?;
    let calendar =
        insert(tx, before, (&format!("itinerary-{number}.ics"), "text/calendar; charset=UTF-8"), &papers.calendar)
            .await?;
    let after = before.clone().release(booklet.clone(), calendar.clone(), tx.now())?;
    tx.save_itinerary(before, &after, "released").await?;
    require_held(tx.hold_for_visit(&after.name, &printed.demands()).await?)?;
    for traveller in &printed.travellers {
        let occasion = Occasion::ItineraryReleased {
            delegation: printed.delegation.plan.title.clone(),
            visit: printed.delegation.plan.visit_window.clone(),
            version: number,
        };
        let (person, attachments) = (&traveller.person, vec![booklet.clone(), calendar.clone()]);
        notices::enqueue(tx, &printed.event, person, person.profile.language, occasion, attachments).await?;
    }
    Ok(after)
}

async fn insert(
    tx: &WriteTx,
    itinerary: &Itinerary,
    (file_name, media_type): (&str, &str),
    bytes: &[u8],
) -> Result<FileName, AppError> {
    let name = FileName { owner: Owner::Event(itinerary.name.event.clone()), file: FileId(ids::ordered()) };
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let label = Label { file_name: file_name.to_owned(), media_type: media_type.to_owned(), size };
    tx.insert_whole_file(&name, &label, bytes).await?;
    Ok(name)
}
