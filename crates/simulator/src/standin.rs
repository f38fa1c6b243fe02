//! Takes requests to the providers' APIs, lets the provider read them, and does what they ask for on the phones.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request as Incoming, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::message::{Content, Held, Message, Side};
use crate::play::{Customer, Switches};
use crate::provider::{Address, Album, Asked, Enclosed, Outgoing, Sign, Signed};
use crate::receipts;
use crate::shelf::Filed;
use crate::simulator::{Channel, Simulator, now};
use crate::wire::{Reply, Request, Uploaded};

const SLOW: Duration = Duration::from_secs(3);
const BODY_MOST: usize = 110 * 1024 * 1024;

/// Any request below `door`. Of several accounts at one provider the first that takes the request answers.
pub async fn answer(State(simulator): State<Simulator>, door: &'static str, incoming: Incoming) -> Response {
    let Ok(request) = read(door, incoming).await else { return StatusCode::BAD_REQUEST.into_response() };
    let mut refused = None;
    for channel in simulator.channels_behind(door) {
        let scene = simulator.scene(channel);
        match simulator.look(|play| channel.provider().read(&scene, &request, play)) {
            Ok(asked) => return perform(&simulator, channel, asked).await.into_response(),
            Err(reply) => refused = refused.or(Some(reply)),
        }
    }
    refused.map_or_else(|| StatusCode::NOT_FOUND.into_response(), IntoResponse::into_response)
}

