//! The wire of nominations: what a delegation's sender says of whom they send.

use std::{collections::BTreeSet, sync::Arc};

use attache_domain::{
    delegation::{Effect, Legacy},
    language::LanguageTag,
    registration::import::Settings,
    resource::{DelegationMemberName, DelegationName, FileName},
};
use attache_proto::v1::{self as pb, nomination_service_server::NominationService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    delegations::{decode_seat, encode, encode_with, view_member},
    fields::{Fields, decode_write},
    masks::Mask,
    registrations::{LONGEST_NAME, decode_columns, encode_finding},
    reply,
    shapes::{decode_name, decode_verb},
    status::not_found,
    values::{encode_localized, etag, instant},
};
use crate::app::{self, App, Edit, nominations::Assignment};

/// How many characters a reason has at most.
const LONGEST_REASON: usize = 500;

/// How much passes in one call at most.
const MOST_ITEMS: usize = 500;

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
        let organizer = authority.organizer(&name.event)?;
        let legacy = self.app.store.legacy(&organizer, &name, self.app.clock.now()).await?;
        let legacy = legacy.ok_or_else(|| not_found(&name))?;
        Ok(reply(pb::PreviewHandoverResponse { items: legacy.iter().map(encode_item).collect() }))
    }

    async fn hand_over_member(&self, request: Request<pb::HandOverMemberRequest>) -> Answer<pb::DelegationMember> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::HandOverMemberRequest { name, etag: seen, request_id: _, validate_only: _, items } = message;
            let name = fields.parse::<DelegationMemberName>("name", &name);
            let expected = etag(fields, &seen);
            let items = decode_items(fields, items);
            Some(Edit { name: name?, content: items?, expected: expected? })
        })?;
        let name = edit.name.delegation();
        let organizer = authority.organizer(&name.event)?;
        let heir = app::nominations::hand_over(&self.app, &organizer, &edit, once).await?;
        Ok(reply(view_member(&self.app, &authority.delegation_viewer(&name)?, &heir).await?))
    }

    async fn update_delegation_member(
        &self,
        request: Request<pb::UpdateDelegationMemberRequest>,
    ) -> Answer<pb::DelegationMember> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, decode_member_update)?;
        let name = edit.name.delegation();
        let keeper = authority.delegation_keeper(&name)?;
        let member = app::nominations::update_member(&self.app, &keeper, &edit, once).await?;
        Ok(reply(view_member(&self.app, &authority.delegation_viewer(&name)?, &member).await?))
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
        let delegation = app::nominations::set_nomination_file(&self.app, &keeper, &edit, once).await?;
        Ok(reply(encode(&delegation)))
    }

    async fn import_members(&self, request: Request<pb::ImportMembersRequest>) -> Answer<pb::ImportMembersResponse> {
        let authority = authority(&request)?;
        let ((name, settings), once) = decode_write(request, decode_import)?;
        let keeper = authority.delegation_keeper(&name)?;
        let (roster, findings) = app::nominations::import(&self.app, &keeper, &settings, once).await?;
        let members = roster.people.iter().map(|(member, person)| encode_with(member, person)).collect();
        Ok(reply(pb::ImportMembersResponse { members, findings: findings.iter().map(encode_finding).collect() }))
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
            let pb::ReturnDelegationRequest {
                name,
                etag: seen,
                request_id: _,
                validate_only: _,
                reason,
                nomination_time,
            } = message;
            let name = fields.parse::<DelegationName>("name", &name);
            let expected = etag(fields, &seen);
            let reason = fields.line("reason", &reason, LONGEST_REASON);
            if reason == Some(None) {
                fields.refuse("reason", "is required");
            }
            let until = instant(fields, "nomination_time", nomination_time);
            Some(Edit { name: name?, content: (reason??, until?), expected: expected? })
        })?;
        let organizer = authority.organizer(&edit.name.event)?;
        let delegation = app::nominations::send_back(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&delegation)))
    }
}

/// Reads which list is imported for which delegation.
fn decode_import(fields: &mut Fields, request: pb::ImportMembersRequest) -> Option<(DelegationName, Settings)> {
    let pb::ImportMembersRequest { parent, file, columns, sheet, language_code, request_id: _, validate_only: _ } =
        request;
    let parent = fields.parse::<DelegationName>("parent", &parent);
    let file = fields.parse::<FileName>("file", &file);
    let columns = decode_columns(fields, columns);
    let sheet = fields.line("sheet", &sheet, LONGEST_NAME);
    let language = fields.parse_optional("language_code", &language_code);
    let settings = Settings {
        file: file?,
        sheet: sheet?,
        category: None,
        columns: columns?,
        date_order: None,
        language: language?.unwrap_or(LanguageTag::English),
        skip_bad_rows: false,
        notify: false,
        invitation: None,
    };
    Some((parent?, settings))
}

/// Reads what a member is to be; nothing, when that is left out.
fn decode_member_update(
    fields: &mut Fields,
    request: pb::UpdateDelegationMemberRequest,
) -> Option<Edit<DelegationMemberName, Assignment>> {
    let pb::UpdateDelegationMemberRequest { member, update_mask, request_id: _, validate_only: _ } = request;
    let mask = Mask::read(fields, update_mask, &["role", "category"]);
    fields.within("member", |fields| {
        let pb::DelegationMember { name, role, category, etag: seen, .. } = member.unwrap_or_default();
        let name = fields.parse::<DelegationMemberName>("name", &name);
        let expected = etag(fields, &seen);
        let mask = mask?;
        let role = if mask.takes("role", &role) { fields.line("role", &role, 100).map(Some) } else { Some(None) };
        let of = name.as_ref().map(|name| &name.event);
        let takes_category = mask.takes("category", &category);
        let category = if takes_category { decode_seat(fields, of, &category).map(Some) } else { Some(None) };
        let content = Assignment { role: role?, category: category? };
        Some(Edit { name: name?, content, expected: expected? })
    })
}

fn decode_items(fields: &mut Fields, items: Vec<pb::HandoverItem>) -> Option<Vec<(String, Effect)>> {
    if !(1..=MOST_ITEMS).contains(&items.len()) {
        fields.refuse("items", format_args!("needs 1 to {MOST_ITEMS} items"));
        return None;
    }
    let mut seen = BTreeSet::new();
    fields.each("items", items, |fields, item| {
        let effect = decode_effect(&item);
        if effect.is_none() {
            fields.refuse("effect", "is required");
        }
        if !seen.insert(item.resource.clone()) {
            fields.refuse("resource", "is named twice");
        }
        effect.map(|effect| (item.resource, effect))
    })
}

fn decode_effect(item: &pb::HandoverItem) -> Option<Effect> {
    match item.effect() {
        pb::HandoverEffect::LetterRejected => Some(Effect::LetterRejected),
        pb::HandoverEffect::LetterRevoked => Some(Effect::LetterRevoked),
        pb::HandoverEffect::TravellerReplaced => Some(Effect::TravellerReplaced),
        pb::HandoverEffect::Unspecified => None,
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
