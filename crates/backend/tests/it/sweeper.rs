//! What happens by the clock: rooms expire on time, and what is old is forgotten without a hole.

use std::time::Duration;

use backend::live::Subscription;
use backend::test_desk::{NOON, TestDesk, heard};
use backend::{desk as consoles, messages, new_id, rooms};
use domain::change::Change;
use domain::desk::{ListQuery, Whose};
use domain::episode::Outcome;
use domain::id::RoomId;
use domain::live::{Frame, Signal};
use domain::message::What;
use domain::person::Person;
use domain::room::{Room, Section, State};
use domain::timestamp::{Timestamp, hours, minutes};

use crate::transcript::{observer, only_room, words};

const DAY: Duration = hours(24);
const MOMENT: Duration = Duration::from_millis(1);

async fn held_room(desk: &TestDesk) -> (Person, Room) {
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = only_room(desk).await;
    let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    (priya, room)
}

#[tokio::test]
async fn a_room_expires_after_exactly_a_day_and_not_a_moment_before() {
    let desk = TestDesk::new().await;
    let (_, room) = held_room(&desk).await;

    desk.later(DAY - MOMENT);
    desk.sweep().await;
    assert!(!desk.find_room(room.id).await.is_archived());
    desk.later(MOMENT);
    desk.sweep().await;

    let after = desk.find_room(room.id).await;
    assert!(matches!(after.state, State::Archived { outcome: Outcome::Expired, by: None, .. }));
}

#[tokio::test]
async fn expired_with_the_customer_waiting_is_told_apart() {
    let desk = TestDesk::new().await;
    let (priya, room) = held_room(&desk).await;
    let bia = desk.visitor("Bia").await;
    desk.visitor_says(&bia, backend::inbound::Said::Text("anybody?".into())).await.expect("may write");
    messages::send(&desk.backend, &priya, room.id, new_id(), "done".into()).await.expect("may send");

    desk.later(DAY);
    desk.sweep().await;

    let unanswered = |room: Room| matches!(room.state, State::Archived { unanswered: true, .. });
    assert!(!unanswered(desk.find_room(room.id).await));
    assert!(unanswered(desk.room_of(&bia).await));
    let view = rooms::load(&desk.backend, &observer(), desk.room_of(&bia).await.id).await.expect("an admin sees it");
    assert!(view.episodes[0].unanswered);
}

#[tokio::test]
async fn after_three_days_of_silence_rooms_have_expired_when_their_time_came_oldest_first() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    for number in 0..5_u64 {
        let visitor = desk.visitor(&format!("customer {number}")).await;
        desk.visitor_says(&visitor, backend::inbound::Said::Text("hello".into())).await.expect("may write");
        desk.later(minutes(1));
    }

    desk.later(hours(3 * 24));
    desk.sweep().await;

    let events = desk.told().await;
    let expired: Vec<Timestamp> =
        events.iter().filter(|event| matches!(event.change, Change::Expired { .. })).map(|event| event.at).collect();
    let due: Vec<Timestamp> = (0..5).map(|number| NOON.plus(DAY).plus(minutes(number))).collect();
    assert_eq!(expired, due);
    for event in events.iter().filter(|event| matches!(event.change, Change::Expired { .. })) {
        let room = event.room.as_ref().expect("a room expired");
        let view = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it");
        assert_eq!(view.episodes[0].closed_at, Some(event.at));
        assert!(matches!(view.room.state, State::Archived { at, .. } if at == event.at));
    }
}

#[tokio::test]
async fn a_customer_who_comes_back_begins_the_next_episode() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    desk.later(DAY);
    desk.sweep().await;

    desk.customer_writes("still there?").await;

    let after = desk.find_room(room.id).await;
    assert!(after.is_with_bot());
    assert_eq!((after.episode_number, after.customer_messages), (2, 2));
    let entries = words(&desk, &after).await;
    let opened = entries
        .iter()
        .filter(|entry| matches!(&entry.what, What::Line(change) if matches!(**change, Change::EpisodeOpened { .. })));
    assert_eq!(opened.count(), 2);
}

#[tokio::test]
async fn a_room_somebody_is_writing_in_is_spared_for_an_hour() {
    let desk = TestDesk::new().await;
    let (priya, room) = held_room(&desk).await;
    let console = desk.comes_online(&priya).await;
    desk.backend.hub().signal(&console, Signal::Typing { room: room.id, on: true });

    desk.later(DAY);
    desk.sweep().await;
    assert!(!desk.find_room(room.id).await.is_archived());
    desk.later(hours(1));
    desk.sweep().await;

    assert!(desk.find_room(room.id).await.is_archived());
    drop(console);
}

#[tokio::test]
async fn a_critical_room_that_must_not_expire_does_not_keep_the_others_from_it() {
    let desk = TestDesk::new().await;
    let (priya, room) = held_room(&desk).await;
    let policy = domain::policy::Policy { never_expire_critical: true, ..Default::default() };
    backend::settings::save_policy(&desk.backend, &priya, desk.policy(), policy).await.expect("an admin may");
    desk.happens(room.id, vec![Change::MarkedCritical { by: priya.id, comment: None, feedback: false }]).await;
    desk.later(minutes(1));
    let bia = desk.visitor("Bia").await;
    desk.visitor_says(&bia, backend::inbound::Said::Text("hello".into())).await.expect("may write");

    desk.later(DAY);
    desk.sweep().await;

    assert!(!desk.find_room(room.id).await.is_archived());
    assert!(desk.room_of(&bia).await.is_archived());
}

