//! What was done, told from how something was before and how it is after.

use std::collections::BTreeMap;

use super::{Act, names};
use crate::channel::Channel;
use crate::id::TeamId;
use crate::person::Person;
use crate::policy::Policy;
use crate::team::{Team, TeamRules};

/// What an admin or manager did to somebody.
#[must_use]
pub fn of_person(before: &Person, after: &Person, teams: &BTreeMap<TeamId, Team>) -> Vec<Act> {
    let person = || after.name.clone();
    let mut acts = Vec::new();
    if before.role != after.role {
        acts.push(Act::RoleChanged { person: person(), from: before.role, to: after.role });
    }
    if before.teams != after.teams {
        let (from, to) = (names(&before.teams, teams), names(&after.teams, teams));
        acts.push(Act::TeamsChanged { person: person(), from, to });
    }
    if before.capacity != after.capacity {
        acts.push(Act::CapacityChanged { person: person(), from: before.capacity, to: after.capacity });
    }
    match (before.active, after.active) {
        (true, false) => acts.push(Act::Deactivated { person: person() }),
        (false, true) => acts.push(Act::Reactivated { person: person() }),
        (true, true) | (false, false) => {}
    }
    acts
}

/// What an admin did to a channel, but for its sealed settings. `flow` is the name of the one that its bot runs after.
#[must_use]
pub fn of_channel(before: &Channel, after: &Channel, flow: Option<&str>) -> Vec<Act> {
    let channel = || after.name.clone();
    let mut acts = Vec::new();
    if before.name != after.name {
        acts.push(Act::ChannelRenamed { from: before.name.clone(), to: channel() });
    }
    let settings = [
        ("Team", before.team != after.team),
        ("Time to expire", before.expires_after_millis != after.expires_after_millis),
        ("Feedback", before.feedback != after.feedback),
        ("Name of the bot", before.flow == after.flow && before.bot_name != after.bot_name),
    ];
    let settings: Vec<String> = settings.into_iter().filter(|(_, is)| *is).map(|(name, _)| name.into()).collect();
    if !settings.is_empty() {
        acts.push(Act::ChannelSettingsChanged { channel: channel(), settings });
    }
    match flow {
        _ if before.flow == after.flow => {}
        Some(flow) => acts.push(Act::FlowActivated { flow: flow.into(), channel: channel() }),
        None => acts.push(Act::BotRemoved { channel: channel() }),
    }
    match (before.paused, after.paused) {
        (false, true) => acts.push(Act::ChannelPaused { channel: channel() }),
        (true, false) => acts.push(Act::ChannelResumed { channel: channel() }),
        (true, true) | (false, false) => {}
    }
    acts
}

/// Which rules an admin changed, from what to what: one act for each.
#[must_use]
pub fn of_policy(before: &Policy, after: &Policy) -> Vec<Act> {
    let rules = rules(before).into_iter().zip(rules(after));
    let changed = rules.filter(|((_, from), (_, to))| from != to);
    changed.map(|((rule, from), (_, to))| Act::RuleChanged { rule: rule.into(), from, to }).collect()
}

/// Which rules of the team of this name were changed, from what to what: one act for each.
#[must_use]
pub fn of_team_rules(team: &str, before: &TeamRules, after: &TeamRules) -> Vec<Act> {
    let rules = team_rules(before).into_iter().zip(team_rules(after));
    let changed = rules.filter(|((_, from), (_, to))| from != to);
    changed
        .map(|((rule, from), (_, to))| Act::TeamRuleChanged { team: team.into(), rule: rule.into(), from, to })
        .collect()
}

