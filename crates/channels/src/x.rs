//! Direct messages of X: the X Activity API in, API v2 out. <https://docs.x.com/x-api/direct-messages/introduction>

mod catch_up;
mod errors;
mod files;
mod handshake;
mod hooks;
mod inbound;
mod limits;
mod outbound;
mod send;
mod settings;
mod sign_in;
mod tokens;
mod upload;

use domain::channel::{ChannelKind, SetupField, SetupInput};
use domain::timestamp::Timestamp;
use futures::future::BoxFuture;
use reqwest::Url;

use crate::adapter::{Account, Adapter, Subscribed, Tools};
use crate::codec::{Codec, ParseError, RawRequest, RawResponse, SignatureError};
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::Http;
use crate::identity::{ExternalId, Profile};
use crate::inbound::{InboundEvent, Unreadable};
use crate::missed::{Gap, Missed};
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::plan::Limits;
use crate::settings::SettingsError;
use settings::Settings;
pub use sign_in::{FILLED, NEEDED, SignIn, SignedIn};

/// One account on X.
#[derive(Debug)]
pub struct X {
    settings: Settings,
    webhook: Url,
}

impl X {
    /// Reads the settings document of an account that is delivered to at `webhook`: `user_id`, `consumer_secret` (one or
    /// a list), `client_id`, `client_secret`, `access_token`, `refresh_token`, `access_token_expires_at`, `bearer_token`,
    /// and, if they differ from X's, `base_url` and `sign_in_url`.
    ///
    /// # Errors
    /// A setting is missing or wrong; the error names it.
    pub fn open(settings: &str, webhook: Url) -> Result<Self, SettingsError> {
        Settings::parse(settings).map(|settings| Self { settings, webhook })
    }
}

impl Codec for X {
    fn kind(&self) -> ChannelKind {
        ChannelKind::X
    }

    fn limits(&self) -> Limits {
        outbound::LIMITS
    }

    fn handshake(&self, request: &RawRequest) -> Option<RawResponse> {
        handshake::answer(&self.settings.consumer_secrets, request)
    }

    fn verify(&self, request: &RawRequest) -> Result<(), SignatureError> {
        handshake::verify(&self.settings.consumer_secrets, request)
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        inbound::parse(&self.settings.user_id, body)
    }
}

impl Adapter for X {
    fn send<'a>(&'a self, tools: Tools<'a>, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(send::send(&self.settings, tools, send))
    }

    fn signal<'a>(&'a self, _http: &'a Http, _signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>> {
        let none = || ChannelError::Unsupported { detail: "X shows no signs in direct messages.".into() };
        Box::pin(async move { Err(none()) })
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
        Box::pin(send::who_we_are(&self.settings, http))
    }

    fn subscribe<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Subscribed, ChannelError>> {
        Box::pin(hooks::subscribe(&self.settings, &self.webhook, http))
    }

    fn token_expires_at(&self) -> Option<Timestamp> {
        self.settings.access_token_expires_at
    }

    fn renewal_due_at(&self) -> Option<Timestamp> {
        tokens::due_at(&self.settings)
    }

    fn renew<'a>(&'a self, http: &'a Http, now: Timestamp) -> BoxFuture<'a, Result<Option<String>, ChannelError>> {
        Box::pin(tokens::renew(&self.settings, http, now))
    }

    fn catch_up<'a>(&'a self, http: &'a Http, gap: &'a Gap) -> BoxFuture<'a, Result<Missed, ChannelError>> {
        Box::pin(catch_up::look(&self.settings, http, gap))
    }
}

/// What an admin fills in, and where X shows it.
pub(crate) fn setup_fields() -> Vec<SetupField> {
    let mut fields = account_fields();
    fields.extend(app_fields());
    fields
}

fn account_fields() -> Vec<SetupField> {
    vec![
        SetupField::required(
            "user_id",
            "User ID",
            SetupInput::Text,
            "The account's number, digits only. The answer to GET /2/users/me holds it.",
        ),
        SetupField::required(
            "access_token",
            "Access token",
            SetupInput::Secret,
            "Of the account, by OAuth 2.0, with dm.read, dm.write, tweet.read, users.read, media.write and offline.access.",
        ),
        SetupField::optional(
            "refresh_token",
            "Refresh token",
            SetupInput::Secret,
            "Came with the access token. Without it the channel stops after two hours.",
        ),
        SetupField::advanced(
            "access_token_expires_at",
            "End of the access token",
            SetupInput::Text,
            "In seconds since 1970. If left empty, the token is renewed at once.",
        ),
    ]
}

fn app_fields() -> Vec<SetupField> {
    vec![
        SetupField::required(
            "consumer_secret",
            "API key secret",
            SetupInput::Secret,
            "console.x.com > your app > Keys and tokens > Consumer keys. X signs every delivery with it.",
        ),
        SetupField::optional(
            "client_id",
            "Client ID",
            SetupInput::Text,
            "Keys and tokens > OAuth 2.0. Signing in with X needs it, and so does a refresh token.",
        ),
        SetupField::optional(
            "client_secret",
            "Client secret",
            SetupInput::Secret,
            "Beside the client ID; only apps of the confidential type have one.",
        ),
        SetupField::optional(
            "bearer_token",
            "Bearer token",
            SetupInput::Secret,
            "Keys and tokens > App-only. With it, X is told where to deliver; without it, you tell X.",
        ),
        SetupField::advanced(
            "base_url",
            "API address",
            SetupInput::Address,
            "For gateways and tests. https://api.x.com if left empty.",
        ),
        SetupField::advanced(
            "sign_in_url",
            "Sign-in address",
            SetupInput::Address,
            "For gateways and tests. https://x.com/i/oauth2/authorize if left empty.",
        ),
    ]
}
