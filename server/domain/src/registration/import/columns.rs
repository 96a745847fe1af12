//! Which column of a list says what: by its header, in English, in Chinese or in both, or as somebody said.

use std::{collections::HashMap, fmt, str::FromStr};

use super::{Finding, Issue, Roll, Settings};
use crate::{category::Category, form::Key, language::LanguageTag};

mod known;

use known::KNOWN;

/// How many characters a header has at most; what is longer is none.
const LONGEST_HEADER: usize = 400;
/// Among how many rows the header is looked for; what stands above it is titles.
const LOOKED_AT: usize = 30;

/// What a column may say of somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// What another system knows the registration by.
    ExternalId,
    /// The category, by its id or title.
    Category,
    /// The name on the badge.
    DisplayName,
    /// The name in the person's own script.
    NativeName,
    /// The name, in whatever script.
    Name,
    /// The family name, where there is a column for each.
    FamilyName,
    /// The given name.
    GivenName,
    /// The family name as in the passport.
    PassportFamilyName,
    /// The given names as in the passport.
    PassportGivenName,
    /// How to address them.
    FormOfAddress,
    /// Where mail reaches them.
    Email,
    /// Their telephone number.
    PhoneNumber,
    /// The language they are written to in.
    LanguageCode,
    /// Where they live or work.
    RegionCode,
    /// The zone by whose clocks deadlines are written to them.
    TimeZone,
    /// The body they belong to.
    Affiliation,
    /// Their position in it.
    Position,
    /// The number of the row in the list, which is nobody's.
    Serial,
    /// The answer to a field of the category's form.
    Answer(Key),
}

impl FromStr for Target {
    type Err = &'static str;

    /// Reads what a column is said to say: `display_name`, `answers.diet`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(key) = text.strip_prefix("answers.") {
            return key.parse().map(Self::Answer).map_err(|_| "names no field of a form");
        }
        let known = KNOWN.into_iter().find(|(_, name, _)| *name == text);
        known.map(|(target, ..)| target).ok_or("is nothing that a column may say")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Answer(key) = self {
            return write!(f, "answers.{key}");
        }
        let known = KNOWN.iter().find(|(target, ..)| target == self);
        f.write_str(known.map_or("", |(_, name, _)| name))
    }
}

/// What the columns of a list say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The row of the headers, as a spreadsheet counts.
    pub row: u32,
    /// What each header says, and what is read below it.
    pub read: Vec<(String, Option<Target>)>,
}

/// Finds the row that names the columns among the first of a list, and what they say; the row is told by its place among those given.
///
/// What is odd about columns is found with it.
pub fn header<'a>(
    rows: impl Iterator<Item = (u32, Vec<&'a str>)>,
    (settings, roll): (&Settings, Roll),
    categories: &[Category],
) -> Option<(usize, Columns, Vec<Finding>)> {
    let names = names(categories);
    let mut best: Option<(usize, usize, Columns)> = None;
    for (index, (number, cells)) in rows.take(LOOKED_AT).enumerate() {
        let read: Vec<_> = cells.iter().map(|cell| (shortened(cell), target(cell, settings, &names))).collect();
        let is_known =
            |(header, target): &&(String, Option<Target>)| target.is_some() || said(header, settings).is_some();
        let known = read.iter().filter(is_known).count();
        let says_who = read.iter().flatten_targets().any(Target::says_who);
        let is_better = best.as_ref().is_none_or(|(most, ..)| known > *most);
        if says_who && is_better {
            best = Some((known, index, Columns { row: number, read }));
        }
    }
    let (_, index, mut columns) = best?;
    let findings = columns.settle(settings, roll);
    Some((index, columns, findings))
}

trait Targets<'a> {
    fn flatten_targets(self) -> impl Iterator<Item = &'a Target>;
}

impl<'a, I: Iterator<Item = &'a (String, Option<Target>)>> Targets<'a> for I {
    fn flatten_targets(self) -> impl Iterator<Item = &'a Target> {
        self.filter_map(|(_, target)| target.as_ref())
    }
}

