//! What X did not deliver, asked for.

use channels::error::ChannelError;
use channels::inbound::Inbound;
use channels::missed::{Gap, Missed};
use domain::message::Content;
use domain::timestamp::Timestamp;
use serde_json::{Value, json};

use super::read;
use crate::desk::{http, x_at};
use crate::stand_in::{Reply, StandIn};

/// Fri, 20 Nov 2026 18:40:00 UTC
const SINCE: Timestamp = Timestamp(1_795_200_000_000);

/// The id of something that happened so many seconds after [`SINCE`].
fn id_at(seconds: i64) -> String {
    ((SINCE.0 + seconds * 1_000 - 1_288_834_974_657) << 22).to_string()
}

fn told(id: &str, text: &str) -> Value {
    json!({"id": id, "event_type": "MessageCreate", "sender_id": "111", "dm_conversation_id": "111-222", "text": text})
}

fn page(data: &[Value], next: Option<&str>) -> Reply {
    Reply::new(200, "", &json!({"data": data, "meta": {"next_token": next}}).to_string())
}

fn words(missed: &Missed) -> Vec<&str> {
    let words = missed.events.iter().map(|event| match &event.what {
        Inbound::Message { message, .. } => match &message.content {
            Content::Text(text) | Content::Files { text, .. } => text.as_str(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    });
    words.collect()
}

#[tokio::test]
async fn what_was_missed_is_the_same_as_what_would_have_been_delivered() {
    let delivered = read(include_str!("../../../fixtures/x/text.json")).remove(0).expect("a message");
    let Inbound::Message { message: expected, .. } = &delivered.what else { panic!("{delivered:?}") };
    let id = &expected.id.0;
    let told = |id: &str, sender: &str, conversation: &str| {
        json!({"id": id, "event_type": "MessageCreate", "sender_id": sender, "dm_conversation_id": conversation,
            "text": "Olá, cadê meu pedido? 🙂"})
    };
    let two = "1900000000000000111-222";
    let page = json!({
        "data": [
            told("2124070900000000001", "222", two),
            told("2124070900000000000", "1900000000000000111", "1-2-3-group"),
            told(id, "1900000000000000111", two),
            told("1541815603606036480", "1900000000000000111", two),
        ],
        "includes": {"users": [{"id": "1900000000000000111", "name": "Ana Lima", "username": "ana_lima"}]},
        "meta": {"next_token": "more"},
    });
    let x = StandIn::answering(Reply::new(200, "", &page.to_string())).await;
    let missed = x_at(&x.base_url).catch_up(&http(), &Gap::since(SINCE)).await.expect("is told");
    let Missed { events, rest: None } = missed else { panic!("{missed:?}") };
    let keys: Vec<&str> = events.iter().map(|event| event.dedupe.as_str()).collect();
    assert_eq!(
        keys,
        [format!("message:{id}").as_str(), "message:2124070900000000001"],
        "the oldest first, and no more"
    );
    assert_eq!((&events[0].dedupe, &events[0].what), (&delivered.dedupe, &delivered.what));
    assert!(matches!(events[1].what, Inbound::Echo { .. }));
    assert_eq!(x.asked().len(), 1, "what is older than that is not asked for");
}

#[tokio::test]
async fn a_list_that_is_too_long_for_one_look_goes_on_where_it_ended() {
    let message = |number: i64| told(&id_at(100 - number), &number.to_string());
    let pages = (0..5).map(|number| page(&[message(number)], Some(&format!("token-{number}"))));
    let rest = [page(&[message(5), told(&id_at(-1), "before")], Some("token-5"))];
    let x = StandIn::answering_in_turn(|_| pages.chain(rest).collect()).await;
    let first = x_at(&x.base_url).catch_up(&http(), &Gap::since(SINCE)).await.expect("is told");
    assert_eq!((words(&first), first.rest.as_deref()), (vec!["4", "3", "2", "1", "0"], Some("token-4")));

    let gap = Gap { since: SINCE, rest: first.rest };
    let second = x_at(&x.base_url).catch_up(&http(), &gap).await.expect("is told");
    assert_eq!((words(&second), second.rest.as_deref()), (vec!["5"], None));
    let asked = x.asked();
    assert!(!asked[0].path().contains("pagination_token"), "{}", asked[0].path());
    assert!(asked[5].path().ends_with("&pagination_token=token-4"), "{}", asked[5].path());
}

#[tokio::test]
async fn a_list_that_leads_back_to_where_it_was_has_an_end() {
    let x = StandIn::answering(page(&[told(&id_at(1), "again")], Some("same"))).await;
    let missed = x_at(&x.base_url).catch_up(&http(), &Gap::since(SINCE)).await.expect("is told");
    assert_eq!((missed.events.len(), missed.rest, x.asked().len()), (2, None, 2));
}

#[tokio::test]
async fn what_is_broken_costs_nothing_of_what_is_good() {
    let body = json!({
        "data": [
            "broken", {"id": {"no": "id"}}, told("not a number", "no time"),
            {"id": id_at(3), "sender_id": "111", "dm_conversation_id": "111-222", "text": "see this",
                "attachments": {"media_keys": ["3_77"]}},
            {"id": id_at(2), "sender_id": "111", "dm_conversation_id": "111-222", "text": "hello", "attachments": 7},
        ],
        "includes": {
            "users": [5, {"id": "111", "name": "Ana Lima", "username": "ana"}],
            "media": [{"media_key": {}}, {"media_key": "3_77", "type": "photo", "url": "https://ton.x.com/a.jpg", "variants": 1}],
        },
    });
    let x = StandIn::answering(Reply::new(200, "", &body.to_string())).await;
    let missed = x_at(&x.base_url).catch_up(&http(), &Gap::since(SINCE)).await.expect("is told");
    assert_eq!(words(&missed), ["hello", "see this"]);
    let Inbound::Message { customer, message } = &missed.events[1].what else { panic!("{missed:?}") };
    assert_eq!(
        (customer.name.as_deref(), message.files[0].handle.as_str()),
        (Some("Ana Lima"), "https://ton.x.com/a.jpg")
    );

    let x = StandIn::answering(Reply::new(200, "", r#"{"data": "none of your business"}"#)).await;
    let error = x_at(&x.base_url).catch_up(&http(), &Gap::since(SINCE)).await.expect_err("nobody can read it");
    assert!(error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn short_addresses_are_those_that_people_wrote_and_none_stands_for_the_photo() {
    let link = |short: &str, long: &str| json!({"url": short, "expanded_url": long});
    let urls = [
        link("https://t.co/a", "https://acme.example/order/7"),
        link("https://t.co/b", "https://x.com/messages/media/77"),
    ];
    let with_photo = |text: &str| {
        json!({
            "id": id_at(1), "sender_id": "111", "dm_conversation_id": "111-222", "text": text,
            "attachments": {"media_keys": ["3_77"]}, "entities": {"urls": urls},
        })
    };
    let media = json!([{"media_key": "3_77", "type": "photo", "url": "https://ton.x.com/a.jpg"}]);
    let body = json!({
        "data": [with_photo("look at https://t.co/a https://t.co/b"), with_photo("at https://t.co/a")],
        "includes": {"media": media},
    });
    let x = StandIn::answering(Reply::new(200, "", &body.to_string())).await;
    let missed = x_at(&x.base_url).catch_up(&http(), &Gap::since(SINCE)).await.expect("is told");
    assert_eq!(words(&missed), ["at https://acme.example/order/7", "look at https://acme.example/order/7"]);
}

#[tokio::test]
async fn a_limit_is_told_with_its_end_and_what_was_told_before_it_counts() {
    let limited = || {
        let headers =
            "date: Sun, 22 Nov 2026 10:00:00 GMT\r\nx-rate-limit-remaining: 0\r\nx-rate-limit-reset: 1795342500\r\n";
        Reply::new(429, headers, r#"{"title":"Too Many Requests","status":429}"#)
    };
    let x = StandIn::answering(limited()).await;
    let refused = x_at(&x.base_url).catch_up(&http(), &Gap::since(SINCE)).await.expect_err("too often");
    assert!(matches!(refused, ChannelError::RateLimited { retry_after: Some(wait), .. } if wait.as_secs() == 900));

    let x = StandIn::answering_in_turn(|_| vec![page(&[told(&id_at(1), "first")], Some("more")), limited()]).await;
    let missed = x_at(&x.base_url).catch_up(&http(), &Gap::since(SINCE)).await.expect("is told in part");
    assert_eq!((words(&missed), missed.rest.as_deref()), (vec!["first"], Some("more")));

    let last = Reply::new(
        200,
        "x-rate-limit-remaining: 0\r\n",
        &json!({"data": [told(&id_at(1), "last")], "meta": {"next_token": "more"}}).to_string(),
    );
    let x = StandIn::answering(last).await;
    let missed = x_at(&x.base_url).catch_up(&http(), &Gap::since(SINCE)).await.expect("is told in part");
    assert_eq!((missed.rest.as_deref(), x.asked().len()), (Some("more"), 1), "one more would be refused");
}
