//! From a schedule as we keep it to a schedule as the formats see it.

use std::collections::BTreeMap;

use attache_domain::{
    authority::Viewer,
    event::Event,
    language::LanguageTag,
    resource::PersonName,
    schedule::{Appearance, Edition, Item, ScheduleName},
    session::Kind,
};
use chrono::{DateTime, Utc};

use crate::{
    app::App,
    exchange::{
        self,
        icalendar::{Calendar, Entry, OWN_DOMAIN},
        schedule::{Schedule, Session, Speaker},
        schedule_json, schedule_xml,
    },
    store::StoreError,
};

/// How a schedule is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `schedule.xml`.
    Xml,
    /// `schedule.json`.
    Json,
    /// iCalendar.
    Icalendar,
}

/// A schedule with all that a file says of it.
pub(super) struct Exported {
    event: Event,
    version: String,
    url: String,
    stamp: DateTime<Utc>,
    programme: Vec<Item>,
    called: BTreeMap<PersonName, String>,
}

/// Reads an edition of the schedule of the event a viewer may see.
pub(super) async fn schedule(app: &App, viewer: &Viewer, name: &ScheduleName) -> Result<Option<Exported>, StoreError> {
    let release = app.store.release(viewer.event(), name.edition).await?;
    let (event, version, stamp, programme) = match (name.edition, release) {
        (Edition::Draft, _) => {
            let Some(draft) = app.store.draft(viewer).await? else { return Ok(None) };
            let last = app.store.release(viewer.event(), Edition::Latest).await?;
            let (stamp, programme) = (draft.update_time(), draft.programme(last.as_ref()));
            (draft.event, "draft".to_owned(), stamp, programme)
        }
        (Edition::Latest | Edition::Version(_), Some(release)) => {
            let Some(event) = app.store.event(viewer).await? else { return Ok(None) };
            (event, release.version.to_string(), release.create_time, release.programme)
        }
        (Edition::Latest | Edition::Version(_), None) => return Ok(None),
    };
    let called = app.store.appearing(&programme).await?;
    let url = format!("{}/{}/schedule", app.public_url, event.name());
    Ok(Some(Exported { event, version, url, stamp, programme, called }))
}

impl Exported {
    /// Writes it in a format and a language, and gives the media type.
    pub(super) fn write(&self, format: Format, language: LanguageTag) -> (Vec<u8>, &'static str) {
        match format {
            Format::Xml => (schedule_xml::write(&self.schedule(language)), "application/xml"),
            Format::Json => (schedule_json::write(&self.schedule(language)), "application/json"),
            Format::Icalendar => (exchange::icalendar::write(&self.calendar(language)), "text/calendar; charset=utf-8"),
        }
    }

    fn schedule(&self, language: LanguageTag) -> Schedule {
        let Self { event, version, url, stamp, programme, called: _ } = self;
        Schedule {
            event: event.id.to_string(),
            title: event.plan.title.in_language(language).to_owned(),
            version: version.clone(),
            url: url.clone(),
            start: event.plan.start,
            end: event.plan.end,
            stamp: *stamp,
            sessions: programme.iter().map(|item| self.session(item, language)).collect(),
        }
    }

    fn session(&self, item: &Item, language: LanguageTag) -> Session {
        let Item { session, kind, title, description, slot, place, appearances, sequence } = item;
        // Whoever is known no more is left out.
        let speaker = |Appearance { person, role: _ }: &Appearance| {
            Some(Speaker { id: person.person.0, name: self.called.get(person)?.clone() })
        };
        Session {
            id: session.0,
            sequence: *sequence,
            kind: word(kind),
            title: title.in_language(language).to_owned(),
            description: description.as_ref().map(|text| text.in_language(language).to_owned()),
            start: slot.start(),
            end: slot.end(),
            room: place.as_ref().map(|place| place.title.in_language(language).to_owned()),
            speakers: appearances.iter().filter_map(speaker).collect(),
        }
    }

    fn calendar(&self, language: LanguageTag) -> Calendar {
        let Schedule { event: _, title, version: _, url, start: _, end: _, stamp, sessions } = self.schedule(language);
        let entry = |session: Session| {
            let Session { id, sequence, kind: _, title, description, start, end, room, speakers } = session;
            let names: Vec<String> = speakers.into_iter().map(|speaker| speaker.name).collect();
            let said: Vec<String> =
                description.into_iter().chain((!names.is_empty()).then(|| names.join(", "))).collect();
            Entry {
                uid: format!("{id}{OWN_DOMAIN}"),
                sequence,
                stamp,
                start,
                end,
                summary: title,
                location: room,
                description: (!said.is_empty()).then(|| said.join("\n")),
                url: Some(format!("{url}#{id}")),
            }
        };
        Calendar { name: title, entries: sessions.into_iter().map(entry).collect() }
    }
}

const fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Opening => "opening",
        Kind::Talk => "talk",
        Kind::Panel => "panel",
        Kind::Signing(_) => "signing",
        Kind::Break => "break",
        Kind::Other => "other",
    }
}
