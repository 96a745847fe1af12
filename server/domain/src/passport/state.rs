//! Codes of states, organisations and persons without a state (ICAO 9303-3 §5).

use crate::region::RegionCode;

/// Codes beyond ISO 3166-1 that passports bear: Germany's single letter, kinds of British nationality, international
/// organisations, and the last four for persons without a nationality or of one that is not stated.
const OTHERS: [&str; 28] = [
    "D", "EUE", "GBD", "GBN", "GBO", "GBP", "GBS", "RKS", "UNA", "UNK", "UNO", "XBA", "XCC", "XCE", "XCO", "XDC",
    "XEC", "XES", "XIM", "XMP", "XOM", "XPO", "XXA", "XXB", "XXC", "XXX", "UTO", "YTO",
];

/// The fictional states of the standard's own examples.
const SPECIMENS: [&str; 2] = ["UTO", "YTO"];

/// Names who issued a passport or whose national its holder is, by the code of ICAO 9303-3 §5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateCode(&'static str);

impl StateCode {
    /// Reads a code without fillers, such as `PAK`, `D` or `XXA`.
    pub fn parse(code: &str) -> Option<Self> {
        let other = OTHERS.into_iter().find(|other| *other == code);
        // Germany's passports bear D, and only D.
        let iso = || RegionCode::from_alpha3(code).map(|region| region.alpha3()).filter(|iso| *iso != "DEU");
        other.or_else(iso).map(Self)
    }

    /// Reads the three characters of a zone.
    pub(super) fn read(field: &str) -> Option<Self> {
        Self::parse(field.trim_end_matches('<'))
    }

    /// Gives the code without fillers.
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// Gives the country, if the code stands for one of ISO 3166-1; the kinds of British nationality count as the
    /// United Kingdom.
    pub fn region(&self) -> Option<RegionCode> {
        match self.0 {
            "D" => RegionCode::from_alpha3("DEU"),
            "GBD" | "GBN" | "GBO" | "GBP" | "GBS" => RegionCode::from_alpha3("GBR"),
            iso => RegionCode::from_alpha3(iso),
        }
    }

    /// Tells whether the code is one of the standard's fictional states, so that no real person holds the passport.
    pub fn is_specimen(&self) -> bool {
        SPECIMENS.contains(&self.0)
    }
}

impl From<RegionCode> for StateCode {
    fn from(region: RegionCode) -> Self {
        match region.alpha3() {
            "DEU" => Self("D"),
            iso => Self(iso),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_a_state_code_that_leads_back_to_it() {
        for region in RegionCode::all() {
            let state = StateCode::from(region);

            assert_eq!((StateCode::parse(state.as_str()), state.region()), (Some(state), Some(region)));
        }
    }

    #[test]
    fn codes_beyond_iso_are_known_and_others_are_not() {
        for code in OTHERS {
            assert_eq!(StateCode::parse(code), Some(StateCode(code)));
        }
        for code in ["ZZZ", "DEU", "", "CN", "pak", "XXZ", "<<<"] {
            assert_eq!(StateCode::parse(code), None, "{code}");
        }
    }

    #[test]
    fn kinds_of_british_nationality_are_of_the_united_kingdom_and_no_state_has_no_country() {
        let region =
            |code: &str| StateCode::parse(code).and_then(|state| state.region()).map(|region| region.to_string());

        assert_eq!(region("GBD").as_deref(), Some("GB"));
        assert_eq!(region("D").as_deref(), Some("DE"));
        assert_eq!(region("XXA"), None);
        assert_eq!(region("UTO"), None);
    }
}
