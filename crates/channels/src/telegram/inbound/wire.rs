//! Telegram's JSON as far as we read it. Everything is optional and unknown fields are welcome: the format grows every
//! month. Numbers of chats and people have more than 32 bits.

use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::moment::seconds;
use crate::wire::lenient;
use crate::words::Words;

/// <https://core.telegram.org/bots/api#message>
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireMessage {
    pub message_id: Option<i64>,
    #[serde(deserialize_with = "seconds")]
    pub date: Option<Timestamp>,
    #[serde(deserialize_with = "seconds")]
    pub edit_date: Option<Timestamp>,
    pub chat: Option<WireChat>,
    #[serde(deserialize_with = "lenient")]
    pub from: Option<WireUser>,
    pub business_connection_id: Option<Words>,
    /// The bot that wrote it in the name of a business account.
    #[serde(deserialize_with = "lenient")]
    pub sender_business_bot: Option<WireUser>,
    #[serde(deserialize_with = "lenient")]
    pub reply_to_message: Option<Referred>,
    pub reply_to_story: Option<Value>,
    pub forward_origin: Option<Value>,
    pub media_group_id: Option<Words>,
    pub text: Option<Words>,
    pub caption: Option<Words>,
    pub photo: Option<Vec<WireFile>>,
    pub video: Option<WireFile>,
    /// Its `document` twin is the same file.
    pub animation: Option<WireFile>,
    pub video_note: Option<WireFile>,
    pub document: Option<WireFile>,
    pub audio: Option<WireFile>,
    pub voice: Option<WireFile>,
    pub sticker: Option<WireFile>,
    pub location: Option<Location>,
    /// Its `location` twin is the same place.
    pub venue: Option<Venue>,
    pub contact: Option<Contact>,
    pub migrate_to_chat_id: Option<i64>,
    pub migrate_from_chat_id: Option<i64>,
    /// What we have no word for.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A message that another names, as far as it is needed to find it.
#[derive(Deserialize)]
pub(super) struct Referred {
    pub message_id: i64,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireChat {
    pub id: Option<i64>,
    #[serde(rename = "type")]
    pub kind: Option<Words>,
    pub title: Option<Words>,
    pub first_name: Option<Words>,
    pub last_name: Option<Words>,
    pub username: Option<Words>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireUser {
    pub id: Option<i64>,
    pub first_name: Option<Words>,
    pub last_name: Option<Words>,
    pub username: Option<Words>,
}

/// A file of any kind.
#[derive(Deserialize)]
pub(super) struct WireFile {
    pub file_id: Words,
    pub mime_type: Option<Words>,
    pub file_name: Option<Words>,
    pub file_size: Option<u64>,
    pub width: Option<u64>,
    pub height: Option<u64>,
    /// Of a sticker: packed vector graphics.
    pub is_animated: Option<bool>,
    /// Of a sticker: a WebM film.
    pub is_video: Option<bool>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Location {
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Venue {
    pub location: Option<Location>,
    pub title: Option<Words>,
    pub address: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Contact {
    pub phone_number: Option<Words>,
    pub first_name: Option<Words>,
    pub last_name: Option<Words>,
    pub vcard: Option<Words>,
}

/// <https://core.telegram.org/bots/api#callbackquery>
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CallbackQuery {
    pub id: Option<Words>,
    pub from: Option<WireUser>,
    /// Where the button is; may be a message that Telegram no longer has.
    #[serde(deserialize_with = "lenient")]
    pub message: Option<Asked>,
    pub data: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub message_id: Option<i64>,
    pub chat: Option<WireChat>,
    pub business_connection_id: Option<Words>,
    #[serde(deserialize_with = "lenient")]
    pub reply_markup: Option<Keyboard>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Keyboard {
    pub inline_keyboard: Vec<Vec<Button>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Button {
    pub text: Option<Words>,
    pub callback_data: Option<Words>,
}

/// <https://core.telegram.org/bots/api#messagereactionupdated>
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireReaction {
    pub chat: Option<WireChat>,
    pub message_id: Option<i64>,
    pub user: Option<WireUser>,
    #[serde(deserialize_with = "seconds")]
    pub date: Option<Timestamp>,
    pub new_reaction: Option<Vec<Sign>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sign {
    pub emoji: Option<Words>,
}

/// <https://core.telegram.org/bots/api#chatmemberupdated>
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Membership {
    pub chat: Option<WireChat>,
    #[serde(deserialize_with = "seconds")]
    pub date: Option<Timestamp>,
    pub new_chat_member: Option<Member>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Member {
    pub status: Option<Words>,
}

/// <https://core.telegram.org/bots/api#businessconnection>
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct BusinessConnection {
    pub user: Option<WireUser>,
    #[serde(deserialize_with = "seconds")]
    pub date: Option<Timestamp>,
    pub is_enabled: Option<bool>,
    pub rights: Option<Rights>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Rights {
    pub can_reply: Option<bool>,
}

/// <https://core.telegram.org/bots/api#businessmessagesdeleted>
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Deletions {
    pub business_connection_id: Option<Words>,
    pub chat: Option<WireChat>,
    pub message_ids: Vec<Value>,
}
