//! Reads what Twilio posts: one form is one message of the customer, or news of one of ours.

use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Content, Place};

use super::form::Form;
use super::settings::{Sender, Settings};
use super::status;
use crate::codec::ParseError;
use crate::files::FileRef;
use crate::identity::{Actor, ExternalId, ProviderId};
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Subscription, Topic};
use crate::wire::{Event, unreadable_bytes};

/// What `body` says.
pub(super) fn parse(settings: &Settings, body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let form = Form::read(body);
    let Some(sid) = form.sid() else { return Err(ParseError { reason: "it names no message".into() }) };
    let events = check_account(settings, &form).and_then(|()| match form.status() {
        Some(word) => status::read(&form, sid, word).map(|event| vec![event]),
        None => check_sender(settings, &form).and_then(|()| message(&form, sid)),
    });
    Ok(match events {
        Ok(events) => events.into_iter().map(Ok).collect(),
        Err(reason) => vec![Err(unreadable_bytes(reason, body))],
    })
}

fn check_account(settings: &Settings, form: &Form) -> Result<(), &'static str> {
    match form.word("AccountSid") {
        Some(account) if account != settings.account_sid => Err("it is about an account that is not this channel's"),
        _ => Ok(()),
    }
}

/// An answer must come from whom the customer wrote to.
fn check_sender(settings: &Settings, form: &Form) -> Result<(), &'static str> {
    let (ours, theirs) = match &settings.sender {
        Sender::Address(address) => (address, form.word("To")),
        Sender::Service(service) => (service, form.word("MessagingServiceSid")),
    };
    match theirs {
        Some(theirs) if !theirs.eq_ignore_ascii_case(ours) => Err("it is for a sender that is not this channel's"),
        _ => Ok(()),
    }
}

/// The message itself and, for a word that ends or begins everything, what follows from it: it comes first, so that no bot
/// answers `STOP`, and one answers `START`.
pub(super) fn message(form: &Form, sid: &str) -> Result<Vec<InboundEvent>, &'static str> {
    let customer = customer(form, "From").ok_or("it has no sender")?;
    let files = files(form);
    let about = form.owned("OriginalRepliedMessageSid").map(ProviderId).map(Topic::Message);
    let about = about.or_else(|| (form.word("Forwarded") == Some("true")).then_some(Topic::Forwarded));
    let content = content(form, &files)?;
    let message = InboundMessage { files, about, ..InboundMessage::new(ProviderId(sid.into()), content) };
    let subscription = subscription(form).map(|subscription| InboundEvent {
        dedupe: format!("subscription:{sid}"),
        at: None,
        what: Inbound::Subscription { customer: customer.clone(), subscription },
    });
    let what = Inbound::Message { customer, message };
    let written = InboundEvent { dedupe: format!("message:{sid}"), at: None, what };
    Ok([subscription, Some(written)].into_iter().flatten().collect())
}

/// The person named by a field. Whoever writes by RCS is the same person by SMS; on other channels of Twilio's they have
/// an address of their own.
pub(super) fn customer(form: &Form, field: &str) -> Option<Actor> {
    let address = form.word(field)?;
    let address = Some(address.strip_prefix("rcs:").unwrap_or(address).trim()).filter(|address| !address.is_empty())?;
    let number = address.rsplit_once(':').map_or(address, |(_, number)| number);
    Some(Actor {
        ids: vec![ExternalId(address.into())],
        name: form.owned("ProfileName"),
        username: None,
        phone: Some(number.to_owned()).filter(|number| number.starts_with('+')),
    })
}

fn content(form: &Form, files: &[FileRef]) -> Result<Content, &'static str> {
    let text = form.get("Body").unwrap_or_default().to_owned();
    if !files.is_empty() {
        return Ok(Content::Files { text, files: files.iter().map(attachment).collect() });
    }
    if let Some(picked) = picked(form) {
        return Ok(picked);
    }
    if let Some(place) = place(form) {
        return Ok(Content::Place(place));
    }
    let promised = form.word("NumMedia").is_some_and(|count| count != "0");
    Ok(match (text.is_empty(), promised) {
        (false, _) => Content::Text(text),
        (true, true) => return Err("its files have no address"),
        (true, false) => Content::Unsupported { label: "Empty message".into() },
    })
}

/// A pressed button or a picked row, with its words where it has no id of its own.
fn picked(form: &Form) -> Option<Content> {
    let of = |id: &str, title: &str| {
        let (id, title) = (form.owned(id), form.owned(title));
        let title = title.or_else(|| id.clone())?;
        Some(Content::Picked { id: id.unwrap_or_else(|| title.clone()), title })
    };
    of("ButtonPayload", "ButtonText").or_else(|| of("ListId", "ListTitle"))
}

fn place(form: &Form) -> Option<Place> {
    let degrees = |name| form.word(name).and_then(|degrees| degrees.parse().ok());
    let place = Place::at(degrees("Latitude")?, degrees("Longitude")?)?;
    Some(Place { name: form.owned("Label"), address: form.owned("Address"), ..place })
}

fn files(form: &Form) -> Vec<FileRef> {
    let file = |number: usize| {
        let handle = form.owned(&format!("MediaUrl{number}"))?;
        Some(file(handle, form.owned(&format!("MediaContentType{number}"))))
    };
    (0..).map_while(file).collect()
}

/// A file at this address. Of its name Twilio tells nothing; a card is worth one.
fn file(handle: String, mime: Option<String>) -> FileRef {
    let is_card = matches!(mime.as_deref(), Some("text/x-vcard" | "text/vcard" | "text/directory"));
    FileRef { mime, name: is_card.then(|| "contact.vcf".into()), ..FileRef::at(handle) }
}

fn attachment(file: &FileRef) -> Attachment {
    let mime = file.mime.as_deref().unwrap_or_default();
    let mime = mime.split_once(';').map_or(mime, |(mime, _)| mime).trim();
    Attachment::new(MediaKind::of(mime), FileState::Coming)
}

/// Whether the customer wants to hear from us: by Twilio's word where it gives one, else by the customer's own.
fn subscription(form: &Form) -> Option<Subscription> {
    match form.word("OptOutType") {
        Some("STOP") => Some(Subscription::OptedOut),
        Some("START") => Some(Subscription::OptedIn),
        Some(_) => None,
        None => by_word(form.word("Body")?),
    }
}

/// The words that Twilio itself obeys. It takes `END`, `QUIT` and `CANCEL` as well, but these may answer a question of
/// ours; where it took them, our next message is refused with what says so.
/// <https://help.twilio.com/articles/223134027>
fn by_word(body: &str) -> Option<Subscription> {
    match body.trim().to_ascii_uppercase().as_str() {
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "OPTOUT" | "REVOKE" => Some(Subscription::OptedOut),
        "START" | "UNSTOP" | "YES" => Some(Subscription::OptedIn),
        _ => None,
    }
}
