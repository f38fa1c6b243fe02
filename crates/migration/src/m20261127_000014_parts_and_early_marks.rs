//! Which part of a message a provider's id names and how far that part came, and what became of a message before it came
//! itself. A version that does not know the columns takes news of a part for news of the whole, as it always has.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "provider_messages";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut part = ColumnDef::new("part");
        let mut parts = ColumnDef::new("parts");
        let mut stage = ColumnDef::new("stage");
        let mut mark = ColumnDef::new("mark");
        let numbers = [part.integer().null(), parts.integer().null()];
        // SQLite adds one column at a time.
        for column in numbers.into_iter().chain([stage.text().null(), mark.text().null()]) {
            manager.alter_table(Table::alter().table(TABLE).add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["mark", "stage", "parts", "part"] {
            manager.alter_table(Table::alter().table(TABLE).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
