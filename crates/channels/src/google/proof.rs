//! Google proves itself: the challenge when a webhook is saved, and the signature over every delivery.
//! <https://developers.google.com/business-communications/rcs-business-messaging/guides/integrate/webhooks>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::settings::{Product, Settings};
use super::wire::Envelope;
use crate::codec::{Method, RawRequest, RawResponse, SignatureError};
use crate::settings::Secret;
use crate::signature::{hmac_sha512, is_same};

/// A SHA-512 hash in base64.
const LENGTH: usize = 88;

#[derive(Deserialize)]
struct Challenge {
    #[serde(rename = "clientToken")]
    client_token: String,
    secret: String,
}

/// Whoever knows the token gets the secret back.
pub(super) fn answer(client_tokens: &[Secret], request: &RawRequest) -> Option<RawResponse> {
    if request.method != Method::Post {
        return None;
    }
    let Challenge { client_token, secret } = serde_json::from_slice(&request.body).ok()?;
    let is_known = client_tokens.iter().any(|token| is_same(&client_token, token.expose()));
    Some(if is_known { RawResponse::text(200, secret) } else { RawResponse::text(403, "") })
}

/// `X-Goog-Signature`: base64 HMAC-SHA512 under the client token. RCS signs what is packed into the delivery, and
/// nothing around it; Business Messages signed the whole body.
pub(super) fn verify(settings: &Settings, request: &RawRequest) -> Result<(), SignatureError> {
    let signature = request.header("x-goog-signature").ok_or(SignatureError::Missing)?;
    if signature.len() != LENGTH {
        return Err(SignatureError::Malformed);
    }
    let unpacked = match settings.product {
        Product::Rcs => Envelope::unpack(&request.body).map_err(|_| SignatureError::Wrong)?,
        Product::BusinessMessages => request.body.to_vec(),
    };
    let is_signed =
        |token: &Secret| is_same(&STANDARD.encode(hmac_sha512(token.expose().as_bytes(), &unpacked)), signature);
    if settings.client_tokens.iter().any(is_signed) { Ok(()) } else { Err(SignatureError::Wrong) }
}
