//! What a team does in its own way: changed by admins, and by its managers.

use domain::audit::{Doer, of_team_rules};
use domain::change::Change;
use domain::id::TeamId;
use domain::permission::may_rule_team;
use domain::person::Person;
use domain::refused::Refused;
use domain::team::TeamRules;

use crate::audit;
use crate::backend::Backend;
use crate::error::Result;
use crate::jobs;
use crate::teams::{rows, unknown};
use crate::writer::{Command, Tx};

/// What `team` does in its own way.
///
/// # Errors
/// `me` may not change it, or the team does not exist.
pub fn find_rules(backend: &Backend, me: &Person, team: TeamId) -> Result<TeamRules> {
    rules_it(me, team)?;
    let directory = backend.directory();
    if !directory.teams.contains_key(&team) {
        return Err(unknown().into());
    }
    Ok(directory.team_rules.get(&team).cloned().unwrap_or_default())
}

/// Puts `rules` in the place of `before`, and gives them as they are kept. They hold at once, also for who waits already.
///
/// # Errors
/// `me` is no admin and no manager of the team, a rule cannot be meant, the team does not exist, or somebody else was quicker.
pub async fn save_rules(
    backend: &Backend,
    me: &Person,
    team: TeamId,
    before: TeamRules,
    rules: TeamRules,
) -> Result<TeamRules> {
    rules_it(me, team)?;
    let rules = rules.check()?;
    let kept = backend.run(SaveRules { by: Doer::of(me), team, before, rules }).await?;
    backend.run(jobs::RouteQueue).await?;
    Ok(kept)
}

struct SaveRules {
    by: Doer,
    team: TeamId,
    before: TeamRules,
    rules: TeamRules,
}

impl Command for SaveRules {
    type Output = TeamRules;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<TeamRules> {
        let (team, present) = rows::lock(tx.db, self.team).await?.ok_or_else(unknown)?;
        if present == self.rules {
            return Ok(present);
        }
        if present != self.before {
            return Err(Refused::invalid("rules", "were changed by somebody else meanwhile").into());
        }
        rows::write_rules(tx.db, self.team, &self.rules).await?;
        audit::note_all(tx, &self.by, &[self.team], of_team_rules(&team.name, &present, &self.rules)).await?;
        // Every process reads the rules again with its teams.
        tx.tell(Change::TeamChanged(team));
        Ok(self.rules.clone())
    }
}

fn rules_it(me: &Person, team: TeamId) -> std::result::Result<(), Refused> {
    if may_rule_team(me, team) { Ok(()) } else { Err(Refused::not_allowed("change the rules of this team")) }
}
