//! Whom of those who are there a row is about, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Entrant, ExternalId, Finding, Issue, Reader, Tally, Target, columns::folded};
use crate::{
    category::Category,
    email::EmailAddress,
    form::{Answers, Fault, Files, Given, Respondent},
    name::{NameText, PersonName},
    passport::transliterate,
    person::{Person, Profile},
    registration::Registration,
    resource::{CategoryId, PersonName as PersonResource, RegistrationId},
};

/// Those who are there and may be meant by rows: people of the names, addresses and ids that are in them, and their registrations.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// The people, kept by the event's controller.
    pub people: Vec<Person>,
    /// Their registrations for the event, whatever became of them.
    pub registrations: Vec<Registration>,
    /// What was answered with those.
    pub answers: BTreeMap<RegistrationId, Answers>,
    /// Those of the people who have an open invitation.
    pub invited: BTreeSet<PersonResource>,
}

/// Who is to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Somebody who is not known yet.
    New(Box<Profile>),
    /// Somebody who is known, and what is known of them now.
    Known(Box<Person>, Box<Profile>),
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Somebody is registered.
    Register {
        /// Who.
        whom: Whom,
        /// As what.
        category: CategoryId,
        /// What another system knows the registration by.
        external_id: Option<ExternalId>,
        /// What they answered.
        answers: Answers,
    },
    /// Somebody is registered, and something is known otherwise.
    Amend(Box<Amending>),
    /// All is as it was.
    Leave,
}

/// What is known otherwise of somebody who is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amending {
    /// The registration as it is.
    pub registration: Registration,
    /// What another system knows it by, when that was not known.
    pub external_id: Option<ExternalId>,
    /// The person as they are.
    pub person: Person,
    /// What is known of them now.
    pub profile: Profile,
    /// What was answered before.
    pub before: Answers,
    /// What is answered now.
    pub after: Answers,
    /// Whether that sends the registration back to be approved.
    pub needs_approval: bool,
}

impl Deed {
    /// Who of those that are known it is about.
    pub fn person(&self) -> Option<PersonResource> {
        match self {
            Self::Register { whom: Whom::Known(person, _), .. } => Some(person.name()),
            Self::Amend(amending) => Some(amending.person.name()),
            Self::Register { whom: Whom::New(_), .. } | Self::Leave => None,
        }
    }

    /// What becomes of it as it is counted.
    pub fn tally(&self) -> Tally {
        let none = Tally::default();
        match self {
            Self::Register { .. } => Tally { created: 1, ..none },
            Self::Amend(_) => Tally { updated: 1, ..none },
            Self::Leave => Tally { unchanged: 1, ..none },
        }
    }
}

/// Whom a row is about.
enum Standing<'a> {
    Unknown,
    Known(&'a Person),
    Registered(&'a Registration, &'a Person),
}

/// Decides what becomes of somebody, or tells everything why nothing can; beside it, what ought to be known.
pub fn decide(
    reader: &Reader<'_>,
    entrant: &Entrant,
    candidates: &Candidates,
) -> Result<(Deed, Vec<Finding>), Vec<Finding>> {
    let at = |target: &Target| reader.columns.position(target).and_then(|at| u32::try_from(at + 1).ok());
    let finding = |column: Option<u32>, issue: Issue| Finding { row: entrant.row, column, issue };
    let Some(category) = entrant.category.and_then(|category| reader.categories.get(category)) else {
        return Err(vec![finding(at(&Target::Category), Issue::UnknownCategory)]);
    };
    let standing = standing(entrant, candidates)
        .map_err(|(target, issue)| vec![finding(target.and_then(|target| at(&target)), issue)])?;
    let faults = |faults: Vec<Fault>| {
        let told = |Fault { field, flaw }| finding(at(&Target::Answer(field)), Issue::Answer(flaw));
        faults.into_iter().map(told).collect::<Vec<_>>()
    };
    let invites = reader.settings.invitation.is_some();
    let unreachable = |profile: &Profile| invites && profile.email.is_none();
    match standing {
        Standing::Registered(registration, _) if !registration.state.is_live() => {
            Ok((Deed::Leave, vec![finding(None, Issue::Out(registration.state))]))
        }
        Standing::Registered(registration, person) => {
            let renamed = (!is_called(entrant, person)).then(|| finding(at(&Target::DisplayName), Issue::Renamed));
            let own = reader.categories.iter().find(|one| one.id == registration.category).unwrap_or(category);
            let before = candidates.answers.get(&registration.id).cloned().unwrap_or_default();
            let deed = amend(entrant, (registration, person), own, before).map_err(faults)?;
            let moved = registration.category != category.id;
            let moved = moved.then(|| finding(at(&Target::Category), Issue::OtherCategory));
            Ok((deed, renamed.into_iter().chain(moved).collect()))
        }
        Standing::Known(person) if invites && candidates.invited.contains(&person.name()) => {
            Ok((Deed::Leave, Vec::new()))
        }
        Standing::Known(person) => {
            let profile = entrant.laid_over(&person.profile);
            if unreachable(&profile) {
                return Err(vec![finding(at(&Target::Email), Issue::Unreachable)]);
            }
            let whom = Whom::Known(Box::new(person.clone()), Box::new(profile));
            register(entrant, whom, category).map(|deed| (deed, Vec::new())).map_err(faults)
        }
        Standing::Unknown => {
            let profile = entrant.profile(reader.settings.language);
            if unreachable(&profile) {
                return Err(vec![finding(at(&Target::Email), Issue::Unreachable)]);
            }
            let whom = Whom::New(Box::new(profile));
            register(entrant, whom, category).map(|deed| (deed, Vec::new())).map_err(faults)
        }
    }
}

