//! Templates as providers have them.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut key = Index::create().col("channel").col("name").col("language").to_owned();
        let table = Table::create()
            .table("templates")
            .col(ColumnDef::new("channel").uuid().not_null())
            .col(ColumnDef::new("name").text().not_null())
            .col(ColumnDef::new("language").text().not_null())
            .col(ColumnDef::new("document").text().not_null())
            .col(ColumnDef::new("synced_at").big_integer().not_null())
            .primary_key(&mut key)
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("templates").to_owned()).await
    }
}
