//! Whether a room's customer is blocked. Nobody could block before, so every room begins with no; a version that does not
//! know the column leaves it as it is.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("blocked");
        column.boolean().not_null().default(false);
        manager.alter_table(Table::alter().table("rooms").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("rooms").drop_column("blocked").to_owned()).await
    }
}
