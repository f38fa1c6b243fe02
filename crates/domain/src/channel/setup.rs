//! The form by which a channel is connected: what to fill in, and where to find it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One thing to fill in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupField {
    /// The setting's name in the settings document.
    pub name: String,
    pub label: String,
    /// Where to find it, or what it is for.
    pub help: String,
    pub input: SetupInput,
    /// Whether a channel cannot be without it.
    pub is_required: bool,
    /// Shown only to who asks for more: gateways, tests, versions.
    pub is_advanced: bool,
}

/// The whole form of one kind of channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupForm {
    pub fields: Vec<SetupField>,
    /// The secrets that were made for it, by the field's name.
    pub made: BTreeMap<String, String>,
    /// Where one can sign in at the provider instead of filling in everything.
    pub sign_in: Option<SignInOffer>,
}

/// Signing in at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInOffer {
    /// The fields that it fills in.
    pub fills: Vec<String>,
    /// The fields that may be empty in a channel's settings, and without which nobody can sign in.
    pub needs: Vec<String>,
    /// The address that the provider sends the browser back to, and has to be told of beforehand.
    pub callback: String,
}

/// How it is filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupInput {
    Text,
    /// Goes in and never comes out.
    Secret,
    /// Several lines, and as secret: a key file.
    SecretLines,
    /// A secret that we make and the admin copies to the provider.
    Token,
    Address,
    /// Several texts, one on a line.
    Lines,
    /// One of these: the value, and what people read.
    OneOf(Vec<(String, String)>),
}

impl SetupField {
    /// A field that has to be filled in.
    #[must_use]
    pub fn required(name: &str, label: &str, input: SetupInput, help: &str) -> Self {
        let (name, label, help) = (name.into(), label.into(), help.into());
        Self { name, label, help, input, is_required: true, is_advanced: false }
    }

    /// A field that may stay empty.
    #[must_use]
    pub fn optional(name: &str, label: &str, input: SetupInput, help: &str) -> Self {
        Self { is_required: false, ..Self::required(name, label, input, help) }
    }

    /// A field few people need.
    #[must_use]
    pub fn advanced(name: &str, label: &str, input: SetupInput, help: &str) -> Self {
        Self { is_advanced: true, ..Self::optional(name, label, input, help) }
    }

    /// Whether its value must never be shown again.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self.input, SetupInput::Secret | SetupInput::SecretLines | SetupInput::Token)
    }
}
