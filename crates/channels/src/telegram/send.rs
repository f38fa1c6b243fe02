//! Calls the Bot API and reads the answer. The token is in every address, so no address is ever in an error.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::address::Chat;
use super::errors::Refusal;
use super::outbound::{self, Call};
use super::settings::Settings;
use crate::adapter::{Account, Subscribed, Tools};
use crate::error::{ChannelError, Scope};
use crate::files::Files;
use crate::http::{Answer, Ask, Body, Http, Proof};
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::words::{Words, present};

/// What happens in the bot's chats, as far as the product has words for it.
const UPDATES: [&str; 9] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
];

#[derive(Deserialize)]
struct Done<T> {
    result: T,
}

#[derive(Deserialize)]
struct SentMessage {
    message_id: i64,
}

/// What a send leaves in the chat: of an album, each file is a message there.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sent {
    One(SentMessage),
    Album(Vec<SentMessage>),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Bot {
    username: Option<Words>,
    first_name: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Hook {
    url: Option<Words>,
    last_error_message: Option<Words>,
}

/// Why a call yielded nothing.
struct Failed {
    error: ChannelError,
    refusal: Refusal,
}

impl From<ChannelError> for Failed {
    fn from(error: ChannelError) -> Self {
        Self { error, refusal: Refusal::default() }
    }
}

/// Sends one piece; once more when Telegram says what to leave out or where the group is by now, because then nothing
/// was sent.
pub(super) async fn send(settings: &Settings, tools: Tools<'_>, send: &ProviderSend) -> Result<Receipt, ChannelError> {
    let chat = outbound::chat(&send.to)?;
    let mut call = outbound::message(send, &chat)?;
    let failed = match post(settings, tools, &call).await {
        Ok(answer) => return receipt(&answer, &chat),
        Err(failed) => failed,
    };
    let chat = match failed.refusal.moved_to() {
        Some(id) => Chat { id, ..chat },
        None if failed.refusal.misses_the_answered() && call.parameters.remove("reply_parameters").is_some() => chat,
        None => return Err(of_chat(failed.error, &chat)),
    };
    call.parameters.insert("chat_id".into(), chat.id.into());
    let answer = post(settings, tools, &call).await.map_err(|failed| of_chat(failed.error, &chat))?;
    receipt(&answer, &chat)
}

/// Telegram does not say whose limit was reached. A bot may write to one group 20 times a minute, far less often than it may
/// write at all, so with a group it was the group's; had it not been, the next message to anybody else hears so. Of people in
/// private, one cannot be told from all.
/// <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>
fn of_chat(error: ChannelError, chat: &Chat) -> ChannelError {
    match error {
        ChannelError::RateLimited { retry_after, .. } if chat.is_group() => {
            ChannelError::RateLimited { retry_after, scope: Scope::Recipient }
        }
        error => error,
    }
}

pub(super) async fn signal(settings: &Settings, http: &Http, signal: &Signal) -> Result<(), ChannelError> {
    let call = outbound::signal(signal)?;
    match ask(settings, http, call.method, Body::Json(Value::from(call.parameters).to_string())).await {
        Err(failed) if !failed.refusal.changes_nothing() => Err(failed.error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Has Telegram deliver to `webhook`.
pub(super) async fn subscribe(settings: &Settings, webhook: &Url, http: &Http) -> Result<Subscribed, ChannelError> {
    let secret = settings.webhook_secret.expose();
    let parameters = json!({ "url": webhook.as_str(), "secret_token": secret, "allowed_updates": UPDATES });
    question::<Value>(settings, http, "setWebhook", &parameters).await?;
    Ok(Subscribed::Done)
}

/// Who the bot is, and whether what happens to it comes to `webhook`.
pub(super) async fn who_we_are(settings: &Settings, webhook: &Url, http: &Http) -> Result<Account, ChannelError> {
    let bot: Bot = question(settings, http, "getMe", &json!({})).await?;
    let hook: Hook = question(settings, http, "getWebhookInfo", &json!({})).await?;
    let username = present(bot.username.as_ref()).map(|username| format!("@{username}"));
    let name =
        username.or_else(|| present(bot.first_name.as_ref()).map(str::to_owned)).unwrap_or_else(|| "a bot".into());
    let mut remarks = Vec::new();
    match present(hook.url.as_ref()) {
        Some(url) if url == webhook.as_str() => {}
        Some(_) => remarks.push("Telegram delivers this bot's messages to another address.".into()),
        None => remarks.push("Telegram delivers this bot's messages nowhere yet.".into()),
    }
    if let Some(words) = present(hook.last_error_message.as_ref()) {
        remarks.push(format!("Telegram says of its last failed delivery: {words}."));
    }
    Ok(Account { name, remarks, learned: None })
}

/// Asks for something; asking may be repeated.
pub(super) async fn question<T: DeserializeOwned>(
    settings: &Settings,
    http: &Http,
    method: &str,
    parameters: &Value,
) -> Result<T, ChannelError> {
    let silent = || ChannelError::Transient { detail: "Telegram did not answer.".into() };
    let answer = match ask(settings, http, method, Body::Json(parameters.to_string())).await {
        Ok(answer) => answer,
        Err(Failed { error: ChannelError::OutcomeUnknown, .. }) => return Err(silent()),
        Err(failed) => return Err(failed.error),
    };
    answer.json::<Done<T>>().map(|done| done.result).ok_or_else(silent)
}

async fn post(settings: &Settings, tools: Tools<'_>, call: &Call) -> Result<Answer, Failed> {
    let body = if call.files.is_empty() {
        Body::Json(Value::from(call.parameters.clone()).to_string())
    } else {
        Body::Parts(form(tools.files, call).await?)
    };
    ask(settings, tools.http, call.method, body).await
}

/// The parameters and the files, whose bytes stream.
async fn form(files: &dyn Files, call: &Call) -> Result<Form, ChannelError> {
    let mut form = Form::new();
    for (name, value) in &call.parameters {
        let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        form = form.text(name.clone(), written);
    }
    for (name, file) in &call.files {
        let content = reqwest::Body::wrap_stream(files.open(file.id).await?);
        let part = Part::stream_with_length(content, file.bytes).file_name(file.name.clone());
        let unknown = |_| ChannelError::MediaRejected { detail: "It is of no type that can be sent.".into() };
        form = form.part(name.clone(), part.mime_str(&file.mime).map_err(unknown)?);
    }
    Ok(form)
}

/// The answer, if it is a success.
async fn ask(settings: &Settings, http: &Http, method: &str, body: Body) -> Result<Answer, Failed> {
    let ask = Ask { method: Method::POST, url: settings.method_url(method), proof: Proof::None, body };
    let answer = http.ask(ask).await?;
    if answer.is_success() {
        return Ok(answer);
    }
    let refusal: Refusal = answer.json().unwrap_or_default();
    Err(Failed { error: refusal.classify(answer.status, answer.retry_after), refusal })
}

/// A success that does not name the message was still a success: it must not be sent again.
fn receipt(answer: &Answer, chat: &Chat) -> Result<Receipt, ChannelError> {
    let sent: Done<Sent> = answer.json().ok_or(ChannelError::OutcomeUnknown)?;
    let sent = match sent.result {
        Sent::One(message) => vec![message],
        Sent::Album(messages) => messages,
    };
    let ids: Vec<_> = sent.into_iter().map(|message| chat.message(message.message_id)).collect();
    if ids.is_empty() {
        return Err(ChannelError::OutcomeUnknown);
    }
    Ok(Receipt { recipient: vec![chat.name()], ..Receipt::of(ids) })
}
