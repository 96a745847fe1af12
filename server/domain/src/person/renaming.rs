//! What names people, and is renamed when one of them is merged into another, or comes back.

use std::collections::BTreeMap;

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
    resource::{OrganizationId, PersonName},
    revision::History,
    schedule::{Appearance, Release},
    session::{self, Session, Signing},
    speaker::Speaker,
    stop::Stop,
};

/// How many lists an item of a programme has: the three of a signing, and who appears.
const LISTS_OF_ITEM: usize = 4;

/// Whose name stands for whose from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    from: PersonName,
    into: PersonName,
    /// How the lists stood that a merge changed, when it is taken back.
    lists: Option<Lists>,
}

/// The lists of one thing that named somebody before they were merged: by their place in the thing, and as they were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists(pub BTreeMap<usize, Vec<Mention>>);

/// Somebody in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Who.
    pub person: PersonName,
    /// For which party they sign, in the list that says so.
    pub party: Option<OrganizationId>,
}

/// Something that names people.
pub trait Renamed: Sized {
    /// The same with the one name instead of the other.
    #[must_use]
    fn renamed(self, renaming: &Renaming, now: DateTime<Utc>) -> Self;

    /// The lists in it that name a person; whatever names people one by one has none.
    fn lists(&self, _: &PersonName) -> Lists {
        Lists::default()
    }
}

impl Merge {
    /// Whoever goes is named as the one who stays.
    pub fn renaming(&self) -> Renaming {
        Renaming { from: self.gone().clone(), into: self.stays().clone(), lists: None }
    }

    /// Whoever went is named as themselves again, in something whose lists stood so before.
    pub fn undoing(&self, lists: Lists) -> Renaming {
        Renaming { from: self.stays().clone(), into: self.gone().clone(), lists: Some(lists) }
    }
}

impl Renaming {
    /// Whom a name means afterwards.
    pub fn rename(&self, name: PersonName) -> PersonName {
        if name == self.from { self.into.clone() } else { name }
    }

    /// Whom the list at a place means afterwards.
    fn rename_list(&self, place: usize, list: Vec<Mention>) -> Vec<Mention> {
        match &self.lists {
            None => self.rename_each_once(list),
            Some(Lists(before)) => match before.get(&place) {
                Some(before) => self.take_back(list, before),
                None => list,
            },
        }
    }

    fn rename_each_once(&self, list: Vec<Mention>) -> Vec<Mention> {
        let mut renamed: Vec<Mention> = Vec::new();
        for Mention { person, party } in list {
            let person = self.rename(person);
            if !renamed.iter().any(|known| known.person == person) {
                renamed.push(Mention { person, party });
            }
        }
        renamed
    }

    /// A list that is still what the merge made of it is what it was; in one that was changed since, whoever stands there for both is both again.
    fn take_back(&self, list: Vec<Mention>, before: &[Mention]) -> Vec<Mention> {
        let merging = Self { from: self.into.clone(), into: self.from.clone(), lists: None };
        let merged = merging.rename_each_once(before.to_vec());
        if list == merged {
            return before.to_vec();
        }
        let both = before.iter().filter(|known| known.person == self.from || known.person == self.into);
        let both: Vec<&Mention> = both.collect();
        let mut taken_back = Vec::new();
        for mention in list {
            if mention.person != self.from {
                taken_back.push(mention);
                continue;
            }
            // What was said of the one since, was said of whoever was there: of the one who stays, when both were.
            let said_since = !merged.contains(&mention);
            taken_back.extend(both.iter().map(|was| {
                let party = if said_since && (both.len() == 1 || was.person == self.from) {
                    mention.party.clone()
                } else {
                    was.party.clone()
                };
                Mention { person: was.person.clone(), party }
            }));
        }
        taken_back
    }

    fn rename_people(&self, place: usize, people: Vec<PersonName>) -> Vec<PersonName> {
        let list = self.rename_list(place, people.into_iter().map(Mention::of).collect());
        list.into_iter().map(|mention| mention.person).collect()
    }

