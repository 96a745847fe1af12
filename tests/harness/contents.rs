//! All that a house keeps, to see whether something changed it.

use std::io;

use attache_server::store::Tally;

use crate::House;

impl House {
    /// All that is in the database, as a backup tells it. Of the change log, whose numbering goes on beside, only how much there is.
    pub async fn contents(&self) -> Vec<(String, u64, Option<Tally>)> {
        let mut tallies = self.app.store.back_up(self.app.clock.now(), io::sink()).await.expect("a backup");
        tallies.retain(|tally| tally.table != "trails");
        let told = |tally: Tally| (tally.table.clone(), tally.rows, (tally.table != "changes").then_some(tally));
        tallies.into_iter().map(told).collect()
    }
}
