//! What the customer is shown of us beside messages: that their words were read, and that somebody writes.

use std::time::Duration;

use backend::live::{Subscription, VisitorNews};
use backend::test_desk::{TestDesk, next_id, whatsapp_message};
use backend::{channels, inbound, messages, new_id, people, rooms};
use domain::id::RoomId;
use domain::live::Signal;
use domain::person::{Availability, Person};
use domain::room::Room;
use serde_json::{Value, json};

use crate::graph::{Answer, Graph};
use crate::telegram::{delivers, stage};
use crate::transcript::only_room;

/// A room on WhatsApp that waits in the queue, with Priya's console open.
struct Scene {
    desk: TestDesk,
    graph: Graph,
    priya: Person,
    console: Subscription,
    room: RoomId,
}

impl Scene {
    async fn new() -> Self {
        let (desk, graph) = (TestDesk::new().await, Graph::start().await);
        graph.channel(&desk, None).await;
        let priya = desk.admin("priya").await;
        // Nothing is given to her by itself.
        people::set_availability(&desk.backend, &priya, Availability::Away, vec![]).await.expect("one's own");
        let console = desk.comes_online(&priya).await;
        let scene = Self { room: new_id(), desk, graph, priya, console };
        scene.customer_writes("wamid.FIRST=").await;
        let room = only_room(&scene.desk).await.id;
        Self { room, ..scene }
    }

    /// Priya holds the room and has it on screen.
    async fn held() -> Self {
        let scene = Self::new().await;
        scene.opens();
        scene.enters(&scene.priya).await;
        scene
    }

    async fn customer_writes(&self, id: &str) {
        let words = json!({ "type": "text", "text": { "body": "oi" } });
        self.desk.whatsapp_delivers(&whatsapp_message(id, &words)).await.expect("signed");
        self.desk.run_jobs().await;
    }

    async fn enters(&self, person: &Person) {
        rooms::enter(&self.desk.backend, person, self.room).await.expect("a queued room may be entered");
    }

    fn opens(&self) {
        self.desk.backend.hub().signal(&self.console, Signal::Viewing { room: Some(self.room) });
    }

    fn types(&self) {
        self.desk.backend.hub().signal(&self.console, Signal::Typing { room: self.room, on: true });
    }

    async fn room(&self) -> Room {
        self.desk.find_room(self.room).await
    }

    /// The browser says that everything up to now was in sight.
    async fn sees(&self, person: &Person) {
        let messages = self.room().await.customer_messages;
        rooms::mark_seen(&self.desk.backend, person, self.room, messages).await.expect("the room is visible");
    }

    /// The requests that are signals, once everything is done: the message, and whether it says "typing…".
    async fn shown(&self) -> Vec<(String, bool)> {
        self.desk.run_jobs().await;
        let taken = self.graph.taken();
        let signals = taken.iter().map(|(_, body)| body).filter(|body| body["status"] == "read");
        let shown = |body: &Value| {
            (body["message_id"].as_str().unwrap_or_default().to_owned(), body["typing_indicator"].is_object())
        };
        signals.map(shown).collect()
    }
}

fn read(id: &str) -> (String, bool) {
    (id.into(), false)
}

fn typing(id: &str) -> (String, bool) {
    (id.into(), true)
}

#[tokio::test]
async fn words_that_the_holder_has_seen_are_shown_as_read_once() {
    let scene = Scene::held().await;

    scene.sees(&scene.priya).await;
    assert_eq!(scene.shown().await, [read("wamid.FIRST=")]);
    scene.sees(&scene.priya).await;
    scene.opens();
    assert_eq!(scene.shown().await, [read("wamid.FIRST=")]);

    scene.customer_writes("wamid.SECOND=").await;
    assert_eq!(scene.shown().await.len(), 1, "it is not seen yet");
    scene.sees(&scene.priya).await;
    assert_eq!(scene.shown().await, [read("wamid.FIRST="), read("wamid.SECOND=")]);
}

#[tokio::test]
async fn looking_at_a_live_room_shows_the_customer_nothing_until_it_is_entered() {
    let scene = Scene::new().await;
    scene.opens();
    scene.sees(&scene.priya).await;
    scene.types();
    assert_eq!(scene.shown().await, []);

    scene.enters(&scene.priya).await;

    assert_eq!(scene.shown().await, [read("wamid.FIRST=")]);
}

#[tokio::test]
async fn what_somebody_else_looks_at_or_writes_is_not_shown() {
    let scene = Scene::new().await;
    let maria = scene.desk.agent("maria").await;
    scene.enters(&maria).await;

    scene.opens();
    scene.sees(&scene.priya).await;
    scene.types();

    assert_eq!(scene.shown().await, []);
}

#[tokio::test]
async fn a_room_that_is_given_to_somebody_is_read_when_they_open_it() {
    let scene = Scene::new().await;
    let maria = scene.desk.admin("maria").await;
    scene.sees(&scene.priya).await;
    rooms::assign(&scene.desk.backend, &maria, scene.room, scene.priya.id, None).await.expect("an admin may assign");
    assert_eq!(scene.shown().await, [], "it is not on their screen");

    scene.opens();

    assert_eq!(scene.shown().await, [read("wamid.FIRST=")]);
}

#[tokio::test]
async fn the_holders_typing_is_shown_no_more_often_than_it_is_forgotten() {
    let scene = Scene::held().await;

    for _ in 0..3 {
        scene.types();
        scene.desk.run_jobs().await;
        scene.desk.later(Duration::from_secs(3));
    }
    assert_eq!(scene.shown().await, [typing("wamid.FIRST=")]);

    scene.desk.later(Duration::from_secs(20));
    scene.types();
    assert_eq!(scene.shown().await, [typing("wamid.FIRST="), typing("wamid.FIRST=")]);
}

