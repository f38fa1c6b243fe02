//! NUL, which PostgreSQL refuses in every text: whoever writes it is understood by the rest.

use backend::drafts;
use backend::inbound::Said;
use backend::test_desk::TestDesk;
use backend::{Error, contacts, messages, new_id, rooms, sessions, settings, trouble};
use domain::customer::{SaveContact, Saving};
use domain::draft::DraftMode;
use domain::policy::Policy;
use domain::refused::Refused;
use serde_json::{Value, json};

use crate::shelf::{PDF, Shelf, says};
use crate::transcript::{observer, only_room, said};

#[tokio::test]
async fn whatever_a_messenger_says_is_taken_in_though_it_holds_what_no_database_keeps() {
    let (desk, messenger) = (TestDesk::new().await, Shelf::start().await);
    messenger.channel(&desk).await;
    let priya = desk.admin("priya").await;
    let customer = json!({ "id": "a\0na", "name": "A\0na", "username": "an\0a", "phone": "+55\x0011900000001" });
    let mut bill = messenger.keeps("document", "bill.pdf", PDF);
    bill["name"] = "bi\0ll.pdf".into();
    let contents = [
        json!({ "id": "m\0-1", "text": "he\0llo" }),
        json!({ "id": "m\0-2", "picked": { "id": "y\0es", "title": "Y\0es" }, "reply_to": "m-\x001" }),
        json!({ "id": "m\0-3", "place": { "latitude": 1, "longitude": 2, "name": "Sh\0op", "address": "Ma\0in 1" } }),
        json!({ "id": "m\0-4", "text": "the\0 bill", "files": [bill] }),
        json!({ "id": "m\0-5", "text": "fo\0ur" }),
    ];

    for message in contents {
        says(&desk, json!({ "type": "message", "customer": customer, "message": message })).await;
    }
    says(&desk, json!({ "type": "echo", "customer": customer, "message": { "id": "e\0-1", "text": "so\0on" } })).await;
    let edited = json!({ "id": "m-5\0", "text": "fi\0ve" });
    says(&desk, json!({ "type": "edited", "customer": customer, "message": edited })).await;
    let target = json!({ "id": "m-\x001" });
    says(&desk, json!({ "type": "reaction", "customer": customer, "message": target, "emoji": "👍\0" })).await;
    let failed = json!({ "type": "status", "message": { "id": "e-\x001" }, "status": "failed", "reason": "Out\0." });
    says(&desk, failed).await;
    says(&desk, json!({ "type": "deleted", "customer": customer, "message": { "id": "m-\x002" } })).await;
    desk.run_jobs().await;

    let room = only_room(&desk).await;
    assert_eq!(room.name, "Ana");
    let expected = ["customer: hello", "customer: Deleted", "customer: Shop", "customer: the bill", "customer: five"];
    assert_eq!(said(&desk, &room).await[..5], expected);
    let view = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it");
    assert_eq!(view.customer.phone.as_deref(), Some("+5511900000001"));
    assert!(is_storable(&serde_json::to_value(&view).expect("the browser gets it as JSON")));
    let trouble = trouble::list(&desk.backend, &priya).await.expect("an admin may look");
    assert!(trouble.webhooks.is_empty() && trouble.jobs.is_empty(), "{trouble:?}");
}

#[tokio::test]
async fn whatever_a_visitor_says_is_taken_in_though_it_holds_what_no_database_keeps() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let ana = desk.visitor("Ana").await;

    desk.visitor_says(&ana, Said::Text("he\0llo".into())).await.expect("it can be stored");
    desk.visitor_says(&ana, Said::Pick { id: "y\0".into(), title: "Y\0es".into() }).await.expect("it can be stored");
    let empty = desk.visitor_says(&ana, Said::Text("\0".into())).await;

    let room = desk.room_of(&ana).await;
    assert_eq!(said(&desk, &room).await, ["customer: hello", "customer: Yes"]);
    assert!(matches!(empty, Err(Error::Refused(Refused::Empty { .. }))), "{empty:?}");
}

#[tokio::test]
async fn whatever_people_of_ours_write_is_taken_in_though_it_holds_what_no_database_keeps() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;
    let backend = &desk.backend;

    drafts::save(backend, &priya, room, DraftMode::Reply, "De\0ar".into()).await.expect("a draft");
    let policy = Policy { feedback_question: "H\0ow?".into(), away_text: "\0".into(), ..desk.policy() };
    let kept = settings::save_policy(backend, &priya, desk.policy(), policy).await.expect("rules");
    rooms::enter(backend, &priya, room).await.expect("an admin may enter");
    messages::send(backend, &priya, room, new_id(), "he\0llo".into()).await.expect("a message");
    messages::add_note(backend, &priya, room, new_id(), "ah\0a".into()).await.expect("a note");
    let form = SaveContact {
        name: "A\0na".into(),
        tags: vec!["v\0ip".into()],
        fields: [("si\0ze".into(), "\x004".into())].into(),
        ..SaveContact::default()
    };
    contacts::save(backend, &priya, room, form, Saving::First).await.expect("a contact");
    let nobody = sessions::sign_in(backend, "priya\0@acme.example", "a wrong password", "192.0.2.1").await;

    let drafts = drafts::load(backend, &priya, room).await.expect("they can be read");
    assert_eq!((drafts.reply.as_str(), kept.feedback_question.as_str(), kept.away_text.as_str()), ("Dear", "How?", ""));
    assert!(matches!(nobody, Err(Error::SignIn)), "{nobody:?}");
    let view = rooms::load(backend, &observer(), room).await.expect("an admin sees it");
    assert!(is_storable(&serde_json::to_value(&view).expect("the browser gets it as JSON")));
}

fn is_storable(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(values) => values.iter().all(is_storable),
        Value::Object(fields) => fields.values().all(is_storable),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}
