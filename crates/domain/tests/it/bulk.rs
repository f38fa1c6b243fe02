//! Who may act on many rooms at once, on how many, and how far it reaches.

use domain::bulk::{BulkAction, MOST, check, reach};
use domain::change::Change;
use domain::policy::Policy;
use domain::refused::Refused;
use domain::room::Status;

use crate::cast::{MORNING, SALES, Stage, ana, everybody, priya, sam, sol, tom, web};

fn actions() -> [BulkAction; 3] {
    let status = BulkAction::UpdateStatus { status: Status::Resolve, comment: None, reason: None, feedback: false };
    [status, BulkAction::Assign { to: tom().id }, BulkAction::ReturnToQueue { team: None }]
}

#[test]
fn managers_and_admins_may_act_on_one_to_five_hundred_rooms() {
    for me in everybody() {
        let may = me.active && me.id != ana().id && me.role >= tom().role;
        for (rooms, fits) in [(0, false), (1, true), (MOST, true), (MOST + 1, false)] {
            assert_eq!(check(&me, rooms).is_ok(), may && fits, "{} and {rooms} rooms", me.name);
        }
    }
    assert_eq!(check(&ana(), 1), Err(Refused::not_allowed("change many chats at once")));
}

#[test]
fn a_room_of_another_team_is_not_there_whoever_holds_it() {
    let mut stage = Stage::empty(web());
    stage.customer_writes("hello");
    let mut room = stage.room;
    room.team = Some(SALES);
    room.apply(&Change::Entered { by: sam().id }, MORNING);
    let mut joined = room.clone();
    joined.apply(&Change::Joined { person: tom().id }, MORNING);
    let policy = Policy::default();
    for action in actions() {
        for (me, room, is_there) in [
            (tom(), &room, false),
            (tom(), &joined, false),
            (sol(), &room, true),
            (priya(), &room, true),
            (sam(), &room, false),
        ] {
            let expected = if is_there { Ok(()) } else { Err(Refused::NotFound) };
            assert_eq!(reach(&action, room, &me, &policy), expected, "{} {action:?}", me.name);
        }
    }
}

#[test]
fn whoever_resolved_a_room_of_no_team_may_still_take_it_back_where_they_see_it_no_more() {
    let mut stage = Stage::empty(web());
    stage.customer_writes("hello");
    let mut room = stage.room;
    room.team = None;
    let policy = Policy::default();
    assert_eq!(reach(&actions()[0], &room, &tom(), &policy), Ok(()));
    room.apply(
        &Change::Closed {
            outcome: domain::episode::Outcome::Resolved,
            by: tom().id,
            comment: None,
            reason: None,
            feedback: false,
        },
        MORNING,
    );
    assert_eq!(reach(&actions()[0], &room, &tom(), &policy), Err(Refused::NotFound));
    assert_eq!(reach(&BulkAction::Undo, &room, &tom(), &policy), Ok(()));
    assert_eq!(reach(&BulkAction::Undo, &room, &ana(), &policy), Err(Refused::NotFound));
}
