//! What contacts are found by when somebody is saved anew, and the name a customer's channel gave, which they go back to when
//! their contact is deleted. A version that does not know the columns saves contacts that are found by their e-mail alone.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What people write between the digits of a number.
const SIGNS: [char; 7] = [' ', '+', '(', ')', '-', '.', '/'];

const INDEXES: [(&str, &str); 2] = [("contacts_email", "email"), ("contacts_phone_key", "phone_key")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("customers", "channel_name"), ("contacts", "phone_key")] {
            let column = ColumnDef::new(column).text().null().to_owned();
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let db = manager.get_connection();
        let digits = SIGNS.iter().fold("phone".to_owned(), |phone, sign| format!("REPLACE({phone}, '{sign}', '')"));
        for statement in [
            format!("UPDATE contacts SET phone_key = {digits} WHERE phone IS NOT NULL"),
            "UPDATE contacts SET phone_key = substr(phone_key, 3) WHERE phone_key LIKE '00%'".into(),
            "UPDATE contacts SET phone_key = NULL WHERE length(phone_key) < 7".into(),
        ] {
            db.execute_unprepared(&statement).await?;
        }
        for (index, column) in INDEXES {
            let create = format!("CREATE INDEX {index} ON contacts ({column}) WHERE {column} IS NOT NULL");
            db.execute_unprepared(&create).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (index, _) in INDEXES {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX {index}")).await?;
        }
        for (table, column) in [("contacts", "phone_key"), ("customers", "channel_name")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
