//! Meta's JSON as far as we read it. Everything is optional and unknown fields are welcome: the format drifts.

use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::meta::errors::GraphError;
use crate::moment::seconds;
use crate::wire::lenient;
use crate::words::{Words, present};

/// Events of one list, unread: one that is broken must not take the others along.
pub(super) type RawList<'a> = Option<Vec<&'a RawValue>>;

#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    pub object: Option<Words>,
    #[serde(borrow)]
    pub entry: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct EnvelopeEntry<'a> {
    pub id: Option<Words>,
    /// Ours: another of our channels read it first, and has passed it on to all that it is for.
    #[serde(default, deserialize_with = "lenient")]
    pub passed_on: Option<bool>,
    #[serde(default, deserialize_with = "seconds")]
    pub time: Option<Timestamp>,
    #[serde(borrow)]
    pub changes: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct FieldChange<'a> {
    pub field: Words,
    #[serde(borrow)]
    pub value: &'a RawValue,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ChangeValue<'a> {
    pub metadata: Option<Metadata>,
    #[serde(borrow)]
    pub contacts: RawList<'a>,
    #[serde(borrow)]
    pub messages: RawList<'a>,
    #[serde(borrow)]
    pub message_echoes: RawList<'a>,
    #[serde(borrow)]
    pub statuses: RawList<'a>,
    #[serde(borrow)]
    pub errors: RawList<'a>,
    #[serde(borrow)]
    pub user_id_update: RawList<'a>,
    #[serde(borrow)]
    pub user_preferences: RawList<'a>,
}

impl ChangeValue<'_> {
    /// The number that it is about.
    pub fn number(&self) -> Option<&str> {
        present(self.metadata.as_ref()?.phone_number_id.as_ref())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub phone_number_id: Option<Words>,
}

/// Who a change is about. Since 2026 the phone number (`wa_id`) is missing for people who hide it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireContact {
    pub profile: Option<Profile>,
    pub wa_id: Option<Words>,
    pub user_id: Option<Words>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    pub name: Option<Words>,
    pub username: Option<Words>,
}

/// A message or an echo of one; also the message inside an edit.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireMessage {
    pub from: Option<Words>,
    pub from_user_id: Option<Words>,
    pub to: Option<Words>,
    pub to_user_id: Option<Words>,
    pub id: Option<Words>,
    #[serde(deserialize_with = "seconds")]
    pub timestamp: Option<Timestamp>,
    #[serde(rename = "type")]
    pub kind: Option<Words>,
    pub context: Option<Context>,
    pub text: Option<TextBody>,
    pub image: Option<Media>,
    pub video: Option<Media>,
    pub document: Option<Media>,
    pub audio: Option<Media>,
    pub sticker: Option<Media>,
    pub location: Option<Location>,
    pub contacts: Option<Vec<Card>>,
    pub reaction: Option<Reaction>,
    pub button: Option<Button>,
    pub interactive: Option<Interactive>,
    pub order: Option<Order>,
    pub edit: Option<Edit>,
    pub revoke: Option<Revoke>,
    pub system: Option<System>,
    pub unsupported: Option<Tag>,
    pub referral: Option<Referral>,
}

/// What a message belongs to; a message that was passed on has no id here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Context {
    pub id: Option<Words>,
    pub forwarded: Option<bool>,
    pub frequently_forwarded: Option<bool>,
    pub referred_product: Option<Product>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Product {
    pub product_retailer_id: Option<Words>,
}

/// The advertisement or post that led the customer here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Referral {
    pub source_type: Option<Words>,
    pub source_url: Option<Words>,
    pub headline: Option<Words>,
    pub body: Option<Words>,
}

#[derive(Deserialize)]
pub(super) struct TextBody {
    pub body: Words,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Media {
    pub id: Option<Words>,
    /// Good for a few minutes; the id is for a week.
    pub url: Option<Words>,
    pub mime_type: Option<Words>,
    pub file_size: Option<Words>,
    pub caption: Option<Words>,
    pub filename: Option<Words>,
    pub voice: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Location {
    pub latitude: Option<Words>,
    pub longitude: Option<Words>,
    pub name: Option<Words>,
    pub address: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Card {
    pub name: Option<CardName>,
    pub phones: Option<Vec<CardPhone>>,
    pub emails: Option<Vec<CardEmail>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CardName {
    pub formatted_name: Option<Words>,
    pub first_name: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CardPhone {
    pub phone: Option<Words>,
    pub wa_id: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CardEmail {
    pub email: Option<Words>,
}

#[derive(Deserialize)]
pub(super) struct Reaction {
    pub message_id: Words,
    pub emoji: Option<Words>,
}

/// The customer pressed a template's quick reply.
#[derive(Deserialize)]
pub(super) struct Button {
    pub payload: Option<Words>,
    pub text: Words,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Interactive {
    pub button_reply: Option<ChoiceReply>,
    pub list_reply: Option<ChoiceReply>,
    pub nfm_reply: Option<FormReply>,
}

#[derive(Deserialize)]
pub(super) struct ChoiceReply {
    pub id: Words,
    pub title: Words,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct FormReply {
    pub body: Option<Words>,
    /// The answers: a JSON object inside a text.
    pub response_json: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Order {
    pub text: Option<Words>,
    pub product_items: Option<Vec<OrderLine>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OrderLine {
    pub product_retailer_id: Option<Words>,
    pub quantity: Option<Words>,
    pub item_price: Option<Words>,
    pub currency: Option<Words>,
}

#[derive(Deserialize)]
pub(super) struct Edit {
    pub original_message_id: Words,
    pub message: Box<WireMessage>,
}

#[derive(Deserialize)]
pub(super) struct Revoke {
    pub original_message_id: Words,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct System {
    #[serde(rename = "type")]
    pub kind: Option<Words>,
    pub body: Option<Words>,
    /// The number the customer has now; older payloads say `new_wa_id`.
    #[serde(alias = "new_wa_id")]
    pub wa_id: Option<Words>,
    pub user_id: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Tag {
    #[serde(rename = "type")]
    pub kind: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireStatus {
    pub id: Option<Words>,
    pub status: Option<Words>,
    #[serde(deserialize_with = "seconds")]
    pub timestamp: Option<Timestamp>,
    pub recipient_id: Option<Words>,
    pub recipient_user_id: Option<Words>,
    pub biz_opaque_callback_data: Option<Words>,
    pub errors: Option<Vec<GraphError>>,
}

#[derive(Deserialize)]
pub(super) struct UserIdUpdate {
    pub wa_id: Option<Words>,
    pub user_id: Renewed,
    #[serde(default, deserialize_with = "seconds")]
    pub timestamp: Option<Timestamp>,
}

#[derive(Deserialize)]
pub(super) struct Renewed {
    pub previous: Words,
    pub current: Words,
}

#[derive(Deserialize)]
pub(super) struct UserPreference {
    pub wa_id: Option<Words>,
    pub user_id: Option<Words>,
    pub value: Words,
    #[serde(default, deserialize_with = "seconds")]
    pub timestamp: Option<Timestamp>,
}
