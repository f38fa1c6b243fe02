//! Instagram Direct, by either of Meta's two products: <https://developers.facebook.com/docs/instagram-platform>.

mod account;
mod settings;
mod token;

use domain::channel::{ChannelKind, SetupField, SetupInput};
use domain::media::MediaKind;
use domain::timestamp::Timestamp;
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
use crate::outbound::{AlbumForm, ProviderSend, Receipt, Signal};
use crate::plan::{AlbumLimits, Limits};
use crate::settings::SettingsError;
use settings::Settings;

/// Choices are quick replies, however many; places have no shape here. Up to ten pictures are one message; a moving one goes
/// by itself.
/// <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api#send-images>
const LIMITS: Limits = Limits {
    capabilities: ChannelKind::Instagram.capabilities(),
    row_title_max: 20,
    choice_id_max: CHOICE_ID_MAX,
    places: false,
    albums: Some(AlbumLimits {
        sorts: &[&[(MediaKind::Photo, &["image/jpeg", "image/png"])]],
        files_max: 10,
        bytes_max: 10 * 8_000_000,
        form: AlbumForm::OneMessage,
    }),
};

/// One professional account.
#[derive(Debug)]
pub struct Instagram {
    settings: Settings,
}

impl Instagram {
    /// Reads the settings document: `account_id`, `login` (`instagram` or `facebook`, the latter with `page_id`),
    /// `access_token`, `app_secret` (one or a list), `verify_token`, `access_token_expires_at`, and, if they differ
    /// from Meta's, `graph_version` and `base_url`.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str) -> Result<Self, SettingsError> {
        Settings::parse(settings).map(|settings| Self { settings })
    }

    fn sender(&self) -> Sender<'_> {
        Sender { graph: &self.settings.graph, product: Product::Instagram, from: self.settings.from() }
    }
}

impl Codec for Instagram {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Instagram
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
        Some(Addressee::new(&self.settings.account_id, &self.settings.app_secrets))
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        Reader { product: Product::Instagram, account: &self.settings.account_id }.parse(body)
    }
}

impl Adapter for Instagram {
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
        Box::pin(async move { account::profile(&self.settings, http, id).await.map(Some) })
    }

    fn test<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Account, ChannelError>> {
        Box::pin(account::test(&self.settings, http))
    }

    fn subscribe<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Subscribed, ChannelError>> {
        Box::pin(account::subscribe(&self.settings, http))
    }

    fn token_expires_at(&self) -> Option<Timestamp> {
        self.settings.token_ends
    }

    fn renewal_due_at(&self) -> Option<Timestamp> {
        token::due_at(&self.settings)
    }

    fn renew<'a>(&'a self, http: &'a Http, now: Timestamp) -> BoxFuture<'a, Result<Option<String>, ChannelError>> {
        Box::pin(token::renew(&self.settings, http, now))
    }
}

/// What an admin fills in, and where Meta shows it.
pub(crate) fn setup_fields() -> Vec<SetupField> {
    let logins = [("instagram", "Instagram"), ("facebook", "Facebook, through the linked page")];
    let logins = logins.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    vec![
        SetupField::optional(
            "login",
            "Login",
            SetupInput::OneOf(logins),
            "How your app was set up at Meta: “Instagram API with Instagram login”, or with Facebook login.",
        ),
        SetupField::required(
            "account_id",
            "Instagram account ID",
            SetupInput::Text,
            "Meta for Developers > your app > Instagram > API setup, beside the account. Digits only; it is not the \
             username.",
        ),
        SetupField::optional(
            "page_id",
            "Page ID",
            SetupInput::Text,
            "Only for a login with Facebook: the page that the account is linked to. Digits only.",
        ),
        SetupField::required(
            "access_token",
            "Access token",
            SetupInput::Secret,
            "Instagram > API setup > Generate token, with instagram_business_basic and \
             instagram_business_manage_messages; it is renewed by itself. For a login with Facebook: the page's token, \
             with instagram_manage_messages and pages_manage_metadata.",
        ),
        SetupField::required(
            "app_secret",
            "App secret",
            SetupInput::Secret,
            "Instagram > API setup > Instagram app secret. For a login with Facebook: App settings > Basic. Meta signs \
             every delivery with it.",
        ),
        SetupField::required(
            "verify_token",
            "Verify token",
            SetupInput::Token,
            "Copy it to Instagram > API setup > Webhooks, together with the webhook address. An app has one such \
             address for all its accounts: that of any of their channels will do.",
        ),
        SetupField::advanced(
            "access_token_expires_at",
            "End of the access token",
            SetupInput::Text,
            "Like Sun, 22 Nov 2026 10:00:00 GMT. Filled in whenever the token is renewed.",
        ),
        SetupField::advanced("graph_version", "Graph API version", SetupInput::Text, "v26.0 if left empty."),
        SetupField::advanced(
            "base_url",
            "API address",
            SetupInput::Address,
            "For gateways and tests. Meta's own if left empty.",
        ),
    ]
}
