//! Customers who are blocked: nothing of theirs comes in, nothing of ours goes out, and unblocking brings both back.

use backend::test_desk::{PHONE, TestDesk, USER_ID, next_id, whatsapp_delivery, whatsapp_message};
use backend::{Error, messages, new_id, rooms};
use domain::change::{Actor, Change};
use domain::delivery::Delivery;
use domain::message::What;
use domain::person::Person;
use domain::policy::UNDO;
use domain::refused::Refused;
use domain::room::{Room, Status};
use serde_json::{Value, json};

use crate::graph::Graph;
use crate::transcript::{close, delivery, live_rooms, observer, only_room, said, words};

/// Ana wrote "one" on WhatsApp; Priya holds the room.
async fn held() -> (TestDesk, Graph, Person, Room) {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    graph.channel(&desk, None).await;
    let priya = desk.admin("priya").await;
    desk.whatsapp_customer_writes("one").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    (desk, graph, priya, room)
}

async fn block(desk: &TestDesk, me: &Person, room: &Room) -> Room {
    rooms::block(&desk.backend, me, room.id).await.expect("they may block")
}

async fn unblock(desk: &TestDesk, me: &Person, room: &Room) -> Room {
    rooms::unblock(&desk.backend, me, room.id).await.expect("they may unblock")
}

/// Whether the customer's own row says that they are blocked.
async fn row_says_blocked(desk: &TestDesk, room: &Room) -> bool {
    rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it").customer.blocked
}

#[tokio::test]
async fn a_block_is_in_the_room_the_customers_row_and_a_line_and_everybody_is_told() {
    let (desk, _graph, priya, room) = held().await;

    let blocked = block(&desk, &priya, &room).await;

    let change = Change::CustomerBlocked { by: Actor::Person(priya.id) };
    assert!(blocked.blocked && row_says_blocked(&desk, &room).await);
    assert_eq!(desk.find_room(room.id).await, blocked);
    assert_eq!(desk.told().await.last().map(|event| event.change.clone()), Some(change.clone()));
    assert_eq!(words(&desk, &room).await.last().map(|entry| entry.what.clone()), Some(What::Line(Box::new(change))));

    let open = unblock(&desk, &priya, &room).await;
    assert!(!open.blocked && !row_says_blocked(&desk, &room).await);
    assert_eq!(desk.find_room(room.id).await, open);
}

#[tokio::test]
async fn whatever_a_blocked_customer_does_is_answered_with_200_and_leaves_nothing() {
    let (desk, _graph, priya, room) = held().await;
    desk.run_jobs().await;
    let blocked = block(&desk, &priya, &room).await;
    let told = desk.told().await.len();
    let sign = json!({ "type": "reaction", "reaction": { "message_id": "wamid.X=", "emoji": "👍" } });
    let text = json!({ "type": "text", "text": { "body": "let me in" } });
    let mut renamed = whatsapp_message(&next_id("wamid.B"), &text);
    renamed["entry"][0]["changes"][0]["value"]["contacts"][0]["profile"]["name"] = "BUY NOW".into();

    for delivery in
        [whatsapp_message(&next_id("wamid.B"), &text), whatsapp_message(&next_id("wamid.B"), &sign), renamed]
    {
        assert_eq!(desk.whatsapp_delivers(&delivery).await.expect("signed").status, 200);
        desk.run_jobs().await;
    }

    assert_eq!(desk.find_room(room.id).await, blocked);
    assert_eq!(desk.told().await.len(), told);
    assert_eq!(said(&desk, &room).await, ["customer: one"]);
}

#[tokio::test]
async fn unblocking_lets_new_words_in_and_what_came_meanwhile_stays_dropped() {
    let (desk, _graph, priya, room) = held().await;
    block(&desk, &priya, &room).await;
    desk.whatsapp_customer_writes("two").await;
    desk.run_jobs().await;
    unblock(&desk, &priya, &room).await;
    desk.run_jobs().await;
    desk.whatsapp_customer_writes("three").await;
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await, ["customer: one", "customer: three"]);
    let id = new_id();
    messages::send(&desk.backend, &priya, room.id, id, "hello".into()).await.expect("they may be answered again");
}

