//! A letter as its row says it: what is known in a state lies in columns of its own.

use attache_domain::{
    letter::{Approval, ExpenseBearer, Imprint, Letter, Proof, Request, SealedCopy, Stage, State},
    letter_template::LetterTemplate,
    localized::Localized,
    resource::PersonName,
    visit_window::VisitWindow,
};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Json;
use serde::{Deserialize, Serialize};

use super::{Model, StoreError, TABLE, column, stage};
use crate::store::{
    requests::actor,
    times::{Text, from_json, history, to_json},
};

/// An approval inside a row's JSON.
#[derive(Serialize, Deserialize)]
struct ApprovalJson {
    by: Option<String>,
    time: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<String>,
}

impl From<&Approval> for ApprovalJson {
    fn from(Approval { by, time, document }: &Approval) -> Self {
        Self { by: by.name(), time: *time, document: document.map(|document| document.to_string()) }
    }
}

impl TryFrom<&Letter> for Model {
    type Error = StoreError;

    fn try_from(letter: &Letter) -> Result<Self, StoreError> {
        let Letter { event, id, requester, request, approvals, state, history } = letter;
        let Request { person, issuer, template, region_code, visit_window, purpose, relationship, expense_bearer } =
            request;
        let cities: Vec<Text> = visit_window.cities().iter().map(Text::from).collect();
        let text = |name: &'static str, text: &Option<Localized>| {
            text.as_ref().map(|text| to_json(TABLE, name, &Text::from(text))).transpose()
        };
        let (imprint, proof) = (letter.imprint(), letter.proof());
        let sealed = proof.and_then(|proof| proof.sealed_copy.as_ref());
        Ok(Self {
            event: event.to_string(),
            id: id.to_string(),
            organization: person.organization.to_string(),
            person: person.person.to_string(),
            issuer: issuer.to_string(),
            template: template.word().to_owned(),
            region_code: region_code.as_str().to_owned(),
            start_date: visit_window.start(),
            end_date: visit_window.end(),
            cities: to_json(TABLE, "cities", &cities)?,
            purpose: text("purpose", purpose)?,
            relationship: text("relationship", relationship)?,
            expense_bearer: expense_bearer.map(|bearer| bearer_word(bearer).to_owned()),
            state: state.stage().to_string(),
            number: imprint.map(|imprint| imprint.number.clone()),
            issue_date: imprint.map(|imprint| imprint.issue_date),
            code: imprint.map(|imprint| imprint.code.as_str().to_owned()),
            file: proof.map(|proof| proof.file.to_string()),
            digest: proof.map(|proof| proof.digest.clone()),
            initials: proof.map(|proof| proof.initials.clone()),
            reason: reason(state).map(str::to_owned),
            requester: requester.name(),
            approvals: to_json(TABLE, "approvals", &approvals.iter().map(ApprovalJson::from).collect::<Vec<_>>())?,
            sealed_file: sealed.map(|copy| copy.file.to_string()),
            sealed_digest: sealed.map(|copy| copy.digest.clone()),
            sealed_time: sealed.map(|copy| copy.attach_time),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for Letter {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            event: column(TABLE, "event", &row.event)?,
            id: column(TABLE, "id", &row.id)?,
            requester: actor(TABLE, "requester", row.requester.as_deref())?,
            request: request(&row)?,
            approvals: approvals(&row.approvals)?,
            state: state(&row)?,
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

fn request(row: &Model) -> Result<Request, StoreError> {
    let corrupt = |column: &'static str| StoreError::Corrupt { table: TABLE, column };
    let cities: Vec<Text> = from_json(TABLE, "cities", &row.cities)?;
    let cities = cities.iter().map(|city| city.localized(TABLE)).collect::<Result<_, _>>()?;
    let template = LetterTemplate::ALL.into_iter().find(|template| template.word() == row.template);
    Ok(Request {
        person: PersonName {
            organization: column(TABLE, "organization", &row.organization)?,
            person: column(TABLE, "person", &row.person)?,
        },
        issuer: column(TABLE, "issuer", &row.issuer)?,
        template: template.ok_or_else(|| corrupt("template"))?,
        region_code: column(TABLE, "region_code", &row.region_code)?,
        visit_window: VisitWindow::new(row.start_date, row.end_date, cities).map_err(|_| corrupt("end_date"))?,
        purpose: row.purpose.as_ref().map(|purpose| localized("purpose", purpose)).transpose()?,
        relationship: row.relationship.as_ref().map(|bond| localized("relationship", bond)).transpose()?,
        expense_bearer: row.expense_bearer.as_deref().map(bearer).transpose()?,
    })
}

fn approvals(json: &Json) -> Result<Vec<Approval>, StoreError> {
    let approvals: Vec<ApprovalJson> = from_json(TABLE, "approvals", json)?;
    let read = |ApprovalJson { by, time, document }: ApprovalJson| {
        let document = document.map(|document| column(TABLE, "approvals", &document)).transpose()?;
        Ok(Approval { by: actor(TABLE, "approvals", by.as_deref())?, time, document })
    };
    approvals.into_iter().map(read).collect()
}

fn state(row: &Model) -> Result<State, StoreError> {
    let reason = || row.reason.clone().unwrap_or_default();
    Ok(match stage(&row.state).ok_or(StoreError::Corrupt { table: TABLE, column: "state" })? {
        Stage::Requested => State::Requested,
        Stage::Approved => State::Approved,
        Stage::Issuing => State::Issuing(imprint(row)?),
        Stage::Issued => State::Issued(imprint(row)?, proof(row)?),
        Stage::Rejected => State::Rejected(reason()),
        Stage::Revoked => State::Revoked(imprint(row)?, proof(row)?, reason()),
    })
}

fn imprint(row: &Model) -> Result<Imprint, StoreError> {
    let Model { number: Some(number), issue_date: Some(issue_date), code: Some(code), .. } = row else {
        return Err(StoreError::Corrupt { table: TABLE, column: "number" });
    };
    Ok(Imprint { number: number.clone(), issue_date: *issue_date, code: column(TABLE, "code", code)? })
}

fn proof(row: &Model) -> Result<Proof, StoreError> {
    let Model { file: Some(file), digest: Some(digest), initials: Some(initials), .. } = row else {
        return Err(StoreError::Corrupt { table: TABLE, column: "file" });
    };
    Ok(Proof {
        file: column(TABLE, "file", file)?,
        digest: digest.clone(),
        initials: initials.clone(),
        sealed_copy: sealed_copy(row)?,
    })
}

fn sealed_copy(row: &Model) -> Result<Option<SealedCopy>, StoreError> {
    match (&row.sealed_file, &row.sealed_digest, row.sealed_time) {
        (Some(file), Some(digest), Some(attach_time)) => {
            Ok(Some(SealedCopy { file: column(TABLE, "sealed_file", file)?, digest: digest.clone(), attach_time }))
        }
        (None, None, None) => Ok(None),
        (Some(_) | None, Some(_) | None, Some(_) | None) => {
            Err(StoreError::Corrupt { table: TABLE, column: "sealed_file" })
        }
    }
}

fn reason(state: &State) -> Option<&str> {
    match state {
        State::Rejected(reason) | State::Revoked(_, _, reason) => Some(reason),
        State::Requested | State::Approved | State::Issuing(_) | State::Issued(..) => None,
    }
}

fn localized(name: &'static str, json: &Json) -> Result<Localized, StoreError> {
    from_json::<Text>(TABLE, name, json)?.localized(TABLE)
}

const fn bearer_word(bearer: ExpenseBearer) -> &'static str {
    match bearer {
        ExpenseBearer::Sender => "SENDER",
        ExpenseBearer::Inviter => "INVITER",
    }
}

fn bearer(word: &str) -> Result<ExpenseBearer, StoreError> {
    match word {
        "SENDER" => Ok(ExpenseBearer::Sender),
        "INVITER" => Ok(ExpenseBearer::Inviter),
        _ => Err(StoreError::Corrupt { table: TABLE, column: "expense_bearer" }),
    }
}
