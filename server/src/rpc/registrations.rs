//! The wire of registrations.

use std::sync::Arc;

use attache_domain::{
    authority::Viewer,
    registration::{Registration, State},
    resource::{CategoryName, EventName, RegistrationName},
};
use attache_proto::v1::{self as pb, registration_service_server::RegistrationService};
use tonic::{Request, Response, Status};

use super::{
    Answer,
    authority::{anybody, authority},
    fields::{Fields, decode, decode_list, decode_write},
    persons,
    shapes::decode_verb,
    status::not_found,
    values::{encode_count, encode_instant, list},
};
use crate::app::{
    self, App,
    registrations::{Application, Registrant},
};

/// Answers `RegistrationService`.
pub struct Registrations {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl RegistrationService for Registrations {
    async fn create_registration(&self, request: Request<pb::CreateRegistrationRequest>) -> Answer<pb::Registration> {
        let authority = authority(&request)?;
        let ((event, application), once) = decode_write(request, decode_create)?;
        let organizer = authority.organizer(&event.event)?;
        let registration = app::registrations::create(&self.app, &organizer, &application, once).await?;
        self.answer(&registration).await
    }

    async fn get_registration(&self, request: Request<pb::GetRegistrationRequest>) -> Answer<pb::Registration> {
        let authority = authority(&request)?;
        let pb::GetRegistrationRequest { name, view } = request.into_inner();
        let name = decode(name, |fields, name| fields.parse::<RegistrationName>("name", &name))?;
        let viewer = authority.viewer(&name.event)?;
        let found = self.app.store.registration(&viewer, name.registration).await?;
        let found = found.ok_or_else(|| not_found(&name))?;
        let mut all = self.view(&viewer, view, std::slice::from_ref(&found)).await?;
        Ok(Response::new(all.remove(0)))
    }

    async fn list_registrations(
        &self,
        request: Request<pb::ListRegistrationsRequest>,
    ) -> Answer<pb::ListRegistrationsResponse> {
        let authority = authority(&request)?;
        let view = request.get_ref().view;
        let (event, list) = decode_list(request, |fields, message| {
            let pb::ListRegistrationsRequest { parent, page_size, page_token, filter, view: _ } = message;
            let event = fields.parse::<EventName>("parent", &parent);
            let list = list(fields, page_size, page_token, filter);
            Some((event?, list?))
        })?;
        let viewer = authority.viewer(&event.event)?;
        let page = self.app.store.registrations(&viewer, &list).await?;
        Ok(Response::new(pb::ListRegistrationsResponse {
            registrations: self.view(&viewer, view, &page.items).await?,
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn confirm_registration(&self, request: Request<pb::ConfirmRegistrationRequest>) -> Answer<pb::Registration> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, RegistrationName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        let registration = app::registrations::confirm(&self.app, &organizer, &edit, once).await?;
        self.answer(&registration).await
    }

    async fn reject_registration(&self, request: Request<pb::RejectRegistrationRequest>) -> Answer<pb::Registration> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, RegistrationName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        let registration = app::registrations::reject(&self.app, &organizer, &edit, once).await?;
        self.answer(&registration).await
    }

    async fn withdraw_registration(
        &self,
        request: Request<pb::WithdrawRegistrationRequest>,
    ) -> Answer<pb::Registration> {
        let anybody = anybody(&request)?;
        let (edit, once) = decode_verb::<_, RegistrationName>(request)?;
        let withdrawer = anybody.withdrawer(&edit.name.event)?;
        let registration = app::registrations::withdraw(&self.app, &withdrawer, &edit, once).await?;
        self.answer(&registration).await
    }

    async fn reinstate_registration(
        &self,
        request: Request<pb::ReinstateRegistrationRequest>,
    ) -> Answer<pb::Registration> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, RegistrationName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        let registration = app::registrations::reinstate(&self.app, &organizer, &edit, once).await?;
        self.answer(&registration).await
    }
}

impl Registrations {
    /// Answers with a registration as its caller has just made or changed it, and so may see it.
    async fn answer(&self, registration: &Registration) -> Answer<pb::Registration> {
        let positions = self.app.store.waiting_positions(std::slice::from_ref(registration)).await?;
        let waiting_position = encode_count(positions.get(&registration.id).copied().unwrap_or_default());
        Ok(Response::new(pb::Registration { waiting_position, ..encode(registration) }))
    }

    async fn view(
        &self,
        viewer: &Viewer,
        view: i32,
        registrations: &[Registration],
    ) -> Result<Vec<pb::Registration>, Status> {
        let people = match pb::RegistrationView::try_from(view) {
            Ok(pb::RegistrationView::Full) => self.app.store.people_of(viewer, registrations).await?,
            Ok(pb::RegistrationView::Basic | pb::RegistrationView::Unspecified) | Err(_) => Vec::new(),
        };
        let positions = self.app.store.waiting_positions(registrations).await?;
        let encoded = registrations.iter().map(|registration| pb::Registration {
            embedded_person: people.iter().find(|person| person.name() == registration.person).map(persons::encode),
            waiting_position: encode_count(positions.get(&registration.id).copied().unwrap_or_default()),
            ..encode(registration)
        });
        Ok(encoded.collect())
    }
}

fn decode_create(fields: &mut Fields, request: pb::CreateRegistrationRequest) -> Option<(EventName, Application)> {
    let pb::CreateRegistrationRequest { parent, registration, new_person, request_id: _, validate_only: _ } = request;
    let event = fields.parse::<EventName>("parent", &parent);
    let pb::Registration { category, person, .. } = registration.unwrap_or_default();
    let category = fields.parse::<CategoryName>("registration.category", &category);
    if event.as_ref().zip(category.as_ref()).is_some_and(|(event, category)| event.event != category.event) {
        fields.refuse("registration.category", "is of another event");
    }
    let registrant = match new_person {
        Some(_) if !person.is_empty() => {
            fields.refuse("new_person", "cannot be given together with registration.person");
            None
        }
        Some(new) => fields.nested("new_person", Some(new), persons::decode_profile).map(Box::new).map(Registrant::New),
        None => fields.parse("registration.person", &person).map(Registrant::Known),
    };
    Some((event?, Application { category: category?.category, registrant: registrant? }))
}

fn encode(registration: &Registration) -> pb::Registration {
    let Registration { event, id: _, category, person, state, history } = registration;
    let state = encode_state(*state);
    pb::Registration {
        name: registration.name().to_string(),
        category: CategoryName { event: event.clone(), category: category.clone() }.to_string(),
        person: person.to_string(),
        state: state.into(),
        waiting_position: 0,
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
        embedded_person: None,
    }
}

/// Writes where a registration stands.
pub(super) fn encode_state(state: State) -> pb::RegistrationState {
    match state {
        State::Submitted => pb::RegistrationState::Submitted,
        State::Confirmed => pb::RegistrationState::Confirmed,
        State::Waiting => pb::RegistrationState::Waiting,
        State::Rejected => pb::RegistrationState::Rejected,
        State::Withdrawn => pb::RegistrationState::Withdrawn,
    }
}
