//! Two processes on one database: they number one log, lose nothing, and hear each other.

use std::collections::BTreeSet;
use std::time::Duration;

use backend::inbound::{Said, VisitorMessage, visitor_entries_after, visitor_writes};
use backend::live::Subscription;
use backend::sessions::SessionToken;
use backend::test_desk::{PASSWORD, TestDesk, WEB_SETTINGS, desk_policy};
use backend::{Backend, channels, jobs, messages, new_id, people, rooms, sessions, settings, trouble};
use domain::account::PersonUpdate;
use domain::change::{Change, Event};
use domain::channel::ChannelKind;
use domain::id::PersonId;
use domain::live::Frame;
use domain::message::{Author, Content, Message, Note, What};
use domain::person::{Person, Role};
use domain::policy::Policy;
use domain::timestamp::minutes;
use domain::trouble::Trouble;
use futures::future::join_all;
use tokio::time::timeout;

use crate::graph::Graph;
use crate::transcript::only_room;

/// What one process saved is known to the other within this: a quarter of a second, and more where many tests share a
/// machine.
const SOON: Duration = Duration::from_secs(5);

async fn console(backend: &Backend, person: &Person) -> Subscription {
    backend.subscribe(person.id, "session", backend.hub().head()).await.expect("the log can be read")
}

/// The next event this console hears.
async fn hears(console: &mut Subscription, within: Duration) -> Event {
    let next = async {
        loop {
            let frame = console.next().await.expect("the console stays open");
            if let Ok(Frame::Event(event)) = serde_json::from_str(&frame) {
                return event;
            }
        }
    };
    timeout(within, next).await.expect("it is heard in time")
}

#[tokio::test]
async fn two_processes_that_write_at_once_leave_no_gap_and_both_consoles_hear_everything_in_order() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let visitors = join_all(["Ana", "Bia", "Caio"].map(|name| desk.visitor(name))).await;
    let other = desk.another_process().await;
    let start = desk.backend.hub().head();
    let mut consoles = [console(&desk.backend, &priya).await, console(&other, &priya).await];

    let outcomes = join_all((0..60).map(|number: usize| {
        let backend = if number.is_multiple_of(2) { &desk.backend } else { &other };
        let message = VisitorMessage { id: new_id(), reply_to: None, said: Said::Text(format!("message {number}")) };
        visitor_writes(backend, &visitors[number % visitors.len()], message)
    }))
    .await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");

    let seqs: Vec<u64> = desk.told().await.iter().map(|event| event.seq).collect();
    let head = seqs.len() as u64;
    assert_eq!(seqs, (1..=head).collect::<Vec<_>>());
    assert_eq!(head - start, 63, "three episodes and sixty messages");
    let mut said = BTreeSet::new();
    for visitor in &visitors {
        let entries = visitor_entries_after(&other, visitor, 0, 100).await.expect("can be read");
        let positions: Vec<u32> = entries.iter().map(|entry| entry.position).collect();
        assert_eq!(positions, (1..=21).collect::<Vec<_>>());
        said.extend(entries.into_iter().filter_map(|entry| match entry.what {
            What::Message(message) => Some(message.content.text().to_owned()),
            What::Note(_) | What::Line(_) => None,
        }));
    }
    assert_eq!(said.len(), 60);
    for console in &mut consoles {
        for expected in start + 1..=head {
            assert_eq!(hears(console, SOON).await.seq, expected);
        }
    }
}

#[tokio::test]
async fn of_two_who_enter_at_once_through_two_processes_one_wins() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let (priya, mo) = (desk.admin("priya").await, desk.admin("mo").await);
    let room = desk.room(&channel, "Ana").await;
    let other = desk.another_process().await;

    let (one, two) = tokio::join!(rooms::enter(&desk.backend, &priya, room.id), rooms::enter(&other, &mo, room.id));

    let winners: Vec<PersonId> = [one, two].into_iter().filter_map(|outcome| outcome.ok()?.agent()).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(desk.find_room(room.id).await.agent(), Some(winners[0]));
}

#[tokio::test]
async fn a_channel_that_is_added_beside_a_running_server_takes_visitors_without_a_restart() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let command = desk.another_process().await;
    let mut screen = console(&desk.backend, &priya).await;

    let added = channels::add(&command, ChannelKind::Web, "Shop", WEB_SETTINGS).await.expect("good settings");

    assert_eq!(hears(&mut screen, SOON).await.change, Change::ChannelChanged(added.clone()));
    assert_eq!(desk.backend.directory().channels.get(&added.id), Some(&added));
    let visitor = backend::visitors::open(&desk.backend, added.id, None, None).await;
    assert!(visitor.is_ok(), "its visitors are let in");
}

