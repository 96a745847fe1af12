//! A list as it is read: its rows, and which of them cannot come in whoever is there.

use std::collections::BTreeSet;

use attache_domain::{
    category::Category,
    registration::import::{Columns, Doubles, Entrant, Finding, Issue, Reader, Refusal, Settings, Understood, header},
    resource::{EventId, FileName, Owner},
};

use super::{App, AppError};
use crate::exchange::table::{self, Flaw, Table};

/// A list that was read.
pub(super) struct List {
    table: Table,
    /// The place of the first row below the headers, among those that are not blank.
    first: usize,
    /// How it was understood.
    pub(super) understood: Understood,
    /// What is wrong with it or ought to be known, whoever is there.
    pub(super) findings: Vec<Finding>,
    /// The rows that cannot come in for it.
    pub(super) bad: BTreeSet<u32>,
}

impl List {
    /// Reads a file of an event beside the threads that answer calls; by the columns that were found before, where they were.
    pub(super) async fn read(
        app: &App,
        event: &EventId,
        settings: &Settings,
        columns: Option<&Columns>,
    ) -> Result<Self, AppError> {
        if settings.file.owner != Owner::Event(event.clone()) {
            return Err(Refusal::ForeignFile.into());
        }
        let (file, bytes) = app.store.read_file(&settings.file).await?.ok_or(Refusal::ForeignFile)?;
        file.require_complete()?;
        let categories = app.store.all_categories(event).await?;
        let (settings, columns) = (settings.clone(), columns.cloned());
        let read = move || {
            let table = table::read(&bytes, settings.sheet.as_deref());
            drop(bytes);
            Self::understand(table, &settings, &categories, columns)
        };
        Ok(tokio::task::spawn_blocking(read).await.map_err(AppError::BrokenOff)??)
    }

    fn understand(
        table: Result<Table, table::Unreadable>,
        settings: &Settings,
        categories: &[Category],
        known: Option<Columns>,
    ) -> Result<Self, Refusal> {
        let file: &FileName = &settings.file;
        let table = table.map_err(|flaw| Refusal::Unreadable { file: file.clone(), flaw: flaw.to_string() })?;
        let damaged = table.flaws.iter().map(finding).collect::<Vec<_>>();
        let rows = table.rows().map(|row| (row.number, row.cells().collect()));
        let Some((header, columns, mut findings)) = header(rows, settings, categories) else {
            return Err(Refusal::NoHeader { file: file.clone(), damaged });
        };
        // What stands above the headers is nobody's.
        findings.extend(damaged.into_iter().filter(|finding| finding.row >= columns.row));
        let table::Origin { encoding, delimiter, sheet } = table.origin.clone();
        let encoding = encoding.map(str::to_owned);
        let columns = known.unwrap_or(columns);
        let understood = Understood { encoding, delimiter, sheet, columns };
        let bad = findings.iter().filter(|finding| finding.is_error()).map(|finding| finding.row).collect();
        let mut list = Self { table, first: header + 1, understood, findings, bad };
        list.find(settings, categories);
        Ok(list)
    }

    /// Finds what is wrong with its rows.
    fn find(&mut self, settings: &Settings, categories: &[Category]) {
        let reader = self.reader(settings, categories);
        let mut doubles = Doubles::default();
        let (mut found, mut bad) = (Vec::new(), BTreeSet::new());
        for row in (self.first..self.table.len()).filter_map(|index| self.table.row(index)) {
            let cells: Vec<&str> = row.cells().collect();
            let (entrant, mut findings) = reader.read(row.number, &cells);
            if let Some(entrant) = entrant.filter(|_| !self.bad.contains(&row.number)) {
                findings.extend(doubles.find(&entrant, reader.columns));
            }
            // A damaged cell is told as such, and not once more for what it does not say.
            findings.retain(|finding| finding.column.is_none() || !self.is_damaged(finding));
            if findings.iter().any(Finding::is_error) {
                bad.insert(row.number);
            }
            found.append(&mut findings);
        }
        self.findings.append(&mut found);
        self.bad.append(&mut bad);
    }

    fn is_damaged(&self, finding: &Finding) -> bool {
        let flaws = &self.table.flaws;
        flaws.binary_search_by_key(&(finding.row, finding.column), |flaw| (flaw.row, Some(flaw.column))).is_ok()
    }

    /// Reads its rows as it was understood.
    pub(super) fn reader<'a>(&'a self, settings: &'a Settings, categories: &'a [Category]) -> Reader<'a> {
        Reader { columns: &self.understood.columns, settings, categories }
    }

    /// How many rows it has below the headers that are not blank.
    pub(super) fn len(&self) -> usize {
        self.table.len() - self.first
    }

    /// The people in so many rows from one on, less those that cannot come in.
    pub(super) fn entrants(&self, reader: &Reader<'_>, start: usize, count: usize) -> Vec<Entrant> {
        let start = self.first + start;
        let rows = (start..self.table.len().min(start + count)).filter_map(|index| self.table.row(index));
        let good = rows.filter(|row| !self.bad.contains(&row.number));
        let read = good.filter_map(|row| {
            let cells: Vec<&str> = row.cells().collect();
            let reader = Reader { columns: reader.columns, settings: reader.settings, categories: reader.categories };
            reader.read(row.number, &cells).0
        });
        read.collect()
    }
}

fn finding(flaw: &Flaw) -> Finding {
    let Flaw { row, column, damage } = *flaw;
    Finding { row, column: Some(column), issue: Issue::Damaged(damage) }
}
