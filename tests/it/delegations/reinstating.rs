//! A delegation that comes after all.

use attache_client::{
    Code,
    v1::{DelegationMemberState, DelegationState, ErrorReason},
};

use super::steps::{
    approved, created, fact, headed_by, house, known, members, newcomer, newcomers, nominated, reinstated, withdrawn,
};

#[tokio::test]
async fn a_reinstated_delegation_is_open_and_its_people_are_nominated_again() {
    let house = house().await;
    let delegation = created(&house, 2).await;
    let seated = newcomers(&house, &delegation, &["Ayesha Khan", "Bilal Ahmed"]).await;
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();
    approved(&house.owner, &delegation).await.unwrap();

    let early = reinstated(&house.owner, &delegation).await.unwrap_err();
    withdrawn(&house.owner, &delegation).await.unwrap();
    let back = reinstated(&house.owner, &delegation).await.unwrap();

    assert_eq!((early.code, early.is(ErrorReason::WrongState)), (Code::FailedPrecondition, true));
    assert_eq!(["state", "wanted"].map(|key| fact(&early, key)), ["APPROVED", "WITHDRAWN"]);
    assert_eq!((back.state(), back.head.as_str()), (DelegationState::Open, ""));
    let nominated_again =
        ["Ayesha Khan", "Bilal Ahmed"].map(|name| (name.to_owned(), DelegationMemberState::Nominated));
    assert_eq!(members(&house.owner, &delegation).await, nominated_again);
    let full = nominated(&house.owner, &delegation, vec![newcomer("Third")]).await.unwrap_err();
    assert!(full.is(ErrorReason::SeatsTaken), "{full:?}");
}

#[tokio::test]
async fn who_has_a_seat_elsewhere_by_now_or_lost_theirs_earlier_does_not_come_back() {
    let house = house().await;
    let (delegation, other) = (created(&house, 2).await, created(&house, 2).await);
    let seated = newcomers(&house, &delegation, &["Ayesha Khan", "Bilal Ahmed"]).await;
    withdrawn(&house.owner, &delegation).await.unwrap();
    nominated(&house.owner, &other, vec![known(&seated[0].person)]).await.unwrap();

    reinstated(&house.owner, &delegation).await.unwrap();
    let first = members(&house.owner, &delegation).await;
    // The seat that she left is taken, and she is free again; she had lost it before.
    newcomers(&house, &delegation, &["Chen Jing"]).await;
    withdrawn(&house.owner, &other).await.unwrap();
    withdrawn(&house.owner, &delegation).await.unwrap();
    reinstated(&house.owner, &delegation).await.unwrap();

    let (left, back) = (DelegationMemberState::Withdrawn, DelegationMemberState::Nominated);
    assert_eq!(first, [("Ayesha Khan".to_owned(), left), ("Bilal Ahmed".to_owned(), back)]);
    assert_eq!(
        members(&house.owner, &delegation).await,
        [("Ayesha Khan".to_owned(), left), ("Bilal Ahmed".to_owned(), back), ("Chen Jing".to_owned(), back)]
    );
}
