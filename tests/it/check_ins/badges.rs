//! Badges at a gate: verified without a network, and revoked.

use attache_client::{
    Code,
    badges::{Badge, Gate, Verdict},
    v1::{self, ErrorReason},
};
use attache_tests::{
    answers::{Answer as _, verdict},
    fixtures::{FORUM, LAUNCH},
};

use super::{House, by_ticket, forum_with_a_guest, guest, list, scan, sync};

/// What a gate keeps for when it has no network.
async fn gate(house: &House, event: &str) -> Gate {
    Gate::fetch(&house.owner, event).await.unwrap()
}

async fn revoke(house: &House, registration: &str) {
    let request = v1::RevokeBadgesRequest { name: registration.to_owned(), ..Default::default() };
    house.owner.check_ins().revoke_badges(request).await.done();
}

#[tokio::test]
async fn badge_is_verified_without_a_network_and_scanned_when_there_is_one() {
    let (house, name, _) = forum_with_a_guest().await;
    let code = house.badge_code(&name).await;
    let offline = gate(&house, FORUM).await;

    let shown = offline.verify(&code);
    let taken = sync(&house, &[scan(&code), scan(&code.to_lowercase())]).await;

    assert_eq!(shown, Verdict::Good(Badge { registration: name.clone(), issue: 0 }));
    let came: Vec<_> =
        taken.iter().map(|(already, check_in)| (*already, &check_in.as_ref().unwrap().registration)).collect();
    assert_eq!(came, [(false, &name), (true, &name)]);
}

#[tokio::test]
async fn badge_that_was_altered_or_is_of_another_event_is_nobodys() {
    let (house, name, _) = forum_with_a_guest().await;
    house.foreign_event().await;
    let code = house.badge_code(&name).await;
    let flipped = |place: usize| {
        let letter = if &code[place..=place] == "A" { "B" } else { "A" };
        format!("{}{letter}{}", &code[..place], &code[place + 1..])
    };
    let forged = [flipped(4), flipped(28), flipped(60), flipped(120), code[1..].to_owned(), format!("{code}A")];
    let (here, elsewhere) = (gate(&house, FORUM).await, gate(&house, LAUNCH).await);

    let mut told = Vec::new();
    for code in &forged {
        told.push(verdict(house.owner.check_ins().check_in(by_ticket(code)).await));
    }
    let foreign = v1::CheckInRequest { parent: LAUNCH.to_owned(), ..by_ticket(&code) };
    let foreign = verdict(house.owner.check_ins().check_in(foreign).await);

    assert_eq!(told, [(Code::FailedPrecondition, ErrorReason::TicketUnknown); 6]);
    assert_eq!(foreign, (Code::FailedPrecondition, ErrorReason::OtherEvent));
    assert_eq!(forged.map(|code| here.verify(&code)), std::array::from_fn(|_| Verdict::Unknown));
    assert_eq!(elsewhere.verify(&code), Verdict::Unknown);
    assert_eq!(list(&house, "").await, []);
}

#[tokio::test]
async fn lost_badge_is_refused_and_the_new_one_and_the_ticket_are_good() {
    let (house, name, ticket) = forum_with_a_guest().await;
    let lost = house.badge_code(&name).await;
    let before = scan(&lost);
    let first = sync(&house, std::slice::from_ref(&before)).await;
    revoke(&house, &name).await;
    let new = house.badge_code(&name).await;
    let offline = gate(&house, FORUM).await;

    let refused = house.owner.check_ins().check_in(by_ticket(&lost)).await.refused();
    let again = [new.as_str(), &ticket].map(by_ticket);
    let [badge, ticket] = again.map(async |request| house.owner.check_ins().check_in(request).await.done().already);

    assert_eq!((refused.is(ErrorReason::BadgeRevoked), &refused.metadata["registration"]), (true, &name));
    assert_eq!((badge.await, ticket.await), (true, true));
    assert_eq!(sync(&house, &[before]).await, first, "what was scanned before is answered as it was");
    assert_eq!(offline.verify(&lost), Verdict::Revoked(Badge { registration: name.clone(), issue: 0 }));
    assert_eq!(offline.verify(&new), Verdict::Good(Badge { registration: name, issue: 1 }));
}

#[tokio::test]
async fn badges_of_who_is_not_confirmed_are_told_as_revoked_until_they_are_again() {
    let (house, name, _) = forum_with_a_guest().await;
    let (left, _) = guest(&house, "left@example.org").await;
    let (kept, gone) = (house.badge_code(&name).await, house.badge_code(&left).await);
    let since = gate(&house, FORUM).await;
    let request = v1::WithdrawRegistrationRequest { name: left.clone(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();

    let stale = since.verify(&gone);
    let fresh = gate(&house, FORUM).await;
    let request = v1::ListRevokedBadgesRequest { parent: FORUM.to_owned(), ..Default::default() };
    let revoked = house.owner.check_ins().list_revoked_badges(request).await.done();

    assert!(matches!(stale, Verdict::Good(_)), "a gate knows what it fetched");
    assert!(matches!(fresh.verify(&gone), Verdict::Revoked(_)) && matches!(fresh.verify(&kept), Verdict::Good(_)));
    let told: Vec<_> = revoked.revoked_badges.iter().map(|one| (one.registration.as_str(), one.all)).collect();
    assert_eq!((told, revoked.total_size), (vec![(left.as_str(), true)], 1));
    let reinstate = v1::ReinstateRegistrationRequest { name: left.clone(), ..Default::default() };
    house.owner.registrations().reinstate_registration(reinstate).await.done();
    let confirm = v1::ConfirmRegistrationRequest { name: left, ..Default::default() };
    house.owner.registrations().confirm_registration(confirm).await.done();
    assert!(matches!(gate(&house, FORUM).await.verify(&gone), Verdict::Good(_)));
}
