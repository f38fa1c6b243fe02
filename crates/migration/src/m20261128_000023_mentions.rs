//! Who was named in a note or comment and has not looked at the room since. A version that does not know the table tells only
//! whoever has a console open.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("mentions")
            .col(ColumnDef::new("person").uuid().not_null())
            .col(ColumnDef::new("room").uuid().not_null())
            .col(ColumnDef::new("by").uuid().not_null())
            .col(ColumnDef::new("at").big_integer().not_null())
            .primary_key(Index::create().col("person").col("room"))
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create().name("mentions_at").table("mentions").col("at").to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("mentions").to_owned()).await
    }
}
