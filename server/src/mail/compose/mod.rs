//! Words a notice: facts and the reader's language in, subject, text and HTML out.
//!
//! Each occasion, and the code that a member signs in with, has a folder under `templates/mails` with six files, `{en,zh}.{subject.txt,txt,html}`; translators work there and
//! nowhere else.
//! The text part is written by hand, not derived from the HTML.
//! Nothing here reads a clock, a file or the network, so that a notice can be previewed, compared with a snapshot, and stored
//! before it is sent.
//!
//! **Invariant:** the same notice in the same language gives the same three texts, and a value a person typed stays on its own
//! line and within its own HTML element.

mod code;
mod notice;
mod templates;
mod wording;

pub use code::{CodeMail, compose_code};
pub use notice::{Contact, Event, Notice, Occasion, Recipient, Slot};
pub use wording::days;

use attache_domain::{language::LanguageTag, localized::Localized};
use minijinja::{Value, context};

use super::line::one_line;
use super::message::content_language;
use templates::Part;

/// Holds a worded notice as the outbox stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The subject, on one line.
    pub subject: String,
    /// The plain text part; lines end in `\n` and are not wrapped.
    pub text: String,
    /// The HTML part: a whole document without scripts, remote images or style sheets.
    pub html: String,
}

/// Says why a notice could not be worded; each of these is a fault of the program or its templates, not of the reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// A template does not parse, or it asks for a fact that its occasion does not have.
    #[error("the mail template {template} failed at line {line}: {kind}")]
    Template {
        /// The path of the template under `templates/mails`.
        template: String,
        /// The line, counted from 1; 0 where the whole file is meant.
        line: usize,
        /// What is wrong, in the words of the template engine, without any values.
        kind: minijinja::ErrorKind,
    },
    /// The address at which a letter can be verified, or of somebody's page, is not an absolute `https` or `http` URL.
    #[error("an address in the mail is not an absolute http or https URL")]
    BadUrl,
}

/// Words a notice in a language.
pub fn compose(notice: &Notice, language: LanguageTag) -> Result<Composed, ComposeError> {
    let facts = facts(notice, language)?;
    let name = notice.occasion.name();
    let subject = templates::render(name, language, Part::Subject, &facts)?;
    let text = templates::render(name, language, Part::Text, &facts)?;
    let html = templates::render(name, language, Part::Html, &facts)?;
    Ok(Composed { subject: one_line(&subject), text, html })
}

/// Gives what templates may name: the frame that every notice shares, and the facts of its occasion.
fn facts(notice: &Notice, language: LanguageTag) -> Result<Value, ComposeError> {
    let Notice { event, recipient, occasion } = notice;
    let Event { title, city, start_date, end_date, contact } = event;
    let Contact { name, email, phone } = contact;
    let frame = context! {
        language => content_language(language),
        greeting => wording::greeting(recipient, language),
        event => context! {
            title => said(title, language),
            city => city.as_ref().map(|city| said(city, language)),
            dates => days(*start_date, *end_date, language),
        },
        contact => context! {
            name => said(name, language),
            email => email.as_deref().map(one_line),
            phone => phone.as_deref().map(one_line),
        },
    };
    Ok(context! { ..frame, ..occasion_facts(occasion, language)? })
}

fn occasion_facts(occasion: &Occasion, language: LanguageTag) -> Result<Value, ComposeError> {
    Ok(match occasion {
        Occasion::RegistrationReceived { category, reference } => registration(category, reference, language),
        Occasion::RegistrationConfirmed { category, reference, ticket } => {
            context! { ticket, ..registration(category, reference, language) }
        }
        Occasion::RegistrationPromoted { category, reference, ticket } => {
            context! { ticket, ..registration(category, reference, language) }
        }
        Occasion::RegistrationRejected { category, reference, reason } => {
            let reason = reason.as_deref().map(one_line);
            context! { reason, ..registration(category, reference, language) }
        }
        Occasion::RegistrationWaiting { category, reference, position } => {
            context! { position, ..registration(category, reference, language) }
        }
        Occasion::PlaceOffered { category, reference, deadline, waits_again }
        | Occasion::OfferLapsed { category, reference, deadline, waits_again } => {
            let deadline = wording::moment(*deadline, language);
            context! { deadline, waits_again, ..registration(category, reference, language) }
        }
        Occasion::RegistrationMoved { left, category, reference } => {
            context! { left => said(left, language), ..registration(category, reference, language) }
        }
        Occasion::AddressToConfirm { category, code, minutes } => {
            context! { category => said(category, language), code, minutes }
        }
        Occasion::Invitation { category, url, deadline, reserved, transferable }
        | Occasion::InvitationReminder { category, url, deadline, reserved, transferable } => context! {
            transferable,
            category => said(category, language),
            url => web_address(url)?,
            deadline => wording::moment(*deadline, language),
            reserved => reserved.map(|until| wording::moment(until, language)),
        },
        Occasion::PersonalLink { url, until } => {
            context! { url => web_address(url)?, until => wording::moment(*until, language) }
        }
        Occasion::LetterIssued { number, visit, verify_url } | Occasion::LetterSealed { number, visit, verify_url } => {
            context! {
                number => one_line(number),
                visit => days(visit.start(), visit.end(), language),
                cities => visit.cities().iter().map(|city| said(city, language)).collect::<Vec<_>>(),
                verify_url => web_address(verify_url)?,
            }
        }
        Occasion::ItineraryReleased { delegation, visit, version } => context! {
            delegation => said(delegation, language),
            visit => days(visit.start(), visit.end(), language),
            cities => visit.cities().iter().map(|city| said(city, language)).collect::<Vec<_>>(),
            version,
        },
        Occasion::SessionMoved { session, before, after } => context! {
            session => said(session, language),
            before => slot(before, language),
            after => slot(after, language),
        },
        Occasion::SessionCancelled { session, slot: cancelled } => {
            context! { session => said(session, language), slot => slot(cancelled, language) }
        }
    })
}

fn registration(category: &Localized, reference: &str, language: LanguageTag) -> Value {
    context! { category => said(category, language), reference => one_line(reference) }
}

fn slot(slot: &Slot, language: LanguageTag) -> Value {
    let Slot { start_time, end_time, room } = slot;
    context! {
        time => wording::span(*start_time, *end_time, language),
        room => room.as_ref().map(|room| said(room, language)),
    }
}

fn said(localized: &Localized, language: LanguageTag) -> String {
    one_line(localized.in_language(language))
}

/// Lets only web addresses into a link, in their normal form: an escaped `javascript:` would still be one.
fn web_address(url: &str) -> Result<String, ComposeError> {
    let url = url::Url::parse(url).map_err(|_| ComposeError::BadUrl)?;
    if matches!(url.scheme(), "https" | "http") { Ok(url.into()) } else { Err(ComposeError::BadUrl) }
}

#[cfg(test)]
mod tests;
