//! How episodes end and begin again: T9 to T15 and T18, one example and its refusals each.

use domain::change::{Actor, Change, ReturnReason};
use domain::delivery::Delivery;
use domain::episode::{OpenedBy, Outcome};
use domain::id::{EpisodeId, MessageId};
use domain::person::Person;
use domain::policy::Policy;
use domain::refused::Refused;
use domain::room::{self, Room, Section, State, Status, StatusUpdate};
use domain::template::TemplateName;
use domain::timestamp::{Timestamp, hours, minutes};

use crate::cast::{MORNING, Stage, ana, asks, ben, hello, priya, tom};

const FRESH: EpisodeId = EpisodeId::from_number(99);

fn update(stage: &Stage, me: &Person, status: Status) -> Result<Change, Refused> {
    room::update_status(&stage.room, me, &asks(status), &stage.channel, &stage.policy, stage.now)
}

#[track_caller]
fn words(refused: &Result<Change, Refused>) -> String {
    refused.as_ref().expect_err("it was allowed").to_string()
}

fn seconds(count: u64) -> std::time::Duration {
    std::time::Duration::from_secs(count)
}

#[test]
fn t9_and_t10_critical_is_a_flag_and_the_room_stays_where_it_is() {
    let mut stage = Stage::held_by(&ana());
    let epoch = stage.room.handler_epoch;
    assert_eq!(words(&update(&stage, &ana(), Status::ClearCritical)), "The room is already not critical.");
    stage.take(update(&stage, &ana(), Status::Critical).expect("her own"));
    assert!(stage.room.critical);
    assert_eq!((stage.room.section(), stage.room.handler_epoch), (Section::Assigned, epoch));
    assert_eq!(words(&update(&stage, &tom(), Status::Critical)), "The room is already critical.");
    stage.take(update(&stage, &tom(), Status::ClearCritical).expect("his team"));
    assert!(!stage.room.critical);
}

#[test]
fn t11_and_t12_closing_archives_the_room_and_releases_its_holder() {
    for (status, outcome) in [(Status::Resolve, Outcome::Resolved), (Status::Abandon, Outcome::Abandoned)] {
        let mut stage = Stage::held_by(&ana());
        stage.take(Change::Joined { person: tom().id });
        stage.take(Change::MarkedCritical { by: ana().id, comment: None, feedback: false });
        let until = stage.now.plus(hours(1));
        stage.take(Change::Snoozed { by: ana().id, until });
        let epoch = stage.room.handler_epoch;
        stage.take(update(&stage, &ana(), status).expect("her own"));
        let State::Archived { outcome: kept, unanswered, by, agent, .. } = stage.room.state else { panic!() };
        assert_eq!((kept, unanswered, by, agent), (outcome, false, Some(ana().id), Some(ana().id)));
        assert_eq!((stage.room.agent(), stage.room.waiting_since, stage.room.snoozed_until), (None, None, None));
        assert!(stage.room.participants == [tom().id] && !stage.room.critical);
        assert_eq!((stage.room.handler_epoch, stage.room.expires_at()), (epoch + 1, None));
    }
}

#[test]
fn an_archived_room_takes_no_status() {
    let stage = Stage::resolved_by(&ana());
    for status in [Status::Resolve, Status::Abandon, Status::Critical, Status::ClearCritical] {
        assert_eq!(words(&update(&stage, &priya(), status)), "The room is archived. Reopen it to write.");
    }
}

#[test]
fn closing_is_asked_again_when_the_customer_wrote_meanwhile_and_critical_is_not() {
    let mut stage = Stage::held_by(&ana());
    let seen = |status| StatusUpdate { seen_messages: 1, ..asks(status) };
    stage.customer_writes("and another thing");
    let ask =
        |status| room::update_status(&stage.room, &ana(), &seen(status), &stage.channel, &stage.policy, stage.now);
    assert_eq!(words(&ask(Status::Resolve)), "The customer wrote again since you opened this.");
    assert_eq!(ask(Status::Abandon), Err(Refused::NewMessage));
    assert!(ask(Status::Critical).is_ok());
}

