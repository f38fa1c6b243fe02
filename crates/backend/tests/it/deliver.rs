//! Messages on their way to WhatsApp: sent once, in order, and followed; a failure is told apart from a doubt.

use std::sync::Arc;
use std::time::Duration;

use backend::test_desk::{TestDesk, whatsapp_delivery};
use backend::{channels, messages, new_id, rooms, trouble};
use domain::change::{Change, Event};
use domain::delivery::{Cause, Delay, Delivery};
use domain::id::MessageId;
use domain::message::{Author, Choice, Content, Message};
use domain::person::Person;
use domain::room::Room;
use domain::timestamp::{hours, minutes};
use serde_json::json;
use tokio::sync::Notify;

use crate::graph::{Answer, Graph};
use crate::transcript::{delivery, only_room};

/// A room on WhatsApp that Priya, an admin, has entered.
struct Scene {
    desk: Arc<TestDesk>,
    graph: Graph,
    priya: Person,
    room: Room,
}

impl Scene {
    async fn new() -> Self {
        let (desk, graph) = (Arc::new(TestDesk::new().await), Graph::start().await);
        graph.channel(&desk, None).await;
        let priya = desk.admin("priya").await;
        desk.whatsapp_customer_writes("oi").await;
        desk.run_jobs().await;
        let room = only_room(&desk).await;
        let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
        Self { desk, graph, priya, room }
    }

    async fn sends(&self, text: &str) -> MessageId {
        let id = new_id();
        messages::send(&self.desk.backend, &self.priya, self.room.id, id, text.into()).await.expect("may be sent");
        id
    }

    async fn stage(&self, id: MessageId) -> Delivery {
        delivery(&self.desk, &self.room, id).await
    }

    /// Meta says this of a message; `key` is what we sent along, unless Meta keeps it to itself.
    async fn hears(&self, provider_id: &str, status: &str, key: Option<MessageId>) {
        let mut status = json!({ "id": provider_id, "status": status, "timestamp": "1795348900" });
        if let Some(key) = key {
            status["biz_opaque_callback_data"] = format!("{key}:1/1").into();
        }
        self.desk.whatsapp_delivers(&whatsapp_delivery(&json!({ "statuses": [status] }))).await.expect("signed");
    }

    async fn passes(&self, span: Duration) {
        self.desk.later(span);
        self.desk.run_jobs().await;
    }

    async fn last_error(&self) -> Option<String> {
        channels::list(&self.desk.backend, &self.priya).await.expect("an admin may look")[0].last_error.clone()
    }
}

/// The message waits for something that no clock ends.
const fn waits(cause: Cause) -> Delivery {
    Delivery::Delayed(Delay { cause, until: None })
}

#[tokio::test]
async fn a_message_is_sent_delivered_and_read() {
    let scene = Scene::new().await;
    let id = scene.sends("ola").await;
    assert_eq!(scene.stage(id).await, Delivery::Waiting);

    scene.desk.run_jobs().await;
    assert_eq!(scene.stage(id).await, Delivery::Sent);
    let (provider_id, body) = scene.graph.taken().remove(0);
    assert_eq!((body["to"].as_str(), body["text"]["body"].as_str()), (Some("5511900000001"), Some("ola")));

    scene.hears(&provider_id, "delivered", None).await;
    scene.desk.run_jobs().await;
    assert_eq!(scene.stage(id).await, Delivery::Delivered);
    scene.hears(&provider_id, "read", None).await;
    scene.desk.run_jobs().await;
    assert_eq!(scene.stage(id).await, Delivery::Read);
}

#[tokio::test]
async fn a_message_read_before_it_was_delivered_stays_read() {
    let scene = Scene::new().await;
    let id = scene.sends("ola").await;
    scene.desk.run_jobs().await;
    let (provider_id, _) = scene.graph.taken().remove(0);

    for status in ["read", "delivered", "sent", "failed"] {
        scene.hears(&provider_id, status, None).await;
        scene.desk.run_jobs().await;
    }

    assert_eq!(scene.stage(id).await, Delivery::Read);
}

