//! Lists of people through the whole house: what comes in, what is told of bad rows, and what never happens.

mod choices;
mod lasting;
mod lessons;

use std::path::PathBuf;

use attache_client::{
    Code, Failure, Reason,
    v1::{self, ErrorReason, FindingSeverity, FormFieldKind, JobState, RegistrationState as State, RegistrationView},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict},
    boot,
    fixtures::{DELEGATES, FORUM, LAUNCH, mask, once, text},
};

/// A forum of so many seats whose delegates are asked of their birthday and of anything else.
async fn forum(seats: i32) -> House {
    let house = boot().await;
    house.forum_with_seats(seats).await;
    let field = |id: &str, en: &str, zh: &str, kind: FormFieldKind| v1::FormField {
        id: id.to_owned(),
        label: Some(text(en, zh)),
        kind: kind.into(),
        ..Default::default()
    };
    let form_fields = vec![
        field("birth", "Date of birth", "出生日期", FormFieldKind::Date),
        field("remark", "Remark", "备注", FormFieldKind::LongText),
    ];
    let category = v1::Category { name: DELEGATES.to_owned(), form_fields, ..Default::default() };
    let update_mask = mask(&["form_fields"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    house
}

fn wanted(file: &str) -> v1::ImportRegistrationsRequest {
    v1::ImportRegistrationsRequest {
        parent: FORUM.to_owned(),
        file: file.to_owned(),
        category: DELEGATES.to_owned(),
        ..Default::default()
    }
}

fn looked(file: &str) -> v1::ImportRegistrationsRequest {
    v1::ImportRegistrationsRequest { validate_only: true, ..wanted(file) }
}

async fn import(house: &House, request: v1::ImportRegistrationsRequest) -> Result<v1::Job, Failure> {
    let job = house.owner.registrations().import_registrations(request).await?.into_inner();
    Ok(if job.name.is_empty() { job } else { house.ended(&job.name).await })
}

/// Why a list is refused.
async fn reason(house: &House, request: v1::ImportRegistrationsRequest) -> ErrorReason {
    match &import(house, request).await.unwrap_err().reason {
        Some(Reason::Known(reason)) => *reason,
        other => panic!("refused without a known reason: {other:?}"),
    }
}

/// Uploads a list.
async fn upload(house: &House, list: &[u8]) -> String {
    house.upload(FORUM, "list.csv", "text/csv", list).await
}

/// Uploads a list and imports it to the end.
async fn bring(house: &House, list: &str) -> v1::Job {
    let file = upload(house, list.as_bytes()).await;
    import(house, wanted(&file)).await.unwrap()
}

/// New, changed, as they were, and left out.
fn counts(job: &v1::Job) -> [i32; 4] {
    let import = job.registration_import.clone().unwrap();
    let v1::ImportCount { created, updated, unchanged } = import.registrations.unwrap();
    [created, updated, unchanged, import.skipped_count]
}

/// Where and what: errors, and warnings behind a question mark.
fn findings(job: &v1::Job) -> Vec<String> {
    let told = |finding: v1::ImportFinding| {
        let mark = if finding.severity() == FindingSeverity::Warning { "?" } else { "" };
        format!("{}:{} {}{mark}", finding.row, finding.column, finding.reason)
    };
    job.registration_import.clone().unwrap().findings.into_iter().map(told).collect()
}

async fn registered(house: &House) -> Vec<v1::Registration> {
    let request = v1::ListRegistrationsRequest {
        parent: FORUM.to_owned(),
        page_size: 1000,
        view: RegistrationView::Full.into(),
        ..Default::default()
    };
    house.owner.registrations().list_registrations(request).await.done().registrations
}

/// Names, in the order they came.
async fn names(house: &House) -> Vec<String> {
    let name = |registration: v1::Registration| registration.embedded_person.unwrap().display_name;
    registered(house).await.into_iter().map(name).collect()
}

fn data(test: &str) -> Option<PathBuf> {
    let data = std::env::var_os("ATTACHE_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(data).join("real/csv");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped {test}: no ATTACHE_DATA");
    None
}

/// Lesson 16: imports that know one encoding, one delimiter and one way to write a day, and stop at the first error.
#[tokio::test]
async fn lesson_16_one_list_in_every_byte_form_says_the_same_and_everything_wrong_is_told_at_once() {
    let Some(folder) = data("lesson_16_one_list_in_every_byte_form") else { return };
    let house = forum(50).await;
    // Of the list itself: two years of two digits, a telephone number that a spreadsheet rounded, and somebody who is in it twice.
    let wrong = |titles: usize, lost: &[&str]| {
        let row = |row: usize| row + titles;
        let mut told = vec![
            format!("{}:6 not_read?", row(1)),
            format!("{}:8 not_read?", row(1)),
            format!("{}:9 national_phone_number?", row(3)),
            format!("{}:9 invalid", row(4)),
            format!("{}:7 invalid", row(5)),
        ];
        told.extend(lost.iter().map(|&lost| lost.to_owned()));
        told.push(format!("{}:0 same_person_twice", row(9)));
        told.push(format!("{}:9 national_phone_number?", row(9)));
        told.iter().map(|told| told.replace("9 invalid", "9 damaged")).collect::<Vec<_>>()
    };
    let forms = [
        ("utf8-nobom-lf.csv", wrong(0, &[])),
        ("utf8-bom-crlf.csv", wrong(0, &[])),
        ("cr-only.csv", wrong(0, &[])),
        ("utf8-semicolon.csv", wrong(0, &[])),
        ("sep-line.csv", wrong(0, &[])),
        ("utf16le-bom-tab.txt", wrong(0, &[])),
        ("gb18030-nobom-crlf.csv", wrong(0, &[])),
        ("title-rows-above-header.csv", wrong(3, &[])),
        ("gbk-nobom-crlf-questionmarks.csv", wrong(0, &["7:2 damaged"])),
    ];

    for (form, expected) in forms {
        let file = upload(&house, &std::fs::read(folder.join("synthetic").join(form)).unwrap()).await;
        let look = import(&house, looked(&file)).await.unwrap();
        let bad = expected.iter().filter(|told| !told.ends_with('?')).count();

        assert_eq!(findings(&look), expected, "{form}");
        assert_eq!((look.state(), look.total), (JobState::Failed, 7), "{form}");
        assert_eq!(counts(&look), [7 - i32::try_from(bad).unwrap(), 0, 0, i32::try_from(bad).unwrap()], "{form}");
        assert_eq!(reason(&house, wanted(&file)).await, ErrorReason::RowsInvalid, "{form}");
    }
    assert_eq!(registered(&house).await, []);
}

#[tokio::test]
async fn lists_that_are_damaged_or_none_are_refused_and_others_come_in() {
    let Some(folder) = data("lists_that_are_damaged_or_none_are_refused_and_others_come_in") else { return };
    let house = forum(50).await;
    let look = async |path: &str| {
        let file = upload(&house, &std::fs::read(folder.join(path)).unwrap()).await;
        match import(&house, looked(&file)).await {
            Ok(job) => Ok((counts(&job), findings(&job))),
            Err(failure) => {
                assert_eq!(failure.reason, Some(Reason::Known(ErrorReason::TableUnreadable)), "{path}");
                Err(failure.precondition_violations.iter().map(|one| one.subject.clone()).collect::<Vec<_>>())
            }
        }
    };

    let (nul, cut) =
        (look("synthetic/nul-bytes.csv").await.unwrap(), look("synthetic/truncated-quote.csv").await.unwrap());
    let twice = look("synthetic/mojibake-double-utf8.csv").await.unwrap_err();

    assert!(nul.1.contains(&"2:6 damaged?".to_owned()), "{:?}", nul.1);
    assert!(cut.1.contains(&"9:9 damaged".to_owned()), "{:?}", cut.1);
    // The header is what it names first, and then each cell that was encoded twice, as many as an answer holds.
    assert_eq!(twice[..3], ["file", "row 1, column A", "row 1, column B"]);
    let people = look("tabulator_bom.csv").await.unwrap();
    assert_eq!(people, ([2, 0, 0, 0], Vec::new()));
    for none in [
        "complex.csv",
        "excel_pasting.csv",
        "null.csv",
        "simple.ssv",
        "skip_initials.csv",
        "tabulator_escaping.csv",
        "utf8bom.csv",
    ] {
        assert_eq!(look(none).await.unwrap_err()[0], "file", "{none}");
    }
    for none in ["UNSD-cn.utf8.csv", "utf-16le_encoded.csv", "tabulator_doublequote.csv"] {
        assert_eq!(look(none).await.unwrap_err()[0], "file", "{none}");
    }
    // A sign of copyright is nobody's name.
    assert_eq!(look("tabulator_latin1.csv").await.unwrap(), ([1, 0, 0, 1], vec!["3:2 invalid".to_owned()]));
}

/// A small list: somebody with all that can be said, a single name, and a name in Urdu without an address.
const SMALL: &str = "ID,姓名,English name,Email,Phone,Company,Job title,Country,Language,出生日期,备注\n\
    k1,张伟明,ZHANG Weiming,zhang@example.cn,+86 138 0013 8000,某会,会长,CN,zh,1980-02-29,贵宾\n\
    k2,,Sukarno,desk@example.id,,Ministry,,ID,,,\n\
    ,محمد اسلم,,,,STZA,,PK,en,,\n";

#[tokio::test]
async fn list_registers_its_people_and_tells_nobody_unless_asked_to() {
    let house = forum(50).await;

    let job = bring(&house, SMALL).await;
    let told = house.mail().await.len();
    let file = upload(&house, b"Name,Email\nAsked For,asked@example.org\n").await;
    import(&house, v1::ImportRegistrationsRequest { notify: true, ..wanted(&file) }).await.unwrap();

    assert_eq!((job.state(), job.done, job.total, counts(&job)), (JobState::Succeeded, 3, 3, [3, 0, 0, 0]));
    assert_eq!(names(&house).await, ["ZHANG Weiming", "Sukarno", "محمد اسلم", "Asked For"]);
    let first = registered(&house).await.remove(0);
    let person = first.embedded_person.clone().unwrap();
    assert_eq!(
        [
            &person.native_name,
            &person.email,
            &person.phone_number,
            &person.affiliation,
            &person.position,
            &person.region_code
        ],
        ["张伟明", "zhang@example.cn", "+86 138 0013 8000", "某会", "会长", "CN"]
    );
    let answers: Vec<String> = first.answers.iter().map(|answer| answer.values.join(" ")).collect();
    assert_eq!(
        (first.external_id.as_str(), person.language_code.as_str(), answers),
        ("k1", "zh", vec!["1980-02-29".to_owned(), "贵宾".to_owned()])
    );
    assert_eq!(told, 0);
    let mail: Vec<String> = house.mail().await.into_iter().map(|mail| mail.to.address).collect();
    assert_eq!(mail, ["asked@example.org"]);
    let import = job.registration_import.unwrap();
    assert_eq!((import.encoding.as_str(), import.delimiter.as_str(), import.header_row), ("UTF-8", ",", 1));
    let fields: Vec<&str> = import.columns.iter().map(|column| column.field.as_str()).collect();
    assert_eq!(fields[..4], ["external_id", "native_name", "display_name", "email"]);
}

#[tokio::test]
async fn list_that_comes_again_changes_what_it_says_and_doubles_nobody() {
    let house = forum(50).await;
    bring(&house, SMALL).await;
    let before = registered(&house).await;

    let same = bring(&house, SMALL).await;
    let unchanged = registered(&house).await;
    // Another position by the key, though the address is new; another remark by address and name; a telephone number without an address.
    let changed = bring(
        &house,
        "ID,Name,Email,Job title,备注,Company,Phone\nk1,ZHANG Weiming,new@example.cn,Chair,,,\n\
         ,SUKARNO,Desk@example.id,,No pork,,\n,محمد اسلم,,,,STZA,+92 51 9000000\n",
    )
    .await;
    let after = registered(&house).await;

    assert_eq!((counts(&same), unchanged), ([0, 0, 3, 0], before.clone()));
    assert_eq!(counts(&changed), [0, 3, 0, 0]);
    assert_eq!(
        after.iter().map(|one| &one.name).collect::<Vec<_>>(),
        before.iter().map(|one| &one.name).collect::<Vec<_>>()
    );
    let people: Vec<v1::Person> = after.iter().map(|one| one.embedded_person.clone().unwrap()).collect();
    assert_eq!(
        [people[0].position.as_str(), &people[0].email, &people[0].phone_number],
        ["Chair", "new@example.cn", "+86 138 0013 8000"]
    );
    assert_eq!(
        (people[1].display_name.as_str(), after[1].answers[0].values.join("")),
        ("SUKARNO", "No pork".to_owned())
    );
    assert_eq!(people[2].phone_number, "+92 51 9000000");
    assert_eq!(after[0].answers, before[0].answers);
}

#[tokio::test]
async fn one_assistants_address_serves_six_officials_and_a_key_is_nobody_elses() {
    let house = forum(50).await;
    let officials: String =
        ["A", "B", "C", "D", "E", "F"].map(|name| format!("{name},Official {name},office@example.pk\n")).concat();
    let list = format!("ID,Name,Email\n{officials}");

    let job = bring(&house, &list).await;
    let again = bring(&house, &list).await;
    let file = upload(&house, b"ID,Name,Email\nA,Somebody Else,else@example.pk\n").await;
    let other = import(&house, looked(&file)).await.unwrap();

    assert_eq!(findings(&job), (3..8).map(|row| format!("{row}:3 shared_address?")).collect::<Vec<_>>());
    assert_eq!((counts(&job), counts(&again)), ([6, 0, 0, 0], [0, 0, 6, 0]));
    assert_eq!((findings(&other), counts(&other)), (vec!["2:1 external_id_of_another".to_owned()], [0, 0, 0, 1]));
    assert_eq!(names(&house).await.len(), 6);
    let taken = v1::Registration { category: DELEGATES.to_owned(), external_id: "A".to_owned(), ..Default::default() };
    let request = v1::CreateRegistrationRequest {
        parent: FORUM.to_owned(),
        registration: Some(taken),
        new_person: Some(v1::Person { display_name: "New".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let created = house.owner.registrations().create_registration(request).await;
    assert_eq!(verdict(created), (Code::AlreadyExists, ErrorReason::AlreadyRegistered));
}

#[tokio::test]
async fn nothing_of_a_list_with_bad_rows_comes_in_unless_they_are_skipped() {
    let house = forum(50).await;
    let file =
        upload(&house, b"Name,Email\nGood,good@example.org\nBad,bad\n,nobody@example.org\nFine,fine@example.org\n")
            .await;

    let refused = import(&house, wanted(&file)).await.unwrap_err();
    let nobody = names(&house).await;
    let skipped =
        import(&house, v1::ImportRegistrationsRequest { skip_bad_rows: true, ..wanted(&file) }).await.unwrap();

    let told: Vec<(&str, &str)> =
        refused.precondition_violations.iter().map(|one| (one.subject.as_str(), one.description.as_str())).collect();
    assert_eq!(
        told,
        [("row 3, column B", "an e-mail address has exactly one @"), ("row 4", "does not say who it is: no name"),]
    );
    assert!(nobody.is_empty());
    assert_eq!((skipped.state(), counts(&skipped)), (JobState::Succeeded, [2, 0, 0, 2]));
    assert_eq!(findings(&skipped), ["3:2 invalid", "4:0 no_name"]);
    assert_eq!(names(&house).await, ["Good", "Fine"]);
}

#[tokio::test]
async fn who_finds_no_place_waits_in_the_order_of_the_list_and_who_is_out_stays_out() {
    let house = forum(2).await;

    bring(&house, "Name\nOne\nTwo\nThree\nFour\n").await;
    let states: Vec<(State, i32)> =
        registered(&house).await.iter().map(|one| (one.state(), one.waiting_position)).collect();
    let first = registered(&house).await.remove(0).name;
    let request = v1::WithdrawRegistrationRequest { name: first, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let again = bring(&house, "Name\nOne\nTwo\nThree\nFour\n").await;

    assert_eq!(states, [(State::Submitted, 0), (State::Submitted, 0), (State::Waiting, 1), (State::Waiting, 2)]);
    assert_eq!((counts(&again), findings(&again)), ([0, 0, 4, 0], vec!["2:0 out?".to_owned()]));
    let states: Vec<State> = registered(&house).await.iter().map(v1::Registration::state).collect();
    assert_eq!(states, [State::Withdrawn, State::Submitted, State::Submitted, State::Waiting]);
}

#[tokio::test]
async fn columns_and_days_are_read_as_somebody_says() {
    let house = forum(50).await;
    let file = upload(&house, b"Who,When,Whatever\nAslam,05/06/1980,x\n").await;
    let column = |header: &str, field: &str| v1::ImportColumn { header: header.to_owned(), field: field.to_owned() };
    let columns = vec![column("Who", "display_name"), column("When", "answers.birth"), column("Whatever", "")];
    let said = v1::ImportRegistrationsRequest { columns: columns.clone(), ..wanted(&file) };

    let unsaid = reason(&house, wanted(&file)).await;
    let ambiguous =
        import(&house, v1::ImportRegistrationsRequest { validate_only: true, ..said.clone() }).await.unwrap();
    let request = v1::ImportRegistrationsRequest { date_order: v1::DateOrder::DayFirst.into(), ..said };
    let job = import(&house, request).await.unwrap();

    assert_eq!(unsaid, ErrorReason::TableUnreadable);
    assert_eq!(findings(&ambiguous), ["2:2 invalid"]);
    assert_eq!((counts(&job), findings(&job)), ([1, 0, 0, 0], Vec::new()));
    assert_eq!(registered(&house).await[0].answers[0].values, ["1980-06-05"]);
    let bad = v1::ImportRegistrationsRequest {
        columns: vec![column("", "email"), column("Who", "passport_number")],
        category: format!("{LAUNCH}/categories/none"),
        language_code: "ur".to_owned(),
        date_order: 9,
        ..wanted("events/x")
    };
    let refused = import(&house, bad).await.unwrap_err();
    let mut fields: Vec<&str> = refused.field_violations.iter().map(|one| one.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["category", "columns[0].header", "columns[1].field", "date_order", "file", "language_code"]);
}

#[tokio::test]
async fn import_asked_for_again_is_the_same_job_and_files_of_others_are_none() {
    let house = forum(50).await;
    house.foreign_event().await;
    let file = upload(&house, SMALL.as_bytes()).await;
    let foreign = house.upload(LAUNCH, "list.csv", "text/csv", SMALL.as_bytes()).await;
    let request = v1::ImportRegistrationsRequest { request_id: once(), ..wanted(&file) };

    let first = import(&house, request.clone()).await.unwrap();
    let again = import(&house, request).await.unwrap();
    let others = import(&house, wanted(&foreign)).await.unwrap_err();

    assert_eq!(first, again);
    assert_eq!(others.field_violations.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["file"]);
    assert_eq!(names(&house).await.len(), 3);
}

#[tokio::test]
async fn two_rows_about_one_known_person_are_told_and_the_first_counts() {
    let house = forum(50).await;
    bring(&house, "姓名,English name,Email\n张伟明,ZHANG Weiming,zhang@example.cn\n").await;
    let both = "姓名,English name,Email,备注\n,ZHANG Weiming,zhang@example.cn,First\n张伟明,,zhang@example.cn,Second\n";
    let file = upload(&house, both.as_bytes()).await;

    let look = import(&house, looked(&file)).await.unwrap();
    let job = import(&house, v1::ImportRegistrationsRequest { skip_bad_rows: true, ..wanted(&file) }).await.unwrap();

    assert_eq!(
        (findings(&look), counts(&look)),
        (vec!["3:0 same_person_twice".to_owned(), "3:3 shared_address?".to_owned()], [0, 1, 0, 1])
    );
    assert_eq!((job.state(), counts(&job)), (JobState::Succeeded, [0, 1, 0, 1]));
    let registration = registered(&house).await.remove(0);
    assert_eq!(registration.answers[0].values, ["First"]);
    assert_eq!(registration.embedded_person.unwrap().display_name, "ZHANG Weiming");
}

#[tokio::test]
async fn what_nobody_reads_keeps_nobody_out() {
    let house = forum(50).await;

    let job = bring(&house, "Name,Room?,身份证号\nAslam,?,1.1E+17\nSukarno,\"a\u{0}b\",#N/A\n").await;

    assert_eq!(
        (counts(&job), findings(&job)),
        ([2, 0, 0, 0], ["1:2 not_read?", "1:3 not_read?", "2:2 damaged?", "3:2 damaged?"].map(str::to_owned).to_vec())
    );
}

#[tokio::test]
async fn errors_are_told_however_much_else_there_is_to_tell() {
    let house = forum(9000).await;
    let row = |number: usize| format!("Guest {number},0{number}\n");
    let list = format!("Name,Phone\n{}Bad,8.6E+12\n", (1000..2500).map(row).collect::<String>());
    let file = upload(&house, list.as_bytes()).await;

    let look = import(&house, looked(&file)).await.unwrap();
    let skip = v1::ImportRegistrationsRequest { skip_bad_rows: true, ..wanted(&file) };
    let job = import(&house, skip).await.unwrap();

    for told in [look, job] {
        let told_of = told.registration_import.clone().unwrap();
        assert_eq!((findings(&told).pop().as_deref(), told_of.finding_count), (Some("1502:2 damaged"), 1501));
        assert_eq!(counts(&told), [1500, 0, 0, 1]);
    }
}
