//! How a room's customer looks. A version that does not know the column shows their letters.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("picture");
        manager.alter_table(Table::alter().table("rooms").add_column(column.uuid().null()).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("rooms").drop_column("picture").to_owned()).await
    }
}
