//! Lists of people: what their columns and rows say, whom they are about, and everything that is told of bad ones.

use chrono::{DateTime, Utc};

use super::{finding::letters, *};
use crate::{
    category::{self, Category, Confirmation, Plan},
    cell::{Damage, DayFlaw},
    email,
    form::{Answers, Audience, Bounds, Choice, Field, Form, Key, Kind},
    localized::Localized,
    person::{self, Person},
    pool::Place,
    registration::{self, Registration, State},
    resource::{PersonName, RegistrationId},
};

fn now() -> DateTime<Utc> {
    "2026-08-01T00:00:00Z".parse().unwrap()
}

fn key(id: &str) -> Key {
    id.parse().unwrap()
}

fn field(id: &str, label: (&str, &str), kind: Kind) -> Field {
    Field {
        section: None,
        id: key(id),
        label: Localized::new(label.0, label.1).unwrap(),
        help: None,
        kind,
        required: false,
        condition: None,
        audience: Audience::Everybody,
        reapproval: id == "birth",
        retired: false,
    }
}

/// Delegates, who are asked of their birthday, their diet and whether they agree, and guests, who are asked nothing.
fn categories() -> Vec<Category> {
    let choice = |id: &str, en: &str, zh: &str| Choice {
        id: key(id),
        label: Localized::new(en, zh).unwrap(),
        retired: false,
        places: None,
        counts_companions: false,
    };
    let diet = Kind::Choices(vec![choice("halal", "Halal food", "清真"), choice("none", "No pork", "不吃猪肉")], None);
    let fields = vec![
        field("birth", ("Date of birth", "出生日期"), Kind::Date(Bounds { least: None, most: None })),
        field("diet", ("Diet", "饮食"), diet),
        field("photos", ("Photographs", "拍照"), Kind::Consent(key("v2"))),
        field("remark", ("Remark", "备注"), Kind::LongText(200)),
    ];
    let category = |id: &str, en: &str, zh: &str, form: Form| {
        let plan = Plan {
            title: Localized::new(en, zh).unwrap(),
            capacity: None,
            languages: Vec::new(),
            confirmation: Confirmation::AtOnce,
            public: false,
            offer_period: None,
            offer_working_hours: None,
            lapsed_wait_again: false,
            photo_required: false,
            color: None,
            form,
        };
        category::create(format!("events/ciftis-2023/categories/{id}").parse().unwrap(), plan, now())
    };
    vec![
        category("delegate", "Delegate", "代表", Form::new(fields).unwrap()),
        category("guest", "Guest of honour", "嘉宾", Form::default()),
    ]
}

fn settings() -> Settings {
    Settings {
        file: "events/ciftis-2023/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap(),
        sheet: None,
        category: Some("delegate".parse().unwrap()),
        columns: Vec::new(),
        date_order: None,
        language: LanguageTag::English,
        skip_bad_rows: false,
        notify: false,
        invitation: None,
    }
}

fn columns(headers: &[&str], settings: &Settings) -> (Columns, Vec<Finding>) {
    let rows = std::iter::once((1, headers.to_vec()));
    let (_, columns, findings) = header(rows, (settings, Roll::Registrations), &categories()).unwrap();
    (columns, findings)
}

fn targets(headers: &[&str]) -> Vec<String> {
    let written = |(_, target): (String, Option<Target>)| target.map(|target| target.to_string()).unwrap_or_default();
    columns(headers, &settings()).0.read.into_iter().map(written).collect()
}

/// Reads one row below headers.
fn read_as(settings: &Settings, headers: &[&str], cells: &[&str]) -> (Option<Entrant>, Vec<(u32, Issue)>) {
    let (columns, categories) = (columns(headers, settings).0, categories());
    let reader = Reader { columns: &columns, settings, categories: &categories, roll: Roll::Registrations };
    let (entrant, findings) = reader.read(2, cells);
    (entrant, findings.into_iter().map(|finding| (finding.column.unwrap_or_default(), finding.issue)).collect())
}

fn read(headers: &[&str], cells: &[&str]) -> (Option<Entrant>, Vec<(u32, Issue)>) {
    read_as(&settings(), headers, cells)
}

