//! Why an episode was closed; whether a channel asks for feedback by itself, and with which template once its window is
//! closed; and who asked for a room. A version that does not know the columns leaves them as they are.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: [(&str, &str); 5] = [
    ("episodes", "reason"),
    ("channels", "feedback_on_resolve"),
    ("channels", "feedback_template"),
    ("rooms", "take_over_by"),
    ("rooms", "take_over_at"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for (table, name) in COLUMNS {
            let mut column = ColumnDef::new(name);
            match name {
                "feedback_on_resolve" => column.boolean().not_null().default(true),
                "take_over_by" => column.uuid().null(),
                "take_over_at" => column.big_integer().null(),
                _ => column.text().null(),
            };
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name) in COLUMNS {
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}