#[test]
fn a_comment_is_trimmed_may_be_missing_and_is_not_endless() {
    let stage = Stage::held_by(&ana());
    let comment = |text: &str| StatusUpdate { comment: Some(text.into()), ..asks(Status::Resolve) };
    let close = |update: &StatusUpdate| {
        room::update_status(&stage.room, &ana(), update, &stage.channel, &stage.policy, stage.now)
    };
    let kept = |text: Option<&str>| {
        let comment = text.map(String::from);
        Ok(Change::Closed { outcome: Outcome::Resolved, by: ana().id, comment, reason: None, feedback: false })
    };
    assert_eq!(close(&comment(" refunded \n")), kept(Some("refunded")));
    assert_eq!(close(&comment(" \n ")), kept(None));
    let refused = close(&comment(&"x".repeat(2_001)));
    assert_eq!(words(&refused), "The comment has 2001 characters; at most 2000 are allowed.");
}

#[test]
fn feedback_is_asked_only_where_it_can_be_sent() {
    let with_feedback = StatusUpdate { feedback: true, ..asks(Status::Resolve) };
    let ask = |stage: &Stage| {
        room::update_status(&stage.room, &ana(), &with_feedback, &stage.channel, &stage.policy, stage.now)
    };
    let mut stage = Stage::on_whatsapp_held_by(&ana());
    assert!(matches!(ask(&stage), Ok(Change::Closed { feedback: true, .. })));
    stage.later(hours(25));
    assert!(words(&ask(&stage)).starts_with("The 24-hour window is closed"));
    stage.channel.feedback.template = Some(Box::new(TemplateName { name: "how".into(), language: "en".into() }));
    assert!(matches!(ask(&stage), Ok(Change::Closed { feedback: true, .. })));
    let mut stage = Stage::held_by(&ana());
    stage.take(Change::CustomerChanged { name: "Carla".into(), opted_out: true, contact: None, described: None });
    assert_eq!(words(&ask(&stage)), "The customer asked not to be written to.");
}

#[test]
fn t13_a_room_expires_at_24_hours_and_not_a_millisecond_before() {
    for stage in [Stage::with_bot(), Stage::queued(), Stage::held_by(&ana())] {
        let due = MORNING.plus(hours(24));
        let early = Timestamp(due.0 - 1);
        assert_eq!(stage.room.expires_at(), Some(due));
        assert_eq!(room::expire(&stage.room, &stage.policy, early), None);
        assert!(room::expire(&stage.room, &stage.policy, due).is_some());
    }
}

#[test]
fn t13_expired_and_expired_unanswered_are_told_apart() {
    let mut stage = Stage::held_by(&ana());
    stage.later(hours(24));
    let expired = room::expire(&stage.room, &stage.policy, stage.now).expect("due");
    assert_eq!(expired, Change::Expired { unanswered: true });
    let mut stage = Stage::held_by(&ana());
    let words = hello(stage.room.kind);
    let reply = room::reply(&stage.room, &ana(), MessageId::from_number(1), words, &stage.policy, stage.now);
    stage.take(reply.expect("her own"));
    stage.later(hours(24));
    let expired = room::expire(&stage.room, &stage.policy, stage.now).expect("due");
    stage.take(expired);
    let at = stage.now;
    let agent = Some(ana().id);
    let state = State::Archived { outcome: Outcome::Expired, unanswered: false, at, by: None, agent };
    assert_eq!(stage.room.state, state);
}

