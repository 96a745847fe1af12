//! Lists that come in while a server stops, and while what they need goes.

use attache_client::v1::{self, JobState};
use attache_tests::{
    House,
    answers::Answer as _,
    fixtures::{DELEGATES, FORUM, text},
};

use super::{counts, forum, registered, upload};

/// A list of so many guests, of whom the first two hundred came in before the server stopped.
async fn half_in(house: &mut House, guests: usize) -> String {
    let row = |number: usize| format!("Guest {number},guest{number}@example.org\n");
    let list = format!("Name,Email\n{}", (0..guests).map(row).collect::<String>());
    let file = upload(house, list.as_bytes()).await;
    house.close().await;
    house.import_a_part_of_a_list_unattended(&file, DELEGATES).await
}

#[tokio::test]
async fn server_stopped_in_the_middle_of_a_list_goes_on_where_it_was() {
    let mut house = forum(1000).await;

    let begun = half_in(&mut house, 450).await;
    let house = house.reopen().await;
    let job = house.ended(&begun).await;

    assert_eq!((job.state(), job.done, counts(&job)), (JobState::Succeeded, 450, [450, 0, 0, 0]));
    assert_eq!(registered(&house).await.len(), 450);
}

#[tokio::test]
async fn list_whose_event_is_cancelled_meanwhile_ends_with_the_reason_and_keeps_who_came_in() {
    let mut house = forum(1000).await;

    let begun = half_in(&mut house, 450).await;
    house.cancel_forum_unattended().await;
    let house = house.reopen().await;
    let job = house.ended(&begun).await;

    let reasons: Vec<&str> = job.failures.iter().map(|failure| failure.reason.as_str()).collect();
    assert_eq!((job.state(), reasons), (JobState::Failed, vec!["ERROR_REASON_EVENT_CANCELLED"]));
    assert_eq!((counts(&job), registered(&house).await.len()), ([200, 0, 0, 0], 200));
}

#[tokio::test]
async fn category_that_is_gone_meanwhile_leaves_rows_out_and_says_so() {
    let mut house = forum(1000).await;
    let row = |number: usize| format!("Guest {number},guest{number}@example.org\n");
    let list = format!("Name,Email\n{}", (0..450).map(row).collect::<String>());
    let title = Some(text("Brief", ""));
    let category = Some(v1::Category { title, ..Default::default() });
    let (parent, category_id) = (FORUM.to_owned(), "brief".to_owned());
    let request = v1::CreateCategoryRequest { parent, category, category_id, ..Default::default() };
    house.owner.categories().create_category(request).await.done();
    let list = list.replace("Email\n", "Email,Category\n").replace(".org\n", ".org,Delegates\n");
    let list = list.replacen("guest449@example.org,Delegates", "guest449@example.org,Brief", 1);
    let file = upload(&house, list.as_bytes()).await;
    house.close().await;

    let begun = house.import_a_part_of_a_list_unattended(&file, DELEGATES).await;
    house.delete_category_unattended("brief").await;
    let house = house.reopen().await;
    let job = house.ended(&begun).await;

    let failures: Vec<(&str, &str)> =
        job.failures.iter().map(|one| (one.resource.as_str(), one.description.as_str())).collect();
    assert_eq!((job.state(), counts(&job)), (JobState::Failed, [449, 0, 0, 1]));
    assert_eq!(failures, [("row 451, column C", "is none of the categories that people of the list can have")]);
}
