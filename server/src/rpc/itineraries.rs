//! The wire of itineraries.

use std::sync::Arc;

use attache_domain::{
    authority::Viewer,
    itinerary::{Finding, Itinerary, Outline, State},
    language::LanguageTag,
    resource::{DelegationName, EventId, EventName, ItineraryName},
    schedule::Severity,
    visit_window::VisitWindow,
};
use attache_proto::v1::{self as pb, itinerary_service_server::ItineraryService};
use tonic::{Request, Status};

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    masks::{Mask, overlay},
    reply,
    shapes::{decode_list, decode_name, decode_verb},
    status::not_found,
    values::{encode_count, encode_instant, encode_localized, etag, localized},
};
use crate::app::{self, App, Edit};

/// Answers `ItineraryService`.
pub struct Itineraries {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl ItineraryService for Itineraries {
    async fn create_itinerary(&self, request: Request<pb::CreateItineraryRequest>) -> Answer<pb::Itinerary> {
        let authority = authority(&request)?;
        let ((event, itinerary), once) = decode_write(request, decode_create)?;
        let organizer = authority.organizer(&event.event)?;
        let itinerary = app::itineraries::create(&self.app, &organizer, &itinerary, once).await?;
        self.answer(&authority.viewer(&event.event)?, &itinerary).await
    }

    async fn get_itinerary(&self, request: Request<pb::GetItineraryRequest>) -> Answer<pb::Itinerary> {
        let authority = authority(&request)?;
        let name: ItineraryName = decode_name(request)?;
        let viewer = authority.viewer(&name.event)?;
        let itinerary = self.app.store.itinerary(&viewer, name.itinerary).await?;
        self.answer(&viewer, &itinerary.ok_or_else(|| not_found(&name))?).await
    }

    async fn list_itineraries(
        &self,
        request: Request<pb::ListItinerariesRequest>,
    ) -> Answer<pb::ListItinerariesResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let viewer = authority.viewer(&event.event)?;
        let page = self.app.store.itineraries(&viewer, &list).await?;
        Ok(reply(pb::ListItinerariesResponse {
            itineraries: self.view(&viewer, &page.items).await?,
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_itinerary(&self, request: Request<pb::UpdateItineraryRequest>) -> Answer<pb::Itinerary> {
        let authority = authority(&request)?;
        let update = request.get_ref().itinerary.clone().unwrap_or_default();
        let name =
            decode(update, |fields, itinerary| fields.parse::<ItineraryName>("itinerary.name", &itinerary.name))?;
        let organizer = authority.organizer(&name.event)?;
        let viewer = authority.viewer(&name.event)?;
        let present = self.app.store.itinerary(&viewer, name.itinerary).await?.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let itinerary = app::itineraries::update(&self.app, &organizer, &edit, once).await?;
        self.answer(&viewer, &itinerary).await
    }

    async fn cancel_itinerary(&self, request: Request<pb::CancelItineraryRequest>) -> Answer<pb::Itinerary> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, ItineraryName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        let itinerary = app::itineraries::cancel(&self.app, &organizer, &edit, once).await?;
        self.answer(&authority.viewer(&edit.name.event)?, &itinerary).await
    }

    async fn check_itinerary(&self, request: Request<pb::CheckItineraryRequest>) -> Answer<pb::CheckItineraryResponse> {
        let authority = authority(&request)?;
        let name: ItineraryName = decode_name(request)?;
        let visit = self.app.store.visit(&authority.viewer(&name.event)?, name.itinerary).await?;
        let (visit, surroundings) = visit.ok_or_else(|| not_found(&name))?;
        let findings = visit.findings(&surroundings);
        let findings = findings.iter().map(|finding| encode_finding(&name.event, finding)).collect();
        Ok(reply(pb::CheckItineraryResponse { findings }))
    }

    async fn release_itinerary(&self, request: Request<pb::ReleaseItineraryRequest>) -> Answer<pb::Itinerary> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, ItineraryName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        let itinerary = app::itineraries::release(&self.app, &organizer, &edit, once).await?;
        self.answer(&authority.viewer(&edit.name.event)?, &itinerary).await
    }
}

impl Itineraries {
    async fn answer(&self, viewer: &Viewer, itinerary: &Itinerary) -> Answer<pb::Itinerary> {
        let mut all = self.view(viewer, std::slice::from_ref(itinerary)).await?;
        Ok(reply(all.remove(0)))
    }

