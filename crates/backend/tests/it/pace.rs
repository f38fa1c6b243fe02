//! How fast messages follow each other to one customer: no faster than their provider wants, which is not asked first.

use std::time::Duration;

use backend::test_desk::TestDesk;
use backend::{messages, new_id, rooms};
use domain::channel::ChannelKind;
use domain::delivery::{Cause, Delay, Delivery};
use domain::id::MessageId;
use domain::person::Person;
use domain::room::Room;
use serde_json::json;

use crate::graph::{Answer, Graph};
use crate::telegram;
use crate::transcript::delivery;

async fn sends(desk: &TestDesk, me: &Person, room: &Room) -> MessageId {
    let id = new_id();
    messages::send(&desk.backend, me, room.id, id, "olá".into()).await.expect("she holds the room");
    id
}

#[tokio::test]
async fn what_would_be_too_fast_for_one_customer_waits_unasked_and_holds_up_nobody_else() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    let priya = desk.admin("priya").await;
    let channel = graph.channel(&desk, None).await;
    let mut held = Vec::new();
    for (name, phone) in [("Ana", "5511900000001"), ("Bia", "5511900000002")] {
        let room = desk.room_of_known(&channel, name, phone).await;
        held.push(rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter"));
    }
    for _ in 0..45 {
        sends(&desk, &priya, &held[0]).await;
    }
    let (one_more, last) = (sends(&desk, &priya, &held[0]).await, sends(&desk, &priya, &held[0]).await);
    let other = sends(&desk, &priya, &held[1]).await;
    desk.run_jobs().await;

    let until = Some(desk.backend.now().plus(Duration::from_secs(6)));
    let stage = async |id| delivery(&desk, &held[0], id).await;
    assert_eq!(stage(one_more).await, Delivery::Delayed(Delay { cause: Cause::CustomerLimit, until }));
    assert_eq!((stage(last).await, graph.requests()), (Delivery::Waiting, 46));
    assert_eq!(delivery(&desk, &held[1], other).await, Delivery::Sent);

    desk.later(Duration::from_secs(6));
    desk.run_jobs().await;
    assert_eq!((stage(one_more).await, graph.requests()), (Delivery::Sent, 47));
    desk.later(Duration::from_secs(6));
    desk.run_jobs().await;
    assert_eq!((stage(last).await, graph.requests()), (Delivery::Sent, 48));
}

#[tokio::test]
async fn a_group_of_which_telegram_has_too_much_holds_up_nobody_else() {
    let (desk, telegram) = telegram::stage().await;
    let priya = desk.admin("priya").await;
    let channel = desk.channel_of(ChannelKind::Telegram);
    let mut held = Vec::new();
    for (name, id) in [("Neighbours", "-1001987654321"), ("Ana", "5000000077")] {
        let room = desk.room_of_known(&channel, name, id).await;
        held.push(rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter"));
    }
    telegram.answers(json!({ "ok": true, "result": { "message_id": 18 } }));
    telegram.refuses(429);
    let to_group = sends(&desk, &priya, &held[0]).await;
    desk.run_jobs().await;

    let to_ana = sends(&desk, &priya, &held[1]).await;
    desk.run_jobs().await;

    assert_eq!(delivery(&desk, &held[1], to_ana).await, Delivery::Sent);
    let waiting = delivery(&desk, &held[0], to_group).await;
    assert!(matches!(waiting, Delivery::Delayed(Delay { cause: Cause::CustomerLimit, .. })), "{waiting:?}");
    desk.later(Duration::from_secs(6));
    desk.run_jobs().await;
    assert_eq!(delivery(&desk, &held[0], to_group).await, Delivery::Sent);
}

#[tokio::test]
async fn a_message_at_which_meta_fails_is_tried_three_times_and_then_says_why() {
    for (answers, sent) in [(2, true), (4, false)] {
        let (desk, graph) = (TestDesk::new().await, Graph::start().await);
        let priya = desk.admin("priya").await;
        let channel = graph.channel(&desk, None).await;
        let room = desk.room_of_known(&channel, "Ana", "5511900000001").await;
        let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
        for _ in 0..answers {
            graph.next(Answer::Refuses { status: 500, code: 2 });
        }

        let message = sends(&desk, &priya, &room).await;
        desk.run_jobs().await;
        let until = Some(desk.backend.now().plus(Duration::from_secs(10)));
        let delayed = Delivery::Delayed(Delay { cause: Cause::Outage, until });
        assert_eq!((delivery(&desk, &room, message).await, graph.requests()), (delayed, 1));
        for pause in [10, 60, 600] {
            desk.later(Duration::from_secs(pause));
            desk.run_jobs().await;
        }

        let stage = delivery(&desk, &room, message).await;
        assert_eq!(graph.requests(), 3, "{stage:?}");
        match stage {
            Delivery::Sent => assert!(sent),
            Delivery::Failed { reason } => {
                assert!(!sent && reason.starts_with("The provider failed at this message. Meta says: "), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
}
