//! The live stream: everybody hears what they may see, in order, once, and a browser that was away hears exactly what
//! it missed.

use backend::desk::load;
use backend::live::Subscription;
use backend::test_desk::{TestDesk, heard};
use backend::{messages, new_id, people, rooms};
use domain::account::PersonUpdate;
use domain::change::Actor;
use domain::desk::{Desk, ListQuery, Next, Taken};
use domain::id::{PersonId, RoomId};
use domain::live::{Counts, Frame, Signal, Typist};
use domain::person::{Person, Role};
use domain::room::Section;
use domain::timestamp::minutes;
use serde_json::json;

use crate::shelf::{Shelf, says, writes};
use crate::transcript::{only_room, said};

fn numbers(frames: &[Frame]) -> Vec<u64> {
    frames.iter().filter_map(number).collect()
}

fn number(frame: &Frame) -> Option<u64> {
    match frame {
        Frame::Event(event) => Some(event.seq),
        Frame::Gone { seq, .. } | Frame::Arrived { seq, .. } => Some(*seq),
        _ => None,
    }
}

/// The rooms that frames tell of.
fn rooms_in(frames: &[Frame]) -> Vec<RoomId> {
    let room = |frame: &Frame| match frame {
        Frame::Event(event) => event.room_id(),
        Frame::Gone { room, .. } | Frame::Typing { room, .. } | Frame::Viewing { room, .. } => Some(*room),
        Frame::Arrived { room, .. } => Some(room.id),
        _ => None,
    };
    frames.iter().filter_map(room).collect()
}

async fn resumes(desk: &TestDesk, person: &Person, after: u64) -> Subscription {
    desk.backend.subscribe(person.id, "session", after).await.expect("the log can be read")
}

#[tokio::test]
async fn a_browser_that_saw_n_hears_exactly_what_came_after_n() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("one").await;
    let seen = desk.backend.hub().head();
    for text in ["two", "three"] {
        desk.customer_writes(text).await;
    }

    let mut console = resumes(&desk, &priya, seen).await;
    desk.customer_writes("four").await;
    let frames = heard(&mut console);

    let head = desk.backend.hub().head();
    assert_eq!(numbers(&frames), (seen + 1..=head).collect::<Vec<_>>());
    let heartbeat: Frame = serde_json::from_str(&console.heartbeat()).expect("a frame");
    assert_eq!(heartbeat, Frame::Heartbeat { seq: head });
}

#[tokio::test]
async fn events_have_no_gap_and_none_comes_twice_while_a_browser_resumes_amid_them() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let start = desk.backend.hub().head();
    let backend = desk.backend.clone();
    let ana = desk.visitor("Ana").await;
    let writing = tokio::spawn(async move {
        for number in 0..60 {
            let said = backend::inbound::Said::Text(format!("message {number}"));
            let message = backend::inbound::VisitorMessage { id: new_id(), reply_to: None, said };
            backend::inbound::visitor_writes(&backend, &ana, message).await.expect("may write");
        }
    });

    let mut told = Vec::new();
    while !writing.is_finished() {
        let after = told.last().copied().unwrap_or(start);
        let mut console = resumes(&desk, &priya, after).await;
        told.extend(numbers(&heard(&mut console)));
        tokio::task::yield_now().await;
    }
    writing.await.expect("everything was written");
    let mut console = resumes(&desk, &priya, told.last().copied().unwrap_or(start)).await;
    told.extend(numbers(&heard(&mut console)));

    assert_eq!(told, (start + 1..=desk.backend.hub().head()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_cut_off_and_hears_the_rest_when_it_comes_back() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, mo) = (desk.admin("priya").await, desk.admin("mo").await);
    let start = desk.backend.hub().head();
    let mut slow = desk.comes_online(&priya).await;
    let mut quick = desk.comes_online(&mo).await;
    let mut quickly = Vec::new();
    for number in 0..300 {
        desk.customer_writes(&format!("message {number}")).await;
        quickly.extend(numbers(&heard(&mut quick)));
    }

    let mut slowly = numbers(&heard(&mut slow));
    assert!(slowly.len() < 300);
    assert!(slow.next().await.is_none(), "the place is closed");
    let mut back = resumes(&desk, &priya, *slowly.last().expect("it heard something")).await;
    slowly.extend(numbers(&heard(&mut back)));

    let all: Vec<_> = (start + 1..=desk.backend.hub().head()).collect();
    assert_eq!(slowly, all);
    assert_eq!(quickly, all);
}

