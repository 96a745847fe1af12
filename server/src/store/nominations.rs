//! What members of delegations leave, gathered from letters and itineraries.

use attache_domain::{
    authority::DelegationViewer,
    delegation::{Legacy, Member},
    letter::Letter,
    resource::{DelegationMemberId, ItineraryName},
};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::{Store, StoreError, WriteTx, delegations, itineraries, rows::letter, stops};

impl Store {
    /// Finds what a member of the delegation that a viewer may see would leave, or left.
    pub async fn legacy(
        &self,
        viewer: &DelegationViewer,
        member: DelegationMemberId,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<Legacy>>, StoreError> {
        match delegations::member(&self.read, &viewer.delegation().member(member)).await? {
            Some(member) => legacy(&self.read, &member, now).await.map(Some),
            None => Ok(None),
        }
    }
}

impl WriteTx {
    /// Finds what a member of a delegation left.
    pub async fn legacy(&self, member: &Member) -> Result<Vec<Legacy>, StoreError> {
        legacy(self.db().await?, member, self.now()).await
    }
}

async fn legacy<C: ConnectionTrait>(db: &C, member: &Member, now: DateTime<Utc>) -> Result<Vec<Legacy>, StoreError> {
    let event = &member.delegation.event;
    let letters = letter::Entity::find()
        .filter(letter::Column::Event.eq(event.to_string()))
        .filter(letter::Column::Person.eq(member.person.person.to_string()))
        .order_by_asc(letter::Column::CreateTime)
        .order_by_asc(letter::Column::Id);
    let letters = letters.all(db).await?.into_iter().map(Letter::try_from).collect::<Result<_, _>>()?;
    let visits = itineraries::live(db, event).await?;
    let visits = visits.into_iter().filter(|itinerary| itinerary.delegation == member.delegation);
    let visits: Vec<ItineraryName> = visits.map(|itinerary| itinerary.name).collect();
    let stops = stops::of_event(db, event).await?;
    let stops = stops.into_iter().filter(|stop| visits.contains(&stop.itinerary())).collect();
    Ok(Legacy::of(&member.person, letters, stops, now))
}
