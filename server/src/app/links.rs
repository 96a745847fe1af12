//! Personal links: made by an organiser, mailed when asked, exchanged once for a token, revoked.

use attache_domain::{
    authority::{Actor, Organizer},
    link::{self, Code, Facts, Link, Plan, Refusal, State},
    notice::Outcome,
    resource::{LinkId, LinkName},
};

use super::{App, AppError, events, missing, notices, sign_in::Letter};
use crate::{
    ids,
    mail::compose::{Notice, Occasion, compose},
    store::{Deed, Exchanged, Request, WriteTx},
};

/// Makes a link for somebody who takes part in the event.
pub async fn create(app: &App, organizer: &Organizer, plan: &Plan, request: Request) -> Result<Link, AppError> {
    let deed = app.deed(organizer, request);
    let name = &plan.person;
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            event.require_active()?;
            // Somebody whom another organisation keeps is nobody to this event.
            let kept = if name.organization == event.plan.controller { tx.person(name).await? } else { None };
            let person = kept.ok_or_else(|| missing(name))?;
            let takes_part = tx.takes_part(&event.id, name).await?;
            let facts = Facts { event: &event, person: &person, takes_part };
            let link = link::create(LinkId(ids::random()), plan, facts, tx.now())?;
            tx.insert_link(&link).await?;
            Ok(link)
        })
        .await
}

/// Revokes a link, and with it the token that it was exchanged for. Done twice, it changes nothing.
pub async fn revoke(app: &App, organizer: &Organizer, name: &LinkName, request: Request) -> Result<Link, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.link(name).await?.ok_or_else(|| missing(name))?;
            end(&tx, before).await
        })
        .await
}

/// Has a link open nothing any more.
pub(super) async fn end(tx: &WriteTx, before: Link) -> Result<Link, AppError> {
    let after = before.clone().revoke(tx.now());
    if after != before {
        tx.save_link(&before, &after, "revoked").await?;
    }
    Ok(after)
}

/// Gives a token to whoever has the code of a link, once. It is done in the name of the person whom the link is for.
pub async fn exchange(app: &App, code: &Code) -> Result<Exchanged, AppError> {
    let name = &app.store.link_with(code).await?.ok_or(Refusal::Unknown)?;
    let deed = Deed { actor: Actor::Person(name.person.clone()), ..app.own_deed(&name.event) };
    app.store
        .write(&deed, |tx| async move {
            let before = tx.link(&name.name()).await?.ok_or(Refusal::Unknown)?;
            let link = before.clone().exchange(tx.now())?;
            let exchanged = Exchanged { link, secret: ids::code() };
            tx.save_exchanged_link(&before, &exchanged).await?;
            Ok(exchanged)
        })
        .await
}

/// Words the mail with a link; there is none, when the link opens nothing any more, or its person has no address any more.
pub async fn word(app: &App, link: &Link) -> Result<Option<Letter>, AppError> {
    if link.state(app.clock.now()) != State::Unused {
        return Ok(None);
    }
    let Some((event, controller, person)) = app.store.parties_of_link(link).await? else { return Ok(None) };
    let Some(email) = person.profile.email.clone() else { return Ok(None) };
    let language = person.profile.language;
    let until = link.expire_time.with_timezone(&event.plan.end.zone());
    let occasion = Occasion::PersonalLink { url: app.personal_url(&link.name()), until };
    let recipient = notices::recipient(&person);
    let (display_name, reply_to) = (recipient.display_name.clone(), event.plan.contact_email.clone());
    let notice = Notice { event: notices::told(&event, controller), recipient, occasion };
    let composed = compose(&notice, language)?;
    Ok(Some(Letter { display_name, email, reply_to, language, composed }))
}

/// Takes note of what became of a try to mail a link.
pub async fn record(app: &App, name: &LinkName, outcome: &Outcome) -> Result<(), AppError> {
    let deed = app.own_deed(&name.event);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.link(name).await?.ok_or_else(|| missing(name))?;
            let after = before.clone().mailed(outcome.clone(), tx.now());
            Ok(tx.save_link(&before, &after, "tried to mail").await?)
        })
        .await
}
