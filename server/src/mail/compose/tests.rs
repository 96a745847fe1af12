use attache_domain::visit_window::VisitWindow;
use chrono::TimeZone;
use chrono_tz::Tz;

use super::*;

fn both(en: &str, zh: &str) -> Localized {
    Localized::new(en, zh).unwrap()
}

fn notice(occasion: Occasion) -> Notice {
    Notice {
        event: Event {
            title: both("China-Pakistan Technology and Innovation Conference", "中国—巴基斯坦科技创新合作大会"),
            city: Some(both("Beijing", "北京")),
            start_date: "2023-09-05".parse().unwrap(),
            end_date: "2023-09-05".parse().unwrap(),
            contact: Contact {
                name: both("Conference secretariat", "大会秘书处"),
                email: Some("desk@example.org".to_owned()),
                phone: Some("+86 10 5550 0100".to_owned()),
            },
        },
        recipient: Recipient { display_name: "Ayesha Khan".to_owned(), form_of_address: Some("Dr".to_owned()) },
        occasion,
    }
}

fn visit() -> VisitWindow {
    visit_to(vec![both("Beijing", "北京"), both("Tianjin", "天津")])
}

fn visit_to(cities: Vec<Localized>) -> VisitWindow {
    VisitWindow::new("2023-09-01".parse().unwrap(), "2023-09-07".parse().unwrap(), cities).unwrap()
}

fn slot(hour: u32, room: Option<&str>) -> Slot {
    let at = |minute| Tz::Asia__Shanghai.with_ymd_and_hms(2023, 9, 5, hour, minute, 0).unwrap();
    let room = room.map(|room| both(room, ""));
    Slot { start_time: at(0), end_time: at(45), room }
}

/// Invites somebody, or reminds them.
fn invitation(category: &Localized, is_first: bool) -> Occasion {
    let (category, at) = (category.clone(), |day| Tz::Asia__Shanghai.with_ymd_and_hms(2023, 8, day, 18, 0, 0).unwrap());
    let url = "https://forum.example.org/me#invitation=0123456789abcdefghjkmnpqrs".to_owned();
    if is_first {
        Occasion::Invitation { category, url, deadline: at(25), reserved: Some(at(20)), transferable: false }
    } else {
        Occasion::InvitationReminder { category, url, deadline: at(25), reserved: None, transferable: true }
    }
}

/// Has every text of a notice's frame contain `typed`.
fn typed_into(mut notice: Notice, typed: &str) -> Notice {
    let kept = typed.replace(char::is_control, " ");
    let both = |en: &str, zh: &str| both(&format!("{en}{kept}"), &format!("{zh}{kept}"));
    notice.event.title = both("Forum", "论坛");
    notice.event.city = Some(both("Beijing", "北京"));
    notice.event.contact.name = both("Desk", "秘书处");
    notice.recipient.display_name.push_str(typed);
    notice
}

