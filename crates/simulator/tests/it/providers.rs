//! One walk per provider: what a customer writes arrives signed, what we send is answered, shown and reported on.

use axum::body::Bytes;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use simulator::{Account, Google, Inbox, Partner, Product, Spent, X};

use crate::kept::telegram;
use crate::world::{SECRET, TOKEN, World, answered};

#[tokio::test]
async fn telegram_sends_updates_with_its_secret_and_takes_calls() {
    let mut world = World::with(Account::Telegram(telegram())).await;
    let update = world.customer_does(&json!({"text": "oi"})).await;
    assert_eq!((update.kind.as_str(), update.header("x-telegram-bot-api-secret-token")), ("telegram", SECRET));
    let chat = update.json()["message"]["chat"]["id"].clone();
    assert_eq!(update.json()["message"]["text"], "oi");

    let photo = world.customer_does(&json!({"file": "photo"})).await.json();
    let file = json!({"file_id": photo["message"]["photo"][1]["file_id"]});
    let (_, found) = answered(world.ask("telegram/bot1:abc/getFile").json(&file)).await;
    let path = found["result"]["file_path"].as_str().expect("the file has a path").to_owned();
    let content = world.get(&format!("{}/simulator/telegram/file/bot1:abc/{path}", world.base), None).await;
    assert!(content.starts_with(&[0xff, 0xd8]));

    let question = json!({"chat_id": chat, "text": "Ok?",
        "reply_markup": {"inline_keyboard": [[{"text": "Sim", "callback_data": "yes"}]]}});
    let (status, sent) = answered(world.ask("telegram/bot1:abc/sendMessage").json(&question)).await;
    assert_eq!((status, &sent["ok"]), (200, &json!(true)));
    let id = sent["result"]["message_id"].to_string();
    let pressed = world.customer_does(&json!({"pick": {"message": id, "id": "yes"}})).await.json();
    assert_eq!(pressed["callback_query"]["data"], "yes");
    world.switch("rate_limit").await;
    let (status, refused) = answered(world.ask("telegram/bot1:abc/sendMessage").json(&question)).await;
    assert_eq!((status, &refused["parameters"]["retry_after"]), (429, &json!(7)));
    assert_eq!(answered(world.ask("telegram/bot1:other/getMe")).await.0, 401);
}

async fn inbox(product: Product, kind: &str, page: &str) {
    let inbox = Inbox { product, account_id: page.into(), app_secret: SECRET.into(), access_token: TOKEN.into() };
    let mut world = World::with(Account::Meta(inbox)).await;
    let written = world.customer_does(&json!({"text": "grüß dich"})).await;
    assert_eq!((written.kind.as_str(), written.header("x-hub-signature-256").len()), (kind, "sha256=".len() + 64));
    let event = written.json()["entry"][0]["messaging"][0].clone();
    assert_eq!((&event["recipient"]["id"], &event["message"]["text"]), (&json!(page), &json!("grüß dich")));

    let photo = world.customer_does(&json!({"file": "photo"})).await.json();
    let attachment = &photo["entry"][0]["messaging"][0]["message"]["attachments"][0];
    let url = attachment["payload"]["url"].as_str().expect("the photo has an address");
    assert!(world.get(url, None).await.starts_with(&[0xff, 0xd8]));

    let message = json!({"recipient": event["sender"], "messaging_type": "RESPONSE", "message": {"text": "Olá", "metadata": "outbox:42"}});
    let path = format!("{kind}/v26.0/{page}/messages");
    assert_eq!(answered(world.ask(&path).json(&message)).await.0, 401);
    let (status, sent) = answered(world.ask(&path).bearer_auth(TOKEN).json(&message)).await;
    assert_eq!((status, &sent["recipient_id"]), (200, &event["sender"]["id"]));
    let echo = world.webhook().await.json()["entry"][0]["messaging"][0]["message"].clone();
    assert_eq!((&echo["mid"], &echo["metadata"]), (&sent["message_id"], &json!("outbox:42")));
    assert_eq!(world.last_words().await, "Olá");
    if product == Product::Instagram {
        // Several pictures are one message, and nothing else is.
        let of = |kind: &str, count: usize| {
            let attachment = json!({"type": kind, "payload": {"url": url}});
            let message = json!({"recipient": event["sender"], "message": {"attachments": vec![attachment; count]}});
            answered(world.ask(&path).bearer_auth(TOKEN).json(&message))
        };
        let (_, sent) = of("image", 3).await;
        let shown = world.last_message().await;
        assert_eq!((&shown["id"], shown["files"].as_array().map(Vec::len)), (&sent["message_id"], Some(3)), "{shown}");
        for (kind, count) in [("image", 11), ("image", 0), ("video", 2)] {
            assert_eq!(of(kind, count).await.0, 400, "{count} of {kind}");
        }
    }
    world.switch("out_of_window").await;
    assert_eq!(answered(world.ask(&path).bearer_auth(TOKEN).json(&message)).await.1["error"]["code"], 10);
}

