//! The mail room: it words the notices people receive, folds them into messages, and hands those to a relay, a folder or a test.
//!
//! [`compose`] is pure: facts and a language in; subject, text and HTML out, to be stored in the outbox.
//! [`message`] turns one stored notice into the bytes of one e-mail, always the same bytes for the same notice.
//! [`transport`] delivers those bytes and says in which way it failed, without saying to whom.
//!
//! **Invariant:** what a person typed is never template source, never HTML and never a header line of its own; one message has
//! exactly one recipient; and no error of this room contains a name, an address or the words of a mail server.

pub mod compose;
mod line;
pub mod message;
pub mod transport;
