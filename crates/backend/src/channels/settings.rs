//! What a channel needs to know: checked at the door, and shown without its secrets.

use std::collections::BTreeMap;

use ::channels::adapter;
use domain::channel::ChannelKind;
use domain::refused::Refused;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::connect;
use crate::error::Result;
use crate::tokens;

/// The settings of a web channel.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebSettings {
    /// The sites that may show the chat: `https://shop.example`, `https://*.shop.example`. None at all: every site.
    #[serde(default)]
    pub origins: Vec<String>,
    /// What the site signs its tokens with that say who its users are.
    #[serde(default)]
    pub secret: String,
}

/// The shortest secret that a site may bring along, in characters.
const SECRET_MIN: usize = 16;

impl WebSettings {
    /// Reads stored settings.
    pub(crate) fn read(settings: &str) -> Result<Self> {
        Ok(serde_json::from_str(settings)?)
    }

    fn check(settings: &str) -> std::result::Result<Self, Refused> {
        let mut web: Self = serde_json::from_str(settings).map_err(|error| {
            // Only the place: the words of the error may quote the secret.
            let place = format!("line {} column {}", error.line(), error.column());
            Refused::invalid("settings", &format!("must be a JSON object with origins and secret: mistake at {place}"))
        })?;
        web.origins = web.origins.iter().map(|origin| check_origin(origin)).collect::<std::result::Result<_, _>>()?;
        if web.secret.is_empty() {
            web.secret = tokens::new_token();
        }
        if web.secret.chars().count() < SECRET_MIN {
            return Err(Refused::invalid("secret", &format!("must have at least {SECRET_MIN} characters")));
        }
        Ok(web)
    }
}

/// The settings as they are stored, if they are good ones for this kind of channel.
pub(super) fn check(kind: ChannelKind, settings: &str, webhook: &Url) -> Result<String> {
    match kind {
        ChannelKind::Web => Ok(serde_json::to_string(&WebSettings::check(settings)?)?),
        kind => {
            adapter::open(kind, settings, webhook).map_err(|error| Refused::invalid(&error.field, &error.problem))?;
            Ok(settings.into())
        }
    }
}

/// `changes` that take the end of the old access token along where they bring another one.
pub(super) fn without_old_end(kind: ChannelKind, changes: &str) -> Result<String> {
    let mut changes = read_changes(changes)?;
    if adapter::credential(kind).is_some_and(|credential| changes.contains_key(credential)) {
        changes.entry(adapter::TOKEN_ENDS).or_insert(Value::Null);
    }
    Ok(serde_json::to_string(&changes)?)
}

fn read_changes(changes: &str) -> std::result::Result<Map<String, Value>, Refused> {
    serde_json::from_str(changes).map_err(|_| Refused::invalid("settings", "must be a JSON object"))
}

/// The stored settings with `changes` over them; `null` takes a setting away.
pub(super) fn merge(stored: &str, changes: &str) -> Result<String> {
    let mut settings: Map<String, Value> = serde_json::from_str(stored)?;
    for (field, value) in read_changes(changes)? {
        match value {
            Value::Null => drop(settings.remove(&field)),
            value => drop(settings.insert(field, value)),
        }
    }
    Ok(serde_json::to_string(&settings)?)
}

/// Which settings are others in `after` than in `before`, by the names that the form has for them. What it does not know is
/// not named: it may hold anything.
pub(super) fn changed(kind: ChannelKind, before: &str, after: &str) -> Result<Vec<String>> {
    let [before, after] = [before, after].map(serde_json::from_str::<Map<String, Value>>);
    let (before, after) = (before?, after?);
    let fields = connect::setup_fields(kind);
    let is_changed = |name: &str| before.get(name) != after.get(name);
    let mut names: Vec<String> =
        fields.iter().filter(|field| is_changed(&field.name)).map(|field| field.label.clone()).collect();
    let is_known = |name: &String| *name == adapter::TOKEN_ENDS || fields.iter().any(|field| field.name == *name);
    if before.keys().chain(after.keys()).any(|name| is_changed(name) && !is_known(name)) {
        names.push("others".into());
    }
    Ok(names)
}

/// Whether `stored` settings still have what `used` ones have, wherever `changes` have something.
pub(super) fn are_as_used(stored: &str, used: &str, changes: &str) -> Result<bool> {
    let [stored, used, changes] = [stored, used, changes].map(serde_json::from_str::<Map<String, Value>>);
    let (stored, used) = (stored?, used?);
    Ok(changes?.keys().all(|field| stored.get(field) == used.get(field)))
}

