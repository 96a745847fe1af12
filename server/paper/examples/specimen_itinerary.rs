//! Writes an invented booklet of two days.
//!
//! `cargo run -p attache-paper --example specimen_itinerary -- itinerary.pdf`

use std::error::Error;

use attache_paper::itinerary::{self, Clock, Contact, Day, Facts, Language, Stop, Traveller};
use chrono::{NaiveDate, NaiveTime};

const BEIJING: &str = "Asia/Shanghai (UTC+8)";
const KARACHI: &str = "Asia/Karachi (UTC+5)";

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).unwrap_or_else(|| "itinerary.pdf".into());
    std::fs::write(path, itinerary::render(&facts()?)?)?;
    Ok(())
}

fn facts() -> Result<Facts, Box<dyn Error>> {
    Ok(Facts {
        identity: "events/lotus-forum/itineraries/7b11/releases/3".to_owned(),
        title: "Visit to Lotus Harbour".to_owned(),
        delegation: "Indus Valley Cold Storage Delegation".to_owned(),
        subtitle: "8 to 9 September 2026 · Karachi, Lotus Harbour (莲港)".to_owned(),
        language: Language::English,
        release: "Release 3".to_owned(),
        issue_date: date(1)?,
        specimen: false,
        travellers: travellers(),
        days: vec![
            Day { date: date(8)?, weekday: "Tuesday".to_owned(), city: "Karachi".to_owned(), stops: departure()? },
            Day { date: date(9)?, weekday: "Wednesday".to_owned(), city: "Lotus Harbour".to_owned(), stops: forum()? },
        ],
        contacts: vec![
            contact("Liang Wenbo 梁文博", "Liaison officer, Lotus Harbour", "+86 532 5550 0142"),
            contact("Master Sun 孙师傅", "Driver of minibus 2", "+86 532 5550 0177"),
        ],
    })
}

fn travellers() -> Vec<Traveller> {
    vec![
        traveller("Ayesha Noor", Some("عائشہ نور"), "MUHAMMAD ZAFARULLAH KHAN, AYESHA NOOR", "Head of delegation"),
        traveller("Gulzar", Some("گلزار"), "GULZAR", "Adviser"),
        traveller("Bilal Ahmed Siddiqui", None, "SIDDIQUI, BILAL AHMED", "Engineer"),
    ]
}

fn departure() -> Result<Vec<Stop>, Box<dyn Error>> {
    let flight = Stop {
        kind: "Flight".to_owned(),
        title: "XY 854 to Lotus Harbour".to_owned(),
        start: clock(21, 30, KARACHI, 0)?,
        end: Some(clock(6, 5, BEIJING, 1)?),
        place: "Karachi KHI, Terminal 1 – Lotus Harbour LHG, Terminal 2".to_owned(),
        address: String::new(),
        details: vec!["Booking Q7RT2Z; check-in closes at 20:30".to_owned()],
        travellers: String::new(),
    };
    Ok(vec![transfer("Hotel to airport", 18, 30, KARACHI)?, flight])
}

fn forum() -> Result<Vec<Stop>, Box<dyn Error>> {
    let stay = Stop {
        kind: "Stay".to_owned(),
        title: "Harbour View Hotel 港景酒店".to_owned(),
        start: clock(7, 40, BEIJING, 0)?,
        end: Some(clock(12, 0, BEIJING, 5)?),
        place: "Harbour View Hotel".to_owned(),
        address: "山东省莲港市港湾区灯塔路22号 · 22 Lighthouse Road".to_owned(),
        details: vec!["Rooms 1108, 1109, 1110".to_owned(), "Front desk +86 532 5550 0190".to_owned()],
        travellers: String::new(),
    };
    let meeting = Stop {
        kind: "Meeting".to_owned(),
        title: "Signing of the memorandum on cold storage".to_owned(),
        start: clock(14, 0, BEIJING, 0)?,
        end: Some(clock(15, 30, BEIJING, 0)?),
        place: "Forum centre, Hall B, table 14".to_owned(),
        address: "山东省莲港市会展路1号".to_owned(),
        details: vec!["With Lotus Cold Chain Company Limited (莲花冷链有限公司)".to_owned()],
        travellers: "Ayesha Noor, Gulzar".to_owned(),
    };
    Ok(vec![transfer("Airport to hotel", 6, 50, BEIJING)?, stay, meeting])
}

fn transfer(title: &str, hour: u32, minute: u32, zone: &str) -> Result<Stop, Box<dyn Error>> {
    Ok(Stop {
        kind: "Transfer".to_owned(),
        title: title.to_owned(),
        start: clock(hour, minute, zone, 0)?,
        end: None,
        place: "Main entrance".to_owned(),
        address: String::new(),
        details: vec!["Minibus 2, 鲁B·00000".to_owned()],
        travellers: String::new(),
    })
}

fn traveller(display_name: &str, native_name: Option<&str>, passport_name: &str, role: &str) -> Traveller {
    Traveller {
        display_name: display_name.to_owned(),
        native_name: native_name.map(str::to_owned),
        passport_name: passport_name.to_owned(),
        role: role.to_owned(),
    }
}

fn contact(name: &str, role: &str, telephone: &str) -> Contact {
    Contact { name: name.to_owned(), role: role.to_owned(), telephone: telephone.to_owned() }
}

fn clock(hour: u32, minute: u32, zone: &str, day_offset: i32) -> Result<Clock, Box<dyn Error>> {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).ok_or("no such time")?;
    Ok(Clock { time, zone: zone.to_owned(), day_offset })
}

fn date(day: u32) -> Result<NaiveDate, Box<dyn Error>> {
    Ok(NaiveDate::from_ymd_opt(2026, 9, day).ok_or("no such date")?)
}
