//! Whose turn it is to renew a channel's access token, and when that was last done. A version that does not know these
//! columns leaves them empty.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            let mut column = ColumnDef::new(name);
            let add = Table::alter().table("channels").add_column(column.big_integer().null()).to_owned();
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS.into_iter().rev() {
            manager.alter_table(Table::alter().table("channels").drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

const COLUMNS: [&str; 2] = ["renewing_until", "renewed_at"];