#[test]
fn columns_are_known_by_headers_in_english_in_chinese_and_in_both() {
    let chinese = ["序号", "姓名", "英文名", "单位", "职务", "护照号", "出生日期", "手机", "邮箱", "备注"];
    let english = [
        "No.",
        "Full Name *",
        "E-mail Address",
        "Organisation",
        "Job title",
        "Mobile No.",
        "Country/Region",
        "T-shirt",
    ];
    let both = ["姓名 / Name", "手机（必填）", "邮箱 Email", "类别\nCategory", "external_id"];

    assert_eq!(
        targets(&chinese),
        [
            "serial",
            "native_name",
            "display_name",
            "affiliation",
            "position",
            "",
            "answers.birth",
            "phone_number",
            "email",
            "answers.remark"
        ]
    );
    assert_eq!(
        targets(&english),
        ["serial", "display_name", "email", "affiliation", "position", "phone_number", "region_code", ""]
    );
    assert_eq!(targets(&both), ["display_name", "phone_number", "email", "category", "external_id"]);
    assert_eq!(targets(&["Name", "Hotel name", "Emergency contact phone"]), ["display_name", "", ""]);
    assert_eq!(targets(&["姓名", "Name"]), ["native_name", "display_name"]);
    assert_eq!(targets(&["Name", "中文名"]), ["display_name", "native_name"]);
}

#[test]
fn header_stands_below_titles_and_as_it_was_said() {
    let titled = [
        (1, vec!["参会人员名单（内部）"]),
        (2, vec!["截至", "2026-08-30"]),
        (4, vec!["姓名", "邮箱"]),
        (5, vec!["张三", "a@b.cn"]),
    ];
    let found = header(titled.clone().into_iter(), (&settings(), Roll::Registrations), &categories());
    let said = Settings {
        columns: vec![("Who".to_owned(), Some(Target::DisplayName)), ("Name".to_owned(), None)],
        ..settings()
    };

    assert_eq!(found.map(|(index, columns, _)| (index, columns.row)), Some((2, 4)));
    assert_eq!(header(titled[..2].iter().cloned(), (&settings(), Roll::Registrations), &categories()), None);
    assert_eq!(columns(&["Name", "Who"], &said).0.position(&Target::DisplayName), Some(1));
    assert_eq!(columns(&["Name", "Who"], &said).1, []);
}

#[test]
fn columns_that_are_not_read_or_say_the_same_are_told() {
    let (_, findings) = columns(&["Name", "护照号", "Email", "邮箱", ""], &settings());
    let (_, composed) = columns(&["First name", "Last name"], &settings());

    let told: Vec<_> = findings.iter().map(|finding| (finding.place(), finding.issue.clone())).collect();
    assert_eq!(
        told,
        [("row 1, column B".to_owned(), Issue::Ignored), ("row 1, column D".to_owned(), Issue::SameColumn(3))]
    );
    assert_eq!(composed.iter().map(|finding| finding.issue.clone()).collect::<Vec<_>>(), [Issue::Composed]);
}

#[test]
fn row_says_what_its_cells_say() {
    let headers = [
        "ID",
        "姓名",
        "英文名",
        "Email",
        "手机",
        "单位",
        "Country",
        "Language",
        "Passport surname",
        "饮食",
        "拍照",
        "出生日期",
    ];
    let cells = [
        "A-7",
        "张伟明",
        "ZHANG Weiming",
        "zhang@例子.中国",
        "0086-138 0013 8000",
        " 某会 ",
        "cn",
        "中文",
        "ZHANG",
        "清真；No pork",
        "是",
        "1980/2/29",
    ];

    let (entrant, findings) = read(&headers, &cells);

    let entrant = entrant.unwrap();
    let profile = entrant.profile(LanguageTag::English);
    assert_eq!(findings, []);
    assert_eq!(entrant.external_id.as_ref().map(ExternalId::as_str), Some("A-7"));
    assert_eq!(profile.name.display_name.as_str(), "ZHANG Weiming");
    assert_eq!(profile.name.native_name.unwrap().as_str(), "张伟明");
    assert_eq!(profile.name.passport_name.unwrap().surname().unwrap().as_str(), "ZHANG");
    assert_eq!(profile.email.unwrap().as_str(), "zhang@xn--fsqu00a.xn--fiqs8s");
    assert_eq!(
        (profile.phone_number.as_deref(), profile.affiliation.as_deref()),
        (Some("+86-138 0013 8000"), Some("某会"))
    );
    assert_eq!((profile.region_code.unwrap().as_str(), profile.language), ("CN", LanguageTag::Chinese));
    let answers: Vec<_> = entrant.answers.iter().map(|given| (given.field.as_str(), given.values.join(" "))).collect();
    let answer = |field: &'static str, values: &str| (field, values.to_owned());
    assert_eq!(answers, [answer("diet", "halal none"), answer("photos", "v2"), answer("birth", "1980-02-29")]);
}

