//! Waiting lists through the whole house: offers made, answered and lapsed, and whoever is put ahead of others.

mod chance;
mod parties;
mod rush;
mod sharing;
mod terms;
mod viewers;

use attache_client::{
    Client, Code,
    v1::{self, ErrorReason, OfferState, RegistrationState as State},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{DELEGATES, FORUM, mask, once, person, registration_of},
};
use chrono::{DateTime, TimeDelta, Utc};

/// A forum with so many seats, each offered for a day when it comes free.
async fn forum(seats: i32) -> House {
    let house = boot().await;
    house.forum_with_seats(seats).await;
    set(&house, v1::Category { offer_hours: 24, ..Default::default() }, "offer_hours").await;
    house
}

/// Changes one field of the delegates' category.
async fn set(house: &House, category: v1::Category, field: &str) {
    let category = v1::Category { name: DELEGATES.to_owned(), ..category };
    let request =
        v1::UpdateCategoryRequest { category: Some(category), update_mask: mask(&[field]), ..Default::default() };
    house.owner.categories().update_category(request).await.done();
}

async fn registered<const N: usize>(house: &House) -> [String; N] {
    let mut names = [const { String::new() }; N];
    for (number, name) in names.iter_mut().enumerate() {
        *name = house.register("Guest", &format!("guest{number}@example.org")).await.name;
    }
    names
}

async fn withdraw(house: &House, name: &str) {
    let request = v1::WithdrawRegistrationRequest { name: name.to_owned(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
}

async fn state(house: &House, name: &str) -> State {
    let request = v1::GetRegistrationRequest { name: name.to_owned(), ..Default::default() };
    house.owner.registrations().get_registration(request).await.done().state()
}

async fn states<const N: usize>(house: &House, names: &[String; N]) -> [State; N] {
    let mut states = [State::Unspecified; N];
    for (state_now, name) in states.iter_mut().zip(names) {
        *state_now = state(house, name).await;
    }
    states
}

async fn offers(house: &House, filter: &str) -> Vec<v1::Offer> {
    let (parent, filter) = (FORUM.to_owned(), filter.to_owned());
    let request = v1::ListOffersRequest { parent, filter, page_size: 1000, ..Default::default() };
    house.owner.waitlists().list_offers(request).await.done().offers
}

async fn registrations(house: &House) -> Vec<v1::Registration> {
    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), page_size: 1000, ..Default::default() };
    house.owner.registrations().list_registrations(request).await.done().registrations
}

async fn level(house: &House) -> (i32, i32) {
    let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    let level = house.owner.categories().get_capacity(request).await.done();
    (level.held, level.waiting)
}

fn accept(offer: &v1::Offer) -> v1::AcceptOfferRequest {
    v1::AcceptOfferRequest { name: offer.name.clone(), ..Default::default() }
}

fn decline(offer: &v1::Offer) -> v1::DeclineOfferRequest {
    v1::DeclineOfferRequest { name: offer.name.clone(), ..Default::default() }
}

fn promotion(name: &str) -> v1::PromoteRegistrationRequest {
    let reason = "Heads the delegation".to_owned();
    v1::PromoteRegistrationRequest { name: name.to_owned(), reason, ..Default::default() }
}

/// Lets a time pass, and waits until no offer waits beyond its own.
async fn pass(house: &House, step: TimeDelta) {
    house.pass(step).await;
    let now = house.app.clock.now();
    house.until(async || house.app.store.due_offers(now, 1).await.unwrap().is_empty().then_some(())).await;
}

