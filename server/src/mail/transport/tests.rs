use std::fs;
use std::path::PathBuf;

use attache_domain::language::LanguageTag;
use chrono::DateTime;

use super::*;
use crate::mail::message::{self, Mailbox};

fn outgoing(message_id: &str, address: &str) -> Outgoing {
    Outgoing {
        message_id: message_id.to_owned(),
        from: Mailbox { name: None, address: "desk@example.org".to_owned() },
        reply_to: None,
        to: Mailbox { name: None, address: address.to_owned() },
        date: DateTime::from_timestamp(1_693_877_400, 0).unwrap(),
        subject: "Hello".to_owned(),
        text: "Hello\n".to_owned(),
        html: "<p>Hello</p>\n".to_owned(),
        language: LanguageTag::English,
        attachments: Vec::new(),
        calendar: None,
    }
}

/// A folder of the system's temporary place, removed with its contents when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        Self(std::env::temp_dir().join(format!("attache-mail-{}-{test}", std::process::id())))
    }

    fn contents(&self) -> Vec<(String, Vec<u8>)> {
        let file = |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
        let mut contents: Vec<_> = fs::read_dir(&self.0).unwrap().map(|entry| file(entry.unwrap())).collect();
        contents.sort();
        contents
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap_or(());
    }
}

#[tokio::test]
async fn message_delivered_twice_into_a_folder_is_one_file() {
    let folder = Folder::new("twice");
    let transport = Transport::Files(Files::new(folder.0.join("outbox")));
    let (first, second) =
        (outgoing("a.1@example.org", "one@example.com"), outgoing("b.1@example.org", "two@example.com"));

    for message in [&first, &first, &second] {
        transport.send(message).await.unwrap();
    }

    let bytes = |outgoing| message::build(outgoing).unwrap().bytes;
    assert_eq!(
        Folder(folder.0.join("outbox")).contents(),
        [
            ("20230905T013000Z-a.1.eml".to_owned(), bytes(&first)),
            ("20230905T013000Z-b.1.eml".to_owned(), bytes(&second)),
        ]
    );
}

#[tokio::test]
async fn folder_that_cannot_be_made_is_transient() {
    let folder = Folder::new("blocked");
    fs::write(&folder.0, "a file in its place").unwrap();

    let sent = Transport::Files(Files::new(&folder.0)).send(&outgoing("a.1@example.org", "one@example.com")).await;

    assert_eq!(sent, Err(SendError::Transient(Cause::Disk(std::io::ErrorKind::AlreadyExists))));
    fs::remove_file(&folder.0).unwrap();
}

#[tokio::test]
async fn memory_fails_as_told_and_keeps_the_rest() {
    let memory = Memory::default();
    let transport = Transport::Memory(memory.clone());
    let (good, bad) = (outgoing("a.1@example.org", "one@example.com"), outgoing("a.2@example.org", "nobody"));
    memory.fail_next(1, SendError::Transient(Cause::Timeout));

    let answers = [transport.send(&good).await, transport.send(&good).await, transport.send(&bad).await];

    assert_eq!(answers, [Err(SendError::Transient(Cause::Timeout)), Ok(()), Err(SendError::Unbuildable(Fault::To))]);
    assert_eq!(memory.sent(), [good]);
}
