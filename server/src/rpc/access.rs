//! The wire of members and tokens.

use std::sync::Arc;

use attache_domain::{
    access::{Member, Profile, RoleAt, Scope, Token},
    authority::{Delegate, Identity, Role},
    language::LanguageTag,
    person::Person,
    resource::{EventName, Malformed, MemberName, TokenName},
};
use attache_proto::v1::{self as pb, access_service_server::AccessService};
use tonic::Request;

use super::{
    Answer,
    authority::{Barred, anybody, authority},
    fields::{Fields, decode, decode_write},
    masks::{Mask, overlay},
    reply,
    shapes::{decode_house_list, decode_list, decode_plain_verb},
    status::not_found,
    values::{choice, encode_count, encode_instant, etag, instant},
};
use crate::app::{self, App, Edit};

/// Answers `AccessService`.
pub struct Access {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl AccessService for Access {
    async fn create_member(&self, request: Request<pb::CreateMemberRequest>) -> Answer<pb::Member> {
        let administrator = authority(&request)?.administrator()?;
        let (member, once) = decode_write(request, |fields, message| {
            let pb::CreateMemberRequest { member, request_id: _, validate_only: _ } = message;
            fields.nested("member", member, decode_member)
        })?;
        let member = app::access::create_member(&self.app, &administrator, &member, once).await?;
        Ok(reply(encode(&member)))
    }

