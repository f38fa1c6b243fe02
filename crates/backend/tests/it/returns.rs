//! Rooms that wait for somebody who does not answer, or is gone, find their way back to the queue.

use std::time::Duration;

use backend::inbound::Said;
use backend::test_desk::{TestDesk, desk_policy};
use backend::{messages, new_id, people, rooms};
use domain::change::{Change, ReturnReason};
use domain::live::Signal;
use domain::person::{Availability, Person};
use domain::policy::{GRACE, Policy};
use domain::room::{Parted, Room};
use domain::timestamp::minutes;

use crate::transcript::only_room;

const MOMENT: Duration = Duration::from_secs(1);

async fn held(desk: &TestDesk, holder: &Person) -> Room {
    desk.customer_writes("hello").await;
    let room = only_room(desk).await;
    rooms::enter(&desk.backend, holder, room.id).await.expect("they may enter")
}

/// Why rooms went back to the queue, in order.
async fn reasons(desk: &TestDesk) -> Vec<ReturnReason> {
    let reason = |change: &Change| match change {
        Change::ReturnedToQueue { reason, .. } => Some(*reason),
        _ => None,
    };
    desk.told().await.iter().filter_map(|event| reason(&event.change)).collect()
}

#[tokio::test]
async fn a_customer_who_is_let_wait_too_long_goes_to_somebody_else() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    desk.set_policy(Policy { answer_minutes: Some(5), ..desk_policy() }).await;
    let room = held(&desk, &maria).await;
    let console = desk.comes_online(&maria).await;

    desk.later(minutes(5) - MOMENT);
    desk.sweep().await;
    assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
    desk.later(MOMENT);
    desk.sweep().await;
    desk.run_jobs().await;

    let after = desk.find_room(room.id).await;
    assert!(after.is_queued(), "not hers again, though nobody else is here");
    assert_eq!(
        (after.waiting_since, reasons(&desk).await),
        (room.waiting_since, vec![ReturnReason::Unanswered(maria.id)])
    );
    let other = desk.comes_online(&mo).await;
    desk.run_jobs().await;
    assert_eq!(desk.find_room(room.id).await.agent(), Some(mo.id));
    drop((console, other));
}

#[tokio::test]
async fn whoever_is_writing_the_answer_keeps_the_room() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    desk.set_policy(Policy { answer_minutes: Some(5), ..desk_policy() }).await;
    let room = held(&desk, &maria).await;
    let console = desk.comes_online(&maria).await;
    desk.backend.hub().signal(&console, Signal::Viewing { room: Some(room.id) });
    rooms::load(&desk.backend, &maria, room.id).await.expect("her own");
    desk.backend.hub().signal(&console, Signal::Typing { room: room.id, on: true });

    desk.later(minutes(6));
    desk.sweep().await;

    assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
    drop(console);
}

#[tokio::test]
async fn when_somebodys_network_is_gone_for_ten_minutes_only_those_who_wait_for_them_go_to_the_queue() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    let waiting = held(&desk, &maria).await;
    let bia = desk.visitor("Bia").await;
    desk.visitor_says(&bia, Said::Text("hello".into())).await.expect("may write");
    let answered = desk.room_of(&bia).await;
    rooms::enter(&desk.backend, &maria, answered.id).await.expect("she may enter");
    messages::send(&desk.backend, &maria, answered.id, new_id(), "here I am".into()).await.expect("may send");
    let console = desk.comes_online(&maria).await;
    desk.later(minutes(30));
    desk.sweep().await;
    assert_eq!(desk.find_room(waiting.id).await.agent(), Some(maria.id), "she is here");
    drop(console);

    desk.later(GRACE + minutes(10) - MOMENT);
    desk.sweep().await;
    assert_eq!(desk.find_room(waiting.id).await.agent(), Some(maria.id), "she may come back");
    desk.later(MOMENT);
    desk.sweep().await;

    assert!(desk.find_room(waiting.id).await.is_queued());
    assert_eq!(desk.find_room(answered.id).await.agent(), Some(maria.id));
    desk.visitor_says(&bia, Said::Text("and one thing more".into())).await.expect("may write");
    desk.sweep().await;
    assert!(desk.find_room(answered.id).await.is_queued(), "routed anew once the customer writes");
    assert_eq!(reasons(&desk).await, [ReturnReason::Disconnected(maria.id), ReturnReason::Disconnected(maria.id)]);
}

#[tokio::test]
async fn nobody_loses_a_room_because_the_server_was_down() {
    let mut desk = TestDesk::new().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    let room = held(&desk, &maria).await;
    let console = desk.comes_online(&maria).await;
    desk.sweep().await;
    drop(console);

    desk.later(minutes(60));
    desk.restart().await;
    desk.sweep().await;
    assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
    desk.later(GRACE + minutes(10));
    desk.sweep().await;

    assert!(desk.find_room(room.id).await.is_queued(), "she had as long to come back");
}

#[tokio::test]
async fn somebody_who_never_had_a_console_keeps_what_they_were_given() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    let room = held(&desk, &maria).await;

    desk.later(minutes(60));
    desk.sweep().await;

    assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
}

#[tokio::test]
async fn who_goes_offline_keeps_the_rooms_in_which_it_is_the_customers_turn() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    let waiting = held(&desk, &maria).await;
    let bia = desk.visitor("Bia").await;
    desk.visitor_says(&bia, Said::Text("hello".into())).await.expect("may write");
    let answered = desk.room_of(&bia).await;
    rooms::enter(&desk.backend, &maria, answered.id).await.expect("she may enter");
    messages::send(&desk.backend, &maria, answered.id, new_id(), "here I am".into()).await.expect("may send");
    let consoles = [desk.comes_online(&maria).await, desk.comes_online(&mo).await];

    let away = people::set_availability(&desk.backend, &maria, Availability::Away, vec![]).await;
    assert_eq!(away.ok(), Some(Parted::default()));
    assert_eq!(desk.find_room(waiting.id).await.agent(), Some(maria.id));
    let offline = people::set_availability(&desk.backend, &maria, Availability::Offline, vec![]).await;
    assert_eq!(offline.ok(), Some(Parted { kept: 1, queued: 1, given: 0 }));
    desk.run_jobs().await;

    assert_eq!(desk.find_room(waiting.id).await.agent(), Some(mo.id));
    assert_eq!(desk.find_room(answered.id).await.agent(), Some(maria.id));
    assert_eq!(reasons(&desk).await, [ReturnReason::WentOffline(maria.id)]);
    drop(consoles);
}
