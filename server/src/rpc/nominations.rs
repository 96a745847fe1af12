//! The wire of nominations: what a delegation's sender says of whom they send.

use std::sync::Arc;

use attache_domain::{
    delegation::{Effect, Legacy},
    resource::{DelegationMemberName, DelegationName, FileName},
};
use attache_proto::v1::{self as pb, nomination_service_server::NominationService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    delegations::{encode, view_member},
    fields::decode_write,
    reply,
    shapes::{decode_name, decode_verb},
    status::not_found,
    values::{encode_localized, etag},
};
use crate::app::{self, App, Edit};

/// How many characters a reason has at most.
const LONGEST_REASON: usize = 500;

/// How much passes in one call at most.
const MOST_RESOURCES: usize = 500;

/// Answers `NominationService`.
pub struct Nominations {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl NominationService for Nominations {
    async fn preview_handover(
        &self,
        request: Request<pb::PreviewHandoverRequest>,
    ) -> Answer<pb::PreviewHandoverResponse> {
        let authority = authority(&request)?;
        let name: DelegationMemberName = decode_name(request)?;
        let viewer = authority.delegation_keeper(&name.delegation())?.viewer();
        let legacy = self.app.store.legacy(&viewer, name.member, self.app.clock.now()).await?;
        let legacy = legacy.ok_or_else(|| not_found(&name))?;
        Ok(reply(pb::PreviewHandoverResponse { items: legacy.iter().map(encode_item).collect() }))
    }

    async fn hand_over_member(&self, request: Request<pb::HandOverMemberRequest>) -> Answer<pb::DelegationMember> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::HandOverMemberRequest { name, etag: seen, request_id: _, validate_only: _, resources } = message;
            let name = fields.parse::<DelegationMemberName>("name", &name);
            let expected = etag(fields, &seen);
            if !(1..=MOST_RESOURCES).contains(&resources.len()) {
                fields.refuse("resources", format_args!("needs 1 to {MOST_RESOURCES} resources"));
            }
            for (index, resource) in resources.iter().enumerate() {
                if resources[..index].contains(resource) {
                    fields.refuse(&format!("resources[{index}]"), "is named twice");
                }
            }
            Some(Edit { name: name?, content: resources, expected: expected? })
        })?;
        let name = edit.name.delegation();
        let organizer = authority.organizer(&name.event)?;
        let heir = app::nominations::hand_over(&self.app, &organizer, &edit, once).await?;
        Ok(reply(view_member(&self.app, &authority.delegation_viewer(&name)?, &heir).await?))
    }

    async fn withdraw_member(&self, request: Request<pb::WithdrawMemberRequest>) -> Answer<pb::DelegationMember> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, DelegationMemberName>(request)?;
        let name = edit.name.delegation();
        let keeper = authority.delegation_keeper(&name)?;
        let member = app::nominations::withdraw(&self.app, &keeper, &edit, once).await?;
        Ok(reply(view_member(&self.app, &authority.delegation_viewer(&name)?, &member).await?))
    }

    async fn set_nomination_file(&self, request: Request<pb::SetNominationFileRequest>) -> Answer<pb::Delegation> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::SetNominationFileRequest { name, etag: seen, request_id: _, validate_only: _, file } = message;
            let name = fields.parse::<DelegationName>("name", &name);
            let expected = etag(fields, &seen);
            let file = fields.parse::<FileName>("file", &file);
            Some(Edit { name: name?, content: file?, expected: expected? })
        })?;
        let keeper = authority.delegation_keeper(&edit.name)?;
        let delegation = app::nominations::document(&self.app, &keeper, &edit, once).await?;
        Ok(reply(encode(&delegation)))
    }

    async fn submit_delegation(&self, request: Request<pb::SubmitDelegationRequest>) -> Answer<pb::Delegation> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, DelegationName>(request)?;
        let keeper = authority.delegation_keeper(&edit.name)?;
        let delegation = app::nominations::submit(&self.app, &keeper, &edit, once).await?;
        Ok(reply(encode(&delegation)))
    }

    async fn return_delegation(&self, request: Request<pb::ReturnDelegationRequest>) -> Answer<pb::Delegation> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::ReturnDelegationRequest { name, etag: seen, request_id: _, validate_only: _, reason } = message;
            let name = fields.parse::<DelegationName>("name", &name);
            let expected = etag(fields, &seen);
            let reason = fields.line("reason", &reason, LONGEST_REASON);
            if reason == Some(None) {
                fields.refuse("reason", "is required");
            }
            Some(Edit { name: name?, content: reason??, expected: expected? })
        })?;
        let organizer = authority.organizer(&edit.name.event)?;
        let delegation = app::nominations::send_back(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&delegation)))
    }
}

fn encode_item(item: &Legacy) -> pb::HandoverItem {
    let effect = match item.effect() {
        Effect::LetterRejected => pb::HandoverEffect::LetterRejected,
        Effect::LetterRevoked => pb::HandoverEffect::LetterRevoked,
        Effect::TravellerReplaced => pb::HandoverEffect::TravellerReplaced,
    };
    let title = match item {
        Legacy::Letter(_) => None,
        Legacy::Stop(stop) => Some(encode_localized(&stop.plan.title)),
    };
    pb::HandoverItem { resource: item.resource(), effect: effect.into(), title }
}
