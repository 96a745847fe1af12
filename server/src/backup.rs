//! An installation's backup and its restoration, as the program's commands do them: a file apart from the key.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter},
    path::{Path, PathBuf},
};

use crate::{
    clock::Clock,
    settings::{Settings, SettingsError},
    store::{BackupError, Location, SchemaError, Store, StoreError, Tally},
    vault::{MasterKey, MasterKeyError},
};

/// Says why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A setting cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The vault's key is not there. It is never in a backup.
    #[error("the vault key is needed first: a backup does not hold it")]
    Key(#[from] MasterKeyError),
    /// There is nothing to copy.
    #[error("there is no database {}", .0.display())]
    NoDatabase(PathBuf),
    /// The database cannot be opened.
    #[error("the database cannot be opened")]
    Database(#[from] StoreError),
    /// The database has another schema than this program.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The file cannot be written or read.
    #[error("the file {} cannot be used", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The copy could not be made or put back.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

/// Writes everything the settings' installation keeps in its database into a new file, while a server may serve it.
///
/// The file is for its owner's eyes only, and is there whole or not at all.
pub async fn back_up(settings: &Settings, file: &Path, clock: &Clock) -> Result<Vec<Tally>, CommandError> {
    let location = settings.database()?;
    if let Location::File(database) = &location
        && !database.exists()
    {
        return Err(CommandError::NoDatabase(database.clone()));
    }
    let store = Store::open(&location, MasterKey::from_existing(&settings.vault_key_file())?).await?;
    store.require_current().await?;
    let failed = |source| CommandError::File { path: file.to_owned(), source };
    if file.exists() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let unfinished = unfinished(file);
    let to = create(&unfinished).map_err(failed)?;
    let made = store.back_up(clock.now(), BufWriter::new(&to)).await;
    let kept = made.map_err(CommandError::from).and_then(|tallies| {
        to.sync_all().and_then(|()| fs::rename(&unfinished, file)).map_err(failed)?;
        Ok(tallies)
    });
    if kept.is_err() {
        // What is left of it is of no use to anybody.
        let _ = fs::remove_file(&unfinished);
    }
    kept
}

/// Puts a backup into the settings' database, which must be empty; `verify` reads all of it back and compares.
pub async fn restore(
    settings: &Settings,
    file: &Path,
    verify: bool,
    clock: &Clock,
) -> Result<Vec<Tally>, CommandError> {
    let master = MasterKey::from_existing(&settings.vault_key_file())?;
    let failed = |source| CommandError::File { path: file.to_owned(), source };
    drop(File::open(file).map_err(failed)?);
    let store = Store::open(&settings.database()?, master).await?;
    store.migrate(clock.now()).await?;
    let copy = || Ok(Box::new(BufReader::new(File::open(file)?)) as Box<dyn BufRead + Send>);
    let restored = store.restore(copy).await?;
    if verify {
        store.require_same(&restored).await?;
    }
    Ok(restored)
}

/// What a file is called until it is whole.
fn unfinished(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".unfinished");
    name.into()
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
