//! What one account of X needs to know, checked at the door.

use domain::timestamp::Timestamp;
use reqwest::Url;

use crate::settings::{Fields, Secret, SettingsError};

const BASE_URL: &str = "https://api.x.com";
const SIGN_IN_URL: &str = "https://x.com/i/oauth2/authorize";

#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// Ours: whatever it wrote, we wrote.
    pub user_id: String,
    /// Any of them may sign; more than one only while a secret is being renewed. The first one answers.
    pub consumer_secrets: Vec<Secret>,
    pub access_token: Secret,
    pub access_token_expires_at: Option<Timestamp>,
    pub renewal: Option<Renewal>,
    /// The app's own token, which may say where deliveries go.
    pub bearer_token: Option<Secret>,
    pub base_url: Url,
}

/// What it takes to renew the access token. A refresh token is good once.
#[derive(Clone, Debug)]
pub(super) struct Renewal {
    pub refresh_token: Secret,
    pub client: Client,
}

/// The app, as OAuth 2.0 knows it.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub id: String,
    pub secret: Option<Secret>,
}

/// What is the app's, whoever signs in to it.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub consumer_secrets: Vec<Secret>,
    pub client: Option<Client>,
    pub bearer_token: Option<Secret>,
    pub base_url: Url,
    /// Where an account's owner lets the app in.
    pub sign_in_url: Url,
}

impl App {
    pub fn read(fields: &mut Fields) -> Result<Self, SettingsError> {
        let id = fields.text("client_id")?;
        let secret = fields.optional_secret("client_secret")?;
        Ok(Self {
            consumer_secrets: fields.secrets("consumer_secret")?,
            client: id.map(|id| Client { id, secret }),
            bearer_token: fields.optional_secret("bearer_token")?,
            base_url: fields.base_url("base_url", BASE_URL)?,
            sign_in_url: fields.base_url("sign_in_url", SIGN_IN_URL)?,
        })
    }
}

impl Settings {
    pub fn parse(settings: &str) -> Result<Self, SettingsError> {
        let mut fields = Fields::read(settings)?;
        let user_id = fields.required("user_id")?;
        if !is_number(&user_id) {
            return Err(SettingsError::new("user_id", "must be the account's number: digits only"));
        }
        let App { consumer_secrets, client, bearer_token, base_url, sign_in_url: _ } = App::read(&mut fields)?;
        let settings = Self {
            user_id,
            consumer_secrets,
            access_token: fields.secret("access_token")?,
            access_token_expires_at: moment(&mut fields)?,
            renewal: renewal(&mut fields, client)?,
            bearer_token,
            base_url,
        };
        fields.finish()?;
        Ok(settings)
    }

    /// An address of the API.
    pub fn url(&self, segments: &[&str]) -> Url {
        at(&self.base_url, segments)
    }

    /// An address of the API with a query.
    pub fn asking(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.url(segments);
        url.query_pairs_mut().extend_pairs(query);
        url
    }
}

/// An address of the API at `base_url`.
pub(super) fn at(base_url: &Url, segments: &[&str]) -> Url {
    let mut url = base_url.clone();
    url.path_segments_mut().expect("a base address with http has a path").pop_if_empty().extend(segments);
    url
}

pub(super) fn is_number(id: &str) -> bool {
    !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit())
}

fn moment(fields: &mut Fields) -> Result<Option<Timestamp>, SettingsError> {
    let field = "access_token_expires_at";
    let Some(seconds) = fields.text(field)? else { return Ok(None) };
    let seconds: i64 = seconds.parse().map_err(|_| SettingsError::new(field, "must be seconds since 1970"))?;
    Ok(Some(Timestamp(seconds.saturating_mul(1_000))))
}

fn renewal(fields: &mut Fields, client: Option<Client>) -> Result<Option<Renewal>, SettingsError> {
    match (fields.optional_secret("refresh_token")?, client) {
        (Some(refresh_token), Some(client)) => Ok(Some(Renewal { refresh_token, client })),
        (Some(_), None) => Err(SettingsError::new("client_id", "is missing, and the refresh token needs it")),
        (None, _) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Settings;

    fn with(field: &str, value: Value) -> Result<Settings, String> {
        let mut settings = json!({
            "user_id": "222", "consumer_secret": "consumer-secret", "access_token": "user-token", "client_id": "client",
            "client_secret": "client-secret", "refresh_token": "refresh-token", "bearer_token": "app-token",
        });
        settings[field] = value;
        Settings::parse(&settings.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn where_x_is_can_be_configured() {
        let url = |settings: Settings| settings.url(&["2", "users", "me"]).to_string();
        assert_eq!(url(with("base_url", Value::Null).expect("good settings")), "https://api.x.com/2/users/me");
        let other = with("base_url", json!("http://127.0.0.1:4010/x/")).expect("good settings");
        assert_eq!(url(other), "http://127.0.0.1:4010/x/2/users/me");
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let refused = |field, value| with(field, value).expect_err("must be refused");
        assert_eq!(refused("user_id", json!("@acme")), "user_id must be the account's number: digits only");
        assert_eq!(refused("consumer_secret", Value::Null), "consumer_secret is missing");
        assert_eq!(refused("client_id", Value::Null), "client_id is missing, and the refresh token needs it");
        assert_eq!(
            refused("access_token_expires_at", json!("tomorrow")),
            "access_token_expires_at must be seconds since 1970"
        );
        assert_eq!(refused("tag", json!("x")), "tag is not a setting of this kind of channel");
    }

    #[test]
    fn an_app_without_a_refresh_token_is_good_for_as_long_as_its_token() {
        assert!(with("refresh_token", Value::Null).expect("good settings").renewal.is_none());
    }

    #[test]
    fn a_secret_is_never_printed() {
        let printed = format!("{:?}", with("base_url", Value::Null).expect("good settings"));
        let secrets = ["consumer-secret", "user-token", "client-secret", "refresh-token", "app-token"];
        assert!(!secrets.iter().any(|secret| printed.contains(secret)), "{printed}");
    }
}
