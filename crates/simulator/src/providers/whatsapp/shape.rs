//! Reads the body of a send and refuses everything that Meta's documents do not allow: unknown keys, wrong types,
//! texts that are too long, too many buttons. Pure.

use serde_json::{Map, Value};

use super::fields::{Parsed, array, inner, object, only, optional, text};
use super::refusal::Refusal;
use super::templates;
use crate::message::{Choice, Content};
use crate::provider::Address;

/// What a body asks for.
#[derive(Debug)]
pub enum Asked {
    Send(Box<Outgoing>),
    /// Mark as read, and perhaps show "typing…".
    Read {
        message_id: String,
        typing: bool,
    },
    /// A reaction to a message; taken back when there is no emoji.
    React {
        message_id: String,
        emoji: Option<String>,
    },
}

/// A message on its way to a customer.
#[derive(Debug)]
pub struct Outgoing {
    pub to: Address,
    pub content: Content,
    pub media: Option<Media>,
    pub callback: Option<String>,
}

/// The file of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Media {
    Id(String),
    Link(String),
}

/// Reads a whole body.
pub fn parse(body: &Value) -> Parsed<Asked> {
    let body = object(body, "the body")?;
    if text(body, "messaging_product", 20)? != "whatsapp" {
        return Err(Refusal::parameter("messaging_product must be whatsapp."));
    }
    if body.contains_key("status") { read(body) } else { send(body) }
}

fn read(body: &Map<String, Value>) -> Parsed<Asked> {
    only(body, &["messaging_product", "status", "message_id", "typing_indicator"])?;
    if text(body, "status", 20)? != "read" {
        return Err(Refusal::parameter("status must be read."));
    }
    let typing = body.get("typing_indicator").map(|typing| object(typing, "typing_indicator")).transpose()?;
    if let Some(typing) = typing {
        only(typing, &["type"])?;
        if text(typing, "type", 20)? != "text" {
            return Err(Refusal::parameter("typing_indicator.type must be text."));
        }
    }
    Ok(Asked::Read { message_id: text(body, "message_id", 512)?, typing: typing.is_some() })
}

fn send(body: &Map<String, Value>) -> Parsed<Asked> {
    let kind = optional(body, "type", 40)?.unwrap_or_else(|| "text".into());
    only(
        body,
        &[
            "messaging_product",
            "recipient_type",
            "to",
            "recipient",
            "type",
            "context",
            "biz_opaque_callback_data",
            &kind,
        ],
    )?;
    if optional(body, "recipient_type", 20)?.is_some_and(|kind| kind != "individual") {
        return Err(Refusal::parameter("recipient_type must be individual."));
    }
    let phone = optional(body, "to", 20)?;
    let user_id = optional(body, "recipient", 200)?;
    if phone.is_none() && user_id.is_none() {
        return Err(Refusal::parameter("The parameter to is required."));
    }
    let is_number = |phone: &String| phone.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit());
    if !phone.as_ref().is_none_or(is_number) {
        return Err(Refusal::parameter("to is not a phone number."));
    }
    if let Some(context) = body.get("context") {
        let context = object(context, "context")?;
        only(context, &["message_id"])?;
        text(context, "message_id", 512)?;
    }
    let part = body.get(&kind).ok_or_else(|| Refusal::parameter(format!("The parameter {kind} is required.")))?;
    let part = object(part, &kind)?;
    if kind == "reaction" {
        only(part, &["message_id", "emoji"])?;
        // An empty one takes it back.
        let emoji = part.get("emoji").and_then(Value::as_str).filter(|emoji| !emoji.is_empty()).map(Into::into);
        return Ok(Asked::React { message_id: text(part, "message_id", 512)?, emoji });
    }
    let mut file = None;
    let content = match kind.as_str() {
        "text" => plain(part)?,
        "image" | "video" | "audio" | "document" | "sticker" => {
            file = Some(media(part, &kind)?);
            Content::file(optional(part, "caption", 1_024)?.unwrap_or_default())
        }
        "location" => place(part)?,
        "interactive" => interactive(part)?,
        "template" => {
            let (content, header) = templates::sent(part)?;
            file = header;
            content
        }
        other => return Err(Refusal::unsupported(other)),
    };
    Ok(Asked::Send(Box::new(Outgoing {
        to: Address { phone: phone.map(|phone| phone.trim_start_matches('+').into()), user_id },
        content,
        media: file,
        callback: optional(body, "biz_opaque_callback_data", 512)?,
    })))
}

