//! Passports lie nowhere in clear: not in the database, not in its log, in no form they could have.

use std::path::Path;

use attache_client::v1;
use attache_tests::database;

use super::{
    BIRTH_DATE, LOWER, NUMBER, UPPER, house,
    kinds::{self, put_card},
    passport, put, read,
};

/// Writes bytes in base 64, without padding.
fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sextets = bytes.chunks(3).flat_map(|chunk| {
        let three = [chunk[0], chunk.get(1).copied().unwrap_or(0), chunk.get(2).copied().unwrap_or(0)];
        let [a, b, c] = three.map(usize::from);
        let four = [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63];
        four.into_iter().take(chunk.len() + 1)
    });
    sextets.map(|sextet| LETTERS[sextet]).collect()
}

/// Every form in which a text could lie in clear: plain, in UTF-16 of either order, in base 64 at either of the three
/// places a text can begin in it.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let mut forms = vec![
        text.as_bytes().to_vec(),
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ];
    for before in 0..3 {
        let whole = base64(&[&vec![0; before], text.as_bytes()].concat());
        // The first and last letters also tell of what stands before and after.
        let begin = [0, 2, 3][before];
        let end = whole.len() - usize::from(!(before + text.len()).is_multiple_of(3));
        forms.push(whole[begin..end].to_vec());
    }
    forms
}

fn is_in(bytes: &[u8], text: &str) -> bool {
    forms(text).iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
}

/// Tells which of the texts lie in clear in which files of a folder.
fn found(folder: &Path, texts: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        found.extend(texts.iter().filter(|text| is_in(&bytes, text)).map(|text| (name.clone(), (*text).to_owned())));
    }
    found
}

#[test]
fn text_is_found_in_every_form_it_could_lie_in() {
    let hidden = |text: &str, before: usize| base64(&[&vec![b'x'; before], text.as_bytes(), b"after"].concat());
    let utf16 = |order: fn(u16) -> [u8; 2]| NUMBER.encode_utf16().flat_map(order).collect::<Vec<u8>>();

    let found = [
        is_in(format!("..{NUMBER}..").as_bytes(), NUMBER),
        is_in(&utf16(u16::to_le_bytes), NUMBER),
        is_in(&utf16(u16::to_be_bytes), NUMBER),
        is_in(&hidden(NUMBER, 3), NUMBER),
        is_in(&hidden(NUMBER, 4), NUMBER),
        is_in(&hidden(NUMBER, 5), NUMBER),
        is_in(&hidden(BIRTH_DATE, 4), BIRTH_DATE),
        is_in(b"AB123456", NUMBER),
    ];

    assert_eq!(found, [true, true, true, true, true, true, true, false]);
}

#[tokio::test]
async fn passport_lies_nowhere_in_clear() {
    let (mut house, person) = house().await;
    let replaced = put(&house.owner, &person, passport()).await.unwrap();
    let kept = put(&house.owner, &person, passport()).await.unwrap();
    read(&house.owner, &kept.name, "visa letter").await.unwrap();
    put_card(&house.owner, &person, kinds::card()).await.unwrap();
    let contradictory = v1::PassportContents { sex: "F".to_owned(), ..passport() };
    put(&house.owner, &person, contradictory).await.unwrap_err();

    house.close().await;
    database::spill(&house.database, &house.folder).await;

    let secret = [
        NUMBER,
        UPPER,
        LOWER,
        BIRTH_DATE,
        "19840229",
        "840229",
        "Muhammad Aslam",
        "visa letter",
        "110105194912",
        "张三",
    ];
    assert_eq!(found(&house.folder, &secret), []);
    // What lies in clear is found, so that nothing found means something.
    let clear = found(&house.folder, &["Belt and Road Industrial Promotion Association", &replaced.name]);
    let texts: Vec<&str> = clear.iter().map(|(_, text)| text.as_str()).collect();
    assert!(texts.contains(&"Belt and Road Industrial Promotion Association"), "{clear:?}");
    assert!(texts.contains(&replaced.name.as_str()), "{clear:?}");
}
