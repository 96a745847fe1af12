//! What a form may ask, and what it takes for an answer.

use std::collections::BTreeMap;

use super::{answers::Flaw as Wrong, *};
use crate::{language::LanguageTag, name};

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

fn label(text: &str) -> Localized {
    Localized::new(text, "").unwrap()
}

pub(super) fn asks(id: &str, kind: Kind) -> Field {
    Field {
        section: None,
        id: key(id),
        label: label(id),
        help: None,
        kind,
        required: false,
        condition: None,
        audience: Audience::Everybody,
        reapproval: false,
        retired: false,
    }
}

fn choices(ids: &[&str]) -> Vec<Choice> {
    ids.iter()
        .map(|id| Choice { id: key(id), label: label(id), retired: false, places: None, counts_companions: false })
        .collect()
}

fn when(field: &str, any_of: &[&str]) -> Condition {
    Condition { field: key(field), any_of: any_of.iter().map(|&one| one.to_owned()).collect() }
}

fn given(answers: &[(&str, &[&str])]) -> Vec<Given> {
    let one = |(field, values): &(&str, &[&str])| Given {
        field: key(field),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    answers.iter().map(one).collect()
}

fn kept(answers: &[(&str, &[&str])]) -> Answers {
    Answers::kept(given(answers).into_iter().map(|Given { field, values }| (field, values)).collect())
}

/// Reads one answer to a field of a kind.
fn read(kind: Kind, values: &[&str]) -> Result<Vec<String>, Wrong> {
    let form = Form::new(vec![asks("it", kind)]).unwrap();
    match form.read(given(&[("it", values)]), &Answers::default(), Respondent::Registrant, &Files::new()) {
        Ok(answers) => Ok(answers.to(&key("it")).unwrap_or_default().to_vec()),
        Err(BadAnswers(mut faults)) => Err(faults.remove(0).flaw),
    }
}

/// A form for a dinner: whether one comes, and what is asked of those who do.
fn dinner() -> Form {
    let consent = Field { required: true, ..asks("photos", Kind::Consent(key("2026-1"))) };
    let dinner = Field { required: true, ..asks("dinner", Kind::Choice(choices(&["yes", "no"]))) };
    let diet = Kind::Choices(choices(&["halal", "vegetarian", "no-nuts"]), Some(2));
    let diet = Field { required: true, condition: Some(when("dinner", &["yes"])), ..asks("diet", diet) };
    let nuts = Field { condition: Some(when("diet", &["no-nuts"])), ..asks("nuts", Kind::Text(40)) };
    let table = Field { audience: Audience::Organizers, required: true, ..asks("table", Kind::Text(10)) };
    Form::new(vec![consent, dinner, diet, nuts, table]).unwrap()
}

#[test]
fn everything_that_is_wrong_with_the_fields_is_told_at_once() {
    let wide = Bounds { least: Some("2".parse().unwrap()), most: Some("1".parse().unwrap()) };
    let fields = vec![
        asks("first", Kind::Text(0)),
        asks("first", Kind::Number(wide)),
        asks("empty", Kind::Choice(Vec::new())),
        asks("twice", Kind::Choice(choices(&["one", "one"]))),
        Field { condition: Some(when("later", &[])), ..asks("early", Kind::Email) },
        asks("later", Kind::Choice(choices(&["one"]))),
        Field { condition: Some(when("later", &["two"])), ..asks("last", Kind::LongText(4001)) },
    ];

    let misfits = Form::new(fields).unwrap_err();

    let told: Vec<_> = misfits.into_iter().map(|Misfit { index, part, flaw }| (index, part, flaw)).collect();
    assert_eq!(
        told,
        [
            (0, Part::Kind, Flaw::Length),
            (1, Part::Id, Flaw::SameId),
            (1, Part::Kind, Flaw::Bounds),
            (2, Part::Choices, Flaw::Choices),
            (3, Part::Choices, Flaw::SameChoice),
            (4, Part::Condition, Flaw::UnknownField),
            (6, Part::Kind, Flaw::Length),
            (6, Part::Condition, Flaw::UnknownChoice),
        ]
    );
}

#[test]
fn form_asks_once_who_comes_along_or_how_many_watch() {
    let form = |kinds: &[Kind]| {
        let fields = kinds.iter().enumerate().map(|(index, kind)| asks(&format!("f{index}"), kind.clone()));
        Form::new(fields.collect())
    };
    let wrong = |index, flaw| Misfit { index, part: Part::Kind, flaw };
    let [companions, viewers] = [Kind::Companions, Kind::Viewers];

    assert!(form(&[companions(MOST_COMPANIONS)]).is_ok());
    assert!(form(&[viewers(MOST_VIEWERS)]).is_ok());
    for none_or_too_many in [0, MOST_COMPANIONS + 1] {
        assert_eq!(form(&[companions(none_or_too_many)]).unwrap_err(), [wrong(0, Flaw::Companions)]);
    }
    for none_or_too_many in [0, MOST_VIEWERS + 1] {
        assert_eq!(form(&[viewers(none_or_too_many)]).unwrap_err(), [wrong(0, Flaw::Viewers)]);
    }
    for both in [companions, viewers].map(|first| [companions, viewers].map(|second| [first(1), second(1)])).concat() {
        assert_eq!(form(&both).unwrap_err(), [wrong(1, Flaw::SecondParty)], "{both:?}");
    }
}

#[test]
fn companions_take_places_of_the_category_and_of_the_choices_that_count_them() {
    let places =
        |id: &str, counts_companions| Choice { places: Some(9), counts_companions, ..choices(&[id]).remove(0) };
    let trips =
        |bus| Kind::Choices(vec![places("bus", bus), places("workshop", false), choices(&["walk"]).remove(0)], None);
    let form = |bus| Form::new(vec![asks("guests", Kind::Companions(3)), asks("trips", trips(bus))]).unwrap();
    let pick = |choice| Pick { field: key("trips"), choice: key(choice) };
    let chosen: (&str, &[&str]) = ("trips", &["bus", "workshop", "walk"]);
    let (alone, three) = (kept(&[chosen]), kept(&[chosen, ("guests", &["Sukarno", "李娜"])]));

    assert_eq!((form(true).party(&alone), form(true).party(&three)), (1, 3));
    assert_eq!(form(true).picked(&alone), [(pick("bus"), 1), (pick("workshop"), 1)]);
    assert_eq!(form(true).picked(&three), [(pick("bus"), 3), (pick("workshop"), 1)]);
    assert_eq!(form(true).counted_anew(&form(true)).count(), 0);
    assert_eq!(form(true).counted_anew(&form(false)).collect::<Vec<_>>(), [pick("bus")]);
    assert_eq!(form(true).counted_anew(&Form::default()).collect::<Vec<_>>(), [pick("bus"), pick("workshop")]);
}

#[test]
fn viewers_take_a_place_each_of_whom_whoever_registers_is_one() {
    let bus = Choice { places: Some(9), counts_companions: true, ..choices(&["bus"]).remove(0) };
    let fields = vec![asks("viewers", Kind::Viewers(10)), asks("trips", Kind::Choices(vec![bus], None))];
    let form = Form::new(fields).unwrap();
    let party = |viewers: &[&str]| form.party(&kept(&[("viewers", viewers)]));

    assert!(form.asks_for_party());
    assert_eq!(form.party(&Answers::default()), 1);
    assert_eq!([&["1"], &["5"], &["1000"]].map(|viewers| party(viewers)), [1, 5, 1000]);
    // What was answered to another form may stay when a registration is moved.
    assert_eq!([&["Sukarno", "李娜"] as &[&str], &["0"], &["999999999"], &["-3"]].map(party), [1; 4]);
    let five = kept(&[("viewers", &["5"]), ("trips", &["bus"])]);
    assert_eq!(form.picked(&five), [(Pick { field: key("trips"), choice: key("bus") }, 5)]);
}

#[test]
fn form_has_so_many_fields_and_no_more() {
    let fields = |count| (0..count).map(|number| asks(&format!("f{number}"), Kind::Region)).collect::<Vec<_>>();

    assert!(Form::new(fields(MOST_FIELDS)).is_ok());
    assert_eq!(
        Form::new(fields(MOST_FIELDS + 2)).unwrap_err(),
        [Misfit { index: MOST_FIELDS, part: Part::Id, flaw: Flaw::TooManyFields }]
    );
}

#[test]
fn answers_are_kept_as_they_are_written_in_one_way() {
    let days = Bounds { least: None, most: "2026-12-31".parse().ok() };
    let pick = || choices(&["halal", "vegetarian", "no-nuts"]);
    for (kind, values, expected) in [
        (Kind::Text(40), &["  李娜 "][..], &["李娜"][..]),
        (Kind::LongText(40), &["one\r\ntwo"], &["one\ntwo"]),
        (Kind::Number(Bounds { least: None, most: None }), &["007.50"], &["7.5"]),
        (Kind::Date(days), &["2026-12-31"], &["2026-12-31"]),
        (Kind::Choices(pick(), None), &["no-nuts", "halal", "halal"], &["halal", "no-nuts"]),
        (Kind::Consent(key("2026-1")), &["2026-1"], &["2026-1"]),
        (Kind::Region, &["PK"], &["PK"]),
        (Kind::Language, &["UR-Arab"], &["ur-Arab"]),
        (Kind::Phone, &["+92 (51) 920-8581"], &["+92519208581"]),
        (Kind::Email, &["zarmina@example.org"], &["zarmina@example.org"]),
        (Kind::Companions(3), &[" Sukarno", "محمد اسلم", "李娜"], &["Sukarno", "محمد اسلم", "李娜"]),
        (Kind::Viewers(3), &["3"], &["3"]),
        (Kind::Viewers(3), &["1"], &["1"]),
        (Kind::Viewers(3), &[" 3.0"], &["3"]),
        (Kind::Viewers(3), &["03"], &["3"]),
        (Kind::Region, &["", "  "], &[]),
    ] {
        assert_eq!(read(kind.clone(), values), Ok(expected.iter().map(|&one| one.to_owned()).collect()), "{kind:?}");
    }
}

#[test]
fn answer_that_does_not_fit_its_field_is_refused() {
    let from = |least: &str| Bounds { least: Some(least.parse().unwrap()), most: None };
    let retired = || vec![Choice { retired: true, ..choices(&["s"]).remove(0) }];
    let outside = |least: &str| Wrong::Outside { least: least.to_owned(), most: "–".to_owned() };
    for (kind, values, flaw) in [
        (Kind::Text(3), &["abcd"][..], Wrong::TooLong(3)),
        (Kind::Text(40), &["one\ntwo"], Wrong::Control),
        (Kind::LongText(40), &["one\u{0}two"], Wrong::Control),
        (Kind::Number(from("0")), &["-1"], outside("0")),
        (Kind::Number(from("0")), &["one"], NoDecimal.into()),
        (Kind::Date(Bounds { least: "2026-01-01".parse().ok(), most: None }), &["2025-12-31"], outside("2026-01-01")),
        (Kind::Date(Bounds { least: None, most: None }), &["31.12.2026"], Wrong::Date),
        (Kind::Date(Bounds { least: None, most: None }), &["2026-02-31"], Wrong::Date),
        (Kind::Choice(choices(&["yes"])), &["maybe"], Wrong::Choice),
        (Kind::Choice(retired()), &["s"], Wrong::Choice),
        (Kind::Choice(choices(&["a", "b"])), &["a", "b"], Wrong::Several),
        (Kind::Choices(choices(&["a", "b"]), Some(1)), &["a", "b"], Wrong::TooMany(1)),
        (Kind::Consent(key("2026-2")), &["2026-1"], Wrong::Version(key("2026-2"))),
        (Kind::Region, &["XX"], crate::region::UnknownRegion.into()),
        (Kind::Language, &["Urdu please"], Wrong::Language),
        (Kind::Phone, &["051 9208581"], Wrong::Phone),
        (Kind::Phone, &["+9.2519208581E+11"], Wrong::Phone),
        (Kind::Phone, &["+092519208581"], Wrong::Phone),
        (Kind::Email, &["zarmina at example.org"], Wrong::Email),
        (Kind::Viewers(3), &["0"], Wrong::Viewers(3)),
        (Kind::Viewers(3), &["4"], Wrong::Viewers(3)),
        (Kind::Viewers(3), &["2.5"], Wrong::Viewers(3)),
        (Kind::Viewers(3), &["-1"], Wrong::Viewers(3)),
        (Kind::Viewers(3), &["３"], Wrong::Viewers(3)),
        (Kind::Viewers(3), &["three"], Wrong::Viewers(3)),
        (Kind::Viewers(3), &["1", "2"], Wrong::Several),
        (Kind::Companions(1), &["Sukarno", "李娜"], Wrong::TooManyCompanions(1)),
        (Kind::Companions(2), &["Sukarno", "–"], name::Refusal::Empty.into()),
        (Kind::Companions(2), &["Suk\u{202e}arno"], name::Refusal::DirectionOverride.into()),
    ] {
        assert_eq!(read(kind.clone(), values), Err(flaw), "{kind:?} {values:?}");
    }
}

#[test]
fn all_that_is_wrong_with_answers_is_told_at_once() {
    let answers = given(&[
        ("dinner", &["yes"]),
        ("diet", &["meat"]),
        ("table", &["7"]),
        ("colour", &["red"]),
        ("dinner", &["yes"]),
    ]);

    let BadAnswers(faults) =
        dinner().read(answers, &Answers::default(), Respondent::Registrant, &Files::new()).unwrap_err();

    let told: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.flaw.clone())).collect();
    assert_eq!(
        told,
        [
            ("dinner", Wrong::Twice),
            ("photos", Wrong::Missing),
            ("diet", Wrong::Choice),
            ("table", Wrong::NotAsked),
            ("colour", Wrong::NotAsked),
        ]
    );
}

