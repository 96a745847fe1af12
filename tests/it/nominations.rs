//! The steps of a delegation: named in time, submitted, returned or approved; and members who leave.

use attache_client::{
    Client, Code, Failure,
    v1::{self, DelegationMemberState, DelegationState, ErrorReason, HandoverEffect, LetterState, Role},
};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, ZBRA, person},
    paperwork::{letter_for, request_for, upload},
    visits::{Visit, flight, meeting},
};

use chrono::TimeDelta;

mod lists;

use crate::delegations::steps::{
    approved, created, creation, delegation, fact, got, headed_by, house, known, members, newcomer, newcomers,
    nominated, replaced,
};

async fn submitted(client: &Client, delegation: &v1::Delegation) -> Result<v1::Delegation, Failure> {
    let request = v1::SubmitDelegationRequest { name: delegation.name.clone(), ..Default::default() };
    Ok(client.nominations().submit_delegation(request).await?.into_inner())
}

async fn returned(client: &Client, delegation: &v1::Delegation, reason: &str) -> Result<v1::Delegation, Failure> {
    let request =
        v1::ReturnDelegationRequest { name: delegation.name.clone(), reason: reason.to_owned(), ..Default::default() };
    Ok(client.nominations().return_delegation(request).await?.into_inner())
}

async fn withdrawn(client: &Client, member: &v1::DelegationMember) -> Result<v1::DelegationMember, Failure> {
    let request =
        v1::WithdrawMemberRequest { name: member.name.clone(), etag: member.etag.clone(), ..Default::default() };
    Ok(client.nominations().withdraw_member(request).await?.into_inner())
}

async fn documented(client: &Client, delegation: &v1::Delegation, file: &str) -> Result<v1::Delegation, Failure> {
    let request =
        v1::SetNominationFileRequest { name: delegation.name.clone(), file: file.to_owned(), ..Default::default() };
    Ok(client.nominations().set_nomination_file(request).await?.into_inner())
}

