//! The messages of delegations, read and written.

use attache_domain::{
    delegation::{Deadlines, Delegation, MOST_SEATS, Member, MemberState, Plan, SeatQuotas, State},
    resource::{CategoryId, CategoryName, DelegationName, EventId, OrganizationName, PersonName, RegistrationName},
};
use attache_proto::v1 as pb;

use crate::{
    app::{
        Edit,
        delegations::{Nomination, Nominee},
    },
    rpc::{
        fields::Fields,
        masks::{Mask, overlay},
        persons,
        values::{
            self, encode_count, encode_instant, encode_localized, encode_visit_window, etag, instant, localized,
            visit_window,
        },
    },
};

/// Reads what organisers say of a delegation to an event, and who heads it.
pub(super) fn decode_plan(
    fields: &mut Fields,
    event: Option<&EventId>,
    delegation: pb::Delegation,
) -> Option<(Plan, Option<PersonName>)> {
    let pb::Delegation {
        name: _,
        title,
        sender,
        seats,
        visit_window: window,
        head,
        state: _,
        create_time: _,
        update_time: _,
        etag: _,
        embedded_sender: _,
        deadlines,
        needs_nomination_file,
        nomination_file: _,
        return_reason: _,
        seat_quotas,
    } = delegation;
    let title = fields.nested("title", title, localized);
    let sender = fields.parse::<OrganizationName>("sender", &sender);
    let seats = decode_seats(fields, seats);
    let quotas = decode_quotas(fields, event, seat_quotas, seats);
    let visit_window = fields.nested("visit_window", window, visit_window);
    let head = fields.parse_optional("head", &head);
    let deadlines = fields.within("deadlines", |fields| decode_deadlines(fields, deadlines.unwrap_or_default()));
    let (title, sender, seats, quotas, deadlines) = (title?, sender?.organization, seats?, quotas?, deadlines?);
    let visit_window = visit_window?;
    Some((Plan { title, sender, seats, quotas, visit_window, deadlines, needs_nomination_file }, head?))
}

/// Reads how the seats are shared out; whether there are so many is told when it is known how many there are.
fn decode_quotas(
    fields: &mut Fields,
    event: Option<&EventId>,
    quotas: Vec<pb::SeatQuota>,
    seats: Option<u32>,
) -> Option<SeatQuotas> {
    let quotas = fields.each("seat_quotas", quotas, |fields, pb::SeatQuota { category, seats }| {
        let category = values::category(fields, "category", event, &category);
        let seats = decode_seats(fields, seats);
        category.zip(seats)
    });
    SeatQuotas::new(quotas?, seats?).map_err(|flaw| fields.refuse("seat_quotas", flaw)).ok()
}

fn decode_seats(fields: &mut Fields, seats: i32) -> Option<u32> {
    let seats = u32::try_from(seats).ok().filter(|seats| (1..=MOST_SEATS).contains(seats));
    if seats.is_none() {
        fields.refuse("seats", format_args!("is not 1 to {MOST_SEATS}"));
    }
    seats
}

fn decode_deadlines(fields: &mut Fields, deadlines: pb::DelegationDeadlines) -> Option<Deadlines> {
    let pb::DelegationDeadlines { nomination_time, document_time, letter_time, travel_time } = deadlines;
    let nomination_time = instant(fields, "nomination_time", nomination_time);
    let document_time = instant(fields, "document_time", document_time);
    let letter_time = instant(fields, "letter_time", letter_time);
    let travel_time = instant(fields, "travel_time", travel_time);
    let (nomination_time, document_time) = (nomination_time?, document_time?);
    Some(Deadlines { nomination_time, document_time, letter_time: letter_time?, travel_time: travel_time? })
}

fn encode_deadlines(deadlines: &Deadlines) -> Option<pb::DelegationDeadlines> {
    let Deadlines { nomination_time, document_time, letter_time, travel_time } = *deadlines;
    (*deadlines != Deadlines::default()).then(|| pb::DelegationDeadlines {
        nomination_time: nomination_time.map(encode_instant),
        document_time: document_time.map(encode_instant),
        letter_time: letter_time.map(encode_instant),
        travel_time: travel_time.map(encode_instant),
    })
}

/// Reads a change, laid over the present state.
pub(super) fn decode_update(
    fields: &mut Fields,
    present: &Delegation,
    request: pb::UpdateDelegationRequest,
) -> Option<Edit<DelegationName, (Plan, Option<PersonName>)>> {
    let pb::UpdateDelegationRequest { delegation, update_mask, request_id: _, validate_only: _ } = request;
    let update = delegation.unwrap_or_default();
    let known =
        ["title", "sender", "seats", "seat_quotas", "visit_window", "head", "deadlines", "needs_nomination_file"];
    let mask = Mask::read(fields, update_mask, &known);
    let expected = etag(fields, &update.etag);
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; title, sender, seats, seat_quotas, visit_window, head, deadlines, needs_nomination_file);
    let of = Some(&present.event);
    let content = fields.nested("delegation", Some(laid), |fields, laid| decode_plan(fields, of, laid));
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name(), content: content?, expected: Some(expected) })
}

