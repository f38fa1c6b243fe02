//! Whose template won the customer of a room back, and since when unsent words are those of somebody who left. A version
//! that does not know these columns leaves them empty.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut restored_by = ColumnDef::new("restored_by");
        restored_by.uuid().null();
        let mut left_at = ColumnDef::new("left_at");
        left_at.big_integer().null();
        for (table, column) in [("rooms", restored_by), ("drafts", left_at)] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("drafts", "left_at"), ("rooms", "restored_by")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
