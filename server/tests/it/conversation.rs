//! A conversation through the doors that browsers use.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::rig::console::{Console, id_of};
use crate::rig::http::Request;
use crate::rig::process::Switchboard;
use crate::rig::socket::Socket;
use crate::rig::visitor::Visitor;
use crate::{head, hear, message_text, resolve, running, running_with_whatsapp, say, until, website};

fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// A visitor who wrote, and the room the admin holds.
async fn held_chat(switchboard: &Switchboard, admin: &Console) -> Result<(Visitor, String)> {
    let visitor = Visitor::open(switchboard, &website(switchboard, admin).await?, 1).await?;
    let written = switchboard.ask(visitor.message(&new_id(), "I need a person")).await?;
    ensure!(written.status == 200, "{}", written.text());
    let room = admin.hold_rooms(switchboard, 1).await?.remove(0);
    Ok((visitor, room))
}

/// The visitor opens the chat again.
async fn comes_back(switchboard: &Switchboard, channel: &str, visitor: &Visitor) -> Result<Value> {
    let opening = json!({ "channel": channel, "token": visitor.token });
    let answer = switchboard.ask(Request::post("/widget/v1/sessions").json(&opening)).await?;
    ensure!(answer.status == 200, "{}", answer.text());
    Ok(answer.json())
}

/// What the visitor sees after a position.
async fn seen(switchboard: &Switchboard, visitor: &Visitor, after: u64) -> Result<Vec<Value>> {
    let request = visitor.signed(Request::get(&format!("/widget/v1/entries?after={after}")));
    let answer = switchboard.ask(request).await?;
    ensure!(answer.status == 200, "{}", answer.text());
    Ok(answer.json()["entries"].as_array().cloned().unwrap_or_default())
}

#[tokio::test]
async fn a_conversation_goes_from_the_first_word_to_the_archive() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let mut screen = admin.live(head(&switchboard, &admin).await?).await?;
    let visitor = Visitor::open(&switchboard, &website(&switchboard, &admin).await?, 1).await?;

    switchboard.ask(visitor.message(&new_id(), "Good morning")).await?;
    let heard = hear(&mut screen, |frame| message_text(frame) == Some("Good morning")).await?;
    let room = id_of(&heard["event"]["room"])?;
    admin.hold_rooms(&switchboard, 1).await?;
    let answer = json!({ "room": room, "id": new_id(), "message": { "text": "How can I help?" } });
    admin.get(&switchboard, "send_message", &answer).await?;
    until("the visitor sees the answer", async || {
        let entries = seen(&switchboard, &visitor, 0).await?;
        Ok(entries.iter().any(|entry| entry["author"] == "agent" && entry["text"] == "How can I help?").then_some(()))
    })
    .await?;
    let note = json!({ "room": room, "id": new_id(), "text": "A difficult one" });
    admin.get(&switchboard, "add_note", &note).await?;
    let messages = heard["event"]["room"]["customer_messages"].as_u64().context("a room counts its messages")?;
    admin.get(&switchboard, "update_status", &resolve(&room, messages)).await?;

    let archived = admin.rooms(&switchboard, "archived").await?;
    assert_eq!(archived.iter().map(id_of).collect::<Result<Vec<_>>>()?, [room]);
    let told = seen(&switchboard, &visitor, 0).await?;
    assert!(!told.iter().any(|entry| entry["text"] == "A difficult one"), "a note was told to the visitor: {told:?}");
    Ok(())
}

#[tokio::test]
async fn the_same_message_again_is_the_same_message_and_other_words_are_refused() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (visitor, room) = held_chat(&switchboard, &admin).await?;

    let id = new_id();
    let first = switchboard.ask(visitor.message(&id, "Where is it?")).await?;
    let again = switchboard.ask(visitor.message(&id, "Where is it?")).await?;
    let other = switchboard.ask(visitor.message(&id, "Who are you?")).await?;
    assert_eq!((first.status, again.status, other.status), (200, 200, 409));
    assert_eq!(first.json()["entry"]["position"], again.json()["entry"]["position"]);

    let id = new_id();
    let say = |text: &str| json!({ "room": room, "id": id, "message": { "text": text } });
    let first = admin.get(&switchboard, "send_message", &say("On its way")).await?;
    let again = admin.get(&switchboard, "send_message", &say("On its way")).await?;
    let other = admin.call(&switchboard, "send_message", &say("Lost")).await?;
    assert_eq!(first["position"], again["position"]);
    assert_eq!(other.status, 409);

    let audit = switchboard.database().open().await?.audit().await?;
    assert_eq!((audit.texts.get("Where is it?"), audit.texts.get("On its way")), (Some(&1), Some(&1)));
    Ok(())
}

