//! The wire of check-in lists.

use std::sync::Arc;

use attache_domain::{
    check_in_list::{CheckInList, Kind, Plan},
    resource::{
        CategoryId, CategoryName, CheckInListId, CheckInListName, EventId, EventName, ResourceName, SessionName,
    },
};
use attache_proto::v1::{self as pb, check_in_list_service_server::CheckInListService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    masks::{Mask, overlay},
    reply,
    shapes::{decode_list, decode_name, decode_verb},
    status::not_found,
    values::{
        self, chosen_id, day, encode_count, encode_instant, encode_localized, etag, localized, of_event, optional_day,
    },
};
use crate::app::{self, App, Edit};

/// How many categories a list is for at most, when not for all.
const MOST_CATEGORIES: usize = 50;

/// Answers `CheckInListService`.
pub struct CheckInLists {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl CheckInListService for CheckInLists {
    async fn create_check_in_list(&self, request: Request<pb::CreateCheckInListRequest>) -> Answer<pb::CheckInList> {
        let authority = authority(&request)?;
        let ((event, list), once) = decode_write(request, decode_create)?;
        let organizer = authority.organizer(&event.event)?;
        let list = app::check_in_lists::create(&self.app, &organizer, &list, once).await?;
        Ok(reply(encode(&list)))
    }

