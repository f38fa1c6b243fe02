//! Running the server: start, ready, stop without losing anything.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use axum::Router;
use axum::serve::ListenerExt;
use backend::{Backend, jobs, sweeper};
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Settings;
use crate::router::{Doors, router};
use crate::site::Site;

/// How long a shutdown may take.
const DRAIN: Duration = Duration::from_secs(10);

/// Runs until the process is told to stop. `extra` adds the demo's routes.
///
/// # Errors
/// The database, the site or the address cannot be used.
pub async fn run(settings: &Settings, extra: Option<Router>) -> anyhow::Result<()> {
    let began = Instant::now();
    // Listened to from the beginning: whoever sees us answer may already tell us to stop.
    let terminated = signal(SignalKind::terminate()).context("listening to SIGTERM")?;
    let site = Site::open(&settings.site)?;
    let backend = Backend::start(settings.backend.clone()).await.context("opening the database")?;
    let listener = TcpListener::bind(settings.addr).await.with_context(|| format!("listening on {}", settings.addr))?;
    let stop = CancellationToken::new();
    let sockets = TaskTracker::new();
    let metrics = settings.has_metrics.then(|| PrometheusBuilder::new().install_recorder()).transpose()?;
    let doors = Doors {
        backend: backend.clone(),
        settings: Arc::new(settings.clone()),
        site,
        metrics,
        stop: stop.clone(),
        sockets: sockets.clone(),
        leptos: LeptosOptions::builder().output_name("app").site_addr(settings.addr).build(),
    };
    let jobs = jobs::start(&backend);
    let sweeper = sweeper::start(&backend);
    let service = router(doors, extra).into_make_service_with_connect_info::<SocketAddr>();
    tracing::info!(ready_ms = began.elapsed().as_millis() as u64, "Switchboard is at {}", settings.backend.public_url);
    // Otherwise a short frame waits in the kernel until the one before it was acknowledged: a message reached the screens
    // some 15 ms late.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection sends its short frames late");
        }
    });
    let server = axum::serve(listener, service).with_graceful_shutdown(stop_signal(terminated, stop.clone()));
    let served = tokio::spawn(server.into_future());
    stop.cancelled().await;
    sockets.close();
    let drained = tokio::time::timeout(DRAIN, async {
        sockets.wait().await;
        served.await
    })
    .await;
    if drained.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    // A send that is cut off would stand there as unconfirmed, so the workers finish what they hold.
    if tokio::time::timeout(DRAIN, async { tokio::join!(jobs.stop(), sweeper.stop()) }).await.is_err() {
        tracing::warn!("some jobs did not end in time; they go on at the next start");
    }
    // Whatever was accepted is on disk before the process ends.
    backend.flush().await.context("writing what was accepted")?;
    Ok(())
}

/// Ends on SIGTERM or Ctrl-C, and says so to `stop`.
async fn stop_signal(mut terminated: Signal, stop: CancellationToken) {
    let interrupted = tokio::signal::ctrl_c();
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
    tracing::info!("stopping");
    stop.cancel();
}
