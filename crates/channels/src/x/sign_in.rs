//! Signing in with an account of X: its owner lets the app in on X's own page, and what X sends back with the browser is
//! changed for the account's tokens. OAuth 2.0 with PKCE, so that what the browser carries is worth nothing alone.
//! <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::timestamp::Timestamp;
use reqwest::Url;
use serde::Deserialize;

use super::send::whose;
use super::settings::{App, Client};
use super::tokens::{Granted, asking};
use crate::error::ChannelError;
use crate::http::{Answer, Http};
use crate::settings::{Fields, Secret, SettingsError};
use crate::signature::sha256;
use crate::words::{Words, present};

/// The settings it fills in.
pub const FILLED: [&str; 4] = ["user_id", "access_token", "refresh_token", "access_token_expires_at"];

/// The settings that it needs and a channel with pasted tokens may be without.
pub const NEEDED: [&str; 1] = ["client_id"];

/// What the account lets the app do.
const SCOPES: &str = "dm.read dm.write tweet.read users.read media.write offline.access";

/// Longest part of X's own words we pass on, in characters.
const DETAIL_MAX: usize = 300;

/// An app that an account's owner may let in.
#[derive(Debug)]
pub struct SignIn {
    client: Client,
    base_url: Url,
    sign_in_url: Url,
}

/// Who signed in, and the settings that follow from it.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub user_id: String,
    pub username: String,
    /// A JSON object.
    pub changes: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Option<Words>,
    error_description: Option<Words>,
}

impl SignIn {
    /// Reads the app's part of a channel's settings document; what signing in fills in may be missing.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str) -> Result<Self, SettingsError> {
        let mut fields = Fields::read(settings)?;
        let app = App::read(&mut fields)?;
        for filled in FILLED {
            fields.text(filled)?;
        }
        fields.finish()?;
        let client =
            app.client.ok_or_else(|| SettingsError::new("client_id", "is missing, and signing in needs it"))?;
        Ok(Self { client, base_url: app.base_url, sign_in_url: app.sign_in_url })
    }

    /// Where the account's owner lets the app in. X sends them to `callback` then, with `state` as it is. The `verifier`
    /// is 43 to 128 letters and digits, and stays here.
    #[must_use]
    pub fn address(&self, callback: &Url, state: &str, verifier: &str) -> Url {
        let mut url = self.sign_in_url.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", callback.as_str())
            .append_pair("scope", SCOPES)
            .append_pair("state", state)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())))
            .append_pair("code_challenge_method", "S256");
        url
    }

    /// Changes what came back with the browser for the account's tokens, and asks whose they are.
    ///
    /// # Errors
    /// X refuses the code or the app, in its words, or cannot be asked.
    pub async fn exchange(
        &self,
        http: &Http,
        callback: &Url,
        code: &str,
        verifier: &str,
        now: Timestamp,
    ) -> Result<SignedIn, ChannelError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", callback.as_str()),
            ("code_verifier", verifier),
        ];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let answer = http.ask(asking(&self.base_url, &self.client, form)).await.map_err(ChannelError::of_repeatable)?;
        if !answer.is_success() {
            return Err(refused(&answer));
        }
        let none = || ChannelError::Transient { detail: "X gave no token.".into() };
        let granted: Granted = answer.json().ok_or_else(none)?;
        let token = present(granted.access_token.as_ref()).and_then(Secret::given).ok_or_else(none)?;
        let (user_id, username) = whose(http, &self.base_url, &token).await?;
        let mut changes = granted.changes(now).ok_or_else(none)?;
        changes["user_id"] = user_id.as_str().into();
        Ok(SignedIn { user_id, username, changes: changes.to_string() })
    }
}

/// X's own words: they tell a wrong client secret from a code that is too old.
fn refused(answer: &Answer) -> ChannelError {
    let Refusal { error, error_description } = answer.json().unwrap_or_default();
    let words = present(error_description.as_ref()).or(present(error.as_ref()));
    let words: Option<String> = words.map(|words| words.trim_end_matches('.').chars().take(DETAIL_MAX).collect());
    let detail = match words {
        Some(words) => format!("X says: {words}."),
        None => format!("X answered with status {}.", answer.status),
    };
    if answer.status < 500 { ChannelError::Rejected { detail } } else { ChannelError::Transient { detail } }
}
