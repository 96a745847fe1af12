//! Lists of people whom a delegation sends: each row nominates somebody, or says more of somebody who was nominated.

use std::collections::BTreeMap;

use attache_domain::{
    authority::DelegationKeeper,
    category::Category,
    delegation::{Delegation, Member},
    event::Event,
    person::Person,
    registration::import::{self, Entrant, Finding, Issue, Refusal, Roll, Settings, Told},
    resource::DelegationMemberId,
};

use super::discard;
use crate::{
    app::{
        App, AppError,
        delegations::{Nomination, Nominee, event_of, find, seat, take_seat},
        missing,
        registrations::List,
    },
    ids,
    store::{Request, Roster, WriteTx},
};

/// Whom a list names, and what of it ought to be known.
pub type Named = (Roster, Vec<Told>);

/// What becomes of a row.
enum Row {
    /// Somebody is nominated.
    New(Nomination),
    /// Somebody who has a seat is known otherwise from now on, or as they were.
    Seated(Box<Seated>),
}

/// A member: as they are known, and as they are known from now on.
struct Seated {
    member: Member,
    before: Person,
    after: Person,
}

/// Nominates the people of a list for an open delegation, all or nobody. A focal point's list is gone then, and what was to be known of it is told once.
pub async fn import(
    app: &App,
    keeper: &DelegationKeeper,
    settings: &Settings,
    request: Request,
) -> Result<Named, AppError> {
    let deed = app.deed(keeper, request);
    if let Some(roster) = app.store.repeated(&deed).await? {
        return Ok((roster, Vec::new()));
    }
    let event = &keeper.delegation().event;
    let categories = &open_to(app, keeper).await?[..];
    let wanted = (settings, Roll::Members, &keeper.whose_files());
    let list = List::read(app, event, categories, wanted, None).await?;
    let found = &list.found.first[..];
    require_good(settings, found)?;
    let (entrants, _) = list.entrants(&list.reader(settings, categories), 0, list.len());
    let entrants = &entrants[..];
    let roster = app.store.write(&deed, |tx| async move {
        let event = event_of(&tx, keeper.delegation()).await?;
        event.require_active()?;
        let delegation = find(&tx, keeper.delegation()).await?;
        delegation.require_open(keeper.standing(), tx.now())?;
        let (rows, more) = rows(&tx, &delegation, (settings, categories), entrants).await?;
        let people = take_in(&tx, (&event, &delegation), rows).await?;
        discard(&tx, keeper, Some(settings.file.clone())).await?;
        Ok::<_, AppError>(Roster { people, findings: [found, &more].concat() })
    });
    let mut roster = roster.await?;
    roster.findings.sort_by_key(|finding| (finding.row, finding.column));
    let told = roster.findings.iter().map(|finding| finding.told(&list.understood.columns)).collect();
    Ok((roster, told))
}

/// The categories of which a delegation has seats that takes members now, before its list is read; refused, where it takes none, which is asked again
/// as its people are nominated.
async fn open_to(app: &App, keeper: &DelegationKeeper) -> Result<Vec<Category>, AppError> {
    let found = app.store.kept_delegation(keeper).await?;
    let (event, delegation) = found.ok_or_else(|| missing(keeper.delegation()))?;
    event.require_active()?;
    delegation.require_open(keeper.standing(), app.clock.now())?;
    let categories = app.store.all_categories(&event.id).await?;
    // Which others the event has is no matter of a focal point.
    Ok(categories.into_iter().filter(|category| delegation.plan.quotas.of(&category.id) > 0).collect())
}

/// Refuses a list with errors in it, and tells all of them.
fn require_good(settings: &Settings, found: &[Finding]) -> Result<(), Refusal> {
    let mut findings: Vec<Finding> = found.iter().filter(|finding| finding.is_error()).cloned().collect();
    if findings.is_empty() {
        return Ok(());
    }
    findings.sort_by_key(|finding| (finding.row, finding.column));
    let mut rows: Vec<u32> = findings.iter().map(|finding| finding.row).collect();
    rows.dedup();
    let rows = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    Err(Refusal::BadRows { file: settings.file.clone(), rows, findings })
}

/// Decides what becomes of each row, with what ought to be known of it, or tells everything that keeps some from coming in.
async fn rows(
    tx: &WriteTx,
    delegation: &Delegation,
    (settings, categories): (&Settings, &[Category]),
    entrants: &[Entrant],
) -> Result<(Vec<Row>, Vec<Finding>), AppError> {
    let members = tx.seated_members(&delegation.name()).await?;
    let people = tx.persons_among(&members.iter().map(|member| member.person.clone()).collect()).await?;
    let (mut rows, mut found, mut seen) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (entrant, about) in entrants.iter().zip(import::seated(entrants, &people)) {
        let mut find = |issue| found.push(Finding { row: entrant.row, column: None, issue });
        let category = entrant.category.and_then(|index| categories.get(index)).map(|category| category.id.clone());
        let person = match about {
            Ok(Some(person)) => person,
            Ok(None) => {
                let profile = Box::new(entrant.profile(settings.language));
                rows.push(Row::New(Nomination { nominee: Nominee::New(profile), role: None, category }));
                continue;
            }
            Err(issue) => {
                find(issue);
                continue;
            }
        };
        if let Some(row) = seen.insert(person.name(), entrant.row) {
            find(Issue::SameAsRow(row));
        }
        let Some(member) = members.iter().find(|member| member.person == person.name()) else { continue };
        if category.is_some() && category != member.category {
            find(Issue::OtherCategory);
        }
        let said = Person { profile: entrant.laid_over(&person.profile), ..person.clone() };
        let after = if member.brought(person) { said.clone() } else { person.clone() };
        if said != *person {
            find(if after == said { Issue::Changed } else { Issue::Kept });
        }
        rows.push(Row::Seated(Box::new(Seated { member: member.clone(), before: person.clone(), after })));
    }
    require_good(settings, &found)?;
    Ok((rows, found))
}

async fn take_in(
    tx: &WriteTx,
    (event, delegation): (&Event, &Delegation),
    rows: Vec<Row>,
) -> Result<Vec<(Member, Person)>, AppError> {
    let (mut people, mut nominated) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Row::New(nomination) => {
                let id = DelegationMemberId(ids::ordered());
                take_seat(tx, delegation, (id, nomination.category.as_ref()), &nominated).await?;
                let member = seat(tx, (event, delegation), id, &nomination).await?;
                tx.insert_delegation_member(&member).await?;
                let person = tx.person(&member.person).await?.ok_or_else(|| missing(&member.person))?;
                nominated.push(member.clone());
                people.push((member, person));
            }
            Row::Seated(seated) => {
                let Seated { member, before, mut after } = *seated;
                if after != before {
                    after = before.clone().revise(after.profile, tx.now());
                    tx.save_person(&before, &after, "updated").await?;
                }
                people.push((member, after));
            }
        }
    }
    if !nominated.is_empty() {
        tx.save_delegation(delegation, &delegation.clone().note_members(tx.now()), "grown").await?;
    }
    Ok(people)
}