/// A delegation that needs a nomination document, of which members are named until that time.
async fn demanding(house: &House, until: &str) -> v1::Delegation {
    let delegation = v1::Delegation {
        deadlines: Some(v1::DelegationDeadlines {
            nomination_time: Some(until.parse().unwrap()),
            ..Default::default()
        }),
        needs_nomination_file: true,
        ..delegation(3)
    };
    let request = v1::CreateDelegationRequest { delegation: Some(delegation), ..creation(3) };
    house.owner.delegations().create_delegation(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_focal_point_submits_what_the_organiser_returns_or_approves() {
    let house = house().await;
    let own = demanding(&house, "2023-08-31T00:00:00Z").await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let seated = nominated(&focal_point, &own, vec![newcomer("Adeel"), newcomer("Bushra")]).await.unwrap();
    let bare = submitted(&focal_point, &own).await.unwrap_err();
    headed_by(&house, &own, &seated[0].person).await.unwrap();
    let file = upload(&focal_point, FORUM, "nomination.pdf", "application/pdf", b"%PDF-1.7 signed").await;
    documented(&focal_point, &own, &file).await.unwrap();

    let waiting = submitted(&focal_point, &own).await.unwrap();
    let locked = nominated(&focal_point, &own, vec![newcomer("Chand")]).await.unwrap_err();
    let back = returned(&house.owner, &own, "Two more, please.").await.unwrap();
    nominated(&focal_point, &own, vec![newcomer("Chand")]).await.unwrap();
    let again = submitted(&focal_point, &own).await.unwrap();
    let approval = approved(&house.owner, &own).await.unwrap();

    let lacks: Vec<&str> = bare.precondition_violations.iter().map(|violation| violation.kind.as_str()).collect();
    assert_eq!(lacks, ["head_missing", "nomination_file_missing"]);
    assert_eq!((waiting.state(), &waiting.nomination_file), (DelegationState::Submitted, &file));
    assert_eq!((fact(&locked, "state"), fact(&locked, "wanted")), ("SUBMITTED", "OPEN"));
    assert_eq!((back.state(), back.return_reason.as_str()), (DelegationState::Open, "Two more, please."));
    assert_eq!((again.state(), again.return_reason.as_str()), (DelegationState::Submitted, ""));
    assert_eq!(approval.state(), DelegationState::Approved);
    assert!(members(&house.owner, &own).await.iter().all(|(_, state)| *state == DelegationMemberState::Approved));
    let deletion = v1::DeleteFileRequest { name: file, ..Default::default() };
    let failure: Failure = house.owner.files().delete_file(deletion).await.unwrap_err().into();
    assert!(failure.is(ErrorReason::InUse), "{failure:?}");
}

#[tokio::test]
async fn a_focal_point_who_is_too_late_changes_nothing_and_an_organiser_does() {
    let house = house().await;
    let own = demanding(&house, "2023-07-31T00:00:00Z").await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let seated = newcomers(&house, &own, &["Adeel"]).await;

    let late = [
        nominated(&focal_point, &own, vec![newcomer("Bushra")]).await.unwrap_err(),
        withdrawn(&focal_point, &seated[0]).await.unwrap_err(),
        submitted(&focal_point, &own).await.unwrap_err(),
    ];

    for failure in late {
        assert!(failure.is(ErrorReason::DeadlinePassed), "{failure:?}");
        assert_eq!(fact(&failure, "deadline"), "2023-07-31T00:00:00+00:00");
    }
    assert_eq!(withdrawn(&house.owner, &seated[0]).await.unwrap().state(), DelegationMemberState::Withdrawn);
}

#[tokio::test]
async fn a_member_who_is_withdrawn_leaves_their_seat_and_their_head() {
    let house = house().await;
    let own = created(&house, 1).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let seated = nominated(&focal_point, &own, vec![newcomer("Adeel")]).await.unwrap();
    headed_by(&house, &own, &seated[0].person).await.unwrap();

    let left = withdrawn(&focal_point, &seated[0]).await.unwrap();
    let next = nominated(&focal_point, &own, vec![newcomer("Bushra")]).await.unwrap();

    assert_eq!(left.state(), DelegationMemberState::Withdrawn);
    assert_eq!(got(&focal_point, &own.name).await.unwrap().head, "");
    assert_eq!(next[0].state(), DelegationMemberState::Nominated);
    headed_by(&house, &own, &next[0].person).await.unwrap();
    approved(&house.owner, &own).await.unwrap();
    let headless = withdrawn(&house.owner, &v1::DelegationMember { etag: String::new(), ..next[0].clone() }).await;
    assert!(headless.unwrap_err().is(ErrorReason::DelegationIncomplete));
}

#[tokio::test]
async fn a_focal_point_nominates_by_their_own_file_and_reads_no_other() {
    let house = house().await;
    let (own, other) = (created(&house, 1).await, created(&house, 1).await);
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let neighbour = house.member(Role::FocalPoint, &other.name).await;
    let foreign = upload(&house.owner, FORUM, "letter.pdf", "application/pdf", b"%PDF-1.7 secret").await;
    let theirs = upload(&focal_point, FORUM, "nomination.pdf", "application/pdf", b"%PDF-1.7 signed").await;

    let failure = documented(&focal_point, &own, &foreign).await.unwrap_err();

    assert_eq!((failure.code, fact(&failure, "resource")), (Code::NotFound, foreign.as_str()));
    assert_eq!(documented(&house.owner, &own, &foreign).await.unwrap().nomination_file, foreign);
    let read = async |client: &Client, name: &str| {
        let request = v1::DownloadFileRequest { name: name.to_owned() };
        let mut pieces = client.files().download_file(request).await.map_err(Failure::from)?.into_inner();
        let piece = pieces.message().await.map_err(Failure::from)?;
        Ok::<_, Failure>(piece.unwrap_or_default().data)
    };
    assert_eq!(read(&focal_point, &theirs).await.unwrap(), b"%PDF-1.7 signed");
    assert_eq!(read(&focal_point, &foreign).await.unwrap_err().code, Code::NotFound);
    assert_eq!(read(&neighbour, &theirs).await.unwrap_err().code, Code::NotFound);
}

/// The member of a visit's delegation whom somebody is.
async fn seat_of(house: &House, visit: &Visit, person: &str) -> v1::DelegationMember {
    let request = v1::ListDelegationMembersRequest {
        parent: visit.itinerary.delegation.clone(),
        filter: format!("person = \"{person}\""),
        ..Default::default()
    };
    house.owner.delegations().list_delegation_members(request).await.unwrap().into_inner().members.remove(0)
}

async fn preview(client: &Client, member: &v1::DelegationMember) -> Vec<(String, HandoverEffect)> {
    let request = v1::PreviewHandoverRequest { name: member.name.clone() };
    let items = client.nominations().preview_handover(request).await.unwrap().into_inner().items;
    items.into_iter().map(|item| (item.resource.clone(), item.effect())).collect()
}

async fn handed_over(
    client: &Client,
    member: &v1::DelegationMember,
    items: &[&(String, HandoverEffect)],
) -> Result<v1::DelegationMember, Failure> {
    let item = |(resource, effect): &(String, HandoverEffect)| v1::HandoverItem {
        resource: resource.clone(),
        effect: (*effect).into(),
        title: None,
    };
    let request = v1::HandOverMemberRequest {
        name: member.name.clone(),
        items: items.iter().map(|&named| item(named)).collect(),
        ..Default::default()
    };
    Ok(client.nominations().hand_over_member(request).await?.into_inner())
}

#[tokio::test]
async fn what_a_replaced_member_left_passes_on_when_it_is_named_and_not_before() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let [head, leaver] = visit.travellers.clone();
    let talks = v1::Stop { travellers: vec![leaver.clone()], ..meeting("04", "10:00", "11:00") };
    let (talks, way) =
        (house.stop(&visit, talks).await, v1::Stop { travellers: vec![head, leaver.clone()], ..flight() });
    let way = house.stop(&visit, way).await;
    house.stop(&visit, meeting("05", "10:00", "11:00")).await;
    let letter = house.owner.letters().request_letter(request_for(letter_for(&leaver))).await.unwrap().into_inner();
    let seat = seat_of(&house, &visit, &leaver).await;
    let ended = (letter.name.clone(), HandoverEffect::LetterRejected);
    let moved = |stop: &v1::Stop| (stop.name.clone(), HandoverEffect::TravellerReplaced);
    let early = handed_over(&house.owner, &seat, &[&moved(&talks)]).await.unwrap_err();
    let would = preview(&house.owner, &seat).await;

    let heir = replaced(&house.owner, &seat, newcomer("Heir")).await.unwrap();
    let heir = replaced(&house.owner, &heir, newcomer("Heir of the heir")).await.unwrap();
    let untouched = preview(&house.owner, &seat).await;
    let other_effect = (letter.name.clone(), HandoverEffect::LetterRevoked);
    let strange = handed_over(&house.owner, &seat, &[&moved(&talks), &other_effect]).await.unwrap_err();
    let answer = handed_over(&house.owner, &seat, &[&moved(&talks), &ended]).await.unwrap();

    assert_eq!((fact(&early, "state"), fact(&early, "wanted")), ("NOMINATED", "REPLACED"));
    assert_eq!(would, [ended.clone(), moved(&way), moved(&talks)]);
    assert_eq!(untouched, would);
    assert_eq!((strange.code, fact(&strange, "resource")), (Code::NotFound, letter.name.as_str()));
    assert_eq!(answer.name, heir.name);
    assert_eq!(preview(&house.owner, &seat).await, [moved(&way)]);
    let request = v1::GetStopRequest { name: talks.name };
    assert_eq!(house.owner.stops().get_stop(request).await.unwrap().into_inner().travellers, [heir.person.as_str()]);
    let list = v1::ListLettersRequest { parent: FORUM.to_owned(), ..Default::default() };
    let letters = house.owner.letters().list_letters(list).await.unwrap().into_inner().letters;
    let told: Vec<_> = letters.iter().map(|letter| (letter.person.as_str(), letter.state())).collect();
    assert_eq!(told, [(leaver.as_str(), LetterState::Rejected), (heir.person.as_str(), LetterState::Requested)]);
    assert_eq!(letters[1].visit_window, letters[0].visit_window);
}

#[tokio::test]
async fn who_was_replaced_and_has_a_seat_again_left_nothing() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let [_, leaver] = visit.travellers.clone();
    let talks = v1::Stop { travellers: vec![leaver.clone()], ..meeting("04", "10:00", "11:00") };
    let talks = house.stop(&visit, talks).await;
    let seat = seat_of(&house, &visit, &leaver).await;
    let heir = replaced(&house.owner, &seat, newcomer("Heir")).await.unwrap();
    let back = replaced(&house.owner, &heir, known(&leaver)).await.unwrap();

    let told = preview(&house.owner, &seat).await;
    let item = (talks.name.clone(), HandoverEffect::TravellerReplaced);
    let failure = handed_over(&house.owner, &seat, &[&item]).await.unwrap_err();

    assert_eq!(told, []);
    assert_eq!((failure.code, fact(&failure, "resource")), (Code::NotFound, talks.name.as_str()));
    assert_eq!(preview(&house.owner, &back).await, [item]);
}

