//! Documents put into the vault by the people themselves and by focal points, who do not read what is there.

use attache_tests::{
    answers::{Answer as _, wrong_fields},
    paperwork::STAMP,
};

use super::*;
use crate::delegations::steps;

/// The forum with a delegation of one member and its focal point, and somebody whom it does not send.
async fn sending() -> (House, Client, v1::DelegationMember, String) {
    let house = steps::house().await;
    let mut creation = steps::creation(2);
    let quota = v1::SeatQuota { category: DELEGATES.to_owned(), seats: 2 };
    creation.delegation.as_mut().unwrap().seat_quotas = vec![quota];
    let delegation = house.owner.delegations().create_delegation(creation).await.done();
    let focal_point = house.member(Role::FocalPoint, &delegation.name).await;
    let seated = steps::nominated(&focal_point, &delegation, vec![steps::newcomer("Adeel")]).await;
    let stranger = house.register("Stranger", "stranger@example.org").await.person;
    (house, focal_point, seated.unwrap().remove(0), stranger)
}

async fn missing(house: &House, delegation: &str) -> Vec<(ReadinessItemKind, String)> {
    let request = v1::GetReadinessRequest { parent: delegation.to_owned(), ..Default::default() };
    let people = house.owner.readiness().get_readiness(request).await.done().people;
    let told = people[0].items.iter().filter(|item| [2, 3].contains(&item.kind));
    told.map(|item| (item.kind(), item.reason.clone())).collect()
}

#[tokio::test]
async fn focal_point_puts_what_their_members_need_and_reads_nothing() {
    let (house, focal_point, member, stranger) = sending().await;
    let delegation = member.name.split_once("/members/").unwrap().0.to_owned();
    let update = v1::UpdateCategoryRequest {
        category: Some(v1::Category { name: DELEGATES.to_owned(), photo_required: true, ..Default::default() }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["photo_required".to_owned()] }),
        ..Default::default()
    };
    house.owner.categories().update_category(update).await.done();
    let moved = v1::DelegationMember { category: DELEGATES.to_owned(), ..member.clone() };
    let mask = prost_types::FieldMask { paths: vec!["category".to_owned()] };
    let update =
        v1::UpdateDelegationMemberRequest { member: Some(moved), update_mask: Some(mask), ..Default::default() };
    house.owner.nominations().update_delegation_member(update).await.done();
    let before = missing(&house, &delegation).await;

    let documents = [
        put(&focal_point, &member.person, passport()).await.unwrap(),
        put_photo(&focal_point, &member.person, STAMP).await.unwrap(),
    ];

    let (photo, document) = (ReadinessItemKind::Photo, ReadinessItemKind::Document);
    assert_eq!(before, [(photo, "photo_missing".to_owned()), (document, "passport_missing".to_owned())]);
    let after = missing(&house, &delegation).await;
    assert_eq!(after, [(photo, "photo_kept".to_owned()), (document, "passport_valid".to_owned())]);
    assert_eq!(list(&focal_point, &member.person).await, Ok(documents.to_vec()));
    let refused = read(&focal_point, &documents[0].name, "curiosity").await.unwrap_err();
    assert!(refused.is(ErrorReason::PermissionDenied), "{refused:?}");
    destroy(&focal_point, &documents[1].name).await.unwrap();

    // Whom the delegation does not send is not there for them.
    let theirs = put(&house.owner, &stranger, passport()).await.unwrap();
    for refused in [
        put(&focal_point, &stranger, passport()).await.err(),
        list(&focal_point, &stranger).await.err(),
        destroy(&focal_point, &theirs.name).await.err(),
    ] {
        assert!(refused.as_ref().is_some_and(|refused| refused.is(ErrorReason::NotFound)), "{refused:?}");
    }
    assert_eq!(list(&house.owner, &stranger).await, Ok(vec![theirs]));
}

#[tokio::test]
async fn focal_point_keeps_nothing_of_a_member_who_left() {
    let (_house, focal_point, member, _) = sending().await;
    put(&focal_point, &member.person, passport()).await.unwrap();
    let request = v1::WithdrawMemberRequest { name: member.name.clone(), ..Default::default() };
    focal_point.nominations().withdraw_member(request).await.done();

    let refused = [
        put(&focal_point, &member.person, passport()).await.unwrap_err(),
        list(&focal_point, &member.person).await.unwrap_err(),
    ];

    assert!(refused.iter().all(|refused| refused.is(ErrorReason::NotFound)), "{refused:?}");
}

