//! Invitations in the database: of the code a keyed digest, by which it is found.

use std::collections::BTreeSet;

use attache_domain::{
    authority::Viewer,
    category::Category,
    event::Event,
    invitation::{Answer, CODE_LENGTH, Code, Invitation, Terms},
    notice::{Delivery, State as MailState},
    organization::Organization,
    person::Person,
    resource::{CategoryId, EventId, InvitationName, Owner, PersonName},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::{
    List, Page, PublicEvent, Store, StoreError, Subject, WriteTx, categories,
    changes::Entry,
    error::{column, count},
    events,
    fields::{Fields, Search, category_id, coded, instant, person_id},
    listing::Listing,
    notices, organizations, persons,
    prepared::padded,
    queue::{MAIL_LEASE, Queue},
    registrations,
    rows::invitation::{ActiveModel, Column, Entity, Model},
    times::{from_json, to_json},
};
use crate::vault::MasterKey;

const TABLE: &str = "invitations";
/// What a row says for an answer while there is none.
const NONE: &str = "NONE";

/// An invitation, and all that its page tells.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// The event, as a public page shows it.
    pub event: PublicEvent,
    /// As what its guest is invited.
    pub category: Category,
    /// Who is invited.
    pub person: Person,
}

impl Store {
    /// Lists the invitations of the event a viewer may see, in the order they were made.
    pub async fn invitations(&self, viewer: &Viewer, list: &List) -> Result<Page<Invitation>, StoreError> {
        let fields = Fields {
            known: [
                coded("answer", Column::Answer, |text| {
                    (text == NONE || answer(text).is_some()).then(|| text.to_owned())
                }),
                coded("category", Column::Category, category_id),
                coded("person", Column::Person, person_id),
                instant("open_time", Column::OpenTime),
                instant("expire_time", Column::ExpireTime),
                instant("create_time", Column::CreateTime),
            ],
            usual: "create_time",
            search: Search::People { organization: Column::Organization, person: Column::Person },
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Invitation::try_from)
    }

    /// Draws the code of an invitation; it is the same each time.
    pub fn invitation_code(&self, invitation: &InvitationName) -> Code {
        code_of(&self.master, invitation)
    }

    /// Finds the invitation that has a code. The code is the only right that is asked for.
    pub async fn invitation_with(&self, code: &Code) -> Result<Option<Invitation>, StoreError> {
        let found = Entity::find().filter(Column::CodeDigest.eq(code_digest(&self.master, code)));
        found.one(&self.read).await?.map(Invitation::try_from).transpose()
    }

    /// Finds all that the page of an invitation tells.
    pub async fn invited(&self, invitation: Invitation) -> Result<Option<Invited>, StoreError> {
        let Some(event) = self.event_as_shown(&invitation.event).await? else { return Ok(None) };
        let category = categories::find(&self.read, &invitation.event, &invitation.category).await?;
        let person = persons::find(&self.read, &invitation.person).await?;
        Ok(category.zip(person).map(|(category, person)| Invited { invitation, event, category, person }))
    }