    fn rename_kind(&self, place: usize, kind: session::Kind) -> session::Kind {
        match kind {
            session::Kind::Signing(signing) => session::Kind::Signing(Box::new(self.rename_signing(place, *signing))),
            session::Kind::Opening
            | session::Kind::Talk
            | session::Kind::Panel
            | session::Kind::Break
            | session::Kind::Other => kind,
        }
    }

    fn rename_signing(&self, place: usize, mut signing: Signing) -> Signing {
        signing.signatories = self.rename_people(place, signing.signatories);
        signing.witnesses = self.rename_people(place + 1, signing.witnesses);
        let parts = self.rename_list(place + 2, signing.parts.into_iter().map(Mention::from).collect());
        let parts =
            parts.into_iter().filter_map(|Mention { person, party }| Some(session::Part { person, party: party? }));
        signing.parts = parts.collect();
        if self.lists.is_some() {
            // Who comes back signs for a party that may not enter into it any more.
            let (signatories, parties) = (&signing.signatories, &signing.parties);
            signing.parts.retain(|session::Part { person, party }| {
                *person != self.into || signatories.contains(person) && parties.contains(party)
            });
        }
        signing
    }

    /// What was released is not changed: whoever stands at a place is who stood there.
    fn rename_appearances(&self, place: usize, appearances: Vec<Appearance>) -> Vec<Appearance> {
        let was = |index: usize| match &self.lists {
            None => true,
            Some(Lists(before)) => {
                let was = before.get(&place).and_then(|list| list.get(index));
                was.is_some_and(|was| was.person == self.into)
            }
        };
        let renamed = appearances.into_iter().enumerate().map(|(index, appearance)| {
            let person = if was(index) { self.rename(appearance.person) } else { appearance.person };
            Appearance { person, ..appearance }
        });
        renamed.collect()
    }
}

impl Lists {
    fn of(person: &PersonName, lists: impl IntoIterator<Item = Vec<Mention>>) -> Self {
        let numbered = lists.into_iter().enumerate();
        Self(numbered.filter(|(_, list)| list.iter().any(|mention| mention.person == *person)).collect())
    }
}

impl Mention {
    fn of(person: PersonName) -> Self {
        Self { person, party: None }
    }
}

impl From<session::Part> for Mention {
    fn from(session::Part { person, party }: session::Part) -> Self {
        Self { person, party: Some(party) }
    }
}

impl Renamed for Registration {
    fn renamed(self, renaming: &Renaming, now: DateTime<Utc>) -> Self {
        Self { person: renaming.rename(self.person), history: self.history.next(now), ..self }
    }
}

impl Renamed for Member {
    /// When they last came or went stays as it is: a delegation that is reinstated goes by it.
    fn renamed(self, renaming: &Renaming, now: DateTime<Utc>) -> Self {
        let update_time = self.history.update_time;
        let history = History { update_time, ..self.history.next(now) };
        Self { person: renaming.rename(self.person), history, ..self }
    }
}

impl Renamed for Delegation {
    fn renamed(self, renaming: &Renaming, now: DateTime<Utc>) -> Self {
        Self { head: self.head.map(|head| renaming.rename(head)), history: self.history.next(now), ..self }
    }
}

impl Renamed for Speaker {
    fn renamed(mut self, renaming: &Renaming, now: DateTime<Utc>) -> Self {
        self.part.person = renaming.rename(self.part.person);
        Self { history: self.history.next(now), ..self }
    }
}

impl Renamed for Letter {
    fn renamed(mut self, renaming: &Renaming, now: DateTime<Utc>) -> Self {
        self.request.person = renaming.rename(self.request.person);
        Self { history: self.history.next(now), ..self }
    }
}

impl Renamed for Notice {
    fn renamed(mut self, renaming: &Renaming, _: DateTime<Utc>) -> Self {
        self.mail.person = renaming.rename(self.mail.person);
        self
    }
}

impl Renamed for Invitation {
    fn renamed(self, renaming: &Renaming, _: DateTime<Utc>) -> Self {
        Self { person: renaming.rename(self.person), ..self }
    }
}

