//! Reads typeset pages back, for tests.
//!
//! **Invariant:** what a proof says is what stands on the page, not what was asked for.

use typst::layout::{Frame, FrameItem, Point};
use typst_layout::PagedDocument;

use crate::PaperError;
use crate::desk::{Desk, Job};
use crate::press;

const NASTALIQ: &str = "Noto Nastaliq Urdu";

/// A run of text in one font on a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    /// Points from the left edge of the sheet.
    pub(crate) left: f64,
    /// Points from the left edge of the sheet.
    pub(crate) right: f64,
    /// Points from the upper edge of the sheet to the baseline.
    pub(crate) baseline: f64,
    /// The family of the font.
    pub(crate) font: String,
    /// The text, without the invisible places where a long word may break.
    pub(crate) text: String,
}

/// Typesets a job and reads the runs of each sheet, leaving out what is rotated: the SPECIMEN mark.
pub(crate) fn runs(job: &Job<'_>) -> Result<Vec<Vec<Run>>, PaperError> {
    Ok(typeset(job)?.pages().iter().map(|page| upright(&page.frame)).collect())
}

/// Typesets a job and reads each sheet line by line, from the top and from the left.
///
/// Nastaliq is left out: each of its letters stands on a height of its own.
pub(crate) fn lines(job: &Job<'_>) -> Result<Vec<Vec<String>>, PaperError> {
    Ok(runs(job)?.into_iter().map(in_lines).collect())
}

/// Gives the letters that are set in Nastaliq on a sheet, each once, sorted.
pub(crate) fn nastaliq(runs: &[Run]) -> Vec<char> {
    let mut letters: Vec<char> =
        runs.iter().filter(|run| run.font == NASTALIQ).flat_map(|run| run.text.chars()).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

/// Counts the sheets of a job on which something is rotated.
pub(crate) fn marked_sheets(job: &Job<'_>) -> Result<usize, PaperError> {
    let rotated = |frame: &Frame| frame.items().any(|(_, item)| matches!(item, FrameItem::Group(g) if is_rotated(g)));
    Ok(typeset(job)?.pages().iter().filter(|page| rotated(&page.frame)).count())
}

fn typeset(job: &Job<'_>) -> Result<PagedDocument, PaperError> {
    press::typeset(&Desk::lay(job)?)
}

fn upright(frame: &Frame) -> Vec<Run> {
    let mut runs = Vec::new();
    collect(frame, Point::zero(), &mut runs);
    runs
}

fn collect(frame: &Frame, origin: Point, runs: &mut Vec<Run>) {
    for (at, item) in frame.items() {
        let at = origin + *at;
        match item {
            FrameItem::Group(group) if is_rotated(group) => {}
            FrameItem::Group(group) => {
                collect(&group.frame, at + Point::new(group.transform.tx, group.transform.ty), runs);
            }
            FrameItem::Text(text) => runs.push(Run {
                left: at.x.to_pt(),
                right: (at.x + text.width()).to_pt(),
                baseline: at.y.to_pt(),
                font: text.font.font().info().family.clone(),
                text: text.text.as_str().replace('\u{200b}', ""),
            }),
            FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
}

fn is_rotated(group: &typst::layout::GroupItem) -> bool {
    group.transform.kx.get() != 0.0
}

fn in_lines(mut runs: Vec<Run>) -> Vec<String> {
    runs.retain(|run| run.font != NASTALIQ);
    runs.sort_by(|one, other| one.baseline.total_cmp(&other.baseline).then(one.left.total_cmp(&other.left)));
    runs.chunk_by(|one, other| other.baseline - one.baseline < 0.5).map(one_line).collect()
}

fn one_line(runs: &[Run]) -> String {
    let mut runs = runs.to_vec();
    runs.sort_by(|one, other| one.left.total_cmp(&other.left));
    let mut line = String::new();
    let mut end = f64::INFINITY;
    for run in runs {
        if run.left - end > 1.5 {
            line.push(' ');
        }
        line.push_str(&run.text);
        end = run.right;
    }
    line
}
