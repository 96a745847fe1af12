//! What a row of a list says of somebody, or everything that is wrong with it.

use std::collections::HashMap;

use chrono_tz::Tz;

use super::{
    Columns, ExternalId, Finding, Issue, MOST_SHARING, Refusal, Settings, Target, columns::folded, deciding::forms,
};
use crate::{
    category::Category,
    cell::{self, Damage, plain},
    delegation::MOST_SEATS,
    email::EmailAddress,
    form::{Field, Given, Kind},
    language::LanguageTag,
    localized::Localized,
    name::{NameText, PassportName, PersonName},
    person::Profile,
    region::RegionCode,
};

/// How many characters a telephone number has at most.
const LONGEST_PHONE: usize = 40;
/// How many characters an affiliation or a position has at most.
const LONGEST_LINE: usize = 200;
/// How many bytes a list of members has at most.
const MOST_BYTES_OF_MEMBERS: u32 = 2 * 1024 * 1024;
/// What people write for yes, and for no.
const YES: [&str; 8] = ["yes", "y", "true", "1", "x", "是", "同意", "✓"];
const NO: [&str; 6] = ["no", "n", "false", "0", "否", "不同意"];
/// What divides several choices in one cell.
const BETWEEN_VALUES: [char; 5] = [';', '；', '、', '\n', '|'];

/// What a row says of somebody; what it leaves empty, it does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrant {
    /// The row, as a spreadsheet counts.
    pub row: u32,
    /// What another system knows the registration by.
    pub external_id: Option<ExternalId>,
    /// As what they come, where that is said: one of the categories that the reader has.
    pub category: Option<usize>,
    /// The name on the badge.
    pub display_name: NameText,
    /// The name in their own script.
    pub native_name: Option<NameText>,
    /// The name as in the passport.
    pub passport_name: Option<PassportName>,
    /// How to address them.
    pub form_of_address: Option<NameText>,
    /// Where mail reaches them.
    pub email: Option<EmailAddress>,
    /// Their telephone number.
    pub phone_number: Option<String>,
    /// The language they are written to in.
    pub language: Option<LanguageTag>,
    /// Where they live or work.
    pub region_code: Option<RegionCode>,
    /// The zone by whose clocks deadlines are written to them.
    pub time_zone: Option<Tz>,
    /// The body they belong to.
    pub affiliation: Option<String>,
    /// Their position in it.
    pub position: Option<String>,
    /// What is answered to the form of their category.
    pub answers: Vec<Given>,
}

impl Entrant {
    /// What is known of somebody who is known by this alone.
    pub fn profile(&self, language: LanguageTag) -> Profile {
        let name = PersonName {
            display_name: self.display_name.clone(),
            native_name: None,
            passport_name: None,
            form_of_address: None,
            family_first: false,
        };
        let nothing = Profile {
            name,
            email: None,
            phone_number: None,
            language,
            region_code: None,
            time_zone: None,
            affiliation: None,
            position: None,
        };
        self.laid_over(&nothing)
    }

    /// What is known of somebody, with what the row says in its place.
    pub fn laid_over(&self, known: &Profile) -> Profile {
        let Profile { name, email, phone_number, language, region_code, time_zone, affiliation, position } =
            known.clone();
        // A list that has the name in its bearer's own script alone does not say what stands on the badge.
        let is_native = name.native_name.as_ref().is_some_and(|native| forms(native) == forms(&self.display_name));
        let display_name = if is_native { name.display_name } else { self.display_name.clone() };
        Profile {
            name: PersonName {
                display_name,
                native_name: self.native_name.clone().or(name.native_name),
                passport_name: completed(self.passport_name.as_ref(), name.passport_name.as_ref()),
                form_of_address: self.form_of_address.clone().or(name.form_of_address),
                family_first: name.family_first,
            },
            email: self.email.clone().or(email),
            phone_number: self.phone_number.clone().or(phone_number),
            language: self.language.unwrap_or(language),
            region_code: self.region_code.or(region_code),
            time_zone: self.time_zone.or(time_zone),
            affiliation: self.affiliation.clone().or(affiliation),
            position: self.position.clone().or(position),
        }
    }
}

/// A name as in the passport, of which a list may have one part.
fn completed(said: Option<&PassportName>, known: Option<&PassportName>) -> Option<PassportName> {
    let part = |part: fn(&PassportName) -> Option<&NameText>| said.and_then(part).or(known.and_then(part)).cloned();
    PassportName::new(part(PassportName::surname), part(PassportName::given_names)).ok()
}

