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

    let found: Vec<_> = again.findings.iter().map(|one| (one.row, one.reason.as_str())).collect();
    assert_eq!(found, [(1, "not_read"), (3, "shared_address"), (4, "changed")]);

    // There is no seat for a fifth, and nobody comes in or changes; an address that is corrected may be that of somebody else.
    let fifth = sent(&focal_point, &own, &list.replace("Adviser", "Cook").replace("1,张伟明,", "1,Fifth,")).await;
    assert!(fifth.as_ref().is_err_and(|failure| failure.is(ErrorReason::SeatsTaken)), "{fifth:?}");
    let other = sent(&focal_point, &own, "Name,Email\nSukarno,other@example.org\n").await.unwrap_err();
    assert_eq!(other.precondition_violations[0].kind, "other_address");
    let request = v1::ListDelegationMembersRequest { parent: own.name.clone(), ..Default::default() };
    let now = house.owner.delegations().list_delegation_members(request).await.unwrap().into_inner().members;
    assert_eq!((now.len(), people(&now)[2].position.as_str()), (4, "Head of office"));
}

/// What is tried is told with the people it would bring; a list is deleted once it is in, and before by whoever brought it.
#[tokio::test]
async fn lists_are_not_kept_longer_than_they_are_needed() {
    let house = house().await;
    let own = created(&house, 4).await;
    let focal_point = house.member(Role::FocalPoint, &own.name).await;
    let file = upload(&focal_point, FORUM, "list.csv", "text/csv", b"Name\nZarmina\n").await;
    let request = v1::ImportMembersRequest { parent: own.name.clone(), file: file.clone(), ..Default::default() };
    let tried = v1::ImportMembersRequest { validate_only: true, ..request.clone() };
    let request = v1::ImportMembersRequest { request_id: attache_tests::fixtures::once(), ..request };
    let import = async |request: &v1::ImportMembersRequest| {
        focal_point.nominations().import_members(request.clone()).await.unwrap().into_inner()
    };
    let gone = async |name: &str| {
        let request = v1::GetFileRequest { name: name.to_owned() };
        house.owner.files().get_file(request).await.is_err_and(|status| status.code() == Code::NotFound)
    };

    assert_eq!(people(&import(&tried).await.members)[0].display_name, "Zarmina");
    assert!(!gone(&file).await && members(&house.owner, &own).await.is_empty());
    let first = import(&request).await;
    assert!(gone(&file).await);
    assert_eq!(import(&request).await.members, first.members);

    let delete = async |client: &Client, name: &str| {
        let request = v1::DeleteFileRequest { name: name.to_owned(), ..Default::default() };
        client.files().delete_file(request).await.map(drop).map_err(|status| status.code())
    };
    let theirs = upload(&focal_point, FORUM, "list.csv", "text/csv", b"Name\n").await;
    let foreign = upload(&house.owner, FORUM, "list.csv", "text/csv", b"Name\n").await;
    assert_eq!(delete(&focal_point, &theirs).await, Ok(()));
    assert_eq!(delete(&focal_point, &foreign).await, Err(Code::NotFound));
    assert!(gone(&theirs).await && !gone(&foreign).await);
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
    assert_eq!(told(seats).await, ["row 2, column B: unknown_category"]);
    assert_eq!(told("Name\nAdeel\n").await, ["row 2: ambiguous"]);
    let rows = (0..501).map(|number| format!("Guest {number}")).collect::<Vec<_>>().join("\n");
    let large = format!("Name\nZarmina\n{}", " ,".repeat(1024 * 1024));
    for unfit in [format!("Name\n{rows}"), "Name\n".to_owned(), large] {
        let unfit = sent(&focal_point, &own, &unfit).await.unwrap_err();
        assert_eq!((unfit.code, unfit.field_violations[0].field.as_str()), (Code::InvalidArgument, "file"));
    }
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
