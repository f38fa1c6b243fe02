//! What a visitor writes in the web chat: once, within limits, and followed.

use std::time::Duration;

use backend::inbound::{self, Said, VisitorMessage};
use backend::test_desk::TestDesk;
use backend::{Error, channels, messages, new_id, rooms};
use domain::delivery::Delivery;
use domain::message::What;
use domain::refused::Refused;

use crate::transcript::{delivery, only_room, said};

fn text(text: &str) -> Said {
    Said::Text(text.into())
}

#[tokio::test]
async fn the_same_words_with_the_same_id_are_one_message_and_other_words_are_refused() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let ana = desk.visitor("Ana").await;
    let message = VisitorMessage { id: new_id(), reply_to: None, said: text(" hello ") };

    let first = inbound::visitor_writes(&desk.backend, &ana, message.clone()).await.expect("may write");
    let again = inbound::visitor_writes(&desk.backend, &ana, message.clone()).await.expect("is the same");
    let other = VisitorMessage { said: text("goodbye"), ..message.clone() };
    let refused = inbound::visitor_writes(&desk.backend, &ana, other).await;
    let bia = desk.visitor("Bia").await;
    let foreign = inbound::visitor_writes(&desk.backend, &bia, message).await;

    assert_eq!(first, again);
    assert!(matches!(refused, Err(Error::Refused(Refused::SentDifferently))));
    assert!(matches!(foreign, Err(Error::Refused(Refused::SentDifferently))));
    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: hello"]);
}

#[tokio::test]
async fn a_visitors_answer_names_a_message_of_their_own_chat_and_no_other() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (ana, bia) = (desk.visitor("Ana").await, desk.visitor("Bia").await);
    let first = desk.visitor_says(&ana, text("hello")).await.expect("may write").what.message_id();
    let answer = VisitorMessage { id: new_id(), reply_to: first, said: text("anyone?") };
    let says = async |visitor, message| inbound::visitor_writes(&desk.backend, visitor, message).await;

    let said = says(&ana, answer.clone()).await.expect("may write");
    let again = says(&ana, answer.clone()).await.expect("is the same");
    let of_nothing = says(&ana, VisitorMessage { reply_to: None, ..answer.clone() }).await;
    let foreign = says(&bia, VisitorMessage { id: new_id(), ..answer.clone() }).await;
    let made_up = says(&ana, VisitorMessage { id: new_id(), reply_to: Some(new_id()), ..answer }).await;

    assert_eq!(said, again);
    assert!(matches!(&said.what, What::Message(message) if message.answers() == first), "{said:?}");
    assert!(matches!(of_nothing, Err(Error::Refused(Refused::SentDifferently))));
    for refused in [foreign, made_up] {
        let words = refused.expect_err("must be refused").to_string();
        assert_eq!(words, "The answer must be to a message of this chat.");
    }
    assert!(inbound::visitor_room(&desk.backend, &bia).await.expect("can be read").is_none(), "nothing began");
}

#[tokio::test]
async fn a_private_note_cannot_be_answered_by_the_visitor() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let ana = desk.visitor("Ana").await;
    desk.visitor_says(&ana, text("hello")).await.expect("may write");
    let room = desk.room_of(&ana).await;
    let note = new_id();
    messages::add_note(&desk.backend, &priya, room.id, note, "a difficult one".into()).await.expect("may note");

    let answer = VisitorMessage { id: new_id(), reply_to: Some(note), said: text("what?") };
    let refused = inbound::visitor_writes(&desk.backend, &ana, answer).await.expect_err("must be refused");

    assert_eq!(refused.to_string(), "The answer must be to a message of this chat.");
}

#[tokio::test]
async fn what_is_answered_is_found_also_where_it_stands_long_before() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let ana = desk.visitor("Ana").await;
    let first = desk.visitor_says(&ana, text("is it open?")).await.expect("may write");
    let answer = VisitorMessage { id: new_id(), reply_to: first.what.message_id(), said: text("well?") };
    let answer = inbound::visitor_writes(&desk.backend, &ana, answer).await.expect("may write");

    let alone = inbound::visitor_answered(&desk.backend, std::slice::from_ref(&answer)).await.expect("can be read");
    let together = inbound::visitor_answered(&desk.backend, &[first.clone(), answer]).await.expect("can be read");

    assert_eq!(alone.values().collect::<Vec<_>>(), [&first]);
    assert_eq!(alone, together);
}

