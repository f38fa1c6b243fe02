//! Visitors of the web chat: who they are, and who they are not.

use backend::inbound::Said;
use backend::test_desk::{SITE_SECRET, TestDesk, signed};
use backend::visitors;
use backend::{Error, channels, new_id};
use domain::change::Change;
use domain::channel::{Channel, ChannelKind};
use domain::refused::Refused;
use domain::timestamp::hours;
use serde_json::{Value, json};

/// What the site says of Ana.
fn ana() -> Value {
    json!({ "sub": "user-17", "name": "Ana Lima", "email": "ana@example.com" })
}

async fn open(desk: &TestDesk, channel: &Channel, token: Option<&str>, user: Option<Value>) -> visitors::Visitor {
    let identity = user.map(|claims| desk.identity(channel, &claims));
    visitors::open(&desk.backend, channel.id, token, identity.as_deref()).await.expect("the chat is open")
}

#[tokio::test]
async fn a_browser_that_comes_back_is_the_same_customer_and_another_is_not() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;

    let first = open(&desk, &channel, None, None).await;
    let back = open(&desk, &channel, Some(&first.token), None).await;
    let other = open(&desk, &channel, None, None).await;

    assert_eq!((&first.token, first.session), (&back.token, back.session));
    assert_ne!(first.session.customer, other.session.customer);
    assert_eq!(visitors::find(&desk.backend, &first.token).await.ok(), Some(Some(first.session)));
    assert!(!desk.stores(&first.token).await);
    assert!(!format!("{first:?}").contains(&first.token));
}

#[tokio::test]
async fn a_token_that_is_made_up_or_of_another_channel_opens_nobodys_chat() {
    let desk = TestDesk::new().await;
    let (one, other) = (desk.web_channel().await, desk.web_channel().await);
    let known = open(&desk, &one, None, None).await;

    for token in [known.token.as_str(), "made up", ""] {
        let visitor = open(&desk, &other, Some(token), None).await;
        assert!(visitor.token != token && visitor.session.customer != known.session.customer);
    }
    assert_eq!(visitors::find(&desk.backend, "made up").await.ok(), Some(None));
}

#[tokio::test]
async fn a_proven_user_is_the_same_customer_from_every_browser() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;

    let phone = open(&desk, &channel, None, Some(ana())).await;
    let laptop = open(&desk, &channel, None, Some(ana())).await;
    let again = open(&desk, &channel, Some(&phone.token), Some(ana())).await;

    assert_eq!(phone.session, laptop.session);
    assert_ne!(phone.token, laptop.token);
    assert_eq!((again.token, again.session), (phone.token, phone.session));
}

#[tokio::test]
async fn whoever_has_the_chat_open_hears_the_address_that_the_site_tells_later() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let nameless = json!({ "sub": "user-17", "name": "Ana Lima" });
    let visitor = open(&desk, &channel, None, Some(nameless)).await;
    desk.visitor_says(&visitor.session, Said::Text("hello".into())).await.expect("the chat is open");
    let room = desk.room_of(&visitor.session).await;

    open(&desk, &channel, Some(&visitor.token), Some(ana())).await;

    let told = desk.told().await.pop().expect("something was told");
    assert_eq!(told.room_id(), Some(room.id));
    let Change::CustomerChanged { described: Some(described), .. } = told.change else { panic!("{told:?}") };
    assert_eq!(described.email.as_deref(), Some("ana@example.com"));
}

/// Why nobody is let in with `identity`.
async fn refusal(desk: &TestDesk, channel: &Channel, identity: &str) -> String {
    let opened = visitors::open(&desk.backend, channel.id, None, Some(identity)).await;
    opened.expect_err("must be refused").to_string()
}

