//! Schema history: one step each, reversible, never edited after it landed.

mod m20261122_000001_first_schema;
mod m20261125_000002_waits_and_presence;
mod m20261125_000003_password_resets;
mod m20261125_000005_channel_health;
mod m20261125_000006_templates;
mod m20261127_000008_send_budgets;
mod m20261127_000009_token_renewal;
mod m20261127_000010_pictures;
mod m20261127_000011_channel_sign_ins;
mod m20261127_000012_blocked_rooms;
mod m20261127_000013_jobs_of_channels;
mod m20261127_000014_parts_and_early_marks;
mod m20261127_000015_senders_and_left_drafts;
mod m20261127_000016_status_and_requests;
mod m20261127_000017_notes_and_opt_outs;
mod m20261128_000018_notes_and_files_of_rooms;
mod m20261128_000019_names_of_teams;
mod m20261128_000021_matching_contacts;
mod m20261128_000022_rooms_marked_unread;
mod m20261128_000023_mentions;
mod m20261128_000024_bulk_actions;
mod m20261128_000025_audit;
mod m20261128_000026_quick_replies;
mod m20261128_000027_files_of_quick_replies;
mod m20261128_000028_team_rules;
mod m20261128_000030_origins;

pub use sea_orm_migration::prelude::MigratorTrait;

use sea_orm_migration::prelude::MigrationTrait;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_first_schema::Migration),
            Box::new(m20261125_000002_waits_and_presence::Migration),
            Box::new(m20261125_000003_password_resets::Migration),
            Box::new(m20261125_000005_channel_health::Migration),
            Box::new(m20261125_000006_templates::Migration),
            Box::new(m20261127_000008_send_budgets::Migration),
            Box::new(m20261127_000009_token_renewal::Migration),
            Box::new(m20261127_000010_pictures::Migration),
            Box::new(m20261127_000011_channel_sign_ins::Migration),
            Box::new(m20261127_000012_blocked_rooms::Migration),
            Box::new(m20261127_000013_jobs_of_channels::Migration),
            Box::new(m20261127_000014_parts_and_early_marks::Migration),
            Box::new(m20261127_000015_senders_and_left_drafts::Migration),
            Box::new(m20261127_000016_status_and_requests::Migration),
            Box::new(m20261127_000017_notes_and_opt_outs::Migration),
            Box::new(m20261128_000018_notes_and_files_of_rooms::Migration),
            Box::new(m20261128_000019_names_of_teams::Migration),
            Box::new(m20261128_000021_matching_contacts::Migration),
            Box::new(m20261128_000022_rooms_marked_unread::Migration),
            Box::new(m20261128_000023_mentions::Migration),
            Box::new(m20261128_000024_bulk_actions::Migration),
            Box::new(m20261128_000025_audit::Migration),
            Box::new(m20261128_000026_quick_replies::Migration),
            Box::new(m20261128_000027_files_of_quick_replies::Migration),
            Box::new(m20261128_000028_team_rules::Migration),
            Box::new(m20261128_000030_origins::Migration),
        ]
    }
}
