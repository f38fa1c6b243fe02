//! The wire format of Business Messages, as Google's own client for it describes it. Nothing is delivered by it since
//! July 2024; whoever has a gateway that speaks it still can.

mod wire;

use std::time::Duration;

use domain::channel::{Capabilities, ChannelKind, ChoiceLimits, MediaLimit, Window};
use domain::delivery::Delivery;
use domain::flow::PERSON;
use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Content, storable};
use domain::timestamp::hours;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use uuid::Uuid;

use super::inbound::picked;
use super::outbound::{id_of, suggestions, unknown_sign};
use super::settings::Settings;
use crate::codec::ParseError;
use crate::error::ChannelError;
use crate::files::{FileRef, Files, OutboundFile};
use crate::identity::{Actor, ExternalId, ProviderId};
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Status, Target, Topic};
use crate::moment::from_rfc3339;
use crate::outbound::{Author, Piece, ProviderSend, Signal};
use crate::plan::Limits;
use crate::wire::{Event, place, unreadable_bytes};
use crate::words::readable;
use wire::{Delivered, Receipt, SurveyResponse, UserStatus};

/// The longest answer of a survey that is shown, in characters.
const ANSWER_MAX: usize = 500;

/// How many chips a message may have.
const SUGGESTIONS_MAX: usize = 13;

/// Whoever wrote could be answered for 30 days.
const MONTH: Duration = hours(30 * 24);

const CAPABILITIES: Capabilities = Capabilities {
    media: &[MediaLimit {
        kind: MediaKind::Photo,
        mimes: &["image/jpeg", "image/png"],
        max_bytes: 5_000_000,
        caption_max: 2_000,
    }],
    choices: Some(ChoiceLimits { buttons: SUGGESTIONS_MAX, rows: SUGGESTIONS_MAX, title_max: 25, body_max: 3_072 }),
    window: Some(Window { open: MONTH, people: MONTH }),
    ..ChannelKind::Google.capabilities()
};

pub(super) const LIMITS: Limits =
    Limits { capabilities: CAPABILITIES, row_title_max: 25, choice_id_max: 2_048, places: false, albums: None };

/// What `body` says to the agent `agent_id`.
pub(super) fn parse(agent_id: &str, body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let delivered: Delivered = serde_json::from_slice(body).map_err(|error| ParseError { reason: place(&error) })?;
    let events = read(agent_id, delivered).unwrap_or_else(|reason| vec![Err(reason)]);
    Ok(events.into_iter().map(|event| event.map_err(|reason| unreadable_bytes(reason, body))).collect())
}

type Read = Result<InboundEvent, &'static str>;

fn read(agent_id: &str, delivered: Delivered) -> Result<Vec<Read>, &'static str> {
    if delivered.agent.as_deref().is_some_and(|theirs| theirs != agent_id) {
        return Err("it is for an agent that is not this channel's");
    }
    let id = delivered.conversation_id.ok_or("it names no conversation")?;
    let name = delivered.context.and_then(|context| context.user_info).and_then(|user| user.display_name);
    let customer = Actor { ids: vec![ExternalId(id)], name, username: None, phone: None };
    let at = delivered.send_time.as_deref().and_then(from_rfc3339);
    if let Some(receipts) = delivered.receipts {
        let news = receipts.receipts.into_iter().flatten().map(|receipt| receipt_event(&customer, receipt));
        return Ok(news.map(|event| event.map(|event| InboundEvent { at, ..event })).collect());
    }
    let request = delivered.request_id;
    if let Some(UserStatus { is_typing: Some(on), .. }) = delivered.user_status {
        let dedupe = format!("typing:{}", request.ok_or("it has no id")?);
        return Ok(vec![Ok(InboundEvent { dedupe, at, what: Inbound::Typing { customer, on } })]);
    }
    if let Some(answer) = &delivered.survey_response {
        let id = request.ok_or("it has no id")?;
        let message = InboundMessage::new(ProviderId(id.clone()), named(&surveyed(answer)));
        let what = Inbound::Message { customer, message };
        return Ok(vec![Ok(InboundEvent { dedupe: format!("message:{id}"), at, what })]);
    }
    let (id, (content, files), about) = match (delivered.message, delivered.suggestion_response) {
        (Some(message), _) => {
            let id = message.message_id.or(message.name).ok_or("it has no id")?;
            (Some(id), said(message.text), None)
        }
        (None, Some(response)) => {
            let about = response.message.as_deref().map(|name| Topic::Message(message_named(name)));
            (None, (picked(response)?, Vec::new()), about)
        }
        (None, None) => (None, (other(delivered.user_status, delivered.authentication_response), Vec::new()), None),
    };
    let id = id.or(request).ok_or("it has no id")?;
    let dedupe = format!("message:{id}");
    let message = InboundMessage { files, about, ..InboundMessage::new(ProviderId(id), content) };
    Ok(vec![Ok(InboundEvent { dedupe, at, what: Inbound::Message { customer, message } })])
}

