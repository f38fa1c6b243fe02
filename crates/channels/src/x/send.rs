//! Posts to X and reads the answer.

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::Value;

use super::errors::refusal;
use super::limits::left;
use super::outbound;
use super::settings::{Settings, at};
use super::upload;
use crate::adapter::{Account, Tools};
use crate::error::ChannelError;
use crate::http::{Answer, Ask, Body, Http, Proof};
use crate::identity::ProviderId;
use crate::outbound::{Piece, ProviderSend, Receipt};
use crate::settings::Secret;
use crate::wire::lenient;
use crate::words::{Words, present};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Taken {
    #[serde(deserialize_with = "lenient")]
    data: Option<TakenMessage>,
    errors: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct TakenMessage {
    dm_event_id: Words,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    data: Me,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Me {
    id: Option<Words>,
    username: Option<Words>,
}

/// Hands the file over first, then the message that names it.
pub(super) async fn send(settings: &Settings, tools: Tools<'_>, send: &ProviderSend) -> Result<Receipt, ChannelError> {
    let participant = outbound::participant(&send.to)?;
    let media_id = match &send.piece {
        Piece::File { file, .. } => Some(upload::upload(settings, tools, file).await?),
        Piece::Text(_)
        | Piece::Album { .. }
        | Piece::Buttons { .. }
        | Piece::List { .. }
        | Piece::Template { .. }
        | Piece::Place(_) => None,
    };
    let body = outbound::message(send, media_id.as_deref())?;
    let url = settings.url(&["2", "dm_conversations", "with", participant, "messages"]);
    let proof = Proof::Bearer(&settings.access_token);
    let answer = tools.http.ask(Ask { method: Method::POST, url, proof, body: Body::Json(body.to_string()) }).await?;
    receipt(&answer)
}

/// A success that names the message is one, whatever errors it holds besides. One that cannot be read was a success all
/// the same: it must not be sent again.
fn receipt(answer: &Answer) -> Result<Receipt, ChannelError> {
    if !answer.is_success() {
        return Err(refusal(answer));
    }
    let taken: Taken = answer.json().ok_or(ChannelError::OutcomeUnknown)?;
    match (taken.data, taken.errors) {
        (Some(message), _) if !message.dm_event_id.0.is_empty() => {
            Ok(Receipt { left: left(&answer.headers), ..Receipt::of(vec![ProviderId(message.dm_event_id.0)]) })
        }
        (None, Some(errors)) if !errors.is_empty() => Err(refusal(answer)),
        _ => Err(ChannelError::OutcomeUnknown),
    }
}

/// Whose token it is. With somebody else's, every message would seem to be the customer's.
pub(super) async fn who_we_are(settings: &Settings, http: &Http) -> Result<Account, ChannelError> {
    let (id, username) = whose(http, &settings.base_url, &settings.access_token).await?;
    if id != settings.user_id {
        let detail = format!("The access token is that of @{username}, whose user ID is {id}.");
        return Err(ChannelError::InvalidContent { field: Some("user_id".into()), detail });
    }
    let mut remarks = Vec::new();
    if settings.renewal.is_none() {
        remarks.push("There is no refresh token: the channel stops when its access token ends.".into());
    }
    if settings.bearer_token.is_none() {
        remarks.push("There is no bearer token: tell X yourself where to deliver.".into());
    }
    Ok(Account { name: format!("@{username}"), remarks, learned: None })
}

/// Whose token it is: the account's number and name.
pub(super) async fn whose(http: &Http, base_url: &Url, token: &Secret) -> Result<(String, String), ChannelError> {
    let mut url = at(base_url, &["2", "users", "me"]);
    url.query_pairs_mut().append_pair("user.fields", "username");
    let me = get(http, url, token).await?.json::<Found>().unwrap_or_default().data;
    let (Some(id), Some(username)) = (present(me.id.as_ref()), present(me.username.as_ref())) else {
        return Err(ChannelError::Transient { detail: "X did not say who we are.".into() });
    };
    Ok((id.to_owned(), username.to_owned()))
}

/// Asks for a document.
pub(super) async fn get(http: &Http, url: Url, token: &Secret) -> Result<Answer, ChannelError> {
    let answer = http.get(url, Proof::Bearer(token)).await?;
    if answer.is_success() { Ok(answer) } else { Err(may_repeat(refusal(&answer))) }
}

/// Asks for something that customers do not see, so that asking twice does no harm.
pub(super) async fn ask(
    http: &Http,
    method: Method,
    url: Url,
    token: &Secret,
    body: Body,
) -> Result<Answer, ChannelError> {
    let answer = http.ask(Ask { method, url, proof: Proof::Bearer(token), body }).await.map_err(may_repeat)?;
    if answer.is_success() { Ok(answer) } else { Err(may_repeat(refusal(&answer))) }
}

fn may_repeat(error: ChannelError) -> ChannelError {
    match error {
        ChannelError::OutcomeUnknown => ChannelError::Transient { detail: "X did not answer.".into() },
        error => error,
    }
}

/// Whether any of these errors says that the thing is there already.
pub(super) fn is_there_already(error: &ChannelError) -> bool {
    error.words().to_lowercase().contains("already")
}
