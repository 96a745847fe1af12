use super::*;

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn reading(text: &str) -> DateTime<FixedOffset> {
    text.parse().unwrap()
}

#[test]
fn ordinary_times_name_one_instant_with_or_without_seconds() {
    let expected =
        Zoned { local: local("2023-09-05T09:40:00"), zone: Tz::Asia__Shanghai, instant: utc("2023-09-05T01:40:00Z") };

    for text in [
        "2023-09-05T09:40",
        "2023-09-05T09:40:00",
        "2023-09-05T09:40:00.0",
        "2023-09-05T09:40:00.000000",
        "2023-09-05T09:40+08:00",
        "2023-09-05T09:40:00+08:00",
    ] {
        assert_eq!(Zoned::parse(text, "Asia/Shanghai"), Ok(expected), "{text}");
    }
}

#[test]
fn a_skipped_time_is_refused_with_both_readings() {
    let refusal = Zoned::parse("2023-03-26T02:30", "Europe/Berlin").unwrap_err();

    assert_eq!(
        refusal,
        Refusal::Nonexistent {
            local: local("2023-03-26T02:30:00"),
            zone: Tz::Europe__Berlin,
            before: reading("2023-03-26T01:30:00+01:00"),
            after: reading("2023-03-26T03:30:00+02:00"),
        }
    );
    assert_eq!(
        refusal.to_string(),
        "2023-03-26 02:30:00 does not exist in Europe/Berlin: clocks go from 2023-03-26 01:30:00 +01:00 to 2023-03-26 03:30:00 +02:00 around it"
    );
}

#[test]
fn a_skipped_day_is_refused_with_both_readings() {
    // Samoa crossed the date line at the end of 29 December 2011: the 30th was never on a calendar there.
    assert_eq!(
        Zoned::parse("2011-12-30T12:00", "Pacific/Apia"),
        Err(Refusal::Nonexistent {
            local: local("2011-12-30T12:00:00"),
            zone: Tz::Pacific__Apia,
            before: reading("2011-12-29T12:00:00-10:00"),
            after: reading("2011-12-31T12:00:00+14:00"),
        })
    );
}

#[test]
fn a_skipped_time_is_refused_whatever_offset_is_given() {
    let plain = Zoned::parse("2023-03-26T02:30", "Europe/Berlin");

    assert_eq!(Zoned::parse("2023-03-26T02:30+01:00", "Europe/Berlin"), plain);
    assert_eq!(Zoned::parse("2023-03-26T02:30+02:00", "Europe/Berlin"), plain);
}

#[test]
fn a_repeated_time_is_refused_with_both_readings() {
    assert_eq!(
        Zoned::parse("2023-10-29T02:30", "Europe/Berlin"),
        Err(Refusal::Ambiguous {
            local: local("2023-10-29T02:30:00"),
            zone: Tz::Europe__Berlin,
            earlier: reading("2023-10-29T02:30:00+02:00"),
            later: reading("2023-10-29T02:30:00+01:00"),
        })
    );
    assert_eq!(
        Zoned::parse("2024-04-07T02:30", "Pacific/Auckland"),
        Err(Refusal::Ambiguous {
            local: local("2024-04-07T02:30:00"),
            zone: Tz::Pacific__Auckland,
            earlier: reading("2024-04-07T02:30:00+13:00"),
            later: reading("2024-04-07T02:30:00+12:00"),
        })
    );
}

#[test]
fn a_repeated_time_is_decided_by_its_offset() {
    let earlier = Zoned::parse("2023-10-29T02:30+02:00", "Europe/Berlin").unwrap();
    let later = Zoned::parse("2023-10-29T02:30+01:00", "Europe/Berlin").unwrap();

    assert_eq!(earlier.instant(), utc("2023-10-29T00:30:00Z"));
    assert_eq!(later.instant(), utc("2023-10-29T01:30:00Z"));
    assert_eq!(earlier.local(), later.local());
    assert_eq!(earlier.until(&later), TimeDelta::hours(1));
}

#[test]
fn the_edges_of_a_gap_and_a_fold_exist_once() {
    for (text, instant) in [
        ("2023-03-26T01:59:59", "2023-03-26T00:59:59Z"),
        ("2023-03-26T03:00", "2023-03-26T01:00:00Z"),
        ("2023-10-29T01:59:59", "2023-10-28T23:59:59Z"),
        ("2023-10-29T03:00", "2023-10-29T02:00:00Z"),
    ] {
        assert_eq!(Zoned::parse(text, "Europe/Berlin").map(|zoned| zoned.instant()), Ok(utc(instant)), "{text}");
    }
}

#[test]
fn an_offset_the_zone_does_not_keep_is_refused() {
    let contradicts = |text: &str, zone: Tz, offset: i32| {
        Err(Refusal::OffsetContradictsZone {
            local: local(text),
            zone,
            offset: FixedOffset::east_opt(offset * 3600).unwrap(),
        })
    };

    assert_eq!(
        Zoned::parse("2023-09-05T09:40+05:00", "Asia/Shanghai"),
        contradicts("2023-09-05T09:40:00", Tz::Asia__Shanghai, 5)
    );
    assert_eq!(
        Zoned::parse("2023-09-05T09:40Z", "Asia/Karachi"),
        contradicts("2023-09-05T09:40:00", Tz::Asia__Karachi, 0)
    );
    assert_eq!(
        Zoned::parse("2023-10-29T02:30+03:00", "Europe/Berlin"),
        contradicts("2023-10-29T02:30:00", Tz::Europe__Berlin, 3)
    );
}

