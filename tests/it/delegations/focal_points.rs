//! Who may see and keep a delegation: its focal point, and nobody from elsewhere.

use attache_client::{
    Code, Failure,
    v1::{self, DelegationMemberState, ErrorReason, Role},
};
use attache_tests::fixtures::{FORUM, ZBRA, beijing, forum};

use super::steps::{
    approved, created, creation, fact, got, headed_by, house, in_state, known, listed, members, newcomer, newcomers,
    nominated, replaced, withdrawn,
};

const OTHER_FORUM: &str = "events/other-forum";

#[tokio::test]
async fn a_focal_point_keeps_their_delegation_and_sees_no_other() {
    let house = house().await;
    let (own, other) = (created(&house, 3).await, created(&house, 3).await);
    let strangers = newcomers(&house, &other, &["Stranger"]).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;

    let seated = nominated(&focal_point, &own, vec![newcomer("Adeel"), newcomer("Bushra")]).await.unwrap();
    replaced(&focal_point, &seated[0], newcomer("Chand")).await.unwrap();

    assert_eq!(got(&focal_point, &own.name).await.unwrap().name, own.name);
    assert_eq!(listed(&focal_point, "").await.unwrap(), [own.name.as_str()]);
    assert_eq!(listed(&focal_point, "state = OPEN OR state = APPROVED").await.unwrap(), [own.name.as_str()]);
    assert_eq!(
        members(&focal_point, &own).await,
        [
            ("Adeel".to_owned(), DelegationMemberState::Replaced),
            ("Bushra".to_owned(), DelegationMemberState::Nominated),
            ("Chand".to_owned(), DelegationMemberState::Nominated),
        ]
    );
    let absent = format!("{FORUM}/delegations/00000000-0000-4000-8000-000000000000");
    let list = v1::ListDelegationMembersRequest { parent: other.name.clone(), ..Default::default() };
    let refusals: [Failure; 5] = [
        got(&focal_point, &other.name).await.unwrap_err(),
        got(&focal_point, &absent).await.unwrap_err(),
        focal_point.delegations().list_delegation_members(list).await.unwrap_err().into(),
        nominated(&focal_point, &other, vec![newcomer("Dawood")]).await.unwrap_err(),
        replaced(&focal_point, &strangers[0], newcomer("Dawood")).await.unwrap_err(),
    ];
    for failure in refusals {
        assert!(failure.is(ErrorReason::PermissionDenied), "{failure:?}");
    }
    assert_eq!(members(&house.owner, &other).await, in_state(DelegationMemberState::Nominated, &["Stranger"]));
}

#[tokio::test]
async fn a_focal_point_names_only_people_the_delegation_knows() {
    let house = house().await;
    let (own, other) = (created(&house, 3).await, created(&house, 3).await);
    let strangers = newcomers(&house, &other, &["Stranger"]).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let seated = nominated(&focal_point, &own, vec![newcomer("Adeel")]).await.unwrap();
    replaced(&focal_point, &seated[0], newcomer("Bushra")).await.unwrap();

    let failure = nominated(&focal_point, &own, vec![known(&strangers[0].person)]).await.unwrap_err();
    let back = nominated(&focal_point, &own, vec![known(&seated[0].person)]).await.unwrap();

    assert_eq!((failure.code, fact(&failure, "resource")), (Code::NotFound, strangers[0].person.as_str()));
    assert_eq!(back[0].person, seated[0].person);
}

#[tokio::test]
async fn a_focal_point_decides_nothing_and_changes_nothing_that_was_approved() {
    let house = house().await;
    let own = created(&house, 3).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let seated = nominated(&focal_point, &own, vec![newcomer("Adeel")]).await.unwrap();
    let update = v1::UpdateDelegationRequest {
        delegation: Some(v1::Delegation { name: own.name.clone(), seats: 9, ..Default::default() }),
        ..Default::default()
    };

    let denied: [Failure; 4] = [
        focal_point.delegations().create_delegation(creation(1)).await.unwrap_err().into(),
        focal_point.delegations().update_delegation(update).await.unwrap_err().into(),
        approved(&focal_point, &own).await.unwrap_err(),
        withdrawn(&focal_point, &own).await.unwrap_err(),
    ];
    headed_by(&house, &own, &seated[0].person).await.unwrap();
    approved(&house.owner, &own).await.unwrap();
    let current = v1::DelegationMember { etag: String::new(), ..seated[0].clone() };
    let late = replaced(&focal_point, &current, newcomer("Bushra")).await.unwrap_err();

    for failure in denied {
        assert_eq!((failure.code, fact(&failure, "role")), (Code::PermissionDenied, "ORGANIZER"));
    }
    assert_eq!((fact(&late, "state"), fact(&late, "wanted")), ("APPROVED", "OPEN"));
}

