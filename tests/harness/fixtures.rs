//! What most tests begin with: a body, a forum, a category, people.

use attache_client::{Client, v1};

use crate::House;

/// The forum's resource name.
pub const FORUM: &str = "events/ciftis-2023";
/// The resource name of the organisation that controls the forum.
pub const ZBRA: &str = "organizations/zbra";
/// The resource name of the delegates' category.
pub const DELEGATES: &str = "events/ciftis-2023/categories/delegate";

/// The resource name of the category for the press.
pub const PRESS: &str = "events/ciftis-2023/categories/press";

/// A text in English and, when there is one, in Chinese.
pub fn text(en: &str, zh: &str) -> v1::LocalizedText {
    v1::LocalizedText { en: en.to_owned(), zh: zh.to_owned() }
}

/// A time on a wall in Beijing.
pub fn beijing(local_time: &str) -> v1::ZonedTime {
    v1::ZonedTime { local_time: local_time.to_owned(), time_zone: "Asia/Shanghai".to_owned(), instant_time: None }
}

/// The organisation that controls the forum.
pub fn zbra() -> v1::Organization {
    v1::Organization {
        title: Some(text("Belt and Road Industrial Promotion Association", "一带一路产业促进会")),
        email: "office@example.org".to_owned(),
        phone_number: "+86 10 5550 0100".to_owned(),
        address_lines: vec!["1 Specimen Road".to_owned(), "Beijing".to_owned()],
        ..Default::default()
    }
}

/// A one-day forum in Beijing.
pub fn forum() -> v1::Event {
    v1::Event {
        title: Some(text("Technology and Innovation Forum", "科技创新论坛")),
        start_time: Some(beijing("2023-09-05T09:00")),
        end_time: Some(beijing("2023-09-05T17:30")),
        controller: ZBRA.to_owned(),
        contact_email: "forum@example.org".to_owned(),
        ..Default::default()
    }
}

/// Somebody with a name and an address.
pub fn person(display_name: &str, email: &str) -> v1::Person {
    v1::Person { display_name: display_name.to_owned(), email: email.to_owned(), ..Default::default() }
}

/// Creates the organisation and its forum, with a category of so many seats, confirmed by hand.
pub async fn found_forum(owner: &Client, event: v1::Event, seats: i32) {
    let request = v1::CreateOrganizationRequest {
        organization: Some(zbra()),
        organization_id: "zbra".to_owned(),
        ..Default::default()
    };
    owner.organizations().create_organization(request).await.expect("an organisation");
    let request =
        v1::CreateEventRequest { event: Some(event), event_id: "ciftis-2023".to_owned(), ..Default::default() };
    owner.events().create_event(request).await.expect("a forum");
    let category =
        v1::Category { title: Some(text("Delegates", "代表")), capacity: Some(seats), ..Default::default() };
    let request = v1::CreateCategoryRequest {
        parent: FORUM.to_owned(),
        category: Some(category),
        category_id: "delegate".to_owned(),
        ..Default::default()
    };
    owner.categories().create_category(request).await.expect("a category");
}

impl House {
    /// Creates the organisation and the forum, with a category of so many seats, confirmed by hand.
    pub async fn forum_with_seats(&self, seats: i32) {
        found_forum(&self.owner, forum(), seats).await;
    }

    /// Creates the forum's category for the press, with what is set, but for its title.
    pub async fn press(&self, set: v1::Category) {
        let request = v1::CreateCategoryRequest {
            parent: FORUM.to_owned(),
            category: Some(v1::Category { title: Some(text("Press", "媒体")), ..set }),
            category_id: "press".to_owned(),
            ..Default::default()
        };
        self.owner.categories().create_category(request).await.expect("a category");
    }

    /// Changes what is set of one of the forum's categories, and leaves the rest as it is.
    pub async fn set_category(&self, name: &str, set: v1::Category) {
        let category = v1::Category { name: name.to_owned(), ..set };
        let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
        self.owner.categories().update_category(request).await.expect("a category");
    }

