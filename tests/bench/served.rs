//! A side of a comparison that is a server process, called by real clients over loopback.

use std::{pin::Pin, sync::Arc, time::Duration};

use anyhow::Result;
use attache_client::Client;
use tonic::Status;

use crate::{
    load::Load,
    process::Process,
    turns::{Cleared, Side, Turn},
};

/// How many connections callers share.
pub const CONNECTIONS: usize = 4;
/// How long a turn is called before it counts.
const WARM_UP: Duration = Duration::from_millis(500);

/// One call, by one of the callers.
type Call = Arc<dyn Fn(Client) -> Answer + Send + Sync>;
/// An answer under way.
pub type Answer = Pin<Box<dyn Future<Output = Result<(), Status>> + Send>>;

/// A server, and what is called of it.
pub struct Served {
    name: String,
    process: Arc<Process>,
    clients: Arc<Vec<Client>>,
    in_flight: usize,
    call: Call,
}

impl Served {
    /// Lets so many callers share some connections to a server.
    pub fn new<F>(
        name: &str,
        process: Process,
        clients: Vec<Client>,
        in_flight: usize,
        call: impl Fn(Client) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), Status>> + Send + 'static,
    {
        Self::shared(name, Arc::new(process), clients, in_flight, call)
    }

    /// The same of a server that is called otherwise by other sides.
    pub fn shared<F>(
        name: &str,
        process: Arc<Process>,
        clients: Vec<Client>,
        in_flight: usize,
        call: impl Fn(Client) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let call: Call = Arc::new(move |client| Box::pin(call(client)));
        Self { name: name.to_owned(), process, clients: Arc::new(clients), in_flight, call }
    }

    /// The server.
    pub fn process(&self) -> &Process {
        &self.process
    }
}

impl Side for Served {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn turn(&mut self, lasting: Duration) -> Turn<'_> {
        let load = Load { in_flight: self.in_flight, warm_up: WARM_UP, lasting };
        let (clients, call) = (Arc::clone(&self.clients), Arc::clone(&self.call));
        let one = move |caller: usize| call(clients[caller % clients.len()].clone());
        Box::pin(load.run(|| self.process.cpu(), one))
    }

    fn peak_memory(&self) -> Result<u64> {
        self.process.peak_memory()
    }

    fn clear(self: Box<Self>) -> Cleared {
        Box::pin(async {
            match Arc::into_inner(self.process) {
                Some(last) => last.stop().await,
                None => Ok(()),
            }
        })
    }
}
