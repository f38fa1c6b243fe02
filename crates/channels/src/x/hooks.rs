//! Telling X where to deliver, and what. <https://docs.x.com/x-api/activity/introduction>

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::json;

use super::send::{ask, get, is_there_already};
use super::settings::Settings;
use crate::adapter::Subscribed;
use crate::error::ChannelError;
use crate::http::{Answer, Body, Http};
use crate::settings::Secret;
use crate::wire::lenient;
use crate::words::{Words, present};

/// What happens to the account, as far as the product has words for it.
const EVENTS: [&str; 6] = ["dm.received", "dm.sent", "dm.read", "dm.indicate_typing", "chat.received", "oauth.revoke"];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Hooks {
    #[serde(deserialize_with = "lenient")]
    data: Option<Vec<Hook>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Made {
    data: Hook,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Hook {
    id: Option<Words>,
    url: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Subscriptions {
    #[serde(deserialize_with = "lenient")]
    data: Option<Vec<Subscription>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Subscription {
    event_type: Option<Words>,
    filter: Filter,
    webhook_id: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    user_id: Option<Words>,
}

const BY_HAND: &str = "Enter the bearer token in the settings, and X is told where to deliver; or make the webhook with your \
                       app, by POST /2/webhooks.";

/// Makes the webhook or has X try it again, then subscribes to what is still missing.
pub(super) async fn subscribe(settings: &Settings, webhook: &Url, http: &Http) -> Result<Subscribed, ChannelError> {
    let Some(app) = &settings.bearer_token else { return Ok(Subscribed::ByHand(BY_HAND)) };
    if webhook.scheme() != "https" || webhook.port().is_some() {
        let detail = format!("X delivers to https:// addresses without a port only, and ours is {webhook}");
        return Err(ChannelError::InvalidContent { field: Some("webhook address".into()), detail });
    }
    let hook = hook(settings, app, webhook, http).await?;
    let known = get(http, settings.url(&["2", "activity", "subscriptions"]), app).await?;
    let known = known.json::<Subscriptions>().unwrap_or_default().data.unwrap_or_default();
    for event in EVENTS {
        let is_known = known.iter().any(|subscription| {
            present(subscription.event_type.as_ref()) == Some(event)
                && present(subscription.filter.user_id.as_ref()) == Some(&settings.user_id)
                && present(subscription.webhook_id.as_ref()).is_none_or(|id| id == hook)
        });
        if !is_known {
            add(settings, app, &hook, event, http).await?;
        }
    }
    Ok(Subscribed::Done)
}

/// X's id of the webhook at our address, which X has just tried.
async fn hook(settings: &Settings, app: &Secret, webhook: &Url, http: &Http) -> Result<String, ChannelError> {
    let found = get(http, settings.url(&["2", "webhooks"]), app).await?.json::<Hooks>().unwrap_or_default();
    let ours = found.data.into_iter().flatten().find(|hook| present(hook.url.as_ref()) == Some(webhook.as_str()));
    if let Some(id) = ours.as_ref().and_then(|hook| present(hook.id.as_ref())) {
        ask(http, Method::PUT, settings.url(&["2", "webhooks", id]), app, Body::Empty).await?;
        return Ok(id.into());
    }
    let body = Body::Json(json!({ "url": webhook.as_str() }).to_string());
    let made = ask(http, Method::POST, settings.url(&["2", "webhooks"]), app, body).await?;
    let unnamed = || ChannelError::Transient { detail: "X did not name the webhook.".into() };
    present(made.json::<Made>().unwrap_or_default().data.id.as_ref()).map(str::to_owned).ok_or_else(unnamed)
}

/// What is private to the account is asked for in its name; an app that X does not let do so asks in its own.
async fn add(settings: &Settings, app: &Secret, hook: &str, event: &str, http: &Http) -> Result<(), ChannelError> {
    let asked = match subscription(settings, &settings.access_token, hook, event, http).await {
        Err(ChannelError::AuthExpired | ChannelError::PermissionMissing { .. }) => {
            subscription(settings, app, hook, event, http).await
        }
        asked => asked,
    };
    match asked {
        Err(error) if !is_there_already(&error) => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn subscription(
    settings: &Settings,
    token: &Secret,
    hook: &str,
    event: &str,
    http: &Http,
) -> Result<Answer, ChannelError> {
    let body = json!({
        "event_type": event,
        "filter": { "user_id": settings.user_id },
        "webhook_id": hook,
        "tag": "switchboard",
    });
    let url = settings.url(&["2", "activity", "subscriptions"]);
    ask(http, Method::POST, url, token, Body::Json(body.to_string())).await
}
