//! What went wrong behind the scenes, as admins see it.

use backend::test_desk::{TestDesk, whatsapp_delivery};
use backend::trouble;
use serde_json::json;

#[tokio::test]
async fn an_admin_sees_what_was_given_up_and_has_it_tried_again() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;
    let job = desk.failed_job(room, "The provider is down.").await;

    let found = trouble::list(&desk.backend, &priya).await.expect("an admin may");
    assert_eq!((found.jobs[0].id, found.jobs[0].room, found.jobs[0].attempts), (job, Some(room), 5));
    assert_eq!(found.jobs[0].problem, "The provider is down.");

    trouble::retry_job(&desk.backend, &priya, job).await.expect("it was given up");
    assert_eq!(trouble::list(&desk.backend, &priya).await.map(|found| found.jobs.len()).ok(), Some(0));
    assert!(trouble::retry_job(&desk.backend, &priya, job).await.is_err());
    assert!(trouble::dismiss_job(&desk.backend, &priya, job).await.is_err(), "it is no trouble any more");
}

#[tokio::test]
async fn what_is_put_away_is_off_the_list() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;
    let job = desk.failed_job(room, "The provider is down.").await;
    let webhook = desk.unreadable_webhook(&channel, "not JSON: line 1 column 1").await;

    let found = trouble::list(&desk.backend, &priya).await.expect("an admin may");
    assert_eq!((found.webhooks[0].id, found.webhooks[0].channel), (webhook, channel.id));
    trouble::dismiss_job(&desk.backend, &priya, job).await.expect("it was given up");
    trouble::dismiss_webhook(&desk.backend, &priya, webhook).await.expect("it is on the list");

    let found = trouble::list(&desk.backend, &priya).await.expect("an admin may");
    assert!(found.jobs.is_empty() && found.webhooks.is_empty());
}

#[tokio::test]
async fn trouble_is_for_admins() {
    let desk = TestDesk::new().await;
    let tom = desk.team_manager("tom").await;

    assert!(trouble::list(&desk.backend, &tom).await.is_err());
}

#[tokio::test]
async fn what_became_of_a_template_is_told_to_admins_in_words() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    let template = |more: serde_json::Value| {
        let mut value = json!({ "message_template_name": "order_ok", "message_template_language": "pt_BR" });
        value.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        value
    };
    for (field, value) in [
        ("message_template_status_update", template(json!({ "event": "REJECTED", "reason": "INVALID_FORMAT" }))),
        ("message_template_status_update", template(json!({ "event": "PAUSED", "reason": "NONE" }))),
        (
            "message_template_quality_update",
            template(json!({ "previous_quality_score": "GREEN", "new_quality_score": "RED" })),
        ),
        ("template_category_update", template(json!({ "previous_category": "UTILITY", "new_category": "MARKETING" }))),
    ] {
        let change = json!({ "field": field, "value": value });
        let news = json!({
            "object": "whatsapp_business_account", "entry": [{ "id": "701000000000001", "changes": [change] }],
        });
        desk.whatsapp_delivers(&news).await.expect("signed");
    }
    desk.run_jobs().await;

    let found = trouble::list(&desk.backend, &priya).await.expect("an admin may");
    let mut told: Vec<_> = found.alerts.iter().map(|alert| alert.words.as_str()).collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "Template order_ok (pt_BR): Its category is now marketing; it was utility.",
            "Template order_ok (pt_BR): Its quality is now red; it was green.",
            "Template order_ok (pt_BR): Paused.",
            "Template order_ok (pt_BR): Rejected: Invalid format.",
        ]
    );
    assert!(found.webhooks.is_empty() && desk.backend.directory().channels.values().all(|on| !on.has_stopped()));
}

#[tokio::test]
async fn what_a_provider_tells_about_the_account_stands_apart_and_only_what_stops_it_stops_the_channel() {
    let desk = TestDesk::new().await;
    let channel = desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    let quality = json!({ "display_phone_number": "15550001111", "event": "FLAGGED", "current_limit": "TIER_1K" });
    let change = json!({ "field": "phone_number_quality_update", "value": quality });
    let news = json!({
        "object": "whatsapp_business_account", "entry": [{ "id": "701000000000001", "changes": [change] }],
    });
    desk.whatsapp_delivers(&news).await.expect("signed");
    desk.run_jobs().await;
    assert!(!desk.backend.directory().channels[&channel.id].has_stopped());

    let unpaid = json!({ "errors": [{ "code": 131_042, "title": "Payment method is missing" }] });
    desk.whatsapp_delivers(&whatsapp_delivery(&unpaid)).await.expect("signed");
    desk.run_jobs().await;

    let channel = desk.backend.directory().channels[&channel.id].clone();
    assert!(channel.has_stopped() && channel.trouble.is_some_and(|words| words.contains("Payment method is missing")));
    let found = trouble::list(&desk.backend, &priya).await.expect("an admin may");
    assert!(found.webhooks.is_empty(), "{found:?}");
    let mut told: Vec<_> = found.alerts.iter().map(|alert| alert.words.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told[0], "Phone number quality update: 15550001111, Flagged, limit: Tier 1k");
    assert!(told[1].contains("Payment method is missing"), "{told:?}");
    for alert in &found.alerts {
        trouble::dismiss_webhook(&desk.backend, &priya, alert.webhook).await.expect("it is on the list");
    }
    assert!(trouble::list(&desk.backend, &priya).await.expect("an admin may").alerts.is_empty());
}
