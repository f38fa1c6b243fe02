//! How a line of the audit trail reads, after the name of whoever did it.

use super::{Act, Together};
use crate::person::Role;
use crate::room::Status;

/// Of a longer text, as a rule may be, a line shows the beginning, in characters.
const SHOWN: usize = 120;

impl Act {
    /// What was done: "renamed the team “Support” to “Care”".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::SetUp => "set up this Switchboard".into(),
            Self::SetUpFor { admin } => format!("set up this Switchboard, with {admin} as its first admin"),
            Self::PersonInvited { email, role, teams } => format!("invited {email} as {}{}", a(*role), into(teams)),
            Self::InvitationTakenBack { email } => format!("took back the invitation of {email}"),
            Self::Joined { role, teams, invited_by } => {
                format!("joined as {}{}, invited by {invited_by}", a(*role), into(teams))
            }
            Self::RoleChanged { person, from, to } => {
                format!("changed the role of {person} from {} to {}", from.label(), to.label())
            }
            Self::TeamsChanged { person, from, to } => {
                format!("changed the teams of {person} from {} to {}", listed(from), listed(to))
            }
            Self::CapacityChanged { person, from, to } => {
                format!("changed the capacity of {person} from {from} to {to}")
            }
            Self::Deactivated { person } => format!("deactivated {person}"),
            Self::Reactivated { person } => format!("activated {person} again"),
            Self::PasswordResetLinkMade { person } => format!("made a link for {person} to choose a new password"),
            Self::PasswordReset => "chose a new password by a link".into(),
            Self::PasswordChanged => "changed their password".into(),
            Self::UnsentWordsTaken { person, customer } => {
                format!("took over what {person} had not sent to {customer}")
            }
            Self::TeamAdded { team } => format!("added the team “{team}”"),
            Self::TeamRenamed { from, to } => format!("renamed the team “{from}” to “{to}”"),
            Self::TeamRemoved { team } => format!("removed the team “{team}”"),
            Self::ChannelConnected { channel, kind } => format!("connected the {} channel “{channel}”", kind.label()),
            Self::ChannelRenamed { from, to } => format!("renamed the channel “{from}” to “{to}”"),
            Self::ChannelSettingsChanged { channel, settings } => {
                format!("changed settings of the channel “{channel}”: {}", settings.join(", "))
            }
            Self::ChannelPaused { channel } => format!("paused the channel “{channel}”"),
            Self::ChannelResumed { channel } => format!("let the channel “{channel}” go on"),
            Self::ChannelRemoved { channel } => format!("removed the channel “{channel}”"),
            Self::FlowImported { flow } => format!("imported the flow “{flow}”"),
            Self::FlowReplaced { flow } => format!("replaced the flow “{flow}” by a new version"),
            Self::FlowActivated { flow, channel } => format!("had the bot of “{channel}” run the flow “{flow}”"),
            Self::BotRemoved { channel } => format!("took the bot off the channel “{channel}”"),
            Self::RuleChanged { rule, from, to } => {
                format!("changed the rule “{rule}” from {} to {}", cut(from), cut(to))
            }
            Self::TeamRuleChanged { team, rule, from, to } => {
                let said =
                    |value: &Option<String>| value.as_deref().map_or_else(|| "what the workspace has".into(), cut);
                format!("changed the rule “{rule}” of the team “{team}” from {} to {}", said(from), said(to))
            }
            Self::QuickReplyAdded { shortcut, team } => {
                format!("added the quick reply /{shortcut} {}", of(team.as_deref()))
            }
            Self::QuickReplyChanged { shortcut, team } => {
                format!("changed the quick reply /{shortcut} {}", of(team.as_deref()))
            }
            Self::QuickReplyDeleted { shortcut, team } => {
                format!("deleted the quick reply /{shortcut} {}", of(team.as_deref()))
            }
            Self::ContactDeleted { contact } => format!("deleted the contact {contact}"),
            Self::ContactsMerged { kept, merged } => format!("merged the contact {merged} into {kept}"),
            Self::WorkRetried { work } => format!("had work tried again that was given up: {work}"),
            Self::WorkDismissed { work } => format!("dismissed work that was given up: {work}"),
            Self::DeliveryDismissed { channel } => format!("dismissed what the provider of “{channel}” had sent"),
            Self::DoneTogether { what, chats } => what.words(*chats),
            Self::TranscriptSaved { customer } => format!("saved the transcript of the chat with {customer}"),
            Self::ChatsExported { chats: 1 } => "exported a list of 1 chat".into(),
            Self::ChatsExported { chats } => format!("exported a list of {chats} chats"),
            Self::Unread => "did something that only a newer version of Switchboard can tell".into(),
        }
    }
}

