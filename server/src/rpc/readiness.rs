//! The wire of readiness: what is missing before people can come, and whether they can be somewhere.

use std::{collections::BTreeSet, sync::Arc};

use attache_domain::{
    authority::Overseer,
    engagement::Engagement,
    interval::Interval,
    itinerary::CityKey,
    language::LanguageTag,
    readiness::{Appointment, Assessment, Dossier, Item, Obstacle, Status, obstacles},
    resource::{DelegationName, EventName, PersonName},
};
use attache_proto::v1::{self as pb, readiness_service_server::ReadinessService};
use chrono::{DateTime, Utc};
use tonic::Request;

use super::{
    Answer,
    authority::{Authority, Barred, authority},
    fields::{Fields, decode, decode_for_caller},
    language::language,
    reply,
    shapes::decode_page,
    status::not_found,
    values::{encode_count, encode_instant, zoned},
};
use crate::app::App;

mod wording;

/// How many people are checked in one call at most.
const MOST_PEOPLE: usize = 200;
/// How many characters a city's name has at most.
const LONGEST_CITY: usize = 200;

/// Answers `ReadinessService`.
pub struct Readiness {
    pub(super) app: Arc<App>,
}

/// Whose people are asked about.
enum Whose {
    Event(EventName),
    Delegation(DelegationName),
}

