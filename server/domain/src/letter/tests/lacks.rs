//! What keeps a letter from being approved, all of it at once.

use super::*;
use crate::refusal::Violation;

fn lacks(known: &Known, letter: &Letter) -> Vec<Lack> {
    match known.facts().require_complete(letter) {
        Ok(()) => Vec::new(),
        Err(Refusal::Incomplete { letter: refused, lacks }) => {
            assert_eq!(refused, letter.name());
            lacks
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_complete_letter_lacks_nothing() {
    for template in LetterTemplate::ALL {
        assert_eq!(lacks(&Known::all(), &requested(template)), [], "{}", template.word());
    }
}

/// Nothing is known that can be left out.
fn bare() -> (Known, Letter) {
    let mut known = Known { passport: None, ..Known::all() };
    known.person.profile.name.passport_name = None;
    known.person.profile.affiliation = None;
    let issuer = &mut known.issuer.profile;
    (issuer.address_lines, issuer.phone_number, issuer.signatory) = (Vec::new(), None, None);
    (issuer.stamp_file, issuer.signature_file) = (None, None);
    let mut letter = requested(LetterTemplate::ChinaM);
    (letter.request.relationship, letter.request.expense_bearer) = (None, None);
    (known, letter)
}

#[test]
fn a_letter_of_which_nothing_is_known_lacks_all_that_its_template_asks_for() {
    let (known, letter) = bare();

    assert_eq!(
        lacks(&known, &letter),
        [
            Fact::PassportName,
            Fact::Sex,
            Fact::BirthDate,
            Fact::PassportNumber,
            Fact::Nationality,
            Fact::Affiliation,
            Fact::Relationship,
            Fact::Expenses,
            Fact::IssuerAddress,
            Fact::IssuerPhone,
            Fact::Stamp,
            Fact::Signature,
        ]
        .map(Lack::Missing)
    );
}

#[test]
fn a_generic_letter_asks_for_less() {
    let (known, letter) = bare();
    let letter = Letter { request: Request { template: LetterTemplate::Generic, ..letter.request }, ..letter };

    assert_eq!(
        lacks(&known, &letter),
        [
            Fact::PassportName,
            Fact::PassportNumber,
            Fact::Nationality,
            Fact::BirthDate,
            Fact::IssuerAddress,
            Fact::IssuerPhone,
            Fact::Signature,
        ]
        .map(Lack::Missing)
    );
}

#[test]
fn a_letter_that_contradicts_the_passport_or_the_event_is_told_how() {
    let mut known = Known::all();
    known.person.profile.name.passport_name = Some(passport_name("KHAN", "AISHA"));
    known.passport.as_mut().unwrap().expire_date = day("2024-03-07");
    known.issuer.id = "stranger".parse().unwrap();
    let mut letter = requested(LetterTemplate::ChinaM);
    let cities = vec![both("Beijing", "")];
    letter.request.visit_window = VisitWindow::new(day("2023-09-06"), day("2023-09-08"), cities).unwrap();

    assert_eq!(
        lacks(&known, &letter),
        [Lack::NameDiffers, Lack::PassportExpires { months: 6 }, Lack::VisitOutsideEvent, Lack::IssuerNotHost]
    );
}

#[test]
fn each_lack_is_a_violation_of_its_own_about_the_letter() {
    use crate::refusal::Refusal as _;
    let letter = requested(LetterTemplate::ChinaM).name();
    let lacks = vec![Lack::Missing(Fact::Stamp), Lack::StampUnreadable, Lack::PassportExpires { months: 6 }];

    let violations = Refusal::Incomplete { letter: letter.clone(), lacks }.violations();

    let violation = |code: &str, description: &str| Violation {
        code: code.to_owned(),
        subject: letter.to_string(),
        description: description.to_owned(),
    };
    assert_eq!(
        violations,
        [
            violation("stamp_missing", "the issuer has no stamp"),
            violation("stamp_unreadable", "the issuer's stamp is not a PNG of at most 4000 pixels a side"),
            violation("passport_expires", "the passport is not valid for 6 months beyond the departure"),
        ]
    );
}

#[test]
fn a_letter_for_a_cancelled_event_is_not_approved() {
    let known = Known { event: event().cancel(now()).unwrap(), ..Known::all() };

    let refused = requested(LetterTemplate::Generic).approve(&known.approving(member(1)), now());

    assert_eq!(refused, Err(Refusal::Event(event::Refusal::Cancelled("ciftis-2023".parse().unwrap()))));
}
