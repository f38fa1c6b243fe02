//! The audit trail: what people did to the workspace, with the names as they were then. What happens in a room stands in its
//! transcript.

mod changed;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bulk::BulkAction;
use crate::channel::ChannelKind;
use crate::id::{AuditId, PersonId, TeamId};
use crate::person::{Person, Role};
use crate::room::Status;
use crate::team::Team;
use crate::timestamp::{Timestamp, hours};

pub use changed::{of_channel, of_person, of_policy, of_team_rules};

/// A line is kept for this long.
pub const KEPT: std::time::Duration = hours(365 * 24);

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doer {
    Person {
        id: PersonId,
        /// As they were called then.
        name: String,
    },
    /// Whoever runs the program on its machine.
    CommandLine,
}

impl Doer {
    /// `me`, by the name they have now.
    #[must_use]
    pub fn of(me: &Person) -> Self {
        Self::Person { id: me.id, name: me.name.clone() }
    }

    /// The person, if one did it.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::CommandLine => None,
        }
    }

    /// What a line begins with.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person { name, .. } => name,
            Self::CommandLine => "The command line",
        }
    }
}

/// What was done, in the past tense. Names and rules stand as they were then, so that a line can be read when they are others
/// or gone. Nothing secret is ever in one: of a setting only its name, of a link only that it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// By the first admin.
    SetUp,
    /// By somebody else, for the first admin.
    SetUpFor {
        admin: String,
    },
    PersonInvited {
        email: String,
        role: Role,
        teams: Vec<String>,
    },
    InvitationTakenBack {
        email: String,
    },
    /// By whoever was invited.
    Joined {
        role: Role,
        teams: Vec<String>,
        invited_by: String,
    },
    RoleChanged {
        person: String,
        from: Role,
        to: Role,
    },
    TeamsChanged {
        person: String,
        from: Vec<String>,
        to: Vec<String>,
    },
    CapacityChanged {
        person: String,
        from: u16,
        to: u16,
    },
    Deactivated {
        person: String,
    },
    Reactivated {
        person: String,
    },
    PasswordResetLinkMade {
        person: String,
    },
    /// By whoever followed the link.
    PasswordReset,
    PasswordChanged,
    UnsentWordsTaken {
        person: String,
        customer: String,
    },
    TeamAdded {
        team: String,
    },
    TeamRenamed {
        from: String,
        to: String,
    },
    TeamRemoved {
        team: String,
    },
    ChannelConnected {
        channel: String,
        kind: ChannelKind,
    },
    ChannelRenamed {
        from: String,
        to: String,
    },
    /// Which settings, by the names that the form has for them.
    ChannelSettingsChanged {
        channel: String,
        settings: Vec<String>,
    },
    ChannelPaused {
        channel: String,
    },
    ChannelResumed {
        channel: String,
    },
    ChannelRemoved {
        channel: String,
    },
    FlowImported {
        flow: String,
    },
    FlowReplaced {
        flow: String,
    },
    /// The channel's bot runs it from then on.
    FlowActivated {
        flow: String,
        channel: String,
    },
    /// The channel has no bot any more.
    BotRemoved {
        channel: String,
    },
    /// A rule of one team. `None` is what the workspace has.
    TeamRuleChanged {
        team: String,
        rule: String,
        from: Option<String>,
        to: Option<String>,
    },
    RuleChanged {
        rule: String,
        from: String,
        to: String,
    },
    /// Of a team, or of everybody; what somebody keeps for themselves is their own business.
    QuickReplyAdded {
        shortcut: String,
        team: Option<String>,
    },
    QuickReplyChanged {
        shortcut: String,
        team: Option<String>,
    },
    QuickReplyDeleted {
        shortcut: String,
        team: Option<String>,
    },
    ContactDeleted {
        contact: String,
    },
    ContactsMerged {
        kept: String,
        merged: String,
    },
    /// Work that was given up, by its kind.
    WorkRetried {
        work: String,
    },
    WorkDismissed {
        work: String,
    },
    DeliveryDismissed {
        channel: String,
    },
    /// One line for all chats of a bulk action.
    DoneTogether {
        what: Together,
        chats: u32,
    },
    TranscriptSaved {
        customer: String,
    },
    /// How many chats the list had, of which those in reach were read.
    ChatsExported {
        chats: usize,
    },
    /// What a newer version of the program wrote down and this one cannot read. It is never written: it stands where the
    /// other stood.
    Unread,
}

