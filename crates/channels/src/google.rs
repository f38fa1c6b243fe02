//! Google: RCS for Business, <https://developers.google.com/business-communications/rcs-business-messaging>, and the wire
//! format of Business Messages, which Google switched off in July 2024.

mod business_messages;
mod errors;
mod inbound;
mod outbound;
mod proof;
mod send;
mod settings;
mod sign_in;
mod wire;

use domain::channel::{ChannelKind, SetupField, SetupInput};
use domain::timestamp::Timestamp;
use futures::future::{BoxFuture, ready};
use reqwest::Url;

use crate::adapter::{Account, Adapter, Subscribed, Tools};
use crate::codec::{Codec, ParseError, RawRequest, RawResponse, SignatureError};
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::{Http, Origin, Proof};
use crate::identity::ExternalId;
use crate::inbound::{InboundEvent, Unreadable};
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::plan::Limits;
use crate::settings::SettingsError;
use settings::{Product, Settings};

/// One agent at Google.
#[derive(Debug)]
pub struct Google {
    settings: Settings,
}

impl Google {
    /// Reads the settings document: `product` (`rcs` or `business_messages`), `agent_id`, `client_token` (one or a list),
    /// `service_account` (a JSON key), and, if they differ from Google's, `region` or `base_url`. The access token that
    /// [`Adapter::renew`] gets is kept there, too.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str) -> Result<Self, SettingsError> {
        Settings::parse(settings).map(|settings| Self { settings })
    }
}

impl Codec for Google {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Google
    }

    fn limits(&self) -> Limits {
        match self.settings.product {
            Product::Rcs => outbound::LIMITS,
            Product::BusinessMessages => business_messages::LIMITS,
        }
    }

    fn handshake(&self, request: &RawRequest) -> Option<RawResponse> {
        proof::answer(&self.settings.client_tokens, request)
    }

    fn verify(&self, request: &RawRequest) -> Result<(), SignatureError> {
        proof::verify(&self.settings, request)
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        match self.settings.product {
            Product::Rcs => inbound::parse(&self.settings.agent_id, body),
            Product::BusinessMessages => business_messages::parse(&self.settings.agent_id, body),
        }
    }

    /// Conversations of Business Messages were begun by the customer alone.
    fn identity_of(&self, phone: &str) -> Option<ExternalId> {
        ExternalId::of_phone(phone).filter(|_| self.settings.product == Product::Rcs)
    }
}

impl Adapter for Google {
    fn send<'a>(&'a self, tools: Tools<'a>, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(send::send(&self.settings, tools, send))
    }

    fn signal<'a>(&'a self, http: &'a Http, signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>> {
        Box::pin(send::signal(&self.settings, http, signal))
    }

    /// The customer's file is at an address that proves itself.
    fn fetch_file<'a>(&'a self, http: &'a Http, file: &'a FileRef) -> BoxFuture<'a, Result<Fetched, ChannelError>> {
        Box::pin(async move {
            let wrong = |_| ChannelError::MediaRejected { detail: "Its address is none.".into() };
            let url = Url::parse(&file.handle).map_err(wrong)?;
            let origin = Origin { api: &self.settings.base_url, hosts: &[], proof: Proof::None };
            let fetched = http.download(url, &origin).await?;
            Ok(Fetched { name: file.name.clone(), ..fetched })
        })
    }

    fn test<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Account, ChannelError>> {
        Box::pin(send::test(&self.settings, http))
    }

    fn subscribe<'a>(&'a self, _http: &'a Http) -> BoxFuture<'a, Result<Subscribed, ChannelError>> {
        const HOW: &str = "Enter the webhook address in the Business Communications Console: your agent > Integrations > \
                           Webhook.";
        Box::pin(ready(Ok(Subscribed::ByHand(HOW))))
    }

    fn token_expires_at(&self) -> Option<Timestamp> {
        self.settings.token.as_ref().map(|token| token.expires_at)
    }

    /// There always is one to renew: without a token nothing can be asked.
    fn renewal_due_at(&self) -> Option<Timestamp> {
        Some(sign_in::due_at(&self.settings))
    }

    fn renew<'a>(&'a self, http: &'a Http, now: Timestamp) -> BoxFuture<'a, Result<Option<String>, ChannelError>> {
        Box::pin(sign_in::renew(&self.settings, http, now))
    }
}

/// What an admin fills in, and where Google shows it.
pub(crate) fn setup_fields() -> Vec<SetupField> {
    let named = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(value, label)| ((*value).into(), (*label).into()));
        SetupInput::OneOf(pairs.collect())
    };
    vec![
        SetupField::required(
            "product",
            "Product",
            named(&[("rcs", "RCS for Business"), ("business_messages", "Business Messages (retired by Google)")]),
            "Google delivers nothing through Business Messages since 31 July 2024. For RCS by way of Twilio connect an SMS \
             channel instead.",
        ),
        SetupField::required(
            "agent_id",
            "Agent ID",
            SetupInput::Text,
            "Business Communications Console > your agent > Overview, as in acme_agent@rbm.goog. For Business Messages \
             brands/…/agents/….",
        ),
        SetupField::required(
            "client_token",
            "Client token",
            SetupInput::Secret,
            "Shown beside the webhook address, under Integrations > Webhook. Google signs every delivery with it.",
        ),
        SetupField::required(
            "service_account",
            "Service account key",
            SetupInput::SecretLines,
            "Business Communications Console > Settings > Service account > Create key. The whole JSON file.",
        ),
        SetupField::optional(
            "region",
            "Region",
            named(&[("us", "Americas"), ("europe", "Europe"), ("asia", "Asia")]),
            "Where the agent was made. Left empty, Google finds it.",
        ),
        SetupField::advanced("base_url", "API address", SetupInput::Address, "For tests. Google's own if left empty."),
    ]
}
