//! The wire of files.

use std::sync::Arc;

use attache_domain::{
    file::{File, Label, MAX_PIECE_BYTES},
    resource::{FileName, Owner},
};
use attache_proto::v1::{self as pb, file_service_server::FileService};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    shapes::{decode_name, decode_plain_verb},
    status::not_found,
    values::{encode_count, encode_instant},
};
use crate::{
    app::{self, App, AppError, files::Portion},
    store::OpenFile,
};

/// How many pieces of a download wait for a caller who reads slowly.
const AHEAD: usize = 2;

/// Answers `FileService`.
pub struct Files {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl FileService for Files {
    type DownloadFileStream = ReceiverStream<Result<pb::DownloadFileResponse, Status>>;

    async fn start_upload(&self, request: Request<pb::StartUploadRequest>) -> Answer<pb::File> {
        let authority = authority(&request)?;
        let ((parent, label), once) = decode_write(request, |fields, message| {
            let pb::StartUploadRequest { parent, file, request_id: _, validate_only: _ } = message;
            let parent = fields.parse::<Owner>("parent", &parent);
            let label = fields.nested("file", file, decode_label);
            Some((parent?, label?))
        })?;
        let file = app::files::start(&self.app, &authority.custodian(&parent)?, &label, once).await?;
        Ok(Response::new(encode(&file)))
    }

    async fn append_upload(&self, request: Request<pb::AppendUploadRequest>) -> Answer<pb::File> {
        let authority = authority(&request)?;
        let (name, portion) = decode(request.into_inner(), decode_portion)?;
        let file = app::files::append(&self.app, &authority.custodian(&name.owner)?, &portion).await?;
        Ok(Response::new(encode(&file)))
    }

    async fn finish_upload(&self, request: Request<pb::FinishUploadRequest>) -> Answer<pb::File> {
        let authority = authority(&request)?;
        let (name, once) = decode_plain_verb::<_, FileName>(request)?;
        let file = app::files::finish(&self.app, &authority.custodian(&name.owner)?, name.file, once).await?;
        Ok(Response::new(encode(&file)))
    }

    async fn get_file(&self, request: Request<pb::GetFileRequest>) -> Answer<pb::File> {
        let authority = authority(&request)?;
        let name: FileName = decode_name(request)?;
        let file = self.app.store.file(&authority.file_reader(&name.owner)?, name.file).await?;
        Ok(Response::new(encode(&file.ok_or_else(|| not_found(&name))?)))
    }

    async fn download_file(&self, request: Request<pb::DownloadFileRequest>) -> Answer<Self::DownloadFileStream> {
        let authority = authority(&request)?;
        let name: FileName = decode_name(request)?;
        let open = self.app.store.open_file(&authority.file_reader(&name.owner)?, name.file).await?;
        let open = open.ok_or_else(|| not_found(&name))?;
        open.file.require_complete().map_err(AppError::from)?;
        let (pieces, stream) = mpsc::channel(AHEAD);
        tokio::spawn(download(Arc::clone(&self.app), open, pieces));
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn delete_file(&self, request: Request<pb::DeleteFileRequest>) -> Answer<pb::DeleteFileResponse> {
        let authority = authority(&request)?;
        let (name, once) = decode_plain_verb::<_, FileName>(request)?;
        app::files::delete(&self.app, &authority.custodian(&name.owner)?, name.file, once).await?;
        Ok(Response::new(pb::DeleteFileResponse {}))
    }
}

/// Hands out a file piece by piece, until its end or until its caller goes away.
async fn download(app: Arc<App>, open: OpenFile, pieces: mpsc::Sender<Result<pb::DownloadFileResponse, Status>>) {
    let mut offset = 0;
    while offset < open.file.label.size {
        let piece = app.store.file_bytes(&open, offset).await.map_err(Status::from);
        let piece = piece.map(|bytes| pb::DownloadFileResponse { data: bytes.to_vec() });
        let length = piece.as_ref().map_or(0, |piece| piece.data.len());
        if pieces.send(piece).await.is_err() || length == 0 {
            return;
        }
        offset += u32::try_from(length).unwrap_or(u32::MAX);
    }
}

fn decode_label(fields: &mut Fields, file: pb::File) -> Option<Label> {
    let pb::File { name: _, file_name, media_type, size_bytes, received_bytes: _, state: _, digest: _, create_time: _ } =
        file;
    let label = Label { file_name, media_type, size: u32::try_from(size_bytes).unwrap_or_default() };
    let flaws = label.flaws();
    for flaw in &flaws {
        fields.refuse(flaw.field(), flaw);
    }
    flaws.is_empty().then_some(label)
}

fn decode_portion(fields: &mut Fields, request: pb::AppendUploadRequest) -> Option<(FileName, Portion)> {
    let pb::AppendUploadRequest { name, offset, data } = request;
    let name = fields.parse::<FileName>("name", &name);
    let offset = u32::try_from(offset).map_err(|_| fields.refuse("offset", "is negative")).ok();
    if data.is_empty() || data.len() > MAX_PIECE_BYTES {
        fields.refuse("data", format_args!("is 1 to {MAX_PIECE_BYTES} bytes"));
    }
    let name = name?;
    let portion = Portion { file: name.file, offset: offset?, bytes: data };
    Some((name, portion))
}

fn encode(file: &File) -> pb::File {
    let File { owner: _, id: _, label, received, digest, create_time } = file;
    let Label { file_name, media_type, size } = label;
    let state = if digest.is_some() { pb::FileState::Complete } else { pb::FileState::Uploading };
    pb::File {
        name: file.name().to_string(),
        file_name: file_name.clone(),
        media_type: media_type.clone(),
        size_bytes: encode_count(*size),
        received_bytes: encode_count(*received),
        state: state.into(),
        digest: digest.clone().unwrap_or_default(),
        create_time: Some(encode_instant(*create_time)),
    }
}
