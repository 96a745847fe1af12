//! The outbox in the database: what waits is claimed by a worker under a lease, and never lost.

use attache_domain::{
    authority::Viewer,
    notice::{Delivery, Mail, Notice, State},
    resource::{EventId, NoticeId, NoticeName, Owner, PersonName},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr,
};
use serde::Serialize;

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    fields::{Fields, Search, coded, instant, number, person_id, verbatim},
    listing::Listing,
    rows::notice::{Column, Entity, Model},
    times::{from_json, to_json},
};

const TABLE: &str = "notices";

/// How long a worker may take to send one notice before another may try; longer than a mail server may take.
pub const LEASE: TimeDelta = TimeDelta::minutes(5);

/// What the change log keeps of a notice: not its text, which is the delegate's own.
#[derive(Serialize)]
struct Outline {
    occasion: String,
    person: String,
    state: String,
    attempts: i64,
}

impl Store {
    /// Finds a notice of the event a viewer may see.
    pub async fn notice(&self, viewer: &Viewer, id: NoticeId) -> Result<Option<Notice>, StoreError> {
        find(&self.read, viewer.event(), id).await
    }

    /// Lists the notices of the event a viewer may see, the latest first. Filters by `state`, `occasion` and `person`.
    pub async fn notices(&self, viewer: &Viewer, list: &List) -> Result<Page<Notice>, StoreError> {
        let fields = Fields {
            known: [
                coded("state", Column::State, |text| state(text).map(|_| text.to_owned())),
                verbatim("occasion", Column::Occasion),
                coded("person", Column::Person, person_id),
                number("attempts", Column::Attempts),
                instant("create_time", Column::CreateTime),
                instant("send_time", Column::SendTime),
            ],
            usual: "create_time desc",
            search: Search::People { organization: Column::Organization, person: Column::Person },
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Notice::try_from)
    }

    /// Counts the notices that wait to be sent.
    pub async fn queued_notices(&self) -> Result<u64, StoreError> {
        Ok(Entity::find().filter(Column::State.eq(State::Queued.to_string())).count(&self.read).await?)
    }

    /// Claims up to `limit` notices that are due; until its lease ends, nobody else gets them.
    pub async fn claim_notices(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<Notice>, StoreError> {
        let free = Condition::any().add(Column::LeaseTime.is_null()).add(Column::LeaseTime.lte(now));
        let due = Condition::all()
            .add(Column::State.eq(State::Queued.to_string()))
            .add(Column::NextAttemptTime.lte(now))
            .add(free);
        let rows = Entity::find()
            .filter(due.clone())
            .order_by_asc(Column::NextAttemptTime)
            .order_by_asc(Column::CreateTime)
            .limit(limit)
            .all(&self.read)
            .await?;
        let mut claimed = Vec::new();
        let tx = self.dialect.begin_in_turn(&self.write).await?;
        for row in rows {
            let mine = Entity::update_many()
                .col_expr(Column::LeaseTime, Expr::value(now + LEASE))
                .filter(due.clone())
                .filter(Column::Event.eq(row.event.as_str()))
                .filter(Column::Id.eq(row.id.as_str()))
                .exec(&tx)
                .await?;
            if mine.rows_affected == 1 {
                claimed.push(Notice::try_from(row)?);
            }
        }
        tx.commit().await?;
        Ok(claimed)
    }
}

impl WriteTx {
    /// Finds a notice.
    pub async fn notice(&self, name: &NoticeName) -> Result<Option<Notice>, StoreError> {
        find(self.db(), &name.event, name.notice).await
    }

    /// Puts a notice into the outbox.
    pub async fn insert_notice(&self, notice: &Notice) -> Result<(), StoreError> {
        let row = Model::try_from(notice)?;
        self.record(entry(notice, "enqueued", None, &Outline::from(&row))).await?;
        self.insert(row).await?;
        Ok(())
    }

    /// Saves what became of a notice; its lease ends.
    pub async fn save_notice(&self, before: &Notice, after: &Notice, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&Outline::from(&old)), &Outline::from(&new))).await?;
        new.into_active_model().reset_all().update(self.db()).await?;
        Ok(())
    }
}

fn entry<'a>(
    notice: &Notice,
    verb: &'static str,
    before: Option<&'a Outline>,
    after: &'a Outline,
) -> Entry<'a, Outline> {
    let owner = Owner::Event(notice.event.clone());
    Entry { owner, resource: notice.name().to_string(), verb, person: None, before, after: Some(after) }
}

async fn find<C: ConnectionTrait>(db: &C, event: &EventId, id: NoticeId) -> Result<Option<Notice>, StoreError> {
    Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?.map(Notice::try_from).transpose()
}

impl Subject for Notice {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let notice: NoticeName = column("requests", "resource", name)?;
        tx.notice(&notice).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&Model> for Outline {
    fn from(row: &Model) -> Self {
        let Model { occasion, person, state, attempts, .. } = row.clone();
        Self { occasion, person, state, attempts }
    }
}

impl TryFrom<&Notice> for Model {
    type Error = StoreError;

    fn try_from(notice: &Notice) -> Result<Self, StoreError> {
        let Notice { event, id, mail, delivery, create_time } = notice;
        let attachments: Vec<String> = mail.attachments.iter().map(ToString::to_string).collect();
        Ok(Self {
            event: event.to_string(),
            id: id.to_string(),
            occasion: mail.occasion.clone(),
            organization: mail.person.organization.to_string(),
            person: mail.person.person.to_string(),
            display_name: mail.display_name.clone(),
            email: mail.email.as_str().to_owned(),
            reply_to: mail.reply_to.as_ref().map(|email| email.as_str().to_owned()),
            language_code: mail.language.as_str().to_owned(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            html: mail.html.clone(),
            attachments: to_json(TABLE, "attachments", &attachments)?,
            state: delivery.state.to_string(),
            attempts: i64::from(delivery.attempts),
            next_attempt_time: delivery.next_attempt_time,
            lease_time: None,
            send_time: delivery.send_time,
            last_error: delivery.last_error.clone(),
            create_time: *create_time,
        })
    }
}

impl TryFrom<Model> for Notice {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let attachments: Vec<String> = from_json(TABLE, "attachments", &row.attachments)?;
        let person = PersonName {
            organization: column(TABLE, "organization", &row.organization)?,
            person: column(TABLE, "person", &row.person)?,
        };
        let mail = Mail {
            occasion: row.occasion,
            person,
            display_name: row.display_name,
            email: column(TABLE, "email", &row.email)?,
            reply_to: row.reply_to.map(|email| column(TABLE, "reply_to", &email)).transpose()?,
            language: column(TABLE, "language_code", &row.language_code)?,
            subject: row.subject,
            text: row.text,
            html: row.html,
            attachments: attachments.iter().map(|name| column(TABLE, "attachments", name)).collect::<Result<_, _>>()?,
        };
        let delivery = Delivery {
            state: state(&row.state).ok_or(StoreError::Corrupt { table: TABLE, column: "state" })?,
            attempts: count(TABLE, "attempts", row.attempts)?,
            next_attempt_time: row.next_attempt_time,
            send_time: row.send_time,
            last_error: row.last_error,
        };
        let (event, id) = (column(TABLE, "event", &row.event)?, column(TABLE, "id", &row.id)?);
        Ok(Self { event, id, mail, delivery, create_time: row.create_time })
    }
}

/// Reads where a mail stands.
pub(super) fn state(word: &str) -> Option<State> {
    [State::Queued, State::Sent, State::Failed].into_iter().find(|state| state.to_string() == word)
}
