//! What each role may.

use super::*;
use crate::{
    form::Respondent,
    registration::{Registration, State},
    resource::DelegationName,
    revision::History,
};

/// A token of somebody.
const TOKEN: &str = "members/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d/tokens/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5e";

fn caller(role: Role, reach: Reach) -> Caller {
    Caller::new(TOKEN.parse().unwrap(), vec![Grant { role, reach }])
}

fn at(event: &str) -> Reach {
    Reach::Event { event: event.parse().unwrap(), controller: "zbra".parse().unwrap() }
}

const OWN: &str = "events/own/delegations/00000000-0000-4000-8000-000000000001";
const BESIDE: &str = "events/own/delegations/00000000-0000-4000-8000-000000000002";
/// The same id in another event.
const ELSEWHERE: &str = "events/other/delegations/00000000-0000-4000-8000-000000000001";

fn delegation(name: &str) -> DelegationName {
    name.parse().unwrap()
}

fn at_own_delegation() -> Reach {
    let DelegationName { event, delegation } = delegation(OWN);
    Reach::Delegation { event, controller: "zbra".parse().unwrap(), delegation }
}

/// What each role may, in its own event, in another, and for its controller's people: administer, convene, organise, approve, view, keep;
/// then see and keep its own delegation, the one beside it, and one of another event.
#[test]
fn role_allows_what_the_table_says() {
    let (own, other): (EventId, EventId) = ("own".parse().unwrap(), "other".parse().unwrap());
    let (kept, foreign): (OrganizationId, OrganizationId) = ("zbra".parse().unwrap(), "stza".parse().unwrap());
    let rights = |caller: &Caller| {
        [
            caller.administrator().is_ok(),
            caller.convener().is_ok(),
            caller.organizer(&own).is_ok(),
            caller.organizer(&other).is_ok(),
            caller.approver(&own).is_ok(),
            caller.approver(&other).is_ok(),
            caller.viewer(&own).is_ok(),
            caller.viewer(&other).is_ok(),
            caller.keeper(&kept).is_ok(),
            caller.keeper(&foreign).is_ok(),
            caller.delegation_viewer(&delegation(OWN)).is_ok(),
            caller.delegation_keeper(&delegation(OWN)).is_ok(),
            caller.delegation_viewer(&delegation(BESIDE)).is_ok(),
            caller.delegation_keeper(&delegation(BESIDE)).is_ok(),
            caller.delegation_viewer(&delegation(ELSEWHERE)).is_ok(),
            caller.delegation_keeper(&delegation(ELSEWHERE)).is_ok(),
        ]
        .map(|right| if right { 'x' } else { '.' })
        .iter()
        .collect::<String>()
    };

    let table = [
        (Role::Owner, Reach::Installation, "xxxxxxxxxxxxxxxx"),
        (Role::Organizer, Reach::Installation, ".xxxxxxxxxxxxxxx"),
        (Role::Viewer, Reach::Installation, "......xx..x.x.x."),
        (Role::Organizer, at("own"), "..x.x.x.x.xxxx.."),
        (Role::Approver, at("own"), "....x.x...x.x..."),
        (Role::Viewer, at("own"), "......x...x.x..."),
        (Role::FocalPoint, at("own"), "................"),
        (Role::FocalPoint, at_own_delegation(), "..........xx...."),
        (Role::Organizer, at_own_delegation(), "................"),
    ];
    for (role, reach, expected) in table {
        assert_eq!(rights(&caller(role, reach.clone())), expected, "{role:?} {reach:?}");
    }
}

#[test]
fn list_of_an_events_viewer_shows_that_event() {
    assert_eq!(caller(Role::Viewer, at("own")).visible(), Visible::Only(vec!["own".parse().unwrap()]));
    assert_eq!(caller(Role::Owner, Reach::Installation).visible(), Visible::All);
}

#[test]
fn focal_point_lists_their_delegation_and_no_event() {
    let focal_point = caller(Role::FocalPoint, at_own_delegation());
    let own = VisibleDelegations::Only(vec![delegation(OWN).delegation]);

    assert_eq!(focal_point.visible(), Visible::Only(Vec::new()));
    assert_eq!(focal_point.delegation_lister(&"own".parse().unwrap()).unwrap().visible(), &own);
    assert_eq!(focal_point.delegation_lister(&"other".parse().unwrap()).unwrap_err(), Denied::Role(Role::FocalPoint));
}

