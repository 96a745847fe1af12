//! Dates, times and greetings as a travel desk writes them in each language.

use attache_domain::language::LanguageTag;
use chrono::{DateTime, Datelike, NaiveDate, Offset, Weekday};
use chrono_tz::Tz;

use super::Recipient;
use crate::mail::line::one_line;

/// Greets the reader by name: "Dear Dr Ayesha Khan", "尊敬的张伟明先生".
pub(super) fn greeting(recipient: &Recipient, language: LanguageTag) -> String {
    let Recipient { display_name, form_of_address } = recipient;
    let name = one_line(display_name);
    let addressed = match form_of_address.as_deref().map(one_line).filter(|form| !form.is_empty()) {
        Some(form) if form.chars().all(is_han) && name.ends_with(is_han) => format!("{name}{form}"),
        Some(form) if form.chars().all(is_han) => format!("{name} {form}"),
        Some(form) => format!("{form} {name}"),
        None => name,
    };
    match language {
        LanguageTag::English => format!("Dear {addressed}"),
        LanguageTag::Chinese if addressed.starts_with(is_han) => format!("尊敬的{addressed}"),
        LanguageTag::Chinese => format!("尊敬的 {addressed}"),
    }
}

/// Tells Chinese characters from all others: the unified ideographs, their extensions and the compatibility forms.
fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Writes one day or a run of days without saying a month or a year twice: "2–6 September 2023", "2023年9月2日至6日".
pub fn days(first: NaiveDate, last: NaiveDate, language: LanguageTag) -> String {
    match language {
        LanguageTag::English => english_days(first, last),
        LanguageTag::Chinese => chinese_days(first, last),
    }
}

fn english_days(first: NaiveDate, last: NaiveDate) -> String {
    let end = last.format("%-d %B %Y");
    if first == last {
        end.to_string()
    } else if first.year() != last.year() {
        format!("{} – {end}", first.format("%-d %B %Y"))
    } else if first.month() != last.month() {
        format!("{} – {end}", first.format("%-d %B"))
    } else {
        format!("{}–{end}", first.day())
    }
}

fn chinese_days(first: NaiveDate, last: NaiveDate) -> String {
    let start = first.format("%Y年%-m月%-d日");
    if first == last {
        start.to_string()
    } else if first.year() != last.year() {
        format!("{start}至{}", last.format("%Y年%-m月%-d日"))
    } else if first.month() != last.month() {
        format!("{start}至{}", last.format("%-m月%-d日"))
    } else {
        format!("{start}至{}日", last.day())
    }
}

/// Writes when a session is, by the clock of the place where it starts, and whose clock that is.
pub(super) fn span(start: DateTime<Tz>, end: DateTime<Tz>, language: LanguageTag) -> String {
    let zone = start.timezone();
    let end = end.with_timezone(&zone);
    let until = if start.date_naive() == end.date_naive() {
        format!("–{}", end.format("%H:%M"))
    } else {
        format!(" – {}{}", weekday_and_day(end.date_naive(), language), end.format("%H:%M"))
    };
    let day = weekday_and_day(start.date_naive(), language);
    let (from, clock) = (start.format("%H:%M"), clock(start, language));
    match language {
        LanguageTag::English => format!("{day}{from}{until} ({clock})"),
        LanguageTag::Chinese => format!("{day}{from}{until}（{clock}）"),
    }
}

/// Writes a moment by the clock of a place, and whose clock that is: "Monday, 7 August 2023, 18:30 (Pakistan time, UTC+5)".
pub(super) fn moment(time: DateTime<Tz>, language: LanguageTag) -> String {
    let (day, at, clock) = (weekday_and_day(time.date_naive(), language), time.format("%H:%M"), clock(time, language));
    match language {
        LanguageTag::English => format!("{day}{at} ({clock})"),
        LanguageTag::Chinese => format!("{day}{at}（{clock}）"),
    }
}

/// Writes a day so that a time can follow at once.
fn weekday_and_day(date: NaiveDate, language: LanguageTag) -> String {
    match language {
        LanguageTag::English => date.format("%A, %-d %B %Y, ").to_string(),
        LanguageTag::Chinese => format!("{}（{}）", date.format("%Y年%-m月%-d日"), chinese_weekday(date.weekday())),
    }
}

const fn chinese_weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "星期一",
        Weekday::Tue => "星期二",
        Weekday::Wed => "星期三",
        Weekday::Thu => "星期四",
        Weekday::Fri => "星期五",
        Weekday::Sat => "星期六",
        Weekday::Sun => "星期日",
    }
}