#[test]
fn t13_what_people_do_keeps_a_room_from_expiring_and_what_the_product_does_not() {
    let mut stage = Stage::held_by(&ana());
    stage.later(hours(23)).take(Change::ReturnedToQueue {
        by: Actor::Switchboard,
        team: None,
        reason: ReturnReason::Given,
    });
    assert_eq!(stage.room.expires_at(), Some(MORNING.plus(hours(24))));
    stage.take(Change::MarkedCritical { by: tom().id, comment: None, feedback: false });
    assert_eq!(stage.room.expires_at(), Some(stage.now.plus(hours(24))));
    let note = room::note(&stage.room, &tom(), MessageId::from_number(1), "hm", &stage.policy).expect("his team");
    stage.later(hours(1)).take(note);
    assert_eq!(stage.room.expires_at(), Some(stage.now.plus(hours(24))));
}

#[test]
fn t13_the_policy_may_spare_critical_and_unanswered_rooms_and_a_channel_all() {
    let mut stage = Stage::held_by(&ana());
    stage.take(Change::MarkedCritical { by: ana().id, comment: None, feedback: false });
    let late = stage.now.plus(hours(24));
    for policy in [
        Policy { never_expire_critical: true, ..Policy::default() },
        Policy { never_expire_waiting_on_agent: true, ..Policy::default() },
    ] {
        assert_eq!(room::expire(&stage.room, &policy, late), None);
    }
    assert!(room::expire(&stage.room, &stage.policy, late).is_some(), "by default critical rooms expire too");
    let waiting = Policy { never_expire_waiting_on_agent: true, ..Policy::default() };
    assert!(room::expire(&Stage::queued().room, &waiting, late).is_none());
    assert!(room::expire(&Stage::with_bot().room, &waiting, late).is_some(), "whom the bot answers waits for no agent");
    let never = Room { expires_after_millis: None, ..stage.room.clone() };
    assert_eq!(room::expire(&never, &stage.policy, late), None);
}

#[test]
fn t14_the_customer_s_next_message_opens_the_next_episode() {
    let mut stage = Stage::resolved_by(&ana());
    let epoch = stage.room.handler_epoch;
    stage.later(hours(100));
    let changes = stage.customer_writes("me again");
    assert!(matches!(&changes[0], Change::EpisodeOpened { number: 2, by: OpenedBy::Customer, .. }), "{changes:?}");
    assert!(stage.room.is_with_bot());
    assert_eq!((stage.room.episode_number, stage.room.handler_epoch), (2, epoch + 1));
    assert_eq!((stage.room.waiting_since, stage.room.episode_opened_at), (Some(stage.now), stage.now));
    assert_eq!(stage.room.customer_messages, 2);
}

#[test]
fn t14_an_answer_to_a_template_says_so() {
    let mut stage = Stage::resolved_by(&ana());
    stage.room.restore_pending = Some(ana().id);
    let changes = stage.customer_writes("yes please");
    assert_eq!(changes[0], Change::Restored { by: ana().id });
    assert!(matches!(&changes[1], Change::EpisodeOpened { by: OpenedBy::TemplateReply, .. }), "{changes:?}");
    assert_eq!((stage.room.restore_pending, stage.room.participants.clone()), (None, vec![ana().id]));
}

#[test]
fn t15_within_60_minutes_the_same_episode_goes_on_and_later_a_new_one_begins() {
    let mut stage = Stage::resolved_by(&ana());
    let (episode, closed) = (stage.room.episode, stage.now);
    let reopen = |now| room::reopen(&stage.room, &ana(), &stage.channel, FRESH, &stage.policy, now);
    let last = Timestamp(closed.plus(minutes(60)).0 - 1);
    assert_eq!(reopen(last), Ok(Change::Reopened { by: ana().id }));
    let expires_after_millis = stage.channel.expires_after_millis;
    let anew = Change::ReopenedAnew { by: ana().id, episode: FRESH, number: 2, expires_after_millis };
    assert_eq!(reopen(closed.plus(minutes(60))), Ok(anew.clone()));
    let mut same = stage.clone();
    same.take(Change::Reopened { by: ana().id });
    assert_eq!((same.room.agent(), same.room.episode, same.room.episode_number), (Some(ana().id), episode, 1));
    stage.take(anew);
    assert_eq!((stage.room.agent(), stage.room.episode, stage.room.episode_number), (Some(ana().id), FRESH, 2));
}

