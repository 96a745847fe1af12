//! The sample data, embedded in the program; `server/samples/README.md` says where its facts come from.
//!
//! **Invariant:** whatever is read here is what the files say; nothing is made up on the way to the API.

use attache_client::v1;
use attache_domain::zoned::{self, Zoned};
use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};

use super::Stopped;

mod earlier;
mod journey;
mod programme;

pub(super) use earlier::{Earlier, Guests};
pub(super) use journey::{Journey, Resource, Stop};
pub(super) use programme::{Programme, Room, Session, Signing};

/// A specimen stamp, PNG.
pub(super) const STAMP: &[u8] = include_bytes!("../../../samples/images/stamp.png");
/// A specimen signature, PNG.
pub(super) const SIGNATURE: &[u8] = include_bytes!("../../../samples/images/signature.png");

const FORUM: &str = include_str!("../../../samples/ciftis/event.toml");
const PEOPLE: &str = include_str!("../../../samples/ciftis/people.toml");
const BEIJING: &str = include_str!("../../../samples/delegation-beijing.toml");
const PAKISTAN: &str = include_str!("../../../samples/delegation-pakistan.toml");

/// Everything the demo plays with.
pub(super) struct Samples {
    /// The bodies of all events.
    pub(super) organizations: Vec<Organization>,
    /// The events of the years before, the oldest first.
    pub(super) earlier: Vec<Earlier>,
    /// The events that are ahead, each with those who come.
    pub(super) gatherings: Vec<Gathering>,
    /// What happens at the forum.
    pub(super) programme: Programme,
    /// The delegations, each to one of the events.
    pub(super) visits: Vec<Visit>,
    /// The passports of the delegations' members.
    pub(super) passports: Passports,
}

/// An event, and those who come.
pub(super) struct Gathering {
    pub(super) event: Event,
    pub(super) categories: Vec<Category>,
    pub(super) people: Vec<Person>,
}

/// A delegation, the letters that its members need, and what they do on the way.
#[derive(Deserialize)]
pub(super) struct Visit {
    pub(super) delegation: Delegation,
    pub(super) letter: Invitation,
    #[serde(rename = "itinerary")]
    pub(super) journey: Journey,
    pub(super) stops: Vec<Stop>,
}

/// A text in English and, when there is one, in Chinese.
#[derive(Deserialize)]
pub(super) struct Text {
    pub(super) en: String,
    #[serde(default)]
    zh: String,
}

/// A time on a wall, and where the wall stands: `2023-09-05T09:00 Asia/Shanghai`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Time(Zoned);

#[derive(Deserialize)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) title: Text,
    #[serde(deserialize_with = "organization_kind")]
    pub(super) kind: v1::OrganizationKind,
    pub(super) region_code: String,
    pub(super) address_lines: Vec<String>,
    #[serde(default)]
    pub(super) address_lines_zh: Vec<String>,
    pub(super) phone_number: String,
    pub(super) email: String,
    pub(super) registration_number: String,
    #[serde(default)]
    pub(super) letter_prefix: String,
    pub(super) signatory: Option<Signatory>,
}

#[derive(Deserialize)]
pub(super) struct Signatory {
    pub(super) display_name: Text,
    pub(super) position: Text,
}

#[derive(Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) start_time: Time,
    pub(super) end_time: Time,
    pub(super) registration_open_time: Time,
    pub(super) registration_close_time: Time,
    pub(super) controller: String,
    pub(super) hosts: Vec<Host>,
    pub(super) contact_email: String,
    pub(super) specimen: bool,
    pub(super) venue: Venue,
}

#[derive(Deserialize)]
pub(super) struct Host {
    pub(super) organization: String,
    #[serde(deserialize_with = "host_role")]
    pub(super) role: v1::EventHostRole,
}

#[derive(Deserialize)]
pub(super) struct Venue {
    pub(super) title: Text,
    pub(super) address_lines: Vec<String>,
    pub(super) city: String,
    pub(super) region_code: String,
}

#[derive(Deserialize)]
pub(super) struct Category {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) capacity: i32,
    pub(super) language_codes: Vec<String>,
    #[serde(deserialize_with = "confirmation")]
    pub(super) confirmation: v1::ConfirmationPolicy,
    /// Whether people register in it by themselves.
    #[serde(default)]
    pub(super) public: bool,
    /// For how many hours a place that comes free is offered to who waits.
    #[serde(default)]
    pub(super) offer_hours: i32,
}

#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) key: String,
    pub(super) display_name: String,
    #[serde(default)]
    pub(super) native_name: String,
    #[serde(default)]
    pub(super) family_name: String,
    #[serde(default)]
    pub(super) given_name: String,
    pub(super) form_of_address: String,
    #[serde(default)]
    pub(super) family_first: bool,
    pub(super) language_code: String,
    pub(super) region_code: String,
    pub(super) organization: String,
    pub(super) position: String,
    pub(super) email: String,
    pub(super) category: String,
}

#[derive(Deserialize)]
pub(super) struct Passports {
    pub(super) issuing_state_code: String,
    pub(super) nationality_code: String,
    pub(super) holders: Vec<Holder>,
}

#[derive(Deserialize)]
pub(super) struct Holder {
    pub(super) person: String,
    pub(super) number: String,
    pub(super) birth_date: String,
    pub(super) sex: String,
    pub(super) issue_date: String,
    pub(super) expire_date: String,
    pub(super) machine_readable_zone: String,
}

#[derive(Deserialize)]
pub(super) struct Delegation {
    pub(super) event: String,
    pub(super) title: Text,
    pub(super) organization: String,
    pub(super) head: String,
    pub(super) members: Vec<String>,
    pub(super) visit_window: VisitWindow,
}

