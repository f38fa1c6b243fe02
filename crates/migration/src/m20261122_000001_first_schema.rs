//! The first schema: everything a conversation needs from its first word to its archive.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The legal combinations of section, handler and outcome.
const LEGAL_STATES: &str = "(section = 'live' AND handler IN ('bot', 'queue') AND outcome IS NULL) OR \
     (section = 'assigned' AND handler IS NULL AND outcome IS NULL AND agent IS NOT NULL) OR \
     (section = 'archived' AND handler IS NULL AND outcome IN ('resolved', 'abandoned', 'expired'))";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        manager.get_connection().execute_unprepared("INSERT INTO log_head (id, seq) VALUES (1, 0)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(Alias::new(*table)).if_exists().to_owned()).await?;
        }
        Ok(())
    }
}

const TABLES: &[&str] = &[
    "log_head",
    "events",
    "settings",
    "people",
    "teams",
    "memberships",
    "sessions",
    "invitations",
    "flows",
    "channels",
    "customers",
    "identities",
    "contacts",
    "rooms",
    "participants",
    "episodes",
    "entries",
    "provider_messages",
    "counters",
    "webhooks",
    "jobs",
    "drafts",
    "seen",
    "feedback",
    "bot_runs",
    "visitors",
    "files",
];

const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX rooms_of_customer ON rooms (channel, customer)",
    "CREATE INDEX rooms_newest ON rooms (section, critical, last_message_at, id)",
    "CREATE INDEX rooms_longest_wait ON rooms (section, critical, waiting_key, id)",
    "CREATE INDEX rooms_of_agent ON rooms (section, agent, critical, last_message_at, id)",
    "CREATE INDEX rooms_of_team ON rooms (section, team, critical, last_message_at, id)",
    "CREATE INDEX rooms_to_expire ON rooms (expires_at) WHERE expires_at IS NOT NULL",
    "CREATE INDEX episodes_of_room ON episodes (room, number)",
    "CREATE UNIQUE INDEX entries_message ON entries (message) WHERE message IS NOT NULL",
    "CREATE INDEX provider_messages_of_message ON provider_messages (message)",
    "CREATE INDEX identities_of_customer ON identities (customer)",
    "CREATE INDEX customers_of_contact ON customers (contact) WHERE contact IS NOT NULL",
    "CREATE UNIQUE INDEX webhooks_once ON webhooks (channel, digest)",
    "CREATE INDEX webhooks_to_process ON webhooks (received_at) WHERE processed_at IS NULL",
    "CREATE INDEX webhooks_unreadable ON webhooks (received_at) WHERE problem IS NOT NULL",
    "CREATE INDEX jobs_due ON jobs (run_at) WHERE given_up_at IS NULL",
    "CREATE INDEX jobs_of_lane ON jobs (lane, id) WHERE given_up_at IS NULL",
    "CREATE INDEX participants_of_room ON participants (room)",
    "CREATE INDEX sessions_of_person ON sessions (person)",
    "CREATE INDEX visitors_of_customer ON visitors (customer)",
    "CREATE INDEX events_at ON events (at)",
];

