//! Letters in the database, and the counts that their numbers come from.

use attache_domain::{
    authority::Viewer,
    event::Event,
    identity_document::Passport,
    letter::{Code, Facts, Letter, Stage, Verification},
    organization::{LetterPrefix, Organization},
    person::Person,
    region::RegionCode,
    resource::{EventId, FileName, IdentityDocumentId, LetterId, LetterName, Owner, PersonName},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Select, sea_query::Expr,
};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    events,
    fields::{Fields, Search, coded, instant, person_id, verbatim},
    listing::Listing,
    rows::{
        letter::{Column, Entity, Model},
        letter_number,
    },
};

mod columns;

const TABLE: &str = "letters";

/// A letter with all that is known when it is decided on or made.
pub struct Dossier {
    /// The letter.
    pub letter: Letter,
    /// The event it is for.
    pub event: Event,
    /// Who invites.
    pub issuer: Organization,
    /// Who is invited.
    pub person: Person,
    /// Their passport, if one is in the vault, and what it is known by there.
    pub passport: Option<(IdentityDocumentId, Passport)>,
}

impl Dossier {
    /// What a rule asks for.
    pub fn facts(&self) -> Facts<'_> {
        let Self { letter: _, event, issuer, person, passport } = self;
        let (document, passport) = passport.as_ref().map(|(document, passport)| (*document, passport)).unzip();
        Facts { event, issuer, person, passport, document }
    }
}

impl Store {
    /// Finds a letter of the event a viewer may see.
    pub async fn letter(&self, viewer: &Viewer, id: LetterId) -> Result<Option<Letter>, StoreError> {
        find(&self.read, viewer.event(), id).await
    }

    /// Lists the letters of the event a viewer may see, in the order they were requested. Filters by `state`, `person` and `region_code`.
    pub async fn letters(&self, viewer: &Viewer, list: &List) -> Result<Page<Letter>, StoreError> {
        let fields = Fields {
            known: [
                coded("state", Column::State, |text| stage(text).map(|_| text.to_owned())),
                coded("person", Column::Person, person_id),
                coded("region_code", Column::RegionCode, |text| {
                    text.parse().ok().map(|code: RegionCode| code.to_string())
                }),
                verbatim("number", Column::Number),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "create_time",
            search: Search::People { organization: Column::Organization, person: Column::Person },
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Letter::try_from)
    }

    /// Tells what a letter with this code says and whether it holds. The code is the only right that is asked for.
    pub async fn verification(&self, code: &Code) -> Result<Option<Verification>, StoreError> {
        let Some(row) = Entity::find().filter(Column::Code.eq(code.as_str())).one(&self.read).await? else {
            return Ok(None);
        };
        let letter = Letter::try_from(row)?;
        let event = events::find(&self.read, &letter.event).await?;
        let issuer = self.organization(&letter.request.issuer).await?;
        Ok(event.zip(issuer).and_then(|(event, issuer)| letter.verification(&event, &issuer)))
    }
}

impl WriteTx {
    /// Finds a letter.
    pub async fn letter(&self, name: &LetterName) -> Result<Option<Letter>, StoreError> {
        find(self.db().await?, &name.event, name.letter).await
    }

    /// Finds those letters of an event that there are, in no order, in one statement.
    pub async fn letters_among(&self, event: &EventId, ids: &[LetterId]) -> Result<Vec<Letter>, StoreError> {
        let among = Column::Id.is_in(ids.iter().map(ToString::to_string));
        let rows =
            Entity::find().filter(Column::Event.eq(event.to_string())).filter(among).all(self.db().await?).await?;
        rows.into_iter().map(Letter::try_from).collect()
    }

    /// Finds a live letter of a person for an event and a destination.
    pub async fn live_letter(
        &self,
        event: &EventId,
        person: &PersonName,
        region_code: RegionCode,
    ) -> Result<Option<LetterName>, StoreError> {
        let live = Stage::ALL.into_iter().filter(|stage| stage.is_live()).map(|stage| stage.to_string());
        let row = Entity::find()
            .filter(Column::Event.eq(event.to_string()))
            .filter(Column::Person.eq(person.person.to_string()))
            .filter(Column::RegionCode.eq(region_code.as_str()))
            .filter(Column::State.is_in(live))
            .one(self.db().await?)
            .await?;
        row.map(|row| Ok(Letter::try_from(row)?.name())).transpose()
    }

    /// Finds a letter of a person that was approved by what their passport says, and is not issued yet.
    pub async fn letter_on_passport(&self, person: &PersonName) -> Result<Option<LetterName>, StoreError> {
        let live = Stage::ALL.into_iter().filter(|stage| stage.is_live()).map(|stage| stage.to_string());
        let theirs = Entity::find()
            .filter(Column::Organization.eq(person.organization.to_string()))
            .filter(Column::Person.eq(person.person.to_string()))
            .filter(Column::State.is_in(live));
        for row in theirs.all(self.db().await?).await? {
            let letter = Letter::try_from(row)?;
            if letter.stands_on_passport() {
                return Ok(Some(letter.name()));
            }
        }
        Ok(None)
    }

