//! "How did we do?" once the messaging window is closed: with the channel's template, or not at all.

use std::time::Duration;

use backend::test_desk::{TestDesk, whatsapp_message};
use backend::{channels, rooms};
use domain::change::Change;
use domain::channel::{Channel, ChannelPlace};
use domain::feedback::FeedbackRule;
use domain::person::Person;
use domain::policy::UNDO;
use domain::room::{Room, Status, StatusUpdate};
use domain::template::{Template, TemplateButton, TemplateName, TemplateStatus};
use domain::timestamp::hours;
use serde_json::json;

use crate::feedback::score;
use crate::graph::Graph;
use crate::transcript::{close, only_room, said};

fn template(body: &str, status: TemplateStatus) -> Template {
    let reply = |title: &str| TemplateButton::Reply { title: title.into() };
    Template {
        id: "1".into(),
        name: "how".into(),
        language: "en".into(),
        category: "UTILITY".into(),
        status,
        header: None,
        body: body.into(),
        footer: None,
        buttons: vec![reply("Great"), reply("Meh"), reply("Awful")],
        named: false,
    }
}

fn how() -> TemplateName {
    TemplateName { name: "how".into(), language: "en".into() }
}

async fn sets(
    desk: &TestDesk,
    me: &Person,
    channel: &Channel,
    template: Option<TemplateName>,
) -> backend::Result<Channel> {
    let template = template.map(Box::new);
    let place = ChannelPlace { feedback: FeedbackRule { on_resolve: true, template }, ..ChannelPlace::of(channel) };
    channels::set_place(&desk.backend, me, channel.id, place).await
}

/// A WhatsApp room of Priya's whose window is closed, on a channel that knows the template `how`.
async fn closed_window() -> (TestDesk, Graph, Person, Room, Channel) {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    let channel = graph.channel(&desk, None).await;
    let priya = desk.admin("priya").await;
    desk.knows_templates(&channel, vec![template("How was it?", TemplateStatus::Approved)]).await;
    desk.whatsapp_customer_writes("obrigada").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    // Somebody addresses it in time, so that the chat outlives the window.
    desk.later(hours(20));
    rooms::enter(&desk.backend, &priya, room.id).await.expect("they may enter");
    desk.later(hours(5));
    (desk, graph, priya, room, channel)
}

async fn resolves(desk: &TestDesk, me: &Person, room: &Room) -> backend::Result<Room> {
    if desk.find_room(room.id).await.agent().is_none() {
        rooms::enter(&desk.backend, me, room.id).await.expect("they may enter");
    }
    let status = Status::Resolve;
    let update = StatusUpdate { status, comment: None, reason: None, feedback: true, seen_messages: 9 };
    rooms::update_status(&desk.backend, me, room.id, update).await
}

#[tokio::test]
async fn after_the_window_the_channels_template_asks_and_a_press_of_its_buttons_is_the_answer() {
    let (desk, graph, priya, room, channel) = closed_window().await;
    let refused = resolves(&desk, &priya, &room).await.expect_err("nothing may ask").to_string();
    assert!(refused.starts_with("The 24-hour window is closed"), "{refused}");

    sets(&desk, &priya, &channel, Some(how())).await.expect("it may ask");
    resolves(&desk, &priya, &room).await.expect("the template asks");
    desk.run_jobs().await;
    assert_eq!(graph.requests(), 0, "there is still time to undo");
    desk.later(UNDO);
    desk.run_jobs().await;

    let sent = graph.taken()[0].1["template"].clone();
    assert_eq!(sent["name"], "how");
    let payloads: Vec<_> = (0..3).map(|place| sent["components"][place]["parameters"][0]["payload"].clone()).collect();
    assert_eq!(payloads, ["feedback:5", "feedback:3", "feedback:1"]);
    assert_eq!(said(&desk, &room).await, ["customer: obrigada", "switchboard: How was it?"]);
    let asked = desk.find_room(room.id).await;
    assert_eq!((asked.is_archived(), asked.restore_pending), (true, None), "nobody wants the chat back");

    let pressed = json!({ "type": "button", "button": { "payload": "feedback:3", "text": "Meh" } });
    desk.whatsapp_delivers(&whatsapp_message("wamid.C=", &pressed)).await.expect("signed");
    desk.run_jobs().await;
    assert_eq!(score(&desk, &room).await, Some(3));
    assert!(desk.find_room(room.id).await.is_archived());
}

#[tokio::test]
async fn a_number_answers_the_template_as_well_and_other_words_open_the_chat_again() {
    let (desk, _graph, priya, room, channel) = closed_window().await;
    sets(&desk, &priya, &channel, Some(how())).await.expect("it may ask");
    resolves(&desk, &priya, &room).await.expect("the template asks");
    desk.later(UNDO);
    desk.run_jobs().await;

    desk.whatsapp_customer_writes("4").await;
    desk.run_jobs().await;
    assert_eq!(score(&desk, &room).await, Some(4));
    assert!(desk.find_room(room.id).await.is_archived());

    desk.whatsapp_customer_writes("one more thing").await;
    desk.run_jobs().await;
    assert!(!desk.find_room(room.id).await.is_archived());
}

#[tokio::test]
async fn a_question_whose_window_closes_in_the_time_to_undo_leaves_as_the_template() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    let channel = graph.channel(&desk, None).await;
    let priya = desk.admin("priya").await;
    desk.knows_templates(&channel, vec![template("How was it?", TemplateStatus::Approved)]).await;
    sets(&desk, &priya, &channel, Some(how())).await.expect("it may ask");
    desk.whatsapp_customer_writes("obrigada").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    desk.later(Duration::from_secs(24 * 3_600 - 5));
    close(&desk, &priya, room.id, Status::Resolve, true).await;

    desk.later(UNDO);
    desk.run_jobs().await;

    assert_eq!(graph.taken()[0].1["template"]["name"], "how");
}

#[tokio::test]
async fn only_what_can_ask_becomes_a_feedback_template_and_one_that_cannot_any_more_is_said_at_once() {
    let (desk, graph, priya, room, channel) = closed_window().await;
    let refused = async |known: Vec<Template>| {
        desk.knows_templates(&channel, known).await;
        sets(&desk, &priya, &channel, Some(how())).await.expect_err("it could not ask").to_string()
    };
    assert_eq!(refused(vec![]).await, "The feedback template is not one of this channel's any more.");
    let pending = template("How was it?", TemplateStatus::Pending);
    assert_eq!(refused(vec![pending.clone()]).await, "The template is not approved by the provider.");
    let open = template("How was it, {{1}}?", TemplateStatus::Approved);
    assert_eq!(refused(vec![open]).await, "The value of {{1}} is empty.");
    let web = desk.web_channel().await;
    let words = sets(&desk, &priya, &web, Some(how())).await.expect_err("it has no templates").to_string();
    assert_eq!(words, "The feedback template is nothing this channel needs.");

    desk.knows_templates(&channel, vec![template("How was it?", TemplateStatus::Approved)]).await;
    let channel = sets(&desk, &priya, &channel, Some(how())).await.expect("it may ask");
    assert_eq!(
        desk.told().await.last().map(|event| event.change.clone()),
        Some(Change::ChannelChanged(channel.clone()))
    );
    desk.knows_templates(&channel, vec![pending]).await;
    let words = resolves(&desk, &priya, &room).await.expect_err("it may not be sent").to_string();
    assert_eq!(words, "The template is not approved by the provider.");
    channels::set_paused(&desk.backend, &priya, channel.id, true).await.expect("what is chosen keeps nothing else up");
    assert_eq!(graph.requests(), 0);
}
