//! "How did we do?": asked once, after the time to undo, and answered without opening the room again.

use std::time::Duration;

use backend::inbound::Said;
use backend::rooms;
use backend::test_desk::{TestDesk, whatsapp_message};
use domain::change::Change;
use domain::id::FeedbackId;
use domain::message::{Content, What};
use domain::person::Person;
use domain::policy::UNDO;
use domain::refused::Refused;
use domain::room::{Room, Status};
use domain::timestamp::hours;
use serde_json::json;

use crate::graph::Graph;
use crate::transcript::{close, observer, only_room, said, words};

/// A web room that Priya closed, asking for feedback.
async fn closed_on_the_web() -> (TestDesk, Person, Room) {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("thanks").await;
    let room = only_room(&desk).await;
    let room = close(&desk, &priya, room.id, Status::Resolve, true).await;
    (desk, priya, room)
}

async fn requests(desk: &TestDesk, room: &Room) -> Vec<FeedbackId> {
    let entries = words(desk, room).await;
    let request = |what: &What| match what {
        What::Message(message) => match &message.content {
            Content::FeedbackRequest { id, .. } => Some(*id),
            _ => None,
        },
        What::Note(_) | What::Line(_) => None,
    };
    entries.iter().filter_map(|entry| request(&entry.what)).collect()
}

pub async fn score(desk: &TestDesk, room: &Room) -> Option<u8> {
    let view = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it");
    view.episodes.last().and_then(|episode| episode.feedback_score)
}

async fn answers(desk: &TestDesk, id: FeedbackId, score: u8, comment: Option<&str>) -> backend::Result<()> {
    let ana = desk.visitor("Ana").await;
    let said = Said::Feedback { id, score, comment: comment.map(Into::into) };
    desk.visitor_says(&ana, said).await.map(drop)
}

#[tokio::test]
async fn feedback_is_asked_after_the_time_to_undo_and_once() {
    let (desk, priya, room) = closed_on_the_web().await;
    desk.later(UNDO - Duration::from_secs(1));
    desk.run_jobs().await;
    assert!(requests(&desk, &room).await.is_empty());

    desk.later(Duration::from_secs(1));
    desk.run_jobs().await;
    assert_eq!(requests(&desk, &room).await.len(), 1);

    rooms::reopen(&desk.backend, &priya, room.id).await.expect("it may be reopened");
    close(&desk, &priya, room.id, Status::Resolve, true).await;
    desk.later(UNDO);
    desk.run_jobs().await;
    assert_eq!(requests(&desk, &room).await.len(), 1);
}

#[tokio::test]
async fn a_critical_mark_may_ask_as_well_unless_it_is_undone() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("it burns").await;
    let room = only_room(&desk).await;
    close(&desk, &priya, room.id, Status::Critical, true).await;
    rooms::undo(&desk.backend, &priya, room.id).await.expect("there is still time");
    desk.later(UNDO);
    desk.run_jobs().await;
    assert!(requests(&desk, &room).await.is_empty());

    close(&desk, &priya, room.id, Status::Critical, true).await;
    desk.customer_writes("and it spreads").await;
    desk.later(UNDO);
    desk.run_jobs().await;

    assert_eq!(requests(&desk, &room).await.len(), 1, "whatever is said meanwhile");
    assert!(desk.find_room(room.id).await.critical);
}

#[tokio::test]
async fn the_last_status_change_alone_says_whether_it_asks() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("it burns").await;
    let room = only_room(&desk).await;
    close(&desk, &priya, room.id, Status::Critical, true).await;
    rooms::undo(&desk.backend, &priya, room.id).await.expect("there is still time");
    close(&desk, &priya, room.id, Status::Critical, false).await;
    desk.later(UNDO);
    desk.run_jobs().await;
    assert!(requests(&desk, &room).await.is_empty());

    close(&desk, &priya, room.id, Status::ClearCritical, false).await;
    close(&desk, &priya, room.id, Status::Critical, true).await;
    close(&desk, &priya, room.id, Status::Resolve, false).await;
    desk.later(UNDO);
    desk.run_jobs().await;
    assert!(requests(&desk, &room).await.is_empty());
}

#[tokio::test]
async fn an_episode_that_was_critical_stays_so_when_its_room_is_reopened() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("it burns").await;
    let room = only_room(&desk).await;
    for status in [Status::Critical, Status::ClearCritical, Status::Resolve] {
        close(&desk, &priya, room.id, status, false).await;
    }
    rooms::reopen(&desk.backend, &priya, room.id).await.expect("it may be reopened");

    let view = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it");
    assert!(view.episodes[0].was_critical);
}

#[tokio::test]
async fn an_undone_closing_asks_nothing() {
    let (desk, priya, room) = closed_on_the_web().await;
    desk.later(Duration::from_secs(9));
    rooms::undo(&desk.backend, &priya, room.id).await.expect("there is still time");
    close(&desk, &priya, room.id, Status::Resolve, false).await;

    desk.later(hours(1));
    desk.run_jobs().await;

    assert!(requests(&desk, &room).await.is_empty());
}

#[tokio::test]
async fn an_answer_is_kept_a_second_one_takes_its_place_and_neither_reopens_the_room() {
    let (desk, _, room) = closed_on_the_web().await;
    desk.later(UNDO);
    desk.run_jobs().await;
    let id = requests(&desk, &room).await[0];

    answers(&desk, id, 2, Some("slow")).await.expect("the request is open");
    assert_eq!(score(&desk, &room).await, Some(2));
    answers(&desk, id, 5, None).await.expect("it may be answered again");

    assert_eq!(score(&desk, &room).await, Some(5));
    let after = desk.find_room(room.id).await;
    assert!(after.is_archived());
    assert_eq!(after.customer_messages, 1);
    let given = desk.told().await.into_iter().filter(|event| matches!(event.change, Change::FeedbackGiven { .. }));
    assert_eq!(given.count(), 2);
}

