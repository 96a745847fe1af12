//! The wire of check-ins.

use std::sync::Arc;

use attache_domain::{
    check_in::{CheckIn, Mode, Seen, State},
    language::LanguageTag,
    registration::{Registration, State as Registered},
    resource::{CheckInId, CheckInListId, CheckInListName, CheckInName, EventId, EventName, RegistrationName},
};
use attache_proto::v1::{self as pb, check_in_service_server::CheckInService};
use prost_types::Timestamp;
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    language::language,
    registrations::Registrations,
    reply,
    shapes::{decode_list, decode_name, decode_plain_verb, decode_verb},
    status::{encode_refusal, not_found},
    values::{encode_count, encode_instant, instant},
};
use crate::{
    app::{
        self, App, AppError,
        check_ins::{Scan, Shown, ShownCode},
    },
    ids,
    store::Admission,
};

mod meeting_lists;

/// How many scans are brought in one call at most.
const MOST_SCANS: usize = 500;
/// How many characters a gate's name has at most.
const LONGEST_GATE: usize = 60;

/// Answers `CheckInService`.
pub struct CheckIns {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl CheckInService for CheckIns {
    async fn check_in(&self, request: Request<pb::CheckInRequest>) -> Answer<pb::CheckInResponse> {
        let authority = authority(&request)?;
        let ((event, scan), once) = decode_write(request, decode_check_in)?;
        let organizer = authority.organizer(&event.event)?;
        let Admission { check_in, already } = app::check_ins::check_in(&self.app, &organizer, &scan, once).await?;
        let registrations = Registrations { app: Arc::clone(&self.app) };
        let registration = registrations.whole(&organizer.viewer(), check_in.registration).await?;
        Ok(reply(pb::CheckInResponse { check_in: Some(encode(&check_in)), already, registration }))
    }

    async fn sync_check_ins(&self, request: Request<pb::SyncCheckInsRequest>) -> Answer<pb::SyncCheckInsResponse> {
        let authority = authority(&request)?;
        let language = language(&request.metadata().clone().into_headers());
        let (event, scans) = decode(request.into_inner(), decode_sync)?;
        let taken = app::check_ins::sync(&self.app, &authority.organizer(&event.event)?, &scans).await?;
        let results = taken.into_iter().map(|(id, outcome)| encode_result(id, outcome, language));
        Ok(reply(pb::SyncCheckInsResponse { results: results.collect() }))
    }

    async fn undo_check_in(&self, request: Request<pb::UndoCheckInRequest>) -> Answer<pb::CheckIn> {
        let authority = authority(&request)?;
        let (name, once) = decode_plain_verb::<_, CheckInName>(request)?;
        let check_in = app::check_ins::undo(&self.app, &authority.organizer(&name.event)?, &name, once).await?;
        Ok(reply(encode(&check_in)))
    }

