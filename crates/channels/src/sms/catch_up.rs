//! Asks what happened while nobody listened: Twilio does not repeat a delivery that was lost.
//! <https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources>

use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Content};
use domain::timestamp::Timestamp;
use reqwest::Url;
use serde::Deserialize;

use super::form::Form;
use super::send::get;
use super::settings::{Sender, Settings};
use super::{inbound, status};
use crate::error::ChannelError;
use crate::http::Http;
use crate::inbound::{Inbound, InboundEvent, InboundMessage};
use crate::missed::{Gap, Missed};
use crate::moment::{from_rfc2822, to_day};
use crate::words::Words;

/// As many as one answer may hold and still be read.
const PAGE_SIZE: &str = "200";
/// Whoever missed more than this many pages missed a day, not a moment.
const PAGES_MAX: usize = 25;
/// As many files as a message may have.
const FILES_MAX: usize = 10;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    messages: Vec<WireMessage>,
    next_page_uri: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireMessage {
    sid: Words,
    direction: String,
    from: Option<String>,
    to: Option<String>,
    body: Option<String>,
    status: Words,
    error_code: Option<i64>,
    error_message: Option<String>,
    num_media: Option<String>,
    messaging_service_sid: Option<String>,
    date_sent: Option<String>,
    date_created: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MediaPage {
    media_list: Vec<WireMedia>,
}

#[derive(Deserialize)]
struct WireMedia {
    sid: String,
    content_type: Option<String>,
}

/// Everything of the gap, the oldest first, as it would have been delivered. Files that Twilio no longer lists are told as
/// lost; a list that cannot be had just now is none, and all of it is asked for again.
pub(super) async fn look(settings: &Settings, http: &Http, gap: &Gap) -> Result<Missed, ChannelError> {
    let mut missed = Vec::new();
    for direction in directions(&settings.sender) {
        missed.extend(list(settings, http, direction, gap.since).await?);
    }
    missed.sort_by_key(|(at, _)| *at);
    let mut events = Vec::new();
    for (at, message) in missed {
        events.extend(read(settings, http, at, message).await?);
    }
    Ok(Missed { events, rest: None })
}

/// What is asked for: messages to us and messages of ours. Those of a Messaging Service cannot be asked for by its name,
/// so they are picked out of all.
fn directions(sender: &Sender) -> Vec<Option<(&'static str, &str)>> {
    match sender {
        Sender::Address(address) => vec![Some(("To", address)), Some(("From", address))],
        Sender::Service(_) => vec![None],
    }
}

async fn list(
    settings: &Settings,
    http: &Http,
    direction: Option<(&str, &str)>,
    since: Timestamp,
) -> Result<Vec<(Timestamp, WireMessage)>, ChannelError> {
    let mut url = settings.url_within(&["Messages.json"]);
    url.query_pairs_mut()
        .extend_pairs(direction)
        .append_pair("DateSent>", &to_day(since))
        .append_pair("PageSize", PAGE_SIZE);
    let mut found = Vec::new();
    for _ in 0..PAGES_MAX {
        let page: Page = get(http, url.clone(), settings.credential()).await?;
        found.extend(page.messages.into_iter().filter_map(|message| missed(settings, message, since)));
        match next(settings, page.next_page_uri) {
            Some(next) => url = next,
            None => break,
        }
    }
    Ok(found)
}

/// The next page, which must be where the first one was: we go there with our proof.
fn next(settings: &Settings, uri: Option<String>) -> Option<Url> {
    let next = settings.base_url.join(&uri?).ok()?;
    (next.origin() == settings.base_url.origin()).then_some(next)
}

fn missed(settings: &Settings, message: WireMessage, since: Timestamp) -> Option<(Timestamp, WireMessage)> {
    let is_ours = match &settings.sender {
        Sender::Address(_) => true,
        Sender::Service(service) => message.messaging_service_sid.as_ref() == Some(service),
    };
    let at = message.date_sent.as_deref().or(message.date_created.as_deref()).and_then(from_rfc2822)?;
    (is_ours && at >= since).then_some((at, message))
}

/// A message as the form that did not come, so that it is read by the same rules and is the same event.
async fn read(
    settings: &Settings,
    http: &Http,
    at: Timestamp,
    message: WireMessage,
) -> Result<Vec<InboundEvent>, ChannelError> {
    let WireMessage { sid: Words(sid), from, to, body, error_message, .. } = message;
    let known = [("From", from), ("To", to), ("Body", body), ("ErrorMessage", error_message)];
    let mut form = Form::of(known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    let mut lost = None;
    let events = if message.direction == "inbound" {
        if let Some(count) = message.num_media.filter(|count| count != "0") {
            match media(settings, http, &sid).await.map_err(ChannelError::of_repeatable) {
                Ok(files) => form.extend(files),
                Err(error) if error.is_retryable() || error.needs_admin() => return Err(error),
                Err(error) => lost = Some(lost_files(&count, &error)),
            }
        }
        inbound::message(&form, &sid)
    } else {
        form.extend(message.error_code.map(|code| ("ErrorCode".into(), code.to_string())));
        status::read(&form, &sid, message.status.as_str()).map(|event| vec![event])
    };
    // What cannot be read here could not have been read when it was delivered.
    let events = events.unwrap_or_default().into_iter();
    let told = |event| match &lost {
        Some(files) => with_lost(event, files),
        None => event,
    };
    Ok(events.map(|event| InboundEvent { at: Some(at), ..told(event) }).collect())
}

/// A place for each file that will not come, and why.
fn lost_files(count: &str, error: &ChannelError) -> Vec<Attachment> {
    let count = count.parse::<usize>().unwrap_or(1).clamp(1, FILES_MAX);
    let file = FileState::Lost { reason: error.words() };
    vec![Attachment::new(MediaKind::Document, file); count]
}

fn with_lost(event: InboundEvent, files: &[Attachment]) -> InboundEvent {
    let InboundEvent { dedupe, at, what: Inbound::Message { customer, message } } = event else { return event };
    let text = match message.content {
        Content::Text(text) => text,
        _ => String::new(),
    };
    let message = InboundMessage { content: Content::Files { text, files: files.to_vec() }, ..message };
    InboundEvent { dedupe, at, what: Inbound::Message { customer, message } }
}

/// The files of a message, by the names they have in a delivery.
async fn media(settings: &Settings, http: &Http, sid: &str) -> Result<Vec<(String, String)>, ChannelError> {
    let page: MediaPage =
        get(http, settings.url_within(&["Messages", sid, "Media.json"]), settings.credential()).await?;
    let files = page.media_list.into_iter().enumerate().flat_map(|(number, media)| {
        let url = settings.url_within(&["Messages", sid, "Media", &media.sid]);
        let mime = media.content_type.map(|mime| (format!("MediaContentType{number}"), mime));
        [Some((format!("MediaUrl{number}"), url.into())), mime]
    });
    Ok(files.flatten().collect())
}
