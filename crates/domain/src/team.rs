//! Teams: the groups of people that rooms are routed to.

use serde::{Deserialize, Serialize};

use crate::id::TeamId;

/// A group of people that rooms are routed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
}
