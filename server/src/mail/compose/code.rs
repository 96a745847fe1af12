//! The mail with a code to sign in. It is about no event, and so has a frame of its own.

use attache_domain::language::LanguageTag;
use minijinja::context;

use super::{ComposeError, Composed, Recipient, content_language, one_line, templates, templates::Part, wording};

/// The folder of its templates.
pub(super) const NAME: &str = "sign_in_code";

/// What the mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeMail {
    /// What the member is called.
    pub display_name: String,
    /// The code, in groups.
    pub code: String,
    /// For how many minutes it is good.
    pub minutes: i64,
}

/// Words the mail in a language.
pub fn compose_code(mail: &CodeMail, language: LanguageTag) -> Result<Composed, ComposeError> {
    let CodeMail { display_name, code, minutes } = mail;
    let recipient = Recipient { display_name: display_name.clone(), form_of_address: None };
    let facts = context! {
        language => content_language(language),
        greeting => wording::greeting(&recipient, language),
        code,
        minutes,
    };
    let part = |part| templates::render(NAME, language, part, &facts);
    Ok(Composed { subject: one_line(&part(Part::Subject)?), text: part(Part::Text)?, html: part(Part::Html)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_reads_as_it_was_last_read() {
        let mail =
            CodeMail { display_name: "张伟明\r\nBcc: <b>".to_owned(), code: "k7m2-9xpa".to_owned(), minutes: 10 };

        for language in LanguageTag::ALL {
            let Composed { subject, text, html } = compose_code(&mail, language).unwrap();
            let mail = format!("Subject: {subject}\n\n--- text ---\n{text}\n--- html ---\n{html}");
            insta::assert_snapshot!(format!("{NAME}.{}", language.as_str()), mail);
        }
    }
}
