//! Every list that can be ordered: by each of its fields, both ways and in pages; narrowed by a query.

use std::collections::BTreeSet;

use attache_tests::{
    House, boot, by_name,
    fixtures::{FORUM, ZBRA},
    made::Made,
};
use serde_json::{Value, json};

mod long;
mod statements;

/// What there is to be listed, made in this order.
#[rustfmt::skip]
const MADE: &[(&str, &str, &str)] = &[
    ("room", "RoomService/CreateRoom", r#"{"parent": "$EVENT", "room": {"title": {"en": "Hall"}}}"#),
    ("", "CheckInListService/CreateCheckInList", r#"{"parent": "$EVENT", "checkInList": {"title": {"en": "Lunch"}, "kind": "CHECK_IN_LIST_KIND_MEAL", "date": "2023-09-05"}}"#),
    ("", "CheckInListService/CreateCheckInList", r#"{"parent": "$EVENT", "checkInList": {"title": {"en": "Lounge"}, "kind": "CHECK_IN_LIST_KIND_AREA"}}"#),
    ("other room", "RoomService/CreateRoom", r#"{"parent": "$EVENT", "room": {"title": {"en": "Annex"}, "capacity": 20, "floor": "2"}}"#),
    ("dated", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {$TALK, $FROM, $TO, "room": "<room>"}}"#),
    ("undated", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {"kind": "SESSION_KIND_TALK", "title": {"zh": "演讲"}}}"#),
    ("also undated", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {"kind": "SESSION_KIND_PANEL", "title": {"en": "Panel"}}}"#),
    ("person", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Wang Weiming", "nativeName": "王伟明", "email": "wang@example.org"}}"#),
    ("other person", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Aisha", "email": "aisha@example.org"}}"#),
    ("", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<person>", "category": "$EVENT/categories/delegate"}, "withoutMail": true}"#),
    ("", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<other person>", "category": "$EVENT/categories/delegate"}, "withoutMail": true}"#),
    ("", "SpeakerService/CreateSpeaker", r#"{"parent": "<dated>", "speaker": {"person": "<person>", "role": "SPEAKER_ROLE_SPEAKER"}}"#),
    ("", "SpeakerService/CreateSpeaker", r#"{"parent": "<dated>", "speaker": {"person": "<other person>", "role": "SPEAKER_ROLE_CHAIR"}}"#),
    ("registration", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate", "person": "<person>"}}"#),
    ("", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate", "person": "<other person>"}}"#),
    ("", "RegistrationService/BatchDecide", r#"{"parent": "$EVENT", "names": ["<registration>"], "decision": "REGISTRATION_DECISION_CONFIRM"}"#),
    ("", "CheckInService/CheckIn", r#"{"parent": "$EVENT", "registration": "<registration>", "gate": "south"}"#),
    ("tight", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Tight"}, "capacity": 0, "offerHours": 1}}"#),
    ("", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<tight>"}, "newPerson": {"displayName": "H"}}"#),
    ("", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<tight>"}, "newPerson": {"displayName": "I"}}"#),
    ("", "CategoryService/UpdateCategory", r#"{"category": {"name": "<tight>", "capacity": 2}, "updateMask": "capacity"}"#),
    ("", "LinkService/CreateLink", r#"{"parent": "$EVENT", "link": {"person": "<person>"}}"#),
    ("", "LinkService/CreateLink", r#"{"parent": "$EVENT", "link": {"person": "<other person>"}}"#),
    ("delegation", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW}}"#),
    ("other delegation", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {"title": {"en": "Embassy"}, "sender": "$ZBRA", "seats": 1, "visitWindow": $WINDOW}}"#),
    ("", "DelegationService/NominateMembers", r#"{"parent": "<delegation>", "nominations": [{"person": "<person>"}, {"person": "<other person>"}]}"#),
    ("itinerary", "ItineraryService/CreateItinerary", r#"{"parent": "$EVENT", "itinerary": {"title": {"en": "Visit"}, "delegation": "<delegation>", "regionCode": "CN"}}"#),
    ("", "ItineraryService/CreateItinerary", r#"{"parent": "$EVENT", "itinerary": {"title": {"en": "Another"}, "delegation": "<other delegation>", "regionCode": "CN"}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<itinerary>", "stop": {$MEETING, $FROM, $AT, $TO}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<itinerary>", "stop": {"kind": "STOP_KIND_MEAL", "title": {"en": "Dinner"}, $FROM, $AT, $TO}}"#),
    ("", "ResourceService/CreateResource", r#"{"parent": "$EVENT", "resource": {"kind": "RESOURCE_KIND_VEHICLE", "title": {"en": "Van"}, "capacity": 9}}"#),
    ("", "ResourceService/CreateResource", r#"{"parent": "$EVENT", "resource": {"kind": "RESOURCE_KIND_GUIDE", "title": {"en": "Guide"}, "capacity": 1, "city": "Beijing"}}"#),
    ("", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Press"}, "capacity": 3}}"#),
    ("", "OrganizationService/CreateOrganization", r#"{"organization": {"title": {"en": "Guests"}}}"#),
    ("member", "AccessService/CreateMember", r#"{"member": {"displayName": "A", "grants": [{"role": "ROLE_VIEWER"}]}}"#),
    ("", "AccessService/CreateToken", r#"{"parent": "<member>", "token": {"purpose": "desk"}}"#),
    ("", "AccessService/CreateToken", r#"{"parent": "<member>", "token": {"purpose": "front"}}"#),
    ("", "IdentityDocumentService/PutIdentityDocument", r#"{"parent": "<person>", "passport": {$PASSPORT}}"#),
    ("", "IdentityDocumentService/PutIdentityDocument", r#"{"parent": "<person>", "passport": {$PASSPORT}}"#),
    ("", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<person>", "issuer": "$ZBRA", "visitWindow": $WINDOW}}"#),
    ("", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<other person>", "issuer": "$ZBRA", "visitWindow": $WINDOW}}"#),
];

/// A query, and how many of a list it finds.
type Query = Option<(&'static str, usize)>;

/// Every list: its RPC, below what, and a query; those of jobs, releases, offers and gates are empty here.
#[rustfmt::skip]
const LISTS: &[(&str, &str, Query)] = &[
    ("AccessService/ListMembers", "", Some(("a", 1))),
    ("AccessService/ListTokens", "<member>", Some(("FRONT", 1))),
    ("AuditService/ListChanges", "$EVENT", None),
    ("CategoryService/ListCategories", "$EVENT", Some(("press", 1))),
    ("CheckInListService/ListCheckInLists", "$EVENT", Some(("lunch", 1))),
    ("CheckInService/ListCheckIns", "$EVENT", None),
    ("CheckInService/ListRevokedBadges", "$EVENT", None),
    ("DelegationService/ListDelegationMembers", "<delegation>", Some(("伟明", 1))),
    ("DelegationService/ListDelegations", "$EVENT", Some(("embas", 1))),
    ("EventService/ListEvents", "", Some(("nowhere", 0))),
    ("IdentityDocumentService/ListIdentityDocuments", "<person>", None),
    ("InvitationService/ListInvitations", "$EVENT", Some(("伟明", 1))),
    ("ItineraryService/ListItineraries", "$EVENT", Some(("VISIT", 1))),
    ("JobService/ListJobs", "$EVENT", None),
    ("LetterService/ListLetters", "$EVENT", Some(("aisha@", 1))),
    ("LinkService/ListLinks", "$EVENT", Some(("伟明", 1))),
    ("NoticeService/ListNotices", "$EVENT", Some(("aisha", 1))),
    ("OrganizationService/ListOrganizations", "", Some(("guest", 1))),
    ("PersonService/ListPersons", "$ZBRA", Some(("伟明", 1))),
    ("RegistrationService/ListRegistrations", "$EVENT", Some(("weiming", 1))),
    ("ResourceService/ListResources", "$EVENT", Some(("van", 1))),
    ("RoomService/ListRooms", "$EVENT", Some(("hall", 1))),
    ("ScheduleService/ListReleases", "$EVENT", None),
    ("SessionService/ListSessions", "$EVENT", Some(("演", 1))),
    ("SpeakerService/ListSpeakers", "<dated>", Some(("伟明", 1))),
    ("StopService/ListStops", "<itinerary>", Some(("dinn", 1))),
    ("WaitlistService/ListOffers", "$EVENT", None),
];

async fn furnished() -> (House, Made) {
    let house = boot().await;
    house.forum_with_seats(9).await;
    let mut made = Made::default();
    for (called, rpc, request) in MADE {
        made.make(&house, called, rpc, request).await;
    }
    (house, made)
}

/// One page of a list, and the token of the next.
async fn page(house: &House, rpc: &str, request: Value) -> (Vec<Value>, String) {
    let answer = by_name::call(&house.owner, rpc, &request.to_string()).await;
    let answer = answer.unwrap_or_else(|failure| panic!("{rpc} {request}: {failure:?}"));
    let items = answer.as_object().and_then(|answer| answer.values().find_map(Value::as_array)).cloned();
    let next = answer.get("nextPageToken").and_then(Value::as_str).unwrap_or_default().to_owned();
    (items.unwrap_or_default(), next)
}

/// What a list is asked, below its parent.
fn asked(made: &Made, parent: &str, more: Value) -> Value {
    let mut request = if parent.is_empty() { json!({}) } else { json!({ "parent": made.fill(parent) }) };
    let fields = more.as_object().cloned().into_iter().flatten();
    request.as_object_mut().expect("a request").extend(fields);
    request
}

/// The fields that a list is ordered by, as its refusal of another tells them.
async fn fields(house: &House, rpc: &str, made: &Made, parent: &str) -> Vec<String> {
    let request = asked(made, parent, json!({ "orderBy": "nonsense" }));
    let refused = by_name::call(&house.owner, rpc, &request.to_string()).await.expect_err(rpc);
    let [violation] = refused.field_violations.as_slice() else { panic!("{rpc}: {refused:?}") };
    assert_eq!(violation.field, "order_by", "{rpc}");
    let (_, names) = violation.description.rsplit_once(" of ").expect("names");
    names.split(", ").map(str::to_owned).collect()
}

#[tokio::test]
async fn every_list_is_ordered_by_each_of_its_fields_both_ways_and_in_pages() {
    let (house, made) = furnished().await;

    for (rpc, parent, _) in LISTS {
        for field in fields(&house, rpc, &made, parent).await {
            let (mut up, _) = page(&house, rpc, asked(&made, parent, json!({ "orderBy": field }))).await;
            let down = asked(&made, parent, json!({ "orderBy": format!("{field} desc") }));
            let (whole, _) = page(&house, rpc, down.clone()).await;
            let mut one_by_one = Vec::new();
            let mut token = String::new();
            loop {
                let mut request = down.clone();
                request["pageSize"] = json!(1);
                request["pageToken"] = json!(token);
                let (items, next) = page(&house, rpc, request).await;
                one_by_one.extend(items);
                if next.is_empty() {
                    break;
                }
                token = next;
            }

            assert_eq!(one_by_one, whole, "{rpc} by {field} desc");
            up.reverse();
            assert_eq!(up, whole, "{rpc} by {field}");
        }
    }
}

#[tokio::test]
async fn every_list_is_narrowed_by_a_query() {
    let (house, made) = furnished().await;

    for (rpc, parent, query) in LISTS {
        let Some((query, count)) = query else { continue };
        let (all, _) = page(&house, rpc, asked(&made, parent, json!({}))).await;
        let (found, _) = page(&house, rpc, asked(&made, parent, json!({ "query": query }))).await;

        assert_eq!(found.len(), *count, "{rpc}");
        assert!(all.len() > *count, "{rpc} has {} in all", all.len());
    }
}

/// Whoever gave a name in one script is found in another, and the other way round.
#[tokio::test]
async fn people_are_found_by_how_their_names_read() {
    let house = boot().await;
    house.forum_with_seats(3).await;
    house.register("王伟明", "").await;
    house.register("Aïsha Peña", "").await;
    let found = async |query: &str| {
        let request = json!({ "parent": FORUM, "query": query, "view": "REGISTRATION_VIEW_FULL" });
        let (items, _) = page(&house, "RegistrationService/ListRegistrations", request).await;
        items.iter().map(|item| item["embeddedPerson"]["displayName"].clone()).collect::<Vec<_>>()
    };

    for query in ["weiming", "Wang Wei", "伟明", "偉明"] {
        assert_eq!(found(query).await, ["王伟明"], "{query}");
    }
    assert_eq!(found("pena").await, ["Aïsha Peña"]);
}

#[tokio::test]
async fn order_that_cannot_be_read_is_refused_and_a_page_token_is_good_for_its_own_order() {
    let house = boot().await;
    house.forum_with_seats(3).await;
    house.register("Wang Weiming", "").await;
    house.register("Aisha", "").await;
    let ask = async |more: Value| {
        let made = Made::default();
        by_name::call(&house.owner, "RegistrationService/ListRegistrations", &asked(&made, FORUM, more).to_string())
            .await
    };
    let first = ask(json!({ "pageSize": 1, "orderBy": "state" })).await.expect("a page");

    for order_by in ["state up", "state desc desc", "state, state desc", ",", "state,", "etag"] {
        let refused = ask(json!({ "orderBy": order_by })).await.expect_err(order_by);
        let fields: Vec<_> = refused.field_violations.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(fields, ["order_by"], "{order_by}");
    }
    let again = json!({ "pageSize": 1, "orderBy": "state desc", "pageToken": first["nextPageToken"] });
    assert!(
        ask(again).await.expect_err("a token of another order").is(attache_client::v1::ErrorReason::PageTokenInvalid)
    );
}

#[test]
fn every_list_with_an_order_is_shown() {
    // What is ordered and has no pages is a table that is written out, and goes through the list that is shown.
    let has = |rpc: &prost_reflect::MethodDescriptor, field: &str| rpc.input().get_field_by_name(field).is_some();
    let ordered = by_name::methods().into_iter().filter(|rpc| has(rpc, "order_by") && has(rpc, "page_token"));

    let shown = LISTS.iter().map(|(rpc, ..)| (*rpc).to_owned());
    assert_eq!(shown.collect::<BTreeSet<_>>(), ordered.map(|rpc| by_name::name(&rpc)).collect());
}

/// Every list can be ordered and filtered, but for those of what the product brings with it.
#[test]
fn every_list_can_be_ordered_and_filtered() {
    let brought = ["LetterTemplateService/ListLetterTemplates", "LetterTemplateService/ListDestinations"];
    let lists = by_name::methods().into_iter().filter(|rpc| rpc.name().starts_with("List"));
    let lacking =
        lists.filter(|rpc| ["filter", "order_by"].iter().any(|field| rpc.input().get_field_by_name(field).is_none()));

    assert_eq!(lacking.map(|rpc| by_name::name(&rpc)).collect::<Vec<_>>(), brought);
}

/// With the full view, a list gives the people and the organisations that its items are about.
#[tokio::test]
async fn full_view_gives_the_people_and_organisations_that_items_are_about() {
    let (house, made) = furnished().await;
    let embedded = async |rpc: &str, view: &str, fields: &[&str]| {
        let (items, _) = page(&house, rpc, asked(&made, "$EVENT", json!({ "view": view }))).await;
        let told = |item: &Value| fields.iter().map(|field| item[field]["name"].clone()).collect::<Vec<_>>();
        items.iter().map(told).collect::<Vec<_>>()
    };
    let (person, other) = (json!(made.fill("<person>")), json!(made.fill("<other person>")));
    let zbra = json!(ZBRA);
    let letters = ["embeddedPerson", "embeddedIssuer"];

    assert_eq!(
        embedded("LetterService/ListLetters", "LETTER_VIEW_FULL", &letters).await,
        [[person.clone(), zbra.clone()], [other.clone(), zbra.clone()]]
    );
    assert_eq!(
        embedded("RegistrationService/ListRegistrations", "REGISTRATION_VIEW_FULL", &["embeddedPerson"]).await[..2],
        [[person], [other]]
    );
    assert_eq!(
        embedded("DelegationService/ListDelegations", "DELEGATION_VIEW_FULL", &["embeddedSender"]).await,
        [[zbra.clone()], [zbra]]
    );
    assert_eq!(
        embedded("LetterService/ListLetters", "LETTER_VIEW_BASIC", &letters).await,
        [[Value::Null, Value::Null], [Value::Null, Value::Null]]
    );
}
