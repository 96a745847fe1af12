//! Delegations in the database, each with its pool of seats, and one for the seats of each category.

use attache_domain::{
    authority::{DelegationKeeper, DelegationLister, DelegationViewer, VisibleDelegations},
    delegation::{Deadlines, Delegation, Plan, SeatQuotas, State},
    event::Event,
    resource::{CategoryId, DelegationName, EventId, OrganizationName, Owner, PersonName},
    visit_window::VisitWindow,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, prelude::Json,
};
use serde::{Deserialize, Serialize};

use super::{
    List, Page, PoolKey, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    events,
    fields::{Fields, Search, coded, instant, number, verbatim},
    listing::Listing,
    rows::{
        delegation::{Column, Entity, Model},
        pool,
    },
    times::{Text, from_json, history, localized, to_json},
};

mod members;

pub use members::Roster;
pub(super) use members::{member, seated, seated_among, seats_in};

const TABLE: &str = "delegations";

/// The pool of a delegation's seats.
pub fn seats_of(delegation: &DelegationName) -> PoolKey {
    PoolKey { event: delegation.event.clone(), pool: format!("delegations/{}", delegation.delegation) }
}

/// The pool of those of a delegation's seats that are of a category.
pub fn seats_of_category(delegation: &DelegationName, category: &CategoryId) -> PoolKey {
    let PoolKey { event, pool } = seats_of(delegation);
    PoolKey { event, pool: format!("{pool}/categories/{category}") }
}

impl Store {
    /// Finds the delegation that a viewer may see.
    pub async fn delegation(&self, viewer: &DelegationViewer) -> Result<Option<Delegation>, StoreError> {
        find(&self.read, viewer.delegation()).await
    }

    /// Finds the delegation that somebody keeps, with its event.
    pub async fn kept_delegation(&self, keeper: &DelegationKeeper) -> Result<Option<(Event, Delegation)>, StoreError> {
        let event = events::find(&self.read, &keeper.delegation().event).await?;
        Ok(event.zip(find(&self.read, keeper.delegation()).await?))
    }

    /// Lists the delegations that a lister may see, in the order they were created. Filters by `state` and `sender`.
    pub async fn delegations(&self, lister: &DelegationLister, list: &List) -> Result<Page<Delegation>, StoreError> {
        let fields = Fields {
            known: [
                coded("state", Column::State, |text| state(text).map(|_| text.to_owned())),
                coded("sender", Column::Sender, |text| {
                    text.parse().ok().map(|OrganizationName { organization }| organization.to_string())
                }),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
                number("seats", Column::Seats),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "create_time",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        let all = Entity::find().filter(Column::Event.eq(lister.event().to_string()));
        let select = match lister.visible() {
            VisibleDelegations::All => all,
            VisibleDelegations::Only(ids) => all.filter(Column::Id.is_in(ids.iter().map(ToString::to_string))),
        };
        self.page(select, &fields, Listing::of_event(TABLE, lister.event()), list).await?.try_map(Delegation::try_from)
    }
}

impl WriteTx {
    /// Finds a delegation.
    pub async fn delegation(&self, name: &DelegationName) -> Result<Option<Delegation>, StoreError> {
        find(self.db().await?, name).await
    }

    /// Whether any delegation of an event, a withdrawn one too, has seats of a category.
    pub async fn category_has_seats(&self, event: &EventId, category: &CategoryId) -> Result<bool, StoreError> {
        let pools = pool::Entity::find()
            .filter(pool::Column::Event.eq(event.to_string()))
            .filter(pool::Column::Id.like(format!("delegations/%/categories/{category}")));
        Ok(pools.count(self.db().await?).await? > 0)
    }

    /// Inserts a delegation and its pools of seats.
    pub async fn insert_delegation(&self, delegation: &Delegation) -> Result<(), StoreError> {
        let row = Model::try_from(delegation)?;
        self.record(entry(delegation, "created", None, &row)).await?;
        self.insert(row);
        self.set_pool(&seats_of(&delegation.name()), Some(delegation.plan.seats)).await?;
        self.share_seats(&SeatQuotas::default(), delegation).await
    }

    /// Saves what became of a delegation, and of its pools.
    pub async fn save_delegation(
        &self,
        before: &Delegation,
        after: &Delegation,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        if before.plan.seats != after.plan.seats {
            self.set_pool(&seats_of(&after.name()), Some(after.plan.seats)).await?;
        }
        self.share_seats(&before.plan.quotas, after).await
    }

    async fn share_seats(&self, before: &SeatQuotas, after: &Delegation) -> Result<(), StoreError> {
        let (name, quotas) = (after.name(), &after.plan.quotas);
        for (category, seats) in quotas.iter().filter(|(category, seats)| before.of(category) != *seats) {
            self.set_pool(&seats_of_category(&name, category), Some(seats)).await?;
        }
        for (category, _) in before.iter().filter(|(category, _)| quotas.of(category) == 0) {
            self.remove_pool(&seats_of_category(&name, category)).await?;
        }
        Ok(())
    }
}

fn entry<'a>(
    delegation: &Delegation,
    verb: &'static str,
    before: Option<&'a Model>,
    after: &'a Model,
) -> Entry<'a, Model> {
    let owner = Owner::Event(delegation.event.clone());
    Entry { owner, resource: delegation.name().to_string(), verb, person: None, before, after: Some(after) }
}

