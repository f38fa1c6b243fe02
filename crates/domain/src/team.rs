//! Teams: the groups of people that rooms are routed to; what they are called, and when one may go.

mod rules;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::TeamId;
use crate::person::Role;
use crate::refused::Refused;

pub use rules::TeamRules;

/// A group of people that rooms are routed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    /// What is told when it is gone; no team that is there says so. A version that knows nothing of it reads the teams
    /// anew all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

impl Team {
    #[must_use]
    pub fn new(id: TeamId, name: impl Into<String>) -> Self {
        Self { id, name: name.into(), removed: false }
    }

    /// Whether `name` is its name, as [`known_as`] compares.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        known_as(&self.name) == known_as(name)
    }
}

/// What no two teams have in common: the name in small letters, without the blanks around it.
#[must_use]
pub fn known_as(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Where people and rooms go that nothing else is said of: the first team that was made and is still there.
#[must_use]
pub fn default_team(teams: &BTreeMap<TeamId, Team>) -> Option<TeamId> {
    teams.keys().next().copied()
}

/// The teams of somebody of `role` for whom `chosen` were chosen, each once. Who is in none sees and gets nothing, and so
/// has the default one; an admin has every room anyway.
#[must_use]
pub fn teams_of(role: Role, chosen: &[TeamId], teams: &BTreeMap<TeamId, Team>) -> Vec<TeamId> {
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    if chosen.is_empty() && role != Role::Admin {
        chosen.extend(default_team(teams));
    }
    chosen
}

/// What is in a team or leads to it, by name where it has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamUse {
    pub people: Vec<String>,
    /// The e-mails of open invitations.
    pub invited: Vec<String>,
    pub channels: Vec<String>,
    pub flows: Vec<String>,
    /// The shortcuts of those that the team has.
    pub quick_replies: Vec<String>,
    /// Rooms that are Live or Assigned.
    pub open_rooms: u64,
}

/// Whether a team that is used so may go. `is_only`: there would be none left.
///
/// # Errors
/// Something uses it, and the refusal names what; or it is the only one.
pub fn may_remove(used: &TeamUse, is_only: bool) -> Result<(), Refused> {
    let uses = [
        named(&used.people, "person", "people"),
        named(&used.invited, "invitation", "invitations"),
        named(&used.channels, "channel", "channels"),
        named(&used.flows, "flow", "flows"),
        named(&used.quick_replies, "quick reply", "quick replies"),
        counted(used.open_rooms, "open chat", "open chats"),
    ];
    let mut uses: Vec<String> = uses.into_iter().flatten().collect();
    let last = uses.pop();
    match (last, uses.as_slice()) {
        (Some(only), []) => Err(Refused::invalid("team", &format!("is still used by {only}"))),
        (Some(last), first) => {
            Err(Refused::invalid("team", &format!("is still used by {} and {last}", first.join(", "))))
        }
        (None, _) if is_only => Err(Refused::invalid("team", "is the only one there is")),
        (None, _) => Ok(()),
    }
}

/// So many of several are named.
const NAMED: usize = 3;

/// "2 channels (Acme SMS, Acme WhatsApp)"; nothing when there are none.
fn named(names: &[String], one: &str, many: &str) -> Option<String> {
    let count = counted(u64::try_from(names.len()).unwrap_or(u64::MAX), one, many)?;
    let first = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if names.len() > NAMED { ", …" } else { "" };
    Some(format!("{count} ({first}{more})"))
}

fn counted(count: u64, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUPPORT: TeamId = TeamId::from_number(1);
    const BILLING: TeamId = TeamId::from_number(2);

    fn both() -> BTreeMap<TeamId, Team> {
        [(BILLING, "Billing"), (SUPPORT, "Support")].map(|(id, name)| (id, Team::new(id, name))).into()
    }

    fn refusal(used: &TeamUse, is_only: bool) -> String {
        may_remove(used, is_only).err().map(|refused| refused.to_string()).unwrap_or_default()
    }

    fn some(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn one_name_names_one_team_however_it_is_typed() {
        let team = Team::new(BILLING, "Größe & Maß");
        assert!(team.is_named(" GRÖßE & MAß\t"));
        assert!(!team.is_named("Größe und Maß"));
    }

    #[test]
    fn whoever_is_in_no_team_has_the_first_and_an_admin_may_be_in_none() {
        assert_eq!(teams_of(Role::Agent, &[], &both()), [SUPPORT]);
        assert_eq!(teams_of(Role::TeamManager, &[], &both()), [SUPPORT]);
        assert_eq!(teams_of(Role::Admin, &[], &both()), []);
        assert_eq!(teams_of(Role::Agent, &[], &BTreeMap::new()), []);
    }

    #[test]
    fn who_has_a_team_has_no_other_by_default_and_each_once() {
        assert_eq!(teams_of(Role::Agent, &[BILLING, SUPPORT, BILLING], &both()), [SUPPORT, BILLING]);
        assert_eq!(teams_of(Role::Agent, &[BILLING], &both()), [BILLING]);
    }

    #[test]
    fn a_team_that_is_used_stays_and_the_refusal_names_by_what() {
        let people = TeamUse { people: some(&["Maria Souza"]), ..TeamUse::default() };
        assert_eq!(refusal(&people, false), "The team is still used by 1 person (Maria Souza).");
        let all = TeamUse {
            people: some(&["Ana", "Ben", "Bea", "Sam"]),
            invited: some(&["ines@acme.example"]),
            channels: some(&["Acme SMS", "Website"]),
            flows: some(&["Front door"]),
            quick_replies: some(&["/hours"]),
            open_rooms: 12,
        };
        assert_eq!(
            refusal(&all, false),
            "The team is still used by 4 people (Ana, Ben, Bea, …), 1 invitation (ines@acme.example), \
             2 channels (Acme SMS, Website), 1 flow (Front door), 1 quick reply (/hours) and 12 open chats."
        );
    }

    #[test]
    fn a_team_that_nothing_uses_may_go_unless_it_is_the_only_one() {
        assert_eq!(may_remove(&TeamUse::default(), false), Ok(()));
        assert_eq!(refusal(&TeamUse::default(), true), "The team is the only one there is.");
    }
}
