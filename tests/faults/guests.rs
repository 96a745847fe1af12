//! Guests who register, and ask again until they are told.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use attache_client::{Client, Code, Failure, fresh_request_id, v1};
use attache_tests::{
    fixtures::{FORUM, found_forum, person, registration_of, text},
    site::forum_to_come,
};
use tonic::{Response, Status};

/// The category that guests register in; its registrations are confirmed at once.
pub const GUESTS: &str = "events/ciftis-2023/categories/guest";
/// What the ledger calls its places.
pub const POOL: &str = "categories/guest";

/// How long a guest asks again before they count as unanswered: longer than a slow machine takes for the largest crowd.
const PATIENCE: Duration = Duration::from_mins(15);
/// How long they wait before they ask again, beside what they are told; it doubles with each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// How long they wait at most, beside what they are told.
const LONGEST_PAUSE: Duration = Duration::from_millis(1600);

/// How long an offered place waits for an answer, in hours.
pub const OFFER_HOURS: i32 = 24;

/// Makes a forum with so many places for guests.
pub async fn open_doors(owner: &Client, seats: i32) -> Result<()> {
    found_forum(owner, forum_to_come(), 1).await;
    let category = v1::Category {
        title: Some(text("Guests", "来宾")),
        capacity: Some(seats),
        confirmation: v1::ConfirmationPolicy::AtOnce.into(),
        offer_hours: OFFER_HOURS,
        ..Default::default()
    };
    let request = v1::CreateCategoryRequest {
        parent: FORUM.to_owned(),
        category: Some(category),
        category_id: "guest".to_owned(),
        ..Default::default()
    };
    owner.categories().create_category(request).await?;
    Ok(())
}

/// What a guest was told, and when.
#[derive(Clone)]
pub struct Told {
    /// The registration's resource name.
    pub name: String,
    /// Since when the server may have known of them.
    pub sent: Instant,
    /// When they were told.
    pub answered: Instant,
}

impl Told {
    /// The registration's id, which is what holds its place.
    pub fn id(&self) -> &str {
        self.name.rsplit_once('/').map_or(self.name.as_str(), |(_, id)| id)
    }
}

/// How often guests were told to come again, by what they were told.
#[derive(Default)]
pub struct Delays(Mutex<BTreeMap<String, u64>>);

impl Delays {
    fn count(&self, failure: &Failure) {
        let reason = failure.reason.as_ref().map_or_else(|| "connection lost".to_owned(), ToString::to_string);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(reason).or_default() += 1;
    }

    /// Tells how often they were told that.
    pub fn of(&self, reason: &str) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(reason).copied().unwrap_or_default()
    }

    /// Tells them in a line.
    pub fn line(&self) -> String {
        let delays = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told: Vec<_> = delays.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        if told.is_empty() { "none".to_owned() } else { told.join(", ") }
    }
}

/// Registers a guest under one request id, as often as it takes.
pub async fn register(client: &Client, guest: u64, delays: &Delays) -> Result<Told> {
    let person = person(&format!("Guest {guest}"), &address_of(guest));
    let registration = v1::Registration { category: GUESTS.to_owned(), ..Default::default() };
    let request = v1::CreateRegistrationRequest {
        request_id: fresh_request_id(),
        registration: Some(registration),
        ..registration_of(person)
    };
    let ask = || {
        let (mut service, request) = (client.registrations(), request.clone());
        async move { service.create_registration(request).await }
    };
    let answer = until_answered(delays, ask).await;
    let Answer { message, sent, answered } = answer.with_context(|| format!("guest {guest}"))?;
    Ok(Told { name: message.name, sent, answered })
}

/// Where a guest's mail goes.
pub fn address_of(guest: u64) -> String {
    format!("guest{guest}@example.org")
}

/// What was answered at last.
pub struct Answer<T> {
    /// The answer.
    pub message: T,
    /// Since when the server may have known of the request.
    sent: Instant,
    /// When it was answered.
    answered: Instant,
}

/// Asks until there is an answer, as long as the server may have one later.
pub async fn until_answered<T, F>(delays: &Delays, ask: impl Fn() -> F) -> Result<Answer<T>>
where
    F: Future<Output = Result<Response<T>, Status>>,
{
    let begun = Instant::now();
    let (mut sent, mut pause, mut is_unheard_of) = (begun, FIRST_PAUSE, true);
    while begun.elapsed() < PATIENCE {
        let failure = match ask().await {
            Ok(done) => return Ok(Answer { message: done.into_inner(), sent, answered: Instant::now() }),
            Err(status) => Failure::from(status),
        };
        delays.count(&failure);
        tokio::time::sleep(failure.retry_delay.unwrap_or_default() + pause).await;
        pause = LONGEST_PAUSE.min(2 * pause);
        let was_sent_away = failure.code == Code::ResourceExhausted && failure.retry_delay.is_some();
        if !was_sent_away && !matches!(failure.code, Code::Unavailable | Code::DeadlineExceeded) {
            bail!("was told {:?}: {failure}", failure.code);
        }
        // Whoever was only ever sent away was not taken note of, and comes anew.
        is_unheard_of &= was_sent_away;
        if is_unheard_of {
            sent = Instant::now();
        }
    }
    bail!("was never told")
}
