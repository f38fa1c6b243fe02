//! Reads a channel's settings, an opaque JSON document, at the door. Errors name the field and never quote its value.

use std::fmt;

use reqwest::Url;
use serde_json::{Map, Value};
use thiserror::Error;

/// What is wrong with a settings document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field} {problem}")]
pub struct SettingsError {
    pub field: String,
    pub problem: String,
}

impl SettingsError {
    pub(crate) fn new(field: &str, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

/// A token or key. It cannot be printed, so it cannot be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A token that a provider has just given; `None` for what could stand in no header.
    pub(crate) fn given(text: &str) -> Option<Self> {
        secret("token", text.into()).ok()
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The fields of a settings document, taken out one by one; what is left at the end is a mistake.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn read(settings: &str) -> Result<Self, SettingsError> {
        match serde_json::from_str(settings) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(SettingsError::new("settings", "must be a JSON object")),
            Err(error) => {
                let place = format!("line {} column {}", error.line(), error.column());
                Err(SettingsError::new("settings", format!("must be a JSON object: mistake at {place}")))
            }
        }
    }

    /// The text of `field`, `None` when it is missing, null or blank.
    pub(crate) fn text(&mut self, field: &str) -> Result<Option<String>, SettingsError> {
        match self.0.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
            Some(_) => Err(SettingsError::new(field, "must be text in quotes")),
        }
    }

    pub(crate) fn required(&mut self, field: &str) -> Result<String, SettingsError> {
        self.text(field)?.ok_or_else(|| SettingsError::new(field, "is missing"))
    }

    /// A secret that may stand in a header or a URL: visible ASCII only.
    pub(crate) fn secret(&mut self, field: &str) -> Result<Secret, SettingsError> {
        let text = self.required(field)?;
        secret(field, text)
    }

    /// As [`Fields::secret`], `None` when it is missing.
    pub(crate) fn optional_secret(&mut self, field: &str) -> Result<Option<Secret>, SettingsError> {
        self.text(field)?.map(|text| secret(field, text)).transpose()
    }

    /// One secret or a list of them, as long as both an old and a new one are in use.
    pub(crate) fn secrets(&mut self, field: &str) -> Result<Vec<Secret>, SettingsError> {
        let Some(Value::Array(values)) = self.0.get(field) else {
            return self.secret(field).map(|secret| vec![secret]);
        };
        let texts: Option<Vec<_>> = values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
        self.0.remove(field);
        match texts {
            Some(texts) if !texts.is_empty() => texts.into_iter().map(|text| secret(field, text)).collect(),
            _ => Err(SettingsError::new(field, "must be text in quotes, or a list of such")),
        }
    }

    /// Where the provider's API is.
    pub(crate) fn base_url(&mut self, field: &str, default: &str) -> Result<Url, SettingsError> {
        let text = self.text(field)?.unwrap_or_else(|| default.into());
        Self::url(field, &text)
    }

    /// An address of a server. Plain HTTP only to this machine, for stand-ins: secrets go over it.
    pub(crate) fn url(field: &str, text: &str) -> Result<Url, SettingsError> {
        let url = Url::parse(text).map_err(|_| SettingsError::new(field, "must be a URL"))?;
        let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        match url.scheme() {
            "https" => {}
            "http" if is_here => {}
            _ => return Err(SettingsError::new(field, "must start with https://")),
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(SettingsError::new(field, "must have no user, query or fragment"));
        }
        Ok(url)
    }

    /// Refuses what nobody asked for: a mistyped name would otherwise be a setting silently ignored.
    pub(crate) fn finish(self) -> Result<(), SettingsError> {
        match self.0.keys().next() {
            Some(field) => Err(SettingsError::new(field, "is not a setting of this kind of channel")),
            None => Ok(()),
        }
    }
}

fn secret(field: &str, text: String) -> Result<Secret, SettingsError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SettingsError::new(field, "must be letters, digits and signs without blanks"));
    }
    Ok(Secret(text))
}
