//! What is a person's own, as it goes over the wire: nothing of anybody else is in it.

use attache_domain::{
    category::Category,
    letter::{Letter, Proof, State},
    registration::Registration,
    stop::{Plan, Stop},
};
use attache_proto::v1 as pb;
use tonic::Status;

use super::encode_event;
use crate::{
    app::App,
    rpc::{
        forms::{encode_asked, encode_own},
        letters, persons, registrations, stops,
        values::{encode_count, encode_instant, encode_localized, encode_visit_window, encode_zoned},
    },
    store::{Mine, OwnStop},
};

pub(super) async fn encode(app: &App, mine: &Mine) -> Result<pb::Mine, Status> {
    let Mine { event, person, registrations, answers, offers, letters, stops } = mine;
    let own: Vec<Registration> = registrations.iter().map(|(registration, _)| registration.clone()).collect();
    let standings = app.store.standings(&own).await?;
    let position =
        |registration: &Registration| standings.get(&registration.id).map_or(0, |standing| standing.position);
    let mut encoded = Vec::new();
    for (registration, category) in registrations {
        let offer = offers.iter().find(|offer| offer.registration == registration.id);
        let form = &category.plan.form;
        let levels = app.store.choice_levels(category).await?;
        encoded.push(pb::OwnRegistration {
            offer: offer.map(|offer| offer.name().to_string()).unwrap_or_default(),
            offer_expire_time: offer.map(|offer| encode_instant(offer.expire_time)),
            form: Some(pb::Form {
                category: category.name().to_string(),
                fields: encode_asked(form, &levels).collect(),
            }),
            answers: answers.get(&registration.id).map(|answers| encode_own(form, answers)).unwrap_or_default(),
            ..encode_registration(registration, category, position(registration))
        });
    }
    Ok(pb::Mine {
        event: Some(encode_event(event, app)),
        person: Some(persons::encode(person)),
        registrations: encoded,
        letters: letters.iter().map(|letter| encode_letter(app, letter)).collect(),
        stops: stops.iter().map(encode_stop).collect(),
    })
}

fn encode_registration(registration: &Registration, category: &Category, position: u32) -> pb::OwnRegistration {
    let Registration {
        event: _,
        id: _,
        category: _,
        person: _,
        state,
        precedence: _,
        external_id: _,
        badge_issue: _,
        history,
    } = registration;
    pb::OwnRegistration {
        name: registration.name().to_string(),
        category_title: Some(encode_localized(&category.plan.title)),
        state: registrations::encode_state(*state).into(),
        waiting_position: encode_count(position),
        create_time: Some(encode_instant(history.create_time)),
        etag: history.revision.to_string(),
        offer: String::new(),
        offer_expire_time: None,
        form: None,
        answers: Vec::new(),
    }
}

/// Why a letter was refused or revoked is the desk's to say, and so is who asked for it and on what grounds.
fn encode_letter(app: &App, letter: &Letter) -> pb::OwnLetter {
    let issued = letter.imprint().zip(letter.proof());
    let file = match &letter.state {
        // What was signed and sealed is what a consulate takes.
        State::Issued(_, Proof { file, sealed_copy, .. }) => {
            sealed_copy.as_ref().map_or(file, |copy| &copy.file).to_string()
        }
        State::Requested | State::Approved | State::Issuing(_) | State::Rejected(_) | State::Revoked(..) => {
            String::new()
        }
    };
    pb::OwnLetter {
        name: letter.name().to_string(),
        region_code: letter.request.region_code.as_str().to_owned(),
        visit_window: Some(encode_visit_window(&letter.request.visit_window)),
        state: letters::encode_stage(letter.state.stage()).into(),
        number: issued.map(|(imprint, _)| imprint.number.clone()).unwrap_or_default(),
        issue_date: issued.map(|(imprint, _)| imprint.issue_date.to_string()).unwrap_or_default(),
        verify_uri: issued.map(|(imprint, _)| app.verify_url(&imprint.code)).unwrap_or_default(),
        file,
    }
}

fn encode_stop(OwnStop { stop, provisional }: &OwnStop) -> pb::OwnStop {
    let Stop { name, plan, history: _ } = stop;
    let Plan { route, title, start, end, carrier, number, details, organizations: _, travellers: _, allocations: _ } =
        plan;
    pb::OwnStop {
        name: name.to_string(),
        kind: stops::encode_kind(route.kind()).into(),
        title: Some(encode_localized(title)),
        start_time: Some(encode_zoned(start)),
        start_place: Some(stops::encode_place(route.start())),
        end_time: Some(encode_zoned(end)),
        end_place: route.end().map(stops::encode_place),
        carrier: carrier.clone().unwrap_or_default(),
        number: number.clone().unwrap_or_default(),
        details: details.clone(),
        provisional: *provisional,
    }
}
