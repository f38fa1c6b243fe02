//! The pure side of an adapter: raw requests in, proofs and neutral events out. No I/O, no clock.

use bytes::Bytes;
use domain::channel::ChannelKind;
use reqwest::Url;
use thiserror::Error;

use crate::identity::ExternalId;
use crate::inbound::{InboundEvent, Unreadable};
use crate::plan::Limits;
use crate::settings::Secret;
use crate::signature;

/// What one provider's wire format means. The receiver is one configured channel: its settings are inside.
pub trait Codec: Send + Sync {
    fn kind(&self) -> ChannelKind;

    /// What a planned message must fit into.
    fn limits(&self) -> Limits;

    /// The answer to a provider that asks whether this door is ours; `None` when `request` is no such question.
    fn handshake(&self, request: &RawRequest) -> Option<RawResponse>;

    /// Proves that the provider sent exactly these bytes.
    ///
    /// # Errors
    /// There is no proof, or it does not hold.
    fn verify(&self, request: &RawRequest) -> Result<(), SignatureError>;

    /// Everything `body` says, in its order. One event that cannot be read never hides the others.
    ///
    /// # Errors
    /// The body as a whole is not what the provider sends.
    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError>;

    /// Whom a delivery to this channel is for, where a provider's app delivers for several accounts to one address.
    fn addressee(&self) -> Option<Addressee> {
        None
    }

    /// By which identity the owner of this phone number is known, on channels that know people by theirs and let one
    /// write to them first; `None` on others, and for what is no number.
    fn identity_of(&self, _phone: &str) -> Option<ExternalId> {
        None
    }

    /// What the provider wants to hear once a delivery is stored.
    fn acknowledgement(&self) -> RawResponse {
        RawResponse::text(200, "")
    }
}

/// An account as its provider's deliveries name it, and the app that signs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
    pub account: String,
    /// The account above it, whose news is for all of its channels; `None` where there is none or it is not known.
    pub above: Option<String>,
    /// Hashes of the secrets that the app signs with.
    signers: Vec<[u8; 32]>,
}

impl Addressee {
    pub(crate) fn new(account: &str, secrets: &[Secret]) -> Self {
        let signers = secrets.iter().map(|secret| signature::sha256(secret.expose().as_bytes())).collect();
        Self { account: account.into(), above: None, signers }
    }

    pub(crate) fn below(self, account: Option<&str>) -> Self {
        Self { above: account.map(str::to_owned), ..self }
    }

    /// Whether one app delivers for both: what it signed for the one, it may have meant for the other.
    #[must_use]
    pub fn shares_app_with(&self, other: &Self) -> bool {
        self.signers.iter().any(|signer| other.signers.contains(signer))
    }
}

/// The methods a webhook door answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// A request as it came in, before anything looked into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRequest {
    pub method: Method,
    /// Everything after the host: `/webhooks/whatsapp/…?hub.mode=subscribe`.
    pub path_query: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl RawRequest {
    /// The first header of that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The decoded value of a query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path_query.split_once('?')?;
        let mut url = Url::parse("http://localhost").ok()?;
        url.set_query(Some(query));
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

/// An answer to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawResponse {
    pub status: u16,
    pub content_type: &'static str,
    pub body: String,
}

impl RawResponse {
    #[must_use]
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: body.into() }
    }
}

/// Why a request is not taken for the provider's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    #[error("the request is not signed")]
    Missing,
    #[error("the signature is not of the provider's form")]
    Malformed,
    #[error("the signature is not that of these bytes")]
    Wrong,
}

/// A body nothing can be read from. Says where, never what: the words may be a customer's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct ParseError {
    pub reason: String,
}

/// Why a delivery yields nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Rejected {
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Parse(#[from] ParseError),
}

/// The whole pure walk of one delivery: proof, then events.
///
/// # Errors
/// See [`Codec::verify`] and [`Codec::parse`].
pub fn verify_and_parse(
    codec: &dyn Codec,
    request: &RawRequest,
) -> Result<Vec<Result<InboundEvent, Unreadable>>, Rejected> {
    codec.verify(request)?;
    Ok(codec.parse(&request.body)?)
}

/// The key that makes a repeated delivery of the same bytes one row: hex SHA-256.
#[must_use]
pub fn fingerprint(body: &[u8]) -> String {
    hex::encode(signature::sha256(body))
}
