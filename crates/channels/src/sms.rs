//! SMS and MMS through Twilio, and RCS where the sender is a Messaging Service that has it:
//! <https://www.twilio.com/docs/messaging>.

mod account;
mod buttons;
mod catch_up;
mod errors;
mod form;
mod inbound;
mod outbound;
mod send;
mod settings;
mod signature;
mod status;
mod templates;

use domain::channel::{ChannelKind, SetupField, SetupInput};
use domain::template::Template;
use futures::future::{BoxFuture, ready};
use reqwest::Url;

use crate::adapter::{Account, Adapter, Subscribed, Tools};
use crate::codec::{Codec, ParseError, RawRequest, RawResponse, SignatureError};
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::Http;
use crate::identity::ExternalId;
use crate::inbound::{InboundEvent, Unreadable};
use crate::missed::{Gap, Missed};
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::plan::Limits;
use crate::settings::SettingsError;
use settings::Settings;

/// One sender of a Twilio account.
#[derive(Debug)]
pub struct Sms {
    settings: Settings,
    /// Where Twilio delivers, as it was told: part of what it signs.
    webhook: Url,
}

impl Sms {
    /// Reads the settings document: `account_sid`, `auth_token` (one or a list), `sender`, and, if they are used,
    /// `rcs`, `api_key` with `api_secret`, `base_url` and `content_url`. Twilio delivers to `webhook`.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str, webhook: &Url) -> Result<Self, SettingsError> {
        Settings::parse(settings).map(|settings| Self { settings, webhook: webhook.clone() })
    }
}

impl Codec for Sms {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Sms
    }

    fn limits(&self) -> Limits {
        outbound::limits(&self.settings)
    }

    fn handshake(&self, _request: &RawRequest) -> Option<RawResponse> {
        None
    }

    fn verify(&self, request: &RawRequest) -> Result<(), SignatureError> {
        signature::verify(&self.settings.auth_tokens, &self.webhook, request)
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        inbound::parse(&self.settings, body)
    }

    fn identity_of(&self, phone: &str) -> Option<ExternalId> {
        ExternalId::of_phone(phone)
    }

    /// Anything else in the body would be sent to the customer, or logged as a mistake of ours.
    fn acknowledgement(&self) -> RawResponse {
        RawResponse { status: 200, content_type: "text/xml", body: "<Response/>".into() }
    }
}

impl Adapter for Sms {
    fn send<'a>(&'a self, tools: Tools<'a>, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(send::send(&self.settings, &self.webhook, tools, send))
    }

    fn signal<'a>(&'a self, _http: &'a Http, _signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>> {
        Box::pin(ready(Err(ChannelError::Unsupported { detail: "A phone shows no such sign.".into() })))
    }

    fn fetch_file<'a>(&'a self, http: &'a Http, file: &'a FileRef) -> BoxFuture<'a, Result<Fetched, ChannelError>> {
        Box::pin(send::fetch(&self.settings, http, file))
    }

    fn list_templates<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Vec<Template>, ChannelError>> {
        Box::pin(templates::list(&self.settings, http))
    }

    fn test<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Account, ChannelError>> {
        Box::pin(account::test(&self.settings, http))
    }

    fn subscribe<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Subscribed, ChannelError>> {
        Box::pin(account::subscribe(&self.settings, &self.webhook, http))
    }

    fn catch_up<'a>(&'a self, http: &'a Http, gap: &'a Gap) -> BoxFuture<'a, Result<Missed, ChannelError>> {
        Box::pin(catch_up::look(&self.settings, http, gap))
    }
}

/// What an admin fills in, and where Twilio shows it.
pub(crate) fn setup_fields() -> Vec<SetupField> {
    let rcs = [("no", "No RCS sender"), ("yes", "The Messaging Service has an RCS sender")];
    let rcs = rcs.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    vec![
        SetupField::required(
            "account_sid",
            "Account SID",
            SetupInput::Text,
            "Twilio Console > Account info. It begins with AC.",
        ),
        SetupField::required(
            "auth_token",
            "Auth token",
            SetupInput::Secret,
            "Below the account SID: the primary one. Twilio signs every delivery with it, also when an API key is used \
             for sending.",
        ),
        SetupField::required(
            "sender",
            "Sender",
            SetupInput::Text,
            "Your Twilio number, as in +1 555 000 1111, or the SID of a Messaging Service, which begins with MG. For RCS \
             take a Messaging Service with an RCS sender in its pool: it falls back to SMS by itself. In a Messaging \
             Service, set Integration > Send a webhook to this channel's webhook address; of a number we set it for you.",
        ),
        SetupField::optional(
            "rcs",
            "RCS",
            SetupInput::OneOf(rcs),
            "With an RCS sender, a question's choices are buttons for everybody whom RCS reaches, and numbered text for \
             everybody else. They are kept in your account as Content templates, the same choices once.",
        ),
        SetupField::advanced(
            "api_key",
            "API key SID",
            SetupInput::Text,
            "Account > API keys. It begins with SK. With a key, sending does not use the auth token.",
        ),
        SetupField::advanced("api_secret", "API key secret", SetupInput::Secret, "Shown once, when the key is made."),
        SetupField::advanced(
            "base_url",
            "API address",
            SetupInput::Address,
            "For Twilio's other regions and for tests. https://api.twilio.com if left empty.",
        ),
        SetupField::advanced(
            "content_url",
            "Address of the templates",
            SetupInput::Address,
            "If left empty, https://content.twilio.com, or the API address where that is not Twilio's.",
        ),
    ]
}
