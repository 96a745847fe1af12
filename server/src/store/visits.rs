//! Visits, gathered from the tables that know parts of them.

use std::collections::{BTreeMap, BTreeSet};

use attache_domain::{
    authority::Viewer,
    delegation::{Delegation, Member},
    itinerary::{Demand, Itinerary, LiveVisit, Resource, Surroundings, Traveller, Visit},
    organization::Organization,
    pool::Shortage,
    resource::{DelegationName, EventId, ItineraryId, ItineraryName, OrganizationId, PersonName, StopName},
    stop::Stop,
    visit_window::VisitWindow,
};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::{
    Store, StoreError, WriteTx, delegations, events, itineraries, organizations, persons,
    pools::{self, Shortfall, Wanted},
    resources,
    rows::{delegation, delegation_member, organization, person},
    schedules, stops,
};

impl Store {
    /// Gathers all that is known of a visit of the event a viewer may see, and what goes on beside it, as both are at one moment.
    pub async fn visit(&self, viewer: &Viewer, id: ItineraryId) -> Result<Option<(Visit, Surroundings)>, StoreError> {
        let name = ItineraryName { event: viewer.event().clone(), itinerary: id };
        let moment = self.dialect.begin_read(&self.read).await?;
        let found = async {
            let Some(visit) = gather(&moment, &name).await? else { return Ok(None) };
            Ok(Some((visit, surroundings(&moment, &name.event).await?)))
        };
        let found = found.await;
        moment.rollback().await?;
        found
    }

    /// Finds the days and cities of the visits of some delegations of the event a viewer may see, in one statement.
    pub async fn visit_windows(
        &self,
        viewer: &Viewer,
        delegations: &[DelegationName],
    ) -> Result<Vec<(DelegationName, VisitWindow)>, StoreError> {
        let ids = delegations.iter().map(|delegation| delegation.delegation.to_string());
        let rows = delegation::Entity::find()
            .filter(delegation::Column::Event.eq(viewer.event().to_string()))
            .filter(delegation::Column::Id.is_in(ids))
            .all(&self.read)
            .await?;
        let named = rows.into_iter().map(|row| {
            let delegation = Delegation::try_from(row)?;
            Ok((delegation.name(), delegation.plan.visit_window))
        });
        named.collect()
    }
}

impl WriteTx {
    /// Gathers all that is known of a visit.
    pub async fn visit(&self, name: &ItineraryName) -> Result<Option<Visit>, StoreError> {
        gather(self.db().await?, name).await
    }

    /// Gathers what goes on in an event beside its visits.
    pub async fn surroundings(&self, event: &EventId) -> Result<Surroundings, StoreError> {
        surroundings(self.db().await?, event).await
    }

    /// Has an itinerary hold what its stops want, in place of whatever it held before.
    ///
    /// Tells of which resources there was too little; the transaction has to be undone then.
    pub async fn hold_for_visit(
        &self,
        itinerary: &ItineraryName,
        demands: &[Demand],
    ) -> Result<Vec<(Resource, Shortage<StopName>)>, StoreError> {
        let wanted = demands
            .iter()
            .map(|Demand { resource, claim }| Wanted { key: resources::pool_of(resource), claim: claim.clone() });
        let wanted: Vec<Wanted<StopName>> = wanted.collect();
        let short = self.hold_for(&itinerary.event, &itinerary.to_string(), &wanted).await?;
        let named = short.into_iter().map(|Shortfall { key, supply, shortage }| {
            Ok((Resource { key: resources::resource_of(&key)?, supply }, shortage))
        });
        named.collect()
    }

    /// Has an itinerary give back all that it holds.
    pub async fn give_back_visit(&self, itinerary: &ItineraryName) -> Result<(), StoreError> {
        let nothing: [Wanted<StopName>; 0] = [];
        self.hold_for(&itinerary.event, &itinerary.to_string(), &nothing).await.map(drop)
    }
}

/// Gathers what goes on in an event, in as many statements whatever there is of it.
async fn surroundings<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Surroundings, StoreError> {
    let draft = schedules::draft(db, event).await?;
    let draft = draft.ok_or(StoreError::Corrupt { table: "itineraries", column: "event" })?;
    let held = pools::held_for_a_while(db, event, resources::POOLS)
        .await?
        .into_iter()
        .map(|Wanted { key, claim }| Ok(Demand { resource: resources::resource_of(&key)?, claim }));
    Ok(Surroundings { draft, held: held.collect::<Result<_, StoreError>>()? })
}

