//! X and we prove ourselves to each other: the challenge that X repeats every hour, and the signature over every
//! delivery's raw bytes. <https://docs.x.com/x-api/webhooks/introduction>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::codec::{Method, RawRequest, RawResponse, SignatureError};
use crate::settings::Secret;
use crate::signature::{hmac_sha256, is_same};

const HEADER: &str = "x-twitter-webhooks-signature";
/// 32 bytes in base64.
const LENGTH: usize = 44;

/// Any GET is a challenge. Whoever asks gets the token signed; that proves our secret and tells nothing of it.
pub(super) fn answer(consumer_secrets: &[Secret], request: &RawRequest) -> Option<RawResponse> {
    if request.method != Method::Get {
        return None;
    }
    Some(match (request.query("crc_token"), consumer_secrets.first()) {
        (Some(token), Some(secret)) if !token.is_empty() => {
            let body = json!({ "response_token": signed(secret, token.as_bytes()) }).to_string();
            RawResponse { status: 200, content_type: "application/json", body }
        }
        _ => RawResponse::text(400, ""),
    })
}

/// `x-twitter-webhooks-signature: sha256=<base64>` over the bytes as they came.
pub(super) fn verify(consumer_secrets: &[Secret], request: &RawRequest) -> Result<(), SignatureError> {
    let header = request.header(HEADER).ok_or(SignatureError::Missing)?;
    if header.strip_prefix("sha256=").is_none_or(|signature| signature.len() != LENGTH) {
        return Err(SignatureError::Malformed);
    }
    let is_signed = |secret: &Secret| is_same(&signed(secret, &request.body), header);
    if consumer_secrets.iter().any(is_signed) { Ok(()) } else { Err(SignatureError::Wrong) }
}

fn signed(secret: &Secret, bytes: &[u8]) -> String {
    format!("sha256={}", STANDARD.encode(hmac_sha256(secret.expose().as_bytes(), bytes)))
}