#[tokio::test]
async fn messenger_signs_echoes_and_reports() {
    inbox(Product::Messenger, "messenger", "600000000000001").await;
}

#[tokio::test]
async fn instagram_signs_echoes_and_reports() {
    inbox(Product::Instagram, "instagram", "17840000000000001").await;
}

#[tokio::test]
async fn x_hands_on_what_it_cannot_read_itself() {
    let mut world = World::with(Account::X(x())).await;
    let secret = world.customer_does(&json!({"unsupported": "encrypted"})).await.json();
    assert_eq!(secret["data"]["event_type"], "chat.received");
    let payload = &secret["data"]["payload"];
    assert!(payload["encoded_event"].is_string() && payload["text"].is_null(), "{payload}");
}

#[tokio::test]
async fn x_tells_a_film_in_several_sizes_and_hands_over_the_best_to_its_account() {
    let mut world = World::with(Account::X(x())).await;
    let film = world.customer_does(&json!({"file": "video"})).await.json();
    let create = &film["data"]["payload"]["direct_message_events"][0]["message_create"];
    let media = &create["message_data"]["attachment"]["media"];
    assert_eq!(media["type"], "video");
    let variants = media["video_info"]["variants"].as_array().expect("a film has variants");
    let best = variants.iter().filter(|variant| variant["content_type"] == "video/mp4");
    let best = best.max_by_key(|variant| variant["bitrate"].as_u64()).expect("one plays everywhere");
    let url = best["url"].as_str().expect("it has an address");
    assert!(url.starts_with(&world.base), "{url}");
    assert_eq!(&world.get(url, Some(TOKEN)).await[4..8], b"ftyp");
    assert_eq!(world.client.get(url).send().await.expect("it answers").status(), 401);

    let list = format!("{}/simulator/x/2/dm_events?dm_event.fields=attachments", world.base);
    let list: Value = serde_json::from_slice(&world.get(&list, Some(TOKEN)).await).expect("it is JSON");
    let told = &list["includes"]["media"][0];
    assert_eq!(told["media_key"], list["data"][0]["attachments"]["media_keys"][0]);
    assert_eq!((&told["type"], &told["variants"][2]["url"]), (&json!("video"), &json!(url)));
}

