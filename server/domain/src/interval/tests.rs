use std::collections::BTreeSet;

use super::*;

/// Counts whole seconds from a fixed instant.
fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
}

fn interval(start: i64, end: i64) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

fn zoned(text: &str, zone: &str) -> Zoned {
    Zoned::parse(text, zone).unwrap()
}

/// Every interval with whole bounds from 0 to 6.
fn small_domain() -> Vec<(i64, i64)> {
    (0..6).flat_map(|start| (start + 1..=6).map(move |end| (start, end))).collect()
}

/// The instants of an interval of the small domain, counted out.
fn ticks((start, end): (i64, i64)) -> BTreeSet<i64> {
    (start..end).collect()
}

#[test]
fn an_interval_that_takes_no_time_is_refused() {
    for (start, end) in [(5, 5), (5, 4)] {
        assert_eq!(
            Interval::new(at(start), at(end)),
            Err(Refusal::EndNotAfterStart { start: at(start), end: at(end) })
        );
    }
}

#[test]
fn two_intervals_agree_with_counting_their_instants() {
    for one in small_domain() {
        for other in small_domain() {
            let (left, right) = (interval(one.0, one.1), interval(other.0, other.1));
            let shared: Vec<i64> = ticks(one).intersection(&ticks(other)).copied().collect();
            let overlap = shared.first().zip(shared.last()).map(|(first, last)| interval(*first, last + 1));
            let between =
                (0..6).filter(|tick| (one.1 <= *tick && *tick < other.0) || (other.1 <= *tick && *tick < one.0));
            let gap = shared.is_empty().then(|| TimeDelta::seconds(i64::try_from(between.count()).unwrap()));

            assert_eq!(left.overlaps(&right), !shared.is_empty(), "{one:?} {other:?}");
            assert_eq!(left.overlap(&right), overlap, "{one:?} {other:?}");
            assert_eq!(left.encloses(&right), ticks(one).is_superset(&ticks(other)), "{one:?} {other:?}");
            assert_eq!(left.gap(&right), gap, "{one:?} {other:?}");
        }
    }
}

#[test]
fn an_interval_contains_its_start_and_not_its_end() {
    for bounds in small_domain() {
        let contained: BTreeSet<i64> =
            (-1..8).filter(|second| interval(bounds.0, bounds.1).contains(at(*second))).collect();

        assert_eq!(contained, ticks(bounds));
    }
}

