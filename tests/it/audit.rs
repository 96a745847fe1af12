//! The change log as it is read through the whole house.

use attache_client::{
    Client, Failure,
    v1::{self, ErrorReason, Role},
};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, ZBRA, person, text},
};

mod chain;
mod many;
mod watching;

async fn changes(client: &Client, parent: &str, filter: &str) -> Result<Vec<v1::Change>, Failure> {
    let (parent, filter) = (parent.to_owned(), filter.to_owned());
    let request = v1::ListChangesRequest { parent, filter, page_size: 1000, ..Default::default() };
    Ok(client.audit().list_changes(request).await?.into_inner().changes)
}

async fn house() -> House {
    let house = boot().await;
    house.forum_with_seats(5).await;
    house
}

async fn create_person(client: &Client, display_name: &str) -> v1::Person {
    let request = v1::CreatePersonRequest {
        parent: ZBRA.to_owned(),
        person: Some(person(display_name, "delegate@example.org")),
        ..Default::default()
    };
    client.persons().create_person(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn registration_is_told_with_who_did_it_and_what_it_said() {
    let house = house().await;
    let registration = house.register("Zarmina", "zarmina@example.org").await;
    let request = v1::ConfirmRegistrationRequest { name: registration.name.clone(), ..Default::default() };
    house.owner.registrations().confirm_registration(request).await.unwrap();
    let me = house.owner.access().who_am_i(v1::WhoAmIRequest {}).await.unwrap().into_inner();

    let told = changes(&house.owner, FORUM, &format!("resource = \"{}\"", registration.name)).await.unwrap();

    let outlines: Vec<(&str, &str, &str)> =
        told.iter().map(|change| (change.actor.as_str(), change.resource.as_str(), change.verb.as_str())).collect();
    let (me, name) = (me.name, registration.name.as_str());
    assert_eq!(outlines, [(me.as_str(), name, "created"), (me.as_str(), name, "confirmed")]);
    assert_eq!((told[0].before.as_str(), told[0].after.as_str()), ("", told[1].before.as_str()));
    assert!(told[1].after.contains("CONFIRMED"), "{}", told[1].after);
    assert!(told.iter().all(|change| change.name.starts_with(&format!("{FORUM}/changes/"))));
}

#[tokio::test]
async fn change_of_a_person_is_opened_for_whoever_keeps_them() {
    let house = house().await;
    let created = create_person(&house.owner, "Zarmina").await;
    let organizer = house.member(Role::Organizer, FORUM).await;

    let told = changes(&organizer, ZBRA, &format!("resource = \"{}\"", created.name)).await.unwrap();

    let states: Vec<(&str, bool)> =
        told.iter().map(|change| (change.verb.as_str(), change.after.contains("Zarmina"))).collect();
    assert_eq!(states, [("created", true)]);
}

#[tokio::test]
async fn changes_are_filtered_by_verb_and_actor() {
    let house = house().await;
    let organizer = house.member(Role::Organizer, FORUM).await;
    let theirs = create_person(&organizer, "Second").await;
    create_person(&house.owner, "Third").await;
    let by = changes(&house.owner, ZBRA, &format!("resource = \"{}\"", theirs.name)).await.unwrap()[0].actor.clone();
    let update = v1::UpdateOrganizationRequest {
        organization: Some(v1::Organization {
            name: ZBRA.to_owned(),
            title: Some(text("ZBRA", "")),
            ..Default::default()
        }),
        ..Default::default()
    };
    house.owner.organizations().update_organization(update).await.unwrap();

    let resources = async |filter: &str| {
        let told = changes(&house.owner, ZBRA, filter).await.unwrap();
        told.into_iter().map(|change| change.resource).collect::<Vec<_>>()
    };

    assert_eq!(resources("verb = updated").await, [ZBRA]);
    assert_eq!(resources(&format!("verb = created AND actor = \"{by}\"")).await, [theirs.name]);
    assert_eq!(resources("verb = dreamt").await, [] as [&str; 0]);
}

#[tokio::test]
async fn changes_come_in_pages_in_the_order_they_were_made() {
    let house = house().await;
    for name in ["First", "Second", "Third"] {
        create_person(&house.owner, name).await;
    }
    let whole = changes(&house.owner, ZBRA, "").await.unwrap();

    let mut paged = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListChangesRequest {
            parent: ZBRA.to_owned(),
            page_size: 2,
            page_token: page_token.clone(),
            ..Default::default()
        };
        let page = house.owner.audit().list_changes(request).await.unwrap().into_inner();
        assert_eq!(usize::try_from(page.total_size), Ok(whole.len()));
        paged.extend(page.changes);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }

    assert_eq!(paged, whole);
    let verbs: Vec<&str> = whole.iter().map(|change| change.verb.as_str()).collect();
    assert_eq!(verbs, ["created"; 4]);
}

#[tokio::test]
async fn members_and_tokens_are_told_without_their_secrets() {
    let house = boot().await;
    let me = house.owner.access().who_am_i(v1::WhoAmIRequest {}).await.unwrap().into_inner().name;
    let grant = v1::Grant { role: Role::Viewer.into(), resource: String::new() };
    let member = v1::Member { display_name: "Member".to_owned(), grants: vec![grant], ..Default::default() };
    let request = v1::CreateMemberRequest { member: Some(member), ..Default::default() };
    let member = house.owner.access().create_member(request).await.unwrap().into_inner().name;
    let mut made = Vec::new();
    for purpose in ["rehearsal", "evening"] {
        let token = v1::Token { purpose: purpose.to_owned(), ..Default::default() };
        let request =
            v1::CreateTokenRequest { parent: member.clone(), token: Some(token), ..v1::CreateTokenRequest::default() };
        made.push(house.owner.access().create_token(request).await.unwrap().into_inner());
    }
    let [first, second] = [0, 1].map(|index: usize| made[index].token.as_ref().unwrap().name.clone());
    let request = v1::RevokeTokenRequest { name: first.clone(), ..Default::default() };
    house.owner.access().revoke_token(request).await.unwrap();
    let request = v1::RemoveMemberRequest { name: member.clone(), ..Default::default() };
    house.owner.access().remove_member(request).await.unwrap();

    let told = changes(&house.owner, "installation", "").await.unwrap();

    let outlines: Vec<(&str, &str, &str)> =
        told.iter().map(|change| (change.actor.as_str(), change.resource.as_str(), change.verb.as_str())).collect();
    let request = v1::ListTokensRequest { parent: me.clone(), ..Default::default() };
    let bootstrap = house.owner.access().list_tokens(request).await.unwrap().into_inner().tokens[0].name.clone();
    let expected = [
        ("", me.as_str(), "created"),
        ("", &bootstrap, "created"),
        (&me, &member, "created"),
        (&me, &first, "created"),
        (&me, &second, "created"),
        (&me, &first, "revoked"),
        (&me, &second, "revoked"),
        (&me, &member, "removed"),
    ];
    assert_eq!(outlines, expected);
    let one = |resource: &str, verb: &str| {
        told.iter().find(|change| change.resource == resource && change.verb == verb).unwrap()
    };
    for (resource, end, said) in [(&member, "removed", r#""role":"VIEWER""#), (&first, "revoked", "rehearsal")] {
        let (created, ended) = (one(resource, "created"), one(resource, end));
        assert!(created.after.contains(said), "{}", created.after);
        assert_eq!((created.before.as_str(), &created.after, ended.after.as_str()), ("", &ended.before, ""));
    }
    assert!(told.iter().all(|change| !change.after.contains("digest") && !change.before.contains("digest")));
    for made in &made {
        let secret = made.secret.rsplit_once('_').unwrap().1;
        assert!(told.iter().all(|change| !change.after.contains(secret) && !change.before.contains(secret)));
    }
    assert!(told.iter().all(|change| change.name.starts_with("installation/changes/")));
}

#[tokio::test]
async fn change_log_is_for_organisers_and_keepers() {
    let house = house().await;
    let organizer = house.member(Role::Organizer, FORUM).await;
    let viewer = house.member(Role::Viewer, FORUM).await;
    let nobody = house.client(None).await;

    for (client, parent, reason) in [
        (&viewer, FORUM, ErrorReason::PermissionDenied),
        (&viewer, ZBRA, ErrorReason::PermissionDenied),
        (&organizer, "events/unheard", ErrorReason::PermissionDenied),
        (&organizer, "installation", ErrorReason::PermissionDenied),
        (&organizer, "organizations/unheard", ErrorReason::PermissionDenied),
        (&nobody, FORUM, ErrorReason::TokenInvalid),
        (&house.owner, "forum", ErrorReason::InvalidFields),
    ] {
        let refused = changes(client, parent, "").await.unwrap_err();
        assert!(refused.is(reason), "{parent}: {refused:?}");
    }
    for filter in ["before = x", "verb > a", "verb ="] {
        let refused = changes(&organizer, FORUM, filter).await.unwrap_err();
        assert!(refused.is(ErrorReason::InvalidFields), "{filter}: {refused:?}");
    }
    assert!(changes(&organizer, FORUM, "").await.is_ok());
    assert!(changes(&organizer, ZBRA, "").await.is_ok());
}
