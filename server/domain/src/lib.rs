//! The rules of Attaché, as an organiser, a travel desk and a consulate know them.
//!
//! Rules receive facts and the present moment, and answer with a new state or a typed refusal; they load nothing, and know no clock.
//! Whatever breaks a rule is found here, without a database, and every boundary outside only asks.
//!
//! **Invariant:** nothing here is async, does I/O, reads a clock or makes an id; nothing of ours is imported.

pub mod access;
pub mod authority;
pub mod badge;
pub mod category;
pub mod cell;
pub mod change;
pub mod check_in;
pub mod check_in_list;
pub mod crockford;
pub mod delegation;
pub mod download_link;
pub mod email;
pub mod engagement;
pub mod event;
pub mod file;
pub mod form;
pub mod identity_document;
pub mod interval;
pub mod invitation;
pub mod itinerary;
pub mod job;
pub mod language;
pub mod letter;
pub mod letter_template;
pub mod link;
pub mod localized;
pub mod mailed_code;
pub mod name;
pub mod notice;
pub mod offer;
pub mod organization;
pub mod passport;
pub mod person;
pub mod pool;
pub mod readiness;
pub mod refusal;
pub mod region;
pub mod registration;
pub mod resource;
pub mod revision;
pub mod room;
pub mod schedule;
pub mod session;
pub mod sign_in;
pub mod speaker;
pub mod stop;
pub mod submission;
pub mod supply;
pub mod system;
pub mod ticket;
pub mod visit_window;
pub mod zoned;
