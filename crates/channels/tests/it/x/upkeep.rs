//! What keeps an account connected: its token and its webhook.

use channels::adapter::Subscribed;
use channels::error::ChannelError;
use channels::identity::ExternalId;
use domain::timestamp::Timestamp;
use serde_json::{Value, json};

use super::nowhere;
use crate::desk::{http, x_at, x_with};
use crate::stand_in::{Reply, StandIn};

/// Half an hour before the made-up token ends, and five minutes before.
const EARLY: Timestamp = Timestamp(1_795_398_200_000);
const LATE: Timestamp = Timestamp(1_795_399_700_000);

const RENEWED: &str = r#"{"token_type":"bearer","expires_in":7200,"access_token":"new-user-token","scope":"dm.read dm.write","refresh_token":"new-refresh-token"}"#;

#[tokio::test]
async fn a_token_that_is_about_to_end_is_renewed_with_its_refresh_token() {
    let x = StandIn::answering(Reply::new(200, "", RENEWED)).await;
    let due = x_at(&x.base_url).renewal_due_at().expect("it can be renewed");
    assert!(EARLY < due && due < LATE, "{due:?}");
    let changes = x_at(&x.base_url).renew(&http(), LATE).await.expect("is renewed").expect("it was time");
    let changes: Value = serde_json::from_str(&changes).expect("a JSON object");
    let expected = json!({
        "access_token": "new-user-token",
        "refresh_token": "new-refresh-token",
        "access_token_expires_at": "1795406900",
    });
    assert_eq!(changes, expected);
    let [asked] = &x.asked()[..] else { panic!("not one request") };
    assert!(asked.head.starts_with("post /2/oauth2/token http/1.1"), "{}", asked.head);
    assert!(asked.head.contains("authorization: basic y2xpzw50omnsawvudc1zzwnyzxq="), "{}", asked.head);
    assert_eq!(asked.text(), "grant_type=refresh_token&refresh_token=refresh-token");
}

#[tokio::test]
async fn an_app_without_a_secret_says_who_it_is() {
    let x = StandIn::answering(Reply::new(200, "", RENEWED)).await;
    let public = x_with(&x.base_url, &json!({"client_secret": null}));
    public.renew(&http(), LATE).await.expect("is renewed");
    let asked = x.asked().remove(0);
    assert!(!asked.head.contains("authorization"), "{}", asked.head);
    assert!(asked.text().ends_with("&client_id=client"), "{}", asked.text());
}

#[tokio::test]
async fn a_token_of_unknown_age_is_renewed_and_one_that_cannot_be_is_left_alone() {
    let x = StandIn::answering(Reply::new(200, "", RENEWED)).await;
    let unknown = x_with(&x.base_url, &json!({"access_token_expires_at": null}));
    assert_eq!(unknown.token_expires_at(), None, "nobody is told an end that nobody knows");
    assert!(unknown.renewal_due_at().is_some_and(|due| due < EARLY));
    assert!(unknown.renew(&http(), EARLY).await.expect("is renewed").is_some());
    let fixed = x_with(&x.base_url, &json!({"access_token_expires_at": null, "refresh_token": null}));
    assert_eq!((fixed.token_expires_at(), fixed.renewal_due_at()), (None, None));
    assert_eq!(fixed.renew(&http(), LATE).await, Ok(None));
}

#[tokio::test]
async fn a_refresh_token_that_is_used_up_needs_an_admin() {
    let used = r#"{"error":"invalid_request","error_description":"Value passed for the token was invalid."}"#;
    let x = StandIn::answering(Reply::new(400, "", used)).await;
    assert_eq!(x_at(&x.base_url).renew(&http(), LATE).await, Err(ChannelError::AuthExpired));
    let x = StandIn::answering(Reply::new(503, "", "")).await;
    assert!(x_at(&x.base_url).renew(&http(), LATE).await.expect_err("must fail").is_retryable());
}

