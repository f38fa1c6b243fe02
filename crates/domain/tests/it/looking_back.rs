//! A room that somebody only looks back at: it opens, though it left their view, and stands on no list of theirs.

use domain::change::Change;
use domain::desk::{Desk, ListQuery, Next};
use domain::episode::Outcome;
use domain::live::Frame;
use domain::room::Section;

use crate::cast::{ana, ben, priya};
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
