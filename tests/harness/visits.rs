//! A delegation of two that visits Beijing, and its itinerary.

use attache_client::v1;
use attache_domain::resource::FileName;
use chrono::{DateTime, Utc};
use icalendar::{Calendar, CalendarComponent, Component as _, DatePerhapsTime, Event};

use crate::{
    House,
    fixtures::{FORUM, ZBRA, beijing, person, text},
};

/// A visit to Beijing: who travels, and its itinerary.
pub struct Visit {
    /// `organizations/{organization}/persons/{person}` of the head and of the other member.
    pub travellers: [String; 2],
    /// The itinerary, a draft without stops.
    pub itinerary: v1::Itinerary,
}

/// An entry of a calendar, as a program reads it.
pub struct Entry {
    /// What it is known by.
    pub uid: String,
    /// When it begins.
    pub start: Moment,
    /// When it ends.
    pub end: Moment,
}

/// A moment of a calendar: the zone it is written in, and the instant a program makes of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Moment {
    /// The zone.
    pub time_zone: String,
    /// The instant.
    pub instant: DateTime<Utc>,
}

/// Reads a calendar with a parser that is not ours.
pub fn entries(calendar: &[u8]) -> Vec<Entry> {
    let text = std::str::from_utf8(calendar).expect("UTF-8");
    let calendar: Calendar = text.parse().expect("a calendar");
    let entries = calendar.components.iter().filter_map(|component| {
        if let CalendarComponent::Event(event) = component { Some(entry(event)) } else { None }
    });
    entries.collect()
}

fn entry(event: &Event) -> Entry {
    let moment = |key: &str, time: Option<DatePerhapsTime>| match time {
        Some(DatePerhapsTime::DateTime(time)) => Moment {
            time_zone: event.properties()[key].params()["TZID"].value().to_owned(),
            instant: time.try_into_utc().expect("an instant"),
        },
        Some(DatePerhapsTime::Date(_)) | None => unreachable!("stops have times"),
    };
    Entry {
        uid: event.get_uid().expect("a uid").to_owned(),
        start: moment("DTSTART", event.get_start()),
        end: moment("DTEND", event.get_end()),
    }
}

/// A time on a wall in Pakistan.
pub fn karachi(local_time: &str) -> v1::ZonedTime {
    v1::ZonedTime { time_zone: "Asia/Karachi".to_owned(), ..beijing(local_time) }
}

/// A place in a city of a region.
pub fn place(title: &str, city: &str, region_code: &str) -> v1::Place {
    v1::Place {
        title: Some(text(title, "")),
        address: "1 Specimen Road".to_owned(),
        city: city.to_owned(),
        region_code: region_code.to_owned(),
    }
}

/// A night in the air from Islamabad to Beijing, as its ticket shows it.
pub fn flight() -> v1::Stop {
    v1::Stop {
        kind: v1::StopKind::Flight.into(),
        title: Some(text("Islamabad to Beijing", "伊斯兰堡飞往北京")),
        start_time: Some(karachi("2023-09-02T21:30")),
        start_place: Some(place("Islamabad International Airport (ISB)", "Islamabad", "PK")),
        end_time: Some(beijing("2023-09-03T06:30")),
        end_place: Some(place("Beijing Capital International Airport (PEK)", "Beijing", "CN")),
        carrier: "Specimen Air".to_owned(),
        number: "XX 0852".to_owned(),
        ..Default::default()
    }
}

/// A meeting in Beijing on a day of September 2023, such as `04`, from one hour to another.
pub fn meeting(day: &str, start: &str, end: &str) -> v1::Stop {
    v1::Stop {
        kind: v1::StopKind::Meeting.into(),
        title: Some(text("Meeting at ZBRA", "与产业促进会会谈")),
        start_time: Some(beijing(&format!("2023-09-{day}T{start}"))),
        start_place: Some(place("ZBRA, Zhongguancun", "Beijing", "CN")),
        end_time: Some(beijing(&format!("2023-09-{day}T{end}"))),
        ..Default::default()
    }
}

/// Nights in Beijing, from the arrival to the departure.
pub fn stay() -> v1::Stop {
    v1::Stop {
        kind: v1::StopKind::Stay.into(),
        title: Some(text("Five nights at the Specimen Hotel", "样本酒店住宿五晚")),
        start_time: Some(beijing("2023-09-03T10:00")),
        start_place: Some(place("Specimen Hotel, Beijing", "Beijing", "CN")),
        end_time: Some(beijing("2023-09-08T12:00")),
        ..Default::default()
    }
}

/// A van in Beijing, which is in one place at a time.
pub fn van() -> v1::Resource {
    let title = Some(text("Van", "面包车"));
    v1::Resource { kind: v1::ResourceKind::Vehicle.into(), title, ..rooms(7) }
}

