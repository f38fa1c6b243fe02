//! People, teams, channels and the policy: small, asked on every request, so kept in memory and read again whenever
//! one of them changes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::channel::Channel;
use domain::feedback::FeedbackRule;
use domain::id::{ChannelId, PersonId, TeamId};
use domain::person::Person;
use domain::policy::Policy;
use domain::team::{Team, TeamRules};
use entity::{channel, membership, person, setting};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use tokio::sync::Notify;

use crate::error::Result;
use crate::teams::rows as teams;

/// The installation's standing facts.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pub people: BTreeMap<PersonId, Person>,
    pub teams: BTreeMap<TeamId, Team>,
    pub channels: BTreeMap<ChannelId, Channel>,
    /// The rules of the workspace.
    pub policy: Policy,
    /// Those of teams that have some of their own.
    pub team_rules: BTreeMap<TeamId, TeamRules>,
}

impl Directory {
    /// The rules that hold for a room of `team`.
    #[must_use]
    pub fn policy_in(&self, team: Option<TeamId>) -> Cow<'_, Policy> {
        match team.and_then(|team| self.team_rules.get(&team)) {
            Some(rules) => Cow::Owned(rules.over(&self.policy)),
            None => Cow::Borrowed(&self.policy),
        }
    }

    /// Whether what waits for `team` goes to somebody by itself.
    pub(crate) fn assigns(&self, team: Option<TeamId>) -> bool {
        let own = team.and_then(|team| self.team_rules.get(&team)).and_then(|rules| rules.auto_assign);
        own.unwrap_or(self.policy.auto_assign)
    }

    /// Whether anything that waits goes to somebody by itself.
    pub(crate) fn assigns_anything(&self) -> bool {
        self.policy.auto_assign || self.teams.keys().any(|team| self.assigns(Some(*team)))
    }
}

/// The present directory; readers take a reference and keep it for one piece of work.
#[derive(Default)]
pub struct Shared {
    present: RwLock<Arc<Directory>>,
    changed: Notify,
}

impl Shared {
    #[must_use]
    pub fn get(&self) -> Arc<Directory> {
        Arc::clone(&self.present.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, directory: Directory) {
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
        self.changed.notify_one();
    }

    /// Waits until it is another. For one who waits: whoever reads deliveries.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// The name of the policy among the settings.
pub(crate) const POLICY: &str = "policy";

/// Reads everything.
pub(crate) async fn load(db: &impl ConnectionTrait) -> Result<Directory> {
    let mut teams_of: BTreeMap<PersonId, Vec<TeamId>> = BTreeMap::new();
    for row in membership::Entity::find().order_by_asc(membership::Column::Team).all(db).await? {
        teams_of.entry(row.person).or_default().push(row.team);
    }
    let people = person::Entity::find().all(db).await?.into_iter().map(|row| {
        let teams = teams_of.remove(&row.id).unwrap_or_default();
        (row.id, to_person(row, teams))
    });
    let people = people.collect();
    let channels = channel::Entity::find().all(db).await?;
    let policy = setting::Entity::find_by_id(POLICY).one(db).await?;
    Ok(Directory {
        people,
        teams: teams::list(db).await?,
        channels: channels.into_iter().map(|row| (row.id, to_channel(row))).collect(),
        team_rules: teams::list_rules(db).await?,
        policy: policy.map(|row| serde_json::from_str(&row.value)).transpose()?.unwrap_or_default(),
    })
}

/// A person's row with the teams they are in.
pub(crate) fn to_person(row: person::Model, teams: Vec<TeamId>) -> Person {
    Person {
        id: row.id,
        name: row.name,
        email: row.email,
        role: row.role,
        teams,
        availability: row.availability,
        capacity: u16::try_from(row.capacity).unwrap_or(0),
        active: row.active,
    }
}

/// A channel's row without its secrets.
pub(crate) fn to_channel(row: channel::Model) -> Channel {
    Channel {
        id: row.id,
        kind: row.kind,
        name: row.name,
        team: row.team,
        flow: row.flow,
        bot_name: row.bot_name,
        expires_after_millis: row.expires_after_millis.and_then(|millis| u64::try_from(millis).ok()),
        feedback: FeedbackRule {
            on_resolve: row.feedback_on_resolve,
            template: row.feedback_template.and_then(|template| serde_json::from_str(&template).ok()),
        },
        paused: row.paused,
        trouble: row.last_error,
        // Written by another version of this program, it counts for nothing.
        spent: row.spent.and_then(|spent| serde_json::from_str(&spent).ok()).unwrap_or_default(),
        limited_until: row.limited_until,
    }
}