#[tokio::test]
async fn x_takes_a_film_in_pieces_and_works_on_it_for_a_while() {
    let mut world = World::with(Account::X(x())).await;
    let film = Bytes::from_iter((0..3_000_u32).map(|number| (number % 251) as u8));
    let begin = json!({"media_type": "video/mp4", "total_bytes": film.len(), "media_category": "dm_video"});
    let (_, begun) = answered(world.ask("x/2/media/upload/initialize").bearer_auth(TOKEN).json(&begin)).await;
    let id = begun["data"]["id"].as_str().expect("it has a name").to_owned();
    let append = async |place: u32, piece: Bytes| {
        let part = Part::stream(piece).file_name("clip.mp4");
        let form = Form::new().text("segment_index", place.to_string()).part("media", part);
        answered(world.ask(&format!("x/2/media/upload/{id}/append")).bearer_auth(TOKEN).multipart(form)).await.0
    };
    let finalize = async || answered(world.ask(&format!("x/2/media/upload/{id}/finalize")).bearer_auth(TOKEN)).await;
    // Pieces may come in any order, and one may come again.
    assert_eq!(append(1, film.slice(2_000..)).await, 200);
    assert_eq!(finalize().await.0, 400, "half of it is not all of it");
    assert_eq!(append(0, film.slice(..2_000)).await, 200);
    assert_eq!(append(1, film.slice(2_000..)).await, 200);
    assert_eq!(append(2, film.slice(..1)).await, 400, "that is more than was said");
    let (status, worked_on) = finalize().await;
    assert_eq!((status, &worked_on["data"]["processing_info"]["state"]), (200, &json!("pending")));
    let status = format!("{}/simulator/x/2/media/upload?command=STATUS&media_id={id}", world.base);
    let done: Value = serde_json::from_slice(&world.get(&status, Some(TOKEN)).await).expect("it is JSON");
    assert_eq!(done["data"]["processing_info"]["state"], "succeeded");

    let written = world.customer_does(&json!({"text": "show me"})).await.json();
    let create = &written["data"]["payload"]["direct_message_events"][0]["message_create"];
    let person = create["sender_id"].as_str().expect("somebody wrote");
    let message = json!({"attachments": [{"media_id": id}]});
    let path = format!("x/2/dm_conversations/with/{person}/messages");
    assert_eq!(answered(world.ask(&path).bearer_auth(TOKEN).json(&message)).await.0, 201);
    let phone = world.phone().await;
    let shown = phone["messages"].as_array().and_then(|messages| messages.last()).expect("it was shown");
    assert_eq!((&shown["shows"], &shown["name"]), (&json!("video"), &json!("clip.mp4")), "{shown}");
    let kept = format!("{}/simulator/files/{}", world.base, shown["file"].as_str().expect("it has a file"));
    assert_eq!(world.get(&kept, None).await, film);
}

fn x() -> X {
    X {
        user_id: "222".into(),
        consumer_secret: SECRET.into(),
        access_token: TOKEN.into(),
        client_id: "client".into(),
        client_secret: SECRET.into(),
        spent: Spent::default(),
    }
}

#[tokio::test]
async fn x_gives_tokens_for_what_the_browser_brings_back_to_whoever_began() {
    let world = World::with(Account::X(x())).await;
    // The verifier and challenge of RFC 7636, appendix B.
    let (verifier, challenge) =
        ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let back = format!("{}/channels/x/callback", world.base);
    let scope = "dm.read dm.write tweet.read users.read media.write offline.access";
    let page = |client: &'static str| {
        let query = [
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", &back),
            ("scope", scope),
            ("state", "a-state"),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ];
        world.client.get(format!("{}/simulator/x/i/oauth2/authorize", world.base)).query(&query).send()
    };
    assert_eq!(page("somebody").await.expect("it answers").status(), 400);
    let page = page("client").await.expect("it answers").text().await.expect("it is text").replace("&amp;", "&");
    assert!(page.contains(&format!("{back}?state=a-state&error=access_denied")), "{page}");
    let code = page.split("&code=").nth(1).and_then(|rest| rest.split('"').next()).expect("there is a code");

    let tokens = async |verifier: &str, code: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &back),
            ("code_verifier", verifier),
        ];
        answered(world.ask("x/2/oauth2/token").basic_auth("client", Some(SECRET)).form(&form)).await
    };
    assert_eq!(tokens("another verifier", code).await.0, 400);
    let (status, granted) = tokens(verifier, code).await;
    assert_eq!((status, &granted["access_token"]), (200, &json!(TOKEN)));
    let refresh = granted["refresh_token"].as_str().expect("there is one");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    assert_eq!(answered(world.ask("x/2/oauth2/token").form(&form)).await.0, 400, "the app has to prove itself");
    let renewed = async |refresh: &str| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        answered(world.ask("x/2/oauth2/token").basic_auth("client", Some(SECRET)).form(&form)).await
    };
    let (status, again) = renewed(refresh).await;
    assert_eq!((status, &again["access_token"]), (200, &json!(TOKEN)));
    let next = again["refresh_token"].as_str().expect("there is another one");
    assert_eq!(renewed(refresh).await.0, 400, "a refresh token is good once");
    assert_eq!(renewed(next).await.0, 200);
    assert_eq!(renewed("made-up.refresh-token").await.0, 400);
    assert_eq!(tokens(verifier, code).await.0, 400, "a code is good once");
}

