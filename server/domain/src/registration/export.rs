//! Registrations as a table: what its columns are called, and what stands in them.
//!
//! **Invariant:** what is written here is read by an import of lists, header by header.

use std::{fmt, str::FromStr};

use super::{
    Registration,
    import::{Target, called, folded},
};
use crate::{
    category::Category,
    form::{Answers, Field, Key, Kind},
    language::LanguageTag,
    name::{NameText, PassportName, PersonName},
    person::{Person, Profile},
    resource::CategoryId,
};

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// The registration's resource name.
    Name,
    /// Where it stands.
    State,
    /// When it came.
    CreateTime,
    /// When it was last changed.
    UpdateTime,
    /// What an import reads too.
    Said(Target),
}

/// The columns of a table whose asker names none, before the fields of the forms.
const USUAL: [Column; 18] = [
    Column::Name,
    Column::Said(Target::ExternalId),
    Column::Said(Target::Category),
    Column::State,
    Column::Said(Target::DisplayName),
    Column::Said(Target::NativeName),
    Column::Said(Target::PassportFamilyName),
    Column::Said(Target::PassportGivenName),
    Column::Said(Target::FormOfAddress),
    Column::Said(Target::Email),
    Column::Said(Target::PhoneNumber),
    Column::Said(Target::LanguageCode),
    Column::Said(Target::RegionCode),
    Column::Said(Target::TimeZone),
    Column::Said(Target::Affiliation),
    Column::Said(Target::Position),
    Column::CreateTime,
    Column::UpdateTime,
];

impl FromStr for Column {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "name" => Ok(Self::Name),
            "state" => Ok(Self::State),
            "create_time" => Ok(Self::CreateTime),
            "update_time" => Ok(Self::UpdateTime),
            said => {
                let target = said.parse()?;
                let is_written =
                    !matches!(target, Target::Serial | Target::Name | Target::FamilyName | Target::GivenName);
                if is_written { Ok(Self::Said(target)) } else { Err("is no column") }
            }
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("name"),
            Self::State => f.write_str("state"),
            Self::CreateTime => f.write_str("create_time"),
            Self::UpdateTime => f.write_str("update_time"),
            Self::Said(target) => write!(f, "{target}"),
        }
    }
}

impl Column {
    /// What it is called in a language, by the forms of an event.
    pub fn header(&self, forms: &Forms<'_>, language: LanguageTag) -> String {
        let (en, zh) = match self {
            Self::Name => ("Registration", "登记"),
            Self::State => ("State", "状态"),
            Self::CreateTime => ("Registered (UTC)", "登记时间（UTC）"),
            Self::UpdateTime => ("Changed (UTC)", "变更时间（UTC）"),
            Self::Said(Target::Answer(key)) => return forms.label(key, language),
            Self::Said(target) => target.header(),
        };
        match language {
            LanguageTag::English => en.to_owned(),
            LanguageTag::Chinese => zh.to_owned(),
        }
    }
}

/// What the forms of an event's categories ask.
#[derive(Clone, Copy, Debug)]
pub struct Forms<'a>(&'a [Category]);

impl<'a> Forms<'a> {
    /// What these categories ask.
    pub fn of(categories: &'a [Category]) -> Self {
        Self(categories)
    }

    /// All columns that there are: the usual ones, and one for each field.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = USUAL.to_vec();
        for field in self.fields() {
            let column = Column::Said(Target::Answer(field.id.clone()));
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    fn fields(&self) -> impl Iterator<Item = &'a Field> {
        self.0.iter().flat_map(|category| category.plan.form.fields())
    }

    /// A field's label, or its name where something else is called the same.
    fn label(&self, key: &Key, language: LanguageTag) -> String {
        let own = self.fields().find(|field| field.id == *key).map(|field| field.label.in_language(language));
        let is_shared = |own: &str| {
            let others = self.fields().filter(|field| field.id != *key);
            let mut labels =
                others.flat_map(|field| LanguageTag::ALL.map(|language| field.label.in_language(language)));
            labels.any(|label| folded(label) == folded(own))
        };
        let own_target = Target::Answer(key.clone());
        match own {
            Some(own) if !is_shared(own) && called(&folded(own), self.0).as_ref() == Some(&own_target) => {
                own.to_owned()
            }
            Some(_) | None => own_target.to_string(),
        }
    }

