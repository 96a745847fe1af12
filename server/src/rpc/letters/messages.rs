//! Letters as the wire has them, read and written.

use std::collections::BTreeSet;

use attache_domain::{
    language::LanguageTag,
    letter::{Approval, ExpenseBearer, Letter, Request, SealedCopy, Stage, Standing, State, Verification},
    letter_template::LetterTemplate,
    localized::Localized,
    region::RegionCode,
    resource::{EventName, LetterId, LetterName, LetterTemplateName, OrganizationName, PersonName},
};
use attache_proto::v1 as pb;

use super::super::{
    fields::Fields,
    letter_templates,
    values::{encode_instant, encode_localized, encode_visit_window, etag, localized, visit_window},
};
use crate::app::{App, Edit, letters::Sealing};

/// How many letters one job issues at most.
const MOST_LETTERS: usize = 500;

pub(super) fn decode_request(fields: &mut Fields, message: pb::RequestLetterRequest) -> Option<(EventName, Request)> {
    let pb::RequestLetterRequest { parent, letter, request_id: _, validate_only: _ } = message;
    let event = fields.parse::<EventName>("parent", &parent);
    let wanted = fields.nested("letter", letter, decode_letter);
    Some((event?, wanted?))
}

fn decode_letter(fields: &mut Fields, letter: pb::Letter) -> Option<Request> {
    let pb::Letter {
        name: _,
        person,
        issuer,
        letter_template,
        region_code,
        visit_window: window,
        purpose,
        relationship,
        expense_bearer: bearer,
        state: _,
        number: _,
        issue_date: _,
        verify_uri: _,
        file: _,
        digest: _,
        reason: _,
        create_time: _,
        update_time: _,
        etag: _,
        requester: _,
        approvals: _,
        sealed_copy: _,
        embedded_person: _,
        embedded_issuer: _,
    } = letter;
    let person = fields.parse::<PersonName>("person", &person);
    let issuer = fields.parse::<OrganizationName>("issuer", &issuer);
    let template = template(fields, &letter_template);
    let region_code = fields.parse::<RegionCode>("region_code", &region_code);
    let visit_window = fields.nested("visit_window", window, visit_window);
    let purpose = fields.nested_optional("purpose", purpose, localized);
    let relationship = fields.nested_optional("relationship", relationship, localized);
    let expense_bearer = expense_bearer(fields, bearer);
    Some(Request {
        person: person?,
        issuer: issuer?.organization,
        template: template?,
        region_code: region_code?,
        visit_window: visit_window?,
        purpose: purpose?,
        relationship: relationship?,
        expense_bearer: expense_bearer?,
    })
}

fn template(fields: &mut Fields, name: &str) -> Option<LetterTemplate> {
    let name: LetterTemplateName = fields.parse("letter_template", name)?;
    let template = LetterTemplate::find(&name.letter_template);
    if template.is_none() {
        fields.refuse("letter_template", "is not one of the letter templates");
    }
    template
}

fn expense_bearer(fields: &mut Fields, number: i32) -> Option<Option<ExpenseBearer>> {
    match pb::ExpenseBearer::try_from(number) {
        Ok(pb::ExpenseBearer::Unspecified) => Some(None),
        Ok(pb::ExpenseBearer::Sender) => Some(Some(ExpenseBearer::Sender)),
        Ok(pb::ExpenseBearer::Inviter) => Some(Some(ExpenseBearer::Inviter)),
        Err(_) => {
            fields.refuse("expense_bearer", "is not one of the known values");
            None
        }
    }
}

