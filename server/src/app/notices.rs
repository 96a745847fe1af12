//! Notices: written in the transaction that has something to tell, sent later by a worker.

use std::collections::HashMap;

use attache_domain::{
    authority::Organizer,
    event::Event,
    language::LanguageTag,
    localized::Localized,
    notice::{Mail, Notice, Outcome},
    organization::Organization,
    person::Person,
    resource::{EventId, FileName, NoticeId, NoticeName},
};

use super::{App, AppError, missing};
use crate::{
    ids,
    mail::compose::{self, Contact, Occasion, Recipient, compose},
    store::{Request, WriteTx},
};

/// Puts a failed notice back into the queue; it says what it said the first time.
pub async fn retry(app: &App, organizer: &Organizer, name: &NoticeName, request: Request) -> Result<Notice, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.notice(name).await?.ok_or_else(|| missing(name))?;
            let after = before.clone().retry(tx.now())?;
            tx.save_notice(&before, &after, "retried").await?;
            Ok(after)
        })
        .await
}

/// Takes note of what became of tries to send notices of an event; one that is gone meanwhile is passed over.
pub async fn record(app: &App, event: &EventId, outcomes: &[(NoticeId, Outcome)]) -> Result<(), AppError> {
    let deed = app.own_deed(event);
    let ids: Vec<NoticeId> = outcomes.iter().map(|(id, _)| *id).collect();
    let became: HashMap<NoticeId, &Outcome> = outcomes.iter().map(|(id, outcome)| (*id, outcome)).collect();
    app.store
        .write(&deed, |tx| {
            let (ids, became) = (&ids, &became);
            async move {
                let tried = |before: Notice| {
                    let after = before.clone().tried((*became.get(&before.id)?).clone(), tx.now());
                    Some((before, after))
                };
                let tried: Vec<(Notice, Notice)> =
                    tx.notices(event, ids).await?.into_iter().filter_map(tried).collect();
                tx.save_deliveries(event, &tried).await?;
                Ok(())
            }
        })
        .await
}

/// Writes a notice and puts it into the queue; whoever has no address gets none.
pub(super) async fn enqueue(
    tx: &WriteTx,
    event: &Event,
    person: &Person,
    language: LanguageTag,
    occasion: Occasion,
    attachments: Vec<FileName>,
) -> Result<(), AppError> {
    let Some(email) = person.profile.email.clone() else { return Ok(()) };
    let name = occasion.name().to_owned();
    let controller = tx.organization(&event.plan.controller).await?.ok_or_else(|| missing(event.name()))?;
    let notice = compose::Notice { event: told(event, controller), recipient: recipient(person), occasion };
    let composed = compose(&notice, language)?;
    let mail = Mail {
        occasion: name,
        person: person.name(),
        display_name: person.profile.name.display_name.as_str().to_owned(),
        email,
        reply_to: event.plan.contact_email.clone(),
        language,
        subject: composed.subject,
        text: composed.text,
        html: composed.html,
        attachments,
    };
    let notice = Notice::enqueue(event.id.clone(), NoticeId(ids::ordered()), mail, tx.now());
    tx.insert_notice(&notice).await?;
    Ok(())
}

/// What a mail tells of an event: who runs it is whom to ask.
pub(super) fn told(event: &Event, controller: Organization) -> compose::Event {
    let plan = &event.plan;
    let contact = plan.contact_email.as_ref().or(controller.profile.email.as_ref());
    let city = plan.venue.as_ref().and_then(|venue| Localized::new(&venue.city, "").ok());
    compose::Event {
        title: plan.title.clone(),
        city,
        start_date: plan.start.date(),
        end_date: plan.end.date(),
        contact: Contact {
            name: controller.profile.title,
            email: contact.map(|email| email.as_str().to_owned()),
            phone: controller.profile.phone_number,
        },
    }
}

/// How a mail addresses somebody.
pub(super) fn recipient(person: &Person) -> Recipient {
    let name = &person.profile.name;
    Recipient {
        display_name: name.display_name.as_str().to_owned(),
        form_of_address: name.form_of_address.as_ref().map(|form| form.as_str().to_owned()),
    }
}