fn register(entrant: &Entrant, whom: Whom, category: &Category) -> Result<Deed, Vec<Fault>> {
    let answers =
        category.plan.form.read(entrant.answers.clone(), &Answers::default(), Respondent::Organizer, &Files::new());
    Ok(Deed::Register {
        whom,
        category: category.id.clone(),
        external_id: entrant.external_id.clone(),
        answers: answers.map_err(|bad| bad.0)?,
    })
}

fn amend(
    entrant: &Entrant,
    (registration, person): (&Registration, &Person),
    category: &Category,
    before: Answers,
) -> Result<Deed, Vec<Fault>> {
    // What the row does not say stays as it was.
    let said = entrant.answers.iter();
    let kept = before.iter().filter(|(field, _)| entrant.answers.iter().all(|given| given.field != **field));
    let kept = kept.map(|(field, values)| Given { field: field.clone(), values: values.to_vec() });
    let given: Vec<Given> = said.cloned().chain(kept).collect();
    let after = category.plan.form.read(given, &before, Respondent::Organizer, &Files::new()).map_err(|bad| bad.0)?;
    let profile = entrant.laid_over(&person.profile);
    let external_id = entrant.external_id.clone().filter(|_| registration.external_id.is_none());
    if profile == person.profile && after == before && external_id.is_none() {
        return Ok(Deed::Leave);
    }
    Ok(Deed::Amend(Box::new(Amending {
        registration: registration.clone(),
        external_id,
        person: person.clone(),
        profile,
        needs_approval: category.plan.form.needs_approval(&before, &after),
        before,
        after,
    })))
}

/// Finds whom a row is about: by the external id, else by the address and the name together, else by the name and the body among those of the
/// event of whom no address is known.
fn standing<'a>(entrant: &Entrant, candidates: &'a Candidates) -> Result<Standing<'a>, (Option<Target>, Issue)> {
    let people = &candidates.people;
    if let Some(id) = &entrant.external_id {
        let known = candidates.registrations.iter().find(|one| one.external_id.as_ref() == Some(id));
        if let Some(known) = known {
            let person = people.iter().find(|person| person.name() == known.person);
            // An address that several have names none of them, and lists are numbered anew.
            let is_alone = people.iter().filter(|person| has_address(entrant, person)).count() == 1;
            let is_meant = |person: &&Person| {
                is_called(entrant, person)
                    || is_alone && has_address(entrant, person) && is_called_in_part(entrant, person)
            };
            let person = person.filter(is_meant).ok_or((Some(Target::ExternalId), Issue::IdOfAnother))?;
            return Ok(Standing::Registered(known, person));
        }
    }
    let of = |person: &Person| {
        let theirs = candidates.registrations.iter().filter(move |one| one.person == person.name());
        // Somebody who is in is meant by that, whatever became of them before.
        theirs.max_by_key(|one| (one.state.is_live(), one.history.create_time))
    };
    let called: Vec<&Person> = people.iter().filter(|person| is_called(entrant, person)).collect();
    let at_address: Vec<&Person> = called.iter().copied().filter(|person| has_address(entrant, person)).collect();
    // Of whom no address is known the name says enough only among those who come to this event, with the body they belong to.
    let comes = |person: &Person| of(person).is_some() || candidates.invited.contains(&person.name());
    let is_reached_by_name =
        |person: &&&Person| person.profile.email.is_none() && comes(person) && is_of_same_body(entrant, person);
    let meant =
        if at_address.is_empty() { called.iter().filter(is_reached_by_name).copied().collect() } else { at_address };
    let registered: Vec<_> = meant.iter().filter_map(|person| Some((of(person)?, *person))).collect();
    match (registered.as_slice(), meant.as_slice()) {
        ([], []) => Ok(Standing::Unknown),
        ([], [person]) => Ok(Standing::Known(person)),
        ([(registration, person)], _) => {
            let has_other = |id: &ExternalId| entrant.external_id.as_ref().is_some_and(|other| other != id);
            if registration.external_id.as_ref().is_some_and(has_other) {
                return Err((Some(Target::ExternalId), Issue::OtherId));
            }
            Ok(Standing::Registered(registration, person))
        }
        _ => Err((None, Issue::Ambiguous(meant.len()))),
    }
}

