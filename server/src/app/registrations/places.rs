//! Places of a category: who comes in with one, who leaves one, and who gets one that came free.

use attache_domain::{
    category::Category,
    event::Event,
    form::Answers,
    invitation::Invitation,
    offer::{self, Offer},
    pool::Place,
    registration::{self, ExternalId, Registration, State},
    resource::{OfferId, RegistrationId},
    submission::Submission,
};

use super::{
    super::{
        AppError, categories,
        invitations::{Overtaken, overtake},
        missing,
    },
    choices::choose,
    sharing::{self, Head},
    telling::{Parties, announce_entry, announce_lapse, announce_offer, announce_promotion},
};
use crate::{
    ids,
    store::{WriteTx, pool_of},
};

/// Gives or offers the free places of a category, and of the pools that it shares, to those who wait, first come first served; an event that was
/// cancelled or is over has none to give.
///
/// Whatever frees a place or adds one ends with this, in the same transaction, so that nobody waits beside a free place.
pub(in crate::app) async fn promote(tx: &WriteTx, category: &Category) -> Result<(), AppError> {
    let event = tx.event(&category.event).await?.ok_or_else(|| missing(category.name()))?;
    promote_all(tx, &event, &sharing::circle(tx, &event, category).await?).await
}

/// Gives or offers the free places of some categories, and of the pools that they share, to those who wait for any of them: whoever comes first of
/// those who are next in their category.
pub(super) async fn promote_all(tx: &WriteTx, event: &Event, categories: &[Category]) -> Result<(), AppError> {
    if !event.gives_places(tx.now()) {
        return Ok(());
    }
    let mut heads = Vec::new();
    for category in categories {
        heads.extend(Head::of(tx, category).await?);
    }
    while let Some(Head { category, waiting, .. }) = sharing::take_first(&mut heads) {
        // Those of other categories who were served may have left too little of what they share; then another of this one may be next.
        let served = tx.serve(&pool_of(&category.event, &category.id), &waiting).await?;
        for holder in &served {
            let registration = sharing::of_holder(tx, category, holder).await?;
            give(tx, event, category, registration, waiting.is_group).await?;
        }
        let next = Head::of(tx, category).await?;
        heads.extend(next.filter(|next| !served.is_empty() || next.waiting.holder != waiting.holder));
    }
    Ok(())
}

/// Gives a place, which the ledger holds already, to somebody who waited: for good, or for as long as an offer is good. Those who waited as a group are
/// members of a delegation that was approved, and confirmed by that.
async fn give(
    tx: &WriteTx,
    event: &Event,
    category: &Category,
    waiting: Registration,
    is_group: bool,
) -> Result<(), AppError> {
    if is_group {
        let after = waiting.clone().seat_again(category, tx.now());
        tx.save_registration(&waiting, &after, "promoted").await?;
        return announce_promotion(tx, &after).await;
    }
    let Some(period) = category.plan.offer_period else {
        let after = waiting.clone().enter(category, Place::Held, tx.now());
        tx.save_registration(&waiting, &after, "promoted").await?;
        return announce_promotion(tx, &after).await;
    };
    let after = waiting.clone().receive_offer(tx.now());
    tx.save_registration(&waiting, &after, "offered").await?;
    let period = (period, category.plan.offer_working_hours.as_ref());
    let offer = offer::make(OfferId(ids::ordered()), &after, period, event, tx.now());
    let lapses = tx.lapsed_offers(&after.name()).await?;
    tx.insert_offer(&offer).await?;
    announce_offer(tx, &after, &offer, category.waits_again_after(lapses + 1)).await
}

/// Has a registration that let an offer lapse wait behind all others; where nobody else waits for the place, it is offered to it anew.
pub(in crate::app) async fn wait_again(
    tx: &WriteTx,
    category: &Category,
    registration: &Registration,
    lapsed: &Offer,
) -> Result<(), AppError> {
    let (pool, holder) = (pool_of(&category.event, &category.id), registration.id.to_string());
    let places = tx.give_back(&pool, &holder).await?;
    tx.wait(&pool, &holder, places).await?;
    promote(tx, category).await?;
    let name = registration.name();
    let now = tx.registration(&name).await?.ok_or_else(|| missing(&name))?;
    if now.state == State::Waiting { announce_lapse(tx, &now, lapsed).await } else { Ok(()) }
}

