//! Sticky agent: who writes again soon after the end of their chat is back with whoever held it, at once.

use std::time::Duration;

use backend::live::Subscription;
use backend::test_desk::{TestDesk, desk_policy};
use backend::{people, rooms};
use domain::account::PersonUpdate;
use domain::change::{Actor, Change};
use domain::message::What;
use domain::person::{Availability, Person};
use domain::policy::{Policy, STICKY};
use domain::room::Room;

use crate::transcript::{only_room, resolve, said, words};

/// Maria, with her console, has just resolved Ana's chat; on its channel a bot answers first.
struct Scene {
    desk: TestDesk,
    maria: Person,
    room: Room,
    _console: Subscription,
}

impl Scene {
    async fn new(policy: Policy) -> Self {
        let desk = TestDesk::new().await;
        desk.web_channel_with_bot().await;
        desk.set_policy(policy).await;
        let maria = desk.team_manager("maria").await;
        let console = desk.comes_online(&maria).await;
        desk.customer_writes("hello").await;
        let room = only_room(&desk).await;
        rooms::enter(&desk.backend, &maria, room.id).await.expect("her team");
        let room = resolve(&desk, &maria, room.id).await;
        desk.run_jobs().await;
        Self { desk, maria, room, _console: console }
    }

    /// Ana writes again after so long, while the sweeper comes by as ever.
    async fn returns_after(&self, span: Duration) -> Room {
        self.desk.later(span);
        self.desk.sweep().await;
        self.desk.customer_writes("me again").await;
        self.desk.run_jobs().await;
        self.desk.find_room(self.room.id).await
    }
}

fn sticky() -> Policy {
    Policy { sticky_agent: true, ..desk_policy() }
}

const MOMENT: Duration = Duration::from_millis(1);

#[tokio::test]
async fn whoever_held_the_chat_has_the_customer_back_and_no_bot_comes_in_between() {
    let scene = Scene::new(sticky()).await;

    let room = scene.returns_after(STICKY - MOMENT).await;

    assert_eq!((room.agent(), room.episode_number), (Some(scene.maria.id), 2));
    let lines: Vec<Change> = words(&scene.desk, &room)
        .await
        .into_iter()
        .filter(|entry| entry.episode == room.episode)
        .filter_map(|entry| if let What::Line(change) = entry.what { Some(*change) } else { None })
        .collect();
    let given = Change::Assigned { to: scene.maria.id, by: Actor::Switchboard, note: None, stays: false, team: None };
    assert!(matches!(lines.as_slice(), [Change::EpisodeOpened { .. }, second] if *second == given), "{lines:?}");
    assert_eq!(said(&scene.desk, &room).await.last().map(String::as_str), Some("customer: me again"));
}

#[tokio::test]
async fn after_half_an_hour_and_where_it_is_off_the_bot_answers() {
    let scene = Scene::new(sticky()).await;
    assert!(scene.returns_after(STICKY).await.is_with_bot());

    let off = Scene::new(desk_policy()).await;
    assert!(off.returns_after(Duration::from_secs(60)).await.is_with_bot());
}

#[tokio::test]
async fn who_is_away_or_has_no_console_open_does_not_have_it_back() {
    let scene = Scene::new(sticky()).await;
    people::set_availability(&scene.desk.backend, &scene.maria, Availability::Away, vec![]).await.expect("may be away");
    assert!(scene.returns_after(Duration::from_secs(60)).await.is_with_bot());

    let Scene { desk, room, _console: console, .. } = Scene::new(sticky()).await;
    drop(console);
    desk.later(domain::policy::GRACE + MOMENT);
    desk.sweep().await;
    desk.customer_writes("me again").await;
    assert!(desk.find_room(room.id).await.is_with_bot());
}

#[tokio::test]
async fn who_holds_as_much_as_they_take_or_left_the_team_does_not_have_it_back() {
    for full in [true, false] {
        let scene = Scene::new(sticky()).await;
        let present = PersonUpdate::of(&scene.maria);
        let update = if full {
            PersonUpdate { capacity: 0, ..present }
        } else {
            PersonUpdate { teams: vec![scene.desk.add_team("Sales").await], ..present }
        };
        let priya = scene.desk.admin("priya").await;
        people::update(&scene.desk.backend, &priya, scene.maria.id, update).await.expect("an admin may");

        assert!(scene.returns_after(Duration::from_secs(60)).await.is_with_bot());
    }
}
