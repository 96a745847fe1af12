//! A letter as paper takes it: wording, letterhead, number, stamp and signature, page by page. Pure.

use attache_domain::{
    language::LanguageTag,
    letter::{Imprint, wording},
    localized::Localized,
    organization::{Organization, Profile, Signatory},
};
use attache_paper::letter::{self as paper, Labels, Language, Letterhead, Page};

use crate::store::Dossier;

/// Everything a letter is made of but its number.
pub(super) struct Draft {
    /// What is known of it.
    pub(super) dossier: Dossier,
    /// The issuer's stamp, a PNG.
    pub(super) stamp: Option<Vec<u8>>,
    /// The signatory's signature, a PNG.
    pub(super) signature: Option<Vec<u8>>,
}

/// Lays a letter out under a number. The same draft under the same number gives the same PDF.
pub(super) fn lay(draft: &Draft, imprint: &Imprint, verify_url: String) -> paper::Facts {
    let Draft { dossier, stamp, signature } = draft;
    let Imprint { number, issue_date, code: _ } = imprint;
    let languages = dossier.letter.request.template.languages();
    paper::Facts {
        identity: format!("{} {number}", dossier.letter.name()),
        number: number.clone(),
        issue_date: *issue_date,
        verify_url,
        specimen: dossier.event.plan.specimen,
        stamp: stamp.clone(),
        signature: signature.clone(),
        pages: languages.iter().map(|language| page(dossier, *language)).collect(),
    }
}

fn page(dossier: &Dossier, language: LanguageTag) -> Page {
    let wording::Wording { addressee, title, salutation, paragraphs, table, closing } =
        wording::write(&dossier.letter, &dossier.facts(), language);
    Page {
        language: match language {
            LanguageTag::English => Language::English,
            LanguageTag::Chinese => Language::Chinese,
        },
        letterhead: letterhead(&dossier.issuer, language),
        addressee,
        title,
        salutation,
        paragraphs,
        table,
        closing,
        signatory: signatory(dossier.issuer.profile.signatory.as_ref(), language),
        labels: labels(language),
    }
}

fn letterhead(issuer: &Organization, language: LanguageTag) -> Letterhead {
    let Profile { title, address_lines, address_lines_zh, phone_number, email, registration_number, .. } =
        &issuer.profile;
    let (first, second) = match language {
        LanguageTag::English => (address_lines, address_lines_zh),
        LanguageTag::Chinese => (address_lines_zh, address_lines),
    };
    Letterhead {
        name: title.in_language(language).to_owned(),
        second_name: second_name(title, language),
        address: if first.is_empty() { second.clone() } else { first.clone() },
        telephone: phone_number.clone().unwrap_or_default(),
        email: email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        registration: registration_number.as_deref().map(|number| registration(number, language)).unwrap_or_default(),
    }
}

/// The name in the other language, when there is one beside the name in the page's own.
fn second_name(title: &Localized, language: LanguageTag) -> Option<String> {
    let (own, other) = match language {
        LanguageTag::English => (title.en(), title.zh()),
        LanguageTag::Chinese => (title.zh(), title.en()),
    };
    own.and(other).map(str::to_owned)
}

fn registration(number: &str, language: LanguageTag) -> String {
    match language {
        LanguageTag::English => format!("Registration No. {number}"),
        LanguageTag::Chinese => format!("登记号：{number}"),
    }
}

fn signatory(signatory: Option<&Signatory>, language: LanguageTag) -> paper::Signatory {
    let said = |text: Option<&Localized>| text.map(|text| text.in_language(language).to_owned()).unwrap_or_default();
    paper::Signatory {
        name: said(signatory.map(|signatory| &signatory.display_name)),
        position: said(signatory.and_then(|signatory| signatory.position.as_ref())),
    }
}

fn labels(language: LanguageTag) -> Labels {
    let (reference, date, verification) = match language {
        LanguageTag::English => ("Ref.", "Date:", "Verify this letter at"),
        LanguageTag::Chinese => ("编号：", "日期：", "核验本函真伪，请访问"),
    };
    Labels { reference: reference.to_owned(), date: date.to_owned(), verification: verification.to_owned() }
}
