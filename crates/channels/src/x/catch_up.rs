//! What X may not have delivered: it repeats nothing, but tells the messages of the last 30 days when asked.
//! <https://docs.x.com/x-api/direct-messages/lookup/introduction>

use domain::message::Content;
use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::inbound::content::{Said, with_file};
use super::inbound::customer::Users;
use super::inbound::message::{by_side, other_side};
use super::inbound::news::written_at;
use super::inbound::wire::{Variant, VideoInfo, WireMedia, WireUser};
use super::send::get;
use super::settings::Settings;
use crate::error::ChannelError;
use crate::http::Http;
use crate::identity::ProviderId;
use crate::inbound::{InboundEvent, InboundMessage};
use crate::wire::lenient;
use crate::words::{Words, present};

/// X answers 15 such questions in 15 minutes; a few must be left.
const PAGES: usize = 5;

const FIELDS: [(&str, &str); 6] = [
    ("max_results", "100"),
    ("event_types", "MessageCreate"),
    ("dm_event.fields", "id,event_type,text,sender_id,dm_conversation_id,attachments"),
    ("expansions", "sender_id,attachments.media_keys"),
    ("user.fields", "name,username"),
    ("media.fields", "type,url,variants"),
];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    #[serde(deserialize_with = "lenient")]
    data: Option<Vec<Value>>,
    #[serde(deserialize_with = "lenient")]
    includes: Option<Includes>,
    #[serde(deserialize_with = "lenient")]
    meta: Option<Meta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Includes {
    users: Vec<WireUser>,
    media: Vec<KeyedMedia>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct KeyedMedia {
    media_key: Option<Words>,
    #[serde(rename = "type")]
    kind: Option<Words>,
    url: Option<Words>,
    variants: Vec<Variant>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    next_token: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    id: Option<Words>,
    text: Option<Words>,
    sender_id: Option<Words>,
    dm_conversation_id: Option<Words>,
    #[serde(deserialize_with = "lenient")]
    attachments: Option<Keys>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Keys {
    media_keys: Vec<Words>,
}

/// The messages since then, the oldest first. X tells the newest first.
pub(super) async fn since(
    settings: &Settings,
    http: &Http,
    since: Timestamp,
) -> Result<Vec<InboundEvent>, ChannelError> {
    let mut events = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..PAGES {
        let turn = next.iter().map(|token| ("pagination_token", token.as_str()));
        let query: Vec<_> = FIELDS.into_iter().chain(turn).collect();
        let answer = get(http, settings.asking(&["2", "dm_events"], &query), &settings.access_token).await?;
        let page: Page = answer.json().unwrap_or_default();
        let Includes { users, media } = page.includes.unwrap_or_default();
        let users = Users::of(users);
        let told: Vec<Value> = page.data.unwrap_or_default();
        let read: Vec<_> = told.into_iter().filter_map(|told| event(&settings.user_id, &users, &media, told)).collect();
        let is_at_start = read.iter().any(|event| event.at.is_none_or(|at| at < since));
        events.extend(read.into_iter().filter(|event| event.at.is_some_and(|at| at >= since)));
        next = page.meta.and_then(|meta| present(meta.next_token.as_ref()).map(str::to_owned));
        if is_at_start || next.is_none() {
            break;
        }
    }
    events.reverse();
    Ok(events)
}

/// The very event that a delivery would have told, under the same key. `None` for what is of a group or cannot be read.
fn event(ours: &str, users: &Users, media: &[KeyedMedia], told: Value) -> Option<InboundEvent> {
    let told: Told = serde_json::from_value(told).ok()?;
    let id = present(told.id.as_ref())?.to_owned();
    let sender = present(told.sender_id.as_ref())?;
    let other = other_side(ours, present(told.dm_conversation_id.as_ref())?)?;
    let text = present(told.text.as_ref()).unwrap_or_default().to_owned();
    let key = told.attachments.as_ref().and_then(|keys| keys.media_keys.first());
    let file = key.and_then(|key| media.iter().find(|media| media.media_key.as_ref() == Some(key)));
    let Said { content, files } = match file {
        Some(file) => with_file(text, &of_a_message(file)),
        None if text.is_empty() => {
            Said { content: Content::Unsupported { label: "Message".into() }, files: Vec::new() }
        }
        None => Said { content: Content::Text(text), files: Vec::new() },
    };
    let at = written_at(&id);
    let dedupe = format!("message:{id}");
    let message = InboundMessage { files, ..InboundMessage::new(ProviderId(id), content) };
    Some(InboundEvent { dedupe, at, what: by_side(ours, users, sender, Some(other), message).ok()? })
}

/// The same file as a delivery would name it.
fn of_a_message(media: &KeyedMedia) -> WireMedia {
    WireMedia {
        kind: media.kind.clone(),
        url: None,
        media_url_https: media.url.clone(),
        video_info: Some(VideoInfo { variants: media.variants.clone() }),
    }
}
