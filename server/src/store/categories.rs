//! Categories in the database, each with its pool.

use std::collections::{BTreeMap, BTreeSet};

use attache_domain::{
    authority::Viewer,
    category::{Category, Confirmation, Plan},
    form::{Form, Pick},
    language::LanguageTag,
    offer::{Period, WorkingHours},
    pool::Level,
    resource::{CategoryId, CategoryName, EventId, Owner, SharedPoolId},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, ModelTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, prelude::Json,
};

use super::{
    List, Page, PoolKey, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    choices,
    error::{column, count},
    events,
    fields::{Fields, Search, instant, number, verbatim},
    forms,
    listing::Listing,
    pools,
    rows::{
        category::{Column, Entity, Model},
        registration,
    },
    times::{from_json, history, localized, to_json},
};

mod hours;

use hours::Written;

const TABLE: &str = "categories";

/// The pool of a category.
pub fn pool_of(event: &EventId, category: &CategoryId) -> PoolKey {
    PoolKey { event: event.clone(), pool: format!("categories/{category}") }
}

/// The pool that some categories of an event share.
pub fn shared_pool_of(event: &EventId, pool: &SharedPoolId) -> PoolKey {
    PoolKey { event: event.clone(), pool: format!("shared/{pool}") }
}

/// How full a category is, and what else limits who comes in by it.
#[derive(Clone, Debug)]
pub struct Fullness {
    /// The category itself.
    pub level: Level,
    /// The limited choices of its form, in their order.
    pub choices: Vec<(Pick, Level)>,
    /// The pools that it shares, in the order of the event.
    pub shared: Vec<(SharedPoolId, Level)>,
}

impl Store {
    /// Finds a category of the event a viewer may see.
    pub async fn category(&self, viewer: &Viewer, category: &CategoryId) -> Result<Option<Category>, StoreError> {
        find(&self.read, viewer.event(), category).await
    }

    /// Lists the categories of the event a viewer may see, by id.
    pub async fn categories(&self, viewer: &Viewer, list: &List) -> Result<Page<Category>, StoreError> {
        let fields = Fields {
            known: [
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
                number("capacity", Column::Capacity),
            ],
            usual: "",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Category::try_from)
    }

    /// Finds all categories of an event, by id: for its organiser, or a job that one started.
    pub async fn all_categories(&self, event: &EventId) -> Result<Vec<Category>, StoreError> {
        of_event(&self.read, event).await
    }

    /// Tells how full a category is, as it is at one moment.
    pub async fn capacity(&self, viewer: &Viewer, category: &CategoryId) -> Result<Option<Fullness>, StoreError> {
        let moment = self.dialect.begin_read(&self.read).await?;
        let full = fullness(&moment, viewer.event(), category).await;
        moment.rollback().await?;
        full
    }
}

impl WriteTx {
    /// Finds a category.
    pub async fn category(&self, event: &EventId, category: &CategoryId) -> Result<Option<Category>, StoreError> {
        let name = CategoryName { event: event.clone(), category: category.clone() }.to_string();
        self.read_once(name, async { find(self.db().await?, event, category).await }).await
    }

    /// Finds all categories of an event, by id.
    pub async fn all_categories(&self, event: &EventId) -> Result<Vec<Category>, StoreError> {
        of_event(self.db().await?, event).await
    }

    /// Inserts a category and its pools; an id that is taken is refused.
    pub async fn insert_category(&self, category: &Category) -> Result<(), StoreError> {
        if self.category(&category.event, &category.id).await?.is_some() {
            return Err(StoreError::Taken(category.name().to_string()));
        }
        let row = Model::try_from(category)?;
        self.record(entry(category, "created", None, Some(&row))).await?;
        self.insert(row);
        self.set_pool(&pool_of(&category.event, &category.id), category.plan.capacity).await?;
        self.limit_choices(category, &Form::default(), &category.plan.form).await
    }

    /// Saves what became of a category, and of its pools.
    pub async fn save_category(
        &self,
        before: &Category,
        after: &Category,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), Some(&new))).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        self.set_pool(&pool_of(&after.event, &after.id), after.plan.capacity).await?;
        self.limit_choices(after, &before.plan.form, &after.plan.form).await
    }

    /// Deletes a category and its pools.
    pub async fn delete_category(&self, category: &Category) -> Result<(), StoreError> {
        let row = Model::try_from(category)?;
        self.record(entry(category, "deleted", Some(&row), None)).await?;
        row.delete(self.db().await?).await?;
        self.limit_choices(category, &category.plan.form, &Form::default()).await?;
        self.remove_pool(&pool_of(&category.event, &category.id)).await
    }

    /// Whether anybody ever registered in a category.
    pub async fn category_has_registrations(&self, category: &Category) -> Result<bool, StoreError> {
        let in_category = registration::Entity::find()
            .filter(registration::Column::Event.eq(category.event.to_string()))
            .filter(registration::Column::Category.eq(category.id.to_string()));
        Ok(in_category.count(self.db().await?).await? > 0)
    }
}

fn entry<'a>(
    category: &Category,
    verb: &'static str,
    before: Option<&'a Model>,
    after: Option<&'a Model>,
) -> Entry<'a, Model> {
    let owner = Owner::Event(category.event.clone());
    Entry { owner, resource: category.name().to_string(), verb, person: None, before, after }
}