#[tokio::test]
async fn freed_place_is_held_for_the_first_who_waits_until_they_accept() {
    let house = forum(1).await;
    let names: [String; 3] = registered(&house).await;
    withdraw(&house, &names[0]).await;

    let offered = offers(&house, "").await.remove(0);
    let before = (states(&house, &names).await, level(&house).await);
    let request = v1::AcceptOfferRequest { request_id: once(), ..accept(&offered) };
    let accepted = house.owner.waitlists().accept_offer(request.clone()).await.done();
    let again = house.owner.waitlists().accept_offer(request).await.done();
    let got = house.owner.waitlists().get_offer(v1::GetOfferRequest { name: offered.name.clone() }).await.done();

    assert_eq!(before, ([State::Withdrawn, State::Offered, State::Waiting], (1, 1)));
    let expected = v1::Offer {
        name: offered.name.clone(),
        registration: names[1].clone(),
        category: DELEGATES.to_owned(),
        state: OfferState::Pending.into(),
        expire_time: offered.create_time.map(|time| prost_types::Timestamp { seconds: time.seconds + 86_400, ..time }),
        create_time: offered.create_time,
        update_time: offered.create_time,
    };
    assert_eq!(offered, expected);
    assert_eq!((accepted.state(), &again, &got), (OfferState::Accepted, &accepted, &accepted));
    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Submitted, State::Waiting]);
    assert_eq!(level(&house).await, (1, 1));
    assert_eq!(
        house.mail().await.pop().unwrap().subject,
        "A place is reserved for you: Technology and Innovation Forum"
    );
}

#[tokio::test]
async fn accepted_place_is_confirmed_where_the_category_confirms_at_once() {
    let house = forum(1).await;
    let at_once = v1::ConfirmationPolicy::AtOnce.into();
    set(&house, v1::Category { confirmation: at_once, ..Default::default() }, "confirmation").await;
    let [first, second] = registered(&house).await;
    withdraw(&house, &first).await;

    house.owner.waitlists().accept_offer(accept(&offers(&house, "").await[0])).await.done();

    assert_eq!(state(&house, &second).await, State::Confirmed);
}

#[tokio::test]
async fn declined_place_is_offered_to_the_next_and_the_registration_is_out_until_it_is_reinstated() {
    let house = forum(1).await;
    let names: [String; 3] = registered(&house).await;
    withdraw(&house, &names[0]).await;
    let offered = offers(&house, "").await.remove(0);

    let declined = house.owner.waitlists().decline_offer(decline(&offered)).await.done();

    assert_eq!(declined.state(), OfferState::Declined);
    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Withdrawn, State::Offered]);
    let request = v1::ReinstateRegistrationRequest { name: names[1].clone(), ..Default::default() };
    let back = house.owner.registrations().reinstate_registration(request).await.done();
    assert_eq!((back.state(), back.waiting_position), (State::Waiting, 1));
    let accepted = house.owner.waitlists().accept_offer(accept(&offered)).await;
    assert_eq!(verdict(accepted), (Code::FailedPrecondition, ErrorReason::WrongState));
}

#[tokio::test]
async fn offer_nobody_answers_lapses_and_the_next_is_told() {
    let house = forum(1).await;
    let names: [String; 3] = registered(&house).await;
    withdraw(&house, &names[0]).await;
    let offered = offers(&house, "").await.remove(0);

    pass(&house, TimeDelta::hours(24)).await;

    let late = house.owner.waitlists().accept_offer(accept(&offered)).await.refused();
    assert_eq!((late.code, late.is(ErrorReason::OfferExpired)), (Code::FailedPrecondition, true));
    assert_eq!(late.metadata["offer"], offered.name);
    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Lapsed, State::Offered]);
    assert_eq!(
        offers(&house, "").await.iter().map(v1::Offer::state).collect::<Vec<_>>(),
        [OfferState::Lapsed, OfferState::Pending]
    );
    assert_eq!(level(&house).await, (1, 0));
    let mut told: Vec<_> = house.mail().await.into_iter().skip(4).map(|mail| (mail.to.address, mail.subject)).collect();
    // Both were written at one moment, and may be shown in either order.
    told.sort_unstable();
    let expected = [
        ("guest1@example.org", "The place held for you has been released: Technology and Innovation Forum"),
        ("guest2@example.org", "A place is held for you until you answer: Technology and Innovation Forum"),
    ];
    assert_eq!(told, expected.map(|(address, subject)| (address.to_owned(), subject.to_owned())));
}

