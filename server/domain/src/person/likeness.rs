//! Which people may be one, and why.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{Person, reading::readings};
use crate::{email::EmailAddress, name::NameText, resource::PersonId};

/// How many people may share something before it tells nobody apart: the address of an office, a name that everybody has.
const MOST_ALIKE: usize = 50;
/// How many digits of a telephone number are compared: those behind the codes of the country and, mostly, of the city.
const COMPARED_DIGITS: usize = 10;
/// How many digits a telephone number has at least.
const FEWEST_DIGITS: usize = 7;

/// What two people can share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// The e-mail address.
    Email,
    /// The telephone number.
    PhoneNumber,
    /// The name as in the passport.
    PassportName,
    /// The name in their own script.
    NativeName,
    /// A name that reads alike in any of its forms.
    Reading,
    /// The body they belong to; it says something beside a name alone.
    Affiliation,
}

/// How likely two people are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// From 1 to 100; certain it never is.
    pub score: u32,
    /// What they share.
    pub shared: Vec<Trait>,
}

/// Two people who may be one, the one who was created first before the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The one who was created first.
    pub person: &'a Person,
    /// The other.
    pub duplicate: &'a Person,
    /// How likely they are one.
    pub likeness: Likeness,
}

/// What of a person is compared.
struct Traits {
    email: Option<String>,
    phone_number: Option<String>,
    passport_name: Option<String>,
    native_name: Option<String>,
    readings: BTreeSet<String>,
    affiliation: Option<String>,
}

/// Finds the pairs of at least a score, of one person or of all, the likeliest first and in the same order each time.
pub fn pairs<'a>(people: &'a [Person], of: Option<PersonId>, least: u32) -> Vec<Pair<'a>> {
    let traits: Vec<Traits> = people.iter().map(Traits::of).collect();
    let candidates = candidates(&traits);
    let concerned = candidates
        .into_iter()
        .filter(|(one, other)| of.is_none_or(|person| people[*one].id == person || people[*other].id == person));
    let found = concerned.filter_map(|(one, other)| {
        let likeness = traits[one].likeness(&traits[other])?;
        let (one, other) = (&people[one], &people[other]);
        let is_earlier = (one.history.create_time, one.id) <= (other.history.create_time, other.id);
        let (person, duplicate) = if is_earlier { (one, other) } else { (other, one) };
        (likeness.score >= least).then_some(Pair { person, duplicate, likeness })
    });
    let mut pairs: Vec<Pair<'a>> = found.collect();
    pairs.sort_by_key(Pair::key);
    pairs
}

/// Picks the pairs that share anything by itself telling, so that not everybody is compared with everybody.
fn candidates(traits: &[Traits]) -> BTreeSet<(usize, usize)> {
    let mut sharers: BTreeMap<(Trait, &str), Vec<usize>> = BTreeMap::new();
    for (index, traits) in traits.iter().enumerate() {
        for telling in traits.telling() {
            sharers.entry(telling).or_default().push(index);
        }
    }
    let few = sharers.values().filter(|people| people.len() <= MOST_ALIKE);
    few.flat_map(|people| {
        people.iter().enumerate().flat_map(|(at, one)| people[at + 1..].iter().map(|other| (*one, *other)))
    })
    .collect()
}

impl Traits {
    fn of(person: &Person) -> Self {
        let profile = &person.profile;
        let name = &profile.name;
        let passport_name = name.passport_name.as_ref().map(|name| {
            let mut whole = String::new();
            for part in [name.surname(), name.given_names()].into_iter().flatten() {
                // Writing into a text does not fail.
                let _ = write!(whole, "{} ", part.as_str());
            }
            whole
        });
        let native_name = name.native_name.as_ref().map(NameText::as_str);
        let forms = [Some(name.display_name.as_str()), native_name, passport_name.as_deref()];
        Self {
            email: profile.email.as_ref().map(EmailAddress::key),
            phone_number: profile.phone_number.as_deref().and_then(compared_digits),
            readings: forms.into_iter().flatten().flat_map(|form| readings(form.trim())).collect(),
            passport_name: passport_name.map(|name| folded(&name)),
            native_name: native_name.map(folded),
            affiliation: profile.affiliation.as_deref().map(folded),
        }
    }

    /// What says something of a person by itself.
    fn telling(&self) -> impl Iterator<Item = (Trait, &str)> {
        let single = [
            (Trait::Email, &self.email),
            (Trait::PhoneNumber, &self.phone_number),
            (Trait::PassportName, &self.passport_name),
            (Trait::NativeName, &self.native_name),
        ];
        let single = single.into_iter().filter_map(|(kind, text)| Some((kind, text.as_deref()?)));
        single.chain(self.readings.iter().map(|reading| (Trait::Reading, reading.as_str())))
    }

