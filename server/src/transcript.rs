//! The door for a conversation as a text file.

use app::session::Visit;
use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use backend::rooms;
use domain::id::RoomId;
use futures::TryStreamExt;

use crate::files::{saved_as, signed_in};
use crate::reply::Failure;
use crate::router::Doors;

/// GET /rooms/{id}/transcript: for whoever may see the room. It is kept by nobody on the way and opened by no browser.
pub async fn save(
    State(doors): State<Doors>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<RoomId>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let me = signed_in(&doors, &headers, &visit).await?;
    let written = rooms::transcript(&doors.backend, &me, id).await?;
    let told = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, saved_as(&written.name)),
        (header::CACHE_CONTROL, "private, no-store".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
    ];
    // A text that breaks off ends without the last chunk, so that a browser knows.
    let text = written.text.inspect_err(move |error| tracing::error!(%error, room = %id, "a transcript broke off"));
    Ok((told, Body::from_stream(text)).into_response())
}
