//! What names people, and is renamed when one of them is merged into another.

use chrono::{DateTime, Utc};

use super::Merge;
use crate::{
    authority::Actor,
    delegation::{Delegation, Member},
    file::File,
    invitation::Invitation,
    letter::Letter,
    link::Link,
    notice::Notice,
    registration::Registration,
    revision::History,
    schedule::Release,
    session::{self, Session},
    speaker::Speaker,
    stop::Stop,
};

/// Something that names people.
pub trait Renamed: Sized {
    /// The same with the one who stays instead of the one who goes.
    #[must_use]
    fn renamed(self, merge: &Merge, now: DateTime<Utc>) -> Self;
}

impl Renamed for Registration {
    fn renamed(self, merge: &Merge, now: DateTime<Utc>) -> Self {
        Self { person: merge.rename(self.person), history: self.history.next(now), ..self }
    }
}

impl Renamed for Member {
    /// When they last came or went stays as it is: a delegation that is reinstated goes by it.
    fn renamed(self, merge: &Merge, now: DateTime<Utc>) -> Self {
        let update_time = self.history.update_time;
        let history = History { update_time, ..self.history.next(now) };
        Self { person: merge.rename(self.person), history, ..self }
    }
}

impl Renamed for Delegation {
    fn renamed(self, merge: &Merge, now: DateTime<Utc>) -> Self {
        Self { head: self.head.map(|head| merge.rename(head)), history: self.history.next(now), ..self }
    }
}

impl Renamed for Speaker {
    fn renamed(mut self, merge: &Merge, now: DateTime<Utc>) -> Self {
        self.part.person = merge.rename(self.part.person);
        Self { history: self.history.next(now), ..self }
    }
}

impl Renamed for Letter {
    fn renamed(mut self, merge: &Merge, now: DateTime<Utc>) -> Self {
        self.request.person = merge.rename(self.request.person);
        Self { history: self.history.next(now), ..self }
    }
}

impl Renamed for Notice {
    fn renamed(mut self, merge: &Merge, _: DateTime<Utc>) -> Self {
        self.mail.person = merge.rename(self.mail.person);
        self
    }
}

impl Renamed for Invitation {
    fn renamed(self, merge: &Merge, _: DateTime<Utc>) -> Self {
        Self { person: merge.rename(self.person), ..self }
    }
}

impl Renamed for Link {
    fn renamed(self, merge: &Merge, _: DateTime<Utc>) -> Self {
        Self { person: merge.rename(self.person), ..self }
    }
}

impl Renamed for File {
    fn renamed(self, merge: &Merge, _: DateTime<Utc>) -> Self {
        let uploader = match self.uploader {
            Actor::Person(person) => Actor::Person(merge.rename(person)),
            Actor::Member(_) | Actor::Server => self.uploader,
        };
        Self { uploader, ..self }
    }
}

impl Renamed for Stop {
    fn renamed(mut self, merge: &Merge, now: DateTime<Utc>) -> Self {
        self.plan.travellers = merge.rename_all(self.plan.travellers);
        Self { history: self.history.next(now), ..self }
    }
}

impl Renamed for Session {
    fn renamed(mut self, merge: &Merge, now: DateTime<Utc>) -> Self {
        self.plan.kind = kind_renamed(self.plan.kind, merge);
        Self { history: self.history.next(now), ..self }
    }
}

impl Renamed for Release {
    /// What was released stays as it was; who it was released with is the same person under their one name.
    fn renamed(mut self, merge: &Merge, _: DateTime<Utc>) -> Self {
        for item in &mut self.programme {
            item.kind = kind_renamed(item.kind.clone(), merge);
            for appearance in &mut item.appearances {
                appearance.person = merge.rename(appearance.person.clone());
            }
        }
        self
    }
}

fn kind_renamed(kind: session::Kind, merge: &Merge) -> session::Kind {
    match kind {
        session::Kind::Signing(mut signing) => {
            signing.signatories = merge.rename_all(signing.signatories);
            signing.witnesses = merge.rename_all(signing.witnesses);
            let mut parts: Vec<session::Part> = Vec::new();
            for part in signing.parts {
                let person = merge.rename(part.person);
                if !parts.iter().any(|known| known.person == person) {
                    parts.push(session::Part { person, ..part });
                }
            }
            signing.parts = parts;
            session::Kind::Signing(signing)
        }
        session::Kind::Opening
        | session::Kind::Talk
        | session::Kind::Panel
        | session::Kind::Break
        | session::Kind::Other => kind,
    }
}
