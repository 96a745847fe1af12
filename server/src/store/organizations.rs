//! Organisations in the database.

use attache_domain::{
    organization::{LetterPolicy, Organization, OrganizationKind, Profile, SectorCode, Signatory},
    resource::{OrganizationId, OrganizationName, Owner},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    fields::{Fields, Search, coded, instant, verbatim, words},
    listing::Listing,
    rows::organization::{Column, Entity, Model},
    times::{Text, from_json, history, localized, to_json},
};

mod market;

const TABLE: &str = "organizations";

#[derive(Serialize, Deserialize)]
struct SignatoryJson {
    display_name: Text,
    position: Option<Text>,
}

impl Store {
    /// Finds an organisation; whoever has a token may.
    pub async fn organization(&self, organization: &OrganizationId) -> Result<Option<Organization>, StoreError> {
        find(&self.read, organization).await
    }

    /// Finds those of some organisations that are there, in one statement; whoever has a token may.
    pub async fn organizations_named(&self, ids: Vec<&OrganizationId>) -> Result<Vec<Organization>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = Entity::find().filter(Column::Id.is_in(ids.into_iter().map(ToString::to_string))).all(&self.read);
        rows.await?.into_iter().map(Organization::try_from).collect()
    }

    /// Lists the organisations by id. Filters by `kind`, `region_code` and `sector`.
    pub async fn organizations(&self, list: &List) -> Result<Page<Organization>, StoreError> {
        let fields = Fields {
            known: [
                coded("kind", Column::Kind, |text| kind(text).map(|_| text.to_owned())),
                verbatim("region_code", Column::RegionCode),
                words("sector", Column::SectorCodes, |text| text.parse().ok().map(|code: SectorCode| code.to_string())),
                verbatim("title.en", Column::TitleEn),
                verbatim("title.zh", Column::TitleZh),
                instant("create_time", Column::CreateTime),
                instant("update_time", Column::UpdateTime),
            ],
            usual: "",
            search: Search::Columns(&[Column::TitleEn, Column::TitleZh]),
            id: Column::Id,
        };
        self.page(Entity::find(), &fields, Listing::house(TABLE), list).await?.try_map(Organization::try_from)
    }
}

impl WriteTx {
    /// Finds an organisation.
    pub async fn organization(&self, organization: &OrganizationId) -> Result<Option<Organization>, StoreError> {
        let name = OrganizationName { organization: organization.clone() }.to_string();
        self.read_once(name, async { find(self.db().await?, organization).await }).await
    }

