//! What is new to somebody in a room: the customer's words of the present episode that they have not seen.

use domain::change::{Change, HandOffReason};
use domain::desk::{Desk, ListQuery};
use domain::episode::OpenedBy;
use domain::id::EpisodeId;
use domain::room::{LiveHandler, Section};

use crate::cast::{priya, said};
use crate::desk::{FIRST, happens, stage};

#[test]
fn unread_counts_what_the_customer_wrote_until_it_is_seen() {
    let (mut server, mut desk) = stage(&priya());
    let unread = |desk: &Desk| desk.unread(desk.room(FIRST).expect("known"));
    assert_eq!(unread(&desk), 0, "the bot answers");
    happens(&mut server, &mut desk, FIRST, Change::Entered { by: priya().id });
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(50, "anyone?")));
    assert_eq!(unread(&desk), 2);
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: priya().id, messages: 2 });
    assert_eq!(unread(&desk), 0);
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: priya().id, messages: 1 });
    assert_eq!(unread(&desk), 0, "what was seen stays seen");
}

#[test]
fn of_a_room_with_a_history_only_the_present_episode_is_unread() {
    let (mut server, mut desk) = stage(&priya());
    let unread = |desk: &Desk| desk.unread(desk.room(FIRST).expect("known"));
    let by = priya().id;
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(50, "anyone?")));
    happens(&mut server, &mut desk, FIRST, Change::Ended);
    let (episode, handler) = (EpisodeId::from_number(9), LiveHandler::Queue);
    let opened = Change::EpisodeOpened {
        episode,
        number: 2,
        by: OpenedBy::Customer,
        handler,
        team: None,
        expires_after_millis: None,
    };
    happens(&mut server, &mut desk, FIRST, opened);
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(51, "me again")));
    assert_eq!(unread(&desk), 1, "two messages are history");
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: by, messages: 1 });
    assert_eq!(unread(&desk), 1, "also for one who has seen some of it");
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: by, messages: 3 });
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(52, "hello?")));
    assert_eq!(unread(&desk), 1, "what came since");
}

#[test]
fn only_ones_own_rooms_count_as_unread_and_no_list_is_needed_for_it() {
    let (mut server, mut desk) = stage(&priya());
    desk.show_list(ListQuery::of(Section::Archived));
    let asked = Change::HandedOff { reason: HandOffReason::Asked, team: None };
    happens(&mut server, &mut desk, FIRST, asked);
    assert_eq!(desk.unread_rooms(), 0, "the queue is nobody's own");
    happens(&mut server, &mut desk, FIRST, Change::Entered { by: priya().id });
    assert_eq!(desk.unread_rooms(), 1);
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: priya().id, messages: 1 });
    assert_eq!(desk.unread_rooms(), 0);
}
