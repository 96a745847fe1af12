//! Events that are part of others, and hosts in their roles.

use attache_client::{
    Client, Code, Failure,
    v1::{self, ErrorReason, EventHostRole},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{FORUM, LAUNCH, forum, mask},
};

use super::creation;

async fn part_of(client: &Client, event: &str, parent: &str) -> Result<v1::Event, Failure> {
    let event = v1::Event { name: event.to_owned(), parent_event: parent.to_owned(), ..Default::default() };
    let request =
        v1::UpdateEventRequest { event: Some(event), update_mask: mask(&["parent_event"]), ..Default::default() };
    Ok(client.events().update_event(request).await?.into_inner())
}

/// Creates a dinner that is part of the forum.
async fn dinner(house: &House) -> v1::Event {
    let event = v1::Event { parent_event: FORUM.to_owned(), ..forum() };
    let request = v1::CreateEventRequest { event_id: "dinner-2023".to_owned(), ..creation(event) };
    house.owner.events().create_event(request).await.done()
}

#[tokio::test]
async fn event_is_part_of_another_until_it_is_not_and_is_listed_so() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let dinner = dinner(&house).await;
    let parts = async || {
        let filter = format!("parent_event = \"{FORUM}\"");
        let request = v1::ListEventsRequest { filter, ..Default::default() };
        let list = house.owner.events().list_events(request).await.done();
        list.events.into_iter().map(|event| event.name).collect::<Vec<_>>()
    };

    let before = parts().await;
    let after = part_of(&house.owner, &dinner.name, "").await.unwrap();

    assert_eq!((dinner.parent_event.as_str(), before), (FORUM, vec![dinner.name.clone()]));
    assert_eq!((after.parent_event.as_str(), parts().await), ("", Vec::new()));
}

#[tokio::test]
async fn event_is_not_part_of_itself_through_others_either() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let dinner = dinner(&house).await;

    let itself = part_of(&house.owner, FORUM, FORUM).await.unwrap_err();
    let through = part_of(&house.owner, FORUM, &dinner.name).await.unwrap_err();
    let nowhere = part_of(&house.owner, FORUM, "events/nowhere").await.unwrap_err();

    assert_eq!((itself.code, itself.is(ErrorReason::EventCircular)), (Code::FailedPrecondition, true));
    let facts = ["event", "parent_event"].map(|key| through.metadata[key].as_str());
    assert_eq!((through.is(ErrorReason::EventCircular), facts), (true, [FORUM, dinner.name.as_str()]));
    assert_eq!((nowhere.code, nowhere.metadata["resource"].as_str()), (Code::NotFound, "events/nowhere"));
}

#[tokio::test]
async fn organiser_makes_an_event_part_of_what_they_see_and_keeps_a_parent_that_they_do_not() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let dinner = dinner(&house).await;
    let organizer = house.member(v1::Role::Organizer, &dinner.name).await;

    let unseen = part_of(&organizer, &dinner.name, LAUNCH).await.unwrap_err();
    let renamed =
        v1::Event { name: dinner.name.clone(), contact_email: "desk@example.org".to_owned(), ..Default::default() };
    let request = v1::UpdateEventRequest { event: Some(renamed), ..Default::default() };
    let kept = organizer.events().update_event(request).await.done();
    let foreign = part_of(&house.owner, &dinner.name, LAUNCH).await.unwrap();

    assert_eq!((unseen.code, unseen.is(ErrorReason::PermissionDenied)), (Code::PermissionDenied, true));
    assert_eq!((kept.parent_event.as_str(), foreign.parent_event.as_str()), (FORUM, LAUNCH));
}

#[tokio::test]
async fn organisation_hosts_an_event_in_each_role_once() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let host =
        |role: EventHostRole| v1::EventHost { organization: "organizations/launchers".to_owned(), role: role.into() };
    let hosted = async |hosts: Vec<v1::EventHost>| {
        let event = v1::Event { name: FORUM.to_owned(), hosts, ..Default::default() };
        let request = v1::UpdateEventRequest { event: Some(event), ..Default::default() };
        house.owner.events().update_event(request).await
    };

    let twice = hosted(vec![host(EventHostRole::CoHost), host(EventHostRole::CoHost)]).await;
    let many = hosted(vec![host(EventHostRole::CoHost); 51]).await;
    let both = hosted(vec![host(EventHostRole::CoHost), host(EventHostRole::Organizer)]).await.done();

    assert_eq!(wrong_fields(twice), ["event.hosts"]);
    assert_eq!(wrong_fields(many), ["event.hosts"]);
    // The controller is a host whoever else is.
    assert_eq!(both.hosts.len(), 3);
}

#[tokio::test]
async fn hosts_see_no_people_by_hosting() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    house.register("Ayesha Khan", "ayesha@example.org").await;
    let co_host =
        v1::EventHost { organization: "organizations/launchers".to_owned(), role: EventHostRole::CoHost.into() };
    let event = v1::Event { name: FORUM.to_owned(), hosts: vec![co_host], ..Default::default() };
    let request = v1::UpdateEventRequest { event: Some(event), ..Default::default() };
    house.owner.events().update_event(request).await.done();
    let launcher = house.member(v1::Role::Organizer, LAUNCH).await;

    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), ..Default::default() };
    let registrations = launcher.registrations().list_registrations(request).await;
    let request = v1::ListPersonsRequest { parent: "organizations/zbra".to_owned(), ..Default::default() };
    let persons = launcher.persons().list_persons(request).await;

    assert_eq!(verdict(registrations), (Code::PermissionDenied, ErrorReason::PermissionDenied));
    assert_eq!(verdict(persons), (Code::PermissionDenied, ErrorReason::PermissionDenied));
}