pub(super) fn decode_issue(
    fields: &mut Fields,
    message: pb::IssueLettersRequest,
) -> Option<(EventName, Vec<LetterId>)> {
    let pb::IssueLettersRequest { parent, names, request_id: _, validate_only: _ } = message;
    let event = fields.parse::<EventName>("parent", &parent);
    if names.is_empty() || names.len() > MOST_LETTERS {
        fields.refuse("names", format_args!("needs 1 to {MOST_LETTERS} letters"));
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut letters = Some(Vec::new());
    for (index, name) in names.iter().enumerate() {
        let field = format!("names[{index}]");
        let name = fields.parse::<LetterName>(&field, name);
        if name.as_ref().zip(event.as_ref()).is_some_and(|(name, event)| name.event != event.event) {
            fields.refuse(&field, "is of another event");
        }
        if name.as_ref().is_some_and(|name| !seen.insert(name.letter)) {
            fields.refuse(&field, "is named twice");
        }
        letters = letters.zip(name).map(|(mut letters, name)| {
            letters.push(name.letter);
            letters
        });
    }
    Some((event?, letters?))
}

pub(super) fn decode_sealing(
    fields: &mut Fields,
    message: pb::AttachSealedCopyRequest,
) -> Option<Edit<LetterName, Sealing>> {
    let pb::AttachSealedCopyRequest { name, file, mail, etag: seen, request_id: _, validate_only: _ } = message;
    let (name, file) = (fields.parse("name", &name), fields.parse("file", &file));
    let expected = etag(fields, &seen);
    let content = Sealing { file: file?, is_mailed: mail };
    Some(Edit { name: name?, content, expected: expected? })
}

pub(super) fn encode(app: &App, letter: &Letter) -> pb::Letter {
    let Letter { event: _, id: _, requester, request, approvals, state, history } = letter;
    let Request { person, issuer, template, region_code, visit_window, purpose, relationship, expense_bearer } =
        request;
    let (imprint, proof) = (letter.imprint(), letter.proof());
    let text = |text: &Option<Localized>| text.as_ref().map(encode_localized);
    pb::Letter {
        name: letter.name().to_string(),
        person: person.to_string(),
        issuer: OrganizationName { organization: issuer.clone() }.to_string(),
        letter_template: letter_templates::name(*template),
        region_code: region_code.as_str().to_owned(),
        visit_window: Some(encode_visit_window(visit_window)),
        purpose: text(purpose),
        relationship: text(relationship),
        expense_bearer: encode_bearer(*expense_bearer).into(),
        state: encode_stage(state.stage()).into(),
        number: imprint.map(|imprint| imprint.number.clone()).unwrap_or_default(),
        issue_date: imprint.map(|imprint| imprint.issue_date.to_string()).unwrap_or_default(),
        // Until the letter is issued its page tells nothing, and so nobody is sent there.
        verify_uri: imprint.zip(proof).map(|(imprint, _)| app.verify_url(&imprint.code)).unwrap_or_default(),
        file: proof.map(|proof| proof.file.to_string()).unwrap_or_default(),
        digest: proof.map(|proof| proof.digest.clone()).unwrap_or_default(),
        reason: match state {
            State::Rejected(reason) | State::Revoked(_, _, reason) => reason.clone(),
            State::Requested | State::Approved | State::Issuing(_) | State::Issued(..) => String::new(),
        },
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
        requester: requester.name().unwrap_or_default(),
        approvals: approvals.iter().map(encode_approval).collect(),
        sealed_copy: proof.and_then(|proof| proof.sealed_copy.as_ref()).map(encode_sealed_copy),
        embedded_person: None,
        embedded_issuer: None,
    }
}

fn encode_sealed_copy(copy: &SealedCopy) -> pb::SealedCopy {
    let SealedCopy { file, digest, attach_time } = copy;
    pb::SealedCopy { file: file.to_string(), digest: digest.clone(), attach_time: Some(encode_instant(*attach_time)) }
}

fn encode_approval(approval: &Approval) -> pb::LetterApproval {
    let Approval { by, time, document: _ } = approval;
    pb::LetterApproval { member: by.name().unwrap_or_default(), approve_time: Some(encode_instant(*time)) }
}

pub(super) fn encode_verification(verification: &Verification) -> pb::VerifyLetterResponse {
    let Verification {
        number,
        standing,
        issue_date,
        issuer,
        event,
        initials,
        visit_window,
        digest,
        sealed_digest,
        specimen,
    } = verification;
    let state = match standing {
        Standing::Issued => pb::LetterState::Issued,
        Standing::Revoked => pb::LetterState::Revoked,
    };
    pb::VerifyLetterResponse {
        number: number.clone(),
        state: state.into(),
        issue_date: issue_date.to_string(),
        issuer_title: issuer.in_language(LanguageTag::English).to_owned(),
        event_title: event.in_language(LanguageTag::English).to_owned(),
        person_initials: initials.clone(),
        visit_window: Some(encode_visit_window(visit_window)),
        digest: digest.clone(),
        specimen: *specimen,
        sealed_copy_digest: sealed_digest.clone().unwrap_or_default(),
    }
}

const fn encode_bearer(bearer: Option<ExpenseBearer>) -> pb::ExpenseBearer {
    match bearer {
        None => pb::ExpenseBearer::Unspecified,
        Some(ExpenseBearer::Sender) => pb::ExpenseBearer::Sender,
        Some(ExpenseBearer::Inviter) => pb::ExpenseBearer::Inviter,
    }
}

/// Writes where a letter stands.
pub(in crate::rpc) const fn encode_stage(stage: Stage) -> pb::LetterState {
    match stage {
        Stage::Requested => pb::LetterState::Requested,
        Stage::Approved => pb::LetterState::Approved,
        Stage::Issuing => pb::LetterState::Issuing,
        Stage::Issued => pb::LetterState::Issued,
        Stage::Rejected => pb::LetterState::Rejected,
        Stage::Revoked => pb::LetterState::Revoked,
    }
}
