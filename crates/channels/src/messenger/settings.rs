//! What one Messenger channel needs to know, checked at the door.

use crate::meta::graph::Graph;
use crate::meta::messaging;
use crate::settings::{Fields, Secret, SettingsError};

const BASE_URL: &str = "https://graph.facebook.com";

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub page_id: String,
    /// Asked by the page's own right.
    pub graph: Graph,
    /// Any of them may sign; more than one only while a secret is being renewed.
    pub app_secrets: Vec<Secret>,
    pub verify_token: Secret,
}

impl Settings {
    pub fn parse(settings: &str) -> Result<Self, SettingsError> {
        let mut fields = Fields::read(settings)?;
        let page_id = fields.required("page_id")?;
        if !page_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SettingsError::new("page_id", "must be Meta's id of the page: digits only"));
        }
        let settings = Self {
            page_id,
            graph: Graph::read(&mut fields, BASE_URL, messaging::meaning_on_messenger)?,
            app_secrets: fields.secrets("app_secret")?,
            verify_token: fields.secret("verify_token")?,
        };
        fields.finish()?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Settings;

    fn with(field: &str, value: Value) -> Result<Settings, String> {
        let mut settings = json!({
            "page_id": "600000000000001",
            "access_token": "EAAtoken",
            "app_secret": "app-secret",
            "verify_token": "verify-token",
        });
        settings[field] = value;
        Settings::parse(&settings.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let refused = |field, value| with(field, value).expect_err("must be refused");
        assert_eq!(refused("page_id", json!("Acme")), "page_id must be Meta's id of the page: digits only");
        assert_eq!(refused("page_id", Value::Null), "page_id is missing");
        assert_eq!(refused("access_token", json!("  ")), "access_token is missing");
        assert_eq!(refused("app_secret", json!([])), "app_secret must be text in quotes, or a list of such");
        assert_eq!(refused("graph_version", json!("26")), "graph_version must look like v26.0");
        assert_eq!(refused("base_url", json!("http://example.com")), "base_url must start with https://");
        assert_eq!(refused("pageid", json!("x")), "pageid is not a setting of this kind of channel");
    }

    #[test]
    fn a_secret_is_never_printed() {
        let printed = format!("{:?}", with("base_url", Value::Null).expect("good settings"));
        assert!(!["EAAtoken", "app-secret", "verify-token"].iter().any(|secret| printed.contains(secret)));
    }
}
