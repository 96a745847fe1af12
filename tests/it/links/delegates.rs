//! What whoever came by a personal link sees and does: their own, and nobody else's.

use attache_client::v1::{self, LetterState, RegistrationState, StopKind};
use attache_tests::{
    paperwork::{SCAN, letter_for, request_for},
    visits::{flight, meeting},
};

use super::*;

async fn mine(client: &Client) -> v1::Mine {
    client.public().get_mine(v1::GetMineRequest {}).await.done()
}

/// A stop as its traveller sees it.
fn own(stop: v1::Stop) -> v1::OwnStop {
    v1::OwnStop {
        name: stop.name,
        kind: stop.kind,
        title: stop.title,
        start_time: stop.start_time,
        start_place: stop.start_place,
        end_time: stop.end_time,
        end_place: stop.end_place,
        carrier: stop.carrier,
        number: stop.number,
        details: stop.details,
        provisional: false,
    }
}

#[tokio::test]
async fn delegate_sees_what_is_their_own_and_nobody_elses() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let [zarmina, hina] = visit.travellers.clone();
    house.register("Somebody else", "").await;
    let registered = registered(&house, &zarmina).await;
    let letter = house.owner.letters().request_letter(request_for(letter_for(&zarmina))).await.done();
    house.owner.letters().request_letter(request_for(letter_for(&hina))).await.done();
    let flown = house.stop(&visit, flight()).await;
    let alone = v1::Stop { travellers: vec![hina.clone()], ..meeting("04", "09:00", "10:00") };
    let met = house.stop(&visit, alone).await;
    let [before, hinas] = [mine(&house.delegate(&zarmina).await).await, mine(&house.delegate(&hina).await).await];
    let request = v1::ReleaseItineraryRequest { name: visit.itinerary.name.clone(), ..Default::default() };
    house.owner.itineraries().release_itinerary(request).await.done();

    let delegates = [house.delegate(&zarmina).await, house.delegate(&hina).await];
    let after = [mine(&delegates[0]).await, mine(&delegates[1]).await];

    let event = house.owner.events().get_event(v1::GetEventRequest { name: FORUM.to_owned() }).await.done();
    let person = house.owner.persons().get_person(v1::GetPersonRequest { name: zarmina }).await.done();
    let close_time = event.end_time.as_ref().and_then(|end| end.instant_time);
    let expected = v1::Mine {
        event: Some(v1::PublicEvent {
            name: FORUM.to_owned(),
            title: event.title,
            start_time: event.start_time,
            end_time: event.end_time,
            controller_title: attache_tests::fixtures::zbra().title,
            contact_email: "forum@example.org".to_owned(),
            registration_open: true,
            registration_close_time: close_time,
            ..Default::default()
        }),
        person: Some(person),
        registrations: vec![v1::OwnRegistration {
            name: registered.name,
            category_title: Some(attache_tests::fixtures::text("Delegates", "代表")),
            state: RegistrationState::Submitted.into(),
            waiting_position: 0,
            create_time: registered.create_time,
            etag: registered.etag,
            form: Some(v1::Form { category: attache_tests::fixtures::DELEGATES.to_owned(), fields: Vec::new() }),
            ..Default::default()
        }],
        letters: vec![v1::OwnLetter {
            name: letter.name,
            region_code: "CN".to_owned(),
            visit_window: letter.visit_window,
            state: LetterState::Requested.into(),
            ..Default::default()
        }],
        stops: Vec::new(),
    };
    assert_eq!(before, expected);
    assert_eq!((hinas.registrations.len(), hinas.letters.len(), hinas.stops.len()), (0, 1, 0));
    let flown = own(flown);
    assert_eq!(after[0], v1::Mine { stops: vec![flown.clone()], ..expected });
    assert_eq!(after[1], v1::Mine { stops: vec![flown.clone(), own(met)], ..hinas });

    let later = v1::Stop { name: flown.name.clone(), number: "XX 0999".to_owned(), ..Default::default() };
    let request = v1::UpdateStopRequest { stop: Some(later), ..Default::default() };
    house.owner.stops().update_stop(request).await.done();
    let changed = v1::OwnStop { number: "XX 0999".to_owned(), provisional: true, ..flown };
    assert_eq!((changed.kind(), mine(&delegates[0]).await.stops), (StopKind::Flight, vec![changed]));
}

#[tokio::test]
async fn delegate_withdraws_their_own_registration_and_finds_no_other() {
    let house = house().await;
    let own = house.register("Zarmina", "").await;
    let neighbours = house.register("Hina", "").await;
    let delegate = house.delegate(&own.person).await;
    let withdraw = async |name: &str| {
        let request = v1::WithdrawRegistrationRequest { name: name.to_owned(), ..Default::default() };
        delegate.registrations().withdraw_registration(request).await
    };

    let other = withdraw(&neighbours.name).await.refused();
    let nobodys = withdraw(&format!("{FORUM}/registrations/{}", attache_client::fresh_request_id())).await.refused();
    let elsewhere = withdraw(&own.name.replace(FORUM, LAUNCH)).await;
    let withdrawn = withdraw(&own.name).await.done();

    assert_eq!([&other, &nobodys].map(|refused| refused.is(ErrorReason::NotFound)), [true; 2]);
    assert_eq!(other.message.replace(&neighbours.name, ""), format!(" {}", "does not exist"));
    assert_eq!(verdict(elsewhere), (Code::PermissionDenied, ErrorReason::PermissionDenied));
    let expected = v1::Registration {
        state: RegistrationState::Withdrawn.into(),
        update_time: withdrawn.update_time,
        etag: "r2".to_owned(),
        ..own.clone()
    };
    assert_eq!(withdrawn, expected);
    assert_eq!(mine(&delegate).await.registrations[0].state(), RegistrationState::Withdrawn);
    let request = v1::ListChangesRequest { parent: FORUM.to_owned(), page_size: 1000, ..Default::default() };
    let changes = house.owner.audit().list_changes(request).await.done().changes;
    let done = changes.iter().filter(|change| change.actor == own.person).map(|change| change.verb.as_str());
    assert_eq!(done.collect::<Vec<_>>(), ["exchanged", "withdrawn"]);
    let states: Vec<_> = changes.iter().flat_map(|change| [&change.before, &change.after]).collect();
    assert!(states.iter().all(|state| !state.contains("digest")), "{states:?}");
}

