//! What stands on badges, and that it stands within them.

use super::*;
use crate::proof::{self, Run};

/// Points to a millimetre.
const MM: f64 = 72.0 / 25.4;

fn badge(display_name: &str, native_name: &str, affiliation: &str) -> Badge {
    Badge {
        display_name: display_name.to_owned(),
        native_name: (!native_name.is_empty()).then(|| native_name.to_owned()),
        position: "Director".to_owned(),
        affiliation: affiliation.to_owned(),
        category: "Speaker".to_owned(),
        color: [0x1a, 0x6f, 0xb5],
        code: format!("AEAAC{}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(4)),
        photo: None,
    }
}

fn facts(layout: Layout, badges: Vec<Badge>) -> Facts {
    Facts {
        identity: "events/lotus-forum".to_owned(),
        title: "Lotus Harbour Forum".to_owned(),
        language: Language::English,
        issue_date: NaiveDate::from_ymd_opt(2026, 9, 1).unwrap(),
        layout,
        badges,
    }
}

fn runs(facts: &Facts) -> Vec<Vec<Run>> {
    let data = data(facts).unwrap();
    proof::runs(&job(facts, &data)).unwrap()
}

/// Names that are long, of one word, of one letter, and of four scripts.
fn people() -> Vec<Badge> {
    vec![
        badge("Zhang Weiming", "张伟明", "Specimen Institute"),
        badge("Sukarno", "", ""),
        badge("Ayesha Noor Siddiqa", "عائشہ نور صدیقہ", "Indus Valley Technology Zones Authority"),
        badge(
            "Muhammad Abdul Rahman Khan Zafarullah Chaudhry-Siddiqui",
            "",
            "Pakistan Association of Software Houses, Information Technology and Services",
        ),
        badge("Wolfeschlegelsteinhausenbergerdorff", "", ""),
        badge("欧阳文安", "", "北京中关村一带一路产业促进会有限责任公司"),
        badge("محمد اسلم", "", ""),
        badge("O", "", ""),
        badge(&"Verylongname".repeat(16), "", &"Long ".repeat(40)),
    ]
}

/// A drawn face.
const PHOTO: &[u8] = include_bytes!("../../../samples/images/photo.jpg");

/// The same people, each with a photo.
fn with_photos() -> Vec<Badge> {
    people().into_iter().map(|badge| Badge { photo: Some(PHOTO.to_vec()), ..badge }).collect()
}

#[test]
fn names_keep_clear_of_the_photo() {
    let pages = runs(&facts(Layout::Single, with_photos()));

    assert_eq!(pages.len(), people().len());
    let end = (92.0 - 5.0 - 20.0 - 3.0) * MM;
    for run in pages.iter().flatten().filter(|run| (13.0 * MM..39.0 * MM).contains(&run.baseline)) {
        assert!(run.right <= end, "{run:?} runs into the photo");
    }
}

#[test]
fn each_badge_has_the_photo_of_its_own_bearer() {
    let [first, second] = [PHOTO.to_vec(), [PHOTO, b"\0".as_slice()].concat()];
    let bearers = [Some(first), None, Some(second)].map(|photo| Badge { photo, ..badge("Sukarno", "", "") });

    let single = facts(Layout::Single, bearers.to_vec());
    let data = data(&single).unwrap();

    let end = PHOTO.len();
    let drawn: Vec<_> = data["badges"].as_array().unwrap().iter().map(|badge| badge["photo"].clone()).collect();
    let expected = [serde_json::json!([0, end]), serde_json::Value::Null, serde_json::json!([end, 2 * end + 1])];
    assert_eq!(drawn, expected);
    // Both lie in the PDF as they came, one of them with a byte behind it.
    let pdf = render(&single).unwrap();
    let count = pdf.windows(end).filter(|bytes| *bytes == PHOTO).count();
    let longer = [PHOTO, b"\0\nendstream".as_slice()].concat();
    assert_eq!((count, pdf.windows(longer.len()).filter(|bytes| **bytes == longer[..]).count()), (2, 1));
}

#[test]
fn whatever_is_on_a_badge_stands_within_it() {
    let sheets = runs(&facts(Layout::Sheet, [people(), with_photos()].concat()));

    assert_eq!(sheets.len(), 3);
    for run in sheets.iter().flatten() {
        let left = (210.0 - 2.0 * 92.0) / 2.0;
        let column = if run.left < 105.0 * MM { 0.0 } else { 1.0 };
        let (from, to) = ((left + column * 92.0) * MM, (left + (column + 1.0) * 92.0) * MM);
        assert!(run.left >= from && run.right <= to, "{run:?} is not within {from} to {to}");
    }
}

#[test]
fn badges_alone_have_a_page_each_and_say_who_somebody_is() {
    let single = facts(Layout::Single, people());
    let data = data(&single).unwrap();

    let lines = proof::lines(&job(&single, &data)).unwrap();

    assert_eq!(lines.len(), 9);
    assert_eq!(
        lines[0],
        ["Lotus Harbour Forum", "Zhang Weiming", "张伟明", "Director", "Specimen Institute", "Speaker"]
    );
    assert_eq!(lines[1], ["Lotus Harbour Forum", "Sukarno", "Director", "Speaker"]);
    assert_eq!(lines[5][1], "欧阳文安");
    let letters: String = proof::nastaliq(&runs(&single)[6]).into_iter().collect();
    assert_eq!(letters, " احدسلم");
}

#[test]
fn same_badges_are_the_same_file_and_a_letter_without_a_shape_is_told() {
    let of = |name: &str| facts(Layout::Sheet, vec![badge(name, "", "")]);

    assert_eq!(render(&of("Sukarno")), render(&of("Sukarno")));
    assert_eq!(render(&of("आयशा")).err(), Some(PaperError::MissingGlyph { character: 'आ' }));
    assert_eq!(render(&facts(Layout::Sheet, Vec::new())).map(|pdf| pdf.is_empty()), Ok(false));
}
