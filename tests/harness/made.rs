//! What was made by calls by name, and requests in JSON that speak of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{House, by_name};

/// What requests are written with, so that each says only what it is about.
const SHORT: &[(&str, &str)] = &[
    ("$EVENT", "events/ciftis-2023"),
    ("$CANCELLED", "events/launch-2023"),
    ("$CLOSED", "events/closed-2023"),
    ("$ZBRA", "organizations/zbra"),
    ("$NOTHING", "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d"),
    ("$WINDOW", r#"{"startDate": "2023-09-03", "endDate": "2023-09-08", "cities": [{"en": "Beijing", "zh": "北京"}]}"#),
    ("$FROM", r#""startTime": {"localTime": "2023-09-05T10:00", "timeZone": "Asia/Shanghai"}"#),
    ("$TO", r#""endTime": {"localTime": "2023-09-05T11:00", "timeZone": "Asia/Shanghai"}"#),
    (
        "$NOW",
        r#""startTime": {"localTime": "2023-08-01T08:00", "timeZone": "Asia/Shanghai"}, "endTime": {"localTime": "2023-08-01T20:00", "timeZone": "Asia/Shanghai"}"#,
    ),
    ("$GAP", r#"{"localTime": "2023-03-12T02:30", "timeZone": "America/New_York"}"#),
    ("$AT", r#""startPlace": {"title": {"en": "ZBRA"}, "city": "Beijing", "regionCode": "CN"}"#),
    ("$MEETING", r#""kind": "STOP_KIND_MEETING", "title": {"en": "Meeting"}"#),
    ("$TALK", r#""kind": "SESSION_KIND_TALK", "title": {"en": "Talk"}"#),
    ("$TRIP", r#"{"id": "trip", "kind": "FORM_FIELD_KIND_CHOICE", "label": {"en": "Trip"}"#),
    ("$LETTER", r#""letterTemplate": "letterTemplates/china-m", "regionCode": "CN""#),
    (
        "$PASSPORT",
        r#""number": "ZZ0000000", "issuingStateCode": "UTO", "nationalityCode": "UTO", "familyName": "A", "birthDate": "1984-02-29", "expireDate": "2029-04-30""#,
    ),
    ("$DELEGATION", r#""title": {"en": "Delegation"}, "sender": "organizations/zbra""#),
];

/// The zone of somebody else's passport, the specimen of ICAO 9303 part 4.
const ZONE: &str = r"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

/// What was made, by what it is called.
#[derive(Default)]
pub struct Made(BTreeMap<&'static str, Value>);

impl Made {
    /// Begins with what has a name already.
    pub fn of<const N: usize>(begun: [(&'static str, &str); N]) -> Self {
        Self(begun.map(|(called, name)| (called, json!({ "name": name }))).into())
    }

    /// Remembers an answer under what it is called.
    pub fn remember(&mut self, called: &'static str, answer: Value) {
        self.0.insert(called, answer);
    }

    /// Has the owner make something, and remembers the answer under what it is called.
    pub async fn make(&mut self, house: &House, called: &'static str, rpc: &str, request: &str) {
        let answer = by_name::call(&house.owner, rpc, &self.fill(request)).await;
        self.remember(called, answer.unwrap_or_else(|failure| panic!("{rpc} for {called}: {failure:?}")));
    }

    /// Writes a request out: `<thing>` is its name, `<thing/a/b>` what its answer has at `a/b`.
    pub fn fill(&self, request: &str) -> String {
        let request = SHORT.iter().fold(request.to_owned(), |request, (short, long)| request.replace(short, long));
        let mut parts = request.split('<');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (wanted, rest) = part.split_once('>').expect("a closed bracket");
            let (called, path) = wanted.split_once('/').unwrap_or((wanted, "name"));
            let value = self.0.get(called).and_then(|answer| answer.pointer(&format!("/{path}"))?.as_str());
            filled.push_str(value.unwrap_or_else(|| panic!("there is no {wanted}")));
            filled.push_str(rest);
        }
        // The specimen zone of ICAO 9303 is full of brackets, and so it is set in last.
        filled.replace("$ZONE", ZONE)
    }
}
