//! What one SMS channel needs to know, checked at the door.

use reqwest::Url;

use crate::error::ChannelError;
use crate::http::Proof;
use crate::settings::{Fields, Secret, SettingsError};

const BASE_URL: &str = "https://api.twilio.com";
const API_VERSION: &str = "2010-04-01";
/// Templates have a host of their own. <https://www.twilio.com/docs/content/content-api-resources>
const CONTENT_URL: &str = "https://content.twilio.com";
const CONTENT_VERSION: &str = "v1";

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub account_sid: String,
    /// Any of them may sign; more than one only while a token is being renewed. The first is the one in use.
    pub auth_tokens: Vec<Secret>,
    /// What is asked with instead of the auth token, if there is one.
    api_key: Option<ApiKey>,
    pub sender: Sender,
    /// The sender has RCS, beside SMS or alone.
    pub rcs: bool,
    pub base_url: Url,
    /// Where the templates are.
    content_url: Url,
}

#[derive(Clone, Debug)]
struct ApiKey {
    sid: String,
    secret: Secret,
}

/// Whom the customer sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// A number, or the address of a sender on another of Twilio's channels: `rcs:acme`.
    Address(String),
    /// A Messaging Service, which picks one.
    Service(String),
}

impl Settings {
    pub fn parse(settings: &str) -> Result<Self, SettingsError> {
        let mut fields = Fields::read(settings)?;
        let account_sid = fields.required("account_sid")?;
        if !is_sid(&account_sid, "AC") {
            return Err(SettingsError::new("account_sid", "must be AC and 32 digits or letters from a to f"));
        }
        let base_url = fields.base_url("base_url", BASE_URL)?;
        let content_url = fields.base_url("content_url", content_host(&base_url))?;
        let sender = sender(&fields.required("sender")?)?;
        let settings = Self {
            account_sid,
            auth_tokens: fields.secrets("auth_token")?,
            api_key: api_key(&mut fields)?,
            rcs: has_rcs(&mut fields, &sender)?,
            sender,
            base_url,
            content_url,
        };
        fields.finish()?;
        Ok(settings)
    }

    /// The address of something in the account.
    pub fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        let mut segments = url.path_segments_mut().expect("only addresses of servers were let in");
        segments.pop_if_empty().extend([API_VERSION, "Accounts"]).extend(path);
        drop(segments);
        url
    }

    /// The address of something about templates.
    pub fn content_url(&self, path: &[&str]) -> Url {
        let mut url = self.content_url.clone();
        let mut segments = url.path_segments_mut().expect("only addresses of servers were let in");
        segments.pop_if_empty().push(CONTENT_VERSION).extend(path);
        drop(segments);
        url
    }

    /// The address of something that belongs to the account.
    pub fn url_within(&self, path: &[&str]) -> Url {
        let path: Vec<&str> = std::iter::once(self.account_sid.as_str()).chain(path.iter().copied()).collect();
        self.url(&path)
    }

    /// What we ask with.
    pub fn credential(&self) -> Credential<'_> {
        match &self.api_key {
            Some(ApiKey { sid, secret }) => {
                Credential { proof: Proof::Basic { user: sid, password: secret }, is_of_account: false }
            }
            None => self.credential_of_account(),
        }
    }

    /// As [`Settings::credential`], always the auth token: only it may ask about the account, and only it signs.
    pub fn credential_of_account(&self) -> Credential<'_> {
        let password = self.auth_tokens.first().expect("a list of secrets is never empty");
        Credential { proof: Proof::Basic { user: &self.account_sid, password }, is_of_account: true }
    }
}

/// How we prove who we are.
#[derive(Clone, Copy)]
pub(super) struct Credential<'a> {
    pub proof: Proof<'a>,
    is_of_account: bool,
}

impl Credential<'_> {
    /// Twilio did not take it: the setting that is wrong. Twilio does not tell an id from its secret.
    pub fn refused(self) -> ChannelError {
        let (field, rule) = if self.is_of_account {
            ("auth_token", "is not accepted by Twilio: it is wrong, or of another account than the account SID")
        } else {
            (
                "api_secret",
                "is not accepted by Twilio: it is wrong, of another key than the API key SID, or was revoked",
            )
        };
        ChannelError::SettingRefused { field: field.into(), rule: rule.into() }
    }
}

/// Whoever stands before Twilio stands before all of it.
fn content_host(base_url: &Url) -> &str {
    let is_twilio = base_url.host_str().is_some_and(|host| host == "twilio.com" || host.ends_with(".twilio.com"));
    if is_twilio { CONTENT_URL } else { base_url.as_str() }
}

fn api_key(fields: &mut Fields) -> Result<Option<ApiKey>, SettingsError> {
    let Some(sid) = fields.text("api_key")? else {
        return match fields.text("api_secret")? {
            Some(_) => Err(SettingsError::new("api_key", "is missing")),
            None => Ok(None),
        };
    };
    if !is_sid(&sid, "SK") {
        return Err(SettingsError::new("api_key", "must be SK and 32 digits or letters from a to f"));
    }
    Ok(Some(ApiKey { sid, secret: fields.secret("api_secret")? }))
}

/// However a number is written, Twilio names it with a plus and digits alone.
fn sender(text: &str) -> Result<Sender, SettingsError> {
    if is_sid(text, "MG") {
        return Ok(Sender::Service(text.into()));
    }
    if text
        .strip_prefix("rcs:")
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()))
    {
        return Ok(Sender::Address(text.into()));
    }
    let number: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '.' | '(' | ')')).collect();
    let digits = number.strip_prefix('+').unwrap_or(&number);
    let lengths = if digits.len() == number.len() { 3..=8 } else { 7..=15 };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !lengths.contains(&digits.len()) {
        let rule = "must be a number with its + and country code, a short code, or a Messaging Service's SID: MG and 32 \
                    digits or letters from a to f";
        return Err(SettingsError::new("sender", rule));
    }
    Ok(Sender::Address(number))
}

