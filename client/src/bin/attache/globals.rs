//! The program itself: its flags that every command takes, and what they mean for the connection.

use std::path::PathBuf;

use attache_client::{Client, Options, Token, connect};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::output::Format;
use crate::profile::{self, Profile};
use crate::trouble::Trouble;
use crate::values;

const AFTER_HELP: &str = "\
Data goes to standard output, everything else to standard error.

Exit codes:
  0  done
  1  the server refused, or the work failed
  2  the command line is wrong
  3  the server cannot be reached, or did not answer in time
  4  the token is missing or wrong, or does not allow this

Examples:
  attache --address https://attache.example.org --token-file ~/.attache-token whoami
  attache event list --output json
  attache registration list events/ciftis-2023 --all";

const DRY_RUN: &str = "dry-run";

/// The program without its nouns.
pub fn command() -> Command {
    Command::new("attache")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Speaks to an Attaché server: events, registrations, visa letters, visits")
        .after_help(AFTER_HELP)
        .arg_required_else_help(true)
        .subcommand_required(true)
        .args([address(), token(), token_file(), ca(), profile(), deadline(), output(), dry_run()])
}

fn address() -> Arg {
    global("address", "URL")
        .env("ATTACHE_ADDRESS")
        .default_value("http://127.0.0.1:50051")
        .help("Where the server listens; https:// for TLS")
}

fn token() -> Arg {
    global("token", "TOKEN")
        .env("ATTACHE_TOKEN")
        .hide_env_values(true)
        .help("The token to call with; others on this machine can read a command line, but not the variable")
}

fn token_file() -> Arg {
    global("token-file", "FILE")
        .env("ATTACHE_TOKEN_FILE")
        .value_parser(value_parser!(PathBuf))
        .help("A file that holds the token, unless --token gives it")
}

fn ca() -> Arg {
    global("ca", "FILE")
        .env("ATTACHE_CA")
        .value_parser(value_parser!(PathBuf))
        .help("The certificate, in PEM, of the authority that signed the server's")
}

fn profile() -> Arg {
    global("profile", "NAME").env("ATTACHE_PROFILE").help("A server that `attache profile add` gave a name").long_help(
        "A server that `attache profile add` gave a name: its address, token and authority stand in for the variables \
             ATTACHE_ADDRESS, ATTACHE_TOKEN, ATTACHE_TOKEN_FILE and ATTACHE_CA, so that no server is sent another's \
             token. What a flag says goes before it.",
    )
}

fn deadline() -> Arg {
    global("deadline", "DURATION")
        .env("ATTACHE_DEADLINE")
        .default_value("30s")
        .value_parser(values::read_patience)
        .help("How long a call may take, its retries included")
}

fn output() -> Arg {
    global("output", "FORMAT")
        .env("ATTACHE_OUTPUT")
        .value_parser(value_parser!(Format))
        .help("How to print: a table on a terminal and JSON elsewhere, unless said")
        .long_help(
            "How to print: a table on a terminal and JSON elsewhere, unless said. csv has a row an item and a column a \
             field, under names that do not change with what is in it: title.en is a part of title, values of a list \
             stand side by side after semicolons, and a text that a spreadsheet would take for a formula gets a ' \
             before it. csv-bom begins with the mark by which spreadsheet programs know that it is UTF-8. A stream has \
             a line of JSON, or a row, a message.",
        )
}

fn dry_run() -> Arg {
    Arg::new(DRY_RUN)
        .long(DRY_RUN)
        .global(true)
        .help_heading("Connection and output")
        .action(ArgAction::SetTrue)
        .help("Have the server do it and keep nothing; refused where it cannot")
        .long_help(
            "Have the server do it and keep nothing, so that its answer or refusal is told and nothing is changed, \
             nobody told. A command that cannot be tried so is refused, and nothing is sent.",
        )
}

fn global(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).global(true).help_heading("Connection and output")
}

