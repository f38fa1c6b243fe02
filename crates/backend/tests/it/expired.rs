//! Whoever comes to a room that is past its end finds it archived, and what ended while nothing ran is told in one number.

use backend::live::Subscription;
use backend::test_desk::{NOON, TestDesk, heard};
use backend::{drafts, messages, new_id, rooms, templates};
use domain::change::Change;
use domain::draft::DraftMode;
use domain::episode::Outcome;
use domain::live::{Frame, Signal};
use domain::message::What;
use domain::person::Person;
use domain::room::{Room, Section, State, Status, StatusUpdate};
use domain::template::{ChosenTemplate, TemplateValues};
use domain::timestamp::{hours, minutes};

use crate::transcript::only_room;

/// A room that Priya holds and that is over by now, though no sweeper has come by.
async fn overdue() -> (TestDesk, Person, Room) {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    desk.later(hours(25));
    (desk, priya, room)
}

#[tokio::test]
async fn a_room_that_is_past_its_end_is_archived_before_anybody_reads_it() {
    let (desk, priya, room) = overdue().await;

    let view = rooms::load(&desk.backend, &priya, room.id).await.expect("she sees it");

    let due = room.expires_at().expect("it expires");
    assert!(matches!(view.room.state, State::Archived { outcome: Outcome::Expired, at, .. } if at == due));
    let last = view.entries.last().expect("a line says so");
    assert!(matches!(&last.what, What::Line(change) if matches!(**change, Change::Expired { unanswered: true })));
    assert_eq!((last.at, view.episodes[0].closed_at), (due, Some(due)));
    desk.sweep().await;
    let expired = desk.told().await.iter().filter(|event| matches!(event.change, Change::Expired { .. })).count();
    assert_eq!(expired, 1, "the sweeper finds nothing left to do");
}

#[tokio::test]
async fn nothing_is_said_or_done_in_a_room_that_is_past_its_end() {
    let archived = "The room is archived. Reopen it to write.";
    let status =
        StatusUpdate { status: Status::Resolve, comment: None, reason: None, feedback: false, seen_messages: 9 };
    for what in ["send", "enter", "take over", "status"] {
        let (desk, priya, room) = overdue().await;
        let backend = &desk.backend;
        let refused = match what {
            "send" => messages::send(backend, &priya, room.id, new_id(), "sorry!".into()).await.err(),
            "enter" => rooms::enter(backend, &priya, room.id).await.err(),
            "take over" => rooms::take_over(backend, &priya, room.id).await.err(),
            _ => rooms::update_status(backend, &priya, room.id, status.clone()).await.err(),
        };
        assert_eq!(refused.map(|error| error.to_string()).as_deref(), Some(archived), "{what}");
        assert_eq!(desk.find_room(room.id).await.section(), Section::Archived, "{what}");
    }
}

#[tokio::test]
async fn a_note_is_taken_in_the_archived_room_and_reopening_begins_the_next_episode() {
    let (desk, priya, room) = overdue().await;
    messages::add_note(&desk.backend, &priya, room.id, new_id(), "too late".into()).await.expect("notes are allowed");
    assert!(desk.find_room(room.id).await.is_archived(), "it did not bring the room back to life");

    let (desk, priya, room) = overdue().await;
    let reopened = rooms::reopen(&desk.backend, &priya, room.id).await.expect("the web has no window");
    assert_eq!((reopened.agent(), reopened.episode_number), (Some(priya.id), 2));
}

#[tokio::test]
async fn a_template_into_a_room_that_is_past_its_end_waits_for_the_answer_there() {
    let desk = TestDesk::new().await;
    let channel = desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    let room = desk.room(&channel, "Ana").await;
    desk.later(hours(25));

    let chosen =
        ChosenTemplate { name: "gone".into(), language: "en".into(), values: TemplateValues::default(), header: None };
    let refused =
        templates::send(&desk.backend, &priya, room.id, new_id(), chosen).await.expect_err("no such template");

    assert_eq!(refused.to_string(), "The template is not one of this channel's.");
    assert!(desk.find_room(room.id).await.is_archived());
}

