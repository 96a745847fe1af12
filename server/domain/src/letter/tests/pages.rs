//! Whole pages, in each language.

use super::*;

fn rows(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}

/// A page as a reader meets it: a line a line, the table's labels before their values.
fn read(page: Wording) -> String {
    let Wording { addressee, title, salutation, paragraphs, table, closing } = page;
    let table = table.into_iter().map(|(label, value)| format!("{label} | {value}")).collect::<Vec<_>>().join("\n");
    let opening = [addressee.join("\n"), title, salutation];
    let parts = opening.into_iter().chain(paragraphs).chain([table]).chain(closing);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn every_letter_reads_as_it_was_last_read() {
    let business = requested(LetterTemplate::ChinaM);
    let mut generic = requested(LetterTemplate::Generic);
    generic.request.purpose = Some(both("Signing of a memorandum", "签署谅解备忘录"));
    generic.request.expense_bearer = Some(ExpenseBearer::Inviter);

    for letter in [business, generic] {
        for language in LanguageTag::ALL {
            let page = read(write(&letter, &Known::all().facts(), language));
            insta::assert_snapshot!(format!("{}.{language}", letter.request.template.word()), page);
        }
    }
}

#[test]
fn what_is_not_known_is_left_out() {
    let mut known = Known { passport: None, ..Known::all() };
    known.person.profile.name.native_name = None;
    known.person.profile.position = None;
    let mut letter = requested(LetterTemplate::Generic);
    (letter.request.relationship, letter.request.expense_bearer) = (None, None);

    let page = write(&letter, &known.facts(), LanguageTag::English);

    assert_eq!((page.title.as_str(), page.paragraphs.len()), ("Letter of invitation", 3));
    assert_eq!(
        page.table,
        rows(&[("Name as in the passport", "KHAN AYESHA"), ("Employer", "Indus Valley Cold Storage")])
    );
}

#[test]
fn initials_are_those_of_the_passport() {
    assert_eq!(Known::all().facts().initials(), "K. A.");
}

/// Of everything that people may change of themselves.
#[test]
fn letter_says_the_same_of_a_person_when_its_pages_do() {
    let changes: [fn(&mut Profile); 9] = [
        |profile| profile.name.display_name = name("Li Na"),
        |profile| profile.name.native_name = Some(name("李娜")),
        |profile| profile.name.form_of_address = Some(name("Dr.")),
        |profile| profile.name.family_first = true,
        |profile| profile.phone_number = Some("+92 51 9000000".to_owned()),
        |profile| profile.language = LanguageTag::Chinese,
        |profile| profile.time_zone = Some(chrono_tz::Asia::Shanghai),
        |profile| profile.affiliation = None,
        |profile| profile.position = Some("Ambassador".to_owned()),
    ];
    let letter = requested(LetterTemplate::ChinaM);
    let pages = |known: &Known| LanguageTag::ALL.map(|language| write(&letter, &known.facts(), language));
    let before = Known::all();

    for (number, change) in changes.into_iter().enumerate() {
        let mut after = Known::all();
        change(&mut after.person.profile);
        let same = says_the_same(&before.person.profile, &after.person.profile);
        assert_eq!(same, pages(&before) == pages(&after), "{number}");
    }
}
