//! What members of delegations leave, gathered from letters and itineraries.

use attache_domain::{
    authority::Organizer,
    delegation::{Legacy, Member},
    resource::{DelegationMemberName, ItineraryName},
};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::{Store, StoreError, WriteTx, delegations, itineraries, letters, stops};

impl Store {
    /// Finds what a member of a delegation of an organiser's event would leave, or left.
    pub async fn legacy(
        &self,
        organizer: &Organizer,
        name: &DelegationMemberName,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<Legacy>>, StoreError> {
        let found = delegations::member(&self.read, name).await?;
        match found.filter(|member| member.delegation.event == *organizer.event()) {
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
    let (event, person) = (&member.delegation.event, &member.person);
    // Whoever has a seat again comes, and what is theirs stays theirs.
    if !member.state.holds_seat()
        && !delegations::seated_among(db, event, std::slice::from_ref(person)).await?.is_empty()
    {
        return Ok(Vec::new());
    }
    let letters = letters::of_person(db, event, person).await?;
    let visits = itineraries::of_delegation(db, &member.delegation).await?;
    let visits: Vec<ItineraryName> = visits.into_iter().map(|itinerary| itinerary.name).collect();
    let stops = stops::of_itineraries(db, event, &visits).await?;
    Ok(Legacy::of(person, letters, stops, now))
}
