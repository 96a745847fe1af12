use attache_client::v1;
use prost::Message;
use prost_types::{FieldMask, Timestamp};

use super::*;
use crate::tree::{self, Api};

/// The request that a command line makes, or what it is refused with.
fn requested<M: Message + Default>(line: &[&str]) -> Result<M, String> {
    let api = Api::load().unwrap();
    let words = ["attache"].iter().chain(line);
    let matches = tree::command(&api).try_get_matches_from(words).map_err(|error| error.to_string())?;
    let (noun, below) = matches.subcommand().unwrap();
    let (verb, arguments) = below.subcommand().unwrap();
    let rpc = api.find(Some(noun), verb).unwrap();
    let request = request(&rpc.method, &rpc.place, &rpc.inputs, arguments)?;
    Ok(request.transcode_to().unwrap())
}

fn texts(en: &str) -> v1::LocalizedText {
    v1::LocalizedText { en: en.to_owned(), ..Default::default() }
}

#[test]
fn fields_of_a_resource_are_flags() {
    let request: v1::CreateEventRequest = requested(&[
        "event",
        "create",
        "--event-id=forum",
        "--title=Forum",
        "--start-time=2023-09-05T09:40 Asia/Shanghai",
        "--end-time.local-time=2023-09-05T17:40",
        "--end-time.time-zone=Asia/Shanghai",
        "--controller=organizations/zbra",
        r#"--hosts={"organization": "organizations/a", "role": "EVENT_HOST_ROLE_HOST"}"#,
        r#"--hosts={"organization": "organizations/b"}"#,
        "--venue.city=Beijing",
        r#"--venue={"city": "Karachi", "regionCode": "CN"}"#,
        "--venue.address-lines=Gate 1",
        "--venue.address-lines=Hall 2",
        "--registration-open-time=2023-08-01T08:00:00+08:00",
        "--specimen",
        "--request-id=0",
    ])
    .unwrap();

    let time = |local_time: &str| {
        let (local_time, time_zone) = (local_time.to_owned(), "Asia/Shanghai".to_owned());
        Some(v1::ZonedTime { local_time, time_zone, instant_time: None })
    };
    let host = |organization: &str, role| v1::EventHost { organization: organization.to_owned(), role };
    let event = v1::Event {
        title: Some(texts("Forum")),
        start_time: time("2023-09-05T09:40"),
        end_time: time("2023-09-05T17:40"),
        controller: "organizations/zbra".to_owned(),
        hosts: vec![host("organizations/a", 1), host("organizations/b", 0)],
        venue: Some(v1::Venue {
            title: None,
            address_lines: vec!["Gate 1".to_owned(), "Hall 2".to_owned()],
            city: "Beijing".to_owned(),
            region_code: "CN".to_owned(),
            ..Default::default()
        }),
        registration_open_time: Some(Timestamp { seconds: 1_690_848_000, nanos: 0 }),
        specimen: true,
        ..Default::default()
    };
    let (event_id, request_id) = ("forum".to_owned(), "0".to_owned());
    assert_eq!(request, v1::CreateEventRequest { event: Some(event), event_id, request_id, validate_only: false });
}

#[test]
fn an_update_masks_what_was_given() {
    let line = ["event", "update", "events/forum", "--title.zh=论坛", "--etag=7", "--contact-email=", "--request-id=0"];

    let request: v1::UpdateEventRequest = requested(&line).unwrap();

    let event = v1::Event {
        name: "events/forum".to_owned(),
        title: Some(v1::LocalizedText { zh: "论坛".to_owned(), ..Default::default() }),
        etag: "7".to_owned(),
        ..Default::default()
    };
    let mask = FieldMask { paths: vec!["contact_email".to_owned(), "title.zh".to_owned()] };
    assert_eq!(
        request,
        v1::UpdateEventRequest {
            event: Some(event),
            update_mask: Some(mask),
            request_id: "0".to_owned(),
            validate_only: false
        }
    );
}

