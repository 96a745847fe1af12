//! The passports of those who travel, into the vault.

use attache_client::{Client, fresh_request_id, v1};

use super::{
    Stopped,
    registrations::People,
    report::Made,
    samples::{Holder, Person, Samples},
    stopped::Step as _,
};

/// Puts every passport of the samples into the vault.
pub(super) async fn keep(client: &Client, samples: &Samples, people: &People) -> Result<Vec<Made>, Stopped> {
    let holders = &samples.passports.holders;
    for holder in holders {
        let request = v1::PutIdentityDocumentRequest {
            parent: people.name(&holder.person)?,
            passport: Some(passport(samples, holder)),
            destroy_date: String::new(),
            request_id: fresh_request_id(),
            validate_only: false,
            identity_card: None,
            photo: None,
        };
        client.identity_documents().put_identity_document(request).await.at("putting a passport into the vault")?;
    }
    Ok(vec![Made::new("passports in the vault", holders.len())])
}

fn passport(samples: &Samples, holder: &Holder) -> v1::PassportContents {
    let names = |person: &Person| (person.family_name.clone(), person.given_name.clone());
    let (family_name, given_name) = samples.person(&holder.person).map(names).unwrap_or_default();
    v1::PassportContents {
        number: holder.number.clone(),
        issuing_state_code: samples.passports.issuing_state_code.clone(),
        nationality_code: samples.passports.nationality_code.clone(),
        family_name,
        given_name,
        birth_date: holder.birth_date.clone(),
        sex: holder.sex.clone(),
        issue_date: holder.issue_date.clone(),
        expire_date: holder.expire_date.clone(),
        machine_readable_zone: holder.machine_readable_zone.clone(),
    }
}
