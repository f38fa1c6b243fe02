//! Planned pieces and signals as Meta's JSON.
//! <https://developers.facebook.com/docs/messenger-platform/reference/send-api>

use domain::media::MediaKind;
use domain::message::Choice;
use reqwest::Url;
use serde_json::{Value, json};

use super::template;
use crate::error::ChannelError;
use crate::inbound::Through;
use crate::outbound::{Piece, ProviderSend, Recipient, Signal};

/// Longest payload of a quick reply, in bytes; Meta counts it in characters, so ours is the stricter.
pub(crate) const CHOICE_ID_MAX: usize = 1_000;

/// Which of the two messengers is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Messenger,
    Instagram,
}

impl Product {
    /// What deliveries say that they are about.
    pub const fn object(self) -> &'static str {
        match self {
            Self::Messenger => "page",
            Self::Instagram => "instagram",
        }
    }

    /// Through whom something left that comes back without a key of ours: what we send over Messenger always has one; a
    /// send that Instagram refuses is tried without.
    pub const fn through(self) -> Through {
        match self {
            Self::Messenger => Through::Another,
            Self::Instagram => Through::Unknown,
        }
    }

    /// The name people know it by.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Messenger => "Messenger",
            Self::Instagram => "Instagram",
        }
    }
}

/// Where Meta gets a file from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// It has it already, under this id.
    Uploaded(String),
    /// It fetches it here.
    Link(Url),
}

/// The body that sends one piece; `sources` are those of its files, in their order.
pub(super) fn message(product: Product, send: &ProviderSend, sources: &[Source]) -> Result<Value, ChannelError> {
    let mut message = content(product, &send.piece, sources)?;
    message["metadata"] = send.key.to_string().into();
    let mut body = json!({ "recipient": recipient(&send.to)?, "message": message });
    if send.by_person_late {
        body["messaging_type"] = "MESSAGE_TAG".into();
        body["tag"] = "HUMAN_AGENT".into();
    } else if product == Product::Messenger {
        let is_template = matches!(send.piece, Piece::Template { .. });
        body["messaging_type"] = if is_template { "UTILITY" } else { "RESPONSE" }.into();
    }
    if let Some(reply_to) = &send.reply_to {
        body["reply_to"] = json!({ "mid": reply_to.0 });
    }
    Ok(body)
}

/// Takes what is not documented for `product` off a body that was refused; false when there was nothing of it.
pub(super) fn take_off_extras(product: Product, body: &mut Value) -> bool {
    let had_reply = body.as_object_mut().and_then(|body| body.remove("reply_to")).is_some();
    let Some(message) = body["message"].as_object_mut() else { return had_reply };
    let may_keep = product == Product::Messenger && !message.contains_key("template");
    let had_metadata = !may_keep && message.remove("metadata").is_some();
    had_reply || had_metadata
}

/// What Meta is told about a file that is uploaded.
pub(super) fn upload(kind: MediaKind) -> Value {
    json!({ "attachment": { "type": file_type(kind), "payload": { "is_reusable": true } } })
}

/// The body that shows a sign.
pub(super) fn signal(product: Product, signal: &Signal) -> Result<Value, ChannelError> {
    let action = |to: &Recipient, action: &str| Ok(json!({ "recipient": recipient(to)?, "sender_action": action }));
    match (signal, product) {
        (Signal::Read { to, .. }, _) => action(to, "mark_seen"),
        (Signal::Typing { to, .. }, _) => action(to, "typing_on"),
        (Signal::Reaction { to, target, emoji }, Product::Instagram) => {
            let mut body = action(to, if emoji.is_some() { "react" } else { "unreact" })?;
            body["payload"] = json!({ "message_id": target.0 });
            if let Some(emoji) = emoji {
                body["payload"]["reaction"] = reaction(emoji).into();
            }
            Ok(body)
        }
        (Signal::Reaction { .. }, Product::Messenger) => unsupported("Messenger takes no reactions from pages."),
        (Signal::Pressed { .. }, _) => unsupported("Nobody waits for it here."),
    }
}

fn content(product: Product, piece: &Piece, sources: &[Source]) -> Result<Value, ChannelError> {
    match (piece, sources) {
        (Piece::Text(text), _) => Ok(json!({ "text": text })),
        (Piece::Buttons { text, choices } | Piece::List { text, choices }, _) => {
            let replies: Vec<Value> = choices.iter().map(quick_reply).collect();
            Ok(json!({ "text": text, "quick_replies": replies }))
        }
        (Piece::File { file, .. }, [source]) => Ok(json!({ "attachment": attachment(file.kind, source) })),
        (Piece::Album { files, .. }, sources) if files.len() == sources.len() => {
            let all = files.iter().zip(sources).map(|(file, source)| attachment(file.kind, source));
            Ok(json!({ "attachments": all.collect::<Vec<_>>() }))
        }
        (Piece::Template { template, .. }, _) if product == Product::Messenger => {
            Ok(json!({ "template": template::template(template) }))
        }
        (Piece::File { .. } | Piece::Album { .. }, _) => unsupported("The file is nowhere."),
        (Piece::Template { .. } | Piece::Place(_), _) => unsupported("It has no templates or places."),
    }
}