#[tokio::test]
async fn a_room_that_is_put_off_is_neither_listed_nor_counted_until_the_customer_writes() {
    let desk = TestDesk::new().await;
    let (priya, room) = held_room(&desk).await;
    let until = desk.find_room(room.id).await.addressed_at.plus(hours(2));
    rooms::snooze(&desk.backend, &priya, room.id, until).await.expect("her own");
    let listed = async |whose| {
        let query = ListQuery { whose, ..ListQuery::of(Section::Assigned) };
        let snapshot = consoles::load(&desk.backend, &priya, query).await.expect("can be read");
        (snapshot.page.rooms.len(), snapshot.counts.assigned)
    };
    assert_eq!(listed(Whose::Everyone).await, (0, 0));
    assert_eq!(listed(Whose::Snoozed).await, (1, 0));

    desk.customer_writes("are you there?").await;
    assert_eq!(listed(Whose::Everyone).await, (1, 1));

    rooms::snooze(&desk.backend, &priya, room.id, until).await.expect("again");
    rooms::wake(&desk.backend, &priya, room.id).await.expect("her own");
    assert_eq!(listed(Whose::Everyone).await, (1, 1));
}

#[tokio::test]
async fn a_snoozed_room_wakes_on_time() {
    let desk = TestDesk::new().await;
    let (priya, room) = held_room(&desk).await;
    let until = NOON.plus(hours(2));
    desk.happens(room.id, vec![Change::Snoozed { by: priya.id, until }]).await;

    desk.later(hours(2) - MOMENT);
    desk.sweep().await;
    assert!(desk.find_room(room.id).await.snoozed_until.is_some());
    desk.later(MOMENT);
    desk.sweep().await;

    assert_eq!(desk.find_room(room.id).await.snoozed_until, None);
}

async fn resumes(desk: &TestDesk, person: &Person, after: u64) -> Subscription {
    desk.backend.subscribe(person.id, "session", after).await.expect("the log can be read")
}

#[tokio::test]
async fn a_browser_that_was_away_too_long_starts_over_and_none_is_given_half() {
    let desk = TestDesk::new().await;
    let (priya, room) = held_room(&desk).await;
    let old = desk.backend.hub().head();
    desk.later(hours(9 * 24));
    let mo = desk.agent("mo").await;
    // Expires eight days late: its event is older than the one before it.
    desk.sweep().await;

    let mut long_away = resumes(&desk, &priya, old - 1).await;
    let mut away = resumes(&desk, &priya, old).await;

    assert_eq!(heard(&mut long_away)[0], Frame::StartOver);
    let missed = heard(&mut away);
    assert_eq!(missed.len(), 3);
    assert!(matches!(missed[2], Frame::Counts(_)));
    assert!(matches!(&missed[0], Frame::Event(event) if event.change == Change::PersonChanged(mo)));
    assert!(matches!(&missed[1], Frame::Event(event) if event.room_id() == Some(room.id)));
}

/// The rooms whose end this console was warned of.
fn warned(console: &mut Subscription) -> Vec<RoomId> {
    let room = |frame: Frame| match frame {
        Frame::Expiring { room, .. } => Some(room),
        _ => None,
    };
    heard(console).into_iter().filter_map(room).collect()
}

#[tokio::test]
async fn before_a_waiting_room_expires_its_holder_is_warned_and_then_the_team_manager() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (maria, tom, mo) = (desk.agent("maria").await, desk.team_manager("tom").await, desk.agent("mo").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &maria, room.id).await.expect("she may enter");
    let mut consoles = [desk.comes_online(&maria).await, desk.comes_online(&tom).await, desk.comes_online(&mo).await];
    desk.sweep().await;
    let mut warned_at = async |span: Duration| {
        desk.later(span);
        desk.sweep().await;
        consoles.each_mut().map(|console| warned(console).len())
    };

    assert_eq!(warned_at(hours(12) - MOMENT).await, [0, 0, 0]);
    assert_eq!(warned_at(MOMENT).await, [1, 0, 0]);
    assert_eq!(warned_at(minutes(60)).await, [0, 0, 0], "once for each step");
    assert_eq!(warned_at(hours(7)).await, [0, 1, 0]);
    assert_eq!(warned_at(minutes(170)).await, [0, 1, 0]);
    assert!(!desk.find_room(room.id).await.is_archived());
}

#[tokio::test]
async fn nobody_is_warned_of_an_answered_room_or_of_everything_at_once_after_a_start() {
    let mut desk = TestDesk::new().await;
    let (priya, room) = held_room(&desk).await;
    let bia = desk.visitor("Bia").await;
    desk.visitor_says(&bia, backend::inbound::Said::Text("hello".into())).await.expect("may write");
    let waiting = desk.room_of(&bia).await;
    rooms::enter(&desk.backend, &priya, waiting.id).await.expect("an admin may enter");
    messages::send(&desk.backend, &priya, room.id, new_id(), "done".into()).await.expect("may send");
    desk.restart().await;
    let mut console = desk.comes_online(&priya).await;

    desk.later(hours(13));
    desk.sweep().await;
    assert_eq!(warned(&mut console), [], "both came to half of their time before anybody looked");
    desk.later(hours(7));
    desk.sweep().await;

    assert_eq!(warned(&mut console), [waiting.id]);
}
