//! The steps that tests about delegations are made of.

use attache_client::{
    Client, Failure,
    v1::{self, DelegationMemberState},
};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, person, text},
};
use prost_types::FieldMask;

/// Somebody whom nobody keeps.
pub const NOBODY: &str = "organizations/zbra/persons/00000000-0000-4000-8000-000000000000";

const CHAMBER: &str = "organizations/chamber";

/// A house with the forum and the chamber that sends delegations to it.
pub async fn house() -> House {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let chamber = v1::Organization { title: Some(text("Chamber of Commerce", "")), ..Default::default() };
    let request = v1::CreateOrganizationRequest {
        organization: Some(chamber),
        organization_id: "chamber".to_owned(),
        ..Default::default()
    };
    house.owner.organizations().create_organization(request).await.expect("a chamber");
    house
}

/// A delegation of so many seats to Beijing.
pub fn delegation(seats: i32) -> v1::Delegation {
    v1::Delegation {
        title: Some(text("Delegation of the chamber", "商会代表团")),
        sender: CHAMBER.to_owned(),
        seats,
        visit_window: Some(v1::VisitWindow {
            start_date: "2023-09-03".to_owned(),
            end_date: "2023-09-08".to_owned(),
            cities: vec![text("Beijing", "北京")],
        }),
        ..Default::default()
    }
}

pub fn creation(seats: i32) -> v1::CreateDelegationRequest {
    v1::CreateDelegationRequest {
        parent: FORUM.to_owned(),
        delegation: Some(delegation(seats)),
        request_id: String::new(),
        validate_only: false,
    }
}

pub async fn created(house: &House, seats: i32) -> v1::Delegation {
    house.owner.delegations().create_delegation(creation(seats)).await.expect("a delegation").into_inner()
}

pub fn newcomer(display_name: &str) -> v1::Nomination {
    v1::Nomination { new_person: Some(person(display_name, "")), role: "Member".to_owned(), ..Default::default() }
}

pub fn known(person: &str) -> v1::Nomination {
    v1::Nomination { person: person.to_owned(), ..Default::default() }
}

pub fn nomination(delegation: &v1::Delegation, nominations: Vec<v1::Nomination>) -> v1::NominateMembersRequest {
    v1::NominateMembersRequest {
        parent: delegation.name.clone(),
        nominations,
        request_id: String::new(),
        validate_only: false,
    }
}

pub async fn nominated(
    client: &Client,
    delegation: &v1::Delegation,
    nominations: Vec<v1::Nomination>,
) -> Result<Vec<v1::DelegationMember>, Failure> {
    let answer = client.delegations().nominate_members(nomination(delegation, nominations)).await?;
    Ok(answer.into_inner().members)
}

pub async fn newcomers(house: &House, delegation: &v1::Delegation, names: &[&str]) -> Vec<v1::DelegationMember> {
    let nominations = names.iter().map(|name| newcomer(name)).collect();
    nominated(&house.owner, delegation, nominations).await.expect("members")
}

pub async fn headed_by(house: &House, delegation: &v1::Delegation, head: &str) -> Result<v1::Delegation, Failure> {
    let request = v1::UpdateDelegationRequest {
        delegation: Some(v1::Delegation { name: delegation.name.clone(), head: head.to_owned(), ..Default::default() }),
        update_mask: Some(FieldMask { paths: vec!["head".to_owned()] }),
        ..Default::default()
    };
    Ok(house.owner.delegations().update_delegation(request).await?.into_inner())
}

pub async fn approved(client: &Client, delegation: &v1::Delegation) -> Result<v1::Delegation, Failure> {
    let request = v1::ApproveDelegationRequest { name: delegation.name.clone(), ..Default::default() };
    Ok(client.delegations().approve_delegation(request).await?.into_inner())
}

pub async fn withdrawn(client: &Client, delegation: &v1::Delegation) -> Result<v1::Delegation, Failure> {
    let request = v1::WithdrawDelegationRequest { name: delegation.name.clone(), ..Default::default() };
    Ok(client.delegations().withdraw_delegation(request).await?.into_inner())
}

pub async fn reinstated(client: &Client, delegation: &v1::Delegation) -> Result<v1::Delegation, Failure> {
    let request = v1::ReinstateDelegationRequest { name: delegation.name.clone(), ..Default::default() };
    Ok(client.delegations().reinstate_delegation(request).await?.into_inner())
}

pub async fn replaced(
    client: &Client,
    member: &v1::DelegationMember,
    nomination: v1::Nomination,
) -> Result<v1::DelegationMember, Failure> {
    let request = v1::ReplaceMemberRequest {
        name: member.name.clone(),
        nomination: Some(nomination),
        etag: member.etag.clone(),
        ..Default::default()
    };
    Ok(client.delegations().replace_member(request).await?.into_inner())
}

pub async fn got(client: &Client, name: &str) -> Result<v1::Delegation, Failure> {
    let request = v1::GetDelegationRequest { name: name.to_owned(), ..Default::default() };
    Ok(client.delegations().get_delegation(request).await?.into_inner())
}

pub async fn listed(client: &Client, filter: &str) -> Result<Vec<String>, Failure> {
    let request =
        v1::ListDelegationsRequest { parent: FORUM.to_owned(), filter: filter.to_owned(), ..Default::default() };
    let list = client.delegations().list_delegations(request).await?.into_inner();
    assert_eq!(list.delegations.len(), usize::try_from(list.total_size).expect("a count"));
    Ok(list.delegations.into_iter().map(|delegation| delegation.name).collect())
}

/// Everybody who has or had a seat: their name and state, in the order of the names.
pub async fn members(client: &Client, delegation: &v1::Delegation) -> Vec<(String, DelegationMemberState)> {
    let request = v1::ListDelegationMembersRequest { parent: delegation.name.clone(), ..Default::default() };
    let list = client.delegations().list_delegation_members(request).await.expect("a list").into_inner();
    assert_eq!(list.members.len(), usize::try_from(list.total_size).expect("a count"));
    let name = |member: &v1::DelegationMember| member.embedded_person.clone().expect("a person").display_name;
    let mut members: Vec<_> = list.members.iter().map(|member| (name(member), member.state())).collect();
    members.sort_by(|one, other| one.0.cmp(&other.0));
    members
}

pub fn in_state(state: DelegationMemberState, names: &[&str]) -> Vec<(String, DelegationMemberState)> {
    names.iter().map(|name| ((*name).to_owned(), state)).collect()
}

pub fn fact<'a>(failure: &'a Failure, key: &str) -> &'a str {
    failure.metadata.get(key).map(String::as_str).unwrap_or_default()
}
