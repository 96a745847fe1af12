//! Lists of a meeting service, taken in: who joined and when, and by which link of their own each joins.

use attache_domain::{
    authority::{Organizer, Whose},
    cell::DateOrder,
    check_in::{
        self, Mode, Refusal, Seen,
        meeting_list::{self, Columns, Issue, Kind, MOST_TOLD, NoHeader, Said, Taken, Tally},
    },
    check_in_list::CheckInList,
    event::Event,
    registration::import::Told,
    resource::{CheckInId, CheckInListId, CheckInListName, CheckInName, EventName, FileName, RegistrationName},
};
use chrono_tz::Tz;

use super::{admit, list_of};
use crate::{
    app::{
        App, AppError, events, missing,
        registrations::{unreadable, with_table},
    },
    exchange::table::{Table, Unreadable},
    ids,
    store::{Admission, Noted, Request, WriteTx},
};

/// How many people are noted in one transaction.
const TOGETHER: usize = 200;

/// What a list is to say.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// Who joined, and when, by the clocks of a zone, or the event's.
    Attendance(Option<Tz>, Option<DateOrder>),
    /// By which link of their own each joins.
    Links,
}

/// A list that a meeting service wrote, and how it is to be read.
#[derive(Clone, Debug)]
pub struct MeetingList {
    /// What it is to say.
    pub wanted: Wanted,
    /// On which list of the event people are noted; none, for the event itself.
    pub list: Option<CheckInListId>,
    /// The file.
    pub file: FileName,
    /// The sheet of a workbook; the first that is shown, when left out.
    pub sheet: Option<String>,
    /// What the meeting is called.
    pub gate: Option<String>,
}

/// Takes in what a list says, as far as it is about people who are registered; each of them is taken by themselves, so that none keeps another out.
///
/// Who was noted before, by the same request or another, is not noted again. What there is to tell of lines is told once.
pub async fn take_in(
    app: &App,
    organizer: &Organizer,
    list: &MeetingList,
    request: Request,
) -> Result<(Tally, Vec<Told>), AppError> {
    let parts = app.deed(organizer, Request { key: None, validate_only: request.validate_only });
    let whole = app.deed(organizer, request);
    if let Some(tally) = app.store.repeated(&whole).await? {
        return Ok((tally, Vec::new()));
    }
    let kind = kind_of(app, organizer, list).await?;
    let (columns, Taken { rows, about, mut findings }) = read(app, organizer, list, kind).await?;
    let mut tally = Tally { rows, ..Tally::default() };
    for lines in about.into_iter().collect::<Vec<_>>().chunks(TOGETHER) {
        let noted = app.store.write(&parts, |tx| async move { note_all(&tx, organizer, list, lines).await });
        for (row, result) in noted.await?.0 {
            match result {
                Ok(false) => tally.noted += 1,
                Ok(true) => tally.already += 1,
                Err(issue) => findings.push((row, issue)),
            }
        }
    }
    tally.left_out = findings.iter().filter(|(_, issue)| issue.is_error()).count().try_into().unwrap_or(u32::MAX);
    findings.sort_by_key(|(row, issue)| (!issue.is_error(), *row));
    findings.truncate(MOST_TOLD);
    findings.sort_by_key(|(row, _)| *row);
    let told = findings.into_iter().map(|(row, issue)| columns.told(row, issue)).collect();
    let tally = app.store.write(&whole, |_| async move { Ok::<_, AppError>(tally) }).await?;
    Ok((tally, told))
}

/// How a list is read, which has to be for something that takes place.
async fn kind_of(app: &App, organizer: &Organizer, list: &MeetingList) -> Result<Kind, AppError> {
    let name = EventName { event: organizer.event().clone() };
    let event = app.store.event(&organizer.viewer()).await?.ok_or_else(|| missing(name))?;
    event.require_active()?;
    if let Some(check_in_list) = list.list.clone() {
        let name = CheckInListName { event: event.id.clone(), check_in_list };
        app.store.attended_list(&name).await?.ok_or_else(|| missing(&name))?;
    }
    Ok(match list.wanted {
        Wanted::Attendance(zone, order) => Kind::Attendance(zone.unwrap_or_else(|| event.plan.start.zone()), order),
        Wanted::Links => Kind::Links,
    })
}

/// Reads a list, and finds whom its lines are about.
async fn read(app: &App, organizer: &Organizer, list: &MeetingList, kind: Kind) -> Result<(Columns, Taken), AppError> {
    let guests = app.store.guests(organizer).await?;
    let file = list.file.clone();
    let understand = move |table: Result<Table, Unreadable>| {
        let table = table.map_err(|flaw| unreadable(&file, &flaw))?;
        let headers = table.rows().map(|row| row.cells().collect());
        let Some((header, columns)) = meeting_list::header(headers, kind) else {
            return Err(NoHeader { file, kind }.into());
        };
        let lines = table.rows().skip(header + 1).map(|row| (row.number, row.cells().collect()));
        let taken = meeting_list::take(lines, &columns, kind, &guests);
        Ok::<_, AppError>((columns, taken))
    };
    with_table(app, organizer.event(), (&list.file, &Whose::Anybodys), list.sheet.clone(), understand).await?
}

async fn note_all(
    tx: &WriteTx,
    organizer: &Organizer,
    list: &MeetingList,
    lines: &[(RegistrationName, (u32, Said))],
) -> Result<Noted, AppError> {
    let event = events::find(tx, organizer).await?;
    let on = list_of(tx, &event, list.list.as_ref()).await?;
    let mut noted = Vec::new();
    for (name, (row, said)) in lines {
        noted.push((*row, note(tx, (&event, on.as_ref()), list, (name, said)).await?));
    }
    Ok(Noted(noted))
}

/// Takes note of what a line says of somebody; tells whether it was noted before.
async fn note(
    tx: &WriteTx,
    (event, on): (&Event, Option<&CheckInList>),
    list: &MeetingList,
    (name, said): (&RegistrationName, &Said),
) -> Result<Result<bool, Issue>, AppError> {
    let Some(registration) = tx.registration(name).await? else { return Ok(Err(Issue::Unknown)) };
    match check_in::admit(event, on, &registration) {
        Ok(()) => {}
        Err(Refusal::Registration(_)) => return Ok(Err(Issue::NotConfirmed)),
        Err(Refusal::NotOnList { .. }) => return Ok(Err(Issue::NotOnList)),
        Err(other) => return Err(other.into()),
    }
    let time = match said {
        Said::Link(address) => return Ok(Ok(tx.save_joining_link(&registration, list.list.as_ref(), address).await?)),
        Said::Joined(time) => *time,
    };
    // Of the same list again each line is the same scan, which checks nobody in again after it was undone.
    let part = format!("{:?} {time}", list.list);
    let id = CheckInId(ids::derived(registration.id.0, &part));
    if tx.check_in(&CheckInName { event: event.id.clone(), check_in: id }).await?.is_some() {
        return Ok(Ok(true));
    }
    let seen = Seen { time: Some(time), gate: list.gate.clone(), list: list.list.clone(), mode: Mode::Online };
    let Admission { already, .. } = admit(tx, (event, on), (registration, None), (id, &seen)).await?;
    Ok(Ok(already))
}
