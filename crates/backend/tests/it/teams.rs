//! Teams: made, renamed and removed by admins; what uses one keeps it, and what names one follows it.

use backend::live::Subscription;
use backend::test_desk::{PASSWORD, TestDesk};
use backend::{channels, flows, invitations, people, rooms, teams};
use domain::account::PersonUpdate;
use domain::change::{Actor, Change, ReturnReason};
use domain::channel::ChannelPlace;
use domain::episode::Outcome;
use domain::id::TeamId;
use domain::live::Frame;
use domain::person::{Person, Role};
use domain::room::{Status, StatusUpdate};
use domain::team::Team;

const TO_BILLING: &str =
    r#"{"name":"Money","start":"hand","steps":{"hand":{"kind":"hand_off","team":"billing","text":"One moment"}}}"#;

async fn refusal<T>(asked: impl Future<Output = backend::Result<T>>) -> String {
    asked.await.err().map(|error| error.to_string()).unwrap_or_default()
}

async fn hears(socket: &mut Subscription) -> Frame {
    serde_json::from_str(&socket.next().await.expect("the socket is open")).expect("a frame is JSON")
}

/// Whether everybody hears last that this is the team now.
async fn is_told(desk: &TestDesk, team: &Team) -> bool {
    desk.told().await.last().is_some_and(|event| event.change == Change::TeamChanged(team.clone()))
}

fn in_team(person: &Person, team: TeamId) -> PersonUpdate {
    PersonUpdate { teams: vec![team], ..PersonUpdate::of(person) }
}

#[tokio::test]
async fn an_admin_makes_a_team_and_everybody_hears_of_it() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);

    let billing = teams::add(&desk.backend, &priya, "  Billing ").await.expect("an admin may");

    assert_eq!(billing.name, "Billing");
    assert_eq!(desk.backend.directory().teams.get(&billing.id), Some(&billing));
    assert!(is_told(&desk, &billing).await);
    people::update(&desk.backend, &priya, maria.id, in_team(&maria, billing.id)).await.expect("it is a team");
}

#[tokio::test]
async fn only_admins_change_teams() {
    let desk = TestDesk::new().await;
    let tom = desk.team_manager("tom").await;
    let no = "You are not allowed to change teams.";

    assert_eq!(refusal(teams::add(&desk.backend, &tom, "Billing")).await, no);
    assert_eq!(refusal(teams::rename(&desk.backend, &tom, desk.team, "Help")).await, no);
    assert_eq!(refusal(teams::remove(&desk.backend, &tom, desk.team)).await, no);
}

#[tokio::test]
async fn no_two_teams_have_one_name_however_it_is_typed() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let size = teams::add(&desk.backend, &priya, "Größe").await.expect("no team is called so");
    let taken = "The name is another team's already.";

    assert_eq!(refusal(teams::add(&desk.backend, &priya, " sUpport ")).await, taken);
    assert_eq!(refusal(teams::add(&desk.backend, &priya, "GRÖßE")).await, taken);
    assert_eq!(refusal(teams::rename(&desk.backend, &priya, size.id, "SUPPORT")).await, taken);
    assert_eq!(refusal(teams::add(&desk.backend, &priya, " ")).await, "The name is empty.");
    let long = "The name has 81 characters; at most 80 are allowed.";
    assert_eq!(refusal(teams::rename(&desk.backend, &priya, size.id, &"x".repeat(81))).await, long);
    assert_eq!(
        refusal(teams::rename(&desk.backend, &priya, TeamId::from_number(7), "X")).await,
        "The team does not exist."
    );
    let louder = teams::rename(&desk.backend, &priya, size.id, "GRÖßE").await.expect("its own name, written otherwise");
    assert!(is_told(&desk, &louder).await);
}

#[tokio::test]
async fn of_two_who_make_a_team_of_one_name_at_once_one_does() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;

    let (one, other) =
        tokio::join!(teams::add(&desk.backend, &priya, "Billing"), teams::add(&desk.backend, &priya, "BILLING"),);

    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|done| **done).count(), 1);
    assert_eq!(desk.backend.directory().teams.len(), 2);
}

