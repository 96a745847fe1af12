//! Files through the whole house.

use attache_client::{
    Client, Code, Failure,
    v1::{self, ErrorReason, FileState, NoticeState, Role},
};
use attache_server::mail::transport::{Cause, SendError};
use attache_tests::{
    House, boot, database,
    fixtures::{FORUM, ZBRA, text},
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, Database};

mod links;

/// A file that nobody has, under the organisation that everybody knows.
const UNHEARD: &str = "organizations/zbra/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

/// The first bytes of a PNG.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

async fn house() -> House {
    let house = boot().await;
    house.forum_with_seats(5).await;
    house
}

fn label(size: usize) -> v1::File {
    v1::File {
        file_name: "stamp.png".to_owned(),
        media_type: "image/png".to_owned(),
        size_bytes: i32::try_from(size).unwrap(),
        ..Default::default()
    }
}

/// Bytes of which no two neighbouring pieces are alike.
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|index| u8::try_from(index % 251).unwrap()).collect()
}

async fn start(client: &Client, parent: &str, file: v1::File) -> Result<v1::File, Failure> {
    let request = v1::StartUploadRequest { parent: parent.to_owned(), file: Some(file), ..Default::default() };
    Ok(client.files().start_upload(request).await?.into_inner())
}

async fn append(client: &Client, name: &str, offset: i32, data: &[u8]) -> Result<v1::File, Failure> {
    let request = v1::AppendUploadRequest { name: name.to_owned(), offset, data: data.to_vec() };
    Ok(client.files().append_upload(request).await?.into_inner())
}

async fn finish(client: &Client, name: &str) -> Result<v1::File, Failure> {
    let request = v1::FinishUploadRequest { name: name.to_owned(), ..Default::default() };
    Ok(client.files().finish_upload(request).await?.into_inner())
}

async fn get(client: &Client, name: &str) -> Result<v1::File, Failure> {
    let request = v1::GetFileRequest { name: name.to_owned() };
    Ok(client.files().get_file(request).await?.into_inner())
}

/// Gives the pieces of a download.
async fn download(client: &Client, name: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let request = v1::DownloadFileRequest { name: name.to_owned() };
    let mut stream = client.files().download_file(request).await?.into_inner();
    let mut pieces = Vec::new();
    while let Some(piece) = stream.message().await? {
        pieces.push(piece.data);
    }
    Ok(pieces)
}

async fn delete(client: &Client, name: &str) -> Result<v1::DeleteFileResponse, Failure> {
    let request = v1::DeleteFileRequest { name: name.to_owned(), ..Default::default() };
    Ok(client.files().delete_file(request).await?.into_inner())
}

/// Uploads a file whole, and gives its name.
async fn upload(client: &Client, parent: &str, file: v1::File, data: &[u8]) -> String {
    let name = start(client, parent, file).await.unwrap().name;
    append(client, &name, 0, data).await.unwrap();
    finish(client, &name).await.unwrap();
    name
}

async fn set_stamp(client: &Client, file: &str) -> Result<v1::Organization, Failure> {
    let organization = v1::Organization { name: ZBRA.to_owned(), stamp_file: file.to_owned(), ..Default::default() };
    let update_mask = Some(prost_types::FieldMask { paths: vec!["stamp_file".to_owned()] });
    let request = v1::UpdateOrganizationRequest { organization: Some(organization), update_mask, ..Default::default() };
    Ok(client.organizations().update_organization(request).await?.into_inner())
}

