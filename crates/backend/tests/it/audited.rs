//! What leaves a line in the audit trail: each act exactly one, a refused one none, and none with a secret.

use backend::test_desk::{PASSWORD, TestDesk, WHATSAPP_SETTINGS, desk_policy};
use backend::{audit, channels, contacts, drafts, flows, invitations, new_id, passwords, people, rooms, settings};
use backend::{sessions, setup, trouble};
use domain::account::PersonUpdate;
use domain::bulk::{BulkAction, Chosen};
use domain::channel::{ChannelKind, ChannelPlace, ConnectChannel};
use domain::customer::{SaveContact, Saved, Saving};
use domain::desk::{ListQuery, Sort};
use domain::draft::DraftMode;
use domain::export::ToExport;
use domain::id::{BulkId, TeamId};
use domain::person::{Person, Role};
use domain::policy::Policy;
use domain::room::{Room, Section, Status};

const FLOW: &str = r#"{"name":"Front door","start":"hand","steps":{"hand":{"kind":"hand_off","text":"One moment"}}}"#;

/// What `me` reads, the oldest first.
async fn read(desk: &TestDesk, me: &Person) -> Vec<String> {
    let page = audit::list(&desk.backend, me, None, None).await.expect("they may");
    page.lines.into_iter().rev().map(|line| format!("{} {}", line.who, line.words)).collect()
}

#[tokio::test]
async fn inviting_taking_back_and_joining_leave_a_line_each_and_no_token() {
    let desk = TestDesk::new().await;
    let (priya, tom) = (desk.admin("priya").await, desk.team_manager("tom").await);
    let team = vec![desk.team];

    let lost = invitations::create(&desk.backend, &tom, "ben@example.com", Role::Agent, team.clone()).await;
    let lost = lost.expect("he may");
    let open = invitations::list(&desk.backend, &tom).await.expect("he may");
    invitations::revoke(&desk.backend, &priya, open[0].id).await.expect("an admin may");
    let token = invitations::create(&desk.backend, &priya, "ines@example.com", Role::TeamManager, team).await;
    let token = token.expect("an admin may");
    invitations::accept(&desk.backend, &token, "Ines", PASSWORD).await.expect("it is open");
    invitations::accept(&desk.backend, &token, "Ines", PASSWORD).await.expect_err("it was used");
    invitations::create(&desk.backend, &tom, "eve@example.com", Role::Admin, vec![]).await.expect_err("he may not");

    let lines = [
        "Tom invited ben@example.com as an Agent into “Support”",
        "Priya took back the invitation of ben@example.com",
        "Priya invited ines@example.com as a Team manager into “Support”",
        "Ines joined as a Team manager into “Support”, invited by Priya",
    ];
    assert_eq!(read(&desk, &priya).await, lines);
    assert_eq!(read(&desk, &tom).await, lines, "all of it is of his team");
    assert!(!desk.stores(&token).await && !desk.stores(&lost).await);
}

#[tokio::test]
async fn a_reset_link_and_a_new_password_leave_a_line_each_and_no_secret() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let chosen = "staple battery horse";

    let token = passwords::create_reset(&desk.backend, &priya, maria.id).await.expect("an admin may");
    passwords::create_reset(&desk.backend, &maria, priya.id).await.expect_err("she may not");
    passwords::follow_reset(&desk.backend, &token, chosen).await.expect("it is open");
    let session = sessions::sign_in(&desk.backend, &maria.email, chosen, "192.0.2.1").await.expect("right").1;
    let further = "horse staple battery";
    passwords::change(&desk.backend, &maria, &session.to_string(), "192.0.2.1", chosen, further)
        .await
        .expect("she knows the present one");
    passwords::change(&desk.backend, &maria, &session.to_string(), "192.0.2.1", chosen, "yet another horse")
        .await
        .expect_err("it is another by now");

    let lines = [
        "Priya made a link for Maria to choose a new password",
        "Maria chose a new password by a link",
        "Maria changed their password",
    ];
    assert_eq!(read(&desk, &priya).await, lines);
    for secret in [token.as_str(), chosen, further] {
        assert!(!desk.stores(secret).await, "{secret}");
    }
}

