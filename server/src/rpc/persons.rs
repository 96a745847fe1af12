//! The wire of people.

use std::sync::Arc;

use attache_domain::{
    authority::Keeper,
    language::LanguageTag,
    name::{NameText, PassportName, PersonName},
    person::{Person, Profile},
    resource::{OrganizationName, PersonName as PersonResource},
};
use attache_proto::v1::{self as pb, person_service_server::PersonService};
use tonic::{Request, Status};

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_for_caller, decode_write},
    masks::{Mask, overlay},
    reply,
    shapes::{decode_list, decode_name},
    status::not_found,
    values::{encode_count, encode_instant, etag, zone_named},
};
use crate::app::{self, App, AppError, Edit};

mod duplicates;
mod undoing;

use duplicates::{decode_duplicates, decode_merging, encode_pair};
use undoing::decode_undoing;

/// Answers `PersonService`.
pub struct Persons {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl PersonService for Persons {
    async fn create_person(&self, request: Request<pb::CreatePersonRequest>) -> Answer<pb::Person> {
        let authority = authority(&request)?;
        let ((parent, profile), once) = decode_write(request, |fields, message| {
            let pb::CreatePersonRequest { parent, person, request_id: _, validate_only: _ } = message;
            let parent = fields.parse::<OrganizationName>("parent", &parent);
            let profile = fields.nested("person", person, decode_profile);
            Some((parent?, profile?))
        })?;
        let keeper = authority.keeper(&parent.organization)?;
        let person = app::persons::create(&self.app, &keeper, &profile, once).await?;
        Ok(reply(encode(&person)))
    }

    async fn get_person(&self, request: Request<pb::GetPersonRequest>) -> Answer<pb::Person> {
        let authority = authority(&request)?;
        let name: PersonResource = decode_name(request)?;
        Ok(reply(encode(&self.present(&authority.keeper(&name.organization)?, &name).await?)))
    }