impl Target {
    /// What its column is called in a table that is written, in English and in Chinese; [`KNOWN`] has both.
    pub(in crate::registration) const fn header(&self) -> (&'static str, &'static str) {
        match self {
            Self::ExternalId => ("External ID", "外部编号"),
            Self::Category => ("Category", "类别"),
            Self::DisplayName => ("Name on badge", "胸牌姓名"),
            Self::NativeName => ("Native name", "本国文字姓名"),
            Self::Name => ("Name", "姓名"),
            Self::FamilyName => ("Family name", "姓"),
            Self::GivenName => ("Given name", "名"),
            Self::PassportFamilyName => ("Passport surname", "护照姓"),
            Self::PassportGivenName => ("Passport given names", "护照名"),
            Self::FormOfAddress => ("Form of address", "称谓"),
            Self::Email => ("Email", "邮箱"),
            Self::PhoneNumber => ("Phone", "电话"),
            Self::LanguageCode => ("Language", "语言"),
            Self::RegionCode => ("Country", "国家"),
            Self::TimeZone => ("Time zone", "时区"),
            Self::Affiliation => ("Organization", "单位"),
            Self::Position => ("Position", "职务"),
            Self::Serial => ("No.", "序号"),
            Self::Answer(_) => ("", ""),
        }
    }

    /// Whether it says what somebody answers.
    const fn is_answer(&self) -> bool {
        matches!(self, Self::Answer(_))
    }

    /// Whether it says who somebody is.
    const fn says_who(&self) -> bool {
        matches!(self, Self::Name | Self::DisplayName | Self::NativeName | Self::FamilyName | Self::GivenName)
    }
}

impl Columns {
    /// Decides which of the names is which, and finds columns that are not read or say the same.
    fn settle(&mut self, settings: &Settings, roll: Roll) -> Vec<Finding> {
        self.settle_names();
        let is_read = |target: &Target| match roll {
            // Whoever is invited answers for themselves.
            Roll::Registrations => settings.invitation.is_none() || !target.is_answer(),
            Roll::Members => !target.is_answer() && *target != Target::ExternalId,
        };
        self.read.iter_mut().for_each(|(_, target)| *target = target.take_if(|target| is_read(target)));
        let is_left_out = |header: &str| said(header, settings) == Some(&None);
        let mut findings = Vec::new();
        for index in 0..self.read.len() {
            let (header, target) = &self.read[index];
            let number = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
            let issue = match target {
                None if header.is_empty() || is_left_out(header) => None,
                None => Some(Issue::Ignored),
                Some(Target::Serial) => None,
                Some(Target::FamilyName | Target::GivenName) if self.composed().is_none() => Some(Issue::Ignored),
                Some(target) => {
                    let first = self.read[..index].iter().position(|(_, other)| other.as_ref() == Some(target));
                    first.map(|first| Issue::SameColumn(number(first)))
                }
            };
            findings.extend(issue.map(|issue| Finding { row: self.row, column: Some(number(index)), issue }));
        }
        if let Some(index) = self.composed() {
            let column = u32::try_from(index + 1).ok();
            findings.push(Finding { row: self.row, column, issue: Issue::Composed });
        }
        findings
    }

    /// A column that is only called a name has the name on the badge, unless another says that it has: then it has the name in the person's
    /// own script. Of two, the one that is called so in Chinese has that.
    fn settle_names(&mut self) {
        let has =
            |columns: &Self, wanted: &Target| columns.read.iter().flatten_targets().any(|target| target == wanted);
        let names: Vec<usize> =
            (0..self.read.len()).filter(|index| self.read[*index].1 == Some(Target::Name)).collect();
        // Beside a family name alone, what is called the name is the given one.
        if let ([given], true) = (names.as_slice(), has(self, &Target::FamilyName))
            && !has(self, &Target::GivenName)
            && !has(self, &Target::DisplayName)
        {
            self.read[*given].1 = Some(Target::GivenName);
            return;
        }
        let badge = if has(self, &Target::DisplayName) {
            None
        } else {
            names.iter().find(|index| !self.read[**index].0.chars().any(is_chinese)).or(names.first()).copied()
        };
        for index in names {
            self.read[index].1 = Some(if badge == Some(index) { Target::DisplayName } else { Target::NativeName });
        }
    }

