//! What kind of passport it is, and the sex it gives.

/// Names the kind of passport, which decides whether its holder needs a visa letter at all.
///
/// Second letters were each state's own until ICAO 9303-4 §4.4 fixed them; passports of the old kind may be met until
/// 2037.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentCode {
    /// `P<`: a passport that does not say its kind.
    Unspecified,
    /// `PP`: ordinary.
    Ordinary,
    /// `PE`: emergency.
    Emergency,
    /// `PD`: diplomatic.
    Diplomatic,
    /// `PO`: official or service.
    Official,
    /// `PR`: for refugees.
    Refugee,
    /// `PT`: for aliens.
    Alien,
    /// `PS`: for stateless persons.
    Stateless,
    /// `PL`: laissez-passer.
    LaissezPasser,
    /// `PM`: military.
    Military,
    /// `P` and another letter, with whatever meaning its issuer gave it.
    National(char),
}

impl DocumentCode {
    pub(super) fn read(code: &str) -> Option<Self> {
        let second = code.strip_prefix('P')?.chars().next()?;
        Some(match second {
            '<' => Self::Unspecified,
            'P' => Self::Ordinary,
            'E' => Self::Emergency,
            'D' => Self::Diplomatic,
            'O' => Self::Official,
            'R' => Self::Refugee,
            'T' => Self::Alien,
            'S' => Self::Stateless,
            'L' => Self::LaissezPasser,
            'M' => Self::Military,
            letter if letter.is_ascii_uppercase() => Self::National(letter),
            _ => return None,
        })
    }

    /// Gives the second character of the code, `<` if there is none.
    pub fn second(&self) -> char {
        match self {
            Self::Unspecified => '<',
            Self::Ordinary => 'P',
            Self::Emergency => 'E',
            Self::Diplomatic => 'D',
            Self::Official => 'O',
            Self::Refugee => 'R',
            Self::Alien => 'T',
            Self::Stateless => 'S',
            Self::LaissezPasser => 'L',
            Self::Military => 'M',
            Self::National(letter) => *letter,
        }
    }
}

/// Gives the sex as passports do (ICAO 9303-4 §4.1.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// `F`.
    Female,
    /// `M`.
    Male,
    /// `<`: the issuing state does not say.
    Unspecified,
}

impl Sex {
    pub(super) fn read(letter: &str) -> Option<Self> {
        match letter {
            "F" => Some(Self::Female),
            "M" => Some(Self::Male),
            "<" => Some(Self::Unspecified),
            _ => None,
        }
    }

    /// The letter for it outside of machine-readable zones, where nobody needs to say it by a filler.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Female => "F",
            Self::Male => "M",
            Self::Unspecified => "X",
        }
    }

    pub(super) fn letter(self) -> char {
        match self {
            Self::Female => 'F',
            Self::Male => 'M',
            Self::Unspecified => '<',
        }
    }
}