#[test]
fn flags_are_set_over_data_and_both_are_masked() {
    let data =
        r#"{"event": {"name": "events/a", "specimen": true, "contactEmail": "a@example.org"}, "requestId": "0"}"#;

    let request: v1::UpdateEventRequest = requested(&["event", "update", "events/b", "--data", data]).unwrap();

    let event = v1::Event {
        name: "events/b".to_owned(),
        contact_email: "a@example.org".to_owned(),
        specimen: true,
        ..Default::default()
    };
    let mask = FieldMask { paths: vec!["contact_email".to_owned(), "specimen".to_owned()] };
    assert_eq!(
        request,
        v1::UpdateEventRequest {
            event: Some(event),
            update_mask: Some(mask),
            request_id: "0".to_owned(),
            validate_only: false
        }
    );
}

#[test]
fn what_a_call_is_about_is_positional() {
    let issue: v1::IssueLettersRequest =
        requested(&["letter", "issue", "events/x", "events/x/letters/a", "events/x/letters/b"]).unwrap();
    let verify: v1::VerifyLetterRequest = requested(&["letter", "verify", "CODE"]).unwrap();
    let list: v1::ListRegistrationsRequest =
        requested(&["registration", "list", "events/x", "--view", "Full", "--page-size=7"]).unwrap();

    assert_eq!(
        (issue.parent.as_str(), issue.names),
        ("events/x", vec!["events/x/letters/a".to_owned(), "events/x/letters/b".to_owned()])
    );
    assert_eq!(verify, v1::VerifyLetterRequest { code: "CODE".to_owned() });
    let expected = v1::ListRegistrationsRequest {
        parent: "events/x".to_owned(),
        page_size: 7,
        view: v1::RegistrationView::Full.into(),
        ..Default::default()
    };
    assert_eq!(list, expected);
}

#[test]
fn a_write_gets_a_request_id_and_each_another() {
    let line = ["event", "cancel", "events/x"];
    let one: v1::CancelEventRequest = requested(&line).unwrap();
    let other: v1::CancelEventRequest = requested(&line).unwrap();

    assert_eq!(one.request_id.len(), 36);
    assert_ne!(one.request_id, other.request_id);
}

#[test]
fn enums_are_typed_short_or_long_in_any_case() {
    let bearer = |value: &str| {
        let data = r#"--data={"parent": "events/x"}"#;
        let request = requested::<v1::RequestLetterRequest>(&["letter", "request", data, "--expense-bearer", value]);
        request.map(|request| request.letter.unwrap().expense_bearer())
    };

    assert_eq!(bearer("inviter"), Ok(v1::ExpenseBearer::Inviter));
    assert_eq!(bearer("SENDER"), Ok(v1::ExpenseBearer::Sender));
    assert_eq!(bearer("EXPENSE_BEARER_SENDER"), Ok(v1::ExpenseBearer::Sender));
    assert!(bearer("nobody").unwrap_err().contains("[possible values: sender, inviter]"));
}

#[test]
fn fields_named_like_a_flag_of_the_program_go_by_their_path() {
    let request: v1::AppendUploadRequest =
        requested(&["file", "append-upload", "events/x/files/y", "--offset=3", "--request.data=abc"]).unwrap();

    let expected = v1::AppendUploadRequest { name: "events/x/files/y".to_owned(), offset: 3, data: b"abc".to_vec() };
    assert_eq!(request, expected);
}

#[test]
fn wrong_values_are_refused_under_their_flag() {
    let refused = |flag: &str| requested::<v1::UpdateEventRequest>(&["event", "update", "events/x", flag]).unwrap_err();

    assert!(refused("--registration-open-time=tomorrow").contains("'--registration-open-time <TIME>': not a time as"));
    assert!(refused("--venue={").contains("'--venue <JSON>': EOF while parsing"));
    assert!(refused("--data={\"evnt\": {}}").starts_with("--data: "));
    assert!(requested::<v1::GetEventRequest>(&["event", "get"]).unwrap_err().contains("<NAME>"));
}

#[test]
fn a_dry_run_is_asked_of_the_server() {
    let tried: v1::ConfirmRegistrationRequest =
        requested(&["registration", "confirm", "events/forum/registrations/1", "--dry-run"]).unwrap();
    let done: v1::ConfirmRegistrationRequest =
        requested(&["registration", "confirm", "events/forum/registrations/1"]).unwrap();

    assert_eq!((tried.validate_only, done.validate_only), (true, false));
}