#[tokio::test]
async fn whoever_is_writing_in_a_room_still_sends_what_they_wrote() {
    let (desk, priya, room) = overdue().await;
    let console = desk.comes_online(&priya).await;
    desk.clock.set(room.expires_at().expect("it expires").plus(minutes(30)));
    desk.backend.hub().signal(&console, Signal::Typing { room: room.id, on: true });

    let read = rooms::load(&desk.backend, &priya, room.id).await.expect("she sees it");
    let sent = messages::send(&desk.backend, &priya, room.id, new_id(), "here I am".into()).await;

    assert_eq!((read.room.agent(), sent.is_ok()), (Some(priya.id), true));
}

#[tokio::test]
async fn who_no_longer_sees_the_room_once_it_is_over_is_told_nothing_of_it() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let maria = desk.agent("maria").await;
    let room = desk.room(&channel, "Ana").await;
    assert!(rooms::load(&desk.backend, &maria, room.id).await.is_ok(), "it waits in the queue of her team");
    desk.later(hours(25));

    let words = rooms::load(&desk.backend, &maria, room.id).await.expect_err("it is nobody's now").to_string();

    assert_eq!(words, "This room does not exist, or you have no access to it.");
    assert!(drafts::save(&desk.backend, &maria, room.id, DraftMode::Reply, "hi".into()).await.is_err());
}

/// What this console hears of what expired meanwhile: how much, and how much of it unanswered.
fn missed(console: &mut Subscription) -> Vec<(u32, u32)> {
    let of = |frame: Frame| match frame {
        Frame::ExpiredMeanwhile { expired, unanswered } => Some((expired, unanswered)),
        _ => None,
    };
    heard(console).into_iter().filter_map(of).collect()
}

async fn opens_console(desk: &TestDesk, person: &Person) -> Subscription {
    let head = desk.backend.hub().head();
    desk.backend.subscribe(person.id, "session", head).await.expect("the log can be read")
}

#[tokio::test]
async fn what_expired_while_nothing_ran_is_told_once_to_each_whom_it_concerns_and_nobody_else() {
    let mut desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let (priya, tom, maria) = (desk.admin("priya").await, desk.team_manager("tom").await, desk.agent("maria").await);
    let sales = desk.add_team("Sales").await;
    let sol = desk.person("sol", domain::person::Role::TeamManager, vec![sales]).await;
    for name in ["Ana", "Bia", "Caio"] {
        desk.later(minutes(1));
        desk.room(&channel, name).await;
    }
    let answered = desk.room(&channel, "Davi").await;
    rooms::enter(&desk.backend, &priya, answered.id).await.expect("an admin may");
    messages::send(&desk.backend, &priya, answered.id, new_id(), "done".into()).await.expect("hers");

    desk.later(hours(3 * 24));
    desk.restart().await;
    let mut early = opens_console(&desk, &priya).await;
    assert_eq!(missed(&mut early), [], "nothing is told before everything was looked at");
    desk.sweep().await;

    assert_eq!(missed(&mut early), [(4, 3)]);
    let expired = desk.told().await.into_iter().filter(|event| matches!(event.change, Change::Expired { .. }));
    assert!(expired.map(|event| event.at).all(|at| at < NOON.plus(hours(25))), "with the time when it was over");
    let mut consoles = [opens_console(&desk, &tom).await, opens_console(&desk, &maria).await];
    assert_eq!(consoles.each_mut().map(missed), [vec![(4, 3)], vec![]]);
    assert_eq!(missed(&mut opens_console(&desk, &sol).await), [], "another team's");
    assert_eq!(missed(&mut opens_console(&desk, &tom).await), [], "once");
}

