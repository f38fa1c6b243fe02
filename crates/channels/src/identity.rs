//! Who and what a provider names: people and messages, by the provider's own opaque words.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::files::FileRef;

/// One identity of a customer on one channel: a business-scoped user id, a phone number as the provider writes it.
///
/// Opaque outside the adapter that made it. Ids of one channel never collide, whichever sort they are of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExternalId(pub String);

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ExternalId {
    /// The owner of a phone number as E.164 writes it: a plus, and 8 to 15 digits with the country code. `None` for what
    /// is no number.
    #[must_use]
    pub(crate) fn of_phone(phone: &str) -> Option<Self> {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let is_phone = phone.chars().all(|letter| letter.is_ascii_digit() || " +()-./".contains(letter));
        (is_phone && (8..=15).contains(&digits.len())).then(|| Self(format!("+{digits}")))
    }
}

/// The provider's id of one message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderId(pub String);

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The customer at the other end of a thread, as one event names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// At least one, the steadiest first. Any of them may be the one the customer is known by: a phone number that
    /// was hidden yesterday may be shared today.
    pub ids: Vec<ExternalId>,
    pub name: Option<String>,
    /// Shown only; it changes and identifies nobody.
    pub username: Option<String>,
    /// With its `+` and country code; missing where the customer hides it.
    pub phone: Option<String>,
}

/// What a provider tells about somebody when asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub name: Option<String>,
    pub username: Option<String>,
    pub picture: Option<FileRef>,
}

impl Actor {
    /// What to call them: the name, else the username, else the phone number, else the id.
    #[must_use]
    pub fn display_name(&self) -> &str {
        let named = [&self.name, &self.username, &self.phone].into_iter().flatten().find(|name| !name.is_empty());
        named.map_or_else(|| self.ids.first().map_or("Customer", |id| &id.0), String::as_str)
    }
}