async fn find<C: ConnectionTrait>(db: &C, name: &DelegationName) -> Result<Option<Delegation>, StoreError> {
    let row = Entity::find_by_id((name.event.to_string(), name.delegation.to_string())).one(db).await?;
    row.map(Delegation::try_from).transpose()
}

impl Subject for Delegation {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let delegation: DelegationName = column("requests", "resource", name)?;
        tx.delegation(&delegation).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl TryFrom<&Delegation> for Model {
    type Error = StoreError;

    fn try_from(delegation: &Delegation) -> Result<Self, StoreError> {
        let Delegation { event, id, plan, head, nomination_file, return_reason, state, history } = delegation;
        let Plan { title, sender, seats, quotas, visit_window, deadlines, needs_nomination_file } = plan;
        let quotas: Vec<_> =
            quotas.iter().map(|(category, seats)| Quota { category: category.to_string(), seats }).collect();
        let cities: Vec<Text> = visit_window.cities().iter().map(Text::from).collect();
        Ok(Self {
            event: event.to_string(),
            id: id.to_string(),
            title_en: title.en().map(str::to_owned),
            title_zh: title.zh().map(str::to_owned),
            sender: sender.to_string(),
            seats: i64::from(*seats),
            seat_quotas: to_json(TABLE, "seat_quotas", &quotas)?,
            start_date: visit_window.start(),
            end_date: visit_window.end(),
            cities: to_json(TABLE, "cities", &cities)?,
            head_organization: head.as_ref().map(|head| head.organization.to_string()),
            head_person: head.as_ref().map(|head| head.person.to_string()),
            nomination_time: deadlines.nomination_time,
            document_time: deadlines.document_time,
            letter_time: deadlines.letter_time,
            travel_time: deadlines.travel_time,
            needs_nomination_file: *needs_nomination_file,
            nomination_file: nomination_file.as_ref().map(ToString::to_string),
            return_reason: return_reason.clone(),
            state: state.to_string(),
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for Delegation {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cities: Vec<Text> = from_json(TABLE, "cities", &row.cities)?;
        let cities = cities.iter().map(|city| city.localized(TABLE)).collect::<Result<_, _>>()?;
        let seats = count(TABLE, "seats", row.seats)?;
        let plan = Plan {
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            sender: column(TABLE, "sender", &row.sender)?,
            seats,
            quotas: quotas(&row.seat_quotas, seats)?,
            visit_window: VisitWindow::new(row.start_date, row.end_date, cities)
                .map_err(|_| StoreError::Corrupt { table: TABLE, column: "start_date" })?,
            deadlines: Deadlines {
                nomination_time: row.nomination_time,
                document_time: row.document_time,
                letter_time: row.letter_time,
                travel_time: row.travel_time,
            },
            needs_nomination_file: row.needs_nomination_file,
        };
        let head = match (row.head_organization, row.head_person) {
            (Some(organization), Some(person)) => Some(PersonName {
                organization: column(TABLE, "head_organization", &organization)?,
                person: column(TABLE, "head_person", &person)?,
            }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                return Err(StoreError::Corrupt { table: TABLE, column: "head_person" });
            }
        };
        Ok(Self {
            event: column(TABLE, "event", &row.event)?,
            id: column(TABLE, "id", &row.id)?,
            plan,
            head,
            nomination_file: row.nomination_file.map(|file| column(TABLE, "nomination_file", &file)).transpose()?,
            return_reason: row.return_reason,
            state: state(&row.state).ok_or(StoreError::Corrupt { table: TABLE, column: "state" })?,
            history: history(row.create_time, row.update_time, row.revision),
        })
    }
}

/// How many seats are of a category, as the table has it.
#[derive(Serialize, Deserialize)]
struct Quota {
    category: String,
    seats: u32,
}

fn quotas(written: &Json, seats: u32) -> Result<SeatQuotas, StoreError> {
    let quotas: Vec<Quota> = from_json(TABLE, "seat_quotas", written)?;
    let quotas = quotas.iter().map(|quota| Ok((column(TABLE, "seat_quotas", &quota.category)?, quota.seats)));
    let quotas: Vec<_> = quotas.collect::<Result<_, StoreError>>()?;
    SeatQuotas::new(quotas, seats).map_err(|_| StoreError::Corrupt { table: TABLE, column: "seat_quotas" })
}

fn state(word: &str) -> Option<State> {
    [State::Open, State::Submitted, State::Approved, State::Withdrawn]
        .into_iter()
        .find(|state| state.to_string() == word)
}
