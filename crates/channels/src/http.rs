//! The one HTTP client of all senders: bounded in time and size, follows no redirect, tells no secret.

mod download;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::multipart::Form;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use thiserror::Error;

use crate::error::ChannelError;
use crate::settings::Secret;

pub(crate) use download::Origin;

/// How long and how much a provider may make us wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    pub connect: Duration,
    /// From the first byte we write to the last byte of the answer.
    pub answer: Duration,
    /// Longest answer read, in bytes.
    pub answer_max: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(20), answer_max: 1024 * 1024 }
    }
}

/// The client. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
    /// For files at the configured address.
    files: Client,
    /// For files elsewhere: reaches public addresses only.
    guarded: Client,
    answer_max: usize,
}

/// One request to a provider.
pub(crate) struct Ask<'a> {
    pub method: Method,
    pub url: Url,
    pub proof: Proof<'a>,
    pub body: Body,
}

/// How we prove who we are.
#[derive(Clone, Copy)]
pub(crate) enum Proof<'a> {
    /// Nothing, or it is in the URL.
    None,
    Bearer(&'a Secret),
    Basic {
        user: &'a str,
        password: &'a Secret,
    },
    /// A signature over the body, in a header of the provider's.
    Signed {
        header: &'static str,
        value: &'a str,
    },
}

/// What a request carries.
pub(crate) enum Body {
    Empty,
    Json(String),
    /// `application/x-www-form-urlencoded`, in this order.
    Form(Vec<(String, String)>),
    Parts(Form),
}

/// The client cannot be made: the process has no TLS provider or no root certificates.
#[derive(Debug, Error)]
#[error("the HTTP client cannot be made")]
pub struct HttpSetupError(#[from] reqwest::Error);

/// What came back. Any status is an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub headers: HeaderMap,
    /// `None` when the body broke off or is longer than we read.
    pub body: Option<Bytes>,
}

impl Answer {
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body as this, if it is that.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body.as_deref()?).ok()
    }
}

/// The longest wait a provider may ask for; beyond it a job's own backoff is the better judge.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60 * 60);

/// How long a file may take to leave or to come; nothing else takes longer than an answer.
pub const FILE_MAX: Duration = Duration::from_secs(10 * 60);

impl Http {
    /// A client with these limits. The process must have installed its rustls provider.
    ///
    /// # Errors
    /// TLS cannot be set up on this machine.
    pub fn new(limits: HttpLimits) -> Result<Self, HttpSetupError> {
        let client = builder(limits).timeout(limits.connect + limits.answer).build()?;
        // A file may take as long as it streams; what may not is a silence.
        let files = || builder(limits).read_timeout(limits.answer).timeout(FILE_MAX);
        let guarded = files().dns_resolver(std::sync::Arc::new(download::PublicOnly)).build()?;
        Ok(Self { client, files: files().build()?, guarded, answer_max: limits.answer_max })
    }

    /// Asks a provider.
    ///
    /// # Errors
    /// [`ChannelError::Transient`] when it surely did not leave, [`ChannelError::OutcomeUnknown`] when it may have.
    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Result<Answer, ChannelError> {
        let request = proven(self.client.request(ask.method, ask.url), ask.proof);
        let request = match ask.body {
            Body::Empty => request,
            Body::Json(body) => request.header(CONTENT_TYPE, "application/json").body(body),
            Body::Form(fields) => request.form(&fields),
            Body::Parts(form) => request.multipart(form).timeout(FILE_MAX),
        };
        let response = request.send().await.map_err(|error| unsent_or_unknown(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, retry_after: retry_after(&headers), headers, body: self.read(response).await })
    }

    /// Asks for a document.
    ///
    /// # Errors
    /// See [`Http::ask`]; asking may be repeated.
    pub(crate) async fn get(&self, url: Url, proof: Proof<'_>) -> Result<Answer, ChannelError> {
        let answer = self.ask(Ask { method: Method::GET, url, proof, body: Body::Empty }).await;
        answer.map_err(ChannelError::of_repeatable)
    }

    async fn read(&self, mut response: Response) -> Option<Bytes> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            if body.len() + chunk.len() > self.answer_max {
                return None;
            }
            body.extend_from_slice(&chunk);
        }
        Some(body.freeze())
    }
}

fn builder(limits: HttpLimits) -> reqwest::ClientBuilder {
    Client::builder()
        .user_agent(concat!("Switchboard/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect)
        // Shorter than what servers keep, so that a request rarely meets a connection that is just being closed: its
        // outcome would be unknown.
        .pool_idle_timeout(Duration::from_secs(15))
        // A redirect would carry the message and its token to a place nobody configured.
        .redirect(Policy::none())
        // Only config.rs reads the environment.
        .no_proxy()
}

fn proven(request: RequestBuilder, proof: Proof<'_>) -> RequestBuilder {
    match proof {
        Proof::None => request,
        Proof::Bearer(token) => request.bearer_auth(token.expose()),
        Proof::Basic { user, password } => request.basic_auth(user, Some(password.expose())),
        Proof::Signed { header, value } => request.header(header, value),
    }
}

/// Until the connection stands, nothing was written. After that, silence proves nothing. The error's own text is not
/// used: it holds the URL, and some providers want their token in it.
fn unsent_or_unknown(error: &reqwest::Error) -> ChannelError {
    if error.is_connect() {
        return ChannelError::Transient { detail: "No connection to the provider.".into() };
    }
    if error.is_builder() {
        return ChannelError::Rejected {
            detail: "The request cannot be written; check the channel's settings.".into(),
        };
    }
    ChannelError::OutcomeUnknown
}

/// `Retry-After` in either of its forms; a date counts from the answer's own `Date`, so our clock does not matter.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = httpdate::parse_http_date(value).ok()?;
            let now = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
            until.duration_since(now).unwrap_or_default()
        }
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

    use super::retry_after;

    fn wait(value: &'static str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
        headers.insert(DATE, HeaderValue::from_static("Sun, 22 Nov 2026 10:00:00 GMT"));
        retry_after(&headers).as_ref().map(Duration::as_secs)
    }

    #[test]
    fn a_provider_may_say_how_long_to_wait_in_seconds_or_until_a_date() {
        assert_eq!(wait("30"), Some(30));
        assert_eq!(wait("Sun, 22 Nov 2026 10:02:00 GMT"), Some(120));
        assert_eq!(wait("Sun, 22 Nov 2026 09:00:00 GMT"), Some(0));
        assert_eq!(wait("soon"), None);
    }

    #[test]
    fn no_provider_makes_us_wait_longer_than_an_hour() {
        assert_eq!(wait("999999999"), Some(3_600));
    }
}