/// What a bulk action did to each of its chats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    StatusUpdated { status: Status },
    Assigned { to: String },
    ReturnedToQueue { team: Option<String> },
    StatusTakenBack,
}

impl Together {
    /// What `action` does, by the names that people and teams have now.
    #[must_use]
    pub fn of(action: &BulkAction, people: &BTreeMap<PersonId, Person>, teams: &BTreeMap<TeamId, Team>) -> Self {
        match action {
            BulkAction::UpdateStatus { status, .. } => Self::StatusUpdated { status: *status },
            BulkAction::Assign { to } => {
                let name = people.get(to).map_or_else(|| "somebody".into(), |person| person.name.clone());
                Self::Assigned { to: name }
            }
            BulkAction::ReturnToQueue { team } => {
                Self::ReturnedToQueue { team: team.and_then(|team| names(&[team], teams).pop()) }
            }
            BulkAction::Undo => Self::StatusTakenBack,
        }
    }
}

impl Act {
    /// What a row keeps; what this version cannot read is [`Act::Unread`].
    #[must_use]
    pub fn read(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or(Self::Unread)
    }
}

/// The names of the teams that are there.
#[must_use]
pub fn names(ids: &[TeamId], teams: &BTreeMap<TeamId, Team>) -> Vec<String> {
    ids.iter().filter_map(|id| teams.get(id)).map(|team| team.name.clone()).collect()
}

/// One line, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    pub id: AuditId,
    pub at: Timestamp,
    /// Whoever did it, as they were called then.
    pub who: String,
    /// What they did, as it is read after their name.
    pub words: String,
}

/// A page of the trail, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub lines: Vec<AuditLine>,
    /// Where the next page goes on; nothing at the end.
    pub next: Option<AuditId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::{may_read_audit, may_see_audit};
    use crate::person::Availability;

    const SUPPORT: TeamId = TeamId::from_number(1);
    const BILLING: TeamId = TeamId::from_number(2);

    fn person(role: Role, teams: &[TeamId]) -> Person {
        Person {
            id: PersonId::from_number(7),
            name: "Ines".into(),
            email: "ines@example.com".into(),
            role,
            teams: teams.to_vec(),
            availability: Availability::Online,
            capacity: 8,
            active: true,
        }
    }

    #[test]
    fn an_admin_reads_everything_a_manager_what_is_of_their_teams_and_an_agent_nothing() {
        let (priya, tom, maria) =
            (person(Role::Admin, &[]), person(Role::TeamManager, &[SUPPORT]), person(Role::Agent, &[SUPPORT]));
        for (concerned, manager) in
            [(&[SUPPORT][..], true), (&[BILLING, SUPPORT], true), (&[BILLING], false), (&[], false)]
        {
            assert!(may_read_audit(&priya, concerned), "{concerned:?}");
            assert_eq!(may_read_audit(&tom, concerned), manager, "{concerned:?}");
            assert!(!may_read_audit(&maria, concerned), "{concerned:?}");
        }
        assert!(may_see_audit(&tom) && !may_see_audit(&maria));
        assert!(!may_read_audit(&Person { active: false, ..priya }, &[SUPPORT]), "who left reads nothing");
    }

    #[test]
    fn an_act_of_a_newer_version_is_a_line_that_says_so() {
        for json in [r#"{"telepathy_begun":{"with":"Ana"}}"#, r#"{"team_added":{"colour":"red"}}"#, "", "7"] {
            let act = Act::read(json);
            assert_eq!(act.words(), "did something that only a newer version of Switchboard can tell", "{json}");
        }
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let act = Act::DoneTogether { what: Together::StatusUpdated { status: Status::Resolve }, chats: 12 };
        assert_eq!(Act::read(&serde_json::to_string(&act).expect("it is JSON")), act);
    }
}
