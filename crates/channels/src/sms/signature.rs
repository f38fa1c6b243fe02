//! Twilio proves itself: a signature over the address it was told and everything in the form.
//! <https://www.twilio.com/docs/usage/webhooks/webhooks-security>

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use url::form_urlencoded;

use crate::codec::{RawRequest, SignatureError};
use crate::settings::Secret;
use crate::signature::{hmac_sha1, is_same};

/// A SHA-1 hash in base64.
const LENGTH: usize = 28;

/// `X-Twilio-Signature`: base64 HMAC-SHA1 over the public address, then every name and value of the form, sorted.
pub(super) fn verify(auth_tokens: &[Secret], webhook: &Url, request: &RawRequest) -> Result<(), SignatureError> {
    let signature = request.header("x-twilio-signature").ok_or(SignatureError::Missing)?;
    if signature.len() != LENGTH {
        return Err(SignatureError::Malformed);
    }
    let form = written(&request.body);
    let signed: Vec<String> = addresses(webhook, request).map(|address| address + &form).collect();
    let is_signed = |token: &Secret| {
        let made = |text: &String| STANDARD.encode(hmac_sha1(token.expose().as_bytes(), text.as_bytes()));
        signed.iter().any(|text| is_same(&made(text), signature))
    };
    if auth_tokens.iter().any(is_signed) { Ok(()) } else { Err(SignatureError::Wrong) }
}

/// The address as it was configured, never as the request names it: a proxy may have changed that. Only the query is the
/// request's own. Twilio signs it now with the port, now without.
fn addresses(webhook: &Url, request: &RawRequest) -> impl Iterator<Item = String> {
    let query = request.path_query.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let (scheme, host) = (webhook.scheme().to_owned(), webhook.host_str().unwrap_or_default().to_owned());
    let path = webhook.path().to_owned();
    let port = webhook.port_or_known_default().map(|port| format!(":{port}"));
    [Some(String::new()), port].into_iter().flatten().map(move |port| format!("{scheme}://{host}{port}{path}{query}"))
}

/// Names in the order of their bytes, each with its different values in theirs; nothing between them.
fn written(body: &[u8]) -> String {
    let mut fields = BTreeMap::<_, BTreeSet<_>>::new();
    for (name, value) in form_urlencoded::parse(body) {
        fields.entry(name).or_default().insert(value);
    }
    let pairs = fields.iter().flat_map(|(name, values)| values.iter().flat_map(move |value| [name, value]));
    pairs.map(|text| text.as_ref()).collect()
}
