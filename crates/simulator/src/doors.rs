//! What the page and the browser specs ask for: the state, a new customer, a message written by one, the switches.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::message::{Content, FileKind, Message, Side};
use crate::play::{Customer, Switches};
use crate::post::{self, Parcel};
use crate::provider::{Ability, Deed, Person, Said};
use crate::receipts;
use crate::shelf::Filed;
use crate::simulator::{Channel, Simulator, now};

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
    let channels: Vec<_> = settings.channels.iter().map(described).collect();
    let sites: Vec<_> = settings.web_channels.iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
    simulator.look(|play| {
        let customers: Vec<_> = play.customers.iter().map(|customer| shown(customer, asked.viewing)).collect();
        Json(json!({
            "version": version, "now": now(), "channels": channels, "web_channels": sites, "customers": customers, "posts": play.posts,
        }))
    })
}

fn described(channel: &Channel) -> Value {
    let provider = channel.provider();
    json!({"id": channel.id, "name": channel.name, "kind": provider.kind(), "abilities": provider.abilities()})
}

/// A page that shows one customer gets the others with their last message only.
fn shown(customer: &Customer, viewing: Option<u32>) -> Value {
    let is_whole = viewing.is_none_or(|id| id == customer.id);
    let skipped = if is_whole { 0 } else { customer.messages.len().saturating_sub(1) };
    let mut value = json!({
        "id": customer.id, "channel": customer.channel, "name": customer.name, "username": customer.username,
        "phone": customer.phone, "user_id": customer.user_id, "switches": customer.switches, "unread": customer.unread,
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
    user_id: Option<String>,
    /// The first channel when missing.
    channel: Option<String>,
}

/// `POST /api/customers`
pub async fn add_customer(
    State(simulator): State<Simulator>,
    Json(new): Json<NewCustomer>,
) -> Result<Response, Refused> {
    let channel = match &new.channel {
        Some(id) => simulator.channel(id),
        None => simulator.settings().channels.first(),
    };
    let channel = channel.ok_or_else(|| refuse("There is no such channel."))?;
    let name: String = new.name.trim().chars().take(80).collect();
    if name.is_empty() {
        return Err(refuse("A customer needs a name."));
    }
    let digits = |phone: &String| phone.chars().filter(char::is_ascii_digit).take(15).collect::<String>();
    let phone = new.phone.as_ref().map(digits).filter(|phone| !phone.is_empty());
    let short = |word: String| Some(word.trim().chars().take(128).collect::<String>()).filter(|word| !word.is_empty());
    let user_id = new.user_id.and_then(short);
    let username = new.username.and_then(short);
    let number = simulator.scene(channel).number;
    let identity = channel.provider().identity(Person { number, name, username, phone, user_id });
    let customer = simulator.change(|play| {
        let id = play.add(&channel.id, identity);
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
    File(FileKind),
    Place,
    Contact,
    Order,
    React {
        message: String,
        /// Taken back when missing.
        emoji: Option<String>,
    },
    Edit {
        message: String,
        text: String,
    },
    Delete {
        message: String,
    },
    Typing,
    Unsupported(Kind),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Poll,
    Encrypted,
}

/// `POST /api/customers/{id}/messages`: answers once our server answered the webhook, with what it said.
pub async fn write(
    State(simulator): State<Simulator>,
    Path(id): Path<u32>,
    Json(act): Json<Act>,
) -> Result<Json<Value>, Refused> {
    let customer = simulator.look(|play| play.customer(id).cloned()).ok_or(NO_CUSTOMER)?;
    let channel = simulator.channel(&customer.channel).ok_or(NO_CUSTOMER)?;
    if needs(&act).is_some_and(|ability| !channel.provider().abilities().contains(&ability)) {
        return Err(refuse("This messenger knows no such thing, or tells nobody."));
    }
    let scene = simulator.scene(channel);
    let new_id = channel.provider().new_id(scene.number);
    let file = match &act {
        Act::File(kind) => {
            let number = simulator.scene(channel).number;
            Some(simulator.touch(|play| play.shelf.keep(number, Filed::built_in(*kind))))
        }
        _ => None,
    };
    let deed = understand(&customer, &act, &new_id, file.as_ref())?;
    let letter = channel.provider().tell(&scene, &customer, &deed);
    let letter = letter.ok_or_else(|| refuse("The messenger tells nobody of this."))?;

    let mut parcel = Parcel::new(channel, format!("{} · {}", customer.name, word(&deed)), letter);
    simulator.change(|play| play.customer_mut(id).map(|customer| remember(customer, &deed)));
    if let Deed::Says { id: message, .. } = deed {
        parcel = parcel.announcing(id, message);
    }
    let status = match deed {
        Deed::Types => post::post(&simulator, parcel, customer.switches).await,
        _ => post::post_in_some_order(&simulator, id, parcel, customer.switches).await,
    };
    Ok(Json(json!({"id": new_id, "webhook": {"status": status}})))
}

const fn refuse(words: &'static str) -> Refused {
    Refused(StatusCode::UNPROCESSABLE_ENTITY, words)
}

const fn needs(act: &Act) -> Option<Ability> {
    match act {
        Act::Text(_) | Act::Pick { .. } => None,
        Act::File(FileKind::Photo) => Some(Ability::Photo),
        Act::File(FileKind::Video) => Some(Ability::Video),
        Act::File(FileKind::Voice) => Some(Ability::Voice),
        Act::File(FileKind::Document) => Some(Ability::Document),
        Act::File(FileKind::Sticker) => Some(Ability::Sticker),
        Act::Place => Some(Ability::Place),
        Act::Contact => Some(Ability::Contact),
        Act::Order => Some(Ability::Order),
        Act::React { .. } => Some(Ability::React),
        Act::Edit { .. } => Some(Ability::Edit),
        Act::Delete { .. } => Some(Ability::Delete),
        Act::Typing => Some(Ability::Typing),
        Act::Unsupported(Kind::Poll) => Some(Ability::Poll),
        Act::Unsupported(Kind::Encrypted) => Some(Ability::Encrypted),
    }
}

fn understand<'a>(
    customer: &'a Customer,
    act: &'a Act,
    id: &'a str,
    file: Option<&'a Filed>,
) -> Result<Deed<'a>, Refused> {
    let no_message = "There is no such message.";
    let own = |wanted: &'a String| {
        let message = customer.message(wanted).filter(|message| message.from == Side::Customer);
        message.map(|message| message.id.as_str()).ok_or_else(|| refuse(no_message))
    };
    let said = match act {
        Act::Text(text) => Said::Text(right(text)?),
        Act::Pick { message, id } => {
            let question = customer.message(message).ok_or_else(|| refuse(no_message))?;
            let choice = question.content.choices().iter().find(|choice| choice.id == *id);
            Said::Picked { question, choice: choice.ok_or_else(|| refuse("There is no such button or row."))? }
        }
        Act::File(_) => Said::File(file.ok_or_else(|| refuse("There is no such file."))?),
        Act::Place => {
            Said::Place {
                latitude: -23.5505, longitude: -46.6333, name: "Praça da Sé", address: "São Paulo, Brazil"
            }
        }
        Act::Contact => Said::Contact { name: "Bia Souza", phone: "5511900000008" },
        Act::Order => Said::Order { product: "Winter jacket, green" },
        Act::Unsupported(Kind::Poll) => Said::Poll,
        Act::Unsupported(Kind::Encrypted) => Said::Encrypted,
        Act::React { message, emoji } => {
            let message = customer.message(message).ok_or_else(|| refuse(no_message))?;
            return Ok(Deed::Reacts { message, emoji: emoji.as_deref() });
        }
        Act::Edit { message, text } => return Ok(Deed::Edits { id: own(message)?, text: right(text)? }),
        Act::Delete { message } => return Ok(Deed::Deletes { id: own(message)? }),
        Act::Typing => return Ok(Deed::Types),
    };
    Ok(Deed::Says { id, said })
}

fn right(text: &str) -> Result<&str, Refused> {
    let is_right = !text.trim().is_empty() && text.chars().count() <= TEXT_MOST;
    if is_right { Ok(text) } else { Err(refuse("A text has 1 to 4,096 characters.")) }
}

/// The customer's own phone knows what they did at once.
fn remember(customer: &mut Customer, deed: &Deed<'_>) {
    match deed {
        Deed::Says { id, said } => customer.push(Message::new(*id, now(), Side::Customer, shown_as(said))),
        Deed::Edits { id, text } => customer.edit(id, text),
        Deed::Deletes { id } => customer.delete(id),
        Deed::Reacts { message, emoji } => customer.react(&message.id, *emoji),
        Deed::Types => {}
    }
}

fn shown_as(said: &Said<'_>) -> Content {
    match said {
        Said::Text(text) => Content::text(*text),
        Said::File(file) => {
            let Filed { id, kind, name, .. } = (*file).clone();
            Content::File { file: id, shows: kind, name, text: String::new() }
        }
        Said::Place { name, address, .. } => Content::Place { text: format!("{name}, {address}") },
        Said::Picked { choice, .. } => Content::Picked { text: choice.title.clone() },
        Said::Contact { name, phone } => Content::Card { text: format!("{name}, +{phone}") },
        Said::Order { product } => Content::Card { text: format!("Order: 2 × {product}") },
        Said::Poll => Content::Unsupported { text: "Poll".into() },
        Said::Encrypted => Content::Unsupported { text: "Encrypted message".into() },
    }
}

const fn word(deed: &Deed<'_>) -> &'static str {
    match deed {
        Deed::Says { .. } => "message",
        Deed::Edits { .. } => "edit",
        Deed::Deletes { .. } => "deletion",
        Deed::Reacts { .. } => "reaction",
        Deed::Types => "typing",
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