/// Words, or the address at which Google keeps the customer's picture for a while, with nothing beside it.
fn said(text: Option<String>) -> (Content, Vec<FileRef>) {
    match text {
        Some(address) if is_picture(&address) => {
            let photo = Attachment::new(MediaKind::Photo, FileState::Coming);
            (Content::Files { text: String::new(), files: vec![photo] }, vec![FileRef::at(address)])
        }
        Some(text) => (Content::Text(text), Vec::new()),
        None => (named("Message"), Vec::new()),
    }
}

/// A signed address in that part of Google's storage.
/// <https://developers.google.com/business-communications/business-messages/guides/how-to/message/receive>
fn is_picture(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_signed = url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("x-goog-signature"));
    url.scheme() == "https"
        && url.host_str() == Some("storage.googleapis.com")
        && url.path().starts_with("/business-messages")
        && is_signed
}

/// What is said without words.
fn other(status: Option<UserStatus>, signed_in: Option<Value>) -> Content {
    let failure = signed_in.as_ref().and_then(|answer| answer.get("errorDetails")).filter(|details| !details.is_null());
    if status.and_then(|status| status.requested_live_agent) == Some(true) {
        return Content::Picked { id: PERSON.into(), title: "Talk to a person".into() };
    }
    match (failure, signed_in.as_ref()) {
        (Some(details), _) => {
            let why = ["errorDescription", "error"].iter().find_map(|field| details.get(field)?.as_str());
            let why: String = why.unwrap_or_default().chars().take(ANSWER_MAX).collect();
            named(&format!("Could not sign in: {}", storable(&why)))
        }
        (None, Some(_)) => named("Signed in"),
        (None, None) => named("Message"),
    }
}

fn named(label: &str) -> Content {
    Content::Unsupported { label: label.into() }
}

