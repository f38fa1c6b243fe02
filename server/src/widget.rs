//! The doors of the web chat: the frame, and what it asks. No cookie is involved; a visitor's token is the proof.

mod files;
mod frame;
mod marks;
mod stream;

use axum::extract::{DefaultBodyLimit, Extension, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use backend::inbound::{self, Said, VisitorMessage};
use backend::visitors::{self, VisitorSession};
use backend::{Backend, Error, presence};
use domain::id::{ChannelId, FeedbackId, MessageId, PersonId};
use domain::live::Typist;
use domain::message::{ChosenFile, Entry, What};
use domain::refused::Refused;
use domain::room::{REACTIONS, Room};
use domain::visitor::{Answering, VisitorEntry, read_up_to, told};
use serde::{Deserialize, Serialize};

use app::session::Visit;

use crate::limit;
use crate::reply::Failure;
use crate::router::Doors;

/// The entries of one answer.
const PAGE: u64 = 50;

/// All routes of the web chat.
pub fn router() -> Router<Doors> {
    Router::new()
        .route("/widget/frame", get(frame::page))
        .route("/widget/v1/sessions", post(open))
        .route("/widget/v1/messages", post(write))
        .route("/widget/v1/marks", post(marks::put))
        .route("/widget/v1/files", post(files::put).layer(DefaultBodyLimit::disable()))
        .route("/widget/v1/files/{id}", get(files::open))
        .route("/widget/v1/typing", post(typing))
        .route("/widget/v1/read", post(read))
        .route("/widget/v1/entries", get(entries))
        .route("/widget/v1/live", get(stream::socket))
}

#[derive(Deserialize)]
struct Opening {
    channel: ChannelId,
    token: Option<String>,
    /// The site's token of who its user is.
    identity: Option<String>,
}

#[derive(Serialize)]
struct Opened {
    token: String,
    bot_name: Option<String>,
    /// Whether a person of ours is there for this visitor.
    online: bool,
    status: Answering,
    position: u32,
    entries: Vec<VisitorEntry>,
    more: bool,
    /// Up to where the visitor has read before.
    read: u32,
    /// Up to where somebody of ours has.
    seen: u32,
    /// The signs that the visitor can leave on what we say.
    reactions: [&'static str; REACTIONS.len()],
}

/// POST sessions: a new visitor, or one who comes back.
async fn open(
    State(doors): State<Doors>,
    Extension(visit): Extension<Visit>,
    Json(opening): Json<Opening>,
) -> Result<Json<Opened>, Failure> {
    limit::session(&visit.client)?;
    let backend = &doors.backend;
    let visitor =
        visitors::open(backend, opening.channel, opening.token.as_deref(), opening.identity.as_deref()).await?;
    let room = inbound::visitor_room(backend, &visitor.session).await?;
    let last = room.as_ref().map_or(0, |room| room.last_position);
    let found = inbound::visitor_entries_before(backend, &visitor.session, last + 1, PAGE).await?;
    let more = found.first().is_some_and(|entry| entry.position > 1);
    let online = is_anybody_here(&doors, opening.channel, room.as_ref()).await?;
    Ok(Json(Opened {
        token: visitor.token,
        bot_name: bot_name(&doors, opening.channel),
        online,
        status: answering(&doors, room.as_ref()),
        position: last,
        entries: shown(&doors, &found).await?,
        more,
        read: read_up_to(&found),
        seen: seen(backend, room.as_ref()).await?.position,
        reactions: REACTIONS,
    }))
}

#[derive(Deserialize)]
struct Writing {
    id: MessageId,
    text: Option<String>,
    #[serde(default)]
    files: Vec<ChosenFile>,
    pick: Option<Pick>,
    feedback: Option<FeedbackGiven>,
    /// The message that it answers.
    reply_to: Option<MessageId>,
}

#[derive(Deserialize)]
struct Pick {
    id: String,
    title: String,
}

#[derive(Deserialize)]
struct FeedbackGiven {
    id: FeedbackId,
    score: u8,
    comment: Option<String>,
}

#[derive(Serialize)]
struct Written {
    entry: VisitorEntry,
}

/// POST messages: the visitor writes, picks, or says how it went. The same id again is the same message.
async fn write(
    State(doors): State<Doors>,
    headers: HeaderMap,
    Json(writing): Json<Writing>,
) -> Result<Json<Written>, Failure> {
    let (token, session) = visitor(&doors, &headers).await?;
    limit::message(&token)?;
    let (id, reply_to) = (writing.id, writing.reply_to);
    let said = match writing {
        Writing { text, files, .. } if !files.is_empty() => Said::Files { text: text.unwrap_or_default(), files },
        Writing { text: Some(text), .. } => Said::Text(text),
        Writing { pick: Some(Pick { id, title }), .. } => Said::Pick { id, title },
        Writing { feedback: Some(FeedbackGiven { id, score, comment }), .. } => Said::Feedback { id, score, comment },
        Writing { .. } => return Err(Refused::Empty { field: "text".into() }.into()),
    };
    let entry = inbound::visitor_writes(&doors.backend, &session, VisitorMessage { id, reply_to, said }).await?;
    let entry = shown(&doors, &[entry]).await?.pop().ok_or(Error::Refused(Refused::NotFound))?;
    Ok(Json(Written { entry }))
}

#[derive(Deserialize)]
struct Typing {
    on: bool,
}

/// POST typing: of the moment, never stored. Of somebody who is blocked nothing is shown.
async fn typing(
    State(doors): State<Doors>,
    headers: HeaderMap,
    Json(typing): Json<Typing>,
) -> Result<StatusCode, Failure> {
    let (token, session) = visitor(&doors, &headers).await?;
    limit::sign(&token)?;
    if let Some(room) = inbound::visitor_room(&doors.backend, &session).await?.filter(|room| !room.blocked) {
        doors.backend.hub().typing(&room, Typist::Customer, typing.on);
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Reading {
    position: u32,
}

/// POST read: the visitor has seen everything up to a position.
async fn read(
    State(doors): State<Doors>,
    headers: HeaderMap,
    Json(reading): Json<Reading>,
) -> Result<StatusCode, Failure> {
    let (token, session) = visitor(&doors, &headers).await?;
    limit::sign(&token)?;
    inbound::visitor_reads(&doors.backend, &session, reading.position).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Range {
    after: Option<u32>,
    before: Option<u32>,
}

#[derive(Serialize)]
struct Entries {
    entries: Vec<VisitorEntry>,
    status: Answering,
    seen: Seen,
    more: bool,
}

/// Up to where somebody of ours has read.
#[derive(Serialize)]
struct Seen {
    position: u32,
}

/// GET entries: what came after a position (polling), or what stood before one.
async fn entries(
    State(doors): State<Doors>,
    headers: HeaderMap,
    Query(range): Query<Range>,
) -> Result<Json<Entries>, Failure> {
    let (token, session) = visitor(&doors, &headers).await?;
    limit::ask(&token)?;
    let backend = &doors.backend;
    let room = inbound::visitor_room(backend, &session).await?;
    let found = match range {
        Range { before: Some(before), .. } => inbound::visitor_entries_before(backend, &session, before, PAGE).await?,
        Range { after, .. } => inbound::visitor_entries_after(backend, &session, after.unwrap_or(0), PAGE).await?,
    };
    let more = found.first().is_some_and(|entry| entry.position > 1);
    let (status, seen) = (answering(&doors, room.as_ref()), seen(backend, room.as_ref()).await?);
    Ok(Json(Entries { entries: shown(&doors, &found).await?, status, seen, more }))
}

/// Who the bearer's token is.
async fn visitor(doors: &Doors, headers: &HeaderMap) -> Result<(String, VisitorSession), Failure> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Error::SignIn)?;
    let session = visitors::find(&doors.backend, token).await?.ok_or(Error::SignIn)?;
    Ok((token.to_owned(), session))
}

async fn seen(backend: &Backend, room: Option<&Room>) -> Result<Seen, Error> {
    let position = match room {
        Some(room) => inbound::visitor_seen(backend, room).await?,
        None => 0,
    };
    Ok(Seen { position })
}

async fn shown(doors: &Doors, entries: &[Entry]) -> Result<Vec<VisitorEntry>, Error> {
    let answered = inbound::visitor_answered(&doors.backend, entries).await?;
    let directory = doors.backend.directory();
    let answered_by = |entry: &Entry| match &entry.what {
        What::Message(message) => message.answers().and_then(|id| answered.get(&id)),
        What::Note(_) | What::Line(_) => None,
    };
    let name_of = |person: PersonId| directory.people.get(&person).map(|person| person.name.clone());
    Ok(entries.iter().filter_map(|entry| told(entry, answered_by(entry), name_of)).collect())
}

fn answering(doors: &Doors, room: Option<&Room>) -> Answering {
    let directory = doors.backend.directory();
    room.map_or_else(
        || Answering { handler: "none".into(), name: None },
        |room| {
            let bot_name = directory.channels.get(&room.channel).and_then(|channel| channel.bot_name.as_deref());
            Answering::in_room(room, bot_name, |person| directory.people.get(&person).map(|person| person.name.clone()))
        },
    )
}

fn bot_name(doors: &Doors, channel: ChannelId) -> Option<String> {
    doors.backend.directory().channels.get(&channel).and_then(|channel| channel.bot_name.clone())
}

/// Whether whoever holds the visitor's room is here, or else somebody who could take it, or the one that would begin.
async fn is_anybody_here(doors: &Doors, channel: ChannelId, room: Option<&Room>) -> Result<bool, Error> {
    if let Some(holder) = room.and_then(Room::agent) {
        return presence::is_here(&doors.backend, holder).await;
    }
    let team = match room {
        Some(room) => room.team,
        None => doors.backend.directory().channels.get(&channel).and_then(|channel| channel.team),
    };
    presence::is_anybody_here(&doors.backend, team).await
}
