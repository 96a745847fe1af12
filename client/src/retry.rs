//! When a call that did not get through is sent again, and after how long.

use std::time::Duration;

use crate::methods::Repeatable;

/// Says how often, and how quickly, a call is sent again when the server answers `UNAVAILABLE`, cannot be reached, or
/// says when to come back (`RetryInfo`, as it does to who calls too often).
///
/// What the server asks for is waited out, and then the pause; a wait beyond the call's deadline is not begun.
/// The pause doubles from one attempt to the next. Each is cut by chance to between half of it and the whole, so that
/// the callers of a server that comes back do not come back all at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// How many times after the first; 0 never sends anything again.
    pub count: u32,
    /// The pause before the first of them.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { count: 4, first_pause: Duration::from_millis(100), longest_pause: Duration::from_secs(2) }
    }
}

impl Retries {
    /// Sends nothing again.
    pub const NONE: Self = Self { count: 0, first_pause: Duration::ZERO, longest_pause: Duration::ZERO };

    /// The pause before the retry number `retry`, counted from 0.
    pub(crate) fn pause(&self, retry: u32) -> Duration {
        let doubled = self.first_pause.saturating_mul(2_u32.saturating_pow(retry)).min(self.longest_pause);
        doubled / 2 + doubled.mul_f64(chance() / 2.0)
    }
}

/// Makes an id for a write, a UUID: set as its `request_id`, it lets the write be sent again without being done twice.
pub fn fresh_request_id() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "the ids of requests are born here, in the caller, before any app sees them"
    )]
    let id = uuid::Uuid::new_v4();
    id.to_string()
}

/// Tells whether the request in this gRPC frame may be sent twice.
pub(crate) fn may_repeat(repeatable: Repeatable, frame: &[u8]) -> bool {
    match repeatable {
        Repeatable::Always => true,
        Repeatable::ByRequestId(field) => message(frame).is_some_and(|message| carries(message, field)),
        Repeatable::Never => false,
    }
}

/// A number from 0 up to, but not including, 1. Without a source of chance the pauses are merely all alike.
fn chance() -> f64 {
    let mut bytes = [0_u8; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_ne_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 0.5,
    }
}

/// The message in a frame: a flag of one byte that is 0 unless it is compressed, its length in four, itself.
fn message(frame: &[u8]) -> Option<&[u8]> {
    let (header, message) = frame.split_at_checked(5)?;
    (header[0] == 0).then_some(message)
}

/// Tells whether a message carries something in `field`, by walking over its fields and their wire types:
/// 0 is a varint, 1 is eight bytes, 2 is as long as it says, 5 is four bytes.
fn carries(mut message: &[u8], field: u32) -> bool {
    while let Some(key) = varint(&mut message) {
        let length = match key & 7 {
            0 => varint(&mut message).map(|_| 0),
            1 => Some(8),
            2 => varint(&mut message),
            5 => Some(4),
            _ => None,
        };
        let Some(length) = length.and_then(|length| usize::try_from(length).ok()) else { return false };
        let Some(rest) = message.get(length..) else { return false };
        if length > 0 && key == u64::from(field) << 3 | 2 {
            return true;
        }
        message = rest;
    }
    false
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;
    use crate::v1;

    fn frame(message: &impl prost::Message) -> Vec<u8> {
        let body = message.encode_to_vec();
        [&[0][..], &u32::try_from(body.len()).unwrap().to_be_bytes(), &body].concat()
    }

    #[test]
    fn a_write_repeats_only_with_a_request_id() {
        let without = v1::CreateEventRequest {
            event: Some(v1::Event { name: "events/x".to_owned(), specimen: true, ..Default::default() }),
            event_id: "x".to_owned(),
            request_id: String::new(),
            validate_only: false,
        };
        let with = v1::CreateEventRequest { request_id: fresh_request_id(), ..without.clone() };

        assert!(!may_repeat(Repeatable::ByRequestId(3), &frame(&without)));
        assert!(may_repeat(Repeatable::ByRequestId(3), &frame(&with)));
        assert!(!may_repeat(Repeatable::Never, &frame(&with)));
    }

    #[test]
    fn every_wire_type_is_walked_over() {
        let message = prost_types::Timestamp { seconds: -1, nanos: -1 }.encode_to_vec();
        let mut bytes = [message, vec![0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4]].concat();
        assert!(!carries(&bytes, 15));

        bytes.extend([0x7a, 1, b'x']);
        assert!(carries(&bytes, 15));
    }

    #[test]
    fn a_broken_or_compressed_frame_is_not_repeated() {
        assert!(!may_repeat(Repeatable::ByRequestId(3), &[1, 0, 0, 0, 3, 0x1a, 1, b'x']));
        assert!(!may_repeat(Repeatable::ByRequestId(3), &[0, 0, 0]));
        assert!(!carries(&[0x0a, 200, 1], 3));
        assert!(!carries(&[0xff; 12], 3));
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let retries =
            Retries { count: 9, first_pause: Duration::from_millis(100), longest_pause: Duration::from_millis(300) };

        for (retry, whole) in [(0, 100), (1, 200), (2, 300), (40, 300)] {
            let pause = retries.pause(retry);
            assert!(
                pause >= Duration::from_millis(whole / 2) && pause <= Duration::from_millis(whole),
                "{retry}: {pause:?}"
            );
        }
    }
}
