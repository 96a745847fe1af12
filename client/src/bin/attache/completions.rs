//! Completions: what a shell needs to complete commands and flags.

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use crate::output;
use crate::tree::{self, Api};
use crate::trouble::Trouble;

/// The command's word.
pub const VERB: &str = "completions";

const AFTER_HELP: &str = "\
Examples:
  attache completions bash > ~/.local/share/bash-completion/completions/attache
  attache completions zsh > ~/.zfunc/_attache
  attache completions fish > ~/.config/fish/completions/attache.fish";

/// The command that prints them.
pub fn command() -> Command {
    Command::new(VERB)
        .about("Print what a shell needs to complete commands and flags")
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(value_parser!(Shell))
                .help("Which shell is to complete"),
        )
        .after_help(AFTER_HELP)
}

/// Prints them.
pub fn print(api: &Api, matches: &ArgMatches) -> Result<(), Trouble> {
    let Some(shell) = matches.get_one::<Shell>("shell") else {
        return Err(Trouble::Usage("which shell is to complete?".to_owned()));
    };
    output::write(&script(api, *shell))
}

fn script(api: &Api, shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut tree::command(api), "attache", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_learns_of_the_verbs_that_come_from_the_descriptors() {
        let api = Api::load().unwrap();

        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = String::from_utf8(script(&api, shell)).unwrap();
            assert!(script.contains("issue") && script.contains("letter"), "{shell}");
        }
    }
}
