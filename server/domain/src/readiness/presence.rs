//! Whether somebody can be in a place for a while.

use super::Dossier;
use crate::{
    engagement::{Commitment, Engagement},
    interval::Interval,
    itinerary::CityKey,
    registration::State,
    resource::{DelegationName, RegistrationName, StopName},
    schedule::SessionKey,
};

/// Where somebody is wanted, and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// In which city.
    pub city: CityKey,
    /// How long.
    pub interval: Interval,
}

/// Something that is against somebody being somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// They are not registered for the event.
    NotRegistered,
    /// Their registration is not confirmed.
    NotConfirmed {
        /// Which registration.
        registration: RegistrationName,
    },
    /// They appear in a session meanwhile.
    InSession {
        /// Which session.
        session: SessionKey,
        /// The time that both want of them.
        overlap: Interval,
    },
    /// A stop of a visit takes them meanwhile.
    OnStop {
        /// Which stop.
        stop: StopName,
        /// The time that both want of them.
        overlap: Interval,
    },
    /// Their itinerary has them in another city then.
    Elsewhere {
        /// The stop that leaves them there, or with which their way begins.
        stop: StopName,
        /// In which city.
        city: CityKey,
    },
    /// They come with a delegation, and no itinerary says where they are.
    NoItinerary {
        /// Which delegation.
        delegation: DelegationName,
    },
}

/// Finds all that is against somebody keeping an appointment; `engagements` are those of everybody in the event.
pub fn obstacles(dossier: &Dossier, appointment: &Appointment, engagements: &[Engagement]) -> Vec<Obstacle> {
    let mut found: Vec<Obstacle> = unregistered(dossier).into_iter().collect();
    found.extend(meanwhile(dossier, appointment, engagements));
    found.extend(elsewhere(dossier, appointment));
    found
}

fn unregistered(dossier: &Dossier) -> Option<Obstacle> {
    match dossier.registration() {
        None => Some(Obstacle::NotRegistered),
        Some(registration) if registration.state == State::Confirmed => None,
        Some(registration) => Some(Obstacle::NotConfirmed { registration: registration.name() }),
    }
}

fn meanwhile(dossier: &Dossier, appointment: &Appointment, engagements: &[Engagement]) -> Vec<Obstacle> {
    let who = dossier.person.name();
    let mut own: Vec<&Engagement> = engagements.iter().filter(|engagement| engagement.subject == who).collect();
    own.sort_by_key(|engagement| (engagement.interval, &engagement.activity));
    // Whoever chairs a session and speaks in it is taken by it once.
    own.dedup_by_key(|engagement| (engagement.interval, &engagement.activity));
    let obstacle = |engagement: &Engagement| {
        let overlap = engagement.interval.overlap(&appointment.interval)?;
        Some(match &engagement.activity {
            Commitment::Session(session) => Obstacle::InSession { session: session.clone(), overlap },
            Commitment::Stop(stop) => Obstacle::OnStop { stop: stop.clone(), overlap },
        })
    };
    own.into_iter().filter_map(obstacle).collect()
}

/// Finds where the stop before the appointment leaves them: in the city where it ends, or, before the first, where their way begins.
fn elsewhere(dossier: &Dossier, appointment: &Appointment) -> Option<Obstacle> {
    let delegation = dossier.delegation.as_ref()?.name();
    let who = dossier.person.name();
    let mut stops: Vec<_> = dossier.journeys.iter().flat_map(|journey| journey.visit.stops_of(&who)).collect();
    stops.sort_by_key(|stop| (stop.plan.start.instant(), stop.plan.end.instant(), &stop.name));
    let starts = appointment.interval.start();
    let before = stops.iter().rfind(|stop| stop.plan.start.instant() <= starts);
    let (stop, place) = match (before, stops.first()) {
        (Some(last), _) => (last, last.plan.route.end().unwrap_or(last.plan.route.start())),
        (None, Some(first)) => (first, first.plan.route.start()),
        (None, None) => return Some(Obstacle::NoItinerary { delegation }),
    };
    let city = place.city_key();
    (city != appointment.city).then(|| Obstacle::Elsewhere { stop: stop.name.clone(), city })
}
