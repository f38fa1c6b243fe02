//! What a provider lets a channel send: counted before it is sent, waited for, and known after a restart.

use std::time::Duration;

use backend::test_desk::TestDesk;
use backend::{messages, new_id, rooms};
use domain::channel::{Allowance, Channel};
use domain::delivery::{Cause, Delay, Delivery};
use domain::id::MessageId;
use domain::person::Person;
use domain::room::Room;
use domain::timestamp::minutes;

use crate::graph::{Answer, Graph};
use crate::transcript::delivery;

/// Two rooms on X that Priya, an admin, has entered.
struct Scene {
    desk: TestDesk,
    graph: Graph,
    priya: Person,
    channel: Channel,
    rooms: [Room; 2],
}

impl Scene {
    async fn new() -> Self {
        let (desk, graph) = (TestDesk::new().await, Graph::start().await);
        let priya = desk.admin("priya").await;
        let channel = graph.x_channel(&desk).await;
        let mut entered = Vec::new();
        for (name, id) in [("Ana", "111"), ("Bia", "112")] {
            let room = desk.room_of_known(&channel, name, id).await;
            entered.push(rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter"));
        }
        let rooms = entered.try_into().expect("two rooms");
        Self { desk, graph, priya, channel, rooms }
    }

    async fn sends(&self, room: usize, text: &str) -> MessageId {
        let id = new_id();
        let room = self.rooms[room].id;
        messages::send(&self.desk.backend, &self.priya, room, id, text.into()).await.expect("may be sent");
        id
    }

    async fn stage(&self, room: usize, id: MessageId) -> Delivery {
        delivery(&self.desk, &self.rooms[room], id).await
    }

    async fn passes(&self, span: Duration) {
        self.desk.later(span);
        self.desk.run_jobs().await;
    }

    fn allowance(&self) -> Allowance {
        self.desk.backend.directory().channels[&self.channel.id].allowance(self.desk.backend.now())
    }
}

fn waits_until(until: domain::timestamp::Timestamp) -> Delivery {
    Delivery::Delayed(Delay { cause: Cause::Limit, until: Some(until) })
}

#[tokio::test]
async fn the_sixteenth_message_in_a_quarter_of_an_hour_waits_unasked_until_it_is_over() {
    let mut scene = Scene::new().await;
    let until = scene.desk.backend.now().plus(minutes(15));
    for number in 0..15 {
        scene.sends(number % 2, "hello").await;
    }
    scene.desk.run_jobs().await;
    assert_eq!((scene.graph.requests(), scene.allowance()), (15, Allowance::UsedUp { until }));

    let last = scene.sends(0, "one more").await;
    scene.desk.run_jobs().await;
    scene.desk.restart().await;
    let other = scene.sends(1, "and another").await;
    scene.passes(minutes(14)).await;
    assert_eq!((scene.stage(0, last).await, scene.stage(1, other).await), (waits_until(until), waits_until(until)));
    assert_eq!(scene.graph.requests(), 15);

    scene.passes(minutes(1)).await;
    assert_eq!((scene.stage(0, last).await, scene.stage(1, other).await), (Delivery::Sent, Delivery::Sent));
    assert_eq!((scene.graph.requests(), scene.allowance()), (17, Allowance::Plenty));
}

#[tokio::test]
async fn a_wait_that_the_provider_asked_for_holds_every_room_of_the_channel_and_outlasts_a_restart() {
    let mut scene = Scene::new().await;
    let elsewhere = scene.graph.channel(&scene.desk, None).await;
    scene.graph.next(Answer::Limits { code: 88, retry_after: 600 });
    let until = scene.desk.backend.now().plus(minutes(10));
    let first = scene.sends(0, "hello").await;
    scene.desk.run_jobs().await;
    assert_eq!((scene.stage(0, first).await, scene.graph.requests()), (waits_until(until), 1));

    scene.desk.restart().await;
    let second = scene.sends(1, "hello").await;
    scene.desk.run_jobs().await;
    assert_eq!((scene.stage(1, second).await, scene.graph.requests()), (waits_until(until), 1));
    let room = scene.desk.room_of_known(&elsewhere, "Caio", "+5511900000003").await;
    let room = rooms::enter(&scene.desk.backend, &scene.priya, room.id).await.expect("an admin may enter");
    let id = new_id();
    messages::send(&scene.desk.backend, &scene.priya, room.id, id, "oi".into()).await.expect("may be sent");
    scene.desk.run_jobs().await;
    assert_eq!(delivery(&scene.desk, &room, id).await, Delivery::Sent);

    scene.passes(minutes(10)).await;
    assert_eq!((scene.stage(0, first).await, scene.stage(1, second).await), (Delivery::Sent, Delivery::Sent));
}

#[tokio::test]
async fn what_x_says_is_left_counts_where_somebody_else_sends_through_the_account() {
    let scene = Scene::new().await;
    scene.graph.next(Answer::Leaves(14));
    scene.sends(0, "hello").await;
    scene.desk.run_jobs().await;
    assert_eq!(scene.allowance(), Allowance::Plenty);

    scene.graph.next(Answer::Leaves(0));
    scene.sends(0, "hello again").await;
    scene.desk.run_jobs().await;
    let until = scene.desk.backend.now().plus(minutes(10));
    assert_eq!(scene.allowance(), Allowance::UsedUp { until });
    let third = scene.sends(1, "and again").await;
    scene.desk.run_jobs().await;
    assert_eq!((scene.graph.requests(), scene.stage(1, third).await), (2, waits_until(until)));

    scene.passes(minutes(10)).await;
    assert_eq!((scene.stage(1, third).await, scene.allowance()), (Delivery::Sent, Allowance::Plenty));
}
