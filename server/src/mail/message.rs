//! Folds one stored notice into the bytes of one e-mail (RFC 5322, MIME).
//!
//! Message-ID, date and boundaries all come from the stored notice, so that a second attempt after a crash sends the same bytes
//! and the receiving side can tell that it has the message already.

use attache_domain::language::LanguageTag;
use chrono::{DateTime, Utc};
use lettre::address::Envelope;
use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MessageId,
};
use lettre::message::{self, Body, MessageBuilder, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::line::one_line;

/// Holds everything about one e-mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The Message-ID without its angle brackets, `letters-digits-and-.-_-only@domain`; the same on every attempt.
    pub message_id: String,
    /// The sender: an address of the installation's own domain.
    pub from: Mailbox,
    /// The desk that answers; replies go to the sender where this is absent.
    pub reply_to: Option<Mailbox>,
    /// The one recipient.
    pub to: Mailbox,
    /// When the notice was made; the same on every attempt.
    pub date: DateTime<Utc>,
    /// The subject.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The language of subject and parts.
    pub language: LanguageTag,
    /// The files that travel with it, in their order.
    pub attachments: Vec<Attachment>,
    /// A calendar object to answer or to file (iMIP, RFC 6047); calendars that are only for reading go with the attachments.
    pub calendar: Option<Calendar>,
}

/// Names a person or a desk and where its mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name shown beside the address.
    pub name: Option<String>,
    /// The address; its domain may be written in any script.
    pub address: String,
}

/// Holds a file that travels with an e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The name to save it under, in any script, without a folder.
    pub file_name: String,
    /// The media type with its parameters: `application/pdf`, `text/calendar; charset=UTF-8`.
    pub media_type: String,
    /// The content, delivered byte for byte.
    pub bytes: Vec<u8>,
}

/// Holds an iCalendar object that stands beside the text as another form of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The iTIP method; the object's own `METHOD` must be the same, or Outlook refuses it.
    pub method: CalendarMethod,
    /// The object in UTF-8 with CRLF line ends, delivered byte for byte.
    pub bytes: Vec<u8>,
}

/// Names what a calendar object asks of its reader (iTIP, RFC 5546 section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarMethod {
    /// To take note.
    Publish,
    /// To come, and to answer.
    Request,
    /// To strike it out.
    Cancel,
}

impl CalendarMethod {
    /// Gives the method's name in the standard.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// Says which part of an e-mail cannot be put into a message; trying again does not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The Message-ID is not of the form this room gives out.
    #[error("the message id is malformed")]
    MessageId,
    /// The sender's address is not one.
    #[error("the sender's address is malformed")]
    From,
    /// The desk's address is not one.
    #[error("the reply address is malformed")]
    ReplyTo,
    /// The recipient's address is not one.
    #[error("the recipient's address is malformed")]
    To,
    /// An attachment has no name, one with a folder in it, or a media type that is none.
    #[error("an attachment's name or media type is malformed")]
    Attachment,
    /// The calendar object does not state the method it is sent with.
    #[error("the calendar object states another method than the message")]
    Calendar,
    /// The parts do not make a message.
    #[error("the parts do not make a message")]
    Parts,
}

/// Holds a message ready to be handed over.
#[derive(Debug)]
pub(super) struct Built {
    /// Who it goes from and to, in the SMTP conversation.
    pub(super) envelope: Envelope,
    /// The message with CRLF line ends; ASCII unless an address has a non-ASCII local part.
    pub(super) bytes: Vec<u8>,
}

impl Outgoing {
    /// Gives the part of the Message-ID before the `@`, which is safe in a file name.
    pub(super) fn local_id(&self) -> Result<&str, Fault> {
        let (local, domain) = self.message_id.split_once('@').ok_or(Fault::MessageId)?;
        let is_plain = |part: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            !part.is_empty() && part.len() <= 100 && !part.starts_with('.') && part.bytes().all(plain)
        };
        if is_plain(local) && is_plain(domain) { Ok(local) } else { Err(Fault::MessageId) }
    }
}

/// Builds the message.
pub(super) fn build(outgoing: &Outgoing) -> Result<Built, Fault> {
    let local_id = outgoing.local_id()?;
    let from = desk(&outgoing.from).ok_or(Fault::From)?;
    let to = mailbox(&outgoing.to).ok_or(Fault::To)?;
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()]).map_err(|_| Fault::Parts)?;

    let mut builder = Message::builder()
        .header(MessageId::from(format!("<{}>", outgoing.message_id)))
        .date(outgoing.date.into())
        .from(from)
        .to(to)
        .subject(one_line(&outgoing.subject))
        .envelope(envelope.clone());
    if let Some(reply_to) = &outgoing.reply_to {
        builder = builder.reply_to(desk(reply_to).ok_or(Fault::ReplyTo)?);
    }
    // RFC 3834: out-of-office programs must not answer a notice.
    builder = with_header(builder, HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated");
    builder =
        with_header(builder, HeaderName::new_from_ascii_str("Content-Language"), content_language(outgoing.language));

    let message = builder.multipart(body(outgoing, local_id)?).map_err(|_| Fault::Parts)?;
    Ok(Built { envelope, bytes: message.formatted() })
}

