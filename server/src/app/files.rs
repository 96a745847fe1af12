//! Writes about files: begun, brought in pieces, finished, linked to, deleted; and how their bytes are handed out.

use std::sync::Arc;

use attache_domain::{
    authority::{Downloader, Uploader},
    download_link::{DownloadLink, Lifetime},
    file::{self, File, Label, Piece},
    resource::{FileId, FileName, Owner},
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use zeroize::Zeroizing;

use super::{App, AppError, missing};
use crate::{
    ids,
    store::{OpenFile, Request, StoreError, WriteTx},
};

/// How many pieces of a download wait for a caller who reads slowly.
const AHEAD: usize = 2;

/// A piece of a file on its way out.
type Outgoing = Result<Zeroizing<Vec<u8>>, StoreError>;

/// A piece of a file, as it came.
#[derive(Clone, Debug)]
pub struct Portion {
    /// Of which file.
    pub file: FileId,
    /// Where in the file it begins.
    pub offset: u32,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Begins an upload.
pub async fn start(app: &App, uploader: &Uploader, label: &Label, request: Request) -> Result<File, AppError> {
    let deed = app.deed(uploader, request);
    app.store
        .write(&deed, |tx| async move {
            require_owner(&tx, uploader.owner()).await?;
            file::require_room(uploader.whose(), tx.files_of_uploader(uploader).await?)?;
            let file =
                File::begin(name(uploader.owner(), FileId(ids::ordered())), label.clone(), uploader.actor(), tx.now());
            tx.insert_file(&file).await?;
            Ok(file)
        })
        .await
}

/// Appends a piece; one that is there already, with the same bytes, changes nothing.
pub async fn append(app: &App, uploader: &Uploader, portion: &Portion) -> Result<File, AppError> {
    let deed = app.deed(uploader, Request::default());
    let Portion { file, offset, bytes } = portion;
    let name = &name(uploader.owner(), *file);
    app.store
        .write(&deed, |tx| async move {
            let before = theirs(&tx, uploader, name).await?;
            before.require_uploader(&uploader.actor())?;
            let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            match before.accept(*offset, length)? {
                Piece::Repeated => {
                    before.require_same(*offset, tx.file_holds(&before, *offset, bytes).await?)?;
                    Ok(before)
                }
                Piece::New => {
                    let after = before.clone().grow(length);
                    tx.append_to_file(&before, &after, bytes).await?;
                    Ok(after)
                }
            }
        })
        .await
}

/// Finishes an upload; from then on the file can be referred to. Done twice, it changes nothing.
pub async fn finish(app: &App, uploader: &Uploader, file: FileId, request: Request) -> Result<File, AppError> {
    let deed = app.deed(uploader, request);
    let name = &name(uploader.owner(), file);
    // The digest is made before the transaction, which keeps all other writers waiting: a file that has all its bytes
    // does not change any more, and one that has not is refused.
    let (seen, digest) = &app.store.file_digest(uploader, file).await?.ok_or_else(|| missing(name))?;
    app.store
        .write(&deed, |tx| async move {
            let before = theirs(&tx, uploader, name).await?;
            before.require_uploader(&uploader.actor())?;
            let after = seen.clone().finish(digest.clone())?;
            if after != before {
                tx.save_file(&before, &after, "finished").await?;
            }
            Ok(after)
        })
        .await
}

/// Makes a link to a complete file, by which whoever has it downloads it for a while.
pub async fn link(
    app: &App,
    downloader: &Downloader,
    (file, lifetime): (FileId, Lifetime),
    request: Request,
) -> Result<DownloadLink, AppError> {
    let deed = app.deed(downloader, request);
    let name = &FileName { owner: downloader.owner().clone(), file };
    app.store
        .write(&deed, |tx| async move {
            let file = tx.downloadable(downloader, file).await?.ok_or_else(|| missing(name))?;
            let link = DownloadLink::to(&file, lifetime, tx.now())?;
            tx.record_download_link(&link).await?;
            Ok(link)
        })
        .await
}

/// Hands out a file piece by piece, each as its way out has it, until its end or until its caller goes away.
pub fn hand_out<T: Send + 'static>(app: Arc<App>, open: OpenFile, write: fn(Outgoing) -> T) -> ReceiverStream<T> {
    let (pieces, stream) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let mut offset = 0;
        while offset < open.file.label.size {
            let piece = app.store.file_bytes(&open, offset).await;
            let length = piece.as_ref().map_or(0, |bytes| bytes.len());
            if pieces.send(write(piece)).await.is_err() || length == 0 {
                return;
            }
            offset += u32::try_from(length).unwrap_or(u32::MAX);
        }
    });
    ReceiverStream::new(stream)
}

/// Deletes a file that nothing refers to.
pub async fn delete(app: &App, uploader: &Uploader, file: FileId, request: Request) -> Result<(), AppError> {
    let deed = app.deed(uploader, request);
    let name = &name(uploader.owner(), file);
    app.store
        .write(&deed, |tx| async move {
            let file = theirs(&tx, uploader, name).await?;
            if let Some(referrer) = tx.referrer_of_file(name).await? {
                return Err(AppError::InUse { resource: name.to_string(), referrer });
            }
            tx.delete_file(&file).await?;
            Ok(())
        })
        .await
}

/// Finds a file that somebody may go on with.
async fn theirs(tx: &WriteTx, uploader: &Uploader, name: &FileName) -> Result<File, AppError> {
    let found = tx.file(name).await?.filter(|file| uploader.whose().covers_file(file));
    found.ok_or_else(|| missing(name))
}

fn name(owner: &Owner, file: FileId) -> FileName {
    FileName { owner: owner.clone(), file }
}

async fn require_owner(tx: &WriteTx, owner: &Owner) -> Result<(), AppError> {
    let exists = match owner {
        Owner::Event(event) => tx.event(event).await?.is_some(),
        Owner::Organization(organization) => tx.organization(organization).await?.is_some(),
    };
    if exists { Ok(()) } else { Err(missing(owner)) }
}