#[test]
fn names_are_kept_apart_and_one_that_is_said_once_is_not_said_twice() {
    let names = |headers: &[&str], cells: &[&str]| {
        let name = read(headers, cells).0.unwrap().profile(LanguageTag::English).name;
        (name.display_name.as_str().to_owned(), name.native_name.map(|name| name.as_str().to_owned()))
    };
    let one = |name: &str| (name.to_owned(), None);

    assert_eq!(names(&["姓名", "英文名"], &["Muhammad Aslam", "MUHAMMAD ASLAM"]), one("MUHAMMAD ASLAM"));
    assert_eq!(names(&["姓名", "英文名"], &["𠮷田𣘺", ""]), one("𠮷田𣘺"));
    assert_eq!(names(&["姓名"], &["محمد اسلم"]), one("محمد اسلم"));
    assert_eq!(names(&["姓名"], &["Sukarno"]), one("Sukarno"));
    assert_eq!(names(&["First name", "Last name"], &["Ayesha", "Siddiqa"]), one("Ayesha Siddiqa"));
    assert_eq!(names(&["姓", "名"], &["毛", "泽东"]), one("毛泽东"));
    assert_eq!(names(&["First name", "Last name"], &["Sukarno", ""]), one("Sukarno"));
}

#[test]
fn everything_that_is_wrong_with_a_row_is_told_at_once() {
    let headers = ["Name", "Email", "Phone", "Country", "Language", "Time zone", "Category", "出生日期", "拍照", "ID"];
    let cells = ["?田?", "nobody", "8.61381E+12", "Chinaa", "ur", "PKT", "VIP", "1-Jan-71", "maybe", " ", "beyond"];

    let (entrant, findings) = read(&headers, &cells);

    assert_eq!(entrant, None);
    assert_eq!(
        findings,
        [
            (11, Issue::Headless),
            (7, Issue::UnknownCategory),
            (1, Issue::Damaged(Damage::Lost)),
            (2, Issue::Email(email::Refusal::NotOneAt)),
            (3, Issue::Damaged(Damage::Rounded)),
            (5, Issue::Language),
            (4, Issue::Region),
            (6, Issue::TimeZone),
        ]
    );
    let asked = read(&["Name", "出生日期", "拍照"], &["A", "1-Jan-71", "maybe"]).1;
    assert_eq!(asked, [(2, Issue::Day(DayFlaw::ShortYear)), (3, Issue::YesOrNo)]);
    assert_eq!(read(&["Name", "Email"], &["", "a@b.cn"]).1, [(0, Issue::Nameless)]);
    assert_eq!(read_as(&Settings { category: None, ..settings() }, &["Name"], &["A"]).1, [(0, Issue::NoCategory)]);
    assert_eq!(read(&["Name", "单位"], &["A", &"x".repeat(201)]).1, [(2, Issue::TooLong(200))]);
}

#[test]
fn national_phone_number_and_declared_order_of_days_come_in() {
    let day_first = Settings { date_order: Some(DateOrder::DayFirst), ..settings() };

    let (entrant, findings) = read(&["Name", "Phone"], &["A", "01088886666"]);
    let (dated, _) = read_as(&day_first, &["Name", "出生日期"], &["A", "05/06/1980"]);

    assert_eq!(
        (entrant.unwrap().phone_number.as_deref(), findings),
        (Some("01088886666"), vec![(2, Issue::NationalPhone)])
    );
    assert_eq!(dated.unwrap().answers[0].values, ["1980-06-05"]);
}

/// The rows of a list of names, addresses, bodies and external ids.
fn list(rows: &[[&str; 4]]) -> (Columns, Vec<Entrant>) {
    let (settings, categories) = (settings(), categories());
    let columns = columns(&["Name", "Email", "Company", "ID"], &settings).0;
    let reader = Reader { columns: &columns, settings: &settings, categories: &categories, roll: Roll::Registrations };
    let read = (2..).zip(rows).map(|(number, cells)| reader.read(number, cells).0.unwrap()).collect();
    (columns, read)
}