#[tokio::test]
async fn file_brought_in_pieces_comes_back_as_it_was() {
    let house = house().await;
    let whole = bytes(700_000);

    let begun = start(&house.owner, ZBRA, label(whole.len())).await.unwrap();
    let half = append(&house.owner, &begun.name, 0, &whole[..300_000]).await.unwrap();
    append(&house.owner, &begun.name, 300_000, &whole[300_000..300_001]).await.unwrap();
    append(&house.owner, &begun.name, 300_001, &whole[300_001..]).await.unwrap();
    let finished = finish(&house.owner, &begun.name).await.unwrap();

    let expected = v1::File {
        name: begun.name.clone(),
        state: FileState::Uploading.into(),
        create_time: begun.create_time,
        ..label(whole.len())
    };
    assert_eq!(begun, expected);
    assert_eq!(half, v1::File { received_bytes: 300_000, ..expected.clone() });
    let complete = v1::File {
        received_bytes: 700_000,
        state: FileState::Complete.into(),
        digest: finished.digest.clone(),
        ..expected
    };
    assert_eq!(finished, complete);
    assert_eq!(finished.digest.len(), 64);
    assert_eq!(get(&house.owner, &begun.name).await, Ok(finished.clone()));
    let pieces = download(&house.owner, &begun.name).await.unwrap();
    assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [262_144, 262_144, 175_712]);
    assert_eq!(pieces.concat(), whole);
    let same = upload(&house.owner, FORUM, label(whole.len()), &whole).await;
    assert_eq!(get(&house.owner, &same).await.unwrap().digest, finished.digest);
}

#[tokio::test]
async fn piece_that_does_not_fit_is_refused_and_one_sent_again_is_not() {
    let house = house().await;
    let name = start(&house.owner, ZBRA, label(10)).await.unwrap().name;
    let first = append(&house.owner, &name, 0, b"01234").await.unwrap();

    let again = append(&house.owner, &name, 0, b"01234").await;
    let within = append(&house.owner, &name, 2, b"23").await;

    assert_eq!((again, within), (Ok(first.clone()), Ok(first.clone())));
    for (offset, data) in [(0, b"0123X".as_slice()), (2, b"234567"), (6, b"6"), (5, b"567890"), (9, b"9")] {
        let refused = append(&house.owner, &name, offset, data).await.unwrap_err();
        assert_eq!(refused.code, Code::FailedPrecondition);
        assert!(refused.is(ErrorReason::FileIncomplete), "{offset}: {refused:?}");
        assert_eq!(refused.metadata["resource"], name);
    }
    assert_eq!(get(&house.owner, &name).await, Ok(first));
}

#[tokio::test]
async fn file_short_of_its_size_is_neither_finished_nor_given_out() {
    let house = house().await;
    let name = start(&house.owner, ZBRA, label(10)).await.unwrap().name;
    append(&house.owner, &name, 0, b"012345678").await.unwrap();

    let refused = [finish(&house.owner, &name).await.err(), download(&house.owner, &name).await.err()];

    for refused in refused {
        assert!(refused.unwrap().is(ErrorReason::FileIncomplete));
    }
}

#[tokio::test]
async fn upload_begun_or_finished_twice_by_one_request_is_one() {
    let house = house().await;
    let request = v1::StartUploadRequest {
        parent: ZBRA.to_owned(),
        file: Some(label(1)),
        request_id: attache_client::fresh_request_id(),
        validate_only: false,
    };

    let once = house.owner.files().start_upload(request.clone()).await.unwrap().into_inner();
    let again = house.owner.files().start_upload(request).await.unwrap().into_inner();

    assert_eq!(once, again);
    append(&house.owner, &once.name, 0, b"0").await.unwrap();
    let finished = finish(&house.owner, &once.name).await;
    assert!(finished.is_ok());
    assert_eq!(finish(&house.owner, &once.name).await, finished);
}

