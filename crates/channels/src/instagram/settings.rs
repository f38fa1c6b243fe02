//! What one Instagram channel needs to know, checked at the door.

use std::time::{Duration, UNIX_EPOCH};

use domain::timestamp::Timestamp;

use crate::meta::graph::Graph;
use crate::meta::messaging;
use crate::settings::{Fields, Secret, SettingsError};

/// By which of Meta's two products the account is connected; each has a host, tokens and addresses of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// The account by itself. Its token ends after 60 days and can be renewed.
    Instagram,
    /// Through the Facebook page that the account is linked to, and with that page's token, which does not end.
    Facebook { page_id: String },
}

impl Login {
    const fn base_url(&self) -> &'static str {
        match self {
            Self::Instagram => "https://graph.instagram.com",
            Self::Facebook { .. } => "https://graph.facebook.com",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// The account, as deliveries name it.
    pub account_id: String,
    pub login: Login,
    /// Asked by the right of the account or of its page.
    pub graph: Graph,
    /// Any of them may sign: Meta gives an app one secret, and its Instagram product another.
    pub app_secrets: Vec<Secret>,
    pub verify_token: Secret,
    /// When the access token ends; `None` for never or not known.
    pub token_ends: Option<Timestamp>,
}

impl Settings {
    pub fn parse(settings: &str) -> Result<Self, SettingsError> {
        let mut fields = Fields::read(settings)?;
        let account_id = fields.required("account_id")?;
        check_id("account_id", "account", &account_id)?;
        let login = login(&mut fields)?;
        let settings = Self {
            account_id,
            graph: Graph::read(&mut fields, login.base_url(), messaging::meaning)?,
            login,
            app_secrets: fields.secrets("app_secret")?,
            verify_token: fields.secret("verify_token")?,
            token_ends: fields.text("access_token_expires_at")?.as_deref().map(moment).transpose()?,
        };
        fields.finish()?;
        Ok(settings)
    }

    /// Who speaks to customers, in the words of the product in use.
    pub fn from(&self) -> &str {
        match &self.login {
            Login::Instagram => &self.account_id,
            Login::Facebook { page_id } => page_id,
        }
    }
}

fn login(fields: &mut Fields) -> Result<Login, SettingsError> {
    let page_id = fields.text("page_id")?;
    match (fields.text("login")?.as_deref(), page_id) {
        (None | Some("instagram"), None) => Ok(Login::Instagram),
        (None | Some("instagram"), Some(_)) => {
            Err(SettingsError::new("page_id", "is for a login with Facebook; leave it empty for one with Instagram"))
        }
        (Some("facebook"), Some(page_id)) => {
            check_id("page_id", "page", &page_id)?;
            Ok(Login::Facebook { page_id })
        }
        (Some("facebook"), None) => Err(SettingsError::new("page_id", "is missing: a login with Facebook needs it")),
        (Some(_), _) => Err(SettingsError::new("login", "must be instagram or facebook")),
    }
}

fn check_id(field: &str, of: &str, id: &str) -> Result<(), SettingsError> {
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(SettingsError::new(field, format!("must be Meta's id of the {of}: digits only")))
}

/// A moment as HTTP writes it: people can read it, too.
fn moment(text: &str) -> Result<Timestamp, SettingsError> {
    let wrong = || {
        let problem = "must be a moment like Sun, 22 Nov 2026 10:00:00 GMT";
        SettingsError::new("access_token_expires_at", problem)
    };
    let at = httpdate::parse_http_date(text).map_err(|_| wrong())?;
    Ok(Timestamp(0).plus(at.duration_since(UNIX_EPOCH).map_err(|_| wrong())?))
}

/// The moment as the settings keep it, to the second.
pub(super) fn written(at: Timestamp) -> String {
    let since = at.since(Timestamp(0)).min(Duration::from_secs(253_402_300_799));
    httpdate::fmt_http_date(UNIX_EPOCH + since)
}

#[cfg(test)]
mod tests {
    use domain::timestamp::Timestamp;
    use serde_json::{Value, json};

    use super::{Login, Settings, written};

    fn with(changes: &Value) -> Result<Settings, String> {
        let mut settings = json!({
            "account_id": "17840000000000001",
            "access_token": "IGAAtoken",
            "app_secret": ["app-secret", "instagram-app-secret"],
            "verify_token": "verify-token",
        });
        for (field, value) in changes.as_object().expect("an object") {
            settings[field] = value.clone();
        }
        Settings::parse(&settings.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn each_login_speaks_to_its_own_host_and_in_its_own_name() {
        let url = |settings: &Settings| settings.graph.at(&[settings.from(), "messages"]).to_string();
        let alone = with(&json!({})).expect("good settings");
        assert_eq!(url(&alone), "https://graph.instagram.com/v26.0/17840000000000001/messages");
        let by_page = with(&json!({"login": "facebook", "page_id": "600000000000001"})).expect("good settings");
        assert_eq!(url(&by_page), "https://graph.facebook.com/v26.0/600000000000001/messages");
        assert_eq!(by_page.login, Login::Facebook { page_id: "600000000000001".into() });
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let refused = |changes| with(&changes).expect_err("must be refused");
        let id = refused(json!({"account_id": "@acme"}));
        assert_eq!(id, "account_id must be Meta's id of the account: digits only");
        assert_eq!(refused(json!({"login": "google"})), "login must be instagram or facebook");
        let page = refused(json!({"login": "facebook"}));
        assert_eq!(page, "page_id is missing: a login with Facebook needs it");
        let page = refused(json!({"page_id": "600000000000001"}));
        assert_eq!(page, "page_id is for a login with Facebook; leave it empty for one with Instagram");
        let moment = refused(json!({"access_token_expires_at": "soon"}));
        assert_eq!(moment, "access_token_expires_at must be a moment like Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(refused(json!({"acount_id": "1"})), "acount_id is not a setting of this kind of channel");
    }

    #[test]
    fn when_a_token_ends_is_kept_to_the_second() {
        let at = Timestamp(1_795_300_000_000);
        let kept = with(&json!({"access_token_expires_at": written(at)})).expect("good settings");
        assert_eq!(kept.token_ends, Some(at));
    }

    #[test]
    fn a_secret_is_never_printed() {
        let printed = format!("{:?}", with(&json!({})).expect("good settings"));
        assert!(!["IGAAtoken", "app-secret", "verify-token"].iter().any(|secret| printed.contains(secret)));
    }
}