    /// Claims up to `limit` invitations whose mail is due; until its lease ends, nobody else gets them.
    pub async fn claim_invitations(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Invitation>, StoreError> {
        let waiting = Condition::all().add(Column::MailState.eq(MailState::Queued.to_string()));
        let queue = Queue::<Entity> { waiting, since: Column::NextAttemptTime, lease: Column::LeaseTime };
        let claimed = self.claim(queue, (now, now + MAIL_LEASE), limit).await?;
        claimed.into_iter().map(Invitation::try_from).collect()
    }

    /// Whether somebody with the person's address, or the person, is registered for an event.
    pub async fn is_registered(&self, event: &EventId, person: &Person) -> Result<bool, StoreError> {
        Ok(registrations::live(&self.read, event, person).await?.is_some())
    }

    /// Finds what the mail with an invitation tells of: the event, who runs it, as what, and whom it is for.
    pub async fn parties_of_invitation(
        &self,
        invitation: &Invitation,
    ) -> Result<Option<(Event, Organization, Category, Person)>, StoreError> {
        let Some(event) = events::find(&self.read, &invitation.event).await? else { return Ok(None) };
        let controller = organizations::find(&self.read, &event.plan.controller).await?;
        let category = categories::find(&self.read, &invitation.event, &invitation.category).await?;
        let person = persons::find(&self.read, &invitation.person).await?;
        let parties = controller.zip(category).zip(person);
        Ok(parties.map(|((controller, category), person)| (event, controller, category, person)))
    }

    /// Finds up to so many invitations that keep a place longer than they were to.
    pub async fn overkept_invitations(
        &self,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<InvitationName>, StoreError> {
        let overkept = Entity::find().filter(Column::KeptUntil.lte(now)).order_by_asc(Column::KeptUntil).limit(limit);
        let invitations = overkept.all(&self.read).await?.into_iter().map(Invitation::try_from);
        invitations.map(|invitation| Ok(invitation?.name())).collect()
    }
}

impl WriteTx {
    /// Finds an invitation.
    pub async fn invitation(&self, name: &InvitationName) -> Result<Option<Invitation>, StoreError> {
        let found = Entity::find_by_id((name.event.to_string(), name.invitation.to_string()));
        found.one(self.db().await?).await?.map(Invitation::try_from).transpose()
    }

    /// Finds an open invitation of a person for an event.
    pub async fn open_invitation(
        &self,
        event: &EventId,
        who: &PersonName,
        now: DateTime<Utc>,
    ) -> Result<Option<Invitation>, StoreError> {
        let theirs = open(event, now)
            .filter(Column::Organization.eq(who.organization.to_string()))
            .filter(Column::Person.eq(who.person.to_string()));
        theirs.one(self.db().await?).await?.map(Invitation::try_from).transpose()
    }

    /// Whether anybody was ever invited into a category.
    pub async fn category_has_invitations(&self, event: &EventId, category: &CategoryId) -> Result<bool, StoreError> {
        let into_it = Entity::find()
            .filter(Column::Event.eq(event.to_string()))
            .filter(Column::Category.eq(category.to_string()));
        Ok(into_it.count(self.db().await?).await? > 0)
    }

    /// Inserts an invitation.
    pub async fn insert_invitation(&self, invitation: &Invitation) -> Result<(), StoreError> {
        let row = model(invitation, self.master())?;
        self.record(entry(invitation, "created", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of an invitation; whoever is mailing it goes on.
    pub async fn save_invitation(
        &self,
        before: &Invitation,
        after: &Invitation,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let mut row = self.changed_invitation(before, after, verb).await?;
        row.lease_time = NotSet;
        row.update(self.db().await?).await?;
        Ok(())
    }

    /// Saves what became of an invitation and its mail, whose lease ends.
    pub async fn save_mailed_invitation(
        &self,
        before: &Invitation,
        after: &Invitation,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        self.changed_invitation(before, after, verb).await?.update(self.db().await?).await?;
        Ok(())
    }

    async fn changed_invitation(
        &self,
        before: &Invitation,
        after: &Invitation,
        verb: &'static str,
    ) -> Result<ActiveModel, StoreError> {
        let (old, new) = (model(before, self.master())?, model(after, self.master())?);
        self.record(entry(after, verb, Some(&old), &new)).await?;
        Ok(new.into_active_model().reset_all())
    }
}

/// Finds those of some people who were invited to an event, but for those who let their invitation expire.
pub(super) async fn invited_of<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    people: &[PersonName],
    now: DateTime<Utc>,
) -> Result<BTreeSet<PersonName>, StoreError> {
    if people.is_empty() {
        return Ok(BTreeSet::new());
    }
    let ids = people.iter().map(|name| name.person.to_string()).collect();
    let unexpired = Condition::any().add(Column::Answer.ne(NONE)).add(Column::ExpireTime.gt(now));
    let theirs = Entity::find().filter(Column::Event.eq(event.to_string())).filter(unexpired);
    let rows = theirs.filter(Column::Person.is_in(padded(ids))).all(db).await?;
    rows.into_iter().map(|row| Ok(Invitation::try_from(row)?.person)).collect()
}

fn open(event: &EventId, now: DateTime<Utc>) -> Select<Entity> {
    Entity::find()
        .filter(Column::Event.eq(event.to_string()))
        .filter(Column::Answer.eq(NONE))
        .filter(Column::ExpireTime.gt(now))
}

/// Draws a code of the invitation's name: whoever has the database, and not the key, does not know it.
fn code_of(master: &MasterKey, invitation: &InvitationName) -> Code {
    let digest = master.digest("invitations", invitation.to_string().as_bytes());
    let bytes = digest.as_bytes();
    Code::draw(std::array::from_fn::<u8, CODE_LENGTH, _>(|index| bytes[index]))
}

/// What an invitation is found by when somebody presents its code.
fn code_digest(master: &MasterKey, code: &Code) -> String {
    master.digest("codes of invitations", code.as_str().as_bytes()).to_hex().to_string()
}

fn entry<'a>(
    invitation: &Invitation,
    verb: &'static str,
    before: Option<&'a Model>,
    after: &'a Model,
) -> Entry<'a, Model> {
    let owner = Owner::Event(invitation.event.clone());
    Entry { owner, resource: invitation.name().to_string(), verb, person: None, before, after: Some(after) }
}

fn model(invitation: &Invitation, master: &MasterKey) -> Result<Model, StoreError> {
    let Invitation {
        event,
        id,
        person,
        category,
        terms: Terms { expire_time, reserve_time, skips_approval, remind_times, transferable },
        external_id,
        keeps_place,
        answer,
        open_time,
        delivery,
        reminders,
        create_time,
    } = invitation;
    let delivery = delivery.as_ref();
    Ok(Model {
        event: event.to_string(),
        id: id.to_string(),
        organization: person.organization.to_string(),
        person: person.person.to_string(),
        category: category.to_string(),
        external_id: external_id.as_ref().map(ToString::to_string),
        code_digest: code_digest(master, &code_of(master, &invitation.name())),
        expire_time: *expire_time,
        reserve_time: *reserve_time,
        skips_approval: *skips_approval,
        remind_times: to_json(TABLE, "remind_times", remind_times)?,
        transferable: *transferable,
        kept_until: reserve_time.filter(|_| *keeps_place),
        answer: answer.map_or_else(|| NONE.to_owned(), |(answer, _)| answer.to_string()),
        end_time: answer.map(|(_, time)| time),
        open_time: *open_time,
        mail_state: delivery.map(|delivery| delivery.state.to_string()),
        attempts: delivery.map_or(0, |delivery| i64::from(delivery.attempts)),
        next_attempt_time: delivery.map(|delivery| delivery.next_attempt_time),
        lease_time: None,
        send_time: delivery.and_then(|delivery| delivery.send_time),
        last_error: delivery.and_then(|delivery| delivery.last_error.clone()),
        reminders: i64::from(*reminders),
        create_time: *create_time,
    })
}

impl TryFrom<Model> for Invitation {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::Corrupt { table: TABLE, column };
        let delivery = match &row.mail_state {
            None => None,
            Some(word) => Some(Delivery {
                state: notices::state(word).ok_or(corrupt("mail_state"))?,
                attempts: count(TABLE, "attempts", row.attempts)?,
                next_attempt_time: row.next_attempt_time.ok_or(corrupt("next_attempt_time"))?,
                send_time: row.send_time,
                last_error: row.last_error.clone(),
            }),
        };
        let answered = match row.answer.as_str() {
            NONE => None,
            word => Some((answer(word).ok_or(corrupt("answer"))?, row.end_time.ok_or(corrupt("end_time"))?)),
        };
        let person = PersonName {
            organization: column(TABLE, "organization", &row.organization)?,
            person: column(TABLE, "person", &row.person)?,
        };
        let terms = Terms {
            expire_time: row.expire_time,
            reserve_time: row.reserve_time,
            skips_approval: row.skips_approval,
            remind_times: from_json(TABLE, "remind_times", &row.remind_times)?,
            transferable: row.transferable,
        };
        Ok(Self {
            event: column(TABLE, "event", &row.event)?,
            id: column(TABLE, "id", &row.id)?,
            person,
            category: column(TABLE, "category", &row.category)?,
            terms,
            external_id: row.external_id.as_deref().map(|id| column(TABLE, "external_id", id)).transpose()?,
            keeps_place: row.kept_until.is_some(),
            answer: answered,
            open_time: row.open_time,
            delivery,
            reminders: count(TABLE, "reminders", row.reminders)?,
            create_time: row.create_time,
        })
    }
}

fn answer(word: &str) -> Option<Answer> {
    Answer::ALL.into_iter().find(|answer| answer.to_string() == word)
}

impl Subject for Invitation {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let invitation: InvitationName = column("requests", "resource", name)?;
        tx.invitation(&invitation).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}
