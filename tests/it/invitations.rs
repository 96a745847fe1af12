//! Invitations through the whole house: mailed, opened, accepted, declined, revoked, and the places they keep.

mod companions;
mod lists;

use attache_client::{
    Code,
    v1::{self, ErrorReason, InvitationState as State, RegistrationState},
};
use attache_server::mail::message::Outgoing;
use attache_tests::{
    House, PERSONAL_PAGE,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{DELEGATES, FORUM, ZBRA, mask, once, person},
};
use chrono::TimeDelta;
use prost_types::Timestamp;

/// A forum of so many seats.
async fn forum(seats: i32) -> House {
    let house = boot().await;
    house.forum_with_seats(seats).await;
    house
}

/// Somebody who is known and not registered.
async fn known(house: &House, display_name: &str, email: &str) -> String {
    let person = Some(person(display_name, email));
    let request = v1::CreatePersonRequest { parent: ZBRA.to_owned(), person, ..Default::default() };
    house.owner.persons().create_person(request).await.done().name
}

/// An instant so many days from now.
fn in_days(house: &House, days: i64) -> Timestamp {
    let time = house.app.clock.now() + TimeDelta::days(days);
    Timestamp { seconds: time.timestamp(), nanos: 0 }
}

fn inviting(person: &str, terms: v1::InvitationTerms) -> v1::CreateInvitationRequest {
    let invitation = v1::Invitation {
        person: person.to_owned(),
        category: DELEGATES.to_owned(),
        terms: Some(terms),
        ..Default::default()
    };
    v1::CreateInvitationRequest { parent: FORUM.to_owned(), invitation: Some(invitation), ..Default::default() }
}

async fn invite(house: &House, person: &str, terms: v1::InvitationTerms) -> v1::Invitation {
    house.owner.invitations().create_invitation(inviting(person, terms)).await.done()
}

async fn listed(house: &House, filter: &str) -> Vec<v1::Invitation> {
    let (parent, filter) = (FORUM.to_owned(), filter.to_owned());
    let request = v1::ListInvitationsRequest { parent, filter, ..Default::default() };
    house.owner.invitations().list_invitations(request).await.done().invitations
}

async fn page(house: &House, code: &str) -> Result<v1::InvitationPage, (Code, ErrorReason)> {
    let request = v1::GetInvitationRequest { code: code.to_owned() };
    match house.client(None).await.invitations().get_invitation(request).await {
        Ok(page) => Ok(page.into_inner()),
        refused => Err(verdict(refused)),
    }
}

fn accepting(code: &str, person: Option<v1::Person>) -> v1::AcceptInvitationRequest {
    v1::AcceptInvitationRequest { code: code.to_owned(), person, ..Default::default() }
}

async fn accept(
    house: &House,
    request: v1::AcceptInvitationRequest,
) -> Result<v1::AcceptInvitationResponse, (Code, ErrorReason)> {
    match house.client(None).await.invitations().accept_invitation(request).await {
        Ok(accepted) => Ok(accepted.into_inner()),
        refused => Err(verdict(refused)),
    }
}

async fn decline(house: &House, code: &str) -> Result<(), (Code, ErrorReason)> {
    let request = v1::DeclineInvitationRequest { code: code.to_owned() };
    match house.client(None).await.invitations().decline_invitation(request).await {
        Ok(_) => Ok(()),
        refused => Err(verdict(refused)),
    }
}

/// Waits until so many mails went to an address; gives them, in the order they were sent.
async fn mails(house: &House, email: &str, count: usize) -> Vec<Outgoing> {
    let to = async || {
        let sent = house.mail_memory().sent();
        let theirs: Vec<Outgoing> = sent.into_iter().filter(|mail| mail.to.address == email).collect();
        (theirs.len() >= count).then_some(theirs)
    };
    house.until(to).await
}

fn address_in(mail: &Outgoing) -> String {
    mail.text.lines().find(|line| line.starts_with(PERSONAL_PAGE)).unwrap().to_owned()
}

async fn registration(house: &House, name: &str) -> v1::Registration {
    let view = v1::RegistrationView::Full.into();
    let request = v1::GetRegistrationRequest { name: name.to_owned(), view };
    house.owner.registrations().get_registration(request).await.done()
}

async fn capacity(house: &House) -> v1::Capacity {
    house.owner.categories().get_capacity(v1::GetCapacityRequest { name: DELEGATES.to_owned() }).await.done()
}

