//! Parts of a form: what is shown together, and what only organisers see.

use super::*;

fn section(title: &str, organizers_only: bool) -> v1::FormSection {
    v1::FormSection { title: Some(text(title, "部分")), organizers_only, ..Default::default() }
}

async fn shown(house: &House) -> Vec<(Option<v1::FormSection>, String)> {
    let request = v1::GetFormRequest { name: DELEGATES.to_owned() };
    let form = house.client(None).await.public().get_form(request).await.done();
    let own = form.fields.into_iter().filter(|field| field.path.starts_with("answers."));
    own.map(|field| (field.section, field.id)).collect()
}

#[tokio::test]
async fn section_for_organisers_is_theirs_alone_with_all_its_fields() {
    let house = forum_with_a_dinner().await;
    let (travel, desk) = (Some(section("Travel", false)), Some(section("For the desk", true)));
    let fields = vec![
        v1::FormField { section: travel.clone(), retired: true, ..field("fax", Kind::Text) },
        v1::FormField { section: None, ..field("hotel", Kind::Region) },
        field("train", Kind::Region),
        v1::FormField { section: desk.clone(), ..field("table", Kind::Region) },
        field("escort", Kind::Region),
    ];

    let category = set_form(&house, fields).await.done();

    let kept: Vec<_> =
        category.form_fields.iter().map(|field| (field.section.clone(), field.organizers_only)).collect();
    let expected = [(travel.clone(), false), (None, false), (None, false), (desk, true), (None, true)];
    assert_eq!(kept, expected);
    let asked = [(travel, "hotel".to_owned()), (None, "train".to_owned())];
    assert_eq!(shown(&house).await, asked);
    let request = v1::GetCategoryRequest { name: DELEGATES.to_owned() };
    assert_eq!(house.owner.categories().get_category(request).await.done(), category);

    // Who registers cannot answer what they do not see.
    let request = v1::SubmitRegistrationRequest {
        parent: DELEGATES.to_owned(),
        person: Some(person("Zarmina", "zarmina@example.org")),
        answers: answers(&[("escort", &["PK"])]),
    };
    let refused = house.client(None).await.public().submit_registration(request).await;
    assert_eq!(wrong_fields(refused), ["answers.escort"]);
}

#[tokio::test]
async fn section_needs_a_title() {
    let house = forum_with_a_dinner().await;
    let bare = v1::FormSection { help: Some(v1::LocalizedText::default()), ..Default::default() };

    let refused = set_form(&house, vec![v1::FormField { section: Some(bare), ..field("hotel", Kind::Region) }]).await;

    let expected = ["category.form_fields[0].section.title", "category.form_fields[0].section.help.en"];
    assert_eq!(wrong_fields(refused), expected);
}
