//! What stands on a letter, and what keeps a letter from being made.

use super::*;
use crate::proof;

#[test]
fn an_english_letter_reads_from_the_letterhead_to_the_signature() {
    let facts = letter(vec![page(Language::English)]);

    let sheets = sheets(&facts);

    assert_eq!(
        sheets,
        Ok(vec![texts(&[
            "Lotus Harbour People’s Trade Office",
            "莲港人民贸易促进办公室",
            "18 Lighthouse Road",
            "Lotus Harbour 266100",
            "Tel. +86 532 5550 0142 · Email invitations@lotus-harbour.example",
            "Registration No. 12370200",
            "Ref. LF-2026-000117 Date: 14 August 2026",
            "The Visa Section",
            "Karachi",
            "Invitation to the Lotus Forum",
            "Dear Sir or Madam,",
            "We invite the person named below.",
            "Full name GULZAR",
            "Employer 莲花冷链有限公司 (Lotus Cold Chain)",
            "We ask you to grant a visa.",
            "Verify this letter at",
            "https://attache.example.org/verify/",
            "K7QF-2M9D",
            "Liang Wenbo",
            "Deputy Director",
            "LF-2026-000117 Page 1 of 1",
        ])])
    );
}

#[test]
fn a_letter_with_nothing_optional_prints_no_empty_labels() {
    let mut bare = page(Language::Chinese);
    bare.letterhead = Letterhead {
        name: "Lotus".to_owned(),
        second_name: None,
        address: Vec::new(),
        telephone: String::new(),
        email: String::new(),
        registration: String::new(),
    };
    bare.addressee.clear();
    bare.salutation.clear();
    bare.paragraphs.clear();
    bare.table = vec![("姓名".to_owned(), "GULZAR".to_owned())];
    bare.closing.clear();
    bare.signatory = Signatory { name: "Liang".to_owned(), position: String::new() };

    let sheets = sheets(&letter(vec![bare]));

    assert_eq!(
        sheets,
        Ok(vec![texts(&[
            "Lotus",
            "Ref. LF-2026-000117 Date: 2026年8月14日",
            "Invitation to the Lotus Forum",
            "姓名 GULZAR",
            "Verify this letter at",
            "https://attache.example.org/verify/",
            "K7QF-2M9D",
            "Liang",
            "LF-2026-000117 第 1 页，共 1 页",
        ])])
    );
}

#[test]
fn typed_markup_is_printed_as_typed() {
    let mut typed = page(Language::English);
    typed.table = vec![("Full name".to_owned(), "#evil[x] $a_b$ *c* <d> @e \\u{41} // \u{202e}ALI".to_owned())];
    typed.closing = vec!["= Not a heading\n#read(\"/etc/passwd\") \u{202e}12345".to_owned()];

    let sheets = sheets(&letter(vec![typed])).unwrap();

    assert_eq!(
        sheets[0][12..15],
        [r"Full name #evil[x] $a_b$ *c* <d> @e \u{41} // ALI", "= Not a heading", "#read(\"/etc/passwd\") 12345"]
    );
}

#[test]
fn the_same_facts_give_the_same_bytes_and_another_identity_does_not() {
    let facts = Facts { specimen: true, ..letter(vec![page(Language::English), page(Language::Chinese)]) };
    let renamed = Facts { identity: "letters/2".to_owned(), ..facts.clone() };

    let first = render(&facts).unwrap();
    let other = render(&renamed).unwrap();
    let again = std::thread::scope(|scope| scope.spawn(|| render(&facts)).join()).unwrap().unwrap();

    assert!(first == again, "two renderings of the same facts differ");
    assert!(first != other, "the identity is not in the bytes");
}

#[test]
fn a_character_outside_the_fonts_is_refused_whatever_stands_around_it() {
    let refused = |value: &str| {
        let mut page = page(Language::English);
        page.table = vec![("Full name".to_owned(), value.to_owned())];
        render(&letter(vec![page])).err()
    };
    let missing = |character| Some(PaperError::MissingGlyph { character });

    assert_eq!(refused("GULZAR 🙂"), missing('🙂'));
    assert_eq!(refused("علی\u{6e5}خان"), missing('\u{6e5}'));
    assert_eq!(refused("李אמ明"), missing('א'));
}

#[test]
fn each_script_is_set_in_its_own_font() {
    let mut mixed = page(Language::Chinese);
    mixed.title = "邀请函".to_owned();
    mixed.paragraphs = vec!["会议期间将与Ahmed’s Cold Chain签约。".to_owned()];
    mixed.table = vec![("姓名".to_owned(), "䶮㛃㵑鿍𠅤𬸣𬭎𫖯".to_owned()), ("乌尔都语".to_owned(), "گلزار".to_owned())];
    let facts = letter(vec![mixed]);
    let data = data(&facts).unwrap();

    let runs = proof::runs(&job(&facts, &data)).unwrap().remove(0);
    let font_of = |text: &str| runs.iter().find(|run| run.text.contains(text)).map(|run| run.font.as_str());

    assert_eq!(
        [font_of("邀请函"), font_of("Ahmed’s"), font_of("䶮㛃㵑鿍𠅤𬸣𬭎𫖯"), font_of("Liang")],
        [Some("Noto Serif SC"), Some("Noto Serif"), Some("Noto Serif SC"), Some("Noto Serif")]
    );
    assert_eq!(proof::nastaliq(&runs), ['ا', 'ر', 'ز', 'ل', 'گ']);
}