#[tokio::test]
async fn deadline_is_written_by_the_clocks_of_whoever_reads_it() {
    let house = forum(1).await;
    house.register("Holder", "holder@example.org").await;
    let at_home = v1::Person {
        time_zone: "Asia/Karachi".to_owned(),
        language_code: "zh".to_owned(),
        ..person("Zarmina", "zarmina@example.org")
    };
    house.owner.registrations().create_registration(registration_of(at_home)).await.done();
    house.register("Guest", "guest@example.org").await;

    set(&house, v1::Category { capacity: Some(3), ..Default::default() }, "capacity").await;

    let mail = house.mail().await;
    let line =
        |text: &str| text.lines().find(|line| line.contains("2023") && line.starts_with("  ")).map(str::to_owned);
    let mut deadlines: Vec<_> = mail.iter().filter_map(|mail| line(&mail.text)).collect();
    deadlines.sort_unstable();
    assert_eq!(
        deadlines,
        [
            "  Held until: Wednesday, 2 August 2023, 08:00 (Beijing time, UTC+8)",
            "  保留至：2023年8月2日（星期三）05:00（巴基斯坦时间，UTC+5）",
        ]
    );
    let nowhere = v1::Person { time_zone: "PST8".to_owned(), ..person("Nobody", "") };
    let refused = house.owner.registrations().create_registration(registration_of(nowhere)).await;
    assert_eq!(wrong_fields(refused), ["new_person.time_zone"]);
}

#[tokio::test]
async fn registration_that_is_withdrawn_takes_its_offer_with_it_for_good() {
    let house = forum(1).await;
    let names: [String; 3] = registered(&house).await;
    withdraw(&house, &names[0]).await;

    withdraw(&house, &names[1]).await;
    let request = v1::ReinstateRegistrationRequest { name: names[1].clone(), ..Default::default() };
    house.owner.registrations().reinstate_registration(request).await.done();

    let all = offers(&house, "").await;
    assert_eq!(all.iter().map(v1::Offer::state).collect::<Vec<_>>(), [OfferState::Revoked, OfferState::Pending]);
    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Waiting, State::Offered]);
    let accepted = house.owner.waitlists().accept_offer(accept(&all[0])).await;
    assert_eq!(verdict(accepted), (Code::FailedPrecondition, ErrorReason::WrongState));
    // Beyond the time of the dead offer, nothing of it moves the registration that waits again.
    pass(&house, TimeDelta::hours(24)).await;
    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Offered, State::Lapsed]);
}

#[tokio::test]
async fn offer_never_outlasts_the_event_and_one_that_is_over_offers_nothing() {
    let house = forum(1).await;
    let names: [String; 3] = registered(&house).await;
    // An hour before the forum ends.
    house.app.clock.advance(TimeDelta::hours(35 * 24 + 8) + TimeDelta::minutes(30));
    withdraw(&house, &names[0]).await;
    let offered = offers(&house, "").await.remove(0);

    pass(&house, TimeDelta::hours(1)).await;

    let end: DateTime<Utc> = "2023-09-05T09:30:00Z".parse().unwrap();
    assert_eq!(offered.expire_time.unwrap().seconds, end.timestamp());
    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Lapsed, State::Waiting]);
}

#[tokio::test]
async fn cancelled_event_lets_its_offers_lapse_in_silence() {
    let house = forum(1).await;
    let names: [String; 3] = registered(&house).await;
    withdraw(&house, &names[0]).await;
    let request = v1::CancelEventRequest { name: FORUM.to_owned(), ..Default::default() };
    house.owner.events().cancel_event(request).await.done();
    let told = house.mail().await.len();

    let accepted = house.owner.waitlists().accept_offer(accept(&offers(&house, "").await[0])).await;
    pass(&house, TimeDelta::hours(24)).await;

    assert_eq!(verdict(accepted), (Code::FailedPrecondition, ErrorReason::EventCancelled));
    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Lapsed, State::Waiting]);
    assert_eq!(house.mail().await.len(), told);
}

