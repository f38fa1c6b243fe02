//! Flows: taken, given, and run on channels.

use backend::test_desk::TestDesk;
use backend::{flows, rooms};
use domain::change::Change;
use domain::episode::Outcome;
use domain::flow::Flow;
use domain::id::FlowId;
use domain::message::What;
use domain::room::{Section, State};

use crate::transcript::{said, words};

const GREETS: &str = r#"{"name":"Greets","start":"bye","steps":{"bye":{"kind":"end","text":"Bye"}}}"#;

#[tokio::test]
async fn an_exported_flow_can_be_imported_again() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let standard = Flow::standard().to_json();

    let first = flows::import(&desk.backend, &priya, &standard).await.expect("a good flow");
    let exported = flows::export(&desk.backend, &priya, first).await.expect("it exists");
    let again = flows::import(&desk.backend, &priya, &exported).await.expect("a good flow");

    assert_eq!(exported, standard);
    assert_eq!(first, again, "one of the same name is replaced");
    assert_eq!(flows::list(&desk.backend, &priya).await.ok().map(|list| list.len()), Some(1));
}

#[tokio::test]
async fn a_bad_flow_is_refused_with_the_step_and_the_reason() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let leads_nowhere = r#"{"name":"Bad","start":"hi","steps":{"hi":{"kind":"say","text":"Hi","next":"nowhere"}}}"#;
    let unknown_team = r#"{"name":"Bad","start":"hi","steps":{"hi":{"kind":"hand_off","team":"Sales"}}}"#;

    let words = flows::import(&desk.backend, &priya, leads_nowhere).await.expect_err("must be refused").to_string();
    assert!(words.contains("Step `hi`") && words.contains("nowhere"), "{words}");
    let words = flows::import(&desk.backend, &priya, unknown_team).await.expect_err("must be refused").to_string();
    assert!(words.contains("\"Sales\", which does not exist"), "{words}");
    assert_eq!(flows::list(&desk.backend, &priya).await.ok(), Some(vec![]));
}

#[tokio::test]
async fn a_channel_has_a_bot_while_it_has_a_flow() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;
    let flow = flows::import(&desk.backend, &priya, GREETS).await.expect("a good flow");

    flows::use_on_channel(&desk.backend, &priya, channel.id, Some(flow)).await.expect("both exist");
    let listed = flows::list(&desk.backend, &priya).await.expect("an admin may");
    assert_eq!(listed[0].channels, [channel.id]);
    assert_eq!(desk.backend.directory().channels[&channel.id].bot_name.as_deref(), Some("Assistant"));

    flows::use_on_channel(&desk.backend, &priya, channel.id, None).await.expect("it exists");
    assert_eq!(desk.backend.directory().channels[&channel.id].flow, None);
    let unknown = flows::use_on_channel(&desk.backend, &priya, channel.id, Some(FlowId::from_number(7))).await;
    assert!(unknown.is_err());
}

#[tokio::test]
async fn only_admins_change_what_bots_say() {
    let desk = TestDesk::new().await;
    let tom = desk.team_manager("tom").await;

    assert!(flows::import(&desk.backend, &tom, GREETS).await.is_err());
    assert!(flows::list(&desk.backend, &tom).await.is_err());
}

#[tokio::test]
async fn a_flow_that_ends_archives_the_room_as_resolved_and_the_next_words_begin_anew() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;
    let flow = flows::import(&desk.backend, &priya, GREETS).await.expect("a good flow");
    flows::use_on_channel(&desk.backend, &priya, channel.id, Some(flow)).await.expect("both exist");
    let ana = desk.visitor("Ana").await;

    desk.customer_writes("hello").await;
    desk.run_jobs().await;

    let room = desk.room_of(&ana).await;
    let now = desk.backend.now();
    let ended = State::Archived { outcome: Outcome::Resolved, unanswered: false, at: now, by: None, agent: None };
    assert_eq!(room.state, ended);
    assert_eq!(said(&desk, &room).await, ["customer: hello", "bot: Bye"]);
    let last = words(&desk, &room).await.pop().expect("the transcript has entries");
    assert_eq!(last.what, What::Line(Box::new(Change::Ended)));
    let view = rooms::load(&desk.backend, &priya, room.id).await.expect("an admin sees it");
    assert_eq!((view.episodes[0].outcome, view.episodes[0].closed_at), (Some(Outcome::Resolved), Some(now)));

    desk.customer_writes("one thing more").await;
    desk.run_jobs().await;
    let after = desk.room_of(&ana).await;
    assert_eq!((after.episode_number, after.section()), (2, Section::Archived));
    assert_eq!(said(&desk, &after).await.last().map(String::as_str), Some("bot: Bye"));
}
