//! The wire of check-ins.

use std::sync::Arc;

use attache_domain::{
    check_in::{CheckIn, State},
    language::LanguageTag,
    resource::{CheckInId, CheckInName, EventName},
};
use attache_proto::v1::{self as pb, check_in_service_server::CheckInService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    language::language,
    registrations::Registrations,
    reply,
    shapes::{decode_list, decode_plain_verb},
    status::encode_refusal,
    values::{encode_count, encode_instant, instant},
};
use crate::{
    app::{
        self, App, AppError,
        check_ins::{Scan, Shown},
    },
    ids,
    store::Admission,
};

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
}

fn decode_check_in(fields: &mut Fields, message: pb::CheckInRequest) -> Option<(EventName, Scan)> {
    let pb::CheckInRequest { parent, registration, ticket_code, check_in_time, gate, request_id: _, validate_only: _ } =
        message;
    let event = fields.parse("parent", &parent);
    let shown = decode_shown(fields, &registration, &ticket_code);
    let time = instant(fields, "check_in_time", check_in_time);
    let gate = fields.line("gate", &gate, LONGEST_GATE);
    Some((event?, Scan { id: CheckInId(ids::ordered()), shown: shown?, time: time?, gate: gate? }))
}

fn decode_sync(fields: &mut Fields, message: pb::SyncCheckInsRequest) -> Option<(EventName, Vec<Scan>)> {
    let pb::SyncCheckInsRequest { parent, scans } = message;
    let event = fields.parse("parent", &parent);
    if scans.is_empty() || scans.len() > MOST_SCANS {
        fields.refuse("scans", format_args!("needs 1 to {MOST_SCANS} scans"));
        return None;
    }
    let scans = fields.each("scans", scans, |fields, scan| {
        let pb::Scan { scan_id, registration, ticket_code, check_in_time, gate } = scan;
        let id = fields.parse("scan_id", &scan_id);
        let shown = decode_shown(fields, &registration, &ticket_code);
        let time = instant(fields, "check_in_time", check_in_time);
        let gate = fields.line("gate", &gate, LONGEST_GATE);
        Some(Scan { id: id?, shown: shown?, time: time?, gate: gate? })
    });
    Some((event?, scans?))
}

/// Reads what was shown. What a reader takes for a code, and is none, is for the gate to be told, as any code that is nobody's.
fn decode_shown(fields: &mut Fields, registration: &str, ticket_code: &str) -> Option<Shown> {
    match (registration.is_empty(), ticket_code.is_empty()) {
        (false, true) => fields.parse("registration", registration).map(Shown::Registration),
        (true, false) => Some(Shown::Ticket(ticket_code.parse().ok())),
        (true, true) | (false, false) => {
            fields.refuse("ticket_code", "is given, or registration is, and not both");
            None
        }
    }
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
    let CheckIn { event: _, id: _, registration: _, state, time, gate, history } = check_in;
    let state = match state {
        State::Standing => pb::CheckInState::Standing,
        State::Undone => pb::CheckInState::Undone,
    };
    pb::CheckIn {
        name: check_in.name().to_string(),
        registration: check_in.registration_name().to_string(),
        state: state.into(),
        check_in_time: Some(encode_instant(*time)),
        gate: gate.clone().unwrap_or_default(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
    }
}
