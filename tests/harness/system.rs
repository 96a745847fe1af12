//! A look at an installation while no server is there: its database stayed open.

use attache_domain::{
    authority::{Caller, Grant, Reach, Role},
    resource::{MemberId, TokenId, TokenName},
    system::{Check, Status},
};
use attache_server::app;

use crate::House;

impl House {
    /// What is not well, and what is said of it.
    pub async fn complaints_unattended(&self) -> Vec<(&'static str, String)> {
        assert!(self.serving.is_none(), "the workers are gone");
        let token = TokenName { member: MemberId(uuid::Uuid::nil()), token: TokenId(uuid::Uuid::nil()) };
        let grant = Grant { role: Role::Owner, reach: Reach::Installation };
        let owner = Caller::new(token, vec![grant]).administrator().expect("the right");
        let way = self.mail_way();
        let checks = app::system::examine(&self.app, &owner, way.as_ref()).await.expect("a look at all parts");
        let unwell = checks.into_iter().filter(|check| check.status != Status::Ok);
        unwell.map(|Check { kind, description, .. }| (kind, description)).collect()
    }
}
