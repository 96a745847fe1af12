//! The scan of a letter as it was signed and sealed: looked at, attached, and mailed if that is asked.

use attache_domain::{
    authority::Approver,
    file::{PDF_END, is_pdf},
    letter::{Letter, Scan},
    resource::{EventName, FileName, LetterName, Owner},
};

use super::{
    super::{App, AppError, Edit, missing, notices, unchanged},
    find,
};
use crate::{
    mail::compose::Occasion,
    store::{Request, WriteTx},
};

/// Which scan is attached, and who is told.
#[derive(Clone, Debug)]
pub struct Sealing {
    /// The scan.
    pub file: FileName,
    /// Whether the person is mailed it.
    pub is_mailed: bool,
}

/// Attaches the scan of an issued letter, in place of the one it had, and mails it if that is asked.
pub async fn attach_sealed_copy(
    app: &App,
    approver: &Approver,
    edit: &Edit<LetterName, Sealing>,
    request: Request,
) -> Result<Letter, AppError> {
    let deed = app.deed(approver, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            let after = attach(&tx, &before, &edit.content.file).await?;
            tx.save_letter(&before, &after, "sealed").await?;
            if edit.content.is_mailed {
                announce(app, &tx, &after).await?;
            }
            Ok(after)
        })
        .await
}

async fn attach(tx: &WriteTx, letter: &Letter, name: &FileName) -> Result<Letter, AppError> {
    // Another owner's file is no file to this letter.
    if name.owner != Owner::Event(letter.event.clone()) {
        return Err(missing(name));
    }
    let file = tx.file(name).await?.ok_or_else(|| missing(name))?;
    let digest = file.require_complete()?;
    let [first, last] = tx.file_ends(&file, PDF_END).await?;
    let is_anothers = tx.file_is_of_another_letter(name, &letter.name()).await?;
    let scan = Scan { file: &file, digest, reads_as_pdf: is_pdf(&first, &last), is_anothers };
    Ok(letter.clone().attach(&scan, tx.now())?)
}

/// Mails the scan to whom the letter invites.
async fn announce(app: &App, tx: &WriteTx, letter: &Letter) -> Result<(), AppError> {
    let Some((imprint, copy)) = letter.imprint().zip(letter.proof().and_then(|proof| proof.sealed_copy.as_ref()))
    else {
        return Ok(());
    };
    let event = tx.event(&letter.event).await?;
    let event = event.ok_or_else(|| missing(EventName { event: letter.event.clone() }))?;
    let person = &letter.request.person;
    let person = tx.person(person).await?.ok_or_else(|| missing(person))?;
    let occasion = Occasion::LetterSealed {
        number: imprint.number.clone(),
        visit: letter.request.visit_window.clone(),
        verify_url: app.verify_url(&imprint.code),
    };
    notices::enqueue(tx, &event, &person, person.profile.language, occasion, vec![copy.file.clone()]).await
}
