//! The people who sign in, and the three roles.

use serde::{Deserialize, Serialize};

use crate::id::{PersonId, TeamId};

/// What somebody may do; `permission` says it in detail. All three can hold rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "db", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(feature = "db", sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))"))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[cfg_attr(feature = "db", sea_orm(string_value = "agent"))]
    Agent,
    #[cfg_attr(feature = "db", sea_orm(string_value = "team_manager"))]
    TeamManager,
    #[cfg_attr(feature = "db", sea_orm(string_value = "admin"))]
    Admin,
}

impl Role {
    /// The role as people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Agent => "Agent",
            Self::TeamManager => "Team manager",
            Self::Admin => "Admin",
        }
    }
}

/// Whether somebody takes new rooms, by their own choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "db", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(feature = "db", sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))"))]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    #[cfg_attr(feature = "db", sea_orm(string_value = "online"))]
    Online,
    #[cfg_attr(feature = "db", sea_orm(string_value = "away"))]
    Away,
    #[cfg_attr(feature = "db", sea_orm(string_value = "offline"))]
    Offline,
}

impl Availability {
    /// The word beside the presence dot.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::Away => "Away",
            Self::Offline => "Offline",
        }
    }
}

/// How many rooms somebody is given automatically unless an admin says otherwise.
pub const DEFAULT_CAPACITY: u16 = 8;

/// Somebody who signs in, as colleagues see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub teams: Vec<TeamId>,
    pub availability: Availability,
    /// Automatic assignment stops at this many held rooms.
    pub capacity: u16,
    /// False once deactivated: kept for history, may do nothing.
    pub active: bool,
}

impl Person {
    /// Whether both may see and do the same: whoever gets another role or team, or is deactivated, has other rooms.
    #[must_use]
    pub fn has_rights_of(&self, other: &Self) -> bool {
        (self.role, &self.teams, self.active) == (other.role, &other.teams, other.active)
    }

    /// Whether `team` is one of theirs.
    #[must_use]
    pub fn is_in(&self, team: TeamId) -> bool {
        self.teams.contains(&team)
    }

    /// Whether they share at least one team with `other`.
    #[must_use]
    pub fn shares_team_with(&self, other: &Self) -> bool {
        self.teams.iter().any(|team| other.is_in(*team))
    }
}
