//! What a visitor does to messages that stand there already.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use backend::{Error, inbound};
use domain::id::MessageId;
use domain::refused::Refused;
use domain::visitor::Mark;
use serde::Deserialize;

use crate::limit;
use crate::reply::Failure;
use crate::router::Doors;
use crate::widget::{Written, shown, visitor};

#[derive(Deserialize)]
pub struct Marking {
    message: MessageId,
    mark: Mark,
}

/// POST marks: a sign or its end, other words, or that the message is taken back. The same again is the same.
pub async fn put(
    State(doors): State<Doors>,
    headers: HeaderMap,
    Json(Marking { message, mark }): Json<Marking>,
) -> Result<Json<Written>, Failure> {
    let (token, session) = visitor(&doors, &headers).await?;
    limit::message(&token)?;
    let entry = inbound::visitor_marks(&doors.backend, &session, message, mark).await?;
    let entry = shown(&doors, &[entry]).await?.pop().ok_or(Error::Refused(Refused::NotFound))?;
    Ok(Json(Written { entry }))
}
