//! Requests, answers and webhooks as bytes and headers, and the signatures on them.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

/// A request to a stand-in, read whole.
pub struct Request {
    pub method: String,
    /// Below the stand-in's door, without slashes at its ends.
    pub path: String,
    /// Of the address and of a form in the body.
    pub fields: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// The files of a multipart body.
    pub files: Vec<Uploaded>,
}

/// A file in a multipart body.
pub struct Uploaded {
    pub field: String,
    pub name: String,
    pub mime: String,
    pub bytes: Bytes,
}

impl Request {
    pub fn segments(&self) -> Vec<&str> {
        self.path.split('/').collect()
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; nothing where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn is_json(&self) -> bool {
        self.header(CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("application/json"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn bearer(&self) -> Option<&str> {
        self.header(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "))
    }

    /// Whether `user` and `password` were shown.
    pub fn is_basic(&self, user: &str, password: &str) -> bool {
        let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        self.header(AUTHORIZATION.as_str()) == Some(expected.as_str())
    }
}

/// An answer of a stand-in.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: vec![("content-type", "application/json".into())], body: body.to_string().into() }
    }

    pub fn ok(body: &Value) -> Self {
        Self::json(200, body)
    }

    pub fn bytes(mime: &str, body: Bytes) -> Self {
        Self { status: 200, headers: vec![("content-type", mime.into())], body }
    }

    pub fn with(mut self, header: &'static str, value: impl ToString) -> Self {
        self.headers.push((header, value.to_string()));
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(self.body.into()).unwrap_or_default()
    }
}

/// One webhook ready to be posted.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Below our own host.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Letter {
    /// JSON with everything beyond ASCII as `\u` escapes. Whoever signs a re-encoded body fails on these.
    pub fn json(path: String, content: &Value) -> Self {
        Self { path, headers: vec![("content-type", "application/json".into())], body: escaped(content) }
    }

    /// The signature that Meta and our own API make, in a header of their own: `sha256=` and hex.
    pub fn signed_in_hex(self, header: &'static str, secret: &str) -> Self {
        let signature = format!("sha256={}", hex::encode(hmac_sha256(secret, &self.body)));
        self.with(header, signature)
    }

    pub fn with(mut self, header: &'static str, value: String) -> Self {
        self.headers.push((header, value));
        self
    }
}

fn escaped(content: &Value) -> Vec<u8> {
    let mut out = String::new();
    for letter in content.to_string().chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out.into_bytes()
}

/// Year, month and day of a day since 1970, after Howard Hinnant's `civil_from_days`.
pub const fn civil_day(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    let january = if month <= 2 { 1 } else { 0 };
    (year_of_era + era * 400 + january, month, day)
}

pub fn hmac_sha256(secret: &str, content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

/// In base64, as Twilio writes it.
pub fn hmac_sha1(secret: &str, content: &[u8]) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(content);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// In base64, as Google writes it.
pub fn hmac_sha512(secret: &str, content: &[u8]) -> String {
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(content);
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Letter, hmac_sha1, hmac_sha512};

    #[test]
    fn signatures_are_those_openssl_makes() {
        // printf '%s' BODY | openssl dgst -sha256 -hmac 'an app secret'
        let letter = Letter {
            body: br#"{"object":"whatsapp_business_account","text":"gr\u00fc\u00df dich"}"#.into(),
            ..Letter::json(String::new(), &json!(null))
        };
        let signed = letter.signed_in_hex("x", "an app secret");
        let expected = "sha256=745550e3aa04873f5bcb48e3f13dac1bc44a1ca855e286925c767c863ec7ac3e";
        assert_eq!(signed.headers.last(), Some(&("x", expected.into())));
        // printf '%s' 'a body' | openssl dgst -sha1 -hmac 'a token' -binary | base64
        assert_eq!(hmac_sha1("a token", b"a body"), "Yt41SbFy947Qd6SnhVMSl21Obik=");
        assert_eq!(
            hmac_sha512("a token", b"a body"),
            "ug9ViFnDVSyRA07kZ4GR1V3+L456F/s/aPwWGFdPTvoATh284cwftIJbnsYtVPgdFNTt2VgWyQUXl5Cp5gYZog=="
        );
    }

    #[test]
    fn letters_beyond_ascii_are_escaped_as_meta_does() {
        let letter = Letter::json("/".into(), &json!({"text": "grüß 👍"}));
        assert_eq!(String::from_utf8_lossy(&letter.body), r#"{"text":"gr\u00fc\u00df \ud83d\udc4d"}"#);
        let back: serde_json::Value = serde_json::from_slice(&letter.body).expect("it is JSON still");
        assert_eq!(back, json!({"text": "grüß 👍"}));
    }
}