fn team_rules(rules: &TeamRules) -> [(&'static str, Option<String>); 3] {
    // A new rule does not compile until it stands here.
    let TeamRules { auto_assign, feedback_question, away_text } = rules;
    [
        (AUTO_ASSIGN, auto_assign.map(switch)),
        (QUESTION, feedback_question.as_deref().map(text)),
        (AWAY, away_text.as_deref().map(text)),
    ]
}

const AUTO_ASSIGN: &str = "Chats in the queue go to whoever is online and has room";
const QUESTION: &str = "Feedback question";
const AWAY: &str = "Away line";

/// Every rule by the words that its page has for it, with what it says.
fn rules(policy: &Policy) -> [(&'static str, String); 19] {
    // A new rule does not compile until it stands here.
    let Policy {
        agents_see_live,
        agents_see_team,
        agents_may_enter_bot,
        agents_may_reassign,
        resolve_critical_needs_manager,
        never_expire_critical,
        never_expire_waiting_on_agent,
        auto_assign,
        sticky_agent,
        agents_may_send_templates,
        sender_minutes,
        answer_minutes,
        disconnect_minutes,
        feedback_question,
        comment_on_resolve,
        comment_on_abandon,
        comment_on_critical,
        reasons,
        away_text,
    } = policy;
    [
        ("Live chats that agents see", agents_see_live.label().into()),
        ("Agents see the assigned chats of their whole team", switch(*agents_see_team)),
        ("Agents may enter chats that the bot answers", switch(*agents_may_enter_bot)),
        ("Agents may give their chats to colleagues", switch(*agents_may_reassign)),
        ("Agents may send templates and begin conversations", switch(*agents_may_send_templates)),
        ("Only team managers and admins resolve critical chats", switch(*resolve_critical_needs_manager)),
        (AUTO_ASSIGN, switch(*auto_assign)),
        ("Customers who come back within 30 minutes get the person they had", switch(*sticky_agent)),
        ("A chat that a template won back waits for whoever sent it", timer(*sender_minutes)),
        ("A chat goes back to the queue when its holder does not answer", timer(*answer_minutes)),
        ("A chat that waits goes back to the queue when its holder loses the connection", timer(*disconnect_minutes)),
        ("Critical chats never expire", switch(*never_expire_critical)),
        ("Chats in which the customer waits for us never expire", switch(*never_expire_waiting_on_agent)),
        (QUESTION, text(feedback_question)),
        (AWAY, text(away_text)),
        ("A comment is required to resolve a chat", switch(*comment_on_resolve)),
        ("A comment is required to abandon a chat", switch(*comment_on_abandon)),
        ("A comment is required to mark a chat critical", switch(*comment_on_critical)),
        ("Reasons for closing a chat", text(&reasons.join(", "))),
    ]
}

fn switch(is_on: bool) -> String {
    if is_on { "on".into() } else { "off".into() }
}

fn timer(minutes: Option<u16>) -> String {
    match minutes {
        None => "off".into(),
        Some(1) => "1 minute".into(),
        Some(minutes) => format!("{minutes} minutes"),
    }
}

/// In one line, whatever was typed.
fn text(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "nothing".into() } else { format!("“{line}”") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::ChannelKind;
    use crate::feedback::FeedbackRule;
    use crate::id::{ChannelId, FlowId, PersonId};
    use crate::person::{Availability, Role};

    const SUPPORT: TeamId = TeamId::from_number(1);
    const BILLING: TeamId = TeamId::from_number(2);

    fn words(acts: &[Act]) -> Vec<String> {
        acts.iter().map(Act::words).collect()
    }

    fn website() -> Channel {
        Channel {
            id: ChannelId::from_number(3),
            kind: ChannelKind::Web,
            name: "Website".into(),
            team: Some(SUPPORT),
            flow: None,
            bot_name: None,
            expires_after_millis: None,
            feedback: FeedbackRule::default(),
            paused: false,
            trouble: None,
            spent: Vec::new(),
            limited_until: None,
        }
    }

    #[test]
    fn everything_that_became_of_somebody_is_an_act_of_its_own() {
        let teams: BTreeMap<TeamId, Team> =
            [(SUPPORT, "Support"), (BILLING, "Billing")].map(|(id, name)| (id, Team::new(id, name))).into();
        let maria = Person {
            id: PersonId::from_number(9),
            name: "Maria".into(),
            email: "maria@example.com".into(),
            role: Role::Agent,
            teams: vec![SUPPORT],
            availability: Availability::Online,
            capacity: 8,
            active: true,
        };
        let after = Person {
            role: Role::TeamManager,
            teams: vec![SUPPORT, BILLING],
            capacity: 9,
            active: false,
            ..maria.clone()
        };

        assert_eq!(
            words(&of_person(&maria, &after, &teams)),
            [
                "changed the role of Maria from Agent to Team manager",
                "changed the teams of Maria from “Support” to “Support”, “Billing”",
                "changed the capacity of Maria from 8 to 9",
                "deactivated Maria",
            ]
        );
        assert_eq!(
            words(&of_person(&after, &Person { active: true, ..after.clone() }, &teams)),
            ["activated Maria again"]
        );
        assert!(of_person(&maria, &Person { availability: Availability::Away, ..maria.clone() }, &teams).is_empty());
    }

    #[test]
    fn what_became_of_a_channel_is_named() {
        let before = website();
        let placed =
            Channel { name: "Shop".into(), team: None, expires_after_millis: Some(3_600_000), ..before.clone() };
        assert_eq!(
            words(&of_channel(&before, &placed, None)),
            ["renamed the channel “Website” to “Shop”", "changed settings of the channel “Shop”: Team, Time to expire"]
        );
        let with_bot = Channel { flow: Some(FlowId::from_number(4)), bot_name: Some("Bo".into()), ..before.clone() };
        assert_eq!(
            words(&of_channel(&before, &with_bot, Some("Front door"))),
            ["had the bot of “Website” run the flow “Front door”"]
        );
        assert_eq!(words(&of_channel(&with_bot, &before, None)), ["took the bot off the channel “Website”"]);
        let paused = Channel { paused: true, ..before.clone() };
        assert_eq!(words(&of_channel(&before, &paused, None)), ["paused the channel “Website”"]);
        assert_eq!(words(&of_channel(&paused, &before, None)), ["let the channel “Website” go on"]);
        assert!(of_channel(&before, &before, None).is_empty());
    }

    #[test]
    fn a_rule_of_a_team_says_when_it_is_the_workspaces() {
        let own = TeamRules { away_text: Some(String::new()), auto_assign: Some(false), ..TeamRules::default() };
        assert_eq!(
            words(&of_team_rules("Support", &TeamRules::default(), &own)),
            [
                "changed the rule “Chats in the queue go to whoever is online and has room” of the team “Support” \
                 from what the workspace has to off",
                "changed the rule “Away line” of the team “Support” from what the workspace has to nothing",
            ]
        );
        assert!(of_team_rules("Support", &own, &own).is_empty());
    }

    #[test]
    fn every_changed_rule_says_from_what_to_what() {
        let before = Policy { away_text: String::new(), answer_minutes: None, ..Policy::default() };
        let after = Policy {
            auto_assign: !before.auto_assign,
            answer_minutes: Some(1),
            away_text: "We are away.\nBack at nine.".into(),
            reasons: vec!["Spam".into(), "Answered".into()],
            ..before.clone()
        };
        assert_eq!(
            words(&of_policy(&before, &after)),
            [
                "changed the rule “Chats in the queue go to whoever is online and has room” from on to off",
                "changed the rule “A chat goes back to the queue when its holder does not answer” from off to 1 minute",
                "changed the rule “Away line” from nothing to “We are away. Back at nine.”",
                "changed the rule “Reasons for closing a chat” from nothing to “Spam, Answered”",
            ]
        );
        assert!(of_policy(&before, &before).is_empty());
    }
}
