//! The wire of speakers.

use std::sync::Arc;

use attache_domain::{
    authority::Viewer,
    resource::{SessionName, SpeakerName},
    speaker::{Part, Role, Speaker},
};
use attache_proto::v1::{self as pb, speaker_service_server::SpeakerService};
use tonic::{Request, Status};

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    masks::{Mask, overlay},
    reply,
    shapes::{decode_list, decode_name, decode_verb},
    status::not_found,
    values::{choice, encode_count, encode_instant, etag},
};
use crate::app::{self, App, Edit};

/// Answers `SpeakerService`.
pub struct Speakers {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl SpeakerService for Speakers {
    async fn create_speaker(&self, request: Request<pb::CreateSpeakerRequest>) -> Answer<pb::Speaker> {
        let authority = authority(&request)?;
        let ((session, part), once) = decode_write(request, |fields, message| {
            let pb::CreateSpeakerRequest { parent, speaker, request_id: _, validate_only: _ } = message;
            let session = fields.parse::<SessionName>("parent", &parent);
            let part = fields.nested("speaker", speaker, decode_part);
            Some((session?, part?))
        })?;
        let organizer = authority.organizer(&session.event)?;
        let speaker = app::speakers::create(&self.app, &organizer, &(session.session, part), once).await?;
        self.answer(&authority.viewer(&session.event)?, &speaker).await
    }

    async fn get_speaker(&self, request: Request<pb::GetSpeakerRequest>) -> Answer<pb::Speaker> {
        let authority = authority(&request)?;
        let name: SpeakerName = decode_name(request)?;
        let viewer = authority.viewer(&name.event)?;
        let speaker = self.app.store.speaker(&viewer, name.session, name.speaker).await?;
        self.answer(&viewer, &speaker.ok_or_else(|| not_found(&name))?).await
    }

    async fn list_speakers(&self, request: Request<pb::ListSpeakersRequest>) -> Answer<pb::ListSpeakersResponse> {
        let authority = authority(&request)?;
        let (session, list) = decode_list::<_, SessionName>(request)?;
        let viewer = authority.viewer(&session.event)?;
        let page = self.app.store.speakers(&viewer, session.session, &list).await?;
        Ok(reply(pb::ListSpeakersResponse {
            speakers: self.named(&viewer, &page.items).await?,
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_speaker(&self, request: Request<pb::UpdateSpeakerRequest>) -> Answer<pb::Speaker> {
        let authority = authority(&request)?;
        let update = request.get_ref().speaker.clone().unwrap_or_default();
        let name = decode(update, |fields, speaker| fields.parse::<SpeakerName>("speaker.name", &speaker.name))?;
        let (organizer, viewer) = (authority.organizer(&name.event)?, authority.viewer(&name.event)?);
        let present = self.app.store.speaker(&viewer, name.session, name.speaker).await?;
        let present = present.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let speaker = app::speakers::update(&self.app, &organizer, &edit, once).await?;
        self.answer(&viewer, &speaker).await
    }

    async fn delete_speaker(&self, request: Request<pb::DeleteSpeakerRequest>) -> Answer<pb::DeleteSpeakerResponse> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, SpeakerName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        app::speakers::delete(&self.app, &organizer, &edit, once).await?;
        Ok(reply(pb::DeleteSpeakerResponse {}))
    }
}

impl Speakers {
    async fn answer(&self, viewer: &Viewer, speaker: &Speaker) -> Answer<pb::Speaker> {
        let mut all = self.named(viewer, std::slice::from_ref(speaker)).await?;
        Ok(reply(all.remove(0)))
    }

    async fn named(&self, viewer: &Viewer, speakers: &[Speaker]) -> Result<Vec<pb::Speaker>, Status> {
        let called = self.app.store.speakers_called(viewer, speakers).await?;
        let named = speakers.iter().map(|speaker| pb::Speaker {
            display_name: called.get(&speaker.part.person).cloned().unwrap_or_default(),
            ..encode(speaker)
        });
        Ok(named.collect())
    }
}

fn decode_update(
    fields: &mut Fields,
    present: &Speaker,
    request: pb::UpdateSpeakerRequest,
) -> Option<Edit<SpeakerName, Part>> {
    let pb::UpdateSpeakerRequest { speaker, update_mask, request_id: _, validate_only: _ } = request;
    let update = speaker.unwrap_or_default();
    let mask = Mask::read(fields, update_mask, &["person", "role", "position"]);
    let expected = etag(fields, &update.etag);
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; person, role, position);
    let part = fields.nested("speaker", Some(laid), decode_part);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name(), content: part?, expected: Some(expected) })
}

fn decode_part(fields: &mut Fields, speaker: pb::Speaker) -> Option<Part> {
    let pb::Speaker { name: _, person, role, position, display_name: _, create_time: _, update_time: _, etag: _ } =
        speaker;
    let person = fields.parse("person", &person);
    let role = choice(fields, "role", role, |role| match role {
        pb::SpeakerRole::Unspecified | pb::SpeakerRole::Speaker => Some(Role::Speaker),
        pb::SpeakerRole::Chair => Some(Role::Chair),
        pb::SpeakerRole::Moderator => Some(Role::Moderator),
        pb::SpeakerRole::Signatory => Some(Role::Signatory),
    });
    let position = u32::try_from(position).map_err(|_| fields.refuse("position", "is negative")).ok();
    Some(Part { person: person?, role: role?, position: position? })
}

/// Writes what a person does in a session.
pub(super) const fn encode_role(role: Role) -> pb::SpeakerRole {
    match role {
        Role::Speaker => pb::SpeakerRole::Speaker,
        Role::Chair => pb::SpeakerRole::Chair,
        Role::Moderator => pb::SpeakerRole::Moderator,
        Role::Signatory => pb::SpeakerRole::Signatory,
    }
}

fn encode(speaker: &Speaker) -> pb::Speaker {
    let Speaker { event: _, session: _, id: _, part: Part { person, role, position }, history } = speaker;
    pb::Speaker {
        name: speaker.name().to_string(),
        person: person.to_string(),
        role: encode_role(*role).into(),
        position: encode_count(*position),
        display_name: String::new(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
    }
}
