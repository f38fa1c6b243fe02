//! What is new in a room with a history, who let a room go, and when somebody was last here. A version that does not know
//! these columns leaves them as they begin.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            // SQLite adds one column at a time.
            manager.alter_table(Table::alter().table(Alias::new(table)).add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns().into_iter().rev() {
            let name = column.get_column_name();
            manager
                .alter_table(Table::alter().table(Alias::new(table)).drop_column(Alias::new(name)).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn columns() -> Vec<(&'static str, ColumnDef)> {
    vec![
        ("rooms", column("earlier_messages").integer().not_null().default(0).to_owned()),
        ("rooms", column("returned_by").uuid().null().to_owned()),
        ("people", column("last_here_at").big_integer().null().to_owned()),
    ]
}

fn column(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}