/// Makes a registration of a submission whose address is proven, with the place that was held for it, or what the ledger has now.
pub(in crate::app) async fn enter(
    tx: &WriteTx,
    (event, category): (&Event, &Category),
    submission: &Submission,
) -> Result<Registration, AppError> {
    let (id, person) = (submission.registration(), &submission.person);
    let party = category.plan.form.party(&submission.answers);
    let place = if submission.holds_place { Place::Held } else { take(tx, category, id, (party, 0)).await? };
    // Its choices are the registration's from now on.
    tx.leave_choices(category, &id.to_string()).await?;
    tx.insert_person(person).await?;
    register(tx, &Parties { event, category, person }, (id, None), place, &submission.answers).await
}

/// What is wanted of the ledger for somebody who is to be registered.
#[derive(Clone, Copy)]
pub(super) enum Want {
    /// A place, of which so many may have been given back for them; where there is none, their turn.
    Place(u32),
    /// One of the places that were found free for all who come together, before the first of them had one. It is held without another look at who
    /// waits, so that those who need more are passed over once, by all who come, and not by each; that is counted when all have theirs. Where it is
    /// gone after all, their turn.
    Counted,
    /// Their turn, behind all who wait.
    Turn,
}

impl Want {
    /// The same, where another place was given back for them.
    fn with_one(self) -> Self {
        match self {
            Self::Place(given) => Self::Place(given + 1),
            Self::Counted => Self::Counted,
            Self::Turn => Self::Turn,
        }
    }
}

/// What the ledger has for somebody who is to be registered.
pub(super) struct Found {
    /// Under which id.
    pub(super) id: RegistrationId,
    /// A place, or none.
    pub(super) place: Place,
    /// The category in which an invitation kept a place for them that they do not take; it goes to those who wait there once they are registered.
    pub(super) left: Option<Box<Category>>,
}

impl Found {
    /// The same, where a place of a category is left by it.
    fn leaving(self, left: Box<Category>) -> Self {
        Self { left: Some(left), ..self }
    }
}

/// Finds what the ledger has for a party that is to be registered: the place that their open invitation kept, or some of those that are free, where
/// some may have been given back for them.
pub(super) async fn place_for(
    tx: &WriteTx,
    category: &Category,
    invitation: Option<Invitation>,
    (party, want): (u32, Want),
) -> Result<Found, AppError> {
    let id = RegistrationId(ids::ordered());
    match overtake(tx, category, invitation).await? {
        Overtaken::Here(kept) => complete(tx, category, kept, party).await,
        Overtaken::Elsewhere(left) => Ok(look(tx, category, id, (party, want.with_one())).await?.leaving(left)),
        Overtaken::Nothing => look(tx, category, id, (party, want)).await,
    }
}

/// Finds what the ledger has for a registration that is put back: the place that the open invitation of whoever it is about kept, or one of those
/// that are free.
pub(super) async fn place_again(
    tx: &WriteTx,
    category: &Category,
    (before, invitation): (&Registration, Option<Invitation>),
    want: Want,
) -> Result<Found, AppError> {
    let (id, party) = (before.id, party_of(tx, category, before).await?);
    match overtake(tx, category, invitation).await? {
        Overtaken::Here(kept) => {
            let pool = pool_of(&category.event, &category.id);
            if !tx.hand_over(&pool, &kept.to_string(), &id.to_string()).await? {
                return Err(missing(&pool));
            }
            complete(tx, category, id, party).await
        }
        Overtaken::Elsewhere(left) => Ok(look(tx, category, id, (party, want.with_one())).await?.leaving(left)),
        Overtaken::Nothing => look(tx, category, id, (party, want)).await,
    }
}

async fn look(
    tx: &WriteTx,
    category: &Category,
    id: RegistrationId,
    (party, want): (u32, Want),
) -> Result<Found, AppError> {
    let (pool, holder) = (pool_of(&category.event, &category.id), id.to_string());
    let place = match want {
        Want::Place(given) => take(tx, category, id, (party, given)).await?,
        Want::Counted if tx.hold(&pool, &holder, party).await? => Place::Held,
        Want::Counted | Want::Turn => Place::Queued(tx.wait(&pool, &holder, party).await?),
    };
    Ok(Found { id, place, left: None })
}

/// Finds places for those who come with somebody for whom one was kept; where there are too few, all of them wait together.
async fn complete(tx: &WriteTx, category: &Category, id: RegistrationId, party: u32) -> Result<Found, AppError> {
    let (pool, holder) = (pool_of(&category.event, &category.id), id.to_string());
    if tx.resize(&pool, &holder, party).await? {
        return Ok(Found { id, place: Place::Held, left: None });
    }
    tx.give_back(&pool, &holder).await?;
    Ok(look(tx, category, id, (party, Want::Place(0))).await?.leaving(Box::new(category.clone())))
}

