//! The wire of public pages.

use std::sync::Arc;

use attache_domain::{
    authority::Delegate,
    category::Category,
    email::EmailAddress,
    event::State,
    form::{Given, Pick, person},
    language::LanguageTag,
    mailed_code::Code,
    person::Profile,
    pool::Level,
    registration::Registration,
    resource::{CategoryName, CheckInListName, EventName, SubmissionName},
};
use attache_proto::v1::{self as pb, public_service_server::PublicService};
use tonic::Request;

use super::{
    Answer,
    authority::anybody,
    check_ins, events,
    fields::{Fields, decode, decode_write},
    forms::{decode_answers, encode_asked},
    persons, registrations, reply,
    shapes::decode_name,
    status::not_found,
    values::{encode_count, encode_instant, encode_localized, encode_zoned},
};
use crate::{
    app::{
        self, App,
        check_ins::{Joining, Proof},
        public::Filled,
    },
    store::{Admission, PublicEvent},
};

mod mine;
mod profile;

/// Answers `PublicService`.
pub struct Public {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl PublicService for Public {
    async fn get_public_event(&self, request: Request<pb::GetPublicEventRequest>) -> Answer<pb::PublicEvent> {
        let name: EventName = decode_name(request)?;
        let found = self.app.store.public_event(&name.event).await?.ok_or_else(|| not_found(&name))?;
        Ok(reply(encode_event(&found, &self.app)))
    }

    async fn get_form(&self, request: Request<pb::GetFormRequest>) -> Answer<pb::Form> {
        let name: CategoryName = decode_name(request)?;
        let category = self.app.store.public_category(&name).await?.ok_or_else(|| not_found(&name))?;
        let levels = self.app.store.choice_levels(&category).await?;
        Ok(reply(encode_form(&category, &levels)))
    }

    async fn submit_registration(
        &self,
        request: Request<pb::SubmitRegistrationRequest>,
    ) -> Answer<pb::SubmitRegistrationResponse> {
        let form = decode(request.into_inner(), |fields, message| {
            let pb::SubmitRegistrationRequest { parent, person, answers } = message;
            let category = fields.parse::<CategoryName>("parent", &parent);
            let profile = fields.nested("person", person, decode_filled);
            let answers: Option<Vec<Given>> = decode_answers(fields, answers);
            let (profile, email) = profile?;
            Some(Filled { category: category?, profile, email, answers: answers? })
        })?;
        let submission = app::public::submit(&self.app, &form).await?;
        Ok(reply(pb::SubmitRegistrationResponse {
            name: submission.name().to_string(),
            place_held: submission.holds_place,
            expire_time: Some(encode_instant(submission.expire_time())),
        }))
    }

    async fn confirm_submission(
        &self,
        request: Request<pb::ConfirmSubmissionRequest>,
    ) -> Answer<pb::ConfirmSubmissionResponse> {
        let proof = decode(request.into_inner(), |fields, message| {
            let pb::ConfirmSubmissionRequest { name, code } = message;
            let (name, code) = (fields.parse::<SubmissionName>("name", &name), fields.parse::<Code>("code", &code));
            name.zip(code)
        })?;
        let (registration, link) = app::public::confirm(&self.app, &proof).await?;
        let standings = self.app.store.standings(std::slice::from_ref(&registration)).await?;
        let position = standings.get(&registration.id).map_or(0, |standing| standing.position);
        Ok(reply(encode_confirmed(&registration, position, self.app.personal_url(&link.name()))))
    }

    async fn get_mine(&self, request: Request<pb::GetMineRequest>) -> Answer<pb::Mine> {
        let delegate = anybody(&request)?.delegate()?;
        let mine = self.app.store.mine(&delegate).await?.ok_or_else(|| not_found(delegate.person()))?;
        Ok(reply(mine::encode(&self.app, &mine).await?))
    }

    async fn update_mine(&self, request: Request<pb::UpdateMineRequest>) -> Answer<pb::Person> {
        let delegate = anybody(&request)?.delegate()?;
        let present = self.app.store.own_person(&delegate).await?.ok_or_else(|| not_found(delegate.person()))?;
        let (edit, once) = decode_write(request, |fields, message| profile::decode_update(fields, &present, message))?;
        let person = app::persons::update(&self.app, &delegate.reviser(), &edit, once).await?;
        Ok(reply(persons::encode(&person)))
    }

