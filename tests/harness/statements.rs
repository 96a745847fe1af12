//! The statements that a server sends to its database: those of calls, and those of everything that goes on beside them.

use std::sync::{Arc, Mutex, PoisonError};

/// The span that the gate opens for a call.
const CALL: &str = "call";

/// Keeps the statements of a house, as they are sent. Clones are of the same house.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Vec<Statement>>>);

/// A statement that was sent.
struct Statement {
    text: String,
    of_call: bool,
}

impl Statements {
    /// What hears the statements.
    pub(crate) fn ear(&self) -> impl Fn(&str) + Send + Sync + use<> {
        let Self(kept) = self.clone();
        move |text| {
            let of_call = tracing::Span::current().metadata().is_some_and(|span| span.name() == CALL);
            let statement = Statement { text: text.to_owned(), of_call };
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
        }
    }

    /// The statements of a call, but for those by which the gate finds out who calls.
    pub async fn of<T>(&self, call: impl Future<Output = T>) -> (T, Vec<String>) {
        self.take();
        let outcome = call.await;
        let of_calls = self.take().into_iter().filter(|sent| sent.of_call).map(|sent| sent.text);
        (outcome, of_calls.skip_while(|text| identifies(text)).collect())
    }

    /// All statements since they were asked for last that have a text in them, whoever sent them.
    pub fn with(&self, part: &str) -> Vec<String> {
        self.take().into_iter().map(|sent| sent.text).filter(|text| text.contains(part)).collect()
    }

    fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Tells whether a statement is of the gate, which finds out who calls.
fn identifies(text: &str) -> bool {
    [r#"WHERE "tokens"."id" = "#, r#"WHERE "grants"."member" IN "#].iter().any(|asked| text.contains(asked))
}
