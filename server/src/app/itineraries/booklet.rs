//! What the booklet of a visit says, laid out day by day.

use attache_domain::{
    itinerary::{self, Mode, Traveller, Visit},
    language::LanguageTag,
    name::NameText,
    organization::Organization,
    stop::{Kind, Place, Route, Stop},
    supply::Resource,
    zoned::Zoned,
};
use attache_paper::itinerary::{self as paper, Clock, Contact, Day, Facts, Language};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc, Weekday};

use crate::mail::compose::days;

/// Lays out the booklet of the visit's next release.
pub(super) fn lay(visit: &Visit, now: DateTime<Utc>) -> Facts {
    let Visit { event, controller, itinerary, delegation, travellers, stops: _, resources: _, organizations: _ } =
        visit;
    let language = itinerary.outline.language;
    let number = itinerary.next_release_number();
    let window = &delegation.plan.visit_window;
    let cities: Vec<&str> = window.cities().iter().map(|city| city.in_language(language)).collect();
    let between = match language {
        LanguageTag::English => ", ",
        LanguageTag::Chinese => "、",
    };
    let issue_date = now.with_timezone(&event.plan.start.zone()).date_naive();
    Facts {
        identity: format!("{} {number}", itinerary.name),
        title: itinerary.outline.title.in_language(language).to_owned(),
        delegation: delegation.plan.title.in_language(language).to_owned(),
        subtitle: format!("{} · {}", days(window.start(), window.end(), language), cities.join(between)),
        language: match language {
            LanguageTag::English => Language::English,
            LanguageTag::Chinese => Language::Chinese,
        },
        release: release(number, language),
        issue_date,
        specimen: event.plan.specimen,
        travellers: travellers.iter().map(traveller).collect(),
        days: sheets(visit, language),
        contacts: contacts(visit, controller, language),
    }
}

/// What travellers have to know of a stop beside its time and place, one thing to a line.
pub(super) fn details(visit: &Visit, stop: &Stop, language: LanguageTag) -> Vec<String> {
    let plan = &stop.plan;
    let carriage: Vec<&str> = [plan.carrier.as_deref(), plan.number.as_deref()].into_iter().flatten().collect();
    let mut lines: Vec<String> = Vec::new();
    lines.extend((!carriage.is_empty()).then(|| carriage.join(" ")));
    let hosts = visit.organizations.iter().filter(|organization| plan.organizations.contains(&organization.id));
    lines.extend(hosts.map(|host| host.profile.title.in_language(language).to_owned()));
    lines.extend(plan.allocations.iter().filter_map(|allocation| {
        let resource = visit.resource(&allocation.resource)?;
        Some(format!("{} × {}", resource.plan.title.in_language(language), allocation.quantity))
    }));
    lines.extend(plan.details.iter().cloned());
    lines
}

fn release(number: u32, language: LanguageTag) -> String {
    match (language, number) {
        (LanguageTag::English, 1) => "Release 1".to_owned(),
        (LanguageTag::English, _) => format!("Release {number}, replaces release {}", number - 1),
        (LanguageTag::Chinese, 1) => "第1版".to_owned(),
        (LanguageTag::Chinese, _) => format!("第{number}版，取代第{}版", number - 1),
    }
}

fn traveller(Traveller { person, role }: &Traveller) -> paper::Traveller {
    let name = &person.profile.name;
    let passport_name = name.passport_name.as_ref().map(|name| {
        let parts = [name.surname(), name.given_names()];
        parts.into_iter().flatten().map(NameText::as_str).collect::<Vec<_>>().join(", ")
    });
    paper::Traveller {
        display_name: name.display_name.as_str().to_owned(),
        native_name: name.native_name.as_ref().map(|name| name.as_str().to_owned()),
        passport_name: passport_name.unwrap_or_default(),
        role: role.clone().unwrap_or_default(),
    }
}

/// One sheet for each day on which something begins; the stops come by their instants, so that the days do nearly always too.
fn sheets(visit: &Visit, language: LanguageTag) -> Vec<Day> {
    let mut dates: Vec<NaiveDate> = visit.stops.iter().map(|stop| stop.plan.start.date()).collect();
    dates.sort_unstable();
    dates.dedup();
    dates.into_iter().map(|date| sheet(visit, date, language)).collect()
}

fn sheet(visit: &Visit, date: NaiveDate, language: LanguageTag) -> Day {
    let begin: Vec<&Stop> = visit.stops.iter().filter(|stop| stop.plan.start.date() == date).collect();
    let mut cities: Vec<&str> = Vec::new();
    for place in begin.iter().flat_map(|stop| [Some(stop.plan.route.start()), stop.plan.route.end()]).flatten() {
        let city = city(visit, place, language);
        if !cities.contains(&city) {
            cities.push(city);
        }
    }
    Day {
        date,
        weekday: weekday(date, language).to_owned(),
        city: cities.join(" – "),
        stops: begin.into_iter().map(|stop| line(visit, stop, language)).collect(),
    }
}