/// The one of some things that a text means: by its id, else by what it is called to the letter, else whatever the capitals, else by letters
/// and digits alone, where that is one.
pub(super) fn meant<'a, T>(
    things: &'a [T],
    id: impl Fn(&T) -> String,
    title: impl Fn(&T) -> &Localized,
    text: &str,
) -> Option<&'a T> {
    let titles = |thing: &T| LanguageTag::ALL.map(|language| title(thing).in_language(language).to_owned());
    let (lower, folded_text) = (text.to_lowercase(), folded(text));
    let by_letters = || {
        let mut alike = things.iter().filter(|thing| titles(thing).iter().any(|title| folded(title) == folded_text));
        alike.next().filter(|_| alike.next().is_none() && !folded_text.is_empty())
    };
    things
        .iter()
        .find(|thing| id(thing) == text)
        .or_else(|| things.iter().find(|thing| titles(thing).iter().any(|title| title == text)))
        .or_else(|| things.iter().find(|thing| titles(thing).iter().any(|title| title.to_lowercase() == lower)))
        .or_else(by_letters)
}

/// Reads the rows of a list.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// What its columns say.
    pub columns: &'a Columns,
    /// How it is to be read.
    pub settings: &'a Settings,
    /// The categories of the event.
    pub categories: &'a [Category],
    /// Of whom it is.
    pub roll: Roll,
}

/// Of whom a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roll {
    /// Of people to be registered, each in a category.
    Registrations,
    /// Of people for seats of a delegation, of a category or of none: as many as there may be seats.
    Members,
}

impl Roll {
    /// Refuses a file that is larger than any list of so many people.
    pub fn require_size(self, bytes: u32) -> Result<(), Refusal> {
        match self {
            Self::Members if bytes > MOST_BYTES_OF_MEMBERS => Err(Refusal::TooLarge { most: MOST_BYTES_OF_MEMBERS }),
            Self::Members | Self::Registrations => Ok(()),
        }
    }

    /// Refuses a list of nobody, or of too many.
    pub fn require_rows(self, rows: usize) -> Result<(), Refusal> {
        let most = MOST_SEATS as usize;
        match self {
            Self::Members if !(1..=most).contains(&rows) => Err(Refusal::RowCount { rows, most }),
            Self::Members | Self::Registrations => Ok(()),
        }
    }
}

/// A row as it is read: what is wrong with it, and what it says in each column.
struct Row<'a> {
    reader: Reader<'a>,
    number: u32,
    cells: &'a [&'a str],
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    /// Reads a row: what it says, unless an error is among what is found.
    pub fn read(&self, number: u32, cells: &'a [&'a str]) -> (Option<Entrant>, Vec<Finding>) {
        let mut row = Row { reader: *self, number, cells, findings: Vec::new() };
        row.require_headers();
        let entrant = row.entrant();
        let is_bad = row.findings.iter().any(Finding::is_error);
        (entrant.filter(|_| !is_bad), row.findings)
    }
}

impl<'a> Row<'a> {
    fn entrant(&mut self) -> Option<Entrant> {
        let category = self.category();
        let names = self.names();
        let passport_name = self.passport_name();
        let external_id = self.read(&Target::ExternalId, |text| Ok(text.parse()?));
        let email = self.read(&Target::Email, |text| Ok(text.parse()?));
        let form_of_address = self.name(&Target::FormOfAddress);
        let phone_number = self.phone_number();
        let language = self.read(&Target::LanguageCode, language);
        let region_code = self.read(&Target::RegionCode, |text| text.to_uppercase().parse().map_err(|_| Issue::Region));
        let time_zone = self.read(&Target::TimeZone, |text| text.parse().map_err(|_| Issue::TimeZone));
        let affiliation = self.read(&Target::Affiliation, |text| line(text, LONGEST_LINE));
        let position = self.read(&Target::Position, |text| line(text, LONGEST_LINE));
        let category = category?;
        let answers = category.map(|category| self.answers(category)).unwrap_or_default();
        let (display_name, native_name) = names?;
        Some(Entrant {
            row: self.number,
            external_id,
            category,
            display_name,
            native_name,
            passport_name,
            form_of_address,
            email,
            phone_number,
            language,
            region_code,
            time_zone,
            affiliation,
            position,
            answers,
        })
    }

    /// What a column says, and which it is; nothing, where it is empty.
    fn text(&self, target: &Target) -> Option<(usize, &'a str)> {
        let at = self.reader.columns.position(target)?;
        let text = plain(self.cells.get(at).copied().unwrap_or_default());
        (!text.is_empty()).then_some((at, text))
    }