#[test]
fn people_who_are_in_a_list_twice_are_told_and_shared_addresses_too() {
    let (columns, rows) = list(&[
        ["OUYANG Wen'an", "desk@example.cn", "", "1"],
        ["Ouyang Wenan", "DESK@example.cn", "", "2"],
        ["WENAN OUYANG", "desk@example.cn", "", "3"],
        ["Zhang Wei", "desk@example.cn", "", "1"],
        ["Zhang Wei", "", "ACME", ""],
        ["Zhang Wei", "", "Other", ""],
        ["zhang wei", "", "acme", ""],
    ]);
    let mut doubles = Doubles::default();

    let found: Vec<Vec<Issue>> =
        rows.iter().map(|row| doubles.find(row, &columns).into_iter().map(|finding| finding.issue).collect()).collect();

    assert_eq!(
        found,
        [
            vec![],
            vec![Issue::SameAsRow(2)],
            vec![Issue::SameAsRow(2)],
            vec![Issue::SameIdAsRow(2), Issue::SharedAddress(2)],
            vec![],
            vec![],
            vec![Issue::SameAsRow(6)],
        ]
    );
}

#[test]
fn address_that_too_many_share_names_nobody() {
    let name = |index: usize| format!("Guest {}", char::from_u32(0x4e00 + u32::try_from(index).unwrap()).unwrap());
    let names: Vec<String> = (0..=MOST_SHARING).map(name).collect();
    let rows: Vec<[&str; 4]> = names.iter().map(|name| [name, "desk@example.cn", "", ""]).collect();
    let (columns, rows) = list(&rows);
    let mut doubles = Doubles::default();

    let found: Vec<bool> = rows.iter().map(|row| doubles.find(row, &columns).iter().any(Finding::is_error)).collect();

    assert_eq!(found.iter().position(|is_bad| *is_bad), Some(MOST_SHARING));
}

/// Somebody who is known, with a number that makes their id.
fn known(number: u8, row: [&str; 4]) -> Person {
    let name: PersonName =
        format!("organizations/zbra/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c{number:02x}").parse().unwrap();
    person::create(name, list(&[row]).1[0].profile(LanguageTag::English), now())
}

fn registered(number: u8, person: &Person, external_id: &str) -> Registration {
    let id: RegistrationId = format!("7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b5c{number:02x}").parse().unwrap();
    registration::open((id, external_id.parse().ok()), &categories()[0], person.name(), Place::Held, now())
}

/// What becomes of a row, in a word, and what is told.
fn decided(row: [&str; 4], candidates: &Candidates) -> (String, Vec<Issue>) {
    let (columns, entrants) = list(&[row]);
    let (settings, categories) = (settings(), categories());
    let reader = Reader { columns: &columns, settings: &settings, categories: &categories, roll: Roll::Registrations };
    let issues = |findings: Vec<Finding>| findings.into_iter().map(|finding| finding.issue).collect();
    match decide(&reader, &entrants[0], candidates) {
        Err(found) => ("refused".to_owned(), issues(found)),
        Ok((deed, found)) => {
            let word = match deed {
                Deed::Register { whom: Whom::New(_), .. } => "new".to_owned(),
                Deed::Register { whom: Whom::Known(person, _), .. } => {
                    format!("known {}", person.profile.name.display_name.as_str())
                }
                Deed::Amend(amending) => {
                    let Amending { profile, external_id, .. } = *amending;
                    format!("amended {:?} {:?}", profile.affiliation, external_id.map(|id| id.to_string()))
                }
                Deed::Leave => "left".to_owned(),
            };
            (word, issues(found))
        }
    }
}

