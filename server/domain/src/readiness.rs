//! What is missing before somebody can come, and whether they can be somewhere: told from all that is known of them at one moment.
//!
//! Nothing is guessed: what the house does not keep is said to be untracked, and what somebody does not need is said so.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    delegation::Delegation,
    event::Event,
    form::{Answers, Form},
    identity_document::{self, IdentityDocument},
    itinerary::{self, Itinerary, LiveVisit, Mode},
    letter::{Letter, Stage},
    passport::valid_for,
    person::Person,
    region::RegionCode,
    registration::{self, Registration},
    resource::{CategoryId, RegistrationId},
    stop::{Kind, Route},
};

mod presence;
mod reason;

pub use presence::{Appointment, Obstacle, obstacles};
pub use reason::{Reason, Status};

/// How many months a passport should be valid beyond the visit: what most destinations ask.
const PASSPORT_MONTHS: u32 = 6;

/// What somebody needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Their registration.
    Form,
    /// A photo for their badge.
    Photo,
    /// A passport.
    Document,
    /// A visa letter.
    Letter,
    /// The visa.
    Visa,
    /// A way in and a way out.
    Flight,
    /// A bed for every night.
    Room,
    /// The clearance of an authority.
    Clearance,
}

/// How far one thing is, and what it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// What.
    pub item: Item,
    /// Why it is as far as it is.
    pub reason: Reason,
    /// A resource name.
    pub resource: Option<String>,
}

impl Assessment {
    /// Whether it is not there, or wrong, although it was `due` by now.
    pub fn is_late(&self, due: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        let lacks = match self.reason.status() {
            Status::Missing | Status::Problem => true,
            Status::Ready | Status::InProgress | Status::NotNeeded | Status::NotTracked => false,
        };
        lacks && due.is_some_and(|due| due <= now)
    }
}

/// A visit that somebody makes.
#[derive(Clone, Debug)]
pub struct Journey {
    /// Its itinerary, which was not cancelled.
    pub itinerary: Itinerary,
    /// Who travels, and its stops.
    pub visit: LiveVisit,
}

/// All that is known of somebody who comes to an event.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The event.
    pub event: Event,
    /// Who.
    pub person: Person,
    /// Their registrations for it, the latest last.
    pub registrations: Vec<Registration>,
    /// What the categories of the event ask; everybody shares it.
    pub forms: Arc<BTreeMap<CategoryId, Form>>,
    /// What was answered with the registrations.
    pub answers: BTreeMap<RegistrationId, Answers>,
    /// The categories of the event whose people are asked for a photo; everybody shares them.
    pub photo_categories: Arc<BTreeSet<CategoryId>>,
    /// The delegation in which they have a seat.
    pub delegation: Option<Delegation>,
    /// Of which category that seat is.
    pub seat_category: Option<CategoryId>,
    /// Their documents in the vault.
    pub documents: Vec<IdentityDocument>,
    /// Their letters for the event, the latest last.
    pub letters: Vec<Letter>,
    /// The visits of their delegation; its members share them.
    pub journeys: Arc<[Journey]>,
}

impl Dossier {
    /// Tells how far everything is that they need, in one order.
    pub fn assess(&self) -> [Assessment; 8] {
        let untracked = |item| Assessment { item, reason: Reason::NotTracked, resource: None };
        [
            self.form(),
            self.photo(),
            self.document(),
            self.letter(),
            if self.lives_there() { at_home(Item::Visa) } else { untracked(Item::Visa) },
            self.flight(),
            self.room(),
            untracked(Item::Clearance),
        ]
    }

    /// Until when something has to be there: as their delegation was told, and what somebody accredits them by before they do.
    pub fn due(&self, item: Item) -> Option<DateTime<Utc>> {
        let deadlines = self.delegation.as_ref().map(|delegation| delegation.plan.deadlines);
        match item {
            Item::Form | Item::Photo | Item::Document => {
                let told = deadlines.and_then(|deadlines| deadlines.document_time);
                told.into_iter().chain(self.event.plan.accreditation_end_time).min()
            }
            Item::Letter | Item::Visa => deadlines?.letter_time,
            Item::Flight | Item::Room => deadlines?.travel_time,
            Item::Clearance => None,
        }
    }

    /// The registration that counts: the one that is not out, or else the latest.
    pub fn registration(&self) -> Option<&Registration> {
        let live = self.registrations.iter().find(|registration| registration.state.is_live());
        live.or(self.registrations.last())
    }

