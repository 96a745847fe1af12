//! Why something that somebody needs is as far as it is.

use chrono::NaiveDate;

/// How far something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is there.
    Ready,
    /// It is not there, and nobody is at it.
    Missing,
    /// Somebody is at it.
    InProgress,
    /// They need none.
    NotNeeded,
    /// It is there and wrong, or was refused.
    Problem,
    /// It is not kept here.
    NotTracked,
}

/// Why something is as far as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The registration is confirmed.
    RegistrationConfirmed,
    /// It waits to be confirmed.
    RegistrationToConfirm,
    /// It waits for a place.
    RegistrationWaits,
    /// A place was offered to it, and the offer waits for an answer.
    OfferToAnswer,
    /// It was rejected or withdrawn, or let its offer lapse.
    RegistrationOut,
    /// There is none.
    RegistrationMissing,
    /// It has a place, and required fields of its form have no answer.
    AnswersMissing,
    /// A photo is in the vault.
    PhotoKept,
    /// None is, and their category is asked for one.
    PhotoMissing,
    /// None is, and nobody asks for one.
    PhotoNotAsked,
    /// A permit to enter the mainland is in the vault and valid until the visit ends.
    PermitValid,
    /// It expires before.
    PermitExpires,
    /// A passport is in the vault and valid for long enough.
    PassportValid,
    /// None is in the vault.
    PassportMissing,
    /// It expires before the visit ends.
    PassportExpires,
    /// It expires less than six months after the visit.
    PassportExpiresSoon,
    /// The letter was issued for all days of the visit.
    LetterIssued,
    /// It was requested.
    LetterInProgress,
    /// There is none.
    LetterMissing,
    /// It was rejected or revoked.
    LetterLost,
    /// It was issued for other days than those of the visit.
    LetterDatesDiffer,
    /// Nobody asked for one, and nobody knows whether it is needed.
    LetterNotRequested,
    /// The way in and out is in a released itinerary.
    WayReleased,
    /// It is in a draft.
    WayPlanned,
    /// There is a way out and none in.
    WayInMissing,
    /// There is a way in and none out.
    WayOutMissing,
    /// There is neither.
    WayMissing,
    /// Every night has a bed in a released itinerary.
    NightsReleased,
    /// Every night has one in a draft.
    NightsPlanned,
    /// Some nights have none.
    NightsMissing {
        /// The first of them, named by the day before.
        first: NaiveDate,
        /// How many.
        count: usize,
    },
    /// There is no hotel at all.
    RoomMissing,
    /// They live where the visit leads.
    LivesThere,
    /// They come with no delegation, and the house plans no visit for them.
    TravelsAlone,
    /// The house does not keep it.
    NotTracked,
}

impl Reason {
    /// How far something is for this reason.
    pub const fn status(self) -> Status {
        match self {
            Self::RegistrationConfirmed
            | Self::PhotoKept
            | Self::PermitValid
            | Self::PassportValid
            | Self::LetterIssued
            | Self::WayReleased
            | Self::NightsReleased => Status::Ready,
            Self::RegistrationMissing
            | Self::AnswersMissing
            | Self::PhotoMissing
            | Self::PassportMissing
            | Self::LetterMissing
            | Self::WayInMissing
            | Self::WayOutMissing
            | Self::WayMissing
            | Self::NightsMissing { .. }
            | Self::RoomMissing => Status::Missing,
            Self::RegistrationToConfirm
            | Self::RegistrationWaits
            | Self::OfferToAnswer
            | Self::LetterInProgress
            | Self::WayPlanned
            | Self::NightsPlanned => Status::InProgress,
            Self::RegistrationOut
            | Self::PermitExpires
            | Self::PassportExpires
            | Self::PassportExpiresSoon
            | Self::LetterLost
            | Self::LetterDatesDiffer => Status::Problem,
            Self::LetterNotRequested | Self::PhotoNotAsked | Self::LivesThere => Status::NotNeeded,
            Self::TravelsAlone | Self::NotTracked => Status::NotTracked,
        }
    }

    /// The word for it on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RegistrationConfirmed => "registration_confirmed",
            Self::RegistrationToConfirm => "registration_to_confirm",
            Self::RegistrationWaits => "registration_waits",
            Self::OfferToAnswer => "offer_to_answer",
            Self::RegistrationOut => "registration_out",
            Self::RegistrationMissing => "registration_missing",
            Self::AnswersMissing => "answers_missing",
            Self::PhotoKept => "photo_kept",
            Self::PhotoMissing => "photo_missing",
            Self::PhotoNotAsked => "photo_not_asked",
            Self::PermitValid => "permit_valid",
            Self::PermitExpires => "permit_expires",
            Self::PassportValid => "passport_valid",
            Self::PassportMissing => "passport_missing",
            Self::PassportExpires => "passport_expires",
            Self::PassportExpiresSoon => "passport_expires_soon",
            Self::LetterIssued => "letter_issued",
            Self::LetterInProgress => "letter_in_progress",
            Self::LetterMissing => "letter_missing",
            Self::LetterLost => "letter_lost",
            Self::LetterDatesDiffer => "letter_dates_differ",
            Self::LetterNotRequested => "letter_not_requested",
            Self::WayReleased => "way_released",
            Self::WayPlanned => "way_planned",
            Self::WayInMissing => "way_in_missing",
            Self::WayOutMissing => "way_out_missing",
            Self::WayMissing => "way_missing",
            Self::NightsReleased => "nights_released",
            Self::NightsPlanned => "nights_planned",
            Self::NightsMissing { .. } => "nights_missing",
            Self::RoomMissing => "room_missing",
            Self::LivesThere => "lives_there",
            Self::TravelsAlone => "travels_alone",
            Self::NotTracked => "not_tracked",
        }
    }
}