#[tokio::test]
async fn guest_is_mailed_opens_the_page_and_registers_without_approval() {
    let house = forum(5).await;
    let guest = known(&house, "Zarmina", "zarmina@example.org").await;
    let invited = invite(&house, &guest, v1::InvitationTerms { skip_approval: true, ..Default::default() }).await;
    let mail = mails(&house, "zarmina@example.org", 1).await.remove(0);
    let address = address_in(&mail);

    let shown = page(&house, &address).await.unwrap();
    let opened = listed(&house, "").await.remove(0);
    let corrected =
        v1::Person { position: "Director".to_owned(), email: "ZARMINA@example.org".to_owned(), ..Default::default() };
    let accepted = accept(&house, accepting(&address, Some(corrected))).await.unwrap();
    let again = accept(&house, accepting(&address, None)).await;

    assert_eq!((&invited.uri, invited.state(), invited.uri.len()), (&address, State::Open, PERSONAL_PAGE.len() + 38));
    assert_eq!(mail.subject, "Invitation: Technology and Innovation Forum");
    let told = shown.person.unwrap();
    assert_eq!((told.display_name.as_str(), told.name.as_str(), told.etag.as_str()), ("Zarmina", "", ""));
    assert!(shown.form.unwrap().fields.iter().any(|field| field.path == "person.display_name"));
    assert!(opened.open_time.is_some() && opened.uri.is_empty());
    assert_eq!(accepted.state(), RegistrationState::Confirmed);
    let made = registration(&house, &accepted.registration).await;
    let person = made.embedded_person.unwrap();
    assert_eq!(
        (&person.name, person.position.as_str(), person.email.as_str()),
        (&guest, "Director", "zarmina@example.org")
    );
    assert_eq!(again, Err((Code::FailedPrecondition, ErrorReason::InvitationOver)));
    let ended = listed(&house, "answer = ACCEPTED").await.remove(0);
    assert_eq!(
        (ended.state(), &ended.registration, ended.mail_state()),
        (State::Accepted, &accepted.registration, v1::NoticeState::Sent)
    );
    assert_eq!(listed(&house, "answer = NONE").await, []);
}

#[tokio::test]
async fn place_is_kept_until_its_day_and_then_goes_to_whoever_waits() {
    let house = forum(1).await;
    let guest = known(&house, "Guest", "guest@example.org").await;
    let reserve_time = Some(in_days(&house, 3));
    let invited = invite(&house, &guest, v1::InvitationTerms { reserve_time, ..Default::default() }).await;
    let other = known(&house, "Other", "other@example.org").await;
    let full = house
        .owner
        .invitations()
        .create_invitation(inviting(&other, v1::InvitationTerms { reserve_time, ..Default::default() }))
        .await;
    let waiting = house.register("Waiting", "waiting@example.org").await;
    let before = capacity(&house).await;

    house.pass(TimeDelta::days(3)).await;
    house
        .until(async || {
            let now = registration(&house, &waiting.name).await;
            (now.state() == RegistrationState::Submitted).then_some(())
        })
        .await;
    let accepted = accept(&house, accepting(&invited.uri, None)).await.unwrap();

    assert!(invited.place_reserved);
    assert_eq!(verdict(full), (Code::ResourceExhausted, ErrorReason::NoPlaces));
    assert_eq!(waiting.state(), RegistrationState::Waiting);
    assert_eq!(before, v1::Capacity { capacity: Some(1), held: 1, waiting: 1, ..Default::default() });
    assert!(!listed(&house, "").await[0].place_reserved);
    assert_eq!((accepted.state(), accepted.waiting_position), (RegistrationState::Waiting, 1));
    assert_eq!(capacity(&house).await, v1::Capacity { capacity: Some(1), held: 1, waiting: 1, ..Default::default() });
}

