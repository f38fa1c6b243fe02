//! Who we are to Meta, where it delivers, and the templates it approved.

use channels::adapter::{Account, Subscribed};
use channels::error::ChannelError;
use domain::template::Template;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::desk::{documented_path, http, whatsapp_at, whatsapp_of_account_at};
use crate::stand_in::{Reply, StandIn};

fn json_reply(body: &Value) -> Reply {
    Reply::new(200, "", &body.to_string())
}

async fn tested(number: Value, token: Reply) -> (Account, StandIn) {
    let meta = StandIn::answering_in_turn(|_| vec![json_reply(&number), token]).await;
    let account = whatsapp_at(&meta.base_url).test(&http()).await.expect("is known");
    (account, meta)
}

#[tokio::test]
async fn a_good_number_goes_by_its_name_and_needs_no_remark() {
    let number = json!({
        "id": "801000000000002", "display_phone_number": "+1 555-000-1111", "verified_name": "Acme Store",
        "quality_rating": "GREEN", "name_status": "APPROVED", "status": "CONNECTED",
        "health_status": {"can_send_message": "AVAILABLE", "entities": [{"entity_type": "WABA", "can_send_message": "AVAILABLE"}]},
    });
    let scopes = ["whatsapp_business_messaging", "whatsapp_business_management"];
    let token = json!({"data": {"type": "SYSTEM_USER", "is_valid": true, "expires_at": 0, "scopes": scopes}});
    let (account, meta) = tested(number, json_reply(&token)).await;
    assert_eq!(account, Account { name: "Acme Store, +1 555-000-1111".into(), ..Account::default() });
    let [number, token] = &meta.asked()[..] else { panic!("not two requests") };
    assert_eq!(number.path(), format!("/v26.0/{}", documented_path(0)));
    assert_eq!(token.path(), "/v26.0/debug_token?input_token=EAAtoken");
}

#[tokio::test]
async fn what_an_admin_should_know_of_a_number_is_remarked() {
    let problem = json!({
        "error_code": 141_006, "error_description": "There is an error with the payment method.",
        "possible_solution": "Add a payment method.",
    });
    let number = json!({
        "display_phone_number": "+1 555-000-1111", "verified_name": "Acme Store",
        "quality_rating": "RED", "name_status": "PENDING_REVIEW", "status": "PENDING",
        "health_status": {"can_send_message": "BLOCKED", "entities": [{"entity_type": "WABA", "errors": [problem]}]},
    });
    let token = json!({"data": {"expires_at": 1_795_300_000, "scopes": ["whatsapp_business_messaging"]}});
    let (account, _) = tested(number, json_reply(&token)).await;
    assert_snapshot!("remarks", account.remarks.join("\n"));
    let learned: Value = serde_json::from_str(&account.learned.expect("nobody had said so")).expect("JSON");
    assert_eq!(learned, json!({"access_token_expires_at": "1795300000"}));
}

#[tokio::test]
async fn a_gateway_need_not_know_about_tokens() {
    for silent in [Reply::new(404, "", ""), Reply::new(200, "", "<html>"), Reply::HangUp] {
        let (account, _) = tested(json!({"display_phone_number": "+1 555-000-1111"}), silent).await;
        assert_eq!(account, Account { name: "+1 555-000-1111".into(), ..Account::default() });
    }
}

#[tokio::test]
async fn a_wrong_token_or_number_is_told() {
    let refused = async |body: Value| {
        let meta = StandIn::answering(Reply::new(400, "", &body.to_string())).await;
        whatsapp_at(&meta.base_url).test(&http()).await.expect_err("must fail")
    };
    assert_eq!(refused(json!({"error": {"code": 190, "message": "Invalid token"}})).await, ChannelError::AuthExpired);
    let other = refused(json!({"error": {"code": 100, "error_subcode": 33, "message": "No such object"}})).await;
    assert!(matches!(other, ChannelError::PermissionMissing { .. }), "{other:?}");
}

#[tokio::test]
async fn meta_is_told_to_deliver_to_us_if_the_account_is_known() {
    let meta = StandIn::answering(Reply::new(200, "", r#"{"success":true}"#)).await;
    assert!(matches!(whatsapp_at(&meta.base_url).subscribe(&http()).await, Ok(Subscribed::ByHand(_))));
    assert_eq!(whatsapp_of_account_at(&meta.base_url).subscribe(&http()).await, Ok(Subscribed::Done));
    let [asked] = &meta.asked()[..] else { panic!("not one request") };
    assert!(asked.head.starts_with("post /v26.0/701000000000001/subscribed_apps http"), "{}", asked.head);
    let fixture = include_str!("../../fixtures/whatsapp/requests/subscribed_apps.json");
    assert_eq!(asked.body, serde_json::from_str::<Value>(fixture).expect("the fixture is JSON"));
}

async fn listed(replies: Vec<Reply>) -> (Result<Vec<Template>, ChannelError>, StandIn) {
    let meta = StandIn::answering_in_turn(|_| replies).await;
    (whatsapp_of_account_at(&meta.base_url).list_templates(&http()).await, meta)
}

#[tokio::test]
async fn templates_are_listed_page_by_page_and_one_that_is_broken_costs_no_other() {
    let first = include_str!("../../fixtures/whatsapp/templates/first.json");
    let last = include_str!("../../fixtures/whatsapp/templates/last.json");
    let (templates, meta) = listed(vec![Reply::new(200, "", first), Reply::new(200, "", last)]).await;
    let lines = templates.expect("can be read").into_iter().map(|one| serde_json::to_string(&one).expect("has JSON"));
    assert_snapshot!("templates", lines.collect::<Vec<_>>().join("\n"));
    let [first, second] = &meta.asked()[..] else { panic!("not two requests") };
    assert_eq!(first.path(), format!("/v26.0/{}", documented_path(2)));
    assert_eq!(second.path(), format!("{}&after=MjQ", first.path()));
}

#[tokio::test]
async fn a_list_that_leads_in_a_circle_ends() {
    let page = json!({"data": [], "paging": {"cursors": {"after": "MjQ"}, "next": "https://graph.facebook.com/x"}});
    let (templates, meta) = listed(vec![json_reply(&page)]).await;
    assert_eq!((templates, meta.asked().len()), (Ok(Vec::new()), 2));
}

#[tokio::test]
async fn templates_that_cannot_be_read_are_an_error_and_not_none() {
    let (refused, _) = listed(vec![Reply::new(403, "", r#"{"error":{"code":200,"message":"No permission"}}"#)]).await;
    assert!(matches!(refused, Err(ChannelError::PermissionMissing { .. })), "{refused:?}");
    let (unreadable, _) = listed(vec![Reply::new(200, "", "<html>")]).await;
    assert!(unreadable.expect_err("must fail").is_retryable());
    let unknown = whatsapp_at("http://127.0.0.1:1").list_templates(&http()).await.expect_err("must fail");
    assert!(unknown.words().contains("account ID"), "{}", unknown.words());
}
