//! Visitors of the web chat: who they are, and who they are not.

use backend::inbound::Said;
use backend::test_desk::TestDesk;
use backend::visitors::{self, SiteUser};
use backend::{Error, channels, new_id};
use domain::change::Change;
use domain::channel::{Channel, ChannelKind};
use domain::refused::Refused;

/// `printf 'user-17' | openssl dgst -sha256 -hmac 'what the shop signs with'`
const SIGNATURE: &str = "76704a90760eb79331a1029a5f5287984f4d483618d4fd3a02b1e5b9eb3acb37";

/// `printf 'user-17\0' | openssl dgst -sha256 -hmac 'what the shop signs with'`
const SIGNATURE_WITH_NUL: &str = "6b15d3a38bbf4f41fa9c9c984fb3939a7835074ea62f49704fc36489977bc9e0";

fn ana(signature: &str) -> SiteUser {
    SiteUser {
        id: "user-17".into(),
        name: Some("Ana Lima".into()),
        email: Some("ana@example.com".into()),
        signature: signature.into(),
    }
}

async fn open(desk: &TestDesk, channel: &Channel, token: Option<&str>, user: Option<SiteUser>) -> visitors::Visitor {
    visitors::open(&desk.backend, channel.id, token, user).await.expect("the chat is open")
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

    let phone = open(&desk, &channel, None, Some(ana(SIGNATURE))).await;
    let laptop = open(&desk, &channel, None, Some(ana(&SIGNATURE.to_uppercase()))).await;
    let again = open(&desk, &channel, Some(&phone.token), Some(ana(SIGNATURE))).await;

    assert_eq!(phone.session, laptop.session);
    assert_ne!(phone.token, laptop.token);
    assert_eq!((again.token, again.session), (phone.token, phone.session));
}

#[tokio::test]
async fn whoever_has_the_chat_open_hears_the_address_that_the_site_tells_later() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let nameless = SiteUser { email: None, ..ana(SIGNATURE) };
    let visitor = open(&desk, &channel, None, Some(nameless)).await;
    desk.visitor_says(&visitor.session, Said::Text("hello".into())).await.expect("the chat is open");
    let room = desk.room_of(&visitor.session).await;

    open(&desk, &channel, Some(&visitor.token), Some(ana(SIGNATURE))).await;

    let told = desk.told().await.pop().expect("something was told");
    assert_eq!(told.room_id(), Some(room.id));
    assert!(matches!(&told.change, Change::CustomerDescribed { email: Some(email), .. } if email == "ana@example.com"));
}

#[tokio::test]
async fn a_user_nobody_signed_for_is_refused() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let forged = format!("{}0", &SIGNATURE[..63]);

    for signature in ["", "none", &forged, &SIGNATURE[..62]] {
        let refused = visitors::open(&desk.backend, channel.id, None, Some(ana(signature))).await;
        assert_eq!(refused.expect_err("must be refused").to_string(), "The signature does not prove this user.");
    }
    let other = SiteUser { id: "user-18".into(), ..ana(SIGNATURE) };
    assert!(visitors::open(&desk.backend, channel.id, None, Some(other)).await.is_err());
}

#[tokio::test]
async fn the_token_of_a_user_who_signed_out_of_the_site_begins_anew() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let user = open(&desk, &channel, None, Some(ana(SIGNATURE))).await;

    let next_person = open(&desk, &channel, Some(&user.token), None).await;

    assert_ne!(next_person.session.customer, user.session.customer);
}

#[tokio::test]
async fn a_user_is_known_by_the_name_their_site_gives_now() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let user = open(&desk, &channel, None, Some(SiteUser { name: None, ..ana(SIGNATURE) })).await;

    let odd = SiteUser { name: Some(" Ana\u{202e} Lima ".into()), ..ana(SIGNATURE) };
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
    let user = SiteUser { id: "user-17\0".into(), ..ana(SIGNATURE_WITH_NUL) };

    let opened = visitors::open(&desk.backend, channel.id, None, Some(user)).await;

    assert!(matches!(opened, Err(Error::Refused(Refused::Invalid { .. }))), "{opened:?}");
}
