//! Twilio: forms that it signs, files and Content that it takes, and where it calls back.

use serde_json::{Value, json};
use simulator::{Account, Contents, Sms};

use crate::world::{SECRET, World, answered};

fn twilio(account: &str) -> Sms {
    let (account_sid, auth_token) = (account.to_owned(), SECRET.to_owned());
    Sms { account_sid, auth_token, number: "+15550002222".into(), contents: Contents::default() }
}

#[tokio::test]
async fn twilio_keeps_choices_that_are_buttons_by_rcs_and_text_by_sms() {
    let account = format!("AC{}", "1".repeat(32));
    let mut world = World::with(Account::Sms(twilio(&account))).await;
    let form = String::from_utf8_lossy(&world.customer_does(&json!({"text": "oi"})).await.body).into_owned();
    assert!(form.contains("From=%2B5511900000001"), "{form}");
    let content = |title: &str| {
        json!({"friendly_name": "choices", "language": "en", "types": {
            "twilio/quick-reply": {"body": "{{1}}", "actions": [{"type": "QUICK_REPLY", "title": title, "id": "yes"}]},
            "twilio/text": {"body": "{{1}} 1. Sim"},
        }})
    };
    let make = async |title: &str| {
        answered(world.ask("twilio/v1/Content").basic_auth(&account, Some(SECRET)).json(&content(title))).await
    };
    assert_eq!(make("a title of twenty-one").await.0, 400);
    let (status, made) = make("Sim").await;
    let sid = made["sid"].as_str().expect("it is named").to_owned();
    assert_eq!((status, sid.len()), (201, 34));

    let path = format!("twilio/2010-04-01/Accounts/{account}/Messages.json");
    let question = |sender: &'static str, from: &'static str| {
        [
            ("To", "+5511900000001".to_owned()),
            (sender, from.to_owned()),
            ("ContentSid", sid.clone()),
            ("ContentVariables", r#"{"1":"Ok?"}"#.to_owned()),
        ]
    };
    let ask = async |form: [(&'static str, String); 4]| {
        answered(world.ask(&path).basic_auth(&account, Some(SECRET)).form(&form)).await
    };
    assert_eq!(ask(question("From", "+15550002222")).await.0, 201);
    assert_eq!(world.last_words().await, "Ok? 1. Sim");
    let (_, sent) = ask(question("MessagingServiceSid", "MG00000000000000000000000000000002")).await;
    assert_eq!(world.last_words().await, "Ok?");
    let pick = json!({"pick": {"message": sent["sid"], "id": "yes"}});
    let picked = String::from_utf8_lossy(&world.customer_does(&pick).await.body).into_owned();
    assert!(picked.contains("ButtonPayload=yes") && picked.contains("From=rcs%3A%2B5511900000001"), "{picked}");
}

#[tokio::test]
async fn twilio_signs_forms_and_calls_back_where_it_was_told() {
    let account = format!("AC{}", "1".repeat(32));
    let sms = twilio(&account);
    let mut world = World::with(Account::Sms(sms)).await;
    let form = world.customer_does(&json!({"text": "a b"})).await;
    assert_eq!((form.kind.as_str(), form.header("x-twilio-signature").len()), ("sms", 28));
    let body = String::from_utf8_lossy(&form.body).into_owned();
    assert!(body.contains("From=%2B5511900000001") && body.contains("Body=a+b"), "{body}");

    let callback = format!("{}/webhooks/sms/c1?status", world.base);
    let message = [("To", "+5511900000001"), ("From", "+15550002222"), ("Body", "Olá"), ("StatusCallback", &callback)];
    let path = format!("twilio/2010-04-01/Accounts/{account}/Messages.json");
    assert_eq!(answered(world.ask(&path).form(&message)).await.0, 401);
    let (status, sent) = answered(world.ask(&path).basic_auth(&account, Some(SECRET)).form(&message)).await;
    assert_eq!((status, &sent["status"]), (201, &json!("queued")));
    for word in ["sent", "delivered"] {
        let body = String::from_utf8_lossy(&world.webhook().await.body).into_owned();
        assert!(body.contains(&format!("MessageStatus={word}")), "{body}");
    }
    assert_eq!(world.last_words().await, "Olá");

    // What was delivered to nobody is in the list.
    let lost = world.ask("api/customers/1/switches").json(&json!({"lost": true})).send().await;
    assert_eq!(lost.expect("the server answers").status().as_u16(), 204);
    let (_, written) = answered(world.ask("api/customers/1/messages").json(&json!({"file": "photo"}))).await;
    let list = async |path: &str| {
        let list = world.client.get(format!("{}/simulator/twilio/2010-04-01/Accounts/{account}/{path}", world.base));
        let list = list.basic_auth(&account, Some(SECRET)).send().await.expect("it answers");
        list.json::<Value>().await.expect("it is JSON")
    };
    let inbound = list("Messages.json?To=%2B15550002222&DateSent%3E=2026-01-01&PageSize=1").await;
    let newest = &inbound["messages"][0];
    assert_eq!(
        (&newest["sid"], &newest["direction"], &newest["num_media"]),
        (&written["id"], &json!("inbound"), &json!("1"))
    );
    let next = inbound["next_page_uri"].as_str().expect("the first words are on the next page").to_owned();
    assert!(next.starts_with("/simulator/twilio/2010-04-01/") && next.contains("DateSent%3E=2026-01-01"), "{next}");
    let earlier = list(&next[next.find("Messages.json").expect("it is the list")..]).await;
    assert_eq!((&earlier["messages"][0]["body"], &earlier["next_page_uri"]), (&json!("a b"), &Value::Null));
    let media = list(&format!("Messages/{}/Media.json", written["id"].as_str().unwrap_or_default())).await;
    assert_eq!(media["media_list"][0]["content_type"], "image/jpeg");
    let outbound = list("Messages.json?From=%2B15550002222&DateSent%3C=2026-01-01").await;
    assert_eq!(outbound["messages"], json!([]), "none is as old");
    world.switch("normal").await;

    let sid = "HX00000000000000000000000000000001";
    let template = |variables| {
        let form =
            [("To", "+5511900000001"), ("From", "+15550002222"), ("ContentSid", sid), ("ContentVariables", variables)];
        answered(world.ask(&path).basic_auth(&account, Some(SECRET)).form(&form))
    };
    assert_eq!(template(r#"{"first_name":""}"#).await.1["code"], 21_656);
    assert_eq!(template(r#"{"first_name":"Bia","1":"7"}"#).await.0, 201);
    assert!(world.last_words().await.starts_with("Hi Bia, your order 7 has left"), "{}", world.last_words().await);
    let list = world.client.get(format!("{}/simulator/twilio/v1/Content?PageSize=3", world.base));
    let list: Value =
        list.basic_auth(&account, Some(SECRET)).send().await.expect("it answers").json().await.expect("JSON");
    assert_eq!((list["contents"][0]["sid"].as_str(), list["contents"].as_array().map(Vec::len)), (Some(sid), Some(3)));
    assert!(list["meta"]["next_page_url"].is_string(), "{list}");
}

#[tokio::test]
async fn twilio_takes_up_to_ten_files_in_one_message_and_fetches_each() {
    let account = format!("AC{}", "1".repeat(32));
    let mut world = World::with(Account::Sms(twilio(&account))).await;
    world.customer_does(&json!({"file": "photo"})).await;
    let link =
        format!("{}/simulator/files/{}", world.base, world.last_message().await["file"].as_str().unwrap_or("none"));
    let path = format!("twilio/2010-04-01/Accounts/{account}/Messages.json");
    let with = |count: usize| {
        let mut form = vec![("To", "+5511900000001"), ("From", "+15550002222"), ("Body", "Our shop")];
        form.extend(vec![("MediaUrl", link.as_str()); count]);
        answered(world.ask(&path).basic_auth(&account, Some(SECRET)).form(&form))
    };
    assert_eq!(with(11).await.1["code"], 21_623);
    let (status, sent) = with(3).await;
    let shown = world.last_message().await;
    assert_eq!((status, &shown["id"], &shown["text"]), (201, &sent["sid"], &json!("Our shop")));
    assert_eq!(shown["files"].as_array().map(Vec::len), Some(3), "{shown}");
}
