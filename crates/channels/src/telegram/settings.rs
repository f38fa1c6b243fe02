//! What one bot needs to know, checked at the door.

use reqwest::Url;

use crate::settings::{Fields, Secret, SettingsError};

const BASE_URL: &str = "https://api.telegram.org";
/// <https://core.telegram.org/bots/api#setwebhook>
const WEBHOOK_SECRET_MAX: usize = 256;

#[derive(Clone, Debug)]
pub(super) struct Settings {
    bot_token: Secret,
    pub webhook_secret: Secret,
    pub base_url: Url,
}

impl Settings {
    pub fn parse(settings: &str) -> Result<Self, SettingsError> {
        let mut fields = Fields::read(settings)?;
        let bot_token = fields.secret("bot_token")?;
        if !is_bot_token(bot_token.expose()) {
            return Err(SettingsError::new("bot_token", "must look like 123456:ABC-DEF, as @BotFather wrote it"));
        }
        let webhook_secret = fields.secret("webhook_secret")?;
        if webhook_secret.expose().len() > WEBHOOK_SECRET_MAX || !webhook_secret.expose().bytes().all(is_token_letter) {
            return Err(SettingsError::new("webhook_secret", "must be 1 to 256 letters, digits, _ or -"));
        }
        let base_url = fields.base_url("base_url", BASE_URL)?;
        fields.finish()?;
        Ok(Self { bot_token, webhook_secret, base_url })
    }

    /// Where a method of the API is called. It holds the token: it is never logged and no error tells it.
    pub fn method_url(&self, method: &str) -> Url {
        self.below_base(&[&self.bot(), method])
    }

    /// Where a file is that `getFile` named, with the token as well.
    pub fn file_url(&self, path: &str) -> Url {
        let bot = self.bot();
        let segments: Vec<&str> = ["file", &bot].into_iter().chain(path.split('/')).collect();
        self.below_base(&segments)
    }

    /// The bot's number among Telegram's users, with which its token begins.
    pub fn bot_id(&self) -> Option<i64> {
        self.bot_token.expose().split_once(':').and_then(|(id, _)| id.parse().ok())
    }

    fn bot(&self) -> String {
        format!("bot{}", self.bot_token.expose())
    }

    fn below_base(&self, segments: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        url.path_segments_mut().expect("a base address with http has a path").pop_if_empty().extend(segments);
        url
    }
}

fn is_bot_token(token: &str) -> bool {
    token.split_once(':').is_some_and(|(id, key)| {
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        is_id && !key.is_empty() && key.bytes().all(is_token_letter)
    })
}

const fn is_token_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Settings;

    fn with(field: &str, value: Value) -> Result<Settings, String> {
        let mut settings =
            json!({ "bot_token": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "webhook_secret": "hook" });
        settings[field] = value;
        Settings::parse(&settings.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn where_telegram_is_can_be_configured() {
        let url = |settings: Settings| settings.method_url("getMe").to_string();
        let token = "bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
        let default = with("base_url", Value::Null).expect("good settings");
        assert_eq!(url(default), format!("https://api.telegram.org/{token}/getMe"));
        let other = with("base_url", json!("http://127.0.0.1:8081/here/")).expect("good settings");
        assert_eq!(url(other), format!("http://127.0.0.1:8081/here/{token}/getMe"));
    }

    #[test]
    fn a_file_never_leads_out_of_the_bots_folder() {
        let settings = with("base_url", Value::Null).expect("good settings");
        let start = "https://api.telegram.org/file/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/";
        assert_eq!(settings.file_url("photos/file_1.jpg").as_str(), format!("{start}photos/file_1.jpg"));
        assert!(settings.file_url("../../../secret?x#y").as_str().starts_with(start));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let refused = |field, value| with(field, value).expect_err("must be refused");
        let form = "bot_token must look like 123456:ABC-DEF, as @BotFather wrote it";
        for token in ["AAHdqTcv", ":AAHdqTcv", "110201543:", "110201543:AA/../x", "11020a543:AAHd"] {
            assert_eq!(refused("bot_token", json!(token)), form);
        }
        assert_eq!(refused("bot_token", Value::Null), "bot_token is missing");
        assert_eq!(
            refused("webhook_secret", json!("with:colon")),
            "webhook_secret must be 1 to 256 letters, digits, _ or -"
        );
        assert!(with("webhook_secret", json!("x".repeat(256))).is_ok());
        assert!(with("webhook_secret", json!("x".repeat(257))).is_err());
        assert_eq!(refused("chat", json!("x")), "chat is not a setting of this kind of channel");
    }

    #[test]
    fn a_secret_is_never_printed() {
        let printed = format!("{:?}", with("base_url", Value::Null).expect("good settings"));
        assert!(!printed.contains("AAHdqTcv") && !printed.contains("\"hook\""), "{printed}");
    }
}
