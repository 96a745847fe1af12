//! How a name reads aloud, so that the forms in which one person gave it can be compared and searched; it is never shown or printed.

use std::collections::BTreeSet;

use pinyin::ToPinyinMulti as _;

use crate::{
    name::{NameText, PersonName},
    passport::transliterate,
};

/// The most readings that are made of one name: characters that read in several ways multiply.
const MOST_READINGS: usize = 64;
/// The most characters of a name in Chinese characters that is read: two of the family and three beside.
const LONGEST_NAME: usize = 5;

/// Family names of two characters (GB/T 28039 writes them as one word).
const DOUBLE_SURNAMES: [&str; 33] = [
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "东方", "東方", "皇甫", "尉迟", "尉遲", "公孙", "公孫",
    "慕容", "司徒", "令狐", "长孙", "長孫", "宇文", "夏侯", "端木", "轩辕", "軒轅", "独孤", "獨孤", "南宫", "南宮",
    "西门", "西門", "呼延", "澹台", "澹臺",
];

/// The ways in which a name may read: its words in capital Latin letters, sorted, since people turn them round.
///
/// A name in Latin letters has one, a name in Chinese characters some, one in another script none.
pub(super) fn readings(name: &str) -> BTreeSet<String> {
    if let Some(latin) = transliterate(name) {
        return BTreeSet::from([sorted(latin.split(' ').map(str::to_owned).collect())]);
    }
    let characters: Vec<char> = name.chars().filter(|c| !c.is_whitespace() && *c != '·').collect();
    if !(2..=LONGEST_NAME).contains(&characters.len()) {
        return BTreeSet::new();
    }
    let begins_double =
        DOUBLE_SURNAMES.iter().any(|double| characters.iter().take(2).eq(double.chars().collect::<Vec<_>>().iter()));
    let surnames = if begins_double && characters.len() > 2 { vec![2, 1] } else { vec![1] };
    spellings(&characters)
        .iter()
        .flat_map(|syllables| surnames.iter().flat_map(move |surname| divided(syllables, *surname)))
        .collect()
}

/// What a search over people looks into beside what they gave: how their names read, in capital Latin letters without blanks, each name
/// both ways round.
pub fn search_key(name: &PersonName) -> String {
    let PersonName { display_name, native_name, passport_name, form_of_address: _, family_first: _ } = name;
    let passport = passport_name.as_ref().map(|passport| {
        let parts = [passport.surname(), passport.given_names()].into_iter().flatten();
        parts.map(NameText::as_str).collect::<Vec<_>>().join(" ")
    });
    let given = [Some(display_name.as_str()), native_name.as_ref().map(NameText::as_str), passport.as_deref()];
    let keys: BTreeSet<String> = given.into_iter().flatten().flat_map(both_ways).collect();
    keys.into_iter().collect::<Vec<_>>().join(" ")
}

/// The ways in which what is searched may be written in a [`search_key`]; none for what cannot be read.
pub fn sought(query: &str) -> BTreeSet<String> {
    if let Some(latin) = transliterate(query) {
        return BTreeSet::from([latin.replace(' ', "")]);
    }
    let characters: Vec<char> = query.chars().filter(|c| !c.is_whitespace() && *c != '·').collect();
    if !(1..=LONGEST_NAME).contains(&characters.len()) {
        return BTreeSet::new();
    }
    spellings(&characters).iter().map(|syllables| syllables.concat()).collect()
}

/// A name with its first word first, and with it last.
fn both_ways(name: &str) -> Vec<String> {
    if let Some(latin) = transliterate(name) {
        let (first, rest) = latin.split_once(' ').unwrap_or((&latin, ""));
        let rest = rest.replace(' ', "");
        return vec![format!("{first}{rest}"), format!("{rest}{first}")];
    }
    let characters: Vec<char> = name.chars().filter(|c| !c.is_whitespace() && *c != '·').collect();
    if !(1..=LONGEST_NAME).contains(&characters.len()) {
        return Vec::new();
    }
    let turned = |syllables: &Vec<String>| {
        let (family, given) = syllables.split_at(1);
        [syllables.concat(), format!("{}{}", given.concat(), family.concat())]
    };
    spellings(&characters).iter().flat_map(turned).collect()
}

