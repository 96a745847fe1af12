//! Letter templates: which facts a letter cannot do without, and for which destinations.
//!
//! The rules of destinations age, and so are data with a source and a date.

use crate::{language::LanguageTag, region::RegionCode, resource::LetterTemplateId};

/// A letter's wording, and the facts it cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterTemplate {
    /// A business invitation to anywhere.
    Generic,
    /// An invitation for China's M visa, with what its consulates ask to stand in the body of the letter.
    ChinaM,
}

/// A fact that stands in a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The name as in the passport.
    PassportName,
    /// The sex as in the passport.
    Sex,
    /// The day of birth.
    BirthDate,
    /// The passport's number.
    PassportNumber,
    /// The nationality.
    Nationality,
    /// The body the person belongs to, and their position.
    Affiliation,
    /// Why they come.
    Purpose,
    /// The days of arrival and departure.
    VisitDates,
    /// The cities.
    Cities,
    /// What binds the person and the inviter.
    Relationship,
    /// Who pays.
    Expenses,
    /// The inviter's address.
    IssuerAddress,
    /// The inviter's telephone number.
    IssuerPhone,
    /// The inviter's stamp.
    Stamp,
    /// The inviter's signatory and signature.
    Signature,
    /// The inviter's number in a register.
    IssuerRegistration,
}

/// A place that letters are written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The region.
    pub region_code: RegionCode,
    /// The kind of visa, as the destination calls it.
    pub visa_kind: &'static str,
    /// The template to use.
    pub template: LetterTemplate,
    /// Where what it asks for is written.
    pub source: &'static str,
    /// The day that was read, ISO 8601.
    pub source_date: &'static str,
}

/// What a passport name, number and the like stand for in every letter.
const GENERIC: [Fact; 10] = [
    Fact::PassportName,
    Fact::PassportNumber,
    Fact::Nationality,
    Fact::BirthDate,
    Fact::Purpose,
    Fact::VisitDates,
    Fact::Cities,
    Fact::IssuerAddress,
    Fact::IssuerPhone,
    Fact::Signature,
];

/// Chinese Consulate-General Kota Kinabalu, "Format Requirements of Invitation Letter", for M, F and L visas.
const CHINA_M: [Fact; 15] = [
    Fact::PassportName,
    Fact::Sex,
    Fact::BirthDate,
    Fact::PassportNumber,
    Fact::Nationality,
    Fact::Affiliation,
    Fact::Purpose,
    Fact::VisitDates,
    Fact::Cities,
    Fact::Relationship,
    Fact::Expenses,
    Fact::IssuerAddress,
    Fact::IssuerPhone,
    Fact::Stamp,
    Fact::Signature,
];

impl LetterTemplate {
    /// Every template, by id.
    pub const ALL: [Self; 2] = [Self::ChinaM, Self::Generic];

    /// The word for it, the last part of its resource name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::ChinaM => "china-m",
        }
    }

    /// Finds a template by its id.
    pub fn find(id: &LetterTemplateId) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.word() == id.to_string())
    }

    /// What it is called.
    pub const fn title(self, language: LanguageTag) -> &'static str {
        match (self, language) {
            (Self::Generic, LanguageTag::English) => "Business invitation",
            (Self::Generic, LanguageTag::Chinese) => "商务邀请函",
            (Self::ChinaM, LanguageTag::English) => "Invitation for a Chinese M visa",
            (Self::ChinaM, LanguageTag::Chinese) => "赴华贸易签证（M字）邀请函",
        }
    }

    /// The languages it is written in, a page each.
    pub const fn languages(self) -> &'static [LanguageTag] {
        match self {
            Self::Generic => &[LanguageTag::English],
            Self::ChinaM => &[LanguageTag::Chinese, LanguageTag::English],
        }
    }

    /// The facts it cannot do without.
    pub const fn required_facts(self) -> &'static [Fact] {
        match self {
            Self::Generic => &GENERIC,
            Self::ChinaM => &CHINA_M,
        }
    }

    /// How many months the passport must be valid beyond the departure.
    pub const fn passport_months(self) -> u32 {
        6
    }
}

/// The destinations that are known, by region and kind of visa.
pub fn destinations() -> Vec<Destination> {
    let at = |region, visa_kind, template, source, source_date| {
        RegionCode::parse(region).ok().map(|region_code| Destination {
            region_code,
            visa_kind,
            template,
            source,
            source_date,
        })
    };
    let known = [
        at(
            "CN",
            "M",
            LetterTemplate::ChinaM,
            "https://kotakinabalu.china-consulate.gov.cn/eng/zytz_1/202305/t20230510_11074355.htm",
            "2023-05-10",
        ),
        at(
            "PK",
            "business",
            LetterTemplate::Generic,
            "https://mofa.gov.pk/chengdu-china-consular-affairs",
            "2026-11-21",
        ),
    ];
    known.into_iter().flatten().collect()
}