#[tokio::test]
async fn delegate_downloads_the_letter_that_was_issued_to_them_while_it_holds() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let [own, others] = [house.approved_letter("عائشہ خان", "").await, house.approved_letter("", "").await];
    house.ended(&house.issue(&[&own.name, &others.name]).await.name).await;
    let [own, others] = [house.letter(&own.name).await, house.letter(&others.name).await];
    let delegate = house.delegate(&registered(&house, &own.person).await.person).await;
    let download = async |file: &str| {
        let request = v1::DownloadFileRequest { name: file.to_owned() };
        let mut pieces = delegate.files().download_file(request).await?.into_inner();
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.message().await? {
            bytes.extend(piece.data);
        }
        Ok::<_, tonic::Status>(tonic::Response::new(bytes))
    };
    let link = async |file: &str| {
        let request = v1::CreateDownloadLinkRequest { name: file.to_owned(), ..Default::default() };
        delegate.files().create_download_link(request).await
    };

    let expected = v1::OwnLetter {
        name: own.name.clone(),
        region_code: "CN".to_owned(),
        visit_window: own.visit_window.clone(),
        state: LetterState::Issued.into(),
        number: own.number.clone(),
        issue_date: own.issue_date.clone(),
        verify_uri: own.verify_uri.clone(),
        file: own.file.clone(),
    };
    assert_eq!(mine(&delegate).await.letters, std::slice::from_ref(&expected));
    assert!(download(&own.file).await.done() == house.download(&own.file).await, "the letter is another one");
    let uri = link(&own.file).await.done().uri;
    let path = uri.strip_prefix(&format!("http://{}", house.address)).unwrap();
    assert_eq!(house.head_of_page(path).await.status, 200);
    let foreign = [download(&others.file).await.refused(), link(&others.file).await.refused()];
    assert!(foreign.iter().all(|refused| refused.is(ErrorReason::NotFound)), "{foreign:?}");
    let known = async |file: &str| delegate.files().get_file(v1::GetFileRequest { name: file.to_owned() }).await;
    assert_eq!(known(&own.file).await.done().name, own.file);
    assert!(known(&others.file).await.refused().is(ErrorReason::NotFound), "another's letter is known");

    // What was signed and sealed is what they take to the consulate.
    let scan = house.upload(FORUM, "scan.pdf", "application/pdf", SCAN).await;
    let request = v1::AttachSealedCopyRequest { name: own.name.clone(), file: scan.clone(), ..Default::default() };
    house.owner.letters().attach_sealed_copy(request).await.done();
    let expected = v1::OwnLetter { file: scan.clone(), ..expected };
    assert_eq!(mine(&delegate).await.letters, std::slice::from_ref(&expected));
    assert!(download(&scan).await.done() == SCAN, "the scan is another one");

    let request =
        v1::RevokeLetterRequest { name: own.name.clone(), reason: "Visit off".to_owned(), ..Default::default() };
    house.owner.letters().revoke_letter(request).await.done();

    let revoked = v1::OwnLetter { state: LetterState::Revoked.into(), file: String::new(), ..expected };
    assert_eq!(mine(&delegate).await.letters, [revoked]);
    let gone = [download(&own.file).await.refused(), link(&own.file).await.refused()];
    assert!(gone.iter().all(|refused| refused.is(ErrorReason::NotFound)), "{gone:?}");
}

async fn registered(house: &House, person: &str) -> v1::Registration {
    let registration = v1::Registration {
        category: format!("{FORUM}/categories/delegate"),
        person: person.to_owned(),
        ..Default::default()
    };
    let request = v1::CreateRegistrationRequest {
        parent: FORUM.to_owned(),
        registration: Some(registration),
        ..Default::default()
    };
    house.owner.registrations().create_registration(request).await.done()
}

#[tokio::test]
async fn delegate_goes_on_as_the_person_they_were_merged_into() {
    let house = house().await;
    let goes = house.register("Zarmina", "").await.person;
    let delegate = house.delegate(&goes).await;
    let request = v1::CreatePersonRequest {
        parent: ZBRA.to_owned(),
        person: Some(person("Zarmina Khan", "")),
        ..Default::default()
    };
    let stays = house.owner.persons().create_person(request).await.done();

    let request = v1::MergePersonsRequest { name: stays.name.clone(), duplicate: goes, ..Default::default() };
    house.owner.persons().merge_persons(request).await.done();

    let myself = who(&delegate).await.done();
    assert_eq!((myself.name.as_str(), myself.display_name.as_str()), (stays.name.as_str(), "Zarmina Khan"));
    assert_eq!((mine(&delegate).await.registrations.len(), &listed(&house).await[0].person), (1, &stays.name));
}
