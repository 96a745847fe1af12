//! Shows on a terminal how far long work is. Where standard error is no terminal, pieces are told line by line and bytes not at all.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that goes away with the work.
pub struct Progress {
    bar: ProgressBar,
    /// Whether what is reached is told in lines where there can be no bar.
    in_lines: bool,
}

impl Progress {
    /// Shows a file that comes or goes.
    pub fn of_bytes(total: i32) -> Self {
        Self { bar: bar(total, "{wide_bar} {bytes} of {total_bytes}, {eta} left"), in_lines: false }
    }

    /// Shows a job.
    pub fn of_pieces(total: i32) -> Self {
        Self { bar: bar(total, "{wide_bar} {pos} of {len}, {eta} left"), in_lines: true }
    }

    /// Shows that so much is done.
    pub fn reach(&self, done: i32) {
        let done = length(done);
        if self.in_lines && self.bar.is_hidden() && done != self.bar.position() {
            eprintln!("{done} of {}", self.bar.length().unwrap_or_default());
        }
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn bar(total: i32, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    // It draws on a terminal only, and there not more than a few times a second.
    ProgressBar::with_draw_target(Some(length(total)), ProgressDrawTarget::stderr()).with_style(style)
}

fn length(count: i32) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
