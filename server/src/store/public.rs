//! What anybody may read of an event, and the submissions of its public forms: who submits lies sealed under a key of the submission's own,
//! which goes with it.
//!
//! Submissions leave no entry in the change log, which strangers would fill otherwise; the person and the registration that come of one do.

use attache_domain::{
    category::Category,
    email::EmailAddress,
    event::Event,
    link::Link,
    mailed_code::{CODE_LENGTH, Code, Mailing},
    organization::Organization,
    person::Person,
    registration::Registration,
    resource::{CategoryName, EventId, SubmissionName},
    submission::Submission,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use subtle::ConstantTimeEq as _;

use super::{
    Store, StoreError, Subject, WriteTx, access, answers, categories,
    error::{column, count},
    events, organizations, pools,
    queue::{MAIL_LEASE, Queue},
    rows::{
        category, person,
        submission::{Column, Entity, Model},
    },
};
use crate::vault::{DataKey, MasterKey};

const TABLE: &str = "submissions";

/// An event as anybody may read it.
#[derive(Clone, Debug)]
pub struct PublicEvent {
    /// The event.
    pub event: Event,
    /// Who answers for personal data in it.
    pub controller: Organization,
    /// The categories that take public registrations, by id, and whether there is a place in them.
    pub categories: Vec<(Category, bool)>,
}

impl Store {
    /// Finds an event that takes public registrations in some category; any other is nobody's to see.
    pub async fn public_event(&self, event: &EventId) -> Result<Option<PublicEvent>, StoreError> {
        Ok(self.event_as_shown(event).await?.filter(|shown| !shown.categories.is_empty()))
    }

    /// Finds an event as a public page shows it, whether it takes public registrations or not.
    pub(super) async fn event_as_shown(&self, event: &EventId) -> Result<Option<PublicEvent>, StoreError> {
        let public = category::Entity::find()
            .filter(category::Column::Event.eq(event.to_string()))
            .filter(category::Column::Public.eq(true))
            .order_by_asc(category::Column::Id);
        let mut found = Vec::new();
        for row in public.all(&self.read).await? {
            let category = Category::try_from(row)?;
            let free = pools::free(&self.read, &categories::pool_of(event, &category.id)).await?;
            found.push((category, free != Some(0)));
        }
        let Some(event) = events::find(&self.read, event).await? else { return Ok(None) };
        let Some(controller) = organizations::find(&self.read, &event.plan.controller).await? else { return Ok(None) };
        Ok(Some(PublicEvent { event, controller, categories: found }))
    }

    /// Finds a category that takes public registrations.
    pub async fn public_category(&self, name: &CategoryName) -> Result<Option<Category>, StoreError> {
        let found = category::Entity::find_by_id((name.event.to_string(), name.category.to_string()))
            .filter(category::Column::Public.eq(true));
        found.one(&self.read).await?.map(Category::try_from).transpose()
    }

    /// Claims up to `limit` submissions whose mail is due; until its lease ends, nobody else gets them.
    pub async fn claim_submissions(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Submission>, StoreError> {
        let waiting = Condition::all();
        let queue = Queue::<Entity> { waiting, since: Column::MailTime, lease: Column::LeaseTime };
        let claimed = self.claim(queue, (now, now + MAIL_LEASE), limit).await?;
        claimed.into_iter().map(|row| opened(&self.master, row)).collect()
    }

    /// Whether a submission came by then and was not confirmed.
    pub async fn has_submissions_until(&self, until: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(Entity::find().filter(Column::CreateTime.lte(until)).count(&self.read).await? > 0)
    }

    /// Draws the code that confirms a submission; it is the same each time.
    pub fn code_confirming(&self, submission: &Submission) -> Code {
        code_of(&self.master, submission)
    }
}

impl WriteTx {
    /// Finds a submission.
    pub async fn submission(&self, name: &SubmissionName) -> Result<Option<Submission>, StoreError> {
        let found = Entity::find_by_id((name.event.to_string(), name.submission.to_string()));
        found.one(self.db().await?).await?.map(|row| opened(self.master(), row)).transpose()
    }

    /// Tells when the submissions of an event came that wait for an address to be proven.
    pub async fn submission_times(
        &self,
        event: &EventId,
        email: &EmailAddress,
    ) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let waiting = Entity::find()
            .select_only()
            .column(Column::CreateTime)
            .filter(Column::Event.eq(event.to_string()))
            .filter(Column::Address.eq(access::address_digest(self.master(), email)));
        Ok(waiting.into_tuple().all(self.db().await?).await?)
    }

    /// Finds up to `limit` submissions that came by then, the oldest first.
    pub async fn submissions_until(&self, until: DateTime<Utc>, limit: u64) -> Result<Vec<Submission>, StoreError> {
        let rows = Entity::find().filter(Column::CreateTime.lte(until)).order_by_asc(Column::CreateTime).limit(limit);
        rows.all(self.db().await?).await?.into_iter().map(|row| opened(self.master(), row)).collect()
    }

    /// Finds the submissions for a category that were neither confirmed nor forgotten.
    pub(super) async fn submissions_in(&self, category: &Category) -> Result<Vec<Submission>, StoreError> {
        let waiting = Entity::find()
            .filter(Column::Event.eq(category.event.to_string()))
            .filter(Column::Category.eq(category.id.to_string()));
        waiting.all(self.db().await?).await?.into_iter().map(|row| opened(self.master(), row)).collect()
    }

    /// Whether a code is the one that was mailed for a submission.
    pub fn confirms(&self, submission: &Submission, code: &Code) -> bool {
        code_of(self.master(), submission).as_str().as_bytes().ct_eq(code.as_str().as_bytes()).into()
    }

    /// Inserts a submission, sealed under a new key.
    pub fn insert_submission(&self, submission: &Submission) -> Result<(), StoreError> {
        self.insert(sealed(self.master(), submission)?);
        Ok(())
    }

    /// Saves what became of a submission; its lease ends.
    pub async fn save_submission(&self, submission: &Submission) -> Result<(), StoreError> {
        sealed(self.master(), submission)?.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Deletes a submission, and with its key what it said.
    pub async fn delete_submission(&self, submission: &Submission) -> Result<(), StoreError> {
        Entity::delete_by_id((submission.event.to_string(), submission.id.to_string())).exec(self.db().await?).await?;
        Ok(())
    }
}

fn sealed(master: &MasterKey, submission: &Submission) -> Result<Model, StoreError> {
    let Submission { event, id, category, person, email, answers, holds_place, tries, mailing, create_time } =
        submission;
    let place = submission.name().to_string();
    let key = DataKey::generate()?;
    let json = serde_json::to_vec(&person::Model::from(person))
        .map_err(|_| StoreError::Corrupt { table: TABLE, column: "person" })?;
    let mail_time = match mailing {
        Mailing::Due(time) => Some(*time),
        Mailing::Settled => None,
    };
    Ok(Model {
        event: event.to_string(),
        id: id.to_string(),
        category: category.to_string(),
        address: access::address_digest(master, email),
        wrapped_key: master.wrap(&place, &key)?,
        person: key.seal(&place, &json)?,
        answers: Some(answers::seal(&key, &place_of_answers(&place), &answers.into())?),
        holds_place: *holds_place,
        tries: i64::from(*tries),
        mail_time,
        lease_time: None,
        create_time: *create_time,
    })
}

fn opened(master: &MasterKey, row: Model) -> Result<Submission, StoreError> {
    let corrupt = |column| StoreError::Corrupt { table: TABLE, column };
    let name = SubmissionName { event: column(TABLE, "event", &row.event)?, submission: column(TABLE, "id", &row.id)? };
    let place = name.to_string();
    let key = master.unwrap(&place, &row.wrapped_key)?;
    let json = key.open(&place, &row.person)?;
    let person: person::Model = serde_json::from_slice(&json).map_err(|_| corrupt("person"))?;
    let person = Person::try_from(person)?;
    let email = person.profile.email.clone().ok_or_else(|| corrupt("person"))?;
    // What was submitted before there were forms has none.
    let answers = row.answers.map(|sealed| answers::open(&key, &place_of_answers(&place), &sealed)).transpose()?;
    Ok(Submission {
        event: name.event,
        id: name.submission,
        category: column(TABLE, "category", &row.category)?,
        person,
        email,
        answers: answers.unwrap_or_default(),
        holds_place: row.holds_place,
        tries: count(TABLE, "tries", row.tries)?,
        mailing: row.mail_time.map_or(Mailing::Settled, Mailing::Due),
        create_time: row.create_time,
    })
}

fn place_of_answers(place: &str) -> String {
    format!("{place}/answers")
}

/// Draws a code of the submission's name: whoever has the database, and not the key, does not know it.
fn code_of(master: &MasterKey, submission: &Submission) -> Code {
    let digest = master.digest("submission codes", submission.name().to_string().as_bytes());
    let bytes = digest.as_bytes();
    Code::draw(std::array::from_fn::<u8, CODE_LENGTH, _>(|index| bytes[index]))
}

/// A registration, with the link of whoever made it, that does not come about where the code was not the one that was mailed.
impl Subject for Option<(Registration, Link)> {
    fn resource_name(&self) -> String {
        self.as_ref().map(|(registration, _)| registration.resource_name()).unwrap_or_default()
    }

    async fn load(_: &WriteTx, name: &str) -> Result<Self, StoreError> {
        Err(StoreError::Unrepeatable(name.to_owned()))
    }
}

/// What strangers submit is done once and never repeated by a request id: they have none.
impl Subject for Submission {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(_: &WriteTx, name: &str) -> Result<Self, StoreError> {
        Err(StoreError::Unrepeatable(name.to_owned()))
    }
}
