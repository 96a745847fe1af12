//! Writes badges of invented people.
//!
//! `cargo run -p attache-paper --example specimen_badges -- badges.pdf 16`

use std::error::Error;

use attache_paper::badge::{self, Badge, Facts, Language, Layout};
use chrono::NaiveDate;

/// A drawn face.
const PHOTO: &[u8] = include_bytes!("../../samples/images/photo.jpg");

/// A name, the name in their own script, position, body, category and colour.
type Person = (&'static str, &'static str, &'static str, &'static str, &'static str, [u8; 3]);

const PEOPLE: [Person; 8] = [
    ("Zhang Weiming", "张伟明", "Director", "Specimen Institute for Cold Chains", "Delegate 代表", [0x1a, 0x6f, 0xb5]),
    ("Sukarno", "", "Minister", "Ministry of Trade", "VIP", [0xb5, 0x8a, 0x1a]),
    (
        "Ayesha Noor Siddiqa",
        "عائشہ نور صدیقہ",
        "Deputy Director (Industrial Zones)",
        "Indus Valley Technology Zones Authority",
        "Speaker",
        [0x8a, 0x1a, 0x5b],
    ),
    ("محمد اسلم", "", "", "", "Press", [0xf2, 0xe3, 0x4c]),
    (
        "Muhammad Abdul Rahman Khan Zafarullah Chaudhry-Siddiqui",
        "",
        "Chairman of the Board and Chief Executive Officer",
        "Pakistan Association of Software Houses, Information Technology and Services",
        "Exhibitor staff",
        [0x2c, 0x7a, 0x3f],
    ),
    ("欧阳文安", "", "副总经理兼首席技术官", "北京中关村一带一路产业促进会有限责任公司", "参展商", [0x44, 0x44, 0x44]),
    ("Wolfeschlegelsteinhausenbergerdorff", "", "", "Guild", "Guest", [0xff, 0xff, 0xff]),
    ("Li", "李", "", "", "Online", [0x00, 0x00, 0x00]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "badges.pdf".to_owned());
    let count = arguments.next().map_or(Ok(PEOPLE.len()), |count| count.parse())?;
    let layout = if arguments.next().is_some() { Layout::Single } else { Layout::Sheet };
    let badges = (0..count).map(|number| badge_of(number, PEOPLE[number % PEOPLE.len()])).collect();
    let facts = Facts {
        identity: "events/lotus-forum".to_owned(),
        title: "Lotus Harbour Forum 莲港论坛".to_owned(),
        language: Language::English,
        issue_date: NaiveDate::from_ymd_opt(2026, 9, 1).ok_or("no such day")?,
        layout,
        badges,
    };
    std::fs::write(path, badge::render(&facts)?)?;
    Ok(())
}

fn badge_of(number: usize, person: Person) -> Badge {
    let (display_name, native_name, position, affiliation, category, color) = person;
    Badge {
        display_name: display_name.to_owned(),
        native_name: (!native_name.is_empty()).then(|| native_name.to_owned()),
        position: position.to_owned(),
        affiliation: affiliation.to_owned(),
        category: category.to_owned(),
        color,
        // Every other has a photo.
        photo: number.is_multiple_of(2).then(|| PHOTO.to_vec()),
        code: format!("AEAAC{}{number:04}", &"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(4)[..124]),
    }
}
