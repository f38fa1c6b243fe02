//! What the page and the browser specs ask for: the state, a new customer, a message written by one, the switches.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::play::{Choice, Content, Customer, Identity, Message, Side, Stage, Switches, new_wamid};
use crate::post::{self, Letter};
use crate::receipts;
use crate::simulator::{Simulator, now};
use crate::webhook::{self, Written};

/// How long a page waits for news; short, so that the server may stop at any time.
const NEWS_WITHIN: Duration = Duration::from_secs(4);
const TEXT_MOST: usize = 4_096;

/// Why a door stays shut, in words.
pub struct Refused(StatusCode, &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": {"message": self.1}}))).into_response()
    }
}

const NO_CUSTOMER: Refused = Refused(StatusCode::NOT_FOUND, "There is no such customer.");

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The version the page has; the answer waits for a newer one.
    after: u64,
    /// The customer on screen: only that one's messages are told, and what has arrived there is read.
    viewing: Option<u32>,
}

/// `GET /api/state?after=&viewing=`
pub async fn state(State(simulator): State<Simulator>, Query(asked): Query<Asked>) -> Json<Value> {
    if let Some(id) = asked.viewing {
        view(&simulator, id);
    }
    let mut versions = simulator.version();
    // Who has seen the newest waits for the next change; no change in time is an answer too.
    let wait = versions.wait_for(|&version| version > asked.after);
    drop(tokio::time::timeout(NEWS_WITHIN, wait).await);
    let version = *versions.borrow();

    let settings = simulator.settings();
    let channels: Vec<_> =
        settings.channels.iter().map(|channel| json!({"id": channel.channel_id, "name": channel.name})).collect();
    let sites: Vec<_> = settings.web_channels.iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
    simulator.look(|play| {
        let customers: Vec<_> = play.customers.iter().map(|customer| shown(customer, asked.viewing)).collect();
        Json(json!({
            "version": version, "now": now(), "channels": channels, "web_channels": sites, "customers": customers, "posts": play.posts,
        }))
    })
}

/// A page that shows one customer gets the others with their last message only.
fn shown(customer: &Customer, viewing: Option<u32>) -> Value {
    let is_whole = viewing.is_none_or(|id| id == customer.id);
    let skipped = if is_whole { 0 } else { customer.messages.len().saturating_sub(1) };
    let mut value = json!({
        "id": customer.id, "channel": customer.channel, "name": customer.name, "username": customer.username,
        "phone": customer.phone, "bsuid": customer.bsuid, "switches": customer.switches, "unread": customer.unread,
        "typing_until": customer.typing_until,
    });
    value["messages"] = customer.messages.iter().skip(skipped).map(|message| json!(message)).collect();
    value
}

fn view(simulator: &Simulator, id: u32) {
    let has_news = |customer: &Customer| customer.unread > 0;
    let viewed = |play: &mut crate::play::Play| play.customer_mut(id).map(|customer| customer.view(now()));
    // Looking is no change that other pages must hear of, unless something was unread.
    let arrived = if simulator.look(|play| play.customer(id).is_some_and(has_news)) {
        simulator.change(viewed)
    } else {
        simulator.touch(viewed)
    };
    for message in arrived.unwrap_or_default() {
        simulator.spawn(receipts::read(simulator.clone(), id, message));
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    name: String,
    username: Option<String>,
    phone: Option<String>,
    bsuid: Option<String>,
    /// The first channel when missing.
    channel: Option<String>,
}

/// `POST /api/customers`
pub async fn add_customer(
    State(simulator): State<Simulator>,
    Json(new): Json<NewCustomer>,
) -> Result<Response, Refused> {
    let refuse = |words| Refused(StatusCode::UNPROCESSABLE_ENTITY, words);
    let channel = match &new.channel {
        Some(id) => simulator.channel(id),
        None => simulator.settings().channels.first(),
    };
    let channel = channel.ok_or_else(|| refuse("There is no such channel."))?.channel_id.clone();
    let name: String = new.name.trim().chars().take(80).collect();
    if name.is_empty() {
        return Err(refuse("A customer needs a name."));
    }
    let digits = |phone: &String| phone.chars().filter(char::is_ascii_digit).take(15).collect::<String>();
    let phone = new.phone.as_ref().map(digits).filter(|phone| !phone.is_empty());
    let short = |word: String| Some(word.trim().chars().take(128).collect::<String>()).filter(|word| !word.is_empty());
    let bsuid = new.bsuid.and_then(short);
    let username = new.username.and_then(short);
    let customer = simulator.change(|play| {
        let bsuid = bsuid.unwrap_or_else(|| format!("US.1349{:015}", now()));
        let id = play.add(&channel, Identity { name, username, phone, bsuid: Some(bsuid) });
        play.customer(id).map(|customer| shown(customer, None))
    });
    Ok((StatusCode::CREATED, Json(json!(customer))).into_response())
}

/// What a customer does.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Text(String),
    /// A button or row of one of our messages.
    Pick {
        message: String,
        id: String,
    },
    Unsupported(Kind),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Sticker,
    Poll,
}

