//! Who sits in a delegation: nominated, refused, replaced.

use attache_client::{
    Client, Code, Failure,
    v1::{self, DelegationMemberState, ErrorReason},
};
use attache_tests::fixtures::{ZBRA, mask, person};

use super::steps::{
    NOBODY, approved, created, fact, got, headed_by, house, in_state, known, members, newcomer, newcomers, nominated,
    replaced, withdrawn,
};

const CHAMBER: &str = "organizations/chamber";

#[tokio::test]
async fn people_are_nominated_until_the_seats_are_taken_and_then_nobody() {
    let house = house().await;
    let delegation = created(&house, 3).await;
    let first = newcomers(&house, &delegation, &["Adeel", "Bushra"]).await;

    let failure = nominated(&house.owner, &delegation, vec![newcomer("Chand"), newcomer("Dawood")]).await.unwrap_err();

    assert!(failure.is(ErrorReason::SeatsTaken), "{failure:?}");
    assert_eq!((failure.code, fact(&failure, "seats"), fact(&failure, "taken")), (Code::FailedPrecondition, "3", "2"));
    assert_eq!(
        members(&house.owner, &delegation).await,
        in_state(DelegationMemberState::Nominated, &["Adeel", "Bushra"])
    );
    let request = v1::ListPersonsRequest { parent: ZBRA.to_owned(), ..Default::default() };
    let people = house.owner.persons().list_persons(request).await.unwrap().into_inner();
    assert_eq!(people.total_size, 2);
    assert_eq!(first[0].role, "Member");
    newcomers(&house, &delegation, &["Chand"]).await;
}

#[tokio::test]
async fn somebody_with_a_seat_is_not_nominated_again_anywhere_in_the_event() {
    let house = house().await;
    let (one, other) = (created(&house, 5).await, created(&house, 5).await);
    let seated = newcomers(&house, &one, &["Adeel", "Bushra"]).await;
    let both = || vec![known(&seated[0].person), newcomer("Chand"), known(&seated[1].person)];

    for delegation in [&one, &other] {
        let failure = nominated(&house.owner, delegation, both()).await.unwrap_err();

        let people: Vec<&str> =
            failure.precondition_violations.iter().map(|violation| violation.subject.as_str()).collect();
        assert!(failure.is(ErrorReason::AlreadyNominated), "{failure:?}");
        assert_eq!(people, [&seated[0].person, &seated[1].person]);
    }
    withdrawn(&house.owner, &one).await.unwrap();
    nominated(&house.owner, &other, both()).await.unwrap();
}

#[tokio::test]
async fn somebody_named_twice_in_a_call_is_refused() {
    let house = house().await;
    let (one, other) = (created(&house, 5).await, created(&house, 5).await);
    let seated = newcomers(&house, &one, &["Adeel"]).await;
    withdrawn(&house.owner, &one).await.unwrap();

    let twice = vec![known(&seated[0].person), known(&seated[0].person)];
    let failure = nominated(&house.owner, &other, twice).await.unwrap_err();

    assert!(failure.is(ErrorReason::AlreadyNominated), "{failure:?}");
}

#[tokio::test]
async fn every_wrong_nomination_is_told_at_once() {
    let house = house().await;
    let delegation = created(&house, 5).await;
    let both = v1::Nomination { person: NOBODY.to_owned(), ..newcomer("Adeel") };
    let nameless = v1::Nomination { new_person: Some(person("", "")), role: "x".repeat(101), ..Default::default() };

    let failure =
        nominated(&house.owner, &delegation, vec![both, nameless, v1::Nomination::default()]).await.unwrap_err();
    let none = nominated(&house.owner, &delegation, Vec::new()).await.unwrap_err();

    let fields = |failure: &Failure| -> Vec<String> {
        failure.field_violations.iter().map(|violation| violation.field.clone()).collect()
    };
    assert_eq!(
        fields(&failure),
        [
            "nominations[0].new_person",
            "nominations[1].new_person.display_name",
            "nominations[1].role",
            "nominations[2].person"
        ]
    );
    assert_eq!(fields(&none), ["nominations"]);
}

#[tokio::test]
async fn people_of_another_organization_and_unknown_people_are_refused_alike() {
    let house = house().await;
    let delegation = created(&house, 5).await;
    let request =
        v1::CreatePersonRequest { parent: CHAMBER.to_owned(), person: Some(person("Ejaz", "")), ..Default::default() };
    let foreign = house.owner.persons().create_person(request).await.unwrap().into_inner();

    for name in [foreign.name.as_str(), NOBODY] {
        let failure = nominated(&house.owner, &delegation, vec![known(name)]).await.unwrap_err();

        assert_eq!((failure.code, fact(&failure, "resource")), (Code::NotFound, name));
    }
}

