//! The wire of letter templates and destinations, which are the same for whoever has a token.

use std::sync::Arc;

use attache_domain::{
    language::LanguageTag,
    letter_template::{Destination, Fact, LetterTemplate, destinations},
    resource::LetterTemplateName,
};
use attache_proto::v1::{self as pb, letter_template_service_server::LetterTemplateService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    reply,
    shapes::{decode_house_list, decode_name},
    status::not_found,
    values::encode_count,
};
use crate::app::App;

/// Answers `LetterTemplateService`.
pub struct LetterTemplates {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl LetterTemplateService for LetterTemplates {
    async fn get_letter_template(&self, request: Request<pb::GetLetterTemplateRequest>) -> Answer<pb::LetterTemplate> {
        authority(&request)?;
        let name: LetterTemplateName = decode_name(request)?;
        let template = LetterTemplate::find(&name.letter_template).ok_or_else(|| not_found(&name))?;
        Ok(reply(encode(template)))
    }

    async fn list_letter_templates(
        &self,
        request: Request<pb::ListLetterTemplatesRequest>,
    ) -> Answer<pb::ListLetterTemplatesResponse> {
        authority(&request)?;
        let list = decode_house_list(request)?;
        let mut all: Vec<_> = LetterTemplate::ALL.map(|template| (template.word().to_owned(), template)).into();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        let page = self.app.store.page_of(all, "letter_templates", &list)?;
        Ok(reply(pb::ListLetterTemplatesResponse {
            letter_templates: page.items.into_iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn list_destinations(
        &self,
        request: Request<pb::ListDestinationsRequest>,
    ) -> Answer<pb::ListDestinationsResponse> {
        authority(&request)?;
        let list = decode_house_list(request)?;
        let key = |destination: &Destination| format!("{} {}", destination.region_code, destination.visa_kind);
        let mut all: Vec<_> = destinations().into_iter().map(|destination| (key(&destination), destination)).collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        let page = self.app.store.page_of(all, "destinations", &list)?;
        Ok(reply(pb::ListDestinationsResponse {
            destinations: page.items.into_iter().map(encode_destination).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }
}

/// Writes a template's resource name.
pub(super) fn name(template: LetterTemplate) -> String {
    format!("letterTemplates/{}", template.word())
}

fn encode(template: LetterTemplate) -> pb::LetterTemplate {
    let title = |language| template.title(language).to_owned();
    pb::LetterTemplate {
        name: name(template),
        title: Some(pb::LocalizedText { en: title(LanguageTag::English), zh: title(LanguageTag::Chinese) }),
        language_codes: template.languages().iter().map(|language| language.as_str().to_owned()).collect(),
        required_facts: template.required_facts().iter().map(|fact| encode_fact(*fact).into()).collect(),
        passport_months: encode_count(template.passport_months()),
    }
}

fn encode_destination(destination: Destination) -> pb::Destination {
    let Destination { region_code, visa_kind, template, source, source_date } = destination;
    pb::Destination {
        region_code: region_code.as_str().to_owned(),
        visa_kind: visa_kind.to_owned(),
        letter_template: name(template),
        source: source.to_owned(),
        source_date: source_date.to_owned(),
    }
}

const fn encode_fact(fact: Fact) -> pb::LetterFact {
    match fact {
        Fact::PassportName => pb::LetterFact::PassportName,
        Fact::Sex => pb::LetterFact::Sex,
        Fact::BirthDate => pb::LetterFact::BirthDate,
        Fact::PassportNumber => pb::LetterFact::PassportNumber,
        Fact::Nationality => pb::LetterFact::Nationality,
        Fact::Affiliation => pb::LetterFact::Affiliation,
        Fact::Purpose => pb::LetterFact::Purpose,
        Fact::VisitDates => pb::LetterFact::VisitDates,
        Fact::Cities => pb::LetterFact::Cities,
        Fact::Relationship => pb::LetterFact::Relationship,
        Fact::Expenses => pb::LetterFact::Expenses,
        Fact::IssuerAddress => pb::LetterFact::IssuerAddress,
        Fact::IssuerPhone => pb::LetterFact::IssuerPhone,
        Fact::Stamp => pb::LetterFact::Stamp,
        Fact::Signature => pb::LetterFact::Signature,
        Fact::IssuerRegistration => pb::LetterFact::IssuerRegistration,
    }
}
