//! A line that is set and thrown away, to see that the fonts on board do their work.

use chrono::NaiveDate;

use crate::PaperError;
use crate::desk::Job;
use crate::press;

const TEMPLATE: (&str, &str) = ("line.typ", include_str!("../templates/line.typ"));

/// Sets a line in whatever scripts it is written in; an error says why it could not be.
pub fn set(line: &str) -> Result<(), PaperError> {
    let facts = serde_json::json!({ "line": line });
    let job = Job {
        template: TEMPLATE,
        facts: &facts,
        images: Vec::new(),
        photos: Vec::new(),
        identity: line,
        date: NaiveDate::MIN,
    };
    press::try_out(&job)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_set_in_each_script_on_board_and_in_no_other() {
        assert_eq!(["Latin ęß", "中国", "اردو"].map(set), [Ok(()), Ok(()), Ok(())]);
        assert_eq!(set("आयशा"), Err(PaperError::MissingGlyph { character: 'आ' }));
    }
}
