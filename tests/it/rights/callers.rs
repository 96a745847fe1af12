//! The callers of the table, a column each.

use attache_client::{Client, v1};
use attache_tests::{
    House,
    answers::Answer as _,
    fixtures::{FORUM, LAUNCH, ZBRA, text},
    links::link_for,
};

/// An event with somebody in every role.
struct Roles {
    /// The delegation of the focal point.
    delegation: String,
    /// An organiser, an approver, a focal point, a delegate, a viewer.
    callers: [Client; 5],
}

/// Everybody who calls, in the order of the columns, and the delegation that the focal point of the forum has.
pub(super) struct Callers {
    pub(super) columns: Vec<Client>,
    pub(super) delegation: String,
}

/// Makes two events that have nothing to do with each other, with somebody in every role of each.
pub(super) async fn in_house(house: &House) -> Callers {
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let own = roles(house, FORUM, ZBRA, "delegate").await;
    let foreign = roles(house, LAUNCH, "organizations/launchers", "guest").await;
    let mut columns = vec![house.client(None).await, house.client(Some(house.owner_token())).await];
    columns.extend(own.callers);
    columns.extend(foreign.callers);
    Callers { columns, delegation: own.delegation }
}

async fn roles(house: &House, event: &str, controller: &str, category: &str) -> Roles {
    let delegation = v1::Delegation {
        title: Some(text("Delegation", "")),
        sender: controller.to_owned(),
        seats: 2,
        visit_window: Some(v1::VisitWindow {
            start_date: "2023-09-03".to_owned(),
            end_date: "2023-09-08".to_owned(),
            cities: vec![text("Beijing", "")],
        }),
        ..Default::default()
    };
    let request =
        v1::CreateDelegationRequest { parent: event.to_owned(), delegation: Some(delegation), ..Default::default() };
    let delegation = house.owner.delegations().create_delegation(request).await.done().name;
    let callers = [
        house.member(v1::Role::Organizer, event).await,
        house.member(v1::Role::Approver, event).await,
        house.member(v1::Role::FocalPoint, &delegation).await,
        delegate(house, event, &format!("{event}/categories/{category}")).await,
        house.member(v1::Role::Viewer, event).await,
    ];
    Roles { delegation, callers }
}

/// Somebody who is registered for an event, and came by a personal link.
async fn delegate(house: &House, event: &str, category: &str) -> Client {
    let request = v1::CreateRegistrationRequest {
        parent: event.to_owned(),
        registration: Some(v1::Registration { category: category.to_owned(), ..Default::default() }),
        new_person: Some(v1::Person { display_name: "Delegate".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let registered = house.owner.registrations().create_registration(request).await.done();
    let request = v1::CreateLinkRequest { parent: event.to_owned(), ..link_for(&registered.person) };
    let link = house.owner.links().create_link(request).await.done();
    house.client(Some(&house.opened(&link).await.secret)).await
}