#[tokio::test]
async fn of_a_channel_the_settings_are_named_and_never_told() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let (kind, name) = (ChannelKind::WhatsApp, "Acme".to_owned());
    let form = ConnectChannel { kind, name, settings: WHATSAPP_SETTINGS.into(), team: Some(desk.team), flow: None };
    let channel = channels::connect(&desk.backend, &priya, form.clone()).await.expect("good settings");
    let bad = ConnectChannel { settings: "{}".into(), ..form };
    channels::connect(&desk.backend, &priya, bad).await.expect_err("settings are missing");

    let change = async |changes: &str| {
        channels::change_settings(&desk.backend, &priya, channel.id, changes).await.expect("good settings");
    };
    change(r#"{"access_token":"EAAother","app_secret":"another-secret"}"#).await;
    change(r#"{"access_token":"EAAother"}"#).await;
    let place = ChannelPlace { name: "Shop".into(), team: None, ..ChannelPlace::of(&channel) };
    channels::set_place(&desk.backend, &priya, channel.id, place.clone()).await.expect("a good name");
    channels::set_place(&desk.backend, &priya, channel.id, place).await.expect("it is as it was");
    channels::set_paused(&desk.backend, &priya, channel.id, true).await.expect("an admin may");
    channels::set_paused(&desk.backend, &priya, channel.id, false).await.expect("an admin may");
    channels::disconnect(&desk.backend, &priya, channel.id).await.expect("an admin may");

    assert_eq!(
        read(&desk, &priya).await,
        [
            "Priya connected the WhatsApp channel “Acme”",
            "Priya changed settings of the channel “Acme”: Access token, App secret",
            "Priya renamed the channel “Acme” to “Shop”",
            "Priya changed settings of the channel “Shop”: Team",
            "Priya paused the channel “Shop”",
            "Priya let the channel “Shop” go on",
            "Priya removed the channel “Shop”",
        ]
    );
    for secret in ["EAAtoken", "EAAother", "another-secret", "verify-token"] {
        assert!(!desk.stores(secret).await, "{secret}");
    }
}

#[tokio::test]
async fn a_flow_and_the_bot_that_runs_it_leave_a_line_each() {
    let desk = TestDesk::new().await;
    let (priya, tom) = (desk.admin("priya").await, desk.team_manager("tom").await);
    let channel = desk.web_channel().await;

    let flow = flows::import(&desk.backend, &priya, FLOW).await.expect("a good flow");
    flows::import(&desk.backend, &priya, FLOW).await.expect("a good flow");
    flows::import(&desk.backend, &priya, "{}").await.expect_err("it is no flow");
    flows::use_on_channel(&desk.backend, &priya, channel.id, Some(flow)).await.expect("both exist");
    flows::use_on_channel(&desk.backend, &priya, channel.id, None).await.expect("it exists");

    let activated =
        ["Priya had the bot of “Website” run the flow “Front door”", "Priya took the bot off the channel “Website”"];
    assert_eq!(
        read(&desk, &priya).await,
        [
            "Priya imported the flow “Front door”",
            "Priya replaced the flow “Front door” by a new version",
            activated[0],
            activated[1],
        ]
    );
    assert_eq!(read(&desk, &tom).await, activated, "the channel is his team's");
}

#[tokio::test]
async fn every_changed_rule_leaves_a_line_and_the_slower_admin_none() {
    let desk = TestDesk::new().await;
    let (priya, olu) = (desk.admin("priya").await, desk.admin("olu").await);
    let before = desk.policy();
    let after = Policy { auto_assign: false, answer_minutes: Some(20), ..before.clone() };

    settings::save_policy(&desk.backend, &priya, before.clone(), after.clone()).await.expect("an admin may");
    let slower = Policy { sticky_agent: true, ..before.clone() };
    settings::save_policy(&desk.backend, &olu, before, slower).await.expect_err("she was quicker");
    settings::save_policy(&desk.backend, &olu, after.clone(), after).await.expect("as it was");

    assert_eq!(
        read(&desk, &priya).await,
        [
            "Priya changed the rule “Chats in the queue go to whoever is online and has room” from on to off",
            "Priya changed the rule “A chat goes back to the queue when its holder does not answer” from off to 20 minutes",
        ]
    );
}

#[tokio::test]
async fn a_merged_and_a_deleted_contact_are_read_by_whoever_has_its_rooms() {
    let desk = TestDesk::new().await;
    let (priya, tom) = (desk.admin("priya").await, desk.team_manager("tom").await);
    let elsewhere = desk.add_team("Billing").await;
    let ben = desk.person("ben", Role::TeamManager, vec![elsewhere]).await;
    let (web, whatsapp) = (desk.web_channel().await, desk.whatsapp_channel().await);
    let mut saved = Vec::new();
    for (channel, name) in [(&web, "Ana Lima"), (&whatsapp, "Ana L.")] {
        let room = desk.room(channel, name).await.id;
        let form = SaveContact { name: name.into(), ..SaveContact::default() };
        match contacts::save(&desk.backend, &priya, room, form, Saving::First).await.expect("it is visible") {
            Saved::Done { contact, .. } => saved.push(contact.id),
            Saved::Found(found) => panic!("{found:?} match"),
        }
    }

    contacts::merge(&desk.backend, &tom, saved[0], saved[1]).await.expect("he may");
    contacts::delete(&desk.backend, &tom, saved[0]).await.expect_err("only an admin may");
    contacts::delete(&desk.backend, &priya, saved[0]).await.expect("an admin may");
    contacts::delete(&desk.backend, &priya, saved[0]).await.expect("it is gone already");

    let lines = ["Tom merged the contact Ana L. into Ana Lima", "Priya deleted the contact Ana Lima"];
    assert_eq!(read(&desk, &tom).await, lines);
    assert_eq!(read(&desk, &ben).await, [""; 0]);
}

#[tokio::test]
async fn trouble_that_is_tried_again_or_dismissed_leaves_a_line() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;
    let (first, second) =
        (desk.failed_job(room, "The provider is down.").await, desk.failed_job(room, "It is still down.").await);
    let webhook = desk.unreadable_webhook(&channel, "not JSON: line 1 column 1").await;
    let work = trouble::list(&desk.backend, &priya).await.expect("an admin may").jobs[0].kind.clone();

    trouble::retry_job(&desk.backend, &priya, first).await.expect("it was given up");
    trouble::retry_job(&desk.backend, &priya, first).await.expect_err("it is tried");
    trouble::dismiss_job(&desk.backend, &priya, second).await.expect("it was given up");
    trouble::dismiss_job(&desk.backend, &priya, second).await.expect_err("it is gone");
    trouble::dismiss_webhook(&desk.backend, &priya, webhook).await.expect("it is on the list");

    assert_eq!(
        read(&desk, &priya).await,
        [
            format!("Priya had work tried again that was given up: {work}"),
            format!("Priya dismissed work that was given up: {work}"),
            "Priya dismissed what the provider of “Website” had sent".into(),
        ]
    );
}

