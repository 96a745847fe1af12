//! The demo, run in a folder of its own: the job, a second run, and the folders it leaves alone.

use std::{
    fs,
    future::{pending, ready},
    path::PathBuf,
};

use attache_server::{
    demo::{self, Options},
    settings::Settings,
};

/// A place for a demo's folder, removed in the end.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("attache-test-{}", attache_client::fresh_request_id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn options(&self, fresh: bool) -> Options {
        Options { exit: true, fresh, folder: self.0.join("demo") }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn settings() -> Settings {
    Settings { listen: Some("127.0.0.1:0".parse().unwrap()), ..Settings::default() }
}

/// Runs a demo to its end, and gives what it told.
async fn run(options: &Options) -> Result<String, String> {
    let mut out = Vec::new();
    let ended = demo::run(&settings(), options, &mut out, pending()).await;
    ended.map(|()| String::from_utf8(out).unwrap()).map_err(|stopped| stopped.to_string())
}

/// Runs a demo that is interrupted as soon as it serves, and gives why it ended.
async fn interrupt(options: &Options) -> String {
    demo::run(&settings(), options, &mut Vec::new(), ready(())).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_job_that_is_done_is_found_and_not_done_again() {
    let place = Place::new();
    let folder = place.options(false).folder;
    interrupt(&place.options(false)).await;
    let done = r#"{"done":true,"clock_time":"2023-08-21T01:00:09+00:00"}"#;
    fs::write(folder.join("demo.json"), done).unwrap();

    let told = run(&place.options(false)).await;

    assert_eq!(
        told,
        Ok(format!(
            "The job was done before, and lies in {}; --fresh begins again.\n\n\
            Without --exit the demo goes on serving, and tells what to try.\n",
            folder.display()
        ))
    );
    assert_eq!(fs::read_to_string(folder.join("demo.json")).unwrap(), done);
}

#[tokio::test]
async fn a_half_done_demo_is_told_and_begun_again_only_when_asked() {
    let place = Place::new();
    let folder = place.options(false).folder;

    let interrupted = interrupt(&place.options(false)).await;
    let held = folder.join("attache.db-wal").exists();
    let left = folder.join("left");
    fs::write(&left, "").unwrap();
    let again = run(&place.options(false)).await;
    let kept = left.exists();
    let afresh = interrupt(&place.options(true)).await;

    assert_eq!(interrupted, "interrupted before the job was done; start it afresh with --fresh");
    assert!(!held, "the server holds its database after it ended");
    assert_eq!(
        again,
        Err(format!(
            "{} holds a demo that ended before its job was done; start it afresh with --fresh",
            folder.display()
        ))
    );
    assert_eq!(afresh, interrupted);
    assert_eq!((kept, left.exists()), (true, false));
}

#[tokio::test]
async fn a_folder_that_is_no_demo_is_left_alone() {
    let place = Place::new();
    let folder = place.options(true).folder;
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter.txt"), "mine").unwrap();

    let refused = run(&place.options(true)).await;

    assert_eq!(
        refused,
        Err(format!("{} is not the folder of a demo; move it away, or start the demo elsewhere", folder.display()))
    );
    assert_eq!(fs::read_to_string(folder.join("letter.txt")).unwrap(), "mine");
}

#[tokio::test]
async fn mail_never_leaves_the_demo() {
    let place = Place::new();
    let settings = Settings { smtp_url: Some("smtp://127.0.0.1:25".to_owned()), ..settings() };

    let refused = demo::run(&settings, &place.options(false), &mut Vec::new(), pending()).await.unwrap_err();

    assert_eq!(
        refused.to_string(),
        "the demo sends nothing by SMTP, because its letters bear the names of real bodies; leave out smtp_url"
    );
    assert!(!place.options(false).folder.exists());
}
