//! The Desk fold, case by case; `desk_random` mixes them.

use domain::change::{Actor, Change, Event, ReturnReason};
use domain::delivery::Delivery;
use domain::desk::{Desk, ListQuery, Next, Outgoing};
use domain::episode::Outcome;
use domain::id::{EpisodeId, MessageId, PersonId, RoomId};
use domain::live::{Counts, Frame};
use domain::message::{Author, Message, What};
use domain::person::{Availability, Person, Role};
use domain::room::{Room, Section};

use crate::cast::{MORNING, SALES, ana, ben, priya, said, tom};
use crate::desk_model::{Server, reply_of};

pub const FIRST: RoomId = RoomId::from_number(1);

/// A desk that shows everything and a server with two rooms; room 1 is with the bot.
pub fn stage(me: &Person) -> (Server, Desk) {
    let server = Server::new(me, 2);
    let desk = Desk::new(server.snapshot(&ListQuery::of(Section::Live), 0));
    (server, desk)
}

fn open(server: &Server, desk: &mut Desk, room: RoomId) {
    let view = server.view(room).expect("it is in view");
    assert_eq!(desk.open(view), Next::Draw);
}

/// Saves a change and lets the desk hear of it.
pub fn happens(server: &mut Server, desk: &mut Desk, room: RoomId, change: Change) -> Next {
    server.later(1_000);
    server.change(room, vec![change]);
    desk.apply(server.log.last().expect("it was told").clone())
}

fn entered(by: PersonId) -> Change {
    Change::Entered { by }
}

#[track_caller]
fn shows_the_truth(server: &Server, desk: &Desk) {
    let view = desk.open.as_ref().expect("a room is open");
    let thread = &server.threads[&view.room.id];
    let first = view.entries.first().expect("entries").position as usize;
    assert_eq!((&view.room, desk.room(view.room.id)), (&thread.room, Some(&thread.room)));
    assert_eq!(view.entries, thread.entries[first - 1..]);
    assert_eq!(view.episodes, thread.episodes);
}

#[test]
fn a_message_moves_the_card_up_and_appears_in_the_open_room() {
    let (mut server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    let message = Change::MessageAdded(said(50, "anyone?"));
    assert_eq!(happens(&mut server, &mut desk, FIRST, message), Next::Draw);
    assert_eq!(desk.list.order[0], FIRST);
    shows_the_truth(&server, &desk);
}

#[test]
fn an_event_that_comes_twice_counts_once() {
    let (mut server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(50, "anyone?")));
    let before = desk.clone();
    for frame in &server.log {
        assert_eq!(desk.apply(frame.clone()), Next::Draw);
    }
    assert_eq!(desk, before);
}

#[test]
fn a_room_that_was_loaded_while_events_arrived_is_brought_up_to_date() {
    let (mut server, mut desk) = stage(&priya());
    let stale = server.view(FIRST).expect("it is in view");
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(50, "one")));
    happens(&mut server, &mut desk, FIRST, entered(priya().id));
    assert_eq!(desk.open(stale), Next::Draw);
    shows_the_truth(&server, &desk);
}

#[test]
fn a_room_that_was_loaded_ahead_of_the_socket_waits_for_it() {
    let (mut server, mut desk) = stage(&priya());
    server.change(FIRST, vec![Change::MessageAdded(said(50, "one")), entered(priya().id)]);
    open(&server, &mut desk, FIRST);
    for frame in server.log.clone() {
        assert_eq!(desk.apply(frame), Next::Draw);
    }
    shows_the_truth(&server, &desk);
}

#[test]
fn a_hole_in_the_open_room_asks_for_it_again() {
    let (mut server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    server.change(FIRST, vec![Change::MessageAdded(said(50, "lost"))]);
    let next = happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(51, "heard")));
    assert_eq!(next, Next::LoadRoom(FIRST));
    open(&server, &mut desk, FIRST);
    shows_the_truth(&server, &desk);
}

