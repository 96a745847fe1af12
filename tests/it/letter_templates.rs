//! Letter templates and destinations through the whole house.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, LetterFact},
};
use attache_tests::{
    boot,
    fixtures::{FORUM, text},
};

fn china_m() -> v1::LetterTemplate {
    let required_facts = [
        LetterFact::PassportName,
        LetterFact::Sex,
        LetterFact::BirthDate,
        LetterFact::PassportNumber,
        LetterFact::Nationality,
        LetterFact::Affiliation,
        LetterFact::Purpose,
        LetterFact::VisitDates,
        LetterFact::Cities,
        LetterFact::Relationship,
        LetterFact::Expenses,
        LetterFact::IssuerAddress,
        LetterFact::IssuerPhone,
        LetterFact::Stamp,
        LetterFact::Signature,
    ];
    v1::LetterTemplate {
        name: "letterTemplates/china-m".to_owned(),
        title: Some(text("Invitation for a Chinese M visa", "赴华贸易签证（M字）邀请函")),
        language_codes: vec!["zh".to_owned(), "en".to_owned()],
        required_facts: required_facts.map(Into::into).to_vec(),
        passport_months: 6,
    }
}

#[tokio::test]
async fn a_template_tells_what_it_cannot_do_without() {
    let house = boot().await;
    let viewer = house.member(v1::Role::Viewer, "").await;

    let request = v1::GetLetterTemplateRequest { name: "letterTemplates/china-m".to_owned() };
    let template = viewer.letter_templates().get_letter_template(request).await.unwrap().into_inner();
    let request = v1::GetLetterTemplateRequest { name: "letterTemplates/unheard-of".to_owned() };
    let unknown: Failure = viewer.letter_templates().get_letter_template(request).await.unwrap_err().into();

    assert_eq!(template, china_m());
    assert_eq!((unknown.code, unknown.is(ErrorReason::NotFound)), (Code::NotFound, true));
}

#[tokio::test]
async fn templates_come_in_pages_by_id() {
    let house = boot().await;
    let page = async |page_token: &str| {
        let request = v1::ListLetterTemplatesRequest { page_size: 1, page_token: page_token.to_owned() };
        house.owner.letter_templates().list_letter_templates(request).await.map(tonic::Response::into_inner)
    };

    let first = page("").await.unwrap();
    let second = page(&first.next_page_token).await.unwrap();
    let forged: Failure = page("generic").await.unwrap_err().into();

    let names = |page: &v1::ListLetterTemplatesResponse| {
        page.letter_templates.iter().map(|template| template.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!((names(&first), first.total_size), (vec!["letterTemplates/china-m".to_owned()], 2));
    assert_eq!(
        (names(&second), second.next_page_token.as_str(), second.total_size),
        (vec!["letterTemplates/generic".to_owned()], "", 2)
    );
    assert!(forged.is(ErrorReason::PageTokenInvalid), "{forged:?}");
}

#[tokio::test]
async fn destinations_tell_where_what_they_ask_for_is_written() {
    let house = boot().await;

    let request = v1::ListDestinationsRequest { page_size: 1, ..Default::default() };
    let first = house.owner.letter_templates().list_destinations(request).await.unwrap().into_inner();
    let request = v1::ListDestinationsRequest { page_token: first.next_page_token.clone(), ..Default::default() };
    let second = house.owner.letter_templates().list_destinations(request).await.unwrap().into_inner();
    // A token of one list is none of another.
    let request = v1::ListLetterTemplatesRequest { page_token: first.next_page_token.clone(), ..Default::default() };
    let foreign: Failure = house.owner.letter_templates().list_letter_templates(request).await.unwrap_err().into();

    let china = v1::Destination {
        region_code: "CN".to_owned(),
        visa_kind: "M".to_owned(),
        letter_template: "letterTemplates/china-m".to_owned(),
        source: "https://kotakinabalu.china-consulate.gov.cn/eng/zytz_1/202305/t20230510_11074355.htm".to_owned(),
        source_date: "2023-05-10".to_owned(),
    };
    let regions: Vec<&str> = second.destinations.iter().map(|place| place.region_code.as_str()).collect();
    assert_eq!((first.destinations, first.total_size), (vec![china], 2));
    assert_eq!((regions, second.next_page_token.as_str()), (vec!["PK"], ""));
    assert!(foreign.is(ErrorReason::PageTokenInvalid), "{foreign:?}");
}

#[tokio::test]
async fn templates_are_for_whoever_has_a_token() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let delegate = house.member(v1::Role::Viewer, FORUM).await;
    let stranger = house.client(None).await;
    let request = || v1::ListLetterTemplatesRequest::default();

    let told = delegate.letter_templates().list_letter_templates(request()).await.unwrap().into_inner();
    let refusals = [
        stranger.letter_templates().list_letter_templates(request()).await.unwrap_err().code(),
        stranger.letter_templates().list_destinations(v1::ListDestinationsRequest::default()).await.unwrap_err().code(),
        stranger
            .letter_templates()
            .get_letter_template(v1::GetLetterTemplateRequest::default())
            .await
            .unwrap_err()
            .code(),
    ];

    assert_eq!(told.total_size, 2);
    assert_eq!(refusals, [Code::Unauthenticated; 3]);
}
