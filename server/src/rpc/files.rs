//! The wire of files.

use std::sync::Arc;

use attache_domain::{
    download_link::Lifetime,
    file::{File, Label, MAX_PIECE_BYTES},
    resource::{FileName, Owner},
};
use attache_proto::v1::{self as pb, file_service_server::FileService};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::{
    Answer,
    authority::anybody,
    fields::{Fields, decode, decode_write},
    reply,
    shapes::{decode_name, decode_plain_verb},
    status::not_found,
    values::{duration, encode_count, encode_instant},
};
use crate::app::{self, App, AppError, files::Portion};

/// Answers `FileService`.
pub struct Files {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl FileService for Files {
    type DownloadFileStream = ReceiverStream<Result<pb::DownloadFileResponse, Status>>;

    async fn start_upload(&self, request: Request<pb::StartUploadRequest>) -> Answer<pb::File> {
        let anybody = anybody(&request)?;
        let ((parent, label), once) = decode_write(request, |fields, message| {
            let pb::StartUploadRequest { parent, file, request_id: _, validate_only: _ } = message;
            let parent = fields.parse::<Owner>("parent", &parent);
            let label = fields.nested("file", file, decode_label);
            Some((parent?, label?))
        })?;
        let file = app::files::start(&self.app, &anybody.uploader(&parent)?, &label, once).await?;
        Ok(reply(encode(&file)))
    }

    async fn append_upload(&self, request: Request<pb::AppendUploadRequest>) -> Answer<pb::File> {
        let anybody = anybody(&request)?;
        let (name, portion) = decode(request.into_inner(), decode_portion)?;
        let file = app::files::append(&self.app, &anybody.uploader(&name.owner)?, &portion).await?;
        Ok(reply(encode(&file)))
    }

    async fn finish_upload(&self, request: Request<pb::FinishUploadRequest>) -> Answer<pb::File> {
        let anybody = anybody(&request)?;
        let (name, once) = decode_plain_verb::<_, FileName>(request)?;
        let file = app::files::finish(&self.app, &anybody.uploader(&name.owner)?, name.file, once).await?;
        Ok(reply(encode(&file)))
    }

    async fn get_file(&self, request: Request<pb::GetFileRequest>) -> Answer<pb::File> {
        let anybody = anybody(&request)?;
        let name: FileName = decode_name(request)?;
        let file = self.app.store.file(&anybody.downloader(&name.owner)?, name.file).await?;
        Ok(reply(encode(&file.ok_or_else(|| not_found(&name))?)))
    }

    async fn download_file(&self, request: Request<pb::DownloadFileRequest>) -> Answer<Self::DownloadFileStream> {
        let anybody = anybody(&request)?;
        let name: FileName = decode_name(request)?;
        let downloader = anybody.downloader(&name.owner)?;
        let open = self.app.store.open_file(&downloader, name.file).await?;
        let open = open.ok_or_else(|| not_found(&name))?;
        open.file.require_complete().map_err(AppError::from)?;
        Ok(Response::new(app::files::hand_out(Arc::clone(&self.app), open, |piece| {
            Ok(pb::DownloadFileResponse { data: piece?.to_vec() })
        })))
    }

    async fn create_download_link(
        &self,
        request: Request<pb::CreateDownloadLinkRequest>,
    ) -> Answer<pb::CreateDownloadLinkResponse> {
        let anybody = anybody(&request)?;
        let tried = request.get_ref().validate_only;
        let ((name, lifetime), once) = decode_write(request, |fields, message| {
            let pb::CreateDownloadLinkRequest { name, lifetime, request_id: _, validate_only: _ } = message;
            let name = fields.parse::<FileName>("name", &name);
            let lifetime = decode_lifetime(fields, lifetime);
            name.zip(lifetime)
        })?;
        let downloader = anybody.downloader(&name.owner)?;
        let link = app::files::link(&self.app, &downloader, (name.file, lifetime), once).await?;
        Ok(reply(pb::CreateDownloadLinkResponse {
            // Nothing is kept of a link, so that one that was only tried would open the file as any other.
            uri: if tried { String::new() } else { self.app.download_url(&link) },
            expire_time: Some(encode_instant(link.expire_time)),
        }))
    }

    async fn delete_file(&self, request: Request<pb::DeleteFileRequest>) -> Answer<pb::DeleteFileResponse> {
        let anybody = anybody(&request)?;
        let (name, once) = decode_plain_verb::<_, FileName>(request)?;
        app::files::delete(&self.app, &anybody.uploader(&name.owner)?, name.file, once).await?;
        Ok(reply(pb::DeleteFileResponse {}))
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

fn decode_lifetime(fields: &mut Fields, lifetime: Option<prost_types::Duration>) -> Option<Lifetime> {
    match duration(fields, "lifetime", lifetime)? {
        Some(length) => Lifetime::new(length).map_err(|unfit| fields.refuse("lifetime", unfit)).ok(),
        None => Some(Lifetime::default()),
    }
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
    let File { owner: _, id: _, label, received, digest, uploader: _, create_time } = file;
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
