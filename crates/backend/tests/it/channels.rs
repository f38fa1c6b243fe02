//! Channels and their secrets.

use backend::channels;
use backend::test_desk::{TestDesk, WHATSAPP_SETTINGS};
use domain::change::Change;
use domain::channel::{ChannelKind, ChannelPlace, Subscription};
use domain::timestamp::minutes;

use crate::graph::{Answer, Graph};

const SECRETS: [&str; 3] = ["EAAtoken", "app-secret", "verify-token"];

#[tokio::test]
async fn the_secrets_of_a_channel_are_readable_for_nobody() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;

    let channel =
        channels::add(&desk.backend, ChannelKind::WhatsApp, "Acme", WHATSAPP_SETTINGS).await.expect("good settings");

    assert!(desk.stores("Acme").await);
    for secret in SECRETS {
        assert!(!desk.stores(secret).await, "{secret}");
    }
    let listed = channels::list(&desk.backend, &priya).await.expect("an admin may");
    let settings = &listed[0].settings;
    assert!(
        settings.contains("801000000000002") && !SECRETS.iter().any(|secret| settings.contains(secret)),
        "{settings}"
    );
    assert_eq!(channel.team, Some(desk.team));
}

#[tokio::test]
async fn providers_and_sites_are_given_the_public_address() {
    let desk = TestDesk::with(|config| config.public_url = "https://desk.example".into()).await;
    let priya = desk.admin("priya").await;
    let whatsapp = desk.whatsapp_channel().await.id;
    let web = desk.web_channel().await.id;

    let listed = channels::list(&desk.backend, &priya).await.expect("an admin may");

    let to_give = |id| listed.iter().find(|setup| setup.channel.id == id).map(|setup| setup.to_give.clone());
    assert_eq!(to_give(whatsapp), Some(format!("https://desk.example/webhooks/whatsapp/{whatsapp}")));
    let snippet = format!(r#"<script async src="https://desk.example/widget.js" data-channel="{web}"></script>"#);
    assert_eq!(to_give(web), Some(snippet));
}

#[tokio::test]
async fn only_admins_see_and_change_channels() {
    let desk = TestDesk::new().await;
    let tom = desk.team_manager("tom").await;
    let channel = desk.web_channel().await;

    assert!(channels::list(&desk.backend, &tom).await.is_err());
    assert!(channels::signing_secret(&desk.backend, &tom, channel.id).await.is_err());
    assert!(channels::set_paused(&desk.backend, &tom, channel.id, true).await.is_err());
    assert!(channels::rename(&desk.backend, &tom, channel.id, "Mine").await.is_err());
    assert!(channels::change_settings(&desk.backend, &tom, channel.id, "{}").await.is_err());
}

#[tokio::test]
async fn a_wrong_setting_is_named_and_no_channel_is_made() {
    let desk = TestDesk::new().await;

    for (kind, settings, words) in [
        (ChannelKind::WhatsApp, r#"{"phone_number_id":"1"}"#, "The access_token is missing."),
        (ChannelKind::WhatsApp, "[]", "The settings must be a JSON object."),
        (ChannelKind::Web, r#"{"secret":"short"}"#, "The secret must have at least 16 characters."),
    ] {
        let refused = channels::add(&desk.backend, kind, "Acme", settings).await;
        assert_eq!(refused.expect_err("must be refused").to_string(), words);
    }
    assert!(desk.backend.directory().channels.is_empty());
}

#[tokio::test]
async fn one_secret_is_renewed_while_the_other_settings_stay() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;

    let changes = r#"{"secret":"a fresh secret of the shop"}"#;
    channels::change_settings(&desk.backend, &priya, channel.id, changes).await.expect("good settings");

    let secret = channels::signing_secret(&desk.backend, &priya, channel.id).await;
    assert_eq!(secret.ok().as_deref(), Some("a fresh secret of the shop"));
    let origins = channels::origins(&desk.backend, channel.id).await;
    assert_eq!(origins.ok(), Some(vec!["https://shop.example".to_owned()]));
}

#[tokio::test]
async fn secrets_survive_a_restart_and_are_lost_without_their_key() {
    let mut desk = TestDesk::new().await;
    let channel = desk.web_channel().await;

    desk.restart().await;
    assert!(channels::origins(&desk.backend, channel.id).await.is_ok());

    std::fs::write(desk.folder().join("secret.key"), "07".repeat(32)).expect("the key can be replaced");
    desk.restart().await;
    let problem = channels::origins(&desk.backend, channel.id).await.expect_err("another key").to_string();
    assert!(problem.contains("was sealed with the key"), "{problem}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_in_the_data_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = TestDesk::new().await;

    let key = std::fs::metadata(desk.folder().join("secret.key")).expect("the first start makes a key");

    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_removed_channel_keeps_its_rooms_and_takes_nothing_any_more() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await;

    channels::remove(&desk.backend, channel.id).await.expect("it exists");

    assert_eq!(channels::list(&desk.backend, &priya).await.ok().map(|list| list.len()), Some(0));
    let removed = desk.backend.directory().channels[&channel.id].clone();
    assert!(removed.paused && removed.name == "Website (removed)", "{removed:?}");
    assert_eq!(desk.find_room(room.id).await.channel, channel.id);
    assert!(channels::origins(&desk.backend, channel.id).await.is_err());
    assert!(channels::set_paused(&desk.backend, &priya, channel.id, false).await.is_err());
}

#[tokio::test]
async fn everybody_hears_of_a_channels_new_name_and_team() {
    let desk = TestDesk::new().await;
    let sales = desk.add_team("Sales").await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;

    let update = ChannelPlace { name: "Shop".into(), team: Some(sales), ..ChannelPlace::of(&channel) };
    let changed = channels::set_place(&desk.backend, &priya, channel.id, update).await.expect("an admin may");

    assert_eq!((changed.name.as_str(), changed.team), ("Shop", Some(sales)));
    assert_eq!(desk.told().await.last().map(|event| event.change.clone()), Some(Change::ChannelChanged(changed)));
    let too_short = ChannelPlace { expires_after_millis: Some(1_000), ..ChannelPlace::of(&channel) };
    assert!(channels::set_place(&desk.backend, &priya, channel.id, too_short).await.is_err());
}

#[tokio::test]
async fn a_wrong_token_is_named_and_once_it_is_right_the_provider_is_told_where_to_deliver() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    let priya = desk.admin("priya").await;
    let channel = graph.channel(&desk, None).await;
    let account = r#"{"business_account_id":"701000000000001"}"#;
    channels::change_settings(&desk.backend, &priya, channel.id, account).await.expect("good settings");

    graph.next(Answer::Refuses { status: 401, code: 190 });
    let wrong = channels::test(&desk.backend, &priya, channel.id).await.expect_err("the token is wrong");
    assert!(wrong.to_string().starts_with("The access_token is not accepted"), "{wrong}");
    assert!(graph.taken().is_empty());

    let right = channels::test(&desk.backend, &priya, channel.id).await.expect("the token is right");
    assert_eq!(right.subscription, Subscription::Done);
    let told = graph.taken().last().map(|(_, body)| body["override_callback_uri"].to_string()).unwrap_or_default();
    assert!(told.contains(&channel.id.to_string()), "{told}");
}

#[tokio::test]
async fn of_an_address_that_is_entered_by_hand_only_the_last_delivery_is_known() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    let priya = desk.admin("priya").await;
    let channel = graph.channel(&desk, None).await;
    let subscription = async || channels::test(&desk.backend, &priya, channel.id).await.map(|told| told.subscription);

    let before = subscription().await.expect("the settings are good");
    let Subscription::ByHand { how, heard_at: None } = before else { panic!("nobody was heard: {before:?}") };
    assert!(how.contains("verify token"), "{how}");

    desk.whatsapp_customer_writes("oi").await;
    let heard_at = Some(desk.backend.now());
    desk.later(minutes(30));
    assert_eq!(subscription().await.ok(), Some(Subscription::ByHand { how, heard_at }));
}

#[tokio::test]
async fn another_access_token_does_not_end_with_the_one_before_it() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    let priya = desk.admin("priya").await;
    let channel = graph.channel(&desk, None).await;
    let ends_after = async |changes: &str| {
        channels::change_settings(&desk.backend, &priya, channel.id, changes).await.expect("good settings");
        channels::list(&desk.backend, &priya).await.expect("an admin may look").remove(0).token_expires_at
    };

    let ends = ends_after(r#"{"access_token_expires_at":"1796000000"}"#).await;
    assert!(ends.is_some());
    assert_eq!(ends_after(r#"{"app_secret":"another-secret"}"#).await, ends);
    assert_eq!(ends_after(r#"{"access_token":"another-token"}"#).await, None);
}
