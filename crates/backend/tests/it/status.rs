//! A status change is taken back within its ten seconds, whatever comes of messages meanwhile, and an outcome is put right
//! later.

use std::time::Duration;

use backend::settings::save_policy;
use backend::test_desk::TestDesk;
use backend::{Error, messages, new_id, people, rooms};
use domain::account::PersonUpdate;
use domain::change::{Change, ReturnReason};
use domain::delivery::Delivery;
use domain::episode::Outcome;
use domain::id::MessageId;
use domain::message::{Content, Message, Reacting, What};
use domain::person::Person;
use domain::policy::{Policy, UNDO};
use domain::refused::Refused;
use domain::room::{Room, State, Status, StatusUpdate};

use crate::transcript::{close, observer, only_room, resolve, words};

/// A room of Priya's in which she said something and which she resolved just now.
async fn resolved() -> (TestDesk, Person, Room, MessageId) {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    let id = new_id();
    messages::send(&desk.backend, &priya, room.id, id, "done".into()).await.expect("may send");
    let room = resolve(&desk, &priya, room.id).await;
    (desk, priya, room, id)
}

#[tokio::test]
async fn neither_a_receipt_nor_a_sign_nor_a_new_name_keeps_anybody_from_undoing() {
    let (desk, priya, room, message) = resolved().await;
    let between = [
        Change::DeliveryChanged { message, delivery: Delivery::Read },
        Change::Reacted { message, by: Reacting::Customer, emoji: Some("👍".into()) },
        Change::CustomerChanged { name: "Ana Lima".into(), opted_out: false, contact: None, described: None },
    ];
    for change in between {
        desk.happens(room.id, vec![change]).await;
    }
    desk.later(UNDO);

    let undone = rooms::undo(&desk.backend, &priya, room.id).await.expect("it is in time");

    assert_eq!((undone.agent(), undone.name.as_str()), (Some(priya.id), "Ana Lima"));
}

#[tokio::test]
async fn a_new_message_or_the_eleventh_second_ends_it() {
    for is_late in [true, false] {
        let (desk, priya, room, _) = resolved().await;
        if is_late {
            desk.later(UNDO + Duration::from_millis(1));
        } else {
            desk.customer_writes("wait!").await;
        }

        let refused = rooms::undo(&desk.backend, &priya, room.id).await.expect_err("too late");

        assert!(matches!(refused, Error::Refused(Refused::TooLateToUndo)), "{refused}");
    }
}

#[tokio::test]
async fn a_manager_or_an_admin_puts_an_outcome_right_and_the_customer_is_asked_no_second_time() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, tom, maria) = (desk.admin("priya").await, desk.team_manager("tom").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = close(&desk, &maria, only_room(&desk).await.id, Status::Resolve, true).await;
    let passes = async || {
        desk.later(UNDO);
        desk.run_jobs().await;
    };
    passes().await;
    let corrects = async |me: &Person, outcome| {
        let comment = Some("they never answered".to_owned());
        rooms::correct_outcome(&desk.backend, me, room.id, outcome, comment, None).await
    };

    let refused = corrects(&maria, Outcome::Abandoned).await.expect_err("hers, but she is an agent");
    assert!(matches!(refused, Error::Refused(Refused::NotAllowed { .. })), "{refused}");
    for (me, outcome) in [(&tom, Outcome::Abandoned), (&priya, Outcome::Resolved)] {
        let after = corrects(me, outcome).await.expect("they may");
        assert!(matches!(after.state, State::Archived { outcome: now, .. } if now == outcome));
        let comment = Some("they never answered".to_owned());
        let told = desk.told().await.pop().map(|event| event.change);
        assert_eq!(told, Some(Change::OutcomeCorrected { by: me.id, outcome, comment, reason: None }));
        let view = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it");
        assert_eq!((view.episodes.len(), view.episodes[0].outcome), (1, Some(outcome)));
    }

    passes().await;
    let is_request =
        |what: &What| matches!(what, What::Message(Message { content: Content::FeedbackRequest { .. }, .. }));
    assert_eq!(words(&desk, &room).await.iter().filter(|entry| is_request(&entry.what)).count(), 1);
}

