//! Days and telephone numbers as spreadsheets have them.

use super::*;

fn read(cell: &str) -> Result<String, DayFlaw> {
    day(cell, None).map(|day| day.to_string())
}

#[test]
fn day_is_read_as_people_write_it() {
    let same = [
        "1999-12-31",
        "1999/12/31",
        "1999.12.31",
        "1999年12月31日",
        "19991231",
        "31-Dec-1999",
        "31 December 1999",
        "Dec 31, 1999",
        "31/12/1999",
        "12/31/1999",
        "31.12.1999",
        " '1999-12-31",
        "1999-12-31T00:00:00",
        "1999-12-31 00:00",
    ];

    for cell in same {
        assert_eq!(read(cell).as_deref(), Ok("1999-12-31"), "{cell}");
    }
    assert_eq!(read("2033.1.1").as_deref(), Ok("2033-01-01"));
    assert_eq!(read("1-Sept-2026").as_deref(), Ok("2026-09-01"));
    assert_eq!(read("5/5/2026").as_deref(), Ok("2026-05-05"));
}

#[test]
fn day_that_may_be_another_is_refused() {
    let orders =
        [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| day("05/06/2026", Some(order)).unwrap().to_string());

    assert_eq!(read("05/06/2026"), Err(DayFlaw::Ambiguous));
    assert_eq!(orders, ["2026-06-05", "2026-05-06"]);
    assert_eq!(day("31/12/2026", Some(DateOrder::MonthFirst)), Err(DayFlaw::NoSuchDay));
    assert_eq!(["1-Jan-71", "1/1/71", "Jan 1, 71"].map(read), [const { Err(DayFlaw::ShortYear) }; 3]);
    assert_eq!(
        ["31/02/2026", "2026-02-30", "20260230", "2026-13-01", "13/13/2026"].map(read),
        [const { Err(DayFlaw::NoSuchDay) }; 5]
    );
    assert_eq!(read("46387"), Err(DayFlaw::Serial));
    assert_eq!(
        ["", "soon", "2026", "1 2 3 4", "2026-12", "Ma 1 2026", "-1-1-2026x"].map(read),
        [const { Err(DayFlaw::NoDay) }; 7]
    );
}

#[test]
fn phone_number_that_was_rounded_is_told() {
    let read = |cell: &str| phone(cell).map(|phone| (phone.number, phone.international));

    assert_eq!(read("'+92 300 1234567"), Ok(("+92 300 1234567".to_owned(), true)));
    assert_eq!(read("0092-51-9000000"), Ok(("+92-51-9000000".to_owned(), true)));
    assert_eq!(read("01088886666"), Ok(("01088886666".to_owned(), false)));
    assert_eq!(["8.61381E+12", "8.6e12", "9E+9"].map(read), [const { Err(Damage::Rounded) }; 3]);
    assert_eq!(read("extension 7"), Ok(("extension 7".to_owned(), false)));
}

#[test]
fn apostrophe_before_a_formula_or_number_is_the_spreadsheets() {
    assert_eq!(plain("'47 Group"), "'47 Group");
    assert_eq!(["=1+1", "＋92 51", "Khan"].map(|text| plain(&harmless(text)).to_owned()), ["=1+1", "＋92 51", "Khan"]);
    assert_eq!(
        ["'=1+1", " '+92 ", "’007", "'Aisha", "’Abd", "O'Brien"].map(plain),
        ["=1+1", "+92", "007", "'Aisha", "’Abd", "O'Brien"]
    );
}
