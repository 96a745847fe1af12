//! What is signed in a session: between whom, by whom, before whom, in which languages.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;

use crate::{
    localized::Localized,
    resource::{FileName, Malformed, OrganizationId, PersonName},
};

/// What is signed in a session, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// Who enter into it.
    pub parties: Vec<OrganizationId>,
    /// Who sign for them.
    pub signatories: Vec<PersonName>,
    /// Who stand by.
    pub witnesses: Vec<PersonName>,
    /// The languages the document is drawn up in.
    pub languages: Vec<DocumentLanguage>,
    /// What the document is called.
    pub document_title: Localized,
    /// The document itself, a file of the event.
    pub document_file: Option<FileName>,
    /// The day that it bears; that of the session, when left out.
    pub document_date: Option<NaiveDate>,
    /// For which party each of the signatories signs, as far as that is known.
    pub parts: Vec<Part>,
}

/// For which party somebody signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// One of the signatories.
    pub person: PersonName,
    /// One of the parties.
    pub party: OrganizationId,
}

/// Why somebody cannot sign for a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// They do not sign.
    #[error("is not one of the signatories")]
    NoSignatory,
    /// They sign for another party already.
    #[error("is named twice")]
    Twice,
    /// The party does not enter into it.
    #[error("is not one of the parties")]
    NoParty,
}

impl Signing {
    /// Everything that is wrong with who signs for whom: at which part, and what.
    pub fn flaws(&self) -> Vec<(usize, Flaw)> {
        let mut flaws = Vec::new();
        for (index, Part { person, party }) in self.parts.iter().enumerate() {
            let is_twice = self.parts[..index].iter().any(|part| part.person == *person);
            let checks = [
                (!self.signatories.contains(person), Flaw::NoSignatory),
                (is_twice, Flaw::Twice),
                (!self.parties.contains(party), Flaw::NoParty),
            ];
            flaws.extend(checks.into_iter().filter_map(|(is_so, flaw)| is_so.then_some((index, flaw))));
        }
        flaws
    }

    /// Whether nobody signs, or, where all signatories have said for whom they do, nobody for one of the parties.
    pub fn lacks_signatory(&self) -> bool {
        let have_said = self.parts.len() == self.signatories.len();
        let is_unsigned = |party: &OrganizationId| !self.parts.iter().any(|part| part.party == *party);
        self.signatories.is_empty() || have_said && self.parties.iter().any(is_unsigned)
    }
}

/// A language that a document can be drawn up in: any that has a BCP-47 tag, not only those we write in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentLanguage(String);

impl fmt::Display for DocumentLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DocumentLanguage {
    type Err = Malformed;

    fn from_str(tag: &str) -> Result<Self, Malformed> {
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default();
        let is_language = (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase());
        let are_subtags =
            parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if is_language && are_subtags {
            Ok(Self(tag.to_owned()))
        } else {
            Err(Malformed { pattern: "a BCP-47 language tag, en, zh-Hans or ur" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(digit: u8) -> PersonName {
        format!("organizations/zbra/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5{digit}").parse().unwrap()
    }

    fn signing(signatories: &[u8], parts: &[(u8, &str)]) -> Signing {
        Signing {
            parties: vec!["zbra".parse().unwrap(), "stza".parse().unwrap()],
            signatories: signatories.iter().map(|digit| person(*digit)).collect(),
            witnesses: Vec::new(),
            languages: Vec::new(),
            document_title: Localized::new("Memorandum", "").unwrap(),
            document_file: None,
            document_date: None,
            parts: parts
                .iter()
                .map(|(digit, party)| Part { person: person(*digit), party: party.parse().unwrap() })
                .collect(),
        }
    }

    #[test]
    fn signatories_sign_once_and_for_a_party() {
        assert_eq!(signing(&[1, 2], &[(1, "zbra"), (2, "stza")]).flaws(), []);
        assert_eq!(
            signing(&[1, 2], &[(1, "zbra"), (1, "stza"), (3, "nobody")]).flaws(),
            [(1, Flaw::Twice), (2, Flaw::NoSignatory), (2, Flaw::NoParty)]
        );
    }

    #[test]
    fn signing_lacks_a_signatory_while_nobody_signs_or_nobody_for_a_party() {
        let lacks = |signatories: &[u8], parts: &[(u8, &str)]| signing(signatories, parts).lacks_signatory();

        assert!(lacks(&[], &[]));
        assert!(lacks(&[1, 2], &[(1, "zbra"), (2, "zbra")]));
        assert!(!lacks(&[1, 2], &[(1, "zbra")]));
        assert!(!lacks(&[1, 2], &[(1, "zbra"), (2, "stza")]));
    }

    #[test]
    fn document_may_be_in_any_language_that_has_a_tag() {
        let read = |tag: &str| tag.parse::<DocumentLanguage>().is_ok();

        assert_eq!(
            ["ur", "zh-Hans", "en-GB", "Urdu", "", "zh_CN", "u", "ur-"].map(read),
            [true, true, true, false, false, false, false, false]
        );
    }
}