/// Two chats of Support and one of Billing, none of them given to anybody.
async fn three_chats(desk: &TestDesk) -> (TeamId, Vec<Room>) {
    desk.set_policy(Policy { auto_assign: false, ..desk_policy() }).await;
    let billing = desk.add_team("Billing").await;
    let channel = desk.web_channel().await;
    let mut written = Vec::new();
    for name in ["Ana", "Bia", "Caio"] {
        written.push(desk.room(&channel, name).await);
    }
    let priya = desk.person("priya", Role::Admin, vec![]).await;
    let moved = rooms::return_to_queue(&desk.backend, &priya, written[2].id, Some(billing)).await;
    written[2] = moved.expect("an admin may");
    (billing, written)
}

#[tokio::test]
async fn a_bulk_action_is_one_line_with_the_count_however_often_it_is_asked_for() {
    let desk = TestDesk::new().await;
    let (billing, written) = three_chats(&desk).await;
    let (olu, tom) = (desk.admin("olu").await, desk.team_manager("tom").await);
    let ben = desk.person("ben", Role::TeamManager, vec![billing]).await;
    let resolve = BulkAction::UpdateStatus { status: Status::Resolve, comment: None, reason: None, feedback: false };
    let chosen: Vec<Chosen> = written.iter().map(Chosen::of).collect();
    let act = async |me: &Person, id: BulkId, action: BulkAction, chosen: &[Chosen]| {
        rooms::act_in_bulk(&desk.backend, me, id, action, chosen.to_vec()).await.expect("they may");
    };

    let assign = BulkAction::Assign { to: tom.id };
    act(&tom, new_id(), assign, &chosen[..1]).await;
    let id = new_id();
    act(&olu, id, resolve.clone(), &chosen).await;
    act(&olu, id, resolve.clone(), &chosen).await;
    // There is nothing left to do in any of them.
    act(&olu, new_id(), resolve, &chosen).await;
    act(&olu, new_id(), BulkAction::Undo, &chosen).await;

    let (resolved, undone) = ("Olu resolved 3 chats together", "Olu took the last status of 3 chats back together");
    assert_eq!(read(&desk, &tom).await, ["Tom assigned 1 chat together to Tom", resolved, undone]);
    assert_eq!(read(&desk, &ben).await, [resolved, undone], "one of the three is of his team");
}

