//! Files of direct messages, which X hands over to the account alone, and the pictures of people.
//! <https://docs.x.com/x-api/direct-messages/lookup/introduction>

use reqwest::Url;
use serde::Deserialize;

use super::send::get;
use super::settings::{Settings, is_number};
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::{Http, Origin, Proof};
use crate::identity::{ExternalId, Profile};
use crate::words::{Words, present};

/// Where X keeps files. All of these are X's; only some may have the account's proof.
const HOSTS: [&str; 3] = ["x.com", "twitter.com", "twimg.com"];
const PROVEN: [&str; 3] = ["ton.x.com", "ton.twitter.com", "video.twimg.com"];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    data: User,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    name: Option<Words>,
    username: Option<Words>,
    profile_image_url: Option<Words>,
}

pub(super) async fn fetch(settings: &Settings, http: &Http, file: &FileRef) -> Result<Fetched, ChannelError> {
    let url = Url::parse(&file.handle).map_err(|_| lost("Its address is none."))?;
    let url = of_a_message(settings, &url).unwrap_or(url);
    let is_here = url.origin() == settings.base_url.origin();
    let is_of_x = url.host_str().is_some_and(|host| HOSTS.iter().any(|known| is_at(host, known)));
    if !is_here && !is_of_x {
        return Err(lost("It is not kept by X."));
    }
    let origin = Origin { api: &settings.base_url, hosts: &PROVEN, proof: Proof::Bearer(&settings.access_token) };
    let fetched = http.download(url, &origin).await?;
    Ok(Fetched { mime: fetched.mime.or_else(|| file.mime.clone()), name: file.name.clone(), ..fetched })
}

/// The three numbers in an address of `ton`, asked for by today's door: message, file, and what of it.
fn of_a_message(settings: &Settings, url: &Url) -> Option<Url> {
    if !url.host_str().is_some_and(|host| matches!(host, "ton.x.com" | "ton.twitter.com")) {
        return None;
    }
    let segments: Vec<&str> = url.path_segments()?.collect();
    let [.., message, media, resource] = segments[..] else { return None };
    let are_numbers = is_number(message) && is_number(media);
    are_numbers.then(|| settings.url(&["2", "dm_conversations", "media", message, media, resource]))
}

/// What somebody is called and looks like.
pub(super) async fn profile(
    settings: &Settings,
    http: &Http,
    id: &ExternalId,
) -> Result<Option<Profile>, ChannelError> {
    if !is_number(&id.0) {
        return Ok(None);
    }
    let url = settings.asking(&["2", "users", &id.0], &[("user.fields", "name,username,profile_image_url")]);
    let user = get(http, url, &settings.access_token).await?.json::<Found>().unwrap_or_default().data;
    let words = |words: Option<&Words>| present(words).map(str::to_owned);
    // The small picture's address is that of the larger one but for its end.
    let picture = present(user.profile_image_url.as_ref()).map(|url| FileRef::at(url.replace("_normal.", "_400x400.")));
    Ok(Some(Profile { name: words(user.name.as_ref()), username: words(user.username.as_ref()), picture }))
}

fn is_at(host: &str, known: &str) -> bool {
    host == known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.'))
}

fn lost(detail: &str) -> ChannelError {
    ChannelError::MediaRejected { detail: detail.into() }
}
