//! Every door of the process, with what stands in front of it.

use std::sync::Arc;

use app::session::Visit;
use axum::extract::{DefaultBodyLimit, FromRef, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use backend::Backend;
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;

use crate::config::Settings;
use crate::reply::Failure;
use crate::site::Site;
use crate::{export, files, health, limit, live, pages, security, sign_in, transcript, webhooks, widget};

/// What handlers share.
#[derive(Clone)]
pub struct Doors {
    pub backend: Backend,
    pub settings: Arc<Settings>,
    pub site: Site,
    pub metrics: Option<PrometheusHandle>,
    /// Cancelled when the process goes down.
    pub stop: CancellationToken,
    /// Open sockets, which a graceful shutdown waits for.
    pub sockets: TaskTracker,
    pub leptos: LeptosOptions,
}

impl FromRef<Doors> for LeptosOptions {
    fn from_ref(doors: &Doors) -> Self {
        doors.leptos.clone()
    }
}

/// The largest webhook, in bytes; providers send far less.
const WEBHOOK_MAX: usize = 4 << 20;

/// The largest body of a server function or a widget call, in bytes.
const CALL_MAX: usize = 1 << 20;

/// All routes. `extra` is nested at /simulator; only the demo has it.
pub fn router(doors: Doors, extra: Option<Router>) -> Router {
    let routes = generate_route_list(app::App);
    let provided = doors.clone();
    let manifest = doors.site.manifest().clone();
    let pages = Router::new().leptos_routes_with_context(
        &doors,
        routes,
        move || pages::provide(&provided),
        move || app::shell(&manifest),
    );
    let webhooks = Router::new()
        .route("/webhooks/{kind}/{channel}", any(webhooks::receive))
        .layer(DefaultBodyLimit::max(WEBHOOK_MAX));
    let machines = Router::new()
        .route("/live/poll", get(live::poll))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(open_api))
        .route("/rooms/{id}/transcript", get(transcript::save))
        .route(export::EXPORT, post(export::save))
        .route("/channels/{kind}/callback", get(sign_in::come_back))
        .route("/api/client-errors", post(client_error))
        .merge(files::router())
        .merge(widget::router());
    let router = pages
        .merge(machines)
        .layer(DefaultBodyLimit::max(CALL_MAX))
        .merge(webhooks)
        .fallback(asset)
        .layer(from_fn_with_state(doors.clone(), live::take_upgrades))
        .layer(from_fn_with_state(doors.clone(), security::refuse_cross_site))
        .layer(from_fn_with_state(doors.clone(), security::note_visit))
        .with_state(doors.clone());
    let router = match extra {
        Some(simulator) => router.nest("/simulator", simulator),
        None => router,
    };
    router
        .layer(from_fn_with_state(doors, security::add_headers))
        .layer(CatchPanicLayer::new())
        .layer(map_response(count))
}

/// What the API channel says and takes.
async fn open_api() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], backend::channels::API_DESCRIPTION).into_response()
}

/// A file of the site; or nothing, which a person is told by a page.
async fn asset(State(doors): State<Doors>, request: Request) -> Response {
    let path = request.uri().path();
    // The frame's document is a form to be filled in, and never served as it is.
    let served = (path != "/widget/frame.html").then(|| doors.site.serve(path, request.headers())).flatten();
    let accepts = request.headers().get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok());
    let mut response = match served {
        Some(served) => served,
        None if accepts.is_some_and(|accepts| accepts.contains("text/html")) => return nowhere(doors, request).await,
        None => (StatusCode::NOT_FOUND, "There is nothing at this address.").into_response(),
    };
    if path == "/widget.js" {
        // Customers' sites load it, wherever they are.
        response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
    response
}

/// The page for a link that is old or cut off.
async fn nowhere(doors: Doors, request: Request) -> Response {
    let manifest = doors.site.manifest().clone();
    let render = render_app_async_with_context(move || pages::provide(&doors), move || app::shell(&manifest));
    let mut response = render(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// A browser says that its page broke; the words go to the log and nowhere else.
async fn client_error(Extension(visit): Extension<Visit>, body: String) -> Result<StatusCode, Failure> {
    limit::report(&visit.client)?;
    let words: String = body.chars().filter(|letter| !letter.is_control()).take(500).collect();
    tracing::warn!(words, "a browser's page broke");
    Ok(StatusCode::NO_CONTENT)
}

async fn count(response: Response) -> Response {
    metrics::counter!("switchboard_requests_total", "status" => response.status().as_u16().to_string()).increment(1);
    response
}
