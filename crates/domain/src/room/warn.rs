//! A room whose customer waits does not expire unnoticed: how near it has come, and whom that concerns.

use crate::id::TeamId;
use crate::person::{Person, Role};
use crate::policy::Policy;
use crate::room::close::is_spared;
use crate::room::{Room, Section};
use crate::timestamp::Timestamp;

/// How near a room is to expiring with the customer's words unanswered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// Half of its time is over.
    Half,
    Near,
    Last,
}

impl Nearness {
    pub const ALL: [Self; 3] = [Self::Half, Self::Near, Self::Last];

    /// How much of its time is over, at least.
    #[must_use]
    pub const fn percent(self) -> i64 {
        match self {
            Self::Half => 50,
            Self::Near => 80,
            Self::Last => 95,
        }
    }
}

/// How near the room is to expiring while its customer waits for a person. `None` when it is the customer's turn or the
/// bot's, when it does not expire, and in the first half of its time.
#[must_use]
pub fn expiry_nearness(room: &Room, policy: &Policy, now: Timestamp) -> Option<Nearness> {
    room.expires_at().filter(|_| room.waiting_since.is_some() && !room.is_with_bot() && !is_spared(room, policy))?;
    let whole = i128::from(room.expires_after_millis?);
    let over = i128::try_from(now.since(room.addressed_at).as_millis()).ok()?;
    Nearness::ALL.into_iter().rev().find(|nearness| over * 100 >= whole * i128::from(nearness.percent()))
}

/// Whether `me` hears how much expired in `team` while nobody could be warned: who manages the team, and every admin.
#[must_use]
pub fn hears_of_expired(me: &Person, team: Option<TeamId>) -> bool {
    me.active
        && match me.role {
            Role::Agent => false,
            Role::TeamManager => team.is_some_and(|team| me.is_in(team)),
            Role::Admin => true,
        }
}

/// Whether `me` is told when the room comes this near: its holder at first, then who manages its team, and every admin:
/// a team may have no manager, and none of its people be here.
#[must_use]
pub fn is_warned(room: &Room, me: &Person, nearness: Nearness) -> bool {
    let manages = match (me.role, room.team) {
        (Role::Agent, _) => false,
        (Role::TeamManager, Some(team)) => me.is_in(team),
        (Role::TeamManager, None) => room.section() == Section::Live,
        (Role::Admin, _) => true,
    };
    me.active
        && match nearness {
            Nearness::Half => room.agent() == Some(me.id),
            Nearness::Near | Nearness::Last => manages,
        }
}