fn column(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

fn tables() -> Vec<TableCreateStatement> {
    [people_tables(), room_tables(), work_tables()].concat()
}

fn people_tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "log_head",
            ["id"].as_slice(),
            vec![column("id").integer().not_null().to_owned(), column("seq").big_integer().not_null().to_owned()],
        ),
        table(
            "events",
            ["seq"].as_slice(),
            vec![
                column("seq").big_integer().not_null().to_owned(),
                column("at").big_integer().not_null().to_owned(),
                column("room").uuid().null().to_owned(),
                column("only").uuid().null().to_owned(),
                column("before").text().null().to_owned(),
                column("event").text().not_null().to_owned(),
            ],
        ),
        table(
            "settings",
            ["name"].as_slice(),
            vec![column("name").text().not_null().to_owned(), column("value").text().not_null().to_owned()],
        ),
        table(
            "people",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("name").text().not_null().to_owned(),
                column("email").text().not_null().unique_key().to_owned(),
                column("role").string_len(16).not_null().to_owned(),
                column("availability").string_len(16).not_null().to_owned(),
                column("capacity").integer().not_null().to_owned(),
                column("active").boolean().not_null().to_owned(),
                column("password_hash").text().not_null().to_owned(),
                column("created_at").big_integer().not_null().to_owned(),
            ],
        ),
        table(
            "teams",
            ["id"].as_slice(),
            vec![column("id").uuid().not_null().to_owned(), column("name").text().not_null().unique_key().to_owned()],
        ),
        table(
            "memberships",
            ["team", "person"].as_slice(),
            vec![column("team").uuid().not_null().to_owned(), column("person").uuid().not_null().to_owned()],
        ),
        table(
            "sessions",
            ["token_hash"].as_slice(),
            vec![
                column("token_hash").text().not_null().to_owned(),
                column("person").uuid().not_null().to_owned(),
                column("created_at").big_integer().not_null().to_owned(),
                column("used_at").big_integer().not_null().to_owned(),
                column("expires_at").big_integer().not_null().to_owned(),
            ],
        ),
        table(
            "invitations",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("token_hash").text().not_null().unique_key().to_owned(),
                column("email").text().not_null().to_owned(),
                column("role").string_len(16).not_null().to_owned(),
                column("teams").text().not_null().to_owned(),
                column("invited_by").uuid().not_null().to_owned(),
                column("created_at").big_integer().not_null().to_owned(),
                column("expires_at").big_integer().not_null().to_owned(),
                column("accepted_at").big_integer().null().to_owned(),
            ],
        ),
        table(
            "flows",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("name").text().not_null().to_owned(),
                column("document").text().not_null().to_owned(),
                column("updated_at").big_integer().not_null().to_owned(),
            ],
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table is a list of columns")]
fn room_tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "channels",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("kind").string_len(16).not_null().to_owned(),
                column("name").text().not_null().to_owned(),
                column("team").uuid().null().to_owned(),
                column("flow").uuid().null().to_owned(),
                column("bot_name").text().null().to_owned(),
                column("expires_after_millis").big_integer().null().to_owned(),
                column("paused").boolean().not_null().to_owned(),
                column("settings").text().not_null().to_owned(),
                column("created_at").big_integer().not_null().to_owned(),
                column("last_webhook_at").big_integer().null().to_owned(),
                column("last_error").text().null().to_owned(),
            ],
        ),
        table(
            "customers",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("channel").uuid().not_null().to_owned(),
                column("name").text().not_null().to_owned(),
                column("phone").text().null().to_owned(),
                column("email").text().null().to_owned(),
                column("contact").uuid().null().to_owned(),
                column("fields").text().not_null().to_owned(),
                column("tags").text().not_null().to_owned(),
                column("opted_out").boolean().not_null().to_owned(),
                column("blocked").boolean().not_null().to_owned(),
                column("created_at").big_integer().not_null().to_owned(),
            ],
        ),
        table(
            "identities",
            ["channel", "identity"].as_slice(),
            vec![
                column("channel").uuid().not_null().to_owned(),
                column("identity").text().not_null().to_owned(),
                column("customer").uuid().not_null().to_owned(),
            ],
        ),
        table(
            "contacts",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("name").text().not_null().to_owned(),
                column("phone").text().null().to_owned(),
                column("email").text().null().to_owned(),
                column("tags").text().not_null().to_owned(),
                column("fields").text().not_null().to_owned(),
                column("created_at").big_integer().not_null().to_owned(),
            ],
        ),
        table(
            "rooms",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("channel").uuid().not_null().to_owned(),
                column("kind").string_len(16).not_null().to_owned(),
                column("customer").uuid().not_null().to_owned(),
                column("name").text().not_null().to_owned(),
                column("contact").uuid().null().to_owned(),
                column("opted_out").boolean().not_null().to_owned(),
                column("section").string_len(16).not_null().to_owned(),
                column("handler").string_len(16).null().to_owned(),
                column("agent").uuid().null().to_owned(),
                column("since").big_integer().null().to_owned(),
                column("outcome").string_len(16).null().to_owned(),
                column("unanswered").boolean().not_null().to_owned(),
                column("closed_by").uuid().null().to_owned(),
                column("critical").boolean().not_null().to_owned(),
                column("team").uuid().null().to_owned(),
                column("participants").text().not_null().to_owned(),
                column("episode").uuid().not_null().to_owned(),
                column("episode_number").integer().not_null().to_owned(),
                column("episode_opened_at").big_integer().not_null().to_owned(),
                column("version").big_integer().not_null().to_owned(),
                column("handler_epoch").integer().not_null().to_owned(),
                column("last_position").integer().not_null().to_owned(),
                column("preview").text().null().to_owned(),
                column("last_message_at").big_integer().not_null().to_owned(),
                column("last_customer_at").big_integer().null().to_owned(),
                column("waiting_since").big_integer().null().to_owned(),
                column("waiting_key").big_integer().not_null().to_owned(),
                column("addressed_at").big_integer().not_null().to_owned(),
                column("expires_after_millis").big_integer().null().to_owned(),
                column("expires_at").big_integer().null().to_owned(),
                column("snoozed_until").big_integer().null().to_owned(),
                column("restore_pending").uuid().null().to_owned(),
                column("customer_messages").integer().not_null().to_owned(),
                column("undo").text().null().to_owned(),
            ],
        )
        .check(Expr::cust(LEGAL_STATES))
        .to_owned(),
        table(
            "participants",
            ["person", "room"].as_slice(),
            vec![column("person").uuid().not_null().to_owned(), column("room").uuid().not_null().to_owned()],
        ),
        table(
            "episodes",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("room").uuid().not_null().to_owned(),
                column("number").integer().not_null().to_owned(),
                column("opened_at").big_integer().not_null().to_owned(),
                column("opened_by").string_len(16).not_null().to_owned(),
                column("agent").uuid().null().to_owned(),
                column("team").uuid().null().to_owned(),
                column("first_human_reply_at").big_integer().null().to_owned(),
                column("closed_at").big_integer().null().to_owned(),
                column("outcome").string_len(16).null().to_owned(),
                column("unanswered").boolean().not_null().to_owned(),
                column("closed_by").uuid().null().to_owned(),
                column("comment").text().null().to_owned(),
                column("was_critical").boolean().not_null().to_owned(),
                column("feedback_score").integer().null().to_owned(),
                column("feedback_comment").text().null().to_owned(),
            ],
        ),
        table(
            "entries",
            ["room", "position"].as_slice(),
            vec![
                column("room").uuid().not_null().to_owned(),
                column("position").integer().not_null().to_owned(),
                column("message").uuid().null().to_owned(),
                column("episode").uuid().not_null().to_owned(),
                column("at").big_integer().not_null().to_owned(),
                column("what").text().not_null().to_owned(),
                column("delivery").text().null().to_owned(),
                column("delivery_reason").text().null().to_owned(),
            ],
        ),
        table(
            "provider_messages",
            ["channel", "provider_id"].as_slice(),
            vec![
                column("channel").uuid().not_null().to_owned(),
                column("provider_id").text().not_null().to_owned(),
                column("room").uuid().not_null().to_owned(),
                column("message").uuid().not_null().to_owned(),
            ],
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table is a list of columns")]
fn work_tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "counters",
            ["scope"].as_slice(),
            vec![column("scope").text().not_null().to_owned(), column("rooms").big_integer().not_null().to_owned()],
        ),
        table(
            "webhooks",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("channel").uuid().not_null().to_owned(),
                column("digest").text().not_null().to_owned(),
                column("received_at").big_integer().not_null().to_owned(),
                column("body").binary().not_null().to_owned(),
                column("processed_at").big_integer().null().to_owned(),
                column("problem").text().null().to_owned(),
            ],
        ),
        table(
            "jobs",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("lane").text().not_null().to_owned(),
                column("kind").text().not_null().to_owned(),
                column("work").text().not_null().to_owned(),
                column("run_at").big_integer().not_null().to_owned(),
                column("attempts").integer().not_null().to_owned(),
                column("leased_until").big_integer().null().to_owned(),
                column("given_up_at").big_integer().null().to_owned(),
                column("problem").text().null().to_owned(),
                column("created_at").big_integer().not_null().to_owned(),
            ],
        ),
        table(
            "drafts",
            ["person", "room", "mode"].as_slice(),
            vec![
                column("person").uuid().not_null().to_owned(),
                column("room").uuid().not_null().to_owned(),
                column("mode").text().not_null().to_owned(),
                column("text").text().not_null().to_owned(),
                column("updated_at").big_integer().not_null().to_owned(),
            ],
        ),
        table(
            "seen",
            ["person", "room"].as_slice(),
            vec![
                column("person").uuid().not_null().to_owned(),
                column("room").uuid().not_null().to_owned(),
                column("messages").integer().not_null().to_owned(),
            ],
        ),
        table(
            "feedback",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("room").uuid().not_null().to_owned(),
                column("episode").uuid().not_null().unique_key().to_owned(),
                column("asked_at").big_integer().not_null().to_owned(),
                column("answered_at").big_integer().null().to_owned(),
                column("score").integer().null().to_owned(),
                column("comment").text().null().to_owned(),
            ],
        ),
        table(
            "bot_runs",
            ["room"].as_slice(),
            vec![
                column("room").uuid().not_null().to_owned(),
                column("episode").uuid().not_null().to_owned(),
                column("run").text().not_null().to_owned(),
            ],
        ),
        table(
            "visitors",
            ["token_hash"].as_slice(),
            vec![
                column("token_hash").text().not_null().to_owned(),
                column("channel").uuid().not_null().to_owned(),
                column("customer").uuid().not_null().to_owned(),
                column("created_at").big_integer().not_null().to_owned(),
                column("used_at").big_integer().not_null().to_owned(),
            ],
        ),
        table(
            "files",
            ["id"].as_slice(),
            vec![
                column("id").uuid().not_null().to_owned(),
                column("room").uuid().null().to_owned(),
                column("name").text().not_null().to_owned(),
                column("mime").text().not_null().to_owned(),
                column("bytes").big_integer().not_null().to_owned(),
                column("created_at").big_integer().not_null().to_owned(),
            ],
        ),
    ]
}

/// A table of `columns`, keyed on `key`.
fn table(name: &'static str, key: &[&'static str], columns: Vec<ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(Alias::new(name));
    for column in columns {
        table.col(column);
    }
    let mut primary = Index::create();
    for column in key {
        primary.col(Alias::new(*column));
    }
    table.primary_key(&mut primary).to_owned()
}
