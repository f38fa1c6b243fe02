//! An adapter whose refused access token is renewed at once; what was refused is asked once more. Knows no provider.

use std::sync::{Arc, Mutex, PoisonError};

use ::channels::adapter::{Account, Adapter, Subscribed, Tools};
use ::channels::codec::{Addressee, Codec, ParseError, RawRequest, RawResponse, SignatureError};
use ::channels::error::ChannelError;
use ::channels::files::{Fetched, FileRef};
use ::channels::http::Http;
use ::channels::identity::{ExternalId, Profile};
use ::channels::inbound::{InboundEvent, Unreadable};
use ::channels::missed::{Gap, Missed};
use ::channels::outbound::{ProviderSend, Receipt, Signal};
use ::channels::plan::Limits;
use domain::channel::ChannelKind;
use domain::id::ChannelId;
use domain::template::Template;
use domain::timestamp::Timestamp;
use futures::future::BoxFuture;

use super::Opened;
use super::token::{self, Renewal};
use crate::backend::Backend;

type Answer<'a, T> = BoxFuture<'a, Result<T, ChannelError>>;

/// A channel's adapter of the moment.
pub(super) struct Renewing {
    backend: Backend,
    id: ChannelId,
    opened: Mutex<Opened>,
}

impl Renewing {
    pub fn new(backend: Backend, id: ChannelId, opened: Opened) -> Self {
        Self { backend, id, opened: Mutex::new(opened) }
    }

    fn opened(&self) -> Opened {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn adapter(&self) -> Arc<dyn Adapter> {
        self.opened().adapter
    }

    /// Asks the provider, and once more when only the access token was wrong: a refused token took nothing.
    fn ask<'a, T: Send + 'a>(&'a self, call: impl Fn(Arc<dyn Adapter>) -> Answer<'a, T> + Send + 'a) -> Answer<'a, T> {
        Box::pin(async move {
            let used = self.opened();
            let outcome = call(Arc::clone(&used.adapter)).await;
            if !matches!(outcome, Err(ChannelError::AuthExpired)) {
                return outcome;
            }
            let newer = self.renewed(used).await?;
            call(newer).await
        })
    }

    async fn renewed(&self, used: Opened) -> Result<Arc<dyn Adapter>, ChannelError> {
        match token::renew_refused(&self.backend, self.id, used).await {
            Ok(Renewal::Newer(opened)) => {
                let adapter = Arc::clone(&opened.adapter);
                *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = opened;
                Ok(adapter)
            }
            Ok(Renewal::None | Renewal::TooEarly) => Err(ChannelError::AuthExpired),
            Ok(Renewal::Failed(error)) => Err(failed(error)),
            Err(error) => {
                tracing::warn!(channel = %self.id, %error, "a refused access token could not be renewed");
                Err(ChannelError::Transient { detail: "Its access token could not be renewed.".into() })
            }
        }
    }
}

/// What a failed renewal means for what was to be asked: nothing of it has left, and it waits.
fn failed(error: ChannelError) -> ChannelError {
    match error.of_repeatable() {
        error if error.is_retryable() || error.needs_admin() => error,
        _ => ChannelError::AuthExpired,
    }
}

impl Codec for Renewing {
    fn kind(&self) -> ChannelKind {
        self.adapter().kind()
    }

    fn limits(&self) -> Limits {
        self.adapter().limits()
    }

    fn handshake(&self, request: &RawRequest) -> Option<RawResponse> {
        self.adapter().handshake(request)
    }

    fn verify(&self, request: &RawRequest) -> Result<(), SignatureError> {
        self.adapter().verify(request)
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Result<InboundEvent, Unreadable>>, ParseError> {
        self.adapter().parse(body)
    }

    fn addressee(&self) -> Option<Addressee> {
        self.adapter().addressee()
    }

    fn identity_of(&self, phone: &str) -> Option<ExternalId> {
        self.adapter().identity_of(phone)
    }

    fn acknowledgement(&self) -> RawResponse {
        self.adapter().acknowledgement()
    }
}

impl Adapter for Renewing {
    fn send<'a>(&'a self, tools: Tools<'a>, send: &'a ProviderSend) -> Answer<'a, Receipt> {
        self.ask(move |adapter| Box::pin(async move { adapter.send(tools, send).await }))
    }

    fn signal<'a>(&'a self, http: &'a Http, signal: &'a Signal) -> Answer<'a, ()> {
        self.ask(move |adapter| Box::pin(async move { adapter.signal(http, signal).await }))
    }

    fn fetch_file<'a>(&'a self, http: &'a Http, file: &'a FileRef) -> Answer<'a, Fetched> {
        self.ask(move |adapter| Box::pin(async move { adapter.fetch_file(http, file).await }))
    }

    fn fetch_profile<'a>(&'a self, http: &'a Http, id: &'a ExternalId) -> Answer<'a, Option<Profile>> {
        self.ask(move |adapter| Box::pin(async move { adapter.fetch_profile(http, id).await }))
    }

    fn list_templates<'a>(&'a self, http: &'a Http) -> Answer<'a, Vec<Template>> {
        self.ask(move |adapter| Box::pin(async move { adapter.list_templates(http).await }))
    }

    fn test<'a>(&'a self, http: &'a Http) -> Answer<'a, Account> {
        self.ask(move |adapter| Box::pin(async move { adapter.test(http).await }))
    }

    fn subscribe<'a>(&'a self, http: &'a Http) -> Answer<'a, Subscribed> {
        self.ask(move |adapter| Box::pin(async move { adapter.subscribe(http).await }))
    }

    fn token_expires_at(&self) -> Option<Timestamp> {
        self.adapter().token_expires_at()
    }

    fn renewal_due_at(&self) -> Option<Timestamp> {
        self.adapter().renewal_due_at()
    }

    fn renew<'a>(&'a self, http: &'a Http, now: Timestamp) -> Answer<'a, Option<String>> {
        let adapter = self.adapter();
        Box::pin(async move { adapter.renew(http, now).await })
    }

    fn catch_up<'a>(&'a self, http: &'a Http, gap: &'a Gap) -> Answer<'a, Missed> {
        self.ask(move |adapter| Box::pin(async move { adapter.catch_up(http, gap).await }))
    }
}
