//! Proof that the process can still save.

use entity::setting;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::backend::Backend;
use crate::error::Result;
use crate::writer::{Command, Tx};

/// Writes one row through the Writer and waits until it is on disk.
///
/// # Errors
/// Why nothing can be saved now.
pub async fn prove_write(backend: &Backend) -> Result<()> {
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
