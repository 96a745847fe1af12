//! The outbox in the database: what waits is claimed by a worker under a lease, and never lost.

use attache_domain::{
    authority::Viewer,
    notice::{Delivery, Mail, Notice, State},
    resource::{EventId, NoticeId, NoticeName, Owner, PersonName},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, sea_query::Expr,
};
use serde::Serialize;

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    fields::{Fields, Search, coded, instant, number, person_id, verbatim},
    listing::Listing,
    prepared::padded,
    queue::{MAIL_LEASE, Queue},
    rows::notice::{Column, Entity, Model},
    times::{from_json, to_json},
};

const TABLE: &str = "notices";

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
    pub async fn claim_notices(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Notice>, StoreError> {
        let waiting = Condition::all().add(Column::State.eq(State::Queued.to_string()));
        let queue = Queue::<Entity> { waiting, since: Column::NextAttemptTime, lease: Column::LeaseTime };
        let claimed = self.claim(queue, (now, now + MAIL_LEASE), limit).await?;
        claimed.into_iter().map(Notice::try_from).collect()
    }
}

impl WriteTx {
    /// Finds a notice.
    pub async fn notice(&self, name: &NoticeName) -> Result<Option<Notice>, StoreError> {
        find(self.db().await?, &name.event, name.notice).await
    }

    /// Puts a notice into the outbox.
    pub async fn insert_notice(&self, notice: &Notice) -> Result<(), StoreError> {
        self.record(entry(notice, "enqueued", None, &Outline::from(notice))).await?;
        self.insert(Model::try_from(notice)?);
        Ok(())
    }

    /// Finds those of some notices of an event that exist.
    pub async fn notices(&self, event: &EventId, ids: &[NoticeId]) -> Result<Vec<Notice>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Event.eq(event.to_string()))
            .filter(Column::Id.is_in(padded(ids.iter().map(ToString::to_string).collect::<Vec<_>>())));
        rows.all(self.db().await?).await?.into_iter().map(Notice::try_from).collect()
    }

    /// Saves a notice; its lease ends.
    pub async fn save_notice(&self, before: &Notice, after: &Notice, verb: &'static str) -> Result<(), StoreError> {
        self.record(entry(after, verb, Some(&Outline::from(before)), &Outline::from(after))).await?;
        Model::try_from(after)?.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Saves what became of tries to send notices of an event, each as it was and as it is; their leases end.
    pub async fn save_deliveries(&self, event: &EventId, tried: &[(Notice, Notice)]) -> Result<(), StoreError> {
        // What becomes of mails that are sent together is mostly the same, and then written together.
        let mut alike: Vec<(&Delivery, Vec<String>)> = Vec::new();
        for (before, after) in tried {
            self.record(entry(after, "tried", Some(&Outline::from(before)), &Outline::from(after))).await?;
            match alike.iter_mut().find(|(delivery, _)| **delivery == after.delivery) {
                Some((_, ids)) => ids.push(after.id.to_string()),
                None => alike.push((&after.delivery, vec![after.id.to_string()])),
            }
        }
        for (delivery, ids) in alike {
            let Delivery { state, attempts, next_attempt_time, send_time, last_error } = delivery;
            Entity::update_many()
                .col_expr(Column::State, Expr::value(state.to_string()))
                .col_expr(Column::Attempts, Expr::value(i64::from(*attempts)))
                .col_expr(Column::NextAttemptTime, Expr::value(*next_attempt_time))
                .col_expr(Column::LeaseTime, Expr::value(None::<DateTime<Utc>>))
                .col_expr(Column::SendTime, Expr::value(*send_time))
                .col_expr(Column::LastError, Expr::value(last_error.clone()))
                .filter(Column::Event.eq(event.to_string()))
                .filter(Column::Id.is_in(padded(ids)))
                .exec(self.db().await?)
                .await?;
        }
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

impl From<&Notice> for Outline {
    fn from(notice: &Notice) -> Self {
        Self {
            occasion: notice.mail.occasion.clone(),
            person: notice.mail.person.person.to_string(),
            state: notice.delivery.state.to_string(),
            attempts: i64::from(notice.delivery.attempts),
        }
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
