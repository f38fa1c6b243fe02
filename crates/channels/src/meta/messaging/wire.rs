//! Meta's JSON as far as we read it. Everything is optional and unknown fields are welcome: the format drifts.

use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::moment::seconds_or_milliseconds;
use crate::words::Words;

/// Events of one list, unread: one that is broken must not take the others along.
pub(super) type RawList<'a> = Option<Vec<&'a RawValue>>;

#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    pub object: Option<Words>,
    #[serde(borrow)]
    pub entry: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    pub id: Option<Words>,
    #[serde(default, deserialize_with = "seconds_or_milliseconds")]
    pub time: Option<Timestamp>,
    #[serde(borrow)]
    pub messaging: RawList<'a>,
    #[serde(borrow)]
    pub standby: RawList<'a>,
    #[serde(borrow)]
    pub changes: RawList<'a>,
}

#[derive(Deserialize)]
pub(super) struct FieldChange<'a> {
    pub field: Words,
    #[serde(borrow)]
    pub value: &'a RawValue,
}

/// One thing that happened between two sides; which of the parts it has says what.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireEvent {
    pub sender: Option<Side>,
    pub recipient: Option<Side>,
    #[serde(deserialize_with = "seconds_or_milliseconds")]
    pub timestamp: Option<Timestamp>,
    pub message: Option<WireMessage>,
    pub message_edit: Option<Edit>,
    pub postback: Option<Postback>,
    pub reaction: Option<Reaction>,
    pub delivery: Option<Delivery>,
    pub read: Option<Read>,
    pub referral: Option<Referral>,
    pub optin: Option<OptIn>,
    pub policy_enforcement: Option<Policy>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Side {
    pub id: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireMessage {
    pub mid: Option<Words>,
    pub text: Option<Words>,
    pub is_echo: Option<bool>,
    pub is_deleted: Option<bool>,
    pub is_unsupported: Option<bool>,
    /// What we or another app sent along with what is now echoed.
    pub metadata: Option<Words>,
    pub quick_reply: Option<QuickReply>,
    pub reply_to: Option<ReplyTo>,
    pub referral: Option<Referral>,
    pub attachments: Option<Vec<WireAttachment>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct QuickReply {
    pub payload: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ReplyTo {
    pub mid: Option<Words>,
    pub story: Option<Story>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Story {
    pub url: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireAttachment {
    #[serde(rename = "type")]
    pub kind: Option<Words>,
    pub title: Option<Words>,
    pub url: Option<Words>,
    #[serde(deserialize_with = "or_nothing")]
    pub payload: Payload,
}

/// What an attachment carries: an address, a place, the parts of a template.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Payload {
    pub url: Option<Words>,
    pub title: Option<Words>,
    pub sticker_id: Option<Words>,
    pub coordinates: Option<Coordinates>,
    pub text: Option<Words>,
    pub elements: Option<Vec<Element>>,
    pub product: Option<Elements>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Coordinates {
    pub lat: Option<f64>,
    pub long: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Elements {
    pub elements: Option<Vec<Element>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Element {
    pub title: Option<Words>,
    pub subtitle: Option<Words>,
}

#[derive(Deserialize)]
pub(super) struct Edit {
    pub mid: Words,
    pub text: Option<Words>,
    /// A number, or a text that is one.
    pub num_edit: Option<Words>,
}

/// The customer pressed a button of ours, or began the conversation with one.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Postback {
    pub mid: Option<Words>,
    pub title: Option<Words>,
    pub payload: Option<Words>,
    pub referral: Option<Referral>,
}

#[derive(Deserialize)]
pub(super) struct Reaction {
    pub mid: Words,
    pub action: Option<Words>,
    pub emoji: Option<Words>,
    pub reaction: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Delivery {
    pub mids: Option<Vec<Words>>,
    #[serde(deserialize_with = "seconds_or_milliseconds")]
    pub watermark: Option<Timestamp>,
}

/// Messenger gives a moment, Instagram a message.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Read {
    pub mid: Option<Words>,
    #[serde(deserialize_with = "seconds_or_milliseconds")]
    pub watermark: Option<Timestamp>,
}

/// Where the customer came from.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Referral {
    #[serde(rename = "ref")]
    pub word: Option<Words>,
    pub source: Option<Words>,
    pub ad_id: Option<Words>,
    pub ads_context_data: Option<AdContext>,
    pub product: Option<Product>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AdContext {
    pub ad_title: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Product {
    pub id: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OptIn {
    pub notification_messages_status: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Policy {
    pub action: Option<Words>,
    pub reason: Option<Words>,
}

/// A part of another shape than expected costs no more than itself.
fn or_nothing<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}
