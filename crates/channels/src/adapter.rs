//! An adapter speaks one provider's wire format: its codec and its thin sender behind one door.

use std::sync::Arc;

use domain::channel::ChannelKind;
use futures::future::BoxFuture;

use crate::codec::Codec;
use crate::error::ChannelError;
use crate::http::Http;
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::settings::SettingsError;
use crate::whatsapp::WhatsApp;

/// One configured channel that can be spoken through.
pub trait Adapter: Codec {
    /// Hands one planned piece to the provider, once. Retrying is the caller's decision.
    fn send<'a>(&'a self, http: &'a Http, send: &'a ProviderSend) -> BoxFuture<'a, Result<Receipt, ChannelError>>;

    /// Shows the customer a sign. Losing one is no harm; nobody retries it.
    fn signal<'a>(&'a self, http: &'a Http, signal: &'a Signal) -> BoxFuture<'a, Result<(), ChannelError>>;
}

/// The adapter of a channel of this `kind` with these `settings`; `None` for the web chat, which our own server
/// carries.
///
/// # Errors
/// A setting is missing or wrong; the error names it.
pub fn open(kind: ChannelKind, settings: &str) -> Result<Option<Arc<dyn Adapter>>, SettingsError> {
    Ok(match kind {
        ChannelKind::Web => None,
        ChannelKind::WhatsApp => Some(Arc::new(WhatsApp::open(settings)?)),
    })
}
