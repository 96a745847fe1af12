//! An itinerary itself: drafted, released as often as it changes, cancelled.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Finding, Severity, Want};
use crate::{
    interval::Interval,
    language::LanguageTag,
    localized::Localized,
    refusal::{Kind, Violation},
    region::RegionCode,
    resource::{DelegationName, FileName, ItineraryName, ResourceName},
    revision::History,
};

/// What a delegation does on its visit, beside its stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Itinerary {
    /// What it is known by.
    pub name: ItineraryName,
    /// Whose visit it is; it never changes.
    pub delegation: DelegationName,
    /// What organisers say of it.
    pub outline: Outline,
    /// Where it stands.
    pub state: State,
    /// What travellers have of it.
    pub release: Option<Release>,
    /// When it was created and changed.
    pub history: History,
}

/// What organisers say of an itinerary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// What the visit is called.
    pub title: Localized,
    /// Where it leads.
    pub region_code: RegionCode,
    /// What the booklet and the calendar are written in.
    pub language: LanguageTag,
}

/// What travellers have of an itinerary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Which, counted from 1.
    pub number: u32,
    /// The booklet.
    pub booklet: FileName,
    /// The calendar.
    pub calendar: FileName,
    /// When.
    pub time: DateTime<Utc>,
}

/// Where an itinerary stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is worked on, and was not released yet.
    Draft,
    /// Travellers have a release of it.
    Released,
    /// It will not take place.
    Cancelled,
}

impl State {
    /// Every state there is.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Released, Self::Cancelled];
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Draft => "DRAFT",
            Self::Released => "RELEASED",
            Self::Cancelled => "CANCELLED",
        })
    }
}

/// Why an itinerary cannot become so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was cancelled.
    #[error("the itinerary is {state}, and has to be DRAFT or RELEASED")]
    WrongState {
        /// Which itinerary.
        itinerary: ItineraryName,
        /// Where it stands.
        state: State,
    },
    /// Something stands in its way that has to be dealt with first.
    #[error("{} findings stand in the way of the itinerary", .findings.len())]
    Clashes {
        /// All that does.
        findings: Vec<Finding>,
    },
    /// Other itineraries were released first with what it wants.
    #[error("{wanted} are wanted of {resource}, of which there are {capacity}, and others hold too many")]
    Taken {
        /// The first resource of which too little is left.
        resource: ResourceName,
        /// When.
        interval: Interval,
        /// How much would be held in all: in what the resource is counted, or in stops when it serves one at a time.
        wanted: u64,
        /// How much there is, counted as what is wanted.
        capacity: u32,
        /// All for which others left too little.
        findings: Vec<Finding>,
    },
    /// Something the booklet says has a character that is in none of the fonts.
    #[error("a character of the booklet is in none of the fonts")]
    GlyphMissing {
        /// The first such character.
        character: char,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::WrongState { .. } | Self::Clashes { .. } | Self::Taken { .. } | Self::GlyphMissing { .. } => {
                Kind::Precondition
            }
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::WrongState { .. } => "ERROR_REASON_WRONG_STATE",
            Self::Clashes { .. } => "ERROR_REASON_ITINERARY_CLASHES",
            Self::Taken { .. } => "ERROR_REASON_RESOURCE_TAKEN",
            Self::GlyphMissing { .. } => "ERROR_REASON_GLYPH_MISSING",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::WrongState { itinerary, state } => vec![
                ("resource", itinerary.to_string()),
                ("state", state.to_string()),
                ("wanted", "DRAFT or RELEASED".to_owned()),
            ],
            Self::Clashes { findings } => vec![("findings", findings.len().to_string())],
            Self::Taken { resource, interval, wanted, capacity, findings: _ } => {
                let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                vec![
                    ("resource", resource.to_string()),
                    ("interval", format!("{}/{}", text(interval.start()), text(interval.end()))),
                    ("wanted", wanted.to_string()),
                    ("capacity", capacity.to_string()),
                ]
            }
            Self::GlyphMissing { character } => vec![("character", format!("U+{:04X}", u32::from(*character)))],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::WrongState { .. } | Self::GlyphMissing { .. } => Vec::new(),
            Self::Clashes { findings } | Self::Taken { findings, .. } => findings.iter().map(violation).collect(),
        }
    }
}

/// A finding as a violation: about all that clash, or else about the resource or the traveller.
fn violation(finding: &Finding) -> Violation {
    let stops = finding.stops();
    let event = stops.first().map(|stop| stop.event.clone());
    let session = event.zip(finding.session()).and_then(|(event, session)| session.name(&event));
    let parties = stops.into_iter().map(ToString::to_string).chain(session.map(|session| session.to_string()));
    let parties: Vec<String> = parties.collect();
    let other = finding.resource().map(ToString::to_string).or(finding.traveller().map(ToString::to_string));
    let subject = if parties.is_empty() { other.unwrap_or_default() } else { parties.join(", ") };
    Violation { code: finding.reason().to_owned(), subject, description: finding.to_string() }
}

/// Drafts an itinerary.
pub fn draft(name: ItineraryName, delegation: DelegationName, outline: Outline, now: DateTime<Utc>) -> Itinerary {
    Itinerary { name, delegation, outline, state: State::Draft, release: None, history: History::begin(now) }
}