    fn field(&self, category: &CategoryId, key: &Key) -> Option<&'a Field> {
        self.0.iter().find(|one| one.id == *category)?.plan.form.field(key)
    }
}

/// A registration as a row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The registration.
    pub registration: &'a Registration,
    /// Its person.
    pub person: Option<&'a Person>,
    /// What was answered.
    pub answers: Option<&'a Answers>,
}

impl Row<'_> {
    /// What stands in a column, as texts of which answers may have several; none, where it is empty.
    pub fn cell(&self, column: &Column) -> Vec<String> {
        let one = |text: String| vec![text];
        let Registration { category, state, external_id, history, .. } = self.registration;
        match column {
            Column::Name => one(self.registration.name().to_string()),
            Column::State => one(state.to_string()),
            Column::CreateTime => one(history.create_time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
            Column::UpdateTime => one(history.update_time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
            Column::Said(Target::ExternalId) => external_id.iter().map(ToString::to_string).collect(),
            Column::Said(Target::Category) => one(category.to_string()),
            Column::Said(Target::Answer(key)) => {
                self.answers.and_then(|answers| answers.to(key)).map(<[String]>::to_vec).unwrap_or_default()
            }
            Column::Said(target) => {
                let said = self.person.and_then(|person| of_person(&person.profile, target));
                said.into_iter().collect()
            }
        }
    }

    /// The same for people to read: what was chosen as it is called in a language.
    pub fn readable(&self, column: &Column, forms: &Forms<'_>, language: LanguageTag) -> String {
        let values = self.cell(column);
        let Column::Said(Target::Answer(key)) = column else { return values.concat() };
        let field = forms.field(&self.registration.category, key);
        let choices = field.and_then(|field| field.kind.choices()).unwrap_or_default();
        let is_line = field.is_none_or(|field| !matches!(field.kind, Kind::Choices(..) | Kind::Companions(_)));
        let called = |value: &String| {
            let choice = choices.iter().find(|choice| choice.id.as_str() == value);
            choice.map_or_else(|| value.clone(), |choice| choice.label.in_language(language).to_owned())
        };
        values.iter().map(called).collect::<Vec<_>>().join(if is_line { "\n" } else { "; " })
    }
}

/// What is known of a person.
fn of_person(profile: &Profile, target: &Target) -> Option<String> {
    let Profile { name, email, phone_number, language, region_code, time_zone, affiliation, position } = profile;
    let PersonName { display_name, native_name, passport_name, form_of_address, family_first: _ } = name;
    let written = |name: &NameText| name.as_str().to_owned();
    match target {
        Target::DisplayName => Some(written(display_name)),
        Target::NativeName => native_name.as_ref().map(written),
        Target::PassportFamilyName => passport_name.as_ref().and_then(PassportName::surname).map(written),
        Target::PassportGivenName => passport_name.as_ref().and_then(PassportName::given_names).map(written),
        Target::FormOfAddress => form_of_address.as_ref().map(written),
        Target::Email => email.as_ref().map(|email| email.as_str().to_owned()),
        Target::PhoneNumber => phone_number.clone(),
        Target::LanguageCode => Some(language.as_str().to_owned()),
        Target::RegionCode => region_code.map(|code| code.to_string()),
        Target::TimeZone => time_zone.map(|zone| zone.name().to_owned()),
        Target::Affiliation => affiliation.clone(),
        Target::Position => position.clone(),
        Target::ExternalId
        | Target::Category
        | Target::Name
        | Target::FamilyName
        | Target::GivenName
        | Target::Serial
        | Target::Answer(_) => None,
    }
}

#[cfg(test)]
mod tests;
