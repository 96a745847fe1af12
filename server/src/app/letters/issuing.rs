//! How one letter of a job is issued, in steps between which a server may die.
//!
//! It is tried on paper under nobody's number; it takes its number in a transaction of its own; it is made; and it is kept, told and counted
//! in one transaction. Whoever takes over after a crash finds the number in the letter, and goes on with it: a number is neither lost nor used
//! twice.

use std::sync::Arc;

use attache_domain::{
    file::{Label, PDF},
    job::{Failure, Job},
    letter::{self, Imprint, Lack, Letter, Proof, Refusal},
    refusal,
    resource::{FileId, FileName, LetterName, Owner},
};
use attache_paper::PaperError;
use chrono::Datelike as _;

use super::{
    super::{App, AppError, chain, missing, notices},
    find,
    sheets::{self, Draft},
};
use crate::{
    ids,
    mail::compose::Occasion,
    store::{StoreError, WriteTx},
};

/// Issues the letter that is next in a claimed job, or takes note of why it cannot be; either way the job goes on.
///
/// An error says that nothing was decided, and that the same piece is to be tried again: the database failed, or another worker was faster.
pub async fn issue_next(app: &App, claimed: &Job) -> Result<(), AppError> {
    let Some(name) = claimed.next_letter() else { return Ok(()) };
    // A letter in the making is much to carry, and is kept apart from whoever waits for it.
    match Box::pin(issue_one(app, claimed, &name)).await {
        Ok(_) => Ok(()),
        Err(error) if is_passing(&error) => Err(error),
        Err(error) => give_up(app, claimed, &failure(&name, &error)).await,
    }
}

async fn issue_one(app: &App, claimed: &Job, name: &LetterName) -> Result<Letter, AppError> {
    let draft = Arc::new(draft(app, name).await?);
    let letter = &draft.dossier.letter;
    let numbered = if letter.imprint().is_some() {
        letter.clone()
    } else {
        rehearse(app, &draft).await?;
        take_number(app, name).await?
    };
    let imprint = numbered.imprint().ok_or_else(|| missing(name))?;
    let pdf = print(app, &draft, imprint.clone()).await?;
    keep(app, claimed, &draft, &pdf).await
}

/// Gathers what a letter says, and refuses one that cannot be issued, or that lacks something since it was approved.
async fn draft(app: &App, name: &LetterName) -> Result<Draft, AppError> {
    let deed = app.own_deed(&name.event);
    let read = async |tx: WriteTx| -> Result<_, AppError> {
        let dossier = tx.dossier(name).await?.ok_or_else(|| missing(name))?;
        dossier.letter.require_issuable()?;
        dossier.event.require_active()?;
        dossier.facts().require_complete(&dossier.letter)?;
        Ok(dossier)
    };
    let dossier = app.store.write(&deed, read).await?;
    let stamp = image(app, dossier.issuer.profile.stamp_file.as_ref()).await?;
    let signature = image(app, dossier.issuer.profile.signature_file.as_ref()).await?;
    Ok(Draft { dossier, stamp, signature })
}

async fn image(app: &App, name: Option<&FileName>) -> Result<Option<Vec<u8>>, AppError> {
    let Some(name) = name else { return Ok(None) };
    let (_, bytes) = app.store.read_file(name).await?.ok_or_else(|| missing(name))?;
    Ok(Some(bytes.to_vec()))
}

/// Makes the letter as it will be but for its number and code, which are nobody's: what cannot be printed takes no number.
async fn rehearse(app: &App, draft: &Arc<Draft>) -> Result<(), AppError> {
    let issue_date = letter::issue_date(&draft.dossier.event, app.clock.now());
    let imprint = Imprint::rehearsal(&draft.dossier.issuer.letter_prefix(), issue_date);
    print(app, draft, imprint).await.map(drop)
}

/// Gives an approved letter its number, its day and its code. From here on it is ISSUING, and no other letter gets that number.
pub async fn take_number(app: &App, name: &LetterName) -> Result<Letter, AppError> {
    let deed = app.own_deed(&name.event);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, name).await?;
            let event = tx.event(&before.event).await?.ok_or_else(|| missing(name))?;
            let issuer = tx.organization(&before.request.issuer).await?.ok_or_else(|| missing(name))?;
            let issue_date = letter::issue_date(&event, tx.now());
            let prefix = issuer.letter_prefix();
            let count = tx.next_letter_number(&prefix, issue_date.year()).await?;
            let code = letter::Code::draw(ids::random_bytes());
            let imprint = Imprint { number: letter::number(&prefix, issue_date, count), issue_date, code };
            let after = before.clone().take_number(imprint, tx.now())?;
            tx.save_letter(&before, &after, "numbered").await?;
            Ok(after)
        })
        .await
}

/// Makes the PDF, beside the threads that answer calls.
async fn print(app: &App, draft: &Arc<Draft>, imprint: Imprint) -> Result<Vec<u8>, AppError> {
    let (draft, verify_url) = (Arc::clone(draft), app.verify_url(&imprint.code));
    tokio::task::spawn_blocking(move || {
        let facts = sheets::lay(&draft, &imprint, verify_url);
        attache_paper::letter::render(&facts).map_err(|error| refused(&draft.dossier.letter, error))
    })
    .await
    .map_err(AppError::BrokenOff)?
}