#[tokio::test]
async fn a_bulk_action_that_two_processes_take_up_at_once_is_one_line_and_counts_each_chat_once() {
    let desk = TestDesk::new().await;
    let (_, written) = three_chats(&desk).await;
    let olu = desk.admin("olu").await;
    let other = desk.another_process().await;
    let resolve = BulkAction::UpdateStatus { status: Status::Resolve, comment: None, reason: None, feedback: false };
    let chosen: Vec<Chosen> = written.iter().map(Chosen::of).collect();
    let id: BulkId = new_id();

    let here = rooms::act_in_bulk(&desk.backend, &olu, id, resolve.clone(), chosen.clone());
    let there = rooms::act_in_bulk(&other, &olu, id, resolve, chosen);
    let (here, there) = tokio::join!(here, there);

    here.expect("she may");
    there.expect("she may");
    assert_eq!(read(&desk, &olu).await, ["Olu resolved 3 chats together"]);
}

#[tokio::test]
async fn whoever_saves_a_transcript_is_written_down() {
    let desk = TestDesk::new().await;
    let (maria, tom) = (desk.agent("maria").await, desk.team_manager("tom").await);
    let elsewhere = desk.add_team("Billing").await;
    let ben = desk.person("ben", Role::Agent, vec![elsewhere]).await;
    let room = desk.room(&desk.web_channel().await, "Ana").await.id;

    rooms::transcript(&desk.backend, &maria, room).await.map(drop).expect("she sees the queue of her team");
    rooms::transcript(&desk.backend, &ben, room).await.map(drop).expect_err("he sees no such room");

    assert_eq!(read(&desk, &tom).await, ["Maria saved the transcript of the chat with Ana"]);
}

#[tokio::test]
async fn whoever_exports_chats_is_written_down() {
    let desk = TestDesk::new().await;
    let (maria, tom) = (desk.agent("maria").await, desk.team_manager("tom").await);
    let channel = desk.web_channel().await;
    let rooms = [desk.room(&channel, "Ana").await.id, desk.room(&channel, "Bia").await.id];

    let all = || ToExport::All(ListQuery::of(Section::Live));
    rooms::export(&desk.backend, &tom, all()).await.map(drop).expect("a manager may");
    let one = ToExport::Chosen { rooms: rooms[..1].to_vec(), sort: Sort::Newest };
    rooms::export(&desk.backend, &tom, one).await.map(drop).expect("a manager may");
    rooms::export(&desk.backend, &maria, all()).await.map(drop).expect_err("no agent may");

    assert_eq!(read(&desk, &tom).await, ["Tom exported a list of 2 chats", "Tom exported a list of 1 chat"]);
}

#[tokio::test]
async fn unsent_words_that_an_admin_takes_over_leave_a_line_without_them() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let room = desk.room(&desk.web_channel().await, "Ana").await;
    let room = rooms::enter(&desk.backend, &maria, room.id).await.expect("it waits for her");
    let words = "I was about to say".to_owned();
    drafts::save(&desk.backend, &maria, room.id, DraftMode::Reply, words).await.expect("hers");
    let gone = PersonUpdate { active: false, ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &priya, maria.id, gone).await.expect("an admin may");

    drafts::take_left(&desk.backend, &priya, maria.id, room.id, DraftMode::Reply).await.expect("they are there");

    let lines = ["Priya deactivated Maria", "Priya took over what Maria had not sent to Ana"];
    assert_eq!(read(&desk, &priya).await, lines);
}

#[tokio::test]
async fn what_the_command_line_does_stands_under_its_name() {
    let desk = TestDesk::first_run(|_| ()).await;
    let priya = setup::name_admin(&desk.backend, "Priya", "priya@example.com", PASSWORD).await.expect("nobody is here");
    setup::name_admin(&desk.backend, "Eve", "eve@example.com", PASSWORD).await.expect_err("somebody is here");
    let website = desk.backend.directory().channels.values().next().cloned().expect("it was made");
    let channel = channels::add(&desk.backend, ChannelKind::WhatsApp, "Acme", WHATSAPP_SETTINGS).await;
    let channel = channel.expect("good settings");
    channels::give_flow(&desk.backend, channel.id, website.flow, website.bot_name).await.expect("both exist");
    channels::remove(&desk.backend, channel.id).await.expect("it is there");

    assert_eq!(
        read(&desk, &priya).await,
        [
            "The command line set up this Switchboard, with Priya as its first admin",
            "The command line connected the WhatsApp channel “Acme”",
            "The command line had the bot of “Acme” run the flow “Front door”",
            "The command line removed the channel “Acme”",
        ]
    );
}

#[tokio::test]
async fn whoever_sets_a_new_installation_up_at_the_console_did_so() {
    let desk = TestDesk::first_run(|_| ()).await;
    let priya =
        setup::create_admin(&desk.backend, "Priya", "priya@example.com", PASSWORD).await.expect("nobody is here");

    assert_eq!(read(&desk, &priya).await, ["Priya set up this Switchboard"]);
}
