//! No two teams have one name, however it is typed. A version that does not know the column leaves it empty, and what is
//! empty is the same as nothing else.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Of names that differ in small and capital letters alone, which only an earlier version took, one is written down.
const KNOWN: &str = "UPDATE teams SET known_as = lower(name) WHERE NOT EXISTS \
                     (SELECT 1 FROM teams other WHERE lower(other.name) = lower(teams.name) AND other.name < teams.name)";

const INDEX: &str = "CREATE UNIQUE INDEX teams_known_as ON teams (known_as)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("known_as").text().null().to_owned();
        manager.alter_table(Table::alter().table("teams").add_column(column).to_owned()).await?;
        for statement in [KNOWN, INDEX] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX teams_known_as").await?;
        manager.alter_table(Table::alter().table("teams").drop_column("known_as").to_owned()).await
    }
}
