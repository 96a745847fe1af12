//! The itinerary of a visit: flights, nights, visits and meetings of a group of travellers, and whether it can be
//! travelled.
//!
//! While it is worked on it may say anything; all that is wrong is found at once, traveller by traveller, when
//! organisers ask. Nor is it looked at alone: its travellers speak in sessions and travel with others, and others use its
//! vehicles and rooms.
//! A draft holds nothing; its stops hold what they use from its release on.
//! What compares moments uses instants, since the clock may run backwards over a leg; what counts nights and days uses
//! the calendar at the place.
//!
//! **Invariant:** the same facts give the same findings in the same order, whatever order the facts come in.

use chrono::TimeDelta;

use crate::{
    engagement::Engagement,
    interval::Interval,
    pool::Supply,
    region::RegionCode,
    resource::{PersonName, ResourceName, StopName},
    schedule::Severity,
    visit_window::VisitWindow,
    zoned::Zoned,
};

mod finding;
mod journey;
mod neighbours;
mod nights;
mod release;
mod supply;
mod visit;

pub use finding::{Finding, Rivalry, Want};
pub use neighbours::{LiveVisit, Surroundings};
pub use release::{Itinerary, Outline, Refusal, Release, State, draft, require_free_of_clashes};
pub use supply::{Demand, require_held};
pub use visit::{Traveller, Visit};

/// How much longer than the days of the visit the way in and the way out may take at home: to the airport, and a night
/// before the flight.
const WAY: TimeDelta = TimeDelta::days(7);

/// Tells a city from others, however it is called in which language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CityKey {
    /// The country or territory it is in.
    pub region: RegionCode,
    /// What it is called in English, as organisers write it.
    pub city: String,
}

/// Holds what there is to check of an itinerary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The days that letters and visas speak of.
    pub window: VisitWindow,
    /// The country or territory that those days are spent in.
    pub region: RegionCode,
    /// The stops, in any order; each once.
    pub stops: Vec<Stop>,
    /// What the stops use.
    pub resources: Vec<Resource>,
    /// Where people have to be beside its stops: in sessions of the event, on stops of other itineraries.
    pub engagements: Vec<Engagement>,
    /// What other itineraries hold, which were released with it.
    pub held: Vec<Demand>,
    /// What other itineraries want as they are being planned, those that were released too.
    pub wanted: Vec<Demand>,
}

/// Says that some of the travellers do something, from one place and time to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Which.
    pub key: StopName,
    /// When it starts, by the clock there: a departure, a check-in, a meeting's begin.
    pub start: Zoned,
    /// When it ends, by the clock there, perhaps in another zone.
    pub end: Zoned,
    /// What it is, and where.
    pub course: Course,
    /// Who takes part.
    pub travellers: Vec<PersonName>,
    /// What it uses, each resource once.
    pub uses: Vec<Use>,
}

/// Says what a stop is, and where it takes the travellers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    /// They travel.
    Leg {
        /// By what.
        mode: Mode,
        /// Where they leave.
        from: CityKey,
        /// Where they arrive; a transfer may stay in its city.
        to: CityKey,
    },
    /// They have rooms in a hotel, for the nights from the first day to the last; they come and go meanwhile.
    Stay {
        /// Where.
        city: CityKey,
    },
    /// They are somewhere together.
    Occasion {
        /// What for.
        kind: Kind,
        /// Where.
        city: CityKey,
    },
}

/// Says by what a leg is travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A flight, which does not wait.
    Flight,
    /// A train, which does not wait.
    Train,
    /// A car or coach of the visit, which waits for its travellers.
    Transfer,
    /// A car that is hired or sent, which waits for its travellers.
    Car,
}

/// Says what an occasion is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A visit to a site or a company.
    Visit,
    /// A meeting.
    Meeting,
    /// A meal.
    Meal,
    /// A ceremony at which something is signed.
    Signing,
    /// A session of the event's programme.
    Session,
    /// A ceremony of another kind.
    Ceremony,
    /// Time that is to be kept free.
    Free,
    /// Something to know, which takes nobody's time.
    Note,
}

/// Says how much of a resource a stop uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Which resource.
    pub resource: ResourceName,
    /// How many of its seats, beds or rooms.
    pub quantity: u32,
}

/// Describes what stops can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Which.
    pub key: ResourceName,
    /// How many seats, beds or rooms it has, and whether several stops can use it at the same time.
    pub supply: Supply,
}

/// Finds everything that stands in the way of an itinerary: stop by stop, then traveller by traveller, then resource by
/// resource.
///
/// A stop that ends before it starts is reported as that and left out of everything else.
/// What clashes between sessions and other itineraries alone is found where they are checked.
pub fn check(plan: &Plan) -> Vec<Finding> {
    let mut stops: Vec<&Stop> = plan.stops.iter().collect();
    stops.sort_by_key(|stop| (stop.start.instant(), stop.end.instant(), &stop.key));

    let mut findings = Vec::new();
    let mut timed = Vec::new();
    for stop in stops {
        match Interval::between(&stop.start, &stop.end) {
            Ok(interval) => timed.push(Timed { stop, interval }),
            Err(_) => findings.push(Finding::EndsBeforeItStarts { stop: stop.key.clone() }),
        }
    }
    let outside = timed.iter().filter(|timed| !timed.is_within(plan));
    findings.extend(outside.map(|timed| Finding::OutsideVisit { stop: timed.stop.key.clone() }));
    findings.extend(journey::check(plan, &timed));
    findings.extend(supply::check(plan, &timed));
    findings
}

/// A stop that takes time, in the order of all of them.
#[derive(Clone, Copy)]
struct Timed<'a> {
    stop: &'a Stop,
    interval: Interval,
}

impl<'a> Timed<'a> {
    /// Gives where the travellers have to be when it starts, and where they are when it ends.
    fn cities(&self) -> (&'a CityKey, &'a CityKey) {
        match &self.stop.course {
            Course::Leg { mode: _, from, to } => (from, to),
            Course::Stay { city } | Course::Occasion { kind: _, city } => (city, city),
        }
    }

    /// Tells whether the days of the visit hold it: a leg in must arrive and a leg out must leave on one of them, all
    /// else is whole. What neither is nor leads where the visit does is the way in or out, and may be some days off.
    fn is_within(&self, plan: &Plan) -> bool {
        let (from, to) = self.cities();
        let is_at_home = [from, to].iter().all(|city| city.region != plan.region);
        let slack = if is_at_home { WAY } else { TimeDelta::zero() };
        let (start, end) = (self.stop.start.date(), self.stop.end.date());
        let (latest_in, earliest_out) = match self.stop.course {
            Course::Leg { .. } => (end, start),
            Course::Stay { .. } | Course::Occasion { .. } => (start, end),
        };
        plan.window.start() - latest_in <= slack && earliest_out - plan.window.end() <= slack
    }
}

impl Stop {
    /// Tells whether it is a session of the event's programme, in which its travellers may speak meanwhile.
    fn is_session(&self) -> bool {
        match self.course {
            Course::Occasion { kind: Kind::Session, .. } => true,
            Course::Leg { .. } | Course::Stay { .. } | Course::Occasion { .. } => false,
        }
    }

    /// Tells whether travellers are nowhere else meanwhile; from a hotel they come and go, and a note is only read.
    fn takes_travellers(&self) -> bool {
        match self.course {
            Course::Occasion { kind: Kind::Note, .. } | Course::Stay { .. } => false,
            Course::Leg { .. } | Course::Occasion { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests;
