//! What lists of a meeting service are about: everybody who is registered, and the link by which each of them joins, which lies sealed.

use attache_domain::{
    authority::Organizer,
    check_in::{
        Meeting,
        meeting_list::{Guests, Issue, Tally},
    },
    organization::WebAddress,
    person::Person,
    registration::{Registration, State},
    resource::{CheckInListId, Owner, PersonName, RegistrationName},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    store::{
        Store, StoreError, Subject, WriteTx,
        changes::Entry,
        persons,
        rows::{joining_link, registration},
    },
    vault::DataKey,
};

const TABLE: &str = "joining_links";

/// How many registrations are read at a time.
const TOGETHER: u64 = 500;

/// What came of lines of a list: of each whether it was so before, or why it is left out.
#[derive(Clone, Debug, Default)]
pub struct Noted(pub Vec<(u32, Result<bool, Issue>)>);

/// What the change log keeps of a joining link: not where it leads.
#[derive(Serialize)]
struct Outline {
    list: String,
}

impl Store {
    /// Gathers everybody who is registered for the event of an organiser and is not out.
    pub async fn guests(&self, organizer: &Organizer) -> Result<Guests, StoreError> {
        let live = State::ALL.into_iter().filter(|state| state.is_live()).map(|state| state.to_string());
        let all = registration::Entity::find()
            .filter(registration::Column::Event.eq(organizer.event().to_string()))
            .filter(registration::Column::State.is_in(live))
            .order_by_asc(registration::Column::Id);
        let (mut guests, mut last) = (Guests::default(), String::new());
        loop {
            let next = all.clone().filter(registration::Column::Id.gt(last.as_str())).limit(TOGETHER);
            let rows = next.all(&self.read).await?;
            let Some(row) = rows.last() else { return Ok(guests) };
            last.clone_from(&row.id);
            let some = rows.into_iter().map(Registration::try_from).collect::<Result<Vec<_>, _>>()?;
            let names: BTreeSet<PersonName> = some.iter().map(|one| one.person.clone()).collect();
            let people = persons::among(&self.read, &names).await?;
            let people: BTreeMap<PersonName, &Person> = people.iter().map(|person| (person.name(), person)).collect();
            for registration in &some {
                if let Some(person) = people.get(&registration.person) {
                    guests.add(registration.name(), &person.profile);
                }
            }
        }
    }

    /// Finds where somebody joins a meeting: by a link of their own, or where everybody does.
    pub async fn joining_address(
        &self,
        registration: &RegistrationName,
        (meeting, list): (&Meeting, Option<&CheckInListId>),
    ) -> Result<WebAddress, StoreError> {
        let of_event = meeting.is_shared.then_some(None);
        for list in [Some(list), of_event].into_iter().flatten() {
            let id = key(registration, list);
            let Some(row) = joining_link::Entity::find_by_id(id).one(&self.read).await? else { continue };
            let place = place(registration, list);
            let address = self.master.unwrap(&place, &row.wrapped_key)?.open(&place, &row.sealed)?;
            let address = std::str::from_utf8(&address).ok().and_then(|address| address.parse().ok());
            return address.ok_or(StoreError::Corrupt { table: TABLE, column: "sealed" });
        }
        Ok(meeting.address.clone())
    }
}

impl WriteTx {
    /// Saves the link by which somebody joins an event, or a list of it; tells whether there was another before.
    pub async fn save_joining_link(
        &self,
        registration: &Registration,
        list: Option<&CheckInListId>,
        address: &WebAddress,
    ) -> Result<bool, StoreError> {
        let name = registration.name();
        let (id, place, data_key) = (key(&name, list), place(&name, list), DataKey::generate()?);
        let gone = joining_link::Entity::delete_by_id(id.clone()).exec(self.db().await?).await?;
        let after = Outline { list: id.2.clone() };
        self.record(Entry {
            owner: Owner::Event(name.event.clone()),
            resource: name.to_string(),
            verb: "given a joining link",
            person: None,
            before: None,
            after: Some(&after),
        })
        .await?;
        let (event, registration, list) = id;
        self.insert(joining_link::Model {
            event,
            registration,
            list,
            wrapped_key: self.master().wrap(&place, &data_key)?,
            sealed: data_key.seal(&place, address.to_string().as_bytes())?,
        });
        Ok(gone.rows_affected > 0)
    }
}

/// The key of a row; the list is empty, when it is the event itself.
fn key(name: &RegistrationName, list: Option<&CheckInListId>) -> (String, String, String) {
    let list = list.map(ToString::to_string).unwrap_or_default();
    (name.event.to_string(), name.registration.to_string(), list)
}

fn place(name: &RegistrationName, list: Option<&CheckInListId>) -> String {
    let (_, _, list) = key(name, list);
    format!("joining_links/{name}/{list}")
}

/// What came of a list says all there is to know of it, and so is remembered by what it says.
impl Subject for Tally {
    fn resource_name(&self) -> String {
        let Self { rows, noted, already, left_out } = self;
        format!("{rows} {noted} {already} {left_out}")
    }

    async fn load(_: &WriteTx, tally: &str) -> Result<Self, StoreError> {
        let numbers: Result<Vec<u32>, _> = tally.split(' ').map(str::parse).collect();
        match numbers.as_deref() {
            Ok(&[rows, noted, already, left_out]) => Ok(Self { rows, noted, already, left_out }),
            _ => Err(StoreError::Corrupt { table: "requests", column: "resource" }),
        }
    }
}

/// Lines are taken each by what they say, and the same again change nothing.
impl Subject for Noted {
    fn resource_name(&self) -> String {
        String::new()
    }

    async fn load(_: &WriteTx, name: &str) -> Result<Self, StoreError> {
        Err(StoreError::Unrepeatable(name.to_owned()))
    }
}
