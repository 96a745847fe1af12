//! The messages of decisions about several registrations.

use std::collections::BTreeSet;

use attache_domain::{
    language::LanguageTag,
    registration::Registration,
    resource::{EventName, RegistrationName},
};
use attache_proto::v1 as pb;

use crate::{
    app::{
        AppError,
        registrations::{Batch, Decision},
    },
    rpc::{fields::Fields, status::encode_refusal, values::choice},
};

/// How many registrations are decided about in one call at most.
const MOST_DECISIONS: usize = 500;

/// Reads which registrations are decided about, and how.
pub(super) fn decode(fields: &mut Fields, message: pb::BatchDecideRequest) -> Option<(EventName, Batch)> {
    let pb::BatchDecideRequest { parent, names, decision, request_id: _, validate_only: _ } = message;
    let event = fields.parse::<EventName>("parent", &parent);
    if names.is_empty() || names.len() > MOST_DECISIONS {
        fields.refuse("names", format_args!("needs 1 to {MOST_DECISIONS} registrations"));
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut registrations = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let field = format!("names[{index}]");
        let Some(name) = fields.parse::<RegistrationName>(&field, name) else { continue };
        if event.as_ref().is_some_and(|event| event.event != name.event) {
            fields.refuse(&field, "is of another event");
        } else if !seen.insert(name.registration) {
            fields.refuse(&field, "is named twice");
        }
        registrations.push(name.registration);
    }
    let decision = choice(fields, "decision", decision, |decision| match decision {
        pb::RegistrationDecision::Unspecified => None,
        pb::RegistrationDecision::Confirm => Some(Decision::Confirm),
        pb::RegistrationDecision::Reject => Some(Decision::Reject),
        pb::RegistrationDecision::Withdraw => Some(Decision::Withdraw),
    });
    Some((event?, Batch { registrations, decision: decision? }))
}

/// Writes what became of one registration, in the caller's language.
pub(super) fn encode(
    name: &RegistrationName,
    outcome: Result<Registration, AppError>,
    language: LanguageTag,
) -> pb::DecisionResult {
    use pb::decision_result::Outcome;
    let outcome = match outcome {
        Ok(registration) => Outcome::Registration(super::encode(&registration, None)),
        Err(error) => Outcome::Refusal(encode_refusal(error, language)),
    };
    pb::DecisionResult { name: name.to_string(), outcome: Some(outcome) }
}
