//! Answers to forms: read with the files that are brought with them.

use attache_domain::{
    authority::Responder,
    category::Category,
    file::{PDF_END, agrees},
    form::{Answers, Brought, Files, Form, Given},
};

use super::super::AppError;
use crate::store::WriteTx;

/// Reads the answers of somebody who may upload files.
pub(super) async fn read(
    tx: &WriteTx,
    responder: &Responder,
    category: &Category,
    (given, before): (&[Given], &Answers),
) -> Result<Answers, AppError> {
    let form = &category.plan.form;
    let files = files(tx, responder, form, given).await?;
    Ok(form.read(given.to_vec(), before, responder.respondent(), &files)?)
}

/// Finds the files that are brought; one that is not theirs to bring is as if it were not there.
async fn files(tx: &WriteTx, responder: &Responder, form: &Form, given: &[Given]) -> Result<Files, AppError> {
    let mut files = Files::new();
    for name in form.brought(given) {
        let Some(file) = tx.file(&name).await?.filter(|file| responder.brings(file)) else { continue };
        let [first, last] = tx.file_ends(&file, PDF_END).await?;
        let agrees = agrees(&file.label.media_type, &first, &last);
        files.insert(name, Brought { file, agrees });
    }
    Ok(files)
}
