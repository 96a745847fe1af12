//! Links to files: made by who may download, opened by whoever has them, and telling nothing once they are over.

use attache_client::v1::Change;
use attache_tests::paperwork::Page;

use super::*;

async fn link(client: &Client, name: &str, lifetime: Option<i64>) -> Result<v1::CreateDownloadLinkResponse, Failure> {
    let request = v1::CreateDownloadLinkRequest {
        name: name.to_owned(),
        lifetime: lifetime.map(|seconds| prost_types::Duration { seconds, nanos: 0 }),
        ..Default::default()
    };
    Ok(client.files().create_download_link(request).await?.into_inner())
}

/// The path of a link: what follows the server's own address.
fn path(house: &House, link: &v1::CreateDownloadLinkResponse) -> String {
    link.uri.strip_prefix(&format!("http://{}", house.address)).unwrap().to_owned()
}

/// The status of an answer, and the headers that say what becomes of it.
fn told(page: &Page) -> (u16, [&str; 8]) {
    let names = [
        "content-type",
        "content-length",
        "content-disposition",
        "cache-control",
        "x-content-type-options",
        "content-security-policy",
        "referrer-policy",
        "x-robots-tag",
    ];
    (page.status, names.map(|name| page.headers.get(name).map_or("", String::as_str)))
}

/// What a link that opens nothing is answered with.
const CLOSED: &str =
    "This link opens nothing, or nothing any more. Ask for a new one.\n此链接无效或已失效，请重新获取。\n";

fn closed() -> [&'static str; 8] {
    [
        "text/plain; charset=utf-8",
        "114",
        "",
        "no-store",
        "nosniff",
        "default-src 'none'; sandbox",
        "no-referrer",
        "noindex",
    ]
}

#[tokio::test]
async fn whoever_has_a_link_downloads_the_file_under_its_name() {
    let house = house().await;
    let text = "代表团名单\n".repeat(40_000);
    let label = v1::File {
        file_name: "代表团 \"A\".html".to_owned(),
        media_type: "text/html".to_owned(),
        size_bytes: i32::try_from(text.len()).unwrap(),
        ..Default::default()
    };
    let name = upload(&house.owner, FORUM, label, text.as_bytes()).await;

    let made = link(&house.owner, &name, None).await.unwrap();
    let page = house.page(&path(&house, &made)).await;
    let head = house.head_of_page(&path(&house, &made)).await;

    let headers = [
        "text/html",
        &text.len().to_string(),
        "attachment; filename=\"___ _A_.html\"; filename*=UTF-8''%E4%BB%A3%E8%A1%A8%E5%9B%A2%20%22A%22.html",
        "no-store",
        "nosniff",
        "default-src 'none'; sandbox",
        "no-referrer",
        "noindex",
    ];
    assert_eq!(told(&page), (200, headers));
    assert_eq!((told(&head), head.body.as_str()), ((200, headers), ""));
    assert!(page.body == text, "the file is another one");
}

#[tokio::test]
async fn link_that_is_altered_or_of_a_deleted_file_opens_nothing() {
    let house = house().await;
    let name = upload(&house.owner, FORUM, label(3), b"pdf").await;
    let other = upload(&house.owner, FORUM, label(3), b"PDF").await;
    let made = path(&house, &link(&house.owner, &name, None).await.unwrap());
    let (proof, rest) = made.strip_prefix("/files/").unwrap().split_once('/').unwrap();
    let (expiry, _) = rest.split_once('/').unwrap();
    let later = expiry.parse::<i64>().unwrap() + 1;

    let altered = [
        format!("/files/{proof}/{later}/{name}"),
        format!("/files/{proof}/{expiry}/{other}"),
        format!("/files/{}/{expiry}/{name}", "0".repeat(proof.len())),
        format!("/files/{}/{expiry}/{name}", &proof[1..]),
        format!("/files//{expiry}/{name}"),
        format!("/files/{}/{expiry}/{name}", proof.to_uppercase()),
        format!("/files/{proof}/+{expiry}/{name}"),
        made.replace("events", "%65vents"),
        "/files/%FF".to_owned(),
        "/files/x".to_owned(),
    ];
    let mut answers = Vec::new();
    for altered in altered {
        answers.push(house.page(&altered).await);
    }
    let open = house.page(&made).await;
    delete(&house.owner, &name).await.unwrap();
    answers.push(house.page(&made).await);

    assert_eq!((open.status, open.body.as_str()), (200, "pdf"));
    for answer in &answers {
        assert_eq!((told(answer), answer.body.as_str()), ((404, closed()), CLOSED));
    }
}

#[tokio::test]
async fn link_is_good_for_as_long_as_was_asked_up_to_an_hour() {
    let house = house().await;
    let name = upload(&house.owner, FORUM, label(3), b"pdf").await;
    let usual = path(&house, &link(&house.owner, &name, None).await.unwrap());
    let longest = path(&house, &link(&house.owner, &name, Some(3600)).await.unwrap());

    let mut answers = Vec::new();
    for minutes in [9, 2, 48, 2] {
        house.app.clock.advance(TimeDelta::minutes(minutes));
        answers.push((house.page(&usual).await.status, house.page(&longest).await.status));
    }
    let over = house.page(&longest).await;

    assert_eq!(answers, [(200, 200), (410, 200), (410, 200), (410, 410)]);
    assert_eq!((told(&over), over.body.as_str()), ((410, closed()), CLOSED));
    for lifetime in [0, -1, 3601, i64::MAX] {
        let refused = link(&house.owner, &name, Some(lifetime)).await.unwrap_err();
        let fields: Vec<_> = refused.field_violations.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!((refused.code, fields), (Code::InvalidArgument, vec!["lifetime"]), "{lifetime}");
    }
}

#[tokio::test]
async fn link_is_made_by_who_may_download_and_leaves_an_entry() {
    let house = house().await;
    let name = upload(&house.owner, FORUM, label(3), b"pdf").await;
    let approver = house.member(Role::Approver, FORUM).await;
    let viewer = house.member(Role::Viewer, FORUM).await;

    let made = link(&approver, &name, Some(60)).await.unwrap();
    let barred = link(&viewer, &name, None).await.unwrap_err();
    let unheard = link(&approver, &format!("{FORUM}/files/{}", attache_client::fresh_request_id()), None).await;

    assert!(barred.is(ErrorReason::PermissionDenied), "{barred:?}");
    assert!(unheard.unwrap_err().is(ErrorReason::NotFound));
    let request = v1::ListChangesRequest { parent: FORUM.to_owned(), page_size: 1000, ..Default::default() };
    let mut changes = house.owner.audit().list_changes(request).await.unwrap().into_inner().changes;
    changes.retain(|change| change.verb == "linked");
    let [entry] = changes.as_slice() else { panic!("{changes:?}") };
    let expected = Change {
        name: entry.name.clone(),
        actor: approver.access().who_am_i(v1::WhoAmIRequest {}).await.unwrap().into_inner().name,
        resource: name,
        verb: "linked".to_owned(),
        create_time: made.expire_time.map(|end| prost_types::Timestamp { seconds: end.seconds - 60, ..end }),
        before: String::new(),
        after: entry.after.clone(),
    };
    assert_eq!(entry, &expected);
    let expire_time = made.expire_time.unwrap().to_string();
    assert_eq!(entry.after, format!(r#"{{"expire_time":"{expire_time}"}}"#));
}
