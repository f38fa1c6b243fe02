//! An adapter speaks one provider's wire format: its codec and its thin sender behind one door.

use std::sync::Arc;

use domain::channel::{ChannelKind, SetupField};
use domain::template::Template;
use domain::timestamp::Timestamp;
use futures::future::{BoxFuture, ready};
use reqwest::Url;

use crate::api::{self, Api};
use crate::codec::Codec;
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef, Files};
use crate::google::{self, Google};
use crate::http::Http;
use crate::identity::{ExternalId, Profile};
use crate::instagram::{self, Instagram};
use crate::messenger::{self, Messenger};
use crate::missed::{Gap, Missed};
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::settings::SettingsError;
use crate::sms::{self, Sms};
use crate::telegram::{self, Telegram};
use crate::whatsapp::{self, WhatsApp};
use crate::x::{self, X};

/// What a sender works with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    pub http: &'a Http,
    pub files: &'a dyn Files,
}

/// One configured channel that can be spoken through.
pub trait Adapter: Codec {
    /// Hands one planned piece to the provider, once. Retrying is the caller's decision.
    fn send<'a>(&'a self, tools: Tools<'a>, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>>;

    /// Shows the customer a sign. Losing one is no harm; nobody retries it.
    fn signal<'a>(&'a self, http: &'a Http, signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>>;

    /// Fetches a file of the customer's.
    fn fetch_file<'a>(&'a self, http: &'a Http, file: &'a FileRef) -> BoxFuture<'a, Result<Fetched, ChannelError>>;

    /// What the provider tells about somebody when asked; `None` where it tells everything unasked, or nothing.
    fn fetch_profile<'a>(
        &'a self,
        _http: &'a Http,
        _id: &'a ExternalId,
    ) -> BoxFuture<'a, Result<Option<Profile>, ChannelError>> {
        Box::pin(ready(Ok(None)))
    }

    /// The account's templates; none where the channel has no such thing.
    fn list_templates<'a>(&'a self, _http: &'a Http) -> BoxFuture<'a, Result<Vec<Template>, ChannelError>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    /// Asks the provider who we are to it: proves that the settings are good, and changes nothing.
    fn test<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Account, ChannelError>>;

    /// Tells the provider to deliver to us, where it can be told by its API; elsewhere an admin does it on the provider's
    /// own pages. May be repeated.
    fn subscribe<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Subscribed, ChannelError>>;

    /// When the access token ends; `None` for never, when the provider does not say, and while there is none.
    fn token_expires_at(&self) -> Option<Timestamp> {
        None
    }

    /// From when on the access token is renewed ahead of its end; `None` where that takes an admin. A token that can be
    /// renewed is renewed at once, too, when the provider refuses it.
    fn renewal_due_at(&self) -> Option<Timestamp> {
        None
    }

    /// Renews the access token. The settings to change, a JSON object, take the place of the old ones before anything
    /// else is sent: the provider may take what proved this renewal only once. `None` when it is too early.
    fn renew<'a>(&'a self, _http: &'a Http, _now: Timestamp) -> BoxFuture<'a, Result<Option<String>, ChannelError>> {
        Box::pin(ready(Ok(None)))
    }

    /// What happened in the gap and may not have been delivered, for providers that do not repeat a lost delivery
    /// ([`crate::missed::has_to_be_asked`]).
    fn catch_up<'a>(&'a self, _http: &'a Http, _gap: &'a Gap) -> BoxFuture<'a, Result<Missed, ChannelError>> {
        Box::pin(ready(Ok(Missed::default())))
    }
}

/// Who we are to a provider, as it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// "Acme Store", "+1 555 000 1111", "@acme_bot".
    pub name: String,
    /// What an admin should know besides, in words: a limit, a missing permission.
    pub remarks: Vec<String>,
    /// What the answer says otherwise than the settings do, as a JSON object to put over them.
    pub learned: Option<String>,
}

/// Whether the provider was told where to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscribed {
    /// It was, and delivers from now on.
    Done,
    /// The address has to be entered by hand; where and how, in words for an admin.
    ByHand(&'static str),
}

/// The adapter of a channel of this `kind` with these `settings`, which the provider delivers to at `webhook`; `None` for
/// the web chat, which our own server carries.
///
/// # Errors
/// A setting is missing or wrong; the error names it.
pub fn open(kind: ChannelKind, settings: &str, webhook: &Url) -> Result<Option<Arc<dyn Adapter>>, SettingsError> {
    Ok(match kind {
        ChannelKind::Web => None,
        ChannelKind::WhatsApp => Some(Arc::new(WhatsApp::open(settings, webhook)?)),
        ChannelKind::Messenger => Some(Arc::new(Messenger::open(settings)?)),
        ChannelKind::Instagram => Some(Arc::new(Instagram::open(settings)?)),
        ChannelKind::Sms => Some(Arc::new(Sms::open(settings, webhook)?)),
        ChannelKind::Google => Some(Arc::new(Google::open(settings)?)),
        ChannelKind::Telegram => Some(Arc::new(Telegram::open(settings, webhook.clone())?)),
        ChannelKind::X => Some(Arc::new(X::open(settings, webhook.clone())?)),
        ChannelKind::Api => Some(Arc::new(Api::open(settings)?)),
    })
}

/// The settings around signing in at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningIn {
    /// Those that it fills in.
    pub fills: &'static [&'static str],
    /// Those that a channel may be without, and that it needs.
    pub needs: &'static [&'static str],
}

/// How one signs in at the provider for a channel of this `kind`; `None` where one cannot.
#[must_use]
pub const fn signing_in(kind: ChannelKind) -> Option<SigningIn> {
    match kind {
        ChannelKind::X => Some(SigningIn { fills: &x::FILLED, needs: &x::NEEDED }),
        ChannelKind::WhatsApp
        | ChannelKind::Messenger
        | ChannelKind::Instagram
        | ChannelKind::Sms
        | ChannelKind::Google
        | ChannelKind::Telegram
        | ChannelKind::Api
        | ChannelKind::Web => None,
    }
}

/// The setting by which a provider knows us: the one that is wrong when it does not. The web chat has none.
#[must_use]
pub const fn credential(kind: ChannelKind) -> Option<&'static str> {
    match kind {
        ChannelKind::WhatsApp | ChannelKind::Messenger | ChannelKind::Instagram | ChannelKind::X => {
            Some("access_token")
        }
        ChannelKind::Telegram => Some("bot_token"),
        ChannelKind::Sms => Some("auth_token"),
        ChannelKind::Google => Some("service_account"),
        ChannelKind::Api => Some("secret"),
        ChannelKind::Web => None,
    }
}

/// The setting that says when the access token ends. Nobody fills it in: providers tell.
pub const TOKEN_ENDS: &str = "access_token_expires_at";

/// What an admin has to fill in for a channel of this `kind`, in the order of the form.
#[must_use]
pub fn setup_fields(kind: ChannelKind) -> Vec<SetupField> {
    match kind {
        ChannelKind::WhatsApp => whatsapp::setup_fields(),
        ChannelKind::Messenger => messenger::setup_fields(),
        ChannelKind::Instagram => instagram::setup_fields(),
        ChannelKind::Sms => sms::setup_fields(),
        ChannelKind::Google => google::setup_fields(),
        ChannelKind::Telegram => telegram::setup_fields(),
        ChannelKind::X => x::setup_fields(),
        ChannelKind::Api => api::setup_fields(),
        ChannelKind::Web => Vec::new(),
    }
}
