//! What a channel has sent of its budgets, and until when its provider asked it to wait.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut spent = ColumnDef::new("spent");
        let mut limited_until = ColumnDef::new("limited_until");
        // SQLite adds one column at a time.
        for column in [spent.text().null(), limited_until.big_integer().null()] {
            manager.alter_table(Table::alter().table("channels").add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["limited_until", "spent"] {
            manager.alter_table(Table::alter().table("channels").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
