//! What one WhatsApp channel needs to know, checked at the door.

use domain::timestamp::Timestamp;

use crate::adapter::TOKEN_ENDS;
use crate::meta::errors::GraphError;
use crate::meta::graph::Graph;
use crate::settings::{Fields, Secret, SettingsError};

const BASE_URL: &str = "https://graph.facebook.com";
const LIST_LABEL: &str = "Choose";
/// The button that opens a list takes this many characters.
const LIST_LABEL_MAX: usize = 20;

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub phone_number_id: String,
    /// The account that the number and its templates belong to.
    pub business_account_id: Option<String>,
    /// Asked by the right of the system user.
    pub graph: Graph,
    /// Any of them may sign; more than one only while a secret is being renewed.
    pub app_secrets: Vec<Secret>,
    pub verify_token: Secret,
    /// When the access token ends, as Meta said when it was last asked; `None` for never or not known.
    pub token_ends: Option<Timestamp>,
    /// The words on the button that opens a list of choices.
    pub list_label: String,
}

impl Settings {
    pub fn parse(settings: &str) -> Result<Self, SettingsError> {
        let mut fields = Fields::read(settings)?;
        let phone_number_id = fields.required("phone_number_id")?;
        if !is_number(&phone_number_id) {
            return Err(SettingsError::new("phone_number_id", "must be Meta's id of the number: digits only"));
        }
        let business_account_id = fields.text("business_account_id")?;
        if !business_account_id.as_deref().is_none_or(is_number) {
            return Err(SettingsError::new("business_account_id", "must be Meta's id of the account: digits only"));
        }
        let graph = Graph::read(&mut fields, BASE_URL, GraphError::classify)?;
        let list_label = fields.text("list_label")?.unwrap_or_else(|| LIST_LABEL.into());
        if list_label.chars().count() > LIST_LABEL_MAX {
            return Err(SettingsError::new("list_label", format!("must have at most {LIST_LABEL_MAX} characters")));
        }
        let settings = Self {
            graph,
            phone_number_id,
            business_account_id,
            app_secrets: fields.secrets("app_secret")?,
            verify_token: fields.secret("verify_token")?,
            token_ends: fields.text(TOKEN_ENDS)?.as_deref().map(moment).transpose()?,
            list_label,
        };
        fields.finish()?;
        Ok(settings)
    }
}

/// Seconds since 1970, as Meta says it.
fn moment(text: &str) -> Result<Timestamp, SettingsError> {
    let wrong = |_| SettingsError::new(TOKEN_ENDS, "must be seconds since 1970");
    text.parse::<u32>().map(|seconds| Timestamp(i64::from(seconds) * 1_000)).map_err(wrong)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Settings;

    fn with(field: &str, value: Value) -> Result<Settings, String> {
        let mut settings = json!({
            "phone_number_id": "801000000000002",
            "access_token": "EAAtoken",
            "app_secret": "app-secret",
            "verify_token": "verify-token",
        });
        settings[field] = value;
        Settings::parse(&settings.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_meta_is_called_by_default_can_be_configured() {
        let url = |settings: Settings| settings.graph.at(&["801000000000002", "messages"]).to_string();
        let default = with("base_url", Value::Null).expect("good settings");
        assert_eq!(url(default), "https://graph.facebook.com/v26.0/801000000000002/messages");
        let other = with("base_url", json!("http://127.0.0.1:4010/graph/")).expect("good settings");
        assert_eq!(url(other), "http://127.0.0.1:4010/graph/v26.0/801000000000002/messages");
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let refused = |field, value| with(field, value).expect_err("must be refused");
        assert_eq!(
            refused("phone_number_id", json!("+1555")),
            "phone_number_id must be Meta's id of the number: digits only"
        );
        assert_eq!(
            refused("business_account_id", json!("Acme")),
            "business_account_id must be Meta's id of the account: digits only"
        );
        assert_eq!(refused("access_token", json!("  ")), "access_token is missing");
        assert_eq!(refused("access_token", json!(7)), "access_token must be text in quotes");
        assert_eq!(refused("app_secret", json!([])), "app_secret must be text in quotes, or a list of such");
        assert_eq!(refused("graph_version", json!("26")), "graph_version must look like v26.0");
        assert_eq!(refused("base_url", json!("http://example.com")), "base_url must start with https://");
        assert_eq!(refused("acces_token", json!("x")), "acces_token is not a setting of this kind of channel");
    }

    #[test]
    fn two_app_secrets_are_good_while_one_is_renewed() {
        assert_eq!(with("app_secret", json!(["new", "old"])).expect("good settings").app_secrets.len(), 2);
    }

    #[test]
    fn a_secret_is_never_printed() {
        let settings = with("base_url", Value::Null).expect("good settings");
        let printed = format!("{settings:?}");
        assert!(!["EAAtoken", "app-secret", "verify-token"].iter().any(|secret| printed.contains(secret)));
        let broken = Settings::parse(r#"{"access_token": "EAAtoken" "#).expect_err("must be refused").to_string();
        assert!(!broken.contains("EAAtoken"), "{broken}");
    }
}
