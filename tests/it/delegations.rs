//! Delegations through the whole house: created, changed, approved, withdrawn.

use attache_client::{
    Code, Failure, fresh_request_id,
    v1::{self, DelegationMemberState, DelegationState, ErrorReason},
};
use attache_tests::fixtures::{FORUM, text};
use prost_types::FieldMask;

use self::steps::{
    NOBODY, approved, created, creation, delegation, fact, got, headed_by, house, in_state, listed, members, newcomer,
    newcomers, nominated, nomination, replaced, withdrawn,
};

mod focal_points;
mod members;
mod reinstating;
mod seats;
pub mod steps;

#[tokio::test]
async fn a_delegation_is_created_and_read_back() {
    let house = house().await;

    let created = created(&house, 12).await;

    assert_eq!(
        created,
        v1::Delegation {
            name: created.name.clone(),
            state: DelegationState::Open.into(),
            create_time: created.create_time,
            update_time: created.create_time,
            etag: "r1".to_owned(),
            ..delegation(12)
        }
    );
    assert_eq!(got(&house.owner, &created.name).await.unwrap(), created);
    assert_eq!(
        listed(&house.owner, "state = OPEN AND sender = \"organizations/chamber\"").await.unwrap(),
        [created.name]
    );
    assert_eq!(listed(&house.owner, "state = APPROVED").await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn every_wrong_field_of_a_delegation_is_told_at_once() {
    let house = house().await;
    let wrong = v1::Delegation {
        title: None,
        sender: "chamber".to_owned(),
        seats: 0,
        visit_window: Some(v1::VisitWindow {
            start_date: "3 September".to_owned(),
            end_date: "2023-09-08".to_owned(),
            cities: vec![text("", "")],
        }),
        head: NOBODY.to_owned(),
        ..Default::default()
    };
    let request = v1::CreateDelegationRequest { delegation: Some(wrong), ..creation(1) };

    let failure: Failure = house.owner.delegations().create_delegation(request).await.unwrap_err().into();

    let fields: Vec<&str> = failure.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(failure.code, Code::InvalidArgument);
    assert_eq!(
        fields,
        [
            "delegation.head",
            "delegation.title",
            "delegation.sender",
            "delegation.seats",
            "delegation.visit_window.start_date",
            "delegation.visit_window.cities[0].en",
        ]
    );
}

#[tokio::test]
async fn a_delegation_of_an_unknown_sender_is_refused() {
    let house = house().await;
    let unknown = v1::Delegation { sender: "organizations/nobody".to_owned(), ..delegation(1) };
    let request = v1::CreateDelegationRequest { delegation: Some(unknown), ..creation(1) };

    let failure: Failure = house.owner.delegations().create_delegation(request).await.unwrap_err().into();

    assert!(failure.is(ErrorReason::NotFound), "{failure:?}");
}

#[tokio::test]
async fn the_same_requests_create_and_nominate_once() {
    let house = house().await;
    let request = v1::CreateDelegationRequest { request_id: fresh_request_id(), ..creation(3) };
    let once = house.owner.delegations().create_delegation(request.clone()).await.unwrap().into_inner();
    let again = house.owner.delegations().create_delegation(request).await.unwrap().into_inner();
    let request = v1::NominateMembersRequest {
        request_id: fresh_request_id(),
        ..nomination(&once, vec![newcomer("Zarmina"), newcomer("Adeel")])
    };
    let first = house.owner.delegations().nominate_members(request.clone()).await.unwrap().into_inner();
    let second = house.owner.delegations().nominate_members(request).await.unwrap().into_inner();

    assert_eq!(once, again);
    assert_eq!(first, second);
    assert_eq!(members(&house.owner, &once).await, in_state(DelegationMemberState::Nominated, &["Adeel", "Zarmina"]));
}

#[tokio::test]
async fn a_delegation_is_approved_with_its_head_and_members() {
    let house = house().await;
    let delegation = created(&house, 5).await;
    let seated = newcomers(&house, &delegation, &["Adeel", "Bushra"]).await;
    headed_by(&house, &delegation, &seated[1].person).await.unwrap();

    let approval = approved(&house.owner, &delegation).await.unwrap();

    assert_eq!((approval.state(), &approval.head), (DelegationState::Approved, &seated[1].person));
    assert_eq!(
        members(&house.owner, &delegation).await,
        in_state(DelegationMemberState::Approved, &["Adeel", "Bushra"])
    );
    let again = approved(&house.owner, &delegation).await.unwrap_err();
    let late = nominated(&house.owner, &delegation, vec![newcomer("Chand")]).await.unwrap_err();
    let headless = headed_by(&house, &delegation, "").await.unwrap_err();
    assert_eq!((fact(&again, "state"), fact(&again, "wanted")), ("APPROVED", "OPEN or SUBMITTED"));
    assert_eq!((fact(&late, "state"), fact(&late, "wanted")), ("APPROVED", "OPEN"));
    assert!(headless.is(ErrorReason::DelegationIncomplete), "{headless:?}");
}

#[tokio::test]
async fn a_delegation_without_head_and_members_is_not_approved() {
    let house = house().await;
    let delegation = created(&house, 5).await;

    let failure = approved(&house.owner, &delegation).await.unwrap_err();

    let missing: Vec<&str> = failure.precondition_violations.iter().map(|violation| violation.kind.as_str()).collect();
    assert!(failure.is(ErrorReason::DelegationIncomplete), "{failure:?}");
    assert_eq!(missing, ["head_missing", "members_missing"]);
}

#[tokio::test]
async fn only_a_member_heads_a_delegation() {
    let house = house().await;
    let (one, other) = (created(&house, 5).await, created(&house, 5).await);
    let seated = newcomers(&house, &one, &["Adeel"]).await;

    let failure = headed_by(&house, &other, &seated[0].person).await.unwrap_err();

    assert!(failure.is(ErrorReason::HeadNotAMember), "{failure:?}");
    assert_eq!(fact(&failure, "person"), seated[0].person);
}

#[tokio::test]
async fn fewer_seats_than_are_taken_are_refused() {
    let house = house().await;
    let delegation = created(&house, 5).await;
    newcomers(&house, &delegation, &["Adeel", "Bushra"]).await;
    let resized = |seats| v1::UpdateDelegationRequest {
        delegation: Some(v1::Delegation { name: delegation.name.clone(), seats, ..Default::default() }),
        ..Default::default()
    };

    let failure: Failure = house.owner.delegations().update_delegation(resized(1)).await.unwrap_err().into();
    let fitting = house.owner.delegations().update_delegation(resized(2)).await.unwrap().into_inner();

    assert!(failure.is(ErrorReason::CapacityBelowHeld), "{failure:?}");
    assert_eq!((fitting.seats, fitting.title), (2, delegation.title.clone()));
    let full = nominated(&house.owner, &delegation, vec![newcomer("Chand")]).await.unwrap_err();
    assert!(full.is(ErrorReason::SeatsTaken), "{full:?}");
}

#[tokio::test]
async fn a_withdrawn_delegation_frees_its_people_and_takes_nobody() {
    let house = house().await;
    let delegation = created(&house, 2).await;
    let seated = newcomers(&house, &delegation, &["Adeel", "Bushra"]).await;
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();

    let withdrawal = withdrawn(&house.owner, &delegation).await.unwrap();

    assert_eq!((withdrawal.state(), withdrawal.head.as_str()), (DelegationState::Withdrawn, ""));
    assert_eq!(
        members(&house.owner, &delegation).await,
        in_state(DelegationMemberState::Withdrawn, &["Adeel", "Bushra"])
    );
    let refusals = [
        withdrawn(&house.owner, &delegation).await.unwrap_err(),
        approved(&house.owner, &delegation).await.unwrap_err(),
        nominated(&house.owner, &delegation, vec![newcomer("Chand")]).await.unwrap_err(),
        headed_by(&house, &delegation, &seated[0].person).await.unwrap_err(),
    ];
    for failure in refusals {
        assert!(failure.is(ErrorReason::WrongState), "{failure:?}");
        assert_eq!(fact(&failure, "state"), "WITHDRAWN");
    }
}

#[tokio::test]
async fn a_cancelled_event_takes_no_delegations_and_approves_none() {
    let house = house().await;
    let delegation = created(&house, 2).await;
    let request = v1::CancelEventRequest { name: FORUM.to_owned(), ..Default::default() };
    house.owner.events().cancel_event(request).await.unwrap();

    let refusals = [
        house.owner.delegations().create_delegation(creation(2)).await.unwrap_err().into(),
        nominated(&house.owner, &delegation, vec![newcomer("Adeel")]).await.unwrap_err(),
        approved(&house.owner, &delegation).await.unwrap_err(),
    ];

    for failure in refusals {
        let failure: Failure = failure;
        assert!(failure.is(ErrorReason::EventCancelled), "{failure:?}");
    }
    withdrawn(&house.owner, &delegation).await.unwrap();
}

#[tokio::test]
async fn whoever_saw_an_older_delegation_changes_nothing() {
    let house = house().await;
    let seen = created(&house, 2).await;
    let seated = newcomers(&house, &seen, &["Adeel"]).await;
    let update = v1::UpdateDelegationRequest {
        delegation: Some(v1::Delegation { seats: 5, ..seen.clone() }),
        update_mask: Some(FieldMask { paths: vec!["seats".to_owned()] }),
        ..Default::default()
    };
    let approve =
        v1::ApproveDelegationRequest { name: seen.name.clone(), etag: seen.etag.clone(), ..Default::default() };
    let withdraw =
        v1::WithdrawDelegationRequest { name: seen.name.clone(), etag: seen.etag.clone(), ..Default::default() };
    let stale = v1::DelegationMember { etag: "r9".to_owned(), ..seated[0].clone() };

    let refusals: [Failure; 4] = [
        house.owner.delegations().update_delegation(update).await.unwrap_err().into(),
        house.owner.delegations().approve_delegation(approve).await.unwrap_err().into(),
        house.owner.delegations().withdraw_delegation(withdraw).await.unwrap_err().into(),
        replaced(&house.owner, &stale, newcomer("Bushra")).await.unwrap_err(),
    ];

    for failure in refusals {
        assert!(failure.is(ErrorReason::EtagMismatch), "{failure:?}");
    }
}
