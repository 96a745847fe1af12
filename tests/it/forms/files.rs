//! Files as answers: who brings them and when, which are taken, and what becomes of them.

use attache_client::Client;
use attache_tests::paperwork::{SCAN, upload};
use chrono::TimeDelta;

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

/// A forum whose delegates register by themselves, and bring a curriculum vitae and perhaps a picture of their stand.
async fn forum_with_papers() -> House {
    let house = forum_with_a_dinner().await;
    let papers = vec![
        v1::FormField { required: true, ..field("cv", Kind::File) },
        v1::FormField { media_types: vec!["image/png".to_owned()], max_size_bytes: 20, ..field("stand", Kind::File) },
    ];
    set_form(&house, papers).await.done();
    house
}

async fn update(client: &Client, name: &str, answers: Vec<v1::Answer>) -> Result<Response<v1::Registration>, Status> {
    let registration = v1::Registration { name: name.to_owned(), answers, ..Default::default() };
    let update_mask = mask(&["answers"]);
    let request = v1::UpdateRegistrationRequest { registration: Some(registration), update_mask, ..Default::default() };
    client.registrations().update_registration(request).await
}

async fn delete(client: &Client, name: &str) -> Result<Response<v1::DeleteFileResponse>, Status> {
    let request = v1::DeleteFileRequest { name: name.to_owned(), ..Default::default() };
    client.files().delete_file(request).await
}

async fn get(client: &Client, name: &str) -> Result<Response<v1::File>, Status> {
    client.files().get_file(v1::GetFileRequest { name: name.to_owned() }).await
}

/// Uploads a scan to the forum.
async fn scan(client: &Client) -> String {
    upload(client, FORUM, "cv.pdf", "application/pdf", SCAN).await
}

#[tokio::test]
async fn newcomer_brings_files_by_the_link_that_their_confirmation_hands_them() {
    let house = forum_with_papers().await;
    let early = answers(&[("cv", &["events/zpark-forum-2023/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d"])]);
    let refused = violations(submit(&house, early).await);
    let submitted = submit(&house, Vec::new()).await.done();
    let line = |text: &str| text.lines().find_map(|line| line.strip_prefix("  Code: ").map(str::to_owned));
    let mailed = async || house.mail_memory().sent().iter().find_map(|mail| line(&mail.text));
    let request = v1::ConfirmSubmissionRequest { name: submitted.name, code: house.until(mailed).await };
    let confirmed = house.client(None).await.public().confirm_submission(request).await.done();

    let link = v1::Link { uri: confirmed.link_uri, ..Default::default() };
    let delegate = house.client(Some(&house.opened(&link).await.secret)).await;
    let own = delegate.public().get_mine(v1::GetMineRequest {}).await.done().registrations.remove(0);
    let without = wrong_fields(update(&delegate, &own.name, Vec::new()).await);
    let cv = scan(&delegate).await;
    let brought = answers(&[("cv", &[&cv])]);
    update(&delegate, &own.name, brought.clone()).await.done();

    assert_eq!(
        refused,
        [("answers.cv".to_owned(), "is brought by the personal link, once the registration is made".to_owned())]
    );
    assert_eq!(own.name, confirmed.registration);
    let asked = own.form.expect("a form").fields;
    assert_eq!((asked[0].kind(), asked[0].required, asked[0].max_size_bytes), (Kind::File, true, 10_485_760));
    assert_eq!(asked[0].media_types, ["application/pdf", "image/jpeg", "image/png"]);
    assert_eq!(without, ["answers.cv"]);
    assert_eq!(read(&house, &own.name).await.answers, brought);
    // Organisers read it, and so does whoever brought it; nobody deletes it while it is an answer.
    for reader in [&delegate, &house.owner] {
        assert_eq!(get(reader, &cv).await.done().name, cv);
        assert_eq!(verdict(delete(reader, &cv).await), (Code::FailedPrecondition, ErrorReason::InUse));
    }
}

