//! The scan of a letter as it was signed and sealed by hand.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, LetterState},
};
use attache_tests::{
    House,
    answers::violations,
    boot,
    fixtures::{FORUM, ZBRA},
    paperwork::{SCAN, STAMP},
};

use super::verifying::{issued, verify};

fn sealing(letter: &v1::Letter, file: &str) -> v1::AttachSealedCopyRequest {
    v1::AttachSealedCopyRequest { name: letter.name.clone(), file: file.to_owned(), ..Default::default() }
}

async fn attached(house: &House, letter: &v1::Letter, file: &str) -> Result<v1::Letter, Failure> {
    Ok(house.owner.letters().attach_sealed_copy(sealing(letter, file)).await?.into_inner())
}

/// Has a letter issued to somebody with an address.
async fn issued_to(house: &House, email: &str) -> v1::Letter {
    let approved = house.approved_letter("", email).await;
    house.ended(&house.issue(&[&approved.name]).await.name).await;
    house.letter(&approved.name).await
}

#[tokio::test]
async fn a_sealed_copy_is_named_mailed_and_verified_and_outlives_the_revocation() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = issued_to(&house, "ayesha@example.org").await;
    let scan = house.upload(FORUM, "scan.pdf", "application/pdf", SCAN).await;

    let request = v1::AttachSealedCopyRequest { mail: true, ..sealing(&letter, &scan) };
    let sealed = house.owner.letters().attach_sealed_copy(request).await.unwrap().into_inner();

    let digest =
        house.owner.files().get_file(v1::GetFileRequest { name: scan.clone() }).await.unwrap().into_inner().digest;
    let copy = v1::SealedCopy { file: scan.clone(), digest: digest.clone(), attach_time: sealed.update_time };
    let expected = v1::Letter {
        sealed_copy: Some(copy),
        update_time: sealed.update_time,
        etag: "r5".to_owned(),
        ..letter.clone()
    };
    assert_eq!(sealed, expected);
    let mail = house.mail().await.pop().unwrap();
    let [attachment] = mail.attachments.as_slice() else { panic!("one file is attached") };
    assert_eq!((mail.to.address.as_str(), attachment.file_name.as_str()), ("ayesha@example.org", "scan.pdf"));
    assert_eq!((attachment.bytes == SCAN, mail.text.contains(&letter.verify_uri)), (true, true));

    let request = v1::RevokeLetterRequest { name: letter.name, reason: "Visit off".to_owned(), ..Default::default() };
    let revoked = house.owner.letters().revoke_letter(request).await.unwrap().into_inner();
    let code = letter.verify_uri.rsplit('/').next().unwrap();
    let told = verify(&house, code).await.unwrap();
    assert_eq!((revoked.state(), revoked.sealed_copy), (LetterState::Revoked, expected.sealed_copy));
    assert_eq!((told.state(), told.digest, told.sealed_copy_digest), (LetterState::Revoked, letter.digest, digest));
}

#[tokio::test]
async fn a_sealed_copy_is_replaced_and_only_the_one_that_was_can_be_deleted() {
    let house = boot().await;
    let (letter, _) = issued(&house).await;
    let first = house.upload(FORUM, "scan.pdf", "application/pdf", SCAN).await;
    let second = house.upload(FORUM, "better.pdf", "application/pdf", &[SCAN, b"\n"].concat()).await;
    let deleted = async |file: &str| {
        let request = v1::DeleteFileRequest { name: file.to_owned(), ..Default::default() };
        house.owner.files().delete_file(request).await.map(drop).map_err(Failure::from)
    };

    attached(&house, &letter, &first).await.unwrap();
    let replaced = attached(&house, &letter, &second).await.unwrap();

    assert_eq!(replaced.sealed_copy.unwrap().file, second);
    assert_eq!(deleted(&first).await, Ok(()));
    let refused = deleted(&second).await.unwrap_err();
    assert_eq!((refused.is(ErrorReason::InUse), refused.metadata["referrer"].as_str()), (true, "letter"));
    assert_eq!(house.mail().await, []);
}

#[tokio::test]
async fn a_file_that_is_not_the_letters_own_scan_is_refused() {
    let house = boot().await;
    let (letter, _) = issued(&house).await;
    let other = issued_to(&house, "").await;
    let scan = house.upload(FORUM, "scan.pdf", "application/pdf", SCAN).await;
    attached(&house, &other, &scan).await.unwrap();
    let picture = house.upload(FORUM, "scan.png", "image/png", STAMP).await;
    let cut_short = house.upload(FORUM, "scan.pdf", "application/pdf", &SCAN[..20]).await;
    let as_issued = house.upload(FORUM, "scan.pdf", "application/pdf", &house.download(&letter.file).await).await;
    let elsewhere = house.upload(ZBRA, "scan.pdf", "application/pdf", SCAN).await;

    let mut told = Vec::new();
    for file in [&picture, &cut_short, &as_issued, &scan] {
        told.extend(violations(house.owner.letters().attach_sealed_copy(sealing(&letter, file)).await));
    }
    let foreign = attached(&house, &letter, &elsewhere).await.unwrap_err();

    let no_pdf = "is not a PDF by its media type, its first and its last bytes";
    let as_issued = "is the letter as it was issued, not a scan of it";
    let expected = [no_pdf, no_pdf, as_issued, "belongs to another letter"];
    assert_eq!(told, expected.map(|why| ("file".to_owned(), why.to_owned())));
    assert_eq!((foreign.code, foreign.metadata["resource"].as_str()), (Code::NotFound, elsewhere.as_str()));
    assert_eq!(house.letter(&letter.name).await, letter);
}