#[test]
fn field_is_asked_only_of_those_whom_it_is_shown() {
    let no: &[(&str, &[&str])] = &[("photos", &["2026-1"]), ("dinner", &["no"])];
    let left_behind = [no, &[("diet", &["no-nuts"]), ("nuts", &["peanuts"])]].concat();

    let read = |answers| dinner().read(given(answers), &Answers::default(), Respondent::Registrant, &Files::new());

    assert_eq!(read(no), Ok(kept(no)));
    assert_eq!(read(&left_behind), Ok(kept(no)), "what a page leaves behind is dropped, with all that hangs on it");
    let with_nuts: &[(&str, &[&str])] =
        &[("photos", &["2026-1"]), ("dinner", &["yes"]), ("diet", &["no-nuts"]), ("nuts", &["peanuts"])];
    assert_eq!(read(with_nuts), Ok(kept(with_nuts)));
}

#[test]
fn organizer_leaves_for_later_what_is_not_known_yet_and_it_is_told_what_that_is() {
    let form = dinner();

    let answers = form.read(
        given(&[("dinner", &["yes"]), ("table", &["7"])]),
        &Answers::default(),
        Respondent::Organizer,
        &Files::new(),
    );

    let answers = answers.unwrap();
    assert_eq!(answers, kept(&[("dinner", &["yes"]), ("table", &["7"])]));
    assert_eq!(form.missing(&answers).map(|field| field.id.as_str()).collect::<Vec<_>>(), ["photos", "diet"]);
}

