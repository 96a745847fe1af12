//! The command line `attache`: every RPC of the API as `attache NOUN VERB`.
//!
//! Nothing here is written for one RPC: the tree of commands, the flags, their help and the tables come from the
//! descriptors, so that a new RPC is on the command line as soon as it is in the .proto files. Only moving files and
//! importing them takes more than one call, in `file` and `schedule`.
//!
//! **Invariant:** every RPC is reachable; data goes to standard output and everything else to standard error; no token
//! is printed.

mod arguments;
mod call;
mod comments;
mod examples;
mod file;
mod globals;
mod naming;
mod output;
mod schedule;
mod table;
mod tree;
mod trouble;
mod values;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::ArgMatches;

use crate::output::Printer;
use crate::tree::Api;
use crate::trouble::Trouble;

fn main() -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprint!("{}", trouble.tell());
            ExitCode::from(trouble.exit_code())
        }
    }
}

fn command() -> Result<(), Trouble> {
    let api = Api::load()?;
    // Prints the help, or what is wrong with the command line, and exits with 0 or 2.
    let matches = tree::command(&api).get_matches();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(run(&api, &matches))
}

async fn run(api: &Api, matches: &ArgMatches) -> Result<(), Trouble> {
    let Some((first, below)) = matches.subcommand() else {
        return Err(Trouble::Usage("no command given".to_owned()));
    };
    let (noun, verb, arguments) = match below.subcommand() {
        Some((verb, arguments)) => (Some(first), verb, arguments),
        None => (None, first, below),
    };
    let client = globals::client(arguments).await?;
    let printer = Printer { format: globals::format(arguments) };

    if let Some(noun) = noun
        && let Some(done) = file::run(&client, noun, verb, arguments, printer).await
    {
        return done;
    }
    match api.find(noun, verb) {
        Some(rpc) => call::run(&client, rpc, arguments, printer).await,
        None => Err(Trouble::Usage(format!("no command {verb:?}"))),
    }
}
