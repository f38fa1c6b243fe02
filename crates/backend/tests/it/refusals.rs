//! A provider's refusal reaches as far as it is meant, and no further.

use backend::test_desk::TestDesk;
use backend::{channels, messages, new_id, rooms};
use domain::delivery::Delivery;
use domain::id::MessageId;
use domain::person::Person;
use domain::room::Room;

use crate::graph::{Answer, Graph};
use crate::transcript::delivery;

/// Two customers on WhatsApp, in rooms that Priya, an admin, has entered.
struct Scene {
    desk: TestDesk,
    graph: Graph,
    priya: Person,
    rooms: [Room; 2],
}

impl Scene {
    async fn new() -> Self {
        let (desk, graph) = (TestDesk::new().await, Graph::start().await);
        let channel = graph.channel(&desk, None).await;
        let priya = desk.admin("priya").await;
        let ana = desk.room_of_known(&channel, "Ana", "5511900000001").await;
        let bia = desk.room_of_known(&channel, "Bia", "5511900000002").await;
        for room in [&ana, &bia] {
            rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
        }
        Self { desk, graph, priya, rooms: [ana, bia] }
    }

    async fn sends(&self, which: usize) -> MessageId {
        let id = new_id();
        let sent = messages::send(&self.desk.backend, &self.priya, self.rooms[which].id, id, "ola".into()).await;
        sent.expect("may be sent");
        self.desk.run_jobs().await;
        id
    }

    async fn stage(&self, which: usize, id: MessageId) -> Delivery {
        delivery(&self.desk, &self.rooms[which], id).await
    }

    async fn last_error(&self) -> Option<String> {
        channels::list(&self.desk.backend, &self.priya).await.expect("an admin may look")[0].last_error.clone()
    }
}

#[tokio::test]
async fn a_refusal_that_is_about_one_message_holds_up_no_other_room() {
    // A country that the account may not write to, a sort of message that it may not send.
    for code in [130_497, 131_005, 10] {
        let scene = Scene::new().await;
        scene.graph.next(Answer::Refuses { status: 403, code });

        let refused = scene.sends(0).await;
        let stage = scene.stage(0, refused).await;
        assert!(matches!(&stage, Delivery::Failed { reason } if reason.contains(&format!("({code})"))), "{stage:?}");
        assert!(scene.last_error().await.is_some_and(|words| words.contains("admin")), "an admin is told");

        let other = scene.sends(1).await;
        assert_eq!(scene.stage(1, other).await, Delivery::Sent, "{code}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_account_itself_stops_the_channel_and_fails_nothing() {
    for (status, code) in [(401, 190), (403, 131_031), (403, 368)] {
        let scene = Scene::new().await;
        scene.graph.next(Answer::Refuses { status, code });

        let (first, second) = (scene.sends(0).await, scene.sends(1).await);

        for (which, id) in [(0, first), (1, second)] {
            let stage = scene.stage(which, id).await;
            assert!(matches!(stage, Delivery::Delayed(_)), "{code}: {stage:?}");
        }
        assert_eq!(scene.graph.requests(), 1);
    }
}