#[tokio::test]
async fn an_answer_names_its_message_on_both_sides() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (visitor, room) = held_chat(&switchboard, &admin).await?;
    let first = seen(&switchboard, &visitor, 0).await?.remove(0);

    let answer = json!({ "text": "Here I am", "reply_to": first["id"] });
    let reply = json!({ "room": room, "id": new_id(), "message": answer });
    let position = admin.get(&switchboard, "send_message", &reply).await?["position"].as_u64().context("a position")?;
    let told = seen(&switchboard, &visitor, position - 1).await?.remove(0);
    let quote = json!({ "id": first["id"], "author": "you", "kind": "text", "text": "I need a person" });
    assert_eq!(told["reply_to"], quote, "{told}");

    let back = visitor.signed(Request::post("/widget/v1/messages"));
    let back = back.json(&json!({ "id": new_id(), "text": "So soon!", "reply_to": told["id"] }));
    let written = switchboard.ask(back).await?;
    assert_eq!(written.json()["entry"]["reply_to"]["text"], "Here I am", "{}", written.text());
    let view = admin.get(&switchboard, "load_room", &json!({ "room": room })).await?;
    let entries = view["entries"].as_array().context("a room has entries")?;
    let said = entries.iter().find(|entry| entry["what"]["message"]["content"]["text"] == "So soon!");
    assert_eq!(said.context("it is there")?["what"]["message"]["about"]["message"], told["id"]);
    Ok(())
}

#[tokio::test]
async fn each_side_sees_the_signs_that_the_other_leaves_and_takes_away() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (visitor, room) = held_chat(&switchboard, &admin).await?;
    let asked = seen(&switchboard, &visitor, 0).await?.remove(0);
    let opened = Socket::open(&switchboard.host(), Request::get("/widget/v1/live")).await?;
    let mut socket = opened.map_err(|answer| anyhow::anyhow!("no socket: {}", answer.status))?;
    say(&mut socket, &json!({ "resume": { "token": visitor.token, "after": 0 } }).to_string()).await?;

    for (emoji, shown) in [(json!("👍"), json!([{ "by": "agent", "emoji": "👍" }])), (Value::Null, Value::Null)] {
        let sign = json!({ "room": room, "message": asked["id"], "emoji": emoji });
        admin.get(&switchboard, "react", &sign).await?;
        let told = hear(&mut socket, |frame| frame["changed"].is_object()).await?;
        assert_eq!((&told["changed"]["id"], &told["changed"]["reactions"]), (&asked["id"], &shown));
    }

    let id = new_id();
    let reply = json!({ "room": room, "id": id, "message": { "text": "Here I am" } });
    admin.get(&switchboard, "send_message", &reply).await?;
    let mark = |message: &str, mark: Value| {
        let request = visitor.signed(Request::post("/widget/v1/marks"));
        switchboard.ask(request.json(&json!({ "message": message, "mark": mark })))
    };
    let left = mark(&id, json!({ "reacted": "❤" })).await?;
    assert_eq!(left.json()["entry"]["reactions"], json!([{ "by": "you", "emoji": "❤" }]), "{}", left.text());
    let odd = mark(&id, json!({ "reacted": "<b>" })).await?;
    assert_eq!((odd.status, odd.json()["error"]["field"].as_str()), (422, Some("reaction")), "{}", odd.text());
    assert_eq!(mark(&new_id(), json!({ "reacted": "❤" })).await?.status, 404);
    let view = admin.get(&switchboard, "load_room", &json!({ "room": room })).await?;
    let entries = view["entries"].as_array().context("a room has entries")?;
    let answer = entries.iter().find(|entry| entry["what"]["message"]["id"] == *id).context("it is there")?;
    assert_eq!(answer["what"]["message"]["reactions"], json!([{ "by": "customer", "emoji": "❤" }]));
    Ok(())
}