fn attachment(kind: MediaKind, source: &Source) -> Value {
    let payload = match source {
        Source::Uploaded(id) => json!({ "attachment_id": id }),
        Source::Link(url) => json!({ "url": url.as_str() }),
    };
    json!({ "type": file_type(kind), "payload": payload })
}

fn quick_reply(choice: &Choice) -> Value {
    json!({ "content_type": "text", "title": choice.title, "payload": choice.id })
}

const fn file_type(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Photo | MediaKind::Sticker => "image",
        MediaKind::Video => "video",
        MediaKind::Audio | MediaKind::Voice => "audio",
        MediaKind::Document => "file",
    }
}

/// The heart has had a word since there were reactions; every other sign goes as it is.
fn reaction(emoji: &str) -> &str {
    if emoji.trim_end_matches('\u{fe0f}') == "❤" { "love" } else { emoji }
}

fn recipient(to: &Recipient) -> Result<Value, ChannelError> {
    let id = to.ids.iter().find(|id| !id.0.is_empty());
    let nobody = || ChannelError::InvalidContent { field: Some("recipient".into()), detail: "There is none.".into() };
    Ok(json!({ "id": id.ok_or_else(nobody)?.0 }))
}

fn unsupported(detail: &str) -> Result<Value, ChannelError> {
    Err(ChannelError::Unsupported { detail: detail.into() })
}

#[cfg(test)]
mod tests {
    use domain::id::{FileId, MessageId};
    use domain::media::MediaKind;
    use domain::message::Choice;
    use domain::template::{SentTemplate, TemplateButton, TemplateValue, TemplateValues};
    use reqwest::Url;
    use serde_json::Value;

    use super::{Product, Source, message, signal, take_off_extras, upload};
    use crate::files::OutboundFile;
    use crate::identity::{ExternalId, ProviderId};
    use crate::outbound::{AlbumForm, Author, Piece, ProviderSend, Recipient, SendKey, Signal};

    fn to() -> Recipient {
        Recipient { ids: vec![ExternalId("7100000000000001".into())] }
    }

    fn sends(piece: Piece) -> ProviderSend {
        let id = MessageId::from_number(0x0193_9d3c_7a00_7000_8000_0000_0000_0001);
        let key = SendKey { message: id, part: 1, parts: 1 };
        ProviderSend {
            key,
            places: Vec::new(),
            to: to(),
            piece,
            reply_to: None,
            author: Author::Person,
            speaker: None,
            by_person_late: false,
        }
    }

    fn text() -> ProviderSend {
        sends(Piece::Text("Olá 🙂".into()))
    }

    fn stored(kind: MediaKind) -> OutboundFile {
        let (name, mime) = ("jacket.png".into(), "image/png".into());
        OutboundFile { kind, id: FileId::from_number(7), name, mime, bytes: 4 }
    }

    fn photo(kind: MediaKind) -> ProviderSend {
        sends(Piece::File { file: stored(kind), caption: None })
    }

    fn photos() -> ProviderSend {
        let files = vec![stored(MediaKind::Photo), stored(MediaKind::Photo)];
        sends(Piece::Album { files, caption: None, form: AlbumForm::OneMessage })
    }

    fn question() -> ProviderSend {
        let choices = ["Sim", "Não"].map(|title| Choice { id: title.to_lowercase(), title: title.into() }).to_vec();
        sends(Piece::Buttons { text: "Ok?".into(), choices })
    }

    fn utility(named: bool) -> ProviderSend {
        let value =
            |placeholder: &str, value: &str| TemplateValue { placeholder: placeholder.into(), value: value.into() };
        let (title, url) = ("Track".to_owned(), "https://acme.example/orders/{{1}}".to_owned());
        let (values, buttons) = if named {
            let body = vec![value("order_id", "566701"), value("customer_name", "Ana")];
            let buttons = vec![(0, "566701".to_owned())];
            (TemplateValues { body, buttons, ..TemplateValues::default() }, vec![TemplateButton::Link { title, url }])
        } else {
            let (header, body) = (vec![value("1", "Order")], vec![value("2", "tomorrow"), value("1", "566701")]);
            (TemplateValues { header, body, ..TemplateValues::default() }, vec![TemplateButton::Reply { title }])
        };
        let template = SentTemplate {
            id: "104595129340398".into(),
            name: "order_ready".into(),
            language: "en".into(),
            named,
            values,
            header: None,
            text: "Your order is ready.".into(),
            buttons,
        };
        sends(Piece::Template { template: Box::new(template), header: None })
    }

    fn body(product: Product, send: &ProviderSend) -> Value {
        message(product, send, &[]).expect("somebody to send to")
    }

    fn with(product: Product, send: &ProviderSend, source: &Source) -> Value {
        message(product, send, std::slice::from_ref(source)).expect("somebody to send to")
    }

    fn signed(product: Product, signed: &Signal) -> Value {
        signal(product, signed).expect("a sign it knows")
    }

    fn on(emoji: Option<&str>) -> Signal {
        Signal::Reaction { to: to(), target: ProviderId("mid.1".into()), emoji: emoji.map(str::to_owned) }
    }