    async fn get_check_in_list(&self, request: Request<pb::GetCheckInListRequest>) -> Answer<pb::CheckInList> {
        let authority = authority(&request)?;
        let name: CheckInListName = decode_name(request)?;
        let list = self.app.store.check_in_list(&authority.viewer(&name.event)?, &name.check_in_list).await?;
        Ok(reply(encode(&list.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_check_in_lists(
        &self,
        request: Request<pb::ListCheckInListsRequest>,
    ) -> Answer<pb::ListCheckInListsResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.check_in_lists(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListCheckInListsResponse {
            check_in_lists: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_check_in_list(&self, request: Request<pb::UpdateCheckInListRequest>) -> Answer<pb::CheckInList> {
        let authority = authority(&request)?;
        let update = request.get_ref().check_in_list.clone().unwrap_or_default();
        let name = decode(update, |fields, list| fields.parse::<CheckInListName>("check_in_list.name", &list.name))?;
        let organizer = authority.organizer(&name.event)?;
        let present = self.app.store.check_in_list(&authority.viewer(&name.event)?, &name.check_in_list).await?;
        let present = present.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let list = app::check_in_lists::update(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&list)))
    }

    async fn delete_check_in_list(
        &self,
        request: Request<pb::DeleteCheckInListRequest>,
    ) -> Answer<pb::DeleteCheckInListResponse> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, CheckInListName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        app::check_in_lists::delete(&self.app, &organizer, &edit, once).await?;
        Ok(reply(pb::DeleteCheckInListResponse {}))
    }
}

fn decode_create(
    fields: &mut Fields,
    request: pb::CreateCheckInListRequest,
) -> Option<(EventName, (CheckInListId, Plan))> {
    let pb::CreateCheckInListRequest { parent, check_in_list, check_in_list_id, request_id: _, validate_only: _ } =
        request;
    let event = fields.parse::<EventName>("parent", &parent);
    let id = chosen_id(fields, "check_in_list_id", &check_in_list_id, CheckInListId::random);
    let of = event.as_ref().map(|event| &event.event);
    let plan = fields.nested("check_in_list", check_in_list, |fields, list| decode_plan(fields, of, list));
    Some((event?, (id?, plan?)))
}

fn decode_update(
    fields: &mut Fields,
    present: &CheckInList,
    request: pb::UpdateCheckInListRequest,
) -> Option<Edit<CheckInListName, Plan>> {
    let pb::UpdateCheckInListRequest { check_in_list, update_mask, request_id: _, validate_only: _ } = request;
    let update = check_in_list.unwrap_or_default();
    let known = ["title", "kind", "date", "session", "resource", "categories", "online_uri"];
    let mask = Mask::read(fields, update_mask, &known);
    let expected = fields.within("check_in_list", |fields| etag(fields, &update.etag));
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; title, kind, date, session, resource, categories, online_uri);
    let of = Some(&present.event);
    let plan = fields.nested("check_in_list", Some(laid), |fields, list| decode_plan(fields, of, list));
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name(), content: plan?, expected: Some(expected) })
}

/// Reads a list of an event; what it names has to be of the same.
fn decode_plan(fields: &mut Fields, event: Option<&EventId>, list: pb::CheckInList) -> Option<Plan> {
    let pb::CheckInList {
        name: _,
        title,
        kind,
        date,
        session,
        resource,
        categories,
        online_uri,
        create_time: _,
        update_time: _,
        etag: _,
    } = list;
    let title = fields.nested("title", title, localized);
    let kind = decode_kind(fields, event, kind, [&date, &session, &resource]);
    let categories = decode_categories(fields, event, &categories);
    let online = fields.parse_optional("online_uri", &online_uri);
    Some(Plan { title: title?, kind: kind?, categories: categories?, online: online? })
}

/// Reads what a list is for; what is for lists of another kind is refused.
fn decode_kind(
    fields: &mut Fields,
    event: Option<&EventId>,
    kind: i32,
    [date, session, resource]: [&str; 3],
) -> Option<Kind> {
    use pb::CheckInListKind as Wire;
    let kind = Wire::try_from(kind).unwrap_or_default();
    let fitting: &[&str] = match kind {
        Wire::Unspecified => {
            fields.refuse("kind", "is not one of the known values");
            return None;
        }
        Wire::Day | Wire::Meal => &["date"],
        Wire::Session => &["session"],
        Wire::Vehicle => &["resource"],
        Wire::Area => &[],
    };
    let given = [("date", date), ("session", session), ("resource", resource)];
    for (field, _) in given.iter().filter(|(field, value)| !value.is_empty() && !fitting.contains(field)) {
        fields.refuse(field, "is not for a list of this kind");
    }
    match kind {
        Wire::Unspecified => None,
        Wire::Day => day(fields, "date", date).map(Kind::Day),
        Wire::Meal => optional_day(fields, "date", date).map(Kind::Meal),
        Wire::Session => {
            let name = fields.parse::<SessionName>("session", session)?;
            of_event(fields, "session", event, &name.event)?;
            Some(Kind::Session(name.session))
        }
        Wire::Vehicle => match fields.parse_optional::<ResourceName>("resource", resource)? {
            Some(name) => {
                of_event(fields, "resource", event, &name.event)?;
                Some(Kind::Vehicle(Some(name.resource)))
            }
            None => Some(Kind::Vehicle(None)),
        },
        Wire::Area => Some(Kind::Area),
    }
}

fn decode_categories(fields: &mut Fields, event: Option<&EventId>, names: &[String]) -> Option<Vec<CategoryId>> {
    if names.len() > MOST_CATEGORIES {
        fields.refuse("categories", format_args!("are more than {MOST_CATEGORIES}"));
        return None;
    }
    let categories: Vec<_> = (names.iter().enumerate())
        .map(|(index, name)| values::category(fields, &format!("categories[{index}]"), event, name))
        .collect();
    categories.into_iter().collect()
}

fn encode(list: &CheckInList) -> pb::CheckInList {
    let CheckInList { event, id: _, plan: Plan { title, kind, categories, online }, history } = list;
    let session_name = |session| SessionName { event: event.clone(), session }.to_string();
    let resource_name = |resource| ResourceName { event: event.clone(), resource }.to_string();
    let (kind, date, session, resource) = match kind {
        Kind::Day(date) => (pb::CheckInListKind::Day, Some(*date), None, None),
        Kind::Session(session) => (pb::CheckInListKind::Session, None, Some(*session), None),
        Kind::Meal(date) => (pb::CheckInListKind::Meal, *date, None, None),
        Kind::Vehicle(resource) => (pb::CheckInListKind::Vehicle, None, None, *resource),
        Kind::Area => (pb::CheckInListKind::Area, None, None, None),
    };
    let category_name =
        |category: &CategoryId| CategoryName { event: event.clone(), category: category.clone() }.to_string();
    pb::CheckInList {
        name: list.name().to_string(),
        title: Some(encode_localized(title)),
        kind: kind.into(),
        date: date.map(|date| date.to_string()).unwrap_or_default(),
        session: session.map(session_name).unwrap_or_default(),
        resource: resource.map(resource_name).unwrap_or_default(),
        categories: categories.iter().map(category_name).collect(),
        online_uri: online.as_ref().map(ToString::to_string).unwrap_or_default(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
    }
}
