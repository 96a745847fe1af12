//! The check digit of ICAO 9303-3 §4.9.

/// Gives the digit that follows from the characters: weights 7, 3, 1 in turn, modulo 10, with `A` as 10 and `<` as 0.
///
/// Characters outside the alphabet count nothing; whoever calls has refused them.
pub(super) fn of(text: &str) -> char {
    let weighted = text.bytes().zip([7, 3, 1].into_iter().cycle()).map(|(byte, weight)| value(byte) * weight);
    let digit = weighted.sum::<u32>() % 10;
    char::from_digit(digit, 10).unwrap_or('0')
}

fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn worked_values_of_the_standard_come_out() {
        // ICAO 9303-3 Appendix A, examples 1 to 3.
        for (text, digit) in [
            ("520727", '3'),
            ("AB2134<<<", '5'),
            ("HA672242<658022549601086<<<<<<<<<<<<<<0", '8'),
            ("<<<<<<", '0'),
            ("", '0'),
        ] {
            assert_eq!(super::of(text), digit, "{text}");
        }
    }
}
