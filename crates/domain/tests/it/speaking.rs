//! Who may speak, and the messaging window.

use std::time::Duration;

use domain::change::{Actor, Change, HandOffReason, ReturnReason};
use domain::channel::{ChannelKind, WindowState};
use domain::delivery::Delivery;
use domain::id::{EpisodeId, FeedbackId, MessageId};
use domain::message::{Author, Content, Entry, Message, Reacting, Reply, What};
use domain::refused::Refused;
use domain::room;
use domain::timestamp::{Timestamp, hours, minutes};

use crate::cast::{MORNING, SUPPORT, Stage, ana, ben, channel, priya, said, tom, whatsapp};

fn reply(stage: &Stage, me: &domain::person::Person, text: &str) -> Result<Change, Refused> {
    let reply = Reply::check(stage.room.kind, text)?;
    room::reply(&stage.room, me, MessageId::from_number(1), reply, &stage.policy, stage.now)
}

#[test]
fn a_reply_ends_the_customer_s_wait_and_a_bot_s_words_do_not() {
    let mut stage = Stage::held_by(&ana());
    let bot = Message { author: Author::Bot("Robo".into()), ..said(7, "beep") };
    stage.later(minutes(1)).take(Change::MessageAdded(bot));
    assert!(stage.room.waiting_since.is_some());
    assert_eq!(stage.room.addressed_at, MORNING, "a bot keeps no room from expiring");
    stage.take(reply(&stage, &ana(), "  here I am ").expect("she holds it"));
    assert_eq!((stage.room.waiting_since, stage.room.addressed_at), (None, stage.now));
    assert_eq!(stage.room.preview.as_ref().map(|preview| preview.text.as_str()), Some("here I am"));
}

#[test]
fn a_reply_where_one_does_not_hold_the_room_is_refused_in_words() {
    for (stage, me, words) in [
        (Stage::queued(), priya(), "Enter the chat before you write."),
        (Stage::held_by(&ana()), tom(), "A colleague holds this chat."),
        (Stage::held_by(&ana()), ben(), "This room does not exist, or you have no access to it."),
        (Stage::resolved_by(&ana()), ana(), "The room is archived. Reopen it to write."),
    ] {
        assert_eq!(reply(&stage, &me, "hello").expect_err("refused").to_string(), words);
    }
}

#[test]
fn a_customer_who_opted_out_and_writes_again_is_answered() {
    let mut stage = Stage::held_by(&ana());
    stage.take(Change::CustomerChanged { name: "Carla".into(), opted_out: true, contact: None, described: None });
    stage.customer_writes("one more thing");
    assert!(reply(&stage, &ana(), "hello").is_ok());
}

#[test]
fn who_said_stop_on_a_channel_where_that_is_law_is_not_written_to_until_they_opt_in() {
    for kind in [ChannelKind::Sms, ChannelKind::Google, ChannelKind::Api] {
        let mut stage = Stage::empty(channel(kind, Some(SUPPORT), true));
        stage.customer_writes("hello");
        let epoch = stage.room.handler_epoch;
        stage.take(Change::CustomerChanged { name: "Carla".into(), opted_out: true, contact: None, described: None });
        assert!(!room::may_bot_speak(&stage.room, epoch));
        stage.take(Change::Entered { by: ana().id });
        stage.customer_writes("one more thing");
        assert_eq!(reply(&stage, &ana(), "hello"), Err(Refused::OptedOut), "{kind:?}");

        stage.take(Change::CustomerChanged { name: "Carla".into(), opted_out: false, contact: None, described: None });
        assert!(reply(&stage, &ana(), "hello").is_ok(), "{kind:?}");
    }
}

#[test]
fn the_window_is_open_at_23_59_and_closed_at_24_01() {
    let mut stage = Stage::on_whatsapp_held_by(&ana());
    let closes = MORNING.plus(hours(24));
    stage.later(hours(23)).later(minutes(59));
    assert_eq!(stage.room.window(stage.now), WindowState::OpenUntil(closes));
    assert!(reply(&stage, &ana(), "hello").is_ok());
    stage.now = Timestamp(closes.0 - 1);
    assert!(reply(&stage, &ana(), "hello").is_ok());
    for now in [closes, closes.plus(minutes(1))] {
        stage.now = now;
        let words = "The 24-hour window is closed: the customer must write first, or send a template.";
        assert_eq!(reply(&stage, &ana(), "hello").expect_err("closed").to_string(), words);
    }
    stage.customer_writes("one more thing");
    assert!(reply(&stage, &ana(), "hello").is_ok());
}

#[test]
fn the_web_has_no_window() {
    let mut stage = Stage::held_by(&ana());
    stage.later(hours(24 * 365));
    assert_eq!(stage.room.window(stage.now), WindowState::Unlimited);
    assert!(reply(&stage, &ana(), "hello").is_ok());
}

#[test]
fn notes_are_taken_in_archived_rooms_too() {
    let mut stage = Stage::resolved_by(&ana());
    let note = room::note(&stage.room, &ana(), MessageId::from_number(1), "  paid twice ", &stage.policy);
    stage.take(note.expect("her own"));
    assert!(stage.room.is_archived());
    let refused = room::note(&stage.room, &ana(), MessageId::from_number(1), " ", &stage.policy);
    assert_eq!(refused.expect_err("empty").to_string(), "The note is empty.");
}

