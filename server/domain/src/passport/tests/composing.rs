use super::*;

#[test]
fn what_is_composed_is_read_back_the_same() {
    let partly_known = parse(UPPER, &lower("1", "CHN", "75<<<<", "<", "310930", "A<B"), today()).unwrap();
    let chinese = Mrz {
        document_code: DocumentCode::Official,
        issuing_state: state("CHN"),
        surname: "ZHANG".to_owned(),
        given_names: Some("WEIMING".to_owned()),
        nationality: state("CHN"),
        sex: Sex::Male,
        personal_number: None,
        ..specimen()
    };
    let one_name = Mrz { surname: "MUHAMMAD ASLAM".to_owned(), given_names: None, ..specimen() };
    let german = Mrz { issuing_state: state("D"), nationality: state("D"), ..specimen() };

    for mrz in [specimen(), partly_known, chinese, one_name, german] {
        let [upper, lower] = compose(&mrz).unwrap();

        assert!(parse(&upper, &lower, today()) == Ok(mrz), "{upper} {lower}");
    }
    assert_eq!(compose(&specimen()), Ok([UPPER.to_owned(), LOWER.to_owned()]));
}

#[test]
fn printed_names_are_composed_in_the_letters_of_the_zone() {
    let name = |surname: &str, given_names: Option<&str>| {
        let mrz = Mrz { surname: surname.to_owned(), given_names: given_names.map(str::to_owned), ..specimen() };
        compose(&mrz).map(|[upper, _]| upper[5..].to_owned())
    };

    assert_eq!(name("D'Artagnan", Some("Marie-Élise")), Ok(format!("{:<<39}", "DARTAGNAN<<MARIE<ELISE")));
    assert_eq!(name("Müller", None), Ok(format!("{:<<39}", "MUELLER")));
    assert_eq!(name("张", Some("Wei")), Err(vec![Finding::NameCharacter]));
    assert_eq!(name("Khan", Some("3rd")), Err(vec![Finding::NameCharacter]));
    assert_eq!(name(" - ", Some("Wei")), Err(vec![Finding::NameMissing]));
}

#[test]
fn a_name_too_long_is_cut_so_that_it_ends_on_a_letter_and_still_matches() {
    let long = |letters: usize| "A".repeat(letters);
    for (surname, given_names) in [
        ("Nilavadhanananda", Some("Arnpol Petch Charonguang")),
        ("Bennelong Woolloomooloo Warrandyte Warnambool", Some("Dingo Potoroo")),
        ("Papandropoulous", Some("Jonathon Warren Trevor Alexander")),
        (&*long(39), Some("Bo")),
        (&*long(37), Some("Bo")),
        (&*long(36), Some("Bo Li")),
        (&*long(60), None),
        ("A B C D E F G H I J K L M N O P Q R S T U V W X Y Z", Some("Bo")),
        ("Khan", Some("A B C D E F G H I J K L M N O P Q R S T U V W X Y Z")),
        ("A B C D E F G H I J K L M N O P Q R S T U V W X Y Z", None),
    ] {
        let mrz = Mrz { surname: surname.to_owned(), given_names: given_names.map(str::to_owned), ..specimen() };
        let [upper, lower] = compose(&mrz).unwrap();
        let read = parse(&upper, &lower, today()).unwrap();

        assert!(read.name_may_be_truncated, "{upper}");
        assert!(name_matches(&form(Some(surname), given_names), &read), "{upper}");
    }
}

#[test]
fn what_the_zone_cannot_hold_is_refused_whole() {
    let mrz = Mrz {
        document_code: DocumentCode::National('1'),
        surname: String::new(),
        number: "1234567890".to_owned(),
        expiry_date: day("2100-01-01"),
        personal_number: Some("no capitals".to_owned()),
        ..specimen()
    };

    assert_eq!(
        compose(&mrz),
        Err(vec![
            Finding::NotAPassport,
            Finding::NameMissing,
            Finding::Layout { field: Field::Number },
            Finding::NotADate { field: Field::ExpiryDate },
            Finding::Layout { field: Field::PersonalNumber },
        ])
    );
}
