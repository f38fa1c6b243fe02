//! The simulator from outside: a server that carries it and takes its webhooks, as ours does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use simulator::{Account, Channel, Settings, Simulator, WhatsApp};
use tokio::sync::mpsc;

const NUMBER: &str = "801000000000002";
const TOKEN: &str = "a token";

/// A webhook as it arrived: the channel in the path, the signature, the raw body.
struct Arrived {
    channel: String,
    signature: String,
    body: Bytes,
}

impl Arrived {
    fn value(&self) -> Value {
        let body: Value = serde_json::from_slice(&self.body).expect("a webhook is JSON");
        body["entry"][0]["changes"][0]["value"].clone()
    }

    fn status(&self) -> String {
        self.value()["statuses"][0]["status"].as_str().unwrap_or_default().into()
    }
}

struct World {
    base: String,
    client: reqwest::Client,
    webhooks: mpsc::UnboundedReceiver<Arrived>,
    /// What the next webhooks are answered, before it is 200 again.
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
}

type Doorstep = (mpsc::UnboundedSender<Arrived>, Arc<Mutex<VecDeque<StatusCode>>>);

async fn take(
    State((sender, answers)): State<Doorstep>,
    Path(channel): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let signature = headers["x-hub-signature-256"].to_str().expect("a signature is text").into();
    sender.send(Arrived { channel, signature, body }).expect("the test listens");
    answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front().unwrap_or(StatusCode::OK)
}

impl World {
    async fn new() -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        let (sender, webhooks) = mpsc::unbounded_channel();
        let answers = Arc::<Mutex<VecDeque<StatusCode>>>::default();
        let simulator = Simulator::new(Settings {
            own_base_url: base.clone(),
            public_base_url: base.clone(),
            channels: vec![Channel {
                id: "c1".into(),
                name: "Acme WhatsApp".into(),
                account: Account::WhatsApp(WhatsApp {
                    phone_number_id: NUMBER.into(),
                    app_secret: "an app secret".into(),
                    access_token: TOKEN.into(),
                }),
            }],
            people: Vec::new(),
            web_channels: vec![("w\"1".into(), "Acme Garden".into())],
        });
        let router = Router::new()
            .route("/webhooks/whatsapp/{channel}", post(take))
            .with_state((sender, answers.clone()))
            .nest("/simulator", simulator.router());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, client: reqwest::Client::new(), webhooks, answers }
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}/simulator/{path}", self.base)).bearer_auth(token).json(body);
        let answer = request.send().await.expect("the server answers");
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn business_sends(&self, addition: &Value) -> (StatusCode, Value) {
        let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "5511900000001", "biz_opaque_callback_data": "outbox:42"});
        for (key, value) in addition.as_object().expect("an addition is an object") {
            body[key] = value.clone();
        }
        self.post(&format!("graph/v26.0/{NUMBER}/messages"), TOKEN, &body).await
    }

    async fn customer_does(&self, act: &Value) -> (StatusCode, Value) {
        self.post("api/customers/1/messages", "", act).await
    }

    async fn switch(&self, switches: &Value) {
        assert_eq!(self.post("api/customers/1/switches", "", switches).await.0, StatusCode::NO_CONTENT);
    }

    async fn webhook(&mut self) -> Arrived {
        self.webhooks.recv().await.expect("a webhook arrives")
    }

    async fn state(&self, query: &str) -> Value {
        let answer = self.client.get(format!("{}/simulator/api/state?{query}", self.base)).send().await;
        answer.expect("the server answers").json().await.expect("the state is JSON")
    }
}

fn hello() -> Value {
    json!({"type": "text", "text": {"body": "Olá"}})
}

#[tokio::test]
async fn a_customer_writes_and_our_server_gets_a_signed_webhook() {
    let mut world = World::new().await;
    let (status, answer) = world.customer_does(&json!({"text": "grüß dich 👍"})).await;
    assert_eq!((status, &answer["webhook"]["status"]), (StatusCode::OK, &json!(200)));
    let webhook = world.webhook().await;
    assert_eq!(webhook.channel, "c1");
    assert_eq!(webhook.value()["messages"][0]["text"]["body"], "grüß dich 👍");
    assert!(webhook.body.is_ascii());
    assert_eq!(webhook.signature.len(), "sha256=".len() + 64);
}