#[tokio::test]
async fn whoever_replaces_the_head_of_a_full_delegation_takes_the_seat_and_the_head() {
    let house = house().await;
    let delegation = created(&house, 2).await;
    let seated = newcomers(&house, &delegation, &["Adeel", "Bushra"]).await;
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();
    approved(&house.owner, &delegation).await.unwrap();
    let current = v1::DelegationMember { etag: String::new(), ..seated[0].clone() };

    let successor = replaced(&house.owner, &current, newcomer("Chand")).await.unwrap();

    assert_eq!(successor.state(), DelegationMemberState::Approved);
    assert_eq!(got(&house.owner, &delegation.name).await.unwrap().head, successor.person);
    assert_eq!(
        members(&house.owner, &delegation).await,
        [
            ("Adeel".to_owned(), DelegationMemberState::Replaced),
            ("Bushra".to_owned(), DelegationMemberState::Approved),
            ("Chand".to_owned(), DelegationMemberState::Approved),
        ]
    );
    let request = v1::ListDelegationMembersRequest {
        parent: delegation.name.clone(),
        filter: "state = REPLACED".to_owned(),
        ..Default::default()
    };
    let past = house.owner.delegations().list_delegation_members(request).await.unwrap().into_inner().members;
    assert_eq!(past.iter().map(|member| &member.successor).collect::<Vec<_>>(), [&successor.name]);
    let again = replaced(&house.owner, &current, newcomer("Dawood")).await.unwrap_err();
    assert_eq!((fact(&again, "resource"), fact(&again, "state")), (current.name.as_str(), "REPLACED"));
}

#[tokio::test]
async fn a_replacement_by_somebody_with_a_seat_keeps_the_one_who_had_it() {
    let house = house().await;
    let delegation = created(&house, 2).await;
    let seated = newcomers(&house, &delegation, &["Adeel", "Bushra"]).await;

    let failure = replaced(&house.owner, &seated[0], known(&seated[1].person)).await.unwrap_err();

    assert!(failure.is(ErrorReason::AlreadyNominated), "{failure:?}");
    assert_eq!(
        members(&house.owner, &delegation).await,
        in_state(DelegationMemberState::Nominated, &["Adeel", "Bushra"])
    );
}

/// What they are is not lost when they are changed and nothing is said of it.
#[tokio::test]
async fn what_a_member_is_in_the_delegation_is_changed_while_it_may_be() {
    let house = house().await;
    let delegation = created(&house, 3).await;
    let seated = newcomers(&house, &delegation, &["Adeel", "Bushra"]).await;
    let focal_point = house.member(v1::Role::FocalPoint, &delegation.name).await;
    let update = async |client: &Client, role: &str, paths: &[&str], etag: &str| {
        let (name, role, etag) = (seated[0].name.clone(), role.to_owned(), etag.to_owned());
        let member = Some(v1::DelegationMember { name, role, etag, ..Default::default() });
        let update_mask = mask(paths);
        let request = v1::UpdateDelegationMemberRequest { member, update_mask, ..Default::default() };
        let updated = client.nominations().update_delegation_member(request).await;
        updated.map(tonic::Response::into_inner).map_err(Failure::from)
    };

    let interpreter = update(&focal_point, " Interpreter ", &["role"], &seated[0].etag).await.unwrap();
    let unsaid = update(&focal_point, "", &[], "").await.unwrap();
    let seen = got(&house.owner, &delegation.name).await.unwrap();
    headed_by(&house, &delegation, &seated[1].person).await.unwrap();
    approved(&house.owner, &delegation).await.unwrap();
    let late = update(&focal_point, "Minister", &[], "").await.unwrap_err();
    let cleared = update(&house.owner, "", &["role"], "").await.unwrap();
    let long = update(&house.owner, &"x".repeat(101), &[], "").await.unwrap_err();

    let expected = v1::DelegationMember {
        role: "Interpreter".to_owned(),
        update_time: interpreter.update_time,
        etag: "r2".to_owned(),
        ..seated[0].clone()
    };
    assert_eq!(interpreter, expected);
    assert_eq!(unsaid.role, "Interpreter");
    assert_ne!(seen.etag, delegation.etag, "whoever saw the delegation before has not seen it as it is");
    assert!(late.is(ErrorReason::WrongState), "{late:?}");
    assert_eq!((cleared.role.as_str(), cleared.state()), ("", DelegationMemberState::Approved));
    assert_eq!(long.field_violations[0].field, "member.role");
}