#[tokio::test]
async fn place_that_was_kept_is_the_guests_and_free_when_they_decline_or_are_not_wanted_any_more() {
    let house = forum(3).await;
    let reserve_time = Some(in_days(&house, 3));
    let mut invited = Vec::new();
    for name in ["A", "B", "C"] {
        let guest = known(&house, name, &format!("{name}@example.org")).await;
        invited.push(invite(&house, &guest, v1::InvitationTerms { reserve_time, ..Default::default() }).await);
    }
    let [comes, declines, unwanted] = invited.try_into().unwrap();
    let waiting = house.register("Waiting", "waiting@example.org").await;

    let accepted = accept(&house, accepting(&comes.uri, None)).await.unwrap();
    decline(&house, &declines.uri).await.unwrap();
    decline(&house, &declines.uri).await.unwrap();
    let promoted = registration(&house, &waiting.name).await.state();
    let revoke = v1::RevokeInvitationRequest { name: unwanted.name.clone(), request_id: once(), ..Default::default() };
    let revoked = house.owner.invitations().revoke_invitation(revoke.clone()).await.done();
    let again = house.owner.invitations().revoke_invitation(revoke).await.done();
    let late = v1::RevokeInvitationRequest { name: comes.name.clone(), ..Default::default() };
    let late = house.owner.invitations().revoke_invitation(late).await;

    assert_eq!((accepted.state(), promoted), (RegistrationState::Submitted, RegistrationState::Submitted));
    assert_eq!((revoked.state(), revoked.place_reserved, &again), (State::Revoked, false, &revoked));
    assert_eq!(verdict(late), (Code::FailedPrecondition, ErrorReason::InvitationOver));
    assert_eq!(capacity(&house).await, v1::Capacity { capacity: Some(3), held: 2, waiting: 0, ..Default::default() });
    let over = Err((Code::FailedPrecondition, ErrorReason::InvitationOver));
    assert_eq!(accept(&house, accepting(&declines.uri, None)).await, over);
    assert_eq!(page(&house, &unwanted.uri).await.map(|_| ()), over.map(|_| ()));
    assert_eq!(decline(&house, &unwanted.uri).await, Err((Code::FailedPrecondition, ErrorReason::InvitationOver)));
}

#[tokio::test]
async fn whoever_an_invitation_was_passed_on_to_does_not_take_its_guests_name() {
    let house = forum(5).await;
    let minister = known(&house, "Minister", "minister@example.org").await;
    let reached_otherwise = known(&house, "Envoy", "").await;
    let invited = invite(&house, &minister, v1::InvitationTerms::default()).await;
    let by_hand = v1::CreateInvitationRequest {
        without_mail: true,
        ..inviting(&reached_otherwise, v1::InvitationTerms::default())
    };
    let by_hand = house.owner.invitations().create_invitation(by_hand).await.done();
    house.register("Victim", "victim@example.org").await;
    let locked = Err((Code::FailedPrecondition, ErrorReason::InvitationLocked));

    for given in [
        person("Deputy", "deputy@example.org"),
        person("Deputy", ""),
        person("Deputy", "victim@example.org"),
        person("Deputy", "no address"),
    ] {
        assert_eq!(accept(&house, accepting(&invited.uri, Some(given))).await, locked);
    }
    assert_eq!(accept(&house, accepting(&by_hand.uri, Some(person("Envoy", "envoy@example.org")))).await, locked);
    let named = v1::Person { affiliation: "Embassy".to_owned(), ..Default::default() };
    let accepted = accept(&house, accepting(&by_hand.uri, Some(named))).await.unwrap();

    let made = registration(&house, &accepted.registration).await;
    assert_eq!((made.person, made.embedded_person.unwrap().affiliation.as_str()), (reached_otherwise, "Embassy"));
    assert_eq!(listed(&house, "answer = NONE").await.len(), 1);
}

/// Somebody else comes instead, as themselves: the guest stays who they are, and is not registered.
#[tokio::test]
async fn whoever_a_transferable_invitation_was_passed_on_to_registers_as_themselves() {
    let house = forum(1).await;
    let minister = known(&house, "Minister", "minister@example.org").await;
    house.register("Victim", "victim@example.org").await;
    let terms = v1::InvitationTerms { transferable: true, ..Default::default() };
    let invited = invite(&house, &minister, terms.clone()).await;
    assert!(page(&house, &invited.uri).await.unwrap().transferable);

    let instead = |given| v1::AcceptInvitationRequest { instead: true, ..accepting(&invited.uri, Some(given)) };
    let nameless = instead(person("", "deputy@example.org"));
    let nameless = wrong_fields(house.client(None).await.invitations().accept_invitation(nameless).await);
    // That an address is registered is told to nobody who has not proven it.
    let deputy = person("Deputy", "victim@example.org");
    let mistaken = accept(&house, accepting(&invited.uri, Some(deputy.clone()))).await;
    let accepted = accept(&house, instead(deputy)).await.unwrap();
    let again = accept(&house, instead(person("Third", "third@example.org"))).await;

    assert_eq!(nameless, ["person.display_name"]);
    assert_eq!(mistaken, Err((Code::FailedPrecondition, ErrorReason::InvitationLocked)));
    assert_eq!(again, Err((Code::FailedPrecondition, ErrorReason::InvitationOver)));
    let made = registration(&house, &accepted.registration).await;
    assert_ne!(made.person, minister);
    assert_eq!(made.embedded_person.unwrap().display_name, "Deputy");
    let request = v1::GetPersonRequest { name: minister.clone() };
    let kept = house.owner.persons().get_person(request).await.done();
    assert_eq!((kept.display_name.as_str(), kept.email.as_str()), ("Minister", "minister@example.org"));
    // The guest themselves may accept one as well, without another address.
    let own = invite(&house, &minister, terms).await;
    let own = accept(&house, accepting(&own.uri, None)).await.unwrap();
    assert_eq!(registration(&house, &own.registration).await.person, minister);
}