    async fn list_check_ins(&self, request: Request<pb::ListCheckInsRequest>) -> Answer<pb::ListCheckInsResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.check_ins(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListCheckInsResponse {
            check_ins: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn get_verifying_keys(&self, request: Request<pb::GetVerifyingKeysRequest>) -> Answer<pb::VerifyingKeys> {
        let authority = authority(&request)?;
        let name: EventName = decode_name(request)?;
        let organizer = authority.organizer(&name.event)?;
        self.app.store.event(&organizer.viewer()).await?.ok_or_else(|| not_found(&name))?;
        let key = self.app.store.badge_verifying_key(&organizer)?;
        Ok(reply(pb::VerifyingKeys { keys: vec![pb::VerifyingKey { ed25519: key.to_vec() }] }))
    }

    async fn revoke_badges(&self, request: Request<pb::RevokeBadgesRequest>) -> Answer<pb::Registration> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, RegistrationName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        let registration = app::check_ins::revoke_badges(&self.app, &organizer, &edit, once).await?;
        let registrations = Registrations { app: Arc::clone(&self.app) };
        let whole = registrations.whole(&organizer.viewer(), registration.id).await?;
        Ok(reply(whole.ok_or_else(|| not_found(&edit.name))?))
    }

    async fn list_revoked_badges(
        &self,
        request: Request<pb::ListRevokedBadgesRequest>,
    ) -> Answer<pb::ListRevokedBadgesResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let organizer = authority.organizer(&event.event)?;
        let page = self.app.store.registrations_with_revoked_badges(&organizer.viewer(), &list).await?;
        Ok(reply(pb::ListRevokedBadgesResponse {
            revoked_badges: page.items.iter().map(encode_revoked).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn import_attendance(
        &self,
        request: Request<pb::ImportAttendanceRequest>,
    ) -> Answer<pb::ImportAttendanceResponse> {
        let authority = authority(&request)?;
        let ((event, list), once) = decode_write(request, meeting_lists::decode_attendance)?;
        let organizer = authority.organizer(&event.event)?;
        let (tally, told) = app::check_ins::take_in(&self.app, &organizer, &list, once).await?;
        Ok(reply(meeting_lists::encode_attendance(tally, &told)))
    }

    async fn import_joining_links(
        &self,
        request: Request<pb::ImportJoiningLinksRequest>,
    ) -> Answer<pb::ImportJoiningLinksResponse> {
        let authority = authority(&request)?;
        let ((event, list), once) = decode_write(request, meeting_lists::decode_links)?;
        let organizer = authority.organizer(&event.event)?;
        let (tally, told) = app::check_ins::take_in(&self.app, &organizer, &list, once).await?;
        Ok(reply(meeting_lists::encode_links(tally, &told)))
    }
}

/// What was seen, as it goes over the wire.
struct Sight<'a> {
    registration: &'a str,
    ticket_code: &'a str,
    time: Option<Timestamp>,
    gate: &'a str,
    list: &'a str,
}

fn decode_check_in(fields: &mut Fields, message: pb::CheckInRequest) -> Option<(EventName, Scan)> {
    let pb::CheckInRequest {
        parent,
        registration,
        ticket_code,
        check_in_time,
        gate,
        request_id: _,
        validate_only: _,
        list,
    } = message;
    let event = fields.parse::<EventName>("parent", &parent);
    let of = event.as_ref().map(|event| &event.event);
    let sight =
        Sight { registration: &registration, ticket_code: &ticket_code, time: check_in_time, gate: &gate, list: &list };
    let (shown, seen) = decode_sight(fields, of, sight)?;
    Some((event?, Scan { id: CheckInId(ids::ordered()), shown, seen }))
}

fn decode_sync(fields: &mut Fields, message: pb::SyncCheckInsRequest) -> Option<(EventName, Vec<Scan>)> {
    let pb::SyncCheckInsRequest { parent, scans } = message;
    let event = fields.parse::<EventName>("parent", &parent);
    let of = event.as_ref().map(|event| &event.event);
    if scans.is_empty() || scans.len() > MOST_SCANS {
        fields.refuse("scans", format_args!("needs 1 to {MOST_SCANS} scans"));
        return None;
    }
    let scans = fields.each("scans", scans, |fields, scan| {
        let pb::Scan { scan_id, registration, ticket_code, check_in_time, gate, list } = scan;
        let id = fields.parse("scan_id", &scan_id);
        let sight = Sight {
            registration: &registration,
            ticket_code: &ticket_code,
            time: check_in_time,
            gate: &gate,
            list: &list,
        };
        let (shown, seen) = decode_sight(fields, of, sight)?;
        Some(Scan { id: id?, shown, seen })
    });
    Some((event?, scans?))
}

fn decode_sight(fields: &mut Fields, event: Option<&EventId>, sight: Sight<'_>) -> Option<(Shown, Seen)> {
    let Sight { registration, ticket_code, time, gate, list } = sight;
    let shown = decode_shown(fields, registration, ticket_code);
    let time = instant(fields, "check_in_time", time);
    let gate = fields.line("gate", gate, LONGEST_GATE);
    let list = decode_list_name(fields, "list", event, list);
    Some((shown?, Seen { time: time?, gate: gate?, list: list?, mode: Mode::OnSite }))
}

/// Reads which list of an event is meant, if one is.
fn decode_list_name(
    fields: &mut Fields,
    field: &str,
    event: Option<&EventId>,
    name: &str,
) -> Option<Option<CheckInListId>> {
    let Some(name) = fields.parse_optional::<CheckInListName>(field, name)? else { return Some(None) };
    if event.is_some_and(|event| *event != name.event) {
        fields.refuse(field, "is of another event");
        return None;
    }
    Some(Some(name.check_in_list))
}

/// Reads what was shown.
fn decode_shown(fields: &mut Fields, registration: &str, ticket_code: &str) -> Option<Shown> {
    match (registration.is_empty(), ticket_code.is_empty()) {
        (false, true) => fields.parse("registration", registration).map(Shown::Registration),
        (true, false) => Some(Shown::Code(decode_code(ticket_code))),
        (true, true) | (false, false) => {
            fields.refuse("ticket_code", "is given, or registration is, and not both");
            None
        }
    }
}

/// Reads the code of a ticket or a badge. What a reader takes for a code, and is none, is for the gate to be told, as any code that is nobody's.
pub(super) fn decode_code(text: &str) -> ShownCode {
    let ticket = text.parse().map(ShownCode::Ticket);
    ticket.or_else(|_| text.parse().map(ShownCode::Badge)).unwrap_or(ShownCode::Unknown)
}

fn encode_result(id: CheckInId, outcome: Result<Admission, AppError>, language: LanguageTag) -> pb::ScanResult {
    use pb::scan_result::Outcome;
    let (already, outcome) = match outcome {
        Ok(Admission { check_in, already }) => (already, Outcome::CheckIn(encode(&check_in))),
        Err(error) => (false, Outcome::Refusal(encode_refusal(error, language))),
    };
    pb::ScanResult { scan_id: id.to_string(), already, outcome: Some(outcome) }
}

fn encode(check_in: &CheckIn) -> pb::CheckIn {
    let CheckIn { event, id: _, registration: _, state, time, gate, list, mode, history } = check_in;
    let list_name =
        |list: &CheckInListId| CheckInListName { event: event.clone(), check_in_list: list.clone() }.to_string();
    let state = match state {
        State::Standing => pb::CheckInState::Standing,
        State::Undone => pb::CheckInState::Undone,
    };
    let mode = match mode {
        Mode::OnSite => pb::CheckInMode::OnSite,
        Mode::Online => pb::CheckInMode::Online,
    };
    pb::CheckIn {
        name: check_in.name().to_string(),
        registration: check_in.registration_name().to_string(),
        state: state.into(),
        check_in_time: Some(encode_instant(*time)),
        gate: gate.clone().unwrap_or_default(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        list: list.as_ref().map(list_name).unwrap_or_default(),
        mode: mode.into(),
    }
}

fn encode_revoked(registration: &Registration) -> pb::RevokedBadge {
    pb::RevokedBadge {
        registration: registration.name().to_string(),
        all: registration.state != Registered::Confirmed,
        before_issue: registration.badge_issue.0.into(),
        update_time: Some(encode_instant(registration.history.update_time)),
    }
}
