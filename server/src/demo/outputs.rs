//! What the demo leaves in its folder: the letters as files, and the mail that the server wrote meanwhile.

use std::time::Duration;

use attache_client::{Client, Failure, pages, v1};
use tokio::{fs, time};
use tokio_stream::StreamExt as _;

use super::{Stopped, folder::Folder, report::Made, samples::Samples, stopped::Step as _};

/// How long mail may take to be written once everything else is done.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long to rest between two looks at the queue.
const REST: Duration = Duration::from_millis(20);

/// Downloads every letter into `letters/{number}.pdf`.
pub(super) async fn letters(client: &Client, samples: &Samples, folder: &Folder) -> Result<Vec<Made>, Stopped> {
    let place = folder.join("letters");
    fs::create_dir_all(&place).await.map_err(unwritten)?;
    let mut count = 0;
    for gathering in &samples.gatherings {
        let parent = format!("events/{}", gathering.event.id);
        let mut listed = pages(|page_token| list_letters(client, &parent, page_token));
        while let Some(letter) = listed.next().await {
            let letter = letter.at("listing the letters")?;
            let bytes = download(client, letter.file, "downloading a letter").await?;
            fs::write(place.join(format!("{}.pdf", letter.number)), bytes).await.map_err(unwritten)?;
            count += 1;
        }
    }
    Ok(vec![Made::new("letters downloaded", count)])
}

async fn list_letters(
    client: &Client,
    parent: &str,
    page_token: String,
) -> Result<tonic::Response<v1::ListLettersResponse>, tonic::Status> {
    let parent = parent.to_owned();
    client.letters().list_letters(v1::ListLettersRequest { parent, page_token, ..Default::default() }).await
}

/// Downloads a whole file, by its resource name.
pub(super) async fn download(client: &Client, name: String, step: &str) -> Result<Vec<u8>, Stopped> {
    let mut pieces = client.files().download_file(v1::DownloadFileRequest { name }).await.at(step)?;
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.message().await.map_err(Failure::from).at(step)? {
        bytes.extend(piece.data);
    }
    Ok(bytes)
}

/// Waits until no notice is queued; the server has then written each into `outbox`, beside the codes that it mailed.
pub(super) async fn mails(client: &Client, samples: &Samples, folder: &Folder) -> Result<Vec<Made>, Stopped> {
    let earlier = samples.earlier.iter().map(|earlier| &earlier.event);
    let ahead = samples.gatherings.iter().map(|gathering| &gathering.event);
    for event in earlier.chain(ahead) {
        until_dry(client, &format!("events/{}", event.id)).await?;
    }
    let unread = |source| Stopped::Disk { what: "the mail in the outbox", source };
    let mut count = 0;
    let mut mails = fs::read_dir(folder.join("outbox")).await.map_err(unread)?;
    while let Some(mail) = mails.next_entry().await.map_err(unread)? {
        count += usize::from(mail.path().extension().is_some_and(|ending| ending == "eml"));
    }
    Ok(vec![Made::new("mails in the outbox", count)])
}

/// Waits until an event has no notice in the queue.
pub(super) async fn until_dry(client: &Client, parent: &str) -> Result<(), Stopped> {
    let wait = async {
        while count(client, parent, "state = QUEUED").await? > 0 {
            time::sleep(REST).await;
        }
        Ok(())
    };
    let late = |_| Stopped::Unexpected { step: "waiting for the mail", found: "some is still queued".to_owned() };
    time::timeout(PATIENCE, wait).await.map_err(late)?
}

/// How many of an event's notices a filter lets through.
async fn count(client: &Client, parent: &str, filter: &str) -> Result<usize, Stopped> {
    let request = v1::ListNoticesRequest {
        parent: parent.to_owned(),
        page_size: 1,
        filter: filter.to_owned(),
        ..v1::ListNoticesRequest::default()
    };
    let listed = client.notices().list_notices(request).await.at("listing the notices")?;
    Ok(usize::try_from(listed.total_size).unwrap_or_default())
}

fn unwritten(source: std::io::Error) -> Stopped {
    Stopped::Disk { what: "a letter", source }
}