/// An address is of one of Twilio's channels; what a Messaging Service has, only its owner says.
fn has_rcs(fields: &mut Fields, sender: &Sender) -> Result<bool, SettingsError> {
    let is_rcs = matches!(sender, Sender::Address(address) if address.starts_with("rcs:"));
    match (fields.text("rcs")?.as_deref(), sender) {
        (None | Some("no"), _) => Ok(is_rcs),
        (Some("yes"), Sender::Service(_)) => Ok(true),
        (Some("yes"), Sender::Address(_)) if is_rcs => Ok(true),
        (Some("yes"), Sender::Address(_)) => Err(SettingsError::new("rcs", "is for a Messaging Service as the sender")),
        (Some(_), _) => Err(SettingsError::new("rcs", "must be yes or no")),
    }
}

/// Twilio's ids: what it is, and 32 hexadecimal digits.
fn is_sid(text: &str, kind: &str) -> bool {
    text.strip_prefix(kind).is_some_and(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Sender, Settings};

    fn with(field: &str, value: Value) -> Result<Settings, String> {
        let mut settings = json!({
            "account_sid": "AC00000000000000000000000000000001",
            "auth_token": "auth-token",
            "sender": "+15550001111",
        });
        settings[field] = value;
        Settings::parse(&settings.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_may_be_written_as_people_do() {
        let sender = |text: &str| with("sender", json!(text)).map(|settings| settings.sender);
        let address = |text: &str| Ok(Sender::Address(text.into()));
        assert_eq!(sender("+1 (555) 000-1111"), address("+15550001111"));
        assert_eq!(sender("12345"), address("12345"));
        assert_eq!(sender("rcs:acme_agent"), address("rcs:acme_agent"));
        let service = "MG00000000000000000000000000000002";
        assert_eq!(sender(service), Ok(Sender::Service(service.into())));
        for bad in
            ["5550001111", "+1", "Acme", "MG1", "+1555000111122223", "+1555abc0000", "rcs:", "whatsapp:+15550001111"]
        {
            assert!(sender(bad).is_err_and(|words| words.starts_with("sender must be")), "{bad}");
        }
    }

    #[test]
    fn only_who_says_so_has_rcs_beside_sms() {
        let rcs = |sender: &str, rcs: Value| {
            let settings = json!({
                "account_sid": "AC00000000000000000000000000000001", "auth_token": "auth-token", "sender": sender, "rcs": rcs,
            });
            Settings::parse(&settings.to_string()).map(|settings| settings.rcs).map_err(|error| error.to_string())
        };
        let service = "MG00000000000000000000000000000002";
        assert_eq!(rcs(service, Value::Null), Ok(false));
        assert_eq!((rcs(service, json!("no")), rcs(service, json!("yes"))), (Ok(false), Ok(true)));
        assert_eq!(rcs("rcs:acme_agent", Value::Null), Ok(true));
        assert_eq!(rcs("+15550001111", Value::Null), Ok(false));
        let refused = Err("rcs is for a Messaging Service as the sender".into());
        assert_eq!(rcs("+15550001111", json!("yes")), refused);
        assert_eq!(rcs(service, json!("maybe")), Err("rcs must be yes or no".into()));
    }

    #[test]
    fn an_api_key_needs_its_secret_and_a_secret_its_key() {
        let key = "SK00000000000000000000000000000003";
        assert_eq!(with("api_key", json!(key)).map(drop), Err("api_secret is missing".into()));
        assert_eq!(with("api_secret", json!("s")).map(drop), Err("api_key is missing".into()));
        assert_eq!(
            with("api_key", json!("AC1")).map(drop),
            Err("api_key must be SK and 32 digits or letters from a to f".into())
        );
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let refused = |field, value| with(field, value).expect_err("must be refused");
        assert!(refused("account_sid", json!("AC1")).starts_with("account_sid must be AC"));
        assert_eq!(refused("auth_token", json!("")), "auth_token is missing");
        assert_eq!(refused("base_url", json!("http://example.com")), "base_url must start with https://");
        assert_eq!(refused("from", json!("x")), "from is not a setting of this kind of channel");
    }

    #[test]
    fn what_twilio_is_called_by_default_can_be_configured() {
        let url = |settings: Settings| settings.url_within(&["Messages.json"]).to_string();
        let path = "2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json";
        let default = with("base_url", Value::Null).expect("good settings");
        assert_eq!(url(default), format!("https://api.twilio.com/{path}"));
        let other = with("base_url", json!("http://127.0.0.1:4010/twilio/")).expect("good settings");
        assert_eq!(url(other), format!("http://127.0.0.1:4010/twilio/{path}"));
    }

    #[test]
    fn templates_are_on_a_host_of_their_own_unless_something_stands_before_twilio() {
        let url = |field, value: Value| {
            with(field, value).map(|settings| settings.content_url(&["Content"]).to_string()).expect("good settings")
        };
        let twilios = "https://content.twilio.com/v1/Content";
        assert_eq!(url("base_url", Value::Null), twilios);
        assert_eq!(url("base_url", json!("https://api.dublin.ie1.twilio.com")), twilios);
        assert_eq!(url("base_url", json!("http://127.0.0.1:4010/twilio/")), "http://127.0.0.1:4010/twilio/v1/Content");
        assert_eq!(url("content_url", json!("https://templates.example")), "https://templates.example/v1/Content");
    }

    #[test]
    fn a_secret_is_never_printed() {
        let settings = with("base_url", Value::Null).expect("good settings");
        assert!(!format!("{settings:?}").contains("auth-token"));
    }
}
