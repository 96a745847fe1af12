//! Lists whose rows make choices that so many may make and no more.

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
