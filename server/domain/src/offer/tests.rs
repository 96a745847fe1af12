use super::*;
use crate::{localized::Localized, registration, zoned::Zoned};

const UUID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn forum() -> Event {
    let plan = event::Plan {
        title: Localized::new("Forum", "").unwrap(),
        start: Zoned::parse("2023-09-05T09:00", "Asia/Shanghai").unwrap(),
        end: Zoned::parse("2023-09-05T17:00", "Asia/Shanghai").unwrap(),
        controller: "zbra".parse().unwrap(),
        hosts: Vec::new(),
        venue: None,
        parent: None,
        other_venues: Vec::new(),
        shared_pools: Vec::new(),
        online: None,
        registration_open_time: None,
        registration_close_time: None,
        accreditation_end_time: None,
        contact_email: None,
        specimen: false,
    };
    event::create("ciftis-2023".parse().unwrap(), plan, instant("2023-08-01T00:00:00Z")).unwrap()
}

/// A day's offer that was made at a time.
fn made(now: &str) -> Offer {
    let registration = Registration {
        event: "ciftis-2023".parse().unwrap(),
        id: UUID.parse().unwrap(),
        category: "delegate".parse().unwrap(),
        person: format!("organizations/zbra/persons/{UUID}").parse().unwrap(),
        state: registration::State::Offered,
        precedence: None,
        external_id: None,
        badge_issue: crate::badge::Issue::default(),
        history: History::begin(instant(now)),
    };
    let day = Period::of_hours(24).unwrap().unwrap();
    make(UUID.parse().unwrap(), &registration, (day, None), &forum(), instant(now))
}

#[test]
fn offer_is_good_for_its_period_and_never_beyond_the_event() {
    let expire = ["2023-08-01T00:00:00Z", "2023-09-05T01:30:00Z"].map(|now| made(now).expire_time);

    assert_eq!(expire, ["2023-08-02T00:00:00Z", "2023-09-05T09:00:00Z"].map(instant));
    assert_eq!(
        [0, 720, 721].map(|hours| Period::of_hours(hours).map(|period| period.map(Period::hours))),
        [Ok(None), Ok(Some(720)), Err(TooLong)]
    );
}

/// What becomes of an offer in each state, before it expires and from then on: accepted, declined, lapsed, revoked; a dash is a no.
#[test]
fn offer_ends_once_and_in_time() {
    let told = |ended: Option<Offer>| ended.map_or_else(|| "-".to_owned(), |offer| offer.state.to_string());
    let row = |state: State, now: &str| {
        let (offer, now) = (Offer { state, ..made("2023-08-01T00:00:00Z") }, instant(now));
        [
            told(offer.clone().accept(&forum(), now).ok()),
            told(offer.clone().decline(now).ok()),
            told(offer.clone().lapse(now)),
            told(offer.revoke(now)),
        ]
        .join(" ")
    };
    let table = State::ALL.map(|state| ["2023-08-01T23:59:59Z", "2023-08-02T00:00:00Z"].map(|now| row(state, now)));

    let ended = ["- - - -"; 2];
    assert_eq!(table, [["ACCEPTED DECLINED - REVOKED", "- - LAPSED REVOKED"], ended, ended, ended, ended]);
}

#[test]
fn late_answer_is_told_the_same_whether_the_offer_was_lapsed_yet_or_not() {
    let (offer, late) = (made("2023-08-01T00:00:00Z"), instant("2023-08-02T00:00:00Z"));
    let expired = Refusal::Expired { offer: offer.name(), expire_time: late };
    let lapsed = offer.clone().lapse(late).unwrap();

    assert_eq!(offer.accept(&forum(), late), Err(expired.clone()));
    assert_eq!(lapsed.decline(late), Err(expired));
}

#[test]
fn cancelled_event_has_no_place_to_accept() {
    let cancelled = forum().cancel(instant("2023-08-01T00:00:00Z")).unwrap();

    let refused = made("2023-08-01T00:00:00Z").accept(&cancelled, instant("2023-08-01T01:00:00Z"));

    assert_eq!(refused, Err(Refusal::Event(event::Refusal::Cancelled(cancelled.id))));
}
