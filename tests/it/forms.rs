//! What a category asks beside who somebody is, and what is answered: on a public page, by organisers, and after everybody thought again.

mod files;
mod own;
mod places;
mod sections;

use attache_client::{
    Code, Failure, Reason,
    v1::{self, ErrorReason, FormFieldKind as Kind, RegistrationState as State},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, violations, wrong_fields},
    boot, database,
    fixtures::{DELEGATES, FORUM, PRESS, mask, person, registration_of, text},
};
use tonic::{Response, Status};

/// A word that is in nothing but an answer.
const ALLERGY: &str = "groundnuts";

fn field(id: &str, kind: Kind) -> v1::FormField {
    let label = Some(text(&format!("The {id}"), "说明"));
    v1::FormField { path: format!("answers.{id}"), id: id.to_owned(), kind: kind.into(), label, ..Default::default() }
}

fn choices(ids: &[&str]) -> Vec<v1::FormChoice> {
    let choice =
        |id: &&str| v1::FormChoice { id: (*id).to_owned(), label: Some(text(id, "选项")), ..Default::default() };
    ids.iter().map(choice).collect()
}

fn when(field: &str, any_of: &[&str]) -> v1::FormCondition {
    let any_of = any_of.iter().map(|&value| value.to_owned()).collect();
    v1::FormCondition { field: field.to_owned(), any_of }
}

/// What a dinner asks: who comes agrees to photographs, and says what they eat.
fn dinner() -> Vec<v1::FormField> {
    vec![
        v1::FormField { required: true, consent_version: "2023-1".to_owned(), ..field("photos", Kind::Consent) },
        v1::FormField { required: true, choices: choices(&["yes", "no"]), ..field("dinner", Kind::Choice) },
        v1::FormField {
            required: true,
            choices: choices(&["halal", "vegetarian", "allergy"]),
            max_choices: 2,
            condition: Some(when("dinner", &["yes"])),
            ..field("diet", Kind::Choices)
        },
        v1::FormField { max_length: 40, condition: Some(when("diet", &["allergy"])), ..field("allergy", Kind::Text) },
        v1::FormField { reapproval: true, ..field("nationality", Kind::Region) },
        v1::FormField { organizers_only: true, max_length: 10, ..field("table", Kind::Text) },
    ]
}

/// Every kind of field with all that it can say.
fn every_kind() -> Vec<v1::FormField> {
    let (min_value, max_value) = ("-0.5".to_owned(), "12".to_owned());
    let (from, to) = ("2023-09-01".to_owned(), "2023-09-30".to_owned());
    let rest = vec![
        v1::FormField { max_length: 4000, help: Some(text("Anything else", "")), ..field("remarks", Kind::LongText) },
        v1::FormField { min_value, max_value, ..field("bags", Kind::Number) },
        v1::FormField { min_value: from, max_value: to, ..field("arrival", Kind::Date) },
        field("interpreter", Kind::Language),
        field("assistant", Kind::Phone),
        v1::FormField { retired: true, ..field("fax", Kind::Email) },
    ];
    [dinner(), rest].concat()
}