    fn form(&self) -> Assessment {
        let registration = self.registration();
        let reason = match registration.map(|registration| registration.state) {
            Some(registration::State::Confirmed | registration::State::Submitted)
                if registration.is_some_and(|registration| self.lacks_answers(registration)) =>
            {
                Reason::AnswersMissing
            }
            Some(registration::State::Confirmed) => Reason::RegistrationConfirmed,
            Some(registration::State::Submitted) => Reason::RegistrationToConfirm,
            Some(registration::State::Waiting) => Reason::RegistrationWaits,
            Some(registration::State::Offered) => Reason::OfferToAnswer,
            Some(registration::State::Rejected | registration::State::Withdrawn | registration::State::Lapsed) => {
                Reason::RegistrationOut
            }
            None => Reason::RegistrationMissing,
        };
        Assessment { item: Item::Form, reason, resource: registration.map(|found| found.name().to_string()) }
    }

    fn lacks_answers(&self, registration: &Registration) -> bool {
        let none = Answers::default();
        let answers = self.answers.get(&registration.id).unwrap_or(&none);
        self.forms.get(&registration.category).is_some_and(|form| form.missing(answers).next().is_some())
    }

    fn photo(&self) -> Assessment {
        let live = self.registration().filter(|registration| registration.state.is_live());
        let category = live.map(|registration| &registration.category).or(self.seat_category.as_ref());
        let photo = self.kept(|kind| kind == identity_document::Kind::Photo).next();
        let is_asked = category.is_some_and(|category| self.photo_categories.contains(category));
        let reason = match (&photo, is_asked) {
            (Some(_), _) => Reason::PhotoKept,
            (None, true) => Reason::PhotoMissing,
            (None, false) => Reason::PhotoNotAsked,
        };
        Assessment { item: Item::Photo, reason, resource: photo.map(|photo| photo.name().to_string()) }
    }

    fn document(&self) -> Assessment {
        if self.lives_there() {
            return at_home(Item::Document);
        }
        let (_, end) = self.days();
        let latest = |a: &&IdentityDocument, b: &&IdentityDocument| valid_until(a).cmp(&valid_until(b));
        let told = |reason, document: &IdentityDocument| {
            let resource = Some(document.name().to_string());
            Assessment { item: Item::Document, reason, resource }
        };
        // A permit is what residents of Hong Kong, Macau and Taiwan enter the mainland by; it need not be good for months beyond the stay.
        let leads_to_china = self.there().is_some_and(|there| there.as_str() == "CN");
        let permit = self.kept(is_permit).max_by(latest).filter(|_| leads_to_china);
        if let Some(permit) = permit.filter(|permit| valid_until(permit) >= end) {
            return told(Reason::PermitValid, permit);
        }
        let passport = self.kept(|kind| kind == identity_document::Kind::Passport).max_by(latest);
        match (passport, permit) {
            (Some(passport), _) if valid_until(passport) < end => told(Reason::PassportExpires, passport),
            (Some(passport), _) if valid_for(valid_until(passport), PASSPORT_MONTHS, end) => {
                told(Reason::PassportValid, passport)
            }
            (Some(passport), _) => told(Reason::PassportExpiresSoon, passport),
            (None, Some(permit)) => told(Reason::PermitExpires, permit),
            (None, None) => Assessment { item: Item::Document, reason: Reason::PassportMissing, resource: None },
        }
    }

    /// Their documents of some kinds whose contents are there.
    fn kept(&self, is_meant: fn(identity_document::Kind) -> bool) -> impl Iterator<Item = &IdentityDocument> {
        let kept = |document: &&IdentityDocument| document.state == identity_document::State::Kept;
        self.documents.iter().filter(kept).filter(move |document| is_meant(document.kind))
    }

    fn letter(&self) -> Assessment {
        let live = self.letters.iter().find(|letter| letter.state.stage().is_live());
        let letter = live.or(self.letters.last());
        let resource = letter.map(|letter| letter.name().to_string());
        let (start, end) = self.days();
        let reason = match letter.map(|letter| (letter.state.stage(), &letter.request.visit_window)) {
            Some((Stage::Issued, window)) if window.start() <= start && end <= window.end() => Reason::LetterIssued,
            Some((Stage::Issued, _)) => Reason::LetterDatesDiffer,
            Some((Stage::Requested | Stage::Approved | Stage::Issuing, _)) => Reason::LetterInProgress,
            Some((Stage::Rejected | Stage::Revoked, _)) => Reason::LetterLost,
            None if self.lives_there() => Reason::LivesThere,
            None if self.delegation.is_some() => Reason::LetterMissing,
            None => Reason::LetterNotRequested,
        };
        Assessment { item: Item::Letter, reason, resource }
    }

    fn flight(&self) -> Assessment {
        let travelled = |journey: &Journey| match (self.goes_in(journey), self.goes_out(journey)) {
            (true, true) if is_released(journey) => Reason::WayReleased,
            (true, true) => Reason::WayPlanned,
            (true, false) => Reason::WayOutMissing,
            (false, true) => Reason::WayInMissing,
            (false, false) => Reason::WayMissing,
        };
        self.of_journeys(Item::Flight, Reason::WayMissing, travelled)
    }

