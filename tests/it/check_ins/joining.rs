//! Online guests: led to the meeting while it is on, and noted once.

use attache_client::{
    Client, Code,
    v1::{self, CheckInListKind as Kind, CheckInMode, ErrorReason},
};
use attache_tests::{
    answers::{Answer as _, verdict, wrong_fields},
    fixtures::{FORUM, beijing, mask, text},
};
use chrono::{DateTime, TimeDelta, Utc};

use super::{House, by_name, forum_with_a_guest, list};

pub(super) const MEETING: &str = "https://meet.example.org/forum";

/// A forum that is attended online, whose doors open at eight in Beijing, and somebody confirmed: their registration and ticket.
pub(super) async fn online_forum() -> (House, String, String) {
    let (house, name, ticket) = forum_with_a_guest().await;
    let event = v1::Event { name: FORUM.to_owned(), online_uri: MEETING.to_owned(), ..Default::default() };
    let request =
        v1::UpdateEventRequest { event: Some(event), update_mask: mask(&["online_uri"]), ..Default::default() };
    house.owner.events().update_event(request).await.done();
    (house, name, ticket)
}

/// Lets time pass until an instant.
pub(super) async fn until(house: &House, time: &str) {
    let time: DateTime<Utc> = time.parse().unwrap();
    house.pass(time - house.app.clock.now()).await;
}

pub(super) async fn join(
    client: &Client,
    name: &str,
    code: &str,
) -> Result<v1::JoinOnlineResponse, (Code, ErrorReason)> {
    let request = v1::JoinOnlineRequest { name: name.to_owned(), ticket_code: code.to_owned() };
    match client.public().join_online(request).await {
        Ok(joined) => Ok(joined.into_inner()),
        refused => Err(verdict(refused)),
    }
}

#[tokio::test]
async fn guest_is_led_to_the_meeting_and_noted_once_however_often_they_come() {
    let (house, name, ticket) = online_forum().await;
    let badge = house.badge_code(&name).await;
    let anybody = house.client(None).await;
    until(&house, "2023-09-05T00:30:00Z").await;

    let first = join(&anybody, FORUM, &ticket).await.unwrap();
    house.pass(TimeDelta::minutes(5)).await;
    let again = join(&anybody, FORUM, &badge).await.unwrap();
    let at_the_gate = house.owner.check_ins().check_in(by_name(&name)).await.done();

    assert_eq!((first.uri.as_str(), first.already), (MEETING, false));
    assert_eq!((&again.uri, again.already, again.check_in_time), (&first.uri, true, first.check_in_time));
    assert!(at_the_gate.already);
    let came = list(&house, "").await;
    let noted: Vec<_> = came.iter().map(|one| (&one.registration, one.mode(), one.check_in_time)).collect();
    assert_eq!(noted, [(&name, CheckInMode::Online, first.check_in_time)]);
}

#[tokio::test]
async fn doors_open_an_hour_before_and_close_at_the_end() {
    let (house, _, ticket) = online_forum().await;
    let anybody = house.client(None).await;
    let closed = Err((Code::FailedPrecondition, ErrorReason::JoiningClosed));

    let mut told = Vec::new();
    for time in ["2023-09-04T23:59:59Z", "2023-09-05T00:00:00Z", "2023-09-05T09:29:59Z", "2023-09-05T09:30:00Z"] {
        until(&house, time).await;
        told.push(join(&anybody, FORUM, &ticket).await.map(|joined| joined.already));
    }

    assert_eq!(told, [closed, Ok(false), Ok(true), closed]);
}

#[tokio::test]
async fn day_and_session_have_their_own_hours_and_where_they_have_one_their_own_address() {
    let (house, name, ticket) = online_forum().await;
    let talk = v1::Session {
        kind: v1::SessionKind::Talk.into(),
        title: Some(text("Talk", "")),
        start_time: Some(beijing("2023-09-05T14:00")),
        end_time: Some(beijing("2023-09-05T15:00")),
        ..Default::default()
    };
    let request = v1::CreateSessionRequest { parent: FORUM.to_owned(), session: Some(talk), ..Default::default() };
    let session = house.owner.sessions().create_session(request).await.done().name;
    let mut lists = Vec::new();
    for (kind, date, session, online_uri) in [
        (Kind::Day, "2023-09-05", "", ""),
        (Kind::Session, "", session.as_str(), "https://meet.example.org/talk"),
        (Kind::Area, "", "", ""),
    ] {
        let list = v1::CheckInList {
            title: Some(text("L", "")),
            kind: kind.into(),
            date: date.to_owned(),
            session: session.to_owned(),
            online_uri: online_uri.to_owned(),
            ..Default::default()
        };
        let request =
            v1::CreateCheckInListRequest { parent: FORUM.to_owned(), check_in_list: Some(list), ..Default::default() };
        lists.push(house.owner.check_in_lists().create_check_in_list(request).await.done().name);
    }
    let [day, talk, area] = lists.try_into().unwrap();
    let anybody = house.client(None).await;
    // The day begins at midnight in Beijing, and its doors an hour before.
    until(&house, "2023-09-04T15:00:00Z").await;

    let whole_day = join(&anybody, &day, &ticket).await.map(|joined| joined.uri);
    let early = join(&anybody, &talk, &ticket).await.map(|joined| joined.uri);
    until(&house, "2023-09-05T05:00:00Z").await;
    let in_time = join(&anybody, &talk, &ticket).await.map(|joined| joined.uri);
    let lounge = join(&anybody, &area, &ticket).await.map(|joined| joined.uri);

    assert_eq!(whole_day, Ok(MEETING.to_owned()));
    assert_eq!(early, Err((Code::FailedPrecondition, ErrorReason::JoiningClosed)));
    assert_eq!(in_time, Ok("https://meet.example.org/talk".to_owned()));
    assert_eq!(lounge, Err((Code::FailedPrecondition, ErrorReason::NotOnline)));
    let on: Vec<_> = list(&house, "mode = ONLINE").await.into_iter().map(|one| (one.list, one.registration)).collect();
    assert_eq!(on, [(day, name.clone()), (talk, name)]);
}

#[tokio::test]
async fn who_came_by_a_personal_link_needs_no_code_and_joins_as_themselves_alone() {
    let (house, name, _) = online_forum().await;
    let person = house.register("Second", "second@example.org").await.person;
    let request = v1::GetRegistrationRequest { name: name.clone(), ..Default::default() };
    let own = house.owner.registrations().get_registration(request).await.done().person;
    let [mine, theirs] = [house.delegate(&own).await, house.delegate(&person).await];
    let anybody = house.client(None).await;
    until(&house, "2023-09-05T01:00:00Z").await;

    let joined = join(&mine, FORUM, "").await;
    let unconfirmed = join(&theirs, FORUM, "").await;
    let request = v1::JoinOnlineRequest { name: FORUM.to_owned(), ticket_code: String::new() };
    let without = wrong_fields(anybody.public().join_online(request).await);

    assert_eq!(joined.map(|joined| joined.uri), Ok(MEETING.to_owned()));
    assert_eq!(unconfirmed, Err((Code::FailedPrecondition, ErrorReason::WrongState)));
    assert_eq!(without, ["ticket_code"]);
    assert_eq!(list(&house, "").await.into_iter().map(|one| one.registration).collect::<Vec<_>>(), [name]);
}
