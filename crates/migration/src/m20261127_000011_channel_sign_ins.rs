//! Admins who are signing in at a provider, for a channel's tokens.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("channel_sign_ins")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("state_hash").text().not_null().unique_key())
            .col(ColumnDef::new("person").uuid().not_null())
            .col(ColumnDef::new("plan").text().null())
            .col(ColumnDef::new("channel").uuid().null())
            .col(ColumnDef::new("problem").text().null())
            .col(ColumnDef::new("expires_at").big_integer().not_null())
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("channel_sign_ins").to_owned()).await
    }
}
