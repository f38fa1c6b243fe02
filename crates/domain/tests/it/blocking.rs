//! A customer who is blocked: who may do it, what it leaves in the room, and what is no longer said there.

use domain::change::{Actor, Change, HandOffReason};
use domain::customer::Customer;
use domain::id::{EpisodeId, MessageId, RoomId};
use domain::message::{Entry, What};
use domain::permission;
use domain::person::Person;
use domain::policy::Policy;
use domain::refused::Refused;
use domain::room::{self, Room, Status, StatusUpdate};
use domain::template::SentTemplate;
use domain::timestamp::hours;
use domain::visitor;

use crate::cast::{MORNING, Stage, ana, asks, ben, customer, hello, priya, said, sam, sol, tom, whatsapp};

/// Ana holds a WhatsApp room, and has blocked its customer.
fn blocked() -> Stage {
    let mut stage = Stage::on_whatsapp_held_by(&ana());
    stage.take(room::block(&stage.room, &ana(), &stage.policy).expect("it is her room"));
    stage
}

#[test]
fn whoever_may_change_the_status_may_block_and_unblock_also_in_the_archive() {
    let policy = Policy::default();
    let held = Stage::held_by(&ana()).room;
    let archived = Stage::resolved_by(&ana()).room;
    for (me, may) in [(ana(), true), (tom(), true), (priya(), true), (ben(), false), (sam(), false), (sol(), false)] {
        for room in [&held, &archived] {
            assert_eq!(permission::may_block(&me, room), may, "{}", me.name);
            assert_eq!(room::block(room, &me, &policy).is_ok(), may, "{}", me.name);
            let blocked = Room { blocked: true, ..room.clone() };
            assert_eq!(room::unblock(&blocked, &me, &policy).is_ok(), may, "{}", me.name);
        }
    }
    let gone = Person { active: false, ..priya() };
    assert_eq!(room::block(&held, &gone, &policy), Err(Refused::NotFound));
    assert_eq!(room::block(&held, &sam(), &policy), Err(Refused::NotFound), "whoever does not see it hears nothing");
    let sees = Policy { agents_see_team: true, ..Policy::default() };
    let refused = room::block(&held, &ben(), &sees).expect_err("it is not his");
    assert_eq!(refused.to_string(), "You are not allowed to block this customer.");
}

#[test]
fn a_block_leaves_a_line_and_the_room_where_it_is_with_nobody_waiting() {
    let before = Stage::on_whatsapp_held_by(&ana());
    let mut stage = before.clone();
    stage.later(hours(1));
    let change = room::block(&stage.room, &ana(), &stage.policy).expect("it is her room");
    assert!(change.is_line());
    assert_eq!(change, Change::CustomerBlocked { by: Actor::Person(ana().id) });
    stage.take(change);

    assert!(stage.room.blocked && before.room.waiting_since.is_some() && stage.room.waiting_since.is_none());
    assert_eq!((&stage.room.state, stage.room.handler_epoch), (&before.room.state, before.room.handler_epoch));
    assert_eq!(stage.room.addressed_at, stage.now, "a person did it, so it keeps the room from expiring");
    let again = room::block(&stage.room, &ana(), &stage.policy).expect_err("once is enough");
    assert_eq!(again.to_string(), "The room is already one of a blocked customer.");

    let change = room::unblock(&stage.room, &ana(), &stage.policy).expect("it is her room");
    assert!(change.is_line());
    stage.take(change);
    assert!(!stage.room.blocked);
    let again = room::unblock(&stage.room, &ana(), &stage.policy).expect_err("once is enough");
    assert_eq!(again.to_string(), "The room is already open to its customer.");
}

