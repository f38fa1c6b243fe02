//! The page itself, and who writes to it. <https://developers.facebook.com/docs/graph-api/reference/page>

use reqwest::Method;
use serde::Deserialize;

use super::settings::Settings;
use crate::adapter::{Account, Subscribed};
use crate::error::ChannelError;
use crate::files::FileRef;
use crate::http::{Body, Http};
use crate::identity::{ExternalId, Profile};
use crate::meta::graph::is_untold;
use crate::words::{Words, present};

/// What Meta is to tell us about.
const SUBSCRIBED_FIELDS: &str = "messages,messaging_postbacks,message_deliveries,message_reads,message_echoes,\
                                 message_reactions,message_edits,messaging_referrals,messaging_optins,\
                                 messaging_handovers,standby";

const BY_HAND: &str = "Enter the webhook address and the verify token at Meta for Developers: your app > Messenger > Settings \
                       > Webhooks.";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    id: Option<Words>,
    name: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Person {
    first_name: Option<Words>,
    last_name: Option<Words>,
    profile_pic: Option<Words>,
}

/// Whose token it is.
pub(super) async fn test(settings: &Settings, http: &Http) -> Result<Account, ChannelError> {
    let mut url = settings.graph.at(&["me"]);
    url.query_pairs_mut().append_pair("fields", "id,name");
    let answer = settings.graph.get(http, url).await?;
    let page: Page = answer.json().unwrap_or_default();
    let name = present(page.name.as_ref()).unwrap_or("a page without a name");
    if present(page.id.as_ref()) != Some(&settings.page_id) {
        let detail = format!("It is that of {name}, not of the page {}.", settings.page_id);
        return Err(ChannelError::InvalidContent { field: Some("access_token".into()), detail });
    }
    Ok(Account { name: name.into(), ..Account::default() })
}

/// Tells Meta that the page's events are for this app. Where the app is, Meta takes on its own pages only.
pub(super) async fn subscribe(settings: &Settings, http: &Http) -> Result<Subscribed, ChannelError> {
    let mut url = settings.graph.at(&[&settings.page_id, "subscribed_apps"]);
    url.query_pairs_mut().append_pair("subscribed_fields", SUBSCRIBED_FIELDS);
    settings.graph.ask(http, Method::POST, url, Body::Empty).await?;
    Ok(Subscribed::ByHand(BY_HAND))
}

/// Who wrote. Meta tells it only about people who agreed, and to apps that it has reviewed.
pub(super) async fn profile(settings: &Settings, http: &Http, id: &ExternalId) -> Result<Profile, ChannelError> {
    let mut url = settings.graph.at(&[&id.0]);
    url.query_pairs_mut().append_pair("fields", "first_name,last_name,profile_pic");
    let person: Person = match settings.graph.get(http, url).await {
        Ok(answer) => answer.json().unwrap_or_default(),
        Err(failure) if is_untold(&failure.error) => Person::default(),
        Err(failure) => return Err(failure.into()),
    };
    let names = [present(person.first_name.as_ref()), present(person.last_name.as_ref())];
    let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = if name.is_empty() { "Facebook user".into() } else { name };
    let picture = present(person.profile_pic.as_ref()).map(FileRef::at);
    Ok(Profile { name: Some(name), username: None, picture })
}
