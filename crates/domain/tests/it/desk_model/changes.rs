//! Every change there is, by name: the model has to tell each of them.

use std::collections::BTreeSet;

use domain::change::Change;
use domain::id::RoomId;

use crate::cast::{bea, everybody, priya};
use crate::desk_model::Server;

/// Names the variants of [`Change`]. A new one does not compile until it stands here, and once it does, the model has to tell it.
macro_rules! changes {
    ($($name:ident)*) => {
        const EVERY: &[&str] = &[$(stringify!($name)),*];

        fn name_of(change: &Change) -> &'static str {
            match change {
                $(Change::$name { .. } => stringify!($name),)*
            }
        }
    };
}

changes! {
    EpisodeOpened MessageAdded NoteAdded DeliveryChanged MessageEdited MessageDeleted PartDeleted Reacted AlbumGrew
    FileArrived HandedOff Entered Assigned ReturnedToQueue ReturnedToBot MarkedCritical ClearedCritical Closed Ended
    Expired Invited Restored RestoreFailed Reopened ReopenedAnew Snoozed Woken Undone OutcomeCorrected Joined BroughtIn
    Left TakeOverRequested TakeOverDeclined CustomerChanged CustomerBlocked CustomerUnblocked
    ContactLinked ContactsMerged ContactDeleted PictureArrived FieldsCollected FeedbackGiven Seen PersonChanged TeamChanged ChannelChanged PolicyChanged Unread
}

/// Those that are about no room. The walks tell them beside it; but after [`Change::PolicyChanged`] and
/// [`Change::Unread`], consoles start over.
const OF_NO_ROOM: [&str; 5] = ["PersonChanged", "TeamChanged", "ChannelChanged", "PolicyChanged", "Unread"];

#[test]
fn everything_that_can_happen_in_a_room_happens_in_the_model() {
    const ROOMS: usize = 6;
    let people = everybody();
    let mut server = Server::new(&priya(), ROOMS as u128);
    let mut happened: BTreeSet<&str> = BTreeSet::from(["Invited"]);
    server.invite(ROOMS as u128 + 1, &bea());
    let mut dice: u64 = 20_261_128;
    for _ in 0..4_000 {
        let mut throw = |sides: usize| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) as usize % sides
        };
        let (id, pick) = (RoomId::from_number(1 + throw(ROOMS + 1) as u128), throw(64));
        let (who, other) = (&people[throw(people.len())], &people[throw(people.len())]);
        let changes = server.possible(id, pick, who, other);
        happened.extend(changes.iter().map(name_of));
        server.change(id, changes);
    }
    let never: Vec<_> = EVERY.iter().filter(|name| !happened.contains(*name) && !OF_NO_ROOM.contains(name)).collect();
    assert!(never.is_empty(), "{never:?}");
}
