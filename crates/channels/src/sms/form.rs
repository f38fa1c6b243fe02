//! One form that Twilio posts. Everything in it is optional and unknown fields are welcome: they change over time.

use std::collections::HashMap;

use domain::message::storable;
use url::form_urlencoded;

/// The fields, decoded. Of a repeated name the first value counts.
pub(super) struct Form(HashMap<String, String>);

impl Form {
    pub fn read(body: &[u8]) -> Self {
        Self::of(form_urlencoded::parse(body).into_owned())
    }

    pub fn of(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut form = Self(HashMap::new());
        form.extend(fields);
        form
    }

    pub fn extend(&mut self, fields: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in fields {
            self.0.entry(name).or_insert_with(|| storable(&value).into());
        }
    }

    /// The value as it was written; none for one of nothing but blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// The value without surrounding blank.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim)
    }

    pub fn owned(&self, name: &str) -> Option<String> {
        self.word(name).map(str::to_owned)
    }

    /// The id of the message that the form is about, new or old; older ones go by other names.
    pub fn sid(&self) -> Option<&str> {
        ["MessageSid", "SmsSid", "SmsMessageSid"].into_iter().find_map(|name| self.word(name))
    }

    /// How far a message of ours came; none when the form is a message itself, which has just been "received".
    pub fn status(&self) -> Option<&str> {
        let word = self.word("MessageStatus").or_else(|| self.word("SmsStatus"))?;
        Some(word).filter(|word| !matches!(*word, "received" | "receiving"))
    }
}