    /// Inserts an organisation; an id that is taken is refused.
    pub async fn insert_organization(&self, organization: &Organization) -> Result<(), StoreError> {
        if self.organization(&organization.id).await?.is_some() {
            return Err(StoreError::Taken(organization.name().to_string()));
        }
        let row = Model::try_from(organization)?;
        self.record(entry(organization, "created", None, &row)).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves what became of an organisation.
    pub async fn save_organization(
        &self,
        before: &Organization,
        after: &Organization,
        verb: &'static str,
    ) -> Result<(), StoreError> {
        let (old, new) = (Model::try_from(before)?, Model::try_from(after)?);
        self.record(entry(after, verb, Some(&old), &new)).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

fn entry<'a>(
    organization: &Organization,
    verb: &'static str,
    before: Option<&'a Model>,
    after: &'a Model,
) -> Entry<'a, Model> {
    let owner = Owner::Organization(organization.id.clone());
    Entry { owner, resource: organization.name().to_string(), verb, person: None, before, after: Some(after) }
}

/// Finds an organisation.
pub(super) async fn find<C: ConnectionTrait>(db: &C, id: &OrganizationId) -> Result<Option<Organization>, StoreError> {
    Entity::find_by_id(id.to_string()).one(db).await?.map(Organization::try_from).transpose()
}

impl Subject for Organization {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let OrganizationName { organization } = column("requests", "resource", name)?;
        tx.organization(&organization).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl TryFrom<&Organization> for Model {
    type Error = StoreError;

    fn try_from(organization: &Organization) -> Result<Self, StoreError> {
        let Organization { id, profile, history } = organization;
        let signatory = profile.signatory.as_ref().map(|signatory| SignatoryJson {
            display_name: Text::from(&signatory.display_name),
            position: signatory.position.as_ref().map(Text::from),
        });
        Ok(Self {
            id: id.to_string(),
            title_en: profile.title.en().map(str::to_owned),
            title_zh: profile.title.zh().map(str::to_owned),
            kind: profile.kind.map(|kind| word(kind).to_owned()),
            region_code: profile.region_code.map(|code| code.as_str().to_owned()),
            address_lines: to_json(TABLE, "address_lines", &profile.address_lines)?,
            address_lines_zh: to_json(TABLE, "address_lines_zh", &profile.address_lines_zh)?,
            phone_number: profile.phone_number.clone(),
            email: profile.email.as_ref().map(|email| email.as_str().to_owned()),
            registration_number: profile.registration_number.clone(),
            signatory: signatory.map(|signatory| to_json(TABLE, "signatory", &signatory)).transpose()?,
            stamp_file: profile.stamp_file.as_ref().map(ToString::to_string),
            signature_file: profile.signature_file.as_ref().map(ToString::to_string),
            letter_prefix: profile.letter_prefix.as_ref().map(|prefix| prefix.as_str().to_owned()),
            letter_approvals: i64::from(profile.letter_policy.approvals()),
            self_approval_forbidden: profile.letter_policy.forbids_self_approval,
            sectors: market::write_sectors(&profile.sectors)?,
            sector_codes: market::codes(&profile.sectors),
            offers: market::write_interests("offers", &profile.offers)?,
            needs: market::write_interests("needs", &profile.needs)?,
            website_uri: profile.website.as_ref().map(ToString::to_string),
            contact: profile.contact.as_ref().map(market::write_contact).transpose()?,
            create_time: history.create_time,
            update_time: history.update_time,
            revision: history.revision.0,
        })
    }
}

impl TryFrom<Model> for Organization {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let optional =
            |name: &'static str, text: Option<&String>| text.map(|text| column(TABLE, name, text)).transpose();
        let profile = Profile {
            title: localized(TABLE, row.title_en.as_deref(), row.title_zh.as_deref())?,
            kind: row.kind.as_deref().and_then(kind),
            region_code: row.region_code.map(|code| column(TABLE, "region_code", &code)).transpose()?,
            address_lines: from_json(TABLE, "address_lines", &row.address_lines)?,
            address_lines_zh: from_json(TABLE, "address_lines_zh", &row.address_lines_zh)?,
            phone_number: row.phone_number,
            email: row.email.map(|email| column(TABLE, "email", &email)).transpose()?,
            registration_number: row.registration_number,
            signatory: row.signatory.as_ref().map(signatory).transpose()?,
            stamp_file: optional("stamp_file", row.stamp_file.as_ref())?,
            signature_file: optional("signature_file", row.signature_file.as_ref())?,
            letter_prefix: row.letter_prefix.map(|prefix| column(TABLE, "letter_prefix", &prefix)).transpose()?,
            letter_policy: letter_policy(row.letter_approvals, row.self_approval_forbidden)?,
            sectors: market::read_sectors(&row.sectors)?,
            offers: market::read_interests("offers", &row.offers)?,
            needs: market::read_interests("needs", &row.needs)?,
            website: row.website_uri.map(|website| column(TABLE, "website_uri", &website)).transpose()?,
            contact: row.contact.as_ref().map(market::read_contact).transpose()?,
        };
        let history = history(row.create_time, row.update_time, row.revision);
        Ok(Self { id: column(TABLE, "id", &row.id)?, profile, history })
    }
}

fn signatory(json: &sea_orm::prelude::Json) -> Result<Signatory, StoreError> {
    let SignatoryJson { display_name, position } = from_json(TABLE, "signatory", json)?;
    let position = position.map(|position| position.localized(TABLE)).transpose()?;
    Ok(Signatory { display_name: display_name.localized(TABLE)?, position })
}

fn letter_policy(approvals: i64, forbids_self_approval: bool) -> Result<LetterPolicy, StoreError> {
    let policy = LetterPolicy::new(count(TABLE, "letter_approvals", approvals)?, forbids_self_approval);
    policy.ok_or(StoreError::Corrupt { table: TABLE, column: "letter_approvals" })
}

const fn word(kind: OrganizationKind) -> &'static str {
    match kind {
        OrganizationKind::Authority => "AUTHORITY",
        OrganizationKind::Association => "ASSOCIATION",
        OrganizationKind::Mission => "MISSION",
        OrganizationKind::Company => "COMPANY",
        OrganizationKind::Academic => "ACADEMIC",
    }
}

fn kind(word: &str) -> Option<OrganizationKind> {
    match word {
        "AUTHORITY" => Some(OrganizationKind::Authority),
        "ASSOCIATION" => Some(OrganizationKind::Association),
        "MISSION" => Some(OrganizationKind::Mission),
        "COMPANY" => Some(OrganizationKind::Company),
        "ACADEMIC" => Some(OrganizationKind::Academic),
        _ => None,
    }
}
