//! The page behind the QR code of a letter: it tells anybody who holds the letter what it says, and whether it holds.

use std::sync::{Arc, LazyLock};

use attache_domain::{
    language::LanguageTag,
    letter::{Code, Standing, Verification},
    localized::Localized,
};
use axum::{
    extract::{Path, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use chrono::{Datelike as _, NaiveDate};
use minijinja::{Environment, UndefinedBehavior, Value, context};

use super::PLAIN;
use crate::app::App;

/// The page has a style of its own, runs nothing, and loads nothing.
const OWN_STYLE: [(HeaderName, HeaderValue); 1] =
    [(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"))];

/// The page; names that end in `.html` have every value in them escaped.
static PAGES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages.set_undefined_behavior(UndefinedBehavior::Strict);
    pages.add_template("verify.html", include_str!("../../templates/pages/verify.html"))?;
    Ok(pages)
});

/// Answers `GET /verify/{code}`. The code itself stands neither in the page nor in the log.
pub(super) async fn verify(State(app): State<Arc<App>>, Path(code): Path<String>) -> Response {
    let found = match code.parse::<Code>() {
        Ok(code) => app.store.verification(&code).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(verification)) => answer(StatusCode::OK, &facts(verification)),
        Ok(None) => answer(StatusCode::NOT_FOUND, &context! { letter => () }),
        Err(error) => {
            tracing::error!(error.chain = crate::app::chain(&error), "a letter could not be looked up");
            (StatusCode::SERVICE_UNAVAILABLE, PLAIN, OWN_STYLE, "try again later\n").into_response()
        }
    }
}

fn answer(status: StatusCode, facts: &Value) -> Response {
    let page = PAGES.as_ref().map_err(ToString::to_string).and_then(|pages| {
        let page = pages.get_template("verify.html").and_then(|page| page.render(facts));
        page.map_err(|error| error.to_string())
    });
    match page {
        Ok(page) => (status, PLAIN, OWN_STYLE, Html(page)).into_response(),
        Err(error) => {
            tracing::error!(error.chain = error, "the page of a letter could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, PLAIN, OWN_STYLE, "try again later\n").into_response()
        }
    }
}

fn facts(verification: Verification) -> Value {
    let Verification {
        number,
        standing,
        issue_date,
        issuer,
        event,
        initials,
        visit_window,
        digest,
        sealed_digest,
        specimen,
    } = verification;
    let days = |write: fn(NaiveDate) -> String| [write(visit_window.start()), write(visit_window.end())];
    let cities = |language, comma: &str| {
        let cities: Vec<&str> = visit_window.cities().iter().map(|city| city.in_language(language)).collect();
        cities.join(comma)
    };
    context! {
        letter => context! {
            holds => standing == Standing::Issued,
            specimen,
            number,
            initials,
            digest,
            sealed_digest,
            issue_date => [english(issue_date), chinese(issue_date)],
            issuer => both(&issuer),
            event => both(&event),
            days => [days(english).join(" – "), days(chinese).join("至")],
            cities => [cities(LanguageTag::English, ", "), cities(LanguageTag::Chinese, "、")],
        }
    }
}

/// A text in English and in Chinese, one standing in for the other where it must.
fn both(text: &Localized) -> [String; 2] {
    [LanguageTag::English, LanguageTag::Chinese].map(|language| text.in_language(language).to_owned())
}

fn english(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

fn chinese(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests;
