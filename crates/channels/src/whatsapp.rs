//! WhatsApp through Meta's Cloud API: <https://developers.facebook.com/docs/whatsapp/cloud-api>.

mod account;
mod errors;
mod inbound;
mod media;
mod outbound;
mod send;
mod settings;
mod templates;

use domain::channel::{ChannelKind, SetupField, SetupInput};
use domain::template::Template;
use domain::timestamp::Timestamp;
use futures::future::BoxFuture;
use reqwest::Url;

use crate::adapter::{Account, Adapter, Subscribed, Tools};
use crate::codec::{Addressee, Codec, ParseError, RawRequest, RawResponse, SignatureError};
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::Http;
use crate::identity::ExternalId;
use crate::inbound::{InboundEvent, Unreadable};
use crate::meta::handshake;
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::plan::Limits;
use crate::settings::SettingsError;
use settings::Settings;

/// One phone number of a WhatsApp Business account.
#[derive(Debug)]
pub struct WhatsApp {
    settings: Settings,
    /// Where Meta is to deliver.
    webhook: Url,
}

impl WhatsApp {
    /// Reads the settings document: `phone_number_id`, `access_token`, `app_secret` (one or a list), `verify_token`,
    /// `business_account_id` if there is one, and, if they differ from Meta's, `graph_version`, `base_url` and
    /// `list_label`.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str, webhook: &Url) -> Result<Self, SettingsError> {
        Ok(Self { settings: Settings::parse(settings)?, webhook: webhook.clone() })
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

    /// Digits alone, with the country code: 8 to 15 of them, as E.164 has it.
    fn identity_of(&self, phone: &str) -> Option<ExternalId> {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let is_phone = phone.chars().all(|letter| letter.is_ascii_digit() || " +()-./".contains(letter));
        (is_phone && (8..=15).contains(&digits.len())).then_some(ExternalId(digits))
    }

    fn addressee(&self) -> Option<Addressee> {
        let number = Addressee::new(&self.settings.phone_number_id, &self.settings.app_secrets);
        Some(number.below(self.settings.business_account_id.as_deref()))
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        let Settings { phone_number_id, business_account_id, .. } = &self.settings;
        inbound::parse(phone_number_id, business_account_id.as_deref(), body)
    }
}

impl Adapter for WhatsApp {
    fn send<'a>(&'a self, tools: Tools<'a>, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(send::send(&self.settings, tools, send))
    }

    fn signal<'a>(&'a self, http: &'a Http, signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>> {
        Box::pin(send::signal(&self.settings, http, signal))
    }

    fn fetch_file<'a>(&'a self, http: &'a Http, file: &'a FileRef) -> BoxFuture<'a, Result<Fetched, ChannelError>> {
        Box::pin(media::fetch(&self.settings, http, file))
    }

    fn list_templates<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Vec<Template>, ChannelError>> {
        Box::pin(templates::list(&self.settings, http))
    }

    fn token_expires_at(&self) -> Option<Timestamp> {
        self.settings.token_ends
    }

    fn test<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Account, ChannelError>> {
        Box::pin(account::test(&self.settings, http))
    }

    fn subscribe<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Subscribed, ChannelError>> {
        Box::pin(account::subscribe(&self.settings, http, &self.webhook))
    }
}

/// What an admin fills in, and where Meta shows it.
pub(crate) fn setup_fields() -> Vec<SetupField> {
    vec![
        SetupField::required(
            "phone_number_id",
            "Phone number ID",
            SetupInput::Text,
            "Meta for Developers > your app > WhatsApp > API setup, under the number. Digits only; it is not the number \
             itself.",
        ),
        SetupField::optional(
            "business_account_id",
            "WhatsApp Business account ID",
            SetupInput::Text,
            "Beside the phone number ID. With it templates are read, and Meta is told by itself where to deliver.",
        ),
        SetupField::required(
            "access_token",
            "Access token",
            SetupInput::Secret,
            "Business settings > System users > Generate token, with whatsapp_business_messaging and \
             whatsapp_business_management, and no expiry.",
        ),
        SetupField::required(
            "app_secret",
            "App secret",
            SetupInput::Secret,
            "Meta for Developers > your app > App settings > Basic. Meta signs every delivery with it.",
        ),
        SetupField::required(
            "verify_token",
            "Verify token",
            SetupInput::Token,
            "Copy it to WhatsApp > Configuration > Webhook, together with the webhook address.",
        ),
        SetupField::advanced(
            "list_label",
            "Words on the list button",
            SetupInput::Text,
            "What opens a list of choices; 20 characters at most. “Choose” if left empty.",
        ),
        SetupField::advanced("graph_version", "Graph API version", SetupInput::Text, "v26.0 if left empty."),
        SetupField::advanced(
            "base_url",
            "API address",
            SetupInput::Address,
            "For gateways and tests. https://graph.facebook.com if left empty.",
        ),
    ]
}
