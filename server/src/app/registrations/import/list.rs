//! A list as it is read: its rows, and which of them cannot come in whoever is there.

use std::collections::BTreeSet;

use attache_domain::{
    authority::Whose,
    category::Category,
    registration::import::{
        Columns, Doubles, Entrant, Finding, Issue, MOST_FINDINGS, MOST_WARNINGS, Reader, Refusal, Roll, Settings,
        Understood, header,
    },
    resource::{EventId, FileName, Owner},
};

use tokio::sync::Semaphore;

use super::{App, AppError};
use crate::exchange::table::{self, Flaw, Table, Unreadable};

/// Whose turn it is to read a list.
static READING: Semaphore = Semaphore::const_new(1);

/// A list that was read.
pub(in crate::app) struct List {
    table: Table,
    roll: Roll,
    /// The place of the first row below the headers, among those that are not blank.
    first: usize,
    /// How it was understood.
    pub(in crate::app) understood: Understood,
    /// What is wrong with it or ought to be known, whoever is there.
    pub(in crate::app) found: Found,
}

/// What was found in a list: the first of it, and how much it is.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Found {
    /// The first errors, and the first of what else ought to be known, which never takes their room.
    pub(in crate::app) first: Vec<Finding>,
    warnings: usize,
    /// How many there are.
    pub(in crate::app) count: usize,
    /// The rows that cannot come in.
    pub(in crate::app) bad: BTreeSet<u32>,
}

impl Found {
    /// Adds what was found, and keeps as much of it as is told.
    pub(in crate::app) fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            self.count += 1;
            let has_room = if finding.is_error() {
                self.bad.insert(finding.row);
                self.first.len() - self.warnings < MOST_FINDINGS
            } else {
                self.warnings < MOST_WARNINGS
            };
            if has_room {
                self.warnings += usize::from(!finding.is_error());
                self.first.push(finding);
            }
        }
    }
}

impl List {
    /// Reads a file of an event, of those that somebody may read, beside the threads that answer calls; by the columns that were found before, where
    /// they were. Lists are read one at a time: each takes much memory for a while.
    pub(in crate::app) async fn read(
        app: &App,
        event: &EventId,
        categories: &[Category],
        (settings, roll, whose): (&Settings, Roll, &Whose),
        columns: Option<&Columns>,
    ) -> Result<Self, AppError> {
        if let Some(file) = app.store.file_of(whose, &settings.file).await? {
            roll.require_size(file.label.size)?;
        }
        let (file, sheet) = (settings.file.clone(), settings.sheet.clone());
        let (settings, categories, columns) = (settings.clone(), categories.to_vec(), columns.cloned());
        let understand =
            move |table: Result<Table, Unreadable>| Self::understand(table, (&settings, roll), &categories, columns);
        Ok(with_table(app, event, (&file, whose), sheet, understand).await??)
    }

    fn understand(
        table: Result<Table, Unreadable>,
        (settings, roll): (&Settings, Roll),
        categories: &[Category],
        known: Option<Columns>,
    ) -> Result<Self, Refusal> {
        let file: &FileName = &settings.file;
        let table = table.map_err(|flaw| unreadable(file, &flaw))?;
        let rows = table.rows().map(|row| (row.number, row.cells().collect()));
        let Some((header, columns, findings)) = header(rows, (settings, roll), categories) else {
            let damaged = table.flaws.iter().take(MOST_FINDINGS).map(finding).collect();
            return Err(Refusal::NoHeader { file: file.clone(), damaged });
        };
        let table::Origin { encoding, delimiter, sheet } = table.origin.clone();
        let encoding = encoding.map(str::to_owned);
        let columns = known.unwrap_or(columns);
        let understood = Understood { encoding, delimiter, sheet, columns };
        let mut found = Found::default();
        found.add(findings);
        // What stands above the headers is nobody's, and what nobody reads keeps nobody out.
        let columns = &understood.columns;
        let below = table.flaws.iter().map(finding).filter(|finding| finding.row > columns.row);
        found.add(below.map(|finding| if columns.reads(finding.column) { finding } else { finding.unread() }));
        roll.require_rows(table.len() - header - 1)?;
        let mut list = Self { table, roll, first: header + 1, understood, found };
        list.find(settings, categories);
        Ok(list)
    }