#[test]
fn t15_an_expired_episode_is_over_and_a_closed_window_keeps_the_room_closed() {
    let mut stage = Stage::held_by(&ana());
    stage.take(Change::Expired { unanswered: false });
    let anew = room::reopen(&stage.room, &ana(), &stage.channel, FRESH, &stage.policy, stage.now);
    assert!(matches!(anew, Ok(Change::ReopenedAnew { .. })));
    let mut stage = Stage::on_whatsapp_held_by(&ana());
    stage.later(hours(25)).take(Change::Expired { unanswered: true });
    let refused = room::reopen(&stage.room, &ana(), &stage.channel, FRESH, &stage.policy, stage.now);
    assert!(words(&refused).starts_with("The 24-hour window is closed"));
    let refused = room::reopen(&Stage::held_by(&ana()).room, &ana(), &stage.channel, FRESH, &stage.policy, stage.now);
    assert_eq!(words(&refused), "The room is not archived.");
}

#[test]
fn an_episode_expires_by_the_rule_that_its_channel_had_when_it_began() {
    for rule in [Some(2 * 3_600_000), None] {
        let mut stage = Stage::resolved_by(&ana());
        stage.channel.expires_after_millis = rule;
        stage.later(hours(2));
        let mut reopened = stage.clone();
        let anew = room::reopen(&stage.room, &ana(), &stage.channel, FRESH, &stage.policy, stage.now);
        reopened.take(anew.expect("her own"));
        stage.customer_writes("me again");
        for stage in [&stage, &reopened] {
            let due = rule.map(|_| stage.now.plus(hours(2)));
            assert_eq!((stage.room.expires_after_millis, stage.room.expires_at()), (rule, due));
        }
        let mut same = Stage::resolved_by(&ana());
        same.channel.expires_after_millis = rule;
        same.take(Change::Reopened { by: ana().id });
        assert_eq!(same.room.expires_at(), Some(same.now.plus(hours(24))), "the same episode goes on by its own");
    }
}

#[test]
fn a_closing_outcome_is_put_right_by_a_manager() {
    let mut stage = Stage::resolved_by(&ana());
    let correct = |stage: &Stage, me: &Person, outcome| {
        room::correct_outcome(&stage.room, me, outcome, None, None, &stage.policy)
    };
    assert_eq!(words(&correct(&stage, &ana(), Outcome::Abandoned)), "You are not allowed to correct an outcome.");
    assert_eq!(words(&correct(&stage, &tom(), Outcome::Resolved)), "The room is already resolved.");
    assert_eq!(room::other_outcome(&stage.room), Some(Outcome::Abandoned));
    assert_eq!(words(&correct(&stage, &tom(), Outcome::Expired)), "The outcome must be resolved or abandoned.");
    stage.take(correct(&stage, &tom(), Outcome::Abandoned).expect("his team"));
    assert!(matches!(stage.room.state, State::Archived { outcome: Outcome::Abandoned, .. }));
    let mut live = Stage::held_by(&ana());
    assert_eq!(correct(&live, &tom(), Outcome::Abandoned), Err(Refused::NotArchived));
    live.take(Change::Expired { unanswered: true });
    assert_eq!(room::other_outcome(&live.room), None, "nobody closed it");
    live.take(correct(&live, &tom(), Outcome::Resolved).expect("his team"));
    let State::Archived { unanswered, .. } = live.room.state else { panic!() };
    assert!(!unanswered, "only what expired is unanswered");
}

/// What a status change of `me` looks like ten seconds later.
fn changed(stage: &mut Stage, me: &Person, status: Status) -> (Room, Timestamp) {
    let (before, at) = (stage.room.clone(), stage.now);
    stage.take(update(stage, me, status).expect("allowed"));
    (before, at)
}

