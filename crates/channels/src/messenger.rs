//! Facebook Messenger: <https://developers.facebook.com/docs/messenger-platform>.

mod page;
mod settings;
mod templates;

use domain::channel::{ChannelKind, SetupField, SetupInput};
use domain::template::Template;
use futures::future::BoxFuture;

use crate::adapter::{Account, Adapter, Subscribed, Tools};
use crate::codec::{Addressee, Codec, ParseError, RawRequest, RawResponse, SignatureError};
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::Http;
use crate::identity::{ExternalId, Profile};
use crate::inbound::{InboundEvent, Unreadable};
use crate::meta::handshake;
use crate::meta::messaging::{CHOICE_ID_MAX, Product, Reader, Sender};
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::plan::Limits;
use crate::settings::SettingsError;
use settings::Settings;

/// Choices are quick replies, however many; places have no shape here.
const LIMITS: Limits = Limits {
    capabilities: ChannelKind::Messenger.capabilities(),
    row_title_max: 20,
    choice_id_max: CHOICE_ID_MAX,
    places: false,
    albums: None,
};

/// One Facebook page.
#[derive(Debug)]
pub struct Messenger {
    settings: Settings,
}

impl Messenger {
    /// Reads the settings document: `page_id`, `access_token`, `app_secret` (one or a list), `verify_token`, and, if
    /// they differ from Meta's, `graph_version` and `base_url`.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str) -> Result<Self, SettingsError> {
        Settings::parse(settings).map(|settings| Self { settings })
    }

    const fn sender(&self) -> Sender<'_> {
        Sender { graph: &self.settings.graph, product: Product::Messenger, from: self.settings.page_id.as_str() }
    }
}

impl Codec for Messenger {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Messenger
    }

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn handshake(&self, request: &RawRequest) -> Option<RawResponse> {
        handshake::answer(&self.settings.verify_token, request)
    }

    fn verify(&self, request: &RawRequest) -> Result<(), SignatureError> {
        handshake::verify(&self.settings.app_secrets, request)
    }

    fn addressee(&self) -> Option<Addressee> {
        Some(Addressee::new(&self.settings.page_id, &self.settings.app_secrets))
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        Reader { product: Product::Messenger, account: &self.settings.page_id }.parse(body)
    }
}

impl Adapter for Messenger {
    fn send<'a>(&'a self, tools: Tools<'a>, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(async move { self.sender().send(tools, send).await })
    }

    fn signal<'a>(&'a self, http: &'a Http, signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>> {
        Box::pin(async move { self.sender().signal(http, signal).await })
    }

    fn fetch_file<'a>(&'a self, http: &'a Http, file: &'a FileRef) -> BoxFuture<'a, Result<Fetched, ChannelError>> {
        Box::pin(self.settings.graph.download(http, file))
    }

    fn fetch_profile<'a>(
        &'a self,
        http: &'a Http,
        id: &'a ExternalId,
    ) -> BoxFuture<'a, Result<Option<Profile>, ChannelError>> {
        Box::pin(async move { page::profile(&self.settings, http, id).await.map(Some) })
    }

    fn list_templates<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Vec<Template>, ChannelError>> {
        Box::pin(templates::list(&self.settings, http))
    }

    fn test<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Account, ChannelError>> {
        Box::pin(page::test(&self.settings, http))
    }

    fn subscribe<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Subscribed, ChannelError>> {
        Box::pin(page::subscribe(&self.settings, http))
    }
}

/// What an admin fills in, and where Meta shows it.
pub(crate) fn setup_fields() -> Vec<SetupField> {
    vec![
        SetupField::required(
            "page_id",
            "Page ID",
            SetupInput::Text,
            "facebook.com > your page > About > Page transparency. Digits only.",
        ),
        SetupField::required(
            "access_token",
            "Page access token",
            SetupInput::Secret,
            "Meta for Developers > your app > Messenger > Settings > Access tokens > Generate, for this page, with \
             pages_messaging and pages_manage_metadata, and page_utility_messaging for templates. A token of a page does \
             not end.",
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
            "Copy it to Messenger > Settings > Webhooks, together with the webhook address. An app has one such \
             address for all its pages: that of any of their channels will do.",
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