#[test]
fn what_was_answered_before_stays_as_it_was_where_the_form_asks_otherwise_by_now() {
    let consent = asks("photos", Kind::Consent(key("2026-2")));
    let gone = Field { retired: true, ..asks("shirt", Kind::Choice(choices(&["s", "xl"]))) };
    let form = Form::new(vec![consent, gone]).unwrap();
    let before = kept(&[("photos", &["2026-1"]), ("shirt", &["xl"])]);
    let read = |answers| form.read(given(answers), &before, Respondent::Organizer, &Files::new());

    assert_eq!(read(&[("photos", &["2026-1"]), ("shirt", &["xl"])]), Ok(before.clone()));
    assert_eq!(read(&[("shirt", &["s"])]), Err(BadAnswers(vec![Fault { field: key("shirt"), flaw: Wrong::NotAsked }])));
    let theirs = form.read(given(&[("photos", &["2026-1"])]), &before, Respondent::Registrant, &Files::new());
    assert_eq!(theirs, Ok(before));
}

/// A guess that is right is refused like one that is wrong.
#[test]
fn registrant_replaces_what_they_are_asked_and_neither_changes_nor_learns_the_rest() {
    let form = dinner();
    let came = [("photos", &["2026-1"] as &[&str]), ("dinner", &["yes"]), ("diet", &["halal"])];
    let stays = [("photos", &["2026-1"] as &[&str]), ("dinner", &["no"])];
    let theirs = [("table", &["7"] as &[&str]), ("asked-elsewhere", &["once"])];
    let before = kept(&[came.as_slice(), &theirs].concat());
    let read = |answers: &[(&str, &[&str])]| form.read(given(answers), &before, Respondent::Registrant, &Files::new());

    assert_eq!(read(&stays), Ok(kept(&[stays.as_slice(), &theirs].concat())));
    for guess in [("table", &["7"] as &[&str]), ("table", &["8"]), ("asked-elsewhere", &["once"])] {
        let refused = BadAnswers(vec![Fault { field: key(guess.0), flaw: Wrong::NotAsked }]);
        assert_eq!(read(&[came.as_slice(), &[guess]].concat()), Err(refused), "{guess:?}");
    }
    let mut fields = form.fields().to_vec();
    fields[4].condition = Some(when("dinner", &["yes"]));
    let seated_at_dinner = Form::new(fields).unwrap();
    let stayed = seated_at_dinner.read(given(&stays), &before, Respondent::Registrant, &Files::new());
    assert_eq!(stayed, Ok(kept(&[stays.as_slice(), &theirs].concat())), "what organisers answered is not dropped");
    assert_eq!(form.own(&before).map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["photos", "dinner", "diet"]);
}

