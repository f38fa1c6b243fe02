//! Telegram through its Bot API: <https://core.telegram.org/bots/api>.

mod address;
mod errors;
mod files;
mod inbound;
mod outbound;
mod send;
mod settings;

use domain::channel::{ChannelKind, SetupField, SetupInput};
use futures::future::BoxFuture;
use reqwest::Url;

use crate::adapter::{Account, Adapter, Subscribed, Tools};
use crate::codec::{Codec, ParseError, RawRequest, RawResponse, SignatureError};
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::Http;
use crate::identity::{ExternalId, Profile};
use crate::inbound::{InboundEvent, Unreadable};
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::plan::Limits;
use crate::settings::SettingsError;
use crate::signature::is_same;
use settings::Settings;

/// One bot.
#[derive(Debug)]
pub struct Telegram {
    settings: Settings,
    webhook: Url,
}

impl Telegram {
    /// Reads the settings document of a bot that is delivered to at `webhook`: `bot_token`, `webhook_secret`, and, if it
    /// differs from Telegram's, `base_url`.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str, webhook: Url) -> Result<Self, SettingsError> {
        Settings::parse(settings).map(|settings| Self { settings, webhook })
    }
}

impl Codec for Telegram {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    fn limits(&self) -> Limits {
        outbound::LIMITS
    }

    fn handshake(&self, _request: &RawRequest) -> Option<RawResponse> {
        None
    }

    /// Telegram signs nothing: every delivery carries the secret that it was told with the address.
    fn verify(&self, request: &RawRequest) -> Result<(), SignatureError> {
        let secret = request.header("x-telegram-bot-api-secret-token").ok_or(SignatureError::Missing)?;
        if is_same(secret, self.settings.webhook_secret.expose()) { Ok(()) } else { Err(SignatureError::Wrong) }
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        inbound::parse(self.settings.bot_id(), body)
    }
}

impl Adapter for Telegram {
    fn send<'a>(&'a self, tools: Tools<'a>, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(send::send(&self.settings, tools, send))
    }

    fn signal<'a>(&'a self, http: &'a Http, signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>> {
        Box::pin(send::signal(&self.settings, http, signal))
    }

    fn fetch_file<'a>(&'a self, http: &'a Http, file: &'a FileRef) -> BoxFuture<'a, Result<Fetched, ChannelError>> {
        Box::pin(files::fetch(&self.settings, http, file))
    }

    fn fetch_profile<'a>(
        &'a self,
        http: &'a Http,
        id: &'a ExternalId,
    ) -> BoxFuture<'a, Result<Option<Profile>, ChannelError>> {
        Box::pin(files::profile(&self.settings, http, id))
    }

    fn test<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Account, ChannelError>> {
        Box::pin(send::who_we_are(&self.settings, &self.webhook, http))
    }

    fn subscribe<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Subscribed, ChannelError>> {
        Box::pin(send::subscribe(&self.settings, &self.webhook, http))
    }
}

/// What an admin fills in, and where Telegram shows it.
pub(crate) fn setup_fields() -> Vec<SetupField> {
    vec![
        SetupField::required(
            "bot_token",
            "Bot token",
            SetupInput::Secret,
            "Write /newbot to @BotFather in Telegram; its answer ends with the token. For a bot you have: /mybots > API \
             Token.",
        ),
        SetupField::required(
            "webhook_secret",
            "Webhook secret",
            SetupInput::Token,
            "Telegram sends it with every delivery. It is told to Telegram for you; there is nothing to copy.",
        ),
        SetupField::advanced(
            "base_url",
            "API address",
            SetupInput::Address,
            "For a Bot API server of your own, and for tests. https://api.telegram.org if left empty.",
        ),
    ]
}
