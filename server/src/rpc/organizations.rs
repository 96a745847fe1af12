//! The wire of organisations.

use std::sync::Arc;

use attache_domain::{
    organization::{Organization, OrganizationKind, Profile, Signatory},
    resource::{OrganizationId, OrganizationName},
};
use attache_proto::v1::{self as pb, organization_service_server::OrganizationService};
use tonic::{Request, Response};

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_list, decode_write},
    masks::{Mask, overlay},
    shapes::decode_name,
    status::not_found,
    values::{choice, chosen_id, encode_count, encode_instant, encode_localized, etag, list, localized},
};
use crate::app::{self, App, Edit};

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
        Ok(Response::new(encode(&organization)))
    }

    async fn get_organization(&self, request: Request<pb::GetOrganizationRequest>) -> Answer<pb::Organization> {
        authority(&request)?;
        let name: OrganizationName = decode_name(request)?;
        let organization = self.app.store.organization(&name.organization).await?;
        Ok(Response::new(encode(&organization.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_organizations(
        &self,
        request: Request<pb::ListOrganizationsRequest>,
    ) -> Answer<pb::ListOrganizationsResponse> {
        authority(&request)?;
        let list = decode_list(request, |fields, message| {
            let pb::ListOrganizationsRequest { page_size, page_token, filter } = message;
            list(fields, page_size, page_token, filter)
        })?;
        let page = self.app.store.organizations(&list).await?;
        Ok(Response::new(pb::ListOrganizationsResponse {
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
        Ok(Response::new(encode(&organization)))
    }
}

fn decode_update(
    fields: &mut Fields,
    present: &Organization,
    request: pb::UpdateOrganizationRequest,
) -> Option<Edit<OrganizationName, Profile>> {
    let pb::UpdateOrganizationRequest { organization, update_mask, request_id: _, validate_only: _ } = request;
    let update = organization.unwrap_or_default();
    let known = [
        "title",
        "kind",
        "region_code",
        "address_lines",
        "address_lines_zh",
        "phone_number",
        "email",
        "registration_number",
        "signatory",
        "stamp_file",
        "signature_file",
        "letter_prefix",
    ];
    let mask = Mask::read(fields, update_mask, &known);
    let expected = fields.within("organization", |fields| etag(fields, &update.etag));
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; title, kind, region_code, address_lines, address_lines_zh, phone_number, email,
        registration_number, signatory, stamp_file, signature_file, letter_prefix);
    let profile = fields.nested("organization", Some(laid), decode_profile);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name(), content: profile?, expected: Some(expected) })
}

fn decode_profile(fields: &mut Fields, organization: pb::Organization) -> Option<Profile> {
    let pb::Organization {
        name: _,
        title,
        kind,
        region_code,
        address_lines,
        address_lines_zh,
        phone_number,
        email,
        registration_number,
        signatory,
        stamp_file,
        signature_file,
        letter_prefix,
        create_time: _,
        update_time: _,
        etag: _,
    } = organization;
    let title = fields.nested("title", title, localized);
    let kind = choice(fields, "kind", kind, |kind| Some(decode_kind(kind)));
    let region_code = fields.parse_optional("region_code", &region_code);
    let address_lines = lines(fields, "address_lines", address_lines);
    let address_lines_zh = lines(fields, "address_lines_zh", address_lines_zh);
    let phone_number = fields.line("phone_number", &phone_number, 40);
    let email = fields.parse_optional("email", &email);
    let registration_number = fields.line("registration_number", &registration_number, 100);
    let signatory = fields.nested_optional("signatory", signatory, decode_signatory);
    let stamp_file = fields.parse_optional("stamp_file", &stamp_file);
    let signature_file = fields.parse_optional("signature_file", &signature_file);
    let letter_prefix = fields.parse_optional("letter_prefix", &letter_prefix);
    Some(Profile {
        title: title?,
        kind: kind?,
        region_code: region_code?,
        address_lines: address_lines?,
        address_lines_zh: address_lines_zh?,
        phone_number: phone_number?,
        email: email?,
        registration_number: registration_number?,
        signatory: signatory?,
        stamp_file: stamp_file?,
        signature_file: signature_file?,
        letter_prefix: letter_prefix?,
    })
}

fn lines(fields: &mut Fields, field: &str, lines: Vec<String>) -> Option<Vec<String>> {
    let read = fields.each(field, lines, |fields, line| fields.line("line", &line, 200));
    Some(read?.into_iter().flatten().collect())
}

fn decode_signatory(fields: &mut Fields, signatory: pb::Signatory) -> Option<Signatory> {
    let pb::Signatory { display_name, position } = signatory;
    let display_name = fields.nested("display_name", display_name, localized);
    let position = fields.nested_optional("position", position, localized);
    Some(Signatory { display_name: display_name?, position: position? })
}

const fn decode_kind(kind: pb::OrganizationKind) -> Option<OrganizationKind> {
    match kind {
        pb::OrganizationKind::Unspecified => None,
        pb::OrganizationKind::Authority => Some(OrganizationKind::Authority),
        pb::OrganizationKind::Association => Some(OrganizationKind::Association),
        pb::OrganizationKind::Mission => Some(OrganizationKind::Mission),
        pb::OrganizationKind::Company => Some(OrganizationKind::Company),
        pb::OrganizationKind::Academic => Some(OrganizationKind::Academic),
    }
}

const fn encode_kind(kind: Option<OrganizationKind>) -> pb::OrganizationKind {
    match kind {
        None => pb::OrganizationKind::Unspecified,
        Some(OrganizationKind::Authority) => pb::OrganizationKind::Authority,
        Some(OrganizationKind::Association) => pb::OrganizationKind::Association,
        Some(OrganizationKind::Mission) => pb::OrganizationKind::Mission,
        Some(OrganizationKind::Company) => pb::OrganizationKind::Company,
        Some(OrganizationKind::Academic) => pb::OrganizationKind::Academic,
    }
}

fn encode(organization: &Organization) -> pb::Organization {
    let Organization { id: _, profile, history } = organization;
    let signatory = profile.signatory.as_ref().map(|Signatory { display_name, position }| pb::Signatory {
        display_name: Some(encode_localized(display_name)),
        position: position.as_ref().map(encode_localized),
    });
    pb::Organization {
        name: organization.name().to_string(),
        title: Some(encode_localized(&profile.title)),
        kind: encode_kind(profile.kind).into(),
        region_code: profile.region_code.map(|code| code.as_str().to_owned()).unwrap_or_default(),
        address_lines: profile.address_lines.clone(),
        address_lines_zh: profile.address_lines_zh.clone(),
        phone_number: profile.phone_number.clone().unwrap_or_default(),
        email: profile.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        registration_number: profile.registration_number.clone().unwrap_or_default(),
        signatory,
        stamp_file: profile.stamp_file.as_ref().map(ToString::to_string).unwrap_or_default(),
        signature_file: profile.signature_file.as_ref().map(ToString::to_string).unwrap_or_default(),
        letter_prefix: profile.letter_prefix.as_ref().map(|prefix| prefix.as_str().to_owned()).unwrap_or_default(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
    }
}