#[test]
fn form_that_people_answered_keeps_its_fields_and_their_choices() {
    let form = dinner();
    let change = |id: &str, change: fn(&mut Field)| {
        let mut fields = form.fields().to_vec();
        fields.iter_mut().filter(|field| field.id.as_str() == id).for_each(change);
        form.lost_in(&Form::new(fields).unwrap()).map(|lost| lost.as_str().to_owned())
    };

    let reworded = change("photos", |field| field.kind = Kind::Consent(key("2026-2")));
    let retired = change("diet", |field| field.retired = true);
    let retyped = change("nuts", |field| field.kind = Kind::Region);
    let fewer = change("diet", |field| field.kind = Kind::Choices(choices(&["halal", "no-nuts"]), None));
    let shorter = Form::new(form.fields()[..4].to_vec()).unwrap();

    assert_eq!([reworded, retired], [None, None]);
    assert_eq!([retyped.as_deref(), fewer.as_deref()], [Some("nuts"), Some("diet")]);
    assert_eq!(form.lost_in(&shorter), Some(&key("table")));
}

#[test]
fn other_answer_needs_approval_only_where_the_field_says_so() {
    let passport = Field { reapproval: true, ..asks("passport", Kind::Text(40)) };
    let form = Form::new(vec![passport, asks("diet", Kind::Text(40))]).unwrap();
    let before = kept(&[("passport", &["ordinary"])]);

    let needs = |after: &[(&str, &[&str])]| form.needs_approval(&before, &kept(after));

    assert!(!needs(&[("passport", &["ordinary"]), ("diet", &["halal"])]));
    assert!(needs(&[("passport", &["diplomatic"])]));
    assert!(needs(&[]));
}

