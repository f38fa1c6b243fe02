//! One writer: whoever asks at once is answered in one order, without a gap.

use std::collections::BTreeSet;

use backend::inbound::{Said, VisitorMessage, visitor_writes};
use backend::test_desk::TestDesk;
use backend::{Error, inbound, new_id, rooms};
use domain::message::What;
use domain::refused::Refused;
use futures::future::join_all;

use crate::transcript::only_room;

#[tokio::test]
async fn fifty_commands_at_once_leave_no_gap_in_the_log_or_a_transcript() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let start = desk.backend.hub().head();
    let visitors = join_all(["Ana", "Bia", "Caio", "Davi", "Eva"].map(|name| desk.visitor(name))).await;
    let says = |number: usize| {
        let message = VisitorMessage { id: new_id(), reply_to: None, said: Said::Text(format!("message {number}")) };
        visitor_writes(&desk.backend, &visitors[number % visitors.len()], message)
    };

    let entries = join_all((0..50).map(says)).await;
    assert!(entries.iter().all(Result::is_ok));

    let seqs: Vec<u64> = desk.told().await.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=desk.backend.hub().head()).collect::<Vec<_>>());
    assert_eq!(seqs.len() as u64 - start, 55);
    for visitor in &visitors {
        let entries = inbound::visitor_entries_after(&desk.backend, visitor, 0, 100).await.expect("can be read");
        let positions: Vec<u32> = entries.iter().map(|entry| entry.position).collect();
        assert_eq!(positions, (1..=11).collect::<Vec<_>>());
        let id_of = |what: &What| match what {
            What::Message(message) => Some(message.id),
            What::Note(_) | What::Line(_) => None,
        };
        let ids: BTreeSet<_> = entries.iter().filter_map(|entry| id_of(&entry.what)).collect();
        assert_eq!(ids.len(), 10);
    }
}

#[tokio::test]
async fn the_same_message_many_times_at_once_is_said_once() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let ana = desk.visitor("Ana").await;
    let message = VisitorMessage { id: new_id(), reply_to: None, said: Said::Text("hello".into()) };
    let other_words = VisitorMessage { said: Said::Text("good-bye".into()), ..message.clone() };
    let say = |number: usize| {
        let message = if number == 10 { &other_words } else { &message };
        visitor_writes(&desk.backend, &ana, message.clone())
    };

    let outcomes = join_all((0..20).map(say)).await;

    let entries: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    assert_eq!(entries.len(), 19);
    assert!(entries.iter().all(|entry| *entry == entries[0]));
    assert!(matches!(outcomes[10], Err(Error::Refused(Refused::SentDifferently))));
    assert_eq!(desk.room_of(&ana).await.customer_messages, 1);
}

#[tokio::test]
async fn whoever_is_blocked_between_two_messages_is_not_heard_with_the_second() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let ana = desk.visitor("Ana").await;
    let says = |words: &str| {
        let message = VisitorMessage { id: new_id(), reply_to: None, said: Said::Text(words.into()) };
        visitor_writes(&desk.backend, &ana, message)
    };

    let (first, (), second) = futures::join!(says("hello"), desk.block(ana.customer), says("are you there?"));

    assert!(first.is_ok());
    assert!(matches!(second, Err(Error::Refused(Refused::NotAllowed { .. }))), "{second:?}");
    assert_eq!(desk.room_of(&ana).await.customer_messages, 1);
}

#[tokio::test]
async fn of_two_who_enter_at_once_one_wins_and_the_other_hears_who() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    let (priya, mo) = (desk.admin("priya").await, desk.admin("mo").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;

    let outcomes = join_all([&priya, &mo].map(|person| rooms::enter(&desk.backend, person, room.id))).await;

    let winners: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()?.agent()).collect();
    assert_eq!(winners.len(), 1);
    let losers = outcomes.iter().filter(|outcome| {
        matches!(outcome, Err(Error::Refused(Refused::HeldBy { person, since }))
            if *person == winners[0] && *since == desk.backend.now())
    });
    assert_eq!(losers.count(), 1);
    let entered =
        desk.told().await.into_iter().filter(|event| matches!(event.change, domain::change::Change::Entered { .. }));
    assert_eq!(entered.count(), 1);
}

#[tokio::test]
async fn a_second_click_on_enter_chat_is_answered_as_the_first_was() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    let enter = || rooms::enter(&desk.backend, &priya, room.id);

    let outcomes = join_all([enter(), enter()]).await;
    desk.later(std::time::Duration::from_secs(60));
    let later = enter().await.expect("from another tab");

    assert_eq!(later.agent(), Some(priya.id));
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|room| *room == later)), "{outcomes:?}");
    assert_eq!(desk.find_room(room.id).await, later);
}

#[tokio::test]
async fn deliveries_read_at_once_are_one_message_each() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    join_all((0..50).map(|number| {
        let text = format!("message {number}");
        let desk = &desk;
        async move { desk.whatsapp_customer_writes(&text).await }
    }))
    .await;

    // Two workers that do not know of each other.
    join_all([desk.run_jobs(), desk.run_jobs()]).await;

    let room = only_room(&desk).await;
    assert_eq!((room.customer_messages, room.last_position), (50, 51));
}
