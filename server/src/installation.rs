//! An installation as its settings say: one folder with a database, the key of the vault and mail, opened in one way for every command.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use attache_domain::name::{self, NameText};
use tokio::net::TcpListener;

use crate::{
    app::{self, App, AppError},
    clock::Clock,
    jobs::audit,
    mail::transport::{BadUrl, Files, Smtp, Transport},
    server::Server,
    settings::{Settings, SettingsError},
    store::{Pace, SchemaError, Store, StoreError},
    vault::{MasterKey, MasterKeyError},
};

/// An installation that was opened: what serves it, and how its first owner gets in.
pub struct Installation {
    /// What serves it.
    pub server: Server,
    /// An owner's token, where none had a valid one: in a new installation, or when all have ended; nobody can be told it again.
    pub owner_token: Option<String>,
}

/// Says why an installation could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The address of the mail server cannot be used.
    #[error(transparent)]
    MailServer(#[from] BadUrl),
    /// The folder cannot be made.
    #[error("cannot make the folder {}", .path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no key for the vault.
    #[error(transparent)]
    Key(#[from] MasterKeyError),
    /// The database cannot be opened.
    #[error("the database cannot be opened")]
    Database(#[from] StoreError),
    /// The database has another schema than this program.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The name of the first owner is none.
    #[error("the first owner has no name")]
    OwnerName(#[from] name::Refusal),
    /// The first owner could not be made.
    #[error("the first owner could not be made")]
    Owner(#[from] AppError),
}

/// Takes the address to listen on.
pub async fn listen(settings: &Settings) -> Result<TcpListener, OpenError> {
    let address = settings.listen();
    TcpListener::bind(address).await.map_err(|source| OpenError::Listen { address, source })
}

/// Opens the installation of the settings' folder, or makes one where there is none; `listening` is where it will be served.
pub async fn open(settings: &Settings, listening: SocketAddr, clock: Clock) -> Result<Installation, OpenError> {
    open_paced(settings, listening, clock, Pace::default()).await
}

/// Opens an installation whose writes share commits in another way than usual.
pub async fn open_paced(
    settings: &Settings,
    listening: SocketAddr,
    clock: Clock,
    pace: Pace,
) -> Result<Installation, OpenError> {
    let folder = settings.data_folder();
    tokio::fs::create_dir_all(&folder).await.map_err(|source| OpenError::Folder { path: folder.clone(), source })?;
    let master = MasterKey::from_file(&settings.vault_key_file())?;
    let store = Store::open(&settings.database()?, master).await?.paced(pace);
    if settings.no_migrate {
        store.require_current().await?;
    } else {
        store.migrate(clock.now()).await?;
    }
    let public_url = settings.public_url(listening)?;
    let personal_page = settings.personal_page(&public_url)?;
    let app = Arc::new(App { store, clock, public_url, personal_page });
    // What an earlier server left without a position stands before all that this one writes.
    audit::number_due(&app).await?;
    let transport = match &settings.smtp_url {
        Some(url) => Transport::Smtp(Box::new(Smtp::from_url(url)?)),
        None => Transport::Files(Files::new(folder.join("outbox"))),
    };
    let server = Server {
        app: Arc::clone(&app),
        transport: Arc::new(transport),
        sender: settings.sender()?,
        cors_origins: settings.cors_origins()?,
        limits: settings.limits()?,
        tls: settings.tls()?,
    };
    // Last, so that a setting that stops the start does not swallow the token that is told once.
    let owner_token = app::access::found(&app, &NameText::parse("Owner")?).await?.map(|token| token.text());
    Ok(Installation { server, owner_token })
}