impl Renamed for Link {
    fn renamed(self, renaming: &Renaming, _: DateTime<Utc>) -> Self {
        Self { person: renaming.rename(self.person), ..self }
    }
}

impl Renamed for File {
    fn renamed(self, renaming: &Renaming, _: DateTime<Utc>) -> Self {
        let uploader = match self.uploader {
            Actor::Person(person) => Actor::Person(renaming.rename(person)),
            Actor::Member(_) | Actor::Server => self.uploader,
        };
        Self { uploader, ..self }
    }
}

impl Renamed for Stop {
    fn renamed(mut self, renaming: &Renaming, now: DateTime<Utc>) -> Self {
        self.plan.travellers = renaming.rename_people(0, self.plan.travellers);
        Self { history: self.history.next(now), ..self }
    }

    fn lists(&self, person: &PersonName) -> Lists {
        Lists::of(person, [self.plan.travellers.iter().cloned().map(Mention::of).collect()])
    }
}

impl Renamed for Session {
    fn renamed(mut self, renaming: &Renaming, now: DateTime<Utc>) -> Self {
        self.plan.kind = renaming.rename_kind(0, self.plan.kind);
        Self { history: self.history.next(now), ..self }
    }

    fn lists(&self, person: &PersonName) -> Lists {
        Lists::of(person, lists_of(&self.plan.kind))
    }
}

impl Renamed for Release {
    /// What was released stays as it was; who it was released with is the same person under their one name.
    fn renamed(mut self, renaming: &Renaming, _: DateTime<Utc>) -> Self {
        for (index, item) in self.programme.iter_mut().enumerate() {
            let place = index * LISTS_OF_ITEM;
            item.kind = renaming.rename_kind(place, item.kind.clone());
            item.appearances = renaming.rename_appearances(place + 3, std::mem::take(&mut item.appearances));
        }
        self
    }

    fn lists(&self, person: &PersonName) -> Lists {
        let lists = self.programme.iter().flat_map(|item| {
            let [signatories, witnesses, parts] = lists_of(&item.kind);
            let appearances = item.appearances.iter().map(|appearance| Mention::of(appearance.person.clone()));
            [signatories, witnesses, parts, appearances.collect()]
        });
        Lists::of(person, lists)
    }
}

