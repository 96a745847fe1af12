//! The wire of signing in and out.

use std::sync::Arc;

use attache_domain::{
    email::EmailAddress,
    link::{self, Link},
    mailed_code::Code,
    resource::EventName,
};
use attache_proto::v1::{self as pb, sign_in_service_server::SignInService};
use tonic::Request;

use super::{Answer, access::encode_token, authority::anybody, fields::decode, reply, values::encode_instant};
use crate::{
    app::{self, App},
    store,
};

/// Answers `SignInService`.
pub struct SignIn {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl SignInService for SignIn {
    async fn request_sign_in(&self, request: Request<pb::RequestSignInRequest>) -> Answer<pb::RequestSignInResponse> {
        let email = decode(request.into_inner(), |fields, message| {
            let pb::RequestSignInRequest { email } = message;
            fields.parse::<EmailAddress>("email", &email)
        })?;
        let expire_time = app::sign_in::request(&self.app, &email).await?;
        Ok(reply(pb::RequestSignInResponse { expire_time: Some(encode_instant(expire_time)) }))
    }

    async fn complete_sign_in(
        &self,
        request: Request<pb::CompleteSignInRequest>,
    ) -> Answer<pb::CompleteSignInResponse> {
        let proof = decode(request.into_inner(), |fields, message| {
            let pb::CompleteSignInRequest { email, code } = message;
            let (email, code) = (fields.parse::<EmailAddress>("email", &email), fields.parse::<Code>("code", &code));
            email.zip(code)
        })?;
        let new = app::sign_in::complete(&self.app, &proof).await?;
        let secret = new.text();
        Ok(reply(pb::CompleteSignInResponse { token: Some(encode_token(new.token)), secret }))
    }

    async fn exchange_link(&self, request: Request<pb::ExchangeLinkRequest>) -> Answer<pb::ExchangeLinkResponse> {
        let code = decode(request.into_inner(), |fields, message| {
            let pb::ExchangeLinkRequest { code } = message;
            fields.parse::<link::Code>("code", &code)
        })?;
        let exchanged = app::links::exchange(&self.app, &code).await?;
        let secret = exchanged.text();
        let Link { event, person, expire_time, .. } = exchanged.link;
        Ok(reply(pb::ExchangeLinkResponse {
            event: EventName { event }.to_string(),
            person: person.to_string(),
            expire_time: Some(encode_instant(expire_time)),
            secret,
        }))
    }

    async fn sign_out(&self, request: Request<pb::SignOutRequest>) -> Answer<pb::SignOutResponse> {
        let session = anybody(&request)?.session();
        let pb::SignOutRequest { validate_only } = request.into_inner();
        app::sign_in::sign_out(&self.app, &session, store::Request { key: None, validate_only }).await?;
        Ok(reply(pb::SignOutResponse {}))
    }
}
