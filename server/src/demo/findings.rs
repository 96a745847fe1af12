//! What a check found: whatever has to be dealt with stops the demo, and the rest is counted.

use std::collections::BTreeMap;

use attache_client::v1;

use super::Stopped;

/// Counts the findings that a release goes on with; any other stops the demo, told by its reason.
pub(super) fn count_warnings(
    step: &'static str,
    findings: impl IntoIterator<Item = (v1::FindingSeverity, String)>,
) -> Result<usize, Stopped> {
    let mut warnings = 0;
    let mut errors: BTreeMap<String, usize> = BTreeMap::new();
    for (severity, reason) in findings {
        match severity {
            v1::FindingSeverity::Warning => warnings += 1,
            v1::FindingSeverity::Error | v1::FindingSeverity::Unspecified => *errors.entry(reason).or_default() += 1,
        }
    }
    if errors.is_empty() {
        return Ok(warnings);
    }
    let told: Vec<String> = errors.iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
    Err(Stopped::Unexpected { step, found: told.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_by_their_reasons_and_warnings_counted() {
        use v1::FindingSeverity::{Error, Warning};
        let count = |findings: &[(v1::FindingSeverity, &str)]| {
            let findings = findings.iter().map(|(severity, reason)| (*severity, (*reason).to_owned()));
            count_warnings("checking", findings).map_err(|stopped| stopped.to_string())
        };

        assert_eq!(count(&[(Warning, "short_connection"), (Warning, "two_stays")]), Ok(2));
        assert_eq!(
            count(&[(Error, "over_capacity"), (Warning, "two_stays"), (Error, "over_capacity")]),
            Err("the demo stopped while checking: over_capacity (2)".to_owned())
        );
    }
}