#[tokio::test]
async fn a_paused_channel_refuses_a_visitors_words_and_says_them_once_when_they_come_again() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let ana = desk.visitor("Ana").await;
    let says = |id, text: &str| {
        let message = VisitorMessage { id, reply_to: None, said: Said::Text(text.into()) };
        inbound::visitor_writes(&desk.backend, &ana, message)
    };
    let (before, after) = (new_id(), new_id());
    says(before, "hello").await.expect("the chat is open");
    channels::set_paused(&desk.backend, &priya, channel.id, true).await.expect("an admin may");

    let refused = says(after, "are you there?").await.expect_err("must be refused").to_string();
    assert_eq!(refused, "The chat is closed at the moment.");
    assert!(says(before, "hello").await.is_ok(), "what was taken stays taken");
    channels::set_paused(&desk.backend, &priya, channel.id, false).await.expect("an admin may");
    says(after, "are you there?").await.expect("the chat is open");

    let room = desk.room_of(&ana).await;
    assert_eq!(said(&desk, &room).await, ["customer: hello", "customer: are you there?"]);
}

#[tokio::test]
async fn words_over_the_limit_are_refused_and_leave_nothing() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let ana = desk.visitor("Ana").await;

    let long = desk.visitor_says(&ana, text(&"x".repeat(10_001))).await;
    let empty = desk.visitor_says(&ana, text(" \n ")).await;

    assert!(matches!(long, Err(Error::Refused(Refused::TooLong { max: 10_000, .. }))));
    assert!(matches!(empty, Err(Error::Refused(Refused::Empty { .. }))));
    assert_eq!(inbound::visitor_room(&desk.backend, &ana).await.expect("rooms can be read"), None);
}

#[tokio::test]
async fn what_a_visitor_received_and_read_is_shown_to_the_agent() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    let (first, second) = (new_id(), new_id());
    let send = |id, text: &str| messages::send(&desk.backend, &priya, room.id, id, text.into());
    let position = send(first, "one").await.expect("may send").position;
    send(second, "two").await.expect("may send");
    let ana = desk.visitor("Ana").await;
    assert_eq!(delivery(&desk, &room, first).await, Delivery::Sent);

    inbound::visitor_reads(&desk.backend, &ana, position).await.expect("is saved");
    inbound::visitor_receives(&desk.backend, &ana, position + 1).await.expect("is saved");

    assert_eq!(delivery(&desk, &room, first).await, Delivery::Read);
    assert_eq!(delivery(&desk, &room, second).await, Delivery::Delivered);
}

#[tokio::test]
async fn a_visitor_sees_everything_but_private_notes() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    for number in 0..4 {
        let note = format!("note {number}");
        messages::add_note(&desk.backend, &priya, room.id, new_id(), note).await.expect("may note");
    }
    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    messages::send(&desk.backend, &priya, room.id, new_id(), "hi".into()).await.expect("may send");
    let ana = desk.visitor("Ana").await;

    // Pages of two: a page of nothing but notes is not the end.
    let mut after = 0;
    let mut seen = Vec::new();
    loop {
        let page = inbound::visitor_entries_after(&desk.backend, &ana, after, 2).await.expect("can be read");
        let Some(last) = page.last() else { break };
        after = last.position;
        seen.extend(page);
    }
    let newest = inbound::visitor_entries_before(&desk.backend, &ana, u32::MAX, 2).await.expect("can be read");
    let earlier = inbound::visitor_entries_before(&desk.backend, &ana, newest[0].position, 2).await;

    assert!(!seen.iter().any(|entry| matches!(entry.what, What::Note(_))));
    let positions: Vec<_> = seen.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, [1, 2, 7, 8]);
    assert_eq!(earlier.expect("can be read").last().map(|entry| entry.position), Some(2));
}

#[tokio::test]
async fn a_blocked_visitor_writes_nothing() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    desk.customer_writes("hello").await;
    let ana = desk.visitor("Ana").await;
    desk.block(ana.customer).await;

    let refused = desk.visitor_says(&ana, text("again")).await;

    assert!(matches!(refused, Err(Error::Refused(Refused::NotAllowed { .. }))));
}

#[tokio::test]
async fn a_visitor_hears_their_own_room_and_no_private_note_leaves_it() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let (ana, bia) = (desk.visitor("Ana").await, desk.visitor("Bia").await);
    let mut news = desk.backend.hub().subscribe_visitor(ana.customer);
    desk.visitor_says(&bia, text("not for Ana")).await.expect("may write");
    let room = desk.room_of(&ana).await;

    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");

    let heard = tokio::time::timeout(Duration::from_secs(5), news.next()).await.expect("something is told");
    let Some(backend::live::VisitorNews::Event(event)) = heard else { panic!("an event is told") };
    assert_eq!(event.room_id(), Some(room.id));
}