#[tokio::test]
async fn the_console_sees_what_a_visitor_edits_and_takes_back() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (visitor, room) = held_chat(&switchboard, &admin).await?;
    let asked = seen(&switchboard, &visitor, 0).await?.remove(0);
    let mark = async |mark: Value| {
        let request = visitor.signed(Request::post("/widget/v1/marks"));
        switchboard.ask(request.json(&json!({ "message": asked["id"], "mark": mark }))).await
    };
    let message = async || {
        let view = admin.get(&switchboard, "load_room", &json!({ "room": room })).await?;
        let entries = view["entries"].as_array().context("a room has entries")?;
        let found = entries.iter().find(|entry| entry["what"]["message"]["id"] == asked["id"]);
        anyhow::Ok(found.context("it is there")?["what"]["message"].clone())
    };

    let edited = mark(json!({ "edited": "I need a gardener" })).await?.json()["entry"].clone();
    assert_eq!((&edited["text"], &edited["edited"]), (&json!("I need a gardener"), &json!(true)));
    let known = message().await?;
    assert_eq!((&known["content"]["text"], &known["edited"]), (&json!("I need a gardener"), &json!(true)));
    let long = mark(json!({ "edited": "x".repeat(10_001) })).await?;
    assert_eq!((long.status, long.json()["error"]["field"].as_str()), (422, Some("message")), "{}", long.text());

    assert_eq!(mark(json!("deleted")).await?.json()["entry"]["kind"], "deleted");
    assert_eq!(message().await?["content"], "deleted");
    Ok(())
}

#[tokio::test]
async fn a_visitor_who_comes_back_hears_what_was_missed_and_then_what_happens() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (visitor, room) = held_chat(&switchboard, &admin).await?;
    for text in ["one", "two"] {
        let said = switchboard.ask(visitor.message(&new_id(), text)).await?;
        assert_eq!(said.status, 200, "{}", said.text());
    }
    let entries = seen(&switchboard, &visitor, 0).await?;
    let one = entries.iter().find(|entry| entry["text"] == "one").context("the first word is there")?;

    let opened = Socket::open(&switchboard.host(), Request::get("/widget/v1/live")).await?;
    let mut socket = opened.map_err(|answer| anyhow::anyhow!("no socket: {}", answer.status))?;
    let resume = json!({ "resume": { "token": visitor.token, "after": one["position"] } });
    say(&mut socket, &resume.to_string()).await?;

    let missed = hear(&mut socket, |frame| frame["entry"].is_object()).await?;
    assert_eq!(missed["entry"]["text"], "two");
    let reply = json!({ "room": room, "id": new_id(), "message": { "text": "three" } });
    admin.get(&switchboard, "send_message", &reply).await?;
    let next = hear(&mut socket, |frame| frame["entry"].is_object()).await?;
    assert_eq!((&next["entry"]["text"], &next["entry"]["author"]), (&json!("three"), &json!("agent")));
    Ok(())
}

#[tokio::test]
async fn what_a_visitor_was_away_for_is_unread_until_it_was_in_their_sight() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (visitor, room) = held_chat(&switchboard, &admin).await?;
    let reply = json!({ "room": room, "id": new_id(), "message": { "text": "Here I am" } });
    let position = admin.get(&switchboard, "send_message", &reply).await?["position"].clone();
    let website = website(&switchboard, &admin).await?;

    let back = comes_back(&switchboard, &website, &visitor).await?;
    assert!(back["read"].as_u64() < position.as_u64(), "{back}");
    let reading = visitor.signed(Request::post("/widget/v1/read")).json(&json!({ "position": position }));
    assert_eq!(switchboard.ask(reading).await?.status, 204);

    let back = comes_back(&switchboard, &website, &visitor).await?;
    assert_eq!(back["read"], position);
    let view = admin.get(&switchboard, "load_room", &json!({ "room": room })).await?;
    let entries = view["entries"].as_array().context("a room has entries")?;
    let answer = entries.iter().find(|entry| entry["position"] == position).context("the answer is there")?;
    assert_eq!(answer["what"]["message"]["delivery"]["stage"], "read");
    Ok(())
}

#[tokio::test]
async fn a_visitor_sees_that_their_words_were_read_now_and_when_they_come_back() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (visitor, room) = held_chat(&switchboard, &admin).await?;
    let website = website(&switchboard, &admin).await?;
    let entries = seen(&switchboard, &visitor, 0).await?;
    let position = entries.iter().find(|entry| entry["author"] == "you").context("it is there")?["position"].clone();
    let opened = Socket::open(&switchboard.host(), Request::get("/widget/v1/live")).await?;
    let mut socket = opened.map_err(|answer| anyhow::anyhow!("no socket: {}", answer.status))?;
    let resume =
        json!({ "resume": { "token": visitor.token, "after": entries.last().context("it is there")?["position"] } });
    say(&mut socket, &resume.to_string()).await?;
    let first = hear(&mut socket, |frame| frame["seen"].is_object()).await?;
    assert!(first["seen"]["position"].as_u64() < position.as_u64(), "{first}");

    let mut screen = admin.live(head(&switchboard, &admin).await?).await?;
    say(&mut screen, &json!({ "viewing": { "room": room } }).to_string()).await?;
    admin.get(&switchboard, "mark_seen", &json!({ "room": room, "messages": 1 })).await?;

    let told = hear(&mut socket, |frame| frame["seen"].is_object()).await?;
    assert_eq!(told["seen"]["position"], position);
    let back = comes_back(&switchboard, &website, &visitor).await?;
    assert!(back["seen"].as_u64() >= position.as_u64(), "{back}");
    Ok(())
}