#[tokio::test]
async fn the_reason_and_the_comment_stay_with_the_episode_until_the_closing_is_undone() {
    let (desk, priya, room, _) = resolved().await;
    rooms::reopen(&desk.backend, &priya, room.id).await.expect("it may be reopened");
    let rules = Policy { comment_on_resolve: true, reasons: vec!["Refunded".into()], ..desk.policy() };
    save_policy(&desk.backend, &priya, desk.policy(), rules).await.expect("an admin may");
    let closes = async |comment: Option<&str>, reason: &str| {
        let (comment, reason) = (comment.map(String::from), Some(reason.to_owned()));
        let update = StatusUpdate { status: Status::Resolve, comment, reason, feedback: false, seen_messages: 1 };
        rooms::update_status(&desk.backend, &priya, room.id, update).await
    };
    let kept = async || {
        let view = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it");
        let episode = view.episodes.into_iter().next().expect("it has one");
        (episode.comment, episode.reason)
    };

    let silent = closes(None, "Refunded").await.expect_err("a comment is required").to_string();
    assert_eq!(silent, "The comment is missing: nobody may resolve a chat without one.");
    let unknown = closes(Some("paid back"), "Because").await.expect_err("nobody wrote it down").to_string();
    assert_eq!(unknown, "The reason is not among those to choose from any more.");
    assert!(!desk.find_room(room.id).await.is_archived());

    closes(Some("paid back"), "Refunded").await.expect("nothing is missing");
    assert_eq!(kept().await, (Some("paid back".into()), Some("Refunded".into())));
    rooms::undo(&desk.backend, &priya, room.id).await.expect("there is still time");
    assert_eq!(kept().await, (None, None));
}

#[tokio::test]
async fn an_undone_chat_waits_in_the_queue_where_its_holder_is_gone_by_then() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    desk.happens(room.id, vec![Change::Entered { by: maria.id }]).await;
    close(&desk, &priya, room.id, Status::Resolve, false).await;
    let gone = PersonUpdate { active: false, ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &priya, maria.id, gone).await.expect("an admin may");

    let undone = rooms::undo(&desk.backend, &priya, room.id).await.expect("there is still time");

    assert!(undone.is_queued(), "{undone:?}");
    let told = desk.told().await.pop().map(|event| event.change);
    assert!(matches!(told, Some(Change::ReturnedToQueue { reason: ReturnReason::Released(by), .. }) if by == maria.id));
}

#[tokio::test]
async fn a_correction_needs_the_comment_and_takes_the_reason_that_closing_would() {
    let (desk, priya, room, _) = resolved().await;
    let rules = Policy { comment_on_abandon: true, reasons: vec!["Spam".into()], ..desk.policy() };
    save_policy(&desk.backend, &priya, desk.policy(), rules).await.expect("an admin may");
    let corrects = async |outcome, comment: Option<&str>, reason: Option<&str>| {
        let (comment, reason) = (comment.map(String::from), reason.map(String::from));
        rooms::correct_outcome(&desk.backend, &priya, room.id, outcome, comment, reason).await
    };
    let kept = async || {
        let view = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it");
        (view.episodes[0].comment.clone(), view.episodes[0].reason.clone())
    };

    let silent = corrects(Outcome::Abandoned, None, None).await.expect_err("a comment is required").to_string();
    assert_eq!(silent, "The comment is missing: nobody may abandon a chat without one.");
    let unknown =
        corrects(Outcome::Abandoned, Some("an ad"), Some("Ad")).await.expect_err("no such reason").to_string();
    assert_eq!(unknown, "The reason is not among those to choose from any more.");

    corrects(Outcome::Abandoned, Some("an ad"), Some("Spam")).await.expect("nothing is missing");
    assert_eq!(kept().await, (Some("an ad".into()), Some("Spam".into())));
    corrects(Outcome::Resolved, None, None).await.expect("resolving needs none");
    assert_eq!(kept().await, (Some("an ad".into()), Some("Spam".into())), "what is not said anew stays");
}