#[tokio::test]
async fn news_that_comes_before_the_answer_to_the_send_is_not_lost() {
    for has_key in [true, false] {
        let scene = Scene::new().await;
        let go_on = Arc::new(Notify::new());
        scene.graph.next(Answer::Waits(Arc::clone(&go_on)));
        let id = scene.sends("ola").await;
        let desk = Arc::clone(&scene.desk);
        let sending = tokio::spawn(async move { desk.run_jobs().await });
        scene.graph.is_asked().await;
        let (provider_id, _) = scene.graph.taken().remove(0);

        scene.hears(&provider_id, "delivered", has_key.then_some(id)).await;
        scene.desk.run_jobs().await;
        go_on.notify_one();
        sending.await.expect("the send ends");
        scene.passes(minutes(5)).await;

        assert_eq!(scene.stage(id).await, Delivery::Delivered, "with the key: {has_key}");
        assert_eq!(scene.graph.requests(), 1);
    }
}

#[tokio::test]
async fn news_of_somebody_elses_message_is_put_away_in_the_end() {
    let scene = Scene::new().await;

    scene.hears("wamid.OTHER=", "delivered", None).await;
    for _ in 0..12 {
        scene.passes(minutes(15)).await;
    }

    let trouble = trouble::list(&scene.desk.backend, &scene.priya).await.expect("an admin may look");
    assert!(trouble.jobs.is_empty() && trouble.webhooks.is_empty());
}

#[tokio::test]
async fn a_provider_that_is_down_gets_the_message_later_and_once() {
    let scene = Scene::new().await;
    scene.graph.next(Answer::IsDown);
    scene.graph.next(Answer::Refuses { status: 500, code: 2 });
    let id = scene.sends("ola").await;

    scene.desk.run_jobs().await;
    assert_eq!(scene.stage(id).await, Delivery::Waiting);
    scene.passes(minutes(15)).await;
    scene.passes(minutes(15)).await;

    assert_eq!(scene.stage(id).await, Delivery::Sent);
    assert_eq!(scene.graph.texts(), ["ola"]);
}

#[tokio::test]
async fn what_may_have_arrived_is_never_sent_again_by_itself() {
    let scene = Scene::new().await;
    scene.graph.next(Answer::HangsUp);
    let id = scene.sends("ola").await;

    scene.desk.run_jobs().await;
    scene.passes(hours(1)).await;
    assert_eq!(scene.stage(id).await, Delivery::Unconfirmed);
    assert_eq!(scene.graph.requests(), 1);

    scene.hears("wamid.LATE=", "delivered", Some(id)).await;
    scene.desk.run_jobs().await;
    assert_eq!(scene.stage(id).await, Delivery::Delivered);
}

#[tokio::test]
async fn a_process_that_died_while_it_sent_leaves_a_doubt_and_no_second_message() {
    let scene = Scene::new().await;
    scene.graph.next(Answer::Waits(Arc::new(Notify::new())));
    let id = scene.sends("ola").await;
    let desk = Arc::clone(&scene.desk);
    let dying = tokio::spawn(async move { desk.run_jobs().await });
    scene.graph.is_asked().await;
    dying.abort();

    scene.passes(minutes(1)).await;

    assert_eq!(scene.stage(id).await, Delivery::Unconfirmed);
    assert_eq!(scene.graph.requests(), 1);
}

#[tokio::test]
async fn an_expired_token_stops_the_channel_and_keeps_what_waits() {
    let scene = Scene::new().await;
    scene.graph.next(Answer::Refuses { status: 401, code: 190 });
    let (first, second) = (scene.sends("one").await, scene.sends("two").await);

    scene.desk.run_jobs().await;
    assert_eq!(scene.graph.requests(), 1);
    assert_eq!((scene.stage(first).await, scene.stage(second).await), (waits(Cause::Stopped), Delivery::Waiting));
    assert!(scene.last_error().await.is_some_and(|words| words.contains("access token")));

    scene.passes(minutes(2)).await;
    assert_eq!(scene.graph.texts(), ["one", "two"]);
    assert_eq!(scene.last_error().await, None);
}

