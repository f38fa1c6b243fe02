//! Telling a messenger that the press of a button was taken in; until then it shows the customer that something goes on.

use ::channels::outbound::Signal;
use domain::id::ChannelId;

use crate::backend::Backend;
use crate::jobs::providers;
use crate::jobs::queue::Lease;
use crate::jobs::runner::{Failure, finish};

/// Of the moment: what does not arrive is not tried again, because nobody waits for it by then.
pub(super) async fn run(
    backend: &Backend,
    lease: &Lease,
    channel: ChannelId,
    button: &str,
) -> std::result::Result<(), Failure> {
    if let Some(adapter) = providers::ready(backend, channel).await? {
        let pressed = Signal::Pressed { button: button.into() };
        if let Err(error) = adapter.signal(backend.workshop().providers.http()?, &pressed).await {
            tracing::debug!(%channel, %error, "a press was not answered");
        }
    }
    finish(backend, lease).await
}
