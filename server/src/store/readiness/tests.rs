//! What it costs to gather people.

use std::sync::atomic::{AtomicUsize, Ordering};

use attache_domain::{
    authority::{Actor, Caller, Grant, Reach, Role},
    change::Trail,
    event,
    language::LanguageTag,
    localized::Localized,
    name::{NameText, PersonName as Names},
    organization::{self, LetterPolicy},
    person,
    resource::RegistrationId,
    revision::History,
    zoned::Zoned,
};
use chrono::{DateTime, Utc};

use super::*;
use crate::{
    ids,
    store::{Deed, Location, Request, WriteTx},
    vault::MasterKey,
};

fn now() -> DateTime<Utc> {
    "2023-08-01T00:00:00Z".parse().unwrap()
}

fn controller() -> organization::Organization {
    let profile = organization::Profile {
        title: Localized::new("Controller", "").unwrap(),
        kind: None,
        region_code: None,
        address_lines: Vec::new(),
        address_lines_zh: Vec::new(),
        phone_number: None,
        email: None,
        registration_number: None,
        signatory: None,
        stamp_file: None,
        signature_file: None,
        letter_prefix: None,
        letter_policy: LetterPolicy::default(),
        sectors: Vec::new(),
        offers: Vec::new(),
        needs: Vec::new(),
        website: None,
        contact: None,
    };
    organization::create("zbra".parse().unwrap(), profile, now())
}

fn forum() -> Event {
    let plan = event::Plan {
        title: Localized::new("Forum", "").unwrap(),
        start: Zoned::parse("2023-09-05T09:00", "Asia/Shanghai").unwrap(),
        end: Zoned::parse("2023-09-05T17:00", "Asia/Shanghai").unwrap(),
        controller: "zbra".parse().unwrap(),
        hosts: Vec::new(),
        venue: None,
        registration_open_time: None,
        registration_close_time: None,
        accreditation_end_time: None,
        contact_email: None,
        specimen: false,
        parent: None,
        other_venues: Vec::new(),
        shared_pools: Vec::new(),
        online: None,
    };
    event::create("ciftis-2023".parse().unwrap(), plan, now()).unwrap()
}

/// Puts somebody in who is registered.
async fn guest(tx: &WriteTx) -> Result<(), StoreError> {
    let name = Names {
        display_name: NameText::parse("Zarmina").unwrap(),
        native_name: None,
        passport_name: None,
        form_of_address: None,
        family_first: false,
    };
    let profile = person::Profile {
        name,
        email: None,
        phone_number: None,
        language: LanguageTag::English,
        region_code: None,
        time_zone: None,
        affiliation: None,
        position: None,
    };
    let who = PersonName { organization: "zbra".parse().unwrap(), person: PersonId(ids::random()) };
    tx.insert_person(&person::create(who.clone(), profile, now())).await?;
    let registration = Registration {
        event: forum().id,
        id: RegistrationId(ids::random()),
        category: "delegate".parse().unwrap(),
        person: who,
        state: State::Confirmed,
        precedence: None,
        external_id: None,
        badge_issue: attache_domain::badge::Issue::default(),
        history: History::begin(now()),
    };
    tx.insert_registration(&registration).await
}

#[tokio::test]
async fn people_are_gathered_in_as_many_statements_however_many_they_are() {
    let folder = std::env::temp_dir().join(format!("attache-readiness-{}", ids::random()));
    std::fs::create_dir(&folder).unwrap();
    let mut store =
        Store::open(&Location::File(folder.join("attache.db")), MasterKey::generate().unwrap()).await.unwrap();
    store.migrate(now()).await.unwrap();
    let statements = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&statements);
    store.read.set_metric_callback(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let deed = Deed { actor: Actor::Server, trail: Trail::Installation, now: now(), request: Request::default() };
    let founded = store.write(&deed, |tx| async move {
        tx.insert_organization(&controller()).await?;
        tx.insert_event(&forum()).await
    });
    founded.await.unwrap();
    let token = format!("members/{0}/tokens/{0}", ids::random()).parse().unwrap();
    let caller = Caller::new(token, vec![Grant { role: Role::Owner, reach: Reach::Installation }]);
    let overseer = caller.overseer(&forum().id).unwrap();
    let everybody = List {
        caller: Actor::Server,
        page_size: 0,
        page_token: String::new(),
        filter: String::new(),
        order_by: String::new(),
        query: String::new(),
    };

    let mut told = Vec::new();
    for more in [1, 2] {
        for _ in 0..more {
            store.write(&deed, |tx| async move { guest(&tx).await }).await.unwrap();
        }
        statements.store(0, Ordering::Relaxed);
        let page = store.readiness(&overseer, &everybody).await.unwrap();
        told.push((page.items.len(), statements.load(Ordering::Relaxed)));
    }

    let [(one, few), (three, many)] = told[..] else { unreachable!("two were asked") };
    assert_eq!((one, three), (1, 3));
    assert!(few > 0, "statements are counted");
    assert_eq!(many, few);
    std::fs::remove_dir_all(folder).unwrap();
}
