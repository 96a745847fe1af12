//! One dense entity per table, as it lies in the database. Ids, states and names are text here; the files beside read them as the rules' types.
//!
//! **Invariant:** nothing is decided here, and nothing outside the store sees a row.

pub(super) mod answer;
pub(super) mod answer_file;
pub(super) mod category;
pub(super) mod change;
pub(super) mod check_in;
pub(super) mod check_in_list;
pub(super) mod delegation;
pub(super) mod delegation_member;
pub(super) mod event;
pub(super) mod file;
pub(super) mod file_piece;
pub(super) mod grant;
pub(super) mod hold;
pub(super) mod identity_document;
pub(super) mod identity_document_content;
pub(super) mod invitation;
pub(super) mod itinerary;
pub(super) mod job;
pub(super) mod joining_link;
pub(super) mod letter;
pub(super) mod letter_number;
pub(super) mod link;
pub(super) mod member;
pub(super) mod merged_person;
pub(super) mod notice;
pub(super) mod offer;
pub(super) mod organization;
pub(super) mod person;
pub(super) mod person_key;
pub(super) mod pool;
pub(super) mod registration;
pub(super) mod release;
pub(super) mod request;
pub(super) mod resource;
pub(super) mod room;
pub(super) mod session;
pub(super) mod sign_in;
pub(super) mod speaker;
pub(super) mod stop;
pub(super) mod submission;
pub(super) mod token;
pub(super) mod trail;
pub(super) mod wait;