#[tokio::test]
async fn guest_who_is_registered_otherwise_has_one_place_and_is_not_reminded() {
    let house = forum(2).await;
    let guest = known(&house, "Guest", "guest@example.org").await;
    let terms = v1::InvitationTerms {
        reserve_time: Some(in_days(&house, 5)),
        remind_times: vec![in_days(&house, 2)],
        ..Default::default()
    };
    let invited = invite(&house, &guest, terms.clone()).await;
    mails(&house, "guest@example.org", 1).await;
    let same_address = known(&house, "Guest", "double@example.org").await;
    let other = invite(&house, &same_address, v1::InvitationTerms { reserve_time: None, ..terms }).await;
    mails(&house, "double@example.org", 1).await;

    let request = v1::CreateRegistrationRequest {
        parent: FORUM.to_owned(),
        registration: Some(v1::Registration { category: DELEGATES.to_owned(), person: guest, ..Default::default() }),
        ..Default::default()
    };
    house.register("Guest", "double@example.org").await;
    let waits = house.register("Waiting", "waiting@example.org").await.state();
    let made = house.owner.registrations().create_registration(request).await.done();
    house.pass(TimeDelta::days(2)).await;
    // The worker looks at the reminder, and finds that there is nobody to remind.
    house
        .until(async || {
            let both = listed(&house, "").await;
            both.iter().all(|one| one.mail_state() == v1::NoticeState::Sent).then_some(())
        })
        .await;

    assert_eq!((made.state(), waits), (RegistrationState::Submitted, RegistrationState::Waiting));
    assert_eq!(capacity(&house).await, v1::Capacity { capacity: Some(2), held: 2, waiting: 1, ..Default::default() });
    let states: Vec<_> =
        listed(&house, "").await.iter().map(|one| (one.name.clone(), one.state(), one.reminder_count)).collect();
    assert_eq!(states, [(invited.name, State::Revoked, 0), (other.name, State::Open, 0)]);
    for email in ["guest@example.org", "double@example.org"] {
        let reminders = mails(&house, email, 1).await.into_iter().filter(|mail| mail.subject.starts_with("Reminder"));
        assert_eq!(reminders.count(), 0);
    }
}

#[tokio::test]
async fn whoever_does_not_answer_is_reminded_and_nobody_else() {
    let house = forum(5).await;
    let [late, quick] =
        [known(&house, "Late", "late@example.org").await, known(&house, "Quick", "quick@example.org").await];
    let remind_times = vec![in_days(&house, 2), in_days(&house, 4)];
    let terms = v1::InvitationTerms { remind_times, ..Default::default() };
    let [silent, answers] = [invite(&house, &late, terms.clone()).await, invite(&house, &quick, terms).await];
    let (first, _) = tokio::join!(mails(&house, "late@example.org", 1), mails(&house, "quick@example.org", 1));
    decline(&house, &answers.uri).await.unwrap();

    house.pass(TimeDelta::days(2)).await;
    let second = mails(&house, "late@example.org", 2).await;
    let by_hand = v1::RemindInvitationRequest { name: silent.name.clone(), request_id: once(), ..Default::default() };
    house.until(async || (listed(&house, "").await[0].reminder_count == 1).then_some(())).await;
    house.owner.invitations().remind_invitation(by_hand.clone()).await.done();
    house.owner.invitations().remind_invitation(by_hand).await.done();
    let third = mails(&house, "late@example.org", 3).await;
    house.until(async || (listed(&house, "").await[0].reminder_count == 2).then_some(())).await;
    house.pass(TimeDelta::days(2)).await;
    let fourth = mails(&house, "late@example.org", 4).await;
    let over = v1::RemindInvitationRequest { name: answers.name, ..Default::default() };
    let over = house.owner.invitations().remind_invitation(over).await;

    assert_eq!(first[0].subject, "Invitation: Technology and Innovation Forum");
    assert!(
        fourth[1..].iter().all(|mail| mail.subject == "Reminder of your invitation: Technology and Innovation Forum")
    );
    assert!(second.iter().chain(&third).chain(&fourth).all(|mail| address_in(mail) == silent.uri));
    let ids: std::collections::BTreeSet<_> = fourth.iter().map(|mail| &mail.message_id).collect();
    assert_eq!(ids.len(), 4, "no two mails have one Message-ID");
    assert_eq!(mails(&house, "quick@example.org", 1).await.len(), 1);
    assert_eq!(verdict(over), (Code::FailedPrecondition, ErrorReason::InvitationOver));
}