    /// Invites somebody with a place that is kept for them until the middle of August, without a mail.
    pub async fn keep_place(&self, person: &str, category: &str) -> v1::Invitation {
        let terms = v1::InvitationTerms {
            reserve_time: Some(prost_types::Timestamp { seconds: 1_692_000_000, nanos: 0 }),
            ..Default::default()
        };
        let invitation = v1::Invitation {
            person: person.to_owned(),
            category: category.to_owned(),
            terms: Some(terms),
            ..Default::default()
        };
        let request = v1::CreateInvitationRequest {
            parent: FORUM.to_owned(),
            invitation: Some(invitation),
            without_mail: true,
            ..Default::default()
        };
        let invited = self.owner.invitations().create_invitation(request).await.expect("an invitation");
        invited.into_inner()
    }

    /// Registers a new person as a delegate.
    pub async fn register(&self, display_name: &str, email: &str) -> v1::Registration {
        let request = registration_of(person(display_name, email));
        self.owner.registrations().create_registration(request).await.expect("a registration").into_inner()
    }
}

/// A field `guests` that asks who comes along, so many at most.
pub fn guests_field(most: i32) -> v1::FormField {
    v1::FormField {
        id: "guests".to_owned(),
        label: Some(text("Who comes along", "同行人员")),
        kind: v1::FormFieldKind::Companions.into(),
        max_companions: most,
        ..Default::default()
    }
}

/// The answer of whoever brings so many companions.
pub fn bringing(guests: usize) -> Vec<v1::Answer> {
    let values = (1..=guests).map(|number| format!("Guest {number}")).collect();
    vec![v1::Answer { field: "guests".to_owned(), values }]
}

/// A field `viewers` that asks how many watch, so many at most.
pub fn viewers_field(most: i32) -> v1::FormField {
    v1::FormField {
        id: "viewers".to_owned(),
        label: Some(text("How many watch", "观看人数")),
        kind: v1::FormFieldKind::Viewers.into(),
        max_viewers: most,
        ..Default::default()
    }
}

/// The answer of whoever registers so many viewers.
pub fn watching(viewers: &str) -> Vec<v1::Answer> {
    vec![v1::Answer { field: "viewers".to_owned(), values: vec![viewers.to_owned()] }]
}

/// The request that registers a new person as a delegate.
pub fn registration_of(person: v1::Person) -> v1::CreateRegistrationRequest {
    v1::CreateRegistrationRequest {
        parent: FORUM.to_owned(),
        registration: Some(v1::Registration { category: DELEGATES.to_owned(), ..Default::default() }),
        new_person: Some(person),
        ..Default::default()
    }
}

/// The second forum's resource name.
pub const LAUNCH: &str = "events/launch-2023";

/// A chosen request id, as a caller makes one who may send the request again.
pub fn once() -> String {
    attache_client::fresh_request_id()
}

/// A field mask.
pub fn mask(paths: &[&str]) -> Option<prost_types::FieldMask> {
    Some(prost_types::FieldMask { paths: paths.iter().map(|&path| path.to_owned()).collect() })
}

impl House {
    /// Creates another organisation, and an event of its own, which has nothing to do with the forum.
    pub async fn foreign_event(&self) {
        let request = v1::CreateOrganizationRequest {
            organization: Some(v1::Organization { title: Some(text("Launchers", "")), ..Default::default() }),
            organization_id: "launchers".to_owned(),
            ..Default::default()
        };
        self.owner.organizations().create_organization(request).await.expect("an organisation");
        let event = v1::Event { controller: "organizations/launchers".to_owned(), ..forum() };
        let request =
            v1::CreateEventRequest { event: Some(event), event_id: "launch-2023".to_owned(), ..Default::default() };
        self.owner.events().create_event(request).await.expect("an event");
        let category = v1::Category { title: Some(text("Guests", "来宾")), ..Default::default() };
        let request = v1::CreateCategoryRequest {
            parent: LAUNCH.to_owned(),
            category: Some(category),
            category_id: "guest".to_owned(),
            ..Default::default()
        };
        self.owner.categories().create_category(request).await.expect("a category");
    }
}