    fn lent() -> Source {
        lent_at("https://desk.example/lent/7")
    }

    fn lent_at(url: &str) -> Source {
        Source::Link(Url::parse(url).expect("a URL"))
    }

    /// The same files are compared with what a client that we did not write sends, outside this crate.
    macro_rules! writes {
        ($($test:ident: $fixture:literal = $body:expr);+ $(;)?) => {$(
            #[test]
            fn $test() {
                let fixture = include_str!(concat!("../../../fixtures/", $fixture, ".json"));
                assert_eq!($body, serde_json::from_str::<Value>(fixture).expect("the fixture is JSON"));
            }
        )+};
    }

    use Product::{Instagram, Messenger};

    writes! {
        a_text_answers_with_its_key: "messenger/outbound/text" = body(Messenger, &text());
        a_utility_template_leaves_with_what_was_filled_in: "messenger/outbound/utility" = body(Messenger, &utility(false));
        a_utility_template_with_names_and_an_address_to_fill_in:
            "messenger/outbound/utility_named" = body(Messenger, &utility(true));
        what_a_person_writes_late_is_tagged_as_a_persons:
            "messenger/outbound/human_agent" = body(Messenger, &ProviderSend { by_person_late: true, ..text() });
        an_answer_names_the_message:
            "messenger/outbound/reply" =
                body(Messenger, &ProviderSend { reply_to: Some(ProviderId("m_A".into())), ..text() });
        answers_to_pick_are_quick_replies: "messenger/outbound/quick_replies" = body(Messenger, &question());
        an_uploaded_photo_goes_by_its_id:
            "messenger/outbound/image" =
                with(Messenger, &photo(MediaKind::Photo), &Source::Uploaded("5500000000000001".into()));
        an_uploaded_document_goes_by_its_id:
            "messenger/outbound/file" =
                with(Messenger, &photo(MediaKind::Document), &Source::Uploaded("5500000000000002".into()));
        an_upload_is_kept_for_later: "messenger/outbound/upload" = upload(MediaKind::Photo);
        typing_is_shown:
            "messenger/outbound/typing" =
                signed(Messenger, &Signal::Typing { to: to(), answering: ProviderId("m_A".into()) });
        what_was_read_is_marked_as_seen:
            "messenger/outbound/seen" = signed(Messenger, &Signal::Read { to: to(), up_to: ProviderId("m_A".into()) });
        instagram_is_told_no_type_for_an_answer: "instagram/outbound/text" = body(Instagram, &text());
        what_a_person_writes_late_on_instagram_is_tagged_as_a_persons:
            "instagram/outbound/human_agent" = body(Instagram, &ProviderSend { by_person_late: true, ..text() });
        instagram_fetches_a_photo_where_it_is_lent:
            "instagram/outbound/image" = with(Instagram, &photo(MediaKind::Photo), &lent());
        photos_that_leave_together_are_one_message_on_instagram:
            "instagram/outbound/images" =
                message(Instagram, &photos(), &[lent(), lent_at("https://desk.example/lent/8")]).expect("both are there");
        answers_to_pick_on_instagram_are_quick_replies:
            "instagram/outbound/quick_replies" = body(Instagram, &question());
        a_heart_is_love: "instagram/outbound/react" = signed(Instagram, &on(Some("❤️")));
        a_reaction_is_taken_back: "instagram/outbound/unreact" = signed(Instagram, &on(None));
    }

    #[test]
    fn typing_and_reading_are_shown_on_instagram_as_on_messenger() {
        let typing = || Signal::Typing { to: to(), answering: ProviderId("m_A".into()) };
        let seen = || Signal::Read { to: to(), up_to: ProviderId("m_A".into()) };
        assert_eq!(signed(Instagram, &typing()), signed(Messenger, &typing()));
        assert_eq!(signed(Instagram, &seen()), signed(Messenger, &seen()));
    }

    #[test]
    fn any_other_sign_goes_as_it_is() {
        assert_eq!(signed(Instagram, &on(Some("👍")))["payload"]["reaction"], "👍");
        assert!(signal(Messenger, &on(Some("👍"))).is_err());
    }

    #[test]
    fn a_refused_body_is_tried_without_what_is_not_documented_there() {
        let answering = ProviderSend { reply_to: Some(ProviderId("m_A".into())), ..text() };
        let mut refused = body(Messenger, &answering);
        assert!(take_off_extras(Messenger, &mut refused));
        assert_eq!(refused, body(Messenger, &text()));
        assert!(!take_off_extras(Messenger, &mut refused));
        let mut refused = body(Instagram, &answering);
        assert!(take_off_extras(Instagram, &mut refused));
        assert_eq!(refused["message"], serde_json::json!({ "text": "Olá 🙂" }));
        assert!(refused.get("reply_to").is_none());
        let mut refused = body(Messenger, &utility(false));
        assert!(take_off_extras(Messenger, &mut refused));
        assert!(refused["message"].get("metadata").is_none() && refused["message"]["template"].is_object());
        assert!(message(Instagram, &utility(false), &[]).is_err());
    }
}
