//! Identity cards, permits and photos beside passports: each kind by itself, checked as its standard says.

use attache_tests::paperwork::STAMP;

use super::*;

/// A card of China with the number that GB 11643 has for an example.
pub(super) fn card() -> v1::IdentityCardContents {
    v1::IdentityCardContents {
        kind: IdentityDocumentKind::ChineseIdentityCard.into(),
        number: "11010519491231002X".to_owned(),
        full_name: "张三".to_owned(),
        birth_date: "1949-12-31".to_owned(),
        sex: "F".to_owned(),
        ..Default::default()
    }
}

fn cnic() -> v1::IdentityCardContents {
    v1::IdentityCardContents {
        kind: IdentityDocumentKind::PakistaniIdentityCard.into(),
        number: "35202-1234567-1".to_owned(),
        full_name: "محمد اسلم خان".to_owned(),
        expire_date: "2030-01-31".to_owned(),
        ..card()
    }
}

pub(super) async fn put_card(
    client: &Client,
    parent: &str,
    card: v1::IdentityCardContents,
) -> Result<v1::IdentityDocument, Failure> {
    let parent = parent.to_owned();
    let request = v1::PutIdentityDocumentRequest { parent, identity_card: Some(card), ..Default::default() };
    Ok(client.identity_documents().put_identity_document(request).await?.into_inner())
}