#[test]
fn an_unknown_zone_is_refused_by_name() {
    for name in ["Asia/Islamabad", "asia/karachi", "", "PKT", "Asia/Karachi "] {
        assert_eq!(
            Zoned::parse("2023-09-05T09:40", name),
            Err(Refusal::UnknownZone { zone: name.to_owned() }),
            "{name}"
        );
    }
    assert_eq!(parse_zone(&"x".repeat(500)), Err(Refusal::UnknownZone { zone: "x".repeat(32) }));
}

#[test]
fn no_zone_name_is_longer_than_a_refusal_repeats() {
    assert_eq!(chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name().len()).max(), Some(32));
}

#[test]
fn text_of_another_shape_is_malformed() {
    for text in [
        "",
        "2023-09-05",
        "2023-09-05 09:40",
        "2023-9-5T9:40",
        "2023-09-05T09",
        "2023-09-05T9:40",
        "2023-09-05T09:4",
        "2023-09-05T09:40:",
        "2023-09-05T09:40:0",
        "2023-09-05T24:00",
        "2023-09-05T23:60",
        "2023-12-31T23:59:60",
        "2023-02-29T09:40",
        "2023-09-31T09:40",
        "2023-09-05T09:40.5",
        "2023-09-05T09:40:00.",
        "2023-09-05T09:40:00.1234567",
        "2023-09-05T09:40:00.12x",
        "2023-09-05T09:40z",
        "2023-09-05T09:40+8",
        "2023-09-05T09:40+0800",
        "2023-09-05T09:40+08:60",
        "2023-09-05T09:40+24:00",
        "2023-09-05T09:40+08:00 ",
        " 2023-09-05T09:40",
        "+2023-09-05T09:40",
        "12023-09-05T09:40",
        "２０２３-09-05T09:40",
        "2023-09-05T09:4é",
        "2023-09-05T09:40Zé",
    ] {
        assert_eq!(Zoned::parse(text, "Asia/Shanghai"), Err(Refusal::Malformed), "{text:?}");
    }
}

#[test]
fn an_instant_shows_the_clock_of_its_zone_in_microseconds() {
    assert_eq!(
        Zoned::at(utc("2023-09-05T20:00:00.123456789Z"), Tz::Asia__Karachi),
        Zoned {
            local: local("2023-09-06T01:00:00.123456"),
            zone: Tz::Asia__Karachi,
            instant: utc("2023-09-05T20:00:00.123456Z"),
        }
    );
}

#[test]
fn truncation_goes_back_in_time_before_1970_too() {
    assert_eq!(truncate(utc("1969-12-31T23:59:59.999999999Z")), utc("1969-12-31T23:59:59.999999Z"));
}

#[test]
fn every_moment_of_a_year_survives_being_written_and_read() {
    for zone in
        [Tz::Asia__Karachi, Tz::Asia__Shanghai, Tz::Europe__Berlin, Tz::Pacific__Auckland, Tz::Australia__Lord_Howe]
    {
        let mut instant = utc("2023-12-31T00:00:00Z");
        while instant < utc("2025-01-02T00:00:00Z") {
            let zoned = Zoned::at(instant, zone);

            assert_eq!(Zoned::parse(&zoned.local_text(), zone.name()), Ok(zoned));
            instant += TimeDelta::minutes(15);
        }
    }
}

#[test]
fn only_a_repeated_time_is_written_with_its_offset() {
    let text = |instant: &str| Zoned::at(utc(instant), Tz::Europe__Berlin).local_text();

    assert_eq!(text("2023-10-28T23:30:00Z"), "2023-10-29T01:30");
    assert_eq!(text("2023-10-29T00:30:00Z"), "2023-10-29T02:30+02:00");
    assert_eq!(text("2023-10-29T01:30:05Z"), "2023-10-29T02:30:05+01:00");
    assert_eq!(text("2023-10-29T02:30:00.25Z"), "2023-10-29T03:30:00.250000");
}

#[test]
fn a_flight_that_lands_before_it_took_off_by_the_clock_still_takes_time() {
    let departure = Zoned::parse("2024-06-01T21:00", "Pacific/Auckland").unwrap();
    let arrival = Zoned::parse("2024-06-01T13:30", "America/Los_Angeles").unwrap();

    assert!(arrival.local() < departure.local());
    assert_eq!(departure.until(&arrival), TimeDelta::minutes(11 * 60 + 30));
}

#[test]
fn a_night_in_which_clocks_change_is_an_hour_longer_or_shorter() {
    let night = |from: &str, to: &str| {
        let start = Zoned::parse(from, "Europe/Berlin").unwrap();
        start.until(&Zoned::parse(to, "Europe/Berlin").unwrap())
    };

    assert_eq!(night("2023-03-25T22:00", "2023-03-26T06:00"), TimeDelta::hours(7));
    assert_eq!(night("2023-10-28T22:00", "2023-10-29T06:00"), TimeDelta::hours(9));
}
