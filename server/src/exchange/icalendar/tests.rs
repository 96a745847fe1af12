use super::*;

const UID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d@attache";

fn entry(start: Zoned, end: Zoned) -> Entry {
    Entry {
        uid: UID.to_owned(),
        sequence: 2,
        stamp: "2023-08-01T00:00:00Z".parse().unwrap(),
        start,
        end,
        summary: "Signing; memoranda, twelve".to_owned(),
        location: None,
        description: None,
        url: None,
    }
}

fn at(local: &str, zone: &str) -> Zoned {
    Zoned::parse(local, zone).unwrap()
}

fn written(entries: Vec<Entry>) -> String {
    String::from_utf8(write(&Calendar { name: "Forum".to_owned(), entries })).unwrap()
}

/// The lines from one to another, both included.
fn part<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    let mut lines: Vec<&str> = text.split("\r\n").skip_while(|line| *line != from).collect();
    let end = lines.iter().position(|line| *line == to).unwrap();
    lines.truncate(end + 1);
    lines
}

#[test]
fn calendar_describes_its_zone_and_ends_without_a_blank_line() {
    let session = entry(at("2023-09-05T09:40", "Asia/Shanghai"), at("2023-09-05T10:00", "Asia/Shanghai"));
    let session = Entry {
        location: Some("Hall 2".to_owned()),
        description: Some("First\r\nSecond\u{7}".to_owned()),
        url: Some("https://desk.example.org/x".to_owned()),
        ..session
    };

    let expected = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Attache//Attache//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Forum
BEGIN:VTIMEZONE
TZID:Asia/Shanghai
BEGIN:STANDARD
DTSTART:20230904T094000
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
TZNAME:CST
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DESCRIPTION:First\\nSecond 
DTEND;TZID=Asia/Shanghai:20230905T100000
DTSTAMP:20230801T000000Z
DTSTART;TZID=Asia/Shanghai:20230905T094000
LOCATION:Hall 2
SEQUENCE:2
SUMMARY:Signing\\; memoranda\\, twelve
UID:7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d@attache
URL:https://desk.example.org/x
END:VEVENT
END:VCALENDAR
";
    assert_eq!(written(vec![session]), expected.replace('\n', "\r\n"));
}

#[test]
fn change_of_clocks_within_the_calendar_is_described() {
    let visit = entry(at("2023-10-27T09:00", "Europe/Berlin"), at("2024-04-02T09:00", "Europe/Berlin"));

    let zone = written(vec![visit]);

    assert_eq!(
        part(&zone, "BEGIN:VTIMEZONE", "END:VTIMEZONE"),
        [
            "BEGIN:VTIMEZONE",
            "TZID:Europe/Berlin",
            "BEGIN:DAYLIGHT",
            "DTSTART:20231026T090000",
            "TZOFFSETFROM:+0200",
            "TZOFFSETTO:+0200",
            "TZNAME:CEST",
            "END:DAYLIGHT",
            "BEGIN:STANDARD",
            "DTSTART:20231029T030000",
            "TZOFFSETFROM:+0200",
            "TZOFFSETTO:+0100",
            "TZNAME:CET",
            "END:STANDARD",
            "BEGIN:DAYLIGHT",
            "DTSTART:20240331T020000",
            "TZOFFSETFROM:+0100",
            "TZOFFSETTO:+0200",
            "TZNAME:CEST",
            "END:DAYLIGHT",
            "END:VTIMEZONE",
        ]
    );
}

#[test]
fn flight_has_a_clock_at_each_end() {
    let flight = written(vec![entry(at("2023-09-03T23:15", "Asia/Karachi"), at("2023-09-04T07:05", "Asia/Shanghai"))]);

    let times: Vec<&str> =
        flight.lines().filter(|line| line.starts_with("DTSTART;") || line.starts_with("DTEND;")).collect();
    let zones: Vec<&str> = flight.lines().filter(|line| line.starts_with("TZID:")).collect();
    assert_eq!(times, ["DTEND;TZID=Asia/Shanghai:20230904T070500", "DTSTART;TZID=Asia/Karachi:20230903T231500"]);
    assert_eq!(zones, ["TZID:Asia/Karachi", "TZID:Asia/Shanghai"]);
}

#[test]
fn second_of_two_equal_clock_times_is_written_as_an_instant() {
    let start = at("2023-10-29T02:30+01:00", "Europe/Berlin");

    let night = written(vec![entry(start, at("2023-10-29T03:30", "Europe/Berlin"))]);

    let times: Vec<&str> = part(&night, "BEGIN:VEVENT", "END:VEVENT")
        .into_iter()
        .filter(|line| line.starts_with("DTSTART") || line.starts_with("DTEND"))
        .collect();
    assert_eq!(times, ["DTEND;TZID=Europe/Berlin:20231029T033000", "DTSTART:20231029T013000Z"]);
}

#[test]
fn calendar_in_utc_names_no_zone() {
    let call = written(vec![entry(at("2023-09-05T01:40", "UTC"), at("2023-09-05T02:00", "UTC"))]);

    assert!(!call.contains("TZID"), "{call}");
}

#[test]
fn long_chinese_lines_are_folded_within_75_octets_and_unfold_whole() {
    let summary = "“一带一路”科技创新论坛——".repeat(20);
    let session = Entry {
        summary: summary.clone(),
        ..entry(at("2023-09-05T09:40", "Asia/Shanghai"), at("2023-09-05T10:00", "Asia/Shanghai"))
    };

    let text = written(vec![session]);

    let longest = text.split("\r\n").map(str::len).max().unwrap();
    assert!(longest <= 75, "{longest} octets");
    assert!(text.replace("\r\n ", "").contains(&format!("SUMMARY:{summary}\r\n")));
}

#[test]
fn text_cannot_begin_a_line_of_its_own() {
    let session = Entry {
        summary: "Talk\r\nATTENDEE:mailto:x@example.org".to_owned(),
        url: Some("https://desk.example.org/\r\nX-INJECTED:1".to_owned()),
        ..entry(at("2023-09-05T09:40", "Asia/Shanghai"), at("2023-09-05T10:00", "Asia/Shanghai"))
    };

    let text = written(vec![session]);

    let injected: Vec<&str> =
        text.split("\r\n").filter(|line| line.starts_with("ATTENDEE") || line.starts_with("X-INJECTED")).collect();
    assert_eq!(injected, Vec::<&str>::new());
}
