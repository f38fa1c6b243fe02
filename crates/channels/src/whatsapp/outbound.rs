//! Planned pieces and signals as Meta's JSON. <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages>

use domain::channel::ChannelKind;
use domain::message::Choice;
use serde_json::{Value, json};

use super::inbound::customer::is_phone;
use crate::error::ChannelError;
use crate::outbound::{Piece, ProviderSend, Recipient, Signal};
use crate::plan::Limits;

/// A button's id may have 256 characters, a row's 200; the smaller holds for both.
pub(super) const LIMITS: Limits =
    Limits { capabilities: ChannelKind::WhatsApp.capabilities(), row_title_max: 24, choice_id_max: 200, places: true };

/// The body that sends one piece.
pub(super) fn message(send: &ProviderSend, list_label: &str) -> Result<Value, ChannelError> {
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "biz_opaque_callback_data": send.key.to_string(),
    });
    let (address, id) = address(&send.to)?;
    body[address] = id.into();
    let (kind, content) = match &send.piece {
        Piece::Text(text) => ("text", json!({ "body": text, "preview_url": has_link(text) })),
        Piece::Buttons { text, choices } => ("interactive", buttons(text, choices)),
        Piece::List { text, choices } => ("interactive", list(text, choices, list_label)),
        Piece::File { .. } | Piece::Template { .. } | Piece::Place(_) => {
            return Err(ChannelError::Unsupported { detail: "Files come with the next step.".into() });
        }
    };
    body["type"] = kind.into();
    body[kind] = content;
    Ok(body)
}

/// The body that shows a message as read, with or without "typing…".
pub(super) fn signal(signal: &Signal) -> Result<Value, ChannelError> {
    let read = |id: &str| json!({ "messaging_product": "whatsapp", "status": "read", "message_id": id });
    Ok(match signal {
        Signal::Read { up_to, .. } => read(&up_to.0),
        Signal::Typing { answering, .. } => {
            let mut body = read(&answering.0);
            body["typing_indicator"] = json!({ "type": "text" });
            body
        }
        Signal::Reaction { to, target, emoji } => {
            let mut body =
                json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "type": "reaction" });
            let (address, id) = address(to)?;
            body[address] = id.into();
            body["reaction"] = json!({ "message_id": target.0, "emoji": emoji.as_deref().unwrap_or_default() });
            body
        }
        Signal::Pressed { .. } => {
            return Err(ChannelError::Unsupported { detail: "Nobody waits for it here.".into() });
        }
    })
}

/// By phone number where it is known: every kind of message may go there. Else by business-scoped user id.
fn address(to: &Recipient) -> Result<(&'static str, &str), ChannelError> {
    let phone = to.ids.iter().find(|id| is_phone(&id.0)).map(|id| ("to", id.0.as_str()));
    let user = to.ids.iter().find(|id| !id.0.is_empty()).map(|id| ("recipient", id.0.as_str()));
    let nobody = || ChannelError::InvalidContent { field: Some("recipient".into()), detail: "There is none.".into() };
    phone.or(user).ok_or_else(nobody)
}

fn has_link(text: &str) -> bool {
    text.contains("https://") || text.contains("http://")
}

fn buttons(text: &str, choices: &[Choice]) -> Value {
    let button = |choice: &Choice| json!({ "type": "reply", "reply": { "id": choice.id, "title": choice.title } });
    let buttons: Vec<Value> = choices.iter().map(button).collect();
    json!({ "type": "button", "body": { "text": text }, "action": { "buttons": buttons } })
}

fn list(text: &str, choices: &[Choice], label: &str) -> Value {
    let row = |choice: &Choice| json!({ "id": choice.id, "title": choice.title });
    let rows: Vec<Value> = choices.iter().map(row).collect();
    json!({
        "type": "list",
        "body": { "text": text },
        "action": { "button": label, "sections": [{ "rows": rows }] },
    })
}

#[cfg(test)]
mod tests {
    use domain::id::MessageId;
    use domain::message::Choice;
    use serde_json::Value;

    use super::{message, signal};
    use crate::identity::{ExternalId, ProviderId};
    use crate::outbound::{Piece, ProviderSend, Recipient, SendKey, Signal};

    const BOTH: [&str; 2] = ["BR.1349000000000000001", "5511900000001"];

    fn body(to: &[&str], piece: Piece) -> Value {
        let id = MessageId::from_number(0x0193_9d3c_7a00_7000_8000_0000_0000_0001);
        let to = Recipient { ids: to.iter().map(|id| ExternalId((*id).into())).collect() };
        let key = SendKey { message: id, part: 1, parts: 1 };
        let send = ProviderSend { key, to, piece, reply_to: None, by_person_late: false };
        message(&send, "Choose").expect("somebody to send to")
    }

    fn signed(of: impl FnOnce(Recipient, ProviderId) -> Signal) -> Value {
        let to = Recipient { ids: BOTH.iter().map(|id| ExternalId((*id).into())).collect() };
        signal(&of(to, ProviderId("wamid.IN01=".into()))).expect("a sign WhatsApp knows")
    }

    fn choices(titles: &[&str]) -> Vec<Choice> {
        titles.iter().map(|title| Choice { id: title.to_lowercase(), title: (*title).into() }).collect()
    }

    /// The same files are checked against Meta's own schema, outside this crate.
    macro_rules! writes {
        ($($test:ident: $fixture:literal = $body:expr);+ $(;)?) => {$(
            #[test]
            fn $test() {
                let fixture = include_str!(concat!("../../fixtures/whatsapp/outbound/", $fixture, ".json"));
                assert_eq!($body, serde_json::from_str::<Value>(fixture).expect("the fixture is JSON"));
            }
        )+};
    }

    writes! {
        a_text_goes_to_the_phone_number: "text" = body(&BOTH, Piece::Text("Olá 🙂".into()));
        a_text_goes_to_the_user_id_of_who_hides_the_number:
            "text_to_user_id" = body(&BOTH[..1], Piece::Text("Olá".into()));
        a_link_is_previewed: "text_with_link" = body(&BOTH, Piece::Text("Veja https://example.com/pedido".into()));
        short_answers_are_buttons: "buttons" = body(&BOTH, Piece::Buttons {
            text: "Ok?".into(),
            choices: choices(&["Sim", "Não"]),
        });
        many_answers_are_a_list: "list" = body(&BOTH, Piece::List {
            text: "O que deseja?".into(),
            choices: choices(&["Rastrear", "Trocar", "Devolver", "Falar com alguém"]),
        });
        a_read_receipt_names_the_message: "read" = signed(|to, up_to| Signal::Read { to, up_to });
        typing_is_a_read_receipt_with_a_sign:
            "typing" = signed(|to, answering| Signal::Typing { to, answering });
    }
}