#[tokio::test]
async fn file_is_taken_from_whoever_uploaded_it_when_it_is_what_the_field_asks_for() {
    let house = forum_with_papers().await;
    let zarmina = house.register("Zarmina", "").await;
    let hina = house.register("Hina", "").await;
    let [delegate, neighbour] = [house.delegate(&zarmina.person).await, house.delegate(&hina.person).await];
    let theirs = scan(&neighbour).await;
    let fake = upload(&delegate, FORUM, "cv.pdf", "application/pdf", b"MZ, not a PDF").await;
    let page = upload(&delegate, FORUM, "cv.html", "text/html", b"<script>").await;
    let large = upload(&delegate, FORUM, "stand.png", "image/png", &[PNG, PNG].concat()).await;
    let stand = upload(&delegate, FORUM, "stand.png", "image/png", PNG).await;
    let told = async |cv: &str, stand: &str| {
        violations(update(&delegate, &zarmina.name, answers(&[("cv", &[cv]), ("stand", &[stand])])).await)
    };
    let said = |field: &str, said: &str| (format!("answers.{field}"), said.to_owned());

    assert_eq!(
        told(&theirs, &large).await,
        [
            said("cv", "is not a file that was uploaded to the event, written as events/EVENT/files/FILE"),
            said("stand", "is a file of more than 20 bytes"),
        ]
    );
    assert_eq!(
        told(&page, &stand).await,
        [said("cv", "is a file of another kind than application/pdf, image/jpeg, image/png")]
    );
    assert_eq!(told(&fake, &stand).await, [said("cv", "is a file that does not hold a whole application/pdf")]);
    assert_eq!(verdict(get(&delegate, &theirs).await), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(delete(&delegate, &theirs).await), (Code::NotFound, ErrorReason::NotFound));

    // What another one uploaded an organiser may still put there; what the person answers next keeps it.
    update(&house.owner, &zarmina.name, answers(&[("cv", &[&theirs])])).await.done();
    update(&delegate, &zarmina.name, answers(&[("cv", &[&theirs]), ("stand", &[&stand])])).await.done();
    update(&delegate, &zarmina.name, answers(&[("cv", &[&theirs])])).await.done();
    delete(&delegate, &stand).await.done();
    assert_eq!(verdict(get(&house.owner, &stand).await), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(delete(&neighbour, &theirs).await), (Code::FailedPrecondition, ErrorReason::InUse));
}

/// Whoever registered at the last minute has their papers still to bring.
#[tokio::test]
async fn missing_file_is_brought_after_registration_closed_and_nothing_else_is_changed_then() {
    let house = forum_with_papers().await;
    let registered = house.register("Zarmina", "").await;
    let delegate = house.delegate(&registered.person).await;
    let cv = scan(&delegate).await;
    let another = scan(&delegate).await;
    let close_time = house.app.clock.now() + TimeDelta::hours(1);
    let close_time = prost_types::Timestamp { seconds: close_time.timestamp(), nanos: 0 };
    let event = v1::Event { name: FORUM.to_owned(), registration_close_time: Some(close_time), ..Default::default() };
    let request = v1::UpdateEventRequest { event: Some(event), ..Default::default() };
    house.owner.events().update_event(request).await.done();
    house.app.clock.advance(TimeDelta::hours(2));

    update(&delegate, &registered.name, answers(&[("cv", &[&cv])])).await.done();
    let refused = update(&delegate, &registered.name, answers(&[("cv", &[&another])])).await;

    assert_eq!(verdict(refused), (Code::FailedPrecondition, ErrorReason::RegistrationClosed));
    assert_eq!(read(&house, &registered.name).await.answers, answers(&[("cv", &[&cv])]));
}

#[tokio::test]
async fn file_field_says_what_it_takes_in_media_types_and_bytes() {
    let house = forum_with_papers().await;
    let fields = [
        v1::FormField { media_types: vec!["pdf".to_owned()], ..field("a", Kind::File) },
        v1::FormField { max_size_bytes: 40_000_000, ..field("b", Kind::File) },
        v1::FormField { media_types: vec!["image/png".to_owned()], max_size_bytes: 1, ..field("c", Kind::Text) },
    ];
    let [badly, idly] = [fields[..2].to_vec(), fields[2..].to_vec()];

    assert_eq!(
        wrong_fields(set_form(&house, badly).await),
        ["category.form_fields[0].media_types", "category.form_fields[1].max_size_bytes"]
    );
    assert_eq!(
        wrong_fields(set_form(&house, idly).await),
        ["category.form_fields[0].media_types", "category.form_fields[0].max_size_bytes"]
    );
}
