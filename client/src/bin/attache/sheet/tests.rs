use attache_client::{DESCRIPTOR_SET, v1};
use prost_reflect::{DescriptorPool, ReflectMessage as _};
use prost_types::Timestamp;

use super::*;

fn dynamic(name: &str, message: &impl prost::Message) -> DynamicMessage {
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).unwrap();
    let mut dynamic = DynamicMessage::new(pool.get_message_by_name(&format!("attache.v1.{name}")).unwrap());
    dynamic.transcode_from(message).unwrap();
    dynamic
}

/// The sheet of an answer, header and rows.
fn laid_out(name: &str, message: &impl prost::Message) -> Vec<Vec<String>> {
    let answer = dynamic(name, message);
    let sheet = Sheet::of(&answer.descriptor());
    [sheet.header()].into_iter().chain(sheet.rows(&answer).unwrap()).collect()
}

#[test]
fn a_page_is_a_row_an_item_and_its_header_is_the_same_without_any() {
    let title = Some(v1::LocalizedText { en: "=HYPERLINK(\"x\")".to_owned(), zh: "一号厅, 左".to_owned() });
    let room = v1::Room {
        name: "events/forum/rooms/1".to_owned(),
        title,
        capacity: Some(-40),
        floor: "-1".to_owned(),
        create_time: Some(Timestamp { seconds: 1_690_848_000, nanos: 0 }),
        ..Default::default()
    };

    let empty = laid_out("ListRoomsResponse", &v1::ListRoomsResponse::default());
    let full = laid_out("ListRoomsResponse", &v1::ListRoomsResponse { rooms: vec![room], ..Default::default() });

    let header =
        "name title.en title.zh capacity floor description.en description.zh create_time update_time etag".split(' ');
    assert_eq!(empty, [header.map(str::to_owned).collect::<Vec<_>>()]);
    let row = [
        "events/forum/rooms/1",
        "'=HYPERLINK(\"x\")",
        "一号厅, 左",
        "-40",
        "'-1",
        "",
        "",
        "2023-08-01T00:00:00Z",
        "",
        "",
    ];
    assert_eq!(full, [empty[0].clone(), row.map(str::to_owned).to_vec()]);
}

#[test]
fn what_is_repeated_stands_in_one_cell() {
    let finding = v1::ScheduleFinding {
        reason: "person_double_booked".to_owned(),
        severity: v1::FindingSeverity::Error.into(),
        sessions: vec!["events/forum/sessions/1".to_owned(), "events/forum/sessions/2".to_owned()],
        ..Default::default()
    };
    let failure = v1::JobFailure { resource: "line 1".to_owned(), ..Default::default() };
    let job = v1::Job { failures: vec![failure], ..Default::default() };

    let findings = laid_out("CheckScheduleResponse", &v1::CheckScheduleResponse { findings: vec![finding] });
    let job = laid_out("Job", &job);

    assert_eq!(
        findings[1][..4],
        ["person_double_booked", "FINDING_SEVERITY_ERROR", "", "events/forum/sessions/1; events/forum/sessions/2"]
    );
    let failures = job[0].iter().position(|column| column == "failures").unwrap();
    assert_eq!(job[1][failures], r#"[{"description":"","reason":"","resource":"line 1"}]"#);
}

#[test]
fn every_answer_of_the_api_has_a_header_without_doubles() {
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).unwrap();

    for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let header = Sheet::of(&method.output()).header();
        let names: std::collections::BTreeSet<_> = header.iter().collect();
        assert_eq!(names.len(), header.len(), "{}", method.full_name());
    }
}

#[test]
fn cells_are_quoted_where_they_have_to_be() {
    let mut bytes = Vec::new();

    write([vec!["a,b".to_owned(), "say \"x\"".to_owned(), "two\nlines".to_owned(), String::new()]], &mut bytes)
        .unwrap();

    assert_eq!(String::from_utf8(bytes).unwrap(), "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\n");
}
