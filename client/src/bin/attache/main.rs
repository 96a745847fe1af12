//! The command line `attache`: every RPC of the API as `attache NOUN VERB`.
//!
//! Nothing here is written for one RPC: the tree of commands, the flags, their help and the tables come from the
//! descriptors, so that a new RPC is on the command line as soon as it is in the .proto files. Only moving files,
//! importing them, being a gate and a delegation on one page take more than one call, in `check_in`, `delegation`, `file`, `registration`,
//! `report` and `schedule`; and `completions` and `profile` call nobody.
//!
//! **Invariant:** every RPC is reachable; data goes to standard output and everything else to standard error; no token
//! is printed.

mod accreditation;
mod arguments;
mod call;
mod check_in;
mod comments;
mod completions;
mod delegation;
mod examples;
mod file;
mod globals;
mod meeting;
mod naming;
mod output;
mod profile;
mod progress;
mod registration;
mod report;
mod schedule;
mod sheet;
mod table;
mod tree;
mod trouble;
mod values;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::ArgMatches;

use crate::output::Printer;
use crate::tree::{Api, Rpc};
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
    let rpc = api.find(noun, verb);
    if globals::is_dry_run(arguments) && !rpc.is_some_and(Rpc::can_be_tried) && !file::can_be_tried(noun, verb) {
        let words: Vec<&str> = noun.into_iter().chain([verb]).collect();
        return Err(Trouble::Usage(format!("{} has no dry run; nothing was done", words.join(" "))));
    }
    let printer = Printer::new(globals::format(arguments));
    match (noun, verb) {
        (None, completions::VERB) => return completions::print(api, arguments),
        (Some(profile::NOUN), verb) => return profile::run(verb, arguments, &printer),
        (Some(_) | None, _) => {}
    }
    let client = globals::client(arguments).await?;

    if let Some(noun) = noun
        && let Some(done) = file::run(&client, noun, verb, arguments, &printer).await
    {
        return done;
    }
    match rpc {
        Some(rpc) => call::run(&client, rpc, arguments, &printer).await,
        None => Err(Trouble::Usage(format!("no command {verb:?}"))),
    }
}
