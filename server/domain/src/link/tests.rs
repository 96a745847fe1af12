//! When links are made, and what they open.

use super::*;
use crate::{
    event,
    language::LanguageTag,
    localized::Localized,
    name::{NameText, PersonName as Naming},
    person::{self, Profile},
    zoned::Zoned,
};

const ID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn event() -> Event {
    let zoned = |time: &str| Zoned::parse(time, "Asia/Shanghai").unwrap();
    let plan = event::Plan {
        title: Localized::new("Forum", "论坛").unwrap(),
        start: zoned("2023-09-05T09:00"),
        end: zoned("2023-09-05T17:30"),
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
    event::create("forum".parse().unwrap(), plan, at("2023-08-01T00:00:00Z")).unwrap()
}

fn person(email: Option<&str>) -> Person {
    let profile = Profile {
        name: Naming {
            display_name: NameText::parse("Zarmina").unwrap(),
            native_name: None,
            passport_name: None,
            form_of_address: None,
            family_first: false,
        },
        email: email.map(|email| email.parse().unwrap()),
        phone_number: None,
        language: LanguageTag::English,
        time_zone: None,
        region_code: None,
        affiliation: None,
        position: None,
    };
    person::create(format!("organizations/zbra/persons/{ID}").parse().unwrap(), profile, at("2023-08-01T00:00:00Z"))
}

fn plan(expire_time: Option<&str>, mailed: bool) -> Plan {
    Plan { person: person(None).name(), expire_time: expire_time.map(at), mailed }
}

fn made(plan: &Plan, (email, takes_part): (Option<&str>, bool), now: &str) -> Result<Link, Refusal> {
    let facts = Facts { event: &event(), person: &person(email), takes_part };
    create(ID.parse().unwrap(), plan, facts, at(now))
}

fn link() -> Link {
    made(&plan(None, true), (Some("zarmina@example.org"), true), "2023-08-01T00:00:00Z").unwrap()
}

#[test]
fn link_is_good_until_a_week_after_its_event_or_as_long_as_was_said() {
    let until = |expire_time, now| made(&plan(expire_time, false), (None, true), now).map(|link| link.expire_time);

    assert_eq!(until(None, "2023-08-01T00:00:00Z"), Ok(at("2023-09-12T09:30:00Z")));
    assert_eq!(until(Some("2023-08-02T00:00:00Z"), "2023-08-01T00:00:00Z"), Ok(at("2023-08-02T00:00:00Z")));
    assert_eq!(until(Some("2023-08-01T00:00:00Z"), "2023-08-01T00:00:00Z"), Err(Refusal::Over));
    assert_eq!(until(None, "2023-09-12T09:30:00Z"), Err(Refusal::Over));
}

#[test]
fn link_is_for_who_takes_part_and_mailed_to_who_has_an_address() {
    let refused =
        |mailed, email, takes_part| made(&plan(None, mailed), (email, takes_part), "2023-08-01T00:00:00Z").err();
    let who = person(None).name();

    assert_eq!(refused(false, None, true), None);
    assert_eq!(refused(true, Some("zarmina@example.org"), true), None);
    assert_eq!(refused(true, None, true), Some(Refusal::NoAddress(who.clone())));
    assert_eq!(refused(true, None, false), Some(Refusal::NotTakingPart(who)));
}

/// What becomes of a link in each state that it can be in: whether it is exchanged, and whether its token is let in.
#[test]
fn link_opens_once_and_lets_its_token_in_until_it_ends() {
    let now = at("2023-08-02T00:00:00Z");
    let used = link().exchange(now).unwrap();
    let end = used.expire_time;
    let stands = |link: &Link, now| (link.state(now), link.clone().exchange(now).err(), link.admits(now));

    let table = [
        (stands(&link(), now), (State::Unused, None, false)),
        (stands(&used, now), (State::Used, Some(Refusal::Used), true)),
        (stands(&link(), end), (State::Expired, Some(Refusal::Expired), false)),
        (stands(&used, end), (State::Expired, Some(Refusal::Expired), false)),
        (stands(&link().revoke(now), now), (State::Revoked, Some(Refusal::Revoked), false)),
        (stands(&used.clone().revoke(now), now), (State::Revoked, Some(Refusal::Revoked), false)),
        (stands(&used.revoke(now), end), (State::Revoked, Some(Refusal::Revoked), false)),
    ];
    for (found, expected) in table {
        assert_eq!(found, expected);
    }
}

#[test]
fn link_stays_revoked_from_the_first_time_on() {
    let first = at("2023-08-02T00:00:00Z");
    let revoked = link().revoke(first);

    assert_eq!(revoked.clone().revoke(at("2023-08-03T00:00:00Z")), revoked);
    assert_eq!(revoked, Link { revoke_time: Some(first), ..link() });
}

#[test]
fn code_reads_back_however_it_is_typed() {
    let code = Code::draw(std::array::from_fn(|index| u8::try_from(index).unwrap()));

    assert_eq!(code.as_str(), "0123456789abcdefghjkmnpqrs");
    for typed in [" O123456789ABCDEFGHJKMNPQRS ", "https://forum.example.org/me#link=0123456789abcdefghjkmnpqrs"] {
        assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
    }
    for wrong in ["", "0123456789abcdefghjkmnpqr", "0123456789abcdefghjkmnpqru"] {
        assert!(wrong.parse::<Code>().is_err(), "{wrong}");
    }
}
