//! The programme of an event: rooms, sessions and those who appear in them, checked, released, and written as files.

use attache_client::{Client, fresh_request_id, v1};
use tokio::fs;

use super::{
    Stopped, findings,
    folder::Folder,
    registrations::People,
    report::Made,
    samples::{Programme, Session, Signing},
    stopped::Step as _,
};

/// How files end, and how each is written.
const FILES: [(&str, v1::ScheduleFormat); 3] =
    [("json", v1::ScheduleFormat::Json), ("xml", v1::ScheduleFormat::Xml), ("ics", v1::ScheduleFormat::Icalendar)];

/// Plans a programme, releases it once nothing stands in its way, and writes it into files that are called `stem` and an ending.
pub(super) async fn release(
    client: &Client,
    programme: &Programme,
    people: &People,
    folder: &Folder,
    stem: &str,
) -> Result<Vec<Made>, Stopped> {
    let Programme { event, rooms, sessions } = programme;
    let event = format!("events/{event}");
    for sample in rooms {
        let room =
            v1::Room { title: Some((&sample.title).into()), capacity: Some(sample.capacity), ..v1::Room::default() };
        let request = v1::CreateRoomRequest {
            parent: event.clone(),
            room: Some(room),
            room_id: sample.id.clone(),
            request_id: fresh_request_id(),
            validate_only: false,
        };
        client.rooms().create_room(request).await.at(format!("creating the room {}", sample.id))?;
    }
    let mut speakers = 0;
    for sample in sessions {
        speakers += plan(client, &event, people, sample).await?;
    }
    let warnings = check(client, &event).await?;
    let request =
        v1::ReleaseScheduleRequest { parent: event.clone(), validate_only: false, request_id: fresh_request_id() };
    client.schedules().release_schedule(request).await.at("releasing the schedule")?;
    export(client, &event, folder, stem).await?;
    Ok(vec![
        Made::new("rooms", rooms.len()),
        Made::new("sessions checked and released", sessions.len()),
        Made::part("appearances of speakers", speakers),
        Made::part("warnings of the check", warnings),
    ])
}

/// Creates a session and those who appear in it; tells how many they are.
async fn plan(client: &Client, event: &str, people: &People, sample: &Session) -> Result<usize, Stopped> {
    let session = v1::Session {
        kind: sample.kind.into(),
        title: Some((&sample.title).into()),
        room: format!("{event}/rooms/{}", sample.room),
        start_time: Some((&sample.start_time).into()),
        end_time: Some((&sample.end_time).into()),
        signing: sample.signing.as_ref().map(|signing| signing_of(people, signing)).transpose()?,
        ..v1::Session::default()
    };
    let request = v1::CreateSessionRequest {
        parent: event.to_owned(),
        session: Some(session),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    let created = client.sessions().create_session(request).await.at(format!("creating the session {}", sample.key))?;
    for (position, key) in (1..).zip(&sample.speakers) {
        let speaker = v1::Speaker {
            person: people.name(key)?,
            role: v1::SpeakerRole::Speaker.into(),
            position,
            ..v1::Speaker::default()
        };
        let request = v1::CreateSpeakerRequest {
            parent: created.name.clone(),
            speaker: Some(speaker),
            request_id: fresh_request_id(),
            validate_only: false,
        };
        client.speakers().create_speaker(request).await.at(format!("adding a speaker to {}", sample.key))?;
    }
    Ok(sample.speakers.len())
}

fn signing_of(people: &People, signing: &Signing) -> Result<v1::Signing, Stopped> {
    let signatories = signing.parties.iter().map(|party| people.name(&party.signatory));
    let witnesses = signing.witnesses.iter().map(|witness| people.name(witness));
    let party = |id: &String| format!("organizations/{id}");
    let parts = signing.parties.iter().map(|signed| {
        let (person, party) = (people.name(&signed.signatory)?, party(&signed.organization));
        Ok::<_, Stopped>(v1::SigningPart { person, party })
    });
    Ok(v1::Signing {
        parties: signing.parties.iter().map(|signed| party(&signed.organization)).collect(),
        signatories: signatories.collect::<Result<_, _>>()?,
        witnesses: witnesses.collect::<Result<_, _>>()?,
        language_codes: signing.language_codes.clone(),
        document_title: Some((&signing.document_title).into()),
        signing_parts: parts.collect::<Result<_, _>>()?,
        ..v1::Signing::default()
    })
}

/// Checks the programme, and counts what the organiser may mean; whatever makes it impossible stops the demo.
async fn check(client: &Client, event: &str) -> Result<usize, Stopped> {
    let step = "checking the schedule";
    let request = v1::CheckScheduleRequest { parent: event.to_owned() };
    let findings = client.schedules().check_schedule(request).await.at(step)?.findings;
    findings::count_warnings(step, findings.into_iter().map(|finding| (finding.severity(), finding.reason)))
}

/// Writes what was released in the formats that other programs read.
async fn export(client: &Client, event: &str, folder: &Folder, stem: &str) -> Result<(), Stopped> {
    let unwritten = |source| Stopped::Disk { what: "a file of the schedule", source };
    if let Some(parent) = folder.join(stem).parent() {
        fs::create_dir_all(parent).await.map_err(unwritten)?;
    }
    for (ending, format) in FILES {
        let request = v1::ExportScheduleRequest {
            name: format!("{event}/schedule"),
            format: format.into(),
            language_code: "en".to_owned(),
        };
        let exported = client.schedules().export_schedule(request).await.at("exporting the schedule")?;
        fs::write(folder.join(&format!("{stem}.{ending}")), exported.content).await.map_err(unwritten)?;
    }
    Ok(())
}
