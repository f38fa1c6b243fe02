//! How often somebody marked a room unread for themselves, or looked at it after that. A version that does not know the column
//! leaves it as it is.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("marks").integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table("seen").add_column(column).to_owned()).await?;
        let index = "CREATE INDEX seen_marked ON seen (person) WHERE marks % 2 = 1";
        manager.get_connection().execute_unprepared(index).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX seen_marked").await?;
        manager.alter_table(Table::alter().table("seen").drop_column("marks").to_owned()).await
    }
}