fn occupation(subject: &'static str, activity: u32, start: i64, end: i64) -> Occupation<&'static str, u32> {
    Occupation { subject, activity, interval: interval(start, end) }
}

fn named(found: &[Clash<'_, &'static str, u32>]) -> Vec<(&'static str, u32, u32, Interval)> {
    found
        .iter()
        .map(|clash| (clash.first.subject, clash.first.activity, clash.second.activity, clash.overlap))
        .collect()
}

#[test]
fn all_pairs_of_a_small_domain_clash_as_the_definition_says() {
    // Everyone at once: each interval of the domain is an activity of the same subject, twice over.
    let domain: Vec<(i64, i64)> = small_domain().into_iter().chain(small_domain()).collect();
    let occupations: Vec<_> =
        (0_u32..).zip(&domain).map(|(activity, (start, end))| occupation("hall", activity, *start, *end)).collect();

    let found: BTreeSet<(u32, u32)> = clashes(&occupations)
        .iter()
        .map(|clash| (clash.first.activity, clash.second.activity))
        .map(|(one, other)| (one.min(other), one.max(other)))
        .collect();

    let mut expected = BTreeSet::new();
    for one in &occupations {
        for other in occupations.iter().filter(|other| other.activity > one.activity) {
            if one.interval.start() < other.interval.end() && other.interval.start() < one.interval.end() {
                expected.insert((one.activity, other.activity));
            }
        }
    }
    assert_eq!(found, expected);
    assert_eq!(clashes(&occupations).len(), expected.len(), "no pair is reported twice");
}

#[test]
fn every_triple_of_a_small_domain_gives_its_clashes_in_order() {
    for one in small_domain() {
        for two in small_domain() {
            for three in small_domain() {
                let occupations = [
                    occupation("car", 1, one.0, one.1),
                    occupation("car", 2, two.0, two.1),
                    occupation("car", 3, three.0, three.1),
                ];
                let mut ordered = occupations;
                ordered.sort_by_key(|occupation| (occupation.interval, occupation.activity));
                let mut expected = Vec::new();
                for (place, second) in ordered.iter().enumerate() {
                    for first in &ordered[..place] {
                        if let Some(overlap) = first.interval.overlap(&second.interval) {
                            expected.push(("car", first.activity, second.activity, overlap));
                        }
                    }
                }

                assert_eq!(named(&clashes(&occupations)), expected);
            }
        }
    }
}

#[test]
fn a_long_activity_clashes_with_all_that_lie_inside_it() {
    let occupations = [
        occupation("hall", 1, 0, 100),
        occupation("hall", 2, 1, 2),
        occupation("hall", 3, 2, 3),
        occupation("hall", 4, 90, 110),
    ];

    assert_eq!(
        named(&clashes(&occupations)),
        [("hall", 1, 2, interval(1, 2)), ("hall", 1, 3, interval(2, 3)), ("hall", 1, 4, interval(90, 100)),]
    );
}

#[test]
fn touching_activities_and_other_subjects_do_not_clash() {
    let occupations = [
        occupation("hall", 1, 0, 10),
        occupation("hall", 2, 10, 20),
        occupation("annexe", 3, 5, 15),
        occupation("hall", 4, 20, 21),
    ];

    assert_eq!(named(&clashes(&occupations)), []);
}

#[test]
fn an_activity_does_not_clash_with_itself_and_is_reported_once_against_others() {
    // The person both chairs and speaks in session 1, and is named once in session 2.
    let occupations = [occupation("person", 1, 0, 10), occupation("person", 1, 0, 10), occupation("person", 2, 5, 15)];

    assert_eq!(named(&clashes(&occupations)), [("person", 1, 2, interval(5, 10))]);
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    let mut occupations = vec![
        occupation("b", 1, 0, 10),
        occupation("a", 2, 0, 10),
        occupation("b", 3, 0, 10),
        occupation("a", 4, 9, 12),
        occupation("b", 5, 0, 4),
    ];
    let expected = [
        ("a", 2, 4, interval(9, 10)),
        ("b", 5, 1, interval(0, 4)),
        ("b", 5, 3, interval(0, 4)),
        ("b", 1, 3, interval(0, 10)),
    ];

    for _ in 0..occupations.len() {
        assert_eq!(named(&clashes(&occupations)), expected);
        occupations.rotate_left(1);
    }
    occupations.reverse();
    assert_eq!(named(&clashes(&occupations)), expected);
}

#[test]
fn many_activities_that_follow_each_other_are_quick_to_check() {
    // Pairwise this would be twenty thousand million comparisons.
    let occupations: Vec<_> = (0..200_000_u32)
        .map(|number| occupation("hall", number, i64::from(number) * 10, i64::from(number) * 10 + 10))
        .collect();

    assert_eq!(named(&clashes(&occupations)), []);
}

#[test]
fn meetings_in_two_zones_clash_by_the_instant() {
    // 14:00 in Karachi is 17:00 in Shanghai: the call ends as the dinner starts, and the briefing cuts into it.
    let call =
        Interval::between(&zoned("2023-09-05T13:00", "Asia/Karachi"), &zoned("2023-09-05T14:00", "Asia/Karachi"));
    let dinner =
        Interval::between(&zoned("2023-09-05T17:00", "Asia/Shanghai"), &zoned("2023-09-05T19:00", "Asia/Shanghai"));
    let briefing =
        Interval::between(&zoned("2023-09-05T16:30", "Asia/Shanghai"), &zoned("2023-09-05T16:45", "Asia/Shanghai"));
    let occupations = [(1, call), (2, dinner), (3, briefing)].map(|(activity, interval)| Occupation {
        subject: "delegate",
        activity,
        interval: interval.unwrap(),
    });

    let found = clashes(&occupations);

    assert_eq!(found, [Clash { first: &occupations[0], second: &occupations[2], overlap: occupations[2].interval }]);
}

#[test]
fn activities_across_midnight_clash_like_any_others() {
    let reception =
        Interval::between(&zoned("2023-09-05T22:00", "Asia/Shanghai"), &zoned("2023-09-06T01:00", "Asia/Shanghai"))
            .unwrap();
    let transfer =
        Interval::between(&zoned("2023-09-06T00:30", "Asia/Shanghai"), &zoned("2023-09-06T02:00", "Asia/Shanghai"))
            .unwrap();

    assert!(reception.overlaps(&transfer));
    assert_eq!(reception.overlap(&transfer).map(|overlap| overlap.duration()), Some(TimeDelta::minutes(30)));
}

#[test]
fn the_repeated_hour_is_two_hours_of_a_room() {
    // 02:15 to 02:45 happens twice on the night clocks go back; the two do not meet.
    for (zone, day, summer, winter) in
        [("Europe/Berlin", "2023-10-29", "+02:00", "+01:00"), ("Pacific/Auckland", "2024-04-07", "+13:00", "+12:00")]
    {
        let shift = |offset: &str| {
            Interval::between(
                &zoned(&format!("{day}T02:15{offset}"), zone),
                &zoned(&format!("{day}T02:45{offset}"), zone),
            )
            .unwrap()
        };

        assert_eq!(shift(summer).gap(&shift(winter)), Some(TimeDelta::minutes(30)), "{zone}");
    }
}

#[test]
fn an_end_before_the_start_by_the_clock_is_fine_when_the_instant_is_later() {
    let flight = Interval::between(
        &zoned("2024-06-01T21:00", "Pacific/Auckland"),
        &zoned("2024-06-01T13:30", "America/Los_Angeles"),
    );

    assert_eq!(flight.map(|flight| flight.duration()), Ok(TimeDelta::minutes(690)));
}

fn load(start: i64, end: i64, quantity: u32) -> Load {
    Load { interval: interval(start, end), quantity }
}

fn level(start: i64, end: i64, quantity: u64) -> Level {
    Level { interval: interval(start, end), quantity }
}

#[test]
fn load_over_a_small_domain_is_the_sum_at_every_instant() {
    for one in small_domain() {
        for two in small_domain() {
            for three in small_domain() {
                let parts = [(one, 1_u32), (two, 2), (three, 3)];
                let loads = parts.map(|((start, end), quantity)| load(start, end, quantity));
                let sum = |tick: i64| -> u64 {
                    parts
                        .iter()
                        .filter(|(bounds, _)| ticks(*bounds).contains(&tick))
                        .map(|(_, quantity)| u64::from(*quantity))
                        .sum()
                };
                let levels = profile(&loads);

                for tick in 0..6 {
                    let shown =
                        levels.iter().find(|level| level.interval.contains(at(tick))).map_or(0, |level| level.quantity);
                    assert_eq!(shown, sum(tick));
                }
                assert!(levels.windows(2).all(|pair| {
                    let (end, start) = (pair[0].interval.end(), pair[1].interval.start());
                    end < start || (end == start && pair[0].quantity != pair[1].quantity)
                }));
                assert_eq!(peak(&loads).map(|peak| peak.quantity), (0..6).map(sum).max());
            }
        }
    }
}

#[test]
fn the_peak_is_the_first_and_longest_stretch_at_the_highest_load() {
    // Two passengers give their seats to two others on the way, and later as many meet again.
    let loads = [load(0, 10, 2), load(3, 5, 2), load(5, 8, 2), load(20, 30, 4)];

    assert_eq!(profile(&loads), [level(0, 3, 2), level(3, 8, 4), level(8, 10, 2), level(20, 30, 4)]);
    assert_eq!(peak(&loads), Some(level(3, 8, 4)));
}

#[test]
fn who_leaves_as_another_comes_does_not_share_a_seat() {
    assert_eq!(exceeding(&[load(0, 5, 4), load(5, 9, 4)], 4), []);
}

#[test]
fn every_stretch_over_capacity_is_reported() {
    assert_eq!(exceeding(&[load(0, 10, 4), load(2, 4, 1), load(6, 7, 3)], 4), [level(2, 4, 5), level(6, 7, 7)]);
}

#[test]
fn nothing_wanted_has_no_peak() {
    assert_eq!(peak(&[]), None);
    assert_eq!(peak(&[load(0, 5, 0)]), None);
}

#[test]
fn quantities_beyond_what_one_load_can_hold_still_add_up() {
    assert_eq!(peak(&[load(0, 2, u32::MAX), load(1, 2, u32::MAX)]), Some(level(1, 2, 2 * u64::from(u32::MAX))));
}