#[tokio::test]
async fn free_words_after_the_question_open_the_room_again() {
    let (desk, _, room) = closed_on_the_web().await;
    desk.later(UNDO);
    desk.run_jobs().await;

    desk.customer_writes("one more thing").await;

    let after = desk.find_room(room.id).await;
    assert_eq!((after.is_archived(), after.episode_number), (false, 2));
}

#[tokio::test]
async fn a_late_answer_belongs_to_the_episode_that_was_asked_and_too_late_is_refused() {
    let (desk, _, room) = closed_on_the_web().await;
    desk.later(UNDO);
    desk.run_jobs().await;
    let id = requests(&desk, &room).await[0];
    desk.customer_writes("one more thing").await;

    desk.later(hours(6 * 24));
    answers(&desk, id, 4, None).await.expect("seven days are not over");
    desk.later(hours(24));
    let refused = answers(&desk, id, 1, None).await;

    assert!(matches!(refused, Err(backend::Error::Refused(Refused::NotFound))));
    let view = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it");
    let scores: Vec<_> = view.episodes.iter().map(|episode| (episode.number, episode.feedback_score)).collect();
    assert_eq!(scores, [(2, None), (1, Some(4))]);
}

#[tokio::test]
async fn nobody_answers_for_somebody_else_and_a_score_is_from_one_to_five() {
    let (desk, _, room) = closed_on_the_web().await;
    desk.later(UNDO);
    desk.run_jobs().await;
    let id = requests(&desk, &room).await[0];
    let bia = desk.visitor("Bia").await;
    desk.visitor_says(&bia, Said::Text("hello".into())).await.expect("may write");

    let foreign = desk.visitor_says(&bia, Said::Feedback { id, score: 1, comment: None }).await;
    assert!(matches!(foreign, Err(backend::Error::Refused(Refused::NotFound))));
    assert!(matches!(answers(&desk, id, 6, None).await, Err(backend::Error::Refused(Refused::Invalid { .. }))));
    assert_eq!(score(&desk, &room).await, None);
}

/// A WhatsApp room that Priya closed, asking for feedback.
async fn closed_on_whatsapp() -> (TestDesk, Graph, Person, Room) {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    graph.channel(&desk, None).await;
    let priya = desk.admin("priya").await;
    desk.whatsapp_customer_writes("obrigada").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    let room = close(&desk, &priya, room.id, Status::Resolve, true).await;
    desk.later(UNDO);
    desk.run_jobs().await;
    (desk, graph, priya, room)
}

async fn presses(desk: &TestDesk, id: &str, title: &str, message: &str) {
    let reply = json!({ "type": "button_reply", "button_reply": { "id": id, "title": title } });
    let pressed = whatsapp_message(message, &json!({ "type": "interactive", "interactive": reply }));
    desk.whatsapp_delivers(&pressed).await.expect("signed");
    desk.run_jobs().await;
}

#[tokio::test]
async fn on_whatsapp_the_question_has_buttons_and_the_latest_one_counts() {
    let (desk, graph, _, room) = closed_on_whatsapp().await;
    assert_eq!(graph.taken()[0].1["interactive"]["action"]["buttons"][0]["reply"]["id"], "feedback:5");

    presses(&desk, "feedback:5", "Good", "wamid.A=").await;
    assert_eq!(score(&desk, &room).await, Some(5));
    presses(&desk, "feedback:1", "Bad", "wamid.B=").await;

    assert_eq!(score(&desk, &room).await, Some(1));
    assert!(desk.find_room(room.id).await.is_archived());
}

#[tokio::test]
async fn on_whatsapp_a_bare_score_is_an_answer_and_anything_else_is_not() {
    let (desk, _graph, _, room) = closed_on_whatsapp().await;

    desk.whatsapp_customer_writes(" 4 ").await;
    desk.run_jobs().await;
    assert_eq!(score(&desk, &room).await, Some(4));
    assert!(desk.find_room(room.id).await.is_archived());

    desk.whatsapp_customer_writes("5 minutes late again").await;
    desk.run_jobs().await;
    assert!(!desk.find_room(room.id).await.is_archived());
}

#[tokio::test]
async fn a_number_long_after_the_question_is_only_a_number() {
    let (desk, _graph, _, room) = closed_on_whatsapp().await;
    desk.later(hours(7 * 24));

    desk.whatsapp_customer_writes("5").await;
    desk.run_jobs().await;

    assert_eq!(score(&desk, &room).await, None);
    assert_eq!(said(&desk, &room).await.last().map(String::as_str), Some("customer: 5"));
    assert!(!desk.find_room(room.id).await.is_archived());
}

#[tokio::test]
async fn a_question_is_not_asked_once_the_window_closed() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    graph.channel(&desk, None).await;
    let priya = desk.admin("priya").await;
    desk.whatsapp_customer_writes("obrigada").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    desk.later(Duration::from_secs(24 * 3_600 - 5));
    close(&desk, &priya, room.id, Status::Resolve, true).await;

    desk.later(UNDO);
    desk.run_jobs().await;

    assert_eq!(graph.requests(), 0);
    assert_eq!(said(&desk, &room).await, ["customer: obrigada"]);
}
