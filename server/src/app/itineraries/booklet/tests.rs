use attache_domain::{
    delegation::{self, Delegation},
    event,
    itinerary::{Kind as Occasion, Outline, draft},
    localized::Localized,
    name::PersonName as Names,
    organization::{self, LetterPolicy},
    person,
    region::RegionCode,
    resource::PersonName,
    stop::{self, Plan},
    visit_window::VisitWindow,
};

use super::*;

const UUID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

fn now() -> DateTime<Utc> {
    "2023-08-01T00:00:00Z".parse().unwrap()
}

fn called(text: &str) -> Localized {
    Localized::new(text, "").unwrap()
}

fn at(hour: u32) -> Zoned {
    Zoned::parse(&format!("2023-09-04T{hour:02}:00"), "Asia/Shanghai").unwrap()
}

fn traveller_of(number: u8, display_name: &str) -> Traveller {
    let name: PersonName =
        format!("organizations/zbra/persons/7f1c3f3e-9f57-4b0c-8f29-0000000000{number:02}").parse().unwrap();
    let profile = person::Profile {
        name: Names {
            display_name: NameText::parse(display_name).unwrap(),
            native_name: None,
            passport_name: None,
            form_of_address: None,
            family_first: false,
        },
        email: None,
        phone_number: None,
        language: LanguageTag::English,
        region_code: None,
        time_zone: None,
        affiliation: None,
        position: None,
    };
    Traveller { person: person::create(name, profile, now()), role: None }
}

fn meeting(hour: u32, travellers: &[&Traveller]) -> Stop {
    let name = format!("events/ciftis-2023/itineraries/{UUID}/stops/7f1c3f3e-9f57-4b0c-8f29-0000000000{hour:02}");
    let place = Place {
        title: called("ZBRA"),
        address: None,
        city: "Beijing".to_owned(),
        region_code: RegionCode::parse("CN").unwrap(),
    };
    let plan = Plan {
        route: Route::Occasion { kind: Occasion::Meeting, place },
        title: called("Meeting"),
        start: at(hour),
        end: at(hour + 1),
        carrier: None,
        number: None,
        details: Vec::new(),
        organizations: Vec::new(),
        travellers: travellers.iter().map(|traveller| traveller.person.name()).collect(),
        allocations: Vec::new(),
    };
    stop::create(name.parse().unwrap(), plan, now())
}

fn sent() -> Delegation {
    let agreed = delegation::Plan {
        quotas: delegation::SeatQuotas::default(),
        title: called("Delegation"),
        sender: "zbra".parse().unwrap(),
        seats: 3,
        visit_window: VisitWindow::new(at(9).date(), at(9).date(), vec![called("Beijing")]).unwrap(),
        deadlines: delegation::Deadlines::default(),
        needs_nomination_file: false,
    };
    delegation::create(format!("events/ciftis-2023/delegations/{UUID}").parse().unwrap(), agreed, now())
}

fn visit(travellers: Vec<Traveller>, stops: Vec<Stop>) -> Visit {
    let plan = event::Plan {
        title: called("Forum"),
        start: at(9),
        end: at(17),
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
    let profile = organization::Profile {
        title: called("ZBRA"),
        kind: None,
        region_code: None,
        address_lines: Vec::new(),
        address_lines_zh: Vec::new(),
        phone_number: None,
        email: None,
        registration_number: None,
        signatory: None,
        stamp_file: None,
        signature_file: None,
        letter_prefix: None,
        letter_policy: LetterPolicy::default(),
        sectors: Vec::new(),
        offers: Vec::new(),
        needs: Vec::new(),
        website: None,
        contact: None,
    };
    let delegation = sent();
    let outline = Outline {
        title: called("Visit"),
        region_code: RegionCode::parse("CN").unwrap(),
        language: LanguageTag::English,
    };
    let name = format!("events/ciftis-2023/itineraries/{UUID}").parse().unwrap();
    Visit {
        event: event::create("ciftis-2023".parse().unwrap(), plan, now()).unwrap(),
        controller: organization::create("zbra".parse().unwrap(), profile, now()),
        itinerary: draft(name, delegation.name(), outline, now()),
        delegation,
        travellers,
        stops,
        resources: Vec::new(),
        organizations: Vec::new(),
    }
}

#[test]
fn a_stop_that_some_attend_names_them_in_the_order_of_the_delegation_and_one_for_all_names_nobody() {
    let all = [traveller_of(1, "Zarmina"), traveller_of(2, "Hina Sattar"), traveller_of(3, "Gulzar")];
    let stops = vec![meeting(9, &[]), meeting(11, &[&all[2], &all[0]]), meeting(13, &[&all[1]])];

    let booklet = lay(&visit(all.to_vec(), stops), now());

    let named: Vec<&str> =
        booklet.days.iter().flat_map(|day| &day.stops).map(|stop| stop.travellers.as_str()).collect();
    assert_eq!(named, ["", "Zarmina, Gulzar", "Hina Sattar"]);
}
