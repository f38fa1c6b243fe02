//! Files of the web chat: what a visitor sends, and what their own room has.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use backend::media;
use domain::channel::ChannelKind;
use domain::id::FileId;
use domain::media::StoredFile;

use crate::files::{Naming, serve, take};
use crate::limit;
use crate::reply::Failure;
use crate::router::Doors;
use crate::widget::visitor;

/// POST files?kind=photo&name=cat.png: a file that a message of the visitor's will carry.
pub async fn put(
    State(doors): State<Doors>,
    Query(naming): Query<Naming>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<StoredFile>, Failure> {
    let (token, _) = visitor(&doors, &headers).await?;
    limit::upload(&token)?;
    let naming = Naming { on: ChannelKind::Web, ..naming };
    take(&doors, &naming, &headers, body).await.map(Json)
}

/// GET files/{id}: a file of the visitor's own room.
pub async fn open(State(doors): State<Doors>, Path(id): Path<FileId>, headers: HeaderMap) -> Result<Response, Failure> {
    let (_, session) = visitor(&doors, &headers).await?;
    let file = media::open_for_visitor(&doors.backend, &session, id).await?;
    serve(file, &headers).await
}