#[tokio::test]
async fn a_letter_that_passes_on_is_revoked_when_it_was_issued_and_asked_for_once() {
    let house = house().await;
    house.letterhead().await;
    let letter = house.approved_letter("扎尔米娜", "zarmina@example.org").await;
    let job = house.issue(&[&letter.name]).await;
    house.ended(&job.name).await;
    let own = created(&house, 1).await;
    let seated = nominated(&house.owner, &own, vec![known(&letter.person)]).await.unwrap();
    let heir = house.traveller("哈菲兹", "hafiz@example.org").await;
    let theirs = house.owner.letters().request_letter(request_for(letter_for(&heir))).await.unwrap().into_inner();
    replaced(&house.owner, &seated[0], known(&heir)).await.unwrap();

    let told = preview(&house.owner, &seated[0]).await;
    handed_over(&house.owner, &seated[0], &told.iter().collect::<Vec<_>>()).await.unwrap();

    assert_eq!(told, [(letter.name.clone(), HandoverEffect::LetterRevoked)]);
    let list = v1::ListLettersRequest { parent: FORUM.to_owned(), ..Default::default() };
    let letters = house.owner.letters().list_letters(list).await.unwrap().into_inner().letters;
    let states: Vec<_> = letters.iter().map(|letter| (letter.name.as_str(), letter.state())).collect();
    assert_eq!(states, [(letter.name.as_str(), LetterState::Revoked), (theirs.name.as_str(), LetterState::Requested)]);
}

