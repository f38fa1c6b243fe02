//! An access token that the provider refuses is renewed at once, and once, whoever was refused.

mod providers;

use std::sync::Arc;
use std::time::Duration;

use backend::test_desk::TestDesk;
use backend::{Backend, channels, jobs, messages, new_id, rooms};
use domain::change::Change;
use domain::channel::{Channel, ChannelPlace};
use domain::delivery::{Cause, Delay, Delivery};
use domain::id::MessageId;
use domain::person::Person;
use domain::room::Room;
use domain::timestamp::minutes;
use serde_json::json;
use tokio::sync::Notify;

use crate::transcript::{delivery, live_rooms};
use crate::x_account::{Renewing, XAccount, writes};

/// Two customers of an account on X, in rooms that Priya, an admin, has entered.
struct Scene {
    desk: Arc<TestDesk>,
    x: XAccount,
    channel: Channel,
    priya: Person,
    rooms: Vec<Room>,
}

impl Scene {
    async fn new() -> Self {
        let (desk, x) = (Arc::new(TestDesk::new().await), XAccount::start().await);
        let channel = x.channel(&desk).await;
        let priya = desk.admin("priya").await;
        // Days may pass, and the rooms stay.
        let place = ChannelPlace { expires_after_millis: None, ..ChannelPlace::of(&channel) };
        channels::set_place(&desk.backend, &priya, channel.id, place).await.expect("an admin may");
        for number in [1, 2] {
            writes(&desk, number).await;
        }
        desk.run_jobs().await;
        let rooms = live_rooms(&desk).await;
        assert_eq!(rooms.len(), 2);
        for room in &rooms {
            rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
        }
        Self { desk, x, channel, priya, rooms }
    }

    /// Priya writes to the customer of the `which`th room.
    async fn sends(&self, which: usize, text: &str) -> MessageId {
        let id = new_id();
        let sent = messages::send(&self.desk.backend, &self.priya, self.rooms[which].id, id, text.into()).await;
        sent.expect("may be sent");
        id
    }

    async fn stages(&self, ids: [MessageId; 2]) -> [Delivery; 2] {
        let stage = async |which: usize| delivery(&self.desk, &self.rooms[which], ids[which]).await;
        [stage(0).await, stage(1).await]
    }

    async fn passes(&self, span: Duration) {
        self.desk.later(span);
        self.desk.run_jobs().await;
    }

    async fn last_error(&self) -> Option<String> {
        channels::list(&self.desk.backend, &self.priya).await.expect("an admin may look")[0].last_error.clone()
    }

    /// Priya changes the settings while a message whose token was refused waits for the renewal; gives the message, once
    /// all that is over.
    async fn is_changed_while_renewing(&self, changes: &serde_json::Value) -> MessageId {
        let go_on = Arc::new(Notify::new());
        self.x.next_renewal(Renewing::Waits(Arc::clone(&go_on)));
        self.x.forgets_the_token();
        let first = self.sends(0, "one").await;
        let worker = works(&self.desk.backend);
        self.x.is_asked_to_renew().await;
        let changed =
            channels::change_settings(&self.desk.backend, &self.priya, self.channel.id, &changes.to_string()).await;
        changed.expect("an admin may");
        go_on.notify_one();
        worker.await.expect("it ends");
        first
    }

    /// How often everybody was told that the channel is in trouble.
    async fn alerts(&self) -> usize {
        let told = self.desk.told().await;
        let troubles = told.iter().filter_map(|event| match &event.change {
            Change::ChannelChanged(channel) => Some(channel.trouble.is_some()),
            _ => None,
        });
        // Much else of a channel is told as well, such as what it has sent.
        let troubles: Vec<bool> = std::iter::once(false).chain(troubles).collect();
        troubles.windows(2).filter(|pair| !pair[0] && pair[1]).count()
    }
}

/// What the account's owner gets at X, with its end: without one, a token would be renewed before it is used.
fn tokens_of_a_sign_in() -> serde_json::Value {
    json!({ "access_token": "access-new", "refresh_token": "refresh-new", "access_token_expires_at": "1796000000" })
}

/// Carries out, beside the test, what is due.
fn works(backend: &Backend) -> tokio::task::JoinHandle<()> {
    let backend = backend.clone();
    tokio::spawn(async move { jobs::run_due(&backend).await.expect("jobs can be carried out") })
}