#[tokio::test]
async fn each_side_sees_the_other_writing_and_nobody_sees_themselves() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (visitor, room) = held_chat(&switchboard, &admin).await?;
    let mut screen = admin.live(head(&switchboard, &admin).await?).await?;
    let opened = Socket::open(&switchboard.host(), Request::get("/widget/v1/live")).await?;
    let mut socket = opened.map_err(|answer| anyhow::anyhow!("no socket: {}", answer.status))?;
    say(&mut socket, &json!({ "resume": { "token": visitor.token, "after": 0 } }).to_string()).await?;
    hear(&mut socket, |frame| frame["seen"].is_object()).await?;

    for on in [true, false] {
        let typing = visitor.signed(Request::post("/widget/v1/typing")).json(&json!({ "on": on }));
        assert_eq!(switchboard.ask(typing).await?.status, 204);
        let told = hear(&mut screen, |frame| frame["typing"].is_object()).await?;
        assert_eq!(told["typing"], json!({ "room": room, "who": "customer", "on": on }));
        say(&mut screen, &json!({ "typing": { "room": room, "on": on } }).to_string()).await?;
        let told = hear(&mut socket, |frame| frame["typing"].is_object()).await?;
        assert_eq!((&told["typing"]["who"], &told["typing"]["on"]), (&json!("agent"), &json!(on)), "{told}");
    }
    Ok(())
}

#[tokio::test]
async fn a_console_that_comes_back_hears_every_number_once_and_in_order() -> Result<()> {
    let mut switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let before = head(&switchboard, &admin).await?;
    let (visitor, _) = held_chat(&switchboard, &admin).await?;
    switchboard.kill().await?;
    switchboard.start().await?;
    let said = switchboard.ask(visitor.message(&new_id(), "still there?")).await?;
    assert_eq!(said.status, 200, "{}", said.text());

    let mut socket = admin.live(before).await?;
    let mut numbers = Vec::new();
    loop {
        let frame = hear(&mut socket, |frame| frame["event"].is_object()).await?;
        numbers.extend(frame["event"]["seq"].as_u64());
        if message_text(&frame) == Some("still there?") {
            break;
        }
    }
    let expected: Vec<u64> = (before + 1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected);
    Ok(())
}

#[tokio::test]
async fn an_agents_answer_reaches_a_whatsapp_customer_once() -> Result<()> {
    let (switchboard, channel, graph) = running_with_whatsapp().await?;
    let admin = Console::admin(&switchboard).await?;
    let delivery = crate::whatsapp::text_delivery(1, "Ana Lima", "wamid.1", "Oi");
    let answer = switchboard.ask(crate::whatsapp::signed(&channel, delivery)).await?;
    assert_eq!(answer.status, 200);
    let room = admin.hold_rooms(&switchboard, 1).await?.remove(0);

    let say = json!({ "room": room, "id": new_id(), "message": { "text": "Hello Ana" } });
    admin.get(&switchboard, "send_message", &say).await?;
    admin.get(&switchboard, "send_message", &say).await?;

    switchboard.database().open().await?.wait_until_settled().await?;
    assert_eq!(graph.sent().iter().filter(|(_, text)| text == "Hello Ana").count(), 1);
    let view = admin.get(&switchboard, "load_room", &json!({ "room": room })).await?;
    let entries = view["entries"].as_array().context("a room has entries")?;
    let sent = entries.iter().find(|entry| entry["what"]["message"]["content"]["text"] == "Hello Ana");
    assert_eq!(sent.context("the reply is there")?["what"]["message"]["delivery"]["stage"], "sent");
    Ok(())
}

#[tokio::test]
async fn a_channel_added_by_the_command_beside_a_running_server_takes_visitors() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let mut screen = admin.live(head(&switchboard, &admin).await?).await?;
    let settings = json!({ "origins": [], "secret": "what the shop signs with" });

    let channel = switchboard.add_channel("web", &settings).await?;

    let told = hear(&mut screen, |frame| frame["event"]["change"]["channel_changed"].is_object()).await?;
    assert_eq!(told["event"]["change"]["channel_changed"]["id"], channel.as_str());
    let visitor = Visitor::open(&switchboard, &channel, 1).await?;
    assert_eq!(switchboard.ask(visitor.message(&new_id(), "hello")).await?.status, 200);
    Ok(())
}