/// Finds whom of those who have a seat each row is about: by the name and the address, and of who is left by the name alone where one of both has no
/// address, and among several by the body they belong to. Whoever is called as somebody who is left, and has another address, may be them or not.
pub fn seated<'a>(entrants: &[Entrant], seated: &'a [Person]) -> Vec<Result<Option<&'a Person>, Issue>> {
    let mut called: HashMap<String, Vec<&Person>> = HashMap::new();
    for person in seated {
        for name in names(&person.profile.name) {
            called.entry(name).or_default().push(person);
        }
    }
    let of_name = |entrant: &Entrant| -> Vec<&'a Person> {
        let names: BTreeSet<String> =
            [Some(&entrant.display_name), entrant.native_name.as_ref()].into_iter().flatten().map(forms).collect();
        let found = names.iter().filter_map(|name| called.get(name)).flatten().copied();
        found.map(|person| (person.id, person)).collect::<BTreeMap<_, _>>().into_values().collect()
    };
    let at_address = |entrant: &Entrant| -> Option<&'a Person> {
        of_name(entrant).into_iter().find(|person| has_address(entrant, person))
    };
    let exact: Vec<Option<&Person>> = entrants.iter().map(at_address).collect();
    let taken: BTreeSet<PersonResource> = exact.iter().flatten().map(|person| person.name()).collect();
    let by_name = |entrant: &Entrant| {
        let is_of_other_body = |person: &Person| {
            entrant.affiliation.is_some() && person.profile.affiliation.is_some() && !is_of_same_body(entrant, person)
        };
        let is_left = |person: &&Person| !taken.contains(&person.name()) && !is_of_other_body(person);
        let left: Vec<&Person> = of_name(entrant).into_iter().filter(is_left).collect();
        let open: Vec<&Person> =
            left.iter().copied().filter(|person| entrant.email.is_none() || person.profile.email.is_none()).collect();
        let same: Vec<&Person> = open.iter().copied().filter(|person| is_of_same_body(entrant, person)).collect();
        match (&open[..], &same[..]) {
            ([], _) if left.is_empty() => Ok(None),
            ([], _) => Err(Issue::OtherAddress),
            ([person], _) | (_, [person]) => Ok(Some(*person)),
            _ => Err(Issue::Ambiguous(open.len())),
        }
    };
    entrants
        .iter()
        .zip(exact)
        .map(|(entrant, exact)| exact.map_or_else(|| by_name(entrant), |one| Ok(Some(one))))
        .collect()
}

/// Whether somebody belongs to the body that is said, where one is said of them.
fn is_of_same_body(entrant: &Entrant, person: &Person) -> bool {
    let [said, known] = [&entrant.affiliation, &person.profile.affiliation].map(|body| body.as_deref().map(folded));
    said == known
}

/// Whether a word of the name is one of somebody's names: it was written shorter, or longer.
fn is_called_in_part(entrant: &Entrant, person: &Person) -> bool {
    let words = |name: &NameText| forms(name).split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    !words(&entrant.display_name).is_disjoint(&words(&person.profile.name.display_name))
}

fn has_address(entrant: &Entrant, person: &Person) -> bool {
    let keys = [&entrant.email, &person.profile.email].map(|email| email.as_ref().map(EmailAddress::key));
    keys[0].is_some() && keys[0] == keys[1]
}

/// What somebody is called, as it is compared.
fn names(name: &PersonName) -> BTreeSet<String> {
    let PersonName { display_name, native_name, passport_name: _, form_of_address: _, family_first: _ } = name;
    [Some(display_name), native_name.as_ref()].into_iter().flatten().map(forms).collect()
}

fn is_called(entrant: &Entrant, person: &Person) -> bool {
    let known = names(&person.profile.name);
    [Some(&entrant.display_name), entrant.native_name.as_ref()]
        .into_iter()
        .flatten()
        .any(|name| known.contains(&forms(name)))
}

/// A name as it is compared: in Latin letters by its words, in whatever order, capitals and accents; else by its letters.
///
/// Names that only read alike are names of two people, as far as a list tells.
pub(crate) fn forms(name: &NameText) -> String {
    if let Some(latin) = transliterate(name.as_str()) {
        let mut words: Vec<&str> = latin.split(' ').collect();
        words.sort_unstable();
        return words.join(" ");
    }
    name.as_str().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// By what those are found whom rows may be about.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// External ids.
    pub external_ids: BTreeSet<ExternalId>,
    /// Addresses, as they are compared.
    pub addresses: BTreeSet<String>,
    /// Names on badges, by which those are found who have no address.
    pub names: BTreeSet<NameText>,
}

impl<'a> FromIterator<&'a Entrant> for Sought {
    fn from_iter<I: IntoIterator<Item = &'a Entrant>>(entrants: I) -> Self {
        let mut sought = Self::default();
        for entrant in entrants {
            sought.external_ids.extend(entrant.external_id.clone());
            sought.addresses.extend(entrant.email.as_ref().map(EmailAddress::key));
            sought.names.insert(entrant.display_name.clone());
        }
        sought
    }
}