#[test]
fn a_sign_is_put_on_the_customers_words_where_the_channel_shows_it() {
    let react = |stage: &Stage, message: &Message, emoji: Option<&str>| {
        room::react(&stage.room, &ana(), message, emoji.map(str::to_owned), &stage.policy, stage.now)
    };
    let (stage, theirs) = (Stage::on_whatsapp_held_by(&ana()), said(5, "thanks"));
    let ours = Message { author: Author::Person(ana().id), ..said(6, "hello") };

    let reacted = Change::Reacted { message: theirs.id, by: Reacting::OurSide, emoji: Some("👍".into()) };
    assert_eq!(react(&stage, &theirs, Some("👍")), Ok(reacted));
    assert!(react(&stage, &theirs, None).is_ok());
    for refused in [
        react(&stage, &theirs, Some("not a sign")),
        react(&stage, &ours, Some("👍")),
        react(&stage, &Message { content: Content::Deleted, ..theirs.clone() }, Some("👍")),
        react(&Stage::by_sms_held_by(&ana()), &theirs, Some("👍")),
        react(&Stage::on_whatsapp_held_by(&ben()), &theirs, Some("👍")),
    ] {
        assert!(refused.is_err(), "{refused:?}");
    }
}

#[test]
fn only_what_failed_or_is_unconfirmed_is_sent_again() {
    let stage = Stage::held_by(&ana());
    let retry = |delivery: Option<Delivery>| {
        let message = Message { author: Author::Person(ana().id), delivery, ..said(5, "hello") };
        let what = What::Message(message);
        let entry = Entry { position: 1, episode: EpisodeId::from_number(1), at: MORNING, what };
        room::may_retry(&stage.room, &ana(), &entry, &stage.policy, stage.now)
    };
    assert_eq!(retry(Some(Delivery::Failed { reason: "offline".into() })), Ok(()));
    assert_eq!(retry(Some(Delivery::Unconfirmed)), Ok(()));
    assert_eq!(retry(Some(Delivery::Read)), Err(Refused::Already { what: "read".into() }));
    assert_eq!(retry(None), Err(Refused::NotFound), "the customer's own words");
}

#[test]
fn what_the_bot_said_is_overtaken_by_a_person_unless_it_handed_over_itself() {
    let handed_off = Change::HandedOff { reason: HandOffReason::Asked, team: None };
    let returned = Change::ReturnedToQueue { by: Actor::Person(tom().id), team: None, reason: ReturnReason::Given };
    let assigned = Change::Assigned { to: ana().id, by: Actor::Switchboard, note: None, stays: false, team: None };
    let entered = Change::Entered { by: ana().id };
    let wrote = Change::MessageAdded(said(7, "hello?"));
    for (since, expected) in [
        (vec![], false),
        (vec![wrote.clone()], false),
        (vec![wrote, entered.clone()], true),
        (vec![returned, assigned.clone()], true),
        (vec![entered, Change::ReturnedToBot { by: ana().id }], true),
        (vec![handed_off.clone()], false),
        (vec![handed_off, assigned], false),
        (vec![Change::Ended, Change::Reopened { by: ana().id }], false),
    ] {
        let entries: Vec<Entry> = since.iter().cloned().map(entry).collect();
        assert_eq!(room::is_overtaken(&entries), expected, "{since:?}");
    }
}

fn entry(change: Change) -> Entry {
    let what = match change {
        Change::MessageAdded(message) => What::Message(message),
        line => What::Line(Box::new(line)),
    };
    Entry { position: 1, episode: EpisodeId::from_number(1), at: MORNING, what }
}

#[test]
fn the_window_is_open_from_when_the_customer_wrote_and_not_from_when_we_heard_of_it() {
    let mut stage = Stage::empty(whatsapp());
    let hears = |stage: &mut Stage, late: Duration| {
        let late_seconds = u32::try_from(late.as_secs()).expect("a small number");
        let message = Message { late_seconds, ..said(stage.new_number(), "hello") };
        let changes = room::customer_writes(&stage.room, &stage.channel, message, EpisodeId::from_number(2));
        changes.into_iter().for_each(|change| stage.take(change));
        stage.room.last_customer_at
    };
    stage.later(hours(20));
    assert_eq!(hears(&mut stage, hours(20)), Some(MORNING));
    assert_eq!((stage.room.last_message_at, stage.room.addressed_at), (stage.now, stage.now));
    assert_eq!(stage.room.window(stage.now), WindowState::OpenUntil(MORNING.plus(hours(24))));
    assert_eq!(hears(&mut stage, hours(21)), Some(MORNING), "older news takes nothing away");
    stage.later(hours(1));
    assert_eq!(hears(&mut stage, Duration::ZERO), Some(stage.now));
}

#[test]
fn a_message_from_before_there_was_a_clock_in_it_is_read_as_it_was() {
    let message = said(1, "hello");
    let json = serde_json::to_value(&message).expect("a message is JSON");
    assert!(json.get("late_seconds").is_none());
    assert_eq!(serde_json::from_value::<Message>(json).expect("and back"), message);
}

#[test]
fn an_answer_to_a_feedback_request_reopens_nothing_and_counts_as_no_message() {
    let mut stage = Stage::resolved_by(&ana());
    let before = stage.room.clone();
    let content = Content::FeedbackAnswer { id: FeedbackId::from_number(1), score: 5, comment: None };
    let answer = Message { content, ..said(6, "") };
    let changes = room::customer_writes(&stage.room, &stage.channel, answer, EpisodeId::from_number(9));
    assert!(matches!(changes.as_slice(), [Change::MessageAdded(_)]), "{changes:?}");
    stage.later(minutes(3)).take(changes[0].clone());
    assert_eq!(stage.room.state, before.state);
    assert_eq!(stage.room.customer_messages, before.customer_messages);
    assert_eq!(stage.room.last_customer_at, before.last_customer_at);
}
