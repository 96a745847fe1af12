//! What notices say: the facts of each occasion, already looked up and already free to be sent.

use attache_domain::{language::LanguageTag, localized::Localized, visit_window::VisitWindow};
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

/// Tells one person one thing that happened at one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The event it is about.
    pub event: Event,
    /// The person it is written to.
    pub recipient: Recipient,
    /// What happened.
    pub occasion: Occasion,
}

/// Holds what a reader needs to know which event is meant, and whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The title on the posters.
    pub title: Localized,
    /// Where it takes place, once that is known: "Beijing", "Karachi and online"; a notice without it names the days alone.
    pub city: Option<Localized>,
    /// The first day, by the calendar of the place.
    pub start_date: NaiveDate,
    /// The last day; equal to the first one for a one-day event.
    pub end_date: NaiveDate,
    /// The organisers' desk.
    pub contact: Contact,
}

/// Names the desk that answers questions; its address is also the one replies should go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The desk or body that signs the notice.
    pub name: Localized,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its telephone number as it should be printed, with the country code.
    pub phone: Option<String>,
}

/// Says how the reader is addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The display name, in the order the person uses.
    pub display_name: String,
    /// What goes with the name: "H.E. Mr", "Dr", "女士". One written in Chinese characters follows the name, any other precedes it.
    pub form_of_address: Option<String>,
}

impl Recipient {
    /// Addresses somebody whose address is not proven: nothing that a stranger typed may reach it, or anybody could have us mail it.
    pub fn unproven(language: LanguageTag) -> Self {
        let display_name = match language {
            LanguageTag::English => "guest",
            LanguageTag::Chinese => "来宾",
        };
        Self { display_name: display_name.to_owned(), form_of_address: None }
    }
}

/// Holds the facts of what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// A registration arrived and awaits a decision.
    RegistrationReceived {
        /// The category's title.
        category: Localized,
        /// What the reader quotes when asking.
        reference: String,
    },
    /// The organisers confirmed a registration.
    RegistrationConfirmed {
        /// The category's title.
        category: Localized,
        /// What the reader quotes when asking.
        reference: String,
        /// What lets the reader in, in groups.
        ticket: String,
    },
    /// The organisers turned a registration down.
    RegistrationRejected {
        /// The category's title.
        category: Localized,
        /// What the reader quotes when asking.
        reference: String,
        /// What the organisers want the reader to know about the decision.
        reason: Option<String>,
    },
    /// The category is full and the registration waits for a place.
    RegistrationWaiting {
        /// The category's title.
        category: Localized,
        /// What the reader quotes when asking.
        reference: String,
        /// The place in the queue, counted from 1.
        position: u32,
    },
    /// A place became free and is held for the reader.
    RegistrationPromoted {
        /// The category's title.
        category: Localized,
        /// What the reader quotes when asking.
        reference: String,
        /// What lets the reader in, in groups, when the place is confirmed with it.
        ticket: Option<String>,
    },
    /// A place became free and is held for the reader until a moment.
    PlaceOffered {
        /// The category's title.
        category: Localized,
        /// What the reader quotes when answering.
        reference: String,
        /// Until when it is held, by the reader's clocks.
        deadline: DateTime<Tz>,
        /// Whether the reader waits again, behind all others, if they do not answer.
        waits_again: bool,
    },
    /// A place that was held for the reader was not taken, and goes to another.
    OfferLapsed {
        /// The category's title.
        category: Localized,
        /// What the reader quotes when asking.
        reference: String,
        /// Until when it was held, by the reader's clocks.
        deadline: DateTime<Tz>,
        /// Whether the reader waits again, behind all others.
        waits_again: bool,
    },
    /// The organisers moved a registration to another category, with its place.
    RegistrationMoved {
        /// The title of the category that it was in.
        left: Localized,
        /// The title of the category that it is in now.
        category: Localized,
        /// What the reader quotes when asking.
        reference: String,
    },
    /// Somebody registered on a public page and is to prove that the address is theirs.
    AddressToConfirm {
        /// The category's title.
        category: Localized,
        /// What proves it, in groups.
        code: String,
        /// For how many minutes it does.
        minutes: i64,
    },
    /// Somebody is invited to register.
    Invitation {
        /// The category's title.
        category: Localized,
        /// The page on which they answer; an absolute `https` or `http` URL.
        url: String,
        /// Until when they can answer, by the clock of the event.
        deadline: DateTime<Tz>,
        /// Until when a place is kept for them, when one is.
        reserved: Option<DateTime<Tz>>,
        /// Whether somebody else may answer instead of them.
        transferable: bool,
    },
    /// Somebody who was invited has not answered.
    InvitationReminder {
        /// The category's title.
        category: Localized,
        /// The page on which they answer; an absolute `https` or `http` URL.
        url: String,
        /// Until when they can answer, by the clock of the event.
        deadline: DateTime<Tz>,
        /// Until when a place is kept for them, when one is.
        reserved: Option<DateTime<Tz>>,
        /// Whether somebody else may answer instead of them.
        transferable: bool,
    },
    /// Somebody is given a page of their own.
    PersonalLink {
        /// The page, with what opens it once; an absolute `https` or `http` URL.
        url: String,
        /// Until when it is theirs, by the clock of the event.
        until: DateTime<Tz>,
    },
    /// A visa letter was issued and is attached as a PDF.
    LetterIssued {
        /// The number printed on the letter.
        number: String,
        /// The dates and cities the letter speaks of.
        visit: VisitWindow,
        /// Where a consulate can check the letter; an absolute `https` or `http` URL.
        verify_url: String,
    },
    /// A visa letter was signed and sealed by hand; the scan is attached.
    LetterSealed {
        /// The number printed on the letter.
        number: String,
        /// The dates and cities the letter speaks of.
        visit: VisitWindow,
        /// Where a consulate can check the letter; an absolute `https` or `http` URL.
        verify_url: String,
    },
    /// An itinerary was released; the booklet and a calendar are attached.
    ItineraryReleased {
        /// The delegation's title.
        delegation: Localized,
        /// The dates and cities of the visit.
        visit: VisitWindow,
        /// The release, counted from 1; a later one replaces those before it.
        version: u32,
    },
    /// A session changed its time, its room or both.
    SessionMoved {
        /// The session's title.
        session: Localized,
        /// Where and when it was to be.
        before: Slot,
        /// Where and when it is now.
        after: Slot,
    },
    /// A session will not take place.
    SessionCancelled {
        /// The session's title.
        session: Localized,
        /// Where and when it was to be.
        slot: Slot,
    },
}