#[tokio::test]
async fn a_paused_channel_shows_nothing() {
    let scene = Scene::held().await;
    let channel = scene.room().await.channel;
    channels::set_paused(&scene.desk.backend, &scene.priya, channel, true).await.expect("an admin may");

    scene.sees(&scene.priya).await;
    scene.types();

    assert_eq!(scene.shown().await, []);
}

#[tokio::test]
async fn nothing_is_shown_while_the_provider_asked_to_wait() {
    let scene = Scene::held().await;
    scene.graph.next(Answer::Limits { code: 131_056, retry_after: 30 });
    messages::send(&scene.desk.backend, &scene.priya, scene.room, new_id(), "ola".into()).await.expect("may send");
    scene.desk.run_jobs().await;

    scene.types();

    assert_eq!(scene.shown().await, []);
}

#[tokio::test]
async fn a_signal_the_provider_refuses_is_not_tried_again_and_stops_nothing() {
    let scene = Scene::held().await;
    scene.graph.next(Answer::IsDown);
    scene.sees(&scene.priya).await;
    assert_eq!(scene.shown().await, []);

    scene.sees(&scene.priya).await;
    scene.opens();
    assert_eq!((scene.shown().await, scene.graph.requests()), (vec![], 1));
    messages::send(&scene.desk.backend, &scene.priya, scene.room, new_id(), "ola".into()).await.expect("may send");
    scene.desk.run_jobs().await;

    assert_eq!(scene.graph.texts(), ["ola"]);
    let channel = &channels::list(&scene.desk.backend, &scene.priya).await.expect("an admin may look")[0];
    assert_eq!(channel.last_error, None);
}

#[tokio::test]
async fn a_visitor_of_the_web_chat_sees_that_the_holder_has_read_their_words_and_nobody_else_counts() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let position = desk.customer_writes("hello").await.position;
    let room = only_room(&desk).await;
    let mut ana = desk.backend.hub().subscribe_visitor(room.customer);
    let console = desk.comes_online(&maria).await;
    desk.backend.hub().signal(&console, Signal::Viewing { room: Some(room.id) });
    let sees = async |person| rooms::mark_seen(&desk.backend, person, room.id, 1).await.expect("the room is visible");
    let before =
        async || inbound::visitor_seen(&desk.backend, &desk.find_room(room.id).await).await.expect("can be read");

    rooms::enter(&desk.backend, &maria, room.id).await.expect("a queued room may be entered");
    sees(&priya).await;
    desk.run_jobs().await;
    assert_eq!(before().await, position - 1);
    sees(&maria).await;
    desk.run_jobs().await;

    assert!(before().await >= position);
    let news = loop {
        match ana.next().await.expect("the place is open") {
            VisitorNews::Seen { position } => break position,
            VisitorNews::Event(_) | VisitorNews::Typing { .. } => {}
        }
    };
    assert_eq!(news, position);
}

#[tokio::test]
async fn typing_writes_nothing_down() {
    let scene = Scene::held().await;
    scene.customer_writes(&next_id("wamid.IN")).await;
    let head = scene.desk.backend.hub().head();
    let version = scene.room().await.version;

    scene.types();

    assert_eq!(scene.shown().await.len(), 1);
    assert_eq!((scene.desk.backend.hub().head(), scene.room().await.version), (head, version));
}

#[tokio::test]
async fn who_is_blocked_is_not_shown_that_somebody_looks_or_writes() {
    let scene = Scene::held().await;
    rooms::block(&scene.desk.backend, &scene.priya, scene.room).await.expect("an admin may");
    scene.sees(&scene.priya).await;
    scene.types();
    assert_eq!(scene.shown().await, []);
}

/// What Telegram was asked in a business account's chat, once whoever holds it has seen it: a reading, then words.
async fn asked_of_telegram(refusal: Option<u16>) -> Vec<Value> {
    let (desk, telegram) = stage().await;
    let ana = json!({ "id": 77, "first_name": "Ana" });
    let message = json!({
        "business_connection_id": "conn1", "message_id": 17, "date": desk.backend.now().0 / 1_000, "text": "oi",
        "from": ana, "chat": { "id": 77, "type": "private", "first_name": "Ana" },
    });
    delivers(&desk, &json!({ "update_id": 1, "business_message": message })).await;
    desk.run_jobs().await;
    let (room, priya) = (only_room(&desk).await, desk.admin("priya").await);
    people::set_availability(&desk.backend, &priya, Availability::Away, vec![]).await.expect("one's own");
    let console = desk.comes_online(&priya).await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("a queued room may be entered");
    desk.run_jobs().await;
    let before = telegram.posted().len();
    refusal.into_iter().for_each(|status| telegram.refuses(status));
    desk.backend.hub().signal(&console, Signal::Viewing { room: Some(room.id) });
    rooms::mark_seen(&desk.backend, &priya, room.id, 1).await.expect("the room is visible");
    desk.run_jobs().await;
    telegram.answers(json!({ "ok": true, "result": { "message_id": 18 } }));
    messages::send(&desk.backend, &priya, room.id, new_id(), "Olá".into()).await.expect("they hold it");
    desk.run_jobs().await;
    telegram.posted().split_off(before)
}

#[tokio::test]
async fn in_a_business_accounts_chat_what_was_seen_is_read_there_and_a_missing_right_fails_nothing() {
    let read = json!({ "business_connection_id": "conn1", "chat_id": 77, "message_id": 17 });
    let words = json!({ "business_connection_id": "conn1", "chat_id": 77, "text": "Olá" });
    assert_eq!(asked_of_telegram(None).await, [read, words.clone()]);
    assert_eq!(asked_of_telegram(Some(403)).await, [words]);
}
