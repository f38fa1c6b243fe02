//! Whether the process lives, whether it can save, and what it counts.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::reply::Failure;
use crate::router::Doors;

/// GET /livez: the process answers.
pub async fn live() -> &'static str {
    "ok"
}

/// GET /readyz: the disk has room, and a real write reached it.
pub async fn ready(State(doors): State<Doors>) -> Result<&'static str, Failure> {
    backend::health::prove(&doors.backend).await?;
    Ok("ok")
}

/// GET /metrics, in Prometheus' text form; off on public addresses unless it was asked for.
pub async fn metrics(State(doors): State<Doors>) -> Response {
    match &doors.metrics {
        Some(metrics) => metrics.render().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
