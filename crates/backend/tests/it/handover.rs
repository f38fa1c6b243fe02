//! Whoever gives their own room away may stay in it: it never leaves their sight.

use backend::test_desk::{TestDesk, heard};
use backend::{messages, new_id, rooms};
use domain::live::Frame;
use domain::person::Person;
use domain::room::Room;

use crate::transcript::only_room;

/// Maria, an agent, holds a room; Jonas is of her team.
async fn held() -> (TestDesk, Person, Person, Room) {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (maria, jonas) = (desk.agent("maria").await, desk.agent("jonas").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    let room = rooms::enter(&desk.backend, &maria, room.id).await.expect("it waits for her team");
    (desk, maria, jonas, room)
}

#[tokio::test]
async fn who_stays_goes_on_in_the_room_and_who_does_not_loses_it() {
    for stays in [true, false] {
        let (desk, maria, jonas, room) = held().await;
        let mut console = desk.comes_online(&maria).await;
        let note = Some("speaks Greek".into());
        let given = if stays {
            rooms::assign_and_stay(&desk.backend, &maria, room.id, jonas.id, note).await
        } else {
            rooms::assign(&desk.backend, &maria, room.id, jonas.id, note).await
        };
        assert_eq!(given.expect("her own").agent(), Some(jonas.id));
        desk.backend.flush().await.expect("what was saved is told");

        let gone = heard(&mut console).iter().any(|frame| matches!(frame, Frame::Gone { .. }));
        assert_eq!(gone, !stays);
        assert_eq!(desk.find_room(room.id).await.participants, if stays { vec![maria.id] } else { Vec::new() });
        assert_eq!(rooms::load(&desk.backend, &maria, room.id).await.is_ok(), stays);
        let words = messages::send(&desk.backend, &maria, room.id, new_id(), "one more thing".into()).await;
        assert_eq!(words.is_ok(), stays);
    }
}

#[tokio::test]
async fn nobody_stays_in_a_room_that_was_never_theirs() {
    let (desk, _, jonas, room) = held().await;
    let priya = desk.admin("priya").await;
    let refused = rooms::assign_and_stay(&desk.backend, &priya, room.id, jonas.id, None).await.expect_err("not hers");
    assert_eq!(refused.to_string(), "You are not allowed to stay in a chat that you do not hold.");
    assert_ne!(desk.find_room(room.id).await.agent(), Some(jonas.id));
}