#[tokio::test]
async fn whoever_is_put_first_gets_the_next_place_and_no_place_beyond_capacity() {
    let house = forum(1).await;
    let names: [String; 3] = registered(&house).await;

    let first = house.owner.waitlists().promote_registration(promotion(&names[2])).await.done();
    let before = (states(&house, &names).await, level(&house).await);
    withdraw(&house, &names[0]).await;

    assert_eq!((first.state(), first.waiting_position), (State::Waiting, 1));
    assert_eq!(first.precedence_reason, "Heads the delegation");
    assert_eq!(before, ([State::Submitted, State::Waiting, State::Waiting], (1, 2)));
    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Waiting, State::Offered]);
    let request = v1::ListChangesRequest {
        parent: FORUM.to_owned(),
        filter: format!(r#"resource = "{}""#, names[2]),
        ..Default::default()
    };
    let changes = house.owner.audit().list_changes(request).await.done().changes;
    assert!(changes.iter().any(|change| change.verb == "preferred" && change.after.contains("Heads the delegation")));
}

#[tokio::test]
async fn only_who_waits_is_put_first_and_for_a_reason() {
    let house = forum(1).await;
    let [holder, waiting] = registered(&house).await;

    let held = house.owner.waitlists().promote_registration(promotion(&holder)).await;
    let stale = v1::PromoteRegistrationRequest { etag: "r9".to_owned(), ..promotion(&waiting) };
    let stale = house.owner.waitlists().promote_registration(stale).await;
    let silent = v1::PromoteRegistrationRequest { reason: " ".to_owned(), ..promotion("registrations/1") };
    let silent = house.owner.waitlists().promote_registration(silent).await;
    let endless = v1::Category { name: DELEGATES.to_owned(), offer_hours: 721, ..Default::default() };
    let endless = v1::UpdateCategoryRequest { category: Some(endless), ..Default::default() };
    let endless = house.owner.categories().update_category(endless).await;

    assert_eq!(verdict(held), (Code::FailedPrecondition, ErrorReason::WrongState));
    assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch));
    assert_eq!(wrong_fields(silent), ["name", "reason"]);
    assert_eq!(wrong_fields(endless), ["category.offer_hours"]);
}

#[tokio::test]
async fn whoever_came_by_their_link_answers_their_own_offer_and_no_other() {
    let house = forum(2).await;
    let names: [String; 4] = registered(&house).await;
    withdraw(&house, &names[0]).await;
    withdraw(&house, &names[1]).await;
    let people = registrations(&house).await;
    let delegate = async |name: &str| {
        let one = people.iter().find(|registration| registration.name == *name).expect("a registration");
        house.delegate(&one.person).await
    };
    let (first, second) = (delegate(&names[2]).await, delegate(&names[3]).await);
    let own =
        async |client: &Client| client.public().get_mine(v1::GetMineRequest {}).await.done().registrations.remove(0);
    let (mine, theirs) = (own(&first).await, own(&second).await);
    let named = |offer: &str| v1::Offer { name: offer.to_owned(), ..Default::default() };

    let foreign = first.waitlists().accept_offer(accept(&named(&theirs.offer))).await;
    let accepted = first.waitlists().accept_offer(accept(&named(&mine.offer))).await.done();
    let declined = second.waitlists().decline_offer(decline(&named(&theirs.offer))).await.done();

    assert_eq!(verdict(foreign), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!((accepted.state(), declined.state()), (OfferState::Accepted, OfferState::Declined));
    assert_eq!(mine.offer_expire_time, accepted.expire_time);
    assert_eq!(own(&first).await.offer, "");
    assert_ne!(state(&house, &names[2]).await, State::Offered);
    assert_eq!(state(&house, &names[3]).await, State::Withdrawn);
    assert_eq!(level(&house).await, (1, 0));
}