/// The settings as an admin may see them. Only what is known to be harmless is shown.
pub(super) fn without_secrets(kind: ChannelKind, settings: &str) -> Result<String> {
    let harmless = connect::setup_fields(kind).into_iter().filter(|field| !field.is_secret());
    let harmless: Vec<String> = harmless.map(|field| field.name).collect();
    let settings: Map<String, Value> = serde_json::from_str(settings)?;
    let shown: Map<String, Value> = settings
        .into_iter()
        .map(|(field, value)| {
            let value = if harmless.contains(&field) { value } else { Value::from("set") };
            (field, value)
        })
        .collect();
    Ok(serde_json::to_string(&shown)?)
}

/// What is not secret, as the form shows it.
pub(super) fn filled(kind: ChannelKind, settings: &str) -> Result<BTreeMap<String, String>> {
    let settings: Map<String, Value> = serde_json::from_str(settings)?;
    let written = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    };
    let harmless = connect::setup_fields(kind).into_iter().filter(|field| !field.is_secret());
    Ok(harmless.filter_map(|field| settings.get(&field.name).map(|value| (field.name, written(value)))).collect())
}

/// A site as browsers name it: scheme, host and perhaps a port, in lower case.
fn check_origin(origin: &str) -> std::result::Result<String, Refused> {
    let wrong = || Refused::invalid("origins", "must look like https://shop.example or https://*.shop.example");
    let origin = origin.trim().trim_end_matches('/').to_ascii_lowercase();
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).ok_or_else(wrong)?;
    let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let name = name.strip_prefix("*.").unwrap_or(name);
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    if name.split('.').all(is_label) && port.is_none_or(is_port) { Ok(origin) } else { Err(wrong()) }
}

/// Whether a page of `origin` may show the chat. An empty list lets every site.
#[must_use]
pub fn may_embed(origins: &[String], origin: &str) -> bool {
    let origin = origin.to_ascii_lowercase();
    origins.is_empty() || origins.iter().any(|listed| is_of(listed, &origin))
}

fn is_of(listed: &str, origin: &str) -> bool {
    let Some((scheme, site)) = listed.split_once("://*") else { return listed == origin };
    // `site` begins with a dot, so that `evilshop.example` is not of `*.shop.example`.
    let rest = origin.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
    rest.and_then(|host| host.strip_suffix(site)).is_some_and(|below| {
        !below.is_empty() && below.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use domain::channel::ChannelKind;

    use super::{check, may_embed, without_secrets};

    fn refusal(kind: ChannelKind, settings: &str) -> String {
        check(kind, settings, &webhook()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    fn webhook() -> Url {
        Url::parse("https://desk.example/webhooks/whatsapp/1").expect("a URL")
    }

    #[test]
    fn only_listed_sites_may_show_the_chat() {
        let origins = ["https://shop.example".to_owned(), "https://*.acme.example:8443".to_owned()];
        for good in ["https://shop.example", "https://Shop.Example", "https://a.b.acme.example:8443"] {
            assert!(may_embed(&origins, good), "{good}");
        }
        let bad = [
            "http://shop.example",
            "https://shop.example.evil.example",
            "https://evilshop.example",
            "https://acme.example:8443",
            "https://evil.example/.acme.example:8443",
            "https://evilacme.example:8443",
            "https://a.acme.example",
            "null",
            "",
        ];
        for bad in bad {
            assert!(!may_embed(&origins, bad), "{bad}");
        }
        assert!(may_embed(&[], "https://anywhere.example"));
    }

    #[test]
    fn a_site_is_an_origin_and_nothing_more() {
        for bad in [
            "shop.example",
            "https://",
            "https://shop.example/path",
            "https://a b.example",
            "*",
            "https://*",
            "https://x;script-src *",
        ] {
            let settings = serde_json::json!({ "origins": [bad] }).to_string();
            assert!(refusal(ChannelKind::Web, &settings).starts_with("The origins must look like"), "{bad}");
        }
    }

    #[test]
    fn a_wrong_setting_is_named_and_a_missing_web_secret_is_made() {
        assert_eq!(refusal(ChannelKind::WhatsApp, r#"{"phone_number_id":"1"}"#), "The access_token is missing.");
        assert!(refusal(ChannelKind::Web, r#"{"secret":"short"}"#).starts_with("The secret must have"));
        assert!(refusal(ChannelKind::Web, r#"{"orgins":[]}"#).starts_with("The settings must be"));
        let made = check(ChannelKind::Web, "{}", &webhook()).expect("good settings");
        assert!(made.len() > 64, "{made}");
    }

    #[test]
    fn settings_are_shown_without_their_secrets() {
        let shown = without_secrets(ChannelKind::WhatsApp, r#"{"phone_number_id":"80","access_token":"EAAtoken"}"#);
        assert_eq!(shown.ok().as_deref(), Some(r#"{"access_token":"set","phone_number_id":"80"}"#));
    }
}
