//! Notes of our own among the ids of the channel's messages begin with blank, which no provider's id does; a version before
//! this one does not find them, and takes them for ids as the provider's. And when customers last said whether they
//! want to hear from us.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const MARK: &str = "UPDATE provider_messages SET provider_id = ' ' || provider_id WHERE part IS NULL AND mark IS NULL \
                    AND (provider_id LIKE 'part:%:%' OR provider_id LIKE 'album:%')";
const UNMARK: &str = "UPDATE provider_messages SET provider_id = substr(provider_id, 2) WHERE provider_id LIKE ' %'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("opted_at").big_integer().null().to_owned();
        manager.alter_table(Table::alter().table("customers").add_column(column).to_owned()).await?;
        manager.get_connection().execute_unprepared(MARK).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UNMARK).await?;
        manager.alter_table(Table::alter().table("customers").drop_column("opted_at").to_owned()).await
    }
}
