//! The wire of sessions.

use std::{fmt::Display, str::FromStr, sync::Arc};

use attache_domain::{
    resource::{EventName, OrganizationId, OrganizationName, RoomName, SessionId, SessionName},
    session::{Flaw, Kind, Part, Plan, Session, Signing, Slot},
};
use attache_proto::v1::{self as pb, session_service_server::SessionService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    masks::{Mask, overlay},
    reply,
    shapes::{decode_list, decode_name, decode_verb},
    status::not_found,
    values::{
        choice, encode_count, encode_instant, encode_localized, encode_zoned, etag, localized, optional_day, zoned,
    },
};
use crate::app::{self, App, Edit};

/// Answers `SessionService`.
pub struct Sessions {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl SessionService for Sessions {
    async fn create_session(&self, request: Request<pb::CreateSessionRequest>) -> Answer<pb::Session> {
        let authority = authority(&request)?;
        let ((event, plan), once) = decode_write(request, |fields, message| {
            let pb::CreateSessionRequest { parent, session, request_id: _, validate_only: _ } = message;
            let event = fields.parse::<EventName>("parent", &parent)?;
            let plan = fields.nested("session", session, |fields, session| decode_plan(fields, &event, session));
            Some((event, plan?))
        })?;
        let organizer = authority.organizer(&event.event)?;
        let session = app::sessions::create(&self.app, &organizer, &plan, once).await?;
        Ok(reply(encode(&session)))
    }

