//! The door for chats as a CSV file.

use app::session::Visit;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use backend::rooms;
use domain::desk::ListQuery;
use domain::export::ToExport;
use domain::refused::Refused;
use futures::TryStreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::files::{saved_as, signed_in};
use crate::reply::Failure;
use crate::router::Doors;

/// The path; only our own pages may ask there.
pub const EXPORT: &str = "/rooms/export";

/// POST /rooms/export with a [`ToExport`] as JSON: for whoever may export. Many ids are no address, and so they come in the
/// body. It is kept by nobody on the way and opened by no browser.
pub async fn save(
    State(doors): State<Doors>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let me = signed_in(&doors, &headers, &visit).await?;
    let exported = rooms::export(&doors.backend, &me, asked(&body)?).await?;
    let told = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, saved_as(&exported.name)),
        (header::CACHE_CONTROL, "private, no-store".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
    ];
    // A file that breaks off ends without the last chunk, so that a browser knows.
    let bytes = exported.bytes.inspect_err(|error| tracing::error!(%error, "an export broke off"));
    Ok((told, Body::from_stream(bytes)).into_response())
}

/// What the body asks for, read part by part, so that the answer names the part that is wrong.
fn asked(body: &[u8]) -> Result<ToExport, Refused> {
    let body: Value = serde_json::from_slice(body).map_err(|_| Refused::invalid("body", "must be JSON"))?;
    match (body.get("all"), body.get("chosen")) {
        (Some(list), None) => Ok(ToExport::All(ListQuery {
            section: part(list, "section")?,
            sort: part(list, "sort")?,
            whose: part(list, "whose")?,
            channel: part(list, "channel")?,
        })),
        (None, Some(chosen)) => Ok(ToExport::Chosen { rooms: part(chosen, "rooms")?, sort: part(chosen, "sort")? }),
        (None, None) | (Some(_), Some(_)) => Err(Refused::invalid("selection", "must be either all or chosen")),
    }
}

fn part<T: DeserializeOwned>(of: &Value, name: &str) -> Result<T, Refused> {
    let value = of.get(name).unwrap_or(&Value::Null);
    T::deserialize(value).map_err(|error| Refused::invalid(name, &format!("cannot be read: {error}")))
}
