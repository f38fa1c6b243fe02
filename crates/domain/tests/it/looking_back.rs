//! A room that somebody only looks back at: it opens, though it left their view, and stands on no list of theirs.

use domain::change::{Actor, Change};
use domain::desk::{Desk, ListQuery, Next};
use domain::episode::Outcome;
use domain::id::{ContactId, RoomId};
use domain::live::Frame;
use domain::room::Section;

use crate::cast::{ana, ben, priya, said};
use crate::desk::FIRST;
use crate::desk_model::Server;

#[test]
fn a_room_that_is_looked_back_at_opens_once_it_is_asked_for_and_is_listed_nowhere() {
    let mut server = Server::new(&priya(), 2);
    let (by, outcome) = (ben().id, Outcome::Resolved);
    let closed = Change::Closed { outcome, by, comment: None, reason: None, feedback: false };
    server.change(FIRST, vec![Change::Entered { by }, closed]);
    let view = server.view(FIRST).expect("an admin sees it");
    let mut desk = Desk::new(Server::new(&ana(), 2).snapshot(&ListQuery::of(Section::Archived), 0));
    desk.apply(Frame::Gone { seq: desk.seq + 1, room: FIRST, taken: None });

    assert_eq!(desk.open(view), Next::Draw, "the server would give no other answer");

    let open = desk.open.as_ref().expect("it is open");
    assert!(open.room.is_archived() && !desk.sees(&open.room));
    assert!(desk.list.order.is_empty(), "{:?}", desk.list.order);
}

const SECOND: RoomId = RoomId::from_number(2);
const THIRD: RoomId = RoomId::from_number(3);

/// The customer of `room` is of this contact from now on.
fn save_as(server: &mut Server, room: RoomId, contact: u128) {
    let thread = server.threads.get_mut(&room).expect("a known room");
    thread.room.contact = Some(ContactId::from_number(contact));
    let change = Change::CustomerChanged { name: "Carla".into(), opted_out: false, contact: None, described: None };
    server.change(room, vec![change]);
}

fn closed() -> Change {
    Change::Closed { outcome: Outcome::Resolved, by: ben().id, comment: None, reason: None, feedback: false }
}

/// Ana looks back at Ben's chat with a contact whose other chat is hers; of another contact she has one as well.
fn looking_back() -> (Server, Desk) {
    let mut bens = Server::new(&priya(), 1);
    save_as(&mut bens, FIRST, 1);
    bens.change(FIRST, vec![Change::Entered { by: ben().id }, closed()]);
    let mut server = Server::new(&ana(), 3);
    for (room, contact) in [(SECOND, 1), (THIRD, 2)] {
        save_as(&mut server, room, contact);
        server.change(room, vec![Change::Entered { by: ana().id }]);
    }
    let mut desk = Desk::new(server.snapshot(&ListQuery::of(Section::Assigned), 0));
    desk.open(bens.view(FIRST).expect("an admin sees it"));
    (server, desk)
}

/// What Ana's browser is asked for by what `happens`.
fn after(happens: impl FnOnce(&mut Server)) -> Next {
    let (mut server, mut desk) = looking_back();
    let told = server.log.len();
    happens(&mut server);
    server.log.split_off(told).into_iter().map(|frame| desk.apply(frame)).last().expect("something was told")
}

#[test]
fn whatever_may_end_the_right_to_look_back_has_the_server_asked_again() {
    let taken = || {
        let (to, by) = (priya().id, Actor::Person(priya().id));
        Change::Assigned { to, by, note: None, stays: false, team: None }
    };
    for change in [closed(), taken()] {
        let of_another = change.clone();
        assert_eq!(after(|server| server.change(SECOND, vec![change])), Next::LoadRoom(FIRST));
        assert_eq!(after(|server| server.change(THIRD, vec![of_another])), Next::Draw);
    }
    assert_eq!(after(|server| save_as(server, SECOND, 2)), Next::LoadRoom(FIRST), "it is of another contact");
    let message = Change::MessageAdded(said(50, "one more"));
    assert_eq!(after(|server| server.change(SECOND, vec![message])), Next::Draw);
}

#[test]
fn a_room_that_may_be_looked_back_at_no_more_leaves_nothing_on_the_desk() {
    let (_, mut desk) = looking_back();
    desk.end_looking_back(SECOND);
    assert!(desk.room(SECOND).is_some(), "it is in view");
    desk.end_looking_back(FIRST);
    assert!(desk.open.is_none() && desk.room(FIRST).is_none());
}
