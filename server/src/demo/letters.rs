//! The letters of invitation: requested, approved and issued for both delegations; one revoked, and found so by anybody who asks.

use attache_client::{Client, fresh_request_id, v1};

use super::{
    Callers, Stopped,
    registrations::People,
    report::Made,
    samples::{Samples, Visit},
    stopped::Step as _,
};

/// What a revoked letter's page gives as the reason.
const REASON: &str = "The traveller cannot come.";

/// Invites every member of both delegations, then takes one letter back.
pub(super) async fn invite(callers: &Callers, samples: &Samples, people: &People) -> Result<Vec<Made>, Stopped> {
    let mut issued = Vec::new();
    for visit in &samples.visits {
        issued.extend(issue(&callers.owner, visit, people).await?);
    }
    let made = vec![Made::new("letters issued", issued.len()), Made::part("verified, revoked, verified again", 1)];
    if let Some(last) = issued.pop() {
        revoke(callers, last).await?;
    }
    Ok(made)
}

/// Requests and approves a letter for each member, and issues them as one job.
async fn issue(client: &Client, visit: &Visit, people: &People) -> Result<Vec<v1::Letter>, Stopped> {
    let parent = format!("events/{}", visit.delegation.event);
    let mut letters = client.letters();
    let mut names = Vec::new();
    for member in &visit.delegation.members {
        let letter = Some(letter(visit, people.name(member)?));
        let request = v1::RequestLetterRequest {
            parent: parent.clone(),
            letter,
            request_id: fresh_request_id(),
            validate_only: false,
        };
        let v1::Letter { name, etag, .. } = letters.request_letter(request).await.at("requesting a letter")?;
        let request = v1::ApproveLetterRequest { name, etag, request_id: fresh_request_id(), validate_only: false };
        names.push(letters.approve_letter(request).await.at("approving a letter")?.name);
    }
    let request =
        v1::IssueLettersRequest { parent, names: names.clone(), request_id: fresh_request_id(), validate_only: false };
    let job = letters.issue_letters(request).await.at("issuing the letters")?;
    await_job(client, job).await?;

    let mut issued = Vec::new();
    for name in names {
        issued.push(letters.get_letter(v1::GetLetterRequest { name, view: 0 }).await.at("getting a letter")?);
    }
    Ok(issued)
}

fn letter(visit: &Visit, person: String) -> v1::Letter {
    let Visit { delegation, letter, journey: _, stops: _ } = visit;
    v1::Letter {
        person,
        issuer: format!("organizations/{}", letter.issuer),
        letter_template: format!("letterTemplates/{}", letter.template),
        region_code: letter.region_code.clone(),
        visit_window: Some((&delegation.visit_window).into()),
        purpose: Some((&letter.purpose).into()),
        relationship: Some((&letter.relationship).into()),
        expense_bearer: letter.expense_bearer.into(),
        ..v1::Letter::default()
    }
}

/// Watches a job until it ends, and takes nothing but a whole success.
async fn await_job(client: &Client, mut job: v1::Job) -> Result<(), Stopped> {
    let step = "issuing the letters";
    let request = v1::WatchJobRequest { name: job.name.clone() };
    let mut watch = client.jobs().watch_job(request).await.at(step)?;
    while let Some(next) = watch.message().await.map_err(attache_client::Failure::from).at(step)? {
        job = next;
    }
    if job.state() == v1::JobState::Succeeded {
        return Ok(());
    }
    let told = |failure: &v1::JobFailure| format!("{}: {}", failure.resource, failure.description);
    let failures: Vec<String> = job.failures.iter().map(told).collect();
    Err(Stopped::Unexpected { step, found: format!("{} did not succeed; {}", job.name, failures.join("; ")) })
}

/// Verifies a letter as anybody may, revokes it, and verifies that everybody is told.
async fn revoke(callers: &Callers, letter: v1::Letter) -> Result<(), Stopped> {
    let uri = letter.verify_uri.clone();
    expect(&callers.anybody, &uri, v1::LetterState::Issued).await?;
    let request = v1::RevokeLetterRequest {
        name: letter.name,
        reason: REASON.to_owned(),
        etag: letter.etag,
        request_id: fresh_request_id(),
        validate_only: false,
    };
    callers.owner.letters().revoke_letter(request).await.at("revoking a letter")?;
    expect(&callers.anybody, &uri, v1::LetterState::Revoked).await
}

/// Finds what anybody is told of the letter with this address.
async fn expect(anybody: &Client, uri: &str, state: v1::LetterState) -> Result<(), Stopped> {
    let step = "verifying a letter";
    let code = uri.rsplit('/').next().unwrap_or_default().to_owned();
    let answer = anybody.letters().verify_letter(v1::VerifyLetterRequest { code }).await.at(step)?;
    if answer.state() == state {
        return Ok(());
    }
    let found = format!("it is {} instead of {}", answer.state().as_str_name(), state.as_str_name());
    Err(Stopped::Unexpected { step, found })
}
