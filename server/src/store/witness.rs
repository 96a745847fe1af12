//! Statements told to a program that measures what they cost without the house around them, or counts them.

use std::sync::Arc;

use sea_orm::Statement;

use super::{Pace, Store};

impl Store {
    /// Tells a witness every statement that a write makes, with its values, once it was carried out; beginnings and ends of transactions are
    /// not told.
    ///
    /// How writes share commits is set after this. The values are whatever the write keeps, and so nothing that serves people has a witness.
    #[must_use]
    pub fn witnessed(mut self, witness: impl Fn(&Statement) + Send + Sync + 'static) -> Self {
        self.write.set_metric_callback(move |told| witness(told.statement));
        self.paced(Pace::default())
    }

    /// Tells somebody the text of every statement once it was carried out, without its values.
    ///
    /// How writes share commits is set after this.
    #[must_use]
    pub fn overheard(mut self, hear: impl Fn(&str) + Send + Sync + 'static) -> Self {
        let hear = Arc::new(hear);
        for database in [&mut self.write, &mut self.read] {
            let hear = Arc::clone(&hear);
            database.set_metric_callback(move |told| hear(&told.statement.sql));
        }
        self.paced(Pace::default())
    }
}