#[tokio::test]
async fn person_puts_their_own_documents_by_personal_link_and_nobody_elses() {
    let (house, stranger) = house().await;
    let guest = house.register("Zarmina", "zarmina@example.org").await.person;
    let delegate = house.delegate(&guest).await;

    let document = put(&delegate, &guest, passport()).await.unwrap();
    let photo = put_photo(&delegate, &guest, STAMP).await.unwrap();

    assert_eq!(list(&delegate, &guest).await, Ok(vec![document.clone(), photo]));
    assert!(check(&delegate, UPPER, "").await.is_ok());
    let theirs = put(&house.owner, &stranger, passport()).await.unwrap();
    let refused = [
        read(&delegate, &document.name, "my own").await.unwrap_err(),
        put(&delegate, &stranger, passport()).await.unwrap_err(),
        list(&delegate, &stranger).await.unwrap_err(),
        destroy(&delegate, &theirs.name).await.unwrap_err(),
    ];
    assert!(refused.iter().all(|refused| refused.is(ErrorReason::PermissionDenied)), "{refused:?}");
    assert_eq!(read(&house.owner, &document.name, "visa letter").await, Ok(passport()));
    assert_eq!(destroy(&delegate, &document.name).await.unwrap().state(), IdentityDocumentState::Destroyed);
}

/// What whoever comes, and their focal point, put there for an event is gone 90 days after it, whatever they ask for.
#[tokio::test]
async fn what_is_put_for_an_event_is_kept_until_ninety_days_after_it() {
    let (house, focal_point, member, stranger) = sending().await;
    let delegate = house.delegate(&stranger).await;
    let until = async |client: &Client, parent: &str, destroy_date: &str| {
        let request = v1::PutIdentityDocumentRequest {
            parent: parent.to_owned(),
            passport: Some(passport()),
            destroy_date: destroy_date.to_owned(),
            ..Default::default()
        };
        client.identity_documents().put_identity_document(request).await
    };

    let kept = [until(&delegate, &stranger, "").await, until(&focal_point, &member.person, "2023-09-10").await];
    let refused =
        [until(&delegate, &stranger, "2023-12-05").await, until(&focal_point, &member.person, "9999-12-31").await];

    assert_eq!(kept.map(|kept| kept.done().destroy_date), ["2023-12-04", "2023-09-10"]);
    for refused in refused {
        assert_eq!(wrong_fields(refused), ["destroy_date"]);
    }
    assert_eq!(until(&house.owner, &stranger, "2024-12-05").await.done().destroy_date, "2024-12-05");
}

#[tokio::test]
async fn focal_point_of_an_event_that_is_over_or_cancelled_keeps_nothing() {
    for ended in ["over", "cancelled"] {
        let (house, focal_point, member, _) = sending().await;
        let document = put(&focal_point, &member.person, passport()).await.unwrap();
        if ended == "over" {
            house.app.clock.advance(chrono::TimeDelta::days(60));
        } else {
            let event = house.owner.events().get_event(v1::GetEventRequest { name: FORUM.to_owned() }).await.done();
            let request = v1::CancelEventRequest { name: FORUM.to_owned(), etag: event.etag, ..Default::default() };
            house.owner.events().cancel_event(request).await.done();
        }

        let refused = [
            put(&focal_point, &member.person, passport()).await.unwrap_err(),
            put_photo(&focal_point, &member.person, STAMP).await.unwrap_err(),
            list(&focal_point, &member.person).await.unwrap_err(),
            destroy(&focal_point, &document.name).await.unwrap_err(),
        ];

        assert!(refused.iter().all(|refused| refused.is(ErrorReason::NotFound)), "{ended}: {refused:?}");
    }
}

/// A photo that is sent again is the one it was, and one that is only tried is not kept.
#[tokio::test]
async fn photo_is_put_once_for_one_request_and_not_for_a_trial() {
    let (house, person) = house().await;
    let request = |data: &[u8], validate_only| v1::PutIdentityDocumentRequest {
        parent: person.clone(),
        photo: Some(v1::PhotoContents { data: data.to_vec() }),
        request_id: "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".to_owned(),
        validate_only,
        ..Default::default()
    };
    let put = async |request| house.owner.identity_documents().put_identity_document(request).await;

    put(request(STAMP, true)).await.done();
    let nothing = list(&house.owner, &person).await;
    let once = put(request(STAMP, false)).await.done();
    let again = put(request(STAMP, false)).await.done();
    let other = put(request(b"another", false)).await.refused();

    assert_eq!((nothing, &once), (Ok(Vec::new()), &again));
    assert!(other.is(ErrorReason::RequestIdReused), "{other:?}");
    assert_eq!(list(&house.owner, &person).await, Ok(vec![once]));
}
