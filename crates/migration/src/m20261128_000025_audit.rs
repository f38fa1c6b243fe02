//! The audit trail: what people did to the workspace, and which teams each line concerns. A version that does not know the
//! tables writes nothing into them.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let lines = Table::create()
            .table("audit")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("at").big_integer().not_null())
            .col(ColumnDef::new("person").uuid())
            .col(ColumnDef::new("who").text().not_null())
            .col(ColumnDef::new("act").text().not_null())
            .col(ColumnDef::new("bulk").uuid())
            .to_owned();
        manager.create_table(lines).await?;
        let teams = Table::create()
            .table("audit_teams")
            .col(ColumnDef::new("team").uuid().not_null())
            .col(ColumnDef::new("line").uuid().not_null())
            .primary_key(Index::create().col("team").col("line"))
            .to_owned();
        manager.create_table(teams).await?;
        let connection = manager.get_connection();
        for index in [
            "CREATE INDEX audit_at ON audit (at)",
            "CREATE INDEX audit_person ON audit (person, id)",
            "CREATE UNIQUE INDEX audit_bulk ON audit (bulk)",
            "CREATE INDEX audit_teams_line ON audit_teams (line)",
        ] {
            connection.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audit_teams").to_owned()).await?;
        manager.drop_table(Table::drop().table("audit").to_owned()).await
    }
}
