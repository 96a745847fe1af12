//! What the page says, and what it never lets through.

use attache_domain::visit_window::VisitWindow;

use super::*;

fn verification() -> Verification {
    let day = |text: &str| text.parse().unwrap();
    let cities = vec![Localized::new("Beijing", "北京").unwrap(), Localized::new("Jinan", "济南").unwrap()];
    Verification {
        number: "ZBRA-2023-000001".to_owned(),
        standing: Standing::Issued,
        issue_date: day("2023-08-01"),
        issuer: Localized::new("Association <b>", "").unwrap(),
        event: Localized::new("Forum", "论坛").unwrap(),
        initials: "K. A.".to_owned(),
        visit_window: VisitWindow::new(day("2023-09-03"), day("2023-09-08"), cities).unwrap(),
        digest: "d1".to_owned(),
        sealed_digest: None,
        specimen: false,
    }
}

/// The text of a page, tags taken out, without empty lines.
fn text(facts: &Value) -> Vec<String> {
    let page = PAGES.as_ref().unwrap().get_template("verify.html").unwrap().render(facts).unwrap();
    let body = page.split_once("<body>").unwrap().1;
    let mut text = String::new();
    let mut within = false;
    for character in body.chars() {
        match character {
            '<' => within = true,
            '>' => within = false,
            _ if !within => text.push(character),
            _ => {}
        }
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

const LINES: [&str; 9] = [
    "Number 编号ZBRA-2023-000001",
    "Date of issue 签发日期1 August 2023 2023年8月1日",
    "Issued by 签发单位Association &lt;b&gt;",
    "Event 活动Forum 论坛",
    "Initials of the person invited 被邀请人姓名首字母K. A.",
    "Visit 来访日期3 September 2023 – 8 September 2023 2023年9月3日至2023年9月8日",
    "Cities 来访城市Beijing, Jinan 北京、济南",
    "BLAKE3 of the PDF PDF文件BLAKE3摘要d1",
    "Compare every line with the letter. 请与函件逐项核对。",
];

fn page(verdict: &[&str]) -> Vec<String> {
    ["Letter verification 邀请函核验"].iter().chain(verdict).chain(&LINES).map(ToString::to_string).collect()
}

#[test]
fn page_of_a_letter_that_holds_says_so_and_escapes_what_others_wrote() {
    let said = text(&facts(verification()));

    assert_eq!(said, page(&["ISSUEDThis letter was issued and has not been revoked.", "已签发本函已签发，未被撤销。"]));
}

#[test]
fn page_of_a_revoked_specimen_says_both() {
    let said = text(&facts(Verification { standing: Standing::Revoked, specimen: true, ..verification() }));

    assert_eq!(
        said,
        page(&[
            "SPECIMENThis letter was made to show what one looks like. It is not valid for a visa.",
            "样张本函仅为样张，不得用于签证申请。",
            "REVOKEDThis letter was revoked. It is not valid any more.",
            "已撤销本函已被撤销，不再有效。",
        ])
    );
}

#[test]
fn page_of_an_unknown_code_says_only_that() {
    let said = text(&context! { letter => () });

    assert_eq!(
        said,
        [
            "Letter verification 邀请函核验",
            "NOT FOUNDNo letter was issued with this code. Compare the address with the one printed on the letter.",
            "查无此函没有以此编码签发的邀请函。请核对函上印刷的网址。",
        ]
    );
}

#[test]
fn page_of_a_letter_that_was_signed_and_sealed_tells_the_digest_of_the_scan_too() {
    let said = text(&facts(Verification { sealed_digest: Some("d2".to_owned()), ..verification() }));

    let line = "BLAKE3 of the signed and sealed copy 签字盖章扫描件BLAKE3摘要d2".to_owned();
    assert_eq!(said.iter().filter(|found| **found == line).count(), 1, "{said:?}");
}