    fn read<T>(&mut self, target: &Target, read: impl FnOnce(&'a str) -> Result<T, Issue>) -> Option<T> {
        let (at, text) = self.text(target)?;
        self.keep(at, read(text))
    }

    fn find(&mut self, at: Option<usize>, issue: Issue) {
        let column = at.and_then(|at| u32::try_from(at + 1).ok());
        self.findings.push(Finding { row: self.number, column, issue });
    }

    fn keep<T>(&mut self, at: usize, read: Result<T, Issue>) -> Option<T> {
        read.map_err(|issue| self.find(Some(at), issue)).ok()
    }

    fn require_headers(&mut self) {
        let headed = self.reader.columns.read.len();
        let beyond = self.cells.iter().enumerate().skip(headed).find(|(_, cell)| !cell.trim().is_empty());
        if let Some((at, _)) = beyond {
            self.find(Some(at), Issue::Headless);
        }
    }

    fn category(&mut self) -> Option<Option<usize>> {
        let categories = self.reader.categories;
        let Some((at, text)) = self.text(&Target::Category) else {
            let usual = self.reader.settings.category.as_ref();
            let found = usual.and_then(|usual| categories.iter().position(|category| category.id == *usual));
            return match (found, self.reader.roll) {
                (None, Roll::Registrations) => {
                    self.find(None, Issue::NoCategory);
                    None
                }
                (found, Roll::Registrations | Roll::Members) => Some(found),
            };
        };
        let found = meant(categories, |one| one.id.to_string(), |one| &one.plan.title, text);
        let found = found.and_then(|found| categories.iter().position(|one| one.id == found.id));
        self.keep(at, found.ok_or(Issue::UnknownCategory)).map(Some)
    }

    /// The name on the badge, and the one in their own script where it is another. Where the first is not given, the other stands on the
    /// badge too: it is what they are called.
    fn names(&mut self) -> Option<(NameText, Option<NameText>)> {
        let found = self.findings.len();
        let native = self.name(&Target::NativeName);
        let badge = match self.reader.columns.composed() {
            Some(_) => self.composed(),
            None => self.name(&Target::DisplayName),
        };
        match (badge, native) {
            (Some(badge), native) => {
                let own = native.filter(|native| forms(&badge) != forms(native));
                Some((badge, own))
            }
            (None, Some(native)) => Some((native, None)),
            (None, None) => {
                if self.findings.len() == found {
                    self.find(None, Issue::Nameless);
                }
                None
            }
        }
    }

    /// The given name and the family name, as lists in Latin letters have them in two columns; Chinese ones without a blank, the family first.
    fn composed(&mut self) -> Option<NameText> {
        let given = self.text(&Target::GivenName);
        let family = self.text(&Target::FamilyName);
        let at = given.or(family)?.0;
        let (given, family) = (given.map_or("", |(_, text)| text), family.map_or("", |(_, text)| text));
        let is_latin = given.chars().chain(family.chars()).all(|c| c < '\u{2e80}');
        let name = if is_latin { format!("{given} {family}") } else { format!("{family}{given}") };
        self.keep(at, name.parse().map_err(Issue::Name))
    }

    fn name(&mut self, target: &Target) -> Option<NameText> {
        // A name has no question mark: it stands for a character that somebody's computer did not have.
        self.read(target, |text| if text.contains('?') { Err(Damage::Lost.into()) } else { Ok(text.parse()?) })
    }

    fn passport_name(&mut self) -> Option<PassportName> {
        let (family, given) = (self.name(&Target::PassportFamilyName), self.name(&Target::PassportGivenName));
        PassportName::new(family, given).ok()
    }

    fn phone_number(&mut self) -> Option<String> {
        let phone = self.read(&Target::PhoneNumber, |text| {
            let phone = cell::phone(text)?;
            let number = line(&phone.number, LONGEST_PHONE)?;
            Ok(cell::Phone { number, ..phone })
        })?;
        if !phone.international {
            self.find(self.reader.columns.position(&Target::PhoneNumber), Issue::NationalPhone);
        }
        Some(phone.number)
    }

    fn answers(&mut self, category: usize) -> Vec<Given> {
        let Some(category) = self.reader.categories.get(category) else { return Vec::new() };
        let mut answers = Vec::new();
        for (at, (_, target)) in self.reader.columns.read.iter().enumerate() {
            let Some(Target::Answer(key)) = target else { continue };
            let text = plain(self.cells.get(at).copied().unwrap_or_default());
            if text.is_empty() {
                continue;
            }
            let values = match category.plan.form.field(key) {
                Some(field) => self.values(field, text),
                // What the form does not ask is refused with all else that is wrong with the answers.
                None => Ok(vec![text.to_owned()]),
            };
            if let Some(values) = self.keep(at, values) {
                answers.push(Given { field: key.clone(), values });
            }
        }
        answers
    }

    /// Writes what people put in a cell as the form takes it.
    fn values(&self, field: &Field, text: &str) -> Result<Vec<String>, Issue> {
        let chosen = |text: &str| {
            let choices = field.kind.choices().unwrap_or_default();
            let found = meant(choices, |choice| choice.id.to_string(), |choice| &choice.label, text);
            found.map_or_else(|| text.to_owned(), |choice| choice.id.to_string())
        };
        Ok(match &field.kind {
            Kind::Date(_) => vec![cell::day(text, self.reader.settings.date_order)?.to_string()],
            Kind::Choice(_) => vec![chosen(text)],
            Kind::Choices(..) => parts(text).map(chosen).collect(),
            Kind::Companions(_) => parts(text).map(str::to_owned).collect(),
            Kind::Consent(version) => match text.to_lowercase() {
                word if YES.contains(&word.as_str()) || word == version.as_str() => vec![version.to_string()],
                word if NO.contains(&word.as_str()) => Vec::new(),
                // The version that somebody agreed to before may be an older one, and stays.
                word if word.contains(|c: char| c.is_ascii_digit()) => vec![word],
                _ => return Err(Issue::YesOrNo),
            },
            Kind::Region => vec![text.to_uppercase()],
            Kind::Phone => vec![cell::phone(text)?.number],
            Kind::Text(_)
            | Kind::LongText(_)
            | Kind::Number(_)
            | Kind::Viewers(_)
            | Kind::Language
            | Kind::Email
            // A list that was written out names what was brought, and brings nothing itself.
            | Kind::File(_) => vec![text.to_owned()],
        })
    }
}

/// What stands in a cell that holds several values.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(BETWEEN_VALUES).map(str::trim).filter(|text| !text.is_empty())
}

