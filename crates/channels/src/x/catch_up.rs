//! What X may not have delivered: it repeats nothing, but tells the messages of the last 30 days when asked.
//! <https://docs.x.com/x-api/direct-messages/lookup/introduction>

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::inbound::content::{self, Said};
use super::inbound::customer::Users;
use super::inbound::message::{by_side, other_side};
use super::inbound::news::written_at;
use super::inbound::wire::{Entities, Link, MessageContent, Variant, VideoInfo, WireAttachment, WireMedia, WireUser};
use super::limits::is_used_up;
use super::send::get;
use super::settings::Settings;
use crate::error::ChannelError;
use crate::http::Http;
use crate::identity::ProviderId;
use crate::inbound::{InboundEvent, InboundMessage};
use crate::missed::{Gap, Missed};
use crate::wire::lenient;
use crate::words::{Words, present};

/// X answers 15 such questions in 15 minutes, and is asked every five.
const PAGES: usize = 5;

const FIELDS: [(&str, &str); 6] = [
    ("max_results", "100"),
    ("event_types", "MessageCreate"),
    ("dm_event.fields", "id,event_type,text,sender_id,dm_conversation_id,attachments,entities"),
    ("expansions", "sender_id,attachments.media_keys"),
    ("user.fields", "name,username"),
    ("media.fields", "type,url,variants"),
];

/// Its parts are read one by one: a broken one must not cost the others.
#[derive(Deserialize)]
struct Page {
    data: Option<Vec<Value>>,
    #[serde(default, deserialize_with = "lenient")]
    includes: Option<Includes>,
    #[serde(default, deserialize_with = "lenient")]
    meta: Option<Meta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Includes {
    users: Vec<Value>,
    media: Vec<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct KeyedMedia {
    media_key: Option<Words>,
    #[serde(rename = "type")]
    kind: Option<Words>,
    url: Option<Words>,
    #[serde(deserialize_with = "lenient")]
    variants: Option<Vec<Variant>>,
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
    #[serde(deserialize_with = "lenient")]
    entities: Option<Entities>,
    /// As the description of the API names them.
    #[serde(deserialize_with = "lenient")]
    urls: Option<Vec<Link>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Keys {
    media_keys: Vec<Words>,
}

/// The messages of the gap, the oldest first. X tells the newest first; where that is too much for now, the older ones are
/// told by another look.
pub(super) async fn look(settings: &Settings, http: &Http, gap: &Gap) -> Result<Missed, ChannelError> {
    let mut events = Vec::new();
    let mut next = gap.rest.clone();
    for _ in 0..PAGES {
        let turn = next.iter().map(|token| ("pagination_token", token.as_str()));
        let query: Vec<_> = FIELDS.into_iter().chain(turn).collect();
        let answer = match get(http, settings.asking(&["2", "dm_events"], &query), &settings.access_token).await {
            // What was told before counts, and the rest is told later.
            Err(ChannelError::RateLimited { .. }) if !events.is_empty() => break,
            answer => answer?,
        };
        let unreadable = || ChannelError::Transient { detail: "X's list cannot be read.".into() };
        let Page { data, includes, meta } = answer.json().ok_or_else(unreadable)?;
        let Includes { users, media } = includes.unwrap_or_default();
        let (users, media) = (Users::of(readable::<WireUser>(users)), readable::<KeyedMedia>(media));
        let read: Vec<_> = readable::<Told>(data.unwrap_or_default())
            .into_iter()
            .filter_map(|told| event(&settings.user_id, &users, &media, told))
            .collect();
        let is_at_start = read.iter().any(|event| event.at.is_some_and(|at| at < gap.since));
        events.extend(read.into_iter().filter(|event| event.at.is_some_and(|at| at >= gap.since)));
        let token = meta.and_then(|meta| present(meta.next_token.as_ref()).map(str::to_owned));
        // A list that leads back to where it was has no end.
        next = token.filter(|token| !is_at_start && Some(token) != next.as_ref());
        if next.is_none() || is_used_up(&answer.headers) {
            break;
        }
    }
    events.reverse();
    Ok(Missed { events, rest: next })
}

/// Those of them that can be read.
fn readable<T: DeserializeOwned>(parts: Vec<Value>) -> Vec<T> {
    parts.into_iter().filter_map(|part| serde_json::from_value(part).ok()).collect()
}

/// The very event that a delivery would have told, under the same key. `None` for what is of a group or cannot be read.
fn event(ours: &str, users: &Users, media: &[KeyedMedia], told: Told) -> Option<InboundEvent> {
    let id = present(told.id.as_ref())?.to_owned();
    let sender = present(told.sender_id.as_ref())?.to_owned();
    let conversation = told.dm_conversation_id.clone();
    let other = other_side(ours, present(conversation.as_ref())?)?;
    let Said { content, files } = content::read(&as_delivered(told, media));
    let at = written_at(&id);
    let dedupe = format!("message:{id}");
    let message = InboundMessage { files, ..InboundMessage::new(ProviderId(id), content) };
    Some(InboundEvent { dedupe, at, what: by_side(ours, users, &sender, Some(other), message).ok()? })
}

/// The same words, addresses and file as a delivery would hold them.
fn as_delivered(told: Told, media: &[KeyedMedia]) -> MessageContent {
    let mut entities = told.entities.unwrap_or_default();
    entities.urls.extend(told.urls.unwrap_or_default());
    let key = told.attachments.as_ref().and_then(|keys| keys.media_keys.first());
    let file = key.and_then(|key| media.iter().find(|media| media.media_key.as_ref() == Some(key)));
    let attachment = match (key, file) {
        (None, _) => None,
        (Some(_), Some(file)) => Some(WireMedia {
            kind: file.kind.clone(),
            url: for_the_file(told.text.as_ref(), &entities),
            media_url_https: file.url.clone(),
            video_info: file.variants.clone().map(|variants| VideoInfo { variants }),
        }),
        // X names a file and does not say where it is.
        (Some(_), None) => Some(WireMedia { url: for_the_file(told.text.as_ref(), &entities), ..WireMedia::default() }),
    };
    let attachment = attachment.map(|media| WireAttachment {
        kind: Some(Words("media".into())),
        media: Some(media),
        location: None,
    });
    MessageContent { text: told.text, entities: Some(entities), quick_reply_response: None, attachment }
}

/// The short address at the end of the words that only stands for the file, unless it leads elsewhere.
fn for_the_file(text: Option<&Words>, entities: &Entities) -> Option<Words> {
    let last = text?.0.split_whitespace().next_back().filter(|word| word.starts_with("https://t.co/"))?;
    let known = entities.urls.iter().find(|link| present(link.url.as_ref()) == Some(last));
    let leads_to = known.and_then(|link| present(link.expanded_url.as_ref()));
    leads_to.is_none_or(|address| address.contains("/messages/media/")).then(|| Words(last.into()))
}
