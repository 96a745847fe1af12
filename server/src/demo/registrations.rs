//! Everybody who comes: registered, and confirmed where an organiser has to.

use std::collections::BTreeMap;

use attache_client::{Client, fresh_request_id, v1};

use super::{Stopped, report::Made, samples::Samples, stopped::Step as _};

/// The category whose registrations are left as they come in, for whoever tries the demo to confirm.
const LEFT: &str = "press";

/// The resource names of the people, by their keys in the samples.
#[derive(Default)]
pub(super) struct People(BTreeMap<String, String>);

impl People {
    /// Remembers somebody who is known from here on.
    pub(super) fn meet(&mut self, key: &str, name: String) {
        self.0.insert(key.to_owned(), name);
    }

    /// The resource name of a person.
    pub(super) fn name(&self, key: &str) -> Result<String, Stopped> {
        self.0.get(key).cloned().ok_or_else(unknown)
    }
}

/// Registers everybody for what is ahead, and confirms all but the press; who is known from before is not made anew.
pub(super) async fn register(client: &Client, samples: &Samples, people: &mut People) -> Result<Vec<Made>, Stopped> {
    let mut count = 0;
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for gathering in &samples.gatherings {
        let event = format!("events/{}", gathering.event.id);
        for sample in &gathering.people {
            let registration = register_one(client, samples, people, &event, &sample.category, &sample.key).await?;
            *states.entry(word(registration.state())).or_default() += 1;
            count += 1;
        }
    }
    let mut made = vec![Made::new("people registered", count)];
    made.extend(states.into_iter().map(|(state, count)| Made::part(state, count)));
    Ok(made)
}

/// Registers one person in a category of an event, and confirms them where an organiser has to.
pub(super) async fn register_one(
    client: &Client,
    samples: &Samples,
    people: &mut People,
    event: &str,
    category_id: &str,
    key: &str,
) -> Result<v1::Registration, Stopped> {
    let known = people.0.get(key).cloned();
    let new_person = if known.is_none() { Some(person(samples, key)?) } else { None };
    let category = format!("{event}/categories/{category_id}");
    let request = v1::CreateRegistrationRequest {
        parent: event.to_owned(),
        registration: Some(v1::Registration {
            category,
            person: known.unwrap_or_default(),
            ..v1::Registration::default()
        }),
        new_person,
        request_id: fresh_request_id(),
        validate_only: false,
    };
    let step = || format!("registering a person in the category {category_id}");
    let registration = client.registrations().create_registration(request).await.at(step())?;
    people.meet(key, registration.person.clone());
    if registration.state() != v1::RegistrationState::Submitted || category_id == LEFT {
        return Ok(registration);
    }
    let request = v1::ConfirmRegistrationRequest {
        name: registration.name,
        etag: registration.etag,
        request_id: fresh_request_id(),
        validate_only: false,
    };
    client.registrations().confirm_registration(request).await.at(step())
}

/// Somebody as the samples describe them.
pub(super) fn person(samples: &Samples, key: &str) -> Result<v1::Person, Stopped> {
    let sample = samples.person(key).ok_or_else(unknown)?;
    Ok(v1::Person {
        display_name: sample.display_name.clone(),
        native_name: sample.native_name.clone(),
        passport_name: Some(v1::PassportName {
            family_name: sample.family_name.clone(),
            given_name: sample.given_name.clone(),
        }),
        form_of_address: sample.form_of_address.clone(),
        family_first: sample.family_first,
        email: sample.email.clone(),
        language_code: sample.language_code.clone(),
        region_code: sample.region_code.clone(),
        affiliation: samples.title_of(&sample.organization),
        position: sample.position.clone(),
        ..v1::Person::default()
    })
}

fn unknown() -> Stopped {
    let problem = "it does not hold everybody who is named elsewhere";
    Stopped::Sample { file: "ciftis/people.toml", problem: problem.to_owned() }
}

const fn word(state: v1::RegistrationState) -> &'static str {
    match state {
        v1::RegistrationState::Unspecified => "in an unknown state",
        v1::RegistrationState::Submitted => "to be confirmed",
        v1::RegistrationState::Confirmed => "confirmed",
        v1::RegistrationState::Waiting => "on the waiting list",
        v1::RegistrationState::Rejected => "rejected",
        v1::RegistrationState::Withdrawn => "withdrawn",
        v1::RegistrationState::Offered => "offered",
        v1::RegistrationState::Lapsed => "lapsed",
    }
}
