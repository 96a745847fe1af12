//! Field masks (AIP-134): the fields of an update that are named, or all that are set, laid over the present state.

use prost_types::FieldMask;

use super::fields::Fields;

/// Which fields an update is about.
pub(super) enum Mask {
    /// These.
    Named(Vec<String>),
    /// All that are set.
    Set,
}

impl Mask {
    /// Reads a mask, and refuses paths that cannot be updated.
    pub(super) fn read(fields: &mut Fields, mask: Option<FieldMask>, known: &[&str]) -> Option<Self> {
        Self::read_as(fields, "update_mask", mask, known)
    }

    /// Reads a mask that is called otherwise, and refuses paths that it cannot name.
    pub(super) fn read_as(fields: &mut Fields, field: &str, mask: Option<FieldMask>, known: &[&str]) -> Option<Self> {
        let Some(FieldMask { paths }) = mask.filter(|mask| !mask.paths.is_empty()) else { return Some(Self::Set) };
        if paths.iter().any(|path| path == "*") {
            return Some(Self::Named(known.iter().map(|&path| path.to_owned()).collect()));
        }
        let mut good = true;
        for path in &paths {
            if !known.contains(&path.as_str()) {
                fields.refuse(
                    field,
                    format_args!("names a field that cannot be updated; these can: {}", known.join(", ")),
                );
                good = false;
            }
        }
        good.then_some(Self::Named(paths))
    }

    /// Whether a field is to be changed to a value.
    pub(super) fn takes<T: Default + PartialEq>(&self, path: &str, value: &T) -> bool {
        match self {
            Self::Named(paths) => paths.iter().any(|named| named == path),
            Self::Set => *value != T::default(),
        }
    }
}

/// Lays the named fields of an update over the present state of the same message, and names the fields that can be.
macro_rules! overlay {
    ($present:ident, $update:ident, $mask:expr; $($field:ident),+ $(,)?) => {
        $(
            if $mask.takes(stringify!($field), &$update.$field) {
                $present.$field = $update.$field;
            }
        )+
    };
}
pub(super) use overlay;
