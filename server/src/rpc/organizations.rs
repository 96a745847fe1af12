//! The wire of organisations.

use std::sync::Arc;

use attache_domain::resource::{OrganizationId, OrganizationName};
use attache_proto::v1::{self as pb, organization_service_server::OrganizationService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{decode, decode_write},
    reply,
    shapes::{decode_house_list, decode_name},
    status::not_found,
    values::{chosen_id, encode_count},
};
use crate::app::{self, App};

mod market;
mod messages;

pub(super) use messages::encode;
use messages::{decode_profile, decode_update};

/// Answers `OrganizationService`.
pub struct Organizations {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl OrganizationService for Organizations {
    async fn create_organization(&self, request: Request<pb::CreateOrganizationRequest>) -> Answer<pb::Organization> {
        let convener = authority(&request)?.convener()?;
        let (organization, once) = decode_write(request, |fields, message| {
            let pb::CreateOrganizationRequest { organization, organization_id, request_id: _, validate_only: _ } =
                message;
            let id = chosen_id(fields, "organization_id", &organization_id, OrganizationId::random);
            let profile = fields.nested("organization", organization, decode_profile);
            Some((id?, profile?))
        })?;
        let organization = app::organizations::create(&self.app, &convener, &organization, once).await?;
        Ok(reply(encode(&organization)))
    }

    async fn get_organization(&self, request: Request<pb::GetOrganizationRequest>) -> Answer<pb::Organization> {
        authority(&request)?;
        let name: OrganizationName = decode_name(request)?;
        let organization = self.app.store.organization(&name.organization).await?;
        Ok(reply(encode(&organization.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_organizations(
        &self,
        request: Request<pb::ListOrganizationsRequest>,
    ) -> Answer<pb::ListOrganizationsResponse> {
        authority(&request)?;
        let list = decode_house_list(request)?;
        let page = self.app.store.organizations(&list).await?;
        Ok(reply(pb::ListOrganizationsResponse {
            organizations: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_organization(&self, request: Request<pb::UpdateOrganizationRequest>) -> Answer<pb::Organization> {
        let authority = authority(&request)?;
        let update = request.get_ref().organization.clone().unwrap_or_default();
        let name =
            decode(update, |fields, update| fields.parse::<OrganizationName>("organization.name", &update.name))?;
        let keeper = authority.keeper(&name.organization)?;
        let present = self.app.store.organization(&name.organization).await?.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let organization = app::organizations::update(&self.app, &keeper, &edit, once).await?;
        Ok(reply(encode(&organization)))
    }
}
