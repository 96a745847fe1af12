//! Everybody who comes: registered, and confirmed where an organiser has to.

use std::collections::BTreeMap;

use attache_client::{Client, fresh_request_id, v1};

use super::{
    Stopped,
    report::Made,
    samples::{Person, Samples},
    stopped::Step as _,
};

/// The category whose registrations are left as they come in, for whoever tries the demo to confirm.
const LEFT: &str = "press";

/// The resource names of the people, by their keys in the samples.
pub(super) struct People(BTreeMap<String, String>);

impl People {
    /// The resource name of a person.
    pub(super) fn name(&self, key: &str) -> Result<String, Stopped> {
        let problem = "it does not hold everybody who is named elsewhere";
        let found = self.0.get(key).cloned();
        found.ok_or_else(|| Stopped::Sample { file: "ciftis/people.toml", problem: problem.to_owned() })
    }
}

/// Registers everybody, and confirms all but the press.
pub(super) async fn register(client: &Client, samples: &Samples) -> Result<(People, Vec<Made>), Stopped> {
    let mut people = BTreeMap::new();
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for gathering in &samples.gatherings {
        let event = format!("events/{}", gathering.event.id);
        for sample in &gathering.people {
            let registration = register_one(client, samples, &event, sample).await?;
            *states.entry(word(registration.state())).or_default() += 1;
            people.insert(sample.key.clone(), registration.person);
        }
    }
    let mut made = vec![Made::new("people registered", people.len())];
    made.extend(states.into_iter().map(|(state, count)| Made::part(state, count)));
    Ok((People(people), made))
}

async fn register_one(
    client: &Client,
    samples: &Samples,
    event: &str,
    sample: &Person,
) -> Result<v1::Registration, Stopped> {
    let category = format!("{event}/categories/{}", sample.category);
    let request = v1::CreateRegistrationRequest {
        parent: event.to_owned(),
        registration: Some(v1::Registration { category, ..v1::Registration::default() }),
        new_person: Some(person(samples, sample)),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    let step = || format!("registering a person in the category {}", sample.category);
    let registration = client.registrations().create_registration(request).await.at(step())?;
    if registration.state() != v1::RegistrationState::Submitted || sample.category == LEFT {
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

fn person(samples: &Samples, sample: &Person) -> v1::Person {
    v1::Person {
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
    }
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