/// Gives the place that an invitation kept, and that is free once its guest is registered, to those who wait.
pub(super) async fn pass_on(tx: &WriteTx, left: Option<Box<Category>>) -> Result<(), AppError> {
    match left {
        Some(left) => promote(tx, &left).await,
        None => Ok(()),
    }
}

/// What the ledger has for a party. Whoever gave so many places back for it is not behind those who wait for what they bring: chairs of the hall that
/// both categories share.
pub(in crate::app) async fn take(
    tx: &WriteTx,
    category: &Category,
    id: RegistrationId,
    (party, given): (u32, u32),
) -> Result<Place, AppError> {
    let (pool, holder) = (pool_of(&category.event, &category.id), id.to_string());
    if given >= party && tx.hold_past(&pool, &holder, party).await? {
        return Ok(Place::Held);
    }
    Ok(tx.take(&pool, &holder, party).await?)
}

/// Has a registration that holds places, or waits for some, do so for a party of so many from now on; tells where there are too few for those who join
/// it, and does nothing then.
pub(in crate::app) async fn resize(
    tx: &WriteTx,
    category: &Category,
    id: RegistrationId,
    party: u32,
) -> Result<Result<(), registration::Refusal>, AppError> {
    let pool = pool_of(&category.event, &category.id);
    if tx.resize(&pool, &id.to_string(), party).await? {
        return Ok(Ok(()));
    }
    let free = tx.free(&pool).await?.unwrap_or_default();
    Ok(Err(registration::Refusal::NoPlaces { category: category.name(), free }))
}

/// Has the places of a registration that is not out, in its category and of choices, be as it is answered from now on. Tells whether others may be
/// served by it, once that is saved.
pub(super) async fn answer(
    tx: &WriteTx,
    category: &Category,
    id: RegistrationId,
    (before, after): (&Answers, &Answers),
) -> Result<Result<bool, registration::Refusal>, AppError> {
    let form = &category.plan.form;
    let (old, new) = (form.party(before), form.party(after));
    if old != new
        && let Err(full) = resize(tx, category, id, new).await?
    {
        return Ok(Err(full));
    }
    choose(tx, category, &id.to_string(), (before, after)).await?;
    Ok(Ok(new != old))
}

/// How many places a registration takes in a category; what was answered with it is read only where that asks who comes along, or how many watch.
pub(super) async fn party_of(tx: &WriteTx, category: &Category, registration: &Registration) -> Result<u32, AppError> {
    let form = &category.plan.form;
    if form.asks_for_party() { Ok(form.party(&tx.answers(registration).await?)) } else { Ok(1) }
}

/// Registers somebody who was admitted, with the place that the ledger had for them, and tells them.
pub(in crate::app) async fn register(
    tx: &WriteTx,
    parties: &Parties<'_>,
    known_as: (RegistrationId, Option<ExternalId>),
    place: Place,
    answers: &Answers,
) -> Result<Registration, AppError> {
    let registration = open(tx, parties, known_as, place, answers).await?;
    announce_entry(tx, parties, &registration, place).await?;
    Ok(registration)
}

/// Registers somebody who was admitted, with the place that the ledger had for them.
pub(super) async fn open(
    tx: &WriteTx,
    parties: &Parties<'_>,
    known_as: (RegistrationId, Option<ExternalId>),
    place: Place,
    answers: &Answers,
) -> Result<Registration, AppError> {
    let registration = registration::open(known_as, parties.category, parties.person.name(), place, tx.now());
    tx.insert_registration(&registration).await?;
    choose(tx, parties.category, &registration.id.to_string(), (&Answers::default(), answers)).await?;
    tx.save_answers(&registration, &Answers::default(), answers).await?;
    Ok(registration)
}

/// Gives back what a registration that is out held or waited for, to whoever waits first; an offer that it did not answer is taken back.
pub(in crate::app) async fn leave(tx: &WriteTx, registration: &Registration) -> Result<(), AppError> {
    let (category, _) = vacate(tx, registration).await?;
    promote(tx, &category).await
}

/// Gives back what a registration that is out held or waited for; tells of which category, for whoever waits is not served by it yet, and how many
/// places it held.
pub(super) async fn vacate(tx: &WriteTx, registration: &Registration) -> Result<(Category, u32), AppError> {
    if let Some(offer) = tx.pending_offer(&registration.name()).await?
        && let Some(revoked) = offer.clone().revoke(tx.now())
    {
        tx.save_offer(&offer, &revoked, "revoked").await?;
    }
    let pool = pool_of(&registration.event, &registration.category);
    let freed = tx.give_back(&pool, &registration.id.to_string()).await?;
    let category = categories::of(tx, &registration.event, &registration.category).await?;
    tx.leave_choices(&category, &registration.id.to_string()).await?;
    Ok((category, freed))
}