    /// The column of the given name, where names on badges are put together of it and the family name.
    pub(super) fn composed(&self) -> Option<usize> {
        let given = self.position(&Target::GivenName)?;
        self.position(&Target::FamilyName).filter(|_| self.position(&Target::DisplayName).is_none()).map(|_| given)
    }

    /// Whether a column, 1 first, is read.
    pub fn reads(&self, column: Option<u32>) -> bool {
        let index = column.and_then(|column| usize::try_from(column).ok()?.checked_sub(1));
        let target = index.and_then(|index| self.read.get(index)).and_then(|(_, target)| target.as_ref());
        target.is_some_and(|target| *target != Target::Serial)
    }

    /// Where something is said, 0 first.
    pub(super) fn position(&self, target: &Target) -> Option<usize> {
        self.read.iter().position(|(_, said)| said.as_ref() == Some(target))
    }
}

/// What somebody said that a column says, or that it is to be left out.
fn said<'a>(header: &str, settings: &'a Settings) -> Option<&'a Option<Target>> {
    settings.columns.iter().find(|(named, _)| named == header).map(|(_, said)| said)
}

/// A header, as much of it as is told.
fn shortened(header: &str) -> String {
    header.trim().chars().take(LONGEST_HEADER).collect()
}

/// What a column says by its header.
fn target(header: &str, settings: &Settings, names: &HashMap<String, Target>) -> Option<Target> {
    if header.chars().nth(LONGEST_HEADER).is_some() {
        return None;
    }
    if let Some(said) = said(header.trim(), settings) {
        return said.clone();
    }
    // A header may stand in two languages, and with a remark: `姓名 / Name *`, `手机（必填）`, `邮箱 Email`.
    let remarkless = header.split(['(', '（', '[', '【']).next().unwrap_or_default();
    let parts = header.split(['/', '\n', '|', '／', '(', ')', '（', '）']);
    let is_of_both = header.chars().any(is_chinese) && header.chars().any(|c| c.is_ascii_alphabetic());
    let words = header.split_whitespace().filter(|_| is_of_both);
    // Two fields that are called the same, and one that is called as something else is, are written by their ids.
    let by_id = header.trim().parse().ok().filter(|said| matches!(said, Target::Answer(_)));
    if by_id.is_some() {
        return by_id;
    }
    [header, remarkless].into_iter().chain(parts).chain(words).find_map(|text| names.get(&folded(text)).cloned())
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// What is called so: something that is known of everybody, or a field of a form.
pub(in crate::registration) fn called(name: &str, categories: &[Category]) -> Option<Target> {
    names(categories).remove(name)
}

/// What columns may be called, folded, and what they say then.
fn names(categories: &[Category]) -> HashMap<String, Target> {
    let mut names = HashMap::new();
    let fields = categories.iter().flat_map(|category| category.plan.form.fields());
    for field in fields.collect::<Vec<_>>().into_iter().rev() {
        let labels = LanguageTag::ALL.map(|language| folded(field.label.in_language(language)));
        let known_by = labels.into_iter().chain([folded(field.id.as_str())]);
        names.extend(known_by.map(|name| (name, Target::Answer(field.id.clone()))));
    }
    for (target, wire, known) in KNOWN {
        let known_by = known.iter().map(|name| (*name).to_owned()).chain([folded(wire)]);
        names.extend(known_by.map(|name| (name, target.clone())));
    }
    names.remove("");
    names
}

/// A header in small letters, without what does not tell one from another.
pub(crate) fn folded(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric() || *c == '#').flat_map(char::to_lowercase).collect()
}
