//! Organisations: hosts, partners, companies, bodies that send delegations or issue letters.

use chrono::{DateTime, Utc};

use crate::{
    email::EmailAddress,
    file::{File, PNG},
    localized::Localized,
    refusal::{Kind, Violation},
    region::RegionCode,
    resource::{FileName, Malformed, OrganizationId, OrganizationName},
    revision::History,
};

mod contact;
mod sector;

pub use contact::{Contact, WebAddress};
pub use sector::{Interest, MOST_INTERESTS, MOST_SECTORS, Sector, SectorCode};

/// An association, authority, embassy, company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// What it is known by.
    pub id: OrganizationId,
    /// What it says of itself.
    pub profile: Profile,
    /// When it was created and changed.
    pub history: History,
}

/// What an organisation says of itself, as on its letterhead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What it is called.
    pub title: Localized,
    /// What it is.
    pub kind: Option<OrganizationKind>,
    /// Where its seat is.
    pub region_code: Option<RegionCode>,
    /// Its address, one line each.
    pub address_lines: Vec<String>,
    /// Its address in Chinese, one line each.
    pub address_lines_zh: Vec<String>,
    /// Its telephone number, which consulates call.
    pub phone_number: Option<String>,
    /// Its e-mail address.
    pub email: Option<EmailAddress>,
    /// What a register knows it by.
    pub registration_number: Option<String>,
    /// Who signs its letters.
    pub signatory: Option<Signatory>,
    /// The stamp put on its letters, a PNG.
    pub stamp_file: Option<FileName>,
    /// The signature put on its letters, a PNG.
    pub signature_file: Option<FileName>,
    /// What its letters' numbers begin with.
    pub letter_prefix: Option<LetterPrefix>,
    /// Who has to approve its letters.
    pub letter_policy: LetterPolicy,
    /// What it works in, each once.
    pub sectors: Vec<Sector>,
    /// What it offers.
    pub offers: Vec<Interest>,
    /// What it looks for.
    pub needs: Vec<Interest>,
    /// Its web site.
    pub website: Option<WebAddress>,
    /// Whom to ask.
    pub contact: Option<Contact>,
}

/// An image that an organisation puts on its letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// Its stamp.
    Stamp,
    /// Its signatory's signature.
    Signature,
}

/// Why an organisation cannot say something of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An image for its letters is not a PNG.
    #[error("the stamp or signature is not a PNG")]
    NotAPng(Image),
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotAPng(_) => Kind::Invalid,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NotAPng(_) => "ERROR_REASON_INVALID_FIELDS",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotAPng(_) => Vec::new(),
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let Self::NotAPng(image) = self;
        let subject = match image {
            Image::Stamp => "organization.stamp_file",
            Image::Signature => "organization.signature_file",
        };
        let description = "is not a PNG by its media type and its first bytes".to_owned();
        vec![Violation { code: "not_a_png".to_owned(), subject: subject.to_owned(), description }]
    }
}

impl Image {
    /// Refuses a file that is not a PNG by its media type, or by its first bytes.
    pub fn require_png(self, file: &File, begins_as_png: bool) -> Result<(), Refusal> {
        let is_png = file.label.media_type == PNG && begins_as_png;
        if is_png { Ok(()) } else { Err(Refusal::NotAPng(self)) }
    }
}

impl Profile {
    /// The images it puts on its letters, as far as it has them.
    pub fn images(&self) -> impl Iterator<Item = (Image, &FileName)> {
        let images = [(Image::Stamp, &self.stamp_file), (Image::Signature, &self.signature_file)];
        images.into_iter().filter_map(|(image, file)| Some((image, file.as_ref()?)))
    }
}

/// Who signs an organisation's letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatory {
    /// The name under the signature.
    pub display_name: Localized,
    /// The position under the name.
    pub position: Option<Localized>,
}

/// What an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationKind {
    /// A public authority or ministry.
    Authority,
    /// An association, chamber or society.
    Association,
    /// An embassy or consulate.
    Mission,
    /// A company.
    Company,
    /// A university or institute.
    Academic,
}

/// What an organisation's letter numbers begin with: 1 to 12 of A-Z and 0-9.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterPrefix(String);

impl LetterPrefix {
    /// Makes one of an id, for an organisation that chose none.
    pub fn of(id: &OrganizationId) -> Self {
        let letters = id.to_string().to_uppercase().chars().filter(char::is_ascii_alphanumeric).take(12).collect();
        Self(letters)
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for LetterPrefix {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let fits = (1..=12).contains(&text.len()) && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(Malformed { pattern: "1 to 12 of A-Z and 0-9" }) }
    }
}

/// How many members approve an organisation's letters before they are issued, and whether whoever asked for one counts.
///
/// One approval by anybody who may approve, until it is said otherwise, so that an office of three can work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetterPolicy {
    approvals: u32,
    /// Whether whoever requested a letter may not approve it: two people see each letter.
    pub forbids_self_approval: bool,
}

/// The most approvals that an organisation can ask for.
pub const MOST_APPROVALS: u32 = 9;

impl LetterPolicy {
    /// Makes a policy of 1 to [`MOST_APPROVALS`] approvals.
    pub fn new(approvals: u32, forbids_self_approval: bool) -> Option<Self> {
        (1..=MOST_APPROVALS).contains(&approvals).then_some(Self { approvals, forbids_self_approval })
    }

    /// How many different members have to approve a letter.
    pub const fn approvals(self) -> u32 {
        self.approvals
    }
}

impl Default for LetterPolicy {
    fn default() -> Self {
        Self { approvals: 1, forbids_self_approval: false }
    }
}

/// Creates an organisation.
pub fn create(id: OrganizationId, profile: Profile, now: DateTime<Utc>) -> Organization {
    Organization { id, profile, history: History::begin(now) }
}

impl Organization {
    /// The organisation's resource name.
    pub fn name(&self) -> OrganizationName {
        OrganizationName { organization: self.id.clone() }
    }

    /// Changes what it says of itself.
    #[must_use]
    pub fn revise(self, profile: Profile, now: DateTime<Utc>) -> Self {
        Self { profile, history: self.history.next(now), ..self }
    }

    /// What its letters' numbers begin with.
    pub fn letter_prefix(&self) -> LetterPrefix {
        self.profile.letter_prefix.clone().unwrap_or_else(|| LetterPrefix::of(&self.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_prefix_is_made_of_the_id_when_none_was_chosen() {
        let prefix = LetterPrefix::of(&"china-pakistan-centre".parse().unwrap());

        assert_eq!(prefix.as_str(), "CHINAPAKISTA");
    }

    #[test]
    fn letter_policy_asks_for_one_to_nine_approvals_and_for_one_by_anybody_unless_said_otherwise() {
        let approvals = |count| LetterPolicy::new(count, true).map(LetterPolicy::approvals);

        assert_eq!([0, 1, 9, 10].map(approvals), [None, Some(1), Some(9), None]);
        assert_eq!(LetterPolicy::new(1, false), Some(LetterPolicy::default()));
    }

    #[test]
    fn letter_prefix_of_other_letters_is_refused() {
        for text in ["", "zbra", "ZB-RA", "ZBRAZBRAZBRAZ", "中"] {
            assert_eq!(text.parse::<LetterPrefix>(), Err(Malformed { pattern: "1 to 12 of A-Z and 0-9" }), "{text}");
        }
    }
}
