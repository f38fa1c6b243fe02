//! Quick replies. A version that does not know the table removes a team although it has some: then admins have them still.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("quick_replies")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("person").uuid())
            .col(ColumnDef::new("team").uuid())
            .col(ColumnDef::new("shortcut").text().not_null())
            .col(ColumnDef::new("known_as").text().not_null())
            .col(ColumnDef::new("text").text().not_null())
            .col(ColumnDef::new("updated_at").big_integer().not_null())
            .to_owned();
        manager.create_table(table).await?;
        let connection = manager.get_connection();
        // Where a column is empty, an index over it holds no two rows for the same.
        for index in [
            "CREATE UNIQUE INDEX quick_replies_person ON quick_replies (person, known_as)",
            "CREATE UNIQUE INDEX quick_replies_team ON quick_replies (team, known_as)",
            "CREATE UNIQUE INDEX quick_replies_shared ON quick_replies (known_as) WHERE person IS NULL AND team IS NULL",
        ] {
            connection.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("quick_replies").to_owned()).await
    }
}
