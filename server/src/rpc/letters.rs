//! The wire of letters.

use std::sync::Arc;

use attache_domain::{
    authority::Viewer,
    letter::{Code, Letter},
    resource::{EventName, LetterName},
};
use attache_proto::v1::{self as pb, letter_service_server::LetterService};
use tonic::{Request, Status};

use super::{
    Answer,
    authority::authority,
    fields::{decode, decode_write},
    jobs, organizations, persons, reply,
    shapes::{decode_list, decode_verb},
    status::{not_found, status},
    values::{encode_count, etag},
};
use crate::app::{self, App, Edit};

mod messages;

pub(super) use messages::encode_stage;
use messages::{decode_issue, decode_request, decode_sealing, encode, encode_verification};

/// How many characters a reason has at most.
const LONGEST_REASON: usize = 400;

/// Answers `LetterService`.
pub struct Letters {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl LetterService for Letters {
    async fn request_letter(&self, request: Request<pb::RequestLetterRequest>) -> Answer<pb::Letter> {
        let authority = authority(&request)?;
        let ((event, wanted), once) = decode_write(request, decode_request)?;
        let organizer = authority.organizer(&event.event)?;
        let letter = app::letters::request(&self.app, &organizer, &wanted, once).await?;
        Ok(reply(encode(&self.app, &letter)))
    }

    async fn get_letter(&self, request: Request<pb::GetLetterRequest>) -> Answer<pb::Letter> {
        let authority = authority(&request)?;
        let pb::GetLetterRequest { name, view } = request.into_inner();
        let name = decode(name, |fields, name| fields.parse::<LetterName>("name", &name))?;
        let viewer = authority.viewer(&name.event)?;
        let letter = self.app.store.letter(&viewer, name.letter).await?.ok_or_else(|| not_found(&name))?;
        let mut letters = self.view(&viewer, view, &[letter]).await?;
        Ok(reply(letters.remove(0)))
    }

    async fn list_letters(&self, request: Request<pb::ListLettersRequest>) -> Answer<pb::ListLettersResponse> {
        let authority = authority(&request)?;
        let view = request.get_ref().view;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let viewer = authority.viewer(&event.event)?;
        let page = self.app.store.letters(&viewer, &list).await?;
        Ok(reply(pb::ListLettersResponse {
            letters: self.view(&viewer, view, &page.items).await?,
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn approve_letter(&self, request: Request<pb::ApproveLetterRequest>) -> Answer<pb::Letter> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, LetterName>(request)?;
        let approver = authority.approver(&edit.name.event)?;
        let letter = app::letters::approve(&self.app, &approver, &edit, once).await?;
        Ok(reply(encode(&self.app, &letter)))
    }

    async fn reject_letter(&self, request: Request<pb::RejectLetterRequest>) -> Answer<pb::Letter> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::RejectLetterRequest { name, reason, etag: seen, request_id: _, validate_only: _ } = message;
            let (name, expected) = (fields.parse::<LetterName>("name", &name), etag(fields, &seen));
            let reason = fields.line("reason", &reason, LONGEST_REASON);
            Some(Edit { name: name?, content: reason?.unwrap_or_default(), expected: expected? })
        })?;
        let approver = authority.approver(&edit.name.event)?;
        let letter = app::letters::reject(&self.app, &approver, &edit, once).await?;
        Ok(reply(encode(&self.app, &letter)))
    }

    async fn issue_letters(&self, request: Request<pb::IssueLettersRequest>) -> Answer<pb::Job> {
        let authority = authority(&request)?;
        let ((event, wanted), once) = decode_write(request, decode_issue)?;
        let approver = authority.approver(&event.event)?;
        let job = app::letters::issue(&self.app, &approver, &wanted, once).await?;
        Ok(reply(jobs::encode(&job)))
    }

    async fn attach_sealed_copy(&self, request: Request<pb::AttachSealedCopyRequest>) -> Answer<pb::Letter> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, decode_sealing)?;
        let approver = authority.approver(&edit.name.event)?;
        let letter = app::letters::attach_sealed_copy(&self.app, &approver, &edit, once).await?;
        Ok(reply(encode(&self.app, &letter)))
    }

    async fn revoke_letter(&self, request: Request<pb::RevokeLetterRequest>) -> Answer<pb::Letter> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::RevokeLetterRequest { name, reason, etag: seen, request_id: _, validate_only: _ } = message;
            let (name, expected) = (fields.parse::<LetterName>("name", &name), etag(fields, &seen));
            let reason = fields.line("reason", &reason, LONGEST_REASON);
            if reason == Some(None) {
                fields.refuse("reason", "is required");
            }
            Some(Edit { name: name?, content: reason??, expected: expected? })
        })?;
        let approver = authority.approver(&edit.name.event)?;
        let letter = app::letters::revoke(&self.app, &approver, &edit, once).await?;
        Ok(reply(encode(&self.app, &letter)))
    }

    async fn verify_letter(&self, request: Request<pb::VerifyLetterRequest>) -> Answer<pb::VerifyLetterResponse> {
        let pb::VerifyLetterRequest { code } = request.into_inner();
        // A text that is no code is nobody's code: whoever asks is told the same.
        let Ok(code) = code.parse::<Code>() else { return Err(unknown_code()) };
        let verification = self.app.store.verification(&code).await?.ok_or_else(unknown_code)?;
        Ok(reply(encode_verification(&verification)))
    }
}

impl Letters {
    /// Gives letters, and with the full view the people and the issuers of all of them in a statement each.
    async fn view(&self, viewer: &Viewer, view: i32, letters: &[Letter]) -> Result<Vec<pb::Letter>, Status> {
        match pb::LetterView::try_from(view) {
            Ok(pb::LetterView::Full) => {}
            Ok(pb::LetterView::Basic | pb::LetterView::Unspecified) | Err(_) => {
                return Ok(letters.iter().map(|letter| encode(&self.app, letter)).collect());
            }
        }
        let people = letters.iter().map(|letter| &letter.request.person).collect();
        let people = self.app.store.people_of(viewer, people).await?;
        let issuers = letters.iter().map(|letter| &letter.request.issuer).collect();
        let issuers = self.app.store.organizations_named(issuers).await?;
        let encoded = letters.iter().map(|letter| pb::Letter {
            embedded_person: people.iter().find(|person| person.name() == letter.request.person).map(persons::encode),
            embedded_issuer: issuers.iter().find(|one| one.id == letter.request.issuer).map(organizations::encode),
            ..encode(&self.app, letter)
        });
        Ok(encoded.collect())
    }
}

/// Says that no issued letter has a code, without repeating it.
fn unknown_code() -> Status {
    let facts = vec![("resource", "letter".to_owned())];
    status(tonic::Code::NotFound, "no issued letter has this code", "ERROR_REASON_NOT_FOUND", facts)
}