#[test]
fn row_is_about_whom_its_id_or_its_address_and_name_say_and_nobody_else() {
    let aslam = known(1, ["Muhammad Aslam", "desk@example.pk", "STZA", ""]);
    let ayesha = known(2, ["Ayesha Siddiqa", "desk@example.pk", "STZA", ""]);
    let wei = known(3, ["Zhang Wei", "", "ACME", ""]);
    let raza = known(4, ["Ali Raza", "raza@example.pk", "", ""]);
    let absent = known(5, ["Wang Wei", "", "ACME", ""]);
    let registrations = vec![registered(1, &aslam, "7"), registered(3, &wei, ""), registered(4, &raza, "8")];
    let people = vec![aslam, ayesha, wei, raza, absent];
    let candidates = Candidates { people, registrations, ..Candidates::default() };
    let nothing = Vec::new;
    let decided = |row| decided(row, &candidates);

    // Six officials may have one address: the name tells them apart.
    assert_eq!(
        decided(["ASLAM MUHAMMAD", "Desk@Example.pk", "STZA", "7"]),
        ("amended Some(\"STZA\") None".to_owned(), nothing())
    );
    assert_eq!(decided(["Muhammad Aslam", "desk@example.pk", "", ""]), ("left".to_owned(), nothing()));
    assert_eq!(decided(["Ayesha Siddiqa", "desk@example.pk", "", ""]), ("known Ayesha Siddiqa".to_owned(), nothing()));
    assert_eq!(decided(["Somebody Else", "desk@example.pk", "", ""]), ("new".to_owned(), nothing()));
    // The id alone is enough, with the name or the address; a new address is taken, a new name too.
    assert_eq!(
        decided(["A. Raza", "raza@example.pk", "", "8"]),
        ("amended None None".to_owned(), vec![Issue::Renamed])
    );
    // But not with an address that tells nobody apart, and never with another name: lists are numbered anew.
    assert_eq!(decided(["M. Aslam", "desk@example.pk", "", "7"]), ("refused".to_owned(), vec![Issue::IdOfAnother]));
    assert_eq!(decided(["Bilal Khan", "raza@example.pk", "", "8"]), ("refused".to_owned(), vec![Issue::IdOfAnother]));
    assert_eq!(decided(["Muhammad Aslam", "own@example.pk", "", "7"]).0, "amended Some(\"STZA\") None");
    assert_eq!(
        decided(["Somebody Else", "else@example.pk", "", "7"]),
        ("refused".to_owned(), vec![Issue::IdOfAnother])
    );
    assert_eq!(decided(["Muhammad Aslam", "desk@example.pk", "", "9"]), ("refused".to_owned(), vec![Issue::OtherId]));
    // Without an address, name and body among those who have none.
    assert_eq!(decided(["Zhang Wei", "", "ACME", "9"]), ("amended Some(\"ACME\") Some(\"9\")".to_owned(), nothing()));
    assert_eq!(decided(["zhang wei", "zw@example.cn", "acme", ""]).0, "amended Some(\"acme\") None");
    assert_eq!(decided(["Zhang Wei", "", "Other", ""]), ("new".to_owned(), nothing()));
    assert_eq!(decided(["Wang Wei", "", "ACME", ""]), ("new".to_owned(), nothing()), "of another event");
    assert_eq!(decided(["Muhammad Aslam", "", "STZA", ""]), ("new".to_owned(), nothing()));
}

#[test]
fn several_of_one_name_and_address_are_told_and_who_is_out_stays_out() {
    let two = [1, 2].map(|number| known(number, ["Zhang Wei", "desk@example.cn", "", ""]));
    let people = two.to_vec();
    let row = ["Zhang Wei", "desk@example.cn", "", ""];
    let nobody_in = Candidates { people: people.clone(), ..Candidates::default() };
    let one_in = Candidates { registrations: vec![registered(1, &two[1], "")], ..nobody_in.clone() };
    let both_in =
        Candidates { registrations: vec![registered(1, &two[0], ""), registered(2, &two[1], "")], ..nobody_in.clone() };
    let out = registered(1, &two[1], "").withdraw(now()).unwrap();
    let one_out = Candidates { people, registrations: vec![out], ..Candidates::default() };

    assert_eq!(decided(row, &nobody_in), ("refused".to_owned(), vec![Issue::Ambiguous(2)]));
    assert_eq!(decided(row, &one_in), ("left".to_owned(), Vec::new()));
    assert_eq!(decided(row, &both_in), ("refused".to_owned(), vec![Issue::Ambiguous(2)]));
    assert_eq!(decided(row, &one_out), ("left".to_owned(), vec![Issue::Out(State::Withdrawn)]));
}

