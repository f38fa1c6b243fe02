//! The doors of the administration. The backend checks who may do what.

use domain::account::{Invitation, PersonUpdate};
use domain::audit::AuditPage;
use domain::channel::{self, Channel, ChannelAccount, ChannelKind, ChannelPlace, ChannelSetup};
use domain::draft::{DraftMode, LeftDraft};
use domain::flow::FlowCard;
use domain::id::{AuditId, ChannelId, FlowId, InvitationId, JobId, PersonId, RoomId, TeamId, WebhookId};
use domain::person::Role;
use domain::policy::Policy;
use domain::team::TeamRules;
use domain::trouble::Trouble;

use crate::api::doors;
use crate::error::AppError;

#[cfg(feature = "ssr")]
use {
    crate::session::{backend, signed_in},
    backend::{audit, channels, drafts, flows, invitations, passwords, people, settings, teams, trouble},
};

doors! {
    /// Invites somebody; the answer is the token of the link.
    "invite" pub async fn invite(email: String, role: Role, teams: Vec<TeamId>) -> Result<String, AppError> {
        let me = signed_in().await?;
        Ok(invitations::create(&backend()?, &me, &email, role, teams).await?)
    }

    /// The open invitations.
    "list_invitations" pub async fn list_invitations() -> Result<Vec<Invitation>, AppError> {
        let me = signed_in().await?;
        Ok(invitations::list(&backend()?, &me).await?)
    }

    /// Takes an invitation back.
    "revoke_invitation" pub async fn revoke_invitation(invitation: InvitationId) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(invitations::revoke(&backend()?, &me, invitation).await?)
    }

    /// Changes role, teams, capacity, or whether somebody may sign in at all.
    "update_person" pub async fn update_person(person: PersonId, update: PersonUpdate) -> Result<(), AppError> {
        let me = signed_in().await?;
        people::update(&backend()?, &me, person, update).await?;
        Ok(())
    }

    /// Makes a team.
    "add_team" pub async fn add_team(name: String) -> Result<(), AppError> {
        let me = signed_in().await?;
        teams::add(&backend()?, &me, &name).await?;
        Ok(())
    }

    /// Gives a team another name.
    "rename_team" pub async fn rename_team(team: TeamId, name: String) -> Result<(), AppError> {
        let me = signed_in().await?;
        teams::rename(&backend()?, &me, team, &name).await?;
        Ok(())
    }

    /// What a team does in its own way.
    "find_team_rules" pub async fn find_team_rules(team: TeamId) -> Result<TeamRules, AppError> {
        let me = signed_in().await?;
        Ok(teams::find_rules(&backend()?, &me, team)?)
    }

    /// Puts other rules of a team in the place of `before`; the answer is what is kept.
    "save_team_rules" pub async fn save_team_rules(team: TeamId, before: TeamRules, rules: TeamRules) -> Result<TeamRules, AppError> {
        let me = signed_in().await?;
        Ok(teams::save_rules(&backend()?, &me, team, before, rules).await?)
    }

    /// Removes a team that nothing uses.
    "remove_team" pub async fn remove_team(team: TeamId) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(teams::remove(&backend()?, &me, team).await?)
    }

    /// What people who left had not sent.
    "list_left_drafts" pub async fn list_left_drafts() -> Result<Vec<LeftDraft>, AppError> {
        let me = signed_in().await?;
        Ok(drafts::list_left(&backend()?, &me).await?)
    }

    /// Moves what somebody who left had not sent into one's own draft.
    "take_left_draft" pub async fn take_left_draft(person: PersonId, room: RoomId, mode: DraftMode) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(drafts::take_left(&backend()?, &me, person, room, mode).await?)
    }

    /// Makes a link with which somebody chooses a new password; the answer is its token.
    "create_password_reset" pub async fn create_password_reset(person: PersonId) -> Result<String, AppError> {
        let me = signed_in().await?;
        Ok(passwords::create_reset(&backend()?, &me, person).await?)
    }

    /// The channels with what is set up where.
    "list_channels" pub async fn list_channels() -> Result<Vec<ChannelSetup>, AppError> {
        let me = signed_in().await?;
        Ok(channels::list(&backend()?, &me).await?)
    }

    /// Stops a channel, or lets it go on.
    "set_channel_paused" pub async fn set_channel_paused(channel: ChannelId, paused: bool) -> Result<(), AppError> {
        let me = signed_in().await?;
        channels::set_paused(&backend()?, &me, channel, paused).await?;
        Ok(())
    }

    /// The form for a channel of this kind.
    "setup_form" pub async fn setup_form(kind: ChannelKind) -> Result<channel::SetupForm, AppError> {
        let me = signed_in().await?;
        Ok(channels::setup_form(&backend()?, &me, kind)?)
    }

    /// Begins to sign in at a provider for a new channel; the answer is the provider's page.
    "begin_sign_in" pub async fn begin_sign_in(form: channel::ConnectChannel) -> Result<String, AppError> {
        let me = signed_in().await?;
        Ok(channels::begin_sign_in(&backend()?, &me, form).await?)
    }

    /// Begins to sign in anew for a channel that is there; the answer is the provider's page.
    "begin_sign_in_again" pub async fn begin_sign_in_again(channel: ChannelId) -> Result<String, AppError> {
        let me = signed_in().await?;
        Ok(channels::begin_sign_in_again(&backend()?, &me, channel).await?)
    }

    /// The channel that a sign-in brought tokens for, or why it brought none.
    "sign_in_outcome" pub async fn sign_in_outcome(sign_in: String) -> Result<Channel, AppError> {
        let me = signed_in().await?;
        Ok(channels::sign_in_outcome(&backend()?, &me, &sign_in).await?)
    }

    /// Makes a channel of what was filled in.
    "connect_channel" pub async fn connect_channel(form: channel::ConnectChannel) -> Result<Channel, AppError> {
        let me = signed_in().await?;
        Ok(channels::connect(&backend()?, &me, form).await?)
    }

    /// Changes those settings that are in `changes`, a JSON object.
    "change_channel" pub async fn change_channel(channel: ChannelId, changes: String) -> Result<(), AppError> {
        let me = signed_in().await?;
        channels::change_settings(&backend()?, &me, channel, &changes).await?;
        Ok(())
    }

    /// Gives a channel another name and team, and its rooms another time to expire.
    "place_channel" pub async fn place_channel(channel: ChannelId, place: ChannelPlace) -> Result<(), AppError> {
        let me = signed_in().await?;
        channels::set_place(&backend()?, &me, channel, place).await?;
        Ok(())
    }

    /// Asks the provider who we are to it, and has it deliver.
    "test_channel" pub async fn test_channel(channel: ChannelId) -> Result<ChannelAccount, AppError> {
        let me = signed_in().await?;
        Ok(channels::test(&backend()?, &me, channel).await?)
    }

    /// Removes a channel; its rooms stay.
    "disconnect_channel" pub async fn disconnect_channel(channel: ChannelId) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(channels::disconnect(&backend()?, &me, channel).await?)
    }

    /// The flows there are.
    "list_flows" pub async fn list_flows() -> Result<Vec<FlowCard>, AppError> {
        let me = signed_in().await?;
        Ok(flows::list(&backend()?, &me).await?)
    }

    /// Takes a flow from its JSON, or says which step is wrong and why.
    "import_flow" pub async fn import_flow(json: String) -> Result<(), AppError> {
        let me = signed_in().await?;
        flows::import(&backend()?, &me, &json).await?;
        Ok(())
    }

    /// A flow as JSON.
    "export_flow" pub async fn export_flow(flow: FlowId) -> Result<String, AppError> {
        let me = signed_in().await?;
        Ok(flows::export(&backend()?, &me, flow).await?)
    }

    /// Lets the channel's bot run `flow`; with none, the channel has no bot.
    "use_flow" pub async fn use_flow(channel: ChannelId, flow: Option<FlowId>) -> Result<(), AppError> {
        let me = signed_in().await?;
        flows::use_on_channel(&backend()?, &me, channel, flow).await?;
        Ok(())
    }

    /// Puts these rules in the place of `before`; gives them as they are kept.
    "save_policy" pub async fn save_policy(before: Policy, policy: Policy) -> Result<Policy, AppError> {
        let me = signed_in().await?;
        Ok(settings::save_policy(&backend()?, &me, before, policy).await?)
    }

    /// Who did what to the workspace, the newest first: all, or what one person did, and from a line on.
    "list_audit" pub async fn list_audit(person: Option<PersonId>, after: Option<AuditId>) -> Result<AuditPage, AppError> {
        let me = signed_in().await?;
        Ok(audit::list(&backend()?, &me, person, after).await?)
    }

    /// What waits for an admin.
    "list_trouble" pub async fn list_trouble() -> Result<Trouble, AppError> {
        let me = signed_in().await?;
        Ok(trouble::list(&backend()?, &me).await?)
    }

    /// Tries a failed job again.
    "retry_job" pub async fn retry_job(job: JobId) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(trouble::retry_job(&backend()?, &me, job).await?)
    }

    /// Gives a failed job up for good.
    "dismiss_job" pub async fn dismiss_job(job: JobId) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(trouble::dismiss_job(&backend()?, &me, job).await?)
    }

    /// Gives up on reading a webhook; it stays in the log.
    "dismiss_webhook" pub async fn dismiss_webhook(webhook: WebhookId) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(trouble::dismiss_webhook(&backend()?, &me, webhook).await?)
    }
}
