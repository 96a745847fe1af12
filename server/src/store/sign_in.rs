//! The codes that were asked for to sign in, as the database has them: without the code and without the address.
//!
//! They leave no entry in the change log, which strangers would fill otherwise; the code that is mailed to a member does, and so does the token
//! that comes of it.

use attache_domain::{
    access::Member,
    change::Trail,
    email::EmailAddress,
    mailed_code::{CODE_LENGTH, Code, Mailing},
    sign_in::SignIn,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use subtle::ConstantTimeEq as _;

use super::{
    NewToken, Store, StoreError, Subject, WriteTx, access,
    changes::Entry,
    error::{column, count},
    queue::{MAIL_LEASE, Queue},
    rows::sign_in::{Column, Entity, Model},
};
use crate::vault::MasterKey;

const TABLE: &str = "sign_ins";

impl Store {
    /// Claims up to `limit` codes whose mail is due; until its lease ends, nobody else gets them.
    pub async fn claim_sign_ins(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<SignIn>, StoreError> {
        let waiting = Condition::all();
        let queue = Queue::<Entity> { waiting, since: Column::MailTime, lease: Column::LeaseTime };
        let claimed = self.claim(queue, (now, now + MAIL_LEASE), limit).await?;
        claimed.into_iter().map(SignIn::try_from).collect()
    }

    /// Finds the member to whom a code is mailed, if the address it was asked for is a member's.
    pub async fn member_signing_in(&self, sign_in: &SignIn) -> Result<Option<Member>, StoreError> {
        access::find_by_address(&self.read, &sign_in.address).await
    }

    /// Draws the code that is mailed; it is the same each time.
    pub fn code_of(&self, sign_in: &SignIn) -> Code {
        code_of(&self.master, sign_in)
    }
}

impl WriteTx {
    /// What stands for an address where it is not kept: a digest under the vault's key.
    pub fn address_digest(&self, email: &EmailAddress) -> String {
        access::address_digest(self.master(), email)
    }

    /// Finds what was asked for an address since some time.
    pub async fn sign_ins(&self, address: &str, since: DateTime<Utc>) -> Result<Vec<SignIn>, StoreError> {
        let asked = Entity::find().filter(Column::Address.eq(address)).filter(Column::CreateTime.gt(since));
        asked.all(self.db().await?).await?.into_iter().map(SignIn::try_from).collect()
    }

    /// Finds one of the codes that were asked for.
    pub async fn sign_in(&self, sign_in: &SignIn) -> Result<Option<SignIn>, StoreError> {
        let found = Entity::find_by_id((sign_in.address.clone(), sign_in.id.to_string()));
        found.one(self.db().await?).await?.map(SignIn::try_from).transpose()
    }

    /// Finds the member who has an address, by its digest.
    pub async fn member_at(&self, address: &str) -> Result<Option<Member>, StoreError> {
        access::find_by_address(self.db().await?, address).await
    }

    /// Whether a code is the one that was mailed.
    pub fn opens(&self, sign_in: &SignIn, code: &Code) -> bool {
        code_of(self.master(), sign_in).as_str().as_bytes().ct_eq(code.as_str().as_bytes()).into()
    }

    /// Inserts what somebody asked for.
    pub fn insert_sign_in(&self, sign_in: &SignIn) {
        self.insert(Model::from(sign_in));
    }

    /// Saves what became of it; its lease ends.
    pub async fn save_sign_in(&self, sign_in: &SignIn) -> Result<(), StoreError> {
        Model::from(sign_in).into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Forgets what was asked for an address, once it served.
    pub async fn delete_sign_ins(&self, address: &str) -> Result<(), StoreError> {
        Entity::delete_many().filter(Column::Address.eq(address)).exec(self.db().await?).await?;
        Ok(())
    }

    /// Forgets what was asked for by then, for whatever address.
    pub async fn forget_sign_ins(&self, until: DateTime<Utc>) -> Result<(), StoreError> {
        Entity::delete_many().filter(Column::CreateTime.lte(until)).exec(self.db().await?).await?;
        Ok(())
    }

    /// Takes note in the change log that a member was mailed a code.
    pub async fn record_code_sent(&self, member: &Member) -> Result<(), StoreError> {
        let resource = member.name().to_string();
        let (before, after) = (None::<&()>, None);
        let entry = Entry { owner: Trail::Installation, resource, verb: "sent a code", person: None, before, after };
        self.record(entry).await
    }
}

/// Draws a code of the id that it was asked for under: whoever has the database, and not the key, does not know it.
fn code_of(master: &MasterKey, sign_in: &SignIn) -> Code {
    let digest = master.digest("sign-in codes", format!("{} {}", sign_in.address, sign_in.id).as_bytes());
    let bytes = digest.as_bytes();
    Code::draw(std::array::from_fn::<u8, CODE_LENGTH, _>(|index| bytes[index]))
}

/// A token that nobody gets, since the code was not the one that was mailed.
impl Subject for Option<NewToken> {
    fn resource_name(&self) -> String {
        self.as_ref().map(NewToken::resource_name).unwrap_or_default()
    }

    async fn load(_: &WriteTx, name: &str) -> Result<Self, StoreError> {
        Err(StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&SignIn> for Model {
    fn from(sign_in: &SignIn) -> Self {
        let SignIn { address, id, tries, mailing, create_time } = sign_in;
        let mail_time = match mailing {
            Mailing::Due(time) => Some(*time),
            Mailing::Settled => None,
        };
        Self {
            address: address.clone(),
            id: id.to_string(),
            tries: i64::from(*tries),
            mail_time,
            lease_time: None,
            create_time: *create_time,
        }
    }
}

impl TryFrom<Model> for SignIn {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { address, id, tries, mail_time, lease_time: _, create_time } = row;
        Ok(Self {
            address,
            id: column(TABLE, "id", &id)?,
            tries: count(TABLE, "tries", tries)?,
            mailing: mail_time.map_or(Mailing::Settled, Mailing::Due),
            create_time,
        })
    }
}
