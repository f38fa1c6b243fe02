//! Going offline by choice: what becomes of each room one holds (T6 and T7).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change::{Actor, Change, ReturnReason};
use crate::id::{PersonId, TeamId};
use crate::person::Person;
use crate::policy::Policy;
use crate::refused::Refused;
use crate::room::wait::waits_on;
use crate::room::{Room, assign, return_to_queue};

/// What becomes of a room whose holder goes offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parting {
    /// It stays with them.
    Keep,
    /// Back to the queue, of the team it belongs to.
    Queue,
    /// To the queue of this team.
    Team(TeamId),
    /// To this colleague.
    To(PersonId),
}

impl Parting {
    /// What becomes of a room for which nothing else is chosen: its customer does not wait for somebody who is not there.
    /// Where it is the customer's turn, and where the room is put off, it stays.
    #[must_use]
    pub fn default_for(room: &Room) -> Self {
        if waits_on(room).is_some() { Self::Queue } else { Self::Keep }
    }
}

/// How many rooms of somebody who went offline went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parted {
    pub kept: u32,
    pub queued: u32,
    /// To a colleague.
    pub given: u32,
}

impl Parted {
    /// Counts one room more.
    pub const fn count(&mut self, parting: Parting) {
        match parting {
            Parting::Keep => self.kept += 1,
            Parting::Queue | Parting::Team(_) => self.queued += 1,
            Parting::To(_) => self.given += 1,
        }
    }
}

/// What follows for a room from what `me`, who goes offline, chose for it; nothing when it stays, or is not theirs any more.
/// `people` are all whom it could go to.
///
/// # Errors
/// As [`return_to_queue`] and [`assign`]; or there is no such person.
pub fn part(
    room: &Room,
    me: &Person,
    parting: Parting,
    people: &BTreeMap<PersonId, Person>,
    policy: &Policy,
) -> Result<Option<Change>, Refused> {
    if room.agent() != Some(me.id) {
        return Ok(None);
    }
    let back_to = |team| {
        return_to_queue(room, me, team, policy)?;
        // Nobody did anything in the room, so its time to expire goes on.
        let reason = ReturnReason::WentOffline(me.id);
        Ok(Some(Change::ReturnedToQueue { by: Actor::Switchboard, team, reason }))
    };
    match parting {
        Parting::Keep => Ok(None),
        Parting::Queue => back_to(None),
        Parting::Team(team) => back_to(Some(team)),
        Parting::To(person) => {
            let to = people.get(&person).ok_or_else(|| Refused::invalid("person", "does not exist"))?;
            assign(room, me, to, None, policy).map(Some)
        }
    }
}