async fn read_all(client: &Client, name: &str) -> v1::ReadIdentityDocumentResponse {
    let request = v1::ReadIdentityDocumentRequest { name: name.to_owned(), purpose: "accreditation".to_owned() };
    client.identity_documents().read_identity_document(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn document_of_each_kind_is_kept_beside_the_others_and_in_place_of_its_own() {
    let (house, person) = house().await;
    let first = put_card(&house.owner, &person, cnic()).await.unwrap();
    put(&house.owner, &person, passport()).await.unwrap();
    put_card(&house.owner, &person, card()).await.unwrap();
    put_photo(&house.owner, &person, STAMP).await.unwrap();

    let again = put_card(&house.owner, &person, cnic()).await.unwrap();

    let listed = list(&house.owner, &person).await.unwrap();
    let shown = |one: &v1::IdentityDocument| {
        (
            one.kind().as_str_name()["IDENTITY_DOCUMENT_KIND_".len()..].to_owned(),
            one.number_suffix.clone(),
            one.expire_date.clone(),
            one.state(),
        )
    };
    let expected = [
        ("PAKISTANI_IDENTITY_CARD", "71", "2030-01-31", IdentityDocumentState::Destroyed),
        ("PASSPORT", "67", "2029-04-30", IdentityDocumentState::Kept),
        ("CHINESE_IDENTITY_CARD", "2X", "", IdentityDocumentState::Kept),
        ("PHOTO", "", "", IdentityDocumentState::Kept),
        ("PAKISTANI_IDENTITY_CARD", "71", "2030-01-31", IdentityDocumentState::Kept),
    ];
    let expected =
        expected.map(|(kind, suffix, expiry, state)| (kind.to_owned(), suffix.to_owned(), expiry.to_owned(), state));
    assert_eq!(listed.iter().map(shown).collect::<Vec<_>>(), expected);
    assert_eq!(listed[0].name, first.name);
    let said = read_all(&house.owner, &again.name).await;
    let written = v1::IdentityCardContents { number: "3520212345671".to_owned(), ..cnic() };
    assert_eq!(said, v1::ReadIdentityDocumentResponse { identity_card: Some(written), ..Default::default() });
    let request = v1::ListIdentityDocumentsRequest {
        parent: person,
        filter: "kind = \"PHOTO\"".to_owned(),
        ..Default::default()
    };
    let photos = house.owner.identity_documents().list_identity_documents(request).await.unwrap().into_inner();
    assert_eq!(photos.identity_documents, listed[3..4]);
}

#[tokio::test]
async fn photo_is_kept_as_a_jpeg_and_destroyed_with_its_day() {
    let (house, person) = house().await;

    let photo = put_photo(&house.owner, &person, STAMP).await.unwrap();

    let shown = read_all(&house.owner, &photo.name).await;
    let data = shown.photo.as_ref().unwrap().data.clone();
    assert_eq!((shown.passport, shown.identity_card), (None, None));
    assert_eq!(data[..3], [0xff, 0xd8, 0xff]);
    destroy(&house.owner, &photo.name).await.unwrap();
    let refused = read(&house.owner, &photo.name, "a badge").await.unwrap_err();
    assert!(refused.is(ErrorReason::DocumentDestroyed), "{refused:?}");
}

#[tokio::test]
async fn what_cannot_be_a_card_or_a_photo_is_told_field_by_field() {
    let (house, person) = house().await;
    let strange = v1::IdentityCardContents {
        kind: IdentityDocumentKind::TaiwanPermit.into(),
        number: "T1234".to_owned(),
        full_name: "<>".to_owned(),
        birth_date: String::new(),
        sex: "W".to_owned(),
        issue_date: "yesterday".to_owned(),
        expire_date: "2029-02-29".to_owned(),
    };
    let passport_as_a_card = v1::IdentityCardContents { kind: IdentityDocumentKind::Passport.into(), ..cnic() };
    let mistyped = v1::IdentityCardContents { number: "110105194912310029".to_owned(), ..card() };
    let both = v1::PutIdentityDocumentRequest {
        parent: person.clone(),
        passport: Some(passport()),
        identity_card: Some(card()),
        ..Default::default()
    };

    let refused = [
        put_card(&house.owner, &person, strange).await.unwrap_err(),
        put_card(&house.owner, &person, passport_as_a_card).await.unwrap_err(),
        put_card(&house.owner, &person, mistyped).await.unwrap_err(),
        put_photo(&house.owner, &person, b"%PDF-1.7").await.unwrap_err(),
        put_photo(&house.owner, &person, b"").await.unwrap_err(),
        house.owner.identity_documents().put_identity_document(both).await.unwrap_err().into(),
    ];

    let in_card = ["number", "full_name", "birth_date", "sex", "issue_date", "expire_date"];
    assert_eq!(fields(&refused[0]), in_card.map(|field| format!("identity_card.{field}")));
    assert_eq!(fields(&refused[1]), ["identity_card.kind"]);
    assert_eq!(fields(&refused[2]), ["identity_card.number"]);
    assert_eq!([fields(&refused[3]), fields(&refused[4])], [["photo.data"], ["photo.data"]]);
    assert_eq!(fields(&refused[5]), ["passport"]);
    assert!(refused.iter().all(|refused| refused.is(ErrorReason::InvalidFields)), "{refused:?}");
    assert_eq!(list(&house.owner, &person).await, Ok(Vec::new()));
}

#[tokio::test]
async fn number_of_a_card_that_says_otherwise_is_refused_without_repeating_it() {
    let (house, person) = house().await;
    let contents = v1::IdentityCardContents { birth_date: "1949-12-30".to_owned(), sex: "M".to_owned(), ..card() };

    let refused = put_card(&house.owner, &person, contents).await.unwrap_err();

    assert!(refused.is(ErrorReason::DocumentContradictory), "{refused:?}");
    let told: Vec<_> =
        refused.precondition_violations.iter().map(|one| (one.kind.as_str(), one.subject.as_str())).collect();
    let expected = ["identity_card.birth_date", "identity_card.sex"].map(|field| ("number_says_otherwise", field));
    assert_eq!(told, expected);
    assert!(!format!("{refused:?}").contains("110105"), "the number is not repeated");
}

/// Nobody's passport is put aside by a record of the same person that somebody else made: which one is right, an organiser says.
#[tokio::test]
async fn two_documents_of_a_kind_keep_people_from_being_merged_until_one_is_destroyed() {
    let (house, stays) = house().await;
    let goes = house.register("Khan", "").await.person;
    let own = put(&house.owner, &stays, passport()).await.unwrap();
    let other = house.passport(&goes).await;
    put_photo(&house.owner, &goes, STAMP).await.unwrap();
    let merge = async || {
        let request = v1::MergePersonsRequest { name: stays.clone(), duplicate: goes.clone(), ..Default::default() };
        house.owner.persons().merge_persons(request).await.map_err(Failure::from)
    };

    let refused = merge().await.unwrap_err();
    destroy(&house.owner, &other).await.unwrap();
    merge().await.unwrap();

    assert!(refused.is(ErrorReason::PersonsClash), "{refused:?}");
    let told: Vec<_> = refused.precondition_violations.iter().map(|one| (&one.kind, &one.subject)).collect();
    assert_eq!(told, [(&"document_twice".to_owned(), &other)]);
    let listed = list(&house.owner, &stays).await.unwrap();
    let stand: Vec<_> = listed.iter().map(|one| (one.kind(), one.number_suffix.as_str(), one.state())).collect();
    let (kept, destroyed) = (IdentityDocumentState::Kept, IdentityDocumentState::Destroyed);
    let expected = [
        (IdentityDocumentKind::Passport, "67", kept),
        (IdentityDocumentKind::Passport, "00", destroyed),
        (IdentityDocumentKind::Photo, "", kept),
    ];
    assert_eq!(stand, expected);
    assert_eq!(read(&house.owner, &own.name, "visa letter").await, Ok(passport()));
    assert!(read_all(&house.owner, &listed[2].name).await.photo.is_some(), "it opens under the key of whoever stays");
}
