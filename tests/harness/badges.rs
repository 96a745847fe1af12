//! The codes of badges, as they would be printed.

use attache_domain::{
    authority::{Caller, Grant, Organizer, Reach, Role},
    resource::{EventId, RegistrationName, TokenName},
};

use crate::House;

impl House {
    /// What the badge of somebody who is registered says, if it is printed now.
    pub async fn badge_code(&self, registration: &str) -> String {
        let RegistrationName { event, registration } = registration.parse().expect("a registration");
        let (organizer, store) = (organizer(&event), &self.app.store);
        let found = store.registration(&organizer.viewer(), registration).await.expect("a read");
        store.badge_code(&organizer, &found.expect("a registration")).expect("a key").to_string()
    }
}

/// Somebody who may do everything.
fn organizer(event: &EventId) -> Organizer {
    let id = attache_client::fresh_request_id();
    let token: TokenName = format!("members/{id}/tokens/{id}").parse().expect("a name");
    let grant = Grant { role: Role::Organizer, reach: Reach::Installation };
    Caller::new(token, vec![grant]).organizer(event).expect("a right")
}