#[tokio::test]
async fn a_refused_token_is_renewed_at_once_and_the_message_leaves() {
    let scene = Scene::new().await;
    scene.x.forgets_the_token();
    let ids = [scene.sends(0, "one").await, scene.sends(1, "two").await];

    scene.desk.run_jobs().await;

    assert_eq!(scene.stages(ids).await, [Delivery::Sent, Delivery::Sent]);
    let taken = ["one", "two"].map(|text| ("access-1".to_owned(), text.to_owned()));
    assert_eq!(scene.x.taken(), taken);
    assert_eq!((scene.x.renewals(), scene.last_error().await, scene.alerts().await), (1, None, 0));
    assert!(!scene.desk.stores("access-1").await && !scene.desk.stores("refresh-1").await);
}

#[tokio::test]
async fn of_two_who_are_refused_at_once_one_renews() {
    let scene = Scene::new().await;
    scene.x.forgets_the_token_for_two_at_once();
    let first = scene.sends(0, "one").await;
    let one = works(&scene.desk.backend);
    scene.x.has_refused(1).await;
    let second = scene.sends(1, "two").await;
    let two = works(&scene.desk.backend);
    for worker in [one, two] {
        worker.await.expect("it ends");
    }
    scene.desk.run_jobs().await;

    assert_eq!(scene.stages([first, second]).await, [Delivery::Sent, Delivery::Sent]);
    assert_eq!(scene.x.renewals(), 1);
}

#[tokio::test]
async fn a_process_that_was_slower_uses_the_others_token() {
    let scene = Scene::new().await;
    let other = scene.desk.another_process().await;
    let go_on = Arc::new(Notify::new());
    scene.x.next_renewal(Renewing::Waits(Arc::clone(&go_on)));
    scene.x.forgets_the_token();

    let first = scene.sends(0, "one").await;
    let quicker = works(&scene.desk.backend);
    scene.x.is_asked_to_renew().await;
    let second = scene.sends(1, "two").await;
    let slower = works(&other);
    scene.x.has_refused(2).await;
    go_on.notify_one();
    for worker in [quicker, slower] {
        worker.await.expect("it ends");
    }

    assert_eq!(scene.stages([first, second]).await, [Delivery::Sent, Delivery::Sent]);
    assert!(scene.x.taken().iter().all(|(token, _)| token == "access-1"), "{:?}", scene.x.taken());
    assert_eq!(scene.x.renewals(), 1);
}

#[tokio::test]
async fn a_token_that_was_asked_for_is_saved_also_when_nobody_waits_for_it_any_more() {
    let scene = Scene::new().await;
    let go_on = Arc::new(Notify::new());
    scene.x.next_renewal(Renewing::Waits(Arc::clone(&go_on)));
    scene.x.forgets_the_token();
    scene.sends(0, "one").await;
    let worker = works(&scene.desk.backend);
    scene.x.is_asked_to_renew().await;

    worker.abort();
    go_on.notify_one();
    let second = scene.sends(1, "two").await;
    scene.desk.run_jobs().await;

    assert_eq!(delivery(&scene.desk, &scene.rooms[1], second).await, Delivery::Sent);
    assert_eq!(scene.x.taken(), [("access-1".to_owned(), "two".to_owned())]);
    assert_eq!(scene.x.renewals(), 1);
}

#[tokio::test]
async fn the_turn_of_a_process_that_died_goes_to_the_next_after_a_minute() {
    let scene = Scene::new().await;
    let other = scene.desk.another_process().await;
    scene.x.next_renewal(Renewing::Never);
    scene.x.forgets_the_token();
    scene.sends(0, "one").await;
    let dying = works(&scene.desk.backend);
    scene.x.is_asked_to_renew().await;
    dying.abort();

    scene.desk.later(minutes(1));
    scene.sends(1, "two").await;
    jobs::run_due(&other).await.expect("jobs can be carried out");

    let (token, text) = scene.x.taken().pop().expect("a message left");
    assert_eq!((token.as_str(), text.as_str(), scene.x.renewals()), ("access-2", "two", 2));
}

/// It waits for an admin.
fn stopped() -> Delivery {
    Delivery::Delayed(Delay { cause: Cause::Stopped, until: None })
}

