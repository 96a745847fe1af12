//! What stands in a booklet.

use super::*;
use crate::proof;

#[test]
fn a_flight_over_midnight_shows_both_clocks_with_their_zones() {
    let facts = booklet(vec![flight()]);

    let sheets = sheets(&facts);

    assert_eq!(
        sheets,
        Ok(vec![
            texts(&[
                "Indus Valley Delegation",
                "Visit to Lotus Harbour",
                "8 to 14 September 2026 · Lotus Harbour (莲港)",
                "Release 3 Issued 1 September 2026",
                "Delegation",
                "No. Name Name in passport Role",
                "Ayesha Noor",
                "1 NOOR, AYESHA Head of delegation",
                "2 Gulzar GULZAR",
                "Indus Valley Delegation · Release 3 Page 1 of 2",
            ]),
            texts(&[
                "8 September 2026 Tuesday Karachi",
                "FLIGHT",
                "21:30",
                "XY 854 to Lotus Harbour",
                "Asia/Karachi (UTC+5)",
                "Karachi KHI – Lotus Harbour LHG",
                "until 06:05 +1 day",
                "Seat 14A",
                "Asia/Shanghai (UTC+8)",
                "Contacts",
                "Name Role Telephone",
                "孙师傅 Driver +86 532 5550 0177",
                "Indus Valley Delegation · Release 3 Page 2 of 2",
            ]),
        ])
    );
}

#[test]
fn a_long_day_repeats_its_heading_on_every_sheet() {
    let facts = Facts { language: Language::Chinese, contacts: Vec::new(), ..booklet(vec![flight(); 20]) };

    let heads: Vec<_> = sheets(&facts).unwrap().into_iter().map(|mut sheet| sheet.swap_remove(0)).collect();

    let day = "2026年9月8日 Tuesday Karachi";
    assert_eq!(heads, ["Indus Valley Delegation", day, day, day]);
}

#[test]
fn a_long_one_word_name_wraps_within_its_column() {
    let mut facts = booklet(Vec::new());
    facts.travellers = vec![traveller("Gulzar", None, &"MUHAMMADZAFARULLAH".repeat(2), "")];
    facts.contacts.clear();
    facts.days.clear();

    let lines = sheets(&facts).unwrap().remove(0);

    assert_eq!(lines[6..9], ["MUHAMMADZAFARULLAHM", "1 Gulzar", "UHAMMADZAFARULLAH"]);
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let facts = Facts { specimen: true, ..booklet(vec![flight()]) };

    assert!(render(&facts).unwrap() == render(&facts).unwrap(), "two renderings of the same facts differ");
}

#[test]
fn a_booklet_of_nothing_is_a_cover() {
    let facts = Facts { travellers: Vec::new(), days: Vec::new(), contacts: Vec::new(), ..booklet(Vec::new()) };

    let sheets = sheets(&facts);

    assert_eq!(
        sheets,
        Ok(vec![texts(&[
            "Indus Valley Delegation",
            "Visit to Lotus Harbour",
            "8 to 14 September 2026 · Lotus Harbour (莲港)",
            "Release 3 Issued 1 September 2026",
            "Indus Valley Delegation · Release 3 Page 1 of 1",
        ])])
    );
}

fn sheets(facts: &Facts) -> Result<Vec<Vec<String>>, PaperError> {
    let data = data(facts)?;
    proof::lines(&job(facts, &data))
}

fn booklet(stops: Vec<Stop>) -> Facts {
    let date = |day| NaiveDate::from_ymd_opt(2026, 9, day).unwrap();
    Facts {
        identity: "itineraries/1/releases/3".to_owned(),
        title: "Visit to Lotus Harbour".to_owned(),
        delegation: "Indus Valley Delegation".to_owned(),
        subtitle: "8 to 14 September 2026 · Lotus Harbour (莲港)".to_owned(),
        language: Language::English,
        release: "Release 3".to_owned(),
        issue_date: date(1),
        specimen: false,
        travellers: vec![
            traveller("Ayesha Noor", Some("عائشہ نور"), "NOOR, AYESHA", "Head of delegation"),
            traveller("Gulzar", None, "GULZAR", ""),
        ],
        days: vec![Day { date: date(8), weekday: "Tuesday".to_owned(), city: "Karachi".to_owned(), stops }],
        contacts: vec![Contact {
            name: "孙师傅".to_owned(),
            role: "Driver".to_owned(),
            telephone: "+86 532 5550 0177".to_owned(),
        }],
    }
}

fn flight() -> Stop {
    Stop {
        kind: "Flight".to_owned(),
        title: "XY 854 to Lotus Harbour".to_owned(),
        start: clock(21, 30, "Asia/Karachi (UTC+5)", 0),
        end: Some(clock(6, 5, "Asia/Shanghai (UTC+8)", 1)),
        place: "Karachi KHI – Lotus Harbour LHG".to_owned(),
        address: String::new(),
        details: texts(&["Seat 14A"]),
        travellers: String::new(),
    }
}

fn clock(hour: u32, minute: u32, zone: &str, day_offset: i32) -> Clock {
    Clock { time: NaiveTime::from_hms_opt(hour, minute, 0).unwrap(), zone: zone.to_owned(), day_offset }
}

fn traveller(display_name: &str, native_name: Option<&str>, passport_name: &str, role: &str) -> Traveller {
    Traveller {
        display_name: display_name.to_owned(),
        native_name: native_name.map(str::to_owned),
        passport_name: passport_name.to_owned(),
        role: role.to_owned(),
    }
}

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}