    async fn join_online(&self, request: Request<pb::JoinOnlineRequest>) -> Answer<pb::JoinOnlineResponse> {
        let came_by = anybody(&request).ok().and_then(|anybody| anybody.delegate().ok());
        let (joining, proof) =
            decode(request.into_inner(), |fields, message| decode_joining(fields, came_by, message))?;
        let (meeting, Admission { check_in, already }) = app::check_ins::join(&self.app, &joining, &proof).await?;
        Ok(reply(pb::JoinOnlineResponse {
            uri: meeting.address.to_string(),
            title: Some(encode_localized(&meeting.title)),
            check_in_time: Some(encode_instant(check_in.time)),
            already,
        }))
    }
}

/// Reads what is joined, and by what right: a code, or the link that its caller came by.
fn decode_joining(
    fields: &mut Fields,
    came_by: Option<Delegate>,
    message: pb::JoinOnlineRequest,
) -> Option<(Joining, Proof)> {
    let pb::JoinOnlineRequest { name, ticket_code } = message;
    let joining = match name.parse::<EventName>() {
        Ok(EventName { event }) => Some(Joining { event, list: None }),
        Err(_) => fields
            .parse::<CheckInListName>("name", &name)
            .map(|CheckInListName { event, check_in_list }| Joining { event, list: Some(check_in_list) }),
    };
    let proof = match (ticket_code.is_empty(), came_by) {
        (false, _) => Some(Proof::Code(check_ins::decode_code(&ticket_code))),
        (true, Some(delegate)) => Some(Proof::Link(delegate)),
        (true, None) => {
            fields.refuse("ticket_code", "is required");
            None
        }
    };
    joining.zip(proof)
}

/// Reads a form: a person with an address.
fn decode_filled(fields: &mut Fields, person: pb::Person) -> Option<(Profile, EmailAddress)> {
    if person.email.is_empty() {
        fields.refuse("email", "is required");
    }
    let profile = persons::decode_profile(fields, person)?;
    let email = profile.email.clone()?;
    Some((profile, email))
}

/// Writes the form of a category: what it asks of the person, and what of its own.
pub(super) fn encode_form(category: &Category, levels: &[(Pick, Level)]) -> pb::Form {
    let of_person = person::FIELDS.iter().map(|field| encode_field(field, category));
    let fields = of_person.chain(encode_asked(&category.plan.form, levels)).collect();
    pb::Form { category: category.name().to_string(), fields }
}

pub(super) fn encode_event(found: &PublicEvent, app: &App) -> pb::PublicEvent {
    let PublicEvent { event, controller, categories } = found;
    let takes_place = match event.state {
        State::Active => true,
        State::Cancelled => false,
    };
    let plan = &event.plan;
    pb::PublicEvent {
        name: event.name().to_string(),
        title: Some(encode_localized(&plan.title)),
        start_time: Some(encode_zoned(&plan.start)),
        end_time: Some(encode_zoned(&plan.end)),
        venue: plan.venue.as_ref().map(events::encode_venue),
        controller_title: Some(encode_localized(&controller.profile.title)),
        contact_email: plan.contact_email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        registration_open: takes_place && event.takes_registrations(app.clock.now()),
        registration_open_time: plan.registration_open_time.map(encode_instant),
        registration_close_time: Some(encode_instant(event.registration_close_time())),
        categories: categories.iter().map(|(category, has_room)| encode_category(category, *has_room)).collect(),
        online: plan.online.is_some(),
    }
}

fn encode_category(category: &Category, has_room: bool) -> pb::PublicCategory {
    let state = if has_room { pb::PublicCategoryState::Open } else { pb::PublicCategoryState::Full };
    pb::PublicCategory {
        name: category.name().to_string(),
        title: Some(encode_localized(&category.plan.title)),
        language_codes: languages(category),
        state: state.into(),
    }
}

fn encode_field(field: &person::Field, category: &Category) -> pb::FormField {
    let person::Field { path, en, zh, kind, required, longest } = *field;
    let (kind, options) = match kind {
        person::Kind::Text => (pb::FormFieldKind::Text, Vec::new()),
        person::Kind::Email => (pb::FormFieldKind::Email, Vec::new()),
        person::Kind::Phone => (pb::FormFieldKind::Phone, Vec::new()),
        person::Kind::Region => (pb::FormFieldKind::Region, Vec::new()),
        person::Kind::Language => (pb::FormFieldKind::Language, languages(category)),
    };
    pb::FormField {
        path: format!("person.{path}"),
        label: Some(pb::LocalizedText { en: en.to_owned(), zh: zh.to_owned() }),
        kind: kind.into(),
        required,
        max_length: longest,
        options,
        ..Default::default()
    }
}

/// The languages of a category, all of them when it names none.
fn languages(category: &Category) -> Vec<String> {
    let named = &category.plan.languages;
    let spoken = if named.is_empty() { LanguageTag::ALL.to_vec() } else { named.clone() };
    spoken.iter().map(|language| language.as_str().to_owned()).collect()
}

fn encode_confirmed(registration: &Registration, position: u32, link_uri: String) -> pb::ConfirmSubmissionResponse {
    pb::ConfirmSubmissionResponse {
        registration: registration.name().to_string(),
        state: registrations::encode_state(registration.state).into(),
        waiting_position: encode_count(position),
        link_uri,
    }
}
