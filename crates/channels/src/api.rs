//! The API channel: our own open interface, for any messenger that has no adapter here. What it says is described in
//! [`DESCRIPTION`], which the server serves.

mod inbound;
mod outbound;
mod settings;

use domain::channel::{ChannelKind, SetupField, SetupInput};
use futures::future::{BoxFuture, ready};
use reqwest::Url;

use crate::adapter::{Account, Adapter, Subscribed, Tools};
use crate::codec::{Codec, ParseError, RawRequest, RawResponse, SignatureError};
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::{Http, Origin, Proof};
use crate::inbound::{InboundEvent, Unreadable};
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::plan::Limits;
use crate::settings::SettingsError;
use crate::signature::{is_hmac_sha256, is_same};
use settings::Settings;

/// The interface in OpenAPI's form.
pub const DESCRIPTION: &str = include_str!("api/openapi.json");

/// The header that proves a request in either direction: `sha256=` and the hex HMAC-SHA256 of the body's bytes.
const SIGNATURE: &str = "x-switchboard-signature";

/// One messenger behind our own interface.
#[derive(Debug)]
pub struct Api {
    settings: Settings,
}

impl Api {
    /// Reads the settings document: `secret`, and `endpoint`, where our side's messages are posted to.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str) -> Result<Self, SettingsError> {
        Settings::parse(settings).map(|settings| Self { settings })
    }
}

impl Codec for Api {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Api
    }

    fn limits(&self) -> Limits {
        Limits {
            capabilities: ChannelKind::Api.capabilities(),
            row_title_max: 80,
            choice_id_max: 1_000,
            places: true,
            albums: None,
        }
    }

    fn handshake(&self, _request: &RawRequest) -> Option<RawResponse> {
        None
    }

    /// By signature, or by the secret itself as a bearer token, for whoever tries it by hand.
    fn verify(&self, request: &RawRequest) -> Result<(), SignatureError> {
        let secret = self.settings.secret.expose();
        if let Some(token) = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
            return if is_same(token, secret) { Ok(()) } else { Err(SignatureError::Wrong) };
        }
        let header = request.header(SIGNATURE).ok_or(SignatureError::Missing)?;
        let signature = header.strip_prefix("sha256=").ok_or(SignatureError::Malformed)?;
        let is_signed = is_hmac_sha256(secret.as_bytes(), &request.body, signature);
        if is_signed { Ok(()) } else { Err(SignatureError::Wrong) }
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        inbound::parse(body)
    }

    fn acknowledgement(&self) -> RawResponse {
        RawResponse { status: 200, content_type: "application/json", body: r#"{"accepted":true}"#.into() }
    }
}

impl Adapter for Api {
    fn send<'a>(&'a self, tools: Tools<'a>, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(outbound::send(&self.settings, tools, send))
    }

    fn signal<'a>(&'a self, http: &'a Http, signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>> {
        Box::pin(outbound::signal(&self.settings, http, signal))
    }

    fn fetch_file<'a>(&'a self, http: &'a Http, file: &'a FileRef) -> BoxFuture<'a, Result<Fetched, ChannelError>> {
        Box::pin(async move {
            let wrong = |_| ChannelError::MediaRejected { detail: "Its address is none.".into() };
            let url = Url::parse(&file.handle).map_err(wrong)?;
            let origin = Origin { api: &self.settings.endpoint, hosts: &[], proof: Proof::None };
            let fetched = http.download(url, &origin).await?;
            Ok(Fetched { name: file.name.clone(), ..fetched })
        })
    }

    fn test<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Account, ChannelError>> {
        Box::pin(outbound::ping(&self.settings, http))
    }

    fn subscribe<'a>(&'a self, _http: &'a Http) -> BoxFuture<'a, Result<Subscribed, ChannelError>> {
        const HOW: &str = "Have your server post what customers write to the webhook address, signed with the secret; \
                           /openapi.json describes it.";
        Box::pin(ready(Ok(Subscribed::ByHand(HOW))))
    }
}

/// What an admin fills in.
pub(crate) fn setup_fields() -> Vec<SetupField> {
    vec![
        SetupField::required(
            "endpoint",
            "Your endpoint",
            SetupInput::Address,
            "Where your server takes what we send to the customer. /openapi.json describes both directions.",
        ),
        SetupField::required(
            "secret",
            "Secret",
            SetupInput::Token,
            "Signs what you send and what we send. Keep it on your server.",
        ),
    ]
}
