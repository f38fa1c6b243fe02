//! What is new to somebody in a room: the customer's words of the present episode that they have not seen.

use domain::change::{Actor, Change, HandOffReason};
use domain::desk::{Desk, ListQuery};
use domain::episode::OpenedBy;
use domain::id::EpisodeId;
use domain::room::{LiveHandler, Section};
use domain::seen::Seen;
use domain::timestamp::minutes;

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
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: priya().id, messages: 2, marks: 0 });
    assert_eq!(unread(&desk), 0);
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: priya().id, messages: 1, marks: 0 });
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
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: by, messages: 1, marks: 0 });
    assert_eq!(unread(&desk), 1, "also for one who has seen some of it");
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: by, messages: 3, marks: 0 });
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
    happens(&mut server, &mut desk, FIRST, Change::Seen { person: priya().id, messages: 1, marks: 0 });
    assert_eq!(desk.unread_rooms(), 0);
}

#[test]
fn a_room_that_one_marked_unread_counts_until_one_looks_at_it_again() {
    let (mut server, mut desk) = stage(&priya());
    let person = priya().id;
    let counted = |desk: &Desk| (desk.unread(desk.room(FIRST).expect("known")), desk.unread_rooms());
    let entered = Change::Entered { by: person };
    happens(&mut server, &mut desk, FIRST, entered);
    let seen = Seen::default().look(1);
    let told = |seen: Seen| Change::Seen { person, messages: seen.messages, marks: seen.marks };
    happens(&mut server, &mut desk, FIRST, told(seen));
    assert_eq!(counted(&desk), (0, 0));

    let marked = seen.mark_unread();
    happens(&mut server, &mut desk, FIRST, told(marked));
    assert_eq!(counted(&desk), (1, 1));
    let first = desk.room(FIRST).cloned().expect("known");
    assert_eq!(desk.unseen(&first), 0, "what was seen stays seen, for the customer may know of it");
    assert_eq!(marked.mark_unread(), marked, "it is marked already");
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(60, "and then?")));
    assert_eq!(counted(&desk), (1, 1), "what came since counts by itself");
    happens(&mut server, &mut desk, FIRST, Change::Snoozed { by: person, until: first.addressed_at.plus(minutes(90)) });
    assert_eq!(counted(&desk), (1, 0), "put off");
    happens(&mut server, &mut desk, FIRST, Change::Woken { by: Actor::Person(person) });

    happens(&mut server, &mut desk, FIRST, told(marked.look(2)));
    assert_eq!(counted(&desk), (0, 0));
    happens(&mut server, &mut desk, FIRST, told(marked));
    assert_eq!(counted(&desk), (0, 0), "what arrives late is no news");
    assert_eq!(marked.look(2).look(1), marked.look(2));
}

#[test]
fn any_room_that_one_sees_can_be_marked_unread_also_one_that_is_nobodys_or_archived() {
    let (mut server, mut desk) = stage(&priya());
    let seen = Change::Seen { person: priya().id, messages: 0, marks: Seen::default().mark_unread().marks };
    happens(&mut server, &mut desk, FIRST, seen);
    let counted = |desk: &Desk| (desk.unread(desk.room(FIRST).expect("known")), desk.unread_rooms());
    assert_eq!(counted(&desk), (1, 1), "the bot answers in it");
    happens(&mut server, &mut desk, FIRST, Change::Ended);
    assert_eq!(counted(&desk), (1, 1));
}
