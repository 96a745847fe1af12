//! Visits, gathered from the tables that know parts of them.

use std::collections::BTreeSet;

use attache_domain::{
    authority::Viewer,
    delegation::{Delegation, Member},
    itinerary::{Traveller, Visit},
    organization::Organization,
    resource::{DelegationName, ItineraryId, ItineraryName, OrganizationId, PersonName},
    stop::Stop,
    visit_window::VisitWindow,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, TransactionTrait as _,
};

use super::{
    Store, StoreError, WriteTx, events, itineraries, organizations, resources,
    rows::{delegation, delegation_member, person},
    stops,
};

impl Store {
    /// Gathers all that is known of a visit of the event a viewer may see, as it is at one moment.
    pub async fn visit(&self, viewer: &Viewer, id: ItineraryId) -> Result<Option<Visit>, StoreError> {
        let name = ItineraryName { event: viewer.event().clone(), itinerary: id };
        let moment = self.read.begin().await?;
        let visit = gather(&moment, &name).await;
        moment.rollback().await?;
        visit
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
        gather(self.db(), name).await
    }
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
    let ids = members.iter().map(|member| member.person.person.to_string());
    let mut rows = person::Entity::find().filter(person::Column::Id.is_in(ids)).all(db).await?;
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
    let mut hosts = Vec::new();
    for id in ids {
        hosts.extend(organizations::find(db, id).await?);
    }
    Ok(hosts)
}