/// The lists of a session: who sign, who stand by, and who signs for whom.
fn lists_of(kind: &session::Kind) -> [Vec<Mention>; 3] {
    let people = |people: &[PersonName]| people.iter().cloned().map(Mention::of).collect();
    match kind {
        session::Kind::Signing(signing) => {
            let parts = signing.parts.iter().cloned().map(Mention::from).collect();
            [people(&signing.signatories), people(&signing.witnesses), parts]
        }
        session::Kind::Opening
        | session::Kind::Talk
        | session::Kind::Panel
        | session::Kind::Break
        | session::Kind::Other => [const { Vec::new() }; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::tests::named;

    fn name(number: u8) -> PersonName {
        named(number, "A").name()
    }

    /// The one who goes is 1, the one who stays is 2; parties are told by letters.
    fn list(people: &[(u8, &str)]) -> Vec<Mention> {
        let mention = |(number, party): &(u8, &str)| Mention {
            person: name(*number),
            party: (!party.is_empty()).then(|| party.parse().unwrap()),
        };
        people.iter().map(mention).collect()
    }

    fn merge() -> Merge {
        Merge::new(name(1), name(2)).unwrap()
    }

    /// What a list becomes that was so before a merge, was changed after it, and then the merge is taken back.
    fn taken_back(before: &[(u8, &str)], change: impl FnOnce(Vec<Mention>) -> Vec<Mention>) -> Vec<Mention> {
        let kept = Lists::of(&name(1), [list(before)]);
        let merged = merge().renaming().rename_list(0, list(before));
        merge().undoing(kept).rename_list(0, change(merged))
    }

    #[test]
    fn merged_people_stand_once_in_a_list() {
        let merged = merge().renaming().rename_list(0, list(&[(1, ""), (3, ""), (2, "")]));

        assert_eq!(merged, list(&[(2, ""), (3, "")]));
    }

    #[test]
    fn list_that_nobody_changed_is_what_it_was_whoever_of_the_two_stood_in_it() {
        for before in [
            &[(1, ""), (3, ""), (2, "")][..],
            &[(3, ""), (2, ""), (1, "")],
            &[(3, ""), (1, "")],
            &[(2, ""), (3, "")],
            &[(1, "stza"), (2, "zbra")],
        ] {
            assert_eq!(taken_back(before, |merged| merged), list(before));
        }
    }

    #[test]
    fn in_a_list_that_was_changed_since_both_stand_where_the_one_stood_for_both() {
        let joined = |mut merged: Vec<Mention>| {
            merged.extend(list(&[(4, "")]));
            merged
        };
        let left = |merged: Vec<Mention>| merged.into_iter().filter(|mention| mention.person != name(2)).collect();

        assert_eq!(taken_back(&[(1, ""), (3, ""), (2, "")], joined), list(&[(1, ""), (2, ""), (3, ""), (4, "")]));
        assert_eq!(taken_back(&[(3, ""), (1, "")], joined), list(&[(3, ""), (1, ""), (4, "")]));
        assert_eq!(taken_back(&[(1, ""), (3, "")], left), list(&[(3, "")]));
    }

    #[test]
    fn what_was_said_since_is_said_of_who_stays_when_both_were_there() {
        let other_party = |_: Vec<Mention>| list(&[(2, "sgi")]);

        assert_eq!(taken_back(&[(1, "stza"), (2, "zbra")], other_party), list(&[(1, "stza"), (2, "sgi")]));
        assert_eq!(taken_back(&[(1, "stza")], other_party), list(&[(1, "sgi")]));
    }

    #[test]
    fn who_comes_back_does_not_sign_for_a_party_that_went_meanwhile() {
        let part = |number, party: &str| session::Part { person: name(number), party: party.parse().unwrap() };
        let before = Signing {
            parties: vec!["stza".parse().unwrap(), "zbra".parse().unwrap()],
            signatories: vec![name(1), name(2)],
            witnesses: vec![name(1)],
            languages: Vec::new(),
            document_title: crate::localized::Localized::new("A", "").unwrap(),
            document_file: None,
            document_date: None,
            parts: vec![part(1, "stza"), part(2, "zbra")],
        };
        let kept = Lists::of(&name(1), lists_of(&session::Kind::Signing(Box::new(before.clone()))));
        let merged = merge().renaming().rename_signing(0, before.clone());
        let fewer = Signing { parties: vec!["zbra".parse().unwrap()], parts: vec![part(2, "zbra")], ..merged.clone() };
        let back = |signing| merge().undoing(kept.clone()).rename_signing(0, signing);

        assert_eq!((merged.signatories.len(), merged.parts.as_slice()), (1, [part(2, "stza")].as_slice()));
        assert_eq!(back(merged), before);
        assert_eq!(back(fewer.clone()), Signing { parties: fewer.parties, parts: vec![part(2, "zbra")], ..before });
    }

    #[test]
    fn appearances_that_were_released_are_told_apart_by_their_place() {
        let role = |number: u8| {
            let role = if number == 1 { crate::speaker::Role::Chair } else { crate::speaker::Role::Speaker };
            Appearance { person: name(number), role }
        };
        let before = vec![role(2), role(3), role(1)];
        let mentions = before.iter().map(|appearance| Mention::of(appearance.person.clone())).collect();
        let kept = Lists::of(&name(1), [mentions]);

        let merged = merge().renaming().rename_appearances(0, before.clone());
        let people: Vec<_> = merged.iter().map(|appearance| appearance.person.clone()).collect();

        assert_eq!(people, [name(2), name(3), name(2)]);
        assert_eq!(merge().undoing(kept).rename_appearances(0, merged), before);
    }
}
