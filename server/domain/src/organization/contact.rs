//! Where an organisation is found and asked.

use std::{fmt, str::FromStr};

use crate::{email::EmailAddress, localized::Localized, resource::Malformed};

/// How many characters the address of a web site has at most.
const LONGEST_ADDRESS: usize = 400;

/// Which desk of an organisation is asked: an office, not a person, since whoever has a token reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// What it is called.
    pub title: Localized,
    /// Its e-mail address.
    pub email: Option<EmailAddress>,
    /// Its telephone number.
    pub phone_number: Option<String>,
}

/// The address of a web site: `http` or `https`, a host, and no white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress(String);

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for WebAddress {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_host = host.contains('.') && !host.starts_with('.') && !host.contains(['@', '\\', '"', '<', '>']);
        let is_plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        let fits = is_host && is_plain && text.chars().count() <= LONGEST_ADDRESS;
        if fits { Ok(Self(text.to_owned())) } else { Err(Malformed { pattern: "a web address, https://example.org" }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_address_has_a_scheme_and_a_host_and_nothing_that_misleads() {
        let fits = |text: &str| text.parse::<WebAddress>().is_ok();

        assert!(["https://example.org", "http://example.org/zh?a=b", "https://例子.中国/"].into_iter().all(fits));
        let long = format!("https://example.org/{}", "a".repeat(LONGEST_ADDRESS));
        let wrong = [
            "example.org",
            "javascript:alert(1)",
            "https://",
            "https://localhost",
            "https://example.org@evil.org",
            "https://a b.org",
            &long,
        ];
        assert!(!wrong.into_iter().any(fits));
    }
}