#[derive(Deserialize)]
pub(super) struct VisitWindow {
    pub(super) start_date: String,
    pub(super) end_date: String,
    pub(super) cities: Vec<Text>,
}

#[derive(Deserialize)]
pub(super) struct Invitation {
    pub(super) issuer: String,
    #[serde(rename = "letter_template")]
    pub(super) template: String,
    pub(super) region_code: String,
    pub(super) purpose: Text,
    pub(super) relationship: Text,
    #[serde(deserialize_with = "expense_bearer")]
    pub(super) expense_bearer: v1::ExpenseBearer,
}

#[derive(Deserialize)]
struct ForumFile {
    event: Event,
    organizations: Vec<Organization>,
    categories: Vec<Category>,
    rooms: Vec<Room>,
    sessions: Vec<Session>,
}

#[derive(Deserialize)]
struct PeopleFile {
    speakers: Vec<Person>,
    delegates: Vec<Person>,
    visitors: Vec<Person>,
    passports: Passports,
}

#[derive(Deserialize)]
struct PakistanFile {
    event: Event,
    categories: Vec<Category>,
    #[serde(flatten)]
    visit: Visit,
}

impl Samples {
    /// Reads what is embedded.
    pub(super) fn read() -> Result<Self, Stopped> {
        let ForumFile { event, organizations, categories, rooms, sessions } = parse("ciftis/event.toml", FORUM)?;
        let PeopleFile { mut speakers, delegates, visitors, passports } = parse("ciftis/people.toml", PEOPLE)?;
        speakers.extend(delegates);
        let programme = Programme { event: event.id.clone(), rooms, sessions };
        let forum = Gathering { event, categories, people: speakers };
        let beijing = parse("delegation-beijing.toml", BEIJING)?;
        let PakistanFile { event, categories, visit: pakistan } = parse("delegation-pakistan.toml", PAKISTAN)?;
        let tour = Gathering { event, categories, people: visitors };
        let (gatherings, visits) = (vec![forum, tour], vec![beijing, pakistan]);
        Ok(Self { organizations, earlier: earlier::read()?, gatherings, programme, visits, passports })
    }

    /// Somebody who comes, by their key.
    pub(super) fn person(&self, key: &str) -> Option<&Person> {
        let before = self.earlier.iter().flat_map(|earlier| &earlier.people);
        let ahead = self.gatherings.iter().flat_map(|gathering| &gathering.people);
        before.chain(ahead).find(|person| person.key == key)
    }

    /// The English title of a body, as on a badge.
    pub(super) fn title_of(&self, organization: &str) -> String {
        let found = self.organizations.iter().find(|candidate| candidate.id == organization);
        found.map(|organization| organization.title.en.clone()).unwrap_or_default()
    }
}

fn parse<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, Stopped> {
    toml::from_str(text).map_err(|error| Stopped::Sample { file, problem: error.message().to_owned() })
}

impl From<&Text> for v1::LocalizedText {
    fn from(Text { en, zh }: &Text) -> Self {
        Self { en: en.clone(), zh: zh.clone() }
    }
}

impl From<&VisitWindow> for v1::VisitWindow {
    fn from(VisitWindow { start_date, end_date, cities }: &VisitWindow) -> Self {
        let cities = cities.iter().map(v1::LocalizedText::from).collect();
        Self { start_date: start_date.clone(), end_date: end_date.clone(), cities }
    }
}

impl TryFrom<String> for Time {
    type Error = zoned::Refusal;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (local, zone) = text.split_once(' ').unwrap_or((&text, ""));
        Zoned::parse(local, zone).map(Self)
    }
}

impl From<&Time> for v1::ZonedTime {
    fn from(Time(zoned): &Time) -> Self {
        Self { local_time: zoned.local_text(), time_zone: zoned.zone().name().to_owned(), instant_time: None }
    }
}

impl Time {
    /// The moment that it says.
    fn moment(&self) -> DateTime<Utc> {
        self.0.instant()
    }

    /// The instant that it says.
    pub(super) fn instant(&self) -> prost_types::Timestamp {
        prost_types::Timestamp { seconds: self.0.instant().timestamp(), nanos: 0 }
    }
}

/// Reads a value of one of the API's enumerations, written without its prefix and in small letters.
fn word<'de, D: Deserializer<'de>, E>(
    deserializer: D,
    prefix: &str,
    known: fn(&str) -> Option<E>,
) -> Result<E, D::Error> {
    let word = String::deserialize(deserializer)?;
    let value = known(&format!("{prefix}_{}", word.to_uppercase()));
    value.ok_or_else(|| D::Error::custom(format!("{word} is no {prefix}")))
}

fn organization_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<v1::OrganizationKind, D::Error> {
    word(deserializer, "ORGANIZATION_KIND", v1::OrganizationKind::from_str_name)
}

fn host_role<'de, D: Deserializer<'de>>(deserializer: D) -> Result<v1::EventHostRole, D::Error> {
    word(deserializer, "EVENT_HOST_ROLE", v1::EventHostRole::from_str_name)
}

fn confirmation<'de, D: Deserializer<'de>>(deserializer: D) -> Result<v1::ConfirmationPolicy, D::Error> {
    word(deserializer, "CONFIRMATION_POLICY", v1::ConfirmationPolicy::from_str_name)
}

fn expense_bearer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<v1::ExpenseBearer, D::Error> {
    word(deserializer, "EXPENSE_BEARER", v1::ExpenseBearer::from_str_name)
}
