//! A page's utility templates: listed, held against what was approved, and answered by their buttons.

use serde_json::{Value, json};
use simulator::{Account, Inbox, Product};

use crate::world::{SECRET, TOKEN, World, answered};

#[tokio::test]
async fn a_page_sends_approved_templates_with_what_they_need_and_hears_their_buttons() {
    let page = "600000000000001";
    let inbox = Inbox {
        product: Product::Messenger,
        account_id: page.into(),
        app_secret: SECRET.into(),
        access_token: TOKEN.into(),
    };
    let mut world = World::with(Account::Meta(inbox)).await;
    let person = world.customer_does(&json!({"text": "oi"})).await.json()["entry"][0]["messaging"][0]["sender"].clone();
    let list = format!("{}/simulator/messenger/v26.0/{page}/message_templates?limit=2", world.base);
    let listed: Value = serde_json::from_slice(&world.get(&list, Some(TOKEN)).await).expect("it is JSON");
    assert_eq!((&listed["data"][0]["name"], listed["paging"]["next"].is_string()), (&json!("order_ready"), true));

    let send = async |kind: &str, name: &str, body: &[&str]| {
        let texts = |texts: &[&str]| texts.iter().map(|text| json!({"type": "text", "text": text})).collect::<Vec<_>>();
        let components = json!([
            {"type": "header", "parameters": texts(&["7"])}, {"type": "body", "parameters": texts(body)},
        ]);
        let template = json!({"name": name, "language": {"code": "en"}, "components": components});
        let message = json!({
            "recipient": person, "messaging_type": kind, "message": {"template": template, "metadata": "outbox:43"},
        });
        let path = format!("messenger/v26.0/{page}/messages");
        answered(world.ask(&path).bearer_auth(TOKEN).json(&message)).await
    };
    for (kind, name, body) in [
        ("RESPONSE", "order_ready", &["Ana", "jacket"][..]),
        ("UTILITY", "return_received", &["Ana"]),
        ("UTILITY", "order_ready", &["Ana"]),
        ("UTILITY", "order_ready", &["Ana", "jacket", "more"]),
    ] {
        assert_eq!(send(kind, name, body).await.0, 400, "{kind} {name} {body:?}");
    }
    let (status, sent) = send("UTILITY", "order_ready", &["Ana", "jacket"]).await;
    assert_eq!(status, 200, "{sent}");
    assert_eq!(world.last_words().await, "Order 7\n\nHello Ana, your jacket is ready. When may we bring it?");
    let echo = world.webhook().await.json()["entry"][0]["messaging"][0]["message"].clone();
    assert_eq!((&echo["metadata"], echo["text"].is_null()), (&json!("outbox:43"), true));
    assert!(world.webhook().await.json()["entry"][0]["messaging"][0]["delivery"].is_object());
    let pick = json!({"pick": {"message": sent["message_id"], "id": "this-afternoon"}});
    let pressed = world.customer_does(&pick).await.json()["entry"][0]["messaging"][0]["postback"].clone();
    assert_eq!((&pressed["title"], &pressed["payload"]), (&json!("This afternoon"), &json!("this-afternoon")));
}
