//! Identity cards and permits: what one says, and whether its number can be one.

use std::fmt;

use chrono::NaiveDate;

use super::{Contradiction, Kind, Refusal};
use crate::{name::NameText, passport::Sex};

/// What an identity card or a permit says. `Debug` hides it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityCard {
    /// Its number, and of what kind it is.
    pub number: CardNumber,
    /// The holder's name as it is printed.
    pub full_name: NameText,
    /// The holder's day of birth.
    pub birth_date: NaiveDate,
    /// The holder's sex.
    pub sex: Sex,
    /// The day of issue.
    pub issue_date: Option<NaiveDate>,
    /// The last day of validity, unless it never expires.
    pub expire_date: Option<NaiveDate>,
}

impl fmt::Debug for IdentityCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityCard(..)")
    }
}

/// The kinds of cards and permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardKind {
    /// A national identity card of Pakistan.
    Pakistani,
    /// A resident identity card of China.
    Chinese,
    /// A mainland travel permit of a resident of Hong Kong or Macau.
    HongKongMacau,
    /// A mainland travel permit of a resident of Taiwan.
    Taiwan,
}

/// The number of a card of some kind, in the letters and digits that it consists of. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct CardNumber {
    kind: CardKind,
    text: String,
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber(..)")
    }
}

/// A text is not the number of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberFlaw {
    /// It does not look like one of the kind.
    #[error("{}", .0.shape())]
    Shape(CardKind),
    /// Its check character is another one.
    #[error("has another check character than its digits ask for (GB 11643)")]
    CheckCharacter,
}

impl CardKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pakistani, Self::Chinese, Self::HongKongMacau, Self::Taiwan];

    /// As what it lies in the vault.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Pakistani => Kind::PakistaniIdentityCard,
            Self::Chinese => Kind::ChineseIdentityCard,
            Self::HongKongMacau => Kind::HongKongMacauPermit,
            Self::Taiwan => Kind::TaiwanPermit,
        }
    }

    /// What its number looks like.
    const fn shape(self) -> &'static str {
        match self {
            Self::Pakistani => "is 13 digits",
            Self::Chinese => "is 17 digits and a digit or X",
            Self::HongKongMacau => "is H or M and 8 or 10 digits",
            Self::Taiwan => "is 8 or 10 digits",
        }
    }

    fn fits(self, text: &str) -> bool {
        let digits = |text: &str, counts: &[usize]| {
            counts.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        match self {
            Self::Pakistani => digits(text, &[13]),
            Self::Chinese => {
                let body = text.strip_suffix(|last: char| last.is_ascii_digit() || last == 'X');
                body.is_some_and(|body| digits(body, &[17]))
            }
            Self::HongKongMacau => text.strip_prefix(['H', 'M']).is_some_and(|rest| digits(rest, &[8, 10])),
            Self::Taiwan => digits(text, &[8, 10]),
        }
    }
}

impl CardNumber {
    /// Reads a number of a kind of card as it is typed, with or without blanks and hyphens between.
    pub fn parse(kind: CardKind, text: &str) -> Result<Self, NumberFlaw> {
        let text: String = text.chars().map(narrow).filter(|c| !is_apart(*c)).map(|c| c.to_ascii_uppercase()).collect();
        if !kind.fits(&text) {
            return Err(NumberFlaw::Shape(kind));
        }
        if kind == CardKind::Chinese && !is_checked(&text) {
            return Err(NumberFlaw::CheckCharacter);
        }
        Ok(Self { kind, text })
    }

    /// Of what kind of card it is.
    pub fn kind(&self) -> CardKind {
        self.kind
    }

    /// Its letters and digits.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl IdentityCard {
    /// Compares what was typed with what the number says; tells every contradiction. Only a Chinese card's number says anything: the day of
    /// birth in its seventh to fourteenth digit, and a man by an odd seventeenth (GB 11643 §4).
    pub fn check(&self) -> Result<(), Refusal> {
        if self.number.kind != CardKind::Chinese {
            return Ok(());
        }
        let is_man = self.number.text.as_bytes().get(16).is_some_and(|digit| digit % 2 == 1);
        let sex_agrees = match self.sex {
            Sex::Male => is_man,
            Sex::Female => !is_man,
            Sex::Unspecified => true,
        };
        let born = self.birth_date.format("%Y%m%d").to_string();
        let agrees = [("birth_date", self.number.text.get(6..14) == Some(&born)), ("sex", sex_agrees)];
        let contradictions: Vec<Contradiction> =
            agrees.into_iter().filter(|(_, agrees)| !agrees).map(|(field, _)| Contradiction::Number(field)).collect();
        if contradictions.is_empty() { Ok(()) } else { Err(Refusal::Contradictory(contradictions)) }
    }
}

