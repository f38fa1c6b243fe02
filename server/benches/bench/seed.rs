//! A large desk, written straight into SQLite: 100,000 rooms with ten messages each, as a busy year leaves them.

use anyhow::Result;

use crate::rig::rows::Rows;

pub const ROOMS: u32 = 100_000;
pub const MESSAGES: u32 = 1_000_000;

/// Writes everything. People and at least one channel are there already; the server is not running.
pub async fn seed(rows: &Rows) -> Result<()> {
    for statement in PREPARE.iter().chain(&[NUMBERS, CUSTOMERS, IDENTITIES, ROOMS_SQL, EPISODES, ENTRIES, COUNTERS]) {
        rows.run(statement).await?;
    }
    rows.run("COMMIT").await?;
    rows.run("ANALYZE").await?;
    rows.run("PRAGMA wal_checkpoint(TRUNCATE)").await
}

/// Teams and people by number; everybody but the admin is in the first two teams.
const PREPARE: [&str; 7] = [
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -200000",
    "BEGIN",
    "INSERT INTO teams (id, name) VALUES
       (unhex('01930000000070008001000000000001'), 'Billing'),
       (unhex('01930000000070008001000000000002'), 'Returns'),
       (unhex('01930000000070008001000000000003'), 'Warehouse')",
    "INSERT OR IGNORE INTO memberships (team, person)
     SELECT teams.id, people.id FROM teams, people
     WHERE people.role <> 'admin' AND teams.name IN ('Support', 'Billing')",
    "CREATE TEMP TABLE seed_teams AS SELECT row_number() OVER (ORDER BY id) - 1 AS i, id, lower(hex(id)) AS hex FROM teams",
    "CREATE TEMP TABLE seed_people AS SELECT row_number() OVER (ORDER BY id) - 1 AS i, id, lower(hex(id)) AS hex FROM people",
];

/// One line per room: where it is, whose it is and when it was. One in fifty is live, one in twenty-five held.
const NUMBERS: &str = "
CREATE TEMP TABLE seed AS
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 99999)
SELECT n,
       unhex(printf('01930000000070008002%012x', n)) AS room,
       unhex(printf('01930000000070008003%012x', n)) AS customer,
       unhex(printf('01930000000070008004%012x', n)) AS episode,
       CASE WHEN n % 50 = 0 THEN 'live' WHEN n % 25 = 1 THEN 'assigned' ELSE 'archived' END AS section,
       CASE WHEN n % 100 = 0 THEN 'bot' WHEN n % 50 = 0 THEN 'queue' END AS handler,
       (SELECT id FROM seed_teams WHERE i = n / 7 % 4) AS team,
       (SELECT id FROM seed_people WHERE i = n / 3 % (SELECT count(*) FROM seed_people)) AS person,
       (SELECT id FROM channels ORDER BY id LIMIT 1) AS channel,
       (SELECT kind FROM channels ORDER BY id LIMIT 1) AS kind,
       CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now,
       CAST(unixepoch('subsec') * 1000 AS INTEGER) - (100000 - n) * 300000 AS at
FROM numbers";

const CUSTOMERS: &str = "
INSERT INTO customers (id, channel, name, fields, tags, opted_out, blocked, created_at)
SELECT customer, channel, 'Customer ' || n, '{}', '[]', 0, 0, at FROM seed";

const IDENTITIES: &str = "
INSERT INTO identities (channel, identity, customer) SELECT channel, 'seed:' || n, customer FROM seed";

const ROOMS_SQL: &str = "
INSERT INTO rooms (id, channel, kind, customer, name, opted_out, section, handler, agent, since, outcome, unanswered,
                   critical, team, participants, episode, episode_number, episode_opened_at, version, handler_epoch,
                   last_position, preview, last_message_at, last_customer_at, waiting_since, waiting_key, addressed_at,
                   expires_after_millis, expires_at, customer_messages)
SELECT room, channel, kind, customer, 'Customer ' || n, 0, section, handler,
       CASE WHEN section <> 'live' THEN person END, CASE WHEN section <> 'live' THEN at END,
       CASE WHEN section = 'archived' THEN 'resolved' END, 0,
       section <> 'archived' AND n % 40 = 0, team, '[]', episode, 1, at, 12, 2, 10,
       '{\"speaker\":\"customer\",\"text\":\"Thank you, that is everything I wanted to know, have a good day\"}',
       at, at, CASE WHEN section <> 'archived' AND n % 2 = 0 THEN at END,
       CASE WHEN section <> 'archived' AND n % 2 = 0 THEN at ELSE 9223372036854775807 END,
       now, 86400000, CASE WHEN section <> 'archived' THEN now + 86400000 END, 5
FROM seed";

const EPISODES: &str = "
INSERT INTO episodes (id, room, number, opened_at, opened_by, team, unanswered, was_critical, closed_at, outcome)
SELECT episode, room, 1, at, 'customer', team, 0, 0,
       CASE WHEN section = 'archived' THEN at END, CASE WHEN section = 'archived' THEN 'resolved' END
FROM seed";

const ENTRIES: &str = "
WITH RECURSIVE positions (p) AS (SELECT 1 UNION ALL SELECT p + 1 FROM positions WHERE p < 10)
INSERT INTO entries (room, position, message, episode, at, what)
SELECT room, p, unhex(printf('01930000000070008005%012x', n * 10 + p)), episode, at + p * 1000,
       printf('{\"message\":{\"id\":\"01930000-0000-7000-8005-%012x\",\"author\":\"customer\",\"content\":{\"text\":\"This is message %d of ten in the conversation with customer %d of a long year\"},\"delivery\":null}}', n * 10 + p, p, n)
FROM seed CROSS JOIN positions";

/// As `backend::counters` keeps them: section, whether it waits, agent and team, ids with their dashes.
const COUNTERS: &str = "
WITH dashed AS (
  SELECT id, substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-' || substr(hex, 13, 4) || '-' || substr(hex, 17, 4)
             || '-' || substr(hex, 21) AS text
  FROM (SELECT id, hex FROM seed_teams UNION ALL SELECT id, hex FROM seed_people))
INSERT INTO counters (scope, rooms)
SELECT section || '|' || CASE WHEN handler = 'queue' THEN 'queued' ELSE '' END || '|'
       || CASE WHEN section <> 'live' THEN (SELECT text FROM dashed WHERE id = person) ELSE '' END || '|'
       || (SELECT text FROM dashed WHERE id = team), count(*)
FROM seed WHERE true GROUP BY 1
ON CONFLICT (scope) DO UPDATE SET rooms = counters.rooms + excluded.rooms";