/// Whether nothing is to be kept of what is done.
pub fn is_dry_run(matches: &ArgMatches) -> bool {
    matches.get_flag(DRY_RUN)
}

/// How answers are to be printed.
pub fn format(matches: &ArgMatches) -> Format {
    matches.get_one::<Format>("output").copied().unwrap_or_else(Format::of_stdout)
}

/// What a connection is made of.
#[derive(Debug, PartialEq, Eq)]
struct Connection {
    address: String,
    token: Option<String>,
    token_file: Option<PathBuf>,
    ca: Option<PathBuf>,
}

impl Connection {
    /// Takes what the flags say before the profile, and the profile before the variables.
    fn of(matches: &ArgMatches, profile: Option<Profile>) -> Self {
        let counts = |flag: &str| profile.is_none() || is_typed(matches, flag);
        let text =
            |flag: &str| matches.get_one::<String>(flag).filter(|text| counts(flag) && !text.is_empty()).cloned();
        let path = |flag: &str| matches.get_one::<PathBuf>(flag).filter(|_| counts(flag)).cloned();
        let (token, token_file) = (text("token"), path("token-file"));
        let is_told = token.is_some() || token_file.is_some();
        let (address, ca) = (text("address"), path("ca"));
        let Profile { address: known, token_file: kept, ca: trusted } = profile.unwrap_or_default();
        Self {
            address: address.unwrap_or(known),
            token,
            token_file: if is_told { token_file } else { kept },
            ca: ca.or(trusted),
        }
    }
}

/// Whether a flag stands on the command line, and not in a variable.
pub fn is_typed(matches: &ArgMatches, flag: &str) -> bool {
    matches.value_source(flag) == Some(ValueSource::CommandLine)
}

/// Connects as the flags, the profile and the variables say.
pub async fn client(matches: &ArgMatches) -> Result<Client, Trouble> {
    let read = |flag: &str, path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|error| Trouble::Usage(format!("the {flag} {}: {error}", path.display())))
    };
    let profile = matches.get_one::<String>("profile").map(|name| profile::find(name)).transpose()?;
    let Connection { address, token, token_file, ca } = Connection::of(matches, profile);
    let token = match (token, &token_file) {
        (Some(token), _) => Some(Token::new(&token)),
        (None, Some(path)) => Some(Token::new(&read("token file", path)?)),
        (None, None) => None,
    };
    let standard = Options::default();
    let options = Options {
        address,
        token,
        ca_certificate: ca.map(|path| read("certificate", &path)).transpose()?,
        deadline: matches.get_one("deadline").copied().unwrap_or(standard.deadline),
        user_agent: concat!("attache/", env!("CARGO_PKG_VERSION")).to_owned(),
        retries: standard.retries,
    };
    Ok(connect(options).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(flags: &[&str], profile: Option<Profile>) -> Connection {
        let words = ["attache"].iter().chain(flags).chain(&["whoami"]);
        let matches = command().subcommand(Command::new("whoami")).get_matches_from(words);
        Connection::of(matches.subcommand().unwrap().1, profile)
    }

    #[test]
    fn a_profile_gives_what_no_flag_says() {
        let office = || Profile {
            address: "https://office.example.org".to_owned(),
            token_file: Some("office.token".into()),
            ca: Some("office.pem".into()),
        };

        let whole = connection(&[], Some(office()));
        let other_token = connection(&["--token=t0ken"], Some(office()));
        let other_server =
            connection(&["--address=http://127.0.0.1:1", "--token-file=own", "--ca=own.pem"], Some(office()));

        let Profile { address, token_file, ca } = office();
        assert_eq!(whole, Connection { address: address.clone(), token: None, token_file, ca: ca.clone() });
        assert_eq!(other_token, Connection { address, token: Some("t0ken".to_owned()), token_file: None, ca });
        let own = Connection {
            address: "http://127.0.0.1:1".to_owned(),
            token: None,
            token_file: Some("own".into()),
            ca: Some("own.pem".into()),
        };
        assert_eq!(other_server, own);
    }
}
