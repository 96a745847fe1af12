//! Hotel rooms, vehicles and interpreters through the whole house.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, ResourceKind},
};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, text},
};

fn coach() -> v1::Resource {
    v1::Resource {
        kind: ResourceKind::Vehicle.into(),
        title: Some(text("Coach, seats", "大巴座位")),
        capacity: 33,
        city: "Beijing".to_owned(),
        contact_name: "Driver".to_owned(),
        contact_phone_number: "+86 10 5550 0101".to_owned(),
        ..Default::default()
    }
}

fn creating(resource: v1::Resource) -> v1::CreateResourceRequest {
    v1::CreateResourceRequest { parent: FORUM.to_owned(), resource: Some(resource), ..Default::default() }
}

async fn house_with_coach() -> (House, v1::Resource) {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let coach = house.owner.resources().create_resource(creating(coach())).await.unwrap().into_inner();
    (house, coach)
}

#[tokio::test]
async fn a_resource_is_created_read_listed_and_deleted() {
    let (house, created) = house_with_coach().await;
    let v1::Resource { name, create_time, update_time, etag, .. } = created.clone();
    assert_eq!(created, v1::Resource { name: name.clone(), create_time, update_time, etag, ..coach() });

    let interpreters = v1::Resource { kind: ResourceKind::Interpreter.into(), capacity: 2, ..coach() };
    house.owner.resources().create_resource(creating(interpreters)).await.unwrap();
    let read = house.owner.resources().get_resource(v1::GetResourceRequest { name: name.clone() }).await.unwrap();
    let filter = "kind = VEHICLE AND city = Beijing".to_owned();
    let request = v1::ListResourcesRequest { parent: FORUM.to_owned(), filter, ..Default::default() };
    let listed = house.owner.resources().list_resources(request).await.unwrap().into_inner();
    assert_eq!(read.into_inner(), created);
    assert_eq!((listed.resources, listed.total_size), (vec![created], 1));

    let request = v1::DeleteResourceRequest { name: name.clone(), ..Default::default() };
    house.owner.resources().delete_resource(request).await.unwrap();
    let gone: Failure = house.owner.resources().get_resource(v1::GetResourceRequest { name }).await.unwrap_err().into();
    assert!(gone.is(ErrorReason::NotFound), "{gone:?}");
}

#[tokio::test]
async fn an_update_changes_the_named_fields_unless_somebody_was_faster() {
    let (house, created) = house_with_coach().await;
    let update = v1::Resource { capacity: 19, contact_name: String::new(), ..created.clone() };
    let update_mask = Some(prost_types::FieldMask { paths: vec!["capacity".to_owned(), "contact_name".to_owned()] });
    let request = v1::UpdateResourceRequest { resource: Some(update), update_mask, ..Default::default() };

    let updated = house.owner.resources().update_resource(request.clone()).await.unwrap().into_inner();
    let stale: Failure = house.owner.resources().update_resource(request).await.unwrap_err().into();

    let expected = v1::Resource { capacity: 19, contact_name: String::new(), etag: updated.etag.clone(), ..created };
    assert_eq!(updated, v1::Resource { update_time: updated.update_time, ..expected });
    assert!(stale.is(ErrorReason::EtagMismatch), "{stale:?}");
}

#[tokio::test]
async fn every_wrong_field_of_a_resource_is_told_at_once() {
    let (house, _) = house_with_coach().await;
    let wrong = v1::Resource { city: "x".repeat(101), ..v1::Resource::default() };

    let failure: Failure = house.owner.resources().create_resource(creating(wrong)).await.unwrap_err().into();

    let fields: Vec<&str> = failure.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(failure.code, Code::InvalidArgument);
    assert_eq!(fields, ["resource.kind", "resource.title", "resource.capacity", "resource.city"]);
}

#[tokio::test]
async fn resources_are_for_those_who_organise_the_event() {
    let (house, created) = house_with_coach().await;
    let viewer = house.member(v1::Role::Viewer, FORUM).await;
    let stranger = house.client(None).await;

    let read = viewer.resources().get_resource(v1::GetResourceRequest { name: created.name.clone() }).await;
    let denied: Failure = viewer.resources().create_resource(creating(coach())).await.unwrap_err().into();
    let unknown: Failure = stranger.resources().create_resource(creating(coach())).await.unwrap_err().into();

    assert_eq!(read.unwrap().into_inner(), created);
    assert!(denied.is(ErrorReason::PermissionDenied), "{denied:?}");
    assert!(unknown.is(ErrorReason::TokenInvalid), "{unknown:?}");
}