    async fn get_session(&self, request: Request<pb::GetSessionRequest>) -> Answer<pb::Session> {
        let authority = authority(&request)?;
        let name: SessionName = decode_name(request)?;
        let session = self.app.store.session(&authority.viewer(&name.event)?, name.session).await?;
        Ok(reply(encode(&session.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_sessions(&self, request: Request<pb::ListSessionsRequest>) -> Answer<pb::ListSessionsResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.sessions(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListSessionsResponse {
            sessions: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_session(&self, request: Request<pb::UpdateSessionRequest>) -> Answer<pb::Session> {
        let authority = authority(&request)?;
        let update = request.get_ref().session.clone().unwrap_or_default();
        let name = decode(update, |fields, session| fields.parse::<SessionName>("session.name", &session.name))?;
        let organizer = authority.organizer(&name.event)?;
        let present = self.app.store.session(&authority.viewer(&name.event)?, name.session).await?;
        let present = present.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let session = app::sessions::update(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&session)))
    }

    async fn delete_session(&self, request: Request<pb::DeleteSessionRequest>) -> Answer<pb::DeleteSessionResponse> {
        let authority = authority(&request)?;
        let (Edit { name, content, expected }, once) = decode_verb::<_, SessionName>(request)?;
        let organizer = authority.organizer(&name.event)?;
        let edit = Edit { name: name.session, content, expected };
        app::sessions::delete(&self.app, &organizer, &edit, once).await?;
        Ok(reply(pb::DeleteSessionResponse {}))
    }
}

fn decode_update(
    fields: &mut Fields,
    present: &Session,
    request: pb::UpdateSessionRequest,
) -> Option<Edit<SessionId, Plan>> {
    let pb::UpdateSessionRequest { session, update_mask, request_id: _, validate_only: _ } = request;
    let update = session.unwrap_or_default();
    let mask =
        Mask::read(fields, update_mask, &["kind", "title", "description", "room", "start_time", "end_time", "signing"]);
    let expected = etag(fields, &update.etag);
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; kind, title, description, room, start_time, end_time, signing);
    let event = EventName { event: present.event.clone() };
    let plan = fields.nested("session", Some(laid), |fields, session| decode_plan(fields, &event, session));
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.id, content: plan?, expected: Some(expected) })
}

fn decode_plan(fields: &mut Fields, event: &EventName, session: pb::Session) -> Option<Plan> {
    let pb::Session {
        name: _,
        kind,
        title,
        description,
        room,
        start_time,
        end_time,
        signing,
        create_time: _,
        update_time: _,
        etag: _,
    } = session;
    let kind = decode_kind(fields, kind, signing);
    let title = fields.nested("title", title, localized);
    let description = fields.nested_optional("description", description, localized);
    let room = fields.parse_optional::<RoomName>("room", &room);
    if matches!(&room, Some(Some(room)) if room.event != event.event) {
        fields.refuse("room", "is of another event");
    }
    let slot = decode_slot(fields, start_time, end_time);
    Some(Plan { kind: kind?, title: title?, description: description?, room: room?.map(|room| room.room), slot: slot? })
}

fn decode_kind(fields: &mut Fields, kind: i32, signing: Option<pb::Signing>) -> Option<Kind> {
    // What is signed belongs to a signing and to nothing else.
    let kind =
        choice(fields, "kind", kind, |kind: pb::SessionKind| (kind != pb::SessionKind::Unspecified).then_some(kind))?;
    if kind == pb::SessionKind::Signing {
        return fields.nested("signing", signing, decode_signing).map(Box::new).map(Kind::Signing);
    }
    if signing.is_some() {
        fields.refuse("signing", "is only for a session of kind SIGNING");
    }
    match kind {
        pb::SessionKind::Opening => Some(Kind::Opening),
        pb::SessionKind::Talk => Some(Kind::Talk),
        pb::SessionKind::Panel => Some(Kind::Panel),
        pb::SessionKind::Break => Some(Kind::Break),
        pb::SessionKind::Other => Some(Kind::Other),
        pb::SessionKind::Unspecified | pb::SessionKind::Signing => None,
    }
}

fn decode_signing(fields: &mut Fields, signing: pb::Signing) -> Option<Signing> {
    let pb::Signing {
        parties,
        signatories,
        witnesses,
        language_codes,
        document_title,
        document_file,
        document_date,
        signing_parts,
    } = signing;
    if parties.is_empty() {
        fields.refuse("parties", "is required");
    }
    let parties = names::<OrganizationName>(fields, "parties", &parties);
    let signatories = names(fields, "signatories", &signatories);
    let witnesses = names(fields, "witnesses", &witnesses);
    let languages = names(fields, "language_codes", &language_codes);
    let document_title = fields.nested("document_title", document_title, localized);
    let document_file = fields.parse_optional("document_file", &document_file);
    let document_date = optional_day(fields, "document_date", &document_date);
    let parts = fields.each("signing_parts", signing_parts, decode_part);
    let signing = Signing {
        parties: parties?.into_iter().map(|party| party.organization).collect(),
        signatories: signatories?,
        witnesses: witnesses?,
        languages: languages?,
        document_title: document_title?,
        document_file: document_file?,
        document_date: document_date?,
        parts: parts?,
    };
    for (index, flaw) in signing.flaws() {
        let field = match flaw {
            Flaw::NoSignatory | Flaw::Twice => "person",
            Flaw::NoParty => "party",
        };
        fields.refuse(&format!("signing_parts[{index}].{field}"), flaw);
    }
    Some(signing)
}

fn decode_part(fields: &mut Fields, part: pb::SigningPart) -> Option<Part> {
    let pb::SigningPart { person, party } = part;
    let (person, party) = (fields.parse("person", &person), fields.parse::<OrganizationName>("party", &party));
    Some(Part { person: person?, party: party?.organization })
}

/// Reads every text of a list; a violation names its place.
fn names<T: FromStr<Err: Display>>(fields: &mut Fields, field: &str, texts: &[String]) -> Option<Vec<T>> {
    let read: Vec<Option<T>> =
        texts.iter().enumerate().map(|(index, text)| fields.parse(&format!("{field}[{index}]"), text)).collect();
    read.into_iter().collect()
}

fn decode_slot(
    fields: &mut Fields,
    start_time: Option<pb::ZonedTime>,
    end_time: Option<pb::ZonedTime>,
) -> Option<Option<Slot>> {
    let missing = match (&start_time, &end_time) {
        (None, None) => return Some(None),
        (Some(_), Some(_)) => None,
        (None, Some(_)) => Some("start_time"),
        (Some(_), None) => Some("end_time"),
    };
    if let Some(field) = missing {
        fields.refuse(field, "is required beside the other time");
    }
    let start = fields.nested_optional("start_time", start_time, zoned)?;
    let end = fields.nested_optional("end_time", end_time, zoned)?;
    Slot::new(start?, end?).map_err(|_| fields.refuse("end_time", "is not after start_time")).ok().map(Some)
}

fn encode(session: &Session) -> pb::Session {
    let Session { event, id: _, plan, history } = session;
    let Plan { kind, title, description, room, slot } = plan;
    let room = room.clone().map(|room| RoomName { event: event.clone(), room }.to_string());
    pb::Session {
        name: session.name().to_string(),
        kind: encode_kind(kind).into(),
        title: Some(encode_localized(title)),
        description: description.as_ref().map(encode_localized),
        room: room.unwrap_or_default(),
        start_time: slot.map(|slot| encode_zoned(&slot.start())),
        end_time: slot.map(|slot| encode_zoned(&slot.end())),
        signing: plan.signing().map(encode_signing),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
    }
}

/// Writes what kind of item a session is.
pub(super) const fn encode_kind(kind: &Kind) -> pb::SessionKind {
    match kind {
        Kind::Opening => pb::SessionKind::Opening,
        Kind::Talk => pb::SessionKind::Talk,
        Kind::Panel => pb::SessionKind::Panel,
        Kind::Signing(_) => pb::SessionKind::Signing,
        Kind::Break => pb::SessionKind::Break,
        Kind::Other => pb::SessionKind::Other,
    }
}

fn encode_signing(signing: &Signing) -> pb::Signing {
    let Signing { parties, signatories, witnesses, languages, document_title, document_file, document_date, parts } =
        signing;
    let party = |party: &OrganizationId| OrganizationName { organization: party.clone() }.to_string();
    pb::Signing {
        parties: parties.iter().map(party).collect(),
        signatories: signatories.iter().map(ToString::to_string).collect(),
        witnesses: witnesses.iter().map(ToString::to_string).collect(),
        language_codes: languages.iter().map(ToString::to_string).collect(),
        document_title: Some(encode_localized(document_title)),
        document_file: document_file.as_ref().map(ToString::to_string).unwrap_or_default(),
        document_date: document_date.map(|day| day.to_string()).unwrap_or_default(),
        signing_parts: parts
            .iter()
            .map(|part| pb::SigningPart { person: part.person.to_string(), party: party(&part.party) })
            .collect(),
    }
}