    /// Whether another letter of its event has a file, as issued or as sealed.
    pub async fn file_is_of_another_letter(&self, file: &FileName, letter: &LetterName) -> Result<bool, StoreError> {
        let others = Entity::find()
            .filter(Column::Event.eq(letter.event.to_string()))
            .filter(Column::Id.ne(letter.letter.to_string()))
            .filter(has_file(file));
        Ok(others.count(self.db().await?).await? > 0)
    }

    /// Gathers all that is known about a letter. Its person's passport is taken out of the vault for it, which the change log keeps.
    pub async fn dossier(&self, name: &LetterName) -> Result<Option<Dossier>, StoreError> {
        let Some(letter) = self.letter(name).await? else { return Ok(None) };
        let event = self.event(&letter.event).await?;
        let issuer = self.organization(&letter.request.issuer).await?;
        let person = self.person(&letter.request.person).await?;
        let (Some(event), Some(issuer), Some(person)) = (event, issuer, person) else { return Ok(None) };
        let passport = self.passport(&letter.request.person, &format!("for {name}")).await?;
        Ok(Some(Dossier { letter, event, issuer, person, passport }))
    }

    /// Takes the next number of a prefix in a year: 1 first, and none twice. It is given back when the transaction is undone.
    pub async fn next_letter_number(&self, prefix: &LetterPrefix, year: i32) -> Result<u32, StoreError> {
        use letter_number::{Column, Entity, Model};
        let key = (prefix.as_str().to_owned(), i64::from(year));
        let counted = Entity::update_many()
            .col_expr(Column::Last, Expr::col(Column::Last).add(1))
            .filter(Column::Prefix.eq(key.0.as_str()))
            .filter(Column::Year.eq(key.1))
            .exec(self.db().await?)
            .await?;
        if counted.rows_affected == 0 {
            let first = Model { prefix: key.0, year: key.1, last: 1 };
            self.insert(first);
            return Ok(1);
        }
        let row = Entity::find_by_id(key).one(self.db().await?).await?;
        let row = row.ok_or(StoreError::Corrupt { table: "letter_numbers", column: "last" })?;
        count("letter_numbers", "last", row.last)
    }

    /// Inserts a letter.
    pub async fn insert_letter(&self, letter: &Letter) -> Result<(), StoreError> {
        let row = Model::try_from(letter)?;
        self.record(entry(letter, "requested", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of a letter.
    pub async fn save_letter(&self, before: &Letter, after: &Letter, verb: &'static str) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

/// A letter tells of its person: why they come, what binds them to the inviter, their initials.
fn entry<'a>(letter: &Letter, verb: &'static str, before: Option<&'a Model>, after: &'a Model) -> Entry<'a, Model> {
    let owner = Owner::Event(letter.event.clone());
    let person = Some(letter.request.person.clone());
    Entry { owner, resource: letter.name().to_string(), verb, person, before, after: Some(after) }
}

async fn find<C: ConnectionTrait>(db: &C, event: &EventId, id: LetterId) -> Result<Option<Letter>, StoreError> {
    let row = Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?;
    row.map(Letter::try_from).transpose()
}

/// Picks the letters that have a file, as issued or as sealed.
pub(super) fn has_file(file: &FileName) -> Condition {
    let file = file.to_string();
    Condition::any().add(Column::File.eq(file.as_str())).add(Column::SealedFile.eq(file.as_str()))
}

/// Finds the letters of a person for an event, in the order they were requested.
pub(super) async fn of_person<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    who: &PersonName,
) -> Result<Vec<Letter>, StoreError> {
    let own = own(event, who).order_by_asc(Column::CreateTime).order_by_asc(Column::Id);
    own.all(db).await?.into_iter().map(Letter::try_from).collect()
}

/// Whether a file is a letter, as issued or as sealed, that was issued to a person for an event, and holds.
pub(super) async fn is_issued_to<C: ConnectionTrait>(
    db: &C,
    event: &EventId,
    who: &PersonName,
    file: &FileName,
) -> Result<bool, StoreError> {
    let issued = own(event, who).filter(Column::State.eq(Stage::Issued.to_string())).filter(has_file(file));
    Ok(issued.count(db).await? > 0)
}

fn own(event: &EventId, who: &PersonName) -> Select<Entity> {
    Entity::find()
        .filter(Column::Event.eq(event.to_string()))
        .filter(Column::Organization.eq(who.organization.to_string()))
        .filter(Column::Person.eq(who.person.to_string()))
}

fn stage(word: &str) -> Option<Stage> {
    Stage::ALL.into_iter().find(|stage| stage.to_string() == word)
}

impl Subject for Letter {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let letter: LetterName = column("requests", "resource", name)?;
        tx.letter(&letter).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl Subject for Dossier {
    fn resource_name(&self) -> String {
        self.letter.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let letter: LetterName = column("requests", "resource", name)?;
        tx.dossier(&letter).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}