#[test]
fn keeper_stands_as_what_lets_them() {
    let standing = |role, reach| caller(role, reach).delegation_keeper(&delegation(OWN)).unwrap().standing();

    assert_eq!(standing(Role::Organizer, at("own")), Standing::Organizer);
    assert_eq!(standing(Role::FocalPoint, at_own_delegation()), Standing::FocalPoint);
}

const PERSON: &str = "organizations/zbra/persons/00000000-0000-4000-8000-000000000003";
const NEIGHBOUR: &str = "organizations/zbra/persons/00000000-0000-4000-8000-000000000004";
const LINK: &str = "events/own/links/00000000-0000-4000-8000-000000000005";

fn registration(event: &str, person: &str) -> Registration {
    Registration {
        event: event.parse().unwrap(),
        id: "00000000-0000-4000-8000-000000000006".parse().unwrap(),
        category: "guest".parse().unwrap(),
        person: person.parse().unwrap(),
        state: State::Submitted,
        precedence: None,
        external_id: None,
        badge_issue: crate::badge::Issue::default(),
        history: History::begin("2023-08-01T00:00:00Z".parse().unwrap()),
    }
}

/// What a person who came by a link may: withdraw and download in their event and in another, and what under their controller's name; and
/// that they are no member.
#[test]
fn delegate_does_what_is_their_own_in_their_event_alone() {
    let identity = Identity::Delegate(Delegate::new(LINK.parse().unwrap(), PERSON.parse().unwrap()));
    let (own, other): (EventId, EventId) = ("own".parse().unwrap(), "other".parse().unwrap());
    let downloads = |owner: &str| identity.downloader(&owner.parse().unwrap());

    let responder = identity.responder(&own).unwrap();
    let downloader = downloads("events/own").unwrap();
    assert_eq!(
        [("own", PERSON), ("own", NEIGHBOUR), ("other", PERSON)]
            .map(|(event, person)| { responder.covers(&registration(event, person)) }),
        [true, false, false]
    );
    assert_eq!([PERSON, NEIGHBOUR].map(|person| downloader.whose().covers(&person.parse().unwrap())), [true, false]);
    assert_eq!([responder.actor(), downloader.actor()], [(); 2].map(|()| Actor::Person(PERSON.parse().unwrap())));
    assert_eq!((responder.respondent(), responder.require_mover()), (Respondent::Registrant, Err(Denied::Membership)));
    assert_eq!(identity.responder(&other).unwrap_err(), Denied::Membership);
    for owner in ["events/other", "organizations/zbra"] {
        assert_eq!(downloads(owner).unwrap_err(), Denied::Membership, "{owner}");
    }
    assert_eq!(identity.member().unwrap_err(), Denied::Membership);
}

#[test]
fn member_withdraws_and_downloads_for_anybody_as_their_role_allows_and_is_no_delegate() {
    let identity = |role| Identity::Member(caller(role, at("own")));
    let own = "own".parse().unwrap();
    let files = "events/own".parse().unwrap();
    let rights = |role| {
        let identity = identity(role);
        let withdraws = identity.responder(&own).map(|may| may.covers(&registration("own", NEIGHBOUR)));
        (withdraws, identity.downloader(&files).map(|may| may.whose().clone()))
    };

    assert_eq!(rights(Role::Organizer), (Ok(true), Ok(Whose::Anybodys)));
    let organizer = identity(Role::Organizer).responder(&own).unwrap();
    assert_eq!((organizer.respondent(), organizer.require_mover()), (Respondent::Organizer, Ok(())));
    assert_eq!(rights(Role::Approver), (Err(Denied::Role(Role::Organizer)), Ok(Whose::Anybodys)));
    assert_eq!(rights(Role::Viewer), (Err(Denied::Role(Role::Organizer)), Err(Denied::Role(Role::Approver))));
    assert_eq!(identity(Role::Organizer).delegate().unwrap_err(), Denied::PersonalLink);
}
