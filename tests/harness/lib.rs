//! A whole server in a test: its own folder, database and port, mail kept in memory, and a client for whichever role is asked for.
//!
//! **Invariant:** nothing is shared between two houses, and nothing waits for a length of time.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a house that cannot be built fails its test, loudly"
)]

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use self::statements::Statements;
use attache_client::{Client, Options, Retries, Token, connect, v1};
use attache_domain::{authority::Actor, email::EmailAddress, name::NameText, resource::EventId};
use attache_server::{
    app::{self, App},
    clock::Clock,
    jobs::outbox::Sender,
    limits::Policy,
    mail::{
        message::Outgoing,
        transport::{Memory, Transport},
    },
    server::Server,
    store::{Deed, Location, Request, Store, StoreError},
    vault::MasterKey,
};
use chrono::TimeDelta;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub mod answers;
mod badges;
pub mod by_name;
mod contents;
pub mod database;
pub mod fixtures;
mod imports;
pub mod ledger;
pub mod links;
pub mod log;
pub mod machine;
pub mod made;
pub mod mailbox;
pub mod paperwork;
pub mod process;
pub mod serve;
pub mod site;
pub mod smtp;
pub mod statements;
mod system;
pub mod trails;
pub mod visits;

/// The moment at which every house opens: weeks before the forum.
pub const OPENING: &str = "2023-08-01T00:00:00Z";

/// The page of a front end that personal links lead to in every house.
pub const PERSONAL_PAGE: &str = "https://forum.example.org/me";

/// A server in a test.
pub struct House {
    /// The house, for what no call can reach: its clock.
    pub app: Arc<App>,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its folder: the vault's key, and the database if that is a file.
    pub folder: PathBuf,
    /// Where its database is.
    pub database: Location,
    /// Everything it may do.
    pub owner: Client,
    /// What calls have asked of its database.
    pub statements: Statements,
    owner_token: String,
    mail: Arc<Transport>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

/// Opens a house with nothing in it but its owner; its mail is kept in memory.
pub async fn boot() -> House {
    boot_with(Transport::Memory(Memory::default())).await
}

/// Opens a house with nothing in it but its owner, whose mail leaves another way.
pub async fn boot_with(transport: Transport) -> House {
    let folder = fresh_folder();
    let database = database::fresh(&folder).await;
    open(folder, database, None, Arc::new(transport)).await
}

/// Opens a house with nothing in it but its owner, which counts the calls that come without a valid token.
pub async fn boot_limited(limits: Policy) -> House {
    let folder = fresh_folder();
    let database = database::fresh(&folder).await;
    open_limited(folder, database, None, Arc::new(Transport::Memory(Memory::default())), limits).await
}

/// Makes an empty folder for one house.
pub fn fresh_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("attache-test-{}", attache_client::fresh_request_id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// Opens a house in a folder; its owner's token is needed when there was a house in it before.
pub async fn open(folder: PathBuf, database: Location, token: Option<String>, mail: Arc<Transport>) -> House {
    open_limited(folder, database, token, mail, Policy::default()).await
}

async fn open_limited(
    folder: PathBuf,
    database: Location,
    token: Option<String>,
    mail: Arc<Transport>,
    limits: Policy,
) -> House {
    log::start();
    let master = MasterKey::from_file(&folder.join("vault.key")).expect("a vault key");
    let statements = Statements::default();
    let store = Store::open(&database, master).await.expect("a database").overheard(statements.ear());
    let clock = Clock::starting_at(OPENING.parse().expect("a moment"));
    store.migrate(clock.now()).await.expect("a schema");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Arc::new(App {
        store,
        clock,
        public_url: format!("http://{address}"),
        personal_page: PERSONAL_PAGE.to_owned(),
    });
    let founded = found(&app).await;
    let owner_token = token.or(founded).expect("a token");
    let sender = Sender {
        display_name: "Attaché".to_owned(),
        address: EmailAddress::parse("desk@example.org").expect("an address"),
    };
    let server = Server {
        app: Arc::clone(&app),
        transport: Arc::clone(&mail),
        sender,
        cors_origins: vec![http::HeaderValue::from_static("https://organisers.example.org")],
        limits,
        tls: None,
    };
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        server.serve(listener, stopped).await.expect("serving");
    });
    let owner = client(address, Some(&owner_token)).await;
    House {
        app,
        address,
        folder,
        database,
        owner,
        statements,
        owner_token,
        mail,
        stop: Some(stop),
        serving: Some(serving),
    }
}

/// Makes an owner's token as a start does: where no owner has a valid one.
pub async fn found(app: &App) -> Option<String> {
    let name = NameText::parse("Owner").expect("a name");
    app::access::found(app, &name).await.expect("an owner").map(|token| token.text())
}

