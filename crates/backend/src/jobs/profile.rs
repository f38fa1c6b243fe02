//! Asking a provider who somebody is, where it does not tell that unasked.

use ::channels::error::ChannelError;
use ::channels::identity::{Actor, Profile};
use domain::id::{ChannelId, CustomerId};

use crate::backend::Backend;
use crate::customers;
use crate::customers::rows as customer_rows;
use crate::error::Result;
use crate::jobs::providers;
use crate::jobs::queue::{self, Lease};
use crate::jobs::runner::{Failure, finish};
use crate::writer::{Command, Tx};

pub(super) async fn run(
    backend: &Backend,
    lease: &Lease,
    channel: ChannelId,
    customer: CustomerId,
) -> std::result::Result<(), Failure> {
    let ids = customer_rows::list_ids(&backend.store().read, customer).await?;
    let (Some(id), Some(adapter)) = (ids.first(), providers::ready(backend, channel).await?) else {
        return finish(backend, lease).await;
    };
    match adapter.fetch_profile(backend.workshop().providers.http()?, id).await {
        Ok(Some(profile)) => Ok(backend.run(Name { lease: lease.clone(), channel, customer, profile }).await?),
        Ok(None) => finish(backend, lease).await,
        Err(error @ (ChannelError::Transient { .. } | ChannelError::OutcomeUnknown)) => {
            Err(Failure::Failed(error.words()))
        }
        Err(error) if error.is_retryable() || error.needs_admin() => Err(Failure::Failed(error.words())),
        // Many customers do not let themselves be asked about. They stay as they are called.
        Err(error) => {
            tracing::info!(%channel, %error, "a customer's profile is not told");
            finish(backend, lease).await
        }
    }
}

struct Name {
    lease: Lease,
    channel: ChannelId,
    customer: CustomerId,
    profile: Profile,
}

impl Command for Name {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if !queue::finish(tx, &self.lease).await? {
            return Ok(());
        }
        let Some(known) = customer_rows::find(tx.db, self.customer).await? else { return Ok(()) };
        let Profile { name, username, .. } = self.profile.clone();
        let told = Actor { ids: Vec::new(), name, username, phone: None };
        customers::update(tx, self.channel, known, &told).await.map(drop)
    }
}