fn with_header(builder: MessageBuilder, name: HeaderName, value: &str) -> MessageBuilder {
    builder.raw_header(HeaderValue::new(name, value.to_owned()))
}

/// Checks an address and writes its domain in A-labels, so that only a non-ASCII local part needs SMTPUTF8.
fn mailbox(mailbox: &Mailbox) -> Option<message::Mailbox> {
    let (local, domain) = mailbox.address.rsplit_once('@')?;
    let domain = if domain.is_ascii() { domain.to_owned() } else { idna::domain_to_ascii(domain).ok()? };
    let address = Address::new(local, domain).ok()?;
    let name = mailbox.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    Some(message::Mailbox::new(name, address))
}

/// Checks an address of ours: a local part beyond ASCII would demand SMTPUTF8 of servers whose own recipients do not need it.
fn desk(ours: &Mailbox) -> Option<message::Mailbox> {
    mailbox(ours).filter(|ours| ours.email.user().is_ascii())
}

fn body(outgoing: &Outgoing, local_id: &str) -> Result<MultiPart, Fault> {
    let mut alternative = MultiPart::alternative()
        .boundary(boundary("alternative", local_id))
        .singlepart(SinglePart::builder().content_type(ContentType::TEXT_PLAIN).body(encoded_text(&outgoing.text)))
        .singlepart(SinglePart::builder().content_type(ContentType::TEXT_HTML).body(encoded_text(&outgoing.html)));
    if let Some(calendar) = &outgoing.calendar {
        alternative = alternative.singlepart(calendar_part(calendar)?);
    }
    if outgoing.attachments.is_empty() {
        return Ok(alternative);
    }
    let mixed = MultiPart::mixed().boundary(boundary("mixed", local_id)).multipart(alternative);
    outgoing.attachments.iter().try_fold(mixed, |mixed, attachment| Ok(mixed.singlepart(attached(attachment)?)))
}

/// Makes a boundary from the message itself. `=_` can occur in no quoted-printable and no base64 body.
fn boundary(part: &str, local_id: &str) -> String {
    // RFC 2046 allows 70 characters; the end of an identifier varies more than its start.
    let end = &local_id[local_id.len().saturating_sub(50)..];
    format!("=_{part}_{end}")
}

/// Encodes text as quoted-printable where it is mostly ASCII and as base64 where it is not, and never leaves it bare.
fn encoded_text(text: &str) -> Body {
    let others = text.bytes().filter(|byte| !byte.is_ascii()).count();
    let encoding = if others * 4 > text.len() {
        ContentTransferEncoding::Base64
    } else {
        ContentTransferEncoding::QuotedPrintable
    };
    // Both encodings take any text; what comes back on refusal is the text itself, for which the library then picks one.
    Body::new_with_encoding(text.to_owned(), encoding).unwrap_or_else(Body::new)
}

fn encoded_bytes(bytes: &[u8]) -> Body {
    Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64).unwrap_or_else(Body::new)
}

fn calendar_part(calendar: &Calendar) -> Result<SinglePart, Fault> {
    let method = calendar.method.name();
    let stated =
        calendar.bytes.split(|byte| *byte == b'\n').filter_map(|line| line.trim_ascii_end().strip_prefix(b"METHOD:"));
    if !stated.eq([method.as_bytes()]) {
        return Err(Fault::Calendar);
    }
    let content_type = ContentType::parse(&format!("text/calendar; method={method}; charset=UTF-8"));
    let content_type = content_type.map_err(|_| Fault::Calendar)?;
    Ok(SinglePart::builder().content_type(content_type).body(encoded_bytes(&calendar.bytes)))
}

fn attached(attachment: &Attachment) -> Result<SinglePart, Fault> {
    let Attachment { file_name, media_type, bytes } = attachment;
    let is_bad = |letter: char| letter.is_control() || matches!(letter, '/' | '\\');
    if file_name.trim().is_empty() || file_name.contains(is_bad) || media_type.contains(char::is_control) {
        return Err(Fault::Attachment);
    }
    let content_type = ContentType::parse(media_type).map_err(|_| Fault::Attachment)?;
    Ok(SinglePart::builder()
        .header(ContentDisposition::attachment(file_name))
        .content_type(content_type)
        .body(encoded_bytes(bytes)))
}

/// Gives the tag of `Content-Language` and of an HTML page's `lang`: Chinese notices are in simplified characters.
pub(super) const fn content_language(language: LanguageTag) -> &'static str {
    match language {
        LanguageTag::English => "en",
        LanguageTag::Chinese => "zh-Hans",
    }
}

#[cfg(test)]
mod tests;
