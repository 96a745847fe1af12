//! What tests ask of the change log past the wire.

use std::collections::BTreeSet;

use attache_domain::change::{Kind, Trail};
use attache_server::store::Fault;

use crate::House;

impl House {
    /// The first position at which the chain of a trail does not hold.
    pub async fn broken_at(&self, trail: &str) -> Option<i64> {
        let trail: Trail = trail.parse().expect("a trail");
        let fault = self.app.store.verify_trail(&trail).await.expect("a trail that can be read");
        fault.map(|Fault { position }| position)
    }
}

/// The kinds of resources that a watch can be narrowed to.
pub fn kinds() -> BTreeSet<String> {
    Kind::all().map(|kind| kind.to_string()).collect()
}