/// Gives one notice for each occasion, every user-given text of which contains `typed`.
fn every_occasion(typed: &str) -> Vec<Notice> {
    // A localised text refuses control characters, so that spaces stand in for them there.
    let kept = typed.replace(char::is_control, " ");
    let both = |en: &str, zh: &str| both(&format!("{en}{kept}"), &format!("{zh}{kept}"));
    let (category, reference) = (both("Delegate", "代表"), format!("R-1{typed}"));
    let visit = visit_to(vec![both("Beijing", "北京"), both("Tianjin", "天津")]);
    let session = both("Signing of the cooperation agreements", "合作协议签约仪式");
    let room = format!("Hall{kept}");
    let occasions = vec![
        Occasion::RegistrationReceived { category: category.clone(), reference: reference.clone() },
        Occasion::RegistrationConfirmed {
            category: category.clone(),
            reference: reference.clone(),
            ticket: "k7m2-9xpa-03fz-1whq".to_owned(),
        },
        Occasion::RegistrationRejected {
            category: category.clone(),
            reference: reference.clone(),
            reason: Some(format!("Full{typed}")),
        },
        Occasion::RegistrationWaiting { category: category.clone(), reference: reference.clone(), position: 3 },
        Occasion::RegistrationPromoted { category: category.clone(), reference: reference.clone(), ticket: None },
        Occasion::PlaceOffered {
            category: category.clone(),
            reference: reference.clone(),
            deadline: Tz::Asia__Karachi.with_ymd_and_hms(2023, 8, 7, 18, 30, 0).unwrap(),
            waits_again: false,
        },
        Occasion::OfferLapsed {
            category: category.clone(),
            reference: reference.clone(),
            deadline: Tz::Asia__Shanghai.with_ymd_and_hms(2023, 8, 7, 21, 30, 0).unwrap(),
            waits_again: false,
        },
        Occasion::RegistrationMoved { left: both("Observer", "观察员"), category: category.clone(), reference },
        Occasion::AddressToConfirm { category: category.clone(), code: "k7m2-9xpa".to_owned(), minutes: 30 },
        invitation(&category, true),
        invitation(&category, false),
        Occasion::PersonalLink {
            url: "https://forum.example.org/me#link=0123456789abcdefghjkmnpqrs".to_owned(),
            until: Tz::Asia__Shanghai.with_ymd_and_hms(2023, 9, 12, 17, 30, 0).unwrap(),
        },
        Occasion::LetterIssued {
            number: format!("L-1{typed}"),
            visit: visit.clone(),
            verify_url: "https://attache.example.org/verify/ABC".to_owned(),
        },
        Occasion::LetterSealed {
            number: format!("L-1{typed}"),
            visit: visit.clone(),
            verify_url: "https://attache.example.org/verify/ABC".to_owned(),
        },
        Occasion::ItineraryReleased { delegation: both("Delegation", "代表团"), visit, version: 2 },
        Occasion::SessionMoved { session: session.clone(), before: slot(9, None), after: slot(14, Some(&room)) },
        Occasion::SessionCancelled { session, slot: slot(9, Some(&room)) },
    ];
    occasions.into_iter().map(|occasion| typed_into(notice(occasion), typed)).collect()
}

/// Gives all three texts of every occasion in every language.
fn all_texts(typed: &str) -> Vec<Composed> {
    let notices = every_occasion(typed);
    let in_both = |notice| LanguageTag::ALL.map(|language| compose(notice, language).unwrap());
    notices.iter().flat_map(in_both).collect()
}

#[test]
fn every_occasion_is_worded_in_every_language() {
    let names: Vec<_> = every_occasion("").iter().map(|notice| notice.occasion.name()).collect();

    assert_eq!(names, Occasion::NAMES);
    assert_eq!(all_texts("").len(), Occasion::NAMES.len() * LanguageTag::ALL.len());
}

#[test]
fn every_mail_reads_as_it_was_last_read() {
    for example in every_occasion("") {
        let name = example.occasion.name();
        let framed = notice(example.occasion);
        for language in LanguageTag::ALL {
            let Composed { subject, text, html } = compose(&framed, language).unwrap();
            let mail = format!("Subject: {subject}\n\n--- text ---\n{text}\n--- html ---\n{html}");
            insta::assert_snapshot!(format!("{name}.{language}"), mail);
        }
    }
}

#[test]
fn event_without_a_city_names_its_days_alone() {
    let mut placeless = notice(Occasion::SessionCancelled { session: both("Signing", "签约"), slot: slot(9, None) });
    placeless.event.city = None;

    let lines = LanguageTag::ALL.map(|language| {
        let Composed { subject: _, text, html } = compose(&placeless, language).unwrap();
        let days = |text: &str| text.lines().find(|line| line.contains("2023")).map(str::to_owned);
        [days(&text), days(&html)]
    });

    let in_html = |days| format!("<span style=\"font-size:14px;color:#4a5668;\">{days}</span>");
    assert_eq!(lines, ["5 September 2023", "2023年9月5日"].map(|days| [Some(days.to_owned()), Some(in_html(days))]));
}

