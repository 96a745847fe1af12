//! The wire of identity documents. No text that leaves here repeats what a passport says, but the answer to a reading.

use std::sync::Arc;

use attache_domain::{
    identity_document::{
        self, CardKind, CardNumber, Contents, IdentityCard, IdentityDocument, Kind, Passport, Photo, State, Warning,
    },
    name::NameText,
    passport::{Sex, StateCode},
    resource::{IdentityDocumentName, PersonName},
};
use attache_proto::v1::{self as pb, identity_document_service_server::IdentityDocumentService};
use chrono::NaiveDate;
use tonic::Request;

use super::{
    Answer,
    authority::{anybody, authority},
    fields::{Fields, decode, decode_write},
    persons::decode_passport_name,
    reply,
    shapes::{decode_list, decode_plain_verb},
    values::{choice, day, encode_count, encode_instant},
};
use crate::app::{
    self, App,
    identity_documents::{Deposit, Sent},
};

/// The longest machine-readable zone that is looked at: two lines, and what may stand between and around them.
const LONGEST_ZONE: usize = 100;

/// Answers `IdentityDocumentService`.
pub struct IdentityDocuments {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl IdentityDocumentService for IdentityDocuments {
    async fn put_identity_document(
        &self,
        request: Request<pb::PutIdentityDocumentRequest>,
    ) -> Answer<pb::IdentityDocument> {
        let anybody = anybody(&request)?;
        let ((person, deposit), once) = decode_write(request, decode_deposit)?;
        let depositor = anybody.depositor(&person)?;
        let document = app::identity_documents::put(&self.app, &depositor, deposit, once).await?;
        Ok(reply(encode(&document)))
    }

    async fn read_identity_document(
        &self,
        request: Request<pb::ReadIdentityDocumentRequest>,
    ) -> Answer<pb::ReadIdentityDocumentResponse> {
        let authority = authority(&request)?;
        let (name, purpose) = decode(request.into_inner(), |fields, message| {
            let pb::ReadIdentityDocumentRequest { name, purpose } = message;
            let name = fields.parse::<IdentityDocumentName>("name", &name);
            let purpose = decode_purpose(fields, &purpose);
            Some((name?, purpose?))
        })?;
        let keeper = authority.keeper(&name.organization)?;
        let opened = app::identity_documents::read(&self.app, &keeper, &name, &purpose).await?;
        Ok(reply(encode_contents(opened.contents)))
    }

    async fn check_identity_document(
        &self,
        request: Request<pb::CheckIdentityDocumentRequest>,
    ) -> Answer<pb::CheckIdentityDocumentResponse> {
        anybody(&request)?;
        let (zone, departure) = decode(request.into_inner(), |fields, message| {
            let pb::CheckIdentityDocumentRequest { machine_readable_zone, departure_date } = message;
            let zone = decode_zone(fields, &machine_readable_zone);
            let departure = optional_day(fields, "departure_date", &departure_date);
            Some((required(fields, "machine_readable_zone", zone?)?, departure?))
        })?;
        let warnings = identity_document::examine(&zone, departure, self.app.clock.now().date_naive());
        let findings = warnings.into_iter().map(encode_warning).collect();
        Ok(reply(pb::CheckIdentityDocumentResponse { findings }))
    }

