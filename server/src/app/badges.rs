//! Badges on paper.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use attache_domain::{
    authority::Organizer,
    badge::Refusal,
    category::{Category, Color},
    event::Event,
    identity_document::{Contents, Kind},
    language::LanguageTag,
    name::NameText,
    person::Person,
    registration::Registration,
    resource::{CategoryId, EventName},
};
pub use attache_paper::badge::Layout;
use attache_paper::{
    Language, PaperError,
    badge::{self as paper, Badge, Facts},
};

use tokio::sync::Semaphore;

use super::{App, AppError, identity_documents, missing};

/// Badges are set one call at a time: what that takes grows with them, and most with their photos.
static SETTING: Semaphore = Semaphore::const_new(1);

/// How badges are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// How they lie on paper.
    pub layout: Layout,
    /// The language of titles.
    pub language: LanguageTag,
    /// Whether photos are printed, of those who have one.
    pub photos: bool,
}

/// Makes the PDF of the badges of registrations, beside the threads that answer calls.
pub async fn render(
    app: &App,
    organizer: &Organizer,
    registrations: &[Registration],
    wanted: Wanted,
) -> Result<Vec<u8>, AppError> {
    let viewer = organizer.viewer();
    let name = EventName { event: organizer.event().clone() };
    let event = app.store.event(&viewer).await?.ok_or_else(|| missing(&name))?;
    let categories = app.store.all_categories(&event.id).await?;
    let categories: BTreeMap<&CategoryId, &Category> = categories.iter().map(|one| (&one.id, one)).collect();
    let people = registrations.iter().map(|registration| &registration.person).collect();
    let people = app.store.people_of(&viewer, people).await?;
    let people: BTreeMap<_, &Person> = people.iter().map(|person| (person.name(), person)).collect();
    let pictured = if wanted.photos { people.keys().cloned().collect() } else { BTreeSet::new() };
    let mut photos = identity_documents::take(app, organizer, &pictured, (&[Kind::Photo], "badges")).await?;
    let (mut names, mut badges) = (Vec::new(), Vec::new());
    for registration in registrations {
        let known = people.get(&registration.person).zip(categories.get(&registration.category));
        let Some((person, category)) = known else { continue };
        let code = app.store.badge_code(organizer, registration)?.to_string();
        names.push(registration.name());
        let photo = photos.remove(&registration.person).and_then(Contents::photo);
        badges.push(Badge { photo, ..badge(person, category, code, wanted.language) });
    }
    let facts = Arc::new(facts(app, &event, badges, wanted));
    let turn = SETTING.acquire().await;
    let made = tokio::task::spawn_blocking(move || {
        // Whoever asked may be gone: the next are set when these have been.
        let _turn = turn;
        paper::render(&facts).map_err(|error| {
            // Whose it is, so that the desk need not look through a thousand names.
            let bad = facts.badges.iter().position(|badge| badge_alone(&facts, badge).is_err());
            (error, bad)
        })
    });
    made.await.map_err(AppError::BrokenOff)?.map_err(|(error, bad)| match (error, bad.and_then(|bad| names.get(bad))) {
        (PaperError::MissingGlyph { character }, Some(registration)) => {
            Refusal::GlyphMissing { registration: registration.clone(), character }.into()
        }
        (error, _) => AppError::Paper(error),
    })
}

/// Tries one badge by itself.
fn badge_alone(facts: &Facts, badge: &Badge) -> Result<(), PaperError> {
    let texts =
        [Some(&badge.display_name), badge.native_name.as_ref(), Some(&badge.position), Some(&badge.affiliation)];
    let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
    attache_paper::line::set(&[&[facts.title.as_str(), badge.category.as_str()], texts.as_slice()].concat().join(" "))
}

fn facts(app: &App, event: &Event, badges: Vec<Badge>, wanted: Wanted) -> Facts {
    Facts {
        identity: EventName { event: event.id.clone() }.to_string(),
        title: event.plan.title.in_language(wanted.language).to_owned(),
        language: match wanted.language {
            LanguageTag::English => Language::English,
            LanguageTag::Chinese => Language::Chinese,
        },
        issue_date: app.clock.now().with_timezone(&event.plan.start.zone()).date_naive(),
        layout: wanted.layout,
        badges,
    }
}

fn badge(person: &Person, category: &Category, code: String, language: LanguageTag) -> Badge {
    let profile = &person.profile;
    let Color(color) = category.plan.color.unwrap_or(Color::DARK_GREY);
    Badge {
        display_name: profile.name.display_name.as_str().to_owned(),
        native_name: profile.name.native_name.as_ref().map(NameText::as_str).map(str::to_owned),
        position: profile.position.clone().unwrap_or_default(),
        affiliation: profile.affiliation.clone().unwrap_or_default(),
        category: category.plan.title.in_language(language).to_owned(),
        color,
        code,
        photo: None,
    }
}
