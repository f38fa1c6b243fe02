//! Reads fields of a body, and refuses what is missing, of another type or too much.

use serde_json::{Map, Value};

use super::refusal::Refusal;

pub type Parsed<T> = Result<T, Refusal>;

pub fn object<'a>(value: &'a Value, name: &str) -> Parsed<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| Refusal::parameter(format!("{name} must be an object.")))
}

pub fn inner<'a>(part: &'a Map<String, Value>, key: &str, keys: &[&str]) -> Parsed<&'a Map<String, Value>> {
    let value = part.get(key).ok_or_else(|| Refusal::parameter(format!("The parameter {key} is required.")))?;
    let value = object(value, key)?;
    only(value, keys)?;
    Ok(value)
}

pub fn only(part: &Map<String, Value>, keys: &[&str]) -> Parsed<()> {
    match part.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(Refusal::parameter(format!("Unexpected key \"{key}\"."))),
        None => Ok(()),
    }
}

pub fn array<'a>(part: &'a Map<String, Value>, key: &str, least: usize, most: usize) -> Parsed<&'a Vec<Value>> {
    let list = part
        .get(key)
        .and_then(Value::as_array)
        .ok_or_else(|| Refusal::parameter(format!("{key} must be an array.")))?;
    if list.len() < least || list.len() > most {
        return Err(Refusal::parameter(format!("{key} must have {least} to {most} elements.")));
    }
    Ok(list)
}

/// A text of 1 to `most` characters that must be there.
pub fn text(part: &Map<String, Value>, key: &str, most: usize) -> Parsed<String> {
    optional(part, key, most)?.ok_or_else(|| Refusal::parameter(format!("The parameter {key} is required.")))
}

pub fn optional(part: &Map<String, Value>, key: &str, most: usize) -> Parsed<Option<String>> {
    let Some(value) = part.get(key) else { return Ok(None) };
    let words = value.as_str().ok_or_else(|| Refusal::parameter(format!("{key} must be a string.")))?;
    let length = words.chars().count();
    if words.trim().is_empty() || length > most {
        return Err(Refusal::parameter(format!("{key} must have 1 to {most} characters, not {length}.")));
    }
    Ok(Some(words.into()))
}
