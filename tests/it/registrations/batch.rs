//! Decisions about several registrations in one call.

use attache_client::{
    Client,
    v1::{self, ErrorReason, RegistrationDecision as Decision, RegistrationState as State, decision_result::Outcome},
};
use attache_tests::{
    House,
    answers::{Answer as _, wrong_fields},
    boot,
    fixtures::{FORUM, LAUNCH, once},
};

const NOBODY: &str = "events/ciftis-2023/registrations/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

fn request(decision: Decision, names: &[&str]) -> v1::BatchDecideRequest {
    v1::BatchDecideRequest {
        parent: FORUM.to_owned(),
        names: names.iter().map(|&name| name.to_owned()).collect(),
        decision: decision.into(),
        request_id: once(),
        validate_only: false,
    }
}

async fn decide(client: &Client, request: v1::BatchDecideRequest) -> Vec<(String, Result<State, ErrorReason>)> {
    let results = client.registrations().batch_decide(request).await.done().results;
    let outcome = |result: v1::DecisionResult| match result.outcome.unwrap() {
        Outcome::Registration(registration) => (result.name, Ok(registration.state())),
        Outcome::Refusal(refusal) => (result.name, Err(refusal.reason())),
    };
    results.into_iter().map(outcome).collect()
}

async fn registered<const N: usize>(house: &House) -> [String; N] {
    let mut names = [const { String::new() }; N];
    for (number, name) in names.iter_mut().enumerate() {
        *name = house.register("Guest", &format!("guest{number}@example.org")).await.name;
    }
    names
}

#[tokio::test]
async fn each_is_decided_by_itself_and_refused_by_name() {
    let house = boot().await;
    house.forum_with_seats(2).await;
    let [first, second, waiting] = registered(&house).await;
    let all = [waiting.as_str(), &first, NOBODY, &second];

    let decided = decide(&house.owner, request(Decision::Confirm, &all)).await;

    assert_eq!(
        decided,
        [
            (waiting.clone(), Err(ErrorReason::WrongState)),
            (first.clone(), Ok(State::Confirmed)),
            (NOBODY.to_owned(), Err(ErrorReason::NotFound)),
            (second.clone(), Ok(State::Confirmed)),
        ]
    );
    // The first who leaves promotes the one who waits, who then has a place to be withdrawn from.
    let decided = decide(&house.owner, request(Decision::Withdraw, &[&first, &waiting])).await;
    assert_eq!(decided, [(first, Ok(State::Withdrawn)), (waiting, Ok(State::Withdrawn))]);
    let rejected = decide(&house.owner, request(Decision::Reject, &[&second])).await;
    assert_eq!(rejected, [(second, Err(ErrorReason::WrongState))]);
}

#[tokio::test]
async fn batch_sent_again_answers_the_same_and_decides_what_was_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let [first, waiting] = registered(&house).await;
    let batch = request(Decision::Confirm, &[&first, &waiting]);

    let once = decide(&house.owner, batch.clone()).await;
    let again = decide(&house.owner, batch.clone()).await;
    decide(&house.owner, request(Decision::Withdraw, &[&first])).await;
    let later = decide(&house.owner, batch.clone()).await;
    let other = v1::BatchDecideRequest { decision: Decision::Reject.into(), ..batch };
    let other = house.owner.registrations().batch_decide(other).await.refused();

    let refused = (waiting.clone(), Err(ErrorReason::WrongState));
    assert_eq!(once, [(first.clone(), Ok(State::Confirmed)), refused.clone()]);
    assert_eq!(again, once);
    // What was done is not done twice: the registration that was withdrawn since is shown as it is.
    assert_eq!(later, [(first, Ok(State::Withdrawn)), (waiting, Ok(State::Confirmed))]);
    assert!(other.is(ErrorReason::RequestIdReused), "{other:?}");
}

#[tokio::test]
async fn refusal_of_one_is_told_in_the_language_of_the_call() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let mut call = tonic::Request::new(request(Decision::Confirm, &[NOBODY]));
    call.metadata_mut().insert("accept-language", "zh".parse().unwrap());

    let mut results = house.owner.registrations().batch_decide(call).await.done().results;

    let refusal = v1::ItemRefusal {
        reason: ErrorReason::NotFound.into(),
        message: format!("{NOBODY} 不存在。"),
        metadata: [("resource".to_owned(), NOBODY.to_owned())].into(),
    };
    assert_eq!(results.pop().unwrap().outcome, Some(Outcome::Refusal(refusal)));
}

#[tokio::test]
async fn batch_that_cannot_be_read_is_refused_whole() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let [first] = registered(&house).await;
    let foreign = format!("{LAUNCH}/registrations/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
    let many = vec![first.as_str(); 501];

    let empty = house.owner.registrations().batch_decide(request(Decision::Confirm, &[])).await;
    let too_many = house.owner.registrations().batch_decide(request(Decision::Confirm, &many)).await;
    let wrong = request(Decision::Unspecified, &[&first, &first, &foreign, "x"]);
    let wrong = house.owner.registrations().batch_decide(wrong).await;

    assert_eq!(wrong_fields(empty), ["names"]);
    assert_eq!(wrong_fields(too_many), ["names"]);
    assert_eq!(wrong_fields(wrong), ["names[1]", "names[2]", "names[3]", "decision"]);
}