#[tokio::test]
async fn x_signs_activity_and_takes_direct_messages() {
    let mut world = World::with(Account::X(x())).await;
    let written = world.customer_does(&json!({"text": "hey"})).await;
    assert_eq!(written.header("x-twitter-webhooks-signature").len(), "sha256=".len() + 44);
    let create = written.json()["data"]["payload"]["direct_message_events"][0]["message_create"].clone();
    assert_eq!(create["message_data"]["text"], "hey");
    let person = create["sender_id"].as_str().expect("somebody wrote").to_owned();
    let path = format!("x/2/dm_conversations/with/{person}/messages");
    let (status, sent) = answered(world.ask(&path).bearer_auth(TOKEN).json(&json!({"text": "Hello"}))).await;
    assert_eq!(status, 201);
    assert_eq!(world.last_words().await, "Hello");
    let read = world.webhook().await.json()["data"].clone();
    assert_eq!(read["event_type"], "dm.read");
    let mark = &read["payload"]["direct_message_mark_read_events"][0];
    assert_eq!(mark["last_read_event_id"], sent["data"]["dm_event_id"]);
}

#[tokio::test]
async fn google_signs_what_is_in_the_envelope_and_takes_a_message_once() {
    let google = Google { agent_id: "a@rbm.goog".into(), client_token: SECRET.into(), access_token: TOKEN.into() };
    let mut world = World::with(Account::Google(google)).await;
    let written = world.customer_does(&json!({"text": "hi"})).await;
    assert_eq!((written.kind.as_str(), written.header("x-goog-signature").len()), ("google", 88));
    assert_eq!(written.data()["text"], "hi");
    let (_, granted) = answered(world.ask("google/token")).await;
    assert_eq!(granted["access_token"], TOKEN);

    let id = uuid::Uuid::now_v7();
    let path = format!("google/v1/phones/+5511900000001/agentMessages?messageId={id}&agentId=a@rbm.goog");
    let message =
        json!({"contentMessage": {"text": "Hi", "suggestions": [{"reply": {"text": "Yes", "postbackData": "YES"}}]}});
    for _ in 0..2 {
        assert_eq!(answered(world.ask(&path).bearer_auth(TOKEN).json(&message)).await.0, 200);
    }
    let delivered = world.webhook().await.data();
    assert_eq!((&delivered["eventType"], &delivered["messageId"]), (&json!("DELIVERED"), &json!(id.to_string())));
    assert_eq!(world.phone().await["messages"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_partner_signs_both_ways() {
    let mut world = World::with(Account::Api(Partner { secret: SECRET.into() })).await;
    let written = world.customer_does(&json!({"text": "hello"})).await;
    assert_eq!((written.kind.as_str(), written.header("x-switchboard-signature").len()), ("api", "sha256=".len() + 64));
    let event = written.json()["events"][0].clone();
    assert_eq!((&event["type"], &event["message"]["text"]), (&json!("message"), &json!("hello")));
    let edited = world.customer_does(&json!({"edit": {"message": event["message"]["id"], "text": "hello!"}})).await;
    assert_eq!(edited.json()["events"][0]["message"]["text"], "hello!");
    let unsigned = world.ask("partner").json(&json!({"type": "ping"}));
    assert_eq!(answered(unsigned).await.0, 401);
}
