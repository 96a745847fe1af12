use super::*;
use crate::{
    category, event,
    localized::Localized,
    refusal::{Kind, Refusal as _},
    zoned::Zoned,
};

const UUID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    instant("2023-08-01T00:00:00Z")
}

fn forum() -> Event {
    let plan = event::Plan {
        title: Localized::new("Forum", "").unwrap(),
        start: Zoned::parse("2023-09-05T09:00", "Asia/Shanghai").unwrap(),
        end: Zoned::parse("2023-09-05T17:00", "Asia/Shanghai").unwrap(),
        controller: "zbra".parse().unwrap(),
        hosts: Vec::new(),
        venue: None,
        registration_open_time: None,
        registration_close_time: None,
        accreditation_end_time: None,
        contact_email: None,
        specimen: false,
        parent: None,
        other_venues: Vec::new(),
        shared_pools: Vec::new(),
        online: None,
    };
    event::create("ciftis-2023".parse().unwrap(), plan, now()).unwrap()
}

fn delegates(confirmation: Confirmation) -> Category {
    let plan = category::Plan {
        title: Localized::new("Delegates", "").unwrap(),
        capacity: Some(1),
        languages: Vec::new(),
        confirmation,
        public: false,
        offer_period: None,
        offer_working_hours: None,
        lapsed_wait_again: false,
        photo_required: false,
        color: None,
        form: crate::form::Form::default(),
    };
    category::create("events/ciftis-2023/categories/delegate".parse().unwrap(), plan, now())
}

fn registration(state: State) -> Registration {
    Registration {
        event: "ciftis-2023".parse().unwrap(),
        id: UUID.parse().unwrap(),
        category: "delegate".parse().unwrap(),
        person: format!("organizations/zbra/persons/{UUID}").parse().unwrap(),
        state,
        precedence: None,
        external_id: None,
        badge_issue: Issue::default(),
        history: History::begin(now()),
    }
}

#[test]
fn place_and_policy_decide_the_first_state() {
    let states = [
        (Confirmation::ByHand, Place::Held),
        (Confirmation::AtOnce, Place::Held),
        (Confirmation::ByHand, Place::Queued(1)),
        (Confirmation::AtOnce, Place::Queued(1)),
    ]
    .map(|(confirmation, place)| {
        let earlier = registration(State::Submitted);
        open((earlier.id, None), &delegates(confirmation), earlier.person, place, now()).state
    });

    assert_eq!(states, [State::Submitted, State::Confirmed, State::Waiting, State::Waiting]);
}

/// What each verb makes of each state; a dash is a refusal.
#[test]
fn verb_moves_only_the_states_the_table_says() {
    let row = |verb: fn(Registration) -> Result<Registration, Refusal>| {
        State::ALL
            .map(|state| verb(registration(state)).map_or_else(|_| "-".to_owned(), |moved| moved.state.to_string()))
            .join(" ")
    };

    let table = [
        row(|registration| registration.confirm(now())),
        row(|registration| registration.reject(now())),
        row(|registration| registration.withdraw(now())),
        row(|registration| registration.require_reinstatable().map(|()| registration)),
        row(|registration| registration.prefer("Head of the delegation".to_owned(), now())),
    ];

    assert_eq!(
        table,
        [
            "CONFIRMED - - - - - -",
            "REJECTED - REJECTED - - REJECTED -",
            "WITHDRAWN WITHDRAWN WITHDRAWN - - WITHDRAWN -",
            "- - - REJECTED WITHDRAWN - LAPSED",
            "- - WAITING - - - -"
        ]
    );
}

/// What a move to another category makes of each state, by how that category confirms and whether it has a place; a dash is a refusal.
#[test]
fn move_keeps_what_somebody_has_and_gives_what_a_category_gives() {
    let row = |confirmation: Confirmation, place: Place| {
        State::ALL
            .map(|state| {
                let moved = registration(state).relocate(&delegates(confirmation), place, now());
                moved.map_or_else(|_| "-".to_owned(), |moved| moved.state.to_string())
            })
            .join(" ")
    };

    let table = [
        row(Confirmation::ByHand, Place::Held),
        row(Confirmation::AtOnce, Place::Held),
        row(Confirmation::ByHand, Place::Queued(1)),
        row(Confirmation::AtOnce, Place::Queued(1)),
    ];

    assert_eq!(
        table,
        [
            "SUBMITTED CONFIRMED SUBMITTED - - - -",
            "CONFIRMED CONFIRMED CONFIRMED - - - -",
            "- - WAITING - - - -",
            "- - WAITING - - - -"
        ]
    );
}

#[test]
fn refused_verb_tells_the_state_and_what_it_would_have_to_be() {
    let refusal = registration(State::Waiting).confirm(now()).unwrap_err();

    assert_eq!(
        (refusal.kind(), refusal.reason(), refusal.facts()),
        (
            Kind::Precondition,
            "ERROR_REASON_WRONG_STATE",
            vec![
                ("resource", format!("events/ciftis-2023/registrations/{UUID}")),
                ("state", "WAITING".to_owned()),
                ("wanted", "SUBMITTED".to_owned()),
            ]
        )
    );
}

#[test]
fn registration_outside_the_window_or_twice_or_for_a_cancelled_event_is_refused() {
    let (event, category) = (forum(), delegates(Confirmation::ByHand));
    let cancelled = forum().cancel(now()).unwrap();
    let existing = registration(State::Waiting).name();
    let admit = |event: &Event, existing: Option<&RegistrationName>, now: &str| {
        Facts { event, category: &category, existing: existing.cloned() }.admit(instant(now))
    };

    let answers = [
        admit(&event, None, "2023-09-05T08:59:59Z"),
        admit(&event, None, "2023-09-05T09:00:00Z"),
        admit(&event, Some(&existing), "2023-08-01T00:00:00Z"),
        admit(&cancelled, None, "2023-08-01T00:00:00Z"),
    ];

    assert_eq!(
        answers,
        [
            Ok(()),
            Err(Refusal::Closed {
                event: event.id.clone(),
                open_time: None,
                close_time: instant("2023-09-05T09:00:00Z"),
            }),
            Err(Refusal::AlreadyRegistered { existing: existing.clone() }),
            Err(Refusal::Event(event::Refusal::Cancelled(event.id.clone()))),
        ]
    );
}