#[tokio::test]
async fn what_an_admin_decides_through_one_process_holds_in_the_other() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let other = desk.another_process().await;
    let mut screen = console(&other, &priya).await;
    let policy = Policy { auto_assign: false, ..desk_policy() };

    settings::save_policy(&desk.backend, &priya, desk.policy(), policy.clone()).await.expect("an admin may");

    assert_eq!(hears(&mut screen, SOON).await.change, Change::PolicyChanged(Box::new(policy.clone())));
    assert_eq!(other.directory().policy, policy);
}

#[tokio::test]
async fn a_room_finds_somebody_whose_console_another_node_serves() {
    if std::env::var("TEST_DATABASE_URL").is_ok_and(|url| !url.is_empty()) {
        let desk = TestDesk::new().await;
        let channel = desk.web_channel().await;
        let maria = desk.agent("maria").await;
        let other = desk.another_process().await;
        let screen = console(&other, &maria).await;
        jobs::run_due(&other).await.expect("jobs can be carried out");

        let room = desk.room(&channel, "Ana").await;
        desk.run_jobs().await;

        assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
        drop(screen);
    }
}

#[tokio::test]
async fn what_only_a_newer_version_can_tell_has_consoles_and_customers_read_again_and_keeps_nothing_from_them() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let ana = desk.visitor("Ana").await;
    let (mut screen, mut late) = (console(&desk.backend, &priya).await, desk.backend.hub().head());
    let mut chat = desk.backend.hub().subscribe_visitor(ana.customer);

    desk.newer_version_tells().await;
    let room = desk.room(&channel, "Bia").await;

    assert_eq!(timeout(SOON, starts_over(&mut screen)).await, Ok(true));
    assert_eq!(hears(&mut screen, SOON).await.room_id(), Some(room.id), "and goes on with what follows");
    assert!(timeout(SOON, chat.next()).await.expect("in time").is_none(), "the customer's browser comes back");
    let mut back = desk.backend.subscribe(priya.id, "session", late).await.expect("the log can be read");
    assert_eq!(timeout(SOON, starts_over(&mut back)).await, Ok(true));
    late = desk.backend.hub().head();
    let told = desk.backend.subscribe(priya.id, "session", late).await.expect("the log can be read").take_waiting();
    assert!(!told.iter().any(|frame| frame.contains("start_over")), "once it is past, it is past");
}

/// Whether this console is told to read everything again, before any event.
async fn starts_over(console: &mut Subscription) -> bool {
    loop {
        let frame = console.next().await.expect("the console stays open");
        match serde_json::from_str(&frame) {
            Ok(Frame::StartOver) => return true,
            Ok(Frame::Event(_)) => return false,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_line_that_only_a_newer_version_can_show_stands_in_the_transcript_between_the_others() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let room = desk.room(&channel, "Ana").await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may");

    desk.newer_version_rewrites(room.id, "entered", "teleported").await;

    let view = rooms::load(&desk.backend, &priya, room.id).await.expect("the room can be read");
    let unread = view.entries.iter().filter(|entry| entry.what == What::Line(Box::new(Change::Unread))).count();
    assert_eq!((unread, view.entries.len()), (1, 3));
}

#[tokio::test]
async fn a_message_of_a_newer_version_waits_for_it_and_leaves_once() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    graph.channel(&desk, None).await;
    let priya = desk.admin("priya").await;
    desk.whatsapp_customer_writes("oi").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await.id;
    rooms::enter(&desk.backend, &priya, room).await.expect("an admin may");
    messages::send(&desk.backend, &priya, room, new_id(), "Hello".into()).await.expect("may be sent");

    desk.newer_version_rewrites(room, r#"{"text":"Hello"}"#, r#"{"hologram":"Hello"}"#).await;
    desk.run_jobs().await;
    assert_eq!(graph.requests(), 0, "this version cannot say it");

    desk.newer_version_rewrites(room, r#"{"hologram":"Hello"}"#, r#"{"text":"Hello"}"#).await;
    desk.later(minutes(1));
    desk.run_jobs().await;
    assert_eq!(graph.texts(), ["Hello"]);
}

#[tokio::test]
async fn work_of_a_newer_version_is_left_to_it_and_shown_to_admins_when_nobody_comes_for_it() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    desk.newer_version_plans().await;

    // However long ago it was planned, it counts from when it is met first.
    desk.later(minutes(60));
    desk.run_jobs().await;
    let failed = |found: Trouble| found.jobs.len();
    assert_eq!(trouble::list(&desk.backend, &priya).await.map(failed).ok(), Some(0));

    desk.later(minutes(11));
    desk.run_jobs().await;
    assert_eq!(trouble::list(&desk.backend, &priya).await.map(failed).ok(), Some(1));
}

#[tokio::test]
async fn what_two_processes_write_into_one_room_at_once_is_all_there() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let ana = desk.visitor("Ana").await;
    desk.customer_writes("hello").await;
    let room = desk.room_of(&ana).await.id;
    let other = desk.another_process().await;
    let note = Change::NoteAdded(Note { id: new_id(), by: priya.id, text: "hm".into() });

    let writing = visitor_writes(
        &desk.backend,
        &ana,
        VisitorMessage { id: new_id(), reply_to: None, said: Said::Text("anyone?".into()) },
    );
    let (written, noted) = desk.while_happening(&other, room, vec![note], writing).await;

    noted.expect("it was first");
    assert_eq!(written.expect("it comes after").position, 4);
}

#[tokio::test]
async fn a_visitors_message_that_comes_to_two_processes_at_once_is_said_once_and_answered_as_said() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let ana = desk.visitor("Ana").await;
    desk.customer_writes("hello").await;
    let room = desk.room_of(&ana).await;
    let other = desk.another_process().await;
    let id = new_id();
    let again = Message::new(id, Author::Customer, Content::Text("anyone?".into()), None);

    let writing =
        visitor_writes(&desk.backend, &ana, VisitorMessage { id, reply_to: None, said: Said::Text("anyone?".into()) });
    let (written, said) = desk.while_happening(&other, room.id, vec![Change::MessageAdded(again)], writing).await;

    said.expect("it was first");
    assert_eq!(written.expect("it is said").position, room.last_position + 1);
    assert_eq!(desk.room_of(&ana).await.customer_messages, 2);
}

