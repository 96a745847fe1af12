//! The events of the years before, each at its own moment and with its own work: an agreement signed in two rooms, a launch that companies
//! register for by themselves, a seminar with more guests than seats.

use attache_client::{Client, fresh_request_id, v1};

use super::{
    Callers, Stopped, events,
    folder::Folder,
    outputs, public_page,
    registrations::{self, People},
    report::Made,
    samples::{Earlier, Guests, Samples},
    schedule,
    stopped::Step as _,
};
use crate::clock::Clock;

/// What all of them made together.
#[derive(Default)]
struct Sum {
    registrations: usize,
    public: usize,
    accepted: usize,
    declined: usize,
    sessions: usize,
}

/// Plays them in their order; the clock is moved to each.
pub(super) async fn play(
    callers: &Callers,
    samples: &Samples,
    folder: &Folder,
    clock: &Clock,
) -> Result<(People, Vec<Made>), Stopped> {
    let (mut people, mut sum) = (People::default(), Sum::default());
    for earlier in &samples.earlier {
        clock.advance(earlier.rehearsal_time - clock.now());
        play_one(callers, samples, folder, earlier, &mut people, &mut sum).await?;
    }
    let Sum { registrations, public, accepted, declined, sessions } = sum;
    let made = vec![
        Made::new("events of the years before", samples.earlier.len()),
        Made::part("registrations", registrations),
        Made::part("made on the public page", public),
        Made::part("places offered and accepted", accepted),
        Made::part("places offered and declined", declined),
        Made::part("sessions checked and released", sessions),
    ];
    Ok((people, made))
}

async fn play_one(
    callers: &Callers,
    samples: &Samples,
    folder: &Folder,
    earlier: &Earlier,
    people: &mut People,
    sum: &mut Sum,
) -> Result<(), Stopped> {
    let owner = &callers.owner;
    let Earlier { rehearsal_time: _, event, categories, people: _, guests, public, withdrawn, declining, programme } =
        earlier;
    let name = format!("events/{}", event.id);
    events::create_one(owner, event, categories).await?;
    let mut taken_back = Vec::new();
    for Guests { category, people: keys } in guests {
        for key in keys {
            let registration = registrations::register_one(owner, samples, people, &name, category, key).await?;
            sum.registrations += 1;
            if withdrawn.contains(key) {
                taken_back.push(registration);
            }
        }
    }
    if let Some(guests) = public {
        let count = public_page::register(callers, samples, people, &name, guests, folder).await?;
        sum.registrations += count;
        sum.public += count;
    }
    withdraw(owner, taken_back).await?;
    answer_offers(owner, people, &name, declining, sum).await?;
    schedule::release(owner, programme, people, folder, &format!("programmes/{}", event.id)).await?;
    sum.sessions += programme.sessions.len();
    outputs::until_dry(owner, &name).await
}

async fn withdraw(client: &Client, registrations: Vec<v1::Registration>) -> Result<(), Stopped> {
    for v1::Registration { name, etag, .. } in registrations {
        let request = v1::WithdrawRegistrationRequest {
            name,
            etag,
            request_id: fresh_request_id(),
            ..v1::WithdrawRegistrationRequest::default()
        };
        client.registrations().withdraw_registration(request).await.at("withdrawing a registration")?;
    }
    Ok(())
}

/// Answers what is offered to those who wait, as long as something is: a place that is declined is offered to the next.
async fn answer_offers(
    client: &Client,
    people: &People,
    event: &str,
    declining: &[String],
    sum: &mut Sum,
) -> Result<(), Stopped> {
    let declining = declining.iter().map(|key| people.name(key)).collect::<Result<Vec<_>, _>>()?;
    while let Some(v1::Offer { name, registration, .. }) = pending(client, event).await? {
        let request = v1::GetRegistrationRequest { name: registration, ..v1::GetRegistrationRequest::default() };
        let registration = client.registrations().get_registration(request).await.at("getting a registration")?;
        let request_id = fresh_request_id();
        if declining.contains(&registration.person) {
            let request = v1::DeclineOfferRequest { name, request_id, validate_only: false };
            client.waitlists().decline_offer(request).await.at("declining an offer")?;
            sum.declined += 1;
        } else {
            let request = v1::AcceptOfferRequest { name, request_id, validate_only: false };
            client.waitlists().accept_offer(request).await.at("accepting an offer")?;
            sum.accepted += 1;
        }
    }
    Ok(())
}

async fn pending(client: &Client, event: &str) -> Result<Option<v1::Offer>, Stopped> {
    let request = v1::ListOffersRequest {
        parent: event.to_owned(),
        page_size: 1,
        filter: "state = PENDING".to_owned(),
        ..v1::ListOffersRequest::default()
    };
    let listed = client.waitlists().list_offers(request).await.at("listing the offers")?;
    Ok(listed.offers.into_iter().next())
}