    async fn list_members(&self, request: Request<pb::ListMembersRequest>) -> Answer<pb::ListMembersResponse> {
        let administrator = authority(&request)?.administrator()?;
        let list = decode_house_list(request)?;
        let page = self.app.store.members(&administrator, &list).await?;
        Ok(reply(pb::ListMembersResponse {
            members: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_member(&self, request: Request<pb::UpdateMemberRequest>) -> Answer<pb::Member> {
        let administrator = authority(&request)?.administrator()?;
        let update = request.get_ref().member.clone().unwrap_or_default();
        let name = decode(update, |fields, member| fields.parse::<MemberName>("member.name", &member.name))?;
        let present = self.app.store.member(&administrator, name.member).await?.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let member = app::access::update_member(&self.app, &administrator, &edit, once).await?;
        Ok(reply(encode(&member)))
    }

    async fn remove_member(&self, request: Request<pb::RemoveMemberRequest>) -> Answer<pb::RemoveMemberResponse> {
        let administrator = authority(&request)?.administrator()?;
        let (name, once) = decode_plain_verb::<_, MemberName>(request)?;
        app::access::remove_member(&self.app, &administrator, &name, once).await?;
        Ok(reply(pb::RemoveMemberResponse {}))
    }

    async fn create_token(&self, request: Request<pb::CreateTokenRequest>) -> Answer<pb::CreateTokenResponse> {
        let administrator = authority(&request)?.administrator()?;
        let (token, once) = decode_write(request, |fields, message| {
            let pb::CreateTokenRequest { parent, token, request_id: _, validate_only: _ } = message;
            let pb::Token { name: _, purpose, expire_time, create_time: _ } = token.unwrap_or_default();
            let member = fields.parse::<MemberName>("parent", &parent);
            let purpose = fields.line("token.purpose", &purpose, 100);
            let expire_time = instant(fields, "token.expire_time", expire_time);
            Some((member?, purpose?.unwrap_or_default(), expire_time?))
        })?;
        let tried = once.validate_only;
        let new = app::access::create_token(&self.app, &administrator, &token, once).await?;
        let secret = if tried { String::new() } else { new.text() };
        Ok(reply(pb::CreateTokenResponse { token: Some(encode_token(new.token)), secret }))
    }

    async fn list_tokens(&self, request: Request<pb::ListTokensRequest>) -> Answer<pb::ListTokensResponse> {
        let administrator = authority(&request)?.administrator()?;
        let (member, list) = decode_list::<_, MemberName>(request)?;
        let page = self.app.store.tokens(&administrator, member.member, &list).await?;
        Ok(reply(pb::ListTokensResponse {
            tokens: page.items.into_iter().map(encode_token).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn revoke_token(&self, request: Request<pb::RevokeTokenRequest>) -> Answer<pb::RevokeTokenResponse> {
        let administrator = authority(&request)?.administrator()?;
        let (name, once) = decode_plain_verb::<_, TokenName>(request)?;
        app::access::revoke_token(&self.app, &administrator, &name, once).await?;
        Ok(reply(pb::RevokeTokenResponse {}))
    }

    async fn who_am_i(&self, request: Request<pb::WhoAmIRequest>) -> Answer<pb::Member> {
        let myself = match anybody(&request)?.identity() {
            Identity::Member(caller) => self.app.store.myself(caller).await?.as_ref().map(encode),
            Identity::Delegate(delegate) => {
                self.app.store.own_person(delegate).await?.map(|person| encode_delegate(delegate, person))
            }
        };
        Ok(reply(myself.ok_or(Barred::Unknown)?))
    }
}

fn decode_update(
    fields: &mut Fields,
    present: &Member,
    request: pb::UpdateMemberRequest,
) -> Option<Edit<MemberName, Profile>> {
    let pb::UpdateMemberRequest { member, update_mask, request_id: _, validate_only: _ } = request;
    let update = member.unwrap_or_default();
    let mask = Mask::read(fields, update_mask, &["display_name", "grants", "email", "language_code"]);
    let expected = fields.within("member", |fields| etag(fields, &update.etag));
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; display_name, grants, email, language_code);
    let profile = fields.nested("member", Some(laid), decode_member);
    Some(Edit { name: present.name(), content: profile?, expected: Some(expected?.unwrap_or(present.revision)) })
}

fn decode_member(fields: &mut Fields, member: pb::Member) -> Option<Profile> {
    let pb::Member { name: _, display_name, grants, create_time: _, email, language_code, event: _, etag: _ } = member;
    let display_name = fields.parse("display_name", &display_name);
    let email = fields.parse_optional("email", &email);
    let language = fields.parse_optional("language_code", &language_code);
    if grants.is_empty() {
        fields.refuse("grants", "is required");
    }
    let roles = fields.each("grants", grants, |fields, grant| {
        let pb::Grant { role, resource } = grant;
        let role = choice(fields, "role", role, |role| match role {
            pb::Role::Unspecified => None,
            pb::Role::Owner => Some(Role::Owner),
            pb::Role::Organizer => Some(Role::Organizer),
            pb::Role::Approver => Some(Role::Approver),
            pb::Role::FocalPoint => Some(Role::FocalPoint),
            pb::Role::Viewer => Some(Role::Viewer),
        });
        let scope = scope(&resource).map_err(|malformed| fields.refuse("resource", malformed)).ok();
        RoleAt::grant(role?, scope?).map_err(|misplaced| fields.refuse("resource", misplaced)).ok()
    });
    let language = language?.unwrap_or(LanguageTag::English);
    Some(Profile { display_name: display_name?, email: email?, language, roles: roles? })
}

fn scope(resource: &str) -> Result<Scope, Malformed> {
    if resource.is_empty() {
        return Ok(Scope::Installation);
    }
    let event = resource.parse().map(|EventName { event }| Scope::Event(event));
    event
        .or_else(|_| resource.parse().map(Scope::Delegation))
        .map_err(|_: Malformed| Malformed { pattern: "events/{event} or events/{event}/delegations/{delegation}" })
}

fn encode(member: &Member) -> pb::Member {
    let Member { id: _, profile, revision, create_time } = member;
    let Profile { display_name, email, language, roles } = profile;
    pb::Member {
        name: member.name().to_string(),
        display_name: display_name.as_str().to_owned(),
        grants: roles.iter().map(encode_grant).collect(),
        create_time: Some(encode_instant(*create_time)),
        email: email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        language_code: language.as_str().to_owned(),
        event: String::new(),
        etag: revision.to_string(),
    }
}

/// Writes a person who came by a personal link as whoever calls: under their own name, without grants.
fn encode_delegate(delegate: &Delegate, person: Person) -> pb::Member {
    let event = EventName { event: delegate.event().clone() }.to_string();
    let name = person.name().to_string();
    let Person { organization: _, id: _, profile, history } = person;
    pb::Member {
        name,
        display_name: profile.name.display_name.as_str().to_owned(),
        grants: Vec::new(),
        create_time: Some(encode_instant(history.create_time)),
        email: profile.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        language_code: profile.language.as_str().to_owned(),
        event,
        etag: String::new(),
    }
}

fn encode_grant(grant: &RoleAt) -> pb::Grant {
    let RoleAt { role, scope } = grant;
    let role = match role {
        Role::Owner => pb::Role::Owner,
        Role::Organizer => pb::Role::Organizer,
        Role::Approver => pb::Role::Approver,
        Role::FocalPoint => pb::Role::FocalPoint,
        Role::Viewer => pb::Role::Viewer,
    };
    let resource = match scope {
        Scope::Installation => String::new(),
        Scope::Event(event) => EventName { event: event.clone() }.to_string(),
        Scope::Delegation(delegation) => delegation.to_string(),
    };
    pb::Grant { role: role.into(), resource }
}

pub(super) fn encode_token(token: Token) -> pb::Token {
    let name = token.name().to_string();
    let Token { member: _, id: _, purpose, expire_time, create_time } = token;
    pb::Token {
        name,
        purpose,
        expire_time: expire_time.map(encode_instant),
        create_time: Some(encode_instant(create_time)),
    }
}
