//! Asking a provider who somebody is and how they look, where it does not tell that unasked.

use ::channels::adapter::Adapter;
use ::channels::error::ChannelError;
use ::channels::files::FileRef;
use ::channels::http::Http;
use ::channels::identity::{Actor, Profile};
use domain::change::Change;
use domain::id::{ChannelId, CustomerId, FileId};
use domain::media::MediaKind;
use futures::TryStreamExt;

use crate::backend::Backend;
use crate::customers;
use crate::customers::rows as customer_rows;
use crate::error::{Error, Result};
use crate::jobs::fetch::BUSY_PAUSE;
use crate::jobs::providers;
use crate::jobs::queue::{self, Lease};
use crate::jobs::runner::{Failure, finish};
use crate::media;
use crate::rooms::rows as room_rows;
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
    let http = backend.workshop().providers.http()?;
    match adapter.fetch_profile(http, id).await {
        Ok(Some(profile)) => {
            let picture = match &profile.picture {
                Some(file) => fetch_picture(backend, &*adapter, http, file).await?,
                None => None,
            };
            Ok(backend.run(Show { lease: lease.clone(), channel, customer, profile, picture }).await?)
        }
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

/// The picture, kept; `None` for one that is not handed over or is none. Nobody waits for it, so it is asked for once.
async fn fetch_picture(
    backend: &Backend,
    adapter: &dyn Adapter,
    http: &Http,
    file: &FileRef,
) -> std::result::Result<Option<FileId>, Failure> {
    let fetched = match adapter.fetch_file(http, file).await {
        Ok(fetched) => fetched,
        Err(error) => {
            tracing::info!(%error, "a customer's picture was not handed over");
            return Ok(None);
        }
    };
    let content = fetched.content.map_err(|error| Error::World(error.words()));
    match media::receive(backend, MediaKind::Photo, None, content).await {
        Ok(stored) => Ok(MediaKind::Photo.takes(&stored.mime).then_some(stored.id)),
        Err(error @ Error::Busy) => Err(Failure::NotYet { problem: error.to_string(), wait: BUSY_PAUSE }),
        Err(error @ (Error::Refused(_) | Error::World(_))) => {
            tracing::info!(%error, "a customer's picture was not kept");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

struct Show {
    lease: Lease,
    channel: ChannelId,
    customer: CustomerId,
    profile: Profile,
    picture: Option<FileId>,
}

impl Command for Show {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if !queue::finish(tx, &self.lease).await? {
            return Ok(());
        }
        let Some(known) = customer_rows::find(tx.db, self.customer).await? else { return Ok(()) };
        let Profile { name, username, .. } = self.profile.clone();
        let told = Actor { ids: Vec::new(), name, username, phone: None };
        customers::update(tx, self.channel, known, &told).await?;
        let room = room_rows::find_of_customer(tx.db, self.channel, self.customer).await?;
        if let (Some(picture), Some(mut room)) = (self.picture, room)
            && media::attach(tx, picture, room.id).await?
        {
            tx.change(&mut room, vec![Change::PictureArrived { picture }]).await?;
        }
        Ok(())
    }
}
