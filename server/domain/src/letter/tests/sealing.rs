//! The scan of a letter as it was signed and sealed: when it is attached, and which file is none.

use super::{
    verbs::{imprint, outcomes, proof},
    *,
};
use crate::{
    authority::Actor,
    file::{File, Label, PDF},
};

fn file(media_type: &str, size: u32) -> File {
    let name: FileName = format!("events/ciftis-2023/files/{}", UUID.replace("5d", "5e")).parse().unwrap();
    let label = Label { file_name: "scan.pdf".to_owned(), media_type: media_type.to_owned(), size };
    File { received: size, digest: Some("d2".to_owned()), ..File::begin(name, label, Actor::Server, now()) }
}

fn scan(file: &File) -> Scan<'_> {
    Scan { file, digest: "d2", reads_as_pdf: true, is_anothers: false }
}

fn issued() -> Letter {
    Letter { state: State::Issued(imprint(), proof()), ..requested(LetterTemplate::ChinaM) }
}

#[test]
fn only_an_issued_letter_has_its_scan_attached() {
    let pdf = file(PDF, LARGEST_SCAN);

    let after = outcomes(|letter| letter.attach(&scan(&pdf), now()));

    let copy = SealedCopy { file: pdf.name(), digest: "d2".to_owned(), attach_time: now() };
    let sealed = State::Issued(imprint(), Proof { sealed_copy: Some(copy), ..proof() });
    let no = || Err("ISSUED");
    assert_eq!(after, [no(), no(), no(), Ok(sealed), no(), no()]);
}

#[test]
fn a_revoked_letter_keeps_its_scan_and_tells_its_digest() {
    let pdf = file(PDF, 1);
    let sealed = issued().attach(&scan(&pdf), now()).unwrap();

    let revoked = sealed.revoke("gone".to_owned(), now()).unwrap();

    let verification = revoked.verification(&event(), &issuer()).unwrap();
    assert_eq!((verification.standing, verification.sealed_digest.as_deref()), (Standing::Revoked, Some("d2")));
}

#[test]
fn a_file_that_is_not_the_letters_scan_is_refused_for_all_that_is_wrong() {
    let refused = |scan: &Scan<'_>| match issued().attach(scan, now()) {
        Err(Refusal::NoSealedCopy { flaws }) => flaws,
        other => panic!("{other:?}"),
    };
    let (png, pdf) = (file("image/png", LARGEST_SCAN + 1), file(PDF, 1));

    let whole = Scan { digest: "d1", is_anothers: true, ..scan(&png) };
    assert_eq!(refused(&whole), [Flaw::NotAPdf, Flaw::TooLarge, Flaw::AsIssued, Flaw::Anothers]);
    assert_eq!(refused(&Scan { reads_as_pdf: false, ..scan(&pdf) }), [Flaw::NotAPdf]);
}
