//! Where bulk actions were done, so that none is done twice.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("bulk_done")
            .col(ColumnDef::new("bulk").uuid().not_null())
            .col(ColumnDef::new("room").uuid().not_null())
            .col(ColumnDef::new("at").big_integer().not_null())
            .primary_key(Index::create().col("bulk").col("room"))
            .to_owned();
        manager.create_table(table).await?;
        manager.get_connection().execute_unprepared("CREATE INDEX bulk_done_at ON bulk_done (at)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("bulk_done").to_owned()).await
    }
}
