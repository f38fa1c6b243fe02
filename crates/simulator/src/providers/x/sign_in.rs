//! Signing in with an account: the page where its owner lets an app in, and the tokens the app gets for what it is sent.
//! <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

use super::{X, refused};
use crate::provider::{Asked, Scene};
use crate::wire::{Reply, Request, hmac_sha256};

const SCOPES: [&str; 6] = ["dm.read", "dm.write", "tweet.read", "users.read", "media.write", "offline.access"];

/// How many are remembered; older ones ran out long ago.
const SPENT_MOST: usize = 1_000;

/// Codes and refresh tokens that were used: each is good once.
#[derive(Debug, Default)]
pub struct Spent(Mutex<VecDeque<String>>);

impl Spent {
    /// Takes it for used; false when it was before.
    fn spend(&self, token: &str) -> bool {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !spent.iter().any(|known| known == token);
        if is_new {
            spent.truncate(SPENT_MOST - 1);
            spent.push_front(token.into());
        }
        is_new
    }
}

/// `GET /i/oauth2/authorize`: the owner is asked.
pub fn page(account: &X, scene: &Scene<'_>, request: &Request) -> Result<Asked, Reply> {
    let field = |name: &str| request.field(name).unwrap_or_default();
    let wrong = || refused(400, "Invalid Request", "You weren't able to give access to the App.");
    let asked: Vec<&str> = field("scope").split(' ').collect();
    let is_good = field("response_type") == "code"
        && field("client_id") == account.client_id
        && field("code_challenge_method") == "S256"
        && SCOPES.iter().all(|scope| asked.contains(scope));
    let back = Url::parse(field("redirect_uri")).ok().filter(|back| back.as_str().starts_with(scene.public_base_url));
    let back = back.filter(|_| is_good).ok_or_else(wrong)?;
    let code = json!([field("code_challenge"), back.as_str()]).to_string();
    let to = |name: &str, value: &str| {
        let mut url = back.clone();
        url.query_pairs_mut().append_pair("state", field("state")).append_pair(name, value);
        url.as_str().replace('&', "&amp;")
    };
    let (allow, deny) = (to("code", &URL_SAFE_NO_PAD.encode(code)), to("error", "access_denied"));
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign in with X (simulated)</title>\
         <h1>An app wants to use your account @acme</h1><p>It will read and write your direct messages.</p>\
         <p><a href=\"{allow}\">Authorize app</a></p><p><a href=\"{deny}\">Cancel</a></p></html>"
    );
    Ok(Asked::Answer(Reply::bytes("text/html; charset=utf-8", page.into())))
}

/// `POST /2/oauth2/token`: tokens for a code, or for a refresh token, which is changed for another one.
pub fn tokens(account: &X, request: &Request) -> Result<Asked, Reply> {
    if !request.is_basic(&account.client_id, &account.client_secret) {
        return Err(no("unauthorized_client", "Missing valid authorization header"));
    }
    let brought = match request.field("grant_type") {
        Some("authorization_code") => request.field("code").filter(|_| is_proved(request)),
        Some("refresh_token") => request.field("refresh_token").filter(|token| is_ours(account, token)),
        _ => None,
    };
    if !brought.is_some_and(|brought| account.spent.spend(brought)) {
        return Err(no("invalid_request", "Value passed for the token was invalid."));
    }
    Ok(Asked::Answer(Reply::ok(&json!({
        "token_type": "bearer", "expires_in": 7_200, "access_token": account.access_token,
        "refresh_token": refresh_token(account, &Uuid::now_v7().simple().to_string()), "scope": SCOPES.join(" "),
    }))))
}

/// A refresh token says itself that it is one of ours, so that those of an earlier run are good as well.
fn refresh_token(account: &X, id: &str) -> String {
    format!("{id}.{}", URL_SAFE_NO_PAD.encode(hmac_sha256(&account.client_secret, id.as_bytes())))
}

fn is_ours(account: &X, token: &str) -> bool {
    token.split_once('.').is_some_and(|(id, _)| refresh_token(account, id) == token)
}

/// Whether the code was given to whoever knows this verifier, and for this address.
fn is_proved(request: &Request) -> bool {
    let field = |name: &str| request.field(name).unwrap_or_default();
    let code = URL_SAFE_NO_PAD.decode(field("code")).unwrap_or_default();
    let code: Value = serde_json::from_slice(&code).unwrap_or_default();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
    code == json!([challenge, field("redirect_uri")])
}

fn no(error: &str, description: &str) -> Reply {
    Reply::json(400, &json!({"error": error, "error_description": description}))
}