/// Tells what the issuer or the person can mend from what only we can.
fn refused(letter: &Letter, error: PaperError) -> AppError {
    let lack = match error {
        PaperError::MissingGlyph { character } => return Refusal::GlyphMissing { character }.into(),
        PaperError::UnreadableImage { image: "stamp" } => Lack::StampUnreadable,
        PaperError::UnreadableImage { .. } => Lack::SignatureUnreadable,
        PaperError::AddressTooLong { .. } | PaperError::Template { .. } | PaperError::Export { .. } => {
            return AppError::Paper(error);
        }
    };
    Refusal::Incomplete { letter: letter.name(), lacks: vec![lack] }.into()
}

/// Keeps the PDF, has the letter issued, tells the person and counts the piece, in one transaction.
async fn keep(app: &App, claimed: &Job, draft: &Draft, pdf: &[u8]) -> Result<Letter, AppError> {
    let deed = app.own_deed(&claimed.event);
    let name = draft.dossier.letter.name();
    let name = &name;
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, name).await?;
            let number = before.imprint().map(|imprint| imprint.number.clone()).unwrap_or_default();
            let label = Label {
                file_name: format!("{number}.pdf"),
                media_type: PDF.to_owned(),
                size: u32::try_from(pdf.len()).unwrap_or(u32::MAX),
            };
            let file = FileName { owner: Owner::Event(before.event.clone()), file: FileId(ids::ordered()) };
            let file = tx.insert_whole_file(&file, &label, pdf).await?;
            let digest = file.require_complete()?.to_owned();
            let proof =
                Proof { file: file.name(), digest, initials: draft.dossier.facts().initials(), sealed_copy: None };
            let after = before.clone().issue(proof, tx.now())?;
            tx.save_letter(&before, &after, "issued").await?;
            announce(app, &tx, draft, &after).await?;
            advance(&tx, claimed, None).await?;
            Ok(after)
        })
        .await
}

async fn announce(app: &App, tx: &WriteTx, draft: &Draft, letter: &Letter) -> Result<(), AppError> {
    let Some((imprint, proof)) = letter.imprint().zip(letter.proof()) else { return Ok(()) };
    let occasion = Occasion::LetterIssued {
        number: imprint.number.clone(),
        visit: letter.request.visit_window.clone(),
        verify_url: app.verify_url(&imprint.code),
    };
    let person = &draft.dossier.person;
    let attachments = vec![proof.file.clone()];
    notices::enqueue(tx, &draft.dossier.event, person, person.profile.language, occasion, attachments).await
}

/// Counts a piece of a job as done. A job that went on since it was claimed is another worker's by now, and stays as it is.
async fn advance(tx: &WriteTx, claimed: &Job, failure: Option<Failure>) -> Result<Job, AppError> {
    let name = claimed.name();
    let before = tx.job(&name).await?.ok_or_else(|| missing(&name))?;
    if before.done != claimed.done {
        return Err(AppError::Stale(name.to_string()));
    }
    let after = before.clone().advance(1, failure, tx.now());
    tx.save_job(&before, &after, "advanced").await?;
    Ok(after)
}

async fn give_up(app: &App, claimed: &Job, failure: &Failure) -> Result<(), AppError> {
    let deed = app.own_deed(&claimed.event);
    let count = |tx| async move { advance(&tx, claimed, Some(failure.clone())).await };
    app.store.write(&deed, count).await.map(drop)
}

/// Whether trying again may help without anybody doing anything.
fn is_passing(error: &AppError) -> bool {
    matches!(
        error,
        AppError::Store(StoreError::Database(_) | StoreError::Crowded(_) | StoreError::Undone) | AppError::Stale(_)
    )
}

fn failure(letter: &LetterName, error: &AppError) -> Failure {
    let (reason, description) = match error {
        AppError::Refused(refusal) => (refusal.reason(), describe(refusal.as_ref())),
        AppError::NotFound(_) => ("ERROR_REASON_NOT_FOUND", error.to_string()),
        AppError::Merged { .. } => ("ERROR_REASON_PERSON_MERGED", error.to_string()),
        AppError::Stale(_) => ("ERROR_REASON_ETAG_MISMATCH", error.to_string()),
        AppError::InUse { .. } => ("ERROR_REASON_IN_USE", error.to_string()),
        AppError::Mail(_) | AppError::Paper(_) | AppError::Table(_) | AppError::BrokenOff(_) | AppError::Store(_) => {
            tracing::error!(letter = %letter, error.chain = chain(error), "a letter could not be issued");
            ("ERROR_REASON_INTERNAL", format!("{error}; the server's log tells more"))
        }
    };
    Failure { resource: letter.to_string(), reason: reason.to_owned(), description }
}

/// Writes a refusal with everything that stands in the way.
fn describe(refusal: &dyn refusal::Refusal) -> String {
    let violations: Vec<String> = refusal.violations().into_iter().map(|violation| violation.description).collect();
    if violations.is_empty() { refusal.to_string() } else { format!("{refusal}: {}", violations.join("; ")) }
}
