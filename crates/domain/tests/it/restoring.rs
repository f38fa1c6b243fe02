//! Winning a customer back: a template leaves, and the answer brings the room to Live.

use domain::change::Change;
use domain::delivery::Delivery;
use domain::episode::{OpenedBy, Outcome};
use domain::id::{EpisodeId, MessageId};
use domain::message::{Author, Content, Message};
use domain::person::Person;
use domain::policy::Policy;
use domain::refused::Refused;
use domain::room::{self, State};
use domain::timestamp::{hours, minutes};

use crate::cast::{SUPPORT, Stage, ana, ben, priya, sam, sol, sue, template, whatsapp};

fn send(stage: &Stage, me: &Person) -> Result<Change, Refused> {
    room::send_template(&stage.room, me, MessageId::from_number(50), template(), &stage.policy)
}

/// A WhatsApp room that Ana held and that expired two days ago.
fn expired() -> Stage {
    let mut stage = Stage::on_whatsapp_held_by(&ana());
    stage.later(hours(25)).take(Change::Expired { unanswered: true });
    stage.later(hours(23));
    stage
}

#[test]
fn t16_a_template_leaves_the_room_archived_and_waits_for_the_answer() {
    let mut stage = expired();
    stage.take(send(&stage, &ana()).expect("it was her room"));
    assert!(stage.room.is_archived());
    assert_eq!(stage.room.restore_pending, Some(ana().id));
    assert_eq!(stage.room.preview.as_ref().map(|preview| preview.text.as_str()), Some("Olá!"));
}

#[test]
fn the_answer_brings_the_room_to_live_where_the_sender_sees_it() {
    let mut stage = expired();
    stage.take(send(&stage, &ana()).expect("it was her room"));
    let changes = stage.customer_writes("yes?");
    assert_eq!(changes[0], Change::Restored { by: ana().id });
    assert!(matches!(changes[1], Change::EpisodeOpened { by: OpenedBy::TemplateReply, number: 2, .. }));
    assert!(domain::permission::may_see(&ana(), &stage.policy, &stage.room.scope()));
    assert!(!domain::permission::may_see(&ben(), &Policy::default(), &{
        let mut scope = stage.room.scope();
        scope.queued = false;
        scope
    }));
}

/// Ben's template won the customer back, and the room waits in the queue.
fn restored() -> Stage {
    let mut stage = expired();
    stage.take(Change::MessageAdded(Message {
        author: Author::Person(ben().id),
        ..match send(&stage, &ana()) {
            Ok(Change::MessageAdded(message)) => message,
            other => panic!("it was her room: {other:?}"),
        }
    }));
    stage.customer_writes("yes?");
    stage
}

#[test]
fn a_room_that_was_won_back_goes_to_nobody_but_the_sender_by_itself_for_two_minutes() {
    let mut stage = restored();
    let given = |stage: &Stage, to: &Person, held| {
        let sender = room::waits_for_sender(&stage.room, &stage.policy, stage.now).map(|(sender, _)| sender);
        room::auto_assign(&stage.room, to, held, sender).is_some()
    };
    let until = stage.now.plus(minutes(2));
    assert_eq!(room::waits_for_sender(&stage.room, &stage.policy, stage.now), Some((ben().id, until)));
    assert!(given(&stage, &ben(), 7));
    assert!(!given(&stage, &ben(), 8), "he holds as many as he takes, and it waits for him all the same");
    assert!(!given(&stage, &ana(), 0));
    assert!(room::enter(&stage.room, &ana(), &stage.policy).is_ok(), "by hand, whoever may enter still may");

    let off = Policy { sender_minutes: None, ..Policy::default() };
    assert_eq!(room::waits_for_sender(&stage.room, &off, stage.now), None);
    stage.later(minutes(2));
    assert!(given(&stage, &ana(), 0));
}

#[test]
fn whoever_won_the_customer_back_sees_and_takes_the_room_in_whichever_team_it_is() {
    for sender in [sam(), sol()] {
        let mut stage = expired();
        stage.room.restore_pending = Some(sender.id);
        stage.customer_writes("yes?");
        let waits_for = room::waits_for_sender(&stage.room, &stage.policy, stage.now).map(|(sender, _)| sender);
        assert_eq!((stage.room.team, waits_for), (Some(SUPPORT), Some(sender.id)));
        assert!(room::auto_assign(&stage.room, &sender, 0, waits_for).is_some(), "it goes to {}", sender.name);
        assert_eq!(room::enter(&stage.room, &sender, &stage.policy), Ok(Some(Change::Entered { by: sender.id })));
        assert_eq!(room::enter(&stage.room, &sue(), &stage.policy), Err(Refused::NotFound), "no other of that team");

        let mut left = stage.clone();
        left.take(room::leave(&stage.room, &sender).expect("they see it as one who joined"));
        assert_eq!(room::waits_for_sender(&left.room, &left.policy, left.now), None);
        assert_eq!(room::enter(&left.room, &sender, &left.policy), Err(Refused::NotFound));
    }
}

