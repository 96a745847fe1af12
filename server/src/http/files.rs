//! The files behind links that are good for a while: they come to be saved, and never as a page of this server.

use std::sync::Arc;

use attache_domain::file::Label;
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::PLAIN;
use crate::{
    app::{self, App},
    store::{Linked, OpenFile},
};

/// Where links begin.
const LINKS: &str = "/files/";

/// What is said wherever a link opens nothing, and why is not told.
const CLOSED: &str =
    "This link opens nothing, or nothing any more. Ask for a new one.\n此链接无效或已失效，请重新获取。\n";

/// Whatever a file holds, nothing of it is run, drawn or loaded under this server's name.
const NOTHING_RUNS: [(HeaderName, HeaderValue); 2] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    (header::ACCEPT_RANGES, HeaderValue::from_static("none")),
];

/// What stands for itself in an extended parameter (RFC 8187, 3.2.1).
const BESIDE_LETTERS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Answers `GET /files/{link}` and `HEAD`. The path is taken as it came, since a link that was written otherwise is not the one that was made.
pub(super) async fn download(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let presented = uri.path().strip_prefix(LINKS).unwrap_or_default();
    match app.store.linked_file(presented, app.clock.now()).await {
        Ok(Linked::File(open)) => answer(app, *open),
        Ok(Linked::Expired) => closed(StatusCode::GONE),
        Ok(Linked::Nothing) => closed(StatusCode::NOT_FOUND),
        Err(error) => {
            tracing::error!(error.chain = app::chain(&error), "a linked file could not be opened");
            (StatusCode::SERVICE_UNAVAILABLE, PLAIN, NOTHING_RUNS, "try again later\n").into_response()
        }
    }
}

fn closed(status: StatusCode) -> Response {
    (status, PLAIN, NOTHING_RUNS, CLOSED).into_response()
}

fn answer(app: Arc<App>, open: OpenFile) -> Response {
    let headers = described(&open.file.label);
    let pieces = app::files::hand_out(app, open, |piece| piece.map(|bytes| bytes.to_vec()));
    (PLAIN, NOTHING_RUNS, headers, Body::from_stream(pieces)).into_response()
}

/// What a browser is told of a file: its type, its length, and the name to save it under.
fn described(label: &Label) -> HeaderMap {
    let Label { file_name, media_type, size } = label;
    let told = [
        (header::CONTENT_TYPE, HeaderValue::from_str(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition(file_name))),
    ];
    let mut headers: HeaderMap = told.into_iter().filter_map(|(name, value)| Some((name, value.ok()?))).collect();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(*size));
    headers
}

/// Says that a file is to be saved, and under which name (RFC 6266): once for those who read ASCII alone, and once whole.
fn disposition(file_name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || " !#$&'()+,-.;=@[]^_`{}~".contains(letter);
    let ascii: String = file_name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    let whole = utf8_percent_encode(file_name, BESIDE_LETTERS);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_described_by_its_type_its_length_and_its_name_whatever_that_is() {
        let told = |file_name: &str| {
            let label = Label { file_name: file_name.to_owned(), media_type: "application/pdf".to_owned(), size: 7 };
            let headers = described(&label);
            ["content-type", "content-length", "content-disposition"]
                .map(|name| headers.get(name).unwrap().to_str().unwrap().to_owned())
        };

        assert_eq!(
            told("邀请函 2023.pdf"),
            [
                "application/pdf",
                "7",
                "attachment; filename=\"___ 2023.pdf\"; filename*=UTF-8''%E9%82%80%E8%AF%B7%E5%87%BD%202023.pdf"
            ]
        );
        assert_eq!(
            told("a\"; filename=\"b%41.exe")[2],
            "attachment; filename=\"a_; filename=_b_41.exe\"; filename*=UTF-8''a%22%3B%20filename%3D%22b%2541.exe"
        );
    }
}
