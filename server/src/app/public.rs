//! Registrations that people make on a public page: submitted, confirmed by a mailed code, or forgotten.

use attache_domain::{
    change::Trail,
    email::EmailAddress,
    form::{Answers, Given},
    link::{self, Link},
    mailed_code::{Code, Refusal},
    notice::Outcome,
    person::{self, Profile},
    registration::{Facts, Registration},
    resource::{CategoryName, LinkId, PersonId, PersonName, SubmissionId, SubmissionName},
    submission::{self, Submission},
};

use super::{App, AppError, missing, notices, registrations, sign_in::Letter};
use crate::{
    ids,
    mail::compose::{Notice, Occasion, Recipient, compose},
    store::{PublicEvent, WriteTx, pool_of},
};

/// How many submissions are forgotten in one transaction.
const BATCH: u64 = 50;

/// A form that somebody filled.
#[derive(Clone, Debug)]
pub struct Filled {
    /// As what they register.
    pub category: CategoryName,
    /// What they typed.
    pub profile: Profile,
    /// The address in it.
    pub email: EmailAddress,
    /// What they answered.
    pub answers: Vec<Given>,
}

/// Takes a submission in, and holds a place for it if there is one.
///
/// Whether the address is registered already is looked at when it is proven, so that nobody learns it of somebody else.
pub async fn submit(app: &App, form: &Filled) -> Result<Submission, AppError> {
    let Filled { category: name, profile, email, answers } = form;
    let deed = app.own_deed(&name.event);
    app.store
        .write(&deed, |tx| async move {
            let event = tx.event(&name.event).await?.ok_or_else(|| missing(name))?;
            let found = tx.category(&name.event, &name.category).await?.filter(|category| category.plan.public);
            let category = found.ok_or_else(|| missing(name))?;
            Facts { event: &event, category: &category, existing: None }.admit(tx.now())?;
            let answers = category.plan.form.read_newcomers(answers.clone())?;
            submission::admit(&tx.submission_times(&event.id, email).await?, tx.now())?;

            let id = SubmissionId(ids::random());
            let who = PersonName { organization: event.plan.controller.clone(), person: PersonId(ids::ordered()) };
            let person = person::create(who, profile.clone(), tx.now());
            let place =
                tx.take(&pool_of(&event.id, &category.id), &id.to_string(), category.plan.form.party(&answers)).await?;
            let submission = submission::submit(id, &category, (person, email.clone(), answers), place, tx.now());
            if !submission.holds_place {
                // Only whoever proved their address waits in the queue.
                tx.give_back(&pool_of(&event.id, &category.id), &id.to_string()).await?;
            }
            let chosen = (&Answers::default(), &submission.answers);
            registrations::choose(&tx, &category, &id.to_string(), chosen).await?;
            tx.insert_submission(&submission)?;
            Ok(submission)
        })
        .await
}

/// Makes a registration of a submission, for whoever has the code that was mailed, and a personal link by which they go on: to bring files, their
/// passport and their photo.
pub async fn confirm(app: &App, (name, code): &(SubmissionName, Code)) -> Result<(Registration, Link), AppError> {
    let deed = app.own_deed(&name.event);
    let confirmed = app.store.write(&deed, |tx| async move {
        let Some(submission) = tx.submission(name).await?.filter(|submission| submission.is_open(tx.now())) else {
            return Ok(None);
        };
        if !tx.confirms(&submission, code) {
            tx.save_submission(&submission.missed()).await?;
            return Ok::<_, AppError>(None);
        }
        let event = tx.event(&name.event).await?.ok_or_else(|| missing(name))?;
        let category = tx.category(&name.event, &submission.category).await?.ok_or_else(|| missing(name))?;
        let existing = tx.live_registration(&event.id, &submission.person).await?;
        Facts { event: &event, category: &category, existing }.admit(tx.now())?;
        tx.delete_submission(&submission).await?;
        let registration = registrations::enter(&tx, (&event, &category), &submission).await?;
        let plan = link::Plan { person: submission.person.name(), expire_time: None, mailed: false };
        let facts = link::Facts { event: &event, person: &submission.person, takes_part: true };
        let link = link::create(LinkId(ids::random()), &plan, facts, tx.now())?;
        tx.insert_link(&link).await?;
        Ok(Some((registration, link)))
    });
    confirmed.await?.ok_or_else(|| Refusal::CodeInvalid.into())
}

/// Forgets what was not confirmed in time; the places go to those who wait.
pub async fn forget_unconfirmed(app: &App) -> Result<(), AppError> {
    let deed = app.own_deed(Trail::Installation);
    if !app.store.has_submissions_until(deed.now - submission::LIFE).await? {
        return Ok(());
    }
    app.store
        .write(&deed, |tx| async move {
            for submission in tx.submissions_until(tx.now() - submission::LIFE, BATCH).await? {
                forget(&tx, &submission).await?;
            }
            Ok(())
        })
        .await
}

async fn forget(tx: &WriteTx, submission: &Submission) -> Result<(), AppError> {
    tx.delete_submission(submission).await?;
    let Some(category) = tx.category(&submission.event, &submission.category).await? else { return Ok(()) };
    tx.leave_choices(&category, &submission.id.to_string()).await?;
    if submission.holds_place {
        tx.give_back(&pool_of(&category.event, &category.id), &submission.id.to_string()).await?;
        registrations::promote(tx, &category).await?;
    }
    Ok(())
}

/// Words the mail with the code; there is none, when the code is good no more or the category takes no public registrations any more.
pub async fn word(app: &App, submission: &Submission) -> Result<Option<Letter>, AppError> {
    let found = app.store.public_event(&submission.event).await?.filter(|_| submission.is_open(app.clock.now()));
    let Some(PublicEvent { event, controller, categories }) = found else { return Ok(None) };
    let Some((category, _)) = categories.into_iter().find(|(category, _)| category.id == submission.category) else {
        return Ok(None);
    };
    let language = category.language_for(submission.person.profile.language);
    let occasion = Occasion::AddressToConfirm {
        category: category.plan.title,
        code: app.store.code_confirming(submission).grouped(),
        minutes: submission::LIFE.num_minutes(),
    };
    let reply_to = event.plan.contact_email.clone();
    let recipient = Recipient::unproven(language);
    let display_name = recipient.display_name.clone();
    let notice = Notice { event: notices::told(&event, controller), recipient, occasion };
    let composed = compose(&notice, language)?;
    let email = submission.email.clone();
    Ok(Some(Letter { display_name, email, reply_to, language, composed }))
}

/// Takes note of what became of a try to mail the code. What was confirmed or forgotten meanwhile stays so.
pub async fn record(app: &App, name: &SubmissionName, outcome: &Outcome) -> Result<(), AppError> {
    let deed = app.own_deed(&name.event);
    app.store
        .write(&deed, |tx| async move {
            match tx.submission(name).await? {
                Some(present) => Ok(tx.save_submission(&present.mailed(outcome, tx.now())).await?),
                None => Ok(()),
            }
        })
        .await
}
