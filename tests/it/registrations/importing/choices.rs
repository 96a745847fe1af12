//! Lists whose rows make choices that so many may make and no more.

use attache_tests::fixtures::{guests_field, viewers_field};

use super::*;

/// Two of a list choose what has one place; whoever finds none does not come in, and it is told why.
#[tokio::test]
async fn rows_that_choose_what_has_no_places_stay_out_and_are_told() {
    let house = forum(9).await;
    let choice = |id: &str, places| v1::FormChoice {
        id: id.to_owned(),
        label: Some(text(id, "")),
        places,
        ..Default::default()
    };
    let trip = v1::FormField {
        id: "trip".to_owned(),
        label: Some(text("Trip", "")),
        kind: FormFieldKind::Choice.into(),
        choices: vec![choice("city", Some(1)), choice("park", None)],
        ..Default::default()
    };
    let category = v1::Category { name: DELEGATES.to_owned(), form_fields: vec![trip], ..Default::default() };
    let update_mask = mask(&["form_fields"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    let list = "id,name,trip\n1,Zarmina,city\n2,Adeel,city\n3,Bushra,park\n";
    let told = |job: &v1::Job| -> Vec<String> { job.failures.iter().map(|one| one.description.clone()).collect() };

    let first = import(&house, wanted(&upload(&house, list.as_bytes()).await)).await.unwrap();
    let swapped = list.replace("Bushra,park", "Bushra,city").replace("1,Zarmina,city", "1,Zarmina,park");
    let second = import(&house, wanted(&upload(&house, swapped.as_bytes()).await)).await.unwrap();

    assert_eq!(told(&first), ["no free places are left of city (trip)"]);
    // Zarmina gave hers up, and Adeel stands before Bushra.
    assert_eq!(told(&second), ["no free places are left of city (trip)"]);
    let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    let capacity = house.owner.categories().get_capacity(request).await.done();
    assert_eq!((capacity.held, capacity.choices[0].held), (3, 1));
}

/// A cell names all who come along; a party that finds too few places waits, and one that grows beyond them is told.
#[tokio::test]
async fn companions_come_in_with_the_row_of_whoever_brings_them() {
    let house = forum(4).await;
    let category =
        v1::Category { name: DELEGATES.to_owned(), form_fields: vec![guests_field(3)], ..Default::default() };
    let update_mask = mask(&["form_fields"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    let list = "id,name,guests\n1,Zarmina,李娜、Sukarno\n2,Adeel,محمد اسلم; Bushra\n3,Chand,\n";

    let first = import(&house, wanted(&upload(&house, list.as_bytes()).await)).await.unwrap();
    let standing = async || -> Vec<_> {
        registered(&house).await.iter().map(|one| (one.state(), one.waiting_places, one.passed_over_count)).collect()
    };
    assert_eq!(
        (&first.failures[..], standing().await),
        (&[][..], {
            let state = [State::Submitted, State::Waiting, State::Submitted];
            vec![(state[0], 0, 0), (state[1], 3, 1), (state[2], 0, 0)]
        })
    );
    let more = list.replace("李娜、Sukarno", "李娜、Sukarno、Wali").replace("3,Chand,", "3,Chand,Dost");
    let second = import(&house, wanted(&upload(&house, more.as_bytes()).await)).await.unwrap();
    let told: Vec<&str> = second.failures.iter().map(|one| one.resource.as_str()).collect();
    assert_eq!(told, ["row 2", "row 4"]);
    let fewer = list.replace("李娜、Sukarno", "李娜");
    let third = import(&house, wanted(&upload(&house, fewer.as_bytes()).await)).await.unwrap();
    assert_eq!((&third.failures[..], standing().await[1].1), (&[][..], 3));

    let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    assert_eq!(house.owner.categories().get_capacity(request).await.done().held, 3);
}

/// A cell tells how many watch, as a number.
#[tokio::test]
async fn viewers_come_in_and_go_out_as_a_number() {
    let house = forum(6).await;
    house.set_category(DELEGATES, v1::Category { form_fields: vec![viewers_field(5)], ..Default::default() }).await;
    let list = "id,name,viewers\n1,Zarmina,5\n2,Adeel,2\n3,Chand,\n";

    let bad = import(&house, wanted(&upload(&house, list.replace("Adeel,2", "Adeel,6").as_bytes()).await)).await;
    assert!(bad.unwrap_err().is(ErrorReason::RowsInvalid));
    let come = import(&house, wanted(&upload(&house, list.as_bytes()).await)).await.unwrap();

    assert_eq!(come.failures, []);
    let standing: Vec<_> = registered(&house).await.iter().map(|one| (one.state(), one.waiting_places)).collect();
    assert_eq!(standing, [(State::Submitted, 0), (State::Waiting, 2), (State::Submitted, 0)]);
}

/// What a row frees may serve somebody of whom a row behind it says something, too.
#[tokio::test]
async fn row_that_frees_a_place_serves_somebody_whom_the_same_list_changes() {
    let house = forum(3).await;
    let diet = v1::FormField {
        id: "diet".to_owned(),
        label: Some(text("Diet", "")),
        kind: FormFieldKind::Text.into(),
        ..Default::default()
    };
    let form_fields = vec![guests_field(3), diet];
    let category = v1::Category { name: DELEGATES.to_owned(), form_fields, ..Default::default() };
    let update_mask = mask(&["form_fields"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    let list = "id,name,guests,diet\n1,Zarmina,Wali;Dost,\n2,Adeel,,\n";
    import(&house, wanted(&upload(&house, list.as_bytes()).await)).await.unwrap();
    let standing = async || -> Vec<_> {
        let answers =
            |one: &v1::Registration| one.answers.iter().map(|answer| answer.field.clone()).collect::<Vec<_>>();
        registered(&house).await.iter().map(|one| (one.state(), one.waiting_position, answers(one))).collect()
    };
    assert_eq!(standing().await[1], (State::Waiting, 1, Vec::new()));

    let fewer = list.replace("Wali;Dost", "Wali").replace("Adeel,,", "Adeel,,halal");
    let job = import(&house, wanted(&upload(&house, fewer.as_bytes()).await)).await.unwrap();

    assert_eq!((&job.failures[..], &standing().await[1]), (&[][..], &(State::Submitted, 0, vec!["diet".to_owned()])));
    let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    let capacity = house.owner.categories().get_capacity(request).await.done();
    assert_eq!((capacity.held, capacity.waiting), (3, 0));
}