#[tokio::test]
async fn a_user_nobody_signed_for_is_refused() {
    let desk = TestDesk::new().await;
    let (channel, other) = (desk.web_channel().await, desk.web_channel().await);
    let exp = desk.backend.now().plus(hours(1)).0 / 1_000;
    let claims = json!({ "sub": "user-17", "aud": channel.id, "exp": exp });
    let good = desk.identity(&channel, &ana());
    let [header, words, _]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().expect("three parts");
    let other_user = desk.identity(&channel, &json!({ "sub": "user-18" }));
    let other_proof = other_user.rsplit('.').next().expect("three parts");

    let hs256 = json!({ "alg": "HS256" });
    for forged in [
        String::new(),
        "none".into(),
        signed("another secret", &hs256, &claims),
        signed("", &hs256, &claims),
        signed(SITE_SECRET, &json!({ "alg": "none" }), &claims),
        signed(SITE_SECRET, &json!({ "alg": "HS512" }), &claims),
        format!("{header}.{words}."),
        format!("{header}.{words}.{other_proof}"),
        format!("{good}{}", "A".repeat(5_000)),
    ] {
        assert_eq!(refusal(&desk, &channel, &forged).await, "The identity is not signed by this site.", "{forged}");
    }
    let elsewhere = desk.identity(&other, &ana());
    assert_eq!(refusal(&desk, &channel, &elsewhere).await, "The identity must be for this channel (aud).");
}

#[tokio::test]
async fn what_a_site_signs_is_good_for_a_short_time_and_says_for_whom() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let at = |span| desk.backend.now().plus(span).0 / 1_000;

    let for_ever = desk.identity(&channel, &json!({ "sub": "user-17", "exp": at(hours(48)) }));
    assert_eq!(refusal(&desk, &channel, &for_ever).await, "The identity must end within 24 hours (exp).");
    let nameless = desk.identity(&channel, &json!({ "name": "Ana" }));
    assert_eq!(refusal(&desk, &channel, &nameless).await, "The identity must have the claim sub.");
    let fraction = desk.identity(&channel, &json!({ "sub": "user-17", "exp": at(hours(1)) as f64 + 0.5 }));
    assert!(visitors::open(&desk.backend, channel.id, None, Some(&fraction)).await.is_ok());
}

#[tokio::test]
async fn a_token_that_has_ended_makes_nobody_known_and_turns_nobody_out() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let identity = desk.identity(&channel, &ana());
    let visitor = visitors::open(&desk.backend, channel.id, None, Some(&identity)).await.expect("the chat is open");

    desk.later(hours(2));

    assert_eq!(refusal(&desk, &channel, &identity).await, "The identity has ended (exp); load the page again.");
    let back = visitors::open(&desk.backend, channel.id, Some(&visitor.token), Some(&identity)).await;
    assert_eq!(back.map(|back| back.session).ok(), Some(visitor.session));
}

#[tokio::test]
async fn the_token_of_a_user_who_signed_out_of_the_site_begins_anew() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let user = open(&desk, &channel, None, Some(ana())).await;

    let next_person = open(&desk, &channel, Some(&user.token), None).await;

    assert_ne!(next_person.session.customer, user.session.customer);
}

#[tokio::test]
async fn a_user_is_known_by_the_name_their_site_gives_now() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let user = open(&desk, &channel, None, Some(json!({ "sub": "user-17" }))).await;

    let odd = json!({ "sub": "user-17", "name": " Ana\u{202e} Lima " });
    let named = open(&desk, &channel, Some(&user.token), Some(odd)).await;

    assert_eq!((named.token, named.session), (user.token, user.session));
    assert!(desk.stores("Ana Lima").await);
}

#[tokio::test]
async fn a_channel_that_is_paused_unknown_or_no_web_chat_has_no_visitors() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let (paused, whatsapp) = (desk.web_channel().await, desk.whatsapp_channel().await);
    assert_eq!(whatsapp.kind, ChannelKind::WhatsApp);
    channels::set_paused(&desk.backend, &priya, paused.id, true).await.expect("an admin may");

    for channel in [paused.id, whatsapp.id, new_id()] {
        assert!(visitors::open(&desk.backend, channel, None, None).await.is_err());
    }
}

#[tokio::test]
async fn a_user_whose_id_no_database_keeps_is_refused_rather_than_taken_for_another() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let identity = desk.identity(&channel, &json!({ "sub": "user-17\0" }));

    let opened = visitors::open(&desk.backend, channel.id, None, Some(&identity)).await;

    assert!(matches!(opened, Err(Error::Refused(Refused::Invalid { .. }))), "{opened:?}");
}