#[tokio::test]
async fn every_wrong_field_of_an_upload_is_told_at_once() {
    let house = house().await;
    let file = v1::File {
        file_name: "../stamp.png".to_owned(),
        media_type: "png".to_owned(),
        size_bytes: 33_554_433,
        ..Default::default()
    };

    let refused = [
        start(&house.owner, "zbra", file).await.unwrap_err(),
        append(&house.owner, "stamp.png", -1, &vec![0; 1_048_577]).await.unwrap_err(),
        append(&house.owner, UNHEARD, 0, b"").await.unwrap_err(),
    ];

    let fields = refused.map(|failure| {
        assert_eq!(failure.code, Code::InvalidArgument);
        failure.field_violations.iter().map(|violation| violation.field.clone()).collect::<Vec<_>>()
    });
    assert_eq!(fields[0], ["parent", "file.file_name", "file.media_type", "file.size_bytes"]);
    assert_eq!(fields[1], ["name", "offset", "data"]);
    assert_eq!(fields[2], ["data"]);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let house = house().await;

    let refused = [
        start(&house.owner, "organizations/unheard", label(1)).await.err(),
        start(&house.owner, "events/unheard", label(1)).await.err(),
        append(&house.owner, UNHEARD, 0, b"0").await.err(),
        finish(&house.owner, UNHEARD).await.err(),
        get(&house.owner, UNHEARD).await.err(),
        download(&house.owner, UNHEARD).await.err(),
        delete(&house.owner, UNHEARD).await.err(),
    ];

    for refused in refused {
        let refused = refused.unwrap();
        assert!(refused.is(ErrorReason::NotFound), "{refused:?}");
    }
}

#[tokio::test]
async fn events_files_are_kept_by_organisers_and_read_by_approvers_but_not_by_viewers() {
    let house = house().await;
    let organizer = house.member(Role::Organizer, FORUM).await;
    let name = upload(&organizer, FORUM, label(3), b"pdf").await;

    let approver = house.member(Role::Approver, FORUM).await;
    assert_eq!(download(&approver, &name).await, Ok(vec![b"pdf".to_vec()]));
    assert!(get(&approver, &name).await.is_ok());
    let viewer = house.member(Role::Viewer, FORUM).await;
    let refused = [
        start(&approver, FORUM, label(1)).await.err(),
        append(&approver, &name, 0, b"pdf").await.err(),
        finish(&approver, &name).await.err(),
        delete(&approver, &name).await.err(),
        get(&viewer, &name).await.err(),
        download(&viewer, &name).await.err(),
        start(&viewer, ZBRA, label(1)).await.err(),
        start(&organizer, "events/unheard", label(1)).await.err(),
        start(&organizer, "organizations/unheard", label(1)).await.err(),
    ];

    for refused in refused {
        let refused = refused.unwrap();
        assert!(refused.is(ErrorReason::PermissionDenied), "{refused:?}");
    }
    let nobody = house.client(None).await;
    for refused in [get(&nobody, &name).await.err(), download(&nobody, &name).await.err()] {
        assert!(refused.unwrap().is(ErrorReason::TokenInvalid));
    }
    assert_eq!(delete(&organizer, &name).await, Ok(v1::DeleteFileResponse {}));
    assert!(get(&organizer, &name).await.unwrap_err().is(ErrorReason::NotFound));
}

#[tokio::test]
async fn stamp_is_a_complete_png_of_the_organisations_own() {
    let house = house().await;
    let incomplete = start(&house.owner, ZBRA, label(PNG.len())).await.unwrap().name;
    let foreign = upload(&house.owner, FORUM, label(PNG.len()), PNG).await;
    let disguised = upload(&house.owner, ZBRA, label(5), b"%PDF-").await;
    let jpeg = v1::File { media_type: "image/jpeg".to_owned(), ..label(PNG.len()) };
    let mislabelled = upload(&house.owner, ZBRA, jpeg, PNG).await;
    let stamp = upload(&house.owner, ZBRA, label(PNG.len()), PNG).await;

    for (file, reason) in [
        (incomplete.as_str(), ErrorReason::FileIncomplete),
        (foreign.as_str(), ErrorReason::NotFound),
        (UNHEARD, ErrorReason::NotFound),
        (disguised.as_str(), ErrorReason::InvalidFields),
        (mislabelled.as_str(), ErrorReason::InvalidFields),
    ] {
        let refused = set_stamp(&house.owner, file).await.unwrap_err();
        assert!(refused.is(reason), "{reason:?}: {refused:?}");
    }
    assert_eq!(set_stamp(&house.owner, &stamp).await.unwrap().stamp_file, stamp);

    let in_use = delete(&house.owner, &stamp).await.unwrap_err();
    assert!(in_use.is(ErrorReason::InUse), "{in_use:?}");
    assert_eq!(in_use.metadata["referrer"], "organization");
    set_stamp(&house.owner, "").await.unwrap();
    assert_eq!(delete(&house.owner, &stamp).await, Ok(v1::DeleteFileResponse {}));
    assert!(download(&house.owner, &stamp).await.unwrap_err().is(ErrorReason::NotFound));
}

