//! Utility templates of a page on Messenger: who wrote more than a week ago is won back by one.

use backend::test_desk::TestDesk;
use backend::{new_id, templates};
use domain::change::Change;
use domain::channel::ChannelKind;
use domain::room::Section;
use domain::template::{ChosenTemplate, TemplateValue, TemplateValues};
use domain::timestamp::hours;
use serde_json::json;

use crate::shelf::Shelf;
use crate::standby::tells;
use crate::transcript::{only_room, said};

fn chosen(name: &str) -> ChosenTemplate {
    let order = TemplateValue { placeholder: "1".into(), value: "566701".into() };
    let values = TemplateValues { body: vec![order], ..TemplateValues::default() };
    ChosenTemplate { name: name.into(), language: "en".into(), values, header: None }
}

#[tokio::test]
async fn who_wrote_more_than_a_week_ago_is_won_back_by_a_utility_template() {
    let (desk, meta) = (TestDesk::new().await, Shelf::start().await);
    let settings = json!({
        "page_id": "801", "access_token": "token", "app_secret": "app-secret", "verify_token": "verify-token",
        "base_url": meta.url("/"),
    });
    let page = desk.channel(ChannelKind::Messenger, "Acme page", &settings.to_string(), None).await;
    let priya = desk.admin("priya").await;
    let template = |name: &str, status: &str| {
        json!({
            "id": name, "name": name, "language": "en", "status": status, "category": "UTILITY",
            "components": [{ "type": "BODY", "text": "Your order #{{1}} has arrived." }],
        })
    };
    let known = json!({ "data": [template("arrived", "APPROVED"), template("slow", "PENDING")] });
    meta.keeps("list", "message_templates", known.to_string().as_bytes());
    meta.answers(json!({ "recipient_id": "7100", "message_id": "m_OUT" }));
    tells(&desk, "messaging", json!({ "message": { "mid": "m_1", "text": "hello" } })).await;
    let room = only_room(&desk).await;
    desk.later(hours(8 * 24));
    desk.sweep().await;
    assert_eq!(desk.find_room(room.id).await.section(), Section::Archived);

    let listed = templates::list(&desk.backend, &priya, page.id).await.expect("the page has some");
    assert_eq!(listed.iter().filter(|template| template.status.may_be_sent()).count(), 1);
    let before = meta.posted().len();
    let refused = templates::send(&desk.backend, &priya, room.id, new_id(), chosen("slow")).await;
    assert_eq!(refused.expect_err("nobody approved it").to_string(), "The template is not approved by the provider.");
    templates::send(&desk.backend, &priya, room.id, new_id(), chosen("arrived")).await.expect("may be sent");
    desk.run_jobs().await;

    let [sent] = &meta.posted()[before..] else { panic!("not one message") };
    assert_eq!((&sent["messaging_type"], &sent["recipient"]["id"]), (&json!("UTILITY"), &json!("7100")));
    let body = json!({ "type": "body", "parameters": [{ "type": "text", "text": "566701" }] });
    let template = json!({ "name": "arrived", "language": { "code": "en" }, "components": [body] });
    assert_eq!(sent["message"]["template"], template);
    assert_eq!(desk.find_room(room.id).await.restore_pending, Some(priya.id));

    tells(&desk, "messaging", json!({ "message": { "mid": "m_2", "text": "thank you!" } })).await;

    let back = desk.find_room(room.id).await;
    assert_eq!((back.section(), back.restore_pending), (Section::Live, None));
    assert!(desk.told().await.iter().any(|event| event.change == Change::Restored { by: priya.id }));
    let words = said(&desk, &back).await;
    assert!(words.iter().any(|line| line.contains("Your order #566701 has arrived.")), "{words:?}");
}
