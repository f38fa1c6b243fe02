//! Signing in with a service account's key: a signed claim is changed for an access token that lasts about an hour.
//! <https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests>

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::timestamp::Timestamp;
use reqwest::{Method, Url};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use serde_json::json;

use super::settings::Settings;
use crate::error::{ChannelError, Scope};
use crate::http::{Answer, Ask, Body, Http, Proof};
use crate::settings::{Fields, SettingsError};
use crate::signature::sha256;
use crate::words::{Words, present};

pub(super) const FIELD: &str = "service_account";
/// Longest part of Google's own words we pass on, in characters.
const DETAIL_MAX: usize = 300;
/// A claim may be as old as this.
const CLAIM_SECONDS: i64 = 3_600;
/// So long before its end a token is renewed.
const EARLY: Duration = Duration::from_secs(5 * 60);

/// Who signs in, and the key that proves it.
pub(super) struct ServiceAccount {
    email: String,
    key: RsaKeyPair,
    /// Google's name of the key.
    kid: Option<String>,
    token_url: Url,
    key_id: String,
}

/// The file that Google hands out.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    private_key_id: Option<String>,
    token_uri: Option<String>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Option<Words>,
    error_description: Option<Words>,
}

impl ServiceAccount {
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let wrong = |problem: &str| SettingsError::new(FIELD, problem);
        let file: serde_json::Value = serde_json::from_str(text)
            .map_err(|_| wrong("is no JSON: it must be the whole key file, from { to }, of a service account"))?;
        let file: KeyFile = serde_json::from_value(file).map_err(|_| {
            wrong("is JSON, but no key file of a service account: client_email or private_key is missing")
        })?;
        let token_uri = file.token_uri.unwrap_or_else(|| "https://oauth2.googleapis.com/token".into());
        let key = der(&file.private_key).and_then(|der| RsaKeyPair::from_pkcs8(&der).ok());
        Ok(Self {
            key: key.ok_or_else(|| SettingsError::new(FIELD, "has a private key that cannot be used"))?,
            token_url: Fields::url(FIELD, &token_uri)?,
            key_id: hex::encode(&sha256(text.as_bytes())[..8]),
            email: file.client_email,
            kid: file.private_key_id,
        })
    }

    /// Tells this key from any other, and tells nothing of it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The claim, signed: a JSON Web Token.
    fn claim(&self, scope: &str, now: Timestamp) -> Option<String> {
        let issued = now.0 / 1_000;
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(kid) = &self.kid {
            header["kid"] = kid.as_str().into();
        }
        let claims = json!({
            "iss": self.email, "scope": scope, "aud": self.token_url.as_str(), "iat": issued,
            "exp": issued + CLAIM_SECONDS,
        });
        let written = |part: &serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let text = format!("{}.{}", written(&header), written(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).ok()?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccount").field("email", &self.email).finish_non_exhaustive()
    }
}

/// From when on a token is got anew.
pub(super) fn due_at(settings: &Settings) -> Timestamp {
    settings.token.as_ref().map_or(Timestamp(0), |token| token.expires_at.minus(EARLY))
}

/// The settings that hold a new token.
pub(super) async fn renew(settings: &Settings, http: &Http, now: Timestamp) -> Result<Option<String>, ChannelError> {
    let account = &settings.service_account;
    let unsigned = || ChannelError::Rejected { detail: "The service account's key does not sign.".into() };
    let claim = account.claim(settings.product.scope(), now).ok_or_else(unsigned)?;
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned();
    let form = vec![("grant_type".into(), grant), ("assertion".into(), claim)];
    let url = account.token_url.clone();
    let answer = http.ask(Ask { method: Method::POST, url, proof: Proof::None, body: Body::Form(form) }).await;
    let answer = answer.map_err(ChannelError::of_repeatable)?;
    let granted: Granted = match answer.status {
        200..=299 => answer.json().filter(|granted: &Granted| is_token(&granted.access_token)),
        400 | 401 | 403 => return Err(refused(&answer)),
        429 => return Err(ChannelError::RateLimited { retry_after: answer.retry_after, scope: Scope::Channel }),
        _ => None,
    }
    .ok_or_else(|| ChannelError::Transient { detail: format!("It answered with status {}.", answer.status) })?;
    let lasts = Duration::from_secs(u64::try_from(granted.expires_in).unwrap_or_default());
    let changes = json!({
        "access_token": granted.access_token,
        "access_token_expires_at": now.plus(lasts).0.to_string(),
        "access_token_of": account.key_id,
    });
    Ok(Some(changes.to_string()))
}