#[test]
fn answers_that_a_row_does_not_give_stay_and_another_may_need_approval() {
    let (settings, categories) = (settings(), categories());
    let headers = ["Name", "Email", "出生日期", "备注", "类别"];
    let columns = columns(&headers, &settings).0;
    let reader = Reader { columns: &columns, settings: &settings, categories: &categories, roll: Roll::Registrations };
    let person = known(1, ["Aslam", "aslam@example.pk", "", ""]);
    let registration = registered(1, &person, "");
    let before =
        Answers::kept([(key("birth"), vec!["1980-02-29".to_owned()]), (key("diet"), vec!["halal".to_owned()])].into());
    let candidates = Candidates {
        people: vec![person],
        answers: [(registration.id, before.clone())].into(),
        registrations: vec![registration],
        ..Candidates::default()
    };
    let deed = |cells: &[&str]| {
        let entrant = reader.read(2, cells).0.unwrap();
        decide(&reader, &entrant, &candidates)
    };

    let (remarked, moved) = deed(&["Aslam", "aslam@example.pk", "", "Vegetarian", "Guest of honour"]).unwrap();
    let (reborn, _) = deed(&["Aslam", "aslam@example.pk", "1981-02-28", "", ""]).unwrap();
    let (same, _) = deed(&["Aslam", "aslam@example.pk", "29.2.1980", "", ""]).unwrap();

    let Deed::Amend(remarked) = remarked else { panic!("{remarked:?}") };
    let Amending { before: told, after, needs_approval, .. } = *remarked;
    let fields = |answers: &Answers| {
        answers.iter().map(|(field, values)| format!("{field}={}", values.join("+"))).collect::<Vec<_>>()
    };
    assert_eq!((told, needs_approval), (before, false));
    assert_eq!(fields(&after), ["birth=1980-02-29", "diet=halal", "remark=Vegetarian"]);
    assert_eq!(moved.into_iter().map(|finding| finding.issue).collect::<Vec<_>>(), [Issue::OtherCategory]);
    let Deed::Amend(reborn) = reborn else { panic!("{reborn:?}") };
    let Amending { after, needs_approval, .. } = *reborn;
    assert_eq!((fields(&after), needs_approval), (vec!["birth=1981-02-28".to_owned(), "diet=halal".to_owned()], true));
    assert_eq!(same, Deed::Leave);
}

#[test]
fn answers_that_the_form_does_not_take_are_told_by_their_column() {
    let found = |cells: &[&str]| {
        let (settings, categories) = (settings(), categories());
        let columns = columns(&["Name", "饮食", "备注", "类别"], &settings).0;
        let reader =
            Reader { columns: &columns, settings: &settings, categories: &categories, roll: Roll::Registrations };
        let entrant = reader.read(2, cells).0.unwrap();
        let found = decide(&reader, &entrant, &Candidates::default()).unwrap_err();
        found.iter().map(|finding| (finding.place(), finding.issue.to_string())).collect::<Vec<_>>()
    };
    let told = |place: &str, what: &str| (place.to_owned(), what.to_owned());

    let long = "x".repeat(201);
    assert_eq!(
        found(&["A", "Vegan", &long, ""]),
        [
            told("row 2, column B", "is not one of the choices"),
            told("row 2, column C", "is longer than 200 characters")
        ]
    );
    assert_eq!(found(&["A", "", "Hello", "嘉宾"]), [told("row 2, column C", "is not asked")]);
}

#[test]
fn columns_are_called_as_spreadsheets_call_them() {
    assert_eq!([1, 26, 27, 52, 703].map(letters), ["A", "Z", "AA", "AZ", "AAA"]);
}

#[test]
fn what_a_row_leaves_empty_stays_as_it_was() {
    let profile = |headers: &[&str], cells: &[&str]| read(headers, cells).0.unwrap().profile(LanguageTag::English);
    let both = ["姓名", "英文名", "Passport surname", "Passport given names", "Email"];
    let known = profile(&both, &["张伟明", "ZHANG Weiming", "ZHANG", "WEIMING", "zhang@example.cn"]);
    let after = |headers: &[&str], cells: &[&str]| read(headers, cells).0.unwrap().laid_over(&known);

    // A list in Chinese alone does not say what stands on the badge, and one part of a passport's name is not the other.
    assert_eq!(after(&["姓名", "邮箱"], &["张伟明", "zhang@example.cn"]), known);
    assert_eq!(after(&["英文名", "护照姓"], &["ZHANG Weiming", "ZHANG"]), known);
    let renamed = after(&["英文名", "护照名"], &["ZHANG Weiming", "WEI MING"]).name.passport_name.unwrap();
    assert_eq!(
        [renamed.surname(), renamed.given_names()].map(|part| part.unwrap().as_str().to_owned()),
        ["ZHANG", "WEI MING"]
    );
}

