//! Whether a name on a form is the name in the passport.

use super::{Mrz, transliteration};
use crate::name::{NameText, PassportName};

/// Tells whether the name on a form may stand in a letter for the holder of this passport.
///
/// It may if one of the spellings that ICAO 9303-3 §6.A allows is what the zone shows, or, where the zone fills its
/// field to the last letter, if every component the zone shows begins one of the form's, in order (9303-4 §4.2.3).
/// A form with one name only, in either box, stands for a passport that does not divide the name.
pub fn name_matches(form: &PassportName, mrz: &Mrz) -> bool {
    let (primary, secondary) = match (form.surname(), form.given_names()) {
        (Some(surname), given_names) => (surname, given_names),
        (None, Some(only)) => (only, None),
        (None, None) => return false,
    };
    let secondary_matches = match (secondary, mrz.given_names.as_deref()) {
        (Some(form), Some(written)) => identifier_matches(form, written, mrz.name_may_be_truncated),
        (None, None) => true,
        // A surname may fill the field so that no given name finds room.
        (Some(_), None) => mrz.name_may_be_truncated,
        (None, Some(_)) => false,
    };
    secondary_matches && identifier_matches(primary, &mrz.surname, mrz.name_may_be_truncated)
}

fn identifier_matches(form: &NameText, written: &str, may_be_truncated: bool) -> bool {
    let Some(components) = transliteration::components(form.as_str()) else { return false };
    let written: Vec<&str> = written.split(' ').collect();
    let mut pairs = components.iter().zip(&written);
    if may_be_truncated {
        written.len() <= components.len() && pairs.all(|(component, written)| component.begins(written))
    } else {
        written.len() == components.len() && pairs.all(|(component, written)| component.is_written(written))
    }
}
