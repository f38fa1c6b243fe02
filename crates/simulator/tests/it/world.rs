//! A server that carries the simulator and takes its webhooks, as ours does.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use simulator::{Account, Channel, Settings, Simulator};
use tokio::sync::mpsc;

pub const SECRET: &str = "a secret of the demo";
pub const TOKEN: &str = "a token";

/// A webhook as it arrived: where, its headers, its raw body.
pub struct Arrived {
    pub kind: String,
    headers: HeaderMap,
    pub body: Bytes,
}

impl Arrived {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a webhook is JSON")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("a header is text")
    }

    /// What is inside Google's envelope.
    pub fn data(&self) -> Value {
        let data = self.json()["message"]["data"].as_str().map(|data| STANDARD.decode(data)).expect("there is data");
        serde_json::from_slice(&data.expect("it is base64")).expect("it is JSON")
    }
}

async fn take(
    State(sender): State<mpsc::UnboundedSender<Arrived>>,
    Path((kind, _)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) {
    sender.send(Arrived { kind, headers, body }).expect("the test listens");
}

pub struct World {
    pub base: String,
    pub client: reqwest::Client,
    webhooks: mpsc::UnboundedReceiver<Arrived>,
}

impl World {
    pub async fn with(account: Account) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        let (sender, webhooks) = mpsc::unbounded_channel();
        let simulator = Simulator::new(Settings {
            own_base_url: base.clone(),
            public_base_url: base.clone(),
            channels: vec![Channel { id: "c1".into(), name: "Acme".into(), account }],
            people: Vec::new(),
            web_channels: Vec::new(),
        });
        let router = Router::new()
            .route("/webhooks/{kind}/{channel}", post(take))
            .with_state(sender)
            .nest("/simulator", simulator.router());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, client: reqwest::Client::new(), webhooks }
    }

    pub fn ask(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}/simulator/{path}", self.base))
    }

    /// The webhook that follows from what the first customer does.
    pub async fn customer_does(&mut self, act: &Value) -> Arrived {
        let (status, answer) = answered(self.ask("api/customers/1/messages").json(act)).await;
        assert_eq!(status, 200, "{answer}");
        self.webhook().await
    }

    pub async fn webhook(&mut self) -> Arrived {
        self.webhooks.recv().await.expect("a webhook arrives")
    }

    pub async fn get(&self, url: &str, token: Option<&str>) -> Bytes {
        let mut request = self.client.get(url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("the server answers");
        assert_eq!(answer.status().as_u16(), 200, "{url}");
        answer.bytes().await.expect("there is a body")
    }

    /// The first customer, who is looking.
    pub async fn phone(&self) -> Value {
        let state = self.client.get(format!("{}/simulator/api/state?viewing=1", self.base)).send().await;
        let state: Value = state.expect("the server answers").json().await.expect("the state is JSON");
        state["customers"][0].clone()
    }

    pub async fn last_message(&self) -> Value {
        let phone = self.phone().await;
        phone["messages"].as_array().and_then(|messages| messages.last().cloned()).unwrap_or_default()
    }

    pub async fn last_words(&self) -> String {
        self.last_message().await["text"].as_str().unwrap_or_default().into()
    }

    pub async fn switch(&self, answer: &str) {
        let switched = self.ask("api/customers/1/switches").json(&json!({"answer": answer})).send().await;
        assert_eq!(switched.expect("the server answers").status().as_u16(), 204);
    }
}

pub async fn answered(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("the server answers");
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}