#[test]
fn what_a_colleague_has_seen_makes_no_hole() {
    let (mut server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    let version = server.room(FIRST).version;
    server.change(FIRST, vec![Change::Seen { person: tom().id, messages: 1, marks: 0 }]);
    assert_eq!(server.room(FIRST).version, version);
    let message = Change::MessageAdded(said(51, "heard"));
    assert_eq!(happens(&mut server, &mut desk, FIRST, message), Next::Draw);
    shows_the_truth(&server, &desk);
}

#[test]
fn earlier_entries_join_without_hole_or_double() {
    let (mut server, mut desk) = stage(&priya());
    for number in 50..60 {
        happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(number, "more")));
    }
    open(&server, &mut desk, FIRST);
    let first = |desk: &Desk| desk.open.as_ref().map(|view| (view.entries[0].position, view.has_earlier));
    assert_eq!(first(&desk), Some((9, true)));
    let (entries, has_earlier) = server.earlier(FIRST, 9);
    desk.add_earlier(FIRST, entries.clone(), has_earlier);
    assert_eq!(first(&desk), Some((5, true)));
    desk.add_earlier(FIRST, entries, has_earlier);
    assert_eq!(first(&desk), Some((5, true)), "the same answer twice");
    let (entries, has_earlier) = server.earlier(FIRST, 3);
    desk.add_earlier(FIRST, entries, has_earlier);
    assert_eq!(first(&desk), Some((5, true)), "an answer that leaves a hole");
    desk.add_earlier(RoomId::from_number(2), Vec::new(), false);
    assert_eq!(first(&desk), Some((5, true)), "an answer about another room");
    let (entries, has_earlier) = server.earlier(FIRST, 5);
    desk.add_earlier(FIRST, entries, has_earlier);
    assert_eq!(first(&desk), Some((1, false)));
    shows_the_truth(&server, &desk);
}

#[test]
fn a_proposed_change_gives_way_to_the_event() {
    let (mut server, mut proposing) = stage(&priya());
    open(&server, &mut proposing, FIRST);
    let mut waiting = proposing.clone();
    proposing.propose(FIRST, &entered(priya().id), MORNING);
    let shown = proposing.room(FIRST).and_then(Room::agent);
    assert_eq!((shown, proposing.list.order.len()), (Some(priya().id), 1), "it shows at once");
    happens(&mut server, &mut proposing, FIRST, entered(ben().id));
    waiting.apply(server.log.last().expect("told").clone());
    assert_eq!(proposing, waiting, "Ben was quicker");
}

#[test]
fn a_proposed_change_stands_whatever_was_read_or_written_before_it() {
    let (mut server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    let (page, view) = (server.page(&ListQuery::of(Section::Live), None), server.view(FIRST).expect("in view"));
    let change = entered(priya().id);
    desk.propose(FIRST, &change, MORNING);
    let holder = |desk: &Desk| desk.room(FIRST).and_then(Room::agent);

    desk.add_page(page);
    assert_eq!(holder(&desk), Some(priya().id), "a page that was on its way");
    assert_eq!(desk.open(view), Next::Draw);
    assert_eq!(holder(&desk), Some(priya().id), "a transcript that was on its way");
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(50, "anyone?")));
    assert_eq!(holder(&desk), Some(priya().id), "the customer's words");
    happens(&mut server, &mut desk, FIRST, change);
    shows_the_truth(&server, &desk);
}