/// Names the clock in everyday words where there are some, and always gives its distance from UTC: "Beijing time, UTC+8".
fn clock(time: DateTime<Tz>, language: LanguageTag) -> String {
    let offset = offset_text(time);
    match (time.timezone(), language) {
        (Tz::UTC | Tz::Etc__UTC, _) => "UTC".to_owned(),
        (Tz::Asia__Shanghai, LanguageTag::English) => format!("Beijing time, {offset}"),
        (Tz::Asia__Shanghai, LanguageTag::Chinese) => format!("北京时间，{offset}"),
        (Tz::Asia__Karachi, LanguageTag::English) => format!("Pakistan time, {offset}"),
        (Tz::Asia__Karachi, LanguageTag::Chinese) => format!("巴基斯坦时间，{offset}"),
        (zone, LanguageTag::English) => format!("{} time, {offset}", place(zone)),
        (zone, LanguageTag::Chinese) => format!("{} 当地时间，{offset}", place(zone)),
    }
}

/// Gives the place a zone is named after: "New York" of `America/New_York`.
fn place(zone: Tz) -> String {
    zone.name().rsplit('/').next().unwrap_or(zone.name()).replace('_', " ")
}

fn offset_text(time: DateTime<Tz>) -> String {
    let seconds = time.offset().fix().local_minus_utc();
    let sign = if seconds < 0 { '−' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
    if minutes == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{minutes:02}") }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn greeting_puts_the_form_of_address_where_its_language_does() {
        let people = [
            ("Ayesha Khan", Some("Dr")),
            ("张伟明", Some("先生")),
            ("Moin ul Haque", Some("大使")),
            ("Suharto", None),
            ("王芳", Some("  ")),
        ];
        let greetings = people.map(|(display_name, form_of_address)| {
            let form_of_address = form_of_address.map(str::to_owned);
            let recipient = Recipient { display_name: display_name.to_owned(), form_of_address };
            LanguageTag::ALL.map(|language| greeting(&recipient, language))
        });

        assert_eq!(
            greetings,
            [
                ["Dear Dr Ayesha Khan", "尊敬的 Dr Ayesha Khan"],
                ["Dear 张伟明先生", "尊敬的张伟明先生"],
                ["Dear Moin ul Haque 大使", "尊敬的 Moin ul Haque 大使"],
                ["Dear Suharto", "尊敬的 Suharto"],
                ["Dear 王芳", "尊敬的王芳"],
            ]
        );
    }

    #[test]
    fn days_say_no_month_or_year_twice() {
        let spans = [
            ("2023-09-05", "2023-09-05"),
            ("2023-09-02", "2023-09-06"),
            ("2023-08-30", "2023-09-02"),
            ("2023-12-30", "2024-01-02"),
        ];
        let said = spans.map(|(first, last)| LanguageTag::ALL.map(|language| days(date(first), date(last), language)));

        assert_eq!(
            said,
            [
                ["5 September 2023", "2023年9月5日"],
                ["2–6 September 2023", "2023年9月2日至6日"],
                ["30 August – 2 September 2023", "2023年8月30日至9月2日"],
                ["30 December 2023 – 2 January 2024", "2023年12月30日至2024年1月2日"],
            ]
        );
    }

    #[test]
    fn span_names_the_clock_it_is_read_from() {
        let at = |zone: Tz, hour| zone.with_ymd_and_hms(2023, 9, 5, hour, 30, 0).unwrap();
        let spans = [
            (at(Tz::Asia__Shanghai, 9), at(Tz::Asia__Shanghai, 11)),
            (at(Tz::Asia__Karachi, 23), at(Tz::Asia__Shanghai, 23) + chrono::TimeDelta::hours(4)),
            (at(Tz::America__St_Johns, 9), at(Tz::America__St_Johns, 10)),
            (at(Tz::UTC, 9), at(Tz::UTC, 10)),
        ];
        let said = spans.map(|(start, end)| LanguageTag::ALL.map(|language| span(start, end, language)));

        assert_eq!(
            said,
            [
                [
                    "Tuesday, 5 September 2023, 09:30–11:30 (Beijing time, UTC+8)",
                    "2023年9月5日（星期二）09:30–11:30（北京时间，UTC+8）"
                ],
                [
                    "Tuesday, 5 September 2023, 23:30 – Wednesday, 6 September 2023, 00:30 (Pakistan time, UTC+5)",
                    "2023年9月5日（星期二）23:30 – 2023年9月6日（星期三）00:30（巴基斯坦时间，UTC+5）"
                ],
                [
                    "Tuesday, 5 September 2023, 09:30–10:30 (St Johns time, UTC−2:30)",
                    "2023年9月5日（星期二）09:30–10:30（St Johns 当地时间，UTC−2:30）"
                ],
                ["Tuesday, 5 September 2023, 09:30–10:30 (UTC)", "2023年9月5日（星期二）09:30–10:30（UTC）"],
            ]
        );
    }
}