#[tokio::test]
async fn a_wrong_token_number_or_shape_is_refused_as_meta_does() {
    let world = World::new().await;
    let body = json!({"messaging_product": "whatsapp", "to": "5511900000001", "type": "text", "text": {"body": "Olá"}});
    let path = format!("graph/v26.0/{NUMBER}/messages");
    let (status, answer) = world.post(&path, "another token", &body).await;
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::UNAUTHORIZED, &json!(190)));
    let (status, answer) = world.post("graph/v26.0/999/messages", TOKEN, &body).await;
    assert_eq!((status, &answer["error"]["error_subcode"]), (StatusCode::BAD_REQUEST, &json!(33)));
    let (status, answer) = world.business_sends(&json!({"type": "text", "text": {"words": "Olá"}})).await;
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(100)));
}

#[tokio::test]
async fn our_message_is_sent_delivered_and_read_once_the_customer_looks() {
    let mut world = World::new().await;
    let (status, answer) = world.business_sends(&hello()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        answer["contacts"],
        json!([{"input": "5511900000001", "wa_id": "5511900000001", "user_id": "BR.1349000000000000001"}])
    );
    assert_eq!(world.webhook().await.status(), "sent");
    let delivered = world.webhook().await;
    assert_eq!(delivered.status(), "delivered");
    assert_eq!(delivered.value()["statuses"][0]["id"], answer["messages"][0]["id"]);
    assert_eq!(delivered.value()["statuses"][0]["biz_opaque_callback_data"], "outbox:42");
    world.state("viewing=1").await;
    assert_eq!(world.webhook().await.status(), "read");
}

