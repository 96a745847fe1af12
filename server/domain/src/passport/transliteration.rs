//! Printed Latin names in the letters of the machine-readable zone (ICAO 9303-3 §4.6 and §6.A).
//!
//! The standard leaves an issuing state a choice for some letters, so a printed name has several lawful spellings.

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The letters beyond A–Z and what each may become; the first is what most states choose.
///
/// The table of §6.A, and after it the letters of Vietnamese and the Romanian comma below, whose marks are dropped
/// likewise.
const LETTERS: [(&str, &[&str]); 37] = [
    ("ÀÁÂÃĀĂĄ", &["A"]),
    ("Ä", &["AE", "A"]),
    ("Å", &["AA", "A"]),
    ("Æ", &["AE"]),
    ("ÇĆĈĊČ", &["C"]),
    ("ÐĎĐ", &["D"]),
    ("ÈÉÊËĒĔĖĘĚ", &["E"]),
    ("ĜĞĠĢ", &["G"]),
    ("ĤĦ", &["H"]),
    ("ÌÍÎÏĨĪĬĮİ", &["I"]),
    ("Ĳ", &["IJ"]),
    ("Ĵ", &["J"]),
    ("Ķ", &["K"]),
    ("ĹĻĽĿŁ", &["L"]),
    ("Ñ", &["N", "NXX"]),
    ("ŃŅŇŊ", &["N"]),
    ("ÒÓÔÕŌŎŐ", &["O"]),
    ("Ö", &["OE", "O"]),
    ("ØŒ", &["OE"]),
    ("ŔŖŘ", &["R"]),
    ("ŚŜŞŠ", &["S"]),
    ("ẞ", &["SS"]),
    ("ŢŤŦ", &["T"]),
    ("Þ", &["TH"]),
    ("ÙÚÛŨŪŬŮŰŲ", &["U"]),
    ("Ü", &["UE", "UXX", "U"]),
    ("Ŵ", &["W"]),
    ("ÝŶŸ", &["Y"]),
    ("ŹŻŽ", &["Z"]),
    ("ẠẢẤẦẨẪẬẮẰẲẴẶ", &["A"]),
    ("ẸẺẼẾỀỂỄỆ", &["E"]),
    ("ỈỊ", &["I"]),
    ("ƠỌỎỐỒỔỖỘỚỜỞỠỢ", &["O"]),
    ("ƯỤỦỨỪỬỮỰ", &["U"]),
    ("ỲỴỶỸ", &["Y"]),
    ("Ș", &["S"]),
    ("Ț", &["T"]),
];

/// Writes a printed name as most states would in the machine-readable zone, its components separated by single blanks.
///
/// `None` if nothing is left, or if the name holds a digit or a letter that is not Latin: such a name has no spelling
/// of its own here.
pub fn transliterate(name: &str) -> Option<String> {
    let written: Vec<String> = components(name)?.iter().map(Component::preferred).collect();
    (!written.is_empty()).then(|| written.join(" "))
}

/// One component of a printed name: for each letter, all that it may become.
pub(super) struct Component(Vec<Vec<&'static str>>);

impl Component {
    fn preferred(&self) -> String {
        self.0.iter().filter_map(|forms| forms.first().copied()).collect()
    }

    /// Tells whether the zone's component is a lawful spelling of this one.
    pub(super) fn is_written(&self, written: &str) -> bool {
        let mut reached = vec![0];
        for forms in &self.0 {
            reached = advance(&reached, forms, written);
        }
        reached.contains(&written.len())
    }

    /// Tells whether the zone's component is the beginning of a lawful spelling of this one.
    pub(super) fn begins(&self, written: &str) -> bool {
        let mut reached = vec![0];
        for forms in &self.0 {
            let ends_within = |at: &usize| forms.iter().any(|form| form.starts_with(&written[*at..]));
            if reached.iter().any(ends_within) {
                return true;
            }
            reached = advance(&reached, forms, written);
        }
        reached.contains(&written.len())
    }
}

/// Steps from each place reached in the written name over one more letter, in any of its forms.
fn advance(reached: &[usize], forms: &[&'static str], written: &str) -> Vec<usize> {
    let mut next: Vec<usize> = reached
        .iter()
        .flat_map(|&at| {
            forms.iter().filter(move |form| written[at..].starts_with(**form)).map(move |form| at + form.len())
        })
        .collect();
    next.sort_unstable();
    next.dedup();
    next
}

/// Divides a printed name into components; `None` if it holds a character that the zone cannot show.
pub(super) fn components(name: &str) -> Option<Vec<Component>> {
    let mut components = vec![Component(Vec::new())];
    let mut letters = name.chars().flat_map(char::to_uppercase).peekable();
    while let Some(letter) = letters.next() {
        let mut letter = letter;
        // A mark may follow its letter instead of being one character with it; most marks change nothing.
        while let Some(mark) = letters.next_if(|next| matches!(next, '\u{300}'..='\u{36f}')) {
            letter = with_mark(letter, mark);
        }
        match effect(letter)? {
            Effect::Letter(forms) => components.last_mut()?.0.push(forms),
            Effect::Break => components.push(Component(Vec::new())),
            Effect::Nothing => {}
        }
    }
    components.retain(|component| !component.0.is_empty());
    Some(components)
}

enum Effect {
    Letter(Vec<&'static str>),
    Break,
    Nothing,
}

fn effect(letter: char) -> Option<Effect> {
    if let Some(at) = ALPHABET.find(letter) {
        return Some(Effect::Letter(vec![&ALPHABET[at..=at]]));
    }
    match letter {
        '-' | '‐' | '‑' | '–' | ',' => Some(Effect::Break),
        blank if blank.is_whitespace() => Some(Effect::Break),
        '<' => None,
        '’' | '‘' | 'ʼ' | 'ʻ' | '´' => Some(Effect::Nothing),
        mark if mark.is_ascii_punctuation() => Some(Effect::Nothing),
        other => {
            let (_, forms) = LETTERS.iter().find(|(letters, _)| letters.contains(other))?;
            Some(Effect::Letter(forms.to_vec()))
        }
    }
}

/// Joins a letter and the mark after it where the two together are spelt otherwise than the letter alone.
fn with_mark(letter: char, mark: char) -> char {
    match (letter, mark) {
        ('A', '\u{308}') => 'Ä',
        ('A', '\u{30a}') => 'Å',
        ('N', '\u{303}') => 'Ñ',
        ('O', '\u{308}') => 'Ö',
        ('U', '\u{308}') => 'Ü',
        (letter, _) => letter,
    }
}