impl Occasion {
    /// The names of all occasions, which are also the names of their template folders.
    pub const NAMES: [&'static str; 17] = [
        "registration_received",
        "registration_confirmed",
        "registration_rejected",
        "registration_waiting",
        "registration_promoted",
        "place_offered",
        "offer_lapsed",
        "registration_moved",
        "address_to_confirm",
        "invitation",
        "invitation_reminder",
        "personal_link",
        "letter_issued",
        "letter_sealed",
        "itinerary_released",
        "session_moved",
        "session_cancelled",
    ];

    /// Gives the occasion's name, under which its notices are counted and listed.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RegistrationReceived { .. } => "registration_received",
            Self::RegistrationConfirmed { .. } => "registration_confirmed",
            Self::RegistrationRejected { .. } => "registration_rejected",
            Self::RegistrationWaiting { .. } => "registration_waiting",
            Self::RegistrationPromoted { .. } => "registration_promoted",
            Self::PlaceOffered { .. } => "place_offered",
            Self::OfferLapsed { .. } => "offer_lapsed",
            Self::RegistrationMoved { .. } => "registration_moved",
            Self::AddressToConfirm { .. } => "address_to_confirm",
            Self::Invitation { .. } => "invitation",
            Self::InvitationReminder { .. } => "invitation_reminder",
            Self::PersonalLink { .. } => "personal_link",
            Self::LetterIssued { .. } => "letter_issued",
            Self::LetterSealed { .. } => "letter_sealed",
            Self::ItineraryReleased { .. } => "itinerary_released",
            Self::SessionMoved { .. } => "session_moved",
            Self::SessionCancelled { .. } => "session_cancelled",
        }
    }
}

/// Says when and where a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The start, by the clock of the place.
    pub start_time: DateTime<Tz>,
    /// The end, by the clock of the place.
    pub end_time: DateTime<Tz>,
    /// The room, once it has one.
    pub room: Option<Localized>,
}
