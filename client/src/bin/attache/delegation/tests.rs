//! What a person reads of a delegation.

use super::*;

fn item(kind: v1::ReadinessItemKind, status: v1::ReadinessStatus, reason: &str, late: bool) -> v1::ReadinessItem {
    v1::ReadinessItem {
        kind: kind.into(),
        status: status.into(),
        reason: reason.to_owned(),
        late,
        ..Default::default()
    }
}

fn delegation() -> v1::Delegation {
    v1::Delegation {
        title: Some(v1::LocalizedText { en: "Delegation of the chamber".to_owned(), zh: "商会代表团".to_owned() }),
        state: v1::DelegationState::Open.into(),
        seats: 3,
        head: "organizations/zbra/persons/1".to_owned(),
        deadlines: Some(v1::DelegationDeadlines {
            document_time: Some("2023-08-10T00:00:00Z".parse().unwrap()),
            ..Default::default()
        }),
        needs_nomination_file: true,
        return_reason: "Two more,\u{1b}[2J please.".to_owned(),
        ..Default::default()
    }
}

#[test]
fn page_tells_where_it_stands_and_what_is_late() {
    let zarmina = v1::PersonReadiness {
        person: "organizations/zbra/persons/1".to_owned(),
        display_name: "Zarmina".to_owned(),
        items: vec![
            item(v1::ReadinessItemKind::Form, v1::ReadinessStatus::Ready, "registration_confirmed", false),
            item(v1::ReadinessItemKind::Photo, v1::ReadinessStatus::NotTracked, "not_tracked", false),
            item(v1::ReadinessItemKind::Document, v1::ReadinessStatus::Missing, "passport_missing", true),
            item(v1::ReadinessItemKind::Letter, v1::ReadinessStatus::InProgress, "letter_in_progress", false),
        ],
        ..Default::default()
    };
    let readiness = v1::GetReadinessResponse { people: vec![zarmina], ..Default::default() };

    let page = tell(&delegation(), &readiness);

    let lines: Vec<&str> = page.lines().map(str::trim_end).collect();
    assert_eq!(lines[..3], ["Delegation of the chamber / 商会代表团", "open: 1 of 3 seats", "head: Zarmina"]);
    assert_eq!(lines[3], "nomination document: missing");
    assert!(lines[4].starts_with("returned: Two more,") && !page.contains('\u{1b}'), "{page:?}");
    assert_eq!(lines[5], "documents until: 2023-08-10T00:00:00Z");
    let cells =
        |line: &str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect();
    let (header, row): (Vec<String>, Vec<String>) = (cells(lines[7]), cells(lines[8]));
    assert_eq!(header, ["PERSON", "FORM", "PHOTO", "DOCUMENT", "LETTER"]);
    assert_eq!(row, ["Zarmina", "ready", "-", "LATE: passport missing", "letter in progress"]);
}

#[test]
fn page_of_nobody_has_no_table() {
    let page = tell(&v1::Delegation { head: String::new(), ..delegation() }, &v1::GetReadinessResponse::default());

    assert!(page.contains("open: 0 of 3 seats") && page.contains("head: nobody yet"), "{page}");
    assert!(!page.contains("PERSON"), "{page}");
}

#[test]
fn list_is_told_with_whom_it_names_and_what_ought_to_be_known() {
    let person = v1::Person { display_name: "Zarmina\u{1b}[2J".to_owned(), ..Default::default() };
    let member = v1::DelegationMember { embedded_person: Some(person), ..Default::default() };
    let finding = v1::ImportFinding { row: 1, reason: "not_read".to_owned(), ..Default::default() };

    let told = tell_named(&v1::ImportMembersResponse { members: vec![member], findings: vec![finding] });

    assert!(told.contains("Zarmina") && !told.contains('\u{1b}'), "{told:?}");
    assert!(told.ends_with("1 × not_read, first in row 1\n"), "{told:?}");
}