    /// Writes itineraries with the days of their visits, which their delegations know.
    async fn view(&self, viewer: &Viewer, itineraries: &[Itinerary]) -> Result<Vec<pb::Itinerary>, Status> {
        let delegations: Vec<DelegationName> =
            itineraries.iter().map(|itinerary| itinerary.delegation.clone()).collect();
        let windows = self.app.store.visit_windows(viewer, &delegations).await?;
        let encoded = itineraries.iter().map(|itinerary| {
            let window = windows.iter().find(|(delegation, _)| *delegation == itinerary.delegation);
            encode(itinerary, window.map(|(_, window)| window))
        });
        Ok(encoded.collect())
    }
}

fn decode_create(
    fields: &mut Fields,
    request: pb::CreateItineraryRequest,
) -> Option<(EventName, (DelegationName, Outline))> {
    let pb::CreateItineraryRequest { parent, itinerary, request_id: _, validate_only: _ } = request;
    let event = fields.parse::<EventName>("parent", &parent);
    let name = itinerary.as_ref().map(|itinerary| itinerary.delegation.clone()).unwrap_or_default();
    let outline = fields.nested("itinerary", itinerary, decode_outline);
    let delegation = fields.parse::<DelegationName>("itinerary.delegation", &name);
    if event.as_ref().zip(delegation.as_ref()).is_some_and(|(event, delegation)| event.event != delegation.event) {
        fields.refuse("itinerary.delegation", "is of another event");
    }
    Some((event?, (delegation?, outline?)))
}

fn decode_update(
    fields: &mut Fields,
    present: &Itinerary,
    request: pb::UpdateItineraryRequest,
) -> Option<Edit<ItineraryName, Outline>> {
    let pb::UpdateItineraryRequest { itinerary, update_mask, request_id: _, validate_only: _ } = request;
    let update = itinerary.unwrap_or_default();
    let mask = Mask::read(fields, update_mask, &["title", "region_code", "language_code"]);
    let expected = etag(fields, &update.etag);
    let mask = mask?;
    let mut laid = encode(present, None);
    overlay!(laid, update, mask; title, region_code, language_code);
    let outline = fields.nested("itinerary", Some(laid), decode_outline);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name.clone(), content: outline?, expected: Some(expected) })
}

fn decode_outline(fields: &mut Fields, itinerary: pb::Itinerary) -> Option<Outline> {
    let pb::Itinerary {
        name: _,
        title,
        delegation: _,
        visit_window: _,
        region_code,
        language_code,
        state: _,
        release_number: _,
        release_time: _,
        booklet_file: _,
        calendar_file: _,
        create_time: _,
        update_time: _,
        etag: _,
    } = itinerary;
    let title = fields.nested("title", title, localized);
    let region_code = fields.parse("region_code", &region_code);
    let language = fields.parse_optional::<LanguageTag>("language_code", &language_code);
    Some(Outline { title: title?, region_code: region_code?, language: language?.unwrap_or(LanguageTag::English) })
}

fn encode(itinerary: &Itinerary, window: Option<&VisitWindow>) -> pb::Itinerary {
    let Itinerary { name, delegation, outline: Outline { title, region_code, language }, state, release, history } =
        itinerary;
    let state = match state {
        State::Draft => pb::ItineraryState::Draft,
        State::Released => pb::ItineraryState::Released,
        State::Cancelled => pb::ItineraryState::Cancelled,
    };
    let release = release.as_ref();
    pb::Itinerary {
        name: name.to_string(),
        title: Some(encode_localized(title)),
        delegation: delegation.to_string(),
        visit_window: window.map(encode_window),
        region_code: region_code.as_str().to_owned(),
        language_code: language.as_str().to_owned(),
        state: state.into(),
        release_number: release.map(|release| encode_count(release.number)).unwrap_or_default(),
        release_time: release.map(|release| encode_instant(release.time)),
        booklet_file: release.map(|release| release.booklet.to_string()).unwrap_or_default(),
        calendar_file: release.map(|release| release.calendar.to_string()).unwrap_or_default(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
    }
}

fn encode_window(window: &VisitWindow) -> pb::VisitWindow {
    pb::VisitWindow {
        start_date: window.start().to_string(),
        end_date: window.end().to_string(),
        cities: window.cities().iter().map(encode_localized).collect(),
    }
}

fn encode_finding(event: &EventId, finding: &Finding) -> pb::ItineraryFinding {
    let session = finding.session().and_then(|session| session.name(event));
    let severity = match finding.severity() {
        Severity::Warning => pb::FindingSeverity::Warning,
        Severity::Error => pb::FindingSeverity::Error,
    };
    pb::ItineraryFinding {
        reason: finding.reason().to_owned(),
        severity: severity.into(),
        stops: finding.stops().into_iter().map(ToString::to_string).collect(),
        traveller: finding.traveller().map(ToString::to_string).unwrap_or_default(),
        resource: finding.resource().map(ToString::to_string).unwrap_or_default(),
        description: finding.to_string(),
        session: session.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}
