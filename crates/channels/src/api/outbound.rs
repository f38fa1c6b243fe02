//! What we post to the other server.

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::SIGNATURE;
use super::settings::Settings;
use crate::adapter::{Account, Tools};
use crate::error::{ChannelError, Scope};
use crate::files::{Files, OutboundFile};
use crate::http::{Answer, Ask, Body, Http, Proof};
use crate::identity::ProviderId;
use crate::outbound::{Piece, ProviderSend, Receipt, Recipient, Signal};
use crate::signature::hmac_sha256;
use crate::words::{Words, present};

/// The other server may name the message; without a name ours holds.
#[derive(Default, Deserialize)]
struct Taken {
    id: Option<Words>,
}

#[derive(Deserialize)]
struct Failed {
    reason: Words,
}

pub(super) async fn send(settings: &Settings, tools: Tools<'_>, send: &ProviderSend) -> Result<Receipt, ChannelError> {
    let answer = post(settings, tools.http, &message(send, tools.files)?).await?;
    let id = answer.json::<Taken>().and_then(|taken| taken.id);
    let id = present(id.as_ref()).map_or_else(|| send.key.to_string(), str::to_owned);
    Ok(Receipt::of(vec![ProviderId(id)]))
}

pub(super) async fn signal(settings: &Settings, http: &Http, signal: &Signal) -> Result<(), ChannelError> {
    post(settings, http, &sign(signal)?).await.map(drop)
}

/// Asks whether the other server is there and knows the secret.
pub(super) async fn ping(settings: &Settings, http: &Http) -> Result<Account, ChannelError> {
    post(settings, http, &json!({ "type": "ping" })).await?;
    Ok(Account { name: settings.endpoint.host_str().unwrap_or("your endpoint").into(), ..Account::default() })
}

/// The body that carries one piece.
fn message(send: &ProviderSend, files: &dyn Files) -> Result<Value, ChannelError> {
    let mut message = match &send.piece {
        Piece::Text(text) => json!({ "text": text }),
        Piece::Buttons { text, choices } | Piece::List { text, choices } => json!({ "text": text, "choices": choices }),
        Piece::File { file, caption } => {
            json!({ "text": caption.as_deref().unwrap_or_default(), "files": [lent(file, &files.link(file.id))] })
        }
        Piece::Place(place) => {
            let (latitude, longitude) = place.degrees();
            let (name, address) = (&place.name, &place.address);
            json!({ "place": { "latitude": latitude, "longitude": longitude, "name": name, "address": address } })
        }
        Piece::Album { .. } | Piece::Template { .. } => {
            return Err(ChannelError::Unsupported { detail: "There are no templates or albums here.".into() });
        }
    };
    message["id"] = send.key.to_string().into();
    message["reply_to"] = send.reply_to.as_ref().map(|id| id.0.clone()).into();
    Ok(json!({ "type": "message", "customer": customer(&send.to)?, "message": message }))
}

fn sign(signal: &Signal) -> Result<Value, ChannelError> {
    Ok(match signal {
        Signal::Read { to, up_to } => {
            json!({ "type": "read", "customer": customer(to)?, "message": { "id": up_to.0 } })
        }
        Signal::Typing { to, .. } => json!({ "type": "typing", "customer": customer(to)? }),
        Signal::Reaction { to, target, emoji } => {
            json!({ "type": "reaction", "customer": customer(to)?, "message": { "id": target.0 }, "emoji": emoji })
        }
        Signal::Pressed { .. } => return Err(ChannelError::Unsupported { detail: "Nobody waits for it here.".into() }),
    })
}

fn customer(to: &Recipient) -> Result<Value, ChannelError> {
    let nobody = || ChannelError::InvalidContent { field: Some("recipient".into()), detail: "There is none.".into() };
    to.ids.first().map(|id| json!({ "id": id.0 })).ok_or_else(nobody)
}

fn lent(file: &OutboundFile, url: &Url) -> Value {
    json!({ "kind": file.kind, "name": file.name, "mime": file.mime, "bytes": file.bytes, "url": url.as_str() })
}

async fn post(settings: &Settings, http: &Http, body: &Value) -> Result<Answer, ChannelError> {
    let body = body.to_string();
    let signature = hex::encode(hmac_sha256(settings.secret.expose().as_bytes(), body.as_bytes()));
    let signed = format!("sha256={signature}");
    let ask = Ask {
        method: Method::POST,
        url: settings.endpoint.clone(),
        proof: Proof::Signed { header: SIGNATURE, value: &signed },
        body: Body::Json(body),
    };
    let answer = http.ask(ask).await?;
    if answer.is_success() { Ok(answer) } else { Err(refusal(&answer)) }
}

/// The status says what follows; the reason is for a person.
fn refusal(answer: &Answer) -> ChannelError {
    let detail = answer.json::<Failed>().map_or_else(
        || format!("It answered with status {}.", answer.status),
        |failed| failed.reason.0.chars().take(300).collect(),
    );
    match answer.status {
        401 => ChannelError::AuthExpired,
        403 => ChannelError::PermissionMissing { detail },
        404 | 410 => ChannelError::RecipientUnreachable { detail },
        413 | 415 => ChannelError::MediaRejected { detail },
        429 => ChannelError::RateLimited { retry_after: answer.retry_after, scope: Scope::Channel },
        504 => ChannelError::OutcomeUnknown,
        500..=599 => ChannelError::Transient { detail },
        _ => ChannelError::InvalidContent { field: None, detail },
    }
}