#[tokio::test]
async fn whoever_was_withdrawn_alone_does_not_come_back_with_the_delegation() {
    let house = house().await;
    let own = created(&house, 2).await;
    let seated = newcomers(&house, &own, &["Adeel", "Bushra"]).await;
    withdrawn(&house.owner, &seated[0]).await.unwrap();
    house.app.clock.advance(TimeDelta::seconds(1));

    crate::delegations::steps::withdrawn(&house.owner, &own).await.unwrap();
    crate::delegations::steps::reinstated(&house.owner, &own).await.unwrap();

    assert_eq!(
        members(&house.owner, &own).await,
        [
            ("Adeel".to_owned(), DelegationMemberState::Withdrawn),
            ("Bushra".to_owned(), DelegationMemberState::Nominated)
        ]
    );
}

#[tokio::test]
async fn a_document_that_another_replaces_is_kept_no_longer_and_uploads_have_a_limit() {
    let house = house().await;
    let own = created(&house, 1).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let scan = async || upload(&focal_point, FORUM, "nomination.pdf", "application/pdf", b"%PDF-1.7 signed").await;
    let (first, second) = (scan().await, scan().await);
    documented(&focal_point, &own, &first).await.unwrap();
    documented(&focal_point, &own, &second).await.unwrap();
    let found = async |name: &str| {
        let request = v1::GetFileRequest { name: name.to_owned() };
        focal_point.files().get_file(request).await.map(|file| file.into_inner().name).map_err(Failure::from)
    };

    assert_eq!(found(&first).await.unwrap_err().code, Code::NotFound);
    assert_eq!(found(&second).await.unwrap(), second);
    let organizers = upload(&house.owner, FORUM, "list.csv", "text/csv", b"a,b").await;
    let request = v1::FinishUploadRequest { name: organizers.clone(), ..Default::default() };
    let failure: Failure = focal_point.files().finish_upload(request).await.unwrap_err().into();
    assert_eq!((failure.code, fact(&failure, "resource")), (Code::NotFound, organizers.as_str()));
    for _ in 1..20 {
        scan().await;
    }
    let file = v1::File {
        file_name: "a.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size_bytes: 1,
        ..Default::default()
    };
    let request = v1::StartUploadRequest { parent: FORUM.to_owned(), file: Some(file), ..Default::default() };
    let failure: Failure = focal_point.files().start_upload(request).await.unwrap_err().into();
    assert!(failure.is(ErrorReason::TooManyFiles), "{failure:?}");
}
