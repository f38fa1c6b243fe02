//! Whose provider a job needs, so that what waits for a channel is found by it, and from when on its age counts. A version
//! that does not know these columns leaves them empty.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const INDEX: &str = "CREATE INDEX jobs_of_channel ON jobs (channel, run_at) WHERE channel IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            manager.alter_table(Table::alter().table("jobs").add_column(column).to_owned()).await?;
        }
        manager.get_connection().execute_unprepared(INDEX).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX jobs_of_channel").await?;
        for column in columns().into_iter().rev() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table("jobs").drop_column(Alias::new(name)).to_owned()).await?;
        }
        Ok(())
    }
}

fn columns() -> [ColumnDef; 2] {
    [ColumnDef::new("channel").uuid().null().to_owned(), ColumnDef::new("counted_from").big_integer().null().to_owned()]
}
