//! The away line: a customer who comes to the queue while nobody is here hears so, once an episode.

use backend::test_desk::TestDesk;
use backend::{people, presence, rooms, settings};
use domain::person::{Availability, Role};
use domain::policy::{GRACE, Policy};
use domain::room::Room;
use domain::timestamp::minutes;

use crate::graph::Graph;
use crate::transcript::{only_room, resolve, said};

/// A desk that tells its customers when nobody is here, as the product does.
async fn desk() -> TestDesk {
    let desk = TestDesk::new().await;
    desk.set_policy(Policy::default()).await;
    desk
}

/// How often the customer was told that nobody is here.
async fn told_away(desk: &TestDesk, room: &Room) -> usize {
    let line = format!("switchboard: {}", Policy::default().away_text);
    said(desk, room).await.iter().filter(|words| **words == line).count()
}

/// Somebody new writes in the web chat; their room, once it was routed.
async fn somebody_writes(desk: &TestDesk, name: &str) -> Room {
    let visitor = desk.visitor(name).await;
    desk.visitor_says(&visitor, backend::inbound::Said::Text("hello".into())).await.expect("may write");
    desk.run_jobs().await;
    desk.room_of(&visitor).await
}

#[tokio::test]
async fn when_nobody_is_here_the_customer_hears_so_once_an_episode() {
    let desk = desk().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let room = somebody_writes(&desk, "Ana").await;
    assert_eq!(told_away(&desk, &room).await, 1);

    desk.customer_writes("anybody?").await;
    desk.run_jobs().await;
    desk.sweep().await;
    desk.run_jobs().await;
    assert_eq!(told_away(&desk, &room).await, 1);
    assert!(desk.find_room(room.id).await.waiting_since.is_some(), "they wait all the same");

    resolve(&desk, &priya, room.id).await;
    desk.customer_writes("me again").await;
    desk.run_jobs().await;
    assert_eq!(told_away(&desk, &room).await, 2);
}

#[tokio::test]
async fn after_the_bots_hand_off_too_but_not_before() {
    let desk = desk().await;
    desk.web_channel_with_bot().await;
    let room = somebody_writes(&desk, "Ana").await;
    assert_eq!(told_away(&desk, &room).await, 0);

    desk.customer_writes("talk to a person").await;
    desk.run_jobs().await;

    assert_eq!(told_away(&desk, &room).await, 1);
}

#[tokio::test]
async fn nobody_hears_it_while_somebody_is_here_or_has_just_lost_the_connection() {
    let desk = desk().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    people::set_availability(&desk.backend, &maria, Availability::Away, vec![]).await.expect("may be away");
    let console = desk.comes_online(&maria).await;
    assert_eq!(told_away(&desk, &somebody_writes(&desk, "Ana").await).await, 1, "she is away");
    people::set_availability(&desk.backend, &maria, Availability::Online, vec![]).await.expect("may be back");
    assert_eq!(told_away(&desk, &somebody_writes(&desk, "Bia").await).await, 0);

    drop(console);
    desk.later(GRACE / 2);
    assert_eq!(told_away(&desk, &somebody_writes(&desk, "Caio").await).await, 0, "a page may be loading again");
    desk.later(GRACE);
    assert_eq!(told_away(&desk, &somebody_writes(&desk, "Davi").await).await, 1);
}

#[tokio::test]
async fn the_chat_says_that_somebody_is_here_just_when_nobody_would_be_told_otherwise() {
    let desk = desk().await;
    let sales = desk.add_team("Sales").await;
    let (maria, mo) = (desk.agent("maria").await, desk.person("mo", Role::Agent, vec![sales]).await);
    let is_here = async || presence::is_anybody_here(&desk.backend, Some(desk.team)).await.expect("can be read");
    let sets = async |availability| {
        people::set_availability(&desk.backend, &maria, availability, vec![]).await.expect("hers to say");
    };
    let consoles = [desk.comes_online(&maria).await, desk.comes_online(&mo).await];
    desk.run_jobs().await;
    assert!(is_here().await);
    for gone in [Availability::Away, Availability::Offline] {
        sets(gone).await;
        assert!(!is_here().await, "she is {}, and he of another team", gone.label());
    }

    sets(Availability::Online).await;
    drop(consoles);
    assert!(is_here().await, "a page may be loading again");
    desk.later(GRACE);
    assert!(!is_here().await);
}

#[tokio::test]
async fn once_a_person_was_there_nobody_is_told_that_nobody_is() {
    let desk = desk().await;
    desk.web_channel_with_bot().await;
    let priya = desk.admin("priya").await;
    let room = somebody_writes(&desk, "Ana").await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");

    rooms::return_to_queue(&desk.backend, &priya, room.id, None).await.expect("hers to give back");
    desk.run_jobs().await;
    rooms::return_to_bot(&desk.backend, &priya, room.id).await.expect("an admin may");
    desk.customer_writes("talk to a person").await;
    desk.run_jobs().await;

    assert!(desk.find_room(room.id).await.is_queued());
    assert_eq!(told_away(&desk, &room).await, 0);
}

#[tokio::test]
async fn without_words_for_it_nothing_is_said() {
    let desk = desk().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let policy = Policy { away_text: " ".into(), ..Policy::default() };
    settings::save_policy(&desk.backend, &priya, desk.policy(), policy).await.expect("an admin may");

    let room = somebody_writes(&desk, "Ana").await;

    assert_eq!(said(&desk, &room).await, ["customer: hello"]);
}

#[tokio::test]
async fn it_is_delivered_like_any_message() {
    let (desk, graph) = (desk().await, Graph::start().await);
    graph.channel(&desk, None).await;
    desk.later(minutes(1));

    desk.whatsapp_customer_writes("oi").await;
    desk.run_jobs().await;

    assert_eq!(told_away(&desk, &only_room(&desk).await).await, 1);
    assert_eq!(graph.texts(), [Policy::default().away_text]);
}
