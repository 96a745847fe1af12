//! Lists of people whom a delegation sends: each row nominates somebody, or says more of somebody who was nominated.

use std::collections::{BTreeMap, BTreeSet};

use attache_domain::{
    authority::DelegationKeeper,
    category::Category,
    delegation::{Delegation, Member},
    event::Event,
    person::Person,
    registration::import::{self, Entrant, Finding, Issue, Refusal, Roll, Settings, Told},
    resource::{CategoryId, DelegationMemberId},
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
    store::{Request, WriteTx},
};

/// How many rows a list has at most.
const MOST_ROWS: usize = 500;

/// Whom a list names.
#[derive(Clone, Debug)]
pub struct Named {
    /// The members, in the order of the rows.
    pub members: Vec<Member>,
    /// What of the list ought to be known.
    pub findings: Vec<Told>,
}

/// What becomes of a row.
enum Row {
    /// Somebody is nominated.
    New(Nomination),
    /// Somebody who has a seat is known otherwise from now on, or as they were.
    Seated(Box<(Member, Person)>),
}

/// Nominates the people of a list for an open delegation, all or nobody. A focal point's list is gone then, and what was to be known of it is told once.
pub async fn import(
    app: &App,
    keeper: &DelegationKeeper,
    settings: &Settings,
    request: Request,
) -> Result<Named, AppError> {
    let deed = app.deed(keeper, request);
    if let Some(members) = app.store.repeated(&deed).await? {
        return Ok(Named { members, findings: Vec::new() });
    }
    require_open(app, keeper).await?;
    let event = &keeper.delegation().event;
    let list = List::read(app, event, (settings, Roll::Members, &keeper.whose_files()), None).await?;
    if list.len() > MOST_ROWS {
        return Err(Refusal::TooManyRows { rows: list.len(), most: MOST_ROWS }.into());
    }
    require_good(settings, list.found.first.iter())?;
    let categories = &app.store.all_categories(event).await?[..];
    let (entrants, _) = list.entrants(&list.reader(settings, categories), 0, list.len());
    let entrants = &entrants[..];
    let members = app.store.write(&deed, |tx| async move {
        let event = event_of(&tx, keeper.delegation()).await?;
        event.require_active()?;
        let delegation = find(&tx, keeper.delegation()).await?;
        delegation.require_open(keeper.standing(), tx.now())?;
        let rows = rows(&tx, &delegation, (settings, categories), entrants).await?;
        let members = take_in(&tx, (&event, &delegation), rows).await?;
        discard(&tx, keeper, Some(settings.file.clone())).await?;
        Ok::<_, AppError>(members)
    });
    let members = members.await?;
    let columns = &list.understood.columns;
    Ok(Named { members, findings: list.found.first.iter().map(|finding| finding.told(columns)).collect() })
}

/// Refuses a delegation that takes no members now, before the list is read; asked again as its people are nominated.
async fn require_open(app: &App, keeper: &DelegationKeeper) -> Result<(), AppError> {
    let found = app.store.kept_delegation(keeper).await?;
    let (event, delegation) = found.ok_or_else(|| missing(keeper.delegation()))?;
    event.require_active()?;
    Ok(delegation.require_open(keeper.standing(), app.clock.now())?)
}

/// Refuses a list with errors in it, and tells all of them.
fn require_good<'a>(settings: &Settings, found: impl Iterator<Item = &'a Finding>) -> Result<(), Refusal> {
    let findings: Vec<Finding> = found.filter(|finding| finding.is_error()).cloned().collect();
    if findings.is_empty() {
        return Ok(());
    }
    let rows: BTreeSet<u32> = findings.iter().map(|finding| finding.row).collect();
    let rows = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    Err(Refusal::BadRows { file: settings.file.clone(), rows, findings })
}

/// Decides what becomes of each row, or tells everything that keeps some from coming in.
async fn rows(
    tx: &WriteTx,
    delegation: &Delegation,
    (settings, categories): (&Settings, &[Category]),
    entrants: &[Entrant],
) -> Result<Vec<Row>, AppError> {
    let members = tx.seated_members(&delegation.name()).await?;
    let mut people = Vec::new();
    for member in &members {
        people.push(tx.person(&member.person).await?.ok_or_else(|| missing(&member.person))?);
    }
    let (mut rows, mut wrong, mut seen) = (Vec::new(), Vec::new(), BTreeMap::new());
    for entrant in entrants {
        let mut find = |issue| wrong.push(Finding { row: entrant.row, column: None, issue });
        let category = entrant.category.and_then(|index| categories.get(index)).map(|category| category.id.clone());
        match import::seated(entrant, &people) {
            Err(issue) => find(issue),
            Ok(None) if category.as_ref().is_some_and(|category| !has_seats(delegation, category)) => {
                find(Issue::NoSeats);
            }
            Ok(None) => {
                let profile = Box::new(entrant.profile(settings.language));
                rows.push(Row::New(Nomination { nominee: Nominee::New(profile), role: None, category }));
            }
            Ok(Some(person)) => match seen.insert(person.name(), entrant.row) {
                Some(row) => find(Issue::SameAsRow(row)),
                None => rows.extend(seated(&members, person, entrant)),
            },
        }
    }
    require_good(settings, wrong.iter())?;
    Ok(rows)
}

fn has_seats(delegation: &Delegation, category: &CategoryId) -> bool {
    delegation.plan.quotas.of(category) > 0
}

/// A member as their row has them: changed, if their delegation brought them.
fn seated(members: &[Member], person: &Person, entrant: &Entrant) -> Option<Row> {
    let member = members.iter().find(|member| member.person == person.name())?;
    let mut person = person.clone();
    if member.brought(&person) {
        person.profile = entrant.laid_over(&person.profile);
    }
    Some(Row::Seated(Box::new((member.clone(), person))))
}

async fn take_in(
    tx: &WriteTx,
    (event, delegation): (&Event, &Delegation),
    rows: Vec<Row>,
) -> Result<Vec<Member>, AppError> {
    let (mut members, mut nominated) = (Vec::new(), Vec::new());
    for row in rows {
        let member = match row {
            Row::New(nomination) => {
                let id = DelegationMemberId(ids::ordered());
                take_seat(tx, delegation, (id, nomination.category.as_ref()), &nominated).await?;
                let member = seat(tx, (event, delegation), id, &nomination).await?;
                tx.insert_delegation_member(&member).await?;
                nominated.push(member.clone());
                member
            }
            Row::Seated(seated) => {
                let (member, after) = *seated;
                let before = tx.person(&after.name()).await?.ok_or_else(|| missing(after.name()))?;
                if after != before {
                    tx.save_person(&before, &before.clone().revise(after.profile, tx.now()), "updated").await?;
                }
                member
            }
        };
        members.push(member);
    }
    if !nominated.is_empty() {
        tx.save_delegation(delegation, &delegation.clone().note_members(tx.now()), "grown").await?;
    }
    Ok(members)
}
