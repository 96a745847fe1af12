//! What an organisation works in, offers and needs, and whom to ask, read and written.

use attache_domain::organization::{Contact, Interest, MOST_INTERESTS, MOST_SECTORS, Sector, SectorCode};
use attache_proto::v1 as pb;

use crate::rpc::{
    fields::Fields,
    values::{encode_localized, localized},
};

/// Reads what it works in, what it offers and what it needs.
pub(super) fn decode(
    fields: &mut Fields,
    sectors: Vec<pb::Sector>,
    offers: Vec<pb::Interest>,
    needs: Vec<pb::Interest>,
) -> Option<(Vec<Sector>, Vec<Interest>, Vec<Interest>)> {
    let sectors = decode_sectors(fields, sectors);
    let (offers, needs) = (decode_interests(fields, "offers", offers), decode_interests(fields, "needs", needs));
    Some((sectors?, offers?, needs?))
}

/// Reads what it works in, each branch once.
fn decode_sectors(fields: &mut Fields, sectors: Vec<pb::Sector>) -> Option<Vec<Sector>> {
    if sectors.len() > MOST_SECTORS {
        fields.refuse("sectors", format_args!("are more than {MOST_SECTORS}"));
    }
    let mut seen: Vec<SectorCode> = Vec::new();
    fields.each("sectors", sectors, |fields, sector| {
        let pb::Sector { code, title } = sector;
        let code = fields.parse::<SectorCode>("code", &code);
        let title = fields.nested_optional("title", title, localized);
        let (code, title) = (code?, title?);
        if seen.contains(&code) {
            fields.refuse("code", "is named twice");
        }
        seen.push(code.clone());
        Some(Sector { code, title })
    })
}

/// Reads what it offers, or what it needs.
fn decode_interests(fields: &mut Fields, field: &str, interests: Vec<pb::Interest>) -> Option<Vec<Interest>> {
    if interests.len() > MOST_INTERESTS {
        fields.refuse(field, format_args!("are more than {MOST_INTERESTS}"));
    }
    fields.each(field, interests, |fields, interest| {
        let pb::Interest { description, sector_code } = interest;
        let description = fields.nested("description", description, localized);
        let sector = fields.parse_optional("sector_code", &sector_code);
        Some(Interest { description: description?, sector: sector? })
    })
}

/// Reads whom to ask.
pub(super) fn decode_contact(fields: &mut Fields, contact: pb::OrganizationContact) -> Option<Contact> {
    let pb::OrganizationContact { title, email, phone_number } = contact;
    let title = fields.nested("title", title, localized);
    let email = fields.parse_optional("email", &email);
    let phone_number = fields.line("phone_number", &phone_number, 40);
    Some(Contact { title: title?, email: email?, phone_number: phone_number? })
}

/// Writes a branch of the economy.
pub(super) fn encode_sector(sector: &Sector) -> pb::Sector {
    let Sector { code, title } = sector;
    pb::Sector { code: code.to_string(), title: title.as_ref().map(encode_localized) }
}

/// Writes an offer or a need.
pub(super) fn encode_interest(interest: &Interest) -> pb::Interest {
    let Interest { description, sector } = interest;
    pb::Interest {
        description: Some(encode_localized(description)),
        sector_code: sector.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

/// Writes whom to ask.
pub(super) fn encode_contact(contact: &Contact) -> pb::OrganizationContact {
    let Contact { title, email, phone_number } = contact;
    pb::OrganizationContact {
        title: Some(encode_localized(title)),
        email: email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        phone_number: phone_number.clone().unwrap_or_default(),
    }
}
