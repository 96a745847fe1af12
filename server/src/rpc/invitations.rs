//! The wire of invitations.

use std::sync::Arc;

use attache_domain::{
    form::Given,
    invitation::{Answer as Ended, Code, Invitation, State, Terms, Wanted},
    notice::State as MailState,
    person::{Person, Profile},
    registration::Registration,
    resource::{CategoryName, EventName, InvitationName, RegistrationName},
};
use attache_proto::v1::{self as pb, invitation_service_server::InvitationService};
use tonic::{Request, Status};

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    forms::decode_answers,
    masks::Mask,
    notices, persons, public, registrations, reply,
    shapes::{decode_list, decode_plain_verb},
    status::not_found,
    values::{self, encode_count, encode_instant, encode_localized, instant},
};
use crate::{
    app::{
        self, App, AppError,
        invitations::{Acceptor, Inviting},
    },
    store::Invited,
};

/// Answers `InvitationService`.
pub struct Invitations {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl InvitationService for Invitations {
    async fn create_invitation(&self, request: Request<pb::CreateInvitationRequest>) -> Answer<pb::Invitation> {
        let authority = authority(&request)?;
        let tried = request.get_ref().validate_only;
        let ((event, inviting), once) = decode_write(request, decode_create)?;
        let organizer = authority.organizer(&event.event)?;
        let invitation = app::invitations::create(&self.app, &organizer, &inviting, once).await?;
        let uri = if tried { String::new() } else { self.app.invitation_url(&invitation.name()) };
        Ok(reply(pb::Invitation { uri, ..self.encode(&invitation) }))
    }