/// Signs `person` in through one process and opens a console at another; gives the token as well.
async fn signs_in(desk: &TestDesk, at: &Backend, person: &Person) -> (SessionToken, Subscription) {
    let (_, token) = sessions::sign_in(&desk.backend, &person.email, PASSWORD, "192.0.2.1").await.expect("it is right");
    let session = sessions::find(at, &token.to_string()).await.expect("can be read").expect("it goes on").session;
    let console = at.subscribe(person.id, &session, at.hub().head()).await.expect("the log can be read");
    (token, console)
}

/// Whether this console is told that its session is over, and hears nothing after that.
async fn is_signed_out(console: &mut Subscription) -> bool {
    let mut was_told = false;
    while let Some(frame) = console.next().await {
        was_told = matches!(serde_json::from_str(&frame), Ok(Frame::SignedOut));
    }
    was_told
}

#[tokio::test]
async fn who_signs_out_through_one_process_is_signed_out_at_the_other_and_their_other_sessions_go_on() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let other = desk.another_process().await;
    let (token, mut screen) = signs_in(&desk, &other, &maria).await;
    let (_, mut phone) = signs_in(&desk, &other, &maria).await;

    sessions::sign_out(&desk.backend, &token.to_string()).await.expect("it can be saved");

    assert_eq!(timeout(SOON, is_signed_out(&mut screen)).await, Ok(true));
    let channel = desk.web_channel().await;
    desk.room(&channel, "Ana").await;
    while hears(&mut phone, SOON).await.room_id().is_none() {}
    sessions::sign_out_everywhere(&desk.backend, &maria).await.expect("it can be saved");
    assert_eq!(timeout(SOON, is_signed_out(&mut phone)).await, Ok(true));
}

#[tokio::test]
async fn who_is_deactivated_or_gets_a_lesser_role_through_one_process_is_signed_out_at_the_other() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let (maria, tom) = (desk.agent("maria").await, desk.team_manager("tom").await);
    let other = desk.another_process().await;
    let (_, mut of_maria) = signs_in(&desk, &other, &maria).await;
    let (_, mut of_tom) = signs_in(&desk, &other, &tom).await;

    let away = PersonUpdate { active: false, ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &priya, maria.id, away).await.expect("an admin may");
    let lesser = PersonUpdate { role: Role::Agent, ..PersonUpdate::of(&tom) };
    people::update(&desk.backend, &priya, tom.id, lesser).await.expect("an admin may");

    assert_eq!(timeout(SOON, is_signed_out(&mut of_maria)).await, Ok(true));
    assert_eq!(timeout(SOON, is_signed_out(&mut of_tom)).await, Ok(true));
}
