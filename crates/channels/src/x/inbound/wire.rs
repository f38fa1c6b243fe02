//! X's JSON as far as we read it. Everything is optional and unknown fields are welcome: half of it is not described.

use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::moment::milliseconds;
use crate::wire::lenient;
use crate::words::Words;

/// <https://docs.x.com/x-api/activity/event-payloads>
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Activity<'a> {
    pub event_uuid: Option<Words>,
    pub event_type: Option<Words>,
    pub filter: Option<Filter>,
    #[serde(borrow)]
    pub payload: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    pub user_id: Option<Words>,
}

/// Somebody by either shape: with `data` around it or without, and with the older names.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct WireUser {
    #[serde(deserialize_with = "lenient")]
    pub data: Option<Box<Self>>,
    pub id: Option<Words>,
    pub name: Option<Words>,
    #[serde(alias = "screen_name")]
    pub username: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MessageEvent {
    #[serde(rename = "type")]
    pub kind: Option<Words>,
    pub id: Option<Words>,
    #[serde(deserialize_with = "milliseconds")]
    pub created_timestamp: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub initiated_via: Option<Start>,
    pub message_create: Option<MessageCreate>,
}

/// What the conversation began with.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Start {
    pub tweet_id: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MessageCreate {
    pub target: Recipient,
    pub sender_id: Option<Words>,
    pub message_data: MessageContent,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Recipient {
    pub recipient_id: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct MessageContent {
    pub text: Option<Words>,
    #[serde(deserialize_with = "lenient")]
    pub entities: Option<Entities>,
    pub quick_reply_response: Option<QuickReply>,
    pub attachment: Option<WireAttachment>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct Entities {
    pub urls: Vec<Link>,
}

/// An address that X shortened.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct Link {
    pub url: Option<Words>,
    pub expanded_url: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct QuickReply {
    pub metadata: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct WireAttachment {
    #[serde(rename = "type")]
    pub kind: Option<Words>,
    pub media: Option<WireMedia>,
    #[serde(deserialize_with = "lenient")]
    pub location: Option<Location>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct WireMedia {
    #[serde(rename = "type")]
    pub kind: Option<Words>,
    /// The short address that stands in the text for it.
    pub url: Option<Words>,
    pub media_url_https: Option<Words>,
    #[serde(deserialize_with = "lenient")]
    pub video_info: Option<VideoInfo>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct VideoInfo {
    pub variants: Vec<Variant>,
}

/// The same film in another size or format.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct Variant {
    #[serde(alias = "bit_rate")]
    pub bitrate: Option<u64>,
    pub content_type: Option<Words>,
    pub url: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct Location {
    pub shared_coordinate: Option<SharedCoordinate>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct SharedCoordinate {
    pub coordinates: Point,
}

/// `GeoJSON`: longitude first.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::x) struct Point {
    pub coordinates: Vec<f64>,
}

/// Somebody has read up to a message, or is typing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sign {
    pub sender_id: Option<Words>,
    pub target: Recipient,
    #[serde(deserialize_with = "milliseconds")]
    pub created_timestamp: Option<Timestamp>,
    pub last_read_event_id: Option<Words>,
}

/// A message that only its two sides can read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Encrypted {
    pub id: Option<Words>,
    pub sender_id: Option<Words>,
    /// Both sides: `111:222`.
    pub conversation_id: Option<Words>,
}