    fn room(&self) -> Assessment {
        let (person, delegation) = (self.person.name(), self.delegation.as_ref());
        let slept = |journey: &Journey| {
            let stays = journey.visit.stops_of(&person).into_iter().any(|stop| stop.plan.route.kind() == Kind::Stay);
            let Some(window) = delegation.map(|delegation| &delegation.plan.visit_window).filter(|_| stays) else {
                return Reason::RoomMissing;
            };
            let region = journey.itinerary.outline.region_code;
            let without = journey.visit.nights_without_stay(window, region, &person);
            match without.first() {
                Some(first) => Reason::NightsMissing { first: *first, count: without.len() },
                None if is_released(journey) => Reason::NightsReleased,
                None => Reason::NightsPlanned,
            }
        };
        self.of_journeys(Item::Room, Reason::RoomMissing, slept)
    }

    /// Assesses what itineraries say: the furthest of several counts, and of none there is nothing.
    fn of_journeys(&self, item: Item, none: Reason, assess: impl Fn(&Journey) -> Reason) -> Assessment {
        if self.lives_there() {
            return at_home(item);
        }
        if self.delegation.is_none() {
            return Assessment { item, reason: Reason::TravelsAlone, resource: None };
        }
        let all = self.journeys.iter().map(|journey| (assess(journey), journey.itinerary.name.to_string()));
        let best = all.min_by_key(|(reason, _)| match reason.status() {
            Status::Ready => 0,
            Status::InProgress => 1,
            Status::Problem | Status::Missing | Status::NotNeeded | Status::NotTracked => 2,
        });
        let (reason, resource) = best.map_or((none, None), |(reason, name)| (reason, Some(name)));
        Assessment { item, reason, resource }
    }

    /// The days of the visit: the delegation's, those a letter speaks of, or else the event's.
    fn days(&self) -> (NaiveDate, NaiveDate) {
        let delegation = self.delegation.as_ref().map(|delegation| &delegation.plan.visit_window);
        let letter = self.letters.iter().rfind(|letter| letter.state.stage().is_live());
        match delegation.or(letter.map(|letter| &letter.request.visit_window)) {
            Some(window) => (window.start(), window.end()),
            None => (self.event.plan.start.date(), self.event.plan.end.date()),
        }
    }

    /// Whether they live in the country or region that the visit leads to, as far as both are known.
    fn lives_there(&self) -> bool {
        self.there().is_some_and(|there| self.person.profile.region_code == Some(there))
    }

    /// The country or region that the visit leads to, as far as it is known.
    fn there(&self) -> Option<RegionCode> {
        let planned = self.journeys.first().map(|journey| journey.itinerary.outline.region_code);
        let venue = self.event.plan.venue.as_ref().and_then(|venue| venue.region_code);
        planned.or(venue)
    }

    fn goes_in(&self, journey: &Journey) -> bool {
        self.crosses(journey, |from, to, there| from != there && to == there)
    }

    fn goes_out(&self, journey: &Journey) -> bool {
        self.crosses(journey, |from, to, there| from == there && to != there)
    }

    /// Whether they fly or take a train between regions so.
    fn crosses(&self, journey: &Journey, so: fn(RegionCode, RegionCode, RegionCode) -> bool) -> bool {
        let there = journey.itinerary.outline.region_code;
        journey.visit.stops_of(&self.person.name()).into_iter().any(|stop| match &stop.plan.route {
            Route::Way { mode: Mode::Flight | Mode::Train, from, to } => so(from.region_code, to.region_code, there),
            Route::Way { mode: Mode::Transfer | Mode::Car, .. } | Route::Stay { .. } | Route::Occasion { .. } => false,
        })
    }
}

fn is_released(journey: &Journey) -> bool {
    journey.itinerary.state == itinerary::State::Released
}

/// The last day of a document, which may have none.
fn valid_until(document: &IdentityDocument) -> NaiveDate {
    document.expire_date.unwrap_or(NaiveDate::MAX)
}

fn is_permit(kind: identity_document::Kind) -> bool {
    match kind {
        identity_document::Kind::HongKongMacauPermit | identity_document::Kind::TaiwanPermit => true,
        identity_document::Kind::Passport
        | identity_document::Kind::PakistaniIdentityCard
        | identity_document::Kind::ChineseIdentityCard
        | identity_document::Kind::Photo => false,
    }
}

fn at_home(item: Item) -> Assessment {
    Assessment { item, reason: Reason::LivesThere, resource: None }
}

#[cfg(test)]
mod tests;
