//! Two recorded commands as a script of pgbench, in which each transaction is one more of their kind.
//!
//! What differs between the two is made from a number that is drawn anew for each transaction: the same word gives the same other one wherever
//! it stands.

use std::{fmt::Write as _, iter::zip, time::Duration};

use anyhow::{Result, bail};
use sea_orm::{DbBackend, Statement, Value};

use crate::{
    forums::{FIRST, FIRST_YEAR},
    variation::{Pattern, counted, time_of, words},
};

/// The number of the transaction, as the script has it.
const NUMBER: &str = "(:n)::text";

/// Writes the script of a command for so many forums, in transactions whose commit is made to take longer.
pub fn script(pattern: &Pattern, forums: usize, slowed_by: Duration) -> Result<String> {
    let mut script = String::from("\\set n random(1000000000, 999999999999999)\n");
    writeln!(script, "\\set year random({FIRST_YEAR}, {})\nBEGIN;", FIRST_YEAR + forums - 1)?;
    for (text, pairs) in pattern.pairs() {
        let values: Vec<String> = pairs.map(|(first, second)| expression(first, second)).collect::<Result<_>>()?;
        writeln!(script, "{};", filled(text, &values))?;
    }
    if !slowed_by.is_zero() {
        writeln!(script, "\\sleep {} us", slowed_by.as_micros())?;
    }
    script.push_str("END;\n");
    Ok(script)
}

/// Puts expressions in the places of a statement's values.
fn filled(text: &str, values: &[String]) -> String {
    let mut parts = text.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(digits);
        let value = number.parse::<usize>().ok().and_then(|number| values.get(number.checked_sub(1)?));
        filled.push_str(value.map_or("$", String::as_str));
        filled.push_str(rest);
    }
    filled
}

fn expression(first: &Value, second: &Value) -> Result<String> {
    match (first, second) {
        (Value::String(Some(first)), Value::String(Some(second))) => Ok(text(first, second)),
        (Value::Bytes(Some(first)), Value::Bytes(Some(second))) => {
            match (std::str::from_utf8(first), std::str::from_utf8(second)) {
                (Ok(first), Ok(second)) => Ok(format!("convert_to({}, 'UTF8')", text(first, second))),
                _ if first == second => Ok(format!("decode('{}', 'hex')", hex(second))),
                _ => Ok(format!("decode({}, 'hex')", digits(&hex(second), second.len() * 2))),
            }
        }
        _ if first == second => Ok(constant(second)),
        (Value::BigInt(Some(_)), Value::BigInt(Some(_))) => Ok("(:n)::bigint".to_owned()),
        (Value::Int(Some(_)), Value::Int(Some(_))) => Ok("((:n)::bigint % 1000000)::int".to_owned()),
        (Value::ChronoDateTimeUtc(Some(_)), Value::ChronoDateTimeUtc(Some(_))) => Ok(constant(second)),
        _ => bail!("values that a script cannot vary: {first:?} and {second:?}"),
    }
}

/// A value as it was.
fn constant(value: &Value) -> String {
    if let Value::String(Some(text)) = value {
        return quoted(text);
    }
    let literal = Statement::from_sql_and_values(DbBackend::Postgres, "$1", [value.clone()]).to_string();
    let inner = literal.strip_prefix('\'').and_then(|literal| literal.strip_suffix('\''));
    inner.map_or_else(|| literal.clone(), quoted)
}

/// A text as a literal. What pgbench would take for a variable, a colon before a letter or a digit, is written by its code.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace(':', "\\003A").replace('\'', "''");
    if escaped == text { format!("'{text}'") } else { format!("U&'{escaped}'") }
}

/// A text word by word, where the two have as many words; with the number behind it, where they have not.
fn text(first: &str, second: &str) -> String {
    let (firsts, seconds) = (words(first), words(second));
    let mut parts = Vec::new();
    let mut same = String::new();
    for (first, second) in zip(&firsts, &seconds) {
        let other = match () {
            () if second == &FIRST => "'ciftis-' || (:year)::text".to_owned(),
            () if first == second => {
                same.push_str(second);
                continue;
            }
            () if counted(first).is_some() && counted(second).is_some() => NUMBER.to_owned(),
            () => digits(second, second.len()),
        };
        parts.extend(Some(std::mem::take(&mut same)).filter(|same| !same.is_empty()).map(|same| quoted(&same)));
        parts.push(other);
    }
    parts.extend(Some(same).filter(|same| !same.is_empty()).map(|same| quoted(&same)));
    if firsts.len() != seconds.len() {
        parts = vec![quoted(second), NUMBER.to_owned()];
    }
    if parts.is_empty() { "''".to_owned() } else { format!("({})", parts.join(" || ")) }
}

/// Hexadecimal digits of a length that only the number and the word decide; in groups, when the word is an identifier, which begins with the time
/// when the word does.
fn digits(word: &str, length: usize) -> String {
    let digest = format!("md5({NUMBER} || '{word}')");
    match length {
        _ if time_of(word).is_some() => {
            let now = "lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0')";
            format!("({now} || '7' || right({digest}, 19))::uuid::text")
        }
        36 if word.contains('-') => format!("{digest}::uuid::text"),
        0..=32 => format!("left({digest}, {length})"),
        _ => format!("left(repeat({digest}, {}), {length})", length.div_ceil(32)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
