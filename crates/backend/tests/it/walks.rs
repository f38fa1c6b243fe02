//! The walks of the product, from the door to the screen: each is decided, saved, told and shown.

use std::sync::Arc;

use backend::test_desk::{TestDesk, heard, whatsapp_delivery};
use backend::{desk as consoles, jobs, messages, new_id, rooms};
use domain::change::Change;
use domain::delivery::Delivery;
use domain::desk::{Desk, ListQuery, Next};
use domain::episode::Outcome;
use domain::live::Frame;
use domain::person::Person;
use domain::refused::Refused;
use domain::room::{LiveHandler, Section, State};
use domain::timestamp::hours;
use serde_json::json;

use crate::graph::Graph;
use crate::transcript::only_room;

/// A browser: its picture, kept true by what it hears.
struct Browser {
    desk: Desk,
    console: backend::live::Subscription,
}

impl Browser {
    async fn open(desk: &TestDesk, person: &Person, section: Section) -> Self {
        let snapshot = consoles::load(&desk.backend, person, ListQuery::of(section)).await.expect("the desk loads");
        let console = desk.backend.subscribe(person.id, "session", snapshot.seq).await.expect("the log can be read");
        Self { desk: Desk::new(snapshot), console }
    }

    /// Takes what was told, and gives it back.
    fn listens(&mut self) -> Vec<Frame> {
        let frames = heard(&mut self.console);
        for frame in &frames {
            assert_eq!(self.desk.apply(frame.clone()), Next::Draw);
        }
        frames
    }

    /// The picture is what a browser that opens now would have.
    async fn is_true(&self, desk: &TestDesk, person: &Person, section: Section) {
        let now = consoles::load(&desk.backend, person, ListQuery::of(section)).await.expect("the desk loads");
        for room in &now.page.rooms {
            assert_eq!(self.desk.room(room.id), Some(room));
        }
        assert_eq!(self.desk.seq, now.seq);
    }
}

#[tokio::test]
async fn a_customers_message_reaches_the_agents_screen() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    graph.channel(&desk, None).await;
    let maria = desk.agent("maria").await;
    let mut browser = Browser::open(&desk, &maria, Section::Assigned).await;

    desk.whatsapp_customer_writes("onde esta meu pedido?").await;
    desk.run_jobs().await;

    let frames = browser.listens();
    let is_message = |frame: &Frame| matches!(frame, Frame::Event(event) if matches!(&event.change, Change::MessageAdded(message) if message.content.text() == "onde esta meu pedido?"));
    assert_eq!(frames.iter().filter(|frame| is_message(frame)).count(), 1);
    let is_given = |frame: &Frame| matches!(frame, Frame::Event(event) if matches!(event.change, Change::Assigned { to, .. } if to == maria.id));
    assert_eq!(frames.iter().filter(|frame| is_given(frame)).count(), 1);
    browser.is_true(&desk, &maria, Section::Assigned).await;
}

#[tokio::test]
async fn an_agents_message_reaches_the_customer_and_every_step_is_told() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    graph.channel(&desk, None).await;
    let priya = desk.admin("priya").await;
    desk.whatsapp_customer_writes("oi").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    let mut browser = Browser::open(&desk, &priya, Section::Assigned).await;

    let id = new_id();
    messages::send(&desk.backend, &priya, room.id, id, "ola".into()).await.expect("may send");
    messages::send(&desk.backend, &priya, room.id, id, "ola".into()).await.expect("is the same send");
    desk.run_jobs().await;
    let (provider_id, _) = graph.taken().remove(0);
    for status in ["delivered", "read"] {
        let status = json!({ "id": provider_id, "status": status, "timestamp": "1795348900" });
        desk.whatsapp_delivers(&whatsapp_delivery(&json!({ "statuses": [status] }))).await.expect("signed");
        desk.run_jobs().await;
    }

    let frames = browser.listens();
    let stage = |frame: &Frame| match frame {
        Frame::Event(event) => match &event.change {
            Change::MessageAdded(message) => message.delivery.clone(),
            Change::DeliveryChanged { delivery, .. } => Some(delivery.clone()),
            _ => None,
        },
        _ => None,
    };
    let stages: Vec<_> = frames.iter().filter_map(stage).collect();
    assert_eq!(stages, [Delivery::Waiting, Delivery::Sent, Delivery::Delivered, Delivery::Read]);
    assert_eq!(graph.requests(), 1);
    browser.is_true(&desk, &priya, Section::Assigned).await;
}

#[tokio::test]
async fn enter_chat_takes_the_room_from_the_bot_and_everybody_sees_who_has_it() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    let (priya, mo) = (desk.admin("priya").await, desk.admin("mo").await);
    desk.customer_writes("hello").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    assert_eq!(room.state, State::Live { handler: LiveHandler::Bot });
    let mut browser = Browser::open(&desk, &mo, Section::Live).await;

    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    let late = rooms::enter(&desk.backend, &mo, room.id).await;
    desk.customer_writes("are you there?").await;
    desk.run_jobs().await;

    browser.listens();
    assert_eq!(browser.desk.room(room.id).and_then(|room| room.agent()), Some(priya.id));
    assert!(matches!(late, Err(backend::Error::Refused(Refused::HeldBy { person, .. })) if person == priya.id));
    let lines = crate::transcript::said(&desk, &room).await;
    assert_eq!(lines.last().map(String::as_str), Some("customer: are you there?"));
    messages::send(&desk.backend, &priya, room.id, new_id(), "I am".into()).await.expect("it is hers");
}

#[tokio::test]
async fn a_room_nobody_addresses_is_archived_before_everybodys_eyes() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    let mut browser = Browser::open(&desk, &priya, Section::Live).await;

    desk.later(hours(24));
    desk.sweep().await;

    browser.listens();
    let seen = browser.desk.room(room.id).expect("an admin sees every room");
    assert!(matches!(seen.state, State::Archived { outcome: Outcome::Expired, unanswered: true, .. }));
}

#[tokio::test]
async fn beside_the_commands_deliveries_are_read_and_jobs_carried_out_without_being_asked() {
    let (desk, graph) = (Arc::new(TestDesk::new().await), Graph::start().await);
    let flow = desk.standard_flow().await;
    graph.channel(&desk, Some(flow)).await;
    let running = jobs::start(&desk.backend);

    desk.whatsapp_customer_writes("talk to a person").await;
    graph.is_asked().await;
    running.stop().await;

    assert_eq!(graph.texts(), ["I am passing you on to a colleague."]);
    let room = only_room(&desk).await;
    let id = crate::transcript::words(&desk, &room).await;
    let sent = id.iter().any(|entry| matches!(&entry.what, domain::message::What::Message(message) if message.delivery == Some(Delivery::Sent)));
    assert!(sent, "what had begun was finished");
}

#[tokio::test]
async fn of_two_clicks_on_take_over_the_second_changes_nothing() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &maria, room.id).await.expect("her team's queue");

    let first = rooms::take_over(&desk.backend, &priya, room.id).await.expect("an admin may");
    let second = rooms::take_over(&desk.backend, &priya, room.id).await.expect("it is done already");

    assert_eq!((first.agent(), &second), (Some(priya.id), &first));
}
