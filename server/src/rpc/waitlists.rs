//! The wire of those who wait.

use std::sync::Arc;

use attache_domain::{
    offer::{Offer, State},
    resource::{CategoryName, EventName, OfferName, RegistrationName},
};
use attache_proto::v1::{self as pb, waitlist_service_server::WaitlistService};
use tonic::Request;

use super::{
    Answer,
    authority::{anybody, authority},
    fields::{Fields, decode_write},
    registrations::Registrations,
    reply,
    shapes::{decode_list, decode_name, decode_plain_verb},
    status::not_found,
    values::{encode_count, encode_instant, etag},
};
use crate::app::{self, App, Edit};

/// How many characters a reason has at most.
const LONGEST_REASON: usize = 500;

/// Answers `WaitlistService`.
pub struct Waitlists {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl WaitlistService for Waitlists {
    async fn list_offers(&self, request: Request<pb::ListOffersRequest>) -> Answer<pb::ListOffersResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.offers(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListOffersResponse {
            offers: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn get_offer(&self, request: Request<pb::GetOfferRequest>) -> Answer<pb::Offer> {
        let authority = authority(&request)?;
        let name: OfferName = decode_name(request)?;
        let offer = self.app.store.offer(&authority.viewer(&name.event)?, name.offer).await?;
        Ok(reply(encode(&offer.ok_or_else(|| not_found(&name))?)))
    }

    async fn accept_offer(&self, request: Request<pb::AcceptOfferRequest>) -> Answer<pb::Offer> {
        let anybody = anybody(&request)?;
        let (name, once) = decode_plain_verb::<_, OfferName>(request)?;
        let offer = app::waitlists::accept(&self.app, &anybody.responder(&name.event)?, &name, once).await?;
        Ok(reply(encode(&offer)))
    }

    async fn decline_offer(&self, request: Request<pb::DeclineOfferRequest>) -> Answer<pb::Offer> {
        let anybody = anybody(&request)?;
        let (name, once) = decode_plain_verb::<_, OfferName>(request)?;
        let offer = app::waitlists::decline(&self.app, &anybody.responder(&name.event)?, &name, once).await?;
        Ok(reply(encode(&offer)))
    }

    async fn promote_registration(&self, request: Request<pb::PromoteRegistrationRequest>) -> Answer<pb::Registration> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, decode_promotion)?;
        let organizer = authority.organizer(&edit.name.event)?;
        let registration = app::waitlists::promote(&self.app, &organizer, &edit, once).await?;
        Registrations { app: Arc::clone(&self.app) }.answer(&registration).await
    }
}

fn decode_promotion(
    fields: &mut Fields,
    message: pb::PromoteRegistrationRequest,
) -> Option<Edit<RegistrationName, String>> {
    let pb::PromoteRegistrationRequest { name, reason, etag: seen, request_id: _, validate_only: _ } = message;
    let name = fields.parse("name", &name);
    let reason = fields.line("reason", &reason, LONGEST_REASON);
    if reason == Some(None) {
        fields.refuse("reason", "is required");
    }
    let expected = etag(fields, &seen);
    Some(Edit { name: name?, content: reason??, expected: expected? })
}

fn encode(offer: &Offer) -> pb::Offer {
    let Offer { event, id: _, registration: _, category, state, expire_time, history } = offer;
    let state = match state {
        State::Pending => pb::OfferState::Pending,
        State::Accepted => pb::OfferState::Accepted,
        State::Declined => pb::OfferState::Declined,
        State::Lapsed => pb::OfferState::Lapsed,
        State::Revoked => pb::OfferState::Revoked,
    };
    pb::Offer {
        name: offer.name().to_string(),
        registration: offer.registration_name().to_string(),
        category: CategoryName { event: event.clone(), category: category.clone() }.to_string(),
        state: state.into(),
        expire_time: Some(encode_instant(*expire_time)),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
    }
}
