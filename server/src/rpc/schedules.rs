//! The wire of schedules.

use std::sync::Arc;

use attache_domain::{
    language::LanguageTag,
    resource::{EventId, EventName},
    schedule::{Edition, ScheduleName},
};
use attache_proto::v1::{self as pb, schedule_service_server::ScheduleService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    jobs, reply,
    shapes::decode_list,
    status::not_found,
    streams::{FanOut, Stream, Streams, follow},
    values::{choice, decode_since, encode_count},
};
use crate::app::{self, App};

mod changes;
mod export;
mod imports;
mod kept;
mod messages;
mod watching;

use kept::Kept;
use messages::{encode_finding, encode_release};
use watching::{Releases, Watching};

/// Answers `ScheduleService`.
pub struct Schedules {
    app: Arc<App>,
    streams: Streams,
    kept: Kept,
    releases: FanOut<EventId, pb::WatchScheduleResponse>,
}

impl Schedules {
    /// Makes the service, with no schedule kept yet and nobody who watches one.
    pub(super) fn new(app: Arc<App>, streams: Streams) -> Self {
        Self { app, streams, kept: Kept::default(), releases: FanOut::default() }
    }
}

#[tonic::async_trait]
impl ScheduleService for Schedules {
    type WatchScheduleStream = Stream<pb::WatchScheduleResponse>;

    async fn check_schedule(&self, request: Request<pb::CheckScheduleRequest>) -> Answer<pb::CheckScheduleResponse> {
        let authority = authority(&request)?;
        let pb::CheckScheduleRequest { parent } = request.into_inner();
        let event = decode(parent, |fields, parent| fields.parse::<EventName>("parent", &parent))?;
        let draft = self.app.store.draft(&authority.viewer(&event.event)?).await?;
        let findings = draft.ok_or_else(|| not_found(&event))?.findings();
        let findings = findings.iter().map(|finding| encode_finding(&event.event, finding)).collect();
        Ok(reply(pb::CheckScheduleResponse { findings }))
    }

    async fn preview_release(&self, request: Request<pb::PreviewReleaseRequest>) -> Answer<pb::PreviewReleaseResponse> {
        let authority = authority(&request)?;
        let pb::PreviewReleaseRequest { parent } = request.into_inner();
        let event = decode(parent, |fields, parent| fields.parse::<EventName>("parent", &parent))?;
        let viewer = authority.viewer(&event.event)?;
        let released = app::schedules::preview(&self.app, &viewer).await?;
        let release = Some(encode_release(&released.release));
        let organizer = authority.organizer(&event.event).ok();
        let changes = changes::tell(&self.app, &viewer, &released, organizer.as_ref()).await?;
        Ok(reply(pb::PreviewReleaseResponse { release, changes }))
    }

    async fn release_schedule(
        &self,
        request: Request<pb::ReleaseScheduleRequest>,
    ) -> Answer<pb::ReleaseScheduleResponse> {
        let authority = authority(&request)?;
        let (event, once) = decode_write(request, |fields, message| {
            let pb::ReleaseScheduleRequest { parent, request_id: _, validate_only: _ } = message;
            fields.parse::<EventName>("parent", &parent)
        })?;
        let (organizer, viewer) = (authority.organizer(&event.event)?, authority.viewer(&event.event)?);
        let released = app::schedules::release(&self.app, &organizer, once).await?;
        let release = Some(encode_release(&released.release));
        let changes = changes::tell(&self.app, &viewer, &released, Some(&organizer)).await?;
        Ok(reply(pb::ReleaseScheduleResponse { release, changes }))
    }

    async fn get_schedule(&self, request: Request<pb::GetScheduleRequest>) -> Answer<pb::Schedule> {
        let (name, known) = decode(request.into_inner(), decode_get)?;
        let schedule = self.kept.schedule(&self.app, &name).await?.ok_or_else(|| not_found(&name))?;
        Ok(schedule.answer(&known))
    }

    async fn list_releases(&self, request: Request<pb::ListReleasesRequest>) -> Answer<pb::ListReleasesResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.releases(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListReleasesResponse {
            releases: page.items.iter().map(encode_release).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn import_schedule(&self, request: Request<pb::ImportScheduleRequest>) -> Answer<pb::Job> {
        let authority = authority(&request)?;
        let ((event, wanted), asked) = decode_write(request, imports::decode)?;
        let organizer = authority.organizer(&event.event)?;
        let job = if asked.validate_only {
            let survey = app::schedules::preview_import(&self.app, &organizer, &wanted).await?;
            imports::encode_survey(&event.event, &survey)
        } else {
            jobs::encode(&app::schedules::import(&self.app, &organizer, &wanted, asked).await?)
        };
        Ok(reply(job))
    }

    async fn watch_schedule(&self, request: Request<pb::WatchScheduleRequest>) -> Answer<Self::WatchScheduleStream> {
        let pb::WatchScheduleRequest { parent, cursor } = request.into_inner();
        let event = decode(parent, |fields, parent| fields.parse::<EventName>("parent", &parent))?;
        let since = self.app.store.releases_since(&event.event, &decode_since(cursor)).await?;
        let version = since.ok_or_else(|| not_found(&event))?;
        let releases = Releases { app: Arc::clone(&self.app), event: event.event };
        let follower = self.releases.follow(releases.event.clone(), || releases.clone());
        Ok(self.streams.begin(|listener| follow(Watching { releases, version }, follower, listener)))
    }

    async fn export_schedule(&self, request: Request<pb::ExportScheduleRequest>) -> Answer<pb::ExportScheduleResponse> {
        let authority = authority(&request)?;
        let (name, format, language) = decode(request.into_inner(), decode_export)?;
        let viewer = authority.viewer(&name.event)?;
        let exported = export::schedule(&self.app, &viewer, &name).await?.ok_or_else(|| not_found(&name))?;
        let (content, media_type) = exported.write(format, language);
        Ok(reply(pb::ExportScheduleResponse { content, media_type: media_type.to_owned() }))
    }
}

fn decode_get(fields: &mut Fields, request: pb::GetScheduleRequest) -> Option<(ScheduleName, String)> {
    let pb::GetScheduleRequest { name, if_none_match } = request;
    let name = fields.parse::<ScheduleName>("name", &name)?;
    if name.edition == Edition::Draft {
        fields.refuse("name", "is a draft, which can be exported only");
    }
    Some((name, if_none_match))
}

fn decode_export(
    fields: &mut Fields,
    request: pb::ExportScheduleRequest,
) -> Option<(ScheduleName, export::Format, LanguageTag)> {
    let pb::ExportScheduleRequest { name, format, language_code } = request;
    let name = fields.parse("name", &name);
    let format = choice(fields, "format", format, |format| match format {
        pb::ScheduleFormat::Unspecified => None,
        pb::ScheduleFormat::Xml => Some(export::Format::Xml),
        pb::ScheduleFormat::Json => Some(export::Format::Json),
        pb::ScheduleFormat::Icalendar => Some(export::Format::Icalendar),
    });
    let language = fields.parse_optional("language_code", &language_code);
    Some((name?, format?, language?.unwrap_or(LanguageTag::English)))
}
