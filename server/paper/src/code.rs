//! Draws the QR code of a verify address.
//!
//! **Invariant:** what is drawn is vector geometry in units of one module, so that it is sharp at any size.

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

use crate::PaperError;

/// Addresses up to this many bytes stay readable at 28 mm: at most 57 modules, 0.49 mm each.
const LONGEST_ADDRESS: usize = 200;

/// A QR code as the template draws it: a square of `size` modules and the dark runs within.
#[derive(Serialize)]
pub(crate) struct Code {
    /// Modules on a side, without the quiet zone.
    size: usize,
    /// Horizontal runs of dark modules: column, row, length.
    runs: Vec<(usize, usize, usize)>,
}

/// Encodes an address at error correction level M, which forgives a fold or a stamp over 15 % of the code.
pub(crate) fn draw(address: &str) -> Result<Code, PaperError> {
    let too_long = PaperError::AddressTooLong { length: address.len() };
    if address.len() > LONGEST_ADDRESS {
        return Err(too_long);
    }
    let code = QrCode::with_error_correction_level(address, EcLevel::M).map_err(|_| too_long)?;
    let size = code.width();
    let runs = code.to_colors().chunks(size).enumerate().flat_map(|(row, modules)| dark_runs(row, modules)).collect();
    Ok(Code { size, runs })
}

/// Merges neighbouring dark modules of one row: a letter has some 400 runs instead of 800 squares, and no hairlines
/// between neighbours.
fn dark_runs(row: usize, modules: &[Color]) -> Vec<(usize, usize, usize)> {
    let mut column = 0;
    let mut runs = Vec::new();
    for run in modules.chunk_by(|left, right| left == right) {
        if run.first() == Some(&Color::Dark) {
            runs.push((column, row, run.len()));
        }
        column += run.len();
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_dark_modules_become_one_run() {
        let (dark, light) = (Color::Dark, Color::Light);

        let runs = dark_runs(3, &[dark, dark, light, dark, light, light, dark]);

        assert_eq!(runs, [(0, 3, 2), (3, 3, 1), (6, 3, 1)]);
    }

    #[test]
    fn an_address_beyond_the_limit_is_refused() {
        let refused = draw(&"a".repeat(201)).err();

        assert_eq!(refused, Some(PaperError::AddressTooLong { length: 201 }));
        assert_eq!(draw(&"a".repeat(200)).map(|code| code.size), Ok(57));
    }
}
