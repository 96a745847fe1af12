//! The wire of notices.

use std::sync::Arc;

use attache_domain::{
    notice::{Delivery, Notice, State},
    resource::{EventName, NoticeName},
};
use attache_proto::v1::{self as pb, notice_service_server::NoticeService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    reply,
    shapes::{decode_list, decode_name, decode_plain_verb},
    status::not_found,
    values::{encode_count, encode_instant},
};
use crate::app::{self, App};

/// Answers `NoticeService`.
pub struct Notices {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl NoticeService for Notices {
    async fn get_notice(&self, request: Request<pb::GetNoticeRequest>) -> Answer<pb::Notice> {
        let authority = authority(&request)?;
        let name: NoticeName = decode_name(request)?;
        let notice = self.app.store.notice(&authority.viewer(&name.event)?, name.notice).await?;
        Ok(reply(encode(notice.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_notices(&self, request: Request<pb::ListNoticesRequest>) -> Answer<pb::ListNoticesResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.notices(&authority.viewer(&event.event)?, &list).await?;
        let brief = |notice| pb::Notice { text: String::new(), ..encode(notice) };
        Ok(reply(pb::ListNoticesResponse {
            notices: page.items.into_iter().map(brief).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn retry_notice(&self, request: Request<pb::RetryNoticeRequest>) -> Answer<pb::Notice> {
        let authority = authority(&request)?;
        let (name, once) = decode_plain_verb::<_, NoticeName>(request)?;
        let organizer = authority.organizer(&name.event)?;
        let notice = app::notices::retry(&self.app, &organizer, &name, once).await?;
        Ok(reply(encode(notice)))
    }
}

/// Writes where a mail stands.
pub(super) fn encode_state(state: State) -> pb::NoticeState {
    match state {
        State::Queued => pb::NoticeState::Queued,
        State::Sent => pb::NoticeState::Sent,
        State::Failed => pb::NoticeState::Failed,
    }
}

fn encode(notice: Notice) -> pb::Notice {
    let name = notice.name().to_string();
    let Notice { event: _, id: _, mail, delivery, create_time } = notice;
    let Delivery { state, attempts, next_attempt_time, send_time, last_error } = delivery;
    let waits = state == State::Queued;
    pb::Notice {
        name,
        occasion: mail.occasion,
        person: mail.person.to_string(),
        email: mail.email.as_str().to_owned(),
        language_code: mail.language.as_str().to_owned(),
        subject: mail.subject,
        text: mail.text,
        state: encode_state(state).into(),
        attempts: encode_count(attempts),
        last_error: last_error.unwrap_or_default(),
        create_time: Some(encode_instant(create_time)),
        send_time: send_time.map(encode_instant),
        next_attempt_time: waits.then(|| encode_instant(next_attempt_time)),
    }
}
