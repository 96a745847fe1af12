//! The events, each with its categories; a booth is a category whose places are its exhibitor passes.

use attache_client::{Client, fresh_request_id, v1};

use super::{
    Stopped,
    report::Made,
    samples::{Category, Event, Gathering, Samples},
    stopped::Step as _,
};

/// Creates the events that are ahead, each with its categories.
pub(super) async fn create(client: &Client, samples: &Samples) -> Result<Vec<Made>, Stopped> {
    for Gathering { event, categories, people: _ } in &samples.gatherings {
        create_one(client, event, categories).await?;
    }
    let categories = samples.gatherings.iter().map(|gathering| gathering.categories.len()).sum();
    Ok(vec![Made::new("events", samples.gatherings.len()), Made::new("categories and booths", categories)])
}

/// Creates one event with its categories.
pub(super) async fn create_one(client: &Client, sample: &Event, categories: &[Category]) -> Result<(), Stopped> {
    let request = v1::CreateEventRequest {
        event: Some(event(sample)),
        event_id: sample.id.clone(),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    let created = client.events().create_event(request).await.at(format!("creating the event {}", sample.id))?;
    for sample in categories {
        let request = v1::CreateCategoryRequest {
            parent: created.name.clone(),
            category: Some(category(sample)),
            category_id: sample.id.clone(),
            request_id: fresh_request_id(),
            validate_only: false,
        };
        let step = format!("creating the category {} of {}", sample.id, created.name);
        client.categories().create_category(request).await.at(step)?;
    }
    Ok(())
}

fn event(sample: &Event) -> v1::Event {
    let hosts = sample.hosts.iter().map(|host| v1::EventHost {
        organization: format!("organizations/{}", host.organization),
        role: host.role.into(),
    });
    v1::Event {
        title: Some((&sample.title).into()),
        start_time: Some((&sample.start_time).into()),
        end_time: Some((&sample.end_time).into()),
        controller: format!("organizations/{}", sample.controller),
        hosts: hosts.collect(),
        venue: Some(v1::Venue {
            title: Some((&sample.venue.title).into()),
            address_lines: sample.venue.address_lines.clone(),
            city: sample.venue.city.clone(),
            region_code: sample.venue.region_code.clone(),
            ..Default::default()
        }),
        registration_open_time: Some(sample.registration_open_time.instant()),
        registration_close_time: Some(sample.registration_close_time.instant()),
        contact_email: sample.contact_email.clone(),
        specimen: sample.specimen,
        ..v1::Event::default()
    }
}

fn category(sample: &Category) -> v1::Category {
    v1::Category {
        title: Some((&sample.title).into()),
        capacity: Some(sample.capacity),
        language_codes: sample.language_codes.clone(),
        confirmation: sample.confirmation.into(),
        public: sample.public,
        offer_hours: sample.offer_hours,
        ..v1::Category::default()
    }
}
