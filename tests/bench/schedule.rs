//! `schedule`: the released schedule that every guest reads.

use anyhow::Result;
use attache_client::{Client, v1};
use attache_tests::fixtures::{FORUM, ZBRA, beijing, person, text};
use tonic::Status;

use crate::{
    forums::found_forums,
    limit::limit,
    noop,
    scenario::{Ground, Measured, Scenario},
    served::{CONNECTIONS, Served},
    site::{Manner, Site},
    turns::{Side as _, compare},
};

/// How many rooms there are, each with as many sessions.
const ROOMS: usize = 20;
/// How many sessions are in a room, one after another.
const SESSIONS: usize = 10;
/// How long one is, in minutes.
const MINUTES: usize = 40;

/// A guest has no token, and so the one who asks has none.
pub const SCHEDULE: Scenario = Scenario {
    name: "schedule",
    reaches: "GetSchedule of a release with 200 sessions; at least 0.7 of bare tonic with the same bytes, and with a \
              matching etag at least 0.8 of noop",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let in_flight = ground.in_flight.unwrap_or(64);
    let site = Site::found(ground, async |owner| release(&owner).await).await?;
    let known = get(&site, &Manner::default()).await?;
    let etag = known.etag.clone();

    let mut server = guests(&site, "server", in_flight, ask).await?;
    let path = "/attache.v1.ScheduleService/GetSchedule";
    let mut bare = limit(&site, &known, path, in_flight, ask).await?;
    let mut unchanged =
        guests(&site, "server, etag matches", in_flight, move |client| ask_again(client, etag.clone())).await?;
    let mut noop = noop::served(&site, "noop", site.serve(&Manner::default()).await?, in_flight).await?;
    let sides = &mut [&mut server as _, &mut bare as _, &mut unchanged as _, &mut noop as _];
    let compared = compare(sides, ground.turns, ground.lasting).await?;
    for side in [server, bare, unchanged, noop] {
        Box::new(side).clear().await?;
    }
    site.clear().await?;
    let title = format!("schedule, {in_flight} in flight");
    Ok(Measured::of(title, compared, |compared| vec![compared.ratio(0, 1, 0.7), compared.ratio_of(2, 3, 0.8)]))
}

async fn guests<F>(
    site: &Site,
    name: &str,
    in_flight: usize,
    call: impl Fn(Client) -> F + Send + Sync + 'static,
) -> Result<Served>
where
    F: Future<Output = Result<(), Status>> + Send + 'static,
{
    let process = site.serve(&Manner::default()).await?;
    let clients = crate::site::connections(&process, None, CONNECTIONS).await?;
    Ok(Served::new(name, process, clients, in_flight, call))
}

async fn get(site: &Site, manner: &Manner) -> Result<v1::Schedule> {
    let process = site.serve(manner).await?;
    let schedule = site.client(&process).await?.schedules().get_schedule(request()).await?.into_inner();
    process.stop().await?;
    Ok(schedule)
}

fn request() -> v1::GetScheduleRequest {
    v1::GetScheduleRequest { name: format!("{FORUM}/schedule"), ..Default::default() }
}

async fn ask(client: Client) -> Result<(), Status> {
    let schedule = client.schedules().get_schedule(request()).await?.into_inner();
    if schedule.entries.len() == ROOMS * SESSIONS {
        Ok(())
    } else {
        Err(Status::data_loss("the schedule is not whole"))
    }
}

async fn ask_again(client: Client, etag: String) -> Result<(), Status> {
    let request = v1::GetScheduleRequest { if_none_match: etag, ..request() };
    let schedule = client.schedules().get_schedule(request).await?.into_inner();
    if schedule.not_modified { Ok(()) } else { Err(Status::data_loss("the schedule is sent again")) }
}

/// Makes a forum with its sessions, each with a speaker, and releases them.
pub async fn release(owner: &Client) -> Result<()> {
    found_forums(owner, 1).await?;
    for room in 0..ROOMS {
        let room_id = format!("room-{room}");
        let room = v1::Room {
            title: Some(text(&format!("Room {room}"), "会议室")),
            capacity: Some(300),
            ..Default::default()
        };
        let (parent, room) = (FORUM.to_owned(), Some(room));
        let request = v1::CreateRoomRequest { parent, room, room_id: room_id.clone(), ..Default::default() };
        let room = owner.rooms().create_room(request).await?.into_inner();
        let speaker = person(&format!("Speaker of {room_id}"), &format!("{room_id}@example.org"));
        let request = v1::CreatePersonRequest { parent: ZBRA.to_owned(), person: Some(speaker), ..Default::default() };
        let speaker = owner.persons().create_person(request).await?.into_inner();
        for number in 0..SESSIONS {
            add_session(owner, &room.name, number, &speaker.name).await?;
        }
    }
    let request = v1::ReleaseScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };
    owner.schedules().release_schedule(request).await?;
    Ok(())
}

async fn add_session(owner: &Client, room: &str, number: usize, speaker: &str) -> Result<()> {
    let session = v1::Session {
        kind: v1::SessionKind::Talk.into(),
        title: Some(text(&format!("Session {number} of {room}"), &format!("第{number}场会议"))),
        description: Some(text("What has been done in a year, and what is to be done in the next.", "回顾与展望")),
        room: room.to_owned(),
        start_time: Some(beijing(&clock(number * MINUTES))),
        end_time: Some(beijing(&clock((number + 1) * MINUTES))),
        ..Default::default()
    };
    let request = v1::CreateSessionRequest { parent: FORUM.to_owned(), session: Some(session), ..Default::default() };
    let session = owner.sessions().create_session(request).await?.into_inner();
    let speaker =
        v1::Speaker { person: speaker.to_owned(), role: v1::SpeakerRole::Speaker.into(), ..Default::default() };
    let request = v1::CreateSpeakerRequest { parent: session.name, speaker: Some(speaker), ..Default::default() };
    owner.speakers().create_speaker(request).await?;
    Ok(())
}

/// So many minutes after the forum begins.
fn clock(minutes: usize) -> String {
    format!("2036-09-05T{:02}:{:02}", 9 + minutes / 60, minutes % 60)
}