async fn set_form(house: &House, fields: Vec<v1::FormField>) -> Result<Response<v1::Category>, Status> {
    let category = v1::Category { name: DELEGATES.to_owned(), form_fields: fields, ..Default::default() };
    let update_mask = mask(&["form_fields"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    house.owner.categories().update_category(request).await
}

/// A forum whose delegates register by themselves and are asked of a dinner.
async fn forum_with_a_dinner() -> House {
    let house = boot().await;
    house.forum_with_seats(9).await;
    let category = v1::Category { name: DELEGATES.to_owned(), public: true, ..Default::default() };
    let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    set_form(&house, dinner()).await.done();
    house
}

fn answers(answers: &[(&str, &[&str])]) -> Vec<v1::Answer> {
    let answer = |(field, values): &(&str, &[&str])| v1::Answer {
        field: (*field).to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    answers.iter().map(answer).collect()
}

/// What somebody with an allergy answers, in the order it is read.
fn allergic() -> Vec<v1::Answer> {
    answers(&[("allergy", &[ALLERGY]), ("diet", &["halal", "allergy"]), ("dinner", &["yes"]), ("photos", &["2023-1"])])
}

async fn submit(house: &House, answers: Vec<v1::Answer>) -> Result<Response<v1::SubmitRegistrationResponse>, Status> {
    let person = Some(person("Zarmina", "zarmina@example.org"));
    let request = v1::SubmitRegistrationRequest { parent: DELEGATES.to_owned(), person, answers };
    house.client(None).await.public().submit_registration(request).await
}

async fn register(house: &House, answers: Vec<v1::Answer>) -> Result<Response<v1::Registration>, Status> {
    let mut request = registration_of(person("Zarmina", "zarmina@example.org"));
    request.registration.as_mut().expect("a registration").answers = answers;
    house.owner.registrations().create_registration(request).await
}

async fn answer(house: &House, name: &str, answers: Vec<v1::Answer>) -> Result<Response<v1::Registration>, Status> {
    let registration = v1::Registration { name: name.to_owned(), answers, ..Default::default() };
    let update_mask = mask(&["answers"]);
    let request = v1::UpdateRegistrationRequest { registration: Some(registration), update_mask, ..Default::default() };
    house.owner.registrations().update_registration(request).await
}

async fn read(house: &House, name: &str) -> v1::Registration {
    let view = v1::RegistrationView::Full.into();
    let request = v1::GetRegistrationRequest { name: name.to_owned(), view };
    house.owner.registrations().get_registration(request).await.done()
}

#[tokio::test]
async fn form_is_kept_as_it_was_made_and_shows_each_reader_what_is_theirs() {
    let house = forum_with_a_dinner().await;

    let made = set_form(&house, every_kind()).await.done();

    assert_eq!(made.form_fields, every_kind());
    let request = v1::GetCategoryRequest { name: DELEGATES.to_owned() };
    assert_eq!(house.owner.categories().get_category(request).await.done(), made);
    let request = v1::GetFormRequest { name: DELEGATES.to_owned() };
    let shown = house.client(None).await.public().get_form(request).await.done().fields;
    let own: Vec<_> = shown.into_iter().filter(|field| field.path.starts_with("answers.")).collect();
    let asked = every_kind().into_iter().filter(|field| !field.retired && !field.organizers_only);
    assert_eq!(own, asked.collect::<Vec<_>>());
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_form_is_told_at_once() {
    let house = forum_with_a_dinner().await;
    let wrong = vec![
        v1::FormField { max_length: 401, ..field("line", Kind::Text) },
        v1::FormField { label: None, ..field("No Id", Kind::Email) },
        v1::FormField { max_length: 10, ..field("region", Kind::Region) },
        field("consent", Kind::Consent),
        v1::FormField { min_value: "many".to_owned(), ..field("bags", Kind::Number) },
        field("unknown", Kind::Unspecified),
    ];
    let clashing = vec![
        field("bags", Kind::Choice),
        v1::FormField { condition: Some(when("later", &[])), ..field("bags", Kind::Text) },
        field("later", Kind::Text),
    ];

    let paths = |told: Vec<(String, String)>| told.into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    let unread = paths(violations(set_form(&house, wrong).await));
    let clashes = paths(violations(set_form(&house, clashing).await));

    assert_eq!(
        unread,
        ["[1].id", "[1].label", "[2].max_length", "[3].consent_version", "[4].min_value", "[5].kind"]
            .map(|path| format!("category.form_fields{path}"))
    );
    assert_eq!(clashes, ["[0].choices", "[1].id", "[1].condition"].map(|path| format!("category.form_fields{path}")));
}

#[tokio::test]
async fn who_registers_is_told_everything_that_is_wrong_with_their_answers() {
    let house = forum_with_a_dinner().await;

    let empty = violations(submit(&house, Vec::new()).await);
    let wrong = answers(&[
        ("photos", &["2022-1"]),
        ("dinner", &["yes"]),
        ("diet", &["halal", "vegetarian", "allergy"]),
        ("nationality", &["Pakistan"]),
        ("table", &["7"]),
        ("colour", &["red"]),
    ]);
    let wrong = violations(submit(&house, wrong).await);
    let unread = violations(submit(&house, answers(&[("No Field", &[])])).await);

    let told = |told: &[(&str, &str)]| {
        told.iter().map(|(path, why)| ((*path).to_owned(), (*why).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(empty, told(&[("answers.photos", "is required"), ("answers.dinner", "is required")]));
    assert_eq!(
        wrong,
        told(&[
            ("answers.photos", "agrees to another version of the text than 2023-1"),
            ("answers.diet", "takes at most 2 choices"),
            ("answers.nationality", "not an ISO 3166-1 alpha-2 region code in capitals"),
            ("answers.table", "is not asked"),
            ("answers.colour", "is not asked"),
        ])
    );
    assert_eq!(unread[0].0, "answers[0].field");
}

#[tokio::test]
async fn of_more_wrong_answers_than_an_answer_holds_as_many_are_told_as_it_does() {
    let house = forum_with_a_dinner().await;
    let unknown = |number| v1::Answer { field: format!("field-that-is-not-there-{number}"), values: Vec::new() };

    let of_the_form = violations(submit(&house, (0..500).map(unknown).collect()).await);
    let misshapen = submit(&house, vec![v1::Answer { field: "No Field".to_owned(), values: Vec::new() }; 500]).await;

    assert!((20..60).contains(&of_the_form.len()), "{of_the_form:?}");
    let misshapen: Failure = misshapen.refused();
    assert!((20..60).contains(&misshapen.field_violations.len()), "{misshapen}");
    assert!(misshapen.message.ends_with("; and 495 more"), "{misshapen}");
}

#[tokio::test]
async fn what_was_submitted_is_answered_with_the_registration_and_told_in_full_alone() {
    let house = forum_with_a_dinner().await;
    let submitted = submit(&house, allergic()).await.done();

    let line = |text: &str| text.lines().find_map(|line| line.strip_prefix("  Code: ").map(str::to_owned));
    let mailed = async || house.mail_memory().sent().iter().find_map(|mail| line(&mail.text));
    let request = v1::ConfirmSubmissionRequest { name: submitted.name, code: house.until(mailed).await };
    let confirmed = house.client(None).await.public().confirm_submission(request).await.done();

    assert_eq!(read(&house, &confirmed.registration).await.answers, allergic());
    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), ..Default::default() };
    let basic = house.owner.registrations().list_registrations(request).await.done().registrations;
    assert_eq!(basic[0].answers, []);
}

#[tokio::test]
async fn answers_lie_nowhere_in_clear() {
    let mut house = forum_with_a_dinner().await;
    submit(&house, allergic()).await.done();
    let name = register(&house, allergic()).await.done().name;
    answer(&house, &name, Vec::new()).await.done();
    answer(&house, &name, allergic()).await.done();

    house.close().await;
    database::spill(&house.database, &house.folder).await;

    let mut found = Vec::new();
    for entry in std::fs::read_dir(&house.folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        // The form lies there in clear: what is searched for is found.
        found.extend([ALLERGY, "The allergy"].into_iter().filter(|text| holds(text)));
    }
    found.dedup();
    assert_eq!(found, ["The allergy"]);
}

#[tokio::test]
async fn organizer_answers_for_somebody_as_far_as_they_know() {
    let house = forum_with_a_dinner().await;

    let registered = register(&house, answers(&[("dinner", &["yes"]), ("table", &["7"])])).await.done();
    let refused = violations(answer(&house, &registered.name, answers(&[("dinner", &["perhaps"])])).await);
    let left_behind = answers(&[("dinner", &["no"]), ("diet", &["halal"])]);
    let answered = answer(&house, &registered.name, left_behind).await.done();
    let again = answer(&house, &registered.name, answers(&[("dinner", &["no"])])).await.done();

    assert_eq!(refused, [("answers.dinner".to_owned(), "is not one of the choices".to_owned())]);
    assert_eq!(read(&house, &registered.name).await.answers, answers(&[("dinner", &["no"])]));
    assert_eq!((registered.etag.as_str(), answered.etag.as_str()), ("r1", "r2"));
    assert_eq!(again.etag, "r2", "nothing was changed");
    answer(&house, &registered.name, Vec::new()).await.done();
    assert_eq!(read(&house, &registered.name).await.answers, []);
}

#[tokio::test]
async fn who_has_answers_to_give_is_told_to_the_desk() {
    let house = forum_with_a_dinner().await;
    let name = register(&house, answers(&[("dinner", &["yes"])])).await.done().name;
    let form = async || {
        let request = v1::GetReadinessRequest { parent: FORUM.to_owned(), ..Default::default() };
        let people = house.owner.readiness().get_readiness(request).await.done().people;
        people[0].items[0].reason.clone()
    };

    let before = form().await;
    answer(&house, &name, allergic()).await.done();

    assert_eq!([before.as_str(), form().await.as_str()], ["answers_missing", "registration_to_confirm"]);
}

#[tokio::test]
async fn other_answer_to_what_was_approved_has_it_approved_again() {
    let house = forum_with_a_dinner().await;
    let nationality = |region| answers(&[("dinner", &["no"]), ("nationality", &[region])]);
    let name = register(&house, nationality("PK")).await.done().name;
    let request = v1::ConfirmRegistrationRequest { name: name.clone(), ..Default::default() };
    house.owner.registrations().confirm_registration(request.clone()).await.done();

    let with_table = [nationality("PK"), answers(&[("table", &["7"])])].concat();
    let seated = answer(&house, &name, with_table).await.done();
    let moved = answer(&house, &name, nationality("CN")).await.done();

    assert_eq!([seated.state(), moved.state()], [State::Confirmed, State::Submitted]);
    assert_eq!(house.owner.registrations().confirm_registration(request).await.done().state(), State::Confirmed);
}

#[tokio::test]
async fn form_that_people_answered_loses_nothing() {
    let house = forum_with_a_dinner().await;
    let without_diet: Vec<_> = dinner().into_iter().filter(|field| field.id == "photos").collect();
    set_form(&house, without_diet.clone()).await.done();
    set_form(&house, dinner()).await.done();
    let name = register(&house, allergic()).await.done().name;

    let refused: Failure = set_form(&house, without_diet).await.refused();
    let mut retired = dinner();
    retired[0].consent_version = "2023-2".to_owned();
    retired[3].retired = true;
    set_form(&house, retired).await.done();

    assert_eq!(refused.code, Code::FailedPrecondition);
    assert_eq!(refused.reason, Some(Reason::Known(ErrorReason::FormFieldLost)));
    assert_eq!(refused.metadata.get("field").map(String::as_str), Some("dinner"));
    // What they said before is sent back as it is read, and stays good.
    let seated = [allergic(), answers(&[("table", &["7"])])].concat();
    answer(&house, &name, seated.clone()).await.done();
    assert_eq!(read(&house, &name).await.answers, seated);
}

#[tokio::test]
async fn answers_go_with_their_registration_and_with_its_person() {
    let house = forum_with_a_dinner().await;
    house.press(v1::Category::default()).await;
    let registered = register(&house, allergic()).await.done();
    let request = v1::CreatePersonRequest {
        parent: "organizations/zbra".to_owned(),
        person: Some(person("Zarmina Khan", "khan@example.org")),
        ..Default::default()
    };
    let other = house.owner.persons().create_person(request).await.done().name;

    let registration =
        v1::Registration { name: registered.name.clone(), category: PRESS.to_owned(), ..Default::default() };
    let request = v1::UpdateRegistrationRequest { registration: Some(registration), ..Default::default() };
    house.owner.registrations().update_registration(request).await.done();
    let merge = v1::MergePersonsRequest { name: other.clone(), duplicate: registered.person, ..Default::default() };
    house.owner.persons().merge_persons(merge).await.done();

    let now = read(&house, &registered.name).await;
    assert_eq!((now.person, now.answers), (other, allergic()));
    let refused = answer(&house, &registered.name, answers(&[("diet", &["halal"])])).await;
    assert_eq!(verdict(refused), (Code::InvalidArgument, ErrorReason::InvalidFields));
}
