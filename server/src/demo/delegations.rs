//! The delegations: created by those who send them, their members nominated and one of them at the head, and approved.

use attache_client::{Client, fresh_request_id, v1};

use super::{
    Stopped,
    registrations::People,
    report::Made,
    samples::{Delegation, Samples},
    stopped::Step as _,
};

/// Brings both delegations from nothing to their approval; tells their resource names in the order of the visits.
pub(super) async fn approve(
    client: &Client,
    samples: &Samples,
    people: &People,
) -> Result<(Vec<String>, Vec<Made>), Stopped> {
    let mut names = Vec::new();
    let mut members = 0;
    for visit in &samples.visits {
        names.push(form(client, people, &visit.delegation).await?);
        members += visit.delegation.members.len();
    }
    let made = vec![Made::new("delegations approved", names.len()), Made::part("members", members)];
    Ok((names, made))
}

/// Creates a delegation, seats its members and approves it; tells its resource name.
async fn form(client: &Client, people: &People, sample: &Delegation) -> Result<String, Stopped> {
    let mut delegations = client.delegations();
    let request = v1::CreateDelegationRequest {
        parent: format!("events/{}", sample.event),
        delegation: Some(delegation(sample)),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    let name = delegations.create_delegation(request).await.at("creating a delegation")?.name;

    let nominations: Result<Vec<_>, _> = sample.members.iter().map(|key| nomination(people, sample, key)).collect();
    let request = v1::NominateMembersRequest {
        parent: name.clone(),
        nominations: nominations?,
        request_id: fresh_request_id(),
        validate_only: false,
    };
    delegations.nominate_members(request).await.at("nominating the members of a delegation")?;

    let request = v1::GetDelegationRequest { name, view: 0 };
    let open = delegations.get_delegation(request).await.at("getting a delegation")?;
    let request = v1::UpdateDelegationRequest {
        delegation: Some(v1::Delegation { head: people.name(&sample.head)?, ..open }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["head".to_owned()] }),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    let headed = delegations.update_delegation(request).await.at("choosing the head of a delegation")?;
    let request = v1::ApproveDelegationRequest {
        name: headed.name,
        etag: headed.etag,
        request_id: fresh_request_id(),
        validate_only: false,
        wait_for_places: false,
    };
    Ok(delegations.approve_delegation(request).await.at("approving a delegation")?.name)
}

fn delegation(sample: &Delegation) -> v1::Delegation {
    v1::Delegation {
        title: Some((&sample.title).into()),
        sender: format!("organizations/{}", sample.organization),
        seats: i32::try_from(sample.members.len()).unwrap_or(i32::MAX),
        visit_window: Some((&sample.visit_window).into()),
        ..v1::Delegation::default()
    }
}

fn nomination(people: &People, sample: &Delegation, key: &str) -> Result<v1::Nomination, Stopped> {
    let role = if key == sample.head { "Head of the delegation" } else { "Member" };
    Ok(v1::Nomination { person: people.name(key)?, role: role.to_owned(), ..v1::Nomination::default() })
}