#[tokio::test]
async fn too_much_for_one_customer_waits_as_long_as_the_provider_asked() {
    let scene = Scene::new().await;
    scene.graph.next(Answer::Limits { code: 131_056, retry_after: 30 });
    let id = scene.sends("ola").await;

    scene.desk.run_jobs().await;
    let until = Some(scene.desk.backend.now().plus(Duration::from_secs(30)));
    scene.passes(Duration::from_secs(29)).await;
    let delayed = Delivery::Delayed(Delay { cause: Cause::CustomerLimit, until });
    assert_eq!((scene.stage(id).await, scene.graph.requests()), (delayed, 1));
    scene.passes(Duration::from_secs(2)).await;

    assert_eq!((scene.stage(id).await, scene.graph.requests()), (Delivery::Sent, 2));
}

#[tokio::test]
async fn a_refusal_is_told_in_words_and_retry_sends_it_again() {
    let scene = Scene::new().await;
    scene.graph.next(Answer::Refuses { status: 400, code: 131_026 });
    let id = scene.sends("ola").await;
    scene.desk.run_jobs().await;
    let stage = scene.stage(id).await;
    assert!(matches!(&stage, Delivery::Failed { reason } if reason.contains("cannot be reached")), "{stage:?}");

    messages::retry(&scene.desk.backend, &scene.priya, scene.room.id, id).await.expect("a failed one may be retried");
    scene.desk.run_jobs().await;

    assert_eq!(scene.stage(id).await, Delivery::Sent);
    assert_eq!(scene.graph.texts(), ["ola"]);
}

#[tokio::test]
async fn a_window_that_closed_while_the_message_waited_fails_it_unsent() {
    let scene = Scene::new().await;
    scene.desk.later(Duration::from_secs(24 * 3_600 - 1));
    let id = scene.sends("just in time").await;
    scene.passes(Duration::from_secs(1)).await;

    let stage = scene.stage(id).await;
    assert!(matches!(&stage, Delivery::Failed { reason } if reason.contains("24-hour window")), "{stage:?}");
    assert_eq!(scene.graph.requests(), 0);
}

#[tokio::test]
async fn a_retry_begins_after_the_parts_that_went() {
    let scene = Scene::new().await;
    let choices = vec![Choice { id: "a".into(), title: "A".into() }];
    let content = Content::Choices { text: "word ".repeat(600), choices };
    let (id, author, delivery) = (new_id(), Author::Bot("Assistant".into()), Some(Delivery::Waiting));
    let said = Change::MessageAdded(Message::new(id, author, content, delivery));
    scene.desk.happens(scene.room.id, vec![said]).await;
    scene.graph.next(Answer::Takes);
    scene.graph.next(Answer::IsDown);

    scene.desk.run_jobs().await;
    scene.passes(minutes(15)).await;

    let kinds: Vec<_> = scene.graph.taken().iter().map(|(_, body)| body["type"].clone()).collect();
    assert_eq!(kinds, ["text", "interactive"]);
    assert_eq!(scene.graph.requests(), 3);
    assert_eq!(scene.stage(id).await, Delivery::Sent);
}

#[tokio::test]
async fn a_rooms_messages_leave_in_their_order() {
    let scene = Scene::new().await;
    scene.graph.next(Answer::IsDown);
    for text in ["one", "two", "three"] {
        scene.sends(text).await;
    }

    scene.desk.run_jobs().await;
    assert_eq!(scene.graph.requests(), 1);
    scene.passes(minutes(15)).await;

    assert_eq!(scene.graph.texts(), ["one", "two", "three"]);
}

#[tokio::test]
async fn a_rooms_messages_leave_in_their_order_whosever_clock_is_ahead() {
    let scene = Scene::new().await;
    scene.sends("one").await;
    scene.desk.waiting_work_is_of_a_clock_ahead().await;
    scene.sends("two").await;

    scene.desk.run_jobs().await;

    assert_eq!(scene.graph.texts(), ["one", "two"]);
}

