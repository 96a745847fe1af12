//! Lists as meeting services write them: what their lines say, and whom they are about.

use super::*;
use crate::{language::LanguageTag, name::PersonName};

fn registration(index: usize) -> RegistrationName {
    format!("events/forum/registrations/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5{index}").parse().unwrap()
}

/// Those who are registered: by name, name in their own script, and address.
fn guests(known: &[(&str, &str, &str)]) -> Guests {
    let name = |text: &str| NameText::parse(text).unwrap();
    let mut guests = Guests::default();
    for (index, (display, native, email)) in known.iter().enumerate() {
        let profile = Profile {
            name: PersonName {
                display_name: name(display),
                native_name: (!native.is_empty()).then(|| name(native)),
                passport_name: None,
                form_of_address: None,
                family_first: false,
            },
            email: (!email.is_empty()).then(|| email.parse().unwrap()),
            phone_number: None,
            language: LanguageTag::English,
            region_code: None,
            time_zone: None,
            affiliation: None,
            position: None,
        };
        guests.add(registration(index), &profile);
    }
    guests
}

const BEIJING: Kind = Kind::Attendance(Tz::Asia__Shanghai, None);

/// Reads a list whose cells stand between semicolons.
fn read(text: &str, kind: Kind, guests: &Guests) -> Option<Taken> {
    let rows = || text.lines().map(|line| line.split(';').collect::<Vec<_>>());
    let (index, columns) = header(rows(), kind)?;
    let lines = (1..).zip(rows()).skip(index + 1);
    Some(take(lines, &columns, kind, guests))
}

fn joined(taken: &Taken) -> Vec<(RegistrationName, u32, String)> {
    let line = |(name, (row, said)): (&RegistrationName, &(u32, Said))| match said {
        Said::Joined(time) => (name.clone(), *row, time.format("%d %H:%M:%S").to_string()),
        Said::Link(address) => (name.clone(), *row, address.to_string()),
    };
    taken.about.iter().map(line).collect()
}

#[test]
fn first_time_counts_of_whoever_joined_again() {
    let guests = guests(&[("Zarmina Khan", "", "zarmina@example.org"), ("Hina", "", "hina@example.org")]);
    let list = "Meeting ID;812 0000 0000\n\
                Name (Original Name);User Email;Join Time;Leave Time\n\
                Zarmina;ZARMINA@example.org;2023-09-05 09:05:00;2023-09-05 09:30:00\n\
                iPhone;zarmina@example.org;2023-09-05 09:01:30;2023-09-05 09:04:00\n\
                Hina;hina@example.org;2023-09-05T10:00:00Z;";

    let taken = read(list, BEIJING, &guests).unwrap();

    let expected = [(registration(0), 4, "05 01:01:30".to_owned()), (registration(1), 5, "05 10:00:00".to_owned())];
    assert_eq!((taken.rows, joined(&taken), taken.findings), (3, expected.to_vec(), vec![]));
}

#[test]
fn name_decides_where_the_address_is_nobodys_or_of_several() {
    let guests = guests(&[
        ("Zhang San", "张三", "desk@example.org"),
        ("Li Si", "李四", "desk@example.org"),
        ("عائشہ خان", "", "aisha@example.org"),
        ("Madonna", "", ""),
        ("Wang Wu", "王五", ""),
        ("Wang Wu", "", ""),
    ]);
    let list = "用户昵称（入会昵称）;邮箱;入会时间\n\
                张三;desk@example.org;2023-09-05 09:00:00\n\
                San Zhang;desk@example.org;2023-09-05 09:10:00\n\
                somebody;desk@example.org;2023-09-05 09:00:00\n\
                Madonna;home@example.org;2023/9/5 上午9:00\n\
                عائشہ خان;;2023-09-05 09:00:00\n\
                Wang Wu;;2023-09-05 09:00:00\n\
                nobody;;2023-09-05 09:00:00\n\
                iPad (李四);;2023-09-05 下午1:00";

    let taken = read(list, BEIJING, &guests).unwrap();

    let first = "05 01:00:00".to_owned();
    let expected = [
        (registration(0), 2, first.clone()),
        (registration(1), 9, "05 05:00:00".to_owned()),
        (registration(2), 6, first.clone()),
        (registration(3), 5, first),
    ];
    assert_eq!(joined(&taken), expected);
    let findings = [
        (4, Issue::Ambiguous),
        (5, Issue::ByName),
        (6, Issue::ByName),
        (7, Issue::Ambiguous),
        (8, Issue::Unknown),
        (9, Issue::ByName),
    ];
    assert_eq!(taken.findings, findings);
}

#[test]
fn time_is_read_as_services_write_it_and_what_may_be_two_days_is_not_guessed() {
    let read = |text: &str, order| {
        instant(text, Tz::Asia__Karachi, order).map(|time| time.format("%m-%d %H:%M:%S").to_string())
    };
    let is = |text: &str| Ok(text.to_owned());

    assert_eq!(read("2023-09-05 09:01:22", None), is("09-05 04:01:22"));
    assert_eq!(read("2023-09-05T09:01:22+08:00", None), is("09-05 01:01:22"));
    assert_eq!(read("9/25/2023, 9:01:22 PM", None), is("09-25 16:01:22"));
    assert_eq!(read("09/05/2023 12:01:22 AM", Some(DateOrder::MonthFirst)), is("09-04 19:01:22"));
    assert_eq!(read("2023年9月5日 下午12:30", None), is("09-05 07:30:00"));
    assert_eq!(read("Sep 5, 2023 9:01\u{202f}AM", None), is("09-05 04:01:00"));
    assert_eq!(read("09/05/2023 09:01:22", None), Err(Issue::Day(DayFlaw::Ambiguous)));
    assert_eq!(read("9/5/23, 9:01:22 AM", None), Err(Issue::Day(DayFlaw::ShortYear)));
    assert_eq!(read("2023-02-31 09:00", None), Err(Issue::Day(DayFlaw::NoSuchDay)));
    for wrong in
        ["", "2023-09-05", "09:00", "2023-09-05 25:00", "2023-09-05 13:00 AM", "2023-09-05 9:00:00:00", "soon: now"]
    {
        assert!(matches!(read(wrong, None), Err(Issue::NoTime | Issue::Day(_))), "{wrong}");
    }
}

#[test]
fn links_are_addresses_of_the_web_and_the_last_of_somebody_is_theirs() {
    let guests = guests(&[("Zarmina", "", "zarmina@example.org"), ("Hina", "", "hina@example.org")]);
    let list = "Email,Join Link\nzarmina@example.org,https://meet.example.org/w/1?tk=a\n\
                zarmina@example.org,https://meet.example.org/w/1?tk=b\nhina@example.org,javascript:alert(1)";

    let taken = read(&list.replace(',', ";"), Kind::Links, &guests).unwrap();

    assert_eq!(joined(&taken), [(registration(0), 3, "https://meet.example.org/w/1?tk=b".to_owned())]);
    assert_eq!(taken.findings, [(4, Issue::NoLink)]);
}

#[test]
fn list_that_does_not_say_who_and_what_is_none() {
    let nobody = Guests::default();

    for list in ["", "Email;Name\na@example.org;A", "Join Time\n2023-09-05 09:00", "Email;Join link\na@example.org;x"] {
        assert!(read(list, BEIJING, &nobody).is_none(), "{list}");
    }
    assert!(read("Email;Join time\na@example.org;2023-09-05 09:00", Kind::Links, &nobody).is_none());
}
