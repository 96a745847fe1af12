//! The templates of `templates/mails`, compiled into the program and parsed once.

use std::sync::LazyLock;

use attache_domain::language::LanguageTag;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value};

use super::ComposeError;

/// Names one of the three texts of a notice.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Subject,
    Text,
    Html,
}

impl Part {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Subject => "subject.txt",
            Self::Text => "txt",
            Self::Html => "html",
        }
    }
}

/// Embeds the six files of each named folder, and the shared files.
macro_rules! embed {
    (folders: [$($folder:literal),* $(,)?], shared: [$($file:literal),* $(,)?]) => {
        &[
            $(
                embed!(@file $folder, "/en.subject.txt"),
                embed!(@file $folder, "/en.txt"),
                embed!(@file $folder, "/en.html"),
                embed!(@file $folder, "/zh.subject.txt"),
                embed!(@file $folder, "/zh.txt"),
                embed!(@file $folder, "/zh.html"),
            )*
            $(embed!(@file $file, ""),)*
        ]
    };
    (@file $folder:literal, $file:literal) => {
        (
            concat!($folder, $file),
            include_str!(concat!("../../../templates/mails/", $folder, $file)),
        )
    };
}

/// Each template's path under `templates/mails`, and its source.
pub(super) const SOURCES: &[(&str, &str)] = embed! {
    folders: [
        "registration_received",
        "registration_confirmed",
        "registration_rejected",
        "registration_waiting",
        "registration_promoted",
        "place_offered",
        "offer_lapsed",
        "registration_moved",
        "address_to_confirm",
        "invitation",
        "invitation_reminder",
        "personal_link",
        "letter_issued",
        "letter_sealed",
        "itinerary_released",
        "session_moved",
        "session_cancelled",
        "sign_in_code",
    ],
    shared: [
        "layout/base.html",
        "layout/en.html",
        "layout/en.txt",
        "layout/facts.html",
        "layout/zh.html",
        "layout/zh.txt",
    ]
};

static ENVIRONMENT: LazyLock<Result<Environment<'static>, ComposeError>> = LazyLock::new(|| parse(SOURCES));

/// Renders one text of an occasion.
pub(super) fn render(occasion: &str, language: LanguageTag, part: Part, facts: &Value) -> Result<String, ComposeError> {
    let environment = ENVIRONMENT.as_ref().map_err(Clone::clone)?;
    let path = format!("{occasion}/{}.{}", language.as_str(), part.suffix());
    let template = environment.get_template(&path).map_err(|error| fault(&path, &error))?;
    template.render(facts).map_err(|error| fault(&path, &error))
}

fn parse(sources: &[(&'static str, &'static str)]) -> Result<Environment<'static>, ComposeError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|path| {
        let is_html = path.rsplit('.').next() == Some("html");
        if is_html { AutoEscape::Html } else { AutoEscape::None }
    });
    let lines = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(lines.map_err(|error| fault("layout", &error))?);
    for (path, source) in sources {
        environment.add_template(path, source).map_err(|error| fault(path, &error))?;
    }
    Ok(environment)
}

/// Keeps where and what of an engine's error; its detail is left out, since it may quote a value.
fn fault(path: &str, error: &Error) -> ComposeError {
    ComposeError::Template {
        template: error.name().unwrap_or(path).to_owned(),
        line: error.line().unwrap_or(0),
        kind: error.kind(),
    }
}

#[cfg(test)]
mod tests {
    use minijinja::{ErrorKind, context};

    use super::*;
    use crate::mail::compose::Occasion;

    #[test]
    fn every_occasion_has_its_six_templates() {
        let parts = [Part::Subject, Part::Text, Part::Html];
        let mut wanted = Vec::new();
        for name in Occasion::NAMES.into_iter().chain([crate::mail::compose::code::NAME]) {
            for language in LanguageTag::ALL {
                wanted.extend(parts.map(|part| format!("{name}/{}.{}", language.as_str(), part.suffix())));
            }
        }

        let embedded: Vec<_> =
            SOURCES.iter().map(|(path, _)| *path).filter(|path| !path.starts_with("layout/")).collect();

        assert_eq!(embedded, wanted);
    }

    #[test]
    fn every_template_parses() {
        assert_eq!(parse(SOURCES).err(), None);
    }

    #[test]
    fn template_that_asks_for_an_unknown_fact_is_refused_without_values() {
        let environment = parse(&[("odd.txt", "Dear {{ name }},\nyour {{ seat }}")]).unwrap();

        let error = environment.get_template("odd.txt").unwrap().render(context! { name => "Ayesha" }).unwrap_err();

        assert_eq!(
            fault("odd.txt", &error),
            ComposeError::Template { template: "odd.txt".into(), line: 2, kind: ErrorKind::UndefinedError }
        );
    }

    #[test]
    fn templates_name_no_other_host() {
        let remote = SOURCES.iter().filter(|(_, source)| source.contains("http") || source.contains("src="));

        assert_eq!(remote.map(|(path, _)| *path).collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
