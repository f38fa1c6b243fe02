//! Files of quick replies. A version that does not know the columns takes such a file for one of a room that nobody sees: it
//! neither sends nor drops it.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut reply = ColumnDef::new("quick_reply");
        manager.alter_table(Table::alter().table("files").add_column(reply.uuid().null()).to_owned()).await?;
        let mut place = ColumnDef::new("place");
        manager.alter_table(Table::alter().table("files").add_column(place.integer().null()).to_owned()).await?;
        let index = "CREATE INDEX files_of_quick_reply ON files (quick_reply, place) WHERE quick_reply IS NOT NULL";
        manager.get_connection().execute_unprepared(index).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX files_of_quick_reply").await?;
        for column in ["place", "quick_reply"] {
            manager.alter_table(Table::alter().table("files").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
