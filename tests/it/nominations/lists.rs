//! Lists of people whom a delegation sends, as a focal point brings them.

use attache_tests::paperwork::upload;

use super::*;

async fn imported(client: &Client, delegation: &str, file: &str) -> Result<v1::ImportMembersResponse, Failure> {
    let request =
        v1::ImportMembersRequest { parent: delegation.to_owned(), file: file.to_owned(), ..Default::default() };
    Ok(client.nominations().import_members(request).await?.into_inner())
}

async fn sent(client: &Client, delegation: &v1::Delegation, list: &str) -> Result<v1::ImportMembersResponse, Failure> {
    let file = upload(client, FORUM, "list.csv", "text/csv", list.as_bytes()).await;
    imported(client, &delegation.name, &file).await
}

fn people(members: &[v1::DelegationMember]) -> Vec<v1::Person> {
    members.iter().map(|member| member.embedded_person.clone().unwrap()).collect()
}

/// Lesson 16: a list is corrected and sent again, and doubles nobody.
#[tokio::test]
async fn lesson_16_a_focal_point_brings_a_whole_list_and_corrects_it() {
    let house = house().await;
    let own = created(&house, 4).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let list = "No.,姓名 / Name,Email,Position,Table\n1,张伟明,office@example.org,Director,A\n\
                2,محمد اسلم,office@example.org,,A\n3,Sukarno,,Adviser,B\n";

    let first = sent(&focal_point, &own, list).await.unwrap();
    let corrected = list.replace(",Adviser", ",Head of office").replace("Sukarno,,", "Sukarno,sukarno@example.org,");
    let again = sent(&focal_point, &own, &format!("{corrected}4,Bushra,,,\n")).await.unwrap();

    let names = people(&first.members).iter().map(|person| person.display_name.clone()).collect::<Vec<_>>();
    assert_eq!(names, ["张伟明", "محمد اسلم", "Sukarno"]);
    let found: Vec<_> = first.findings.iter().map(|one| (one.row, one.column, one.reason.as_str())).collect();
    assert_eq!(found, [(1, 5, "not_read"), (3, 3, "shared_address")]);
    let ids = |named: &v1::ImportMembersResponse| named.members.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    assert_eq!((ids(&first), again.members.len()), (ids(&again)[..3].to_vec(), 4));
    let sukarno = &people(&again.members)[2];
    assert_eq!((sukarno.position.as_str(), sukarno.email.as_str()), ("Head of office", "sukarno@example.org"));
    assert_eq!(members(&house.owner, &own).await.len(), 4);

    // There is no seat for a fifth, and nobody comes in or changes.
    let full =
        sent(&focal_point, &own, &list.replace("Adviser", "Cook").replace("3,Sukarno", "3,Fifth\n4,Sukarno")).await;
    assert!(full.as_ref().is_err_and(|failure| failure.is(ErrorReason::SeatsTaken)), "{full:?}");
    assert_eq!(people(&imported_again(&focal_point, &own, &corrected).await)[2].position, "Head of office");
}

async fn imported_again(client: &Client, delegation: &v1::Delegation, list: &str) -> Vec<v1::DelegationMember> {
    sent(client, delegation, list).await.unwrap().members
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_list_is_told_and_nobody_comes_in() {
    let house = house().await;
    let own = created(&house, 9).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    nominated(&focal_point, &own, vec![newcomer("Adeel"), newcomer("Adeel")]).await.unwrap();
    let list = "Name,Email,Category\nZarmina,zarmina at example,\n,x@example.org,\nA?slam,,\nBushra,,Ghost\n";
    let seats = "Name,Category\nZarmina,delegate\nAdeel,\n";

    let told = async |list: &str| {
        let refused = sent(&focal_point, &own, list).await.unwrap_err();
        assert!(refused.is(ErrorReason::RowsInvalid), "{refused:?}");
        refused.precondition_violations.iter().map(|one| format!("{}: {}", one.subject, one.kind)).collect::<Vec<_>>()
    };

    assert_eq!(
        told(list).await,
        ["row 2, column B: invalid", "row 3: no_name", "row 4, column A: damaged", "row 5, column C: unknown_category"]
    );
    assert_eq!(told(seats).await, ["row 2: no_seats", "row 3: ambiguous"]);
    let rows = (0..501).map(|number| format!("Guest {number}")).collect::<Vec<_>>().join("\n");
    let long = sent(&focal_point, &own, &format!("Name\n{rows}")).await.unwrap_err();
    assert_eq!((long.code, long.field_violations[0].field.as_str()), (Code::InvalidArgument, "file"));
    assert_eq!(members(&house.owner, &own).await.len(), 2);
}

/// Whom others know is not a focal point's to change, nor is a file that others brought theirs to read.
#[tokio::test]
async fn a_list_changes_nobody_whom_the_delegation_did_not_bring_and_reads_no_foreign_file() {
    let house = house().await;
    let own = created(&house, 2).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let known = v1::Person { position: "Minister".to_owned(), ..person("Adeel", "adeel@example.org") };
    let request = v1::CreatePersonRequest { parent: ZBRA.to_owned(), person: Some(known), ..Default::default() };
    let known = house.owner.persons().create_person(request).await.unwrap().into_inner();
    let nomination = v1::Nomination { person: known.name.clone(), ..Default::default() };
    nominated(&house.owner, &own, vec![nomination]).await.unwrap();

    let named = sent(&focal_point, &own, "Name,Position\nAdeel,Cook\n").await.unwrap();
    let foreign = upload(&house.owner, FORUM, "list.csv", "text/csv", b"Name\nBushra\n").await;
    let refused = imported(&focal_point, &own.name, &foreign).await.unwrap_err();

    assert_eq!(people(&named.members)[0].position, "Minister");
    assert_eq!((refused.code, refused.field_violations[0].field.as_str()), (Code::InvalidArgument, "file"));
    let others = created(&house, 2).await;
    let foreign = imported(&focal_point, &others.name, &foreign).await.unwrap_err();
    assert_eq!(foreign.code, Code::PermissionDenied);
}
