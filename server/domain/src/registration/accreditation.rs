//! Registrations as the table that somebody else asks for, to accredit those who come: their headers, our people, and what documents say.

use std::str::FromStr;

use super::export::{Column, Forms, Row};
use crate::{
    identity_document::{Contents, IdentityCard, Kind, Passport},
    language::LanguageTag,
    name::NameText,
};

/// What stands in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// What a registration or its person says.
    Said(Column),
    /// What their document says.
    Document(Detail),
    /// The same in every row.
    Text(String),
}

/// A part of what a document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Of what kind it is.
    Kind,
    /// Its number.
    Number,
    /// Who issued a passport.
    IssuingState,
    /// The nationality in a passport.
    Nationality,
    /// The primary identifier in a passport.
    FamilyName,
    /// The secondary identifier in a passport.
    GivenName,
    /// The whole name.
    FullName,
    /// The day of birth.
    BirthDate,
    /// The sex.
    Sex,
    /// The day of issue.
    IssueDate,
    /// The last day of validity.
    ExpireDate,
}

impl FromStr for Detail {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "document_kind" => Ok(Self::Kind),
            "document_number" => Ok(Self::Number),
            "document_issuing_state_code" => Ok(Self::IssuingState),
            "document_nationality_code" => Ok(Self::Nationality),
            "document_family_name" => Ok(Self::FamilyName),
            "document_given_name" => Ok(Self::GivenName),
            "document_full_name" => Ok(Self::FullName),
            "document_birth_date" => Ok(Self::BirthDate),
            "document_sex" => Ok(Self::Sex),
            "document_issue_date" => Ok(Self::IssueDate),
            "document_expire_date" => Ok(Self::ExpireDate),
            _ => Err("is no column"),
        }
    }
}

impl FromStr for Value {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Document).or_else(|_| text.parse().map(Self::Said))
    }
}

impl Value {
    /// Whether a document has to be read for it.
    pub fn is_of_document(&self) -> bool {
        match self {
            Self::Document(_) => true,
            Self::Said(_) | Self::Text(_) => false,
        }
    }

    /// What stands there of a registration, with the document of its person; none, where it is empty.
    pub fn of(
        &self,
        (row, document): (&Row<'_>, Option<&Contents>),
        forms: &Forms<'_>,
        language: LanguageTag,
    ) -> Option<String> {
        let said = match self {
            Self::Said(column) => Some(row.readable(column, forms, language)),
            Self::Document(detail) => document.and_then(|document| detail.of(document)),
            Self::Text(text) => Some(text.clone()),
        };
        said.filter(|said| !said.is_empty())
    }
}

impl Detail {
    fn of(self, document: &Contents) -> Option<String> {
        match document {
            Contents::Passport(passport) => self.of_passport(passport),
            Contents::Card(card) => self.of_card(card),
            Contents::Photo(_) => None,
        }
    }

    fn of_passport(self, passport: &Passport) -> Option<String> {
        let part = |part: Option<&NameText>| part.map(|part| part.as_str().to_owned());
        match self {
            Self::Kind => Some(Kind::Passport.word().to_owned()),
            Self::Number => Some(passport.number.clone()),
            Self::IssuingState => Some(passport.issuing_state.as_str().to_owned()),
            Self::Nationality => Some(passport.nationality.as_str().to_owned()),
            Self::FamilyName => part(passport.name.surname()),
            Self::GivenName => part(passport.name.given_names()),
            Self::FullName => Some(passport.full_name()),
            Self::BirthDate => Some(passport.birth_date.to_string()),
            Self::Sex => Some(passport.sex.word().to_owned()),
            Self::IssueDate => passport.issue_date.map(|day| day.to_string()),
            Self::ExpireDate => Some(passport.expire_date.to_string()),
        }
    }

    fn of_card(self, card: &IdentityCard) -> Option<String> {
        match self {
            Self::Kind => Some(card.number.kind().kind().word().to_owned()),
            Self::Number => Some(card.number.as_str().to_owned()),
            Self::FullName => Some(card.full_name.as_str().to_owned()),
            Self::BirthDate => Some(card.birth_date.to_string()),
            Self::Sex => Some(card.sex.word().to_owned()),
            Self::IssueDate => card.issue_date.map(|day| day.to_string()),
            Self::ExpireDate => card.expire_date.map(|day| day.to_string()),
            Self::IssuingState | Self::Nationality | Self::FamilyName | Self::GivenName => None,
        }
    }
}

#[cfg(test)]
mod tests;
