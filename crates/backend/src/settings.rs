//! The installation's policy: asked by every rule, changed by admins.

use domain::audit::{Doer, of_policy};
use domain::change::Change;
use domain::person::Person;
use domain::policy::Policy;
use domain::refused::Refused;
use entity::setting::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect};

use crate::audit;
use crate::backend::Backend;
use crate::channels::administers;
use crate::directory::POLICY;
use crate::error::Result;
use crate::writer::{Command, Tx};

/// Puts `policy` in the place of `before`, and gives it as it is kept. Everybody's console starts over: they may see other
/// rooms now.
///
/// # Errors
/// `me` is no admin, a setting breaks its rule, or another admin was quicker.
pub async fn save_policy(backend: &Backend, me: &Person, before: Policy, policy: Policy) -> Result<Policy> {
    administers(me)?;
    let policy = policy.check()?;
    backend.run(SavePolicy { by: Doer::of(me), before, policy }).await
}

struct SavePolicy {
    by: Doer,
    before: Policy,
    policy: Policy,
}

impl Command for SavePolicy {
    type Output = Policy;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Policy> {
        let row = Entity::find_by_id(POLICY).lock_exclusive().one(tx.db).await?;
        let present: Policy = row.map(|row| serde_json::from_str(&row.value)).transpose()?.unwrap_or_default();
        if present == self.policy {
            return Ok(present);
        }
        if present != self.before {
            return Err(Refused::invalid("rules", "were changed by somebody else meanwhile").into());
        }
        audit::note_all(tx, &self.by, &[], of_policy(&present, &self.policy)).await?;
        write_policy(tx, &self.policy).await?;
        Ok(self.policy.clone())
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