#[tokio::test]
async fn a_focal_point_reads_nothing_else_of_the_event() {
    let house = house().await;
    let own = created(&house, 3).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let event = v1::GetEventRequest { name: FORUM.to_owned() };
    let registrations = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), ..Default::default() };
    let people = v1::ListPersonsRequest { parent: ZBRA.to_owned(), ..Default::default() };

    let refusals: [Failure; 3] = [
        focal_point.events().get_event(event).await.unwrap_err().into(),
        focal_point.registrations().list_registrations(registrations).await.unwrap_err().into(),
        focal_point.persons().list_persons(people).await.unwrap_err().into(),
    ];

    for failure in refusals {
        assert!(failure.is(ErrorReason::PermissionDenied), "{failure:?}");
    }
    let events = focal_point.events().list_events(v1::ListEventsRequest::default()).await.unwrap().into_inner();
    assert_eq!(events.total_size, 0);
    let myself = focal_point.access().who_am_i(v1::WhoAmIRequest {}).await.unwrap().into_inner();
    assert_eq!(myself.grants, [v1::Grant { role: Role::FocalPoint.into(), resource: own.name }]);
}

#[tokio::test]
async fn a_delegations_name_is_for_focal_points_and_they_have_no_other() {
    let house = house().await;
    let own = created(&house, 3).await;
    let grants = [
        (Role::FocalPoint, FORUM.to_owned()),
        (Role::FocalPoint, String::new()),
        (Role::Organizer, own.name.clone()),
        (Role::Owner, own.name.clone()),
        (Role::Viewer, format!("{}/members", own.name)),
    ];
    let grants = grants.map(|(role, resource)| v1::Grant { role: role.into(), resource });
    let creation = |grants: Vec<v1::Grant>| v1::CreateMemberRequest {
        member: Some(v1::Member { display_name: "Member".to_owned(), grants, ..Default::default() }),
        ..Default::default()
    };
    let absent = format!("{FORUM}/delegations/00000000-0000-4000-8000-000000000000");
    let absent = vec![v1::Grant { role: Role::FocalPoint.into(), resource: absent }];

    let failure: Failure = house.owner.access().create_member(creation(grants.to_vec())).await.unwrap_err().into();
    let unknown: Failure = house.owner.access().create_member(creation(absent)).await.unwrap_err().into();

    let fields: Vec<&str> = failure.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    let expected: Vec<String> = (0..5).map(|index| format!("member.grants[{index}].resource")).collect();
    assert_eq!(fields, expected);
    assert!(unknown.is(ErrorReason::NotFound), "{unknown:?}");
}

#[tokio::test]
async fn a_viewer_reads_delegations_and_nominates_nobody() {
    let house = house().await;
    let delegation = created(&house, 3).await;
    newcomers(&house, &delegation, &["Adeel"]).await;
    let viewer = house.member(Role::Viewer, FORUM).await;

    let failure = nominated(&viewer, &delegation, vec![newcomer("Bushra")]).await.unwrap_err();

    assert!(failure.is(ErrorReason::PermissionDenied), "{failure:?}");
    assert_eq!(listed(&viewer, "").await.unwrap(), [delegation.name.as_str()]);
    assert_eq!(members(&viewer, &delegation).await, in_state(DelegationMemberState::Nominated, &["Adeel"]));
}

#[tokio::test]
async fn another_events_organizer_and_a_stranger_reach_no_delegation() {
    let house = house().await;
    let delegation = created(&house, 3).await;
    let other = v1::Event {
        start_time: Some(beijing("2023-09-06T09:00")),
        end_time: Some(beijing("2023-09-06T17:00")),
        ..forum()
    };
    let request =
        v1::CreateEventRequest { event: Some(other), event_id: "other-forum".to_owned(), ..Default::default() };
    house.owner.events().create_event(request).await.unwrap();
    let foreign = house.member(Role::Organizer, OTHER_FORUM).await;
    let stranger = house.client(None).await;

    let denied = [
        got(&foreign, &delegation.name).await.unwrap_err(),
        listed(&foreign, "").await.unwrap_err(),
        nominated(&foreign, &delegation, vec![newcomer("Adeel")]).await.unwrap_err(),
        withdrawn(&foreign, &delegation).await.unwrap_err(),
    ];
    let unknown = [
        got(&stranger, &delegation.name).await.unwrap_err(),
        listed(&stranger, "").await.unwrap_err(),
        nominated(&stranger, &delegation, vec![newcomer("Adeel")]).await.unwrap_err(),
        withdrawn(&stranger, &delegation).await.unwrap_err(),
    ];
    let moved = delegation.name.replace(FORUM, OTHER_FORUM);
    let elsewhere = got(&foreign, &moved).await.unwrap_err();

    for failure in denied {
        assert!(failure.is(ErrorReason::PermissionDenied), "{failure:?}");
    }
    for failure in unknown {
        assert!(failure.is(ErrorReason::TokenInvalid), "{failure:?}");
    }
    assert_eq!((elsewhere.code, fact(&elsewhere, "resource")), (Code::NotFound, moved.as_str()));
}
