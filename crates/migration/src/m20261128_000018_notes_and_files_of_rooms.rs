//! The notes of a room, and its messages with files, are found without its whole transcript. The conditions stand word for
//! word as in the query that asks for them: only so do databases see that it is the same.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const NOTES: &str = r#"CREATE INDEX entries_notes ON entries (room, position) WHERE what LIKE '{"note":%'"#;
const FILES: &str =
    r#"CREATE INDEX entries_files ON entries (room, position) WHERE what LIKE '{"message":%"content":{"files":{%'"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(NOTES).await?;
        db.execute_unprepared(FILES).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX entries_notes").await?;
        db.execute_unprepared("DROP INDEX entries_files").await.map(drop)
    }
}
