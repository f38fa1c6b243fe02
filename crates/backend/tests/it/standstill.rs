//! A channel that stands still for days, because an admin paused it or has to mend it: what waits for it is kept.

use std::time::Duration;

use backend::test_desk::TestDesk;
use backend::{channels, messages, new_id, rooms};
use domain::delivery::{Cause, Delay, Delivery};
use domain::id::MessageId;
use domain::person::Person;
use domain::room::Room;
use domain::timestamp::{hours, minutes};

use crate::graph::{Answer, Graph};
use crate::transcript::delivery;

/// A room on X, which has no window, that Priya, an admin, has entered.
struct Scene {
    desk: TestDesk,
    graph: Graph,
    priya: Person,
    room: Room,
}

impl Scene {
    async fn new() -> Self {
        let (desk, graph) = (TestDesk::new().await, Graph::start().await);
        let priya = desk.admin("priya").await;
        let channel = graph.x_channel(&desk).await;
        let room = desk.room_of_known(&channel, "Ana", "111").await;
        let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
        Self { desk, graph, priya, room }
    }

    async fn sends(&self, text: &str) -> MessageId {
        let id = new_id();
        messages::send(&self.desk.backend, &self.priya, self.room.id, id, text.into()).await.expect("may be sent");
        id
    }

    async fn pauses(&self, paused: bool) {
        channels::set_paused(&self.desk.backend, &self.priya, self.room.channel, paused).await.expect("an admin may");
    }

    async fn passes(&self, span: Duration) {
        self.desk.later(span);
        self.desk.run_jobs().await;
    }

    async fn stage(&self, id: MessageId) -> Delivery {
        delivery(&self.desk, &self.room, id).await
    }
}

const fn waits(cause: Cause) -> Delivery {
    Delivery::Delayed(Delay { cause, until: None })
}

#[tokio::test]
async fn what_waits_for_a_paused_channel_is_kept_for_days_and_has_its_whole_time_again_after() {
    let scene = Scene::new().await;
    scene.pauses(true).await;
    let id = scene.sends("hello").await;
    scene.desk.run_jobs().await;
    for _ in 0..3 {
        scene.passes(hours(25)).await;
        assert_eq!(scene.stage(id).await, waits(Cause::Paused));
    }

    scene.graph.next(Answer::IsDown);
    scene.pauses(false).await;
    scene.desk.run_jobs().await;
    let stage = scene.stage(id).await;
    assert!(matches!(&stage, Delivery::Delayed(_)), "one failure is not the end: {stage:?}");

    scene.passes(minutes(15)).await;
    assert_eq!((scene.stage(id).await, scene.graph.requests()), (Delivery::Sent, 2));
}

#[tokio::test]
async fn what_waits_for_a_stopped_channel_is_kept_for_days() {
    let scene = Scene::new().await;
    let id = scene.sends("hello").await;
    for span in [minutes(0), hours(25), hours(25)] {
        scene.graph.next(Answer::Refuses { status: 401, code: 0 });
        scene.passes(span).await;
        assert_eq!(scene.stage(id).await, waits(Cause::Stopped));
    }

    scene.passes(minutes(2)).await;
    assert_eq!(scene.stage(id).await, Delivery::Sent);
}

#[tokio::test]
async fn a_channel_that_goes_on_wakes_what_waits_for_it_and_nothing_of_another() {
    let scene = Scene::new().await;
    let elsewhere = scene.graph.channel(&scene.desk, None).await;
    let other = scene.desk.room_of_known(&elsewhere, "Caio", "+5511900000003").await;
    let other = rooms::enter(&scene.desk.backend, &scene.priya, other.id).await.expect("an admin may enter");
    let theirs = new_id();
    messages::send(&scene.desk.backend, &scene.priya, other.id, theirs, "oi".into()).await.expect("may be sent");
    scene.graph.next(Answer::IsDown);
    scene.desk.run_jobs().await;
    scene.pauses(true).await;
    let ours = scene.sends("hello").await;
    scene.desk.run_jobs().await;

    scene.pauses(false).await;
    scene.desk.run_jobs().await;

    assert_eq!(scene.stage(ours).await, Delivery::Sent);
    let stage = delivery(&scene.desk, &other, theirs).await;
    assert!(!matches!(stage, Delivery::Sent), "{stage:?}");
}
