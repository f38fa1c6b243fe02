//! WhatsApp through Meta's Cloud API: <https://developers.facebook.com/docs/whatsapp/cloud-api>.

mod errors;
mod handshake;
mod inbound;
mod outbound;
mod send;
mod settings;

use domain::channel::ChannelKind;
use futures::future::BoxFuture;

use crate::adapter::Adapter;
use crate::codec::{Codec, ParseError, RawRequest, RawResponse, SignatureError};
use crate::error::ChannelError;
use crate::http::Http;
use crate::inbound::{InboundEvent, Unreadable};
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::plan::Limits;
use crate::settings::SettingsError;
use settings::Settings;

/// One phone number of a WhatsApp Business account.
#[derive(Debug)]
pub struct WhatsApp {
    settings: Settings,
}

impl WhatsApp {
    /// Reads the settings document: `phone_number_id`, `access_token`, `app_secret` (one or a list), `verify_token`,
    /// and, if they differ from Meta's, `graph_version`, `base_url` and `list_label`.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str) -> Result<Self, SettingsError> {
        Settings::parse(settings).map(|settings| Self { settings })
    }
}

impl Codec for WhatsApp {
    fn kind(&self) -> ChannelKind {
        ChannelKind::WhatsApp
    }

    fn limits(&self) -> Limits {
        outbound::LIMITS
    }

    fn handshake(&self, request: &RawRequest) -> Option<RawResponse> {
        handshake::answer(&self.settings.verify_token, request)
    }

    fn verify(&self, request: &RawRequest) -> Result<(), SignatureError> {
        handshake::verify(&self.settings.app_secrets, request)
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        inbound::parse(&self.settings.phone_number_id, body)
    }
}

impl Adapter for WhatsApp {
    fn send<'a>(&'a self, http: &'a Http, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(send::send(&self.settings, http, send))
    }

    fn signal<'a>(&'a self, http: &'a Http, signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>> {
        Box::pin(send::signal(&self.settings, http, signal))
    }
}
