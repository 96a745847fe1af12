//! Settings: flags first, then `ATTACHE_*` variables, then a TOML file, then what suits most.
//! A secret is given itself, or by the file that holds it.

mod secrets;
#[cfg(test)]
mod tests;

use std::{
    fs,
    net::SocketAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use attache_domain::email::EmailAddress;
use clap::{Args, ValueEnum};
use serde::Deserialize;

use self::secrets::Secret;
use crate::{jobs::outbox::Sender, limits::Policy, server::Certificate, store::Location};

/// How many calls a minute an address may make without a valid token, when nothing is set.
const PUBLIC_RATE: u32 = 60;

/// What may be set; the same names as flags, as variables (`ATTACHE_PUBLIC_URL`) and in the file (`public_url`).
///
/// It is not `Debug`, since it holds passwords.
#[derive(Args, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    reason = "these lines are the text of --help"
)]
pub struct Settings {
    /// Where to listen [default: 127.0.0.1:50051]
    #[arg(long, env = "ATTACHE_LISTEN", value_name = "HOST:PORT", global = true)]
    pub listen: Option<SocketAddr>,
    /// The folder of the database, of the vault's key, and of mail that is written to files [default: attache-data]
    #[arg(long, env = "ATTACHE_DATA_FOLDER", value_name = "FOLDER", global = true)]
    pub data_folder: Option<PathBuf>,
    /// The database, postgres://user:password@host:5432/name, which must exist; DATA_FOLDER/attache.db without one
    #[arg(long, env = "ATTACHE_DATABASE_URL", value_name = "URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// A file that holds what database_url would say, and is given in its place
    #[arg(long, env = "ATTACHE_DATABASE_URL_FILE", value_name = "FILE", global = true)]
    pub database_url_file: Option<PathBuf>,
    /// The address this server is reached at from outside; the QR codes of letters begin with it [default: http://LISTEN]
    #[arg(long, env = "ATTACHE_PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<String>,
    /// The page of your front end that personal links and invitations lead to; each has #link=CODE or #invitation=CODE behind it, which the page
    /// takes out [default: PUBLIC_URL/]
    #[arg(long, env = "ATTACHE_PERSONAL_PAGE", value_name = "URL", global = true)]
    pub personal_page: Option<String>,
    /// A file with the vault's key, 64 hexadecimal digits; made when it is not there [default: DATA_FOLDER/vault.key]
    #[arg(long, env = "ATTACHE_VAULT_KEY_FILE", value_name = "FILE", global = true)]
    pub vault_key_file: Option<PathBuf>,
    /// The mail server, smtp://user:password@host:587 or smtps://…; mail is written to DATA_FOLDER/outbox without one
    #[arg(long, env = "ATTACHE_SMTP_URL", value_name = "URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// A file that holds what smtp_url would say, and is given in its place
    #[arg(long, env = "ATTACHE_SMTP_URL_FILE", value_name = "FILE", global = true)]
    pub smtp_url_file: Option<PathBuf>,
    /// Who mail is from [default: attache@localhost.localdomain]
    #[arg(long, env = "ATTACHE_MAIL_FROM", value_name = "ADDRESS", global = true)]
    pub mail_from: Option<String>,
    /// The name beside the address that mail is from [default: Attaché]
    #[arg(long, env = "ATTACHE_MAIL_FROM_NAME", value_name = "NAME", global = true)]
    pub mail_from_name: Option<String>,
    /// An origin that browsers may call from, https://organisers.example.org; may be given several times [default: none]
    #[arg(
        long = "cors-origin",
        visible_alias = "cors-origins",
        env = "ATTACHE_CORS_ORIGINS",
        value_name = "ORIGIN",
        value_delimiter = ',',
        global = true
    )]
    #[serde(default)]
    pub cors_origins: Vec<String>,
    /// How many calls a minute an address may make without a valid token, and as many at once after a pause; 0 for any number [default: 60]
    #[arg(long, env = "ATTACHE_PUBLIC_RATE", value_name = "CALLS", global = true)]
    pub public_rate: Option<u32>,
    /// The header in which the proxy before this server tells its caller's address, such as x-forwarded-for; the last address in it is
    /// believed. Set it only behind a proxy, which is the one caller otherwise [default: none, the address of the connection counts]
    #[arg(long, env = "ATTACHE_CLIENT_ADDRESS_HEADER", value_name = "HEADER", global = true)]
    pub client_address_header: Option<String>,
    /// The TLS certificate chain, a PEM file; together with the key
    #[arg(long, env = "ATTACHE_TLS_CERTIFICATE", value_name = "FILE", global = true)]
    pub tls_certificate: Option<PathBuf>,
    /// The key of the TLS certificate, a PEM file
    #[arg(long, env = "ATTACHE_TLS_KEY", value_name = "FILE", global = true)]
    pub tls_key: Option<PathBuf>,
    /// Refuse a database whose schema is not up to date, instead of bringing it up to date
    #[arg(long, env = "ATTACHE_NO_MIGRATE", global = true)]
    #[serde(default)]
    pub no_migrate: bool,
    /// How the log is written [default: human]
    #[arg(long, env = "ATTACHE_LOG_FORMAT", value_name = "FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, or a filter such as attache_server=debug [default: info]
    #[arg(long, env = "ATTACHE_LOG", value_name = "FILTER", global = true)]
    pub log: Option<String>,
    /// A TOML file with any of these settings, under the names of the variables without ATTACHE_, in small letters: public_url
    #[arg(long, env = "ATTACHE_CONFIG", value_name = "FILE", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Human,
    /// A JSON object a line, for machines.
    Json,
}