#[tokio::test]
async fn an_agent_never_hears_of_rooms_they_may_not_see() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let sales = desk.add_team("Sales").await;
    let (priya, mo) = (desk.admin("priya").await, desk.person("mo", Role::Agent, vec![sales]).await);
    let start = desk.backend.hub().head();
    let mut console = desk.comes_online(&mo).await;

    desk.customer_writes("for Support").await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    messages::send(&desk.backend, &priya, room.id, new_id(), "hi".into()).await.expect("may send");

    assert!(rooms_in(&heard(&mut console)).is_empty());
    assert!(rooms_in(&heard(&mut resumes(&desk, &mo, start).await)).is_empty());
}

#[tokio::test]
async fn a_room_that_leaves_ones_view_is_gone_and_nothing_more_is_heard_of_it() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let start = desk.backend.hub().head();
    let mut console = desk.comes_online(&maria).await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    assert!(heard(&mut console).iter().any(|frame| matches!(frame, Frame::Event(_))));

    let entered = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    messages::send(&desk.backend, &priya, room.id, new_id(), "hi".into()).await.expect("may send");

    let head = desk.backend.hub().head();
    let gone = |frames: &[Frame]| frames.iter().filter(|frame| matches!(frame, Frame::Gone { .. })).count();
    let frames = heard(&mut console);
    assert_eq!((gone(&frames), numbers(&frames)), (1, vec![head - 1]));
    let missed = heard(&mut resumes(&desk, &maria, start).await);
    assert_eq!(gone(&missed), 1);
    let after = missed.iter().filter(|frame| number(frame) > Some(head - 1));
    assert_eq!(after.count(), 0);
    assert_eq!(entered.agent(), Some(priya.id));
}

#[tokio::test]
async fn whoever_loses_a_room_hears_who_took_it_also_when_they_come_back() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    rooms::assign(&desk.backend, &priya, room.id, maria.id, None).await.expect("an admin may");
    let before = desk.backend.hub().head();
    let mut console = desk.comes_online(&maria).await;

    rooms::take_over(&desk.backend, &priya, room.id).await.expect("an admin may");

    let taken = Taken::Given { to: priya.id, by: Actor::Person(priya.id) };
    let lost = Frame::Gone { seq: desk.backend.hub().head(), room: room.id, taken: Some(taken) };
    assert!(heard(&mut console).contains(&lost));
    assert!(heard(&mut resumes(&desk, &maria, before).await).contains(&lost));
}

#[tokio::test]
async fn whoever_joins_another_team_starts_over_and_whoever_is_deactivated_is_signed_out() {
    let desk = TestDesk::new().await;
    let sales = desk.add_team("Sales").await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let mut console = desk.comes_online(&maria).await;

    let moved = PersonUpdate { teams: vec![sales], ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &priya, maria.id, moved).await.expect("an admin may");
    assert!(heard(&mut console).contains(&Frame::StartOver));
    let gone = PersonUpdate { active: false, ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &priya, maria.id, gone).await.expect("an admin may");

    assert!(heard(&mut console).contains(&Frame::SignedOut));
    assert!(console.next().await.is_none());
}

#[tokio::test]
async fn whoever_was_moved_to_another_team_while_away_hears_so_and_starts_over() {
    let desk = TestDesk::new().await;
    let sales = desk.add_team("Sales").await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let mut screen = Desk::new(load(&desk.backend, &maria, ListQuery::of(Section::Live)).await.expect("can be read"));
    let moved = PersonUpdate { teams: vec![sales], ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &priya, maria.id, moved).await.expect("an admin may");

    let missed = heard(&mut resumes(&desk, &maria, screen.seq).await);
    let next: Vec<_> = missed.into_iter().map(|frame| screen.apply(frame)).collect();

    assert!(next.contains(&Next::StartOver), "{next:?}");
}

/// Who looks at the room besides, by the frames that tell it last.
fn lookers(frames: &[Frame]) -> Option<Vec<PersonId>> {
    frames.iter().rev().find_map(|frame| match frame {
        Frame::Viewing { people, .. } => Some(people.clone()),
        _ => None,
    })
}

#[tokio::test]
async fn who_looks_at_a_room_is_told_only_among_those_who_see_it() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let sales = desk.add_team("Sales").await;
    let stranger = desk.person("mo", Role::Agent, vec![sales]).await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await.id;
    let mut consoles =
        [desk.comes_online(&priya).await, desk.comes_online(&maria).await, desk.comes_online(&stranger).await];
    for console in &consoles {
        desk.backend.hub().signal(console, Signal::Viewing { room: Some(room) });
    }

    let [hers, marias, none] = consoles.each_mut().map(|console| lookers(&heard(console)));
    assert_eq!((hers, marias, none), (Some(vec![maria.id]), Some(vec![priya.id]), None));

    rooms::enter(&desk.backend, &priya, room).await.expect("an admin may enter");
    let [mut console, marias, _] = consoles;
    drop(heard(&mut console));
    desk.backend.hub().signal(&console, Signal::Viewing { room: Some(room) });
    assert_eq!(lookers(&heard(&mut console)), Some(vec![]), "it is out of Maria's sight by now");
    drop(marias);
}