/// `POST /api/customers/{id}/messages`: answers once our server answered the webhook, with what it said.
pub async fn write(
    State(simulator): State<Simulator>,
    Path(id): Path<u32>,
    Json(act): Json<Act>,
) -> Result<Json<Value>, Refused> {
    let customer = simulator.look(|play| play.customer(id).cloned()).ok_or(NO_CUSTOMER)?;
    let channel = simulator.channel(&customer.channel).ok_or(NO_CUSTOMER)?;
    let (written, content) = understand(&customer, &act)?;

    let (wamid, at) = (new_wamid(), now());
    let webhook = webhook::message(&channel.phone_number_id, &customer, &wamid, at / 1_000, &written);
    let message = Message {
        id: wamid.clone(),
        at,
        from: Side::Customer,
        content,
        stage: Stage::Waiting,
        problem: None,
        callback: None,
    };
    simulator.change(|play| play.customer_mut(id).map(|customer| customer.push(message)));

    let letter =
        Letter::new(&simulator, channel, &format!("{} · message", customer.name), &webhook).announcing(id, &wamid);
    let status = post::post(&simulator, letter, customer.switches.duplicates).await;
    Ok(Json(json!({"id": wamid, "webhook": {"status": status}})))
}

fn understand<'a>(customer: &'a Customer, act: &'a Act) -> Result<(Written<'a>, Content), Refused> {
    let refuse = |words| Refused(StatusCode::UNPROCESSABLE_ENTITY, words);
    match act {
        Act::Text(text) if text.trim().is_empty() || text.chars().count() > TEXT_MOST => {
            Err(refuse("A text has 1 to 4,096 characters."))
        }
        Act::Text(text) => Ok((Written::Text(text), Content::Text { text: text.clone() })),
        Act::Pick { message, id } => {
            let question = customer.message(message).ok_or_else(|| refuse("There is no such message."))?;
            let find = |choices: &'a [Choice]| choices.iter().find(|choice| choice.id == *id);
            let written = match &question.content {
                Content::Buttons { choices, .. } => {
                    find(choices).map(|choice| (Written::Button { question: message, choice }, choice))
                }
                Content::List { choices, .. } => {
                    find(choices).map(|choice| (Written::Row { question: message, choice }, choice))
                }
                _ => None,
            };
            let (written, choice) = written.ok_or_else(|| refuse("There is no such button or row."))?;
            Ok((written, Content::Picked { text: choice.title.clone() }))
        }
        Act::Unsupported(Kind::Sticker) => Ok((Written::Sticker, Content::Unsupported { text: "Sticker".into() })),
        Act::Unsupported(Kind::Poll) => Ok((Written::Poll, Content::Unsupported { text: "Poll".into() })),
    }
}

/// `POST /api/customers/{id}/switches`
pub async fn set_switches(
    State(simulator): State<Simulator>,
    Path(id): Path<u32>,
    Json(switches): Json<Switches>,
) -> Result<StatusCode, Refused> {
    let customer = simulator.change(|play| play.customer_mut(id).map(|customer| customer.switches = switches));
    customer.map(|()| StatusCode::NO_CONTENT).ok_or(NO_CUSTOMER)
}