#[tokio::test]
async fn a_flow_hands_over_to_a_team_also_under_its_new_name() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may");
    let channel = desk.web_channel().await;
    let flow = flows::import(&desk.backend, &priya, TO_BILLING).await.expect("small letters name it as well");
    flows::use_on_channel(&desk.backend, &priya, channel.id, Some(flow)).await.expect("both exist");

    teams::rename(&desk.backend, &priya, billing.id, "Money matters").await.expect("an admin may");
    let ana = desk.visitor("Ana").await;
    desk.customer_writes("hello").await;
    desk.run_jobs().await;

    let room = desk.room_of(&ana).await;
    assert!(room.is_queued(), "{room:?}");
    assert_eq!(room.team, Some(billing.id));
    let exported = flows::export(&desk.backend, &priya, flow).await.expect("it exists");
    assert!(exported.contains("\"team\": \"Money matters\""), "{exported}");
}

#[tokio::test]
async fn a_bot_that_has_thought_of_a_team_by_its_old_name_thinks_again() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may");
    let channel = desk.web_channel().await;
    let flow = flows::import(&desk.backend, &priya, TO_BILLING).await.expect("it names a team");
    flows::use_on_channel(&desk.backend, &priya, channel.id, Some(flow)).await.expect("both exist");
    let ana = desk.visitor("Ana").await;
    desk.customer_writes("hello").await;
    let other = desk.another_process().await;
    teams::rename(&other, &priya, billing.id, "Money matters").await.expect("an admin may");

    // This process knows the team by its old name alone, until it looks at the log.
    desk.run_jobs().await;

    assert_eq!(desk.room_of(&ana).await.team, Some(billing.id));
}

#[tokio::test]
async fn what_uses_a_team_keeps_it_and_is_named() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may").id;
    let maria = desk.person("maria", Role::Agent, vec![billing]).await;
    invitations::create(&desk.backend, &priya, "ines@example.com", Role::Agent, vec![billing])
        .await
        .expect("may invite");
    flows::import(&desk.backend, &priya, TO_BILLING).await.expect("it names a team");
    let channel = desk.web_channel().await;
    let place = ChannelPlace { team: Some(billing), ..ChannelPlace::of(&channel) };
    let channel = channels::set_place(&desk.backend, &priya, channel.id, place).await.expect("it is a team");
    let room = desk.room(&channel, "Ana").await;

    assert_eq!(
        refusal(teams::remove(&desk.backend, &priya, billing)).await,
        "The team is still used by 1 person (Maria), 1 invitation (ines@example.com), 1 channel (Website), \
         1 flow (Money) and 1 open chat."
    );

    people::update(&desk.backend, &priya, maria.id, in_team(&maria, desk.team)).await.expect("an admin may");
    let open = invitations::list(&desk.backend, &priya).await.expect("an admin may");
    invitations::revoke(&desk.backend, &priya, open[0].id).await.expect("an admin may");
    let elsewhere = TO_BILLING.replace("billing", "Support");
    flows::import(&desk.backend, &priya, &elsewhere).await.expect("it names a team");
    let place = ChannelPlace { team: Some(desk.team), ..ChannelPlace::of(&channel) };
    channels::set_place(&desk.backend, &priya, channel.id, place).await.expect("it is a team");
    let words = refusal(teams::remove(&desk.backend, &priya, billing)).await;
    assert_eq!(words, "The team is still used by 1 open chat.");

    let closed =
        Change::Closed { outcome: Outcome::Resolved, by: priya.id, comment: None, reason: None, feedback: false };
    desk.happens(room.id, vec![Change::Entered { by: priya.id }, closed]).await;
    teams::remove(&desk.backend, &priya, billing).await.expect("nothing uses it any more");
}