#[test]
fn once_somebody_held_it_a_room_that_was_won_back_is_like_any_other() {
    let mut stage = restored();
    stage.take(Change::Entered { by: ana().id });
    stage.take(room::return_to_queue(&stage.room, &ana(), None, &stage.policy).expect("her own"));
    assert_eq!(room::waits_for_sender(&stage.room, &stage.policy, stage.now), None);
    let mut closed = restored();
    closed.take(Change::Expired { unanswered: true });
    assert_eq!(closed.room.restored_by, None);
    closed.customer_writes("hello?");
    assert_eq!(room::waits_for_sender(&closed.room, &closed.policy, closed.now), None);
}

#[test]
fn agents_send_no_templates_where_the_policy_says_so() {
    let mut stage = expired();
    stage.policy.agents_may_send_templates = false;
    let refused = send(&stage, &ana()).expect_err("it is off for agents");
    assert_eq!(refused.to_string(), "You are not allowed to send templates.");
    assert!(send(&stage, &priya()).is_ok());
    let mut held = Stage::on_whatsapp_held_by(&ana());
    held.policy.agents_may_send_templates = false;
    assert!(send(&held, &ana()).is_err(), "her own room makes no difference");
}

#[test]
fn a_template_that_failed_waits_for_no_answer() {
    let mut stage = expired();
    let Ok(change @ Change::MessageAdded(_)) = send(&stage, &ana()) else { panic!("it was her room") };
    stage.take(change.clone());
    let Change::MessageAdded(message) = change else { unreachable!("matched above") };
    let failed = Delivery::Failed { reason: "the template is paused".into() };
    assert_eq!(room::after_delivery(&stage.room, &message, &Delivery::Read), None);
    // One that asked for feedback before, say.
    let other = Message { author: Author::Switchboard, ..message.clone() };
    assert_eq!(room::after_delivery(&stage.room, &other, &failed), None);
    stage.take(room::after_delivery(&stage.room, &message, &failed).expect("nobody will answer"));
    assert_eq!(stage.room.restore_pending, None);
    let text = Message { content: Content::Text("hi".into()), ..message };
    assert_eq!(room::after_delivery(&stage.room, &text, &failed), None);
}

#[test]
fn nobody_is_sent_a_template_over_somebody_else_s_head_or_against_their_wish() {
    let live = Stage::empty(whatsapp());
    let mut opted_out = expired();
    opted_out.take(Change::CustomerChanged { name: "Carla".into(), opted_out: true, contact: None, described: None });
    let web = Stage::resolved_by(&ana());
    for (stage, me, words) in [
        (live, priya(), "Enter the chat before you write."),
        (Stage::on_whatsapp_held_by(&ana()), priya(), "A colleague holds this chat."),
        (opted_out, ana(), "The customer asked not to be written to."),
        (web, ana(), "The template is nothing this channel knows."),
        (expired(), ben(), "This room does not exist, or you have no access to it."),
    ] {
        assert_eq!(send(&stage, &me).expect_err("refused").to_string(), words);
    }
}

#[test]
fn a_conversation_our_side_begins_waits_archived_for_its_first_word() {
    let mut stage = Stage::empty(whatsapp());
    let invited = room::invite(&stage.room, &ana(), EpisodeId::from_number(9)).expect("nobody wrote yet");
    stage.take(invited);
    assert!(matches!(stage.room.state, State::Archived { outcome: Outcome::Expired, unanswered: false, .. }));
    assert_eq!(send(&stage, &ben()), Err(Refused::NotFound), "it is hers");
    stage.take(send(&stage, &ana()).expect("she began it"));
    let changes = stage.customer_writes("who is this?");
    assert!(matches!(changes[1], Change::EpisodeOpened { number: 1, by: OpenedBy::TemplateReply, .. }), "{changes:?}");
    assert!(room::invite(&stage.room, &ana(), EpisodeId::from_number(10)).is_err());
}

#[test]
fn in_a_held_room_a_template_is_a_message_like_any_other() {
    let mut stage = Stage::on_whatsapp_held_by(&ana());
    stage.later(hours(30));
    assert!(room::needs_template(&stage.room, stage.now));
    stage.take(send(&stage, &ana()).expect("she holds it"));
    assert_eq!((stage.room.restore_pending, stage.room.waiting_since), (None, None));
}