    /// Finds what is wrong with its rows.
    fn find(&mut self, settings: &Settings, categories: &[Category]) {
        let reader = self.reader(settings, categories);
        let mut doubles = Doubles::default();
        let mut found = self.found.clone();
        for row in (self.first..self.table.len()).filter_map(|index| self.table.row(index)) {
            let cells: Vec<&str> = row.cells().collect();
            let (entrant, mut findings) = reader.read(row.number, &cells);
            if let Some(entrant) = entrant.filter(|_| !self.found.bad.contains(&row.number)) {
                findings.extend(doubles.find(&entrant, reader.columns));
            }
            // A damaged cell is told as such, and not once more for what it does not say.
            findings.retain(|finding| finding.column.is_none() || !self.is_damaged(finding));
            found.add(findings);
        }
        self.found = found;
    }

    fn is_damaged(&self, finding: &Finding) -> bool {
        let flaws = &self.table.flaws;
        flaws.binary_search_by_key(&(finding.row, finding.column), |flaw| (flaw.row, Some(flaw.column))).is_ok()
    }

    /// Reads its rows as it was understood.
    pub(in crate::app) fn reader<'a>(&'a self, settings: &'a Settings, categories: &'a [Category]) -> Reader<'a> {
        Reader { columns: &self.understood.columns, settings, categories, roll: self.roll }
    }

    /// How many rows it has below the headers that are not blank.
    pub(in crate::app) fn len(&self) -> usize {
        self.table.len() - self.first
    }

    /// The people in so many rows from one on, and what is wrong with the others.
    pub(in crate::app) fn entrants(
        &self,
        reader: &Reader<'_>,
        start: usize,
        count: usize,
    ) -> (Vec<Entrant>, Vec<Finding>) {
        let start = self.first + start;
        let rows = (start..self.table.len().min(start + count)).filter_map(|index| self.table.row(index));
        let (mut entrants, mut wrong) = (Vec::new(), Vec::new());
        for row in rows {
            if self.found.bad.contains(&row.number) {
                wrong.extend(self.found.first.iter().find(|one| one.row == row.number && one.is_error()).cloned());
                continue;
            }
            let cells: Vec<&str> = row.cells().collect();
            match reader.read(row.number, &cells) {
                (Some(entrant), _) => entrants.push(entrant),
                (None, found) => wrong.extend(found.into_iter().filter(Finding::is_error).take(1)),
            }
        }
        (entrants, wrong)
    }
}

/// Reads a file of an event as a table, of those files that somebody may read, beside the threads that answer calls. Tables are read one at a time:
/// each takes much memory for a while.
pub(in crate::app) async fn with_table<T: Send + 'static>(
    app: &App,
    event: &EventId,
    (name, whose): (&FileName, &Whose),
    sheet: Option<String>,
    understand: impl FnOnce(Result<Table, Unreadable>) -> T + Send + 'static,
) -> Result<T, AppError> {
    if name.owner != Owner::Event(event.clone()) {
        return Err(Refusal::ForeignFile.into());
    }
    app.store.file_of(whose, name).await?.ok_or(Refusal::ForeignFile)?.require_complete()?;
    let turn = READING.acquire().await;
    let (_, bytes) = app.store.read_file(name).await?.ok_or(Refusal::ForeignFile)?;
    let read = move || {
        let table = table::read(&bytes, sheet.as_deref());
        drop(bytes);
        // Whoever asked may be gone: the next is read when this one has been.
        let _turn = turn;
        understand(table)
    };
    tokio::task::spawn_blocking(read).await.map_err(AppError::BrokenOff)
}

/// Refuses a file that is no table.
pub(in crate::app) fn unreadable(file: &FileName, flaw: &Unreadable) -> Refusal {
    Refusal::Unreadable { file: file.clone(), flaw: flaw.to_string() }
}

fn finding(flaw: &Flaw) -> Finding {
    let Flaw { row, column, damage } = *flaw;
    Finding { row, column: Some(column), issue: Issue::Damaged(damage) }
}
