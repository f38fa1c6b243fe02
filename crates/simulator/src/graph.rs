//! The stand-in of the Graph API's messages endpoint. Strict: what Meta's documents do not allow is refused here, so
//! that a mistake of ours shows in the demo and not in production.
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages>

mod refusal;
mod shape;

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Map, Value, json};

use self::refusal::Refusal;
use self::shape::{Asked, Outgoing};
use crate::play::{Answer, Message, Side, Stage, Switches, new_wamid};
use crate::receipts;
use crate::simulator::{Simulator, WhatsAppPlay, now};

const SLOW: Duration = Duration::from_secs(3);

/// `POST /{version}/{phone_number_id}/messages`
pub async fn messages(
    State(simulator): State<Simulator>,
    Path((version, phone_number_id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let channel = admit(&simulator, &version, &phone_number_id, &headers)?;
    let body: Value = serde_json::from_slice(&body).map_err(|_| Refusal::parameter("The body is not valid JSON."))?;
    match shape::parse(&body)? {
        Asked::Read { message_id, typing } => read(&simulator, channel, &message_id, typing).await,
        Asked::Send(outgoing) => send(&simulator, channel, *outgoing).await,
    }
}

/// The channel, if the caller may speak for it.
fn admit<'a>(
    simulator: &'a Simulator,
    version: &str,
    phone_number_id: &str,
    headers: &HeaderMap,
) -> Result<&'a WhatsAppPlay, Refusal> {
    let is_version =
        version.strip_prefix('v').and_then(|version| version.split_once('.')).is_some_and(|(major, minor)| {
            [major, minor].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        });
    let channel = simulator.settings().channels.iter().find(|channel| channel.phone_number_id == phone_number_id);
    let (true, Some(channel)) = (is_version, channel) else { return Err(Refusal::no_such_object(phone_number_id)) };

    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if token != Some(&channel.access_token) {
        return Err(Refusal::invalid_token());
    }
    let is_json = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json { Ok(channel) } else { Err(Refusal::parameter("The body must be application/json.")) }
}

async fn read(
    simulator: &Simulator,
    channel: &WhatsAppPlay,
    message_id: &str,
    typing: bool,
) -> Result<Json<Value>, Refusal> {
    let switches = simulator.change(|play| {
        let mine = play.customers.iter_mut().filter(|customer| customer.channel == channel.channel_id);
        for customer in mine {
            if customer.was_read_up_to(message_id) {
                if typing {
                    customer.business_types(now());
                }
                return Some(customer.switches);
            }
        }
        None
    });
    let switches = switches.ok_or_else(|| Refusal::parameter("message_id names no message that a customer sent."))?;
    behave(switches).await?;
    Ok(Json(json!({"success": true})))
}

async fn send(simulator: &Simulator, channel: &WhatsAppPlay, outgoing: Outgoing) -> Result<Json<Value>, Refusal> {
    let Outgoing { phone, bsuid, content, callback } = outgoing;
    let (id, switches) = simulator.change(|play| {
        let id = play.meet(&channel.channel_id, phone.as_deref(), bsuid.as_deref());
        (id, play.customer(id).map(|customer| customer.switches).unwrap_or_default())
    });
    behave(switches).await?;

    let wamid = new_wamid();
    let contact = simulator.change(|play| {
        let customer = play.customer_mut(id)?;
        customer.push(Message {
            id: wamid.clone(),
            at: now(),
            from: Side::Business,
            content,
            stage: Stage::Waiting,
            problem: None,
            callback,
        });
        let input = phone.as_ref().or(bsuid.as_ref());
        let mut contact = Map::from_iter([("input".into(), json!(input))]);
        contact.extend(customer.phone.iter().map(|phone| ("wa_id".into(), json!(phone))));
        contact.extend(customer.bsuid.iter().map(|bsuid| ("user_id".into(), json!(bsuid))));
        Some(contact)
    });
    simulator.spawn(receipts::report(simulator.clone(), id, wamid.clone()));
    Ok(Json(json!({
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{"id": wamid, "message_status": "accepted"}],
    })))
}

/// What the switches of the play make of a request that is right in itself.
async fn behave(switches: Switches) -> Result<(), Refusal> {
    if switches.slow {
        tokio::time::sleep(SLOW).await;
    }
    match switches.answer {
        Answer::Normal | Answer::OutOfWindow | Answer::Blocked => Ok(()),
        Answer::RateLimit => Err(Refusal::rate_limit()),
        Answer::ExpiredToken => Err(Refusal::expired_token()),
        Answer::ServerError => Err(Refusal::server_error()),
    }
}
