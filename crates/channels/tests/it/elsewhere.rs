//! What is about another account of the same app is a delivery of its own, which that account's channel reads as if it
//! had come alone.

use std::sync::Arc;

use channels::adapter::{self, Adapter};
use channels::inbound::{Inbound, InboundEvent, Unreadable};
use domain::channel::ChannelKind;
use serde_json::{Value, json};

use crate::desk::webhook;

/// A channel of `kind` whose account is called `account`, and whose app signs with `secret`.
fn channel(kind: ChannelKind, account: &str, secret: &Value) -> Arc<dyn Adapter> {
    let field = match kind {
        ChannelKind::WhatsApp => "phone_number_id",
        ChannelKind::Messenger => "page_id",
        _ => "account_id",
    };
    let settings =
        json!({ field: account, "access_token": "token", "app_secret": secret, "verify_token": "verify-token" });
    let adapter = adapter::open(kind, &settings.to_string(), &webhook(kind.word())).expect("good settings");
    adapter.expect("it has an adapter")
}

/// A delivery of this kind about both accounts.
fn delivery(kind: ChannelKind, accounts: [&str; 2]) -> String {
    let entry = |account: &str| {
        let number = format!("{account}{}", u64::MAX);
        match kind {
            ChannelKind::WhatsApp => {
                let message = json!({
                    "from": "5511900000001", "id": format!("wamid.{number}"), "timestamp": "1795300001", "type": "text",
                    "text": { "body": format!("para {account} \u{1f642}") },
                });
                let value = json!({ "metadata": { "phone_number_id": account }, "messages": [message] });
                json!({ "id": "701", "time": 1_795_300_000, "changes": [{ "field": "messages", "value": value }] })
            }
            _ => {
                let message = json!({
                    "sender": { "id": "7100000000000001" }, "recipient": { "id": account },
                    "timestamp": 1_795_300_001_000_i64,
                    "message": { "mid": format!("m_{number}"), "text": format!("para {account} \u{1f642}") },
                });
                json!({ "id": account, "time": 1_795_300_000_000_i64, "messaging": [message] })
            }
        }
    };
    let object = match kind {
        ChannelKind::WhatsApp => "whatsapp_business_account",
        ChannelKind::Messenger => "page",
        _ => "instagram",
    };
    json!({ "object": object, "entry": accounts.map(entry) }).to_string()
}

fn elsewhere(events: &[Result<InboundEvent, Unreadable>]) -> Vec<(&str, &str)> {
    let parts = events.iter().flatten().filter_map(|event| match &event.what {
        Inbound::Elsewhere { account, delivery } => Some((account.as_str(), delivery.as_str())),
        _ => None,
    });
    parts.collect()
}

#[test]
fn what_is_about_another_account_is_read_by_its_own_channel_as_if_it_had_come_alone() {
    for kind in [ChannelKind::WhatsApp, ChannelKind::Messenger, ChannelKind::Instagram] {
        let (ours, theirs) = ("801", "802");
        let [first, second] = [ours, theirs].map(|account| channel(kind, account, &json!("app-secret")));
        let body = delivery(kind, [ours, theirs]);

        let events = first.parse(body.as_bytes()).expect("it is a delivery");
        let [(account, part)] = elsewhere(&events)[..] else { panic!("{kind:?}: {events:?}") };
        assert_eq!((account, events.len()), (theirs, 2), "{kind:?}");

        let whole = second.parse(body.as_bytes()).expect("it is a delivery");
        let alone = second.parse(part.as_bytes()).expect("it is a delivery");
        let own: Vec<_> = whole.into_iter().filter(|event| elsewhere(std::slice::from_ref(event)).is_empty()).collect();
        assert_eq!(alone, own, "{kind:?}");
        assert!(matches!(&alone[..], [Ok(InboundEvent { what: Inbound::Message { .. }, .. })]), "{kind:?}: {alone:?}");
    }
}

/// A number of this business account.
fn number(account: Option<&str>) -> Arc<dyn Adapter> {
    let settings = json!({
        "phone_number_id": "801", "business_account_id": account, "access_token": "token", "app_secret": "app-secret",
        "verify_token": "verify-token",
    });
    let adapter = adapter::open(ChannelKind::WhatsApp, &settings.to_string(), &webhook("whatsapp"));
    adapter.expect("good settings").expect("it has an adapter")
}

/// What a delivery about the business account 701 comes to, in words: a template was approved, a customer has another id.
fn read(adapter: &Arc<dyn Adapter>, body: &str) -> Vec<String> {
    let word = |event: Result<InboundEvent, Unreadable>| match event.expect("it can be read").what {
        Inbound::TemplateChanged { name, .. } => format!("template {name}"),
        Inbound::IdentityChanged { .. } => "identity".into(),
        Inbound::Everywhere { account, .. } => format!("everywhere {account}"),
        Inbound::Elsewhere { account, .. } => format!("elsewhere {account}"),
        other => format!("{other:?}"),
    };
    adapter.parse(body.as_bytes()).expect("it is a delivery").into_iter().map(word).collect()
}

#[test]
fn what_names_no_number_is_for_every_number_of_its_business_account() {
    let template = json!({
        "event": "APPROVED", "message_template_name": "order_ok", "message_template_language": "pt_BR",
    });
    let identity = json!({ "user_id_update": [{ "user_id": { "previous": "BR.1", "current": "BR.2" } }] });
    let changes = json!([
        { "field": "message_template_status_update", "value": template }, { "field": "user_id_update", "value": identity },
    ]);
    let entry = json!({ "id": "701", "time": 1_795_300_000, "changes": changes });
    let body = json!({ "object": "whatsapp_business_account", "entry": [entry] }).to_string();

    let ours = ["template order_ok", "identity", "everywhere 701"];
    assert_eq!(read(&number(Some("701")), &body), ours);
    assert_eq!(read(&number(None), &body), ours, "whoever knows no account takes what comes");
    assert_eq!(read(&number(Some("702")), &body), ["elsewhere 701"]);

    for event in number(Some("702")).parse(body.as_bytes()).expect("it is a delivery").into_iter().flatten() {
        let Inbound::Elsewhere { delivery, .. } = event.what else { panic!("{event:?}") };
        assert_eq!(read(&number(Some("701")), &delivery), ours[..2], "it is passed on once");
    }
}

#[test]
fn two_accounts_are_of_one_app_when_the_same_secret_signs_for_both() {
    let addressee = |secret: Value| channel(ChannelKind::Messenger, "801", &secret).addressee().expect("it has one");
    let both = addressee(json!(["new-secret", "old-secret"]));
    assert!(both.shares_app_with(&addressee(json!("old-secret"))));
    assert!(!both.shares_app_with(&addressee(json!("another"))));
    assert!(!format!("{both:?}").contains("secret"));
    assert_eq!(crate::desk::sms().addressee(), None);
}