/// Gathers the itineraries of an event that were not cancelled, with their travellers and stops, in three statements.
pub(super) async fn live<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Vec<LiveVisit>, StoreError> {
    let (mut members, mut stops) = (BTreeMap::new(), BTreeMap::new());
    for member in delegations::seated(db, event).await? {
        members.entry(member.delegation.delegation).or_insert_with(Vec::new).push(member.person);
    }
    for stop in stops::of_event(db, event).await? {
        stops.entry(stop.name.itinerary).or_insert_with(Vec::new).push(stop);
    }
    let visit = |itinerary: Itinerary| LiveVisit {
        // Two itineraries may be of one delegation.
        members: members.get(&itinerary.delegation.delegation).cloned().unwrap_or_default(),
        stops: stops.remove(&itinerary.name.itinerary).unwrap_or_default(),
        itinerary: itinerary.name,
    };
    Ok(itineraries::live(db, event).await?.into_iter().map(visit).collect())
}

async fn gather<C: ConnectionTrait>(db: &C, name: &ItineraryName) -> Result<Option<Visit>, StoreError> {
    let Some(itinerary) = itineraries::find(db, name).await? else { return Ok(None) };
    let gone = |column| StoreError::Corrupt { table: "itineraries", column };
    let event = events::find(db, &name.event).await?.ok_or(gone("event"))?;
    let controller = organizations::find(db, &event.plan.controller).await?.ok_or(gone("event"))?;
    let (event_id, delegation_id) = (name.event.to_string(), itinerary.delegation.delegation.to_string());
    let delegation = delegation::Entity::find_by_id((event_id, delegation_id)).one(db).await?;
    let delegation = Delegation::try_from(delegation.ok_or(gone("delegation"))?)?;
    let members = seated(db, &itinerary.delegation).await?;
    let travellers = travellers(db, delegation.head.as_ref(), members).await?;
    let stops = stops::find_all(db, name).await?;
    let resources = resources::find_all(db, &name.event).await?;
    let organizations = hosts(db, &stops).await?;
    Ok(Some(Visit { event, controller, itinerary, delegation, travellers, stops, resources, organizations }))
}

/// Finds the members who have a seat, in the order they were nominated.
async fn seated<C: ConnectionTrait>(db: &C, delegation: &DelegationName) -> Result<Vec<Member>, StoreError> {
    let rows = delegation_member::Entity::find()
        .filter(delegation_member::Column::Event.eq(delegation.event.to_string()))
        .filter(delegation_member::Column::Delegation.eq(delegation.delegation.to_string()))
        .order_by_asc(delegation_member::Column::CreateTime)
        .order_by_asc(delegation_member::Column::Id)
        .all(db)
        .await?;
    let members = rows.into_iter().map(Member::try_from);
    members.filter(|member| member.as_ref().map_or(true, |member| member.state.holds_seat())).collect()
}

/// Finds the people behind the members, head first, the others in the order they were nominated.
async fn travellers<C: ConnectionTrait>(
    db: &C,
    head: Option<&PersonName>,
    mut members: Vec<Member>,
) -> Result<Vec<Traveller>, StoreError> {
    members.sort_by_key(|member| Some(&member.person) != head);
    let people = persons::these(members.iter().map(|member| &member.person));
    let mut rows = person::Entity::find().filter(people).all(db).await?;
    let found = members.into_iter().map(|member| {
        let gone = StoreError::Corrupt { table: "delegation_members", column: "person" };
        let id = member.person.person.to_string();
        let index = rows.iter().position(|row| row.id == id).ok_or(gone)?;
        Ok(Traveller { person: rows.swap_remove(index).try_into()?, role: member.role })
    });
    found.collect()
}

async fn hosts<C: ConnectionTrait>(db: &C, stops: &[Stop]) -> Result<Vec<Organization>, StoreError> {
    let ids: BTreeSet<&OrganizationId> = stops.iter().flat_map(|stop| &stop.plan.organizations).collect();
    let ids = ids.into_iter().map(ToString::to_string);
    let hosts = organization::Entity::find().filter(organization::Column::Id.is_in(ids));
    let rows = hosts.order_by_asc(organization::Column::Id).all(db).await?;
    rows.into_iter().map(Organization::try_from).collect()
}
