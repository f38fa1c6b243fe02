//! Where customers came from before they said anything. A version that does not know the table shows it to nobody, as it
//! always has.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("origins")
            .col(ColumnDef::new("channel").uuid().not_null())
            .col(ColumnDef::new("identity").text().not_null())
            .col(ColumnDef::new("topic").text().not_null())
            .col(ColumnDef::new("at").big_integer().not_null())
            .primary_key(Index::create().col("channel").col("identity"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("origins").to_owned()).await
    }
}
