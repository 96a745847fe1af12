//! Tables of registrations, and that an import reads what they say.

use chrono::{DateTime, Utc};

use super::*;
use crate::{
    category::{self, Confirmation, Plan},
    form::{Audience, Choice, Form},
    localized::Localized,
    person,
    pool::Place,
    registration::{
        self,
        import::{Reader, Roll, Settings, header},
    },
};

fn now() -> DateTime<Utc> {
    "2026-08-01T00:00:00.123456Z".parse().unwrap()
}

fn field(id: &str, en: &str, zh: &str, kind: Kind) -> Field {
    Field {
        section: None,
        id: id.parse().unwrap(),
        label: Localized::new(en, zh).unwrap(),
        help: None,
        kind,
        required: false,
        condition: None,
        audience: Audience::Everybody,
        reapproval: false,
        retired: false,
    }
}

/// Delegates, who are asked what they eat and, twice under one label, for remarks.
fn categories() -> Vec<Category> {
    let choice = |id: &str, en: &str, zh: &str| Choice {
        id: id.parse().unwrap(),
        label: Localized::new(en, zh).unwrap(),
        retired: false,
        places: None,
        counts_companions: false,
    };
    let diet = Kind::Choices(vec![choice("halal", "Halal food", "清真"), choice("none", "No pork", "不吃猪肉")], None);
    let fields = vec![
        field("diet", "Diet", "饮食", diet),
        field("remark", "Remark", "备注", Kind::LongText(200)),
        field("desk", "Remark", "内部备注", Kind::Text(200)),
        field("guests", "Companions", "同行人员", Kind::Companions(3)),
    ];
    let plan = Plan {
        title: Localized::new("Delegate", "代表").unwrap(),
        capacity: None,
        languages: Vec::new(),
        confirmation: Confirmation::AtOnce,
        public: false,
        offer_period: None,
        offer_working_hours: None,
        lapsed_wait_again: false,
        photo_required: false,
        color: None,
        form: Form::new(fields).unwrap(),
    };
    vec![category::create("events/ciftis-2023/categories/delegate".parse().unwrap(), plan, now())]
}

fn aslam() -> (Registration, Person, Answers) {
    let name = |text: &str| text.parse::<NameText>().unwrap();
    let profile = Profile {
        name: PersonName {
            display_name: name("Muhammad Aslam"),
            native_name: Some(name("محمد اسلم")),
            passport_name: Some(PassportName::new(None, Some(name("MUHAMMAD ASLAM"))).unwrap()),
            form_of_address: Some(name("Engr.")),
            family_first: false,
        },
        email: Some("aslam@example.pk".parse().unwrap()),
        phone_number: Some("+92 51 9000000".to_owned()),
        language: LanguageTag::English,
        region_code: Some("PK".parse().unwrap()),
        time_zone: Some(chrono_tz::Asia::Karachi),
        affiliation: Some("=STZA".to_owned()),
        position: Some("Director".to_owned()),
    };
    let id = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";
    let person = person::create(format!("organizations/zbra/persons/{id}").parse().unwrap(), profile, now());
    let known = (id.parse().unwrap(), Some("K-1".parse().unwrap()));
    let registration = registration::open(known, &categories()[0], person.name(), Place::Held, now());
    let answers = [
        ("diet", vec!["halal", "none"]),
        ("remark", vec!["Two\nlines"]),
        ("desk", vec!["Front row"]),
        ("guests", vec!["李娜", "محمد اسلم"]),
    ];
    let answers =
        answers.map(|(field, values)| (field.parse().unwrap(), values.into_iter().map(str::to_owned).collect()));
    (registration, person, Answers::kept(answers.into()))
}

/// The columns of all that is known, and the one row there is.
fn table(language: LanguageTag) -> (Vec<String>, Vec<String>) {
    let (categories, (registration, person, answers)) = (categories(), aslam());
    let forms = Forms::of(&categories);
    let row = Row { registration: &registration, person: Some(&person), answers: Some(&answers) };
    let columns = forms.columns();
    let headers = columns.iter().map(|column| column.header(&forms, language)).collect();
    (headers, columns.iter().map(|column| row.readable(column, &forms, language)).collect())
}

#[test]
fn table_says_all_that_is_known_in_either_language() {
    let (headers, cells) = table(LanguageTag::Chinese);
    let (english, readable) = table(LanguageTag::English);

    assert_eq!(headers[1..6], ["外部编号", "类别", "状态", "胸牌姓名", "本国文字姓名"]);
    assert_eq!(cells[1..6], ["K-1", "delegate", "CONFIRMED", "Muhammad Aslam", "محمد اسلم"]);
    assert_eq!(cells[16], "2026-08-01T00:00:00Z");
    assert_eq!(
        (headers[18..].to_vec(), cells[18..].to_vec()),
        (
            ["饮食", "备注", "内部备注", "同行人员"].map(str::to_owned).to_vec(),
            ["清真; 不吃猪肉", "Two\nlines", "Front row", "李娜; محمد اسلم"].map(str::to_owned).to_vec()
        )
    );
    // Two fields that are called the same go by their names.
    assert_eq!(english[18..], ["Diet", "answers.remark", "answers.desk", "Companions"]);
    assert_eq!(readable[18], "Halal food; No pork");
}

#[test]
fn what_is_written_is_read_by_an_import() {
    let (_, person, answers) = aslam();
    for language in LanguageTag::ALL {
        let (headers, cells) = table(language);
        let categories = categories();
        let settings = Settings {
            file: "events/ciftis-2023/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap(),
            sheet: None,
            category: None,
            columns: Vec::new(),
            date_order: None,
            language,
            skip_bad_rows: false,
            notify: false,
            invitation: None,
        };
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let (_, columns, _) =
            header(std::iter::once((1, headers)), (&settings, Roll::Registrations), &categories).unwrap();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();

        let reader =
            Reader { columns: &columns, settings: &settings, categories: &categories, roll: Roll::Registrations };
        let (entrant, findings) = reader.read(2, &cells);

        let entrant = entrant.unwrap();
        assert_eq!(findings, []);
        assert_eq!(entrant.profile(LanguageTag::Chinese), person.profile);
        let read = entrant.answers.into_iter().map(|given| (given.field, given.values)).collect();
        assert_eq!(Answers::kept(read), answers);
        let unread: Vec<&str> =
            columns.read.iter().filter(|(_, target)| target.is_none()).map(|(header, _)| header.as_str()).collect();
        assert_eq!(unread.len(), 4, "{unread:?}");
    }
}

#[test]
fn columns_are_named_as_those_of_an_import_are() {
    let categories = categories();

    for column in Forms::of(&categories).columns() {
        assert_eq!(column.to_string().parse(), Ok(column));
    }
    for none in ["serial", "given_name", "family_name", "passport_number", "answers.", ""] {
        assert!(none.parse::<Column>().is_err(), "{none}");
    }
}