#[tokio::test]
async fn invitation_that_is_over_forged_or_out_of_the_window_registers_nobody() {
    let house = forum(5).await;
    let guest = known(&house, "Guest", "guest@example.org").await;
    let expire_time = Some(in_days(&house, 2));
    let invited = invite(&house, &guest, v1::InvitationTerms { expire_time, ..Default::default() }).await;
    let other = known(&house, "Other", "other@example.org").await;
    let window = invite(&house, &other, v1::InvitationTerms::default()).await;
    let (rest, last) = invited.uri.split_at(invited.uri.len() - 1);
    let forged = format!("{rest}{}", if last == "0" { '1' } else { '0' });
    let twice =
        house.owner.invitations().create_invitation(inviting(&guest, v1::InvitationTerms::default())).await.refused();

    let unknown = page(&house, &forged).await.map(drop);
    let cut = v1::GetInvitationRequest { code: rest.to_owned() };
    let cut = wrong_fields(house.client(None).await.invitations().get_invitation(cut).await);
    let event =
        v1::Event { name: FORUM.to_owned(), registration_close_time: Some(in_days(&house, 1)), ..Default::default() };
    let request = v1::UpdateEventRequest {
        event: Some(event),
        update_mask: mask(&["registration_close_time"]),
        ..Default::default()
    };
    house.owner.events().update_event(request).await.done();
    house.pass(TimeDelta::days(2)).await;
    let expired = accept(&house, accepting(&invited.uri, None)).await;
    let closed = accept(&house, accepting(&window.uri, None)).await;

    assert_eq!((twice.is(ErrorReason::AlreadyInvited), &twice.metadata["existing"]), (true, &invited.name));
    assert_eq!(unknown, Err((Code::FailedPrecondition, ErrorReason::InvitationUnknown)));
    assert_eq!(cut, ["code"]);
    assert_eq!(expired, Err((Code::FailedPrecondition, ErrorReason::InvitationOver)));
    assert_eq!(closed, Err((Code::FailedPrecondition, ErrorReason::RegistrationClosed)));
    assert_eq!(listed(&house, "").await[0].state(), State::Expired);
    assert_eq!(capacity(&house).await.held, 0);
}

#[tokio::test]
async fn terms_that_contradict_themselves_are_told_by_their_fields() {
    let house = forum(5).await;
    let guest = known(&house, "Guest", "").await;
    let create = async |request| house.owner.invitations().create_invitation(request).await;
    let terms = v1::InvitationTerms {
        expire_time: Some(in_days(&house, -1)),
        reserve_time: Some(in_days(&house, 1)),
        remind_times: vec![in_days(&house, 2), in_days(&house, 1)],
        ..Default::default()
    };
    let reached = known(&house, "Reached", "reached@example.org").await;
    let reminded = v1::InvitationTerms { remind_times: vec![in_days(&house, 1)], ..Default::default() };
    let by_hand = |terms| v1::CreateInvitationRequest { without_mail: true, ..inviting(&guest, terms) };

    let wrong = wrong_fields(create(inviting(&reached, terms)).await);
    let silent = wrong_fields(create(by_hand(reminded)).await);
    let nowhere = create(inviting(&guest, v1::InvitationTerms::default())).await;
    let unmailed = create(by_hand(v1::InvitationTerms::default())).await.done();

    let at = |field: &str| format!("invitation.terms.{field}");
    assert_eq!(wrong, ["expire_time", "reserve_time", "remind_times"].map(at));
    assert_eq!(silent, [at("remind_times")]);
    assert_eq!(verdict(nowhere), (Code::FailedPrecondition, ErrorReason::NoEmailAddress));
    assert_eq!(unmailed.mail_state(), v1::NoticeState::Unspecified);
    assert!(page(&house, &unmailed.uri).await.is_ok());
}