#[tokio::test]
async fn a_token_that_is_refused_again_after_its_renewal_stops_the_channel_and_alerts_admins_once() {
    let scene = Scene::new().await;
    scene.x.refuses_everything(true);
    let ids = [scene.sends(0, "one").await, scene.sends(1, "two").await];

    scene.desk.run_jobs().await;
    for _ in 0..3 {
        scene.passes(minutes(2)).await;
    }
    assert_eq!(scene.stages(ids).await, [stopped(), stopped()]);
    assert!(scene.last_error().await.is_some_and(|words| words.contains("access token")));
    assert_eq!((scene.x.renewals(), scene.alerts().await), (1, 1));

    scene.x.refuses_everything(false);
    scene.passes(minutes(2)).await;
    assert_eq!(scene.stages(ids).await, [Delivery::Sent, Delivery::Sent]);
    assert_eq!((scene.x.renewals(), scene.last_error().await), (1, None));
}

#[tokio::test]
async fn a_used_up_refresh_token_keeps_what_waits_until_an_admin_gives_another() {
    let scene = Scene::new().await;
    scene.x.has_tokens("access-new", "refresh-new");
    let ids = [scene.sends(0, "one").await, scene.sends(1, "two").await];

    scene.desk.run_jobs().await;
    assert_eq!(scene.stages(ids).await, [stopped(), stopped()]);
    assert_eq!((scene.x.renewals(), scene.alerts().await), (1, 1));

    let tokens = tokens_of_a_sign_in().to_string();
    let changed = channels::change_settings(&scene.desk.backend, &scene.priya, scene.channel.id, &tokens).await;
    changed.expect("an admin may");
    scene.passes(minutes(2)).await;
    assert_eq!(scene.stages(ids).await, [Delivery::Sent, Delivery::Sent]);
    assert_eq!((scene.x.renewals(), scene.last_error().await), (1, None));
}

#[tokio::test]
async fn a_renewal_that_fails_for_now_alerts_nobody_and_the_message_leaves_later() {
    let scene = Scene::new().await;
    scene.x.forgets_the_token();
    scene.x.next_renewal(Renewing::Refuses(503));
    let ids = [scene.sends(0, "one").await, scene.sends(1, "two").await];

    scene.desk.run_jobs().await;
    assert_eq!(scene.stages(ids).await, [Delivery::Waiting, Delivery::Waiting]);
    assert_eq!((scene.x.renewals(), scene.alerts().await), (1, 0));

    scene.passes(minutes(15)).await;
    assert_eq!(scene.stages(ids).await, [Delivery::Sent, Delivery::Sent]);
}

#[tokio::test]
async fn what_an_admin_changes_while_a_token_is_renewed_stays_beside_the_new_token() {
    let scene = Scene::new().await;
    let first = scene.is_changed_while_renewing(&json!({ "bearer_token": "app-token" })).await;

    assert_eq!(delivery(&scene.desk, &scene.rooms[0], first).await, Delivery::Sent);
    let setup = channels::list(&scene.desk.backend, &scene.priya).await.expect("an admin may look").remove(0);
    assert!(setup.settings.contains("bearer_token"), "{}", setup.settings);
    assert_eq!(scene.x.taken(), [("access-1".to_owned(), "one".to_owned())]);
}

#[tokio::test]
async fn tokens_that_an_admin_fills_in_while_others_are_renewed_stay() {
    let scene = Scene::new().await;
    let tokens = tokens_of_a_sign_in();
    let first = scene.is_changed_while_renewing(&tokens).await;
    scene.x.has_tokens("access-new", "refresh-new");
    scene.passes(minutes(2)).await;

    assert_eq!(delivery(&scene.desk, &scene.rooms[0], first).await, Delivery::Sent);
    assert_eq!(scene.x.taken(), [("access-new".to_owned(), "one".to_owned())]);
}

#[tokio::test]
async fn a_token_that_is_about_to_end_is_renewed_before_it_is_shown() {
    let scene = Scene::new().await;
    // It ends on 30 November, at 00:53:20.
    scene.desk.later(Duration::from_secs(1_796_000_000 - 1_795_348_800 - 14 * 60));
    scene.sends(0, "one").await;
    scene.sends(1, "two").await;

    scene.desk.run_jobs().await;

    let taken = ["one", "two"].map(|text| ("access-1".to_owned(), text.to_owned()));
    assert_eq!((scene.x.taken(), scene.x.renewals()), (taken.to_vec(), 1));
}
