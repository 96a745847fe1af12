//! The mail in `outbox/`, as its recipients read it: for the codes that are sent to those who register by themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::{fs, time};

use super::{Stopped, folder::Folder};

/// How long the mail may take to come.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long to rest between two looks.
const REST: Duration = Duration::from_millis(20);
/// What stands before a code, in each language of mails.
const MARKS: [&str; 2] = ["Code: ", "验证码："];

/// Waits until each address has been sent a code, and reads them.
pub(super) async fn codes(folder: &Folder, addresses: BTreeSet<String>) -> Result<BTreeMap<String, String>, Stopped> {
    let place = folder.join("outbox");
    let late = |_| Stopped::Unexpected { step: "waiting for the codes", found: "some did not come".to_owned() };
    time::timeout(PATIENCE, until_all(&place, addresses)).await.map_err(late)?
}

async fn until_all(place: &Path, addresses: BTreeSet<String>) -> Result<BTreeMap<String, String>, Stopped> {
    let unread = |source| Stopped::Disk { what: "the mail in the outbox", source };
    loop {
        let mut codes = BTreeMap::new();
        let mut mails = fs::read_dir(place).await.map_err(unread)?;
        while let Some(mail) = mails.next_entry().await.map_err(unread)? {
            if mail.path().extension().is_some_and(|ending| ending == "eml") {
                let mail = fs::read_to_string(mail.path()).await.map_err(unread)?;
                let to = addresses.iter().find(|address| is_to(&mail, address));
                codes.extend(to.cloned().zip(code(&mail)));
            }
        }
        if codes.len() == addresses.len() {
            return Ok(codes);
        }
        time::sleep(REST).await;
    }
}

fn is_to(mail: &str, address: &str) -> bool {
    let head = mail.split("\r\n\r\n").next().unwrap_or_default();
    head.contains(&format!("<{address}>")) || head.contains(&format!("To: {address}\r\n"))
}

/// The code in a mail, if there is one.
fn code(mail: &str) -> Option<String> {
    let parts = mail.split("\r\n--").filter_map(|part| part.split_once("\r\n\r\n"));
    let (head, body) = parts.into_iter().find(|(head, _)| head.contains("text/plain"))?;
    let text = if head.contains("base64") {
        String::from_utf8(BASE64_STANDARD.decode(body.split_whitespace().collect::<String>()).ok()?).ok()?
    } else {
        // Quoted-printable leaves letters, digits and single spaces as they are, and that is all there is on the line of a code.
        body.to_owned()
    };
    let marked = |line: &str| MARKS.iter().find_map(|mark| line.trim().strip_prefix(mark).map(str::to_owned));
    text.lines().find_map(marked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_read_in_either_language() {
        let mail = |encoding: &str, body: &str| {
            format!(
                "To: \"Li Wei\" <li@example.org>\r\nContent-Type: multipart/alternative\r\n\r\n--=_a\r\n\
                 Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n--=_a--\r\n"
            )
        };
        let english = mail("quoted-printable", "Thank you=E2=80=A6\r\n\r\n  Code: 123456\r\n");
        let chinese = mail("base64", &BASE64_STANDARD.encode("感谢您\r\n\r\n  验证码：654321\r\n"));

        assert_eq!([&english, &chinese].map(|mail| code(mail)), [Some("123456".to_owned()), Some("654321".to_owned())]);
        assert_eq!([is_to(&english, "li@example.org"), is_to(&english, "wei@example.org")], [true, false]);
        assert_eq!(code(&mail("quoted-printable", "You are registered.\r\n")), None);
    }
}