/// Whatever is sent, in whichever way fields hang on each other: what is kept reads again as itself, nothing is kept that is not shown, and
/// nobody who registers gets past a field that is required.
#[test]
fn whatever_is_sent_is_kept_whole_or_refused() {
    let form = dinner();
    let takes: [(&str, &[&[&str]]); 5] = [
        ("photos", &[&[], &["2026-1"], &["2025-1"]]),
        ("dinner", &[&[], &["yes"], &["no"], &["yes", "no"]]),
        ("diet", &[&[], &["halal"], &["no-nuts", "halal"], &["no-nuts", "halal", "vegetarian"]]),
        ("nuts", &[&[], &["peanuts"], &["a\tb"]]),
        ("table", &[&[], &["7"]]),
    ];
    let mut sent: Vec<Vec<(&str, &[&str])>> = vec![Vec::new()];
    for (field, values) in takes {
        let more = |one: Vec<(&'static str, &'static [&'static str])>| {
            values.iter().map(move |&values| [one.clone(), vec![(field, values)]].concat())
        };
        sent = sent.into_iter().flat_map(more).collect();
    }

    let mut taken = BTreeMap::from([("organizer", 0), ("registrant", 0)]);
    for answers in &sent {
        for (who, respondent) in [("registrant", Respondent::Registrant), ("organizer", Respondent::Organizer)] {
            let Ok(read) = form.read(given(answers), &Answers::default(), respondent, &Files::new()) else { continue };
            *taken.entry(who).or_default() += 1;
            let again = read.iter().map(|(field, values)| Given { field: field.clone(), values: values.to_vec() });
            assert_eq!(
                form.read(again.collect(), &Answers::default(), respondent, &Files::new()).as_ref(),
                Ok(&read),
                "{answers:?}"
            );
            let hangs = [("diet", "dinner", "yes"), ("nuts", "diet", "no-nuts")];
            for (field, on, value) in hangs {
                let shown = read.to(&key(on)).is_some_and(|values| values.iter().any(|one| one == value));
                assert!(shown || read.to(&key(field)).is_none(), "{answers:?}");
            }
            assert!(respondent == Respondent::Organizer || form.missing(&read).count() == 0, "{answers:?}");
        }
    }
    // Who registers agrees, and stays away, or comes and eats halal or without nuts, in which case they may name them.
    assert_eq!((sent.len(), taken["registrant"]), (288, 17));
    assert!(taken["organizer"] > taken["registrant"]);
}

#[test]
fn section_goes_on_to_the_next_and_one_for_organisers_hides_its_fields() {
    let section =
        |title: &str, audience| Some(Section { title: Localized::new(title, "").unwrap(), help: None, audience });
    let beginning = |id: &str, section| Field { section, ..asks(id, Kind::Region) };
    let first = beginning("a", section("Travel", Audience::Everybody));
    let retired = Field { retired: true, ..first };
    let fields = vec![
        asks("before", Kind::Region),
        retired,
        asks("b", Kind::Region),
        asks("c", Kind::Region),
        beginning("d", section("Desk", Audience::Organizers)),
        asks("e", Kind::Region),
        beginning("f", section("Diet", Audience::Everybody)),
    ];

    let form = Form::new(fields).unwrap();

    let asked: Vec<_> = form
        .asked_by_section()
        .map(|(section, field)| {
            (section.map(|section| section.title.in_language(LanguageTag::English)), field.id.as_str())
        })
        .collect();
    // What began with a field that is asked no more begins with the one behind it.
    assert_eq!(asked, [(None, "before"), (Some("Travel"), "b"), (None, "c"), (Some("Diet"), "f")]);
    let hidden = form.fields().iter().filter(|field| field.audience == Audience::Organizers);
    assert_eq!(hidden.map(|field| field.id.as_str()).collect::<Vec<_>>(), ["d", "e"]);
}

#[test]
fn answers_are_completed_by_what_is_required_and_was_missing_alone() {
    let form = dinner();
    let before = kept(&[("photos", &["2026-1"])]);
    let completes = |after: &[(&str, &[&str])]| form.completes(&before, &kept(after));

    assert!(completes(&[("photos", &["2026-1"])]));
    assert!(completes(&[("photos", &["2026-1"]), ("dinner", &["no"])]));
    assert!(!completes(&[("photos", &["2026-1"]), ("nuts", &["walnuts"])]));
    assert!(!completes(&[("dinner", &["no"])]));
    assert!(!completes(&[("photos", &["2026-2"])]));
}