#[tokio::test]
async fn who_looks_at_a_room_is_told_wherever_the_room_may_be_listed() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let sales = desk.add_team("Sales").await;
    let stranger = desk.person("mo", Role::Agent, vec![sales]).await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await.id;
    let (mut marias, mut none) = (desk.comes_online(&maria).await, desk.comes_online(&stranger).await);
    let console = resumes(&desk, &priya, 0).await;

    desk.backend.hub().signal(&console, Signal::Viewing { room: Some(room) });
    desk.backend.hub().tell_lookers();
    assert_eq!(lookers(&heard(&mut marias)), Some(vec![priya.id]));
    assert_eq!(
        lookers(&heard(&mut resumes(&desk, &maria, 0).await)),
        Some(vec![priya.id]),
        "a browser that has just come"
    );

    drop(console);
    desk.backend.hub().tell_lookers();
    assert_eq!(lookers(&heard(&mut marias)), Some(vec![]));
    assert_eq!(lookers(&heard(&mut none)), None);
}

#[tokio::test]
async fn after_a_restart_it_is_known_again_who_looks_at_a_room_in_which_nothing_happens() {
    let mut desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await.id;
    desk.restart().await;
    let (console, mut marias) = (resumes(&desk, &priya, 0).await, resumes(&desk, &maria, 0).await);

    desk.backend.hear(&console, Signal::Viewing { room: Some(room) }).await.expect("the room can be looked up");
    desk.backend.hub().tell_lookers();

    assert_eq!(lookers(&heard(&mut marias)), Some(vec![priya.id]));
    desk.backend.hear(&console, Signal::Typing { room, on: true }).await.expect("the room is known");
    let is_told =
        |frame: &Frame| matches!(frame, Frame::Typing { who: Typist::Person(by), on: true, .. } if *by == priya.id);
    assert!(heard(&mut marias).iter().any(is_told));
}

/// The counts that are told last.
fn counts(frames: &[Frame]) -> Option<Counts> {
    frames.iter().rev().find_map(|frame| match frame {
        Frame::Counts(counts) => Some(*counts),
        _ => None,
    })
}

#[tokio::test]
async fn whoever_comes_back_is_told_how_many_rooms_there_are_now_after_what_was_missed() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let seen = desk.backend.hub().head();
    rooms::enter(&desk.backend, &priya, only_room(&desk).await.id).await.expect("an admin may enter");
    let head = desk.backend.hub().head();

    for after in [seen, head] {
        let frames = heard(&mut resumes(&desk, &priya, after).await);
        assert_eq!(frames.last(), Some(&Frame::Counts(Counts { assigned: 1, ..Counts::default() })));
        assert_eq!(counts(&heard(&mut resumes(&desk, &maria, after).await)), Some(Counts::default()), "none is hers");
    }
}

#[tokio::test]
async fn a_gap_that_is_too_wide_or_of_another_log_starts_over() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;

    let mut console = resumes(&desk, &priya, desk.backend.hub().head() + 1).await;

    assert_eq!(heard(&mut console)[0], Frame::StartOver);
}

/// What the console heard of customers who write.
fn typing(console: &mut Subscription) -> Vec<bool> {
    let is_customers = |frame: Frame| match frame {
        Frame::Typing { who: Typist::Customer, on, .. } => Some(on),
        _ => None,
    };
    heard(console).into_iter().filter_map(is_customers).collect()
}

#[tokio::test]
async fn a_customer_who_writes_in_a_messenger_is_shown_writing_while_that_is_fresh() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    let priya = desk.admin("priya").await;
    writes(&desk, json!({ "id": "1", "text": "is it open?" })).await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    let mut console = desk.comes_online(&priya).await;
    let types = |customer: &str, on: bool| json!({ "type": "typing", "customer": { "id": customer }, "on": on });

    says(&desk, types("ana", true)).await;
    says(&desk, types("nobody we know", true)).await;
    desk.run_jobs().await;
    assert_eq!(typing(&mut console), [true]);

    says(&desk, types("ana", false)).await;
    desk.later(minutes(1));
    desk.run_jobs().await;
    assert_eq!(typing(&mut console), [false; 0], "that moment has passed");
    assert_eq!(said(&desk, &room).await, ["customer: is it open?"]);
}