/// A file by its id or its address.
pub fn media(part: &Map<String, Value>, kind: &str) -> Parsed<Media> {
    let beside: &[&str] = match kind {
        "image" | "video" => &["id", "link", "caption"],
        "document" => &["id", "link", "caption", "filename"],
        "audio" => &["id", "link", "voice"],
        _ => &["id", "link"],
    };
    only(part, beside)?;
    optional(part, "filename", 240)?;
    match (optional(part, "id", 100)?, optional(part, "link", 2_000)?) {
        (Some(id), None) => Ok(Media::Id(id)),
        (None, Some(link)) => Ok(Media::Link(link)),
        _ => Err(Refusal::parameter(format!("{kind} needs either id or link."))),
    }
}

fn place(part: &Map<String, Value>) -> Parsed<Content> {
    only(part, &["latitude", "longitude", "name", "address"])?;
    for axis in ["latitude", "longitude"] {
        if !part.get(axis).is_some_and(|value| value.is_number() || value.is_string()) {
            return Err(Refusal::parameter(format!("location.{axis} is required.")));
        }
    }
    let words: Vec<String> =
        [optional(part, "name", 1_000)?, optional(part, "address", 1_000)?].into_iter().flatten().collect();
    let text = if words.is_empty() { format!("{}, {}", part["latitude"], part["longitude"]) } else { words.join(", ") };
    Ok(Content::Place { text })
}

fn plain(part: &Map<String, Value>) -> Parsed<Content> {
    only(part, &["body", "preview_url"])?;
    if part.get("preview_url").is_some_and(|preview| !preview.is_boolean()) {
        return Err(Refusal::parameter("text.preview_url must be a boolean."));
    }
    Ok(Content::Text { text: text(part, "body", 4_096)? })
}

fn interactive(part: &Map<String, Value>) -> Parsed<Content> {
    only(part, &["type", "header", "body", "footer", "action"])?;
    let kind = text(part, "type", 40)?;
    let longest = if kind == "list" { 4_096 } else { 1_024 };
    let body = inner(part, "body", &["text"])?;
    let words = text(body, "text", longest)?;
    let footer = match part.get("footer") {
        Some(_) => Some(text(inner(part, "footer", &["text"])?, "text", 60)?),
        None => None,
    };
    if part.contains_key("header") {
        let header = inner(part, "header", &["type", "text"])?;
        if text(header, "type", 20)? != "text" {
            return Err(Refusal::parameter("Only headers of type text are played here."));
        }
        text(header, "text", 60)?;
    }
    match kind.as_str() {
        "button" => {
            let action = inner(part, "action", &["buttons"])?;
            Ok(Content::Buttons { text: words, footer, choices: buttons(action)? })
        }
        "list" => {
            let action = inner(part, "action", &["button", "sections"])?;
            Ok(Content::List { text: words, footer, button: text(action, "button", 20)?, choices: rows(action)? })
        }
        other => Err(Refusal::unsupported(&format!("interactive {other}"))),
    }
}

fn buttons(action: &Map<String, Value>) -> Parsed<Vec<Choice>> {
    let mut choices = Vec::new();
    for button in array(action, "buttons", 1, 3)? {
        let button = object(button, "a button")?;
        only(button, &["type", "reply"])?;
        if text(button, "type", 20)? != "reply" {
            return Err(Refusal::parameter("A button's type must be reply."));
        }
        let reply = inner(button, "reply", &["id", "title"])?;
        choices.push(Choice { id: text(reply, "id", 256)?, title: text(reply, "title", 20)?, description: None });
    }
    distinct(choices)
}

fn rows(action: &Map<String, Value>) -> Parsed<Vec<Choice>> {
    let sections = array(action, "sections", 1, 10)?;
    let mut choices = Vec::new();
    for section in sections {
        let section = object(section, "a section")?;
        only(section, &["title", "rows"])?;
        let title = optional(section, "title", 24)?;
        if title.is_none() && sections.len() > 1 {
            return Err(Refusal::parameter("Where there are several sections, each needs a title."));
        }
        for row in array(section, "rows", 1, 10)? {
            let row = object(row, "a row")?;
            only(row, &["id", "title", "description"])?;
            choices.push(Choice {
                id: text(row, "id", 200)?,
                title: text(row, "title", 24)?,
                description: optional(row, "description", 72)?,
            });
        }
    }
    if choices.len() > 10 {
        return Err(Refusal::parameter("A list has at most 10 rows in all its sections."));
    }
    distinct(choices)
}

