//! What whoever registered answers by themselves afterwards, by their personal link.

use attache_client::Client;

use super::*;

/// Somebody with an allergy, whom an organiser put at a table, and their page.
async fn guest(house: &House) -> (v1::Registration, Client) {
    let seated = [allergic(), answers(&[("table", &["7"])])].concat();
    let registered = register(house, seated).await.done();
    let delegate = house.delegate(&registered.person).await;
    (registered, delegate)
}

async fn own(delegate: &Client) -> v1::OwnRegistration {
    delegate.public().get_mine(v1::GetMineRequest {}).await.done().registrations.remove(0)
}

async fn answer_again(
    delegate: &Client,
    name: &str,
    answers: Vec<v1::Answer>,
    etag: &str,
) -> Result<Response<v1::Registration>, Status> {
    let etag = etag.to_owned();
    let registration = v1::Registration { name: name.to_owned(), answers, etag, ..Default::default() };
    let update_mask = mask(&["answers"]);
    let request = v1::UpdateRegistrationRequest { registration: Some(registration), update_mask, ..Default::default() };
    delegate.registrations().update_registration(request).await
}

#[tokio::test]
async fn guest_sees_what_they_are_asked_and_answers_it_anew_by_their_link() {
    let house = forum_with_a_dinner().await;
    let (registered, delegate) = guest(&house).await;
    let confirm = v1::ConfirmRegistrationRequest { name: registered.name.clone(), ..Default::default() };
    house.owner.registrations().confirm_registration(confirm).await.done();

    let seen = own(&delegate).await;
    let vegetarian = answers(&[("diet", &["vegetarian"]), ("dinner", &["yes"]), ("photos", &["2023-1"])]);
    let answered = answer_again(&delegate, &seen.name, vegetarian.clone(), &seen.etag).await.done();
    let stale = answer_again(&delegate, &seen.name, allergic(), &seen.etag).await;
    let moved = [vegetarian.clone(), answers(&[("nationality", &["PK"])])].concat();
    let reapproved = answer_again(&delegate, &seen.name, moved, "").await.done();

    let asked: Vec<_> = dinner().into_iter().filter(|field| !field.organizers_only).collect();
    assert_eq!(seen.form, Some(v1::Form { category: DELEGATES.to_owned(), fields: asked }));
    // In the order of the form, and without what only organisers see.
    assert_eq!(
        seen.answers,
        answers(&[
            ("photos", &["2023-1"]),
            ("dinner", &["yes"]),
            ("diet", &["halal", "allergy"]),
            ("allergy", &[ALLERGY])
        ])
    );
    assert_eq!((answered.state(), reapproved.state()), (State::Confirmed, State::Submitted));
    assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch));
    let kept = [
        answers(&[("diet", &["vegetarian"]), ("dinner", &["yes"]), ("nationality", &["PK"])]),
        answers(&[("photos", &["2023-1"]), ("table", &["7"])]),
    ];
    assert_eq!(read(&house, &registered.name).await.answers, kept.concat());
    let request = v1::ListChangesRequest { parent: FORUM.to_owned(), page_size: 1000, ..Default::default() };
    let changes = house.owner.audit().list_changes(request).await.done().changes;
    let theirs = changes.iter().filter(|change| change.actor == registered.person);
    let verbs: Vec<_> = theirs.map(|change| change.verb.as_str()).collect();
    assert_eq!(verbs, ["exchanged", "updated", "answered", "updated", "answered"]);
}

#[tokio::test]
async fn guest_neither_changes_nor_learns_what_is_the_organizers() {
    let house = forum_with_a_dinner().await;
    let (registered, delegate) = guest(&house).await;
    let other = house.register("Hina", "").await;
    let with = |more: &[(&str, &[&str])]| [allergic(), answers(more)].concat();

    let guesses = ["7", "8"].map(|table| with(&[("table", &[table])]));
    for guess in guesses {
        let refused = violations(answer_again(&delegate, &registered.name, guess, "").await);
        assert_eq!(refused, [("answers.table".to_owned(), "is not asked".to_owned())]);
    }
    let short = violations(answer_again(&delegate, &registered.name, answers(&[("dinner", &["no"])]), "").await);
    let others = answer_again(&delegate, &other.name, allergic(), "").await;
    let registration =
        v1::Registration { name: registered.name.clone(), category: DELEGATES.to_owned(), ..Default::default() };
    let request = v1::UpdateRegistrationRequest { registration: Some(registration), ..Default::default() };
    let moved = delegate.registrations().update_registration(request).await;

    assert_eq!(short, [("answers.photos".to_owned(), "is required".to_owned())]);
    assert_eq!(verdict(others), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(moved), (Code::PermissionDenied, ErrorReason::PermissionDenied));
    assert_eq!(read(&house, &registered.name).await.answers, with(&[("table", &["7"])]));
}

/// What organisers note of somebody is theirs, and neither is it told to whoever changes nothing.
#[tokio::test]
async fn guest_is_not_told_why_they_were_put_first_nor_what_others_know_them_by() {
    let house = forum_with_a_dinner().await;
    set_form(&house, Vec::new()).await.done();
    let category = v1::Category { name: DELEGATES.to_owned(), capacity: Some(1), ..Default::default() };
    let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    house.register("Holder", "").await;
    let mut request = registration_of(person("Zarmina", "zarmina@example.org"));
    request.registration.as_mut().expect("a registration").external_id = "OLD-7".to_owned();
    let waiting = house.owner.registrations().create_registration(request).await.done();
    let (name, reason) = (waiting.name.clone(), "The minister asked".to_owned());
    let request = v1::PromoteRegistrationRequest { name, reason, ..Default::default() };
    let noted = house.owner.waitlists().promote_registration(request).await.done();
    let delegate = house.delegate(&waiting.person).await;

    let registration = v1::Registration { name: waiting.name.clone(), ..Default::default() };
    let request = v1::UpdateRegistrationRequest { registration: Some(registration), ..Default::default() };
    let unchanged = delegate.registrations().update_registration(request).await.done();
    let request = v1::WithdrawRegistrationRequest { name: waiting.name.clone(), ..Default::default() };
    let withdrawn = delegate.registrations().withdraw_registration(request).await.done();

    assert_eq!((noted.precedence_reason.as_str(), noted.external_id.as_str()), ("The minister asked", "OLD-7"));
    for told in [unchanged, withdrawn] {
        assert_eq!((told.precedence_reason.as_str(), told.external_id.as_str()), ("", ""));
    }
}

#[tokio::test]
async fn who_is_out_answers_no_more_and_organizers_do() {
    let house = forum_with_a_dinner().await;
    let (registered, delegate) = guest(&house).await;
    let request = v1::WithdrawRegistrationRequest { name: registered.name.clone(), ..Default::default() };
    delegate.registrations().withdraw_registration(request).await.done();

    let refused = answer_again(&delegate, &registered.name, allergic(), "").await;
    let unanswered = v1::Registration { name: registered.name.clone(), ..Default::default() };
    let request = v1::UpdateRegistrationRequest { registration: Some(unanswered), ..Default::default() };
    let nothing = delegate.registrations().update_registration(request).await;

    for refused in [refused, nothing] {
        assert_eq!(verdict(refused), (Code::FailedPrecondition, ErrorReason::WrongState));
    }
    answer(&house, &registered.name, allergic()).await.done();
    assert_eq!(read(&house, &registered.name).await.answers, allergic());
}
