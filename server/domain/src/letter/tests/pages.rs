//! A whole page in each language.

use super::*;

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

fn rows(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn an_english_page_says_who_why_when_where_and_at_whose_cost() {
    let page = write(&requested(LetterTemplate::ChinaM), &Known::all().facts(), LanguageTag::English);

    assert_eq!(
        page,
        Wording {
            addressee: texts(&["To the visa section of the embassy or consulate"]),
            title: "Letter of invitation (M visa)".to_owned(),
            salutation: "Dear Sir or Madam,".to_owned(),
            paragraphs: texts(&[
                "Belt and Road Industrial Promotion Association has the honour to invite the person named below to \
                 “Technology and Innovation Forum”.",
                "The purpose of the visit is to take part in “Technology and Innovation Forum”.",
                "The visit begins with the arrival on 3 September 2023 and ends with the departure on 8 September 2023; \
                 it leads to Beijing and Jinan.",
                "Relationship to the inviting body: Partners since 2021.",
                "The costs of travel and stay are borne by the invited person or the body that sends them.",
            ]),
            table: rows(&[
                ("Name as in the passport", "KHAN AYESHA"),
                ("Name in own script", "عائشہ خان"),
                ("Sex", "Female"),
                ("Date of birth", "3 March 1988"),
                ("Nationality", "Pakistan (PAK)"),
                ("Passport number", "ZZ0000000"),
                ("Passport valid until", "30 June 2031"),
                ("Employer", "Indus Valley Cold Storage"),
                ("Position", "Director"),
            ]),
            closing: texts(&[
                "We should be grateful if you granted the visa in time for the journey. The inviting body can be asked at \
                 the telephone number above.",
                "Yours faithfully,",
            ]),
        }
    );
}

#[test]
fn a_chinese_page_says_the_same_in_chinese() {
    let mut letter = requested(LetterTemplate::ChinaM);
    letter.request.purpose = Some(both("Signing of a memorandum", "签署谅解备忘录"));
    letter.request.expense_bearer = Some(ExpenseBearer::Inviter);

    let page = write(&letter, &Known::all().facts(), LanguageTag::Chinese);

    assert_eq!(
        page,
        Wording {
            addressee: texts(&["有关使领馆签证处："]),
            title: "邀请函（M字签证）".to_owned(),
            salutation: String::new(),
            paragraphs: texts(&[
                "一带一路产业促进会谨邀请下列人士出席“科技创新论坛”。",
                "来访事由：签署谅解备忘录。",
                "来访时间：2023年9月3日抵达，2023年9月8日离境。访问城市：北京、济南。",
                "与邀请单位的关系：自2021年起的合作伙伴。",
                "来访期间在当地的费用由邀请单位承担。",
            ]),
            table: rows(&[
                ("护照姓名", "KHAN AYESHA"),
                ("本国文字姓名", "عائشہ خان"),
                ("性别", "女"),
                ("出生日期", "1988年3月3日"),
                ("国籍", "巴基斯坦 (PAK)"),
                ("护照号码", "ZZ0000000"),
                ("护照有效期至", "2031年6月30日"),
                ("工作单位", "Indus Valley Cold Storage"),
                ("职务", "Director"),
            ]),
            closing: texts(&["请贵处予以办理签证手续为盼。如需核实，请按上列电话与本单位联系。", "特此函达。"]),
        }
    );
}

#[test]
fn what_is_not_known_is_left_out() {
    let mut known = Known { passport: None, ..Known::all() };
    known.person.profile.name.native_name = None;
    known.person.profile.position = None;
    let mut letter = requested(LetterTemplate::Generic);
    (letter.request.relationship, letter.request.expense_bearer) = (None, None);

    let page = write(&letter, &known.facts(), LanguageTag::English);

    assert_eq!((page.title.as_str(), page.paragraphs.len()), ("Letter of invitation", 3));
    assert_eq!(
        page.table,
        rows(&[("Name as in the passport", "KHAN AYESHA"), ("Employer", "Indus Valley Cold Storage")])
    );
}

#[test]
fn initials_are_those_of_the_passport() {
    assert_eq!(Known::all().facts().initials(), "K. A.");
}
