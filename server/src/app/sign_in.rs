//! Signing in by a mailed code, and signing out.

use attache_domain::{
    access,
    authority::Session,
    change::Trail,
    email::EmailAddress,
    language::LanguageTag,
    mailed_code::{Code, Refusal},
    notice::Outcome,
    resource::{LinkName, SignInId, TokenId, TokenName},
    sign_in::{self, CODE_WINDOW, SignIn},
};
use chrono::{DateTime, Utc};

use super::{App, AppError, missing};
use crate::{
    ids,
    mail::compose::{CodeMail, Composed, compose_code},
    store::{NewToken, Request, WriteTx},
};

/// A mail with a code, ready to be sent.
#[derive(Clone, Debug)]
pub struct Letter {
    /// What whoever gets it is called.
    pub display_name: String,
    /// Where it goes.
    pub email: EmailAddress,
    /// Where an answer goes.
    pub reply_to: Option<EmailAddress>,
    /// What it is written in.
    pub language: LanguageTag,
    /// What it says.
    pub composed: Composed,
}

/// Takes note of somebody who asks for a code; tells until when the code is good.
///
/// Whether a member has the address is not looked at here, but when the mail is due: neither the answer nor its time can tell.
pub async fn request(app: &App, email: &EmailAddress) -> Result<DateTime<Utc>, AppError> {
    let deed = app.own_deed(Trail::Installation);
    app.store
        .write(&deed, |tx| async move {
            let forgotten = tx.now() - CODE_WINDOW;
            tx.forget_sign_ins(forgotten).await?;
            let address = tx.address_digest(email);
            let asked = tx.sign_ins(&address, forgotten).await?;
            let sign_in = sign_in::ask(SignInId(ids::random()), address, &asked, tx.now())?;
            tx.insert_sign_in(&sign_in);
            Ok::<_, AppError>(())
        })
        .await?;
    Ok(deed.now + sign_in::CODE_LIFE)
}

/// Gives a token to whoever has the code that was mailed to an address. A wrong code counts against all that the address was sent.
pub async fn complete(app: &App, (email, code): &(EmailAddress, Code)) -> Result<NewToken, AppError> {
    let deed = app.own_deed(Trail::Installation);
    let opened = app.store.write(&deed, |tx| async move {
        let address = tx.address_digest(email);
        let asked = tx.sign_ins(&address, tx.now() - CODE_WINDOW).await?;
        let open: Vec<SignIn> = asked.into_iter().filter(|sign_in| sign_in.is_open(tx.now())).collect();
        let opened = open.iter().any(|sign_in| tx.opens(sign_in, code));
        match tx.member_at(&address).await? {
            Some(member) if opened => {
                tx.delete_sign_ins(&address).await?;
                let token = sign_in::session(member.id, TokenId(ids::random()), tx.now());
                let new = NewToken { token, secret: ids::code() };
                tx.insert_token(&new).await?;
                Ok::<_, AppError>(Some(new))
            }
            Some(_) | None => {
                for sign_in in open {
                    tx.save_sign_in(&sign_in.missed()).await?;
                }
                Ok(None)
            }
        }
    });
    opened.await?.ok_or_else(|| Refusal::CodeInvalid.into())
}

/// Ends the token that somebody calls with.
pub async fn sign_out(app: &App, session: &Session, request: Request) -> Result<(), AppError> {
    let deed = app.deed(session, request);
    app.store
        .write(&deed, |tx| async move {
            match session {
                Session::Member(name) => end_token(&tx, name).await,
                Session::Delegate(delegate) => end_token_of_link(&tx, delegate.link()).await,
            }
        })
        .await
}

async fn end_token(tx: &WriteTx, name: &TokenName) -> Result<(), AppError> {
    let token = tx.token(name).await?.ok_or_else(|| missing(name))?;
    let member = tx.member(name.member).await?.ok_or_else(|| missing(name))?;
    access::sign_out(&member, &token, &tx.owner_tokens().await?, tx.now())?;
    Ok(tx.delete_token(&token).await?)
}

/// The link stays used: whoever signed out comes back by a new one.
async fn end_token_of_link(tx: &WriteTx, name: &LinkName) -> Result<(), AppError> {
    let link = tx.link(name).await?.ok_or_else(|| missing(name))?;
    Ok(tx.end_token_of_link(&link).await?)
}

/// Words the mail with a code; there is none, when no member has the address or the code is good no more.
pub async fn word(app: &App, sign_in: &SignIn) -> Result<Option<Letter>, AppError> {
    if !sign_in.is_open(app.clock.now()) {
        return Ok(None);
    }
    let Some(member) = app.store.member_signing_in(sign_in).await? else { return Ok(None) };
    let Some(email) = member.profile.email else { return Ok(None) };
    let (display_name, language) = (member.profile.display_name.as_str().to_owned(), member.profile.language);
    let mail = CodeMail {
        display_name: display_name.clone(),
        code: app.store.code_of(sign_in).grouped(),
        minutes: sign_in::CODE_LIFE.num_minutes(),
    };
    let composed = compose_code(&mail, language)?;
    Ok(Some(Letter { display_name, email, reply_to: None, language, composed }))
}

/// Takes note of what became of a try to mail a code. What was used or forgotten meanwhile stays so.
pub async fn record(app: &App, sign_in: &SignIn, outcome: &Outcome) -> Result<(), AppError> {
    let deed = app.own_deed(Trail::Installation);
    app.store
        .write(&deed, |tx| async move {
            if let (Outcome::Sent, Some(member)) = (outcome, tx.member_at(&sign_in.address).await?) {
                tx.record_code_sent(&member).await?;
            }
            match tx.sign_in(sign_in).await? {
                Some(present) => Ok(tx.save_sign_in(&present.mailed(outcome, tx.now())).await?),
                None => Ok(()),
            }
        })
        .await
}
