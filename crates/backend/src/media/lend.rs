//! Files that leave: the bytes for providers that take them, a signed address for those that fetch, and for whoever reads of one
//! where a channel carries no file.

use std::time::Duration;

use ::channels::error::ChannelError;
use ::channels::files::{Content, Files};
use domain::id::FileId;
use domain::refused::Refused;
use domain::timestamp::{Timestamp, hours};
use entity::file::Entity;
use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt};
use reqwest::Url;
use sea_orm::EntityTrait;

use super::{OpenFile, place};
use crate::backend::Backend;
use crate::error::Result;

/// How long a provider may fetch at an address it was given.
const OPEN: Duration = hours(24);

/// How long whoever has the address may read a file that a message only names.
const OPEN_FOR_ALL: Duration = hours(30 * 24);

/// Lends files to the adapters.
pub(crate) struct Lender<'a>(pub &'a Backend);

impl Files for Lender<'_> {
    fn open(&self, id: FileId) -> BoxFuture<'_, std::result::Result<Content, ChannelError>> {
        Box::pin(async move {
            let gone = |_| ChannelError::MediaRejected { detail: "The file is not in our store.".into() };
            let found = self.0.media().store.get(&place(id)).await.map_err(gone)?;
            let broken = |_| ChannelError::Transient { detail: "The file could not be read.".into() };
            Ok(found.into_stream().map_err(broken).boxed())
        })
    }

    fn link(&self, id: FileId) -> Url {
        Url::parse(&address(self.0, id, OPEN)).expect("the public address was checked at start")
    }
}

/// Where anybody can read the file for thirty days from now.
pub(crate) fn link_for_all(backend: &Backend, id: FileId) -> String {
    address(backend, id, OPEN_FOR_ALL)
}

fn address(backend: &Backend, id: FileId, open: Duration) -> String {
    let until = backend.now().plus(open).0;
    let proof = backend.seal().sign(&lent(id, until));
    format!("{}/lent/{id}/{until}/{proof}", backend.config().public_url)
}

/// A file under an address that was given away here.
///
/// # Errors
/// [`Refused::NotFound`] when the address is not one of ours, or no longer good.
pub async fn open_lent(backend: &Backend, id: FileId, until: i64, proof: &str) -> Result<OpenFile> {
    let is_ours = backend.seal().is_signed(&lent(id, until), proof);
    if !is_ours || backend.now() > Timestamp(until) {
        return Err(Refused::NotFound.into());
    }
    let row = Entity::find_by_id(id).one(&backend.store().read).await?.ok_or(Refused::NotFound)?;
    Ok(OpenFile::new(backend, row))
}

fn lent(id: FileId, until: i64) -> String {
    format!("lent file {id} until {until}")
}