#[tokio::test]
async fn the_test_tells_whose_token_it_is() {
    let me = |id: &str| Reply::new(200, "", &format!(r#"{{"data":{{"id":"{id}","name":"Acme","username":"acme"}}}}"#));
    let x = StandIn::answering(me("222")).await;
    let account = x_at(&x.base_url).test(&http()).await.expect("is known");
    assert_eq!((account.name.as_str(), account.remarks.len()), ("@acme", 0));
    let x = StandIn::answering(me("333")).await;
    let words = x_at(&x.base_url).test(&http()).await.expect_err("is somebody else's").words();
    assert!(words.contains("the user id") && words.contains("333"), "{words}");
}

const NONE: &str = r#"{"meta":{"result_count":0}}"#;
const MADE: &str = r#"{"data":{"id":"1900000000000000077","url":"https://desk.example/","valid":true}}"#;

fn paths(x: &StandIn) -> Vec<String> {
    let path = |head: &str| head.lines().next().unwrap_or_default().trim_end_matches(" http/1.1").to_owned();
    x.asked().iter().map(|asked| path(&asked.head)).collect()
}

#[tokio::test]
async fn x_is_told_where_to_deliver_and_what() {
    let replies = vec![
        Reply::new(200, "", NONE),
        Reply::new(200, "", MADE),
        Reply::new(200, "", NONE),
        Reply::new(201, "", "{}"),
    ];
    let x = StandIn::answering_in_turn(|_| replies).await;
    assert_eq!(x_at(&x.base_url).subscribe(&http()).await, Ok(Subscribed::Done));
    let asked = x.asked();
    let fixture = |text: &str| serde_json::from_str::<Value>(text).expect("the fixture is JSON");
    assert_eq!(paths(&x)[..3], ["get /2/webhooks", "post /2/webhooks", "get /2/activity/subscriptions"]);
    assert!(asked[..3].iter().all(|asked| asked.head.contains("authorization: bearer app-token")));
    assert_eq!(asked[1].body, fixture(include_str!("../../../fixtures/x/outbound/webhook.json")));
    assert_eq!(asked[3].body, fixture(include_str!("../../../fixtures/x/outbound/subscription.json")));
    assert!(asked[3].head.contains("authorization: bearer user-token"), "what is private is asked for by the account");
    let events: Vec<&str> = asked[3..].iter().filter_map(|asked| asked.body["event_type"].as_str()).collect();
    let expected = ["dm.received", "dm.sent", "dm.read", "dm.indicate_typing", "chat.received", "oauth.revoke"];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn a_webhook_that_is_there_is_tried_again_and_nothing_is_subscribed_to_twice() {
    let hook = json!({"id": "77", "url": crate::desk::webhook("x").as_str(), "valid": false});
    let subscription = |event: &str| json!({"event_type": event, "filter": {"user_id": "222"}, "webhook_id": "77", "subscription_id": "1"});
    let events = ["dm.received", "dm.sent", "dm.read", "dm.indicate_typing", "chat.received"];
    let known = json!({"data": events.map(subscription)}).to_string();
    let replies = vec![
        Reply::new(200, "", &json!({"data": [hook]}).to_string()),
        Reply::new(200, "", "{}"),
        Reply::new(200, "", &known),
        Reply::new(400, "", r#"{"errors":[{"message":"Subscription already exists"}]}"#),
    ];
    let x = StandIn::answering_in_turn(|_| replies).await;
    assert_eq!(x_at(&x.base_url).subscribe(&http()).await, Ok(Subscribed::Done));
    assert_eq!(
        paths(&x),
        ["get /2/webhooks", "put /2/webhooks/77", "get /2/activity/subscriptions", "post /2/activity/subscriptions"]
    );
    assert_eq!(x.asked()[3].body["event_type"], "oauth.revoke");
}

#[tokio::test]
async fn an_app_asks_in_its_own_name_where_the_account_may_not() {
    let forbidden =
        || Reply::new(403, "", r#"{"title":"Forbidden","type":"https://api.twitter.com/2/problems/client-forbidden"}"#);
    let replies = vec![
        Reply::new(200, "", NONE),
        Reply::new(200, "", MADE),
        Reply::new(200, "", NONE),
        forbidden(),
        Reply::new(201, "", "{}"),
    ];
    let x = StandIn::answering_in_turn(|_| replies).await;
    assert_eq!(x_at(&x.base_url).subscribe(&http()).await, Ok(Subscribed::Done));
    assert!(x.asked()[4].head.contains("authorization: bearer app-token"));
}

#[tokio::test]
async fn without_the_apps_token_an_admin_tells_x() {
    let alone = x_with("http://127.0.0.1:1", &json!({"bearer_token": null}));
    assert!(matches!(alone.subscribe(&http()).await, Ok(Subscribed::ByHand(_))));
}

#[tokio::test]
async fn somebodys_name_and_larger_picture_are_told_when_asked() {
    let user = r#"{"data":{"id":"111","name":"Ana","username":"ana","profile_image_url":"https://pbs.twimg.com/profile_images/1/a_normal.jpg"}}"#;
    let x = StandIn::answering(Reply::new(200, "", user)).await;
    let profile =
        x_at(&x.base_url).fetch_profile(&http(), &ExternalId("111".into())).await.expect("is told").expect("is known");
    assert_eq!((profile.name.as_deref(), profile.username.as_deref()), (Some("Ana"), Some("ana")));
    assert_eq!(profile.picture.expect("there is one").handle, "https://pbs.twimg.com/profile_images/1/a_400x400.jpg");
    assert_eq!(nowhere().fetch_profile(&http(), &ExternalId("../me".into())).await, Ok(None));
}