#[tokio::test]
async fn the_only_team_stays() {
    let desk = TestDesk::new().await;
    let priya = desk.person("priya", Role::Admin, vec![]).await;

    assert_eq!(refusal(teams::remove(&desk.backend, &priya, desk.team)).await, "The team is the only one there is.");
}

#[tokio::test]
async fn a_removed_team_leaves_consoles_and_whoever_was_deactivated_in_it() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may");
    let left = PersonUpdate { active: false, ..in_team(&maria, billing.id) };
    people::update(&desk.backend, &priya, maria.id, left).await.expect("an admin may");
    let mut socket = desk.backend.subscribe(priya.id, "a session", desk.backend.hub().head()).await.expect("may look");

    teams::remove(&desk.backend, &priya, billing.id).await.expect("nobody who is here uses it");

    let gone = Change::TeamChanged(Team { removed: true, ..billing.clone() });
    while !matches!(hears(&mut socket).await, Frame::Event(event) if event.change == gone) {}
    let directory = desk.backend.directory();
    assert!(!directory.teams.contains_key(&billing.id));
    assert_eq!(directory.people[&maria.id].teams, []);
    assert_eq!(refusal(teams::remove(&desk.backend, &priya, billing.id)).await, "The team does not exist.");
    teams::add(&desk.backend, &priya, "billing").await.expect("the name is free again");
    let back = PersonUpdate { active: true, ..PersonUpdate::of(&directory.people[&maria.id]) };
    let back = people::update(&desk.backend, &priya, maria.id, back).await.expect("an admin may");
    assert_eq!(back.teams, [desk.team], "they come back to the default team");
}

#[tokio::test]
async fn a_chat_that_was_archived_in_a_removed_team_waits_for_its_channels_team_when_it_comes_back() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may").id;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await;
    let to_billing = Change::ReturnedToQueue { by: Actor::Bot, team: Some(billing), reason: ReturnReason::Given };
    let closed =
        Change::Closed { outcome: Outcome::Resolved, by: priya.id, comment: None, reason: None, feedback: false };
    desk.happens(room.id, vec![to_billing, Change::Entered { by: priya.id }, closed]).await;
    teams::remove(&desk.backend, &priya, billing).await.expect("nothing uses it any more");

    let reopened = rooms::reopen(&desk.backend, &priya, room.id).await.expect("an admin may");
    assert_eq!(reopened.team, Some(billing), "as it was");
    rooms::return_to_queue(&desk.backend, &priya, room.id, None).await.expect("hers");
    desk.run_jobs().await;

    let after = desk.find_room(room.id).await;
    assert!(after.is_queued() && after.team == Some(desk.team), "{after:?}");
    rooms::load(&desk.backend, &maria, room.id).await.expect("it waits in the queue of her team");
}

#[tokio::test]
async fn no_other_process_gives_somebody_a_team_that_is_gone() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may").id;
    let channel = desk.web_channel().await;
    let other = desk.another_process().await;

    teams::remove(&desk.backend, &priya, billing).await.expect("nobody uses it");

    // The other has not looked at the log yet.
    let unknown = "The team does not exist.";
    assert_eq!(refusal(people::update(&other, &priya, maria.id, in_team(&maria, billing))).await, unknown);
    let place = ChannelPlace { team: Some(billing), ..ChannelPlace::of(&channel) };
    assert_eq!(refusal(channels::set_place(&other, &priya, channel.id, place)).await, unknown);
    let invited = invitations::create(&other, &priya, "ines@example.com", Role::Agent, vec![billing]);
    assert_eq!(refusal(invited).await, unknown);
    let words = refusal(flows::import(&other, &priya, TO_BILLING)).await;
    assert!(words.contains("hands over to the team \"billing\", which does not exist"), "{words}");
}