#[tokio::test]
async fn a_reply_to_a_blocked_customer_is_refused_and_one_on_its_way_does_not_leave() {
    let (desk, graph, priya, room) = held().await;
    let waiting = new_id();
    messages::send(&desk.backend, &priya, room.id, waiting, "on its way".into()).await.expect("may be sent");
    block(&desk, &priya, &room).await;
    desk.run_jobs().await;

    let refused = messages::send(&desk.backend, &priya, room.id, new_id(), "and this".into()).await;
    let again = messages::retry(&desk.backend, &priya, room.id, waiting).await;

    assert!(matches!(refused, Err(Error::Refused(Refused::Blocked))), "{refused:?}");
    assert!(matches!(again, Err(Error::Refused(Refused::Blocked))), "{again:?}");
    assert_eq!(graph.texts(), Vec::<String>::new());
    let reason = "The customer is blocked: nothing is sent to them until somebody unblocks them.";
    assert_eq!(delivery(&desk, &room, waiting).await, Delivery::Failed { reason: reason.into() });

    unblock(&desk, &priya, &room).await;
    messages::retry(&desk.backend, &priya, room.id, waiting).await.expect("it may leave now");
    desk.run_jobs().await;
    assert_eq!(graph.texts(), ["on its way"]);
}

#[tokio::test]
async fn the_bot_drops_its_turn_and_answers_again_once_the_customer_is_let_in() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = block(&desk, &priya, &only_room(&desk).await).await;
    desk.run_jobs().await;
    assert_eq!(said(&desk, &room).await, ["customer: hello"]);
    assert!(desk.find_room(room.id).await.is_with_bot(), "it stays where it is");

    unblock(&desk, &priya, &room).await;
    desk.run_jobs().await;
    assert_eq!(said(&desk, &room).await, ["customer: hello"]);
    desk.customer_writes("are you there?").await;
    desk.run_jobs().await;
    assert!(said(&desk, &room).await[2..].iter().all(|line| line.starts_with("bot: ")));
    assert!(said(&desk, &room).await.len() > 2);
}

#[tokio::test]
async fn a_feedback_message_that_was_to_leave_does_not() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("thanks").await;
    let room = close(&desk, &priya, only_room(&desk).await.id, Status::Resolve, true).await;

    block(&desk, &priya, &room).await;
    desk.later(UNDO);
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await, ["customer: thanks"]);
}

#[tokio::test]
async fn nobody_is_given_a_blocked_room_before_it_is_unblocked() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let console = desk.comes_online(&maria).await;
    desk.customer_writes("buy now").await;
    let room = block(&desk, &priya, &only_room(&desk).await).await;
    desk.run_jobs().await;
    assert!(desk.find_room(room.id).await.is_queued());

    unblock(&desk, &priya, &room).await;
    desk.run_jobs().await;

    assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
    drop(console);
}

#[tokio::test]
async fn whoever_turns_out_to_be_one_who_is_blocked_is_blocked_and_their_room_says_so() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let from = |who: Value| {
        let mut message =
            json!({ "id": next_id("wamid.M"), "timestamp": "1795348800", "type": "text", "text": { "body": "hi" } });
        message.as_object_mut().expect("an object").extend(who.as_object().expect("an object").clone());
        whatsapp_delivery(&json!({ "messages": [message] }))
    };
    let hears = async |who: Value| {
        desk.whatsapp_delivers(&from(who)).await.expect("signed");
        desk.run_jobs().await;
    };
    hears(json!({ "from": PHONE })).await;
    let first = only_room(&desk).await;
    hears(json!({ "from_user_id": USER_ID })).await;
    let second = live_rooms(&desk).await.into_iter().find(|room| room.id != first.id).expect("a second customer");
    desk.block(second.customer).await;

    hears(json!({ "from": PHONE, "from_user_id": USER_ID })).await;

    assert!(desk.find_room(first.id).await.blocked && row_says_blocked(&desk, &first).await);
    assert_eq!(said(&desk, &first).await, ["customer: hi"]);
}

#[tokio::test]
async fn who_may_not_see_a_room_blocks_nobody_in_it() {
    let (desk, _graph, priya, room) = held().await;
    let stranger = desk.person("sam", domain::person::Role::Agent, vec![]).await;

    for answer in [
        rooms::block(&desk.backend, &stranger, room.id).await,
        rooms::unblock(&desk.backend, &stranger, room.id).await,
        rooms::block(&desk.backend, &priya, new_id()).await,
    ] {
        assert!(matches!(answer, Err(Error::Refused(Refused::NotFound))), "{answer:?}");
    }
    assert!(!desk.find_room(room.id).await.blocked);
}
