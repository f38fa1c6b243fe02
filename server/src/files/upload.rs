//! A file on its way in: as long as its kind may be, and not for ever.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use backend::{Error, media};
use bytes::Bytes;
use domain::channel::ChannelKind;
use domain::media::{MediaKind, StoredFile};
use domain::refused::Refused;
use futures::TryStreamExt;
use futures::stream::{Stream, try_unfold};
use serde::Deserialize;
use tokio::time::{Instant, timeout, timeout_at};

use crate::reply::Failure;
use crate::router::Doors;

/// Nobody is waited for longer in a silence, and nobody sends for longer.
const SILENCE: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What the browser says of a file it sends.
#[derive(Deserialize)]
pub struct Naming {
    pub kind: MediaKind,
    #[serde(default)]
    pub name: String,
    /// What it will be sent on; that is asked again when it is sent.
    #[serde(default = "web")]
    pub on: ChannelKind,
}

const fn web() -> ChannelKind {
    ChannelKind::Web
}

/// Takes the body in as a file. What says beforehand that it is too large is turned away before its first byte.
pub async fn take(doors: &Doors, naming: &Naming, headers: &HeaderMap, body: Body) -> Result<StoredFile, Failure> {
    let kind = naming.kind;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let most = naming.on.upload_max(kind);
    if announced.is_some_and(|length| length > most) {
        let rule = format!("is larger than {} MB", most / 1_000_000);
        return Err(Failure::too_large(Refused::invalid(kind.label(), &rule)));
    }
    Ok(media::put_on(&doors.backend, naming.on, kind, &naming.name, with_patience(body.into_data_stream())).await?)
}

/// The same bytes, as long as they keep coming.
fn with_patience(body: BodyDataStream) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    let end = Instant::now() + LONGEST;
    try_unfold(body, move |mut body| async move {
        let next = timeout_at(end, timeout(SILENCE, body.try_next())).await;
        match next {
            Ok(Ok(Ok(chunk))) => Ok(chunk.map(|chunk| (chunk, body))),
            Ok(Ok(Err(_))) => Err(Error::Invalid("The upload broke off.".into())),
            Ok(Err(_)) | Err(_) => Err(Error::Invalid("The upload took too long.".into())),
        }
    })
}