#[tokio::test]
async fn organisation_does_not_begin_with_another_ones_stamp() {
    let house = house().await;
    let stamp = upload(&house.owner, ZBRA, label(PNG.len()), PNG).await;
    let organization = v1::Organization { title: Some(text("Other", "")), stamp_file: stamp, ..Default::default() };
    let request = v1::CreateOrganizationRequest { organization: Some(organization), ..Default::default() };

    let refused: Failure = house.owner.organizations().create_organization(request).await.unwrap_err().into();

    assert!(refused.is(ErrorReason::NotFound), "{refused:?}");
}

/// Changes one row behind the server's back, while it is closed.
async fn tamper(mut house: House, statement: &str) -> House {
    house.close().await;
    let database = Database::connect(database::address(&house.database)).await.unwrap();
    let changed = database.execute_unprepared(statement).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
    database.close().await.unwrap();
    house.reopen().await
}

#[tokio::test]
async fn file_attached_to_a_notice_is_in_use() {
    let house = house().await;
    let name = upload(&house.owner, FORUM, label(3), b"pdf").await;
    house.register("Zarmina", "zarmina@example.org").await;
    house.mail().await;
    let house = tamper(house, &format!("UPDATE notices SET attachments = '[\"{name}\"]'")).await;

    let refused = delete(&house.owner, &name).await.unwrap_err();

    assert!(refused.is(ErrorReason::InUse), "{refused:?}");
    assert_eq!(refused.metadata["referrer"], "notice");
}

#[tokio::test]
async fn notice_whose_attachment_is_gone_is_not_sent_without_it_and_says_why() {
    let house = house().await;
    house.mail_memory().fail_next(1, SendError::Transient(Cause::Timeout));
    house.register("Zarmina", "zarmina@example.org").await;
    let tried = async |house: &House, times: i32| {
        let request = v1::ListNoticesRequest { parent: FORUM.to_owned(), ..Default::default() };
        let notice = house.owner.notices().list_notices(request).await.unwrap().into_inner().notices.remove(0);
        (notice.attempts == times).then_some(notice)
    };
    house.until(async || tried(&house, 1).await).await;
    let gone = format!("{FORUM}/files/{}", attache_client::fresh_request_id());
    let house = tamper(house, &format!("UPDATE notices SET attachments = '[\"{gone}\"]'")).await;

    house.pass(TimeDelta::minutes(2)).await;
    let notice = house.until(async || tried(&house, 2).await).await;

    assert_eq!((notice.state(), notice.last_error.as_str()), (NoticeState::Queued, "an attached file does not exist"));
    assert_eq!(house.mail_memory().sent(), []);
}

#[tokio::test]
async fn piece_put_in_another_ones_place_does_not_open() {
    let house = house().await;
    let whole = bytes(600_000);
    let name = upload(&house.owner, ZBRA, label(whole.len()), &whole).await;
    let second = "SELECT sealed FROM file_pieces WHERE \"offset\" = 262144";
    let house = tamper(house, &format!("UPDATE file_pieces SET sealed = ({second}) WHERE \"offset\" = 0")).await;

    let failed = download(&house.owner, &name).await.unwrap_err();

    assert!(failed.is(ErrorReason::Internal), "{failed:?}");
}
