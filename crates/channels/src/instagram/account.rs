//! The account itself, and who writes to it.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login>

use reqwest::Method;
use serde::Deserialize;

use super::settings::{Login, Settings};
use crate::adapter::{Account, Subscribed};
use crate::error::ChannelError;
use crate::files::FileRef;
use crate::http::{Body, Http};
use crate::identity::{ExternalId, Profile};
use crate::meta::graph::is_untold;
use crate::words::{Words, present};

/// What Meta is to tell us about an account that is connected by itself.
const ACCOUNT_FIELDS: &str = "messages,messaging_postbacks,message_reactions,messaging_seen,messaging_referral,\
                              message_edit";

/// A page has to let the app in; what is told about its account, the app's own page at Meta decides.
const PAGE_FIELDS: &str = "messages,messaging_postbacks,message_reactions,messaging_referrals";

const BY_HAND: &str = "Enter the webhook address and the verify token at Meta for Developers: your app > Instagram > API setup \
                       > Webhooks.";

/// An account, or the page it is linked to. An account has two ids; deliveries name it by `user_id`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Who {
    id: Option<Words>,
    user_id: Option<Words>,
    username: Option<Words>,
    name: Option<Words>,
    instagram_business_account: Option<Linked>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Linked {
    id: Option<Words>,
    username: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Person {
    name: Option<Words>,
    username: Option<Words>,
    profile_pic: Option<Words>,
}

/// Whose token it is.
pub(super) async fn test(settings: &Settings, http: &Http) -> Result<Account, ChannelError> {
    let (whose, fields) = match &settings.login {
        Login::Instagram => ("me", "user_id,username,name"),
        Login::Facebook { page_id } => (page_id.as_str(), "name,instagram_business_account{id,username}"),
    };
    let mut url = settings.graph.at(&[whose]);
    url.query_pairs_mut().append_pair("fields", fields);
    let who: Who = settings.graph.get(http, url).await?.json().unwrap_or_default();
    let (id, username) = match (&settings.login, &who.instagram_business_account) {
        (Login::Instagram, _) => (who.user_id.as_ref().or(who.id.as_ref()), who.username.as_ref()),
        (Login::Facebook { .. }, Some(linked)) => (linked.id.as_ref(), linked.username.as_ref()),
        (Login::Facebook { .. }, None) => (None, None),
    };
    let name = present(username).map(|username| format!("@{username}"));
    let name = name.or_else(|| present(who.name.as_ref()).map(str::to_owned));
    let name = name.unwrap_or_else(|| "an account without a name".into());
    if present(id) != Some(&settings.account_id) {
        let detail = format!("It is that of {name}, not of the account {}.", settings.account_id);
        return Err(ChannelError::InvalidContent { field: Some("access_token".into()), detail });
    }
    Ok(Account { name, ..Account::default() })
}

/// Tells Meta that the account's events are for this app. Where the app is, Meta takes on its own pages only.
pub(super) async fn subscribe(settings: &Settings, http: &Http) -> Result<Subscribed, ChannelError> {
    let mut url = settings.graph.at(&[settings.from(), "subscribed_apps"]);
    let fields = match settings.login {
        Login::Instagram => ACCOUNT_FIELDS,
        Login::Facebook { .. } => PAGE_FIELDS,
    };
    url.query_pairs_mut().append_pair("subscribed_fields", fields);
    settings.graph.ask(http, Method::POST, url, Body::Empty).await?;
    Ok(Subscribed::ByHand(BY_HAND))
}

/// Who wrote. Meta tells it only about people who agreed, which they do by writing.
pub(super) async fn profile(settings: &Settings, http: &Http, id: &ExternalId) -> Result<Profile, ChannelError> {
    let mut url = settings.graph.at(&[&id.0]);
    url.query_pairs_mut().append_pair("fields", "name,username,profile_pic");
    let person: Person = match settings.graph.get(http, url).await {
        Ok(answer) => answer.json().unwrap_or_default(),
        Err(failure) if is_untold(&failure.error) => Person::default(),
        Err(failure) => return Err(failure.into()),
    };
    let username = present(person.username.as_ref()).map(str::to_owned);
    let name = present(person.name.as_ref()).map(str::to_owned).or_else(|| username.clone());
    let picture = present(person.profile_pic.as_ref()).map(FileRef::at);
    Ok(Profile { name: Some(name.unwrap_or_else(|| "Instagram user".into())), username, picture })
}
