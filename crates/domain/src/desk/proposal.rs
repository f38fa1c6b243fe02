//! What one does, shown before the server has answered.

use crate::change::Change;
use crate::room::Room;
use crate::timestamp::Timestamp;

/// Which proposed changes an event ends.
pub(super) enum Ends {
    Nothing,
    /// The one that it tells.
    Told,
    All,
}

/// Changes of one's own that the server has not answered, on top of what it last told of the room.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proposal {
    pub told: Room,
    pub changes: Vec<(Change, Timestamp)>,
}

impl Proposal {
    /// Nothing proposed yet, on `told`.
    pub const fn on(told: Room) -> Self {
        Self { told, changes: Vec::new() }
    }

    /// What the event of `change`, which left the room as `room`, ends of this. A room that another moved cannot be moved
    /// as it was meant: the server's answer will be a refusal.
    pub fn ends_with(&self, change: &Change, room: &Room) -> Ends {
        if self.changes.iter().any(|(proposed, _)| proposed == change) {
            Ends::Told
        } else if self.told.version < room.version && self.told.state != room.state {
            Ends::All
        } else {
            Ends::Nothing
        }
    }

    /// The room as the changes would leave it, still under the version the server knows it by.
    pub fn shown(&self) -> Room {
        let mut room = self.told.clone();
        for (change, at) in &self.changes {
            room.apply(change, *at);
        }
        Room { version: self.told.version, last_position: self.told.last_position, ..room }
    }
}