    async fn list_persons(&self, request: Request<pb::ListPersonsRequest>) -> Answer<pb::ListPersonsResponse> {
        let authority = authority(&request)?;
        let (parent, list) = decode_list::<_, OrganizationName>(request)?;
        let page = self.app.store.persons(&authority.keeper(&parent.organization)?, &list).await?;
        Ok(reply(pb::ListPersonsResponse {
            persons: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_person(&self, request: Request<pb::UpdatePersonRequest>) -> Answer<pb::Person> {
        let authority = authority(&request)?;
        let update = request.get_ref().person.clone().unwrap_or_default();
        let name = decode(update, |fields, person| fields.parse::<PersonResource>("person.name", &person.name))?;
        let keeper = authority.keeper(&name.organization)?;
        let present = self.present(&keeper, &name).await?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let person = app::persons::update(&self.app, &keeper.reviser(), &edit, once).await?;
        Ok(reply(encode(&person)))
    }

    async fn find_duplicates(&self, request: Request<pb::FindDuplicatesRequest>) -> Answer<pb::FindDuplicatesResponse> {
        let authority = authority(&request)?;
        let (parent, wanted, list) = decode_for_caller(request, decode_duplicates)?;
        let keeper = authority.keeper(&parent.organization)?;
        let page = app::persons::find_duplicates(&self.app, &keeper, wanted, &list).await?;
        Ok(reply(pb::FindDuplicatesResponse {
            duplicates: page.items.iter().map(encode_pair).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn merge_persons(&self, request: Request<pb::MergePersonsRequest>) -> Answer<pb::Person> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, decode_merging)?;
        let keeper = authority.keeper(&edit.name.organization)?;
        let person = app::persons::merge(&self.app, &keeper, &edit, once).await?;
        Ok(reply(encode(&person)))
    }

    async fn undo_merge(&self, request: Request<pb::UndoMergeRequest>) -> Answer<pb::Person> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, decode_undoing)?;
        let keeper = authority.keeper(&edit.name.organization)?;
        let person = app::persons::undo_merge(&self.app, &keeper, &edit, once).await?;
        Ok(reply(encode(&person)))
    }
}

impl Persons {
    /// Finds a person, or says whom they were merged into.
    async fn present(&self, keeper: &Keeper, name: &PersonResource) -> Result<Person, Status> {
        if let Some(person) = self.app.store.person(keeper, name.person).await? {
            return Ok(person);
        }
        Err(match self.app.store.successor(keeper, name.person).await? {
            Some(successor) => AppError::Merged { resource: name.to_string(), successor: successor.to_string() }.into(),
            None => not_found(name),
        })
    }
}

fn decode_update(
    fields: &mut Fields,
    present: &Person,
    request: pb::UpdatePersonRequest,
) -> Option<Edit<PersonResource, Profile>> {
    let pb::UpdatePersonRequest { person, update_mask, request_id: _, validate_only: _ } = request;
    let update = person.unwrap_or_default();
    let known = [
        "display_name",
        "native_name",
        "passport_name",
        "form_of_address",
        "family_first",
        "email",
        "phone_number",
        "language_code",
        "region_code",
        "time_zone",
        "affiliation",
        "position",
    ];
    let mask = Mask::read(fields, update_mask, &known);
    let expected = fields.within("person", |fields| etag(fields, &update.etag));
    let mask = mask?;
    let profile = fields.nested("person", Some(laid_over(present, update, &mask)), decode_profile);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name(), content: profile?, expected: Some(expected) })
}

/// Lays what a mask takes of an update over a person.
pub(super) fn laid_over(present: &Person, update: pb::Person, mask: &Mask) -> pb::Person {
    let mut laid = encode(present);
    overlay!(laid, update, mask; display_name, native_name, passport_name, form_of_address, family_first, email, phone_number,
        language_code, region_code, time_zone, affiliation, position);
    laid
}

/// Reads how a person is named and reached.
pub(super) fn decode_profile(fields: &mut Fields, person: pb::Person) -> Option<Profile> {
    let pb::Person {
        name: _,
        display_name,
        native_name,
        passport_name,
        form_of_address,
        family_first,
        email,
        phone_number,
        language_code,
        region_code,
        affiliation,
        position,
        create_time: _,
        update_time: _,
        etag: _,
        time_zone,
    } = person;
    let display_name = fields.parse::<NameText>("display_name", &display_name);
    let native_name = fields.parse_optional("native_name", &native_name);
    let passport_name = fields.nested_optional("passport_name", passport_name, decode_passport_name);
    let form_of_address = fields.parse_optional("form_of_address", &form_of_address);
    let email = fields.parse_optional("email", &email);
    let phone_number = fields.line("phone_number", &phone_number, 40);
    let language = fields.parse_optional::<LanguageTag>("language_code", &language_code);
    let region_code = fields.parse_optional("region_code", &region_code);
    let time_zone = zone_named(fields, &time_zone);
    let affiliation = fields.line("affiliation", &affiliation, 200);
    let position = fields.line("position", &position, 200);
    Some(Profile {
        name: PersonName {
            display_name: display_name?,
            native_name: native_name?,
            passport_name: passport_name?,
            form_of_address: form_of_address?,
            family_first,
        },
        email: email?,
        phone_number: phone_number?,
        language: language?.unwrap_or(LanguageTag::English),
        region_code: region_code?,
        time_zone: time_zone?,
        affiliation: affiliation?,
        position: position?,
    })
}

pub(super) fn decode_passport_name(fields: &mut Fields, name: pb::PassportName) -> Option<PassportName> {
    let pb::PassportName { family_name, given_name } = name;
    let family_name = fields.parse_optional("family_name", &family_name);
    let given_name = fields.parse_optional("given_name", &given_name);
    PassportName::new(family_name?, given_name?).map_err(|refusal| fields.refuse("family_name", refusal)).ok()
}

/// Writes a person.
pub(super) fn encode(person: &Person) -> pb::Person {
    let Person { organization: _, id: _, profile, history } = person;
    let Profile { name, email, phone_number, language, region_code, time_zone, affiliation, position } = profile;
    let PersonName { display_name, native_name, passport_name, form_of_address, family_first } = name;
    let text = |text: Option<&NameText>| text.map(|text| text.as_str().to_owned()).unwrap_or_default();
    pb::Person {
        name: person.name().to_string(),
        display_name: display_name.as_str().to_owned(),
        native_name: text(native_name.as_ref()),
        passport_name: passport_name
            .as_ref()
            .map(|name| pb::PassportName { family_name: text(name.surname()), given_name: text(name.given_names()) }),
        form_of_address: text(form_of_address.as_ref()),
        family_first: *family_first,
        email: email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        phone_number: phone_number.clone().unwrap_or_default(),
        language_code: language.as_str().to_owned(),
        region_code: region_code.map(|code| code.as_str().to_owned()).unwrap_or_default(),
        affiliation: affiliation.clone().unwrap_or_default(),
        position: position.clone().unwrap_or_default(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
        time_zone: time_zone.map(|zone| zone.name().to_owned()).unwrap_or_default(),
    }
}