/// What the customer answered to which question of Google's survey, as far as it is told.
/// <https://developers.google.com/business-communications/business-messages/guides/how-to/message/surveys>
fn surveyed(answer: &SurveyResponse) -> String {
    let SurveyResponse { rating, feedback, .. } = answer;
    let rated = rating.as_deref().map(|rating| readable(&rating.to_ascii_lowercase()));
    let rated = [rated, feedback.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let said = answer.question_response_text.as_ref().or(answer.question_response_postback_data.as_ref());
    let said = said.or(Some(&rated).filter(|rated| !rated.is_empty()));
    let question = answer.survey_question_id.as_deref().map(|id| format!(" to {id}")).unwrap_or_default();
    let said = said.map(|said| format!(": {}", said.chars().take(ANSWER_MAX).collect::<String>())).unwrap_or_default();
    format!("Survey answer{question}{said}")
}

fn receipt_event(customer: &Actor, receipt: Receipt) -> Read {
    let target = message_named(&receipt.message.ok_or("a receipt without its message")?);
    let kind = receipt.receipt_type.ok_or("a receipt without its word")?;
    let dedupe = format!("{}:{target}", kind.to_ascii_lowercase());
    let delivery = match kind.as_str() {
        "DELIVERED" => Delivery::Delivered,
        "READ" => Delivery::Read,
        _ => return Ok(InboundEvent { dedupe, at: None, what: Inbound::Unsupported { label: kind } }),
    };
    let target = Target::Message(target);
    let status = Status { target, key: None, customer: Some(customer.clone()), delivery, error: None };
    Ok(InboundEvent { dedupe, at: None, what: Inbound::Status(status) })
}

/// `conversations/c-1/messages/m-1` is our `m-1`.
fn message_named(name: &str) -> ProviderId {
    ProviderId(name.rsplit('/').next().unwrap_or_default().into())
}

/// The body that sends one piece.
pub(super) fn message(send: &ProviderSend, id: Uuid, files: &dyn Files) -> Result<Value, ChannelError> {
    let mut body = match &send.piece {
        Piece::Text(text) => json!({ "text": text }),
        Piece::Buttons { text, choices } | Piece::List { text, choices } => {
            json!({ "text": text, "suggestions": suggestions(choices) })
        }
        Piece::File { file, caption: None } => {
            json!({ "image": { "contentInfo": picture(file, files) }, "fallback": file.name })
        }
        // Words and a picture are one card.
        Piece::File { file, caption: Some(words) } => {
            let media = json!({ "height": "TALL", "contentInfo": picture(file, files) });
            let card = json!({ "cardContent": { "description": words, "media": media } });
            json!({ "richCard": { "standaloneCard": card }, "fallback": words })
        }
        Piece::Album { .. } | Piece::Template { .. } | Piece::Place(_) => {
            return Err(ChannelError::Unsupported { detail: "There is no such thing here.".into() });
        }
    };
    if send.author == Author::Bot {
        offer_a_person(&mut body);
    }
    body["messageId"] = id.to_string().into();
    body["representative"] = representative(send.author, send.speaker.as_deref());
    Ok(body)
}

fn picture(file: &OutboundFile, files: &dyn Files) -> Value {
    json!({ "fileUrl": files.link(file.id).as_str(), "altText": file.name })
}

/// Google wants every bot to show a way to a person: the last chip, where there is room for one.
fn offer_a_person(body: &mut Value) {
    let mut chips = body["suggestions"].as_array().cloned().unwrap_or_default();
    if chips.len() < SUGGESTIONS_MAX {
        chips.push(json!({ "liveAgentRequest": {} }));
        body["suggestions"] = chips.into();
    }
}

/// The event that tells the customer who joined them, before what a person says by name. Its id is the same for each
/// person of a conversation, so that it is shown once.
pub(super) fn joined(settings: &Settings, to: &ExternalId, send: &ProviderSend) -> Option<(Url, Value)> {
    let speaker = send.speaker.as_deref().filter(|_| send.author == Author::Person)?;
    let id = id_of(&format!("joined:{to}:{speaker}", to = to.0));
    let body = json!({
        "eventType": "REPRESENTATIVE_JOINED", "representative": representative(Author::Person, Some(speaker)),
    });
    Some((event_url(settings, to, id), body))
}

fn event_url(settings: &Settings, to: &ExternalId, id: Uuid) -> Url {
    let mut url = settings.url(&["conversations", &to.0, "events"]);
    url.query_pairs_mut().append_pair("eventId", &id.to_string());
    url
}

/// How, where and with what a sign is shown.
pub(super) fn sign(
    settings: &Settings,
    to: &ExternalId,
    signal: &Signal,
) -> Result<(Method, Url, Value), ChannelError> {
    match signal {
        Signal::Read { up_to, .. } => {
            let url = settings.url(&["conversations", &to.0, "messages", &up_to.0, "receipt"]);
            Ok((Method::PATCH, url, json!({ "receiptType": "READ" })))
        }
        Signal::Typing { .. } => Ok((
            Method::POST,
            event_url(settings, to, Uuid::now_v7()),
            json!({ "eventType": "TYPING_STARTED", "representative": representative(Author::Person, None) }),
        )),
        Signal::Reaction { .. } | Signal::Pressed { .. } => Err(unknown_sign()),
    }
}

/// Every message had to say who speaks for the business, and could say by what name.
fn representative(author: Author, speaker: Option<&str>) -> Value {
    let kind = match author {
        Author::Person => "HUMAN",
        Author::Bot | Author::Switchboard => "BOT",
    };
    match speaker {
        Some(name) => json!({ "representativeType": kind, "displayName": name }),
        None => json!({ "representativeType": kind }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{is_picture, parse};

    #[test]
    fn a_picture_is_fetched_from_where_google_keeps_it() {
        let body = include_bytes!("../../fixtures/google/business_messages/picture.json");
        let read = parse("brands/b-1/agents/a-1", body).expect("a delivery").remove(0).expect("an event");
        let message = serde_json::to_value(read).expect("it is plain")["what"]["message"]["message"].take();
        let files = json!({ "text": "", "files": [{ "kind": "photo", "file": "coming" }] });
        assert_eq!(message["content"], json!({ "files": files }));
        let address = "https://storage.googleapis.com/business-messages-us/936640919331/jzsu6cdguNGsBhmGJGuLs1DS\
                       ?x-goog-algorithm=GOOG4-RSA-SHA256&x-goog-expires=604800&x-goog-signature=7f8a";
        assert_eq!(message["files"][0]["handle"], address);
    }

    #[test]
    fn an_address_that_somebody_wrote_is_words() {
        for words in [
            "https://storage.googleapis.com/business-messages-us/1/2",
            "https://storage.googleapis.com/somebody/1?x-goog-signature=7f8a",
            "https://storage.googleapis.com.example/business-messages-us/1?x-goog-signature=7f8a",
            "look: https://storage.googleapis.com/business-messages-us/1?x-goog-signature=7f8a",
        ] {
            assert!(!is_picture(words), "{words}");
        }
    }
}
