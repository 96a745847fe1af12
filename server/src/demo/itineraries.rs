//! The visits of the delegations: what they use and every stop of them, checked, released, and kept as booklets and calendars.

use std::collections::BTreeMap;

use attache_client::{Client, fresh_request_id, v1};
use tokio::fs;

use super::{
    Stopped, findings,
    folder::Folder,
    outputs,
    registrations::People,
    report::Made,
    samples::{Resource, Samples, Stop, Visit},
    stopped::Step as _,
};

/// What the visits of the samples came to so far.
#[derive(Default)]
struct Counts {
    resources: usize,
    stops: usize,
    warnings: usize,
}

/// Plans each delegation's visit, releases it, and downloads what its travellers are mailed.
pub(super) async fn release(
    client: &Client,
    samples: &Samples,
    people: &People,
    delegations: &[String],
    folder: &Folder,
) -> Result<Vec<Made>, Stopped> {
    let place = folder.join("itineraries");
    fs::create_dir_all(&place).await.map_err(unwritten)?;
    let mut counts = Counts::default();
    for (visit, delegation) in samples.visits.iter().zip(delegations) {
        let itinerary = plan(client, visit, itinerary(samples, visit, delegation), people, &mut counts).await?;
        counts.warnings += check(client, &itinerary).await?;
        let released = release_one(client, itinerary).await?;
        let name = file_name(visit);
        for (file, ending) in [(released.booklet_file, "pdf"), (released.calendar_file, "ics")] {
            let bytes = outputs::download(client, file, "downloading what travellers are given").await?;
            fs::write(place.join(format!("{name}.{ending}")), bytes).await.map_err(unwritten)?;
        }
    }
    Ok(vec![
        Made::new("itineraries checked and released", samples.visits.len()),
        Made::part("stops", counts.stops),
        Made::part("rooms, vehicles, guides, interpreters", counts.resources),
        Made::part("warnings of the check", counts.warnings),
    ])
}

/// The itinerary of a visit, in the language of the head of its delegation.
fn itinerary(samples: &Samples, visit: &Visit, delegation: &str) -> v1::Itinerary {
    let head = samples.person(&visit.delegation.head);
    v1::Itinerary {
        title: Some((&visit.journey.title).into()),
        delegation: delegation.to_owned(),
        region_code: visit.letter.region_code.clone(),
        language_code: head.map(|head| head.language_code.clone()).unwrap_or_default(),
        ..v1::Itinerary::default()
    }
}

/// Creates what a visit uses, its itinerary and its stops.
async fn plan(
    client: &Client,
    visit: &Visit,
    itinerary: v1::Itinerary,
    people: &People,
    counts: &mut Counts,
) -> Result<v1::Itinerary, Stopped> {
    let event = format!("events/{}", visit.delegation.event);
    let mut resources = BTreeMap::new();
    for sample in &visit.journey.resources {
        resources.insert(sample.key.as_str(), create_resource(client, &event, sample).await?);
    }
    let request = v1::CreateItineraryRequest {
        parent: event,
        itinerary: Some(itinerary),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    let itinerary = client.itineraries().create_itinerary(request).await.at("creating an itinerary")?;
    for sample in &visit.stops {
        let request = v1::CreateStopRequest {
            parent: itinerary.name.clone(),
            stop: Some(stop(visit, people, &resources, sample)?),
            request_id: fresh_request_id(),
            validate_only: false,
        };
        client.stops().create_stop(request).await.at("adding a stop to an itinerary")?;
    }
    counts.resources += resources.len();
    counts.stops += visit.stops.len();
    Ok(itinerary)
}

/// Creates something that stops use; tells its resource name.
async fn create_resource(client: &Client, event: &str, sample: &Resource) -> Result<String, Stopped> {
    let resource = v1::Resource {
        kind: sample.kind.into(),
        title: Some((&sample.title).into()),
        capacity: sample.capacity,
        city: sample.city.clone(),
        ..v1::Resource::default()
    };
    let request = v1::CreateResourceRequest {
        parent: event.to_owned(),
        resource: Some(resource),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    let step = || format!("creating the resource {} of {event}", sample.key);
    Ok(client.resources().create_resource(request).await.at(step())?.name)
}

fn stop(
    visit: &Visit,
    people: &People,
    resources: &BTreeMap<&str, String>,
    sample: &Stop,
) -> Result<v1::Stop, Stopped> {
    let allocations = sample.resources.iter().map(|used| {
        let resource = resources.get(used.resource.as_str()).cloned().ok_or_else(|| unknown("resource"))?;
        Ok(v1::Allocation { resource, quantity: used.quantity })
    });
    let travellers = sample.travellers.iter().map(|key| people.name(key));
    Ok(v1::Stop {
        kind: sample.kind.into(),
        title: Some((&sample.title).into()),
        start_time: Some((&sample.start_time).into()),
        start_place: Some(place(visit, &sample.place)?),
        end_time: Some((&sample.end_time).into()),
        end_place: sample.destination.as_deref().map(|key| place(visit, key)).transpose()?,
        carrier: sample.carrier.clone(),
        number: sample.number.clone(),
        organizations: sample.organizations.iter().map(|id| format!("organizations/{id}")).collect(),
        travellers: travellers.collect::<Result<_, _>>()?,
        allocations: allocations.collect::<Result<_, Stopped>>()?,
        ..v1::Stop::default()
    })
}

fn place(visit: &Visit, key: &str) -> Result<v1::Place, Stopped> {
    let found = visit.journey.places.iter().find(|place| place.key == key);
    found.map(v1::Place::from).ok_or_else(|| unknown("place"))
}

fn unknown(what: &str) -> Stopped {
    Stopped::Sample {
        file: "delegation-*.toml",
        problem: format!("a stop names a {what} that the visit does not have"),
    }
}

/// Checks an itinerary, and counts what travellers may mean; whatever makes it impossible stops the demo.
async fn check(client: &Client, itinerary: &v1::Itinerary) -> Result<usize, Stopped> {
    let step = "checking an itinerary";
    let request = v1::CheckItineraryRequest { name: itinerary.name.clone() };
    let findings = client.itineraries().check_itinerary(request).await.at(step)?.findings;
    findings::count_warnings(step, findings.into_iter().map(|finding| (finding.severity(), finding.reason)))
}

/// Releases an itinerary, as its last stop left it.
async fn release_one(client: &Client, itinerary: v1::Itinerary) -> Result<v1::Itinerary, Stopped> {
    let v1::Itinerary { name, etag, .. } = itinerary;
    let request = v1::ReleaseItineraryRequest { name, etag, request_id: fresh_request_id(), validate_only: false };
    client.itineraries().release_itinerary(request).await.at("releasing an itinerary")
}

/// What a visit's files are called: the English title of its delegation, fit for every file system.
fn file_name(visit: &Visit) -> String {
    let title = visit.delegation.title.en.to_lowercase();
    let words = title.split(|character: char| !character.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

fn unwritten(source: std::io::Error) -> Stopped {
    Stopped::Disk { what: "a booklet or a calendar", source }
}