#[tokio::test]
async fn a_short_stop_and_what_expires_while_the_program_runs_are_no_news() {
    let mut desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.room(&channel, "Ana").await;
    desk.later(minutes(10));
    desk.room(&channel, "Bia").await;

    desk.clock.set(NOON.plus(hours(24)).plus(minutes(1)));
    desk.restart().await;
    desk.sweep().await;
    desk.later(hours(1));
    desk.sweep().await;

    assert_eq!(missed(&mut opens_console(&desk, &priya).await), []);
    let archived = desk.told().await.iter().filter(|event| matches!(event.change, Change::Expired { .. })).count();
    assert_eq!(archived, 2);
}

/// A desk with one customer, who writes in the web chat or on WhatsApp.
struct Customer {
    desk: TestDesk,
    priya: Person,
    on_whatsapp: bool,
}

impl Customer {
    async fn new(on_whatsapp: bool) -> Self {
        let desk = TestDesk::new().await;
        let priya = desk.admin("priya").await;
        if on_whatsapp {
            desk.whatsapp_channel().await
        } else {
            desk.web_channel().await
        };
        Self { desk, priya, on_whatsapp }
    }

    async fn writes(&self, text: &str) {
        if self.on_whatsapp {
            self.desk.whatsapp_customer_writes(text).await;
            self.desk.run_jobs().await;
        } else {
            self.desk.customer_writes(text).await;
        }
    }

    /// They wrote, Priya entered, and a day and an hour later the room is past its end.
    async fn overdue_room(&self) -> Room {
        self.writes("hello").await;
        let room = only_room(&self.desk).await;
        let room = rooms::enter(&self.desk.backend, &self.priya, room.id).await.expect("an admin may enter");
        self.desk.later(hours(25));
        room
    }
}

#[tokio::test]
async fn what_a_customer_writes_after_the_end_begins_the_next_episode_though_no_sweeper_came_by() {
    for on_whatsapp in [false, true] {
        let customer = Customer::new(on_whatsapp).await;
        let room = customer.overdue_room().await;
        let (due, now) = (room.expires_at().expect("it expires"), customer.desk.backend.now());

        customer.writes("still there?").await;

        let view = rooms::load(&customer.desk.backend, &customer.priya, room.id).await.expect("she sees it");
        assert_eq!((view.room.section(), view.room.agent(), view.room.episode_number), (Section::Live, None, 2));
        let before = &view.episodes[1];
        assert_eq!((before.closed_at, before.outcome, before.unanswered), (Some(due), Some(Outcome::Expired), true));
        assert_eq!((view.episodes[0].opened_at, view.room.waiting_since), (now, Some(now)));
        let lines: Vec<_> = view.entries.iter().rev().take(3).map(|entry| (entry.at, entry.what.clone())).collect();
        assert!(matches!(&lines[0], (at, What::Message(_)) if *at == now), "{lines:?}");
        assert!(
            matches!(&lines[1], (at, What::Line(line)) if *at == now && matches!(**line, Change::EpisodeOpened { .. }))
        );
        assert!(matches!(&lines[2], (at, What::Line(line)) if *at == due && matches!(**line, Change::Expired { .. })));
    }
}

#[tokio::test]
async fn what_a_customer_writes_while_a_colleague_is_writing_goes_on_with_the_episode() {
    for on_whatsapp in [false, true] {
        let customer = Customer::new(on_whatsapp).await;
        let room = customer.overdue_room().await;
        let console = customer.desk.comes_online(&customer.priya).await;
        customer.desk.clock.set(room.expires_at().expect("it expires").plus(minutes(30)));
        customer.desk.backend.hub().signal(&console, Signal::Typing { room: room.id, on: true });

        customer.writes("still there?").await;

        let room = customer.desk.find_room(room.id).await;
        assert_eq!((room.agent(), room.episode_number), (Some(customer.priya.id), 1));
    }
}
