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
    promoted: usize,
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
    let Sum { registrations, public, promoted, sessions } = sum;
    let made = vec![
        Made::new("events of the years before", samples.earlier.len()),
        Made::part("registrations", registrations),
        Made::part("made on the public page", public),
        Made::part("promoted from the waiting list", promoted),
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
    let Earlier { rehearsal_time: _, event, categories, people: _, guests, public, withdrawn, programme } = earlier;
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
    sum.promoted += withdraw(owner, &name, taken_back).await?;
    schedule::release(owner, programme, people, folder, &format!("programmes/{}", event.id)).await?;
    sum.sessions += programme.sessions.len();
    outputs::until_dry(owner, &name).await
}

/// Withdraws registrations; tells how many of those who waited have a place for that.
async fn withdraw(client: &Client, event: &str, registrations: Vec<v1::Registration>) -> Result<usize, Stopped> {
    let waited = waiting(client, event).await?;
    for v1::Registration { name, etag, .. } in registrations {
        let request = v1::WithdrawRegistrationRequest {
            name,
            etag,
            request_id: fresh_request_id(),
            ..v1::WithdrawRegistrationRequest::default()
        };
        client.registrations().withdraw_registration(request).await.at("withdrawing a registration")?;
    }
    Ok(waited.saturating_sub(waiting(client, event).await?))
}

async fn waiting(client: &Client, event: &str) -> Result<usize, Stopped> {
    let request = v1::ListRegistrationsRequest {
        parent: event.to_owned(),
        page_size: 1,
        filter: "state = WAITING".to_owned(),
        ..v1::ListRegistrationsRequest::default()
    };
    let listed = client.registrations().list_registrations(request).await.at("listing who waits")?;
    Ok(usize::try_from(listed.total_size).unwrap_or_default())
}
