//! How the seats of a delegation are shared out among categories.

use std::collections::BTreeMap;

use crate::resource::CategoryId;

/// For how many categories a delegation has seats at most.
pub const MOST_CATEGORIES: usize = 20;

/// How many seats of a delegation are for people of which category at most; who sits there without a category has any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeatQuotas(BTreeMap<CategoryId, u32>);

/// Says why seats cannot be shared out so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A category has no seats, which is the same as to leave it out.
    #[error("{0} needs at least one seat")]
    NoSeats(CategoryId),
    /// A category is named twice.
    #[error("{0} is named twice")]
    Twice(CategoryId),
    /// They are more than the delegation has.
    #[error("are {quotas} seats together, of {seats}")]
    TooManySeats {
        /// How many seats are shared out.
        quotas: u64,
        /// How many there are.
        seats: u32,
    },
    /// They are for more categories than a delegation can have.
    #[error("are for more than {MOST_CATEGORIES} categories")]
    TooManyCategories,
}

impl SeatQuotas {
    /// Shares out some of so many seats.
    pub fn new(quotas: Vec<(CategoryId, u32)>, seats: u32) -> Result<Self, Flaw> {
        if quotas.len() > MOST_CATEGORIES {
            return Err(Flaw::TooManyCategories);
        }
        let mut shared = BTreeMap::new();
        for (category, quota) in quotas {
            if quota == 0 {
                return Err(Flaw::NoSeats(category));
            }
            if shared.insert(category.clone(), quota).is_some() {
                return Err(Flaw::Twice(category));
            }
        }
        let quotas = shared.values().copied().map(u64::from).sum();
        if quotas > u64::from(seats) { Err(Flaw::TooManySeats { quotas, seats }) } else { Ok(Self(shared)) }
    }

    /// How many seats are for a category.
    pub fn of(&self, category: &CategoryId) -> u32 {
        self.0.get(category).copied().unwrap_or_default()
    }

    /// Which categories have how many seats, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&CategoryId, u32)> {
        self.0.iter().map(|(category, seats)| (category, *seats))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(quotas: &[(&str, u32)], seats: u32) -> Result<SeatQuotas, Flaw> {
        let quotas = quotas.iter().map(|(category, seats)| (category.parse().unwrap(), *seats));
        SeatQuotas::new(quotas.collect(), seats)
    }

    #[test]
    fn seats_are_shared_out_as_far_as_there_are_some() {
        let quotas = shared(&[("press", 1), ("delegate", 4)], 6).unwrap();

        let of = |category: &str| quotas.of(&category.parse().unwrap());
        assert_eq!((of("delegate"), of("press"), of("speaker")), (4, 1, 0));
        assert_eq!(shared(&[("press", 3), ("delegate", 4)], 6), Err(Flaw::TooManySeats { quotas: 7, seats: 6 }));
        assert_eq!(
            shared(&[("press", u32::MAX), ("delegate", u32::MAX)], 6),
            Err(Flaw::TooManySeats { quotas: 2 * u64::from(u32::MAX), seats: 6 })
        );
    }

    #[test]
    fn each_category_is_named_once_and_has_seats() {
        assert_eq!(shared(&[("press", 1), ("press", 1)], 6), Err(Flaw::Twice("press".parse().unwrap())));
        assert_eq!(shared(&[("press", 0)], 6), Err(Flaw::NoSeats("press".parse().unwrap())));
        let many: Vec<_> = (0..=MOST_CATEGORIES).map(|number| format!("category-{number}")).collect();
        let many: Vec<_> = many.iter().map(|category| (category.as_str(), 1)).collect();
        assert_eq!(shared(&many, 500), Err(Flaw::TooManyCategories));
    }
}