#[test]
fn nothing_is_sent_to_a_blocked_customer_and_the_refusal_says_why() {
    let stage = blocked();
    let (room, policy, now, me) = (&stage.room, &stage.policy, stage.now, ana());
    let id = MessageId::from_number(50);
    let template = SentTemplate {
        id: String::new(),
        name: "hello".into(),
        language: "en".into(),
        named: false,
        values: Default::default(),
        header: None,
        text: "Hello".into(),
        buttons: Vec::new(),
    };
    let asked = StatusUpdate { feedback: true, ..asks(Status::Resolve) };
    for refused in [
        room::reply(room, &me, id, hello(room.kind), policy, now),
        room::react(room, &me, &said(1, "hi"), Some("👍".into()), policy, now),
        room::send_template(room, &me, id, template, policy),
        room::update_status(room, &me, &asked, &whatsapp(), policy, now),
    ] {
        let words = refused.expect_err("the customer is blocked").to_string();
        assert_eq!(words, "The customer is blocked: nothing is sent to them until somebody unblocks them.");
    }
    assert!(room::note(room, &me, id, "a spammer", policy).is_ok());
    assert!(room::update_status(room, &me, &asks(Status::Resolve), &whatsapp(), policy, now).is_ok());
}

#[test]
fn the_bot_and_the_product_say_nothing_to_a_blocked_customer() {
    let mut stage = Stage::with_bot();
    let epoch = stage.room.handler_epoch;
    assert!(room::may_bot_speak(&stage.room, epoch));
    stage.take(room::block(&stage.room, &priya(), &stage.policy).expect("an admin may"));
    assert!(stage.room.is_with_bot() && !room::may_bot_speak(&stage.room, epoch));
    assert_eq!(room::hand_off(&stage.room, epoch, HandOffReason::GaveUp, None), None);
    assert_eq!(room::end(&stage.room, epoch), None);
    stage.take(room::unblock(&stage.room, &priya(), &stage.policy).expect("an admin may"));
    assert!(room::may_bot_speak(&stage.room, epoch));

    let mut stage = Stage::queued();
    stage.policy.away_text = "We are away.".into();
    assert!(room::away_line(&stage.room, None, [], &stage.policy, stage.now).is_some());
    assert!(room::auto_assign(&stage.room, &ana(), 0, None).is_some());
    stage.take(room::block(&stage.room, &priya(), &stage.policy).expect("an admin may"));
    assert_eq!(room::away_line(&stage.room, None, [], &stage.policy, stage.now), None);
    assert_eq!(room::auto_assign(&stage.room, &ana(), 0, None), None, "there is nothing to answer");
}

#[test]
fn no_answer_timer_runs_and_no_template_waits_for_a_blocked_customer() {
    let stage = blocked();
    let policy = Policy { answer_minutes: Some(5), ..stage.policy.clone() };
    assert_eq!(room::return_unanswered(&stage.room, &policy, stage.now.plus(hours(1))), None);

    let mut room = Stage::resolved_by(&ana()).room;
    room.restore_pending = Some(ana().id);
    room.apply(&Change::CustomerBlocked { by: Actor::Person(ana().id) }, MORNING);
    assert_eq!(room.restore_pending, None);
}

#[test]
fn a_new_room_of_somebody_who_is_blocked_knows_it() {
    let customer = Customer { blocked: true, ..customer() };
    let id = RoomId::from_number(7);
    let room = Room::begin(id, &whatsapp(), &customer, EpisodeId::from_number(7), MORNING);
    assert!(room.blocked);
}

#[test]
fn a_room_that_was_written_down_before_is_not_blocked_and_a_blocked_one_stays_so() {
    let room = Stage::held_by(&ana()).room;
    let text = serde_json::to_string(&room).expect("a room is JSON");
    assert!(!text.contains("blocked"));
    assert_eq!(serde_json::from_str::<Room>(&text).expect("and back"), room);
    let room = Room { blocked: true, ..room };
    let text = serde_json::to_string(&room).expect("a room is JSON");
    assert_eq!(serde_json::from_str::<Room>(&text).expect("and back"), room);
}

#[test]
fn the_customer_is_told_nothing_of_it() {
    let stage = blocked();
    for change in [
        Change::CustomerBlocked { by: Actor::Person(ana().id) },
        Change::CustomerUnblocked { by: Actor::Person(ana().id) },
    ] {
        let what = What::Line(Box::new(change));
        let entry = Entry { position: 1, episode: stage.room.episode, at: stage.now, what };
        assert_eq!(visitor::told(&entry, None, |_| None), None);
    }
}