/// Rooms of the hotel in Beijing.
pub fn rooms(capacity: i32) -> v1::Resource {
    v1::Resource {
        kind: v1::ResourceKind::HotelRoom.into(),
        title: Some(text("Single rooms, Specimen Hotel", "样本酒店单人间")),
        capacity,
        city: "Beijing".to_owned(),
        contact_name: "Front desk".to_owned(),
        contact_phone_number: "+86 10 5550 0102".to_owned(),
        ..Default::default()
    }
}

impl House {
    /// Creates the forum, a delegation of two to it, and the draft of their itinerary.
    pub async fn visit_to_beijing(&self) -> Visit {
        self.forum_with_seats(12).await;
        let (delegation, travellers) = self.delegation_of_two().await;
        let itinerary = v1::Itinerary {
            title: Some(text("Visit to Beijing and Tianjin", "北京、天津访问行程")),
            delegation,
            region_code: "CN".to_owned(),
            ..Default::default()
        };
        let request =
            v1::CreateItineraryRequest { parent: FORUM.to_owned(), itinerary: Some(itinerary), ..Default::default() };
        let itinerary = self.owner.itineraries().create_itinerary(request).await.expect("an itinerary").into_inner();
        Visit { travellers, itinerary }
    }

    /// Drafts another itinerary of the same delegation, as another desk might.
    pub async fn visit_beside(&self, visit: &Visit) -> Visit {
        let v1::Itinerary { title, delegation, region_code, .. } = visit.itinerary.clone();
        let itinerary = v1::Itinerary { title, delegation, region_code, ..Default::default() };
        let request =
            v1::CreateItineraryRequest { parent: FORUM.to_owned(), itinerary: Some(itinerary), ..Default::default() };
        let itinerary = self.owner.itineraries().create_itinerary(request).await.expect("an itinerary").into_inner();
        Visit { travellers: visit.travellers.clone(), itinerary }
    }

    /// Adds a stop to a visit.
    pub async fn stop(&self, visit: &Visit, stop: v1::Stop) -> v1::Stop {
        let request =
            v1::CreateStopRequest { parent: visit.itinerary.name.clone(), stop: Some(stop), ..Default::default() };
        self.owner.stops().create_stop(request).await.expect("a stop").into_inner()
    }

    /// The bytes of a file of the house, once they were seen to be those whose digest is kept.
    pub async fn file(&self, name: &str) -> Vec<u8> {
        let name: FileName = name.parse().expect("a file's name");
        let (file, bytes) = self.app.store.read_file(&name).await.expect("a store").expect("a file");
        assert_eq!(file.digest, Some(blake3::hash(&bytes).to_hex().to_string()));
        bytes.to_vec()
    }

    /// Adds a resource to the forum, and gives its name.
    pub async fn resource(&self, resource: v1::Resource) -> String {
        let request =
            v1::CreateResourceRequest { parent: FORUM.to_owned(), resource: Some(resource), ..Default::default() };
        self.owner.resources().create_resource(request).await.expect("a resource").into_inner().name
    }
}

impl House {
    async fn delegation_of_two(&self) -> (String, [String; 2]) {
        let visit_window = v1::VisitWindow {
            start_date: "2023-09-03".to_owned(),
            end_date: "2023-09-08".to_owned(),
            cities: vec![text("Beijing", "北京"), text("Tianjin", "天津")],
        };
        let delegation = v1::Delegation {
            title: Some(text("Technology delegation of Pakistan", "巴基斯坦科技代表团")),
            sender: ZBRA.to_owned(),
            seats: 12,
            visit_window: Some(visit_window),
            ..Default::default()
        };
        let request = v1::CreateDelegationRequest {
            parent: FORUM.to_owned(),
            delegation: Some(delegation),
            ..Default::default()
        };
        let delegation = self.owner.delegations().create_delegation(request).await.expect("a delegation").into_inner();
        let nominations = [person("Zarmina", "zarmina@example.org"), person("Hina Sattar", "hina@example.org")];
        let nominations = nominations.map(|person| v1::Nomination {
            new_person: Some(person),
            role: "Member".to_owned(),
            ..Default::default()
        });
        let request = v1::NominateMembersRequest {
            parent: delegation.name.clone(),
            nominations: nominations.to_vec(),
            ..Default::default()
        };
        let members = self.owner.delegations().nominate_members(request).await.expect("members").into_inner().members;
        let travellers = [0, 1].map(|index| members[index].person.clone());
        let head = v1::Delegation { head: travellers[0].clone(), ..delegation.clone() };
        let head = v1::Delegation { etag: String::new(), ..head };
        let request = v1::UpdateDelegationRequest { delegation: Some(head), ..Default::default() };
        self.owner.delegations().update_delegation(request).await.expect("a head");
        (delegation.name, travellers)
    }
}
