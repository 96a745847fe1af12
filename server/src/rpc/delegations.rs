//! The wire of delegations.

use std::sync::Arc;

use attache_domain::{
    authority::DelegationViewer,
    delegation::{Delegation, Member},
    person::Person,
    resource::{DelegationMemberName, DelegationName, EventName},
};
use attache_proto::v1::{self as pb, delegation_service_server::DelegationService};
use tonic::{Request, Status};

use self::messages::{decode_nomination, decode_nominations, decode_plan, decode_update, encode_member};
use super::{
    Answer,
    authority::authority,
    fields::{decode, decode_write},
    organizations, persons, reply,
    shapes::{decode_list, decode_verb},
    status::not_found,
    values::{encode_count, etag},
};
use crate::app::{self, App, Edit};

mod messages;

pub(super) use messages::{decode_seat, encode};

/// Answers `DelegationService`.
pub struct Delegations {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl DelegationService for Delegations {
    async fn create_delegation(&self, request: Request<pb::CreateDelegationRequest>) -> Answer<pb::Delegation> {
        let authority = authority(&request)?;
        let ((event, plan), once) = decode_write(request, |fields, message| {
            let pb::CreateDelegationRequest { parent, delegation, request_id: _, validate_only: _ } = message;
            let event = fields.parse::<EventName>("parent", &parent);
            if delegation.as_ref().is_some_and(|delegation| !delegation.head.is_empty()) {
                fields.refuse("delegation.head", "is chosen later, among the members");
            }
            let of = event.as_ref().map(|event| &event.event);
            let plan =
                fields.nested("delegation", delegation, |fields, delegation| decode_plan(fields, of, delegation));
            Some((event?, plan?.0))
        })?;
        let organizer = authority.organizer(&event.event)?;
        let delegation = app::delegations::create(&self.app, &organizer, &plan, once).await?;
        Ok(reply(encode(&delegation)))
    }

    async fn get_delegation(&self, request: Request<pb::GetDelegationRequest>) -> Answer<pb::Delegation> {
        let authority = authority(&request)?;
        let pb::GetDelegationRequest { name, view } = request.into_inner();
        let name = decode(name, |fields, name| fields.parse::<DelegationName>("name", &name))?;
        let delegation = self.app.store.delegation(&authority.delegation_viewer(&name)?).await?;
        let mut delegations = self.view(view, &[delegation.ok_or_else(|| not_found(&name))?]).await?;
        Ok(reply(delegations.remove(0)))
    }

