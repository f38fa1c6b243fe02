//! The play's page, the sample site, and their styles and scripts. Nothing inline: any strict policy lets them run.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::simulator::Simulator;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; \
    frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

/// `GET /simulator`
pub async fn play() -> Response {
    page(include_str!("../assets/play.html").into())
}

/// `GET /simulator/assets/{name}`
pub async fn asset(Path(name): Path<String>) -> Response {
    let (kind, content) = match name.as_str() {
        "play.css" => ("text/css", include_str!("../assets/play.css")),
        "play.js" => ("text/javascript", include_str!("../assets/play.js")),
        "phone.js" => ("text/javascript", include_str!("../assets/phone.js")),
        "site.css" => ("text/css", include_str!("../assets/site.css")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], content).into_response()
}

/// `GET /simulator/files/{id}`: what was sent, for the phone. Nothing in it may run.
pub async fn file(State(simulator): State<Simulator>, Path(id): Path<String>) -> Response {
    let file = simulator.look(|play| play.shelf.file(&id).cloned());
    let Some(file) = file else { return StatusCode::NOT_FOUND.into_response() };
    let kind = if file.mime.is_ascii() { file.mime } else { "application/octet-stream".into() };
    let headers = [
        (CONTENT_TYPE, kind.as_str()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "private, max-age=3600"),
    ];
    (headers, file.bytes).into_response()
}

#[derive(Deserialize)]
pub struct Which {
    /// The web channel the site carries; the first when missing.
    channel: Option<String>,
}

/// `GET /simulator/site?channel=`
pub async fn site_home(State(simulator): State<Simulator>, Query(which): Query<Which>) -> Response {
    site(&simulator, &which, include_str!("../assets/site.html"))
}

/// `GET /simulator/site/delivery?channel=`
pub async fn site_delivery(State(simulator): State<Simulator>, Query(which): Query<Which>) -> Response {
    site(&simulator, &which, include_str!("../assets/site-delivery.html"))
}

fn site(simulator: &Simulator, which: &Which, template: &str) -> Response {
    let channels = &simulator.settings().web_channels;
    let known = match &which.channel {
        Some(wanted) => channels.iter().find(|(id, _)| id == wanted),
        None => channels.first(),
    };
    let Some((id, _)) = known else { return (StatusCode::NOT_FOUND, "There is no such web channel.").into_response() };
    page(template.replace("{{channel}}", &attribute(id)))
}

fn page(html: String) -> Response {
    let headers: [(HeaderName, &str); 3] =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store"), (CONTENT_SECURITY_POLICY, POLICY)];
    (headers, html).into_response()
}

fn attribute(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