    fn likeness(&self, other: &Self) -> Option<Likeness> {
        let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        let shared = [
            (Trait::Email, same(&self.email, &other.email)),
            (Trait::PhoneNumber, same(&self.phone_number, &other.phone_number)),
            (Trait::PassportName, same(&self.passport_name, &other.passport_name)),
            (Trait::NativeName, same(&self.native_name, &other.native_name)),
            (Trait::Reading, !self.readings.is_disjoint(&other.readings)),
            (Trait::Affiliation, same(&self.affiliation, &other.affiliation)),
        ];
        let mut shared: Vec<Trait> = shared.into_iter().filter_map(|(kind, is_so)| is_so.then_some(kind)).collect();
        if !shared.iter().any(|kind| kind.is_name()) {
            shared.retain(|kind| *kind != Trait::Affiliation);
        }
        (!shared.is_empty()).then(|| Likeness { score: score(&shared), shared })
    }
}

impl Trait {
    const fn is_name(self) -> bool {
        match self {
            Self::PassportName | Self::NativeName | Self::Reading => true,
            Self::Email | Self::PhoneNumber | Self::Affiliation => false,
        }
    }

    /// How many of a hundred pairs that share this alone are one person: a rule of thumb.
    const fn weight(self) -> u32 {
        match self {
            Self::Email => 60,
            Self::PassportName => 50,
            Self::NativeName | Self::Reading => 45,
            Self::PhoneNumber => 40,
            Self::Affiliation => 15,
        }
    }
}

/// What is shared adds up, each to the doubt that the others leave; of the forms of a name, which go together, the strongest counts.
fn score(shared: &[Trait]) -> u32 {
    let name = shared.iter().filter(|kind| kind.is_name()).map(|kind| kind.weight()).max();
    let others = shared.iter().filter(|kind| !kind.is_name()).map(|kind| kind.weight());
    let doubt = others.chain(name).fold(100, |doubt, weight| doubt * (100 - weight) / 100);
    100 - doubt
}

impl Pair<'_> {
    /// Where it stands in a list; the likeliest is the least.
    pub fn key(&self) -> String {
        format!("{:03} {} {}", 100 - self.likeness.score, self.person.id, self.duplicate.id)
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn compared_digits(text: &str) -> Option<String> {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let compared = &digits[digits.len().saturating_sub(COMPARED_DIGITS)..];
    (compared.len() >= FEWEST_DIGITS).then(|| compared.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::tests::{at, named};

    fn found(people: &[Person]) -> Vec<(u32, Vec<Trait>)> {
        pairs(people, None, 1).into_iter().map(|pair| (pair.likeness.score, pair.likeness.shared)).collect()
    }

    #[test]
    fn each_thing_that_two_people_share_adds_to_their_likeness() {
        let mut one = named(1, "Zhang Weiming");
        let mut other = named(2, "Weiming");
        other.profile.name.native_name = Some("张伟明".parse().unwrap());
        assert_eq!(found(&[one.clone(), other.clone()]), [(45, vec![Trait::Reading])]);

        for person in [&mut one, &mut other] {
            person.profile.affiliation = Some("STZA".to_owned());
        }
        assert_eq!(found(&[one.clone(), other.clone()]), [(54, vec![Trait::Reading, Trait::Affiliation])]);

        one.profile.phone_number = Some("+86 10 5550 0100".to_owned());
        other.profile.phone_number = Some("(010) 5550-0100".to_owned());
        let shared = vec![Trait::PhoneNumber, Trait::Reading, Trait::Affiliation];
        assert_eq!(found(&[one, other]), [(72, shared)]);
    }

    #[test]
    fn colleagues_who_share_nothing_but_their_employer_are_no_pair() {
        let mut people = [named(1, "Ayesha Khan"), named(2, "Bilal Ahmed")];
        for person in &mut people {
            person.profile.affiliation = Some("STZA".to_owned());
            person.profile.phone_number = Some("100".to_owned());
        }

        assert_eq!(found(&people), []);
    }

    #[test]
    fn address_of_a_whole_office_tells_nobody_apart() {
        let office: Vec<Person> = (0..=u8::try_from(MOST_ALIKE).unwrap())
            .map(|number| {
                let mut person = named(number, &format!("Member {}", "A".repeat(usize::from(number) + 1)));
                person.profile.email = Some(EmailAddress::parse("office@example.org").unwrap());
                person
            })
            .collect();

        assert_eq!(found(&office), []);
        assert_eq!(found(&office[..2]), [(60, vec![Trait::Email])]);
    }

    #[test]
    fn pairs_are_of_whom_is_asked_above_the_score_and_the_earlier_person_comes_first() {
        let mut early = named(3, "Ayesha Khan");
        early.history.create_time = at("2023-07-01T00:00:00Z");
        let people = [named(1, "KHAN AYESHA"), early, named(2, "Bilal Ahmed"), named(4, "Ahmed Bilal")];
        let names = |of: Option<u8>, least| {
            let of = of.map(|number| named(number, "A").id);
            let pairs = pairs(&people, of, least);
            pairs.iter().map(|pair| (pair.person.id, pair.duplicate.id)).collect::<Vec<_>>()
        };

        let (khan, ahmed) = ((people[1].id, people[0].id), (people[2].id, people[3].id));
        assert_eq!(names(None, 40), [ahmed, khan]);
        assert_eq!((names(Some(3), 40), names(None, 46)), (vec![khan], vec![]));
    }
}
