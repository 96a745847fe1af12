//! What stands in the columns of somebody else.

use super::*;
use crate::{
    identity_document::{CardKind, CardNumber},
    passport::{Sex, StateCode},
};

fn passport() -> Contents {
    let part = |text: &str| Some(NameText::parse(text).unwrap());
    Contents::Passport(Passport {
        number: "AB1234567".to_owned(),
        issuing_state: StateCode::parse("PAK").unwrap(),
        nationality: StateCode::parse("PAK").unwrap(),
        name: crate::name::PassportName::new(part("Khan"), part("Muhammad Aslam")).unwrap(),
        birth_date: "1984-02-29".parse().unwrap(),
        sex: Sex::Male,
        issue_date: None,
        expire_date: "2029-04-30".parse().unwrap(),
        machine_readable_zone: None,
    })
}

fn card() -> Contents {
    Contents::Card(IdentityCard {
        number: CardNumber::parse(CardKind::Chinese, "11010519491231002X").unwrap(),
        full_name: NameText::parse("张三").unwrap(),
        birth_date: "1949-12-31".parse().unwrap(),
        sex: Sex::Female,
        issue_date: Some("2015-06-01".parse().unwrap()),
        expire_date: None,
    })
}

const DETAILS: [&str; 11] = [
    "document_kind",
    "document_number",
    "document_issuing_state_code",
    "document_nationality_code",
    "document_family_name",
    "document_given_name",
    "document_full_name",
    "document_birth_date",
    "document_sex",
    "document_issue_date",
    "document_expire_date",
];

#[test]
fn document_says_what_it_has_and_leaves_the_rest_empty() {
    let said =
        |document: &Contents| DETAILS.map(|name| name.parse::<Detail>().unwrap().of(document).unwrap_or_default());

    assert_eq!(
        said(&passport()),
        [
            "PASSPORT",
            "AB1234567",
            "PAK",
            "PAK",
            "Khan",
            "Muhammad Aslam",
            "Khan Muhammad Aslam",
            "1984-02-29",
            "M",
            "",
            "2029-04-30",
        ]
    );
    assert_eq!(
        said(&card()),
        ["CHINESE_IDENTITY_CARD", "11010519491231002X", "", "", "", "", "张三", "1949-12-31", "F", "2015-06-01", "",]
    );
}

#[test]
fn value_is_of_a_document_or_of_the_registration() {
    assert_eq!("document_number".parse(), Ok(Value::Document(Detail::Number)));
    assert_eq!("state".parse(), Ok(Value::Said(Column::State)));
    assert!("document_photo".parse::<Value>().is_err() && "serial".parse::<Value>().is_err());
}