    async fn list_identity_documents(
        &self,
        request: Request<pb::ListIdentityDocumentsRequest>,
    ) -> Answer<pb::ListIdentityDocumentsResponse> {
        let anybody = anybody(&request)?;
        let (parent, list) = decode_list::<_, PersonName>(request)?;
        let depositor = anybody.depositor(&parent)?;
        let page = self.app.store.identity_documents((&depositor, self.app.clock.now()), &list).await?;
        Ok(reply(pb::ListIdentityDocumentsResponse {
            identity_documents: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn destroy_identity_document(
        &self,
        request: Request<pb::DestroyIdentityDocumentRequest>,
    ) -> Answer<pb::IdentityDocument> {
        let anybody = anybody(&request)?;
        let (name, once) = decode_plain_verb::<_, IdentityDocumentName>(request)?;
        let IdentityDocumentName { organization, person, identity_document } = name;
        let depositor = anybody.depositor(&PersonName { organization, person })?;
        let document = app::identity_documents::destroy(&self.app, &depositor, identity_document, once).await?;
        Ok(reply(encode(&document)))
    }
}

fn decode_deposit(fields: &mut Fields, request: pb::PutIdentityDocumentRequest) -> Option<(PersonName, Deposit)> {
    let pb::PutIdentityDocumentRequest {
        parent,
        passport,
        destroy_date,
        request_id: _,
        validate_only: _,
        identity_card,
        photo,
    } = request;
    let person = fields.parse::<PersonName>("parent", &parent);
    let count = [passport.is_some(), identity_card.is_some(), photo.is_some()].into_iter().filter(|is| *is).count();
    if count != 1 {
        fields.refuse("passport", "or identity_card or photo is needed, one of them");
        return None;
    }
    let sent = if let Some(photo) = photo {
        fields.within("photo", |fields| decode_photo(fields, photo)).map(Sent::Picture)
    } else if let Some(card) = identity_card {
        fields.within("identity_card", |fields| decode_card(fields, card)).map(Contents::Card).map(Sent::Typed)
    } else {
        fields.nested("passport", passport, decode_passport).map(Contents::Passport).map(Sent::Typed)
    };
    let destroy_date = optional_day(fields, "destroy_date", &destroy_date);
    Some((person?, Deposit { sent: sent?, destroy_date: destroy_date? }))
}

fn decode_photo(fields: &mut Fields, photo: pb::PhotoContents) -> Option<Vec<u8>> {
    let pb::PhotoContents { data } = photo;
    let data = Some(data).filter(|data| !data.is_empty());
    required(fields, "data", data)
}

fn decode_card(fields: &mut Fields, card: pb::IdentityCardContents) -> Option<IdentityCard> {
    let pb::IdentityCardContents { kind, number, full_name, birth_date, sex, issue_date, expire_date } = card;
    let kind = choice(fields, "kind", kind, |kind: pb::IdentityDocumentKind| {
        CardKind::ALL.into_iter().find(|known| encode_kind(known.kind()) == kind)
    });
    let number = kind.and_then(|kind| match CardNumber::parse(kind, &number) {
        Ok(number) => Some(number),
        Err(flaw) => {
            fields.refuse("number", flaw);
            None
        }
    });
    let full_name = fields.parse::<NameText>("full_name", &full_name);
    let birth_date = day(fields, "birth_date", &birth_date);
    let sex = decode_sex(fields, &sex);
    let issue_date = optional_day(fields, "issue_date", &issue_date);
    let expire_date = optional_day(fields, "expire_date", &expire_date);
    Some(IdentityCard {
        number: number?,
        full_name: full_name?,
        birth_date: birth_date?,
        sex: sex?,
        issue_date: issue_date?,
        expire_date: expire_date?,
    })
}

fn decode_passport(fields: &mut Fields, passport: pb::PassportContents) -> Option<Passport> {
    let pb::PassportContents {
        number,
        issuing_state_code,
        nationality_code,
        family_name,
        given_name,
        birth_date,
        sex,
        issue_date,
        expire_date,
        machine_readable_zone,
    } = passport;
    if !identity_document::is_number(&number) {
        fields.refuse("number", "is 1 to 9 of A-Z and 0-9");
    }
    let issuing_state = decode_state(fields, "issuing_state_code", &issuing_state_code);
    let nationality = decode_state(fields, "nationality_code", &nationality_code);
    let name = decode_passport_name(fields, pb::PassportName { family_name, given_name });
    let birth_date = day(fields, "birth_date", &birth_date);
    let sex = decode_sex(fields, &sex);
    let issue_date = optional_day(fields, "issue_date", &issue_date);
    let expire_date = day(fields, "expire_date", &expire_date);
    let machine_readable_zone = decode_zone(fields, &machine_readable_zone);
    Some(Passport {
        number,
        issuing_state: issuing_state?,
        nationality: nationality?,
        name: name?,
        birth_date: birth_date?,
        sex: sex?,
        issue_date: issue_date?,
        expire_date: expire_date?,
        machine_readable_zone: machine_readable_zone?,
    })
}

fn decode_state(fields: &mut Fields, field: &str, code: &str) -> Option<StateCode> {
    let state = StateCode::parse(code);
    if state.is_none() {
        fields.refuse(field, "is a code of ISO 3166-1 alpha-3 or of ICAO Doc 9303");
    }
    state
}

fn decode_sex(fields: &mut Fields, letter: &str) -> Option<Sex> {
    match letter {
        "F" => Some(Sex::Female),
        "M" => Some(Sex::Male),
        "X" | "" => Some(Sex::Unspecified),
        _ => {
            fields.refuse("sex", "is F, M or X");
            None
        }
    }
}

/// Reads the lines of a zone, less the blanks around each; what is wrong with them is the rules' to say.
fn decode_zone(fields: &mut Fields, zone: &str) -> Option<Option<String>> {
    if zone.chars().count() > LONGEST_ZONE {
        fields.refuse("machine_readable_zone", format_args!("is longer than {LONGEST_ZONE} characters"));
        return None;
    }
    let lines: Vec<&str> = zone.trim().lines().map(str::trim).collect();
    Some(Some(lines.join("\n")).filter(|zone| !zone.is_empty()))
}

fn required<T>(fields: &mut Fields, field: &str, value: Option<T>) -> Option<T> {
    if value.is_none() {
        fields.refuse(field, "is required");
    }
    value
}

fn optional_day(fields: &mut Fields, field: &str, text: &str) -> Option<Option<NaiveDate>> {
    if text.is_empty() { Some(None) } else { day(fields, field, text).map(Some) }
}

pub(super) fn decode_purpose(fields: &mut Fields, purpose: &str) -> Option<String> {
    let purpose = fields.line("purpose", purpose, 200)?.filter(|purpose| purpose.chars().count() >= 3);
    if purpose.is_none() {
        fields.refuse("purpose", "is 3 to 200 characters");
    }
    purpose
}

fn encode(document: &IdentityDocument) -> pb::IdentityDocument {
    let IdentityDocument { person: _, id: _, kind, number_suffix, expire_date, state, destroy_date, create_time } =
        document;
    let state = match state {
        State::Kept => pb::IdentityDocumentState::Kept,
        State::Destroyed => pb::IdentityDocumentState::Destroyed,
    };
    pb::IdentityDocument {
        name: document.name().to_string(),
        kind: encode_kind(*kind).into(),
        number_suffix: number_suffix.clone(),
        expire_date: encode_day(*expire_date),
        state: state.into(),
        destroy_date: destroy_date.to_string(),
        create_time: Some(encode_instant(*create_time)),
    }
}

/// Reads what a document is; `None`, when there is no such kind.
pub(super) fn decode_kind(kind: i32) -> Option<Kind> {
    Kind::ALL.into_iter().find(|known| i32::from(encode_kind(*known)) == kind)
}

fn encode_kind(kind: Kind) -> pb::IdentityDocumentKind {
    match kind {
        Kind::Passport => pb::IdentityDocumentKind::Passport,
        Kind::PakistaniIdentityCard => pb::IdentityDocumentKind::PakistaniIdentityCard,
        Kind::ChineseIdentityCard => pb::IdentityDocumentKind::ChineseIdentityCard,
        Kind::HongKongMacauPermit => pb::IdentityDocumentKind::HongKongMacauPermit,
        Kind::TaiwanPermit => pb::IdentityDocumentKind::TaiwanPermit,
        Kind::Photo => pb::IdentityDocumentKind::Photo,
    }
}

fn encode_day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn encode_contents(contents: Contents) -> pb::ReadIdentityDocumentResponse {
    let (mut passport, mut identity_card, mut photo) = (None, None, None);
    match contents {
        Contents::Passport(contents) => passport = Some(encode_passport(contents)),
        Contents::Card(card) => identity_card = Some(encode_card(card)),
        Contents::Photo(Photo(data)) => photo = Some(pb::PhotoContents { data }),
    }
    pb::ReadIdentityDocumentResponse { passport, identity_card, photo }
}

fn encode_card(card: IdentityCard) -> pb::IdentityCardContents {
    let IdentityCard { number, full_name, birth_date, sex, issue_date, expire_date } = card;
    pb::IdentityCardContents {
        kind: encode_kind(number.kind().kind()).into(),
        number: number.as_str().to_owned(),
        full_name: full_name.as_str().to_owned(),
        birth_date: birth_date.to_string(),
        sex: sex.word().to_owned(),
        issue_date: encode_day(issue_date),
        expire_date: encode_day(expire_date),
    }
}

fn encode_passport(passport: Passport) -> pb::PassportContents {
    let Passport {
        number,
        issuing_state,
        nationality,
        name,
        birth_date,
        sex,
        issue_date,
        expire_date,
        machine_readable_zone,
    } = passport;
    let part = |part: Option<&NameText>| part.map(|part| part.as_str().to_owned()).unwrap_or_default();
    pb::PassportContents {
        number,
        issuing_state_code: issuing_state.as_str().to_owned(),
        nationality_code: nationality.as_str().to_owned(),
        family_name: part(name.surname()),
        given_name: part(name.given_names()),
        birth_date: birth_date.to_string(),
        sex: sex.word().to_owned(),
        issue_date: encode_day(issue_date),
        expire_date: expire_date.to_string(),
        machine_readable_zone: machine_readable_zone.unwrap_or_default(),
    }
}

fn encode_warning(warning: Warning) -> pb::IdentityDocumentFinding {
    pb::IdentityDocumentFinding { code: warning.code().to_owned(), description: warning.to_string() }
}
