//! Who or what is in two places at once.

use super::Interval;

/// Says that something which can be in one place only is taken by an activity for a while.
///
/// The subject is a person, a room or a vehicle; the activity is a session, a stop or a meeting.
/// Both are the caller's own types, so that a person's flight, session and meeting can meet in one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Occupation<S, A> {
    /// Who or what is taken.
    pub subject: S,
    /// What takes it.
    pub activity: A,
    /// How long it is taken.
    pub interval: Interval,
}

/// Says that two different activities take the same subject at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Clash<'a, S, A> {
    /// The one that starts earlier; of two that start together the one that ends earlier, or else the smaller activity.
    pub first: &'a Occupation<S, A>,
    /// The other one, of the same subject.
    pub second: &'a Occupation<S, A>,
    /// The time for which both want the subject.
    pub overlap: Interval,
}

/// Finds every pair of activities that want the same subject at the same time, not only neighbours.
///
/// An activity does not clash with itself, however often its subject is named in it: a person may chair and speak in
/// one session.
/// The answer does not depend on the order of the input; it is ordered by subject, then by when the overlap begins.
/// It takes time in O(n log n) plus the pairs that overlap.
pub fn clashes<S: Ord, A: Ord>(occupations: &[Occupation<S, A>]) -> Vec<Clash<'_, S, A>> {
    let mut ordered: Vec<&Occupation<S, A>> = occupations.iter().collect();
    ordered.sort_unstable_by_key(|occupation| (&occupation.subject, occupation.interval, &occupation.activity));
    ordered.dedup_by_key(|occupation| (&occupation.subject, occupation.interval, &occupation.activity));

    let mut found = Vec::new();
    for timeline in ordered.chunk_by(|one, other| one.subject == other.subject) {
        clashes_on(timeline, &mut found);
    }
    found
}

/// Walks one subject's occupations by start, keeping those that have not ended.
fn clashes_on<'a, S, A: Eq>(timeline: &[&'a Occupation<S, A>], found: &mut Vec<Clash<'a, S, A>>) {
    let mut running: Vec<&'a Occupation<S, A>> = Vec::new();
    for &second in timeline {
        // What has ended leaves for good, so that each step costs what it drops and what it reports, no more.
        running.retain(|first| second.interval.start() < first.interval.end());
        found.extend(running.iter().filter(|first| first.activity != second.activity).filter_map(|&first| {
            let overlap = first.interval.overlap(&second.interval)?;
            Some(Clash { first, second, overlap })
        }));
        running.push(second);
    }
}
