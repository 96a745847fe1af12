//! What lists have taught elsewhere about names and identifiers.

use attache_client::v1;
use attache_tests::{
    answers::Answer as _,
    fixtures::{DELEGATES, mask, text},
};

use super::{bring, forum, import, registered, upload, wanted};

/// Lesson 9: names that are split, joined and turned round.
#[tokio::test]
async fn lesson_9_each_form_of_a_name_stays_as_it_was_given_and_none_is_made_of_another() {
    let house = forum(50).await;
    let list = "姓名,English name,Passport surname,Passport given names,Email\n\
        毛泽东,,,,mao@example.cn\n\
        欧阳文安,OUYANG Wen'an,OUYANG,WENAN,ouyang@example.cn\n\
        ,Sukarno,,SUKARNO,sukarno@example.id\n\
        محمد اسلم,,,,aslam@example.pk\n\
        ,José O'Brien-Smith,,,jose@example.org\n";
    let file = upload(&house, list.as_bytes()).await;

    import(&house, v1::ImportRegistrationsRequest { notify: true, ..wanted(&file) }).await.unwrap();

    let forms = |registration: v1::Registration| {
        let v1::Person { display_name, native_name, passport_name, form_of_address, family_first, .. } =
            registration.embedded_person.unwrap();
        assert_eq!((form_of_address.as_str(), family_first), ("", false));
        let v1::PassportName { family_name, given_name } = passport_name.unwrap_or_default();
        [display_name, native_name, family_name, given_name]
    };
    let known: Vec<[String; 4]> = registered(&house).await.into_iter().map(forms).collect();
    let expected = [
        ["毛泽东", "", "", ""],
        ["OUYANG Wen'an", "欧阳文安", "OUYANG", "WENAN"],
        ["Sukarno", "", "", "SUKARNO"],
        ["محمد اسلم", "", "", ""],
        ["José O'Brien-Smith", "", "", ""],
    ];
    assert_eq!(known, expected.map(|forms| forms.map(str::to_owned)));
    let mails = house.mail().await;
    for ([called, ..], mail) in expected.iter().zip(&mails) {
        assert!(mail.text.contains(&format!("Dear {called},")), "{}", mail.text);
    }
}

/// Lesson 19: identifiers that change, come again, or say who somebody is.
#[tokio::test]
async fn lesson_19_identifiers_outlast_every_change_and_say_nothing_of_anybody() {
    let (house, other) = (forum(50).await, forum(50).await);
    let list = "ID,Name,Email,备注\nk1,Muhammad Aslam,aslam@example.pk,Halal\n";
    bring(&house, list).await;
    bring(&other, list).await;
    let before = registered(&house).await.remove(0);

    // Another name, address, label of what was asked, and out and in again.
    bring(&house, "ID,Name,Email\nk1,Muhammad Aslam Khan,aslam@example.pk\n").await;
    bring(&house, "ID,Name,Email\nk1,Muhammad Aslam Khan,khan@example.pk\n").await;
    let category = v1::GetCategoryRequest { name: DELEGATES.to_owned() };
    let mut category = house.owner.categories().get_category(category).await.done();
    category.form_fields[1].label = Some(text("Anything else", "其他"));
    let update_mask = mask(&["form_fields"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    let name = before.name.clone();
    let request = v1::WithdrawRegistrationRequest { name: name.clone(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let request = v1::ReinstateRegistrationRequest { name, ..Default::default() };
    house.owner.registrations().reinstate_registration(request).await.done();
    let after = registered(&house).await.remove(0);

    let identity = |registration: &v1::Registration| {
        (
            registration.name.clone(),
            registration.person.clone(),
            registration.external_id.clone(),
            registration.answers.clone(),
        )
    };
    assert_eq!(identity(&after), identity(&before));
    let person = after.embedded_person.unwrap();
    assert_eq!([person.display_name.as_str(), &person.email], ["Muhammad Aslam Khan", "khan@example.pk"]);
    // The same person elsewhere is known by other names: nobody finds one by the other, or by what is typed in a form.
    let elsewhere = registered(&other).await.remove(0);
    assert_ne!((&elsewhere.name, &elsewhere.person), (&before.name, &before.person));
}
