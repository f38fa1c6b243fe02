//! Proof that the process can still save.

use entity::setting;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::writer::{Command, Tx};

/// With less than this free on the disk of the data folder, in bytes, saving fails soon. A small write still succeeds
/// then: SQLite finds room for it in pages that it wrote before.
const ROOM: u64 = 1 << 20;

/// Looks whether the disk has room, writes one row through the Writer and waits until it is on disk.
///
/// # Errors
/// Why nothing, or not much more, can be saved now.
pub async fn prove(backend: &Backend) -> Result<()> {
    let folder = backend.config().data_dir.clone();
    let free = tokio::task::spawn_blocking(move || fs4::available_space(folder)).await;
    match free {
        Ok(Ok(free)) if free < ROOM => return Err(Error::Unavailable),
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the free space of the data folder cannot be told"),
        Err(error) => tracing::warn!(%error, "looking for free space broke off"),
    }
    prove_write(backend).await
}

/// Writes one row through the Writer and waits until it is on disk.
///
/// # Errors
/// Why nothing can be saved now.
pub(crate) async fn prove_write(backend: &Backend) -> Result<()> {
    backend.run(Canary).await
}

struct Canary;

impl Command for Canary {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let row = setting::ActiveModel { name: Set("canary".into()), value: Set(tx.now.0.to_string()) };
        let again = OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned();
        setting::Entity::insert(row).on_conflict(again).exec_without_returning(tx.db).await?;
        Ok(())
    }
}
