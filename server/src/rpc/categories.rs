//! The wire of registration categories.

use std::sync::Arc;

use attache_domain::{
    category::{Category, Confirmation, Plan},
    form::Pick,
    language::LanguageTag,
    offer::{Period, TooLong},
    pool::Level,
    resource::{CategoryId, CategoryName, EventName, SharedPoolId},
};
use attache_proto::v1::{self as pb, category_service_server::CategoryService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    forms::{decode_form, encode_form},
    hours::{decode_hours, encode_hours},
    masks::{Mask, overlay},
    reply,
    shapes::{decode_list, decode_name, decode_verb},
    status::not_found,
    values::{choice, chosen_id, encode_count, encode_instant, encode_localized, etag, localized},
};
use crate::{
    app::{self, App, Edit},
    store::Fullness,
};

/// Answers `CategoryService`.
pub struct Categories {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl CategoryService for Categories {
    async fn create_category(&self, request: Request<pb::CreateCategoryRequest>) -> Answer<pb::Category> {
        let authority = authority(&request)?;
        let ((event, category), once) = decode_write(request, |fields, message| {
            let pb::CreateCategoryRequest { parent, category, category_id, request_id: _, validate_only: _ } = message;
            let event = fields.parse::<EventName>("parent", &parent);
            let id = chosen_id(fields, "category_id", &category_id, CategoryId::random);
            let plan = fields.nested("category", category, decode_plan);
            Some((event?, (id?, plan?)))
        })?;
        let organizer = authority.organizer(&event.event)?;
        let category = app::categories::create(&self.app, &organizer, &category, once).await?;
        Ok(reply(encode(&category)))
    }