fn line(text: &str, longest: usize) -> Result<String, Issue> {
    if text.chars().count() > longest {
        return Err(Issue::TooLong(longest));
    }
    if text.chars().any(char::is_control) { Err(Issue::Lines) } else { Ok(text.to_owned()) }
}

fn language(text: &str) -> Result<LanguageTag, Issue> {
    match folded(text).as_str() {
        "english" | "英文" | "英语" => Ok(LanguageTag::English),
        "chinese" | "mandarin" | "中文" | "汉语" | "普通话" => Ok(LanguageTag::Chinese),
        _ => text.parse().map_err(|_| Issue::Language),
    }
}

/// Who is in a list twice, and which addresses are shared in it.
#[derive(Debug, Default)]
pub struct Doubles {
    ids: HashMap<String, u32>,
    people: HashMap<(String, String), u32>,
    /// The first row of each address, and how many have it.
    addresses: HashMap<String, (u32, usize)>,
}

impl Doubles {
    /// Compares somebody with all who came before in the list.
    pub fn find(&mut self, entrant: &Entrant, columns: &Columns) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut find = |target: Option<&Target>, issue: Issue| {
            let column = target.and_then(|target| columns.position(target)).and_then(|at| u32::try_from(at + 1).ok());
            findings.push(Finding { row: entrant.row, column, issue });
        };
        if let Some(id) = &entrant.external_id
            && let Some(row) = first(&mut self.ids, id.as_str().to_owned(), entrant.row)
        {
            find(Some(&Target::ExternalId), Issue::SameIdAsRow(row));
        }
        let address = entrant.email.as_ref().map(EmailAddress::key);
        let whose = address
            .clone()
            .unwrap_or_else(|| format!("\n{}", entrant.affiliation.as_deref().map(folded).unwrap_or_default()));
        let names = [Some(&entrant.display_name), entrant.native_name.as_ref()].into_iter().flatten();
        let same =
            names.map(forms).filter_map(|name| first(&mut self.people, (whose.clone(), name), entrant.row)).min();
        if let Some(row) = same {
            find(None, Issue::SameAsRow(row));
        } else if let Some(address) = address {
            let (row, count) = self.addresses.entry(address).or_insert((entrant.row, 0));
            *count += 1;
            match *count {
                1 => {}
                count if count > MOST_SHARING => find(Some(&Target::Email), Issue::Overshared),
                _ => find(Some(&Target::Email), Issue::SharedAddress(*row)),
            }
        }
        findings
    }
}

/// The row in which something stood first, when that is another one.
fn first<K: std::hash::Hash + Eq>(rows: &mut HashMap<K, u32>, key: K, row: u32) -> Option<u32> {
    let first = *rows.entry(key).or_insert(row);
    (first != row).then_some(first)
}