#[tokio::test]
async fn whoever_is_left_in_no_team_comes_into_the_first() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may").id;
    let mo = desk.person("mo", Role::Agent, vec![billing]).await;

    let none = PersonUpdate { teams: vec![], ..PersonUpdate::of(&mo) };
    let after = people::update(&desk.backend, &priya, mo.id, none).await.expect("an admin may");
    let token = invitations::create(&desk.backend, &priya, "ines@example.com", Role::Agent, vec![]).await;
    let token = token.expect("an admin may invite into no team");
    let ines = invitations::accept(&desk.backend, &token, "Ines", PASSWORD).await.expect("is open");

    assert_eq!(after.teams, [desk.team]);
    assert_eq!(ines.teams, [desk.team]);
    let none = PersonUpdate { teams: vec![], ..PersonUpdate::of(&priya) };
    let priya = people::update(&desk.backend, &priya, priya.id, none).await.expect("an admin may");
    assert_eq!(priya.teams, [], "an admin has every room anyway");
}

#[tokio::test]
async fn a_chat_is_not_handed_to_a_team_that_another_process_removes_at_that_moment() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may").id;
    let room = desk.room(&desk.web_channel().await, "Ana").await;
    let other = desk.another_process().await;

    let handing = rooms::return_to_queue(&desk.backend, &priya, room.id, Some(billing));
    let (handed, removed) = desk.while_removed(&other, billing, handing).await;

    removed.expect("nothing uses it");
    assert_eq!(handed.expect_err("it is gone").to_string(), "The team does not exist.");
    assert_eq!(desk.find_room(room.id).await.team, Some(desk.team));
}

#[tokio::test]
async fn a_team_stays_to_which_another_process_hands_a_chat_at_that_moment() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may").id;
    let room = desk.room(&desk.web_channel().await, "Ana").await;
    let other = desk.another_process().await;

    let removing = teams::remove(&desk.backend, &priya, billing);
    let to_billing = Change::ReturnedToQueue { by: Actor::Bot, team: Some(billing), reason: ReturnReason::Given };
    let (removed, handed) = desk.while_happening(&other, room.id, vec![to_billing], removing).await;

    handed.expect("the team is there");
    assert_eq!(removed.expect_err("it has a chat by now").to_string(), "The team is still used by 1 open chat.");
    assert_eq!(desk.find_room(room.id).await.team, Some(billing));
}

#[tokio::test]
async fn a_customer_who_writes_while_their_channels_team_is_changed_and_removed_waits_in_the_new_one() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may").id;
    let sales = teams::add(&desk.backend, &priya, "Sales").await.expect("an admin may").id;
    let channel = desk.web_channel().await;
    let in_team = |team| ChannelPlace { team: Some(team), ..ChannelPlace::of(&channel) };
    channels::set_place(&desk.backend, &priya, channel.id, in_team(billing)).await.expect("it is a team");
    let ana = desk.visitor("Ana").await;
    let other = desk.another_process().await;
    channels::set_place(&other, &priya, channel.id, in_team(sales)).await.expect("it is a team");

    // This process may have heard of neither.
    let (_, removed) = desk.while_removed(&other, billing, desk.customer_writes("hello")).await;

    removed.expect("nothing uses it");
    assert_eq!(desk.room_of(&ana).await.team, Some(sales));
}

#[tokio::test]
async fn a_closed_chat_that_is_taken_back_into_the_queue_of_a_removed_team_goes_on_to_its_channels() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may").id;
    let room = desk.room(&desk.web_channel().await, "Ana").await;
    rooms::return_to_queue(&desk.backend, &priya, room.id, Some(billing)).await.expect("it is a team");
    desk.run_jobs().await;
    let resolved =
        StatusUpdate { status: Status::Resolve, comment: None, reason: None, feedback: false, seen_messages: 1 };
    rooms::update_status(&desk.backend, &priya, room.id, resolved).await.expect("an admin may");
    teams::remove(&desk.backend, &priya, billing).await.expect("nothing uses it any more");

    rooms::undo(&desk.backend, &priya, room.id).await.expect("it is a moment ago");
    desk.run_jobs().await;

    let after = desk.find_room(room.id).await;
    assert!(after.is_queued() && after.team == Some(desk.team), "{after:?}");
}