    async fn get_category(&self, request: Request<pb::GetCategoryRequest>) -> Answer<pb::Category> {
        let authority = authority(&request)?;
        let name: CategoryName = decode_name(request)?;
        let category = self.app.store.category(&authority.viewer(&name.event)?, &name.category).await?;
        Ok(reply(encode(&category.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_categories(&self, request: Request<pb::ListCategoriesRequest>) -> Answer<pb::ListCategoriesResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.categories(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListCategoriesResponse {
            categories: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_category(&self, request: Request<pb::UpdateCategoryRequest>) -> Answer<pb::Category> {
        let authority = authority(&request)?;
        let update = request.get_ref().category.clone().unwrap_or_default();
        let name = decode(update, |fields, category| fields.parse::<CategoryName>("category.name", &category.name))?;
        let organizer = authority.organizer(&name.event)?;
        let present = self.app.store.category(&authority.viewer(&name.event)?, &name.category).await?;
        let present = present.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let category = app::categories::update(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&category)))
    }

    async fn delete_category(&self, request: Request<pb::DeleteCategoryRequest>) -> Answer<pb::DeleteCategoryResponse> {
        let authority = authority(&request)?;
        let (Edit { name, content, expected }, once) = decode_verb::<_, CategoryName>(request)?;
        let organizer = authority.organizer(&name.event)?;
        let edit = Edit { name: name.category, content, expected };
        app::categories::delete(&self.app, &organizer, &edit, once).await?;
        Ok(reply(pb::DeleteCategoryResponse {}))
    }

    async fn get_capacity(&self, request: Request<pb::GetCapacityRequest>) -> Answer<pb::Capacity> {
        let authority = authority(&request)?;
        let name: CategoryName = decode_name(request)?;
        let capacity = self.app.store.capacity(&authority.viewer(&name.event)?, &name.category).await?;
        let Fullness { level, choices, shared } = capacity.ok_or_else(|| not_found(&name))?;
        let Level { capacity, held, waiting } = level;
        Ok(reply(pb::Capacity {
            capacity: capacity.map(encode_count),
            held: encode_count(held),
            waiting: encode_count(waiting),
            choices: choices.into_iter().map(encode_choice).collect(),
            shared_pools: shared.into_iter().map(encode_shared).collect(),
        }))
    }
}

fn encode_shared((id, level): (SharedPoolId, Level)) -> pb::SharedCapacity {
    pb::SharedCapacity {
        id: id.to_string(),
        capacity: encode_count(level.capacity.unwrap_or_default()),
        held: encode_count(level.held),
    }
}

fn encode_choice((Pick { field, choice }, level): (Pick, Level)) -> pb::ChoiceCapacity {
    pb::ChoiceCapacity {
        field: field.to_string(),
        choice: choice.to_string(),
        capacity: encode_count(level.capacity.unwrap_or_default()),
        held: encode_count(level.held),
    }
}

fn decode_update(
    fields: &mut Fields,
    present: &Category,
    request: pb::UpdateCategoryRequest,
) -> Option<Edit<CategoryId, Plan>> {
    let pb::UpdateCategoryRequest { category, update_mask, request_id: _, validate_only: _ } = request;
    let update = category.unwrap_or_default();
    let mask = Mask::read(
        fields,
        update_mask,
        &[
            "title",
            "capacity",
            "language_codes",
            "confirmation",
            "public",
            "offer_hours",
            "form_fields",
            "color",
            "offer_working_hours",
            "lapsed_wait_again",
            "photo_required",
        ],
    );
    let expected = fields.within("category", |fields| etag(fields, &update.etag));
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; title, capacity, language_codes, confirmation, public, offer_hours, form_fields,
        color, offer_working_hours, lapsed_wait_again, photo_required);
    let plan = fields.nested("category", Some(laid), decode_plan);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.id.clone(), content: plan?, expected: Some(expected) })
}

fn decode_plan(fields: &mut Fields, category: pb::Category) -> Option<Plan> {
    let pb::Category {
        name: _,
        title,
        capacity,
        language_codes,
        confirmation,
        create_time: _,
        update_time: _,
        etag: _,
        public,
        offer_hours,
        form_fields,
        color,
        offer_working_hours,
        lapsed_wait_again,
        photo_required,
    } = category;
    let title = fields.nested("title", title, localized);
    let capacity = match capacity.map(u32::try_from).transpose() {
        Ok(capacity) => Some(capacity),
        Err(_) => {
            fields.refuse("capacity", "is negative");
            None
        }
    };
    let languages = fields.each("language_codes", language_codes, |fields, tag| fields.parse("code", &tag));
    let confirmation = choice(fields, "confirmation", confirmation, |policy| match policy {
        pb::ConfirmationPolicy::Unspecified | pb::ConfirmationPolicy::ByHand => Some(Confirmation::ByHand),
        pb::ConfirmationPolicy::AtOnce => Some(Confirmation::AtOnce),
    });
    let offer_period = u32::try_from(offer_hours).map_err(|_| TooLong).and_then(Period::of_hours);
    let offer_period = offer_period.map_err(|flaw| fields.refuse("offer_hours", flaw)).ok();
    let form = decode_form(fields, form_fields);
    let color = fields.parse_optional("color", &color);
    let offer_working_hours = fields.nested_optional("offer_working_hours", offer_working_hours, decode_hours);
    Some(Plan {
        title: title?,
        capacity: capacity?,
        languages: languages?,
        confirmation: confirmation?,
        public,
        offer_period: offer_period?,
        offer_working_hours: offer_working_hours?,
        lapsed_wait_again,
        form: form?,
        color: color?,
        photo_required,
    })
}

fn encode(category: &Category) -> pb::Category {
    let Category { event: _, id: _, plan, history } = category;
    let Plan {
        title,
        capacity,
        languages,
        confirmation,
        public,
        offer_period,
        offer_working_hours,
        lapsed_wait_again,
        form,
        color,
        photo_required,
    } = plan;
    let confirmation = match confirmation {
        Confirmation::ByHand => pb::ConfirmationPolicy::ByHand,
        Confirmation::AtOnce => pb::ConfirmationPolicy::AtOnce,
    };
    pb::Category {
        name: category.name().to_string(),
        title: Some(encode_localized(title)),
        capacity: capacity.map(encode_count),
        language_codes: languages.iter().map(|language: &LanguageTag| language.as_str().to_owned()).collect(),
        confirmation: confirmation.into(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
        public: *public,
        offer_hours: encode_count(offer_period.map(Period::hours).unwrap_or_default()),
        form_fields: encode_form(form),
        color: color.map(|color| color.to_string()).unwrap_or_default(),
        offer_working_hours: offer_working_hours.as_ref().map(encode_hours),
        lapsed_wait_again: *lapsed_wait_again,
        photo_required: *photo_required,
    }
}
