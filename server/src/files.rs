//! The doors for bytes: files that people upload, files of rooms one may see, and files lent to providers.

mod serving;
mod upload;

use app::session::{Visit, find_cookie};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Extension, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use backend::media;
use backend::{Error, sessions};
use domain::id::FileId;
use domain::media::StoredFile;
use domain::person::Person;

use crate::reply::Failure;
use crate::router::Doors;

pub use serving::{saved_as, serve};
pub use upload::{Naming, take};

/// The paths under which a browser uploads; only our own pages may.
pub const UPLOADS: &str = "/files";

/// All routes. What comes in is bounded by its kind, not by the limit of other calls.
pub fn router() -> Router<Doors> {
    Router::new()
        .route(UPLOADS, post(put).layer(DefaultBodyLimit::disable()))
        .route("/files/{id}", get(open))
        .route("/lent/{id}/{until}/{proof}", get(open_lent))
}

/// POST /files?kind=photo&name=cat.png&on=telegram: a file that a message will carry.
async fn put(
    State(doors): State<Doors>,
    Extension(visit): Extension<Visit>,
    Query(naming): Query<Naming>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<StoredFile>, Failure> {
    signed_in(&doors, &headers, &visit).await?;
    take(&doors, &naming, &headers, body).await.map(Json)
}

/// GET /files/{id}: for whoever may see the room whose message has it.
async fn open(
    State(doors): State<Doors>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<FileId>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let me = signed_in(&doors, &headers, &visit).await?;
    let file = media::open(&doors.backend, &me, id).await?;
    serve(file, &headers).await
}

/// GET /lent/{id}/{until}/{proof}: for the provider that was given this address.
async fn open_lent(
    State(doors): State<Doors>,
    Path((id, until, proof)): Path<(FileId, i64, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let file = media::open_lent(&doors.backend, id, until, &proof).await?;
    serve(file, &headers).await
}

/// Whoever asks.
///
/// # Errors
/// [`Error::SignIn`] without a session.
pub async fn signed_in(doors: &Doors, headers: &HeaderMap, visit: &Visit) -> Result<Person, Failure> {
    let token = find_cookie(headers, visit.cookie_name()).ok_or(Error::SignIn)?;
    let found = sessions::find(&doors.backend, &token).await?.ok_or(Error::SignIn)?;
    Ok(found.person)
}
