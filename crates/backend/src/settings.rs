//! The installation's policy: read by every rule, changed by admins.

use domain::change::Change;
use domain::person::Person;
use domain::policy::Policy;
use entity::setting::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::backend::Backend;
use crate::channels::administers;
use crate::directory::POLICY;
use crate::error::Result;
use crate::writer::{Command, Tx};

/// Changes the policy. Everybody's console starts over: they may see other rooms now.
///
/// # Errors
/// `me` is no admin, or a setting breaks its rule.
pub async fn save_policy(backend: &Backend, me: &Person, policy: Policy) -> Result<()> {
    administers(me)?;
    let policy = policy.check()?;
    backend.run(SavePolicy { policy }).await
}

struct SavePolicy {
    policy: Policy,
}

impl Command for SavePolicy {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        write_policy(tx, &self.policy).await
    }
}

/// Writes the policy down; every rule asks it after the commit.
pub(crate) async fn write_policy(tx: &mut Tx<'_>, policy: &Policy) -> Result<()> {
    let row = ActiveModel { name: Set(POLICY.into()), value: Set(serde_json::to_string(policy)?) };
    let replace = OnConflict::column(Column::Name).update_column(Column::Value).to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(tx.db).await?;
    tx.tell(Change::PolicyChanged(Box::new(policy.clone())));
    Ok(())
}
