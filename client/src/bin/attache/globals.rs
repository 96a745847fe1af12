//! The program itself: its flags that every command takes, and what they mean for the connection.

use std::path::PathBuf;

use attache_client::{Client, Options, Token, connect};
use clap::{Arg, ArgMatches, Command, value_parser};

use crate::output::Format;
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

/// The program without its nouns.
pub fn command() -> Command {
    Command::new("attache")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Speaks to an Attaché server: events, registrations, visa letters, visits")
        .after_help(AFTER_HELP)
        .arg_required_else_help(true)
        .subcommand_required(true)
        .args([address(), token(), token_file(), ca(), deadline(), output()])
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
}

fn global(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).global(true).help_heading("Connection and output")
}

/// How answers are to be printed.
pub fn format(matches: &ArgMatches) -> Format {
    matches.get_one::<Format>("output").copied().unwrap_or_else(Format::of_stdout)
}

/// Connects as the flags say.
pub async fn client(matches: &ArgMatches) -> Result<Client, Trouble> {
    let read = |flag: &str, path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|error| Trouble::Usage(format!("--{flag} {}: {error}", path.display())))
    };
    let token = match (matches.get_one::<String>("token"), matches.get_one::<PathBuf>("token-file")) {
        (Some(token), _) if !token.is_empty() => Some(Token::new(token)),
        (_, Some(path)) => Some(Token::new(&read("token-file", path)?)),
        (_, None) => None,
    };
    let ca_certificate = matches.get_one::<PathBuf>("ca").map(|path| read("ca", path)).transpose()?;
    let standard = Options::default();
    let options = Options {
        address: matches.get_one::<String>("address").cloned().unwrap_or(standard.address),
        token,
        ca_certificate,
        deadline: matches.get_one("deadline").copied().unwrap_or(standard.deadline),
        user_agent: concat!("attache/", env!("CARGO_PKG_VERSION")).to_owned(),
        retries: standard.retries,
    };
    Ok(connect(options).await?)
}