    async fn list_delegations(
        &self,
        request: Request<pb::ListDelegationsRequest>,
    ) -> Answer<pb::ListDelegationsResponse> {
        let authority = authority(&request)?;
        let view = request.get_ref().view;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.delegations(&authority.delegation_lister(&event.event)?, &list).await?;
        Ok(reply(pb::ListDelegationsResponse {
            delegations: self.view(view, &page.items).await?,
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_delegation(&self, request: Request<pb::UpdateDelegationRequest>) -> Answer<pb::Delegation> {
        let authority = authority(&request)?;
        let update = request.get_ref().delegation.clone().unwrap_or_default();
        let name = decode(update, |fields, update| fields.parse::<DelegationName>("delegation.name", &update.name))?;
        let organizer = authority.organizer(&name.event)?;
        let present = self.app.store.delegation(&authority.delegation_viewer(&name)?).await?;
        let present = present.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let delegation = app::delegations::update(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&delegation)))
    }

    async fn nominate_members(
        &self,
        request: Request<pb::NominateMembersRequest>,
    ) -> Answer<pb::NominateMembersResponse> {
        let authority = authority(&request)?;
        let ((name, nominations), once) = decode_write(request, |fields, message| {
            let pb::NominateMembersRequest { parent, nominations, request_id: _, validate_only: _ } = message;
            let name = fields.parse::<DelegationName>("parent", &parent);
            let of = name.as_ref().map(|name| &name.event);
            let nominations = decode_nominations(fields, of, nominations);
            Some((name?, nominations?))
        })?;
        let keeper = authority.delegation_keeper(&name)?;
        let members = app::delegations::nominate(&self.app, &keeper, &nominations, once).await?;
        let members = view_members(&self.app, &authority.delegation_viewer(&name)?, &members).await?;
        Ok(reply(pb::NominateMembersResponse { members }))
    }

    async fn list_delegation_members(
        &self,
        request: Request<pb::ListDelegationMembersRequest>,
    ) -> Answer<pb::ListDelegationMembersResponse> {
        let authority = authority(&request)?;
        let (name, list) = decode_list::<_, DelegationName>(request)?;
        let viewer = authority.delegation_viewer(&name)?;
        let page = self.app.store.delegation_members(&viewer, &list).await?;
        Ok(reply(pb::ListDelegationMembersResponse {
            members: view_members(&self.app, &viewer, &page.items).await?,
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn replace_member(&self, request: Request<pb::ReplaceMemberRequest>) -> Answer<pb::DelegationMember> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::ReplaceMemberRequest { name, nomination, etag: seen, request_id: _, validate_only: _ } = message;
            let name = fields.parse::<DelegationMemberName>("name", &name);
            let of = name.as_ref().map(|name| &name.event);
            let content = fields.nested("nomination", nomination, |fields, one| decode_nomination(fields, of, one));
            let expected = etag(fields, &seen);
            Some(Edit { name: name?, content: content?, expected: expected? })
        })?;
        let name = edit.name.delegation();
        let keeper = authority.delegation_keeper(&name)?;
        let member = app::delegations::replace(&self.app, &keeper, &edit, once).await?;
        Ok(reply(view_member(&self.app, &authority.delegation_viewer(&name)?, &member).await?))
    }

    async fn approve_delegation(&self, request: Request<pb::ApproveDelegationRequest>) -> Answer<pb::Delegation> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::ApproveDelegationRequest { name, etag: seen, request_id: _, validate_only: _, wait_for_places } =
                message;
            let (name, expected) = (fields.parse::<DelegationName>("name", &name), etag(fields, &seen));
            Some(Edit { name: name?, content: wait_for_places, expected: expected? })
        })?;
        let organizer = authority.organizer(&edit.name.event)?;
        let delegation = app::delegations::approve(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&delegation)))
    }

    async fn withdraw_delegation(&self, request: Request<pb::WithdrawDelegationRequest>) -> Answer<pb::Delegation> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, DelegationName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        let delegation = app::delegations::withdraw(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&delegation)))
    }

    async fn reinstate_delegation(&self, request: Request<pb::ReinstateDelegationRequest>) -> Answer<pb::Delegation> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, DelegationName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        let delegation = app::delegations::reinstate(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&delegation)))
    }
}

impl Delegations {
    /// Gives delegations, and with the full view the organisations that send them, of all of them in one statement.
    async fn view(&self, view: i32, delegations: &[Delegation]) -> Result<Vec<pb::Delegation>, Status> {
        let senders = match pb::DelegationView::try_from(view) {
            Ok(pb::DelegationView::Full) => {
                let senders = delegations.iter().map(|delegation| &delegation.plan.sender).collect();
                self.app.store.organizations_named(senders).await?
            }
            Ok(pb::DelegationView::Basic | pb::DelegationView::Unspecified) | Err(_) => Vec::new(),
        };
        let encoded = delegations.iter().map(|delegation| pb::Delegation {
            embedded_sender: senders.iter().find(|one| one.id == delegation.plan.sender).map(organizations::encode),
            ..encode(delegation)
        });
        Ok(encoded.collect())
    }
}

/// Gives a member with the person they are.
pub(super) async fn view_member(
    app: &App,
    viewer: &DelegationViewer,
    member: &Member,
) -> Result<pb::DelegationMember, Status> {
    Ok(view_members(app, viewer, std::slice::from_ref(member)).await?.remove(0))
}

/// Gives members with the people they are.
async fn view_members(
    app: &App,
    viewer: &DelegationViewer,
    members: &[Member],
) -> Result<Vec<pb::DelegationMember>, Status> {
    let people = app.store.people_of_members(viewer, members).await?;
    let person = |member: &Member| people.iter().find(|person| person.name() == member.person);
    let encode = |member: &Member| match person(member) {
        Some(person) => encode_with(member, person),
        None => encode_member(member),
    };
    Ok(members.iter().map(encode).collect())
}

/// Writes a member with the person they are.
pub(super) fn encode_with(member: &Member, person: &Person) -> pb::DelegationMember {
    pb::DelegationMember { embedded_person: Some(persons::encode(person)), ..encode_member(member) }
}
