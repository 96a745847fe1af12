//! `schedule.xml`: the schedule that conference applications read, as <https://c3voc.de/schedule/schema.xsd> describes it.

use std::{borrow::Cow, io};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use super::schedule::{Day, Schedule, Session, Speaker, guid, moment};

pub(super) mod reader;

type Xml = Writer<Vec<u8>>;

/// Writes a schedule with the media type `application/xml`.
pub fn write(schedule: &Schedule) -> Vec<u8> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory cannot fail.
    let _ = document(&mut xml, schedule);
    let mut written = xml.into_inner();
    written.push(b'\n');
    written
}

fn document(xml: &mut Xml, schedule: &Schedule) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let days = schedule.days();
    xml.create_element("schedule").write_inner_content(|xml| {
        let generator = [("name", "attache"), ("version", env!("CARGO_PKG_VERSION"))];
        xml.create_element("generator").with_attributes(generator).write_empty()?;
        text(xml, "url", &schedule.url)?;
        text(xml, "version", &schedule.version)?;
        xml.create_element("conference").write_inner_content(|xml| {
            text(xml, "title", &schedule.title)?;
            text(xml, "acronym", &schedule.acronym())?;
            text(xml, "start", &schedule.start.date().to_string())?;
            text(xml, "end", &schedule.end.date().to_string())?;
            text(xml, "days", &days.len().to_string())?;
            text(xml, "timeslot_duration", "00:05")?;
            text(xml, "base_url", &schedule.url)?;
            text(xml, "time_zone_name", schedule.zone().name())
        })?;
        days.iter().try_for_each(|day| self::day(xml, schedule, day))
    })?;
    Ok(())
}

fn day(xml: &mut Xml, schedule: &Schedule, day: &Day<'_>) -> io::Result<()> {
    let Day { index, date, start, end, rooms } = day;
    let numbers = schedule.numbers();
    let attributes =
        [("index", index.to_string()), ("date", date.to_string()), ("start", moment(*start)), ("end", moment(*end))];
    let attributes = attributes.iter().map(|(key, value)| (*key, value.as_str()));
    xml.create_element("day").with_attributes(attributes).write_inner_content(|xml| {
        for (name, sessions) in rooms {
            let guid = guid(&schedule.event, name).to_string();
            let attributes = [("name", allowed(name)), ("guid", Cow::Owned(guid))];
            let attributes = attributes.iter().map(|(key, value)| (*key, value.as_ref()));
            xml.create_element("room").with_attributes(attributes).write_inner_content(|xml| {
                sessions.iter().try_for_each(|session| {
                    self::session(xml, schedule, session, numbers.get(&session.id).copied().unwrap_or_default())
                })
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

fn session(xml: &mut Xml, schedule: &Schedule, session: &Session, number: u32) -> io::Result<()> {
    let start = schedule.clock(session.start);
    let (number, guid) = (number.to_string(), session.id.to_string());
    let attributes = [("id", number.as_str()), ("guid", guid.as_str())];
    xml.create_element("event").with_attributes(attributes).write_inner_content(|xml| {
        text(xml, "room", session.room_name())?;
        text(xml, "title", &session.title)?;
        text(xml, "type", session.kind)?;
        text(xml, "date", &moment(start))?;
        text(xml, "start", &start.format("%H:%M").to_string())?;
        text(xml, "duration", &session.duration())?;
        text(xml, "abstract", session.description.as_deref().unwrap_or_default())?;
        text(xml, "slug", &schedule.slug(session))?;
        text(xml, "track", "")?;
        xml.create_element("persons").write_inner_content(|xml| {
            session.speakers.iter().try_for_each(|Speaker { id, name }| {
                let id = id.to_string();
                let person = xml.create_element("person").with_attribute(("guid", id.as_str()));
                person.write_text_content(BytesText::new(&allowed(name))).map(|_| ())
            })
        })?;
        text(xml, "url", &schedule.url_of(session))
    })?;
    Ok(())
}

fn text(xml: &mut Xml, name: &str, content: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&allowed(content))).map(|_| ())
}

/// Puts blanks where a character may not stand in XML 1.0 at all, escaped or not (§2.2).
fn allowed(text: &str) -> Cow<'_, str> {
    let forbidden =
        |c: char| matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(forbidden) { Cow::Owned(text.replace(forbidden, " ")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::schedule::specimen;

    #[test]
    fn schedule_is_written_whole_with_every_character_escaped() {
        let schedule = specimen();
        let schedule = Schedule { sessions: schedule.sessions[..1].to_vec(), ..schedule };

        let expected = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<schedule>
  <generator name="attache" version="{version}"/>
  <url>https://desk.example.org/events/ciftis-2023/schedule</url>
  <version>2</version>
  <conference>
    <title>Forum &lt;&amp; fair&gt;</title>
    <acronym>ciftis_2023</acronym>
    <start>2023-09-05</start>
    <end>2023-09-06</end>
    <days>1</days>
    <timeslot_duration>00:05</timeslot_duration>
    <base_url>https://desk.example.org/events/ciftis-2023/schedule</base_url>
    <time_zone_name>Asia/Shanghai</time_zone_name>
  </conference>
  <day index="1" date="2023-09-05" start="2023-09-05T09:40:00+08:00" end="2023-09-05T10:00:00+08:00">
    <room name="Main Hall" guid="{room}">
      <event id="1" guid="0f1d2a3b-9f57-4b0c-8f29-000000000002">
        <room>Main Hall</room>
        <title>主旨演讲</title>
        <type>talk</type>
        <date>2023-09-05T09:40:00+08:00</date>
        <start>09:40</start>
        <duration>00:20</duration>
        <abstract>First  ]]&gt; &amp; &quot;last&quot;</abstract>
        <slug>ciftis_2023-0f1d2a3b-9f57-4b0c-8f29-000000000002</slug>
        <track></track>
        <persons>
          <person guid="0f1d2a3b-9f57-4b0c-8f29-0000000000c8">Zarmina O&apos;Hara</person>
        </persons>
        <url>https://desk.example.org/events/ciftis-2023/schedule#0f1d2a3b-9f57-4b0c-8f29-000000000002</url>
      </event>
    </room>
  </day>
</schedule>
"#,
            version = env!("CARGO_PKG_VERSION"),
            room = guid("ciftis-2023", "Main Hall"),
        );
        assert_eq!(String::from_utf8(write(&schedule)).unwrap(), expected);
    }

    #[test]
    fn hostile_texts_stay_texts() {
        let mut schedule = specimen();
        schedule.sessions[0].room = Some("\"><room name=\"x".to_owned());
        schedule.sessions[0].title = "</title><![CDATA[x]]>\u{0}\u{ffff}".to_owned();

        let written = String::from_utf8(write(&schedule)).unwrap();

        assert_eq!(written.matches("<room name=").count(), 3);
        assert!(written.contains("<title>&lt;/title&gt;&lt;![CDATA[x]]&gt;  </title>"), "{written}");
    }
}