/// Reads who is nominated to an event: somebody, and no more than a delegation can have.
pub(super) fn decode_nominations(
    fields: &mut Fields,
    event: Option<&EventId>,
    nominations: Vec<pb::Nomination>,
) -> Option<Vec<Nomination>> {
    let most = usize::try_from(MOST_SEATS).unwrap_or(usize::MAX);
    if !(1..=most).contains(&nominations.len()) {
        fields.refuse("nominations", format_args!("needs 1 to {MOST_SEATS} people"));
        return None;
    }
    fields.each("nominations", nominations, |fields, nomination| decode_nomination(fields, event, nomination))
}

/// Reads who is nominated for one seat.
pub(super) fn decode_nomination(
    fields: &mut Fields,
    event: Option<&EventId>,
    nomination: pb::Nomination,
) -> Option<Nomination> {
    let pb::Nomination { person, new_person, role, category } = nomination;
    let nominee = match new_person {
        Some(_) if !person.is_empty() => {
            fields.refuse("new_person", "cannot be given together with person");
            None
        }
        Some(new) => fields
            .nested("new_person", Some(new), persons::decode_profile)
            .map(|profile| Nominee::New(Box::new(profile))),
        None => fields.parse("person", &person).map(Nominee::Known),
    };
    let role = fields.line("role", &role, 100);
    let category = decode_seat(fields, event, &category);
    Some(Nomination { nominee: nominee?, role: role?, category: category? })
}

/// Reads of which category a seat is, if it is of one: outside `None` when that is wrong.
pub fn decode_seat(fields: &mut Fields, event: Option<&EventId>, category: &str) -> Option<Option<CategoryId>> {
    if category.is_empty() { Some(None) } else { values::category(fields, "category", event, category).map(Some) }
}

fn encode_quota(event: &EventId, (category, seats): (&CategoryId, u32)) -> pb::SeatQuota {
    let category = CategoryName { event: event.clone(), category: category.clone() }.to_string();
    pb::SeatQuota { category, seats: encode_count(seats) }
}

/// Writes a delegation.
pub fn encode(delegation: &Delegation) -> pb::Delegation {
    let Delegation { event, id: _, plan, head, nomination_file, return_reason, state, history } = delegation;
    let Plan { title, sender, seats, quotas, visit_window, deadlines, needs_nomination_file } = plan;
    let state = match state {
        State::Open => pb::DelegationState::Open,
        State::Submitted => pb::DelegationState::Submitted,
        State::Approved => pb::DelegationState::Approved,
        State::Withdrawn => pb::DelegationState::Withdrawn,
    };
    pb::Delegation {
        name: delegation.name().to_string(),
        title: Some(encode_localized(title)),
        sender: OrganizationName { organization: sender.clone() }.to_string(),
        seats: encode_count(*seats),
        visit_window: Some(encode_visit_window(visit_window)),
        head: head.as_ref().map(ToString::to_string).unwrap_or_default(),
        state: state.into(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
        embedded_sender: None,
        deadlines: encode_deadlines(deadlines),
        needs_nomination_file: *needs_nomination_file,
        nomination_file: nomination_file.as_ref().map(ToString::to_string).unwrap_or_default(),
        return_reason: return_reason.clone().unwrap_or_default(),
        seat_quotas: quotas.iter().map(|quota| encode_quota(event, quota)).collect(),
    }
}

/// Writes a member, without the person behind them.
pub(super) fn encode_member(member: &Member) -> pb::DelegationMember {
    let Member { delegation, id: _, person, role, state, category, registration, successor, history } = member;
    let event = &delegation.event;
    let category_name = |category: &CategoryId| CategoryName { event: event.clone(), category: category.clone() };
    let registration_name = |registration| RegistrationName { event: event.clone(), registration };
    let state = match state {
        MemberState::Nominated => pb::DelegationMemberState::Nominated,
        MemberState::Approved => pb::DelegationMemberState::Approved,
        MemberState::Replaced => pb::DelegationMemberState::Replaced,
        MemberState::Withdrawn => pb::DelegationMemberState::Withdrawn,
    };
    pb::DelegationMember {
        name: member.name().to_string(),
        person: person.to_string(),
        role: role.clone().unwrap_or_default(),
        state: state.into(),
        successor: successor.map(|successor| delegation.member(successor).to_string()).unwrap_or_default(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
        embedded_person: None,
        category: category.as_ref().map(|category| category_name(category).to_string()).unwrap_or_default(),
        registration: registration.map(|id| registration_name(id).to_string()).unwrap_or_default(),
    }
}
