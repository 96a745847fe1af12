//! Writes an invented letter in English and Chinese.
//!
//! `cargo run -p attache-paper --example specimen_letter -- letter.pdf [stamp.png [signature.png]]`

use std::error::Error;

use attache_paper::letter::{self, Facts, Labels, Language, Letterhead, Page, Signatory};
use chrono::NaiveDate;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1);
    let path = paths.next().unwrap_or_else(|| "letter.pdf".into());
    let facts = Facts {
        stamp: paths.next().map(std::fs::read).transpose()?,
        signature: paths.next().map(std::fs::read).transpose()?,
        ..facts()?
    };
    std::fs::write(path, letter::render(&facts)?)?;
    Ok(())
}

fn facts() -> Result<Facts, Box<dyn Error>> {
    Ok(Facts {
        identity: "events/lotus-forum/letters/0c9d2b6e".to_owned(),
        number: "LF-2026-000117".to_owned(),
        issue_date: NaiveDate::from_ymd_opt(2026, 8, 14).ok_or("no such date")?,
        verify_url: "https://attache.example.org/verify/K7QF-2M9D-XB4T-81ZC".to_owned(),
        specimen: true,
        stamp: None,
        signature: None,
        pages: vec![english(), chinese()],
    })
}

fn english() -> Page {
    Page {
        language: Language::English,
        letterhead: Letterhead {
            name: "Lotus Harbour People’s Trade Office".to_owned(),
            second_name: Some("莲港人民贸易促进办公室".to_owned()),
            address: texts(&["18 Lighthouse Road, Harbour District", "Lotus Harbour 266100, Shandong"]),
            telephone: "+86 532 5550 0142".to_owned(),
            email: "invitations@lotus-harbour.example".to_owned(),
            registration: "Unified Social Credit Code 12370200MB0000000X".to_owned(),
        },
        addressee: texts(&["The Visa Section", "Consulate-General of the People’s Republic of China", "Karachi"]),
        title: "Invitation to the Lotus Forum 2026".to_owned(),
        salutation: "Dear Sir or Madam,".to_owned(),
        paragraphs: texts(&[
            "We invite the person named below to the Lotus Forum on cold-chain logistics, held in Lotus Harbour from \
             9 to 12 September 2026. Her company and ours have worked together on refrigerated storage since 2021 and \
             will sign a memorandum during the forum.",
            "Her particulars, as they stand in the passport, are:",
        ]),
        table: rows(&[
            ("Full name", "MUHAMMAD ZAFARULLAH KHAN, AYESHA NOOR"),
            ("Name in Urdu", "عائشہ نور محمد ظفر اللہ خان"),
            ("Name in Chinese", "艾莎·努尔 (䶮㛃鿍𠅤)"),
            ("Sex", "Female"),
            ("Date of birth", "3 March 1988"),
            ("Nationality", "Pakistan"),
            ("Passport", "ZZ0000000, valid to 30 June 2031"),
            ("Employer and position", "Indus Valley Cold Storage (Private) Limited, Director of Operations"),
            ("Visit", "8 to 14 September 2026, Lotus Harbour and Jinan (济南)"),
            ("Expenses", "Travel by the applicant’s employer; board and lodging by us"),
        ]),
        closing: texts(&[
            "We ask you to grant her a visa of category M for two entries. She will leave China when the visit ends, \
             and we answer any question under the telephone number above.",
        ]),
        signatory: Signatory {
            name: "Liang Wenbo".to_owned(),
            position: "Deputy Director, International Co-operation".to_owned(),
        },
        labels: Labels {
            reference: "Ref.".to_owned(),
            date: "Date:".to_owned(),
            verification: "Verify this letter at".to_owned(),
        },
    }
}

fn chinese() -> Page {
    Page {
        language: Language::Chinese,
        letterhead: Letterhead {
            name: "莲港人民贸易促进办公室".to_owned(),
            second_name: Some("Lotus Harbour People’s Trade Office".to_owned()),
            address: texts(&["山东省莲港市港湾区灯塔路18号  邮编266100"]),
            telephone: "+86 532 5550 0142".to_owned(),
            email: "invitations@lotus-harbour.example".to_owned(),
            registration: "统一社会信用代码 12370200MB0000000X".to_owned(),
        },
        addressee: texts(&["中华人民共和国驻卡拉奇总领事馆签证处"]),
        title: "关于邀请参加2026年莲花论坛的函".to_owned(),
        salutation: "尊敬的签证官：".to_owned(),
        paragraphs: texts(&[
            "我办诚邀下列人员于2026年9月9日至12日赴莲港市出席“莲花论坛”冷链物流专题会议。双方自2021年起在冷库建设领域开展合作，\
             会议期间将与Ahmed’s Cold Chain共同签署谅解备忘录。",
            "被邀请人护照信息如下：",
        ]),
        table: rows(&[
            ("姓名", "MUHAMMAD ZAFARULLAH KHAN, AYESHA NOOR"),
            ("乌尔都语姓名", "عائشہ نور محمد ظفر اللہ خان"),
            ("性别", "女"),
            ("出生日期", "1988年3月3日"),
            ("国籍", "巴基斯坦"),
            ("护照号码", "ZZ0000000，有效期至2031年6月30日"),
            ("单位及职务", "Indus Valley Cold Storage (Private) Limited，运营总监"),
            ("访问时间及城市", "2026年9月8日至14日，莲港、济南"),
            ("费用", "国际旅费由派出单位承担，在华食宿由我办承担"),
        ]),
        closing: texts(&["请贵馆予以办理两次入境M字签证为盼。被邀请人将按期离境。如有疑问，请与我办联系。", "此致"]),
        signatory: Signatory { name: "梁文博".to_owned(), position: "国际合作处 副主任".to_owned() },
        labels: Labels {
            reference: "编号：".to_owned(),
            date: "日期：".to_owned(),
            verification: "核验本函真伪，请访问".to_owned(),
        },
    }
}

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

fn rows(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}
