//! Backups: taken while the house serves, and the same in every row and file when they come back.

use std::{fs, path::PathBuf};

use attache_client::v1;
use attache_server::{
    backup::{self, CommandError},
    clock::Clock,
    settings::Settings,
    store::{BackupError, Location},
};
use attache_tests::{
    House,
    answers::Answer as _,
    boot, database,
    fixtures::{FORUM, ZBRA},
    fresh_folder,
    paperwork::STAMP,
};

/// Settings over a house's folder and database.
pub(super) fn settings(folder: &std::path::Path, database: &Location) -> Settings {
    let database_url = match database {
        Location::File(_) => None,
        Location::Postgres(url) => Some(url.clone()),
    };
    Settings { data_folder: Some(folder.to_owned()), database_url, ..Settings::default() }
}

/// A house with something of most kinds in it, and files that need more than one piece.
async fn furnished() -> House {
    let house = boot().await;
    house.visit_to_beijing().await;
    house.register("محمد 王", "guest@example.org").await;
    house.upload(ZBRA, "stamp.png", "image/png", STAMP).await;
    house.upload(FORUM, "plan.pdf", "application/pdf", &vec![7; 600_000]).await;
    house.mail().await;
    house
}

/// An empty installation with the key of another, and where it is.
async fn empty_beside(house: &House) -> Settings {
    let folder = fresh_folder();
    fs::copy(house.folder.join("vault.key"), folder.join("vault.key")).unwrap();
    settings(&folder, &database::fresh(&folder).await)
}

async fn backed_up(house: &House) -> (PathBuf, Vec<attache_server::store::Tally>) {
    let file = house.folder.join("today.backup");
    let made = backup::back_up(&settings(&house.folder, &house.database), &file, &Clock::default()).await.unwrap();
    (file, made)
}

#[tokio::test]
async fn installation_comes_back_the_same_in_every_row_and_file() {
    let house = furnished().await;
    let (file, made) = backed_up(&house).await;
    // What happens after the moment of the backup is not in it.
    house.register("Later", "later@example.org").await;
    let target = empty_beside(&house).await;

    let restored = backup::restore(&target, &file, true, &Clock::default()).await.unwrap();

    assert_eq!(restored, made);
    assert!(made.iter().filter(|tally| tally.rows > 0).count() > 15, "{made:?}");
    let folder = target.data_folder();
    let location = target.database().unwrap();
    let again = attache_tests::open(folder, location, Some(house.owner_token().to_owned()), house.mail_way()).await;
    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), ..Default::default() };
    let names =
        |list: v1::ListRegistrationsResponse| list.registrations.into_iter().map(|one| one.name).collect::<Vec<_>>();
    let (here, there) = (&again.owner, &house.owner);
    let restored = names(here.registrations().list_registrations(request.clone()).await.done());
    assert_eq!(restored, names(there.registrations().list_registrations(request).await.done())[..restored.len()]);
    assert_eq!(restored.len(), 1);
}

#[tokio::test]
async fn backup_that_was_changed_is_refused_and_nothing_comes_in() {
    let house = furnished().await;
    let (file, _) = backed_up(&house).await;
    let target = empty_beside(&house).await;
    let whole = fs::read_to_string(&file).unwrap();
    let restore = async |text: &str| {
        fs::write(&file, text).unwrap();
        backup::restore(&target, &file, false, &Clock::default()).await.unwrap_err().to_string()
    };

    let changed = restore(&whole.replacen("guest@example.org", "thief@example.org", 1)).await;
    let cut = restore(&whole[..whole.len() / 2]).await;
    let doubled = restore(&format!("{whole}{whole}")).await;
    let other = restore("{}\n").await;

    let unproven = "the backup was changed since it was made, or was made under another vault key";
    let no_backup = "this is not a whole backup of Attaché";
    assert_eq!([changed, cut, doubled, other], [unproven, no_backup, unproven, no_backup]);
    fs::write(&file, whole).unwrap();
    backup::restore(&target, &file, true, &Clock::default()).await.unwrap();
}

#[tokio::test]
async fn backup_is_not_restored_under_another_key_nor_over_anything() {
    let house = furnished().await;
    let (file, _) = backed_up(&house).await;
    let keyless = fresh_folder();
    let stranger = boot().await;
    let refused =
        async |settings: Settings| backup::restore(&settings, &file, false, &Clock::default()).await.unwrap_err();

    let without = refused(settings(&keyless, &database::fresh(&keyless).await)).await;
    let under_another = refused(settings(&stranger.folder, &stranger.database)).await;
    let over = refused(settings(&house.folder, &house.database)).await;

    assert!(matches!(without, CommandError::Key(_)), "{without}");
    assert!(matches!(under_another, CommandError::Backup(BackupError::Unproven)), "{under_another}");
    assert!(matches!(over, CommandError::Backup(BackupError::NotEmpty(_))), "{over}");
}

#[tokio::test]
async fn backup_replaces_no_file() {
    let house = boot().await;
    let (file, _) = backed_up(&house).await;

    let refused =
        backup::back_up(&settings(&house.folder, &house.database), &file, &Clock::default()).await.unwrap_err();

    assert!(matches!(refused, CommandError::File { .. }), "{refused}");
}