/// Refuses a release in the way of which something stands that has to be dealt with; what may be meant does not.
///
/// When nothing does but what others hold, it is refused for that: waiting or another resource helps then.
pub fn require_free_of_clashes(findings: Vec<Finding>) -> Result<(), Refusal> {
    let findings: Vec<Finding> = findings.into_iter().filter(|finding| finding.severity() == Severity::Error).collect();
    let Some(first) = findings.first() else { return Ok(()) };
    let wants: Option<Vec<Want<'_>>> = findings.iter().map(Finding::taken).collect();
    match (first.taken(), wants) {
        (Some(Want { resource, interval, wanted, capacity }), Some(_)) => {
            Err(Refusal::Taken { resource: resource.clone(), interval, wanted, capacity, findings })
        }
        (None, _) | (_, None) => Err(Refusal::Clashes { findings }),
    }
}

impl Itinerary {
    /// Refuses whatever a cancelled itinerary no longer does.
    pub fn require_live(&self) -> Result<(), Refusal> {
        match self.state {
            State::Draft | State::Released => Ok(()),
            State::Cancelled => Err(Refusal::WrongState { itinerary: self.name.clone(), state: self.state }),
        }
    }

    /// Changes what organisers say of it.
    pub fn revise(self, outline: Outline, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_live()?;
        Ok(Self { outline, history: self.history.next(now), ..self })
    }

    /// It will not take place.
    pub fn cancel(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_live()?;
        Ok(Self { state: State::Cancelled, history: self.history.next(now), ..self })
    }

    /// The number its next release will have.
    pub fn next_release_number(&self) -> u32 {
        self.release.as_ref().map_or(0, |release| release.number) + 1
    }

    /// Travellers get a booklet and a calendar, in place of those they had.
    pub fn release(self, booklet: FileName, calendar: FileName, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_live()?;
        let release = Release { number: self.next_release_number(), booklet, calendar, time: now };
        Ok(Self { state: State::Released, release: Some(release), history: self.history.next(now), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::itinerary::Rivalry;

    const ID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

    fn at(day: u32) -> DateTime<Utc> {
        format!("2023-08-{day:02}T00:00:00Z").parse().unwrap()
    }

    fn drafted() -> Itinerary {
        let outline = Outline {
            title: Localized::new("Visit to Beijing", "北京访问").unwrap(),
            region_code: RegionCode::parse("CN").unwrap(),
            language: LanguageTag::English,
        };
        let name = format!("events/ciftis-2023/itineraries/{ID}").parse().unwrap();
        let delegation = format!("events/ciftis-2023/delegations/{ID}").parse().unwrap();
        draft(name, delegation, outline, at(1))
    }

    fn file() -> FileName {
        format!("events/ciftis-2023/files/{ID}").parse().unwrap()
    }

    #[test]
    fn releases_are_counted_from_one_and_the_last_is_kept() {
        let once = drafted().release(file(), file(), at(2)).unwrap();
        let twice = once.clone().release(file(), file(), at(3)).unwrap();

        let numbers = [&once, &twice].map(|itinerary| itinerary.release.as_ref().map(|release| release.number));
        assert_eq!(numbers, [Some(1), Some(2)]);
        assert_eq!([once.state, twice.state], [State::Released; 2]);
    }

    #[test]
    fn cancelled_itinerary_is_neither_changed_released_nor_cancelled_again() {
        let cancelled = drafted().cancel(at(2)).unwrap();
        let refusal = Refusal::WrongState { itinerary: cancelled.name.clone(), state: State::Cancelled };

        assert_eq!(cancelled.clone().revise(drafted().outline, at(3)), Err(refusal.clone()));
        assert_eq!(cancelled.clone().release(file(), file(), at(3)), Err(refusal.clone()));
        assert_eq!(cancelled.cancel(at(3)), Err(refusal));
    }

    #[test]
    fn release_is_kept_back_by_errors_and_not_by_warnings() {
        let traveller = format!("organizations/zbra/persons/{ID}").parse().unwrap();
        let warning = Finding::NightWithoutStay { traveller, night: at(3).date_naive() };
        let stop = format!("events/ciftis-2023/itineraries/{ID}/stops/{ID}").parse().unwrap();
        let error = Finding::EndsBeforeItStarts { stop };

        assert_eq!(require_free_of_clashes(vec![warning.clone()]), Ok(()));
        assert_eq!(
            require_free_of_clashes(vec![warning, error.clone()]),
            Err(Refusal::Clashes { findings: vec![error] })
        );
    }

    #[test]
    fn release_that_lacks_only_what_others_hold_is_refused_for_that() {
        let resource: ResourceName = format!("events/ciftis-2023/resources/{ID}").parse().unwrap();
        let stop: crate::resource::StopName =
            format!("events/ciftis-2023/itineraries/{ID}/stops/{ID}").parse().unwrap();
        let interval = Interval::new(at(3), at(4)).unwrap();
        let short = |rivalry| Finding::OverCapacity {
            resource: resource.clone(),
            interval,
            wanted: 6,
            capacity: 5,
            stops: vec![stop.clone()],
            rivalry,
        };
        let (held, within) = (short(Rivalry::Held), short(Rivalry::Within));
        let taken = Refusal::Taken {
            resource: resource.clone(),
            interval,
            wanted: 6,
            capacity: 5,
            findings: vec![held.clone()],
        };

        assert_eq!(require_free_of_clashes(vec![short(Rivalry::Wanted)]), Ok(()));
        assert_eq!(
            crate::refusal::Refusal::facts(&taken),
            [
                ("resource", resource.to_string()),
                ("interval", "2023-08-03T00:00:00Z/2023-08-04T00:00:00Z".to_owned()),
                ("wanted", "6".to_owned()),
                ("capacity", "5".to_owned()),
            ]
        );
        assert_eq!(require_free_of_clashes(vec![held.clone()]), Err(taken));
        let both = vec![held, within];
        assert_eq!(require_free_of_clashes(both.clone()), Err(Refusal::Clashes { findings: both }));
    }
}
