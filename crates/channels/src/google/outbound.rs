//! Planned pieces and signals as RCS's JSON, and the ids they go by.
//! <https://developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1/phones.agentMessages>

use domain::channel::ChannelKind;
use domain::message::Choice;
use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use crate::error::ChannelError;
use crate::files::Files;
use crate::identity::ExternalId;
use crate::outbound::{Piece, Recipient, SendKey, Signal};
use crate::plan::Limits;
use crate::signature::sha256;

/// Suggestions are chips: there are no rows.
pub(super) const LIMITS: Limits = Limits {
    capabilities: ChannelKind::Google.capabilities(),
    row_title_max: 25,
    choice_id_max: 2_048,
    places: false,
    albums: None,
};

/// The body that sends one piece.
pub(super) fn message(piece: &Piece, files: &dyn Files) -> Result<Value, ChannelError> {
    let content = match piece {
        Piece::Text(text) => json!({ "text": text }),
        Piece::Buttons { text, choices } | Piece::List { text, choices } => {
            json!({ "text": text, "suggestions": suggestions(choices) })
        }
        // Google takes the file's type from the answer when it fetches it.
        Piece::File { file, .. } => json!({ "contentInfo": { "fileUrl": files.link(file.id).as_str() } }),
        Piece::Album { .. } | Piece::Template { .. } | Piece::Place(_) => {
            return Err(ChannelError::Unsupported { detail: "There is no such thing here.".into() });
        }
    };
    Ok(json!({ "contentMessage": content }))
}

/// The id and the body of an event that shows a sign.
pub(super) fn event(signal: &Signal) -> Result<(Uuid, Value), ChannelError> {
    match signal {
        Signal::Read { up_to, .. } => {
            Ok((id_of(&format!("read:{up_to}")), json!({ "eventType": "READ", "messageId": up_to.0 })))
        }
        // It fades after a while and is shown anew; an id that came before would be ignored.
        Signal::Typing { .. } => Ok((Uuid::now_v7(), json!({ "eventType": "IS_TYPING" }))),
        Signal::Reaction { .. } | Signal::Pressed { .. } => Err(unknown_sign()),
    }
}

pub(super) fn unknown_sign() -> ChannelError {
    ChannelError::Unsupported { detail: "There is no such sign here.".into() }
}

pub(super) fn suggestions(choices: &[Choice]) -> Vec<Value> {
    let reply = |choice: &Choice| json!({ "reply": { "text": choice.title, "postbackData": choice.id } });
    choices.iter().map(reply).collect()
}

/// Who it goes to.
pub(super) fn address(to: &Recipient) -> Result<&ExternalId, ChannelError> {
    let nobody = || ChannelError::InvalidContent { field: Some("recipient".into()), detail: "There is none.".into() };
    to.ids.iter().find(|id| !id.0.is_empty()).ok_or_else(nobody)
}

/// The id of a part of a message: the same every time it is tried, so that Google shows it once.
pub(super) fn message_id(key: SendKey) -> Uuid {
    id_of(&key.to_string())
}

/// The same id for the same word.
pub(super) fn id_of(word: &str) -> Uuid {
    let hash = sha256(word.as_bytes());
    Builder::from_random_bytes(std::array::from_fn(|place| hash[place])).into_uuid()
}
