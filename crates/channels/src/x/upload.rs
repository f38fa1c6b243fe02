//! Files on their way to X: a picture in one piece, a film in many, and then X works on it for a while. Customers see
//! nothing of this, so all of it may be done again. <https://docs.x.com/x-api/media/introduction>

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::json;

use super::outbound::category;
use super::send::{ask, get};
use super::settings::Settings;
use crate::adapter::Tools;
use crate::error::ChannelError;
use crate::files::{Content, OutboundFile};
use crate::http::{Answer, Body};
use crate::wire::lenient;
use crate::words::{Words, present};

/// X takes up to 5 MB at once.
const SEGMENT: usize = 4 * 1024 * 1024;
/// How often we look whether X is done, and how long we wait at most in between.
const LOOKS: usize = 20;
const WAIT_MAX: u64 = 10;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Uploaded {
    data: Media,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Media {
    id: Option<Words>,
    #[serde(deserialize_with = "lenient")]
    processing_info: Option<Processing>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Processing {
    state: Option<Words>,
    check_after_secs: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    error: Option<ProcessingError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProcessingError {
    message: Option<Words>,
}

/// Hands a file over; X's id of it.
pub(super) async fn upload(settings: &Settings, tools: Tools<'_>, file: &OutboundFile) -> Result<String, ChannelError> {
    let category = category(file)?;
    let content = tools.files.open(file.id).await?;
    if category == "dm_image" {
        whole(settings, tools, file, content).await
    } else {
        in_parts(settings, tools, file, content).await
    }
}

async fn whole(
    settings: &Settings,
    tools: Tools<'_>,
    file: &OutboundFile,
    content: Content,
) -> Result<String, ChannelError> {
    let part = Part::stream_with_length(reqwest::Body::wrap_stream(content), file.bytes).file_name(file.name.clone());
    let part = part.mime_str(&file.mime).map_err(|_| rejected("It is of no type that can be sent."))?;
    let form =
        Form::new().text("media_category", category(file)?).text("media_type", file.mime.clone()).part("media", part);
    let url = settings.url(&["2", "media", "upload"]);
    let answer = ask(tools.http, Method::POST, url, &settings.access_token, Body::Parts(form)).await?;
    let media = media(&answer);
    let id = known(&media)?;
    finished(settings, tools, &id, media).await?;
    Ok(id)
}

async fn in_parts(
    settings: &Settings,
    tools: Tools<'_>,
    file: &OutboundFile,
    mut content: Content,
) -> Result<String, ChannelError> {
    let (token, http) = (&settings.access_token, tools.http);
    let begin = json!({ "media_type": file.mime, "total_bytes": file.bytes, "media_category": category(file)? });
    let url = settings.url(&["2", "media", "upload", "initialize"]);
    let answer = ask(http, Method::POST, url, token, Body::Json(begin.to_string())).await?;
    let id = known(&media(&answer))?;
    let (mut index, mut held) = (0_u32, BytesMut::new());
    while let Some(segment) = next_segment(&mut content, &mut held).await? {
        let part = Part::stream(segment).file_name(file.name.clone());
        let form = Form::new().text("segment_index", index.to_string()).part("media", part);
        let url = settings.url(&["2", "media", "upload", &id, "append"]);
        ask(http, Method::POST, url, token, Body::Parts(form)).await?;
        index += 1;
    }
    let url = settings.url(&["2", "media", "upload", &id, "finalize"]);
    let answer = ask(http, Method::POST, url, token, Body::Empty).await?;
    finished(settings, tools, &id, media(&answer)).await?;
    Ok(id)
}

/// The next bytes, as many as go at once, out of what is `held` and what still comes; `None` at the end.
async fn next_segment(content: &mut Content, held: &mut BytesMut) -> Result<Option<Bytes>, ChannelError> {
    while held.len() < SEGMENT {
        match content.next().await {
            Some(piece) => held.extend_from_slice(&piece?),
            None => break,
        }
    }
    let segment = held.split_to(held.len().min(SEGMENT)).freeze();
    Ok(Some(segment).filter(|segment| !segment.is_empty()))
}

/// Waits until X has worked through the file, which takes it longer than it takes to send it.
async fn finished(settings: &Settings, tools: Tools<'_>, id: &str, mut media: Media) -> Result<(), ChannelError> {
    for _ in 0..LOOKS {
        let Some(processing) = media.processing_info else { return Ok(()) };
        match present(processing.state.as_ref()) {
            Some("succeeded") => return Ok(()),
            Some("failed") => {
                let words = processing.error.and_then(|error| error.message);
                let words = present(words.as_ref()).unwrap_or("no reason").trim_end_matches('.').to_owned();
                return Err(rejected(&format!("X says: {words}.")));
            }
            _ => {}
        }
        let wait = processing.check_after_secs.unwrap_or(1).min(WAIT_MAX);
        tokio::time::sleep(Duration::from_secs(wait)).await;
        let url = settings.asking(&["2", "media", "upload"], &[("command", "STATUS"), ("media_id", id)]);
        media = self::media(&get(tools.http, url, &settings.access_token).await?);
    }
    Err(ChannelError::Transient { detail: "X still works on the file.".into() })
}

fn media(answer: &Answer) -> Media {
    answer.json::<Uploaded>().unwrap_or_default().data
}

fn known(media: &Media) -> Result<String, ChannelError> {
    let unnamed = || ChannelError::Transient { detail: "X did not name the file.".into() };
    present(media.id.as_ref()).map(str::to_owned).ok_or_else(unnamed)
}

fn rejected(detail: &str) -> ChannelError {
    ChannelError::MediaRejected { detail: detail.into() }
}