    async fn list_invitations(
        &self,
        request: Request<pb::ListInvitationsRequest>,
    ) -> Answer<pb::ListInvitationsResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.invitations(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListInvitationsResponse {
            invitations: page.items.iter().map(|invitation| self.encode(invitation)).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn remind_invitation(&self, request: Request<pb::RemindInvitationRequest>) -> Answer<pb::Invitation> {
        let authority = authority(&request)?;
        let (name, once) = decode_plain_verb::<_, InvitationName>(request)?;
        let organizer = authority.organizer(&name.event)?;
        let invitation = app::invitations::remind(&self.app, &organizer, &name, once).await?;
        Ok(reply(self.encode(&invitation)))
    }

    async fn revoke_invitation(&self, request: Request<pb::RevokeInvitationRequest>) -> Answer<pb::Invitation> {
        let authority = authority(&request)?;
        let (name, once) = decode_plain_verb::<_, InvitationName>(request)?;
        let organizer = authority.organizer(&name.event)?;
        let invitation = app::invitations::revoke(&self.app, &organizer, &name, once).await?;
        Ok(reply(self.encode(&invitation)))
    }

    async fn get_invitation(&self, request: Request<pb::GetInvitationRequest>) -> Answer<pb::InvitationPage> {
        let code = decode(request.into_inner(), |fields, message| {
            let pb::GetInvitationRequest { code } = message;
            fields.parse("code", &code)
        })?;
        let invitation = app::invitations::open(&self.app, &code).await?;
        Ok(reply(self.page(&self.invited(invitation).await?).await?))
    }

    async fn accept_invitation(
        &self,
        request: Request<pb::AcceptInvitationRequest>,
    ) -> Answer<pb::AcceptInvitationResponse> {
        let message = request.into_inner();
        let mut accepted = self.accept(message.clone()).await?;
        // What is known of the guest was changed between the reading and the writing: their corrections are laid over it anew.
        if let Err(AppError::Stale(_)) = accepted {
            accepted = self.accept(message).await?;
        }
        let registration = accepted?;
        let standings = self.app.store.standings(std::slice::from_ref(&registration)).await?;
        Ok(reply(pb::AcceptInvitationResponse {
            registration: registration.name().to_string(),
            state: registrations::encode_state(registration.state).into(),
            waiting_position: encode_count(standings.get(&registration.id).map_or(0, |standing| standing.position)),
        }))
    }

    async fn decline_invitation(
        &self,
        request: Request<pb::DeclineInvitationRequest>,
    ) -> Answer<pb::DeclineInvitationResponse> {
        let code = decode(request.into_inner(), |fields, message| {
            let pb::DeclineInvitationRequest { code } = message;
            fields.parse::<Code>("code", &code)
        })?;
        app::invitations::decline(&self.app, &code).await?;
        Ok(reply(pb::DeclineInvitationResponse {}))
    }
}

impl Invitations {
    async fn accept(&self, message: pb::AcceptInvitationRequest) -> Result<Result<Registration, AppError>, Status> {
        let pb::AcceptInvitationRequest { code, person, answers, instead } = message;
        let code = decode(code, |fields, code| fields.parse("code", &code))?;
        let invited = self.invited(app::invitations::find(&self.app, &code).await?).await?;
        let Invited { invitation, person: guest, .. } = &invited;
        let (acceptor, given) = if instead {
            let (profile, given) = decode((person, answers), |fields, (person, answers)| {
                let profile = fields.nested("person", person, persons::decode_profile);
                profile.zip(decode_answers(fields, answers))
            })?;
            (Acceptor::Another(Box::new(profile)), given)
        } else {
            if let Some(given) = &person {
                app::invitations::require_own(guest, &given.email)?;
            }
            let filled = (person, answers);
            let (profile, given) = decode(filled, |fields, filled| decode_filled(fields, guest, filled))?;
            (Acceptor::Guest(profile.map(|profile| (Box::new(profile), guest.history.revision))), given)
        };
        Ok(app::invitations::accept(&self.app, invitation, &acceptor, &given).await)
    }

    async fn invited(&self, invitation: Invitation) -> Result<Invited, Status> {
        let name = invitation.name();
        self.app.store.invited(invitation).await?.ok_or_else(|| not_found(&name))
    }

    /// Writes an invitation without its URI, which only whoever makes it is told.
    fn encode(&self, invitation: &Invitation) -> pb::Invitation {
        let Invitation {
            event,
            id: _,
            person,
            category,
            terms,
            external_id: _,
            keeps_place,
            answer,
            open_time,
            delivery,
            reminders,
            create_time,
        } = invitation;
        let delivery = delivery.as_ref();
        // What waits for the day of its reminder was sent.
        let mail_state = delivery.map(|delivery| match (delivery.state, delivery.attempts) {
            (MailState::Queued, 0) if delivery.next_attempt_time > self.app.clock.now() => pb::NoticeState::Sent,
            (state, _) => notices::encode_state(state),
        });
        let accepted = matches!(answer, Some((Ended::Accepted, _)));
        let registration = RegistrationName { event: event.clone(), registration: invitation.registration() };
        pb::Invitation {
            name: invitation.name().to_string(),
            person: person.to_string(),
            category: CategoryName { event: event.clone(), category: category.clone() }.to_string(),
            terms: Some(encode_terms(terms)),
            state: encode_state(invitation.state(self.app.clock.now())).into(),
            uri: String::new(),
            place_reserved: *keeps_place,
            registration: if accepted { registration.to_string() } else { String::new() },
            open_time: open_time.map(encode_instant),
            end_time: answer.map(|(_, time)| encode_instant(time)),
            mail_state: mail_state.unwrap_or(pb::NoticeState::Unspecified).into(),
            send_time: delivery.and_then(|delivery| delivery.send_time).map(encode_instant),
            last_error: delivery.and_then(|delivery| delivery.last_error.clone()).unwrap_or_default(),
            reminder_count: encode_count(*reminders),
            create_time: Some(encode_instant(*create_time)),
        }
    }

    async fn page(&self, invited: &Invited) -> Result<pb::InvitationPage, Status> {
        let Invited { invitation, event, category, person } = invited;
        let levels = self.app.store.choice_levels(category).await?;
        let terms = &invitation.terms;
        let reserve_time = terms.reserve_time.filter(|_| invitation.keeps_place);
        Ok(pb::InvitationPage {
            event: Some(public::encode_event(event, &self.app)),
            category_title: Some(encode_localized(&category.plan.title)),
            form: Some(public::encode_form(category, &levels)),
            // What the form asks, and no more: what is passed on is read by others.
            person: Some(pb::Person {
                name: String::new(),
                passport_name: None,
                create_time: None,
                update_time: None,
                etag: String::new(),
                ..persons::encode(person)
            }),
            place_reserved: invitation.keeps_place,
            reserve_time: reserve_time.map(encode_instant),
            expire_time: Some(encode_instant(terms.expire_time)),
            transferable: terms.transferable,
        })
    }
}

fn decode_create(fields: &mut Fields, request: pb::CreateInvitationRequest) -> Option<(EventName, Inviting)> {
    let pb::CreateInvitationRequest { parent, invitation, without_mail, request_id: _, validate_only: _ } = request;
    let event = fields.parse::<EventName>("parent", &parent);
    let inviting = fields.nested("invitation", invitation, |fields, invitation| {
        let pb::Invitation {
            name: _,
            person,
            category,
            terms,
            state: _,
            uri: _,
            place_reserved: _,
            registration: _,
            open_time: _,
            end_time: _,
            mail_state: _,
            send_time: _,
            last_error: _,
            reminder_count: _,
            create_time: _,
        } = invitation;
        let person = fields.parse("person", &person);
        let category = values::category(fields, "category", event.as_ref().map(|event| &event.event), &category);
        let terms = fields.nested_optional("terms", terms, decode_terms);
        let terms = terms?.unwrap_or_default();
        if without_mail && !terms.remind_times.is_empty() {
            fields.refuse("terms.remind_times", "are given, and nothing is to be mailed");
        }
        Some(Inviting { person: person?, category: category?, terms, mailed: !without_mail })
    });
    event.zip(inviting)
}

/// Reads the terms of an invitation.
pub(super) fn decode_terms(fields: &mut Fields, terms: pb::InvitationTerms) -> Option<Wanted> {
    let pb::InvitationTerms { expire_time, reserve_time, skip_approval, remind_times, transferable } = terms;
    let expire_time = instant(fields, "expire_time", expire_time);
    let reserve_time = instant(fields, "reserve_time", reserve_time);
    let times = remind_times.into_iter().enumerate();
    let remind_times: Vec<_> =
        times.map(|(index, time)| instant(fields, &format!("remind_times[{index}]"), Some(time))).collect();
    Some(Wanted {
        expire_time: expire_time?,
        reserve_time: reserve_time?,
        skips_approval: skip_approval,
        remind_times: remind_times.into_iter().map(Option::flatten).collect::<Option<_>>()?,
        transferable,
    })
}

/// Reads what the guest of an invitation corrects of themselves, and what they answered.
fn decode_filled(
    fields: &mut Fields,
    guest: &Person,
    (person, answers): (Option<pb::Person>, Vec<pb::Answer>),
) -> Option<(Option<Profile>, Vec<Given>)> {
    let profile = fields.nested_optional("person", person, |fields, given| {
        // Their address, which they repeated, stays as it is written.
        let given = pb::Person { email: String::new(), ..given };
        persons::decode_profile(fields, persons::laid_over(guest, given, &Mask::Set))
    });
    let given: Option<Vec<Given>> = decode_answers(fields, answers);
    profile.zip(given)
}

fn encode_terms(terms: &Terms) -> pb::InvitationTerms {
    let Terms { expire_time, reserve_time, skips_approval, remind_times, transferable } = terms;
    pb::InvitationTerms {
        expire_time: Some(encode_instant(*expire_time)),
        reserve_time: reserve_time.map(encode_instant),
        skip_approval: *skips_approval,
        remind_times: remind_times.iter().copied().map(encode_instant).collect(),
        transferable: *transferable,
    }
}

fn encode_state(state: State) -> pb::InvitationState {
    match state {
        State::Open => pb::InvitationState::Open,
        State::Over(Ended::Accepted) => pb::InvitationState::Accepted,
        State::Over(Ended::Declined) => pb::InvitationState::Declined,
        State::Over(Ended::Revoked) => pb::InvitationState::Revoked,
        State::Expired => pb::InvitationState::Expired,
    }
}