async fn read(door: &str, incoming: Incoming) -> Result<Request, ()> {
    let path = incoming.uri().path().trim_start_matches("/simulator").trim_start_matches('/');
    let path = path.strip_prefix(door).unwrap_or(path).trim_matches('/').to_owned();
    let (method, headers) = (incoming.method().to_string(), incoming.headers().clone());
    let mut fields = decoded(incoming.uri().query().unwrap_or_default().as_bytes());
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    let mut files = Vec::new();
    let mut body = Bytes::new();
    if kind.starts_with("multipart/form-data") {
        let mut parts = Multipart::from_request(incoming, &()).await.map_err(drop)?;
        while let Some(part) = parts.next_field().await.map_err(drop)? {
            let field = part.name().unwrap_or_default().to_owned();
            let name = part.file_name().map(str::to_owned);
            let mime = part.content_type().unwrap_or("application/octet-stream").to_owned();
            let bytes = part.bytes().await.map_err(drop)?;
            match name {
                Some(name) => files.push(Uploaded { field, name, mime, bytes }),
                None => fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
    } else {
        body = axum::body::to_bytes(incoming.into_body(), BODY_MOST).await.map_err(drop)?;
        if kind.starts_with("application/x-www-form-urlencoded") {
            fields.extend(decoded(&body));
        }
    }
    Ok(Request { method, path, fields, headers, body, files })
}

fn decoded(form: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(form).into_owned().collect()
}

async fn perform(simulator: &Simulator, channel: &Channel, asked: Asked) -> Reply {
    match asked {
        Asked::Answer(reply) => reply,
        Asked::Send(outgoing) => send(simulator, channel, *outgoing).await,
        Asked::Album(album) => send_album(simulator, channel, album).await,
        Asked::Sign(signed) => sign(simulator, channel, signed).await,
        Asked::Upload { file, reply } => {
            let number = simulator.scene(channel).number;
            reply(&simulator.change(|play| play.shelf.keep(number, file)))
        }
        Asked::Shelve(work) => {
            let number = simulator.scene(channel).number;
            simulator.touch(|play| work(&mut play.shelf, number))
        }
    }
}

async fn send(simulator: &Simulator, channel: &Channel, outgoing: Outgoing) -> Reply {
    let id = match reach(simulator, channel, &outgoing.to).await {
        Ok(id) => id,
        Err(refused) => return refused,
    };
    let Some(content) = enclose(simulator, channel, outgoing.content, outgoing.file).await else {
        return unfetched();
    };
    let message_id = outgoing.id.unwrap_or_else(|| channel.provider().new_id(simulator.scene(channel).number));
    let message = Message { callback: outgoing.callback, ..Message::new(message_id, now(), Side::Business, content) };
    match put(simulator, id, std::slice::from_ref(&message)) {
        Some(customer) => (outgoing.reply)(&customer, &message),
        None => gone(),
    }
}

async fn send_album(simulator: &Simulator, channel: &Channel, album: Album) -> Reply {
    let id = match reach(simulator, channel, &album.to).await {
        Ok(id) => id,
        Err(refused) => return refused,
    };
    let name = simulator.scene(channel).number.to_string();
    let mut messages = Vec::with_capacity(album.parts.len());
    for (content, file) in album.parts {
        let Some(content) = enclose(simulator, channel, content, file).await else { return unfetched() };
        let message_id = channel.provider().new_id(simulator.scene(channel).number);
        let message = Message::new(message_id, now(), Side::Business, content);
        messages.push(Message { album: Some(name.clone()), ..message });
    }
    match put(simulator, id, &messages) {
        Some(customer) => (album.reply)(&customer, &messages),
        None => gone(),
    }
}

/// The customer that the business names; an error is what the switches of the play answer instead.
async fn reach(simulator: &Simulator, channel: &Channel, to: &Address) -> Result<u32, Reply> {
    let (id, switches) = simulator.change(|play| {
        let id = play.meet(&channel.id, to);
        (id, play.customer(id).map(|customer| customer.switches).unwrap_or_default())
    });
    behave(channel, switches).await.map_or(Ok(id), Err)
}

/// Puts messages on the customer's phone, and has their receipts told.
fn put(simulator: &Simulator, id: u32, messages: &[Message]) -> Option<Customer> {
    let customer = simulator.change(|play| {
        let customer = play.customer_mut(id)?;
        for message in messages {
            // Who names messages may send one twice.
            if customer.message(&message.id).is_none() {
                customer.push(message.clone());
            }
        }
        Some(customer.clone())
    })?;
    for message in messages {
        simulator.spawn(receipts::report(simulator.clone(), id, message.id.clone()));
    }
    Some(customer)
}

fn unfetched() -> Reply {
    Reply { status: 400, headers: Vec::new(), body: "The file could not be fetched.".into() }
}

fn gone() -> Reply {
    Reply { status: 404, headers: Vec::new(), body: Bytes::new() }
}

/// The content with its files on the shelf.
async fn enclose(simulator: &Simulator, channel: &Channel, content: Content, file: Enclosed) -> Option<Content> {
    let text = content.words().to_owned();
    let file = match file {
        Enclosed::Nothing => return Some(content),
        Enclosed::Bytes(file) => file,
        Enclosed::Link(link) => fetch(simulator, &link).await?,
        Enclosed::Links(links) => {
            let mut files = Vec::with_capacity(links.len());
            for link in links {
                let file = shelve(simulator, channel, fetch(simulator, &link).await?);
                files.push(Held { file: file.id, shows: file.kind, name: file.name });
            }
            return Some(Content::Files { files, text });
        }
    };
    let file = shelve(simulator, channel, file);
    Some(Content::File { file: file.id, shows: file.kind, name: file.name, text })
}

/// The file on the shelf; one that was uploaded before is there already.
fn shelve(simulator: &Simulator, channel: &Channel, file: Filed) -> Filed {
    if !file.id.is_empty() {
        return file;
    }
    let number = simulator.scene(channel).number;
    simulator.touch(|play| play.shelf.keep(number, file))
}

/// Fetches a link as the provider does: whatever is not there is refused.
async fn fetch(simulator: &Simulator, link: &str) -> Option<Filed> {
    let answer = simulator.client().get(link).send().await.ok()?.error_for_status().ok()?;
    let mime = answer.headers().get(CONTENT_TYPE)?.to_str().ok()?.to_owned();
    let path = answer.url().path().to_owned();
    let name = path.rsplit('/').next().unwrap_or_default();
    Some(Filed::new(name, &mime, answer.bytes().await.ok()?))
}

async fn sign(simulator: &Simulator, channel: &Channel, signed: Signed) -> Reply {
    let Signed { to, message, signs, reply, missing } = signed;
    let switches = simulator.change(|play| {
        let id = match (&to, &message) {
            (Some(address), _) => play.find(&channel.id, address),
            (None, Some(message)) => play.owner(&channel.id, message),
            (None, None) => None,
        };
        let customer = play.customer_mut(id?)?;
        let is_known = signs.iter().all(|sign| show(customer, message.as_deref(), sign));
        is_known.then_some(customer.switches)
    });
    let Some(switches) = switches else { return missing };
    behave(channel, switches).await.unwrap_or(reply)
}

/// Shows a sign on the phone; false when it is about nothing there.
fn show(customer: &mut Customer, message: Option<&str>, sign: &Sign) -> bool {
    match (sign, message) {
        (Sign::Typing, _) => customer.business_types(now()),
        // With nothing to read, everything is read.
        (Sign::Read, message) => return customer.was_read_up_to(message) || message.is_none(),
        (_, None) => return false,
        (_, Some(id)) if customer.message(id).is_none() => return false,
        (Sign::React(emoji), Some(id)) => customer.react(id, emoji.as_deref()),
        (Sign::Edit(text), Some(id)) => customer.edit(id, text),
        (Sign::Delete, Some(id)) => customer.delete(id),
    }
    true
}

/// What the switches of the play make of a request that is right in itself.
async fn behave(channel: &Channel, switches: Switches) -> Option<Reply> {
    if switches.slow {
        tokio::time::sleep(SLOW).await;
    }
    channel.provider().refusal(switches.answer)
}