#[tonic::async_trait]
impl ReadinessService for Readiness {
    async fn get_readiness(&self, request: Request<pb::GetReadinessRequest>) -> Answer<pb::GetReadinessResponse> {
        let authority = authority(&request)?;
        let language = language(&request.metadata().clone().into_headers());
        let (whose, list) = decode_for_caller(request, |fields, message| {
            let pb::GetReadinessRequest { parent, page_size, page_token } = message;
            let whose = decode_whose(fields, &parent);
            let list = decode_page(fields, page_size, page_token);
            Some((whose?, list?))
        })?;
        let page = self.app.store.readiness(&whose.overseer(&authority)?, &list).await?;
        let now = self.app.clock.now();
        Ok(reply(pb::GetReadinessResponse {
            people: page.items.iter().map(|dossier| encode_person(dossier, language, now)).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn check_presence(&self, request: Request<pb::CheckPresenceRequest>) -> Answer<pb::CheckPresenceResponse> {
        let authority = authority(&request)?;
        let language = language(&request.metadata().clone().into_headers());
        let (whose, people, appointment) = decode(request.into_inner(), decode_presence)?;
        let overseer = whose.overseer(&authority)?;
        let (dossiers, engagements) = self.app.store.presence(&overseer, &people).await?;
        let known = |person: &&PersonName| dossiers.iter().any(|dossier| dossier.person.name() == **person);
        if let Some(stranger) = people.iter().find(|person| !known(person)) {
            return Err(not_found(stranger));
        }
        let presences = dossiers.iter().map(|dossier| encode_presence(dossier, &appointment, &engagements, language));
        Ok(reply(pb::CheckPresenceResponse { presences: presences.collect() }))
    }
}

impl Whose {
    fn overseer(&self, authority: &Authority) -> Result<Overseer, Barred> {
        match self {
            Self::Event(EventName { event }) => authority.overseer(event),
            Self::Delegation(delegation) => authority.overseer_of_delegation(delegation),
        }
    }
}

fn decode_whose(fields: &mut Fields, parent: &str) -> Option<Whose> {
    if parent.contains("/delegations/") {
        fields.parse("parent", parent).map(Whose::Delegation)
    } else {
        fields.parse("parent", parent).map(Whose::Event)
    }
}

fn decode_presence(
    fields: &mut Fields,
    message: pb::CheckPresenceRequest,
) -> Option<(Whose, Vec<PersonName>, Appointment)> {
    let pb::CheckPresenceRequest { parent, persons, start_time, end_time, city, region_code } = message;
    let whose = decode_whose(fields, &parent);
    let people = decode_people(fields, &persons);
    let start = fields.nested("start_time", start_time, zoned);
    let end = fields.nested("end_time", end_time, zoned);
    let city = fields.line("city", &city, LONGEST_CITY);
    if city == Some(None) {
        fields.refuse("city", "is required");
    }
    let region = fields.parse("region_code", &region_code);
    let Ok(interval) = Interval::between(&start?, &end?) else {
        fields.refuse("end_time", "is not after start_time");
        return None;
    };
    let city = CityKey { region: region?, city: city?? };
    Some((whose?, people?, Appointment { city, interval }))
}

fn decode_people(fields: &mut Fields, persons: &[String]) -> Option<Vec<PersonName>> {
    if persons.is_empty() || persons.len() > MOST_PEOPLE {
        fields.refuse("persons", format_args!("needs 1 to {MOST_PEOPLE} people"));
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut people = Vec::new();
    for (index, person) in persons.iter().enumerate() {
        let field = format!("persons[{index}]");
        let Some(person) = fields.parse::<PersonName>(&field, person) else { continue };
        if !seen.insert(person.clone()) {
            fields.refuse(&field, "is named twice");
        }
        people.push(person);
    }
    Some(people)
}

fn encode_person(dossier: &Dossier, language: LanguageTag, now: DateTime<Utc>) -> pb::PersonReadiness {
    let encode = |assessment: Assessment| {
        let due = dossier.due(assessment.item);
        let (due_time, late) = (due.map(encode_instant), assessment.is_late(due, now));
        pb::ReadinessItem { due_time, late, ..encode_item(assessment, language) }
    };
    pb::PersonReadiness {
        person: dossier.person.name().to_string(),
        display_name: dossier.person.profile.name.display_name.as_str().to_owned(),
        delegation: dossier.delegation.as_ref().map(|delegation| delegation.name().to_string()).unwrap_or_default(),
        items: dossier.assess().into_iter().map(encode).collect(),
    }
}

fn encode_item(assessment: Assessment, language: LanguageTag) -> pb::ReadinessItem {
    let Assessment { item, reason, resource } = assessment;
    let kind = match item {
        Item::Form => pb::ReadinessItemKind::Form,
        Item::Photo => pb::ReadinessItemKind::Photo,
        Item::Document => pb::ReadinessItemKind::Document,
        Item::Letter => pb::ReadinessItemKind::Letter,
        Item::Visa => pb::ReadinessItemKind::Visa,
        Item::Flight => pb::ReadinessItemKind::Flight,
        Item::Room => pb::ReadinessItemKind::Room,
        Item::Clearance => pb::ReadinessItemKind::Clearance,
    };
    let status = match reason.status() {
        Status::Ready => pb::ReadinessStatus::Ready,
        Status::Missing => pb::ReadinessStatus::Missing,
        Status::InProgress => pb::ReadinessStatus::InProgress,
        Status::NotNeeded => pb::ReadinessStatus::NotNeeded,
        Status::Problem => pb::ReadinessStatus::Problem,
        Status::NotTracked => pb::ReadinessStatus::NotTracked,
    };
    pb::ReadinessItem {
        kind: kind.into(),
        status: status.into(),
        reason: reason.word().to_owned(),
        description: wording::reason(reason, language),
        resource: resource.unwrap_or_default(),
        due_time: None,
        late: false,
    }
}

fn encode_presence(
    dossier: &Dossier,
    appointment: &Appointment,
    engagements: &[Engagement],
    language: LanguageTag,
) -> pb::Presence {
    let against = obstacles(dossier, appointment, engagements);
    pb::Presence {
        person: dossier.person.name().to_string(),
        possible: against.is_empty(),
        obstacles: against.iter().map(|obstacle| encode_obstacle(dossier, obstacle, language)).collect(),
    }
}

fn encode_obstacle(dossier: &Dossier, obstacle: &Obstacle, language: LanguageTag) -> pb::PresenceObstacle {
    let (reason, resource, overlap) = match obstacle {
        Obstacle::NotRegistered => ("registration_missing", String::new(), None),
        Obstacle::NotConfirmed { registration } => ("registration_not_confirmed", registration.to_string(), None),
        Obstacle::InSession { session, overlap } => {
            let name = session.name(&dossier.event.id).map(|name| name.to_string());
            ("in_session", name.unwrap_or_default(), Some(overlap))
        }
        Obstacle::OnStop { stop, overlap } => ("on_stop", stop.to_string(), Some(overlap)),
        Obstacle::Elsewhere { stop, city: _ } => ("elsewhere", stop.to_string(), None),
        Obstacle::NoItinerary { delegation } => ("no_itinerary", delegation.to_string(), None),
    };
    pb::PresenceObstacle {
        reason: reason.to_owned(),
        description: wording::obstacle(obstacle, language),
        resource,
        start_time: overlap.map(|overlap| encode_instant(overlap.start())),
        end_time: overlap.map(|overlap| encode_instant(overlap.end())),
    }
}