/// A name divided into the family's word and the given one, and the same with each given syllable by itself.
fn divided(syllables: &[String], surname: usize) -> [String; 2] {
    let (family, given) = syllables.split_at(surname);
    let apart = std::iter::once(family.concat()).chain(given.iter().cloned());
    [sorted(vec![family.concat(), given.concat()]), sorted(apart.collect())]
}

/// Every way to spell characters in syllables; none when one of them is not Chinese.
fn spellings(characters: &[char]) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for character in characters {
        let Some(syllables) = syllables(*character) else { return Vec::new() };
        all = all
            .iter()
            .flat_map(|begun: &Vec<String>| {
                syllables.iter().map(move |syllable| begun.iter().chain([syllable]).cloned().collect())
            })
            .take(MOST_READINGS)
            .collect();
    }
    all
}

/// The syllables of a character. Passports write ü as YU, and some older ones as U or V.
fn syllables(character: char) -> Option<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for reading in character.to_pinyin_multi()? {
        let plain = reading.plain();
        for written in ["yu", "u", "v"] {
            found.insert(plain.replace('ü', written).to_uppercase());
        }
    }
    Some(found)
}

fn sorted(mut words: Vec<String>) -> String {
    words.sort();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(one: &str, other: &str) -> bool {
        !readings(one).is_disjoint(&readings(other))
    }

    #[test]
    fn name_reads_alike_in_characters_in_pinyin_and_in_a_passport() {
        assert!(alike("张伟明", "Zhang Weiming"));
        assert!(alike("张伟明", "WEIMING ZHANG"));
        assert!(alike("张伟明", "Zhang Wei-Ming"));
        assert!(alike("張偉明", "张伟明"));
        assert!(alike("欧阳娜娜", "Ouyang Nana"));
        assert!(alike("赵平安", "Zhao Ping'an"));
    }

    #[test]
    fn character_is_read_in_each_of_its_ways() {
        assert!(alike("曾志伟", "Zeng Zhiwei"));
        assert!(alike("单田芳", "Shan Tianfang"));
        for written in ["Lyu Bu", "Lu Bu", "Lv Bu"] {
            assert!(alike("吕布", written), "{written}");
        }
    }

    #[test]
    fn latin_names_read_alike_in_any_order_and_with_or_without_marks() {
        assert!(alike("Ayesha Khan", "KHAN AYESHA"));
        assert!(alike("José Peña", "PENA JOSE"));
        assert!(!alike("Ayesha Khan", "Ayesha Khanum"));
    }

    fn found(query: &str, display_name: &str, native_name: Option<&str>) -> bool {
        let name = PersonName {
            display_name: display_name.parse().unwrap(),
            native_name: native_name.map(|name| name.parse().unwrap()),
            passport_name: None,
            form_of_address: None,
            family_first: false,
        };
        let key = search_key(&name);
        sought(query).iter().any(|sought| key.contains(sought))
    }

    #[test]
    fn name_is_found_by_how_it_reads_in_whichever_script_it_is_searched() {
        for query in ["zhang", "Wei Ming", "weiming zhang", "ZHANGWEI", "伟明", "張偉明"] {
            assert!(found(query, "张伟明", None), "{query}");
            assert!(found(query, "Zhang Weiming", None), "{query}");
            assert!(found(query, "Dr Z.", Some("张伟明")), "{query}");
        }
        assert!(found("pena jose", "José Peña", None));
        for query in ["weimin g2", "", "李", "عائشہ"] {
            assert!(!found(query, "张伟明", None), "{query}");
        }
    }

    #[test]
    fn name_that_cannot_be_read_is_like_no_other() {
        for name in ["عائشہ خان", "张", "张伟明先生您好", "Ayesha 7", "आयशा"] {
            assert_eq!(readings(name), BTreeSet::new(), "{name}");
        }
    }
}