/// Connects to a house with a token, or without.
pub async fn client(address: SocketAddr, token: Option<&str>) -> Client {
    let options = Options {
        address: format!("http://{address}"),
        token: token.map(Token::new),
        retries: Retries::NONE,
        ..Options::default()
    };
    connect(options).await.expect("a connection")
}

impl House {
    /// Connects with a token, or without.
    pub async fn client(&self, token: Option<&str>) -> Client {
        client(self.address, token).await
    }

    /// Connects as a new member with a role, in one event or everywhere.
    pub async fn member(&self, role: v1::Role, event: &str) -> Client {
        let grant = v1::Grant { role: role.into(), resource: event.to_owned() };
        let member = v1::Member { display_name: "Member".to_owned(), grants: vec![grant], ..Default::default() };
        let request = v1::CreateMemberRequest { member: Some(member), ..Default::default() };
        let member = self.owner.access().create_member(request).await.expect("a member").into_inner();
        let request = v1::CreateTokenRequest { parent: member.name, ..Default::default() };
        let token = self.owner.access().create_token(request).await.expect("a token").into_inner();
        self.client(Some(&token.secret)).await
    }

    /// The name of the member that somebody calls as.
    pub async fn name_of(&self, client: &Client) -> String {
        client.access().who_am_i(v1::WhoAmIRequest {}).await.expect("a member").into_inner().name
    }

    /// The token of the owner.
    pub fn owner_token(&self) -> &str {
        &self.owner_token
    }

    /// Asks again after each commit, until there is an answer.
    pub async fn until<T>(&self, ask: impl AsyncFn() -> Option<T>) -> T {
        let mut committed = self.app.store.watch();
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            committed.changed().await.expect("a commit");
        }
    }

    /// Moves the clock forward, and commits something, at which the workers look at the clock again.
    pub async fn pass(&self, step: TimeDelta) {
        self.app.clock.advance(step);
        self.member(v1::Role::Viewer, "").await;
    }

    /// Begins a write of nothing, and gives it up after a while.
    pub async fn give_up_after(&self, patience: Duration) {
        let trail = (&"ciftis-2023".parse::<EventId>().expect("an id")).into();
        let deed = Deed { actor: Actor::Server, trail, now: self.app.clock.now(), request: Request::default() };
        let write = self.app.store.write(&deed, |_| async { Ok::<_, StoreError>(()) });
        // Whether it was done by then is nobody's concern.
        let _ = tokio::time::timeout(patience, write).await;
    }

    /// Waits until every mail that waited was sent, and gives all that were, in the order they were written.
    pub async fn mail(&self) -> Vec<Outgoing> {
        let mut committed = self.app.store.watch();
        while self.app.store.queued_notices().await.expect("the outbox") > 0 {
            committed.changed().await.expect("a commit");
        }
        let Transport::Memory(memory) = self.mail.as_ref() else { unreachable!("a house keeps its mail in memory") };
        // At-least-once delivery may hand the same message over twice: a mailbox shows it once.
        let sent: BTreeMap<String, Outgoing> =
            memory.sent().into_iter().map(|mail| (format!("{} {}", mail.date, mail.message_id), mail)).collect();
        sent.into_values().collect()
    }

    /// Waits for the mail with a code to an address, and gives the code of the latest.
    pub async fn code(&self, email: &str) -> String {
        let line = |text: &str| text.lines().find_map(|line| line.strip_prefix("  Code: ").map(str::to_owned));
        self.until(async || {
            let sent = self.mail_memory().sent();
            sent.iter().rev().filter(|mail| mail.to.address == email).find_map(|mail| line(&mail.text))
        })
        .await
    }

    /// The way its mail leaves, for another house.
    pub fn mail_way(&self) -> Arc<Transport> {
        Arc::clone(&self.mail)
    }

    /// Tells the memory that keeps the mail to fail.
    pub fn mail_memory(&self) -> &Memory {
        match self.mail.as_ref() {
            Transport::Memory(memory) => memory,
            Transport::Smtp(_) | Transport::Files(_) => unreachable!("a house keeps its mail in memory"),
        }
    }

    /// Stops the server and opens it again on the same folder.
    pub async fn reopen(mut self) -> Self {
        self.close().await;
        let folder = std::mem::take(&mut self.folder);
        let token = self.owner_token.clone();
        let (database, mail) = (self.database.clone(), Arc::clone(&self.mail));
        drop(self);
        open(folder, database, Some(token), mail).await
    }

    /// Stops the server, and waits until it has.
    pub async fn close(&mut self) {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            serving.await.expect("an orderly end");
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !self.folder.as_os_str().is_empty() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
