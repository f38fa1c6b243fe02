//! News of a message that came before we knew the message by the provider's id.

use domain::delivery::Delivery;
use domain::id::ChannelId;

use crate::backend::Backend;
use crate::error::Result;
use crate::jobs::queue::{self, Lease};
use crate::jobs::runner::{Failure, finish};
use crate::messages;
use crate::writer::{Command, Tx};

/// After so many looks, some minutes later, the message is none of ours.
const LOOKS: u32 = 7;

pub(super) async fn run(
    backend: &Backend,
    lease: &Lease,
    channel: ChannelId,
    provider_id: &str,
    delivery: &Delivery,
) -> std::result::Result<(), Failure> {
    let look = Look { lease: lease.clone(), channel, provider_id: provider_id.into(), delivery: delivery.clone() };
    if backend.run(look).await? {
        return Ok(());
    }
    if lease.attempts + 1 < LOOKS {
        return Err(Failure::Failed("no message of ours has this id yet".into()));
    }
    finish(backend, lease).await
}

struct Look {
    lease: Lease,
    channel: ChannelId,
    provider_id: String,
    delivery: Delivery,
}

impl Command for Look {
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let is_known = messages::hear_of(tx, self.channel, &self.provider_id, &self.delivery).await?;
        if is_known {
            queue::finish(tx, &self.lease).await?;
        }
        Ok(is_known)
    }
}