/// What a city is called: as the visit's own cities are in the booklet's language, any other as it is written.
fn city<'a>(visit: &'a Visit, place: &'a Place, language: LanguageTag) -> &'a str {
    let mut known = visit.delegation.plan.visit_window.cities().iter();
    known
        .find(|city| city.en() == Some(place.city.as_str()))
        .map_or(place.city.as_str(), |city| city.in_language(language))
}

fn line(visit: &Visit, stop: &Stop, language: LanguageTag) -> paper::Stop {
    let plan = &stop.plan;
    let title = |place: &Place| place.title.in_language(language).to_owned();
    let (place, address) = match &plan.route {
        Route::Way { mode: _, from, to } => (format!("{} – {}", title(from), title(to)), to.address.clone()),
        Route::Stay { place } | Route::Occasion { kind: _, place } => (title(place), place.address.clone()),
    };
    let group = visit.group(stop).unwrap_or_default();
    let names: Vec<&str> = group.iter().map(|traveller| traveller.person.profile.name.display_name.as_str()).collect();
    paper::Stop {
        kind: kind(plan.route.kind(), language).to_owned(),
        title: plan.title.in_language(language).to_owned(),
        start: clock(&plan.start, plan.start.date()),
        end: Some(clock(&plan.end, plan.start.date())),
        place,
        address: address.unwrap_or_default(),
        details: details(visit, stop, language),
        travellers: names.join(", "),
    }
}

fn clock(time: &Zoned, sheet: NaiveDate) -> Clock {
    let days = (time.date() - sheet).num_days();
    Clock {
        time: time.local().time(),
        zone: format!("{} ({})", time.zone(), offset(time)),
        day_offset: i32::try_from(days).unwrap_or_default(),
    }
}

/// How far a clock is from UTC: `UTC+8`, `UTC+5:30`.
fn offset(time: &Zoned) -> String {
    let seconds = time.offset().local_minus_utc();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
    if minutes == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{minutes:02}") }
}

/// Whom to call: the organisers first, then whoever stands behind what the stops use.
fn contacts(visit: &Visit, controller: &Organization, language: LanguageTag) -> Vec<Contact> {
    let organiser = Contact {
        name: controller.profile.title.in_language(language).to_owned(),
        role: match language {
            LanguageTag::English => "Organiser".to_owned(),
            LanguageTag::Chinese => "主办方".to_owned(),
        },
        telephone: controller.profile.phone_number.clone().unwrap_or_default(),
    };
    let is_used = |resource: &&Resource| {
        let mut allocations = visit.stops.iter().flat_map(|stop| &stop.plan.allocations);
        allocations.any(|allocation| allocation.resource == resource.name)
    };
    let behind = visit.resources.iter().filter(is_used).filter_map(|resource| {
        let (name, telephone) = (resource.plan.contact_name.clone(), resource.plan.contact_phone_number.clone());
        (name.is_some() || telephone.is_some()).then(|| Contact {
            name: name.unwrap_or_default(),
            role: resource.plan.title.in_language(language).to_owned(),
            telephone: telephone.unwrap_or_default(),
        })
    });
    [organiser].into_iter().chain(behind).collect()
}

const fn kind(kind: Kind, language: LanguageTag) -> &'static str {
    let (en, zh) = match kind {
        Kind::Way(Mode::Flight) => ("Flight", "航班"),
        Kind::Way(Mode::Train) => ("Train", "列车"),
        Kind::Way(Mode::Transfer) => ("Transfer", "接送"),
        Kind::Way(Mode::Car) => ("Car", "用车"),
        Kind::Stay => ("Stay", "住宿"),
        Kind::Occasion(itinerary::Kind::Visit) => ("Visit", "参访"),
        Kind::Occasion(itinerary::Kind::Meeting) => ("Meeting", "会见"),
        Kind::Occasion(itinerary::Kind::Meal) => ("Meal", "用餐"),
        Kind::Occasion(itinerary::Kind::Signing) => ("Signing", "签约"),
        Kind::Occasion(itinerary::Kind::Session) => ("Session", "会议环节"),
        Kind::Occasion(itinerary::Kind::Ceremony) => ("Ceremony", "仪式"),
        Kind::Occasion(itinerary::Kind::Free) => ("Free time", "自由活动"),
        Kind::Occasion(itinerary::Kind::Note) => ("Note", "提示"),
    };
    match language {
        LanguageTag::English => en,
        LanguageTag::Chinese => zh,
    }
}

fn weekday(date: NaiveDate, language: LanguageTag) -> &'static str {
    let (en, zh) = match date.weekday() {
        Weekday::Mon => ("Monday", "星期一"),
        Weekday::Tue => ("Tuesday", "星期二"),
        Weekday::Wed => ("Wednesday", "星期三"),
        Weekday::Thu => ("Thursday", "星期四"),
        Weekday::Fri => ("Friday", "星期五"),
        Weekday::Sat => ("Saturday", "星期六"),
        Weekday::Sun => ("Sunday", "星期日"),
    };
    match language {
        LanguageTag::English => en,
        LanguageTag::Chinese => zh,
    }
}

#[cfg(test)]
mod tests;
