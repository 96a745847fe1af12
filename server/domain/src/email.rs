//! E-mail addresses: narrow enough that nothing in one can break a header, wide enough for the world's domains and
//! letters.
//!
//! **Invariant:** an [`EmailAddress`] holds one `@`, no blank, control or direction character, and a domain in lower
//! case ASCII.

use std::{fmt, str::FromStr};

/// Says why a text is not an address we write to; never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no `@`, or more than one.
    #[error("an e-mail address has exactly one @")]
    NotOneAt,
    /// The address has more than 254 octets once its domain is in ASCII (RFC 5321 §4.5.3.1.3), or more than 64 before
    /// the `@`.
    #[error("the e-mail address is too long")]
    TooLong,
    /// What stands before the `@` is empty, has a misplaced dot, or a character that would need quoting (RFC 5322
    /// §3.2.3).
    #[error("the part before the @ is not valid")]
    LocalPart,
    /// What stands after the `@` is not a domain name of two labels or more (RFC 5891, UTS #46).
    #[error("the part after the @ is not a domain name")]
    Domain,
}

/// Holds the address a person is written to.
///
/// The part before the `@` is kept as typed, since only the receiving server knows what its capitals mean; the domain
/// is kept as a mail server resolves it, in lower case and A-labels.
/// `Debug` hides the address, and there is no `Display`: it is personal data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress {
    address: String,
    at: usize,
}

impl EmailAddress {
    /// Reads an address without blanks around it, turning its domain into lower case A-labels.
    ///
    /// Quoted local parts, comments and address literals are refused: no delegate has one, and they are how headers are
    /// forged.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let (local, domain) = text.split_once('@').ok_or(Refusal::NotOneAt)?;
        if domain.contains('@') {
            return Err(Refusal::NotOneAt);
        }
        if text.len() > 1024 || local.len() > 64 {
            return Err(Refusal::TooLong);
        }
        if !is_dot_atom(local) {
            return Err(Refusal::LocalPart);
        }
        let address = format!("{local}@{}", ascii_domain(domain).ok_or(Refusal::Domain)?);
        if address.len() > 254 { Err(Refusal::TooLong) } else { Ok(Self { address, at: local.len() }) }
    }

    /// Gives the address to write to.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// Gives what stands before the `@`, as typed.
    pub fn local_part(&self) -> &str {
        &self.address[..self.at]
    }

    /// Gives the domain in lower case A-labels.
    pub fn domain(&self) -> &str {
        &self.address[self.at + 1..]
    }

    /// Gives what two addresses of one mailbox have in common: the whole in lower case.
    ///
    /// A server may tell capitals apart (RFC 5321 §2.4), none that delegates use does.
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailAddress").finish_non_exhaustive()
    }
}

impl FromStr for EmailAddress {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

/// Tells whether a local part needs no quoting: letters and digits of any script, the marks of RFC 5322 §3.2.3, single
/// dots between.
fn is_dot_atom(local: &str) -> bool {
    let is_atom_character = |character: char| character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character))
}

fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let (_, top) = ascii.rsplit_once('.')?;
    // No top-level domain is a number, and what looks like one is an IP address.
    let is_number = top.bytes().all(|byte| byte.is_ascii_digit());
    (!is_number).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, Refusal> {
        EmailAddress::parse(text).map(|address| address.as_str().to_owned())
    }

    #[test]
    fn ordinary_addresses_keep_their_local_part_and_lower_their_domain() {
        for (text, expected) in [
            ("li.wei@example.org", "li.wei@example.org"),
            ("Li.Wei+Forum@Example.ORG", "Li.Wei+Forum@example.org"),
            ("o'brien@mail.example.co.uk", "o'brien@mail.example.co.uk"),
            ("a@b.cn", "a@b.cn"),
            ("张伟@example.cn", "张伟@example.cn"),
        ] {
            assert_eq!(parsed(text), Ok(expected.to_owned()));
        }
    }

    #[test]
    fn an_international_domain_becomes_its_a_labels() {
        assert_eq!(parsed("info@例子.中国"), Ok("info@xn--fsqu00a.xn--fiqs8s".to_owned()));
        assert_eq!(parsed("info@BÜCHER.example"), Ok("info@xn--bcher-kva.example".to_owned()));
        assert_eq!(parsed("info@xn--bcher-kva.example"), parsed("info@bücher.example"));
    }

    #[test]
    fn anything_but_one_at_is_refused() {
        for text in ["", "li.wei", "a@b@example.org", "\"a@b\"@example.org", "@@"] {
            assert_eq!(parsed(text), Err(Refusal::NotOneAt), "{text}");
        }
    }

    #[test]
    fn what_could_break_a_header_is_refused() {
        for local in [
            "",
            ".a",
            "a.",
            "a..b",
            "a b",
            " a",
            "a\r\nBcc:x",
            "a\n",
            "a\0",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{a0}b",
            "<a",
            "a>",
            "(a)",
            "a,b",
            "a;b",
            "a:b",
            "a\\b",
            "\"a\"",
            "[a]",
        ] {
            assert_eq!(parsed(&format!("{local}@example.org")), Err(Refusal::LocalPart), "{local:?}");
        }
        for domain in [
            "",
            ".",
            "example",
            "localhost",
            "example.org.",
            ".example.org",
            "example..org",
            "exam ple.org",
            "example.org ",
            "example.org\r\nBcc:x",
            "-a.org",
            "a-.org",
            "a_b.org",
            "[127.0.0.1]",
            "127.0.0.1",
            "example.org>",
            "xn--a.example",
            "a\u{202e}b.org",
        ] {
            assert_eq!(parsed(&format!("a@{domain}")), Err(Refusal::Domain), "{domain:?}");
        }
    }

    #[test]
    fn length_is_counted_in_octets_of_the_ascii_form() {
        let label = "a".repeat(61);
        let domain = format!("{label}.{label}.{label}.org");
        let local = |length: usize| "b".repeat(length);

        assert_eq!(parsed(&format!("{}@{domain}", local(64))).map(|address| address.len()), Ok(254));
        assert_eq!(parsed(&format!("{}@a{domain}", local(64))), Err(Refusal::TooLong));
        assert_eq!(parsed(&format!("{}@example.org", local(65))), Err(Refusal::TooLong));
        assert_eq!(parsed(&format!("{}@example.org", "张".repeat(22))), Err(Refusal::TooLong));
        assert_eq!(parsed(&format!("a@{}.org", "a".repeat(64))), Err(Refusal::Domain));
        assert_eq!(parsed(&format!("a@{}", "a.".repeat(5000))), Err(Refusal::TooLong));
    }

    #[test]
    fn the_key_is_the_same_for_every_spelling_of_a_mailbox() {
        let keys = ["Li.Wei@Bücher.example", "li.wei@xn--bcher-kva.EXAMPLE", "LI.WEI@BÜCHER.EXAMPLE"]
            .map(|text| EmailAddress::parse(text).map(|address| address.key()));

        assert_eq!(keys, [(); 3].map(|()| Ok("li.wei@xn--bcher-kva.example".to_owned())));
    }

    #[test]
    fn the_two_parts_are_told_apart() {
        let address = EmailAddress::parse("Li.Wei@Example.org").unwrap();

        assert_eq!((address.local_part(), address.domain()), ("Li.Wei", "example.org"));
    }

    #[test]
    fn debug_does_not_show_the_address() {
        assert_eq!(format!("{:?}", EmailAddress::parse("li.wei@example.org").unwrap()), "EmailAddress { .. }");
    }
}
