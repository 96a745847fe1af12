//! From what a file says to what a schedule can take in: identifiers of ours, and texts in a language.

use attache_domain::{
    job::Failure,
    language::LanguageTag,
    localized::{Flaw, Localized},
    resource::{EventId, PersonId, RoomId, SessionId, SpeakerId},
    schedule::import::{Guest, Incoming, Known},
    session,
};
use uuid::Uuid;

use crate::exchange::{
    reading::{Item, Kind, Session, Speaker},
    schedule::guid,
};

/// An item of a file, or why it cannot come in.
pub(super) type Piece = Result<Incoming, Failure>;

/// How many characters of a room's name go into its id.
const LONGEST_SLUG: usize = 40;

/// Makes a piece of an item.
pub(super) fn piece(item: Item, event: &EventId, language: LanguageTag) -> Piece {
    let Item { place, session } = item;
    let fail = |flaws: &[String]| Failure {
        resource: place,
        reason: "ERROR_REASON_INVALID_FIELDS".to_owned(),
        description: flaws.join("; "),
    };
    match session {
        Err(flaws) => Err(fail(&flaws)),
        Ok(session) => incoming(session, event, language).map_err(|flaw| fail(&[flaw.to_string()])),
    }
}

fn incoming(session: Session, event: &EventId, language: LanguageTag) -> Result<Incoming, Flaw> {
    let Session { identity, kind, title, description, slot, room, speakers } = session;
    let said = |text: &str| match language {
        LanguageTag::English => Localized::new(text, ""),
        LanguageTag::Chinese => Localized::new("", text),
    };
    let derived = derive(event, &["session", &identity.key]);
    let guest = |Speaker { identity, name }: Speaker| Guest {
        // A person is the controller's, whichever of its events they come to; the controller is part of their name.
        person: Known { given: identity.guid.map(PersonId), derived: PersonId(guid("person", &identity.key)) },
        name,
        part: SpeakerId(guid(&derived.to_string(), &identity.key)),
    };
    let room = room.map(|name| Ok((room_id(event, &name), said(&name)?))).transpose()?;
    Ok(Incoming {
        session: Known { given: identity.guid.map(SessionId), derived: SessionId(derived) },
        kind: kind.map(self::kind),
        title: said(&title)?,
        description: description.filter(|text| !text.is_empty()).map(|text| said(&text)).transpose()?,
        slot,
        room,
        speakers: speakers.map(|speakers| speakers.into_iter().map(guest).collect()),
    })
}

/// What is signed a file does not say: a signing is one that was made here, or something else.
const fn kind(kind: Kind) -> session::Kind {
    match kind {
        Kind::Opening => session::Kind::Opening,
        Kind::Talk => session::Kind::Talk,
        Kind::Panel => session::Kind::Panel,
        Kind::Break => session::Kind::Break,
        Kind::Signing | Kind::Other => session::Kind::Other,
    }
}

/// Makes an identifier that is the same whenever the same comes again, and another in another event.
fn derive(event: &EventId, parts: &[&str]) -> Uuid {
    guid(&event.to_string(), &parts.join("\n"))
}

/// Makes an id that people can read of a room's name, with so much of its identifier that no other has it.
fn room_id(event: &EventId, name: &str) -> RoomId {
    let unique = derive(event, &["room", name]);
    let mut slug = String::new();
    for c in name.chars().take(LONGEST_SLUG) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let mark: String = unique.simple().to_string().chars().take(8).collect();
    let slug = if slug.starts_with(|c: char| c.is_ascii_lowercase()) { slug } else { format!("room-{slug}") };
    let id = format!("{}-{mark}", slug.trim_end_matches('-'));
    id.parse().unwrap_or_else(|_| RoomId::random(unique))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_has_an_id_that_is_read_and_its_own() {
        let event: EventId = "fosdem-2021".parse().unwrap();
        let slug = |name: &str| {
            let id = room_id(&event, name).to_string();
            id.rsplit_once('-').map(|(slug, _)| slug.to_owned()).unwrap()
        };

        assert_eq!(
            ["K.fosdem", "Saal 1", "1. Stock", "主会场"].map(slug),
            ["k-fosdem", "saal-1", "room-1-stock", "room"]
        );
        assert_ne!(room_id(&event, "Saal 1"), room_id(&event, "Saal-1"));
        assert_eq!(room_id(&event, "Saal 1"), room_id(&event, "Saal 1"));
    }
}