/// Says why the settings cannot be used, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file cannot be read.
    #[error("the {setting} {} cannot be read", .path.display())]
    Unreadable {
        /// Which setting names it.
        setting: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML, or sets what cannot be set.
    #[error("the configuration file {} cannot be used: {message}", .path.display())]
    Config {
        /// Which file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// A file that a secret is to be read from holds none.
    #[error("the {setting} {} {problem}", .path.display())]
    Secret {
        /// Which setting names it.
        setting: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        problem: &'static str,
    },
    /// A secret is given itself and by a file, and nobody can tell which is meant.
    #[error("the settings {setting} and {file_setting} are both given; one of them is enough")]
    GivenTwice {
        /// The secret.
        setting: &'static str,
        /// The file with the secret.
        file_setting: &'static str,
    },
    /// A setting has a value it cannot have.
    #[error("the setting {setting} {problem}")]
    Value {
        /// Which.
        setting: &'static str,
        /// Why.
        problem: &'static str,
    },
}

impl Settings {
    /// Adds what the configuration file sets and nothing before it did, and reads the secrets that lie in files.
    pub fn complete(self) -> Result<Self, SettingsError> {
        self.with_file()?.with_secrets()
    }

    fn with_file(self) -> Result<Self, SettingsError> {
        let Some(path) = &self.config else { return Ok(self) };
        let text = read("configuration file", path)?;
        let text = String::from_utf8_lossy(&text);
        let file: Self = toml::from_str(&text)
            .map_err(|error| SettingsError::Config { path: path.clone(), message: error.message().to_owned() })?;
        Ok(self.over(file))
    }

    fn with_secrets(self) -> Result<Self, SettingsError> {
        let database = Secret { text: self.database_url, file: self.database_url_file };
        let smtp = Secret { text: self.smtp_url, file: self.smtp_url_file };
        Ok(Self {
            database_url: database.read("database_url", "database_url_file")?,
            database_url_file: None,
            smtp_url: smtp.read("smtp_url", "smtp_url_file")?,
            smtp_url_file: None,
            ..self
        })
    }

    fn over(self, file: Self) -> Self {
        let database = Secret { text: self.database_url, file: self.database_url_file }
            .or(Secret { text: file.database_url, file: file.database_url_file });
        let smtp = Secret { text: self.smtp_url, file: self.smtp_url_file }
            .or(Secret { text: file.smtp_url, file: file.smtp_url_file });
        Self {
            listen: self.listen.or(file.listen),
            data_folder: self.data_folder.or(file.data_folder),
            database_url: database.text,
            database_url_file: database.file,
            public_url: self.public_url.or(file.public_url),
            personal_page: self.personal_page.or(file.personal_page),
            vault_key_file: self.vault_key_file.or(file.vault_key_file),
            smtp_url: smtp.text,
            smtp_url_file: smtp.file,
            mail_from: self.mail_from.or(file.mail_from),
            mail_from_name: self.mail_from_name.or(file.mail_from_name),
            cors_origins: if self.cors_origins.is_empty() { file.cors_origins } else { self.cors_origins },
            public_rate: self.public_rate.or(file.public_rate),
            client_address_header: self.client_address_header.or(file.client_address_header),
            tls_certificate: self.tls_certificate.or(file.tls_certificate),
            tls_key: self.tls_key.or(file.tls_key),
            no_migrate: self.no_migrate || file.no_migrate,
            log_format: self.log_format.or(file.log_format),
            log: self.log.or(file.log),
            config: self.config,
        }
    }

    /// Where to listen.
    pub fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 50051)))
    }

    /// The folder of everything the server keeps.
    pub fn data_folder(&self) -> PathBuf {
        self.data_folder.clone().unwrap_or_else(|| PathBuf::from("attache-data"))
    }

    /// Where the database is.
    pub fn database(&self) -> Result<Location, SettingsError> {
        match &self.database_url {
            None => Ok(Location::File(self.data_folder().join("attache.db"))),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Location::Postgres(url.clone()))
            }
            Some(_) => {
                let problem = "is not an address of PostgreSQL beginning with postgres://";
                Err(SettingsError::Value { setting: "database_url", problem })
            }
        }
    }

    /// The vault's key file.
    pub fn vault_key_file(&self) -> PathBuf {
        self.vault_key_file.clone().unwrap_or_else(|| self.data_folder().join("vault.key"))
    }

    /// Who mail is from.
    pub fn sender(&self) -> Result<Sender, SettingsError> {
        let address = self.mail_from.as_deref().unwrap_or("attache@localhost.localdomain");
        let problem = "is not an e-mail address";
        let address =
            EmailAddress::parse(address).map_err(|_| SettingsError::Value { setting: "mail_from", problem })?;
        Ok(Sender { display_name: self.mail_from_name.clone().unwrap_or_else(|| "Attaché".to_owned()), address })
    }

    /// The origins browsers may call from.
    pub fn cors_origins(&self) -> Result<Vec<http::HeaderValue>, SettingsError> {
        let problem = "is not an origin such as https://organisers.example.org";
        let read = |origin: &String| {
            let plausible = origin.split_once("://").is_some_and(|(_, host)| !host.is_empty() && !host.contains('/'));
            let value = origin.parse().ok().filter(|_| plausible);
            value.ok_or(SettingsError::Value { setting: "cors_origins", problem })
        };
        self.cors_origins.iter().map(read).collect()
    }

    /// How often an address may call without a valid token.
    pub fn limits(&self) -> Result<Policy, SettingsError> {
        let problem = "is not the name of a header such as x-forwarded-for";
        let refused = |_| SettingsError::Value { setting: "client_address_header", problem };
        let address_header = self.client_address_header.as_deref().map(str::parse).transpose().map_err(refused)?;
        let calls_per_minute = NonZeroU32::new(self.public_rate.unwrap_or(PUBLIC_RATE));
        Ok(Policy { calls_per_minute, address_header })
    }

    /// The TLS certificate chain and key, when both are set.
    pub fn tls(&self) -> Result<Option<Certificate>, SettingsError> {
        match (&self.tls_certificate, &self.tls_key) {
            (None, None) => Ok(None),
            (Some(chain), Some(key)) => {
                Ok(Some(Certificate { chain: read("TLS certificate", chain)?, key: read("TLS key", key)? }))
            }
            (Some(_), None) => {
                Err(SettingsError::Value { setting: "tls_key", problem: "is missing beside tls_certificate" })
            }
            (None, Some(_)) => {
                Err(SettingsError::Value { setting: "tls_certificate", problem: "is missing beside tls_key" })
            }
        }
    }

    /// The address this server is reached at from outside, without a slash at the end.
    pub fn public_url(&self, listening: SocketAddr) -> Result<String, SettingsError> {
        let scheme = if self.tls_certificate.is_some() { "https" } else { "http" };
        let url = self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{listening}"));
        let url = url.trim_end_matches('/').to_owned();
        let problem = "is not a web address beginning with http:// or https://";
        if is_web_address(&url) { Ok(url) } else { Err(SettingsError::Value { setting: "public_url", problem }) }
    }

    /// The page that personal links lead to.
    pub fn personal_page(&self, public_url: &str) -> Result<String, SettingsError> {
        let page = self.personal_page.clone().unwrap_or_else(|| format!("{public_url}/"));
        let problem = "is not a web address beginning with http:// or https://, without a #";
        let usable = is_web_address(&page) && !page.contains('#');
        if usable { Ok(page) } else { Err(SettingsError::Value { setting: "personal_page", problem }) }
    }
}

fn is_web_address(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme))
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, SettingsError> {
    fs::read(path).map_err(|source| SettingsError::Unreadable { setting, path: path.to_owned(), source })
}
