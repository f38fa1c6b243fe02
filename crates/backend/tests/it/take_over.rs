//! An agent asks for a colleague's room: the holder gives it or keeps it, and both hear of it.

use backend::test_desk::{TestDesk, desk_policy, heard};
use backend::{Error, rooms, settings};
use domain::change::Change;
use domain::live::Frame;
use domain::message::What;
use domain::person::Person;
use domain::policy::{ASK_AGAIN, Policy};
use domain::refused::Refused;
use domain::room::Room;

use crate::transcript::{only_room, words};

/// Maria holds a room that Jonas, who is of her team, sees.
async fn held() -> (TestDesk, Person, Person, Room) {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria, jonas) = (desk.admin("priya").await, desk.agent("maria").await, desk.agent("jonas").await);
    let rules = Policy { agents_see_team: true, auto_assign: false, ..desk_policy() };
    settings::save_policy(&desk.backend, &priya, desk.policy(), rules).await.expect("an admin may");
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    let room = rooms::enter(&desk.backend, &maria, room.id).await.expect("it waits for her team");
    (desk, maria, jonas, room)
}

async fn lines(desk: &TestDesk, room: &Room) -> Vec<Change> {
    let line = |what: What| match what {
        What::Line(change) => Some(*change),
        What::Message(_) | What::Note(_) => None,
    };
    words(desk, room).await.into_iter().filter_map(|entry| line(entry.what)).collect()
}

#[tokio::test]
async fn the_holder_hears_who_asks_the_asker_that_it_is_kept_and_both_stand_in_the_transcript() {
    let (desk, maria, jonas, room) = held().await;
    let mut console = desk.comes_online(&maria).await;

    rooms::request_take_over(&desk.backend, &jonas, room.id).await.expect("he sees it");
    desk.backend.flush().await.expect("what was saved is told");
    let asked = Change::TakeOverRequested { by: jonas.id };
    assert!(heard(&mut console).iter().any(|frame| matches!(frame, Frame::Event(event) if event.change == asked)));
    let again = rooms::request_take_over(&desk.backend, &jonas, room.id).await.expect_err("a moment ago");
    assert_eq!(again.to_string(), "The room is already asked for: give its holder a minute.");

    let mut console = desk.comes_online(&jonas).await;
    rooms::decline_take_over(&desk.backend, &maria, room.id).await.expect("she holds it");
    desk.backend.flush().await.expect("what was saved is told");
    let kept = Change::TakeOverDeclined { by: maria.id, to: jonas.id };
    assert!(heard(&mut console).iter().any(|frame| matches!(frame, Frame::Event(event) if event.change == kept)));
    let twice = rooms::decline_take_over(&desk.backend, &maria, room.id).await.expect_err("it is answered");
    assert!(matches!(twice, Error::Refused(Refused::Changed)), "{twice}");
    let lines = lines(&desk, &room).await;
    assert!(lines.ends_with(&[asked, kept]), "{lines:?}");

    desk.later(ASK_AGAIN);
    rooms::request_take_over(&desk.backend, &jonas, room.id).await.expect("a minute is over");
}

#[tokio::test]
async fn a_room_that_is_given_to_who_asked_for_it_is_theirs_and_asked_for_no_more() {
    let (desk, maria, jonas, room) = held().await;
    rooms::request_take_over(&desk.backend, &jonas, room.id).await.expect("he sees it");
    assert_eq!(desk.find_room(room.id).await.take_over_request.and_then(|request| request.by), Some(jonas.id));

    rooms::assign(&desk.backend, &maria, room.id, jonas.id, None).await.expect("her own");

    let given = desk.find_room(room.id).await;
    assert_eq!((given.agent(), given.take_over_request), (Some(jonas.id), None));
    let late = rooms::decline_take_over(&desk.backend, &maria, room.id).await.expect_err("it is his");
    assert!(matches!(late, Error::Refused(Refused::Changed)), "{late}");
}
