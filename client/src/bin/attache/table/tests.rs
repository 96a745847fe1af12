use attache_client::{DESCRIPTOR_SET, v1};
use prost_reflect::DescriptorPool;
use prost_types::Timestamp;

use super::*;

fn dynamic(name: &str, message: &impl prost::Message) -> DynamicMessage {
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).unwrap();
    let mut dynamic = DynamicMessage::new(pool.get_message_by_name(&format!("attache.v1.{name}")).unwrap());
    dynamic.transcode_from(message).unwrap();
    dynamic
}

fn registration(id: &str, state: v1::RegistrationState) -> v1::Registration {
    v1::Registration {
        name: format!("events/forum/registrations/{id}"),
        category: "events/forum/categories/delegate".to_owned(),
        state: state.into(),
        create_time: Some(Timestamp { seconds: 1_690_848_000, nanos: 0 }),
        etag: "1".to_owned(),
        ..Default::default()
    }
}

#[test]
fn a_list_shows_what_differs_and_where_it_is() {
    let page = v1::ListRegistrationsResponse {
        registrations: vec![
            registration("a", v1::RegistrationState::Confirmed),
            v1::Registration { waiting_position: 3, ..registration("b", v1::RegistrationState::Waiting) },
        ],
        next_page_token: "AB".to_owned(),
        total_size: 9,
    };

    let shown = show(&dynamic("ListRegistrationsResponse", &page), None);

    assert_eq!(
        shown.table.lines().collect::<Vec<_>>(),
        [
            "NAME  CATEGORY  STATE      WAITING POSITION  CREATE",
            "a     delegate  confirmed                    2023-08-01 00:00Z",
            "b     delegate  waiting    3                 2023-08-01 00:00Z",
        ]
    );
    assert_eq!(shown.note, "2 of 9 in events/forum/registrations; --all for all, or --page-token AB for the next");
}

#[test]
fn a_list_that_is_longer_than_it_is_counted_says_so() {
    let page = v1::ListRegistrationsResponse {
        registrations: vec![registration("a", v1::RegistrationState::Confirmed)],
        total_size: 1001,
        ..Default::default()
    };

    let shown = show(&dynamic("ListRegistrationsResponse", &page), None);

    assert_eq!(shown.note, "1 of more than 1000 in events/forum/registrations");
}

#[test]
fn columns_that_do_not_fit_are_left_out() {
    let page = v1::ListRegistrationsResponse {
        registrations: vec![registration("a", v1::RegistrationState::Confirmed)],
        ..Default::default()
    };

    let shown = show(&dynamic("ListRegistrationsResponse", &page), Some(30));

    assert_eq!(shown.table.lines().collect::<Vec<_>>(), ["NAME  CATEGORY  STATE", "a     delegate  confirmed"]);
    assert_eq!(shown.note, "1 in events/forum/registrations");
}

#[test]
fn one_thing_shows_everything_that_is_set() {
    let event = v1::Event {
        name: "events/forum".to_owned(),
        title: Some(v1::LocalizedText { en: "Forum\u{1b}[2J".to_owned(), zh: "论坛".to_owned() }),
        start_time: Some(v1::ZonedTime {
            local_time: "2023-09-05T09:40".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            instant_time: None,
        }),
        hosts: vec![v1::EventHost { organization: "organizations/a".to_owned(), role: 2 }],
        specimen: true,
        state: v1::EventState::Active.into(),
        ..Default::default()
    };

    let shown = show(&dynamic("Event", &event), None);

    assert_eq!(
        shown.table.lines().collect::<Vec<_>>(),
        [
            "name                   events/forum",
            "title                  Forum\u{fffd}[2J",
            "start_time             2023-09-05 09:40 Asia/Shanghai",
            "hosts[0].organization  organizations/a",
            "hosts[0].role          co_host",
            "state                  active",
            "specimen               yes",
        ]
    );
}