#[test]
fn choice_is_the_one_that_is_written_and_not_one_that_looks_like_it() {
    let choice = |id: &str, label: &str| Choice {
        id: key(id),
        label: Localized::new(label, "").unwrap(),
        retired: false,
        places: None,
        counts_companions: false,
    };
    let choices = [choice("a-pos", "A+"), choice("a-neg", "A-"), choice("vip", "VIP"), choice("stars", "★★★")];
    let meant = |text: &str| {
        rows::meant(&choices, |one| one.id.to_string(), |one| &one.label, text).map(|one| one.id.to_string())
    };

    let found = ["A-", "a+", "a-pos", "vip", "V.I.P.", "★★★"].map(|text| meant(text).unwrap_or_default());
    assert_eq!(found, ["a-neg", "a-pos", "a-pos", "vip", "vip", "stars"]);
    assert_eq!(["A", "★★", "-", ""].map(meant), [const { None }; 4]);
}

#[test]
fn family_names_are_never_left_out_in_silence() {
    let said =
        |headers: &[&str]| columns(headers, &settings()).1.into_iter().map(|finding| finding.issue).collect::<Vec<_>>();

    assert_eq!(said(&["Name", "Surname"]), [Issue::Composed]);
    assert_eq!(said(&["中文名", "First name", "Last name"]), [Issue::Composed]);
    assert_eq!(said(&["Name on badge", "First name", "Last name"]), [Issue::Ignored, Issue::Ignored]);
    assert_eq!(targets(&["Name", "Surname"]), ["given_name", "family_name"]);
    assert_eq!(targets(&["Name", &"b ".repeat(300)]), ["display_name", ""]);
}

/// A list of members says of which category a seat is, if it does; by what another system knows people, and what they answer, it does not.
#[test]
fn list_of_members_needs_no_category_and_has_no_answers() {
    let rows = std::iter::once((1, vec!["Name", "External ID", "Diet", "Category"]));
    let (_, columns, findings) = header(rows, (&settings(), Roll::Members), &categories()).unwrap();
    let settings = Settings { category: None, ..settings() };
    let reader = Reader { columns: &columns, settings: &settings, categories: &categories(), roll: Roll::Members };

    let read = |category| reader.read(2, &["Zarmina", "K-1", "halal", category]).0.unwrap();

    let found: Vec<_> = findings.iter().map(|finding| (finding.column, finding.issue.clone())).collect();
    assert_eq!(found, [(Some(2), Issue::Ignored), (Some(3), Issue::Ignored)]);
    let (seated, free) = (read("嘉宾"), read(""));
    assert_eq!((seated.category, free.category, free.external_id, free.answers), (Some(1), None, None, Vec::new()));
}

/// Whom a row is about is told by the name and the address, and by the name alone where one of both has none.
#[test]
fn row_is_about_whoever_has_the_seat_under_that_name_and_address() {
    let entrant = |name: &str, email: &str| read(&["Name", "Email"], &[name, email]).0.unwrap();
    let seat = |name: &str, email: &str, id: u32| {
        let who = format!("organizations/zbra/persons/00000000-0000-4000-8000-{id:012}").parse().unwrap();
        person::create(who, entrant(name, email).profile(LanguageTag::English), now())
    };
    let there =
        [seat("Adeel Khan", "office@example.org", 1), seat("Bushra", "", 2), seat("Bushra", "b@example.org", 3)];
    let about = |rows: &[(&str, &str)]| -> Vec<Result<Option<u32>, Issue>> {
        let entrants: Vec<Entrant> = rows.iter().map(|(name, email)| entrant(name, email)).collect();
        let number = |person: &Person| there.iter().zip(1..).find(|(one, _)| *one == person).unwrap().1;
        seated(&entrants, &there).into_iter().map(|one| one.map(|found| found.map(number))).collect()
    };

    assert_eq!(
        about(&[("KHAN Adeel", "office@example.org"), ("Chand", "office@example.org")]),
        [Ok(Some(1)), Ok(None)]
    );
    assert_eq!(about(&[("Adeel Khan", "")]), [Ok(Some(1))]);
    assert_eq!(about(&[("Adeel Khan", "other@example.org")]), [Err(Issue::OtherAddress)]);
    assert_eq!(about(&[("Bushra", "b@example.org"), ("Bushra", "")]), [Ok(Some(3)), Ok(Some(2))]);
    assert_eq!(about(&[("Bushra", "c@example.org")]), [Ok(Some(2))]);
    assert_eq!(about(&[("Bushra", "")]), [Err(Issue::Ambiguous(2))]);
}