impl Together {
    fn words(&self, chats: u32) -> String {
        let chats = if chats == 1 { "1 chat".to_owned() } else { format!("{chats} chats") };
        match self {
            Self::StatusUpdated { status: Status::Resolve } => format!("resolved {chats} together"),
            Self::StatusUpdated { status: Status::Abandon } => format!("abandoned {chats} together"),
            Self::StatusUpdated { status: Status::Critical } => format!("marked {chats} critical together"),
            Self::StatusUpdated { status: Status::ClearCritical } => {
                format!("marked {chats} not critical together")
            }
            Self::Assigned { to } => format!("assigned {chats} together to {to}"),
            Self::ReturnedToQueue { team: Some(team) } => {
                format!("returned {chats} together to the queue of “{team}”")
            }
            Self::ReturnedToQueue { team: None } => format!("returned {chats} together to the queue"),
            Self::StatusTakenBack => format!("took the last status of {chats} back together"),
        }
    }
}

/// "an Agent".
fn a(role: Role) -> String {
    let article = if role == Role::TeamManager { "a" } else { "an" };
    format!("{article} {}", role.label())
}

/// Whose a quick reply is: "of the team “Support”".
fn of(team: Option<&str>) -> String {
    match team {
        Some(team) => format!("of the team “{team}”"),
        None => "of everybody".into(),
    }
}

fn into(teams: &[String]) -> String {
    if teams.is_empty() { String::new() } else { format!(" into {}", listed(teams)) }
}

fn listed(teams: &[String]) -> String {
    match teams {
        [] => "no team".into(),
        teams => teams.iter().map(|team| format!("“{team}”")).collect::<Vec<_>>().join(", "),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…”", text[..end].trim_end()),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::ChannelKind;

    fn words(act: Act) -> String {
        act.words()
    }

    #[test]
    fn a_line_reads_as_a_sentence_after_the_name() {
        let (maria, support) = (|| "Maria Souza".to_owned(), || vec!["Support".to_owned()]);
        for (act, words) in [
            (
                Act::PersonInvited { email: "ines@example.com".into(), role: Role::TeamManager, teams: support() },
                "invited ines@example.com as a Team manager into “Support”",
            ),
            (
                Act::Joined { role: Role::Admin, teams: vec![], invited_by: "Priya".into() },
                "joined as an Admin, invited by Priya",
            ),
            (
                Act::RoleChanged { person: maria(), from: Role::Agent, to: Role::TeamManager },
                "changed the role of Maria Souza from Agent to Team manager",
            ),
            (
                Act::TeamsChanged { person: maria(), from: support(), to: vec![] },
                "changed the teams of Maria Souza from “Support” to no team",
            ),
            (Act::TeamRenamed { from: "Support".into(), to: "Care".into() }, "renamed the team “Support” to “Care”"),
            (
                Act::QuickReplyAdded { shortcut: "hours".into(), team: Some("Support".into()) },
                "added the quick reply /hours of the team “Support”",
            ),
            (Act::QuickReplyDeleted { shortcut: "hi".into(), team: None }, "deleted the quick reply /hi of everybody"),
            (
                Act::ChannelConnected { channel: "Acme".into(), kind: ChannelKind::WhatsApp },
                "connected the WhatsApp channel “Acme”",
            ),
            (
                Act::ChannelSettingsChanged {
                    channel: "Acme".into(),
                    settings: vec!["Access token".into(), "App secret".into()],
                },
                "changed settings of the channel “Acme”: Access token, App secret",
            ),
        ] {
            assert_eq!(act.words(), words);
        }
    }

    #[test]
    fn a_bulk_action_says_what_became_of_how_many_chats() {
        let resolved = |chats| Act::DoneTogether { what: Together::StatusUpdated { status: Status::Resolve }, chats };
        assert_eq!(words(resolved(1)), "resolved 1 chat together");
        assert_eq!(words(resolved(12)), "resolved 12 chats together");
        let returned = Together::ReturnedToQueue { team: Some("Billing".into()) };
        assert_eq!(returned.words(3), "returned 3 chats together to the queue of “Billing”");
    }

    #[test]
    fn of_a_long_rule_the_beginning_is_shown() {
        let long = format!("“{}”", "ä".repeat(1_000));
        let act = Act::RuleChanged { rule: "Away line".into(), from: "nothing".into(), to: long };
        let words = act.words();
        assert!(words.starts_with("changed the rule “Away line” from nothing to “ää"), "{words}");
        assert!(words.ends_with("ä…”") && words.chars().count() < 180, "{words}");
    }
}
