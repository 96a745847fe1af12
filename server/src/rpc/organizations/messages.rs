//! The messages of organisations, read and written.

use attache_domain::{
    organization::{LetterPolicy, MOST_APPROVALS, Organization, OrganizationKind, Profile, Signatory},
    resource::OrganizationName,
};
use attache_proto::v1 as pb;

use super::market;
use crate::{
    app::Edit,
    rpc::{
        fields::Fields,
        masks::{Mask, overlay},
        values::{choice, encode_count, encode_instant, encode_localized, etag, localized},
    },
};

/// Reads a change, laid over the present state.
pub(super) fn decode_update(
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
        "letter_policy",
        "sectors",
        "offers",
        "needs",
        "website_uri",
        "contact",
    ];
    let mask = Mask::read(fields, update_mask, &known);
    let expected = fields.within("organization", |fields| etag(fields, &update.etag));
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; title, kind, region_code, address_lines, address_lines_zh, phone_number, email,
        registration_number, signatory, stamp_file, signature_file, letter_prefix, letter_policy, sectors, offers, needs,
        website_uri, contact);
    let profile = fields.nested("organization", Some(laid), decode_profile);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name(), content: profile?, expected: Some(expected) })
}

/// Reads what an organisation says of itself.
pub(super) fn decode_profile(fields: &mut Fields, organization: pb::Organization) -> Option<Profile> {
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
        letter_policy,
        sectors,
        offers,
        needs,
        website_uri,
        contact,
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
    let letter_policy = fields.nested_optional("letter_policy", letter_policy, decode_letter_policy);
    let website = fields.parse_optional("website_uri", &website_uri);
    let contact = fields.nested_optional("contact", contact, market::decode_contact);
    let (sectors, offers, needs) = market::decode(fields, sectors, offers, needs)?;
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
        letter_policy: letter_policy?.unwrap_or_default(),
        sectors,
        offers,
        needs,
        website: website?,
        contact: contact?,
    })
}

fn decode_letter_policy(fields: &mut Fields, policy: pb::LetterPolicy) -> Option<LetterPolicy> {
    let pb::LetterPolicy { required_approvals, forbid_self_approval } = policy;
    let approvals = if required_approvals == 0 { Ok(1) } else { u32::try_from(required_approvals) };
    let policy = approvals.ok().and_then(|approvals| LetterPolicy::new(approvals, forbid_self_approval));
    if policy.is_none() {
        fields.refuse("required_approvals", format_args!("is not 1 to {MOST_APPROVALS}"));
    }
    policy
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

/// Writes an organisation.
pub(in crate::rpc) fn encode(organization: &Organization) -> pb::Organization {
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
        letter_policy: Some(pb::LetterPolicy {
            required_approvals: encode_count(profile.letter_policy.approvals()),
            forbid_self_approval: profile.letter_policy.forbids_self_approval,
        }),
        sectors: profile.sectors.iter().map(market::encode_sector).collect(),
        offers: profile.offers.iter().map(market::encode_interest).collect(),
        needs: profile.needs.iter().map(market::encode_interest).collect(),
        website_uri: profile.website.as_ref().map(ToString::to_string).unwrap_or_default(),
        contact: profile.contact.as_ref().map(market::encode_contact),
    }
}