#[tokio::test]
async fn a_picked_button_answers_our_question() {
    let mut world = World::new().await;
    let question = json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Ok?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Sim"}}]}}});
    let (_, answer) = world.business_sends(&question).await;
    let id = &answer["messages"][0]["id"];
    for _ in ["sent", "delivered"] {
        world.webhook().await;
    }
    world.customer_does(&json!({"pick": {"message": id, "id": "yes"}})).await;
    let message = &world.webhook().await.value()["messages"][0];
    assert_eq!(message["interactive"]["button_reply"], json!({"id": "yes", "title": "Sim"}));
    assert_eq!(&message["context"]["id"], id);
    let (status, _) = world.customer_does(&json!({"pick": {"message": id, "id": "no"}})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_switches_make_meta_fail_in_each_way() {
    let mut world = World::new().await;
    for (answer, status, code) in
        [("rate_limit", 429, 130_429), ("expired_token", 401, 190), ("server_error", 500, 131_000)]
    {
        world.switch(&json!({"answer": answer})).await;
        let (refused, body) = world.business_sends(&hello()).await;
        assert_eq!((refused.as_u16(), &body["error"]["code"]), (status, &json!(code)));
    }
    for (answer, code) in [("out_of_window", 131_047), ("blocked", 131_026)] {
        world.switch(&json!({"answer": answer})).await;
        assert_eq!(world.business_sends(&hello()).await.0, StatusCode::OK);
        let failed = world.webhook().await;
        assert_eq!(
            (failed.status().as_str(), &failed.value()["statuses"][0]["errors"][0]["code"]),
            ("failed", &json!(code))
        );
    }
    world.switch(&json!({"reordered": true, "duplicates": true})).await;
    world.business_sends(&hello()).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(world.webhook().await.status());
    }
    assert_eq!(statuses, ["delivered", "delivered", "sent", "sent"]);
}

#[tokio::test]
async fn what_a_customer_does_can_come_after_what_they_do_next_and_comes_in_any_case() {
    let mut world = World::new().await;
    world.switch(&json!({"reordered": true})).await;
    for text in ["first", "second", "third"] {
        world.customer_does(&json!({"text": text})).await;
    }
    let mut words = Vec::new();
    for _ in 0..3 {
        words.push(world.webhook().await.value()["messages"][0]["text"]["body"].clone());
    }
    assert_eq!(words, ["second", "first", "third"]);
}

#[tokio::test]
async fn a_film_a_card_and_an_order_come_as_meta_tells_of_them() {
    let mut world = World::new().await;
    for (act, kind) in [(json!({"file": "video"}), "video"), (json!("contact"), "contacts"), (json!("order"), "order")]
    {
        assert_eq!(world.customer_does(&act).await.0, StatusCode::OK, "{act}");
        let message = world.webhook().await.value()["messages"][0].clone();
        assert_eq!(message["type"], kind);
        assert!(message[kind].is_object() || message[kind].is_array(), "{message}");
    }
    let secret = json!({"unsupported": "encrypted"});
    assert_eq!(world.customer_does(&secret).await.0, StatusCode::UNPROCESSABLE_ENTITY, "WhatsApp knows no such thing");
}

#[tokio::test]
async fn a_webhook_that_was_not_taken_comes_again() {
    let mut world = World::new().await;
    world.answers.lock().unwrap_or_else(PoisonError::into_inner).push_back(StatusCode::SERVICE_UNAVAILABLE);
    let (_, answer) = world.customer_does(&json!({"text": "hello"})).await;
    assert_eq!(answer["webhook"]["status"], 503);
    let (first, second) = (world.webhook().await, world.webhook().await);
    assert_eq!(first.body, second.body);
}

#[tokio::test]
async fn reading_and_typing_show_on_the_customers_phone() {
    let mut world = World::new().await;
    world.customer_does(&json!({"text": "hello"})).await;
    let id = world.webhook().await.value()["messages"][0]["id"].clone();
    let body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": {"type": "text"}});
    let (status, answer) = world.post(&format!("graph/v26.0/{NUMBER}/messages"), TOKEN, &body).await;
    assert_eq!((status, answer), (StatusCode::OK, json!({"success": true})));
    let state = world.state("").await;
    assert_eq!(state["customers"][0]["messages"][0]["stage"], "read");
    assert!(state["customers"][0]["typing_until"].as_u64() > state["now"].as_u64());
}

#[tokio::test]
async fn a_new_customer_without_a_number_can_be_played_and_answered() {
    let mut world = World::new().await;
    let (status, customer) = world.post("api/customers", "", &json!({"name": " Noor ", "user_id": "NL.77"})).await;
    assert_eq!((status, &customer["name"]), (StatusCode::CREATED, &json!("Noor")));
    world.post(&format!("api/customers/{}/messages", customer["id"]), "", &json!({"unsupported": "poll"})).await;
    let message = &world.webhook().await.value()["messages"][0];
    assert_eq!((&message["type"], message.get("from")), (&json!("unsupported"), None));
    let body = json!({"messaging_product": "whatsapp", "recipient": "NL.77", "type": "text", "text": {"body": "Hi"}});
    let (_, answer) = world.post(&format!("graph/v26.0/{NUMBER}/messages"), TOKEN, &body).await;
    assert_eq!(answer["contacts"], json!([{"input": "NL.77", "user_id": "NL.77"}]));
}

#[tokio::test]
async fn the_sample_site_carries_the_widget_of_a_known_channel_only() {
    let world = World::new().await;
    let get = async |path: &str| {
        let answer =
            world.client.get(format!("{}/simulator{path}", world.base)).send().await.expect("the server answers");
        (answer.status(), answer.text().await.expect("it is text"))
    };
    let (status, page) = get("/site").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains(r#"data-channel="w&quot;1""#));
    assert_eq!(get("/site?channel=%3Cscript%3E").await.0, StatusCode::NOT_FOUND);
    assert_eq!(get("").await.0, StatusCode::OK);
    assert_eq!(get("/assets/play.js").await.0, StatusCode::OK);
}
