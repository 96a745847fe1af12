//! What is told of somebody, item by item, and what keeps them from being somewhere.

use chrono::{DateTime, Utc};

use super::*;
use crate::{
    authority::Actor,
    delegation,
    engagement::{Commitment, Engagement},
    event,
    form::{self, Audience, Field, Key},
    interval::Interval,
    itinerary::{CityKey, Outline},
    language::LanguageTag,
    letter,
    letter_template::LetterTemplate,
    localized::Localized,
    name::{NameText, PersonName as Names},
    person,
    resource::PersonName,
    revision::History,
    schedule::SessionKey,
    stop::{self, Place, Stop},
    visit_window::VisitWindow,
    zoned::Zoned,
};

const UUID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

fn now() -> DateTime<Utc> {
    "2023-08-01T00:00:00Z".parse().unwrap()
}

fn text(en: &str) -> Localized {
    Localized::new(en, "").unwrap()
}

fn who() -> PersonName {
    format!("organizations/zbra/persons/{UUID}").parse().unwrap()
}

fn window(start: &str, end: &str) -> VisitWindow {
    VisitWindow::new(start.parse().unwrap(), end.parse().unwrap(), vec![text("Beijing")]).unwrap()
}

fn forum() -> Event {
    let plan = event::Plan {
        title: text("Forum"),
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

fn guest(region: Option<&str>) -> Person {
    let name = Names {
        display_name: NameText::parse("Zarmina").unwrap(),
        native_name: None,
        passport_name: None,
        form_of_address: None,
        family_first: false,
    };
    let profile = person::Profile {
        name,
        email: None,
        phone_number: None,
        language: LanguageTag::English,
        region_code: region.map(|region| RegionCode::parse(region).unwrap()),
        time_zone: None,
        affiliation: None,
        position: None,
    };
    person::create(who(), profile, now())
}

/// Somebody of whom nothing is known but who they are.
fn stranger() -> Dossier {
    Dossier {
        event: forum(),
        person: guest(Some("PK")),
        registrations: Vec::new(),
        forms: Arc::default(),
        answers: BTreeMap::new(),
        photo_categories: Arc::default(),
        delegation: None,
        seat_category: None,
        documents: Vec::new(),
        letters: Vec::new(),
        journeys: Arc::new([]),
    }
}

/// A member of a delegation that visits from the 3rd to the 6th, by an itinerary with these stops.
fn member(state: itinerary::State, stops: Vec<Stop>) -> Dossier {
    let plan = delegation::Plan {
        quotas: delegation::SeatQuotas::default(),
        title: text("Delegation"),
        sender: "chamber".parse().unwrap(),
        seats: 2,
        visit_window: window("2023-09-03", "2023-09-06"),
        deadlines: delegation::Deadlines { travel_time: Some(now()), ..Default::default() },
        needs_nomination_file: false,
    };
    let delegation = delegation::create(format!("events/ciftis-2023/delegations/{UUID}").parse().unwrap(), plan, now());
    let name: crate::resource::ItineraryName = format!("events/ciftis-2023/itineraries/{UUID}").parse().unwrap();
    let outline =
        Outline { title: text("Visit"), region_code: RegionCode::parse("CN").unwrap(), language: LanguageTag::English };
    let itinerary = Itinerary {
        name: name.clone(),
        delegation: delegation.name(),
        outline,
        state,
        release: None,
        history: History::begin(now()),
    };
    let journey = Journey { itinerary, visit: LiveVisit { itinerary: name, members: vec![who()], stops } };
    Dossier { delegation: Some(delegation), journeys: Arc::new([journey]), ..stranger() }
}

fn place(city: &str, region: &str) -> Place {
    Place { title: text(city), address: None, city: city.to_owned(), region_code: RegionCode::parse(region).unwrap() }
}

fn stop(number: u8, route: Route, start: &str, end: &str) -> Stop {
    let plan = stop::Plan {
        route,
        title: text("Stop"),
        start: Zoned::parse(start, "Asia/Shanghai").unwrap(),
        end: Zoned::parse(end, "Asia/Shanghai").unwrap(),
        carrier: None,
        number: None,
        details: Vec::new(),
        organizations: Vec::new(),
        travellers: Vec::new(),
        allocations: Vec::new(),
    };
    let name = format!("events/ciftis-2023/itineraries/{UUID}/stops/00000000-0000-4000-8000-0000000000{number:02}");
    stop::create(name.parse().unwrap(), plan, now())
}

fn flight(number: u8, from: (&str, &str), to: (&str, &str), day: &str) -> Stop {
    let route = Route::Way { mode: Mode::Flight, from: place(from.0, from.1), to: place(to.0, to.1) };
    stop(number, route, &format!("{day}T08:00"), &format!("{day}T13:00"))
}

fn way_in() -> Stop {
    flight(1, ("Islamabad", "PK"), ("Beijing", "CN"), "2023-09-03")
}

fn way_out() -> Stop {
    flight(2, ("Beijing", "CN"), ("Islamabad", "PK"), "2023-09-06")
}

fn hotel(first: &str, last: &str) -> Stop {
    stop(3, Route::Stay { place: place("Beijing", "CN") }, &format!("{first}T14:00"), &format!("{last}T07:00"))
}

fn registration(state: registration::State) -> Registration {
    Registration {
        event: "ciftis-2023".parse().unwrap(),
        id: UUID.parse().unwrap(),
        category: "delegate".parse().unwrap(),
        person: who(),
        state,
        precedence: None,
        external_id: None,
        badge_issue: crate::badge::Issue::default(),
        history: History::begin(now()),
    }
}

fn passport(expire_date: &str, state: identity_document::State) -> IdentityDocument {
    IdentityDocument {
        person: who(),
        id: UUID.parse().unwrap(),
        kind: identity_document::Kind::Passport,
        number_suffix: "00".to_owned(),
        expire_date: Some(expire_date.parse().unwrap()),
        state,
        destroy_date: "2024-01-01".parse().unwrap(),
        create_time: now(),
    }
}

fn letter(start: &str, end: &str, state: letter::State) -> Letter {
    let request = letter::Request {
        person: who(),
        issuer: "zbra".parse().unwrap(),
        template: LetterTemplate::ChinaM,
        region_code: RegionCode::parse("CN").unwrap(),
        visit_window: window(start, end),
        purpose: None,
        relationship: None,
        expense_bearer: None,
    };
    let event = "ciftis-2023".parse().unwrap();
    let (id, requester) = (UUID.parse().unwrap(), Actor::Server);
    Letter { event, id, requester, request, approvals: Vec::new(), state, history: History::begin(now()) }
}

fn reason(dossier: &Dossier, item: Item) -> Reason {
    dossier.assess().into_iter().find(|assessment| assessment.item == item).unwrap().reason
}

#[test]
fn somebody_unknown_is_told_to_be_so_and_nothing_is_pretended() {
    let told = stranger().assess().map(|Assessment { item: _, reason, resource }| (reason, resource));

    let expected = [
        Reason::RegistrationMissing,
        Reason::PhotoNotAsked,
        Reason::PassportMissing,
        Reason::LetterNotRequested,
        Reason::NotTracked,
        Reason::TravelsAlone,
        Reason::TravelsAlone,
        Reason::NotTracked,
    ];
    assert_eq!(told, expected.map(|reason| (reason, None)));
}

#[test]
fn whoever_lives_there_needs_no_papers_and_no_bed() {
    let local = Dossier { person: guest(Some("CN")), ..member(itinerary::State::Draft, Vec::new()) };

    let told = local.assess().map(|assessment| assessment.reason.status());

    let [missing, untracked, not_needed] = [Status::Missing, Status::NotTracked, Status::NotNeeded];
    assert_eq!(told, [missing, not_needed, not_needed, not_needed, not_needed, not_needed, not_needed, untracked]);
}

#[test]
fn form_is_the_registration_that_is_not_out() {
    let with = |states: &[registration::State]| {
        let registrations = states.iter().map(|state| registration(*state)).collect();
        reason(&Dossier { registrations, ..stranger() }, Item::Form)
    };
    let all = registration::State::ALL.map(|state| with(&[state]));

    assert_eq!(
        all,
        [
            Reason::RegistrationToConfirm,
            Reason::RegistrationConfirmed,
            Reason::RegistrationWaits,
            Reason::RegistrationOut,
            Reason::RegistrationOut,
            Reason::OfferToAnswer,
            Reason::RegistrationOut
        ]
    );
    let again = with(&[registration::State::Confirmed, registration::State::Withdrawn]);
    assert_eq!(again, Reason::RegistrationConfirmed);
}

#[test]
fn form_is_there_when_what_is_required_is_answered() {
    let diet: Key = "diet".parse().unwrap();
    let field = Field {
        section: None,
        id: diet.clone(),
        label: text("Diet"),
        help: None,
        kind: form::Kind::Text(40),
        required: true,
        condition: None,
        audience: Audience::Everybody,
        reapproval: false,
        retired: false,
    };
    let form = Form::new(vec![field]).unwrap();
    let with = |state: registration::State, answers: &Answers| {
        let registration = registration(state);
        let forms = Arc::new(BTreeMap::from([(registration.category.clone(), form.clone())]));
        let answers = BTreeMap::from([(registration.id, answers.clone())]);
        reason(&Dossier { registrations: vec![registration], forms, answers, ..stranger() }, Item::Form)
    };
    let (none, answered) = (Answers::default(), Answers::kept(BTreeMap::from([(diet, vec!["halal".to_owned()])])));

    let told = [registration::State::Confirmed, registration::State::Submitted, registration::State::Waiting]
        .map(|state| [with(state, &none), with(state, &answered)]);

    assert_eq!(
        told,
        [
            [Reason::AnswersMissing, Reason::RegistrationConfirmed],
            [Reason::AnswersMissing, Reason::RegistrationToConfirm],
            [Reason::RegistrationWaits, Reason::RegistrationWaits],
        ]
    );
}

#[test]
fn late_is_what_lacks_when_it_was_due() {
    let (guest, early) = (member(itinerary::State::Draft, Vec::new()), "2023-07-31T23:59:59Z".parse().unwrap());
    let late = |dossier: &Dossier, now| {
        let late = |one: &Assessment| one.is_late(dossier.due(one.item), now).then_some(one.item);
        dossier.assess().iter().filter_map(late).collect::<Vec<_>>()
    };

    assert_eq!(late(&guest, now()), [Item::Flight, Item::Room]);
    assert_eq!(late(&guest, early), []);
    assert_eq!(late(&stranger(), now()), []);
}

#[test]
fn accreditation_makes_papers_due_for_everybody() {
    let mut alone = stranger();
    alone.event.plan.accreditation_end_time = Some("2023-08-10T00:00:00Z".parse().unwrap());
    let mut sent = member(itinerary::State::Draft, Vec::new());
    sent.event.plan.accreditation_end_time = Some("2000-01-01T00:00:00Z".parse().unwrap());

    let due = |dossier: &Dossier, item| dossier.due(item).map(|due| due.to_rfc3339());

    assert_eq!(due(&alone, Item::Photo).as_deref(), Some("2023-08-10T00:00:00+00:00"));
    assert_eq!(due(&alone, Item::Letter), None);
    for item in [Item::Form, Item::Photo, Item::Document] {
        assert_eq!(due(&sent, item).as_deref(), Some("2000-01-01T00:00:00+00:00"), "the earlier of both");
    }
}

#[test]
fn passport_is_held_against_the_days_of_the_visit() {
    let with = |documents: Vec<IdentityDocument>| {
        reason(&Dossier { documents, ..member(itinerary::State::Draft, Vec::new()) }, Item::Document)
    };
    let kept = |day: &str| passport(day, identity_document::State::Kept);
    let destroyed = passport("2031-06-30", identity_document::State::Destroyed);

    assert_eq!(with(vec![kept("2023-09-05")]), Reason::PassportExpires);
    assert_eq!(with(vec![kept("2023-09-06")]), Reason::PassportExpiresSoon);
    assert_eq!(with(vec![kept("2024-03-06"), kept("2023-09-01")]), Reason::PassportValid);
    assert_eq!(with(vec![destroyed]), Reason::PassportMissing);
}

#[test]
fn permit_to_enter_the_mainland_stands_for_a_passport_there_alone() {
    let permit = |day: &str| IdentityDocument {
        kind: identity_document::Kind::HongKongMacauPermit,
        ..passport(day, identity_document::State::Kept)
    };
    let with = |day: &str, region: &str| {
        let guest = Dossier { documents: vec![permit(day)], ..stranger() };
        let mut event = guest.event.clone();
        event.plan.venue = Some(event::Venue {
            title: None,
            address_lines: Vec::new(),
            city: String::new(),
            region_code: Some(region.parse().unwrap()),
            position: None,
            time_zone: None,
        });
        reason(&Dossier { event, ..guest }, Item::Document)
    };

    assert_eq!(with("2023-09-06", "CN"), Reason::PermitValid);
    assert_eq!(with("2023-09-01", "CN"), Reason::PermitExpires);
    assert_eq!(with("2029-09-06", "HK"), Reason::PassportMissing);
    let renewed = passport("2030-01-01", identity_document::State::Kept);
    let both = Dossier { documents: vec![permit("2020-01-01"), renewed], ..stranger() };
    assert_eq!(reason(&both, Item::Document), Reason::PassportValid, "who travels by a passport now");
}

#[test]
fn photo_is_missed_where_the_category_asks_for_one() {
    let asked = Arc::new(BTreeSet::from(["press".parse().unwrap()]));
    let seated = |category: &str| Dossier {
        photo_categories: Arc::clone(&asked),
        seat_category: Some(category.parse().unwrap()),
        ..stranger()
    };
    let photo = IdentityDocument {
        kind: identity_document::Kind::Photo,
        expire_date: None,
        ..passport("2029-01-01", identity_document::State::Kept)
    };

    assert_eq!(reason(&seated("press"), Item::Photo), Reason::PhotoMissing);
    assert_eq!(reason(&seated("speaker"), Item::Photo), Reason::PhotoNotAsked);
    let kept = Dossier { documents: vec![photo], ..seated("press") };
    assert_eq!(reason(&kept, Item::Photo), Reason::PhotoKept);
    assert_eq!(reason(&kept, Item::Document), Reason::PassportMissing);
}

#[test]
fn letter_is_held_against_the_days_of_the_visit() {
    let with = |letters: Vec<Letter>| {
        reason(&Dossier { letters, ..member(itinerary::State::Draft, Vec::new()) }, Item::Letter)
    };
    let issued = || {
        let code = "0".repeat(26).parse().unwrap();
        let imprint = letter::Imprint { number: "Z-1".to_owned(), issue_date: now().date_naive(), code };
        let file = format!("events/ciftis-2023/files/{UUID}").parse().unwrap();
        letter::State::Issued(
            imprint,
            letter::Proof { file, digest: String::new(), initials: "Z.".to_owned(), sealed_copy: None },
        )
    };
    let rejected = || letter("2023-09-03", "2023-09-06", letter::State::Rejected("A test.".to_owned()));

    assert_eq!(with(Vec::new()), Reason::LetterMissing);
    assert_eq!(with(vec![rejected()]), Reason::LetterLost);
    assert_eq!(
        with(vec![rejected(), letter("2023-09-03", "2023-09-06", letter::State::Approved)]),
        Reason::LetterInProgress
    );
    assert_eq!(with(vec![letter("2023-09-03", "2023-09-06", issued())]), Reason::LetterIssued);
    assert_eq!(with(vec![letter("2023-09-04", "2023-09-08", issued())]), Reason::LetterDatesDiffer);
}

#[test]
fn way_and_nights_are_what_the_stops_say() {
    let with = |state: itinerary::State, stops: Vec<Stop>| {
        let dossier = member(state, stops);
        (reason(&dossier, Item::Flight), reason(&dossier, Item::Room))
    };
    let (draft, released) = (itinerary::State::Draft, itinerary::State::Released);
    let missing = |first: &str, count: usize| Reason::NightsMissing { first: first.parse().unwrap(), count };

    assert_eq!(with(draft, Vec::new()), (Reason::WayMissing, Reason::RoomMissing));
    assert_eq!(with(draft, vec![way_in()]), (Reason::WayOutMissing, Reason::RoomMissing));
    let short = vec![way_in(), way_out(), hotel("2023-09-03", "2023-09-05")];
    assert_eq!(with(draft, short), (Reason::WayPlanned, missing("2023-09-05", 1)));
    let whole = || vec![way_in(), way_out(), hotel("2023-09-03", "2023-09-06")];
    assert_eq!(with(draft, whole()), (Reason::WayPlanned, Reason::NightsPlanned));
    assert_eq!(with(released, whole()), (Reason::WayReleased, Reason::NightsReleased));
}

fn appointment(day: &str, start: &str, end: &str) -> Appointment {
    let at = |time: &str| Zoned::parse(&format!("{day}T{time}"), "Asia/Shanghai").unwrap();
    let city = CityKey { region: RegionCode::parse("CN").unwrap(), city: "Beijing".to_owned() };
    Appointment { city, interval: Interval::between(&at(start), &at(end)).unwrap() }
}

#[test]
fn presence_is_against_everything_that_takes_somebody_elsewhere() {
    let stops = vec![way_in(), way_out(), hotel("2023-09-03", "2023-09-06")];
    let confirmed = vec![registration(registration::State::Confirmed)];
    let dossier = Dossier { registrations: confirmed, ..member(itinerary::State::Draft, stops) };
    let session = SessionKey("opening".to_owned());
    let at = appointment("2023-09-05", "09:00", "10:00").interval;
    let speaks = Engagement { subject: who(), activity: Commitment::Session(session.clone()), interval: at };
    let engagements: Vec<Engagement> = dossier.journeys[0].visit.engagements().into_iter().chain([speaks]).collect();
    let found = |day: &str, start: &str, end: &str| obstacles(&dossier, &appointment(day, start, end), &engagements);
    let [way_in, way_out] = [way_in().name, way_out().name];
    let islamabad = || CityKey { region: RegionCode::parse("PK").unwrap(), city: "Islamabad".to_owned() };
    let overlap = |day: &str, start: &str, end: &str| appointment(day, start, end).interval;

    assert_eq!(found("2023-09-04", "09:00", "10:00"), []);
    assert_eq!(found("2023-09-05", "10:00", "11:00"), []);
    assert_eq!(
        found("2023-09-05", "09:30", "11:00"),
        [Obstacle::InSession { session, overlap: overlap("2023-09-05", "09:30", "10:00") }]
    );
    assert_eq!(
        found("2023-09-03", "12:00", "14:00"),
        [Obstacle::OnStop { stop: way_in.clone(), overlap: overlap("2023-09-03", "12:00", "13:00") }]
    );
    assert_eq!(found("2023-09-03", "06:00", "08:00"), [Obstacle::Elsewhere { stop: way_in, city: islamabad() }]);
    assert_eq!(found("2023-09-06", "15:00", "16:00"), [Obstacle::Elsewhere { stop: way_out, city: islamabad() }]);
}

#[test]
fn presence_asks_for_a_confirmed_registration_and_for_an_itinerary() {
    let at = appointment("2023-09-05", "09:00", "10:00");
    let waiting = registration(registration::State::Waiting);
    let name = waiting.name();
    let guest = |registrations: Vec<Registration>| Dossier { registrations, ..stranger() };
    let idle = member(itinerary::State::Draft, Vec::new());
    let delegation = idle.delegation.as_ref().map(Delegation::name).unwrap();

    assert_eq!(obstacles(&guest(Vec::new()), &at, &[]), [Obstacle::NotRegistered]);
    assert_eq!(obstacles(&guest(vec![waiting]), &at, &[]), [Obstacle::NotConfirmed { registration: name }]);
    assert_eq!(obstacles(&idle, &at, &[]), [Obstacle::NotRegistered, Obstacle::NoItinerary { delegation }]);
}