/// Finds the categories of an event, by id.
async fn of_event<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Vec<Category>, StoreError> {
    let of_event = Entity::find().filter(Column::Event.eq(event.to_string())).order_by_asc(Column::Id);
    of_event.all(db).await?.into_iter().map(Category::try_from).collect()
}

/// What each category of an event asks of its people.
#[derive(Default)]
pub(super) struct Asked {
    /// Their forms, of those that have one.
    pub forms: BTreeMap<CategoryId, Form>,
    /// Those whose people are asked for a photo.
    pub photos: BTreeSet<CategoryId>,
}

/// Finds what the categories of an event ask.
pub(super) async fn asked<C: ConnectionTrait>(db: &C, event: &EventId) -> Result<Asked, StoreError> {
    let mut asked = Asked::default();
    for category in of_event(db, event).await? {
        if category.plan.photo_required {
            asked.photos.insert(category.id.clone());
        }
        if !category.plan.form.fields().is_empty() {
            asked.forms.insert(category.id, category.plan.form);
        }
    }
    Ok(asked)
}

async fn fullness<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    category: &CategoryId,
) -> Result<Option<Fullness>, StoreError> {
    let (Some(event), Some(category)) = (events::find(db, event).await?, find(db, event, category).await?) else {
        return Ok(None);
    };
    let missing = || StoreError::Corrupt { table: "pools", column: "id" };
    let level = pools::level(db, &pool_of(&event.id, &category.id)).await?.ok_or_else(missing)?;
    let mut shared = Vec::new();
    for pool in event.shared_by(&category.id) {
        let level = pools::level(db, &shared_pool_of(&event.id, &pool.id)).await?.ok_or_else(missing)?;
        shared.push((pool.id.clone(), level));
    }
    Ok(Some(Fullness { level, choices: choices::levels(db, &category).await?, shared }))
}

pub(super) async fn find<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    id: &CategoryId,
) -> Result<Option<Category>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?;
    row.map(Category::try_from).transpose()
}

impl Subject for Category {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let CategoryName { event, category } = column("requests", "resource", name)?;
        tx.category(&event, &category).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl TryFrom<&Category> for Model {
    type Error = StoreError;

    fn try_from(category: &Category) -> Result<Self, StoreError> {
        let Category { event, id, plan, history } = category;
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
        let offer_working_hours = offer_working_hours.as_ref().map(Written::from);
        let languages: Vec<&str> = languages.iter().map(LanguageTag::as_str).collect();
        let confirmation = match confirmation {
            Confirmation::ByHand => "BY_HAND",
            Confirmation::AtOnce => "AT_ONCE",
        };
        Ok(Self {
            event: event.to_string(),
            id: id.to_string(),
            title_en: title.en().map(str::to_owned),
            title_zh: title.zh().map(str::to_owned),
            capacity: capacity.map(i64::from),
            languages: to_json(TABLE, "languages", &languages)?,
            confirmation: confirmation.to_owned(),
            public: *public,
            offer_hours: offer_period.map(|period| i64::from(period.hours())),
            offer_working_hours: offer_working_hours
                .map(|hours| to_json(TABLE, "offer_working_hours", &hours))
                .transpose()?,
            lapsed_wait_again: *lapsed_wait_again,
            color: color.map(|color| color.to_string()),
            photo_required: *photo_required,
            form: to_json(TABLE, "form", &forms::written(form))?,
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for Category {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let languages: Vec<String> = from_json(TABLE, "languages", &row.languages)?;
        let confirmation = match row.confirmation.as_str() {
            "BY_HAND" => Confirmation::ByHand,
            "AT_ONCE" => Confirmation::AtOnce,
            _ => return Err(StoreError::Corrupt { table: TABLE, column: "confirmation" }),
        };
        let plan = Plan {
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            capacity: row.capacity.map(|capacity| count(TABLE, "capacity", capacity)).transpose()?,
            languages: languages.iter().map(|tag| column(TABLE, "languages", tag)).collect::<Result<_, _>>()?,
            confirmation,
            public: row.public,
            offer_period: offer_period(row.offer_hours)?,
            offer_working_hours: working_hours(row.offer_working_hours.as_ref())?,
            lapsed_wait_again: row.lapsed_wait_again,
            color: row.color.as_deref().map(|color| column(TABLE, "color", color)).transpose()?,
            photo_required: row.photo_required,
            form: forms::read(from_json(TABLE, "form", &row.form)?)
                .ok_or(StoreError::Corrupt { table: TABLE, column: "form" })?,
        };
        let history = history(row.create_time, row.update_time, row.revision);
        Ok(Self { event: column(TABLE, "event", &row.event)?, id: column(TABLE, "id", &row.id)?, plan, history })
    }
}

fn offer_period(hours: Option<i64>) -> Result<Option<Period>, StoreError> {
    let hours = count(TABLE, "offer_hours", hours.unwrap_or_default())?;
    Period::of_hours(hours).map_err(|_| StoreError::Corrupt { table: TABLE, column: "offer_hours" })
}

fn working_hours(json: Option<&Json>) -> Result<Option<WorkingHours>, StoreError> {
    json.map(|json| from_json::<Written>(TABLE, "offer_working_hours", json)?.hours()).transpose()
}