#[test]
fn an_answer_that_comes_before_its_event_settles_what_was_proposed() {
    let (mut server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    let (first, second) =
        (entered(priya().id), Change::MarkedCritical { by: priya().id, comment: None, feedback: false });
    desk.propose(FIRST, &first, MORNING);
    desk.propose(FIRST, &second, MORNING);
    server.change(FIRST, vec![first.clone()]);
    desk.settle(server.room(FIRST).clone(), &first);
    assert!(desk.room(FIRST).is_some_and(|room| room.critical), "the second is still proposed");
    desk.retract(FIRST, &second);
    assert_eq!(desk.room(FIRST), Some(server.room(FIRST)));
    assert_eq!(desk.apply(server.log.last().expect("told").clone()), Next::Draw);
    shows_the_truth(&server, &desk);
}

#[test]
fn a_proposed_change_that_is_taken_back_leaves_no_trace() {
    let (server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    let before = desk.clone();
    for change in [
        entered(priya().id),
        Change::MarkedCritical { by: priya().id, comment: None, feedback: false },
        Change::Closed { outcome: Outcome::Resolved, by: priya().id, comment: None, reason: None, feedback: false },
        Change::Seen { person: priya().id, messages: 1, marks: 0 },
    ] {
        desk.propose(FIRST, &change, MORNING);
        desk.retract(FIRST, &change);
        assert_eq!(desk, before, "{change:?}");
    }
}

#[test]
fn a_proposal_in_a_room_whose_transcript_is_behind_loses_no_entry() {
    let (mut server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    server.change(FIRST, vec![Change::MessageAdded(said(50, "on its way"))]);
    // The page knows the message before the socket has told it.
    desk.add_page(server.page(&desk.list.query.clone(), None));
    desk.propose(FIRST, &entered(priya().id), MORNING);
    desk.retract(FIRST, &entered(priya().id));
    assert_eq!(desk.apply(server.log.last().expect("told").clone()), Next::Draw);
    shows_the_truth(&server, &desk);
}

#[test]
fn a_message_of_mine_waits_in_the_outbox_until_it_is_told() {
    let (mut server, mut desk) = stage(&priya());
    happens(&mut server, &mut desk, FIRST, entered(priya().id));
    let id = MessageId::from_number(70);
    let what = reply_of(&priya(), id);
    let outgoing = Outgoing { room: FIRST, at: MORNING, what: what.clone(), problem: None };
    desk.put_out(outgoing.clone());
    desk.put_out(Outgoing { problem: Some("You are offline.".into()), ..outgoing });
    assert_eq!(desk.outbox.len(), 1, "once, however often it is tried");
    let What::Message(message) = what else { panic!("a reply is a message") };
    // The room need not be the open one.
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(message));
    assert!(desk.outbox.is_empty());
}

#[test]
fn a_receipt_reaches_the_bubble() {
    let (mut server, mut desk) = stage(&priya());
    let sent = Message { author: Author::Person(priya().id), delivery: Some(Delivery::Waiting), ..said(70, "hello") };
    happens(&mut server, &mut desk, FIRST, entered(priya().id));
    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(sent));
    open(&server, &mut desk, FIRST);
    let read = Change::DeliveryChanged { message: MessageId::from_number(70), delivery: Delivery::Read };
    happens(&mut server, &mut desk, FIRST, read);
    let last = desk.open.as_ref().and_then(|view| view.entries.last()).map(|entry| entry.what.clone());
    let Some(What::Message(message)) = last else { panic!("{last:?}") };
    assert_eq!(message.delivery, Some(Delivery::Read));
}

#[test]
fn a_room_that_goes_out_of_view_leaves_list_and_screen_and_no_late_page_brings_it_back() {
    let (mut server, mut desk) = stage(&ana());
    let (query, room) = (desk.list.query.clone(), RoomId::from_number(2));
    open(&server, &mut desk, room);
    let (page, view) = (server.page(&query, None), server.view(room).expect("in view"));
    happens(&mut server, &mut desk, room, entered(ben().id));
    let is_gone = |desk: &Desk| desk.room(room).is_none() && desk.open.is_none() && desk.list.order.is_empty();
    assert!(is_gone(&desk));
    desk.add_page(page);
    assert_eq!(desk.open(view), Next::LoadRoom(room), "the server will say that it is gone");
    assert!(is_gone(&desk));
    happens(
        &mut server,
        &mut desk,
        room,
        Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason: ReturnReason::Given },
    );
    assert_eq!((desk.room(room), desk.list.order.as_slice()), (Some(server.room(room)), [room].as_slice()));
}

#[test]
fn a_room_that_went_and_came_back_is_not_undone_by_what_was_said_before() {
    let (mut server, mut desk) = stage(&ana());
    let room = RoomId::from_number(2);
    let view = server.view(room).expect("in view");
    happens(&mut server, &mut desk, room, entered(ben().id));
    let gone = server.log.last().expect("told").clone();
    server.change(
        room,
        vec![Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason: ReturnReason::Given }],
    );
    let (seq, now) = (server.seq(), server.room(room).clone());
    let arrived = Frame::Arrived { seq, room: Box::new(now.clone()) };
    assert_eq!(desk.apply(arrived.clone()), Next::Draw);
    happens(&mut server, &mut desk, room, Change::MessageAdded(said(50, "still there?")));
    desk.apply(gone);
    desk.apply(arrived);
    assert_eq!((desk.room(room), desk.list.order.as_slice()), (Some(server.room(room)), [room].as_slice()));
    assert_eq!(desk.open(view), Next::LoadRoom(room), "what is in between was never told");
}

