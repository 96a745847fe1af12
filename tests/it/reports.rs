//! Registrations as files for other programs.

use attache_client::{
    Client, Code,
    v1::{self, ErrorReason, FormFieldKind, TableFormat},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{DELEGATES, FORUM, ZBRA, mask, text},
    paperwork,
};

/// A forum with a list of people in it: one with all that can be said, a formula, and a name in Urdu.
async fn forum() -> House {
    let house = boot().await;
    house.forum_with_seats(9000).await;
    let label = Some(text("Remark", "备注"));
    let kind = FormFieldKind::LongText.into();
    let form_fields = vec![v1::FormField { id: "remark".to_owned(), label, kind, ..Default::default() }];
    let category = v1::Category { name: DELEGATES.to_owned(), form_fields, ..Default::default() };
    let update_mask = mask(&["form_fields"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    house
}

const LIST: &str = "ID,姓名,English name,Email,Phone,Company,备注\n\
    k1,张伟明,ZHANG Weiming,zhang@example.cn,+86 138 0013 8000,某会,\"贵宾, 素食\"\n\
    k2,,Mallory,mallory@example.org,,\"=HYPERLINK(\"\"http://x\"\")\",\n\
    ,محمد اسلم,,,,STZA,Two words\n";

async fn bring(house: &House, list: &[u8]) -> v1::Job {
    let file = house.upload(FORUM, "list.csv", "text/csv", list).await;
    let (parent, category) = (FORUM.to_owned(), DELEGATES.to_owned());
    let request = v1::ImportRegistrationsRequest { parent, file, category, ..Default::default() };
    let job = house.owner.registrations().import_registrations(request).await.done();
    house.ended(&job.name).await
}

fn wanted(format: TableFormat) -> v1::ExportRegistrationsRequest {
    v1::ExportRegistrationsRequest { parent: FORUM.to_owned(), format: format.into(), ..Default::default() }
}

/// The pieces of a file.
async fn pieces(client: &Client, request: v1::ExportRegistrationsRequest) -> Vec<Vec<u8>> {
    let mut stream = client.reports().export_registrations(request).await.unwrap().into_inner();
    let mut pieces = Vec::new();
    while let Some(v1::ExportRegistrationsResponse { data }) = stream.message().await.unwrap() {
        pieces.push(data);
    }
    pieces
}

async fn export(house: &House, request: v1::ExportRegistrationsRequest) -> Vec<u8> {
    pieces(&house.owner, request).await.concat()
}

#[tokio::test]
async fn table_has_the_columns_and_rows_that_are_asked_for() {
    let house = forum().await;
    bring(&house, LIST.as_bytes()).await;
    let columns =
        ["external_id", "state", "display_name", "native_name", "phone_number", "affiliation", "answers.remark"];
    let columns: Vec<String> = columns.map(str::to_owned).to_vec();
    let request = |format| v1::ExportRegistrationsRequest { columns: columns.clone(), ..wanted(format) };

    let csv = export(&house, request(TableFormat::Csv)).await;
    let chinese = v1::ExportRegistrationsRequest {
        language_code: "zh".to_owned(),
        query: "张".to_owned(),
        ..request(TableFormat::Csv)
    };
    let chinese = export(&house, chinese).await;
    let lines = export(&house, request(TableFormat::JsonLines)).await;
    let filtered = v1::ExportRegistrationsRequest {
        filter: "external_id = \"k2\"".to_owned(),
        columns: vec!["email".to_owned()],
        ..wanted(TableFormat::JsonLines)
    };

    assert_eq!(
        String::from_utf8(csv).unwrap(),
        "\u{feff}External ID,State,Name on badge,Native name,Phone,Organization,Remark\r\n\
         k1,SUBMITTED,ZHANG Weiming,张伟明,'+86 138 0013 8000,某会,\"贵宾, 素食\"\r\n\
         k2,SUBMITTED,Mallory,,,\"'=HYPERLINK(\"\"http://x\"\")\",\r\n\
         ,SUBMITTED,محمد اسلم,,,STZA,Two words\r\n"
    );
    assert_eq!(
        String::from_utf8(chinese).unwrap(),
        "\u{feff}外部编号,状态,胸牌姓名,本国文字姓名,电话,单位,备注\r\nk1,SUBMITTED,ZHANG Weiming,张伟明,'+86 138 0013 8000,某会,\"贵宾, 素食\"\r\n"
    );
    let second = String::from_utf8(lines).unwrap().lines().nth(1).map(str::to_owned);
    assert_eq!(
        second.as_deref(),
        Some(
            r#"{"affiliation":"=HYPERLINK(\"http://x\")","display_name":"Mallory","external_id":"k2","state":"SUBMITTED"}"#
        )
    );
    assert_eq!(export(&house, filtered).await, b"{\"email\":\"mallory@example.org\"}\n");
}

#[tokio::test]
async fn what_was_exported_comes_in_again_and_changes_nothing() {
    let house = forum().await;
    bring(&house, LIST.as_bytes()).await;

    for format in [TableFormat::Csv, TableFormat::Xlsx] {
        for language in ["en", "zh"] {
            let request = v1::ExportRegistrationsRequest { language_code: language.to_owned(), ..wanted(format) };
            let job = bring(&house, &export(&house, request).await).await;

            let import = job.registration_import.unwrap();
            let counts = import.registrations.unwrap();
            assert_eq!(
                [counts.created, counts.updated, counts.unchanged, import.skipped_count],
                [0, 0, 3, 0],
                "{format:?} {language}"
            );
        }
    }
}

#[tokio::test]
async fn long_table_comes_in_pieces_with_every_registration_once() {
    let house = forum().await;
    let row = |number: usize| format!("K{number},Guest {number},guest{number}@example.org\n");
    bring(&house, format!("ID,Name,Email\n{}", (0..1203).map(row).collect::<String>()).as_bytes()).await;

    let pieces = pieces(&house.owner, wanted(TableFormat::Csv)).await;
    let request =
        v1::ExportRegistrationsRequest { columns: vec!["external_id".to_owned()], ..wanted(TableFormat::JsonLines) };
    let ids = export(&house, request).await;

    assert!(pieces.len() > 2 && pieces.iter().all(|piece| piece.len() <= 64 * 1024), "{}", pieces.len());
    let expected: Vec<String> = (0..1203).map(|number| format!("{{\"external_id\":\"K{number}\"}}")).collect();
    assert_eq!(String::from_utf8(ids).unwrap().lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_before_anything_is_sent() {
    let house = forum().await;
    let ask = async |request| house.owner.reports().export_registrations(request).await;

    let bad = v1::ExportRegistrationsRequest {
        columns: ["email", "passport_number", "serial"].map(str::to_owned).to_vec(),
        language_code: "ur".to_owned(),
        ..wanted(TableFormat::Unspecified)
    };
    let filter = v1::ExportRegistrationsRequest { filter: "nothing = 1".to_owned(), ..wanted(TableFormat::Csv) };
    let elsewhere = v1::ExportRegistrationsRequest { parent: "events/nowhere".to_owned(), ..wanted(TableFormat::Csv) };

    assert_eq!(wrong_fields(ask(bad).await), ["format", "columns[1]", "columns[2]", "language_code"]);
    assert_eq!(wrong_fields(ask(filter).await), ["filter"]);
    assert_eq!(verdict(ask(elsewhere).await), (Code::NotFound, ErrorReason::NotFound));
}

/// The pieces of some badges, as one file, and how to go on.
async fn badges(house: &House, request: v1::RenderBadgesRequest) -> (Vec<u8>, String) {
    let mut stream = house.owner.reports().render_badges(request).await.unwrap().into_inner();
    let (mut pdf, mut next) = (Vec::new(), String::new());
    while let Some(v1::RenderBadgesResponse { data, next_page_token }) = stream.message().await.unwrap() {
        assert_eq!(next, "", "a piece follows the last one");
        pdf.extend(data);
        next = next_page_token;
    }
    (pdf, next)
}

#[tokio::test]
async fn badges_are_made_of_the_confirmed_or_whom_a_filter_leaves_and_page_by_page() {
    let house = forum().await;
    bring(&house, LIST.as_bytes()).await;
    let color = v1::Category { name: DELEGATES.to_owned(), color: "#1A6FB5".to_owned(), ..Default::default() };
    let request = v1::UpdateCategoryRequest { category: Some(color), ..Default::default() };
    let category = house.owner.categories().update_category(request).await.done();
    let request = |filter: &str, page_token: &str| v1::RenderBadgesRequest {
        parent: FORUM.to_owned(),
        filter: filter.to_owned(),
        layout: v1::BadgeLayout::Single.into(),
        page_size: 2,
        page_token: page_token.to_owned(),
        ..Default::default()
    };
    let sheets = |pdf: &[u8]| {
        assert!(pdf.starts_with(b"%PDF-"));
        pdf.windows(11).filter(|bytes| *bytes == b"/Type /Page" || bytes.starts_with(b"/Type/Page")).count()
    };

    let (nobody, _) = badges(&house, request("", "")).await;
    let (first, token) = badges(&house, request("state = SUBMITTED", "")).await;
    let (second, end) = badges(&house, request("state = SUBMITTED", &token)).await;

    assert_eq!(category.color, "#1a6fb5");
    assert_eq!((sheets(&first) > sheets(&second), token.is_empty(), end.as_str()), (true, false, ""));
    assert!(nobody.len() < second.len() && second.len() < first.len());
    let bad = v1::RenderBadgesRequest { layout: 9, language_code: "ur".to_owned(), page_size: -1, ..request("", "") };
    let refused = house.owner.reports().render_badges(bad).await;
    assert_eq!(wrong_fields(refused), ["layout", "language_code", "page_size"]);
}

/// A photo is on its bearer's badge where that is asked for, and nowhere without a word in the change log.
#[tokio::test]
async fn badges_have_photos_where_these_are_asked_for_and_each_reading_is_logged() {
    let house = forum().await;
    let guest = house.register("Zarmina", "zarmina@example.org").await.person;
    house.register("Without one", "without@example.org").await;
    let photo = v1::PhotoContents { data: paperwork::STAMP.to_vec() };
    let request = v1::PutIdentityDocumentRequest { parent: guest, photo: Some(photo), ..Default::default() };
    let photo = house.owner.identity_documents().put_identity_document(request).await.done();
    let request = |photos| v1::RenderBadgesRequest {
        parent: FORUM.to_owned(),
        filter: "state = SUBMITTED".to_owned(),
        photos,
        ..Default::default()
    };
    let pictures = |pdf: &[u8]| pdf.windows(9).filter(|bytes| *bytes == b"DCTDecode").count();
    let readings = async || {
        let filter = format!("verb = read AND resource = \"{}\"", photo.name);
        let request = v1::ListChangesRequest { parent: ZBRA.to_owned(), filter, ..Default::default() };
        let changes = house.owner.audit().list_changes(request).await.done().changes;
        changes.into_iter().map(|change| change.after).collect::<Vec<_>>()
    };

    let (bare, _) = badges(&house, request(false)).await;
    let unread = readings().await;
    let (pictured, _) = badges(&house, request(true)).await;

    assert_eq!((pictures(&bare), unread), (0, Vec::new()));
    assert_eq!((pictures(&pictured), readings().await), (1, vec![r#"{"purpose":"badges"}"#.to_owned()]));
}

fn column(header: &str, value: &str, text: &str) -> v1::AccreditationColumn {
    v1::AccreditationColumn { header: header.to_owned(), value: value.to_owned(), text: text.to_owned() }
}

async fn accreditation(house: &House, request: v1::ExportAccreditationRequest) -> String {
    let mut stream = house.owner.reports().export_accreditation(request).await.unwrap().into_inner();
    let mut table = Vec::new();
    while let Some(v1::ExportAccreditationResponse { data }) = stream.message().await.unwrap() {
        table.extend(data);
    }
    String::from_utf8(table).unwrap()
}

/// Somebody with a passport, somebody with a card, and somebody with neither, and what a fair asks of them.
async fn accredited(house: &House) -> (v1::IdentityDocument, v1::ExportAccreditationRequest) {
    let zarmina = house.register("Zarmina", "zarmina@example.org").await.person;
    house.passport(&zarmina).await;
    let wang = house.register("Wang Fang", "wang@example.org").await.person;
    let card = v1::IdentityCardContents {
        kind: v1::IdentityDocumentKind::ChineseIdentityCard.into(),
        number: "11010519491231002X".to_owned(),
        full_name: "王芳".to_owned(),
        birth_date: "1949-12-31".to_owned(),
        ..Default::default()
    };
    let request = v1::PutIdentityDocumentRequest { parent: wang, identity_card: Some(card), ..Default::default() };
    let card = house.owner.identity_documents().put_identity_document(request).await.done();
    house.register("Without one", "").await;
    let request = v1::ExportAccreditationRequest {
        parent: FORUM.to_owned(),
        format: TableFormat::Csv.into(),
        columns: vec![
            column("姓名", "display_name", ""),
            column("证件号码", "document_number", ""),
            column("出生日期", "document_birth_date", ""),
            column("展会", "", "=CIFTIS"),
            column("备注", "", ""),
        ],
        purpose: "accreditation at the fair".to_owned(),
        document_kinds: vec![
            v1::IdentityDocumentKind::ChineseIdentityCard.into(),
            v1::IdentityDocumentKind::Passport.into(),
        ],
        filter: "state = SUBMITTED".to_owned(),
        order_by: "create_time".to_owned(),
        ..Default::default()
    };
    (card, request)
}

/// What a fair asks for, by its own headers, with what the documents of the vault say, each read once for a purpose that is logged.
#[tokio::test]
async fn fair_has_its_own_columns_and_what_documents_say() {
    let house = forum().await;
    let (card, request) = accredited(&house).await;
    let readings = async || {
        let request =
            v1::ListChangesRequest { parent: ZBRA.to_owned(), filter: "verb = read".to_owned(), ..Default::default() };
        house.owner.audit().list_changes(request).await.done().changes
    };

    let asked = request.clone();
    let table = accreditation(&house, request.clone()).await;
    let read = readings().await;
    let bare = v1::ExportAccreditationRequest { columns: vec![column("Name", "display_name", "")], ..request };
    let without = accreditation(&house, bare).await;

    let expected = [
        "\u{feff}姓名,证件号码,出生日期,展会,备注",
        "Zarmina,ZZ0000000,1988-03-03,'=CIFTIS,",
        "Wang Fang,11010519491231002X,1949-12-31,'=CIFTIS,",
        "Without one,,,'=CIFTIS,",
    ];
    assert_eq!(table.lines().collect::<Vec<_>>(), expected);
    assert_eq!(read.len(), 2);
    assert!(read.iter().any(|change| change.resource == card.name));
    assert!(read.iter().all(|change| change.after == r#"{"purpose":"accreditation at the fair"}"#), "{read:?}");
    assert_eq!(without.lines().collect::<Vec<_>>(), ["\u{feff}Name", "Zarmina", "Wang Fang", "Without one"]);
    assert_eq!(readings().await.len(), 2, "nothing is read that no column needs");
    // JSON leaves out what is empty; a header is no formula either; of nobody there is nothing but the headers.
    let lines = accreditation(
        &house,
        v1::ExportAccreditationRequest { format: TableFormat::JsonLines.into(), ..asked.clone() },
    );
    let last: serde_json::Value = serde_json::from_str(lines.await.lines().last().unwrap()).unwrap();
    assert_eq!(last, serde_json::json!({ "姓名": "Without one", "展会": "=CIFTIS" }));
    let (columns, filter) = (vec![column("=1+1", "document_number", "")], "state = REJECTED".to_owned());
    let nobody = accreditation(&house, v1::ExportAccreditationRequest { columns, filter, ..asked }).await;
    assert_eq!(nobody.trim_end(), "\u{feff}'=1+1");
    assert_eq!(readings().await.len(), 4);
}

#[tokio::test]
async fn what_a_fair_cannot_be_given_is_told_at_once() {
    let house = forum().await;
    let request = v1::ExportAccreditationRequest {
        parent: FORUM.to_owned(),
        columns: vec![
            column("", "state", ""),
            column("Name", "document_photo", ""),
            column("Name", "state", "a text"),
            column("Number", "document_number", ""),
        ],
        purpose: "no".to_owned(),
        document_kinds: vec![v1::IdentityDocumentKind::Photo.into(), 1, 1],
        ..Default::default()
    };
    let none = v1::ExportAccreditationRequest { columns: Vec::new(), format: 1, ..request.clone() };

    let refused = house.owner.reports().export_accreditation(request).await;
    let empty = house.owner.reports().export_accreditation(none).await;

    let expected = [
        "format",
        "columns[0].header",
        "columns[1].value",
        "columns[2].header",
        "columns[2].text",
        "document_kinds[0]",
        "document_kinds[2]",
        "purpose",
    ];
    assert_eq!(wrong_fields(refused), expected);
    assert_eq!(wrong_fields(empty), ["columns", "document_kinds[0]", "document_kinds[2]", "purpose"]);
}