/// Ids must differ; titles of buttons too, and of rows nobody could tell the same ones apart.
fn distinct(choices: Vec<Choice>) -> Parsed<Vec<Choice>> {
    for (index, choice) in choices.iter().enumerate() {
        if choices[..index].iter().any(|other| other.id == choice.id || other.title == choice.title) {
            return Err(Refusal::parameter(format!("The id or title of {} is there twice.", choice.title)));
        }
    }
    Ok(choices)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Asked, Content, Outgoing, parse};

    fn with(addition: &Value) -> Value {
        let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "5511900000001"});
        for (key, value) in addition.as_object().expect("an addition is an object") {
            body[key] = value.clone();
        }
        body
    }

    fn taken(addition: &Value) -> Outgoing {
        match parse(&with(addition)).expect("it is taken") {
            Asked::Send(outgoing) => *outgoing,
            Asked::Read { .. } | Asked::React { .. } => panic!("it is a message"),
        }
    }

    fn refused(addition: &Value) -> u32 {
        parse(&with(addition)).expect_err(&format!("{addition} is refused")).code
    }

    fn buttons(list: &Value) -> Value {
        json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Ok?"}, "action": {"buttons": list}}})
    }

    #[test]
    fn the_examples_of_the_handbook_are_taken() {
        let text = taken(
            &json!({"type": "text", "text": {"body": "Olá", "preview_url": false}, "biz_opaque_callback_data": "outbox:42"}),
        );
        assert_eq!(text.content, Content::Text { text: "Olá".into() });
        assert_eq!(text.callback.as_deref(), Some("outbox:42"));
        taken(
            &json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Ok?"}, "footer": {"text": "…"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Sim"}}]}}}),
        );
        taken(&json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "…"},
            "action": {"button": "Ver", "sections": [{"title": "A", "rows": [{"id": "1", "title": "Um", "description": "…"}]}]}}}));
        taken(
            &json!({"type": "template", "template": {"name": "order_ready", "language": {"code": "pt_BR"}, "components": [
            {"type": "header", "parameters": [{"type": "text", "text": "42"}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "jaqueta"}]}]}}),
        );
    }

    #[test]
    fn a_customer_without_a_number_is_reached_by_the_scoped_id() {
        let body =
            json!({"messaging_product": "whatsapp", "recipient": "BR.1349", "type": "text", "text": {"body": "Olá"}});
        assert!(
            matches!(parse(&body), Ok(Asked::Send(outgoing)) if outgoing.to.user_id.as_deref() == Some("BR.1349") && outgoing.to.phone.is_none())
        );
    }

    #[test]
    fn read_and_typing_come_in_one_body() {
        let body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.AAA=", "typing_indicator": {"type": "text"}});
        assert!(matches!(parse(&body), Ok(Asked::Read { typing: true, .. })));
    }

    #[test]
    fn a_shape_that_meta_does_not_know_is_refused() {
        for addition in [
            json!({}),
            json!({"type": "text"}),
            json!({"type": "text", "text": "Olá"}),
            json!({"type": "text", "text": {"body": ""}}),
            json!({"type": "text", "text": {"body": 5}}),
            json!({"type": "text", "text": {"body": "x".repeat(4_097)}}),
            json!({"type": "text", "text": {"body": "x", "preview": true}}),
            json!({"type": "text", "text": {"body": "x"}, "extra": 1}),
            json!({"type": "text", "text": {"body": "x"}, "to": 5}),
            json!({"type": "text", "text": {"body": "x"}, "to": "Ana"}),
            json!({"type": "text", "text": {"body": "x"}, "recipient_type": "group"}),
            json!({"type": "text", "text": {"body": "x"}, "messaging_product": "messenger"}),
            json!({"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "x".repeat(513)}),
            json!({"type": "text", "text": {"body": "x"}, "context": {"id": "wamid.A="}}),
        ] {
            assert_eq!(refused(&addition), 100);
        }
        assert_eq!(refused(&json!({"type": "poll", "poll": {}})), 131_051);
    }

    #[test]
    fn more_than_three_buttons_or_a_long_or_doubled_title_is_refused() {
        let button = |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
        taken(&buttons(&json!([button("1", "A"), button("2", "B"), button("3", "C")])));
        for list in [
            json!([]),
            json!([button("1", "A"), button("2", "B"), button("3", "C"), button("4", "D")]),
            json!([button("1", &"x".repeat(21))]),
            json!([button("1", "A"), button("1", "B")]),
            json!([button("1", "A"), button("2", "A")]),
            json!([{"type": "url", "reply": {"id": "1", "title": "A"}}]),
        ] {
            assert_eq!(refused(&buttons(&list)), 100);
        }
    }

    #[test]
    fn a_list_has_at_most_ten_rows() {
        let list = |count: usize| {
            let rows: Vec<_> =
                (0..count).map(|row| json!({"id": row.to_string(), "title": format!("Row {row}")})).collect();
            json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "Which?"}, "action": {"button": "Show", "sections": [{"rows": rows}]}}})
        };
        taken(&list(10));
        assert_eq!(refused(&list(11)), 100);
        assert_eq!(refused(&list(0)), 100);
    }
}