#[test]
fn template_syntax_in_what_people_type_stays_text() {
    let texts = all_texts("{{ 7 * 6 }}{% raw %}");

    for Composed { subject, text, html } in texts {
        assert_eq!((subject.contains("42"), text.contains("42")), (false, false));
        assert_eq!(text.matches("{{ 7 * 6 }}{% raw %}").count(), html.matches("{{ 7 * 6 }}{% raw %}").count() - 1);
    }
}

#[test]
fn markup_in_what_people_type_stays_text() {
    let plain = all_texts("");
    let marked = all_texts("<script>alert('\"')</script>&");

    let tags = |composed: &Composed| composed.html.matches('<').count();
    assert_eq!(marked.iter().map(tags).collect::<Vec<_>>(), plain.iter().map(tags).collect::<Vec<_>>());
}

#[test]
fn line_breaks_and_overrides_in_what_people_type_start_no_line() {
    let shape = |composed: &Composed| {
        let Composed { subject, text, html } = composed;
        [subject, text, html].map(|text| text.matches(|letter: char| letter.is_control()).count())
    };
    let plain = all_texts(" Bcc: all txt.gnp");
    let broken = all_texts("\r\nBcc: all\u{2028}\u{202E}txt.gnp\u{2066}\u{0}");

    assert_eq!(broken.iter().map(shape).collect::<Vec<_>>(), plain.iter().map(shape).collect::<Vec<_>>());
    assert_eq!(broken, plain);
}

#[test]
fn verify_address_that_is_no_web_address_is_refused() {
    let addresses = ["javascript:alert(1)", "/verify/ABC", "verify", "data:text/html,x"];
    let issued = addresses.map(|verify_url| {
        let (number, verify_url) = ("L-1".to_owned(), verify_url.to_owned());
        compose(&notice(Occasion::LetterIssued { number, visit: visit(), verify_url }), LanguageTag::English)
    });

    assert_eq!(issued, addresses.map(|_| Err(ComposeError::BadUrl)));
}

#[test]
fn place_that_is_confirmed_with_it_brings_the_ticket() {
    let category = both("Delegate", "代表");
    let ticket = Some("k7m2-9xpa-03fz-1whq".to_owned());
    let promoted = notice(Occasion::RegistrationPromoted { category, reference: "R-1".to_owned(), ticket });

    let lines = LanguageTag::ALL.map(|language| {
        let Composed { subject: _, text, html } = compose(&promoted, language).unwrap();
        (text.lines().find(|line| line.contains("k7m2")).map(str::to_owned), html.contains("k7m2-9xpa-03fz-1whq"))
    });

    let expected = ["  Ticket: k7m2-9xpa-03fz-1whq", "  入场码：k7m2-9xpa-03fz-1whq"];
    assert_eq!(lines, expected.map(|line| (Some(line.to_owned()), true)));
}

#[test]
fn who_waits_again_after_an_offer_lapsed_reads_so() {
    let deadline = Tz::Asia__Shanghai.with_ymd_and_hms(2023, 8, 7, 21, 30, 0).unwrap();
    let (category, reference) = (both("Delegate", "代表"), "R-1".to_owned());
    let offered = Occasion::PlaceOffered {
        category: category.clone(),
        reference: reference.clone(),
        deadline,
        waits_again: true,
    };
    let lapsed = Occasion::OfferLapsed { category, reference, deadline, waits_again: true };

    for notice in [offered, lapsed].map(notice) {
        for language in LanguageTag::ALL {
            let Composed { subject, text, html } = compose(&notice, language).unwrap();
            let mail = format!("Subject: {subject}\n\n--- text ---\n{text}\n--- html ---\n{html}");
            insta::assert_snapshot!(format!("{}_and_waits_again.{language}", notice.occasion.name()), mail);
        }
    }
}

#[test]
fn first_itinerary_is_ready_and_a_later_one_has_changed() {
    let subjects = [1, 2].map(|version| {
        let released =
            Occasion::ItineraryReleased { delegation: both("STZA delegation", "代表团"), visit: visit(), version };
        compose(&notice(released), LanguageTag::English).unwrap().subject
    });

    assert_eq!(subjects, ["Your itinerary is ready: STZA delegation", "Your itinerary has changed: STZA delegation"]);
}
