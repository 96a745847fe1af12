//! Badges at a gate without a network: what a gate keeps while it has one, and what it then says of a code.

use std::collections::HashMap;

use data_encoding::BASE32_NOPAD;
use ring::signature::{ED25519, UnparsedPublicKey};
use tokio_stream::StreamExt as _;
use uuid::Uuid;

use crate::{Client, Failure, pages, v1};

/// The version of codes that is understood, their first byte.
const VERSION: u8 = 1;
/// How many bytes of a code are signed.
const PAYLOAD: usize = 19;
/// How many revoked badges are asked for at once.
const PAGE: i32 = 1000;

/// What a gate keeps of an event, to look at badges without a network.
#[derive(Clone, Debug)]
pub struct Gate {
    event: String,
    keys: Vec<Vec<u8>>,
    revoked: HashMap<String, Revoked>,
}

/// Which badges of a registration are not good.
#[derive(Clone, Copy, Debug)]
struct Revoked {
    all: bool,
    before_issue: i32,
}

/// What a good signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// Whose it is, `events/{event}/registrations/{registration}`.
    pub registration: String,
    /// Of which issue it is.
    pub issue: u16,
}

/// What a gate says of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Let them in.
    Good(Badge),
    /// The badge is not good any more, or its bearer is not confirmed; as of when the gate was fetched.
    Revoked(Badge),
    /// It is no badge of this event: altered, forged, of another event, or something else.
    Unknown,
}

impl Gate {
    /// Fetches what a gate of `events/{event}` keeps: the keys, and whose badges are not good.
    ///
    /// It is as good as it is fresh: whoever is rejected or loses a badge after it was fetched is let in.
    pub async fn fetch(client: &Client, event: &str) -> Result<Self, Failure> {
        let request = v1::GetVerifyingKeysRequest { name: event.to_owned() };
        let keys = client.check_ins().get_verifying_keys(request).await?.into_inner().keys;
        let mut revoked = HashMap::new();
        let mut listed = pages(|page_token| {
            let parent = event.to_owned();
            let request = v1::ListRevokedBadgesRequest { parent, page_size: PAGE, page_token, ..Default::default() };
            async move { client.check_ins().list_revoked_badges(request).await }
        });
        while let Some(one) = listed.next().await {
            let v1::RevokedBadge { registration, all, before_issue, update_time: _ } = one?;
            revoked.insert(registration, Revoked { all, before_issue });
        }
        let keys = keys.into_iter().map(|key| key.ed25519).collect();
        Ok(Self { event: event.to_owned(), keys, revoked })
    }

    /// Looks at a code as it was read, in capitals or not.
    pub fn verify(&self, code: &str) -> Verdict {
        let Some(badge) = self.read(code) else { return Verdict::Unknown };
        match self.revoked.get(&badge.registration) {
            Some(revoked) if revoked.all || i32::from(badge.issue) < revoked.before_issue => Verdict::Revoked(badge),
            Some(_) | None => Verdict::Good(badge),
        }
    }

    /// Reads what a code says, if its signature holds.
    fn read(&self, code: &str) -> Option<Badge> {
        let bytes = BASE32_NOPAD.decode(code.trim().to_ascii_uppercase().as_bytes()).ok()?;
        let (payload, signature) = bytes.split_first_chunk::<PAYLOAD>()?;
        let holds = |key: &Vec<u8>| UnparsedPublicKey::new(&ED25519, key).verify(payload, signature).is_ok();
        if payload[0] != VERSION || !self.keys.iter().any(holds) {
            return None;
        }
        let id = Uuid::from_slice(&payload[1..17]).ok()?;
        let registration = format!("{}/registrations/{id}", self.event);
        Some(Badge { registration, issue: u16::from_be_bytes([payload[17], payload[18]]) })
    }
}
