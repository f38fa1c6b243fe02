//! Links that let somebody who is here already choose a new password.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = |name| ColumnDef::new(Alias::new(name));
        let table = Table::create()
            .table(Alias::new(TABLE))
            .col(column("person").uuid().not_null().primary_key())
            .col(column("token_hash").text().not_null().unique_key())
            .col(column("made_by").uuid().not_null())
            .col(column("expires_at").big_integer().not_null())
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new(TABLE)).if_exists().to_owned()).await
    }
}

const TABLE: &str = "password_resets";