#[tokio::test]
async fn what_was_given_up_is_told_in_the_room_and_an_admin_may_have_it_tried_again() {
    let scene = Scene::new().await;
    let id = scene.sends("ola").await;
    for _ in 0..10 {
        scene.graph.next(Answer::IsDown);
        scene.passes(minutes(15)).await;
    }
    assert!(matches!(scene.stage(id).await, Delivery::Failed { .. }));
    let says_why = |event: &Event| {
        let delivery = match &event.change {
            Change::DeliveryChanged { delivery, .. } => Some(delivery),
            _ => None,
        };
        matches!(delivery, Some(Delivery::Delayed(Delay { cause: Cause::Outage, until: Some(until) })) if *until > event.at)
    };
    assert!(scene.desk.told().await.iter().any(says_why));
    let given_up = trouble::list(&scene.desk.backend, &scene.priya).await.expect("an admin may look").jobs;
    assert_eq!((given_up.len(), given_up[0].room, given_up[0].attempts), (1, Some(scene.room.id), 10));

    trouble::retry_job(&scene.desk.backend, &scene.priya, given_up[0].id).await.expect("it was given up");
    scene.desk.run_jobs().await;

    assert_eq!(scene.stage(id).await, Delivery::Sent);
    assert_eq!(scene.graph.texts(), ["ola"]);
}

#[tokio::test]
async fn a_paused_channel_sends_nothing_until_it_goes_on() {
    let scene = Scene::new().await;
    let pause = |paused| channels::set_paused(&scene.desk.backend, &scene.priya, scene.room.channel, paused);
    pause(true).await.expect("an admin may");
    let id = scene.sends("ola").await;
    scene.desk.run_jobs().await;
    assert_eq!((scene.stage(id).await, scene.graph.requests()), (waits(Cause::Paused), 0));

    pause(false).await.expect("an admin may");
    scene.desk.run_jobs().await;

    assert_eq!(scene.stage(id).await, Delivery::Sent);
}

#[tokio::test]
async fn what_waits_leaves_as_soon_as_an_admin_has_mended_the_channel() {
    let scene = Scene::new().await;
    for is_renewed in [true, false] {
        scene.graph.next(Answer::Refuses { status: 401, code: 190 });
        let id = scene.sends("ola").await;
        scene.desk.run_jobs().await;
        let asked = scene.graph.requests();
        scene.desk.run_jobs().await;
        assert_eq!((scene.stage(id).await, scene.graph.requests()), (waits(Cause::Stopped), asked));

        let (backend, channel) = (&scene.desk.backend, scene.room.channel);
        if is_renewed {
            let token = r#"{"access_token":"EAAnew"}"#;
            channels::change_settings(backend, &scene.priya, channel, token).await.expect("an admin may");
        } else {
            channels::test(backend, &scene.priya, channel).await.expect("the provider knows us");
        }
        scene.desk.run_jobs().await;

        assert_eq!(scene.stage(id).await, Delivery::Sent);
    }
}

#[tokio::test]
async fn a_wait_that_the_provider_asked_for_is_kept_whatever_an_admin_changes() {
    let scene = Scene::new().await;
    scene.graph.next(Answer::Limits { code: 130_429, retry_after: 30 });
    let id = scene.sends("ola").await;
    scene.desk.run_jobs().await;
    let stage = scene.stage(id).await;

    let token = r#"{"access_token":"EAAnew"}"#;
    let changed = channels::change_settings(&scene.desk.backend, &scene.priya, scene.room.channel, token).await;
    changed.expect("an admin may");
    scene.desk.run_jobs().await;
    assert!(matches!(&stage, Delivery::Delayed(Delay { cause: Cause::Limit, .. })), "{stage:?}");
    assert_eq!((scene.stage(id).await, scene.graph.requests()), (stage, 1));

    scene.passes(Duration::from_secs(31)).await;
    assert_eq!(scene.stage(id).await, Delivery::Sent);
}

#[tokio::test]
async fn a_private_note_never_leaves() {
    let scene = Scene::new().await;
    let note = "a difficult one".to_owned();
    messages::add_note(&scene.desk.backend, &scene.priya, scene.room.id, new_id(), note).await.expect("may note");

    scene.passes(minutes(15)).await;

    assert_eq!(scene.graph.requests(), 0);
}