#[test]
fn a_late_view_of_a_room_that_arrived_anew_is_loaded_again() {
    let (mut server, mut desk) = stage(&priya());
    let view = server.view(FIRST).expect("in view");
    server.change(FIRST, vec![entered(priya().id)]);
    let arrived = Frame::Arrived { seq: server.seq(), room: Box::new(server.room(FIRST).clone()) };
    assert_eq!(desk.apply(arrived.clone()), Next::Draw);
    assert_eq!(desk.open(view.clone()), Next::LoadRoom(FIRST));
    let (_, mut desk) = stage(&priya());
    assert_eq!(desk.open(view), Next::Draw);
    assert_eq!(desk.apply(arrived), Next::LoadRoom(FIRST), "the same the other way round");
}

#[test]
fn the_side_panel_follows_the_episodes() {
    let (mut server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    let by = priya().id;
    let reply = Message { author: Author::Person(by), delivery: Some(Delivery::Waiting), ..said(60, "hello") };
    let closed = Change::Closed {
        outcome: Outcome::Resolved,
        by,
        comment: Some("sent a new one".into()),
        reason: None,
        feedback: true,
    };
    let anew = Change::ReopenedAnew { by, episode: EpisodeId::from_number(9), number: 2, expires_after_millis: None };
    for change in [
        entered(by),
        Change::MessageAdded(reply),
        Change::MarkedCritical { by, comment: None, feedback: false },
        closed,
        anew,
    ] {
        happens(&mut server, &mut desk, FIRST, change);
    }
    let episodes = &desk.open.as_ref().expect("open").episodes;
    assert_eq!(episodes.iter().map(|episode| episode.number).collect::<Vec<_>>(), [2, 1]);
    let first = &episodes[1];
    assert_eq!((first.outcome, first.agent, first.was_critical), (Some(Outcome::Resolved), Some(by), true));
    assert!(first.first_human_reply_at.is_some() && first.closed_at.is_some());
    assert_eq!(first.comment.as_deref(), Some("sent a new one"));
}

#[test]
fn an_undone_mark_leaves_no_mark_on_the_episode() {
    let (mut server, mut desk) = stage(&priya());
    open(&server, &mut desk, FIRST);
    let by = priya().id;
    let marked = |desk: &Desk| desk.open.as_ref().map(|view| view.episodes[0].was_critical);
    let before = Box::new(server.room(FIRST).clone());
    happens(&mut server, &mut desk, FIRST, Change::MarkedCritical { by, comment: None, feedback: false });
    assert_eq!(marked(&desk), Some(true));
    happens(&mut server, &mut desk, FIRST, Change::Undone { by, before });
    assert_eq!(marked(&desk), Some(false));
    happens(&mut server, &mut desk, FIRST, Change::MarkedCritical { by, comment: None, feedback: false });
    let before = Box::new(server.room(FIRST).clone());
    let closed = Change::Closed { outcome: Outcome::Resolved, by, comment: None, reason: None, feedback: false };
    happens(&mut server, &mut desk, FIRST, closed);
    happens(&mut server, &mut desk, FIRST, Change::Undone { by, before });
    let episode = desk.open.as_ref().map(|view| (view.episodes[0].was_critical, view.episodes[0].closed_at));
    assert_eq!(episode, Some((true, None)));
}

#[test]
fn the_socket_s_other_words_say_what_to_do() {
    let (server, mut desk) = stage(&priya());
    let counts = Counts { live: 3, assigned: 2, archived: 1 };
    assert_eq!(desk.apply(Frame::Counts(counts)), Next::Draw);
    assert_eq!(desk.counts, counts);
    let seq = server.seq() + 7;
    assert_eq!(desk.apply(Frame::Heartbeat { seq }), Next::Draw);
    assert_eq!(desk.seq, seq);
    assert_eq!(desk.apply(Frame::StartOver), Next::StartOver);
    assert_eq!(desk.apply(Frame::SignedOut), Next::SignIn);
}

#[test]
fn my_own_record_follows_what_an_admin_changes() {
    let (server, mut desk) = stage(&ana());
    let mut becomes = |seq, me: &Person| {
        let change = Change::PersonChanged(me.clone());
        let event = Event { seq: server.seq() + seq, at: MORNING, room: None, position: None, change };
        let next = desk.apply(Frame::Event(event));
        assert_eq!(&desk.me, me);
        next
    };
    let able = Person { capacity: 20, availability: Availability::Away, ..ana() };
    assert_eq!(becomes(1, &able), Next::Draw);
    let moved = Person { teams: vec![SALES], ..able };
    assert_eq!(becomes(2, &moved), Next::StartOver, "she sees other rooms now");
    assert_eq!(becomes(3, &Person { role: Role::TeamManager, ..moved }), Next::StartOver);
}
