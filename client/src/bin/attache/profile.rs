//! Profiles: servers under names, in a file of the user's own, so that address, token and authority are typed once.
//!
//! A profile names the file that a token lies in; the token itself is in none.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context as _;
use clap::{Arg, ArgMatches, Command};
use serde::Deserialize;

use crate::globals;
use crate::output::Printer;
use crate::trouble::Trouble;

#[cfg(test)]
mod tests;

/// The noun of the commands.
pub const NOUN: &str = "profile";

const AFTER_HELP: &str = "\
They lie in attache/profiles.toml in your configuration folder, $XDG_CONFIG_HOME, ~/.config
or %APPDATA%. Change and remove them there:

  [office]
  address = \"https://attache.example.org\"
  token_file = \"~/.attache-token\"    # from this file's folder, unless it begins with ~/ or /
  ca = \"office.pem\"

Examples:
  attache profile add office --address https://attache.example.org --token-file ~/.attache-token
  attache --profile office event list";

/// A server, and who calls it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Where it listens.
    pub address: String,
    /// A file that holds the token.
    pub token_file: Option<PathBuf>,
    /// The certificate, in PEM, of the authority that signed the server's.
    pub ca: Option<PathBuf>,
}

/// The commands about profiles.
pub fn command() -> Command {
    let add = Command::new("add")
        .about("Give a server a name: what --address, --token-file and --ca say of it")
        .arg(Arg::new("name").value_name("NAME").required(true).help("Letters, digits, - and _"));
    let list = Command::new("list").about("List the profiles");
    Command::new(NOUN)
        .about("Servers under names of your own, for --profile")
        .arg_required_else_help(true)
        .subcommand_required(true)
        .subcommands([add, list])
        .after_help(AFTER_HELP)
}

/// Does one of them.
pub fn run(verb: &str, matches: &ArgMatches, printer: &Printer) -> Result<(), Trouble> {
    let path = file()?;
    if verb == "add" {
        let name = matches.get_one::<String>("name").cloned().unwrap_or_default();
        return add(&path, &name, &described(matches)?);
    }
    let row = |(name, profile): (String, Profile)| {
        let Profile { address, token_file, ca } = profile;
        let told = |path: Option<PathBuf>| path.map(|path| path.display().to_string()).unwrap_or_default();
        vec![name, address, told(token_file), told(ca)]
    };
    let rows: Vec<_> = read(&path)?.into_iter().map(row).collect();
    printer.rows(&["name", "address", "token_file", "ca"], &rows)
}

/// Finds a profile by its name.
pub fn find(name: &str) -> Result<Profile, Trouble> {
    find_in(&file()?, name)
}

fn find_in(path: &Path, name: &str) -> Result<Profile, Trouble> {
    let mut profiles = read(path)?;
    profiles.remove(name).ok_or_else(|| {
        let known: Vec<_> = profiles.into_keys().collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Trouble::Usage(format!("there is no profile {name:?} in {}; there is {known}", path.display()))
    })
}

/// The profile that the flags of a command describe; a variable is not meant, as it will not be there the next time.
fn described(matches: &ArgMatches) -> Result<Profile, Trouble> {
    if globals::is_typed(matches, "token") {
        return Err(Trouble::Usage("a profile keeps no token, but the file that it is in: --token-file".to_owned()));
    }
    let text = matches.get_one::<String>("address").filter(|_| globals::is_typed(matches, "address"));
    let address = text.cloned().ok_or_else(|| Trouble::Usage("--address says where the server listens".to_owned()))?;
    let path = |flag: &str| -> Result<Option<PathBuf>, Trouble> {
        let typed = matches.get_one::<PathBuf>(flag).filter(|_| globals::is_typed(matches, flag));
        Ok(typed.map(std::path::absolute).transpose().context("the folder this is called in")?)
    };
    Ok(Profile { address, token_file: path("token-file")?, ca: path("ca")? })
}

/// Adds a profile at the end of the file, so that whatever else was written there stays as it is.
fn add(path: &Path, name: &str, profile: &Profile) -> Result<(), Trouble> {
    let is_key = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if name.is_empty() || !name.chars().all(is_key) {
        return Err(Trouble::Usage(format!("{name:?} is no name for a profile: letters, digits, - and _ are")));
    }
    if read(path)?.contains_key(name) {
        return Err(Trouble::Usage(format!("there is a profile {name:?} in {} already", path.display())));
    }
    let entry = entry(name, profile)?;
    let write = || -> io::Result<()> {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(entry.as_bytes())?;
        file.sync_all()
    };
    write().with_context(|| path.display().to_string())?;
    eprintln!("{name} is in {}", path.display());
    Ok(())
}

fn entry(name: &str, Profile { address, token_file, ca }: &Profile) -> Result<String, Trouble> {
    let mut lines = vec![format!("\n[{name}]"), format!("address = {}", quoted(address)?)];
    for (key, path) in [("token_file", token_file), ("ca", ca)] {
        let Some(path) = path else { continue };
        let text = path.to_str().ok_or_else(|| Trouble::Usage(format!("{} is no text", path.display())))?;
        lines.push(format!("{key} = {}", quoted(text)?));
    }
    Ok(lines.join("\n") + "\n")
}

/// Quotes a text as TOML does, which is as JSON does it but for control characters, which nobody types.
fn quoted(text: &str) -> Result<String, Trouble> {
    if text.chars().any(char::is_control) {
        return Err(Trouble::Usage(format!("{text:?} has a control character in it")));
    }
    Ok(serde_json::to_string(text).context("the profile cannot be written")?)
}

/// Reads all profiles; there are none where there is no file.
fn read(path: &Path) -> Result<BTreeMap<String, Profile>, Trouble> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        read => read.map_err(|error| Trouble::Usage(format!("{}: {error}", path.display())))?,
    };
    // Of what is wrong with it the message alone is told: the line itself might hold a token.
    let profiles: BTreeMap<String, Profile> =
        toml::from_str(&text).map_err(|error| Trouble::Usage(format!("{}: {}", path.display(), error.message())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let placed = |profile: Profile| Profile {
        token_file: profile.token_file.map(|path| found_from(folder, &path)),
        ca: profile.ca.map(|path| found_from(folder, &path)),
        address: profile.address,
    };
    Ok(profiles.into_iter().map(|(name, profile)| (name, placed(profile))).collect())
}

/// Where a path of a profile leads.
fn found_from(folder: &Path, path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(below), Some(home)) => home.join(below),
        (Ok(_), None) | (Err(_), _) => folder.join(path),
    }
}

fn file() -> Result<PathBuf, Trouble> {
    let configured = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let home = || env::home_dir().map(|home| home.join(".config"));
    let usual = || if cfg!(windows) { env::var_os("APPDATA").map(PathBuf::from) } else { home() };
    let folder = configured.or_else(usual).context("there is no home folder to keep profiles in")?;
    Ok(folder.join("attache").join("profiles.toml"))
}