#[test]
fn long_facts_wrap_and_run_on_to_a_numbered_sheet_within_the_margins() {
    let mut long = page(Language::English);
    long.table = vec![("Full name".to_owned(), "WOLFESCHLEGELSTEINHAUSEN".repeat(8))];
    long.table.extend((0..18).map(|row| (format!("Row {row}"), "MUHAMMAD ZAFARULLAH KHAN ".repeat(4))));
    long.signatory.position = "Deputy Director for International Co-operation ".repeat(6);
    let facts = letter(vec![long, page(Language::Chinese)]);
    let data = data(&facts).unwrap();

    let sheets = proof::runs(&job(&facts, &data)).unwrap();
    let outside: Vec<_> = sheets.iter().flatten().filter(|run| run.left < 70.0 || run.right > 525.5).collect();
    let feet: Vec<_> = self::sheets(&facts).unwrap().into_iter().filter_map(|mut sheet| sheet.pop()).collect();

    assert_eq!(outside, Vec::<&proof::Run>::new());
    assert_eq!(feet, ["LF-2026-000117 Page 1 of 3", "LF-2026-000117 Page 2 of 3", "LF-2026-000117 第 3 页，共 3 页"]);
}

#[test]
fn only_a_specimen_is_marked_and_on_every_sheet() {
    let genuine = letter(vec![page(Language::English), page(Language::Chinese)]);
    let specimen = Facts { specimen: true, ..genuine.clone() };

    let marked = [genuine, specimen].map(|facts| {
        let data = data(&facts).unwrap();
        proof::marked_sheets(&job(&facts, &data))
    });

    assert_eq!(marked, [Ok(0), Ok(2)]);
}

#[test]
fn a_stamp_that_is_no_png_or_too_large_is_refused() {
    let refused = |stamp: &[u8]| render(&Facts { stamp: Some(stamp.to_vec()), ..letter(Vec::new()) }).err();
    let mut wide = PIXEL.to_vec();
    wide[16..20].copy_from_slice(&4001_u32.to_be_bytes());

    let refusals = [refused(b"GIF89a"), refused(&PIXEL[..40]), refused(&wide)];

    assert_eq!(refusals, [(); 3].map(|()| Some(PaperError::UnreadableImage { image: "stamp" })));
    assert_eq!(refused(PIXEL), None);
}

/// A PNG of one transparent pixel.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0d, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0x60, 0x60, 0x60, 0x00, 0x00, 0x00, 0x05, 0x00, 0x01, 0xa5, 0xf6, 0x45,
    0x40, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

fn sheets(facts: &Facts) -> Result<Vec<Vec<String>>, PaperError> {
    let data = data(facts)?;
    proof::lines(&job(facts, &data))
}

fn letter(pages: Vec<Page>) -> Facts {
    Facts {
        identity: "letters/1".to_owned(),
        number: "LF-2026-000117".to_owned(),
        issue_date: NaiveDate::from_ymd_opt(2026, 8, 14).unwrap(),
        verify_url: "https://attache.example.org/verify/K7QF-2M9D".to_owned(),
        specimen: false,
        stamp: Some(PIXEL.to_vec()),
        signature: Some(PIXEL.to_vec()),
        pages,
    }
}

fn page(language: Language) -> Page {
    Page {
        language,
        letterhead: Letterhead {
            name: "Lotus Harbour People’s Trade Office".to_owned(),
            second_name: Some("莲港人民贸易促进办公室".to_owned()),
            address: texts(&["18 Lighthouse Road", "Lotus Harbour 266100"]),
            telephone: "+86 532 5550 0142".to_owned(),
            email: "invitations@lotus-harbour.example".to_owned(),
            registration: "Registration No. 12370200".to_owned(),
        },
        addressee: texts(&["The Visa Section", "Karachi"]),
        title: "Invitation to the Lotus Forum".to_owned(),
        salutation: "Dear Sir or Madam,".to_owned(),
        paragraphs: texts(&["We invite the person named below."]),
        table: vec![
            ("Full name".to_owned(), "GULZAR".to_owned()),
            ("Employer".to_owned(), "莲花冷链有限公司 (Lotus Cold Chain)".to_owned()),
        ],
        closing: texts(&["We ask you to grant a visa."]),
        signatory: Signatory { name: "Liang Wenbo".to_owned(), position: "Deputy Director".to_owned() },
        labels: Labels {
            reference: "Ref.".to_owned(),
            date: "Date:".to_owned(),
            verification: "Verify this letter at".to_owned(),
        },
    }
}

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}
