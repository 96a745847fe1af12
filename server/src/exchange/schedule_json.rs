//! `schedule.json`: the schedule that conference applications read, as <https://c3voc.de/schedule/schema.json> describes it.

use serde_json::{Map, Value, json};

use super::schedule::{Day, Schedule, Session, Speaker, guid, moment};

pub(super) mod reader;

/// Writes a schedule with the media type `application/json`.
pub fn write(schedule: &Schedule) -> Vec<u8> {
    let numbers = schedule.numbers();
    let number = |session: &Session| numbers.get(&session.id).copied().unwrap_or_default();
    let days = schedule.days();
    let rooms: Vec<Value> =
        schedule.rooms().into_iter().map(|name| json!({ "name": name, "guid": guid(&schedule.event, name) })).collect();
    let document = json!({
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": { "name": "attache", "version": env!("CARGO_PKG_VERSION") },
        "schedule": {
            "version": schedule.version,
            "base_url": schedule.url,
            "conference": {
                "acronym": schedule.acronym(),
                "title": schedule.title,
                "start": schedule.start.date(),
                "end": schedule.end.date(),
                "daysCount": days.len(),
                "timeslot_duration": "00:05",
                "time_zone_name": schedule.zone().name(),
                "url": schedule.url,
                "rooms": rooms,
                "days": days.iter().map(|day| self::day(schedule, day, &number)).collect::<Vec<_>>(),
            },
        },
    });
    document.to_string().into_bytes()
}

fn day(schedule: &Schedule, day: &Day<'_>, number: &dyn Fn(&Session) -> u32) -> Value {
    let Day { index, date, start, end, rooms } = day;
    let room = |(name, sessions): (&&str, &Vec<&Session>)| {
        let sessions = sessions.iter().map(|session| self::session(schedule, session, number(session)));
        ((*name).to_owned(), sessions.collect())
    };
    json!({
        "index": index,
        "date": date,
        "day_start": moment(*start),
        "day_end": moment(*end),
        "rooms": rooms.iter().map(room).collect::<Map<String, Value>>(),
    })
}

fn session(schedule: &Schedule, session: &Session, number: u32) -> Value {
    let start = schedule.clock(session.start);
    let person = |Speaker { id, name }: &Speaker| json!({ "guid": id, "name": name });
    json!({
        "guid": session.id,
        "id": number,
        "date": moment(start),
        "start": start.format("%H:%M").to_string(),
        "end": moment(schedule.clock(session.end)),
        "duration": session.duration(),
        "room": session.room_name(),
        "slug": schedule.slug(session),
        "url": schedule.url_of(session),
        "title": session.title,
        "subtitle": "",
        "track": null,
        "type": session.kind,
        "language": null,
        "abstract": session.description.as_deref().unwrap_or_default(),
        "persons": session.speakers.iter().map(person).collect::<Vec<_>>(),
        "links": [],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::schedule::specimen;

    fn days(schedule: &Schedule) -> Value {
        let document: Value = serde_json::from_slice(&write(schedule)).unwrap();
        document["schedule"]["conference"]["days"].clone()
    }

    #[test]
    fn session_stands_on_the_day_on_which_the_events_guests_see_it() {
        let days = days(&specimen());

        let seen: Vec<_> = days
            .as_array()
            .unwrap()
            .iter()
            .map(|day| (day["date"].clone(), day["day_start"].clone(), day["rooms"]["Main Hall"][0]["start"].clone()))
            .collect();
        assert_eq!(
            seen,
            [
                (json!("2023-09-05"), json!("2023-09-05T09:40:00+08:00"), json!("09:40")),
                (json!("2023-09-06"), json!("2023-09-06T00:30:00+08:00"), json!("00:30")),
            ]
        );
    }

    #[test]
    fn session_is_written_whole() {
        let written = days(&specimen())[0]["rooms"]["Main Hall"][0].clone();

        assert_eq!(
            written,
            json!({
                "guid": "0f1d2a3b-9f57-4b0c-8f29-000000000002",
                "id": 1,
                "date": "2023-09-05T09:40:00+08:00",
                "start": "09:40",
                "end": "2023-09-05T10:00:00+08:00",
                "duration": "00:20",
                "room": "Main Hall",
                "slug": "ciftis_2023-0f1d2a3b-9f57-4b0c-8f29-000000000002",
                "url": "https://desk.example.org/events/ciftis-2023/schedule#0f1d2a3b-9f57-4b0c-8f29-000000000002",
                "title": "主旨演讲",
                "subtitle": "",
                "track": null,
                "type": "talk",
                "language": null,
                "abstract": "First\u{1} ]]> & \"last\"",
                "persons": [{ "guid": "0f1d2a3b-9f57-4b0c-8f29-0000000000c8", "name": "Zarmina O'Hara" }],
                "links": [],
            })
        );
    }

    #[test]
    fn schedule_without_sessions_has_one_empty_day() {
        let empty = Schedule { sessions: Vec::new(), ..specimen() };

        assert_eq!(
            days(&empty),
            json!([{
                "index": 1,
                "date": "2023-09-05",
                "day_start": "2023-09-05T09:00:00+08:00",
                "day_end": "2023-09-06T01:30:00+08:00",
                "rooms": {},
            }])
        );
    }
}