#[test]
fn t18_undo_within_10_seconds_brings_back_exactly_what_was() {
    for status in [Status::Resolve, Status::Abandon, Status::Critical] {
        let mut stage = Stage::held_by(&ana());
        stage.take(Change::Joined { person: tom().id });
        stage.later(minutes(5));
        let (before, at) = changed(&mut stage, &ana(), status);
        stage.later(seconds(10));
        stage.take(room::undo(&stage.room, &ana(), &before, at, stage.now).expect("in time"));
        let counted = Room {
            version: stage.room.version,
            last_position: stage.room.last_position,
            handler_epoch: stage.room.handler_epoch,
            ..before.clone()
        };
        assert_eq!(stage.room, counted);
        assert_eq!(stage.room.version, before.version + 2);
    }
}

#[test]
fn t18_undo_is_refused_later_to_others_and_after_anything_else() {
    let mut stage = Stage::held_by(&ana());
    let (before, at) = changed(&mut stage, &ana(), Status::Resolve);
    let late = Timestamp(at.plus(seconds(10)).0 + 1);
    let refused = room::undo(&stage.room, &ana(), &before, at, late);
    assert_eq!(words(&refused), "This can no longer be undone.");
    assert_eq!(room::undo(&stage.room, &tom(), &before, at, at), Err(Refused::TooLateToUndo), "another person");
    let gone = Person { active: false, ..ana() };
    assert_eq!(room::undo(&stage.room, &gone, &before, at, at), Err(Refused::TooLateToUndo), "deactivated since");
    let mut written = stage.clone();
    written.customer_writes("wait!");
    assert_eq!(room::undo(&written.room, &ana(), &before, at, at), Err(Refused::TooLateToUndo));
    stage.take(room::undo(&stage.room, &ana(), &before, at, at).expect("in time"));
    assert_eq!(room::undo(&stage.room, &ana(), &before, at, at), Err(Refused::TooLateToUndo), "twice");
}

#[test]
fn t18_a_receipt_in_between_keeps_nobody_from_undoing() {
    let mut stage = Stage::held_by(&ana());
    let (before, at) = changed(&mut stage, &ana(), Status::Resolve);
    stage.take(Change::DeliveryChanged { message: MessageId::from_number(1), delivery: Delivery::Read });
    stage.take(room::undo(&stage.room, &ana(), &before, at, at).expect("only a receipt"));
    assert_eq!(stage.room.agent(), Some(ana().id));
}

#[test]
fn t18_undoing_critical_lets_the_bot_finish_its_turn() {
    let mut stage = Stage::with_bot();
    let epoch = stage.room.handler_epoch;
    let (before, at) = changed(&mut stage, &priya(), Status::Critical);
    stage.take(room::undo(&stage.room, &priya(), &before, at, at).expect("in time"));
    assert!(room::may_bot_speak(&stage.room, epoch));
    let (before, at) = changed(&mut stage, &priya(), Status::Resolve);
    stage.take(room::undo(&stage.room, &priya(), &before, at, at).expect("in time"));
    assert!(!room::may_bot_speak(&stage.room, epoch), "closing had ended its turn");
}

#[test]
fn t18_what_was_never_a_status_change_is_not_undone() {
    let mut stage = Stage::queued();
    let (before, at) = (stage.room.clone(), stage.now);
    stage.take(Change::Entered { by: ben().id });
    assert_eq!(room::undo(&stage.room, &ben(), &before, at, at), Err(Refused::TooLateToUndo));
}

#[test]
fn a_flow_that_ends_archives_the_room_as_resolved_by_nobody_unless_a_person_was_quicker() {
    let mut stage = Stage::with_bot();
    let epoch = stage.room.handler_epoch;
    assert_eq!(room::end(&stage.room, epoch + 1), None, "an answer of another time");
    stage.take(room::end(&stage.room, epoch).expect("its turn"));
    let State::Archived { outcome, by, .. } = stage.room.state else { panic!("{:?}", stage.room.state) };
    assert_eq!((outcome, by), (Outcome::Resolved, None));
    assert_eq!(room::end(&stage.room, stage.room.handler_epoch), None, "a second time");
}
