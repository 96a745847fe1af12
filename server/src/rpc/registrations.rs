//! The wire of registrations.

use std::{collections::BTreeMap, sync::Arc};

use attache_domain::{
    authority::{Responder, Viewer},
    form::Respondent,
    registration::{Registration, State},
    resource::{CategoryName, EventName, RegistrationId, RegistrationName},
};
use attache_proto::v1::{self as pb, registration_service_server::RegistrationService};
use tonic::{Request, Status};

use super::{
    Answer,
    authority::{Barred, anybody, authority},
    fields::{Fields, decode, decode_write},
    forms::{decode_answers, encode_answers},
    jobs,
    language::language,
    masks::Mask,
    persons, reply,
    shapes::{decode_list, decode_verb},
    status::not_found,
    values::{self, encode_count, encode_instant, etag},
};
use crate::{
    app::{
        self, App, Edit,
        registrations::{Amendment, Application, Registrant},
    },
    store::Standing,
};

mod batch;
mod imports;

pub(super) use imports::{LONGEST_NAME, decode_columns, decode_order, encode_finding, encode_import};

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
        Ok(reply(all.remove(0)))
    }

    async fn list_registrations(
        &self,
        request: Request<pb::ListRegistrationsRequest>,
    ) -> Answer<pb::ListRegistrationsResponse> {
        let authority = authority(&request)?;
        let view = request.get_ref().view;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let viewer = authority.viewer(&event.event)?;
        let page = self.app.store.registrations(&viewer, &list).await?;
        Ok(reply(pb::ListRegistrationsResponse {
            registrations: self.view(&viewer, view, &page.items).await?,
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_registration(&self, request: Request<pb::UpdateRegistrationRequest>) -> Answer<pb::Registration> {
        let anybody = anybody(&request)?;
        let (edit, once) = decode_write(request, decode_update)?;
        let responder = anybody.responder(&edit.name.event)?;
        if edit.content.category.is_some() {
            responder.require_mover().map_err(Barred::from)?;
        }
        let registration = app::registrations::update(&self.app, &responder, &edit, once).await?;
        self.answer_to(&responder, &registration).await
    }

    async fn batch_decide(&self, request: Request<pb::BatchDecideRequest>) -> Answer<pb::BatchDecideResponse> {
        let authority = authority(&request)?;
        let language = language(&request.metadata().clone().into_headers());
        let ((event, wanted), once) = decode_write(request, batch::decode)?;
        let organizer = authority.organizer(&event.event)?;
        let decided = app::registrations::decide(&self.app, &organizer, &wanted, once).await?;
        let results = decided.into_iter().map(|(name, outcome)| batch::encode(&name, outcome, language));
        Ok(reply(pb::BatchDecideResponse { results: results.collect() }))
    }

    async fn import_registrations(&self, request: Request<pb::ImportRegistrationsRequest>) -> Answer<pb::Job> {
        let authority = authority(&request)?;
        let ((event, wanted), asked) = decode_write(request, imports::decode)?;
        let organizer = authority.organizer(&event.event)?;
        let job = if asked.validate_only {
            imports::encode_survey(&app::registrations::preview_import(&self.app, &organizer, &wanted).await?)
        } else {
            jobs::encode(&app::registrations::import(&self.app, &organizer, &wanted, asked).await?)
        };
        Ok(reply(job))
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
        let responder = anybody.responder(&edit.name.event)?;
        let registration = app::registrations::withdraw(&self.app, &responder, &edit, once).await?;
        self.answer_to(&responder, &registration).await
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
    pub(super) async fn answer(&self, registration: &Registration) -> Answer<pb::Registration> {
        let standings = self.app.store.standings(std::slice::from_ref(registration)).await?;
        Ok(reply(encode(registration, standings.get(&registration.id))))
    }

    /// Answers whoever answers for a registration; of their own, people are not told what organisers note of it.
    async fn answer_to(&self, responder: &Responder, registration: &Registration) -> Answer<pb::Registration> {
        let mut answer = self.answer(registration).await?;
        if responder.respondent() == Respondent::Registrant {
            let told = answer.get_mut();
            told.precedence_reason.clear();
            told.external_id.clear();
        }
        Ok(answer)
    }

    /// Gives a registration with its person, as gates see it.
    pub(super) async fn whole(&self, viewer: &Viewer, id: RegistrationId) -> Result<Option<pb::Registration>, Status> {
        let Some(found) = self.app.store.registration(viewer, id).await? else { return Ok(None) };
        let mut all = self.view(viewer, pb::RegistrationView::Full.into(), std::slice::from_ref(&found)).await?;
        Ok(all.pop())
    }

    async fn view(
        &self,
        viewer: &Viewer,
        view: i32,
        registrations: &[Registration],
    ) -> Result<Vec<pb::Registration>, Status> {
        let (people, answers) = match pb::RegistrationView::try_from(view) {
            Ok(pb::RegistrationView::Full) => {
                let names = registrations.iter().map(|registration| &registration.person).collect();
                let people = self.app.store.people_of(viewer, names).await?;
                (people, self.app.store.answers_of(viewer, registrations).await?)
            }
            Ok(pb::RegistrationView::Basic | pb::RegistrationView::Unspecified) | Err(_) => Default::default(),
        };
        let people: BTreeMap<_, _> = people.iter().map(|person| (person.name(), person)).collect();
        let standings = self.app.store.standings(registrations).await?;
        let encoded = registrations.iter().map(|registration| pb::Registration {
            embedded_person: people.get(&registration.person).copied().map(persons::encode),
            answers: answers.get(&registration.id).map(encode_answers).unwrap_or_default(),
            ..encode(registration, standings.get(&registration.id))
        });
        Ok(encoded.collect())
    }
}

fn decode_create(fields: &mut Fields, request: pb::CreateRegistrationRequest) -> Option<(EventName, Application)> {
    let pb::CreateRegistrationRequest { parent, registration, new_person, request_id: _, validate_only: _ } = request;
    let event = fields.parse::<EventName>("parent", &parent);
    let pb::Registration { category, person, answers, external_id, .. } = registration.unwrap_or_default();
    let of = event.as_ref().map(|event| &event.event);
    let category = values::category(fields, "registration.category", of, &category);
    let registrant = match new_person {
        Some(_) if !person.is_empty() => {
            fields.refuse("new_person", "cannot be given together with registration.person");
            None
        }
        Some(new) => fields.nested("new_person", Some(new), persons::decode_profile).map(Box::new).map(Registrant::New),
        None => fields.parse("registration.person", &person).map(Registrant::Known),
    };
    let external_id = fields.parse_optional("registration.external_id", &external_id);
    let answers = fields.within("registration", |fields| decode_answers(fields, answers));
    let (category, registrant, external_id) = (category?, registrant?, external_id?);
    Some((event?, Application { category, registrant, external_id, answers: answers? }))
}

fn decode_update(
    fields: &mut Fields,
    request: pb::UpdateRegistrationRequest,
) -> Option<Edit<RegistrationName, Amendment>> {
    let pb::UpdateRegistrationRequest { registration, update_mask, request_id: _, validate_only: _ } = request;
    let mask = Mask::read(fields, update_mask, &["category", "answers"]);
    let pb::Registration { name, category, answers, etag: seen, .. } = registration.unwrap_or_default();
    let name = fields.parse::<RegistrationName>("registration.name", &name);
    let expected = fields.within("registration", |fields| etag(fields, &seen));
    let mask = mask?;
    let category = if mask.takes("category", &category) {
        let of = name.as_ref().map(|name| &name.event);
        values::category(fields, "registration.category", of, &category).map(Some)
    } else {
        Some(None)
    };
    let answers = if mask.takes("answers", &answers) {
        fields.within("registration", |fields| decode_answers(fields, answers)).map(Some)
    } else {
        Some(None)
    };
    Some(Edit { name: name?, content: Amendment { category: category?, answers: answers? }, expected: expected? })
}

fn encode(registration: &Registration, standing: Option<&Standing>) -> pb::Registration {
    let Registration { event, id: _, category, person, state, precedence, external_id, badge_issue: _, history } =
        registration;
    let state = encode_state(*state);
    let Standing { position, places, passes, pass_time } = standing.copied().unwrap_or_default();
    pb::Registration {
        name: registration.name().to_string(),
        category: CategoryName { event: event.clone(), category: category.clone() }.to_string(),
        person: person.to_string(),
        state: state.into(),
        waiting_position: encode_count(position),
        waiting_places: encode_count(places),
        passed_over_count: encode_count(passes),
        passed_over_time: pass_time.map(encode_instant),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
        embedded_person: None,
        precedence_reason: precedence.clone().unwrap_or_default(),
        answers: Vec::new(),
        external_id: external_id.as_ref().map(ToString::to_string).unwrap_or_default(),
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
        State::Offered => pb::RegistrationState::Offered,
        State::Lapsed => pb::RegistrationState::Lapsed,
    }
}
