//! Meta proves itself: the subscription challenge, and the signature over every delivery's raw bytes.
//! <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>

use crate::codec::{Method, RawRequest, RawResponse, SignatureError};
use crate::settings::Secret;
use crate::signature::{is_hmac_sha256, is_same};

const HEX_LENGTH: usize = 64;

/// Any GET is a challenge: the right token gets it back verbatim, everybody else gets nothing.
pub(crate) fn answer(verify_token: &Secret, request: &RawRequest) -> Option<RawResponse> {
    if request.method != Method::Get {
        return None;
    }
    let subscribes = request.query("hub.mode").as_deref() == Some("subscribe");
    let token = request.query("hub.verify_token").unwrap_or_default();
    let knows_token = is_same(&token, verify_token.expose());
    Some(match request.query("hub.challenge") {
        Some(challenge) if subscribes && knows_token => RawResponse::text(200, challenge),
        _ => RawResponse::text(403, ""),
    })
}

/// `X-Hub-Signature-256: sha256=<hex>` over the bytes as they came.
pub(crate) fn verify(app_secrets: &[Secret], request: &RawRequest) -> Result<(), SignatureError> {
    let header = request.header("x-hub-signature-256").ok_or(SignatureError::Missing)?;
    let signature = header.strip_prefix("sha256=").ok_or(SignatureError::Malformed)?;
    if signature.len() != HEX_LENGTH {
        return Err(SignatureError::Malformed);
    }
    let is_signed = |secret: &Secret| is_hmac_sha256(secret.expose().as_bytes(), &request.body, signature);
    if app_secrets.iter().any(is_signed) { Ok(()) } else { Err(SignatureError::Wrong) }
}
