//! The commands that would come after two recorded ones: what the two have alike stays, and what differs goes on differing.
//!
//! Numbers go on by the step between the two. Identifiers, digests and sealed bytes become others of the same length, the same one wherever
//! it stands in a command, so that what refers to what still does; identifiers that begin with the time they were made go on in time.

use std::iter::zip;

use anyhow::{Result, ensure};
use sea_orm::{Statement, Value};
use uuid::Uuid;

/// Two commands of the same statements with other values.
pub struct Pattern {
    first: Vec<Statement>,
    second: Vec<Statement>,
}

impl Pattern {
    /// Takes two commands, which must be the same statements.
    pub fn new(first: Vec<Statement>, second: Vec<Statement>) -> Result<Self> {
        ensure!(!first.is_empty(), "the first command made no statement");
        ensure!(
            texts(&first).eq(texts(&second)),
            "two commands of one kind made other statements:\n{:#?}\n{:#?}",
            texts(&first).collect::<Vec<_>>(),
            texts(&second).collect::<Vec<_>>()
        );
        Ok(Self { first, second })
    }

    /// The statements of a command, in their order, without the savepoint that is set between it and the next.
    pub fn texts(&self) -> Vec<String> {
        texts(&self.second).map(|text| text.replace("RELEASE SAVEPOINT write; SAVEPOINT write", "")).collect()
    }

    /// The values of a command that comes so many after the second; 1 for the next.
    pub fn values(&self, number: i64) -> Vec<Vec<Value>> {
        self.pairs().map(|(_, pairs)| pairs.map(|(first, second)| next(first, second, number)).collect()).collect()
    }

    /// The statements, each with the values that the two commands gave it.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = (&Value, &Value)>)> {
        zip(&self.first, &self.second).map(|(first, second)| (second.sql.as_str(), zip(values(first), values(second))))
    }
}

fn texts(statements: &[Statement]) -> impl Iterator<Item = &str> {
    statements.iter().map(|statement| statement.sql.as_str())
}

fn values(statement: &Statement) -> &[Value] {
    statement.values.as_ref().map_or(&[], |values| &values.0)
}

fn next(first: &Value, second: &Value, number: i64) -> Value {
    if first == second {
        return second.clone();
    }
    match (first, second) {
        (Value::BigInt(Some(first)), Value::BigInt(Some(second))) => (second + (second - first) * number).into(),
        (Value::Int(Some(first)), Value::Int(Some(second))) => {
            let step = i32::try_from(number).unwrap_or(i32::MAX);
            second.saturating_add((second - first).saturating_mul(step)).into()
        }
        (Value::String(Some(first)), Value::String(Some(second))) => next_text(first, second, number).into(),
        // A row as the change log keeps it is text in bytes; what is sealed is no text.
        (Value::Bytes(Some(first)), Value::Bytes(Some(second))) => {
            match (std::str::from_utf8(first), std::str::from_utf8(second)) {
                (Ok(first), Ok(second)) => next_text(first, second, number).into_bytes().into(),
                _ => other_bytes(second, number).into(),
            }
        }
        _ => second.clone(),
    }
}

fn other_bytes(bytes: &[u8], number: i64) -> Vec<u8> {
    let mut other = vec![0; bytes.len()];
    blake3::Hasher::new().update(bytes).update(&number.to_le_bytes()).finalize_xof().fill(&mut other);
    other
}

/// Goes on with a text word by word, where the two have as many words; with another word at its end, where they have not.
fn next_text(first: &str, second: &str, number: i64) -> String {
    let (firsts, seconds) = (words(first), words(second));
    if firsts.len() != seconds.len() {
        return format!("{second}{number}");
    }
    zip(firsts, seconds).map(|(first, second)| next_word(first, second, number)).collect()
}

fn next_word(first: &str, second: &str, number: i64) -> String {
    if first == second {
        return second.to_owned();
    }
    match (counted(first), counted(second)) {
        (Some(earlier), Some(later)) => (later + (later - earlier) * number).to_string(),
        _ => match time_of(second) {
            Some(time) => {
                format!("{}{}", time_as_id(time + number.unsigned_abs()), &other_word(second, number)[TIME..])
            }
            None => other_word(second, number),
        },
    }
}

/// Reads a word that is a count.
pub fn counted(word: &str) -> Option<i64> {
    word.parse().ok().filter(|_| word.len() < 16 && word.bytes().all(|sign| sign.is_ascii_digit()))
}

/// How many signs of an identifier tell when it was made, and of which version it is.
pub const TIME: usize = 15;

/// Reads when an identifier was made that begins with that (RFC 9562, version 7), in milliseconds.
pub fn time_of(word: &str) -> Option<u64> {
    let id = Uuid::try_parse(word).ok().filter(|id| word.len() == 36 && id.get_version_num() == 7)?;
    Some(id.as_u64_pair().0 >> 16)
}

fn time_as_id(milliseconds: u64) -> String {
    format!("{:08x}-{:04x}-7", milliseconds >> 16, milliseconds & 0xffff)
}

/// Another word of the same length, of hexadecimal digits where the word is of those.
fn other_word(word: &str, number: i64) -> String {
    let digits = blake3::Hasher::new().update(word.as_bytes()).update(&number.to_le_bytes()).finalize().to_hex();
    let mut digits = digits.chars().cycle();
    word.chars().map(|sign| if sign == '-' { sign } else { digits.next().unwrap_or(sign) }).collect()
}

/// Cuts a text where it changes between signs of words and others; a dash is a sign of words, for the sake of identifiers.
pub fn words(text: &str) -> Vec<&str> {
    let is_word = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let inside = is_word(sign);
        let end = rest.find(|sign| is_word(sign) != inside).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        words.push(word);
        rest = after;
    }
    words
}

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;

    use super::*;

    fn command(number: i64, id: &str, row: &str) -> Vec<Statement> {
        let values: Vec<Value> = vec![
            number.into(),
            id.to_owned().into(),
            format!("events/forum/people/{id}").into(),
            row.as_bytes().to_vec().into(),
            "same".to_owned().into(),
        ];
        vec![Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT", values)]
    }

    #[test]
    fn later_commands_go_on_as_the_two_began() {
        let first = command(3, "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa", r#"{"email":"guest7@example.org"}"#);
        let second = command(5, "bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb", r#"{"email":"guest8@example.org"}"#);

        let values = Pattern::new(first, second).unwrap().values(2).remove(0);

        let Value::String(Some(id)) = &values[1] else { panic!("an id is text") };
        let marks: String = id.chars().filter(|sign| !sign.is_ascii_hexdigit()).collect();
        assert_eq!((id.len(), marks.as_str()), (36, "----"));
        assert_eq!(values[0], Value::from(9_i64));
        assert_eq!(values[2], Value::from(format!("events/forum/people/{id}")));
        assert_ne!(values[3], Value::from(br#"{"email":"guest8@example.org"}"#.to_vec()));
        assert_eq!(values[4], Value::from("same".to_owned()));
    }

    #[test]
    fn commands_of_other_statements_are_refused() {
        let other = vec![Statement::from_string(DbBackend::Sqlite, "SELECT 1")];

        assert!(Pattern::new(command(1, "a", ""), other).is_err());
    }
}
