//! An issued letter: in the mail, on the page behind its QR code, and after it was revoked.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, LetterState},
};
use attache_tests::{House, boot, fixtures::text};

pub async fn verify(house: &House, code: &str) -> Result<v1::VerifyLetterResponse, Failure> {
    let request = v1::VerifyLetterRequest { code: code.to_owned() };
    let anybody = house.client(None).await;
    anybody.letters().verify_letter(request).await.map(tonic::Response::into_inner).map_err(Failure::from)
}

#[tokio::test]
async fn an_issued_letter_is_mailed_as_it_is_kept() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let approved = house.approved_letter("عائشہ خان", "ayesha@example.org").await;

    let job = house.issue(&[&approved.name]).await;
    house.ended(&job.name).await;

    let issued = house.letter(&approved.name).await;
    let pdf = house.download(&issued.file).await;
    let code = issued.verify_uri.rsplit('/').next().unwrap().to_owned();
    let expected = v1::Letter {
        state: LetterState::Issued.into(),
        number: "ZBRA-2023-000001".to_owned(),
        issue_date: "2023-08-01".to_owned(),
        verify_uri: format!("http://{}/verify/{code}", house.address),
        file: issued.file.clone(),
        digest: issued.digest.clone(),
        update_time: issued.update_time,
        etag: "r4".to_owned(),
        ..approved
    };
    assert_eq!(issued, expected);
    assert!(pdf.starts_with(b"%PDF-"));

    let mail = house.mail().await.pop().unwrap();
    let [attached] = mail.attachments.as_slice() else { panic!("one file is attached") };
    assert_eq!((mail.to.address.as_str(), attached.file_name.as_str()), ("ayesha@example.org", "ZBRA-2023-000001.pdf"));
    assert_eq!((attached.media_type.as_str(), attached.bytes == pdf), ("application/pdf", true));
    assert!(mail.text.contains(&issued.verify_uri));
    let request = v1::GetFileRequest { name: issued.file.clone() };
    let file = house.owner.files().get_file(request).await.unwrap().into_inner();
    assert_eq!((file.digest, usize::try_from(file.size_bytes)), (issued.digest, Ok(pdf.len())));
}

pub async fn issued(house: &House) -> (v1::Letter, String) {
    house.forum_that_issues_letters().await;
    let approved = house.approved_letter("عائشہ خان", "").await;
    let job = house.issue(&[&approved.name]).await;
    house.ended(&job.name).await;
    let letter = house.letter(&approved.name).await;
    let code = letter.verify_uri.rsplit('/').next().unwrap_or_default().to_owned();
    (letter, code)
}

#[tokio::test]
async fn whoever_holds_a_letter_is_told_whether_it_holds_until_it_is_revoked_and_after() {
    let house = boot().await;
    let (issued, code) = issued(&house).await;
    let digest = issued.digest.clone();

    let told = verify(&house, &code).await.unwrap();
    let holds = v1::VerifyLetterResponse {
        number: "ZBRA-2023-000001".to_owned(),
        state: LetterState::Issued.into(),
        issue_date: "2023-08-01".to_owned(),
        issuer_title: "Belt and Road Industrial Promotion Association".to_owned(),
        event_title: "Technology and Innovation Forum".to_owned(),
        person_initials: "K. A.".to_owned(),
        visit_window: Some(v1::VisitWindow {
            start_date: "2023-09-03".to_owned(),
            end_date: "2023-09-08".to_owned(),
            cities: vec![text("Beijing", "北京"), text("Jinan", "济南")],
        }),
        digest: digest.clone(),
        specimen: false,
        sealed_copy_digest: String::new(),
    };
    assert_eq!(told, holds);
    // Whoever types the code off the paper may do so in capitals.
    assert_eq!(verify(&house, &code.to_uppercase()).await.unwrap(), holds);
    let page = house.page(&format!("/verify/{code}")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<strong>ISSUED</strong>") && page.body.contains(&digest), "{}", page.body);
    assert!(!page.body.contains(&code) && !page.body.contains("AYESHA") && !page.body.contains("ZZ0000000"));
    let headers = ["cache-control", "x-robots-tag", "content-type", "referrer-policy"]
        .map(|name| page.headers.get(name).map_or("", String::as_str));
    assert_eq!(headers, ["no-store", "noindex", "text/html; charset=utf-8", "no-referrer"]);

    let request =
        v1::RevokeLetterRequest { name: issued.name.clone(), reason: "Visit off".to_owned(), ..Default::default() };
    let revoked = house.owner.letters().revoke_letter(request.clone()).await.unwrap().into_inner();
    let twice: Failure = house.owner.letters().revoke_letter(request).await.unwrap_err().into();

    let expected = v1::Letter {
        state: LetterState::Revoked.into(),
        reason: "Visit off".to_owned(),
        update_time: revoked.update_time,
        etag: "r5".to_owned(),
        ..issued
    };
    assert_eq!(revoked, expected);
    assert!(twice.is(ErrorReason::WrongState), "{twice:?}");
    let told = verify(&house, &code).await.unwrap();
    assert_eq!(told, v1::VerifyLetterResponse { state: LetterState::Revoked.into(), ..holds });
    let page = house.page(&format!("/verify/{code}")).await;
    assert!(page.body.contains("<strong>REVOKED</strong>") && !page.body.contains("Visit off"), "{}", page.body);
}

#[tokio::test]
async fn a_code_that_no_issued_letter_has_is_not_found_and_not_repeated() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let approved = house.approved_letter("", "").await;
    let name = approved.name.parse().unwrap();
    let numbered = attache_server::app::letters::take_number(&house.app, &name).await.unwrap();
    let not_yet = numbered.imprint().unwrap().code.as_str().to_owned();
    let nobodys = "00000000000000000000000000";
    let none = "no code";

    let refused = [&not_yet, nobodys, none].map(|code| verify(&house, code));
    let mut told = Vec::new();
    for refused in refused {
        let refused = refused.await.unwrap_err();
        told.push((refused.code, refused.message.clone(), refused.metadata.clone()));
    }
    let pages = [
        house.page(&format!("/verify/{not_yet}")).await,
        house.page(&format!("/verify/{nobodys}")).await,
        house.page("/verify/%3Cscript%3E").await,
    ];

    assert_eq!((told[0].0, told[0].1.as_str()), (Code::NotFound, "no issued letter has this code"));
    assert_eq!(told, vec![told[0].clone(); 3]);
    assert_eq!(pages[0].status, 404);
    assert!(pages[0].body.contains("<strong>NOT FOUND</strong>"), "{}", pages[0].body);
    assert_eq!(pages.each_ref().map(|page| &page.body), [&pages[0].body; 3]);
}
