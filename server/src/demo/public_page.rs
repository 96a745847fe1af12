//! The public page, as those see it who register by themselves: the form, and the code out of their mail.

use std::collections::BTreeMap;

use attache_client::v1;

use super::{
    Callers, Stopped,
    folder::Folder,
    mailbox,
    registrations::{self, People},
    samples::{Guests, Samples},
    stopped::Step as _,
};

/// Fills the form for each, and confirms it with the code that was mailed; tells how many they are.
pub(super) async fn register(
    callers: &Callers,
    samples: &Samples,
    people: &mut People,
    event: &str,
    guests: &Guests,
    folder: &Folder,
) -> Result<usize, Stopped> {
    let mut page = callers.anybody.public();
    let category = format!("{event}/categories/{}", guests.category);
    let request = v1::GetPublicEventRequest { name: event.to_owned() };
    if !page.get_public_event(request).await.at("opening the public page")?.registration_open {
        return Err(Stopped::Unexpected { step: "opening the public page", found: "it takes no forms".to_owned() });
    }
    page.get_form(v1::GetFormRequest { name: category.clone() }).await.at("opening the form")?;

    let mut submitted = BTreeMap::new();
    for key in &guests.people {
        let person = registrations::person(samples, key)?;
        let email = person.email.clone();
        let request =
            v1::SubmitRegistrationRequest { parent: category.clone(), person: Some(person), answers: Vec::new() };
        let form = page.submit_registration(request).await.at("submitting a form")?;
        submitted.insert(email, (key, form.name));
    }
    let mut codes = mailbox::codes(folder, submitted.keys().cloned().collect()).await?;
    for (email, (key, name)) in submitted {
        let code = codes.remove(&email).unwrap_or_default();
        let request = v1::ConfirmSubmissionRequest { name, code };
        let name = page.confirm_submission(request).await.at("confirming a form")?.registration;
        let request = v1::GetRegistrationRequest { name, ..v1::GetRegistrationRequest::default() };
        let registration = callers.owner.registrations().get_registration(request).await;
        people.meet(key, registration.at("getting a registration")?.person);
    }
    Ok(guests.people.len())
}