/// A letter or digit of a keyboard of China as one of ours.
fn narrow(c: char) -> char {
    let wide = u32::from(c).checked_sub(0xfee0).filter(|narrow| (0x21..=0x7e).contains(narrow));
    wide.and_then(char::from_u32).unwrap_or(c)
}

/// Tells whether a character only parts a number for the eye: a blank, or any dash.
fn is_apart(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Tells whether the last of 18 characters is the check character of those before it (ISO 7064, MOD 11-2).
fn is_checked(text: &str) -> bool {
    let value = |c: char| if c == 'X' { Some(10) } else { c.to_digit(10) };
    let sum = text.chars().try_fold(0, |sum, c| Some((sum * 2 + value(c)?) % 11));
    sum == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(kind: CardKind, text: &str) -> Result<String, NumberFlaw> {
        CardNumber::parse(kind, text).map(|number| number.as_str().to_owned())
    }

    #[test]
    fn number_is_read_as_it_is_printed_and_kept_without_what_stands_between() {
        assert_eq!(number(CardKind::Pakistani, "35202-1234567-1").unwrap(), "3520212345671");
        assert_eq!(number(CardKind::HongKongMacau, "h 12345678").unwrap(), "H12345678");
        assert_eq!(number(CardKind::HongKongMacau, "M1234567801").unwrap(), "M1234567801");
        assert_eq!(number(CardKind::Taiwan, "12345678").unwrap(), "12345678");
        assert_eq!(number(CardKind::Chinese, "11010519491231002x").unwrap(), "11010519491231002X");
        assert_eq!(number(CardKind::Chinese, "１１０１０５１９４９１２３１００２Ｘ").unwrap(), "11010519491231002X");
        assert_eq!(number(CardKind::Pakistani, "35202\u{2011}1234567\u{2013}1").unwrap(), "3520212345671");
    }

    #[test]
    fn number_of_another_shape_is_none() {
        for (kind, text) in [
            (CardKind::Pakistani, "35202-1234567"),
            (CardKind::Pakistani, "٣٥٢٠٢١٢٣٤٥٦٧١"),
            (CardKind::Chinese, "110105491231002"),
            (CardKind::Chinese, "1101051949123100X2"),
            (CardKind::HongKongMacau, "T12345678"),
            (CardKind::HongKongMacau, "H123456789"),
            (CardKind::Taiwan, ""),
        ] {
            assert_eq!(number(kind, text), Err(NumberFlaw::Shape(kind)), "{text}");
        }
    }

    /// The examples of GB 11643-1999 §4.
    #[test]
    fn check_character_is_that_of_the_standard() {
        assert!(number(CardKind::Chinese, "440524188001010014").is_ok());
        assert_eq!(number(CardKind::Chinese, "440524188001010015"), Err(NumberFlaw::CheckCharacter));
        assert_eq!(number(CardKind::Chinese, "110105194912310021"), Err(NumberFlaw::CheckCharacter));
    }

    #[test]
    fn number_that_says_otherwise_contradicts() {
        let card = IdentityCard {
            number: CardNumber::parse(CardKind::Chinese, "11010519491231002X").unwrap(),
            full_name: NameText::parse("张三").unwrap(),
            birth_date: "1949-12-31".parse().unwrap(),
            sex: Sex::Female,
            issue_date: None,
            expire_date: None,
        };
        assert_eq!(card.check(), Ok(()));
        assert_eq!(IdentityCard { sex: Sex::Unspecified, ..card.clone() }.check(), Ok(()));

        let other = IdentityCard { birth_date: "1949-12-30".parse().unwrap(), sex: Sex::Male, ..card };

        let contradictions = vec![Contradiction::Number("birth_date"), Contradiction::Number("sex")];
        assert_eq!(other.check(), Err(Refusal::Contradictory(contradictions)));
    }
}