/// What is wrong with the key, as far as Google says.
/// <https://developers.google.com/identity/protocols/oauth2/service-account#error-codes>
fn refused(answer: &Answer) -> ChannelError {
    let Refusal { error, error_description } = answer.json().unwrap_or_default();
    let (code, words) = (present(error.as_ref()), present(error_description.as_ref()));
    let said: Option<String> = words.or(code).map(|said| said.trim_end_matches('.').chars().take(DETAIL_MAX).collect());
    let said = said.map_or_else(|| format!("status {}", answer.status), |said| format!("\"{said}\""));
    if words.is_some_and(|words| words.contains("iat and exp")) {
        let detail = format!("Google says {said}: this server's clock may be wrong.");
        return ChannelError::Transient { detail };
    }
    let why = match code {
        Some("invalid_grant") => {
            ": the key or its service account was deleted or disabled, or the file was changed. Make a new key"
        }
        Some("unauthorized_client" | "access_denied" | "invalid_scope") => {
            ": this service account may not send for the agent. Make the key in the Business Communications Console"
        }
        _ => "",
    };
    ChannelError::SettingRefused { field: FIELD.into(), rule: format!("is refused by Google, which says {said}{why}") }
}

/// What may stand in a header, and can be kept.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What is between the lines of a PEM file.
fn der(pem: &str) -> Option<Vec<u8>> {
    let inner = pem.split_once("-----BEGIN PRIVATE KEY-----")?.1.split_once("-----END PRIVATE KEY-----")?.0;
    let inner: String = inner.split_whitespace().collect();
    STANDARD.decode(inner).ok()
}

#[cfg(test)]
mod tests {
    use domain::timestamp::Timestamp;
    use serde_json::{Value, json};

    use super::ServiceAccount;

    const KEY: &str = include_str!("../../fixtures/google/service_account.json");

    #[test]
    fn the_claim_is_signed_to_the_letter_as_nodes_own_crypto_does() {
        let account = ServiceAccount::parse(KEY).expect("a good key");
        let claim = account.claim("https://www.googleapis.com/auth/rcsbusinessmessaging", Timestamp(1_795_300_060_000));
        assert_eq!(claim.as_deref(), Some(include_str!("../../fixtures/google/claim.jwt").trim_end()));
    }

    #[test]
    fn a_key_that_cannot_be_used_is_refused_and_none_is_printed() {
        let with = |field: &str, value: Value| {
            let mut key: Value = serde_json::from_str(KEY).expect("the fixture is JSON");
            key[field] = value;
            ServiceAccount::parse(&key.to_string()).map(drop).map_err(|error| error.to_string())
        };
        let no_json = ServiceAccount::parse("MIIEvQIBADANBg").map(drop).map_err(|error| error.to_string());
        let words = "service_account is no JSON: it must be the whole key file, from { to }, of a service account";
        assert_eq!(no_json, Err(words.into()));
        let words =
            "service_account is JSON, but no key file of a service account: client_email or private_key is missing";
        assert_eq!(with("client_email", Value::Null), Err(words.into()));
        let unusable = Err("service_account has a private key that cannot be used".to_owned());
        assert_eq!(
            with("private_key", json!("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n")),
            unusable
        );
        assert_eq!(with("private_key", json!("x")), unusable);
        assert_eq!(
            with("token_uri", json!("http://example.com")),
            Err("service_account must start with https://".into())
        );
        assert_eq!(with("token_uri", Value::Null), Ok(()));
        let printed = format!("{:?}", ServiceAccount::parse(KEY).expect("a good key"));
        assert!(printed.contains("desk@acme") && !printed.contains("PRIVATE"), "{printed}");
    }
}
