//! What one Google channel needs to know, checked at the door.

use domain::timestamp::Timestamp;
use reqwest::Url;

use super::sign_in::ServiceAccount;
use crate::settings::{Fields, Secret, SettingsError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    Rcs,
    BusinessMessages,
}

#[derive(Debug)]
pub(super) struct Settings {
    pub product: Product,
    pub agent_id: String,
    /// Any of them may sign; more than one only while a token is being renewed.
    pub client_tokens: Vec<Secret>,
    pub service_account: ServiceAccount,
    pub base_url: Url,
    /// The one in use, if it was got with this key.
    pub token: Option<Token>,
}

/// What we show Google for about an hour.
#[derive(Debug)]
pub(super) struct Token {
    pub access_token: Secret,
    pub expires_at: Timestamp,
}

impl Product {
    fn parse(word: &str) -> Result<Self, SettingsError> {
        match word {
            "rcs" => Ok(Self::Rcs),
            "business_messages" => Ok(Self::BusinessMessages),
            _ => Err(SettingsError::new("product", "must be rcs or business_messages")),
        }
    }

    /// What a token is asked for.
    pub const fn scope(self) -> &'static str {
        match self {
            Self::Rcs => "https://www.googleapis.com/auth/rcsbusinessmessaging",
            Self::BusinessMessages => "https://www.googleapis.com/auth/businessmessages",
        }
    }

    fn host(self, region: Option<&str>) -> Result<String, SettingsError> {
        match (self, region) {
            (Self::Rcs, Some(region @ ("us" | "europe" | "asia"))) => {
                Ok(format!("https://{region}-rcsbusinessmessaging.googleapis.com"))
            }
            (Self::Rcs, None) => Ok("https://rcsbusinessmessaging.googleapis.com".into()),
            (Self::BusinessMessages, None) => Ok("https://businessmessages.googleapis.com".into()),
            (Self::Rcs, Some(_)) => Err(SettingsError::new("region", "must be us, europe or asia")),
            (Self::BusinessMessages, Some(_)) => Err(SettingsError::new("region", "is nothing Business Messages has")),
        }
    }
}

impl Settings {
    pub fn parse(settings: &str) -> Result<Self, SettingsError> {
        let mut fields = Fields::read(settings)?;
        let product = Product::parse(&fields.text("product")?.unwrap_or_else(|| "rcs".into()))?;
        let agent_id = fields.required("agent_id")?;
        if !agent_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SettingsError::new("agent_id", "must be letters, digits and signs without blanks"));
        }
        let host = product.host(fields.text("region")?.as_deref())?;
        let client_tokens = fields.secrets("client_token")?;
        let service_account = ServiceAccount::parse(&fields.required("service_account")?)?;
        let settings = Self {
            product,
            agent_id,
            client_tokens,
            base_url: fields.base_url("base_url", &host)?,
            token: token(&mut fields, &service_account)?,
            service_account,
        };
        fields.finish()?;
        Ok(settings)
    }

    /// The address of something of the API's first version.
    pub fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        let mut segments = url.path_segments_mut().expect("only addresses of servers were let in");
        segments.pop_if_empty().push("v1").extend(path);
        drop(segments);
        url
    }
}

/// A token that was got with another key is none of ours any more.
fn token(fields: &mut Fields, account: &ServiceAccount) -> Result<Option<Token>, SettingsError> {
    let of = fields.text("access_token_of")?;
    let expires_at = fields.text("access_token_expires_at")?.and_then(|millis| millis.parse().ok()).map(Timestamp);
    let access_token = fields.optional_secret("access_token")?.filter(|_| of.as_deref() == Some(account.key_id()));
    Ok(access_token.zip(expires_at).map(|(access_token, expires_at)| Token { access_token, expires_at }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Settings;

    fn with(field: &str, value: Value) -> Result<Settings, String> {
        let mut settings = json!({
            "agent_id": "acme_agent@rbm.goog",
            "client_token": "client-token",
            "service_account": include_str!("../../fixtures/google/service_account.json"),
        });
        settings[field] = value;
        Settings::parse(&settings.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn where_google_is_follows_from_the_product_and_the_region() {
        let url = |field, value| with(field, value).map(|settings| settings.base_url.to_string());
        let at = |url: &str| Ok(url.to_owned());
        assert_eq!(url("region", Value::Null), at("https://rcsbusinessmessaging.googleapis.com/"));
        assert_eq!(url("region", json!("europe")), at("https://europe-rcsbusinessmessaging.googleapis.com/"));
        assert_eq!(url("product", json!("business_messages")), at("https://businessmessages.googleapis.com/"));
        assert_eq!(url("base_url", json!("http://127.0.0.1:4010")), at("http://127.0.0.1:4010/"));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let refused = |field, value| with(field, value).expect_err("must be refused");
        assert_eq!(refused("product", json!("chat")), "product must be rcs or business_messages");
        assert_eq!(refused("region", json!("mars")), "region must be us, europe or asia");
        assert_eq!(refused("agent_id", json!("a b")), "agent_id must be letters, digits and signs without blanks");
        assert_eq!(refused("client_token", json!("")), "client_token is missing");
        assert_eq!(refused("service_account", Value::Null), "service_account is missing");
        assert_eq!(refused("agent", json!("x")), "agent is not a setting of this kind of channel");
    }

    #[test]
    fn a_secret_is_never_printed() {
        let printed = format!("{:?}", with("region", Value::Null).expect("good settings"));
        assert!(!["client-token", "PRIVATE KEY"].iter().any(|secret| printed.contains(secret)), "{printed}");
    }
}
