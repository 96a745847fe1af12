use std::{env, fs, path::PathBuf};

use super::*;

#[test]
fn every_reference_zone_gets_its_verdict() {
    let data = env::var_os("ATTACHE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let Ok(vectors) = fs::read_to_string(data.join("real/mrz/td3_vectors.jsonl")) else {
        println!("skipped every_reference_zone_gets_its_verdict: no ATTACHE_DATA");
        return;
    };

    let mut seen = 0;
    for vector in vectors.lines().filter(|line| !line.trim().is_empty()) {
        let vector: serde_json::Value = serde_json::from_str(vector).unwrap();
        let text = |field: &str| vector[field].as_str().unwrap();
        let read = parse(text("line1"), text("line2"), today());

        assert_eq!(read.is_ok(), vector["valid"].as_bool().unwrap(), "{}: {:?}", text("id"), read.as_ref().err());
        if let Ok(mrz) = read {
            compare(&vector["expect"], &mrz, text("id"));
        }
        seen += 1;
    }
    assert!(seen >= 27, "only {seen} zones");
}

/// Compares what a reference zone says it holds.
fn compare(expected: &serde_json::Value, mrz: &Mrz, id: &str) {
    let text = |field: &str| expected[field].as_str();
    let date = |date: Option<NaiveDate>| date.map(|date| date.to_string());
    let code = format!("P{}", mrz.document_code.second());
    let sex = mrz.sex.letter().to_string();
    let nationality = mrz.nationality.as_str();
    let (birth, expiry) = (date(mrz.birth_date.date()), date(Some(mrz.expiry_date)));

    for (field, found) in [
        ("surname", Some(&*mrz.surname)),
        ("given", mrz.given_names.as_deref()),
        ("number", Some(&*mrz.number)),
        ("nationality", Some(nationality)),
        ("dob", birth.as_deref()),
        ("sex", Some(&*sex)),
        ("expiry", expiry.as_deref()),
        ("personal", Some(mrz.personal_number.as_deref().unwrap_or_default())),
        ("document_code", Some(&*code)),
    ] {
        if let Some(expected) = text(field) {
            assert_eq!(found, Some(expected), "{field} of {id}");
        }
    }
    if let Some(printed) = text("viz") {
        let (surname, given_names) = printed.split_once(", ").map_or((printed, None), |(one, two)| (one, Some(two)));
        assert!(name_matches(&form(Some(surname), given_names), mrz), "name of {id}");
        assert_eq!(Some(mrz.name_may_be_truncated), expected["possibly_truncated"].as_bool(), "{id}");
    }
}
